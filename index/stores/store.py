"""What a store of vectors does, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.limits import Where
from index.vectors import Vectors

BATCH = 1000
"""Rows that are sent to an engine at once."""
MORE = 8
"""So many more are asked of an engine, so that equal cosines at the end of the list can be ordered (`in_order`)."""
Found = list[tuple[int, float]]
"""Rows with their cosine, best first."""


class VectorStore(Protocol):
    """Vectors by row: row 0 … n-1 is the passage of that row; `(n, d)` float32, L2-normalised."""

    @property
    def kind(self) -> str:
        """`faiss`, `milvus` or `postgres`."""

    def put(self, rows: Sequence[int], vectors: Vectors, kinds: Sequence[int]) -> None:
        """Add or replace rows: vectors, `(len(rows), d)`, and the numbers of kinds. Raises `IndexDamaged` for another d."""

    def delete(self, rows: Sequence[int]) -> None:
        """Take rows out; those that are not there are passed over."""

    def search(self, vector: Vectors, k: int, where: Where | None = None) -> Found:
        """The `k` nearest rows to one `(d,)` vector, best first; only those of the kinds in `where`."""

    def count(self) -> int:
        """How many rows there are."""

    def close(self) -> None:
        """End what is open; the store can be used again."""


class RemoteStore(VectorStore, Protocol):
    """A collection of an engine of its own. Raises `StoreUnavailable` where that does not answer, `IndexDamaged` where the
    collection is not there or is of another dimension."""

    @property
    def name(self) -> str:
        """Of the collection."""

    def dimension(self) -> int | None:
        """That of the collection; None where there is none."""

    def held(self) -> Mapping[int, int]:
        """The digest (`digests`) of every row there is."""

    def settle(self) -> None:
        """What was put is on disk, indexed, and to be found by others."""

    def size(self) -> int | None:
        """Bytes on disk; None where the engine does not tell."""

    def collections(self, prefix: str) -> list[str]:
        """The names of collections that begin so."""

    def drop(self, name: str) -> None:
        """Remove a collection of ours."""


def digests(vectors: Vectors, kinds: Sequence[int]) -> NDArray[np.int64]:
    """`(n,)`: what tells a row's vector and kind from another, 62 bits, so that every engine holds it as an integer."""
    rows = np.ascontiguousarray(vectors, dtype="<f4")
    found = [
        int.from_bytes(blake2b(row.tobytes() + int(kind).to_bytes(4, "little"), digest_size=8).digest(), "little") >> 2
        for row, kind in zip(rows, kinds, strict=True)
    ]
    return np.array(found, np.int64)


def in_order(found: Sequence[tuple[int, float]], k: int) -> Found:
    """The best `k`, equal cosines by row, so that engines that break ties otherwise give one order.

    >>> in_order([(7, 0.5), (2, 0.5000000001), (9, 0.9)], 2)
    [(9, 0.9), (2, 0.5)]
    """
    return sorted(((row, round(score, 6)) for row, score in found), key=lambda one: (-one[1], one[0]))[:k]
