"""A clause read by OCR with doubt says so wherever it is shown or quoted, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from built import bundled, copied_home

from app.answering.assistant import Assistant
from app.cli.session import Session, build_index
from app.screens.clause_view import clause_view
from corpus.home import Home
from corpus.records import LANGS, Document, Lang
from corpus.store import CorpusStore, store_digest, utc_now

DOUBTFUL = "3.1.1(f)"
SAID: dict[Lang, str] = {"zh": "部分文字识别存疑", "en": "read with doubt in places"}


def scanned(lang: Lang) -> Document:
    """Our digest of 2.0 as if it had been added as a scan whose clause 3.1.1(f) was hard to read."""
    of = bundled("aisgf@2.0", lang)
    clauses = tuple(
        replace(clause, flags=("low_confidence",) if clause.path == DOUBTFUL else ()) for clause in of.clauses
    )
    return replace(of, status="supplied", reading="ocr", clauses=clauses, raw_sha256="ab" * 32, note="")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with both of them."""
    home = copied_home(tmp_path_factory.mktemp("doubt") / "home")
    with CorpusStore(home.store) as store:
        store.put([scanned(lang) for lang in LANGS], utc_now())
    build_index(Session(home, "en"))
    return home


@pytest.mark.parametrize("lang", LANGS)
def test_show_and_outline_and_status_tell(tiaowen: Any, home: Home, lang: Lang) -> None:
    shown = [
        tiaowen("show", f"2.0#{path}", "--lang", lang, "--json", home=home).json for path in (DOUBTFUL, "3.1.1(e)")
    ]
    assert [(row["reading"], row["flags"]) for value in shown for row in value["texts"]] == [
        ("ocr", ["low_confidence"]),
        ("ocr", []),
    ]
    first = tiaowen("--ui-lang", lang, "show", f"2.0#{DOUBTFUL}", "--lang", "zh", home=home).out.splitlines()[0]
    assert SAID[lang] in first and ("扫描识别" if lang == "zh" else "read by OCR") in first
    assert SAID[lang] not in tiaowen("--ui-lang", lang, "show", "2.0#3.1.1(e)", home=home).out
    outlined = tiaowen("outline", "2.0", "--lang", lang, "--json", home=home).json
    assert [(row["id"], row["flags"]) for row in outlined if "flags" in row] == [(DOUBTFUL, ["low_confidence"])]
    editions = tiaowen("status", "--json", home=home).json["editions"]
    rows = [row for edition in editions for row in edition["documents"]]
    assert {row["document"] for row in rows if row["doubtful_clauses"] == 1} == {f"aisgf@2.0/{of}" for of in LANGS}
    told = tiaowen("--ui-lang", lang, "status", home=home).out
    assert told.count("识别存疑条款1个" if lang == "zh" else "clauses read with doubt: 1") == 2


@pytest.mark.parametrize(("question", "lang"), [("3.1.1(f)写了什么？", "zh"), ("What does 3.1.1(f) say?", "en")])
def test_an_answer_names_the_clause_it_quotes_with_doubt(home: Home, question: str, lang: Lang) -> None:
    assistant = Assistant.open(home, store_digest(home.store))
    notes = {note.kind: note for note in assistant.ask(question).notes}
    assert f"§{DOUBTFUL}" in notes["ocr"].message and f"aisgf@2.0/{lang}#{DOUBTFUL}" in notes["ocr"].clauses
    sure = {note.kind: note for note in assistant.ask(question.replace("(f)", "(e)")).notes}
    assert "§" not in sure["ocr"].message


@pytest.mark.parametrize("lang", LANGS)
def test_the_pane_has_a_badge(lang: Lang) -> None:
    of = scanned(lang)
    documents = {(of.id, of.part): of}
    views = [clause_view(documents, of, of.by_path[path], None, lang) for path in (DOUBTFUL, "3.1.1(e)")]
    assert [[badge["kind"] for badge in view["badges"]][-2:] for view in views] == [
        ["ocr", "low_confidence"],
        ["supplied", "ocr"],
    ]
