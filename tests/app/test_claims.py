"""A sentence against its quotations: shortened it passes; with another number, sign, word, party or edition it falls."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small import citation

from app.answering.claims import Verdict, bare_words, only_counts, supported
from app.answering.figures import figures
from app.answering.signs import phrases
from corpus.records import LANGS, Citation, Lang
from corpus.text import fold

TABLE: dict[Lang, list[dict[str, Any]]] = tomllib.loads(Path(__file__).with_name("claims.toml").read_text("utf-8"))
CASES = [
    (lang, " ".join(case["quote"].split()), reason, told)
    for lang in LANGS
    for case in TABLE[lang]
    for reason, told in [*(("", good) for good in case["good"]), *case.get("bad", ()), *case.get("refused", ())]
]


def quoting(quote: str, lang: Lang, edition: str = "aisgf@2.0", path: str = "6.3.6") -> Citation:
    version = edition.partition("@")[2]
    place = f"{version}版 §{path}" if lang == "zh" else f"{version} §{path}"
    row = {"clause": f"{edition}/{lang}#{path}", "locator": place, "heading": "", "start": 0, "end": len(quote)}
    return citation(lang, quote=quote, **row)


@pytest.mark.parametrize(("lang", "quote", "reason", "told"), CASES)
def test_a_sentence_falls_by_the_check_that_it_fails(lang: Lang, quote: str, reason: str, told: str) -> None:
    verdict = supported(told, [quoting(quote, lang)], lang)
    assert (verdict.holds, verdict.reason) == (not reason, reason), verdict.found


@pytest.mark.parametrize("lang", LANGS)
def test_half_of_the_table_passes_and_every_check_is_in_it(lang: Lang) -> None:
    reasons = [reason for of, _, reason, _ in CASES if of == lang]
    assert len(reasons) > 80 and reasons.count("") > 0.45 * len(reasons)
    assert {"edition", "place", "quotation", "numbers", "negation", "strength", "words", "party"} < set(reasons)


@pytest.mark.parametrize(("lang", "quote"), [(lang, case["quote"]) for lang in LANGS for case in TABLE[lang]])
def test_a_quotation_supports_itself_and_not_with_a_letter_altered(lang: Lang, quote: str) -> None:
    quoted = [quoting(quote, lang)]
    mark = "“{}”"
    assert supported(quote, quoted, lang).holds
    assert supported(mark.format(quote), quoted, lang).holds
    for at in range(0, len(quote), 7):
        if quote[at].isalnum():
            altered = f"{quote[:at]}{'们' if lang == 'zh' else 'zq'}{quote[at + 1 :]}"
            assert supported(mark.format(altered), quoted, lang).reason == "quotation"
            assert not supported(altered, quoted, lang).holds


@pytest.mark.parametrize(
    ("lang", "quote", "told", "reason"),
    [
        ("zh", "1.0版的风险分为两类，2.0版的风险分为三类。", "1.0版的风险分为两类。", ""),
        ("zh", "风险分为三类。", "初版的风险分为三类。", "edition"),
        ("zh", "风险分为三类。", "第9.9节的风险分为三类。", "place"),
        ("zh", "风险分为三类。", "第六章的风险分为三类。", ""),
        ("en", "Edition 1.0 has two kinds of risk.", "Edition 1.0 has two kinds of risk.", ""),
        ("en", "There are three kinds of risk.", "In the first edition there are three kinds of risk.", "edition"),
        ("en", "There are three kinds of risk.", "Section 9.9 has three kinds of risk.", "place"),
        ("en", "There are three kinds of risk.", "Chapter 6 has three kinds of risk.", ""),
    ],
)
def test_editions_and_places_are_those_cited_or_spoken_of(lang: Lang, quote: str, told: str, reason: str) -> None:
    assert supported(told, [quoting(quote, lang)], lang).reason == reason


def test_a_place_is_one_of_its_own_edition() -> None:
    both = [quoting("日志留存。", "zh", "aisgf@1.0", "5.1"), quoting("日志审计。", "zh", "aisgf@2.0", "5.7")]
    assert supported("2.0版 §5.7：日志审计。", both, "zh").holds
    assert supported("1.0版§5.7：日志审计。", both, "zh") == Verdict(False, "place", "1.0 §5.7")


@pytest.mark.parametrize(
    ("lang", "first", "second", "good", "bad"),
    [
        (
            "zh",
            "开发者应提供说明。",
            "使用者应定期检查。",
            "开发者应提供说明，使用者应定期检查。",
            "使用者应提供说明。",
        ),
        (
            *("en", "Developers should give notice.", "Users should check."),
            *("Developers should give notice, users should check.", "Users should give notice."),
        ),
    ],
)
def test_a_phrase_rests_on_one_sentence_of_one_quotation(
    lang: Lang, first: str, second: str, good: str, bad: str
) -> None:
    apart = [quoting(first, lang), quoting(second, lang)]
    together = [quoting(f"{first}{'' if lang == 'zh' else ' '}{second}", lang)]
    for quoted in (apart, together):
        assert supported(good, quoted, lang).holds
        assert not supported(bad, quoted, lang).holds


@pytest.mark.parametrize(("lang", "told"), [("zh", "新增：日志留六个月。"), ("en", "Added: Keep logs for six months.")])
def test_a_label_is_a_claim_unless_the_caller_vouches_for_it(lang: Lang, told: str) -> None:
    label = told[:2] if lang == "zh" else told[:5]
    assert supported(told, [citation(lang)], lang).reason == "words"
    assert supported(told, [citation(lang)], lang, [label]).holds


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_supports_a_claim_without_a_quotation_or_in_another_language(lang: Lang) -> None:
    other: Lang = "en" if lang == "zh" else "zh"
    told = citation(lang).quote
    assert supported(told, [], lang).reason == "words"
    assert not supported(told, [citation(other)], lang).holds
    assert supported("", [], lang).holds
    assert supported("[1] §", [citation(lang)], lang).holds


def test_marks_inside_a_quotation_are_its_own() -> None:
    quoted = replace(quoting("See [3] for logs.", "en"), marker=1)
    assert bare_words("2.0 §6.3.6: “See [3] for logs.”[1]", [quoted]).split() == [":", "“", "”"]


@pytest.mark.parametrize(("text", "lang"), [("3、0：无关。", "zh"), ("3, 0: unrelated.", "en")])
def test_what_is_more_than_counts_is_told(text: str, lang: Lang) -> None:
    assert only_counts(text[:4], lang)
    assert not only_counts(text, lang)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("留存六个月、两年、三十天、十二小时", ["6 month", "2 year", "30 day", "12 hour"]),
        ("百分之二十，20%，一百二十项，二〇二五年", ["20 percent", "120", "2025 year"]),
        ("第三章，五大原则，三类风险，2025年9月15日", ["第3", "5", "3", "2025 year", "9 月", "15 day"]),
        ("一种技术、一个平台，一致、统一、进一步，第三方，十分", []),
        ("six months, twenty days, 1,000 hours, 20 percent", ["6 month", "20 day", "1000 hour", "20 percent"]),
        ("a 6-month term, version 2.50, one year", ["6 month", "2.5", "1 year"]),
        ("no one, GPT-4, 3D models, one of them, someone", []),
    ],
)
def test_numbers_in_one_form(text: str, found: list[str]) -> None:
    assert [f"{one.value} {one.unit}".strip() for one in figures(fold(text).text)] == found


@pytest.mark.parametrize(
    ("text", "lang", "bounds"),
    [
        ("至少6个月，不超过三年，十天以内，近五年", "zh", ["≥", "≤", "≤", "~"]),
        ("不少于三次，超过三次，少于三次，三次", "zh", ["≥", ">", "<", ""]),
        ("at least six months, no more than 3 years, up to 5 days", "en", ["≥", "≤", "≤"]),
        ("more than 3 days, fewer than 5, about 7, 9 days", "en", [">", "<", "~", ""]),
    ],
)
def test_a_number_has_its_bound(text: str, lang: Lang, bounds: list[str]) -> None:
    assert [number.bound for phrase in phrases(text, lang) for number in phrase.numbers] == bounds


@pytest.mark.parametrize(
    ("text", "lang", "word", "strengths", "negations"),
    [
        ("不得收集信息", "zh", "收", {"must"}, 1),
        ("应当记录", "zh", "录", {"should"}, 0),
        ("供应链可信可控，重要需求，应用智能体", "zh", "链", {""}, 0),
        ("不应泄露，也应删除", "zh", "除", {"should"}, 0),
        ("应记录，定期审计", "zh", "审", {"", "should"}, 0),
        ("不公平地对待各类用户群体", "zh", "群", {""}, 0),
        ("没有不收集", "zh", "收", {""}, 2),
        ("providers must not collect data", "en", "collect", {"must"}, 1),
        ("providers must not collect and should delete data", "en", "delet", {"should"}, 0),
        ("do not collect, share, or sell data", "en", "share", {""}, 1),
        ("logs are kept without consent and are audited", "en", "audit", {""}, 0),
        ("keep logs, and should audit", "en", "log", {""}, 0),
        ("it is not required to disclose", "en", "disclos", {"need"}, 1),
        ("disclosure is prohibited", "en", "disclosur", {"must"}, 1),
        ("in May 2025 it may fail", "en", "in", {""}, 0),
    ],
)
def test_words_stand_under_signs(text: str, lang: Lang, word: str, strengths: set[str], negations: int) -> None:
    sign = next(one.sign for phrase in phrases(text, lang) for one in phrase.words if one.text == word)
    assert (sign.strengths, sign.negations) == (strengths, negations)
