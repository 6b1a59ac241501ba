"""How alike texts of two editions are: weighted overlap of index terms, and encoder.

A term weighs its inverse document frequency over the clauses of both editions (Spärck Jones, "A statistical interpretation of
term specificity", Journal of Documentation 28, 1972); overlap is Dice's coefficient over these weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.text import tokens
from index.encoder import Encoder

Matrix = NDArray[np.float64]
_TERMS, _ENCODER = 0.6, 0.4
"""Shares of the two in `likenesses`."""


def terms_of(text: str) -> set[str]:
    """Bigrams and words; single Han characters say too little here."""
    return {token for token in tokens(text) if len(token) > 1}


class Bags:
    """Sets of weighted terms as a sparse matrix. `sums`, `(n,)`: the weight of each."""

    def __init__(self, bags: Sequence[Iterable[str]], weights: Mapping[str, float]) -> None:
        from scipy.sparse import csr_matrix

        column = {token: at for at, token in enumerate(weights)}
        cells = [
            (row, column[token], weights[token])
            for row, bag in enumerate(bags)
            for token in sorted(bag)
            if token in column
        ]
        rows, columns, values = np.array(cells, dtype=np.float64).reshape(-1, 3).T
        shape = (len(bags), len(column))
        self._roots = csr_matrix((np.sqrt(values), (rows.astype(np.int64), columns.astype(np.int64))), shape=shape)
        self.sums: Matrix = np.bincount(rows.astype(np.int64), values, minlength=len(bags)).astype(np.float64)

    def shared(self, other: Bags) -> Matrix:
        """`(n, m)`: weight of the terms that two bags have in common."""
        return np.asarray((self._roots @ other._roots.T).todense())

    def dice(self, other: Bags) -> Matrix:
        """`(n, m)`: weighted Dice coefficient."""
        return 2 * self.shared(other) / np.maximum(self.sums[:, None] + other.sums[None, :], 1e-9)


def term_weights(bags: Sequence[set[str]]) -> dict[str, float]:
    """Inverse document frequency: 0 for a term that is in every bag."""
    counts = Counter(token for bag in bags for token in bag)
    return {token: math.log(len(bags) / count) for token, count in counts.items()}


def likenesses(old: Sequence[str], new: Sequence[str], weights: Mapping[str, float], encoder: Encoder) -> Matrix:
    """`(old, new)` in [0, 1]: how alike each text of the one is to each of the other."""
    bags = [Bags([terms_of(text) for text in side], weights) for side in (old, new)]
    dense = np.clip(encoder.encode(old, kind="passage") @ encoder.encode(new, kind="passage").T, 0.0, 1.0)
    return np.asarray(_TERMS * bags[0].dice(bags[1]) + _ENCODER * dense)
