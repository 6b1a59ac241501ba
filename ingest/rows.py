"""Rows of the mapping table get the paths of the risks they are about: `T.3.2.1(a)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from corpus.records import Lang
from corpus.text import squeeze
from ingest.layout import Block

_MEASURES = re.compile(r"\d\.\d\.\d")
_LEAST = 0.35
"""Headings less alike than this are not the same risk in two wordings."""

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
        texts[:] = [block for block in texts if block not in rows]
        risks = [(d.path, d.heading) for d in drafts if _is_risk(d.path, d.heading)]  # type: ignore[attr-defined]
        headings = [d.heading for d in drafts if re.fullmatch(r"\d\.\d+", d.path)]  # type: ignore[attr-defined]
        for path, block in align([row.cells[0] for row in rows], risks, rows):
            out.append(make(f"T.{path}", _parted(block, headings, lang)))
    return out


def _is_risk(path: str, heading: str) -> bool:
    return bool(heading) and path.endswith(")")


def align(names: Sequence[str], risks: Sequence[tuple[str, str]], rows: Sequence[Block]) -> list[tuple[str, Block]]:
    """Pair rows with risks in order, by the likeness of their headings (global alignment, Needleman–Wunsch 1970).

    Without gaps where there are as many rows as risks; a row left over goes to the next free risk.
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


def likeness(a: str, b: str) -> float:
    """Share of letters two headings have in common in order, 0 below the bar.

    >>> likeness("偏见、歧视", "偏见、歧视风险") == 0.8, likeness("Supply chain", "Data leakage")
    (True, 0.0)
    """
    ratio = SequenceMatcher(None, squeeze(a), squeeze(b), autojunk=False).ratio()
    return ratio if ratio >= _LEAST else 0.0


def _parted(block: Block, headings: Sequence[str], lang: Lang) -> Block:
    """The row with governance measures parted where two headings of chapter 5 run into each other."""
    if lang != "zh" or len(block.cells) < 3:
        return block
    governance = block.cells[2]
    for heading in headings:
        governance = re.sub(rf"(?<=[^；\s\d.]){re.escape(heading)}", f"；{heading}", governance)
    cells = (*block.cells[:2], governance)
    return Block(" | ".join(cells), block.level, block.pieces, block.doubtful, cells)
