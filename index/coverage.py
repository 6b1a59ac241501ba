"""What of a question the texts hold: the evidence, apart from any vector, that there is an answer at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.arrays import Mask
from index.lexical import LexicalIndex
from index.question import Query


@dataclass(frozen=True)
class Coverage:
    """What of a question the texts of one language hold. `units`: index terms with their rarity, 0 for unknown ones.

    `passages`, `clauses`: in which rows a term occurs, of the lexical and of the editorial index.
    """

    units: tuple[tuple[tuple[str, ...], float], ...]
    total: float
    passages: Mapping[str, Container[int]]
    clauses: Mapping[str, Container[int]]

    @property
    def known(self) -> float:
        """Share of the question's weight that occurs in the texts at all."""
        return sum(weight for _, weight in self.units) / self.total if self.total else 0.0

    def held(self, passage: int, clause: int) -> float:
        """Share that a passage holds, in the question's words, in the glossary's or in its clause's editorial words."""
        if not self.total:
            return 0.0
        held = sum(
            weight
            for unit, weight in self.units
            if any(passage in self.passages[token] or clause in self.clauses[token] for token in unit)
        )
        return held / self.total

    def said(self, passage: int, strictly: bool = False) -> float:
        """Share that a passage itself holds, heading path included, in the question's words or in the glossary's.

        `strictly`: words that together name a concept count where the passage names it, too, and not one by one.
        """
        if not self.total:
            return 0.0
        units = self._named if strictly else self.units
        return (
            sum(weight for unit, weight in units if any(passage in self.passages[token] for token in unit)) / self.total
        )

    @cached_property
    def _named(self) -> tuple[tuple[tuple[str, ...], float], ...]:
        often = Counter(token for unit, _ in self.units for token in unit if token.startswith("¶"))
        whole = {token for token, count in often.items() if count > 1 and self.passages[token]}
        return tuple((tuple(token for token in unit if token in whole) or unit, weight) for unit, weight in self.units)


def coverage(query: Query, lexical: LexicalIndex, editorial: LexicalIndex, own: Mask) -> Coverage:
    """What the passages marked in `own`, `(n,)` bool, hold of a question; words of other passages count as unknown.

    A word that stands in an editorial entry alone stays unknown: readers' words do not show that the texts deal with a
    matter.
    """
    everything = bool(own.all())

    def weight(term: str) -> float:
        known = term in lexical and (everything or _any(own, lexical.holders(term)))
        return lexical.rarity(term) if known else 0.0

    units = [(unit, max(map(weight, unit), default=0.0)) for unit in query.units]
    total = sum(weight or lexical.rarity("") for _, weight in units)
    tokens = {token for unit, _ in units for token in unit}
    return Coverage(
        tuple(units),
        total,
        {token: _rows(lexical.holders(token)) for token in tokens},
        {token: _rows(editorial.holders(token)) for token in tokens},
    )


_FEW = 2000
"""Up to so many rows a set is made sooner than it is done without."""


def _any(own: Mask, rows: NDArray[np.int32]) -> bool:
    """Whether any of the rows is marked; the first few mostly tell."""
    return bool(own[rows[:_FEW]].any() or own[rows[_FEW:]].any())


def _rows(rows: NDArray[np.int32]) -> Container[int]:
    return frozenset(rows.tolist()) if len(rows) <= _FEW else _Sorted(rows)


@dataclass(frozen=True)
class _Sorted:
    """Many rows, in order, to look one up in."""

    rows: NDArray[np.int32]

    def __contains__(self, row: object) -> bool:
        if not isinstance(row, int):
            return False
        at = int(np.searchsorted(self.rows, np.int32(row)))
        return at < len(self.rows) and bool(self.rows[at] == row)
