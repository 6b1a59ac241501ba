"""The scan of 2.0: two documents, complete in both languages, that answer; and no page is recognised twice.

`tests/official.py` says when it is read. `tests/ingest` reads two of its pages in every run.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from official import SCAN_20, official_folder, recognised_pages
from official_home import Add, filled, opened
from overlap import shared_runs
from tally import EDITION_2, tally
from verbatim import assert_verbatim

from corpus.records import LANGS, Lang
from ingest.bundled import bundled_documents
from ingest.intake import documents_from, read_file

pytestmark = [pytest.mark.official, pytest.mark.ocr, pytest.mark.scan]


def test_the_scan_of_2_becomes_two_documents_that_answer(tiaowen: Add) -> None:
    home = filled("2", tiaowen, (SCAN_20, "2.0"), ocr_cache=recognised_pages())
    assistant = opened(home)
    documents = [assistant.retriever.documents[f"aisgf@2.0/{lang}", "body"] for lang in LANGS]
    for lang, document in zip(LANGS, documents, strict=True):
        assert (document.status, document.reading, document.translation) == ("official", "ocr", lang == "en")
        assert tally(document) == {**EDITION_2, "rows": 30 if lang == "zh" else 29}
    for question, path in (
        ("2.0版6.3.6写了什么？", "zh#6.3.6"),
        ("2.0版怎么定义数据投毒？", "zh#A3.12"),
        ("What does 6.3.6 of 2.0 say?", "en#6.3.6"),
        ("How does 2.0 define data poisoning?", "en#A3.12"),
    ):
        answer = assistant.ask(question)
        assert f"aisgf@2.0/{path}" in [citation.clause for citation in answer.citations]
        assert {(citation.reading, citation.page is None) for citation in answer.citations} == {("ocr", False)}
        assert "ocr" in [note.kind for note in answer.notes]
        assert_verbatim(answer.citations, assistant.retriever)

    # Read again from the pages kept: `progress` is told of every page that has to be recognised, and is told of none.
    def never(*_: object) -> None:
        raise AssertionError("a page was recognised again")

    data = (official_folder() / SCAN_20).read_bytes()
    again = documents_from(read_file(data, SCAN_20, home.ocr, never), data, "aisgf@2.0")
    assert {d.id: d.sha256 for d in again} == {d.id: d.sha256 for d in documents}
    done = tiaowen("add", str(official_folder() / SCAN_20), "--edition", "2.0", "--json", home=home)
    assert done.json == {"added": [], "same": True}


@pytest.mark.parametrize("lang", LANGS)
def test_no_digest_shares_a_long_run_with_the_official_2(tiaowen: Add, lang: Lang) -> None:
    official = opened(filled("2", tiaowen, (SCAN_20, "2.0"), ocr_cache=recognised_pages())).retriever.document(
        "aisgf@2.0", lang
    )
    assert official is not None and official.status == "official"
    terms = (Path(__file__).parents[1] / "shared_terms.txt").read_text(encoding="utf-8").splitlines()
    for digest in bundled_documents():
        if digest.lang != lang:
            continue
        headings = [clause.heading for clause in (*digest.clauses, *official.clauses) if clause.heading]
        texts = "\n".join(clause.text for clause in digest.clauses if clause.kind != "row")
        assert list(shared_runs(texts, official.text, lang, [*headings, *terms])) == [], digest.id
