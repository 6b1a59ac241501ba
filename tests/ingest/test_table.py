"""The mapping table from where its words stand, and the paths of its rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from printed import line, page

from ingest.cells import spread_over
from ingest.flow import flow
from ingest.layout import Block, Line, Page
from ingest.rows import align, number_rows
from ingest.table import measure_list, split_tables

ZH = (
    ("难以解释", "4.1.1（a）"),
    ("偏见歧视", "4.1.1（b）"),
    ("鲁棒性弱", "4.1.1（a）（b）"),
    ("数据泄露", "4.1.2（a）"),
    ("数据投毒", "4.1.2（b）（c）"),
)
EN = (
    ("Opacity", "4.1.1 (a)"),
    ("Bias", "4.1.1 (b)"),
    ("Weak robustness", "4.1.1 (a) (b)"),
    ("Data leakage", "4.1.2 (a)"),
    ("Data poisoning", "4.1.2 (b) (c)"),
)
TITLE = {"zh": "测试风险与测试措施映射表", "en": "Table of AI Safety Risks and Measures"}


def numbers(lang: str, *places: tuple[float, str, float, float]) -> Page:
    """A page of the table with lines at (y, text, x0, x1) below its title."""
    laid = [line(TITLE[lang], 80, 150, 350), *(line(text, y, x0, x1) for y, text, x0, x1 in places)]
    return Page(3, 500, 700, tuple(sorted(laid, key=lambda printed: (printed.y0, printed.x0))), ocr=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_table_printed_wrongly_is_still_read(lang):
    """All of these have been found by mutating files; each once ended the reading."""
    measures = [(130.0 + 30 * at, "4.1.1 (a)", 220.0, 270.0) for at in range(5)]
    words = [(y, f"{text[:5]} (see below", x0, x1) for y, text, x0, x1 in measures]
    (kept,), blocks = split_tables([numbers(lang, *words)], lang)
    assert len(kept.lines) == 6 and not blocks, "numbers before words make no column"
    on_one_line = [(130.0, text, x0, x1) for _, text, x0, x1 in measures]
    assert len([b for b in split_tables([numbers(lang, *on_one_line)], lang)[1] if b.cells]) == 1
    flat = [(y, "(b)", x1 + 200, x1 + 200) for y, _, _, x1 in measures]
    assert len([b for b in split_tables([numbers(lang, *measures, *flat)], lang)[1] if len(b.cells) == 3]) == 5


def test_many_merged_cells_are_spread_over_many_rows():
    """Trying every division of 60 rows into 30 cells would outlast us."""
    ys = [10.0 * at for at in range(60)]
    cells = [(20.0 * at + 5, f"5.{at}") for at in range(30)]
    spread = spread_over(ys, [f"4.{at}" for at in range(60)], cells)
    assert spread == [f"5.{at // 2}" for at in range(60)]
    assert spread_over([10, 20, 30], ["a", "a", "b"], [(10, "x"), (20, "y"), (30, "z")]) == ["", "", ""]


def table(rows: tuple[tuple[str, str], ...], governance: tuple[tuple[float, str, float], ...], title: str) -> Page:
    """Rows 30 points apart from y = 130: risk at x = 90, measures at x = 220; governance lines at x = 340."""
    laid = [line(title, 80, 150, 350)]
    for at, (risk, measures) in enumerate(rows):
        laid += [line(risk, 130 + 30 * at, 90, 180), line(measures, 130 + 30 * at, 220, 270)]
    laid += [line(text, y, 340, x1) for y, text, x1 in governance]
    return Page(3, 500, 700, tuple(sorted(laid, key=lambda printed: (printed.y0, printed.x0))), label="1")


ZH_CELLS = (
    (152.0, "5.1 可解释研究", 420.0),
    (167.0, "5.2 分级管理与分", 460.0),
    (182.0, "类", 350.0),
    (232.0, "5.3 数据规范", 420.0),
)
EN_CELLS = (
    (152.0, "5.1 Explainability", 420.0),
    (167.0, "5.2 Grading and", 455.0),
    (182.0, "classification", 430.0),
    (232.0, "5.3 Data rules", 420.0),
)


def test_rows_of_the_chinese_table_with_merged_cells() -> None:
    pages, blocks = split_tables([table(ZH, ZH_CELLS, TITLE["zh"])], "zh")
    assert pages == []
    assert blocks[0].text == TITLE["zh"]
    assert [block.cells for block in blocks[1:]] == [
        *((risk, measures, "5.1 可解释研究；5.2 分级管理与分类") for risk, measures in ZH[:3]),
        *((risk, measures, "5.3 数据规范") for risk, measures in ZH[3:]),
    ]


def test_rows_of_the_english_table_with_merged_cells() -> None:
    _, blocks = split_tables([table(EN, EN_CELLS, TITLE["en"])], "en")
    assert [block.cells for block in blocks[1:]] == [
        *((risk, tidy, "5.1 Explainability; 5.2 Grading and classification") for risk, tidy in tidied(EN[:3])),
        *((risk, tidy, "5.3 Data rules") for risk, tidy in tidied(EN[3:])),
    ]


def tidied(rows: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(risk, measures.replace(") (", ")(")) for risk, measures in rows]


def test_a_row_is_a_block_with_its_page_and_the_cells_as_text() -> None:
    _, blocks = split_tables([table(ZH, ZH_CELLS, TITLE["zh"])], "zh")
    assert blocks[1].text == " | ".join(blocks[1].cells)
    assert {block.pieces for block in blocks} == {((0, 3, "1"),)}


def test_a_risk_on_two_lines_is_one_cell() -> None:
    given = table((("数据", "4.1.1（a）"), *ZH[1:]), (), TITLE["zh"])
    second = Line("滥用", 90, 141, 180, 151)
    _, blocks = split_tables([replace(given, lines=(*given.lines, second))], "zh")
    assert blocks[1].cells[0] == "数据滥用"


def test_letters_on_a_second_line_belong_to_their_row() -> None:
    given = table((*EN[:4], ("Data poisoning", "4.1.2 (b)")), (), TITLE["en"])
    second = Line("(c) (d)", 222, 262, 262, 272)
    _, blocks = split_tables([replace(given, lines=(*given.lines, second))], "en")
    assert blocks[5].cells[:2] == ("Data poisoning", "4.1.2 (b)(c)(d)")
    assert blocks[4].cells[1] == "4.1.2 (a)"


def test_a_badly_read_row_is_doubtful_in_a_scan_alone() -> None:
    given = table(ZH, ZH_CELLS, TITLE["zh"])
    lines = tuple(replace(printed, score=0.5) if printed.text == "偏见歧视" else printed for printed in given.lines)
    for ocr in (True, False):
        _, blocks = split_tables([replace(given, lines=lines, ocr=ocr)], "zh")
        assert [block.doubtful for block in blocks[1:]] == [False, ocr, False, False, False]


HEADS = {"zh": ("风险", "技术措施", "综合治理"), "en": ("Risks", "Measures", "Governance")}
MERGED = {"zh": ("内生", "风险", "数据"), "en": ("Inherent", "risks", "Data")}


@pytest.mark.parametrize(("lang", "rows", "cells"), [("zh", ZH, ZH_CELLS), ("en", EN, EN_CELLS)])
def test_heads_and_merged_cells_on_the_left_stay_text_of_the_table(
    lang: str, rows: tuple[tuple[str, str], ...], cells: tuple[tuple[float, str, float], ...]
) -> None:
    """Heads at y = 105; at x = 50 a merged cell of two lines and one of one."""
    heads, merged = HEADS[lang], MERGED[lang]
    more = [line(text, 105, x0, x0 + 60) for text, x0 in zip(heads, (90, 220, 340), strict=True)]
    more += [line(text, y, 50, 80) for text, y in zip(merged, (150, 160, 230), strict=True)]
    given = table(rows, cells, TITLE[lang])
    given = replace(given, lines=tuple(sorted((*given.lines, *more), key=lambda printed: (printed.y0, printed.x0))))
    _, blocks = split_tables([given], lang)
    joint, mark = ("", "；") if lang == "zh" else (" ", "; ")
    assert [block.text for block in blocks[:3]] == [
        TITLE[lang],
        " | ".join(heads),
        f"{merged[0]}{joint}{merged[1]}{mark}{merged[2]}",
    ]
    assert [block.cells[0] for block in blocks[3:]] == [risk for risk, _ in rows]


@pytest.mark.parametrize(("lang", "rows"), [("zh", ZH), ("en", EN)])
def test_governance_that_fits_no_rows_stays_text_of_the_table(lang: str, rows: tuple[tuple[str, str], ...]) -> None:
    """Three cells beside rows of two sections of measures."""
    names = ("规范", "教育", "合作") if lang == "zh" else ("Rules", "Education", "Exchange")
    cells = tuple((y, name, 420.0) for y, name in zip((140.0, 190.0, 240.0), names, strict=True))
    _, blocks = split_tables([table(rows, cells, TITLE[lang])], lang)
    assert blocks[1].text == ("；" if lang == "zh" else "; ").join(names)
    assert {block.cells[2] for block in blocks[2:]} == {""}


@pytest.mark.parametrize(("lang", "rows"), [("zh", ZH), ("en", EN)])
def test_two_numbers_side_by_side_are_one_row(lang: str, rows: tuple[tuple[str, str], ...]) -> None:
    _, blocks = split_tables([table(rows, ((130.0, "5.1", 420.0), (190.0, "5.2", 420.0)), TITLE[lang])], lang)
    assert [block.cells[0] for block in blocks[1:]] == [risk for risk, _ in rows]


def test_a_gap_as_wide_as_a_mark_is_a_lost_mark_and_makes_the_row_doubtful() -> None:
    given = table(tuple((risk, measures[:5]) for risk, measures in EN), (), TITLE["en"])
    marks = [line(text, 130 + 30 * at, x0, x0 + 14) for at in range(4) for text, x0 in (("(a)", 271), ("(b)", 286))]
    marks += [line("(c)", 250, 286, 300)]
    _, blocks = split_tables([replace(given, lines=(*given.lines, *marks))], "en")
    assert [block.cells[1] for block in blocks[1:]] == ["4.1.1 (a)(b)"] * 3 + ["4.1.2 (a)(b)", "4.1.2 (a)(c)"]
    assert [block.doubtful for block in blocks[1:]] == [False, False, False, False, True]


def test_items_of_a_merged_cell_that_are_indented_open_there_whatever_their_first_letter() -> None:
    printed = (("Grading and", 365), ("AI labels", 340), ("sharing of", 365), ("threats", 340))
    lines = [line(text, 150 + 10 * at, x0, 450) for at, (text, x0) in enumerate(printed)]
    _, blocks = split_tables(
        [replace(table(EN, (), TITLE["en"]), lines=(*table(EN, (), TITLE["en"]).lines, *lines))], "en"
    )
    assert {block.cells[2] for block in blocks[1:]} == {"Grading and AI labels; sharing of threats"}


def test_many_merged_cells_over_many_rows_are_divided_at_once() -> None:
    """Sixty rows, each with a number of its own, under twenty cells: C(59, 19) divisions."""
    cells = [(30.0 * at + 10, str(at)) for at in range(20)]
    spread = spread_over([10.0 * at for at in range(60)], [str(at) for at in range(60)], cells)
    assert spread == [str(at // 3) for at in range(60)]


@pytest.mark.parametrize(("lang", "text"), [("zh", "41（见附件的说明"), ("en", "41 (see the annex")])
def test_text_that_only_begins_like_measures_makes_no_table(lang: str, text: str) -> None:
    given = [page(TITLE[lang], *[text] * 5, "4.1.1 (a)")]
    assert split_tables(given, lang) == (given, [])


STRAY = ("4.1.1", "(a)", "(b) (c)", "4.2.1 (a)", "41", "●", "()", "风险一", "5.3 规范", "a line of text")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_letter_of_a_table_is_lost_wherever_its_lines_stand(lang: str) -> None:
    """Marks of measures apart, which are read as the letters they must be."""
    chance = random.Random(lang)
    found = 0
    for _ in range(300):
        lines = [line(TITLE[lang], 90, 150, 350)]
        for text in chance.choices(STRAY, k=chance.randint(8, 40)):
            x0 = chance.choice((50, 90, 220, 260, 340)) + 5 * chance.random()
            lines.append(line(text, 100 + 550 * chance.random(), x0, x0 + chance.randint(5, 120)))
        given = Page(3, 500, 700, tuple(sorted(lines, key=lambda printed: (printed.y0, printed.x0))))
        _, blocks = split_tables([given], lang)
        kept = Counter(char for block in blocks for char in block.text if char.isalpha())
        printed = Counter(char for one in lines for char in one.text if char.isalpha() and char not in "abc")
        found += bool(blocks)
        assert not blocks or not printed - kept
    assert found > 100


@pytest.mark.parametrize(
    ("lang", "wide"), [("zh", "这一行从版心左边一直写到右边"), ("en", "a line as wide as the page")]
)
def test_pages_without_a_table_stay_as_they_are(lang: str, wide: str) -> None:
    given = [page(wide, wide, TITLE[lang], wide), page(wide, "4.1.1（a）", number=2)]
    assert split_tables(given, lang) == (given, [])


def test_the_table_stands_where_its_page_was() -> None:
    wide = "这一行从版心左边一直写到版心右边"
    before, after = page(wide, wide, wide + "|", number=2), page("附件1 分级|", wide, wide, number=4)
    texts = [block.text for block in flow([before, table(ZH, ZH_CELLS, TITLE["zh"]), after], "zh")]
    at = texts.index(TITLE["zh"])
    assert texts[at - 1].startswith(wide)
    assert texts[at + 6] == "附件1 分级"


def test_without_cells_that_fit_the_governance_column_stays_empty() -> None:
    assert [block.cells[2] for block in split_tables([table(ZH, (), TITLE["zh"])], "zh")[1][1:]] == [""] * 5


@pytest.mark.parametrize(
    ("printed", "lang", "measures"),
    [
        ("4.1.2 （b） （c）", "zh", "4.1.2（b）（c）"),
        ("4.1.2(b)(c)(d)(c)", "zh", "4.1.2（b）（c）（d）（e）"),
        ("4.22 (a) (b).(c)", "en", "4.2.2 (a)(b)(c)"),
        ("4,1,1,(a)", "en", "4.1.1 (a)"),
    ],
)
def test_measures_in_one_form(printed: str, lang: str, measures: str) -> None:
    assert measure_list(printed, lang) == measures


# --- rows and the risks they are about


class Draft:
    """What `number_rows` asks of a draft."""

    def __init__(self, path: str, heading: str = "", texts: tuple[Block, ...] = ()) -> None:
        self.path, self.heading, self.texts = path, heading, list(texts)


def row(*cells: str) -> Block:
    return Block(" | ".join(cells), cells=cells)


RISKS = {
    "zh": [("3.1.1(a)", "难以解释的风险"), ("3.1.1(b)", "偏见、歧视风险"), ("3.1.2(a)", "数据泄露风险")],
    "en": [("3.1.1(a)", "Risks of opacity"), ("3.1.1(b)", "Risks of bias"), ("3.1.2(a)", "Risks of data leakage")],
}
NAMES = {"zh": ["难以解释", "偏见、歧视", "数据泄露"], "en": ["Opacity", "Bias", "Data leakage"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_as_many_rows_as_risks_are_paired_in_order(lang: str) -> None:
    rows = [row("甲"), row("乙"), row("丙")]
    assert align(["甲", "乙", "丙"], RISKS[lang], rows) == [
        (path, own) for (path, _), own in zip(RISKS[lang], rows, strict=True)
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_missing_row_leaves_its_risk_out(lang: str) -> None:
    names = [NAMES[lang][0], NAMES[lang][2]]
    found = align(names, RISKS[lang], [row(name) for name in names])
    assert [(path, own.text) for path, own in found] == [("3.1.1(a)", names[0]), ("3.1.2(a)", names[1])]


@pytest.mark.parametrize(
    ("lang", "governance", "parted"),
    [
        ("zh", "5.1 可解释研究数据规范", "5.1 可解释研究；数据规范"),
        ("zh", "5.1 可解释研究；5.2 数据规范", "5.1 可解释研究；5.2 数据规范"),
        ("en", "5.1 Explainability; 5.2 Data rules", "5.1 Explainability; 5.2 Data rules"),
    ],
)
def test_the_table_of_a_document_gets_row_clauses_and_keeps_its_other_text(
    lang: str, governance: str, parted: str
) -> None:
    measures = [row(name, "4.1.1", governance) for name in NAMES[lang]]
    head = row("风险", "措施", "治理")
    drafts = [Draft(path, heading) for path, heading in RISKS[lang]]
    drafts += [
        Draft("5.2", "数据规范" if lang == "zh" else "Data rules"),
        Draft("T", "表", (head, *measures)),
        Draft("A1"),
    ]
    drafts[4].texts.append(row("？", "9.9.9", ""))
    numbered = number_rows(drafts, lang, lambda path, block: Draft(path, block.cells[0], (block,)))
    assert [draft.path for draft in numbered[3:]] == ["5.2", "T", "T.3.1.1(a)", "T.3.1.1(b)", "T.3.1.2(a)", "A1"]
    assert [block.text for block in drafts[4].texts] == [head.text, "？ | 9.9.9 | "]
    assert {draft.texts[0].cells[2] for draft in numbered[5:8]} == {parted}
    assert {draft.texts[0].text for draft in numbered[5:6]} == {f"{NAMES[lang][0]} | 4.1.1 | {parted}"}
