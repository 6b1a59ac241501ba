"""Revisions, removal and twins as a user meets them: `add`, `remove`, `text --sha256`, `status`, `show`, `ask`."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from lineages import NEW
from ports import EN, ZH, changed

from corpus.home import Home
from corpus.records import Lang

CURRENT = ("status", "revision", "sha256")


def row(tiaowen: Any, home: Home, document: str) -> dict[str, Any]:
    """The body of a document in `status --json`."""
    editions = tiaowen("status", "--json", home=home).json["editions"]
    rows = [row for edition in editions for row in edition["documents"]]
    return next(row for row in rows if (row["document"], row["part"]) == (document, "body"))


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.soak)])
def test_a_changed_file_is_a_new_revision_and_the_old_one_stays_checkable(
    tiaowen: Any, file: Any, empty: Home, lang: Lang
) -> None:
    name = f"aisgf@2.0/{lang}"
    one, two = file("one.txt", {"zh": ZH, "en": EN}[lang]), file("two.txt", NEW[lang])
    seen = []
    for given, revision in ((one, 1), (two, 2), (one, 3)):
        added = tiaowen("add", given, "--edition", "2.0", "--json", home=empty).json
        assert (added["same"], added["added"][0]["revision"]) == (False, revision)
        seen.append(row(tiaowen, empty, name)["sha256"])
        assert row(tiaowen, empty, name)["revision"] == revision
        assert tiaowen("add", given, "--edition", "2.0", "--json", home=empty).json == {"added": [], "same": True}
    assert seen[0] == seen[2] != seen[1]
    assert tiaowen("build", home=empty).code == 0
    for digest in seen:
        printed = tiaowen("text", name, "--sha256", digest[:16], home=empty)
        assert hashlib.sha256(printed.out.encode()).hexdigest() == digest
    none = tiaowen("text", name, "--sha256", "00", home=empty)
    assert (none.code, none.out) == (2, "")
    assert none.err == f"tiaowen: no revision of {name} has the sha256 '00'; see: tiaowen status --json\n"


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.soak)])
def test_removing_brings_the_digest_back(tiaowen: Any, file: Any, empty: Home, lang: Lang) -> None:
    name = f"aisgf@2.0/{lang}"
    digest = row(tiaowen, empty, name)
    assert tiaowen("add", file("one.txt", {"zh": ZH, "en": EN}[lang]), "--edition", "2.0", home=empty).code == 0
    mine = row(tiaowen, empty, name)
    assert (mine["status"], digest["status"]) == ("supplied", "digest")
    done = tiaowen("remove", name, "--json", home=empty)
    assert (done.code, done.json) == (0, {"removed": [{"document": name, "part": "body", "revisions": 1}]})
    assert row(tiaowen, empty, name) == digest
    assert tiaowen("build", home=empty).code == 0
    question = {"zh": "2.0版5.4写了什么？", "en": "What does 5.4 of 2.0 say?"}[lang]
    answer = tiaowen("ask", question, "--json", home=empty).json
    assert {citation["status"] for citation in answer["citations"]} == {"digest"}
    assert tiaowen("text", name, "--sha256", mine["sha256"], home=empty).code == 0
    again = tiaowen("remove", name, home=empty)
    assert (again.code, again.err) == (2, f"tiaowen: no text of {name} was added; see: tiaowen status\n")


def test_an_edition_is_removed_in_both_languages_and_told_in_both(tiaowen: Any, file: Any, empty: Home) -> None:
    for lang, text in (("zh", ZH), ("en", EN)):
        assert tiaowen("add", file(f"{lang}.txt", text), "--edition", "2.0", home=empty).code == 0
    told = tiaowen("--ui-lang", "zh", "remove", "2.0", home=empty).out
    assert told.count("已移出") == 2 and "请运行 tiaowen build" in told
    assert tiaowen("add", file("zh.txt", ZH), "--edition", "2.0", home=empty).code == 0
    told = tiaowen("remove", "2.0", home=empty).out
    assert told.startswith("removed aisgf@2.0/zh (2 revisions stay checkable") is False
    assert told.startswith("removed aisgf@2.0/zh (1 revisions") and told.count("removed") == 1


@pytest.mark.parametrize("written", ["2.0/fr", "9.0", "9.0/zh"])
def test_what_cannot_be_removed_is_told_in_one_line(tiaowen: Any, empty: Home, written: str) -> None:
    done = tiaowen("remove", written, home=empty)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("tiaowen: ") and done.err.count("\n") == 1


def test_status_lists_where_the_languages_differ(tiaowen: Any, home: Home) -> None:
    editions = {row["edition"]: row for row in tiaowen("status", "--json", home=home).json["editions"]}
    (body,) = [twins for twins in editions["aisgf@2.0"]["twins"] if twins["part"] == "body"]
    assert body["pairs"] == 231
    assert {"path": "5.10", "kind": "repeats", "zh": "", "en": "5.9"} in body["disagreements"]
    assert {"path": "T.3.2.2(b)", "kind": "missing", "zh": "混淆事实、误导用户", "en": ""} in body["disagreements"]
    assert editions["aisgf@3.0"]["twins"][0]["disagreements"] == []
    differ = len({found["path"] for found in body["disagreements"]})
    assert f"231 pairs of clauses; in {differ} the languages differ" in tiaowen("status", home=home).out
    assert f"231对条款，其中{differ}条两种语言不一致" in tiaowen("--ui-lang", "zh", "status", home=home).out


def test_a_clause_is_shown_with_what_differs(tiaowen: Any, home: Home) -> None:
    assert tiaowen("show", "2.0#5.9", "--json", home=home).json["disagreements"] == []
    told = tiaowen("show", "2.0#5.10", "--json", home=home).json["disagreements"]
    assert {"path": "5.10", "kind": "repeats", "zh": "", "en": "5.9"} in told
    assert "Chinese and English differ  the English of §5.10 repeats §5.9" in tiaowen("show", "2.0#5.10", home=home).out
    assert "中英不一致  §5.10的英文重复了§5.9" in tiaowen("--ui-lang", "zh", "show", "2.0#5.10", home=home).out


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "2.0版1.11写了什么？",
            "此处中英文本不一致，引用前请对照另一语言：§1.11的数量不同（中文：6 month；英文：10 month）。",
        ),
        (
            "What does 1.11 of 2.0 say?",
            "The Chinese and English texts differ here; compare the other language before quoting: §1.11 differs in "
            "quantities (Chinese: 6 month; English: 10 month).",
        ),
    ],
)
def test_an_answer_warns_where_the_languages_differ(
    tiaowen: Any, file: Any, empty: Home, question: str, told: str
) -> None:
    for lang, text in (("zh", ZH), ("en", changed(EN, "six months", "ten months"))):
        assert tiaowen("add", file(f"{lang}.txt", text), "--edition", "2.0", home=empty).code == 0
    assert tiaowen("build", home=empty).code == 0
    notes = {note["kind"]: note for note in tiaowen("ask", question, "--json", home=empty).json["notes"]}
    assert notes["translation_differs"]["message"] == told
    assert [clause.partition("#")[2] for clause in notes["translation_differs"]["clauses"]] == ["1.11"]
    other = question.replace("1.11", "1.9")
    kinds = [note["kind"] for note in tiaowen("ask", other, "--json", home=empty).json["notes"]]
    assert "translation_differs" not in kinds
