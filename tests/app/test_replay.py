"""`tiaowen replay`: an answer's id gives the same bytes again, or says which index and version they came from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from built import built_retriever, copied_home
from confined import bound
from lineages import NEW

from corpus.home import Home
from corpus.receipts import Receipt, find, keep, running_version

ROOT = Path(__file__).parents[2]
ASKED = [
    ("什么是微调？", ()),
    ("What is fine-tuning?", ()),
    ("怎么修自行车？", ()),
    ("How do I fix a flat tire?", ()),
    ("供应链安全", ("--edition", "1.0", "--lang", "en")),
    ("Supply chain security", ("--edition", "all", "--lang", "zh")),
    ("2.0版与1.0版相比有哪些变化？", ()),
    ("How many times does sandbox occur in 2.0?", ()),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A built home in which answers may be noted."""
    return copied_home(tmp_path_factory.mktemp("replay") / "home")


def bare(out: str) -> str:
    """JSON without `ms`, as it was printed otherwise."""
    value = json.loads(out)
    assert list(value.pop("ms")) == ["retrieve", "compose"]
    return json.dumps(value, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(("question", "options"), ASKED)
def test_the_same_bytes_again(tiaowen: Any, own: Home, question: str, options: tuple[str, ...]) -> None:
    once = tiaowen("ask", question, *options, "--json", home=own)
    again = tiaowen("replay", once.json["answer_id"], "--json", home=own)
    assert (once.code, once.err, again.code, again.err) == (0, "", 0, "")
    assert bare(again.out) == bare(once.out)
    assert tiaowen("replay", once.json["answer_id"], home=own).out == tiaowen("ask", question, *options, home=own).out


@pytest.mark.parametrize(("question", "word"), [("什么是微调？", "答复编号"), ("What is fine-tuning?", "Answer")])
def test_an_answer_ends_with_its_id(tiaowen: Any, own: Home, question: str, word: str) -> None:
    name = tiaowen("ask", question, "--json", home=own).json["answer_id"]
    last = tiaowen("ask", question, home=own).out.splitlines()[-1]
    assert last.startswith(f"{word} {name}") and f"tiaowen replay {name}" in last


@pytest.mark.parametrize(
    ("question", "word"), [("怎么修自行车？", "答复编号"), ("How do I fix a flat tire?", "Answer")]
)
def test_a_refusal_has_an_id_too(tiaowen: Any, own: Home, question: str, word: str) -> None:
    assert tiaowen("ask", question, home=own).out.splitlines()[-1].startswith(word)


def test_an_id_may_be_short_upper_case_and_full_width(tiaowen: Any, own: Home) -> None:
    name = tiaowen("ask", "什么是预训练？", "--json", home=own).json["answer_id"]
    wide = "".join(chr(ord(char) + 0xFEE0) for char in name[:8])
    for written in (name, name[:6], name[:10].upper(), f" {name} ", wide):
        assert tiaowen("replay", written, "--json", home=own).json["answer_id"] == name


def test_asking_again_is_no_new_receipt(tiaowen: Any, own: Home) -> None:
    tiaowen("ask", "什么是显式标识？", home=own)
    before = find(own.receipts, "")
    tiaowen("ask", "什么是显式标识？", "--json", home=own)
    tiaowen("replay", before[0].id, home=own)
    assert find(own.receipts, "") == before
    kept = next(one for one in before if one.question == "什么是显式标识？")
    generation = built_retriever().generation
    assert kept == Receipt(
        kept.id, "什么是显式标识？", None, "auto", generation, running_version(), asked_at=kept.asked_at
    )


def test_scopes_that_tell_other_notes_have_other_ids(tiaowen: Any, tmp_path: Path, file: Any) -> None:
    home = copied_home(tmp_path / "home")
    named = tiaowen("ask", "什么是微调？", "--edition", "2.0", "--json", home=home).json
    free = tiaowen("ask", "什么是微调？", "--json", home=home).json
    assert named["notes"] != free["notes"] and named["answer_id"] != free["answer_id"]
    tiaowen("add", file("mine.txt", NEW["zh"]), "--edition", "2.0", home=home)
    behind = tiaowen("ask", "什么是微调？", "--json", home=home).json
    assert behind["notes"] != free["notes"] and behind["answer_id"] != free["answer_id"]


# --- what has changed since


BEHIND = {"zh": "语料与当时不同", "en": "but the corpus is not"}
CHANGED = {"zh": "当时的答复出自索引", "en": "that answer was made from index"}


def test_what_changed_since_is_told_in_one_line(tiaowen: Any, file: Any, tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    first = tiaowen("ask", "什么是微调？", "--json", home=home).json
    old = built_retriever().generation
    tiaowen("add", file("mine.txt", NEW["zh"]), "--edition", "2.0", home=home)
    for lang, behind in BEHIND.items():
        done = tiaowen("--ui-lang", lang, "replay", first["answer_id"], "--json", home=home)
        assert done.code == 0 and behind in done.line and old in done.line
        assert done.json["notes"][-1]["kind"] == "index_behind"

    new = tiaowen("build", "--json", home=home).json["generation"]
    for lang, changed in CHANGED.items():
        done = tiaowen("--ui-lang", lang, "replay", first["answer_id"][:8], "--json", home=home)
        assert done.code == 0 and changed in done.line and old in done.line and new in done.line
    assert done.json["answer_id"] != first["answer_id"]
    assert done.json["question"] == "什么是微调？"
    again = tiaowen("replay", done.json["answer_id"], "--json", home=home)
    assert (again.err, bare(again.out)) == ("", bare(done.out))


def test_another_version_is_named(tiaowen: Any, own: Home) -> None:
    name = tiaowen("ask", "什么是隐式标识？", "--json", home=own).json["answer_id"]
    (now,) = find(own.receipts, name)
    keep(own.receipts, [replace(now, id="abcdef0123456789", version="0.0.9")])
    done = tiaowen("replay", "abcdef01", "--json", home=own)
    assert (done.code, done.json["answer_id"]) == (0, name)
    assert "(Tiaowen 0.0.9)" in done.line and f"(Tiaowen {running_version()})" in done.line


# --- ids that name no answer


@pytest.mark.parametrize(
    ("lang", "written", "said"),
    [
        ("en", "ffffff", "no answer 'ffffff' was given in this home; check the id at the end of the answer, or name"),
        ("zh", "ffffff", "此处没有编号为 'ffffff' 的答复; 请核对答复末尾的编号，或用 --home"),
        ("en", "abc12", "'abc12' is no answer id; an answer ends with its id: give its first hexadecimal digits, 6 at"),
        ("zh", "abc12", "'abc12' 不是答复编号; 编号见答复末尾，取前6位以上的十六进制数字"),
        ("en", "什么是微调？", "'什么是微调？' is no answer id"),
        ("en", "%%%%%%", "'%%%%%%' is no answer id"),
        ("en", "", "'' is no answer id"),
    ],
)
def test_an_id_of_no_answer_is_told_in_one_line(tiaowen: Any, own: Home, lang: str, written: str, said: str) -> None:
    done = tiaowen("--ui-lang", lang, "replay", written, home=own)
    assert (done.code, done.out) == (2, "")
    assert done.line.startswith(f"tiaowen: {said}")
    failed = tiaowen("--ui-lang", lang, "replay", written, "--json", home=own)
    assert (failed.code, set(failed.json)) == (2, {"error", "way_out"})


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "2 answers have an id that begins with 'dddddd'; give more digits: "),
        ("zh", "有2个答复编号以 'dddddd' 开头; "),
    ],
)
def test_a_prefix_of_several_answers_is_told_with_them(tiaowen: Any, own: Home, lang: str, said: str) -> None:
    rows = [Receipt(f"dddddd{end:010x}", "什么是微调？", None, "auto", "g", "0.1.0", "") for end in (1, 2)]
    keep(own.receipts, rows)
    done = tiaowen("--ui-lang", lang, "replay", "dddddd", home=own)
    assert (done.code, done.out) == (2, "")
    assert said in done.line and done.line.endswith("dddddd0000000001, dddddd0000000002")
    assert tiaowen("replay", "dddddd0000000001", home=own).code == 0


def test_a_home_in_which_nothing_was_asked_stays_empty(tiaowen: Any, empty: Home) -> None:
    assert tiaowen("replay", "abcdef", home=empty).code == 2
    assert not empty.root.exists()


# --- homes that take no receipt, and several processes


@pytest.mark.parametrize(("lang", "said"), [("zh", "本次答复未能登记"), ("en", "this answer was not noted")])
def test_a_home_that_takes_no_receipt_does_not_stop_an_answer(
    tiaowen: Any, tmp_path: Path, lang: str, said: str
) -> None:
    home = copied_home(tmp_path / "home")
    whole = tiaowen("ask", "什么是微调？", "--json", home=home)
    home.receipts.unlink()
    home.receipts.mkdir()
    done = tiaowen("--ui-lang", lang, "ask", "什么是微调？", "--json", home=home)
    assert (done.code, bare(done.out)) == (0, bare(whole.out))
    assert said in done.line and "receipts.db" in done.line
    assert whole.json["text"] in tiaowen("ask", "什么是微调？", home=home).out


@pytest.mark.skipif(os.name != "posix", reason="folders that may only be read")
def test_a_home_that_may_only_be_read_answers_and_replays(tiaowen: Any, tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    whole = tiaowen("ask", "什么是微调？", "--json", home=home)
    home.receipts.chmod(0o444)
    home.root.chmod(0o555)
    try:
        replayed = bound("--home", str(home.root), "replay", whole.json["answer_id"], "--json")
        asked = bound("--home", str(home.root), "ask", "什么是预训练？", "--json")
    finally:
        home.root.chmod(0o755)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert bare(replayed.stdout) == bare(whole.out)
    assert (asked.returncode, len(asked.stderr.splitlines())) == (0, 1)
    assert "was not noted" in asked.stderr and "readonly" in asked.stderr
    assert json.loads(asked.stdout)["citations"]


def test_two_processes_that_ask_at_once_are_both_noted(tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    command = [sys.executable, "-m", "app.cli", "--home", str(home.root), "ask", "--json"]
    where = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    asked = ("什么是微调？", "What is fine-tuning?", "什么是微调？")
    running = [subprocess.Popen([*command, q], stdout=-1, stderr=-1, env=where, cwd=ROOT) for q in asked]
    told = [process.communicate(timeout=120) for process in running]
    assert [(process.returncode, err) for process, (_, err) in zip(running, told, strict=True)] == [(0, b"")] * 3
    names = {json.loads(out)["answer_id"] for out, _ in told}
    assert len(names) == 2 and {receipt.id for receipt in find(home.receipts, "")} == names
