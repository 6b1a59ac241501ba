"""Edition 1.0 as published: added, built, asked. No sentence of it is here; quotations are compared with what was added."""

from __future__ import annotations

import pytest
from built import built_home
from official import EN_10, ZH_10
from official_home import Add, filled, opened
from tally import EDITION_1, tally
from verbatim import assert_verbatim

from corpus.home import Home
from corpus.records import LANGS, Lang

pytestmark = pytest.mark.official
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


@pytest.fixture
def edition_1(tiaowen: Add) -> Home:
    """Edition 1.0 as published, in both languages."""
    return filled("1", tiaowen, (ZH_10, "1.0"), (EN_10, "1.0"))


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
    assert_verbatim(answer.citations, assistant.retriever)
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
    assert_verbatim(answer.citations, assistant.retriever)


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
