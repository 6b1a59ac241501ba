"""Characters with boxes, in the order of the file, become printed lines in the order of reading.

    Glyph, Glyph, … -> run (what the file writes in one go) -> row (runs side by side) -> Line (a row, cut at cells)

The order of a PDF's text is the order in which a layout program happened to write it: the 1.0 text has its page number
first, and its contents page has the heading last. Only the boxes tell what stands above what.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from ingest.layout import Line
from ingest.radicals import mend

T = TypeVar("T")

CELL_GAP_EM = 2.5  # a gap wider than this is the space between two cells, even where the file has spaces in it
JUMP_EM = 1.2  # as much without a space: the writer moved to another cell; justified text stays below 0.5
WORD_GAP_EM = 0.15  # narrower than this, two Latin letters belong to one word
_CELLS_OF_A_COLUMN, _COLUMN_GAP_EM = 3, 0.25
_SAME_BASELINE = 0.2  # of the height: cells of one row may stand a little higher or lower than their neighbours
_EM = 0.8  # of the loose box's height (ascent + descent): 11 of 14.6 points in the 1.0 text
_SAME_PLACE = 0.1  # of the height: the same character drawn again within this is fake bold, not a doubled letter
_BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[⺀-鿿豈-﫿＀-￯]) +(?=[⺀-鿿豈-﫿＀-￯])")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A visible character and its box in points from the top left. `spaced`: after white space; `breaks`: new line."""

    char: str
    x0: float
    y0: float
    x1: float
    y1: float
    spaced: bool = False
    breaks: bool = False

    @property
    def height(self) -> float:
        """Ascent plus descent, in points."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs side by side on one baseline."""

    glyphs: tuple[Glyph, ...]

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return max(glyph.x1 for glyph in self.glyphs)

    @property
    def y0(self) -> float:
        """Upper edge."""
        return min(glyph.y0 for glyph in self.glyphs)

    @property
    def y1(self) -> float:
        """Lower edge."""
        return max(glyph.y1 for glyph in self.glyphs)

    @property
    def em(self) -> float:
        """The size of its type, in points."""
        return _EM * max(glyph.height for glyph in self.glyphs)


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Printed lines from top to bottom, left to right.

    >>> word = [Glyph("风", 10, 10, 20, 22), Glyph("险", 20, 10, 30, 22), Glyph("A", 90, 10, 97, 22)]
    >>> [line.text for line in lines_of(word)]
    ['风险', 'A']
    """
    runs = [Run(tuple(run)) for run in _runs(_once(glyphs))]
    table = [list(_cells(row)) for row in rows([(run, run.y0, run.y1) for run in runs])]
    columns = _columns(table)
    return [_line(part) for row in table for cell in row for part in _split(cell, columns)]


def rows(boxes: Sequence[tuple[T, float, float]]) -> list[list[T]]:
    """Things `(thing, y0, y1)` gathered into visual rows: those that share half of the lower one's height.

    >>> rows([("b", 20, 30), ("a", 0, 10), ("a'", 3, 11)])
    [['a', "a'"], ['b']]
    """
    found: list[tuple[float, float, list[T]]] = []
    for thing, y0, y1 in sorted(boxes, key=lambda box: (box[1] + box[2], box[1])):
        if found and _overlap(found[-1][0], found[-1][1], y0, y1) >= 0.5:
            found[-1][2].append(thing)
        else:
            found.append((y0, y1, [thing]))
    return [things for _, _, things in found]


def _overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    shorter = min(a1 - a0, b1 - b0)
    return (min(a1, b1) - max(a0, b0)) / shorter if shorter > 0 else 0.0


def _once(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Without the copies of fake bold type: the same character drawn again at the same place."""
    seen: dict[tuple[str, int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        x, y = round(glyph.x0), round(glyph.y0)
        near = [other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in seen.get((glyph.char, x + dx, y + dy), ())]
        if not any(_same_place(glyph, other) for other in near):
            seen[glyph.char, x, y].append(glyph)
            yield glyph


def _same_place(one: Glyph, other: Glyph) -> bool:
    near = _SAME_PLACE * one.height
    return abs(one.x0 - other.x0) < near and abs(one.y0 - other.y0) < near


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and not _continues(run[-1], glyph):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _continues(last: Glyph, glyph: Glyph) -> bool:
    if glyph.breaks or _overlap(last.y0, last.y1, glyph.y0, glyph.y1) < 0.5:
        return False
    em = _EM * max(last.height, glyph.height)
    widest = CELL_GAP_EM if glyph.spaced else JUMP_EM
    return last.x0 <= glyph.x0 and -em / 2 <= glyph.x0 - last.x1 <= widest * em


def _cells(row: list[Run]) -> Iterator[Run]:
    """The runs of a row from left to right, joined unless a cell's gap lies between."""
    ordered = sorted(row, key=lambda run: run.x0)
    joined = ordered[:1]
    for run in ordered[1:]:
        if _side_by_side(joined[-1], run):
            joined[-1] = Run(joined[-1].glyphs + run.glyphs)
        else:
            joined.append(run)
    yield from joined


def _side_by_side(left: Run, right: Run) -> bool:
    em = max(left.em, right.em)
    level = abs(left.y1 - right.y1) <= _SAME_BASELINE * min(left.em, right.em) / _EM
    return level and -em <= right.x0 - left.x1 <= (CELL_GAP_EM if right.glyphs[0].spaced else JUMP_EM) * em


def _columns(table: list[list[Run]]) -> set[int]:
    """Left edges (whole points) at which several cells start that are not the first of their row."""
    starts = Counter(round(cell.x0) for row in table for cell in row[1:])
    return {x for x, times in starts.items() if times >= _CELLS_OF_A_COLUMN}


def _split(cell: Run, columns: set[int]) -> Iterator[Run]:
    """A cell that fills its column has almost no gap after it; the next column's edge shows where it ends."""
    start = 0
    for at, (left, right) in enumerate(pairwise(cell.glyphs), 1):
        edge = any(abs(right.x0 - x) <= 1 for x in columns)
        if edge and not right.spaced and right.x0 - left.x1 > _COLUMN_GAP_EM * cell.em:
            yield Run(cell.glyphs[start:at])
            start = at
    yield Run(cell.glyphs[start:])


def _line(run: Run) -> Line:
    first = run.glyphs[0].char
    text = first + "".join(_lead(left, right) + right.char for left, right in pairwise(run.glyphs))
    return Line(tidy(text), round(run.x0, 2), round(run.y0, 2), round(run.x1, 2), round(run.y1, 2))


def _lead(left: Glyph, right: Glyph) -> str:
    """What stands before `right`: a space where the file has one, or where a gap between Latin letters shows one."""
    wide = right.x0 - left.x1 > WORD_GAP_EM * _EM * right.height
    latin = left.char.isascii() and right.char.isascii() and right.char not in ".,;:!?)]%"
    return " " if right.spaced or (wide and latin) else ""


def tidy(text: str) -> str:
    """Ideographs for radicals, one space for many, none between ideographs: `tidy("风  险 ⻚ 1 ") == "风险页 1"`."""
    return _BETWEEN_IDEOGRAPHS.sub("", re.sub(r"\s+", " ", mend(text))).strip()
