"""Runs: what is written, what reaches the assistant, going on after a kill, and sameness."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import HomeUnusable, IndexDamaged, UnknownEdition, UnusableInput
from eval.cases import Case, Nugget, read_cases
from eval.measures import NAMES
from eval.run import one_by_one, run
from eval.terminal import table

Make = Callable[..., dict[str, Any]]
TextOf = Callable[[str, str], str]
META = {"index": "0f3a", "code": "0.1.0"}

CASES = [
    Case("q1-zh", "上线前做什么？", "zh", "q1", "lookup", ("2.0",), ("2.0#5.4",), nuggets=(Nugget(True, ("备份",)),)),
    Case("q1-en", "What first?", "en", "q1", "lookup", ("2.0",), ("2.0#5.4",), nuggets=(Nugget(True, ("backup",)),)),
    Case("n1-zh", "<b>天气</b>？", "zh", "n1", "yes_no", answerable=False, refusal="off_topic"),
    Case("s1-en", "Out of reach?", "en", "s1", "lookup", scope={"edition": "9.9"}, nuggets=(Nugget(True, ("x",)),)),
]


class Assistant:
    """A deterministic fake: answers by question, takes ever longer, and may break at its n-th question."""

    def __init__(self, answers: Mapping[str, dict[str, Any]], breaks_at: int = 0) -> None:
        self.answers, self.breaks_at = answers, breaks_at
        self.asked: list[tuple[str, Mapping[str, str] | None]] = []

    def __call__(self, question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
        self.asked.append((question, scope))
        if len(self.asked) == self.breaks_at:
            raise IndexDamaged("the index is damaged")
        if scope:
            raise UnknownEdition(f"edition {scope['edition']} is not in the catalogue", way_out="known: 2.0")
        return {**self.answers[question], "question": question, "ms": {"retrieve": float(len(self.asked))}}


@pytest.fixture
def answers(answer: Make, refusal: Make) -> dict[str, dict[str, Any]]:
    return {
        "上线前做什么？": answer("先备份[1]。", cite=(("aisgf@2.0/zh#5.4", "先备份"),), hits=("aisgf@2.0/zh#5.4",)),
        "What first?": answer("Keep logs [1].", cite=(("aisgf@2.0/en#5.4", "keep the logs"),)),
        "<b>天气</b>？": refusal("off_topic", "</td><script>alert(1)</script>"),
    }


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_its_folder(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    ask, out, told = Assistant(answers), tmp_path / "runs" / "一", []
    summary = run(
        CASES, one_by_one(ask), out, text_of=text_of, meta=META, on_case=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert ask.asked == [
        ("上线前做什么？", None),
        ("What first?", None),
        ("<b>天气</b>？", None),
        ("Out of reach?", {"edition": "9.9"}),
    ]
    assert sorted(path.name for path in out.iterdir()) == [
        "answers.jsonl",
        "cases.jsonl",
        "junit.xml",
        "measures.json",
        "meta.json",
        "report.html",
        "report.md",
        "report.zh.md",
        "rows.jsonl",
        "sections.json",
        "summary.json",
    ]
    assert [path.name for path in out.parent.iterdir()] == ["一"]
    written = read(out / "answers.jsonl")
    assert [one["id"] for one in written] == [case.id for case in CASES]
    assert written[0] == {
        "id": "q1-zh",
        **answers["上线前做什么？"],
        "question": "上线前做什么？",
        "ms": {"retrieve": 1.0},
    }
    assert written[3] == {"id": "s1-en", "error": "edition 9.9 is not in the catalogue", "way_out": "known: 2.0"}
    stored = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert stored == summary.as_json()
    assert stored["n"] == 4
    assert list(stored["measures"]) == list(NAMES)
    assert stored["measures"]["accuracy"] == {"value": 0.5, "lo": 0.150039, "hi": 0.849961, "n": 4}
    assert stored["measures"]["zh_en_gap"]["value"] == 1.0
    assert stored["by"]["lang"]["zh"]["accuracy"]["value"] == 1.0
    assert set(stored["by"]) == {"lang", "type", "edition", "slice"}
    assert json.loads((out / "meta.json").read_text(encoding="utf-8"))["index"] == "0f3a"


def test_there_is_a_row_for_every_case_and_measure(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    run(CASES, one_by_one(Assistant(answers)), tmp_path / "out", text_of=text_of, meta=META)
    rows = read(tmp_path / "out" / "rows.jsonl")
    assert [(row["case"], row["measure"]) for row in rows] == [(case.id, name) for case in CASES for name in NAMES]
    assert all(row["reason"] for row in rows)
    by = {(row["case"], row["measure"]): row["value"] for row in rows}
    assert (by["q1-zh", "accuracy"], by["q1-en", "accuracy"], by["n1-zh", "citation_recall"]) == (1.0, 0.0, None)
    assert {by[case.id, "p50_ms"] for case in CASES} == {None}


def test_a_second_run_writes_the_same_rows_and_replaces_the_first(
    tmp_path: Path, answers: dict[str, Any], text_of: TextOf
) -> None:
    slow = Assistant(answers)
    slow.asked = [("", None)] * 50
    for out, ask in (("a", Assistant(answers)), ("b", slow), ("a", Assistant(answers))):
        run(CASES, one_by_one(ask), tmp_path / out, text_of=text_of, meta=META)
        assert len(ask.asked) in (4, 54)
    a, b = ((tmp_path / out / "rows.jsonl").read_bytes() for out in "ab")
    assert a == b
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    out = tmp_path / "out"
    with pytest.raises(IndexDamaged):
        run(CASES, one_by_one(Assistant(answers, breaks_at=3)), out, text_of=text_of, meta=META)
    assert not out.exists()
    (partial,) = tmp_path.iterdir()
    with (partial / "answers.jsonl").open("ab") as file:
        file.write('{"id": "n1-zh", "text": "天'.encode()[:-1])
    again = Assistant(answers)
    run(CASES, one_by_one(again), out, text_of=text_of, meta=META)
    assert [question for question, _ in again.asked] == ["<b>天气</b>？", "Out of reach?"]
    whole = tmp_path / "whole"
    run(CASES, one_by_one(Assistant(answers)), whole, text_of=text_of, meta=META)
    for name in ("rows.jsonl", "meta.json"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "whole"]


@pytest.mark.parametrize("change", ["meta", "cases"])
def test_a_killed_run_of_something_else_is_begun_anew(
    tmp_path: Path, answers: dict[str, Any], text_of: TextOf, change: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(IndexDamaged):
        run(CASES, one_by_one(Assistant(answers, breaks_at=3)), out, text_of=text_of, meta=META)
    again = Assistant(answers)
    cases = CASES[:3] if change == "cases" else CASES
    run(cases, one_by_one(again), out, text_of=text_of, meta=META if change == "cases" else {**META, "index": "77aa"})
    assert len(again.asked) == len(cases)


def test_two_runs_never_write_one_folder_at_once(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    ours = Assistant(answers)

    def second(question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
        with pytest.raises(HomeUnusable, match="another evaluation"):
            run(CASES, one_by_one(Assistant(answers)), tmp_path / "run", text_of=text_of, meta=META)
        return ours(question, scope)

    run(CASES, one_by_one(second), tmp_path / "run", text_of=text_of, meta=META)
    assert [row["id"] for row in read(tmp_path / "run" / "answers.jsonl")] == [case.id for case in CASES]
    assert not [path.name for path in (tmp_path / "run").iterdir() if "lock" in path.name]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_left_alone(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    ask = Assistant(answers)
    for out in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(UnusableInput, match="exists and is not a run; name a new folder with --out"):
            run(CASES, one_by_one(ask), out, text_of=text_of, meta=META)
    with pytest.raises(
        UnusableInput, match=r"cannot be written to .*: .*; free some space, or name another folder with --out"
    ):
        run(CASES, one_by_one(ask), tmp_path / "thesis.txt" / "run", text_of=text_of, meta=META)
    assert ask.asked == []
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    (tmp_path / "out").mkdir()
    run(CASES, one_by_one(Assistant(answers)), tmp_path / "out", text_of=text_of, meta=META)
    assert (tmp_path / "out" / "summary.json").exists()


def test_an_earlier_run_stays_until_the_new_one_is_complete(
    tmp_path: Path, answers: dict[str, Any], text_of: TextOf
) -> None:
    out = tmp_path / "out"
    run(CASES, one_by_one(Assistant(answers)), out, text_of=text_of, meta=META)
    before = (out / "answers.jsonl").read_bytes()
    with pytest.raises(IndexDamaged):
        run(CASES, one_by_one(Assistant(answers, breaks_at=2)), out, text_of=text_of, meta=META)
    assert (out / "answers.jsonl").read_bytes() == before


def test_the_report_is_escaped_and_stands_alone(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    run(CASES, one_by_one(Assistant(answers)), tmp_path / "out", text_of=text_of, meta={"note": "<i>"})
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1 and "<b>" not in page and "<i>" not in page
    assert "&lt;b&gt;天气&lt;/b&gt;？" in page
    links = set(re.findall(r"https?://[^\"/]*", page))
    assert links == {"http://127.0.0.1:8501"} and "src=" not in page
    for kind in ("style", "script"):
        inline = re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert inline
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page
    assert 'data-lang="zh" data-type="lookup" data-edition="2.0" data-verdict="right"' in page
    assert "/?clause=aisgf%402.0%2Fzh%235.4" in page
    for shown in ("准确率", "Missed nuggets 遗漏要点", "先备份[1]。", ">backup<", "[0.150, 0.850]", "⚠ edition 9.9"):
        assert shown in page
    assert 'lang="zh-CN">上线前做什么？' in page and 'lang="en">What first?' in page


def test_a_file_is_run_and_tabled_in_both_languages(tmp_path: Path, answers: dict[str, Any], text_of: TextOf) -> None:
    path = tmp_path / "set.jsonl"
    line = {"id": "q1-zh", "lang": "zh", "question": "上线前做什么？", "nuggets": [{"vital": True, "any": ["备份"]}]}
    path.write_text(json.dumps(line), encoding="utf-8")
    meta = {"questions": path.name, **META}
    summary = run(
        read_cases(path), one_by_one(Assistant(answers)), tmp_path / "out", text_of=text_of, meta=meta
    ).as_json()
    assert read_cases(tmp_path / "out" / "cases.jsonl") == read_cases(path)
    assert (summary["n"], set(summary)) == (1, {"n", "measures", "by", "sentinels", "beaten_by"})
    assert json.loads((tmp_path / "out" / "meta.json").read_text(encoding="utf-8"))["questions"] == "set.jsonl"
    zh, en = table(summary, "zh"), table(summary)
    assert zh.startswith("1 题") and "accuracy              1.000  [0.207, 1.000]     n=1      ↑ 准确率" in zh
    assert en.startswith("1 cases") and "accuracy by language:\nzh                    1.000" in en
    assert "length_ratio              –" in en
    assert all(line == line.rstrip() for line in en.splitlines())
