"""The file index as a store: kinds become a mask over rows, reckoned once for each `Where`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged
from index.arrays import Mask
from index.generation import MEND
from index.limits import Where
from index.stores.store import Found
from index.vectors import VectorIndex, Vectors

_KEPT = 64
_GONE = -1
"""The kind of a row that was taken out, or never put."""


class LocalStore:
    """A `VectorIndex`, and the number of each row's kind, `(n,)`."""

    kind = "faiss"

    def __init__(self, index: VectorIndex, kinds: NDArray[np.int32]) -> None:
        self._index = index
        self._kinds = kinds
        self._mask = lru_cache(maxsize=_KEPT)(self._marked)

    def put(self, rows: Sequence[int], vectors: Vectors, kinds: Sequence[int]) -> None:
        """Add or replace rows; the index is made anew, in memory."""
        held = self._index.rows()
        if len(held) and held.shape[1] != vectors.shape[1]:
            raise IndexDamaged(f"vectors of dimension {vectors.shape[1]}, not {held.shape[1]}", way_out=MEND)
        n = max([len(held), *(row + 1 for row in rows)])
        all_rows, all_kinds = np.zeros((n, vectors.shape[1]), np.float32), np.full(n, _GONE, np.int32)
        all_rows[: len(held)], all_kinds[: len(held)] = held, self._kinds
        all_rows[list(rows)], all_kinds[list(rows)] = vectors, kinds
        self._index, self._kinds = VectorIndex.build(all_rows), all_kinds
        self._mask.cache_clear()

    def delete(self, rows: Sequence[int]) -> None:
        """Take rows out of what is found."""
        self._kinds = self._kinds.copy()
        self._kinds[[row for row in rows if row < len(self._kinds)]] = _GONE
        self._mask.cache_clear()

    def search(self, vector: Vectors, k: int, where: Where | None = None) -> Found:
        """The `k` nearest rows of the kinds in `where`."""
        if where is not None and not where.kinds:
            return []
        return self._index.search(vector, k, self._mask(where))

    def _marked(self, where: Where | None) -> Mask:
        return self._kinds != _GONE if where is None else np.isin(self._kinds, where.kinds)

    def count(self) -> int:
        """How many rows there are."""
        return int((self._kinds != _GONE).sum())

    def close(self) -> None:
        """Nothing is open."""
