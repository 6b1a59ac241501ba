"""From lines to paragraphs: what belongs to the print is dropped, what belongs to the text is whole."""

from __future__ import annotations

import pytest
from printed import line, page

from ingest.flow import ends_sentence, flow, running_text, split_languages
from ingest.layout import Line, Page

WIDE_ZH = "这一行从版心左边一直写到版心右边"
WIDE_EN = "This line runs from the left margin to the right one"


def sheet(*lines: str | Line, number: int, head: str = "测试框架", foot: str = "- {} -") -> Page:
    """A page with a running head and a page number."""
    furniture = (line(head, 20, 50, 200), line(foot.format(number), 660, 240, 260))
    return page(*furniture, *lines, number=number, label=str(number))


def texts(pages: list[Page], lang: str = "zh") -> list[str]:
    return [block.text for block in flow(pages, lang)]


def printed_text(pages: list[Page]) -> list[str]:
    return [printed.text for kept in running_text(pages) for printed in kept.lines]


@pytest.mark.parametrize(
    ("head", "wide", "foot"),
    [
        ("人工智能测试框架2.0", WIDE_ZH, "- {} -"),
        ("AI Test Framework 2.0", WIDE_EN, "{}"),
        ("AI Test Framework", WIDE_EN, "— {} —"),
        ("", WIDE_ZH, "·{}·"),
    ],
)
def test_running_heads_and_page_numbers_are_dropped(head: str, wide: str, foot: str) -> None:
    pages = [sheet(wide, wide, wide, number=number, head=head or str(number), foot=foot) for number in range(1, 6)]
    assert printed_text(pages) == [wide] * 15


@pytest.mark.parametrize(
    ("heads", "wide"),
    [
        (["人工智能安全治理测试框架", "人工智能安全治埋测试框架"], WIDE_ZH),
        (["AI Safety Test Framework 2.0", "Al Safety Test Frarnework 2.0"], WIDE_EN),
    ],
)
def test_a_running_head_misread_by_ocr_is_dropped_too(heads: list[str], wide: str) -> None:
    pages = [sheet(wide, wide, wide, number=number, head=heads[number == 4]) for number in range(1, 6)]
    assert printed_text(pages) == [wide] * 15


def test_the_words_of_the_head_stay_where_they_are_text() -> None:
    pages = [sheet(WIDE_ZH, "测试框架", WIDE_ZH, WIDE_ZH, number=number) for number in range(1, 5)]
    assert printed_text(pages).count("测试框架") == 4


def test_a_number_alone_in_the_middle_of_a_page_stays() -> None:
    assert "12" in printed_text([page(WIDE_EN, WIDE_EN, WIDE_EN, "12", WIDE_EN)])


def test_a_line_once_at_the_top_of_a_page_is_no_running_head() -> None:
    pages = [page(line(f"第{'甲乙丙丁'[at]}篇", 20), *[WIDE_ZH] * 3, number=at + 1) for at in range(4)]
    assert [text for text in printed_text(pages) if text != WIDE_ZH] == ["第甲篇", "第乙篇", "第丙篇", "第丁篇"]


@pytest.mark.parametrize(
    ("contents", "wide"),
    [
        (["目录", "1. 总则 …… 1", "2. 风险 …… 3"], WIDE_ZH),
        (["目 录", "总则", "风险"], WIDE_ZH),
        (["CONTENTS", "Principles", "Risks"], WIDE_EN),
        (["1. Principles....1", "1.1 Prudence....2", "2. Risks … 3", "3. Measures 14"], WIDE_EN),
    ],
)
def test_contents_pages_are_dropped(contents: list[str], wide: str) -> None:
    assert printed_text([page(*contents), page(wide, wide, wide, number=2)]) == [wide] * 3


def test_a_page_of_text_that_ends_some_lines_in_numbers_is_no_contents_page() -> None:
    lines = [WIDE_EN, WIDE_EN, "in the year 24", WIDE_EN, WIDE_EN]
    assert printed_text([page(*lines)]) == lines


def test_covers_are_dropped_and_short_pages_of_text_are_not() -> None:
    cover = page(line("测试框架", 300, 150, 350), line("2025年9月", 600, 200, 300))
    assert printed_text([cover, page(WIDE_ZH, WIDE_ZH, WIDE_ZH, number=2), page("末尾|", number=3)])[-1] == "末尾"
    assert "测试框架" not in printed_text([cover, page(WIDE_ZH, WIDE_ZH, WIDE_ZH, number=2)])
    assert printed_text([cover]) == ["测试框架", "2025年9月"]


def test_chinese_lines_join_without_a_space_and_an_indent_opens_a_paragraph() -> None:
    pages = [page("　　先评估后上线，", "再留日志", "　　另起一段，采用 AI", "agent 时，用AI", "模型")]
    assert texts(pages) == ["先评估后上线，再留日志", "另起一段，采用 AI agent 时，用AI模型"]


def test_english_lines_join_with_a_space_and_hyphens_stay() -> None:
    pages = [page("Assess the open-", "source model, keep the logs", "of “agents”", "and — as needed —", "stop")]
    assert texts(pages, "en") == ["Assess the open-source model, keep the logs of “agents” and — as needed — stop"]


@pytest.mark.parametrize(("lang", "wide"), [("zh", WIDE_ZH), ("en", WIDE_EN)])
def test_a_short_line_ends_a_paragraph(lang: str, wide: str) -> None:
    joint = "" if lang == "zh" else " "
    assert texts([page(wide, wide + "|", wide, wide)], lang) == [joint.join([wide, wide])] * 2


def test_a_quarter_of_a_character_ends_an_english_paragraph_between_two_sentences() -> None:
    """The type is 10 points high, a character 8.5 points wide."""
    for shortfall, apart in ((1, False), (3, True)):
        ends = line("so that it ends here.", 120, x1=450 - shortfall)
        found = texts([page(line(WIDE_EN, 100), ends, *(line(WIDE_EN, y) for y in (140, 160)))], "en")
        assert (len(found) == 2) is apart
    goes_on = line("so that it goes on", 120, x1=447)
    assert len(texts([page(line(WIDE_EN, 100), goes_on, *(line(WIDE_EN, y) for y in (140, 160)))], "en")) == 1


def test_a_short_line_within_an_english_sentence_ends_no_paragraph() -> None:
    assert texts([page(WIDE_EN, WIDE_EN + "|", "and goes on in small letters.|", WIDE_EN)], "en") == [
        f"{WIDE_EN} {WIDE_EN} and goes on in small letters.",
        WIDE_EN,
    ]
    assert texts([page(WIDE_EN, "It ends here.|", "and what follows is apart", WIDE_EN)], "en") == [
        f"{WIDE_EN} It ends here.",
        f"and what follows is apart {WIDE_EN}",
    ]
    assert texts([page(WIDE_ZH, "中文没有大小写|", WIDE_ZH)]) == [f"{WIDE_ZH}中文没有大小写", WIDE_ZH]


@pytest.mark.parametrize(("lang", "wide"), [("zh", WIDE_ZH), ("en", WIDE_EN)])
def test_a_gap_ends_a_paragraph(lang: str, wide: str) -> None:
    apart = [line(wide, y) for y in (100, 120, 140, 190, 210)]
    joint = "" if lang == "zh" else " "
    assert texts([page(*apart)], lang) == [joint.join([wide] * 3), joint.join([wide] * 2)]


@pytest.mark.parametrize(
    ("lang", "before", "after", "joined"),
    [
        ("zh", "这一段在页尾没有写", "完，接着写|", "这一段在页尾没有写完，接着写"),
        ("en", "this paragraph does not", "end here.|", "this paragraph does not end here."),
        ("en", "the self-", "assessment.|", "the self-assessment."),
    ],
)
def test_a_paragraph_goes_on_over_the_page_and_knows_where(lang: str, before: str, after: str, joined: str) -> None:
    wide = WIDE_ZH if lang == "zh" else WIDE_EN
    head = "测试框架" if lang == "zh" else "Test framework"
    first = sheet(wide, wide, wide + "|", before, number=7, head=head)
    blocks = flow([first, *(sheet(after, wide, wide, wide, number=number, head=head) for number in (8, 9))], lang)
    block = next(found for found in blocks if found.text.endswith(joined))
    (at, page_number, label), (later, next_number, next_label) = block.pieces
    assert (at, page_number, label, next_number, next_label) == (0, 7, "7", 8, "8")
    assert block.text[later:] == after.rstrip("|")


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "zh",
            ["1. 总则", "1.1 审慎", "3.1.1 模型", "（a）可解释性", "(b)偏见", "附件1 分级", "一、要素", "（1）场景"],
        ),
        (
            "en",
            [
                "1. General",
                "1.1 Prudence",
                "3.1.1 Models",
                "(a)Inducing",
                "(b) Bias",
                "Appendix 1 Grading",
                "II. Levels",
            ],
        ),
        ("en", ["• First point", "- Second point", "(a“Third” point"]),
    ],
)
def test_a_number_opens_a_block_even_on_a_full_line(lang: str, lines: list[str]) -> None:
    assert texts([page(*lines)], lang) == lines


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("zh", "智能体系统还应当同时满足标准", "11.5.14.2的要求，并留存日志"),
        ("zh", "有关的各方应当按照", "5.4 的措施执行"),
        ("zh", "有关的风险可以参见", "5.4 节所列的各个例子"),
        ("zh", "有关测评在规定的", "3.1.2条所说的范围内"),
        ("zh", "其增长率应当不超过", "3.2%，也不低于此数"),
        ("zh", "有关的规定自二〇二五年", "12.5亿元以上的项目"),
        ("en", "operators shall comply with the", "5.4 requirements on supply"),
        ("en", "the rules in the annex, see", "3.1.1 for the details of it"),
    ],
)
def test_a_reference_at_the_start_of_a_line_is_text(lang: str, before: str, after: str) -> None:
    joint = "" if lang == "zh" else " "
    assert texts([page(before, after)], lang) == [before + joint + after]


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("en", "Securing the computing infrastructure", "5.2 To develop traceability"),
        ("en", "a measure on public health", "5.3 Toward safety"),
        ("zh", "（b）偏见", "（c）鲁棒性不强"),
        ("zh", "建立管理机制", "6.3.6 日志留存"),
        ("zh", "建立管理机制", "6.3.6日志留存"),
        ("zh", "建立管理机制", "5.4 个人信息保护"),
        ("zh", "建立管理机制", "5.4版权保护"),
        ("zh", "建立管理机制", "5.4 条件与项目"),
    ],
)
def test_a_number_on_a_full_line_after_a_full_line_opens_a_block(lang: str, before: str, after: str) -> None:
    assert texts([page(before, after)], lang) == [before, after]


def test_a_doubtful_line_makes_its_block_doubtful_only_where_it_was_read_by_ocr() -> None:
    lines = [line(WIDE_ZH, y, score=0.8 if y == 120 else 0.95) for y in (100, 120, 140, 160, 220, 240)]
    assert [block.doubtful for block in flow([page(*lines, ocr=True)], "zh")] == [True, False]
    assert [block.doubtful for block in flow([page(*lines)], "zh")] == [False, False]


def test_a_bilingual_file_is_split_by_page_and_a_page_of_the_other_language_does_not_make_a_document() -> None:
    zh = [page(WIDE_ZH, number=number) for number in (1, 2, 3)]
    en = [page(WIDE_EN, number=number) for number in (5, 6, 7)]
    blank = page(number=4)
    split = split_languages([*zh, blank, *en])
    assert {lang: [found.number for found in pages] for lang, pages in split.items()} == {
        "zh": [1, 2, 3],
        "en": [5, 6, 7],
    }
    assert {lang: len(pages) for lang, pages in split_languages([*zh, *en[:2]]).items()} == {"zh": 5}
    assert {lang: len(pages) for lang, pages in split_languages([*zh[:1], *en]).items()} == {"en": 4}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("先评估。", True),
        ("包括：", True),
        ("他说“好。”", True),
        ("（见附件。）", True),
        ("最后一公里”", False),
        ("3.1 风险", False),
        ("Assess first.", True),
        ("(Assess first.)", True),
        ("“Why?”", True),
        ("3.1 Inherent risks", False),
        ("", False),
    ],
)
def test_whether_a_block_ends_like_a_sentence(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends


def test_nothing_comes_of_nothing() -> None:
    assert flow([], "zh") == ()
    assert flow([page(number=1)], "en") == ()
