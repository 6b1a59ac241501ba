"""How a generation's vectors get into a store: what is there is not sent again, what is found is held against exact search.

A build that was killed leaves a collection that no live generation names: nobody reads it, and the next build of the same
corpus goes on with it. Only then does a build make its generation live, and only after that drop the others of its home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged
from index.encoder import unit_rows
from index.limits import Where
from index.stores.place import is_ours
from index.stores.store import RemoteStore, digests
from index.vectors import Vectors, exact_rows

QUESTIONS = 200
"""So many are put to a store before its generation goes live."""
OVERLAP = 0.99
"""So much of the exact ten nearest it must find."""
DEPTH = 10
_AT_ONCE = 10_000
_SAME = 1e-5
"""Cosines that differ by less are ties."""
_SEED = 20


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling came to: rows there now, those that had to be sent, and the share of the exact ten nearest found."""

    rows: int
    sent: int
    overlap: float


def fill(
    store: RemoteStore,
    vectors: Vectors,
    kinds: NDArray[np.int32],
    progress: Callable[[str], None] = lambda _: None,
) -> Filled:
    """Make a collection hold exactly these rows, `(n, d)` and `(n,)`, and see that it finds them.

    Raises `IndexDamaged` where it does not, `StoreUnavailable` where it does not answer.
    """
    sent = send(store, vectors, kinds, progress)
    progress("store_check")
    overlap = verify(store, vectors, kinds)
    return Filled(len(vectors), sent, overlap)


def send(
    store: RemoteStore,
    vectors: Vectors,
    kinds: NDArray[np.int32],
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Send the rows that are not there as they are here, take out those too many; how many were sent.

    A collection of another dimension, or one that its engine cannot read any more, is made anew.
    """
    if store.dimension() not in (None, vectors.shape[1]):
        store.drop(store.name)
    known = _known(store)
    held = known or {}
    missing = np.array(
        [row for row, digest in enumerate(digests(vectors, kinds.tolist()).tolist()) if held.get(row) != digest], int
    )
    for at in range(0, len(missing) or int(known is None), _AT_ONCE):
        rows = missing[at : at + _AT_ONCE]
        progress("store_put")
        store.put(rows.tolist(), vectors[rows], kinds[rows].tolist())
    store.delete([row for row in held if row >= len(vectors)])
    store.settle()
    return len(missing)


def _known(store: RemoteStore) -> Mapping[int, int] | None:
    """The digests of what is there; None where there is no collection, or was none that can be read."""
    if store.dimension() is None:
        return None
    try:
        return store.held()
    except IndexDamaged:
        store.drop(store.name)
        return None


def verify(store: RemoteStore, vectors: Vectors, kinds: NDArray[np.int32], questions: int = QUESTIONS) -> float:
    """The share of the exact ten nearest that the store finds, over all rows and over those of every other kind.

    Raises `IndexDamaged` where it is less than `OVERLAP`, or the rows are not as many.
    """
    count = store.count()
    if count != len(vectors):
        raise IndexDamaged(f"the store holds {count} vectors of {len(vectors)}", way_out=_AGAIN)
    if not count:
        return 1.0
    asked = between(vectors, questions)
    wheres = [None, Where(tuple(range(0, int(kinds.max()) + 1, 2)))]
    found = [_share(store, vectors, kinds, asked[at :: len(wheres)], where) for at, where in enumerate(wheres)]
    overlap = float(np.mean([one for part in found for one in part]))
    if overlap < OVERLAP:
        raise IndexDamaged(f"the store finds {overlap:.3f} of the ten nearest, not {OVERLAP}", way_out=_AGAIN)
    return overlap


_AGAIN = "build again, or go back to the index in files: tiaowen build --store faiss"


def between(vectors: Vectors, n: int) -> Vectors:
    """`(n, d)`: questions that lie between two rows each, the same on every run."""
    pairs = np.random.default_rng(_SEED).integers(0, len(vectors), (n, 2))
    return unit_rows(vectors[pairs[:, 0]] + 0.9 * vectors[pairs[:, 1]])


def _share(
    store: RemoteStore, vectors: Vectors, kinds: NDArray[np.int32], asked: Vectors, where: Where | None
) -> Sequence[float]:
    """Of each question the share of the exact ten that is found; what is as near as the tenth is as good."""
    allowed = None if where is None else np.isin(kinds, where.kinds)
    shares = []
    for question, exact in zip(asked, exact_rows(vectors, asked, DEPTH, allowed), strict=True):
        found = [row for row, _ in store.search(question, DEPTH, where)]
        last = float(vectors[exact[-1]] @ question) if exact else 0.0
        good = {row for row in found if row < len(vectors) and float(vectors[row] @ question) >= last - _SAME}
        shares.append(len(good) / len(exact) if exact else float(not found))
    return shares


def sweep(store: RemoteStore, prefix: str, live: str = "") -> list[str]:
    """Drop the collections of a home but the live one; their names."""
    dropped = [name for name in store.collections(prefix) if name != live and is_ours(name)]
    for name in dropped:
        store.drop(name)
    return dropped
