"""Occurrences: Chinese as a string, English by word and stem, width and case aside, none where there is none."""

from __future__ import annotations

import pytest
from built import bundled
from small import document

from app.answering.occurrences import occurrences
from corpus.records import Clause, Document, Lang, Span

TEXTS = {
    "zh": "智能体（ＡＩ智能\n体）自主规划；智能 体与ＡＩ应用、安全风险，安全、风险，AI。见cac.gov.cn。",
    "en": "Agents and an agent; reagents, agency and agencies. Supply-chain, supply chain, supply\nchain. ＡＩ and AI; AIGC, 2.0, risk, RISKS, risky. Log, logs, logic, login. ISO. See cac.gov.cn: users' rights, the user's.",
}


def of_text(lang: Lang, text: str) -> Document:
    """A document of one clause without a heading."""
    clause = Clause(f"aisgf@2.0/{lang}#1", "1", None, "chapter", "", "", Span(0, 0), Span(0, len(text)), text)
    return document(lang, text=text, clauses=(clause,), pages=())


def found(lang: Lang, pattern: str) -> list[str]:
    of = of_text(lang, TEXTS[lang])
    return [one.span.of(of.text) for one in occurrences(of, pattern)]


@pytest.mark.parametrize(
    ("lang", "pattern", "wanted"),
    [
        ("zh", "智能体", ["智能体", "智能\n体", "智能 体"]),
        ("zh", "安全风险", ["安全风险"]),
        ("zh", "ＡＩ应用", ["ＡＩ应用"]),
        ("zh", "ai应用", ["ＡＩ应用"]),
        ("zh", "AI", ["ＡＩ", "ＡＩ", "AI"]),
        ("zh", "区块链", []),
        ("zh", "", []),
        ("zh", "，。", []),
        ("en", "agent", ["Agents", "agent"]),
        ("en", "agents", ["Agents", "agent"]),
        ("en", "AGENT", ["Agents", "agent"]),
        ("en", "agency", ["agency", "agencies"]),
        ("en", "supply chain", ["Supply-chain", "supply chain", "supply\nchain"]),
        ("en", "ai", ["ＡＩ", "AI"]),
        ("en", "ａｉ", ["ＡＩ", "AI"]),
        ("en", "log", ["Log", "logs"]),
        ("en", "2.0", ["2.0"]),
        ("en", "risks", ["risk", "RISKS"]),
        ("en", "ISO", ["ISO"]),
        ("en", "cac.gov.cn", ["cac.gov.cn"]),
        ("zh", "cac.gov.cn", ["cac.gov.cn"]),
        ("en", "the user's", ["the user's"]),
        ("en", "users' rights", ["users' rights"]),
        ("en", "user.s", []),
        ("en", "blockchain", []),
        ("en", "chain of supply", []),
        ("en", "   ", []),
        ("en", "?!", []),
    ],
)
def test_what_is_found(lang: Lang, pattern: str, wanted: list[str]) -> None:
    assert found(lang, pattern) == wanted


@pytest.mark.parametrize(("lang", "heading"), [("zh", "日志"), ("en", "Logs")])
def test_a_heading_counts_and_belongs_to_its_clause(lang: Lang, heading: str) -> None:
    of = document(lang)
    places = list(occurrences(of, heading))
    assert [one.clause.path for one in places] == ["1.1", "1.1"]
    assert places[0].span.end <= of.by_path["1.1"].lead.end
    assert places[1].span.start >= of.by_path["1.1"].span.start


@pytest.mark.parametrize(
    ("lang", "pattern"), [("zh", "供应链"), ("en", "supply chain"), ("zh", "开源"), ("en", "agent")]
)
def test_every_place_is_a_slice_of_its_clause(lang: Lang, pattern: str) -> None:
    of = bundled("aisgf@2.0", lang)
    places = list(occurrences(of, pattern))
    assert len(places) >= 3
    for one in places:
        assert one.clause.lead.start <= one.span.start < one.span.end <= one.clause.span.end
    assert [one.span for one in places] == sorted(one.span for one in places)


def test_chinese_is_counted_as_the_text_has_it() -> None:
    of = bundled("aisgf@2.0", "zh")
    for pattern in ("开源", "智能体", "护栏", "人工智能", "区块链"):
        assert len(list(occurrences(of, pattern))) == of.text.count(pattern)
