"""The only door to FAISS: exact inner-product search over L2-normalised float32 vectors, filtered by row.

On these small cores a query never profits from a second thread, and OpenMP makes 0.2 ms into 16 ms where cores are shared:
we serve with one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class VectorIndex:
    """Vectors in rows 0 … n-1, `(n, d)` float32, L2-normalised; search returns cosine similarities."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorIndex:
        """An index of `(n, d)` float32, rows L2-normalised."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, data: bytes | memoryview) -> VectorIndex:
        """The inverse of `dump`; the caller has checked the digest, FAISS has no checksum of its own."""
        import faiss

        faiss.omp_set_num_threads(1)
        return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))

    def dump(self) -> bytes:
        """The index as bytes, for `load`."""
        import faiss

        return bytes(faiss.serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self) -> Vectors:
        """All vectors, `(n, d)` float32."""
        found: Vectors = (
            self._index.reconstruct_n(0, len(self)) if len(self) else np.zeros((0, self._index.d), np.float32)
        )
        return found

    def search(self, vector: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest rows of one `(d,)` vector with their cosine, best first; only those marked in `allowed`, `(n,)`."""
        import faiss

        if k <= 0 or len(self) == 0:
            return []
        parameters: Any = None
        if allowed is not None:
            marks = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(marks))  # type: ignore
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]
