"""The official texts: added, built, asked. No sentence of them is here; what is quoted is compared with what was added.

The scan of 2.0 takes four minutes to read. It is read in full where `TIAOWEN_SOAK=1` asks for it, or where
`TIAOWEN_OCR_CACHE` names the folder `ocr` of a home in which it was read before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from built import built_home
from official import EN_10, ZH_10, official_folder
from tally import EDITION_1, EDITION_2, tally

from app.answering.assistant import Assistant
from app.cli.session import Session, build_index, store_digest
from corpus.home import Home
from corpus.records import LANGS, Answer, Lang, part_of
from ingest.intake import documents_from, read_file

pytestmark = pytest.mark.official
SCAN_20 = "framework-2.0.zh-en.scan.pdf"
STATUS = {"zh": "official", "en": "supplied"}
"""The sha256 of the Chinese file is in the catalogue; the English one is a transcription."""
ASKED = [
    ("zh", "1.0版3.2.4(b)写了什么？", "3.2.4(b)"),
    ("zh", "两用物项和技术滥用有什么风险？", "3.2.2(c)"),
    ("zh", "服务提供者发现安全漏洞要做什么？", "6.2(h)"),
    ("en", "What does 3.2.4(b) of version 1.0 say?", "3.2.4(b)"),
    ("en", "Can dual-use items and technologies be misused?", "3.2.2(c)"),
    ("en", "What should service providers do about security vulnerabilities?", "6.2(h)"),
]
Add = Callable[..., Any]


@cache
def _folder() -> TemporaryDirectory[str]:
    """Removed when the process ends."""
    return TemporaryDirectory(prefix="tiaowen-official-")


def filled(name: str, tiaowen: Add, *added: tuple[str, str], ocr_cache: Path | None = None) -> Home:
    """A home with official files added by `tiaowen add` and built; made once a session."""
    home = Home(Path(_folder().name) / name)
    if not home.root.exists():
        if ocr_cache is not None:
            shutil.copytree(ocr_cache, home.ocr)
        for file, edition in added:
            assert tiaowen("add", str(official_folder() / file), "--edition", edition, home=home).code == 0
        build_index(Session(home, "en"))
    return home


@pytest.fixture
def edition_1(tiaowen: Add) -> Home:
    """Edition 1.0 as published, in both languages."""
    return filled("1", tiaowen, (ZH_10, "1.0"), (EN_10, "1.0"))


def opened(home: Home) -> Assistant:
    return Assistant.open(home, store_digest(home))


def assert_verbatim(answer: Answer, assistant: Assistant) -> None:
    for citation in answer.citations:
        document = assistant.retriever.documents[
            citation.clause.partition("#")[0], part_of(citation.clause.partition("#")[2])
        ]
        assert document.text[citation.start : citation.end] == citation.quote
        assert (citation.document_sha256, citation.status) == (document.sha256, document.status)


def test_the_official_texts_take_the_digests_place(tiaowen: Add, edition_1: Home) -> None:
    value = tiaowen("status", "--json", home=edition_1).json
    rows = {row["document"]: row for e in value["editions"] for row in e["documents"] if row["part"] == "body"}
    assert {name: row["status"] for name, row in rows.items()} == {
        "aisgf@1.0/zh": "official",
        "aisgf@1.0/en": "supplied",
        "aisgf@2.0/zh": "digest",
        "aisgf@2.0/en": "digest",
    }
    assert not value["index"]["behind"]
    assert {row["reading"] for row in rows.values()} == {"text"}


@pytest.mark.parametrize(("lang", "question", "path"), ASKED)
def test_questions_are_answered_from_them(edition_1: Home, lang: Lang, question: str, path: str) -> None:
    assistant = opened(edition_1)
    answer = assistant.ask(question, "1.0")
    assert answer.declined is None
    assert f"aisgf@1.0/{lang}#{path}" in [citation.clause for citation in answer.citations]
    assert {citation.status for citation in answer.citations} == {STATUS[lang]}
    assert_verbatim(answer, assistant)
    assert "digest" not in [note.kind for note in answer.notes]


@pytest.mark.parametrize(("lang", "question", "path"), ASKED[::3])
def test_what_is_quoted_says_what_it_is_and_where_it_stands(
    tiaowen: Add, edition_1: Home, lang: Lang, question: str, path: str
) -> None:
    out = tiaowen("ask", question, home=edition_1).out
    assert {"zh": "官方文本", "en": "supplied, not verified"}[lang] in out
    (citation, *_) = tiaowen("ask", question, "--json", home=edition_1).json["citations"]
    assert citation["translation"] is (lang == "en")
    assert (citation["page"] is not None) is (lang == "zh")
    assert out.count("tiaowen crawl") == 0


def test_a_question_of_the_changes_quotes_the_official_old_and_the_new(edition_1: Home) -> None:
    assistant = opened(edition_1)
    answer = assistant.ask("供应链方面2.0版相比1.0版有什么变化？")
    assert {(c.clause.partition("/")[0], c.status) for c in answer.citations} == {
        ("aisgf@1.0", "official"),
        ("aisgf@2.0", "digest"),
    }
    assert_verbatim(answer, assistant)


def test_clauses_of_the_official_texts_and_of_the_digests_have_the_same_ids(tiaowen: Add, edition_1: Home) -> None:
    for lang in LANGS:
        own, ours = (
            [row["id"] for row in tiaowen("outline", "1.0", "--lang", lang, "--json", home=home).json]
            for home in (edition_1, built_home())
        )
        without = {"T"} if lang == "en" else set()
        assert [path for path in own if path[0] not in without] == [path for path in ours if path[0] not in without]
        document = opened(edition_1).retriever.documents[f"aisgf@1.0/{lang}", "body"]
        assert {**EDITION_1, **tally(document)} == {**EDITION_1, **({"rows": 26} if lang == "zh" else {})}


# --- the scan


def known_pages() -> Path | None:
    """A folder of pages read before, if one is named; without it the scan is read under `make soak` alone."""
    named = os.environ.get("TIAOWEN_OCR_CACHE")
    if named:
        return Path(named)
    if os.environ.get("TIAOWEN_SOAK") != "1":
        pytest.skip("reading the scan takes four minutes: make soak, or name a cache with TIAOWEN_OCR_CACHE")
    return None


@pytest.mark.ocr
def test_the_scan_of_2_becomes_two_documents_that_answer(tiaowen: Add) -> None:
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    home = filled("2", tiaowen, (SCAN_20, "2.0"), ocr_cache=known_pages())
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
        assert_verbatim(answer, assistant)

    # Read again from the pages kept: `progress` is told of every page that has to be recognised, and is told of none.
    def never(*_: object) -> None:
        raise AssertionError("a page was recognised again")

    data = (official_folder() / SCAN_20).read_bytes()
    again = documents_from(read_file(data, SCAN_20, home.ocr, never), data, "aisgf@2.0")
    assert {d.id: d.sha256 for d in again} == {d.id: d.sha256 for d in documents}
    done = tiaowen("add", str(official_folder() / SCAN_20), "--edition", "2.0", "--json", home=home)
    assert done.json == {"added": [], "same": True}
