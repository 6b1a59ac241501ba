"""Folding, language, sentences, tokens: each in Chinese and in English, with offsets that lead back."""

from __future__ import annotations

from itertools import pairwise

import pytest

from corpus.records import Span
from corpus.text import fold, han_share, language, sentences, squeeze, stem, tokens, trim


@pytest.mark.parametrize(
    ("text", "folded", "offsets"),
    [
        ("ＡＩ　安全！", "ai 安全!", (0, 1, 2, 3, 4, 5)),
        ("Risk\u200bs", "risks", (0, 1, 2, 3, 5)),
        ("安\ufeff全\u00ad", "安全", (0, 2)),
        ("①㈱", "1(株)", (0, 1, 1, 1)),
        ("Straße", "strasse", (0, 1, 2, 3, 4, 4, 5)),
        ("cafe\u0301s", "cafés", (0, 1, 2, 3, 5)),
        ("", "", ()),
    ],
)
def test_folded_text_and_where_it_comes_from(text: str, folded: str, offsets: tuple[int, ...]) -> None:
    assert (fold(text).text, fold(text).offsets) == (folded, offsets)


@pytest.mark.parametrize(
    ("source", "wanted", "original"),
    [
        ("要求（Ａ）安\u200b全评估。", "安全", "安\u200b全"),
        ("Use ＡＩ well", "ai", "ＡＩ"),
        ("the cafe\u0301 opens", "café", "cafe\u0301"),
        ("共㈱家", "(株)", "㈱"),
    ],
)
def test_a_folded_range_maps_back_to_whole_original_characters(source: str, wanted: str, original: str) -> None:
    folded = fold(source)
    start = folded.text.index(wanted)
    assert folded.span(start, start + len(wanted)).of(source) == original


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("“信息茧房” 效应　（Ａ）", "信息茧房效应a"),
        ("Open-source: it's 3.1.1 (F)!", "opensourceits311f"),
        ("——、。", ""),
    ],
)
def test_squeezed_keeps_letters_and_numbers_alone(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("日志留存多久？", "zh"),
        ("How long are logs kept?", "en"),
        ("What does 智能体 mean?", "en"),
        ("2.0 里 AI agent 是什么", "zh"),
        ("3.1.1(f)", "en"),
        ("", "en"),
        ("５.４　要求", "zh"),
    ],
)
def test_the_language_of_most_words(text: str, lang: str) -> None:
    assert language(text) == lang


def test_the_share_of_han_characters_among_letters() -> None:
    assert [han_share(text) for text in ("安全AI", "安全，12。", "safety", "12。", "")] == [0.5, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "lang", "parts"),
    [
        ("先评估。再上线！留日志；", "zh", ["先评估。", "再上线！", "留日志；"]),
        ("他说“要备案。”然后离开", "zh", ["他说“要备案。”", "然后离开"]),
        ("2.0版有5.4节\n\n  另起一行", "zh", ["2.0版有5.4节", "另起一行"]),
        ("Log it, e.g. daily. Keep it.", "en", ["Log it, e.g. daily.", "Keep it."]),
        ("See Art. 5 of U.S. law. Then ask!", "en", ["See Art. 5 of U.S. law.", "Then ask!"]),
        ("He said “log it.” She did.\nNext", "en", ["He said “log it.”", "She did.", "Next"]),
        ("Edition 2.0 is out. 3.0 is not.", "en", ["Edition 2.0 is out.", "3.0 is not."]),
        ("stop. and go", "en", ["stop. and go"]),
        ("", "zh", []),
        (" \n ", "en", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, lang: str, parts: list[str]) -> None:
    assert [span.of(text) for span in sentences(text, lang)] == parts


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("一、总则。  二、“细则。”；　三……\n四！？", "zh"),
        ("A. One; two?  (Three.) ‘Four!’ etc.\n\nFive", "en"),
    ],
)
def test_sentences_are_in_order_and_leave_out_white_space_alone(text: str, lang: str) -> None:
    spans = sentences(text, lang)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "span", "trimmed"),
    [
        ("　安全 ", Span(0, 4), Span(1, 3)),
        ("a  safe  b", Span(1, 9), Span(3, 7)),
        ("a   b", Span(1, 4), None),
    ],
)
def test_a_span_loses_the_white_space_at_its_ends(text: str, span: Span, trimmed: Span | None) -> None:
    assert trim(text, span) == trimmed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("数据安全", ["数", "据", "安", "全", "数据", "据安", "安全"]),
        ("用AI，做", ["用", "ai", "做"]),
        ("３.１.１（ｆ）款", ["3.1.1", "f", "款"]),
        ("Labelling rules v2.0", ["label", "rule", "v2.0"]),
        ("Open-source AI's models", ["open", "sourc", "ai", "model"]),
        ("AI’s guard\u200brails", ["ai", "guardrail"]),
        ("……！", []),
    ],
)
def test_index_terms(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_inflected_english_words_share_a_stem() -> None:
    assert {stem(word) for word in ("labels", "labelled", "labelling", "label")} == {"label"}
    assert stem("安全") == "安全"


@pytest.mark.parametrize(
    ("written", "folded"),
    [("風險評估與數據", "风险评估与数据"), ("著作權和乾淨", "著作权和乾净"), ("Risk 風險 ＡＩ", "risk 风险 ai")],
)
def test_traditional_characters_fold_to_simplified_ones_place_by_place(written: str, folded: str) -> None:
    found = fold(written)
    assert found.text == folded
    assert found.offsets == tuple(range(len(written)))
