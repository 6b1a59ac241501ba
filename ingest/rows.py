"""Rows of the mapping table get the paths of the risks they are about: `T.3.2.1(a)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from corpus.mapping import likeness
from corpus.records import Lang
from ingest.layout import Block

_MEASURES = re.compile(r"\d\.\d\.\d")

D = TypeVar("D")


def number_rows(drafts: Sequence[D], lang: Lang, make: Callable[[str, Block], D]) -> list[D]:
    """Drafts with the table's rows as clauses of their own; other blocks of the table stay its text.

    A draft has `path`, `heading` and `texts`; `make(path, block)` gives a row's draft.
    """
    out: list[D] = []
    for draft in drafts:
        out.append(draft)
        if draft.path != "T":  # type: ignore[attr-defined]
            continue
        texts: list[Block] = draft.texts  # type: ignore[attr-defined]
        rows = [block for block in texts if len(block.cells) > 1 and _MEASURES.search(block.cells[1])]
        risks = [(d.path, d.heading) for d in drafts if _is_risk(d.path, d.heading)]  # type: ignore[attr-defined]
        headings = [d.heading for d in drafts if re.fullmatch(r"\d\.\d+", d.path)]  # type: ignore[attr-defined]
        paired = align([row.cells[0] for row in rows], risks, rows)
        texts[:] = [block for block in texts if not any(block is row for _, row in paired)]
        out += [make(f"T.{path}", _parted(block, headings, lang)) for path, block in paired]
    return out


def _is_risk(path: str, heading: str) -> bool:
    return bool(heading) and path.endswith(")")


def align(names: Sequence[str], risks: Sequence[tuple[str, str]], rows: Sequence[Block]) -> list[tuple[str, Block]]:
    """Pair rows with risks in order, by the likeness of their headings (global alignment, Needleman–Wunsch 1970).

    Without gaps where there are as many rows as risks; a row like no risk is left out, and stays text of the table.
    """
    if len(names) == len(risks):
        return [(path, row) for (path, _), row in zip(risks, rows, strict=True)]
    best = [[0.0] * (len(risks) + 1) for _ in range(len(names) + 1)]
    for i in range(len(names) - 1, -1, -1):
        for j in range(len(risks) - 1, -1, -1):
            pair = likeness(names[i], risks[j][1]) + best[i + 1][j + 1]
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(names) and j < len(risks):
        if best[i][j] == best[i][j + 1]:
            j += 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            pairs.append((risks[j][0], rows[i]))
            i, j = i + 1, j + 1
    return pairs


def _parted(block: Block, headings: Sequence[str], lang: Lang) -> Block:
    """The row with governance measures parted where two headings of chapter 5 run into each other."""
    if lang != "zh" or len(block.cells) < 3:
        return block
    governance = block.cells[2]
    for heading in headings:
        governance = re.sub(rf"(?<=[^；\s\d.]){re.escape(heading)}", f"；{heading}", governance)
    cells = (*block.cells[:2], governance)
    return Block(" | ".join(cells), block.level, block.pieces, block.doubtful, cells)
