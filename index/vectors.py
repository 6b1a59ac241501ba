"""The only door to FAISS: inner-product search over L2-normalised float32 vectors, filtered by row.

Up to `EXACT` vectors are compared as they are. Above, they are compared in a byte a number (SQ8), and the best reckoned again
from float16 rows: on a million vectors of the bundled encoder that found all of the exact ten nearest, a list-based index
(IVF) only 0.99 of them while it read two fifths of its lists, after minutes of training. Everything is mapped, not read.

On these small cores a query never profits from a second thread, and OpenMP makes 0.2 ms into 16 ms where cores are shared: we
serve with one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Buffer, Mask, dump_arrays, load_arrays

EXACT = 200_000
"""Up to so many vectors are kept and compared exactly."""
_AGAIN = 2
"""So many times the neighbours wanted are reckoned again."""
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
        index = faiss.index_factory(vectors.shape[1], "Flat" if small else "SQ8", faiss.METRIC_INNER_PRODUCT)
        if not small:
            index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // _AT_ONCE)]))
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
        """How vectors are compared, for a manifest: `exact` or `sq8`."""
        return "exact" if self._rows is None else "sq8"

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
        import faiss

        if k <= 0 or len(self) == 0:
            return []
        parameters: Any = None
        if allowed is not None:
            marks = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(marks))  # type: ignore
        wanted = min(k if self._rows is None else _AGAIN * k, len(self))
        scores, rows = self._index.search(vector.reshape(1, -1), wanted, params=parameters)
        rows, scores = rows[0][rows[0] >= 0], scores[0][rows[0] >= 0]
        if self._rows is not None:
            rows = np.sort(rows)
            scores = self._rows[rows].astype(np.float32) @ vector
            order = np.argsort(-scores, kind="stable")[:k]
            rows, scores = rows[order], scores[order]
        return [(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]


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
