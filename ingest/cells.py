"""Cells of a printed table that span rows or stand over columns, from lines and their places alone.

On the left families and categories of risk, on the right the governance measures, at the top the heads of the columns.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from corpus.records import Lang
from ingest.layout import Line

_APART = 18.0
"""Points: the middles of two columns of centred cells are at least this far apart."""


def joined(lines: Sequence[Line], lang: Lang) -> str:
    """Lines of one cell as one text."""
    return ("" if lang == "zh" else " ").join(line.text.strip() for line in lines)


def _mark(lang: Lang) -> str:
    return "；" if lang == "zh" else "; "


def column_heads(lines: Sequence[Line], lang: Lang) -> tuple[str, ...]:
    """The heads of the columns from the left; lines above one another are one head."""
    heads: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.x0):
        if heads and line.x0 < max(above.x1 for above in heads[-1]):
            heads[-1].append(line)
        else:
            heads.append([line])
    return tuple(joined(sorted(head, key=lambda line: line.y0), lang) for head in heads)


def columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines of centred cells by column, from the left."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=_centre):
        if found and _centre(line) - _centre(found[-1][-1]) < _APART:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _centre(line: Line) -> float:
    return (line.x0 + line.x1) / 2


def stacked(column: Sequence[Line], lang: Lang) -> str:
    """The cells of a column from the top, parted by semicolons; a step of half a line more than usual parts two cells."""
    lines = sorted(column, key=lambda line: line.y0)
    height = statistics.median(line.y1 - line.y0 for line in lines)
    cells = [[lines[0]]]
    for above, line in pairwise(lines):
        if line.y0 - above.y0 > 1.5 * height:
            cells.append([])
        cells[-1].append(line)
    return _mark(lang).join(joined(cell, lang) for cell in cells)


def merged_cells(lines: Sequence[Line], lang: Lang) -> list[tuple[float, str]]:
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
    edges = min(line.x0 for line in lines), max(line.x1 for line in lines)
    return [((g[0].y0 + g[-1].y1) / 2, _items(g, edges, step, lang)) for g in groups]


def _items(lines: Sequence[Line], edges: tuple[float, float], step: float, lang: Lang) -> str:
    """The items of a cell. One opens where the line is indented; where none is, after a short line or with a capital."""
    told = [(line, text) for line in lines if (text := line.text.strip().lstrip("●•·").strip())]
    indented = [line.x0 - edges[0] > 0.8 * step for line, _ in told]
    items: list[str] = []
    for at, (_, text) in enumerate(told):
        short = edges[1] - told[at - 1][0].x1 >= 0.6 * step
        opens = indented[at] if any(indented[1:]) else short if lang == "zh" else not text[0].islower()
        if opens or not items:
            items.append(text)
        else:
            items[-1] += f"{'' if lang == 'zh' else ' '}{text}"
    return _mark(lang).join(items)


def spread_over(ys: Sequence[float], numbers: Sequence[str], cells: Sequence[tuple[float, str]]) -> list[str]:
    """Give each row its merged cell: the division of the rows whose middles lie nearest to the cells' middles.

    `ys`, `numbers`: the rows' middles and their measures' section numbers. A merged cell ends where the number changes.

    >>> spread_over([10, 20, 30, 40], ["4.1.1", "4.1.1", "4.1.2", "4.2.1"], [(20, "5.3"), (40, "5.4")])
    ['5.3', '5.3', '5.3', '5.4']
    """
    if not cells or len(cells) > len(ys):
        return ["" for _ in ys]
    breaks = [i for i in range(1, len(ys)) if numbers[i] != numbers[i - 1]]
    if len(breaks) < len(cells) - 1:
        return ["" for _ in ys]
    bounds = _bounds(ys, cells, [*breaks, len(ys)])
    return [cells[i][1] for i in range(len(cells)) for _ in range(bounds[i], bounds[i + 1])]


def _bounds(ys: Sequence[float], cells: Sequence[tuple[float, str]], ends: Sequence[int]) -> tuple[int, ...]:
    """Where the cells begin and end (`ends`: where one may) so that their middles fit best; by dynamic programming."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    for at, (middle, _) in enumerate(cells):
        left = len(cells) - at - 1
        best = {
            end: min(
                (misfit + abs((ys[start] + ys[end - 1]) / 2 - middle), (*bounds, end))
                for start, (misfit, bounds) in best.items()
                if start < end
            )
            for end in (ends[at : len(ends) - left] if left else ends[-1:])
        }
    return best[ends[-1]][1]
