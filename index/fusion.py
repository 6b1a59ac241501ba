"""Reciprocal rank fusion (Cormack et al., SIGIR 2009): lists of passages in, clauses in one order out.

Only ranks count, so that lists whose scores are on no common scale can be joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

K = 5.0
"""Added to every rank; the customary 60 measured worse on the calibration and tuning questions."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A list: its name (`dense.zh`), its weight, rows of passages, best first, one a clause, and their own scores."""

    name: str
    weight: float
    passages: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def field(self) -> str:
        """What is searched: `dense` of `dense.zh`."""
        return self.name.partition(".")[0]


def ranked(name: str, weight: float, found: Iterable[tuple[int, float]], clause_of: NDArray[np.int32]) -> Ranked:
    """A list of passages and scores, best first, with the first passage of each clause only.

    >>> ranked("dense.zh", 1.0, [(4, 0.9), (5, 0.8), (0, 0.7)], np.array([0, 1, 2, 2, 3, 3], np.int32)).passages
    (4, 0)
    """
    first: dict[int, tuple[int, float]] = {}
    for at, value in found:
        first.setdefault(int(clause_of[at]), (at, value))
    passages, values = zip(*first.values(), strict=True) if first else ((), ())
    return Ranked(name, weight, passages, values)


def fuse(lists: Iterable[Ranked], clause_of: NDArray[np.int32], clauses: int) -> Floats:
    """`(clauses,)` float64: the sum of weight / (K + rank) over the lists that hold a clause; `clause_of` maps passages.

    >>> lists = [Ranked("dense.zh", 1.0, (0, 1), (0.9, 0.8)), Ranked("lexical.zh", 1.0, (1,), (3.2,))]
    >>> fuse(lists, np.array([0, 1], np.int32), 3).round(3).tolist()
    [0.167, 0.31, 0.0]
    """
    scores = np.zeros(clauses)
    for found in lists:
        if found.passages:
            rows = clause_of[np.asarray(found.passages, np.int64)]
            scores[rows] += found.weight / (K + np.arange(1, len(rows) + 1))
    return scores


def lifted(scores: Floats, counterparts: Mapping[int, Sequence[int]], share: float) -> Floats:
    """Scores of clauses, each lifted by a share of its best counterpart's; a clause that no list found stays at 0.

    >>> lifted(np.array([0.2, 0.1, 0.0]), {0: [1], 1: [0], 2: [0]}, 0.5).tolist()
    [0.25, 0.2, 0.0]
    """
    found = scores.copy()
    for row in np.flatnonzero(scores):
        found[row] += share * max((float(scores[other]) for other in counterparts.get(int(row), ())), default=0.0)
    return found


def best_first(scores: Floats) -> list[int]:
    """The clauses with a score, best first; equal scores in order."""
    found = np.flatnonzero(scores > 0)
    return [int(row) for row in found[np.argsort(-scores[found], kind="stable")]]


def interleaved(orders: Sequence[Sequence[int]]) -> list[int]:
    """The first of each order, then the second of each: `interleaved([[1, 2], [7, 8, 9]]) == [1, 7, 2, 8, 9]`."""
    return [row for row in chain.from_iterable(zip_longest(*orders, fillvalue=-1)) if row >= 0]
