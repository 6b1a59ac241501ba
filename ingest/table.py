"""The mapping table risk → technical measures → governance measures, read from where its words stand on the page.

A PDF or a scan has no cells: the column of measure numbers gives the rows, what stands left of it the risk, what stands
right of it the governance measures, whose merged cells span the rows around their middle. What is in no row (the heads of
the columns, the families and categories in merged cells on the left) stays text of the table: no line is lost.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.records import Lang
from ingest.cells import column_heads, columns, joined, merged_cells, spread_over, stacked
from ingest.layout import Block, Line, Page

TITLE = re.compile(r"措施映射表\s*$|^Table of AI Safety", re.IGNORECASE)
_MEASURE = re.compile(r"^\s*\d\s*[.,]?\s*\d\s*[.,]?\s*\d?\s*[.,]?\s*(?:[(（]|$)")
_IN_COLUMN = re.compile(r"^(?:[\d.,，、\s]|[(（]\s*\w?\s*[)）])+$")
_LETTER = re.compile(r"[(（]\s*(\w?)\s*[)）]")
_ONE_MARK = re.compile(r"^\s*[(（]\s*\w?\s*[)）]\s*$")


def split_tables(pages: Sequence[Page], lang: Lang) -> tuple[list[Page], list[Block]]:
    """Pages without the mapping table, and the table as blocks: its title, what is in no row, three cells per row."""
    at = next(
        (i for i, page in enumerate(pages) if _is_table(page) and any(TITLE.search(li.text) for li in page.lines)), None
    )
    if at is None:
        return list(pages), []
    end = at + 1
    while end < len(pages) and _is_table(pages[end]):
        end += 1
    table = pages[at:end]
    title = _title_lines(table[0])
    blocks = [_block(joined(title, lang), title, table[0])]
    parts = [_parts(page, title, lang) for page in table]
    return [*pages[:at], *pages[end:]], [
        *blocks,
        *(block for part in zip(*parts, strict=True) for found in part for block in found),
    ]


_NEAR = 6.0
"""Points: how far the lines of one column or row may be out of line."""
DOUBTFUL_CELL = 0.90
"""A row with a line that scored below this is doubtful."""


_MOST_ROWS, _MOST_LINES = 100, 2000
"""A page with more is not this table, which has 30 rows on two pages; and reading it would take too long."""
_MOST_MARKS = 26


def _is_table(page: Page) -> bool:
    if len(page.lines) > _MOST_LINES or not any(_MEASURE.match(line.text) for line in page.lines):
        return False
    return 4 <= len(_anchors(_column(page))) <= _MOST_ROWS


def _column(page: Page) -> list[Line]:
    """The lines of the column of measures: numbers and marks alone, from where most numbers stand to the right."""
    left = _left(page)
    return [line for line in page.lines if line.x0 >= left and _IN_COLUMN.match(line.text)]


def _left(page: Page) -> float:
    return statistics.median(line.x0 for line in page.lines if _MEASURE.match(line.text)) - _NEAR


def _anchors(column: Sequence[Line]) -> list[Line]:
    return [line for line in column if _MEASURE.match(line.text)]


def _title_lines(page: Page) -> list[Line]:
    top = min(line.y0 for line in page.lines if _MEASURE.match(line.text))
    first = next(line for line in page.lines if TITLE.search(line.text))
    lines = [first]
    for line in page.lines:
        centred = abs((line.x0 + line.x1) - (first.x0 + first.x1)) < 0.1 * page.width
        if first.y0 < line.y0 < min(top, lines[-1].y1 + (first.y1 - first.y0)) and centred:
            lines.append(line)
    return lines


def _block(text: str, lines: Sequence[Line], page: Page, cells: tuple[str, ...] = (), doubtful: bool = False) -> Block:
    doubtful |= page.ocr and min(line.score for line in lines) < DOUBTFUL_CELL
    return Block(text, pieces=((0, page.number, page.label),), doubtful=doubtful, cells=cells)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row, the lines it was read from, and whether a measure was put where a gap was."""

    y: float
    risk: str
    measures: str
    lines: Sequence[Line]
    doubtful: bool


def _middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


def _nearest(rows: Sequence[float], line: Line) -> int:
    return min(range(len(rows)), key=lambda i: abs(rows[i] - _middle(line)))


def _parts(page: Page, title: Sequence[Line], lang: Lang) -> tuple[list[Block], list[Block]]:
    """What of a page of the table is in no row, and its rows."""
    left, column = _left(page), _column(page)
    anchors = _anchors(column)
    right = max(line.x1 for line in column)
    top = anchors[0].y0 - 1.5 * (anchors[0].y1 - anchors[0].y0)
    others = [line for line in page.lines if line not in column and line not in title]
    heads = [line for line in others if line.y0 < top]
    risks = _risk_column([li for li in others if li.y0 >= top and li.x1 < left + 0.02 * page.width], len(anchors))
    governance = [line for line in others if line.y0 >= top and line.x0 > right - _NEAR and line not in risks]
    rest = [line for line in others if line not in heads and line not in risks and line not in governance]
    rows = _rows(anchors, column, risks, lang)
    spread = spread_over([row.y for row in rows], [_number(row) for row in rows], merged_cells(governance, lang))
    if not any(spread):
        rest += governance
    return _others(heads, rest, page, lang), [
        _block(" | ".join(cells), row.lines, page, cells, row.doubtful)
        for row, cell in zip(rows, spread, strict=True)
        for cells in [(row.risk, row.measures, cell)]
    ]


def _others(heads: Sequence[Line], rest: Sequence[Line], page: Page, lang: Lang) -> list[Block]:
    """What is in no row: the heads of the columns as one row of cells, then the columns of merged cells."""
    cells = column_heads(heads, lang)
    first = [_block(" | ".join(cells), heads, page, cells)] if cells else []
    return [*first, *(_block(stacked(column, lang), column, page) for column in columns(rest))]


def _rows(anchors: Sequence[Line], column: Sequence[Line], risks: Sequence[Line], lang: Lang) -> list[_Row]:
    ys = list(dict.fromkeys(_middle(line) for line in anchors))
    marks = [line.x1 - line.x0 for line in column if _ONE_MARK.match(line.text)]
    mark = statistics.median(marks) if marks else 0.0
    by_row = zip(ys, _by_row(column, ys), _by_row(risks, ys), strict=True)
    return [_row(y, measures, its_risks, mark or float("inf"), lang) for y, measures, its_risks in by_row]


def _by_row(lines: Sequence[Line], ys: Sequence[float]) -> list[list[Line]]:
    """For each row the lines that stand nearer to it than to any other."""
    rows: list[list[Line]] = [[] for _ in ys]
    for line in lines:
        rows[_nearest(ys, line)].append(line)
    return rows


def _row(y: float, measures: Sequence[Line], risks: Sequence[Line], mark: float, lang: Lang) -> _Row:
    printed, lost = _printed(measures, mark)
    lines = [*measures, *risks]
    return _Row(y, joined(risks, lang), measure_list(printed, lang), lines, doubtful=lost)


def _number(row: _Row) -> str:
    return re.split(r"[(（ ]", row.measures, maxsplit=1)[0]


def _printed(measures: Sequence[Line], mark: float) -> tuple[str, bool]:
    """The measures of a row, with an empty mark in every gap as wide as one (`mark`, points), and whether there was one.

    OCR may not see a blot of an `(a)` at all.
    """
    ordered = sorted(measures, key=lambda line: (round(_middle(line) / _NEAR), line.x0))
    text, lost = ordered[0].text, 0
    for before, line in pairwise(ordered):
        gap = line.x0 - before.x1 if abs(_middle(line) - _middle(before)) < _NEAR else 0.0
        missing = max(0, int(min(gap / mark, _MOST_MARKS)))
        text, lost = f"{text} {'()' * missing}{line.text}", lost + missing
    return text, lost > 0


def _risk_column(lines: Sequence[Line], count: int) -> list[Line]:
    """The rightmost column, aligned left or centred, that fills about as many rows as there are measures."""

    def columns(place: Callable[[Line], float]) -> list[list[Line]]:
        return [
            [line for line in lines if abs(place(line) - at) <= _NEAR] for at in sorted({place(li) for li in lines})
        ]

    candidates = [*columns(lambda line: line.x0), *columns(lambda line: (line.x0 + line.x1) / 2)]
    full = [column for column in candidates if len(column) >= 0.6 * count]
    return max(full, key=lambda column: (len(column), column[0].x0), default=list(lines))


def measure_list(printed: str, lang: Lang) -> str:
    """The measures of a cell in one form. Small print reads badly: letters ascend, so a lost one is the next in order.

    A first letter that is a blob is an `a`; one read as a ring is an `e`.

    >>> measure_list("4.22 (a) (b).(c)", "en"), measure_list("4.2.3 (a) (b) (c) (d)(c)", "zh")
    ('4.2.2 (a)(b)(c)', '4.2.3（a）（b）（c）（d）（e）')
    >>> measure_list("42.1 () (c) (d)", "en")
    '4.2.1 (a)(c)(d)'
    """
    digits = re.sub(r"\D", "", re.split(r"[(（]", printed, maxsplit=1)[0])
    number = ".".join(digits[:3])
    letters: list[str] = []
    for read in _LETTER.findall(printed):
        if "a" <= read <= "h" and (not letters or read > letters[-1]):
            letters.append(read)
        elif letters:
            letters.append(chr(ord(letters[-1]) + 1))
        else:
            letters.append("e" if read in ("0", "o") else "a")
    marks = "".join(f"（{letter}）" if lang == "zh" else f"({letter})" for letter in letters)
    return f"{number}{'' if lang == 'zh' else ' '}{marks}".rstrip()
