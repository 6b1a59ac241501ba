"""Which numbers open a clause: those that continue the numbering, and no reference at the start of a line."""

from __future__ import annotations

import pytest

from ingest.layout import Block
from ingest.numbering import Numbered, Numbering, glued

KINDS = {0: "chapter", 1: "section", 2: "section"}


def after(*paths: str, lang: str = "zh") -> Numbering:
    """A numbering that has read `paths`."""
    numbering = Numbering(lang)
    for path in paths:
        appendix = path.startswith("A") and "." not in path
        kind = "appendix" if appendix else "item" if path.endswith(")") else KINDS[path.count(".")]
        numbering.advance(Numbered(path, kind, path))
    return numbering


def read(numbering: Numbering, *texts: str) -> list[str | None]:
    """The paths that a run of blocks opens."""
    found = []
    for text in texts:
        opened = numbering.read(Block(text))
        if opened:
            numbering.advance(opened)
        found.append(opened and opened.path)
    return found


def test_a_whole_chinese_document() -> None:
    lines = [
        "前言",
        "1. 总则",
        "1.1 审慎",
        "1.2 敏捷",
        "2、风险",
        "2.1 内生",
        "2.1.1 模型",
        "（a）难解释",
        "（b）偏见",
        "2.1.2 数据",
    ]
    lines += [
        "3.综合治理",
        "3.1 标准",
        "6月起施行。",
        "测试风险与测试措施映射表",
        "附件1 分级",
        "一、要素",
        "1.场景",
        "2.规模",
        "二、级别",
    ]
    lines += ["1. 低", "附件2 术语", "1. 对齐：", "致谢"]
    assert read(Numbering("zh"), *lines) == [
        *("preface", "1", "1.1", "1.2", "2", "2.1", "2.1.1", "2.1.1(a)", "2.1.1(b)", "2.1.2"),
        *("3", "3.1", None, "T", "A1", "A1.1", "A1.1.1", "A1.1.2", "A1.2"),
        *("A1.2.1", "A2", "A2.1", "ack"),
    ]


def test_a_whole_english_document() -> None:
    lines = [
        "Preface",
        "1. General",
        "1.1 Prudence",
        "2. Risks",
        "2.1 Inherent",
        "2.1.1 Models",
        "(a)Opaque",
        "(b)\tBias",
    ]
    lines += [
        "2.1.2 Data",
        "3. Measures",
        "Table of AI Safety Risks",
        "Appendix 1: Grading",
        "I. Elements",
        "1. Scenario",
    ]
    lines += ["π. Levels", "1. Low", "Annex 2 Terms", "1. Alignment:", "Acknowledgements"]
    assert read(Numbering("en"), *lines) == [
        *("preface", "1", "1.1", "2", "2.1", "2.1.1", "2.1.1(a)", "2.1.1(b)"),
        *("2.1.2", "3", "T", "A1", "A1.1", "A1.1.1"),
        *("A1.2", "A1.2.1", "A2", "A2.1", "ack"),
    ]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("zh", "3.1.2的要求同样适用于此处。"),
        ("zh", "3.1.2 的要求同样适用于此处。"),
        ("zh", "3.1.2、3.1.3所列的措施"),
        ("zh", "3.1.2条所列的措施"),
        ("zh", "3.1.2.4的要求同样适用"),
        ("zh", "11.5.14.2的要求同样适用。"),
        ("zh", "3.2%的样本，或3.2％的样本"),
        ("zh", "3.2％的样本"),
        ("zh", "3.2和3.3所列的风险"),
        ("en", "3.1.2 and 3.1.3 list the measures"),
        ("en", "3.2 to 3.4 apply as well."),
        ("en", "3.2, as amended, applies."),
        ("en", "3.2% of the samples"),
        ("en", "3.1.2.4 applies as well."),
    ],
)
def test_a_reference_at_the_start_of_a_block_stays_text(lang: str, text: str) -> None:
    assert read(after("preface", "3", "3.1", "3.1.1", lang=lang), text) == [None]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("3.1.2 日志留存", "3.1.2"),
        ("3.1.2 个人信息", "3.1.2"),
        ("3.1.2版权保护", "3.1.2"),
        ("3.1.2 项目、条件", "3.1.2"),
        ("3.1.2. Organisation", "3.1.2"),
        ("3.1.2 Toward safety", "3.1.2"),
    ],
)
def test_a_heading_whose_first_word_looks_like_a_counter_is_a_heading(text: str, path: str) -> None:
    assert read(after("3", "3.1", "3.1.1"), text) == [path]


@pytest.mark.parametrize("path", ["2.1", "3.1.1", "3.5", "4.1", "5", "9.9", "1"])
def test_a_number_out_of_order_stays_text(path: str) -> None:
    dot = "." if "." not in path else ""
    assert read(after("2", "3", "3.1", "3.1.1", "3.1.2"), f"{path}{dot} 安全要求") == (
        [path] if path == "5" else [None]
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("（d）措施", "3.1.1(d)"),
        ("（e）丢了一号", "3.1.1(e)"),
        ("(f) two lost", "3.1.1(f)"),
        ("（g）丢了三号", None),
        ("（c）重复", None),
        ("（b）往回", None),
        ("3.1.2 下一节", "3.1.2"),
        ("3.1.4 Two lost", "3.1.4"),
        ("3.1.5 Three lost", None),
        ("3.2 下一节", "3.2"),
        ("4. 下一章", "4"),
    ],
)
def test_up_to_two_numbers_may_be_lost(text: str, path: str | None) -> None:
    assert read(after("3", "3.1", "3.1.1", "3.1.1(a)", "3.1.1(b)", "3.1.1(c)"), text) == [path]


@pytest.mark.parametrize(
    "text", ["(a) Bias", "（a）偏见", "(a）偏见", "（a) Bias", "( a ) Bias", "(a)Inducing", '(a"Inducing"', "（a“诱发”"]
)
def test_letters_with_brackets_of_either_width(text: str) -> None:
    assert read(after("3", "3.1", "3.1.1"), text) == ["3.1.1(a)"]


@pytest.mark.parametrize("text", ["(A) Bias", "a) Bias", "(ab) Bias", "（一）偏见", "(1) Bias"])
def test_other_brackets_are_text(text: str) -> None:
    assert read(after("3", "3.1", "3.1.1"), text) == [None]


def test_full_width_numbers_have_the_same_paths() -> None:
    texts = (
        "１. 总则",
        "１.１ 审慎",
        "１．２ 敏捷",
        "（ａ）偏见",
        "２、风险",
        "２．１　内生",
        "２．１．１ 模型",
        "附件１ 分级",
        "１. 场景",
    )
    assert read(Numbering("zh"), *texts) == ["1", "1.1", "1.2", "1.2(a)", "2", "2.1", "2.1.1", "A1", "A1.1"]


def test_a_letter_needs_a_section_above_it() -> None:
    assert read(after("3"), "（a）偏见") == [None]
    assert read(after("6", "6.1"), "(a) Developers assess.", "(b) Developers log.") == ["6.1(a)", "6.1(b)"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("6.1.1 研发者应评估风险。", "item"),
        ("6.1.1 Developers should assess risks.", "item"),
        ("6.1.1 模型算法", "section"),
        ("6.1.1 Models and algorithms", "section"),
    ],
)
def test_a_third_level_with_a_sentence_is_an_item(text: str, kind: str) -> None:
    found = after("6", "6.1").read(Block(text))
    assert found and (found.kind, found.printed) == (kind, "6.1.1")


@pytest.mark.parametrize(
    ("text", "level", "path"),
    [
        ("4. 技术应对措施", 0, "4"),
        ("4. 加强管理，落实责任。", 0, None),
        ("4. 加强管理。", 1, "4"),
        ("4.5亿元", 0, None),
        ("4. " + "长" * 120, 0, None),
    ],
)
def test_a_chapter_is_a_short_heading(text: str, level: int, path: str | None) -> None:
    found = after("3", "3.1").read(Block(text, level))
    assert (found and found.path) == path


def test_the_first_number_is_one() -> None:
    assert read(Numbering("zh"), "2. 风险", "1.1 审慎", "前言是什么", "1. 总则") == [None, None, None, "1"]
    assert read(after("preface"), "2. 风险", "1. 总则") == [None, "1"]


@pytest.mark.parametrize(
    ("lang", "text", "path"),
    [
        ("zh", "附件2 可信基本准则", "A2"),
        ("zh", "附录２：术语", "A2"),
        ("en", "Appendix 2 Principles", "A2"),
        ("en", "APPENDIX 2. Principles", "A2"),
        ("zh", "附件2所列的准则适用于各方。", None),
        ("en", "Appendix 2 lists the principles.", None),
        ("zh", "附件2中的要素包括：", None),
    ],
)
def test_an_appendix_is_a_heading_and_not_a_mention(lang: str, text: str, path: str | None) -> None:
    assert read(after("1", "2", "A1", lang=lang), text) == [path]


@pytest.mark.parametrize(
    ("lang", "texts", "paths"),
    [
        ("zh", ["一、要素", "三、定级", "二、级别", "二、重复"], ["A1.1", None, "A1.2", None]),
        ("zh", ["一、先评估，再上线。"], [None]),
        ("en", ["I. Elements", "π. Levels", "III. Grading"], ["A1.1", "A1.2", "A1.3"]),
        ("en", ["l. Elements", "Ⅱ. Levels"], ["A1.1", "A1.2"]),
        ("en", ["I. We assess first."], [None]),
    ],
)
def test_sections_of_an_appendix_are_counted(lang: str, texts: list[str], paths: list[str | None]) -> None:
    assert read(after("6", "A1", lang=lang), *texts) == paths


def test_terms_of_an_appendix_without_sections_run_past_nine() -> None:
    terms = [f"{number}. 术语：说明。" for number in range(1, 16)]
    assert read(after("6", "A1", "A1.1", "A2", "A2.1", "A3"), *terms) == [f"A3.{number}" for number in range(1, 16)]
    assert read(after("6", "A3", lang="en"), "1. Alignment: to …", "2. Agent: a …", "2. Again: …") == [
        "A3.1",
        "A3.2",
        None,
    ]


def test_chapters_do_not_come_after_an_appendix() -> None:
    assert read(after("6", "A1"), "7. 另一章", "6.1 节", "（a）项") == [None, None, None]


@pytest.mark.parametrize(
    ("lang", "text", "cut"),
    [
        ("en", "(b) Guard the information. 4.2.2 Addressing risks", "4.2.2 Addressing risks"),
        ("en", "Guard the information. 4.2.2 Addressing risks", "4.2.2 Addressing risks"),
        ("zh", "（b）保护信息。 4.2.2 现实域风险", "4.2.2 现实域风险"),
        ("en", "(b) Guard the information. 4.2.2 says so, and more.", None),
        ("en", "(b) Guard the information. 4.3.1 Addressing risks", None),
        ("en", "(b) Guard the information as in 4.2.2 Addressing risks", None),
        ("zh", "（b）保护信息，见4.2.2 现实域风险", None),
    ],
)
def test_the_next_sections_heading_glued_to_the_end_of_an_item(lang: str, text: str, cut: str | None) -> None:
    opened = after("4", "4.2", "4.2.1", "4.2.1(a)", lang=lang).read(Block(text))
    at = glued(text, opened.path if opened else "4.2.1(a)")
    assert (None if at is None else text[at:]) == cut
