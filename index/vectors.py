"""The only door to FAISS: inner-product search over L2-normalised float32 vectors, filtered by row.

Up to `EXACT` vectors are compared as they are. Above, they are compared by a product quantiser of four bits for every two
numbers, whose tables fit the processor's registers (André et al., "Cache locality is not enough", VLDB 2015), and the best some
thousand reckoned again from float16 rows. On 200,000 vectors of the bundled encoder that finds all of the exact ten nearest and
0.998 of the sixty in 1.3 ms; a byte a number (SQ8) takes 10 ms for it, and a list-based index (IVF) found 0.99 of the ten
while it read two fifths of its lists. Where few rows may be found, those are compared exactly. Rows are mapped, not read.

On these small cores a query never profits from a second thread, and OpenMP makes 0.2 ms into 16 ms where cores are shared: we
serve with one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Buffer, Mask, dump_arrays, load_arrays

EXACT = 200_000
"""Up to so many vectors are kept and compared exactly."""
_AGAIN = 32
"""So many times the neighbours wanted are reckoned again,"""
_LEAST = 1000
"""at least so many of those that may be found."""
_FEW = 20_000
"""So few rows are compared exactly."""
_SAMPLE = 32_768
"""Vectors that the quantiser is fitted to."""
_MOST_PARTS = 256
"""Parts of a vector: FAISS adds up a byte of each in sixteen bits."""
_AT_ONCE = 16_384
Vectors = NDArray[np.float32]


class VectorIndex:
    """Vectors in rows 0 … n-1, `(n, d)` float32, L2-normalised; search returns cosine similarities.

    `rows`: the vectors as float16 where the index holds them less exactly, else None.
    """

    def __init__(self, index: Any, rows: NDArray[np.float16] | None = None, mapped: Any = None) -> None:
        self._index = index
        self._rows = rows
        self._mapped = mapped  # kept as long as the index that points into it

    @classmethod
    def build(cls, vectors: Vectors, exact: int = EXACT) -> VectorIndex:
        """An index of `(n, d)` float32, rows L2-normalised; above `exact` rows a less exact one."""
        import faiss

        small = len(vectors) <= exact
        kind = "Flat" if small else f"PQ{parts(vectors.shape[1])}x4fs"
        index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        if not small:
            faiss.omp_set_num_threads(1)  # several would fit a little otherwise each time
            index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // _SAMPLE)]))
        for at in range(0, len(vectors), _AT_ONCE):
            index.add(np.ascontiguousarray(vectors[at : at + _AT_ONCE], dtype=np.float32))
        return cls(index, None if small else vectors.astype(np.float16))

    @classmethod
    def load(cls, files: Mapping[str, Buffer]) -> VectorIndex:
        """The inverse of `dump`, without a copy; the caller has checked the digests, FAISS has no checksum of its own."""
        import faiss

        faiss.omp_set_num_threads(1)
        data = np.frombuffer(files["vectors.faiss"], np.uint8)
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size)  # type: ignore[attr-defined]
        index = faiss.read_index(reader, faiss.IO_FLAG_MMAP_IFC)
        rows = load_arrays(files["vectors.safetensors"])["rows"] if "vectors.safetensors" in files else None
        return cls(index, rows, data)

    def dump(self) -> dict[str, bytes]:
        """The index as files, for `load`."""
        import faiss

        found = {"vectors.faiss": bytes(faiss.serialize_index(self._index).tobytes())}
        return found if self._rows is None else found | {"vectors.safetensors": dump_arrays({"rows": self._rows})}

    @property
    def kind(self) -> str:
        """How vectors are compared, for a manifest: `exact` or `pq4`."""
        return "exact" if self._rows is None else "pq4"

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self) -> Vectors:
        """All vectors, `(n, d)` float32, as exactly as they are kept."""
        if self._rows is not None:
            return self._rows.astype(np.float32)
        found: Vectors = (
            self._index.reconstruct_n(0, len(self)) if len(self) else np.zeros((0, self._index.d), np.float32)
        )
        return found

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """The `k` nearest rows of one `(d,)` vector with their cosine, best first; only those marked in `allowed`, `(n,)`."""
        if k <= 0 or len(self) == 0:
            return []
        if self._rows is not None:
            rows = self._candidates(vector, k, allowed)
            scores = self._rows[rows].astype(np.float32) @ vector
            order = np.argsort(-scores, kind="stable")[:k]
            return [(int(row), float(score)) for row, score in zip(rows[order], scores[order], strict=True)]
        import faiss

        parameters: Any = None
        if allowed is not None:
            marks = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(marks))  # type: ignore
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=parameters)
        found = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(row, score) for row, score in found if row >= 0]

    def _candidates(self, vector: Vectors, k: int, allowed: Mask | None) -> NDArray[np.int64]:
        """Rows among which the `k` nearest are, in order: all that may be found if they are few, else the best by the quantiser.

        That knows no rows that may not be found, so that it is asked for as many more as there are of those.
        """
        n = len(self)
        may = n if allowed is None else int(np.count_nonzero(allowed))
        if may > max(_FEW, k):
            wanted = min(n, math.ceil(max(_LEAST, _AGAIN * k) * n / may))
            found = self._index.search(vector.reshape(1, -1), wanted)[1][0]
            found = np.sort(found[found >= 0] if allowed is None else found[(found >= 0) & allowed[found]])
            if len(found) >= k:
                return found
        return np.arange(n) if allowed is None else np.flatnonzero(allowed)


def parts(dimension: int) -> int:
    """Into how many parts the quantiser cuts a vector: of two numbers each, or as few as there may be.

    >>> parts(256), parts(384), parts(1024)
    (128, 192, 256)
    """
    fitting = (m for m in range(min(_MOST_PARTS, dimension // 2), 0, -1) if dimension % m == 0)
    return next(fitting, 1)


def exact_rows(vectors: Vectors, questions: Vectors, k: int, allowed: Mask | None = None) -> list[list[int]]:
    """The `k` rows nearest to each question, `(m, d)`, by every inner product; only those marked in `allowed`, `(n,)`."""
    best: list[list[tuple[float, int]]] = [[] for _ in questions]
    for at in range(0, len(vectors), _AT_ONCE):
        scores = questions @ vectors[at : at + _AT_ONCE].T
        if allowed is not None:
            scores[:, ~allowed[at : at + _AT_ONCE]] = -2.0
        for mine, row in zip(best, scores, strict=True):
            top = np.argsort(-row, kind="stable")[:k]
            mine[:] = sorted([*mine, *((-float(row[one]), at + int(one)) for one in top)])[:k]
    return [[row for score, row in mine if score < 2.0] for mine in best]
