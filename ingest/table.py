"""The mapping table risk → technical measures → governance measures, read from where its words stand on the page.

A PDF or a scan has no cells: the column of measure numbers gives the rows, what stands left of it the risk, what stands
right of it the governance measures, whose merged cells span the rows around their middle.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus.records import Lang
from ingest.layout import Block, Line, Page

TITLE = re.compile(r"措施映射表\s*$|^Table of AI Safety", re.IGNORECASE)
_MEASURE = re.compile(r"^\s*\d\s*[.,]?\s*\d\s*[.,]?\s*\d?\s*[.,]?\s*(?:[(（]|$)")
_IN_COLUMN = re.compile(r"^(?:[\d.,，、\s]|[(（]\s*\w?\s*[)）])+$")
_LETTER = re.compile(r"[(（]\s*(\w?)\s*[)）]")


def split_tables(pages: Sequence[Page], lang: Lang) -> tuple[list[Page], list[Block]]:
    """Pages without the mapping table, and the table as blocks: its title, then a block of three cells per row."""
    at = next(
        (i for i, page in enumerate(pages) if _is_table(page) and any(TITLE.search(li.text) for li in page.lines)), None
    )
    if at is None:
        return list(pages), []
    end = at + 1
    while end < len(pages) and _is_table(pages[end]):
        end += 1
    table = pages[at:end]
    return [*pages[:at], *pages[end:]], [_title(table[0], lang), *(row for page in table for row in _rows(page, lang))]


_NEAR = 6.0
"""Points: how far the lines of one column or row may be out of line."""
DOUBTFUL_CELL = 0.90
"""A row with a line that scored below this is doubtful."""


def _is_table(page: Page) -> bool:
    return sum(bool(_MEASURE.match(line.text)) for line in page.lines) >= 4


def _title(page: Page, lang: Lang) -> Block:
    top = min(line.y0 for line in page.lines if _MEASURE.match(line.text))
    first = next(line for line in page.lines if TITLE.search(line.text))
    lines = [first]
    for line in page.lines:
        centred = abs((line.x0 + line.x1) - (first.x0 + first.x1)) < 0.1 * page.width
        if first.y0 < line.y0 < min(top, lines[-1].y1 + (first.y1 - first.y0)) and centred:
            lines.append(line)
    return Block(
        ("" if lang == "zh" else " ").join(line.text for line in lines), pieces=((0, page.number, page.label),)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    y: float
    risk: str
    measures: str
    score: float


def _middle(line: Line) -> float:
    return (line.y0 + line.y1) / 2


def _nearest(rows: Sequence[float], line: Line) -> int:
    return min(range(len(rows)), key=lambda i: abs(rows[i] - _middle(line)))


def _rows(page: Page, lang: Lang) -> list[Block]:
    numbered = [line for line in page.lines if _MEASURE.match(line.text)]
    left = statistics.median(line.x0 for line in numbered) - _NEAR
    column = [line for line in page.lines if line.x0 >= left and _IN_COLUMN.match(line.text)]
    anchors = [line for line in column if _MEASURE.match(line.text)]
    top = anchors[0].y0 - 1.5 * (anchors[0].y1 - anchors[0].y0)
    inside = [line for line in page.lines if line.y0 >= top and line not in column]
    ys = [_middle(line) for line in anchors]
    risks = _risk_column([line for line in inside if line.x1 < left + 0.02 * page.width], len(anchors))
    rows = [_row(y, _of_row(column, ys, i), _of_row(risks, ys, i), lang) for i, y in enumerate(ys)]
    right = max(line.x1 for line in column)
    spread = _spread(rows, _cells([line for line in inside if line.x0 > right - _NEAR], lang))
    piece = ((0, page.number, page.label),)
    return [
        Block(" | ".join(cells), pieces=piece, cells=cells, doubtful=page.ocr and row.score < DOUBTFUL_CELL)
        for row, cell in zip(rows, spread, strict=True)
        for cells in [(row.risk, row.measures, cell)]
    ]


def _of_row(lines: Sequence[Line], ys: Sequence[float], at: int) -> list[Line]:
    """The lines that stand nearer to row `at` than to any other."""
    return [line for line in lines if _nearest(ys, line) == at]


def _row(y: float, measures: Sequence[Line], risks: Sequence[Line], lang: Lang) -> _Row:
    risk = ("" if lang == "zh" else " ").join(line.text.strip() for line in risks)
    printed = " ".join(line.text for line in sorted(measures, key=lambda line: (round(_middle(line) / _NEAR), line.x0)))
    return _Row(y, risk, measure_list(printed, lang), min(line.score for line in (*measures, *risks)))


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


# --- the merged cells on the right


def _cells(lines: Sequence[Line], lang: Lang) -> list[tuple[float, str]]:
    """Merged cells as (middle, text): lines grouped by large gaps, items within a cell parted by semicolons."""
    if not lines:
        return []
    lines = sorted(lines, key=lambda line: line.y0)
    step = statistics.median([line.y1 - line.y0 for line in lines])
    groups: list[list[Line]] = [[lines[0]]]
    for line in lines[1:]:
        if line.y0 - groups[-1][-1].y1 > 1.5 * step:
            groups.append([])
        groups[-1].append(line)
    right = max(line.x1 for line in lines)
    return [((g[0].y0 + g[-1].y1) / 2, _items(g, right, step, lang)) for g in groups]


def _items(lines: Sequence[Line], right: float, step: float, lang: Lang) -> str:
    joint, mark = ("", "；") if lang == "zh" else (" ", "; ")
    items: list[str] = []
    goes_on = False
    for line in lines:
        text = line.text.strip().lstrip("●•·").strip()
        if goes_on or (lang == "en" and items and text[:1].islower()):
            items[-1] += joint + text
        elif text:
            items.append(text)
        goes_on = lang == "zh" and right - line.x1 < 0.6 * step
    return mark.join(items)


def _spread(rows: Sequence[_Row], cells: Sequence[tuple[float, str]]) -> list[str]:
    """Give each row its merged cell: the division of the rows whose middles lie nearest to the cells' middles.

    A merged cell ends where the measures' section number changes.
    """
    if not cells or len(cells) > len(rows):
        return ["" for _ in rows]
    breaks = [i for i in range(1, len(rows)) if _number(rows[i]) != _number(rows[i - 1])]
    if len(breaks) < len(cells) - 1:
        return ["" for _ in rows]
    cuts = min(combinations(breaks, len(cells) - 1), key=lambda cut: _misfit(rows, cells, cut))
    bounds = [0, *cuts, len(rows)]
    return [cells[i][1] for i in range(len(cells)) for _ in range(bounds[i], bounds[i + 1])]


def _number(row: _Row) -> str:
    return re.split(r"[(（ ]", row.measures, maxsplit=1)[0]


def _misfit(rows: Sequence[_Row], cells: Sequence[tuple[float, str]], cut: Sequence[int]) -> float:
    bounds = [0, *cut, len(rows)]
    return sum(abs((rows[bounds[i]].y + rows[bounds[i + 1] - 1].y) / 2 - cells[i][0]) for i in range(len(cells)))
