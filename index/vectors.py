"""The only door to FAISS: exact inner-product search over L2-normalised float32 vectors, filtered by id.

Ids are 63-bit hashes of passage ids, so that a vector keeps its id across rebuilds. On these small cores a query never
profits from a second thread, and OpenMP makes 0.2 ms into 16 ms where cores are shared: we serve with one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def vector_id(passage_id: str) -> int:
    """A stable id in [0, 2^63): the first eight bytes of the passage id's SHA-256."""
    return int.from_bytes(hashlib.sha256(passage_id.encode()).digest()[:8], "big") >> 1


class VectorIndex:
    """Flat index over `(n, d)` float32 rows, L2-normalised; search returns cosine similarities."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, ids: Sequence[int], vectors: Vectors) -> VectorIndex:
        """`ids`: n distinct ids; `vectors`: `(n, d)` float32, rows L2-normalised."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64))
        return cls(index)

    @classmethod
    def load(cls, data: bytes) -> VectorIndex:
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

    def rows(self) -> tuple[NDArray[np.int64], Vectors]:
        """All ids, `(n,)`, and their vectors, `(n, d)` float32, in the order in which they were added."""
        import faiss

        ids = faiss.vector_to_array(self._index.id_map)
        return ids, self._index.index.reconstruct_n(0, len(self)) if len(self) else np.zeros((0, 0), np.float32)

    def search(self, vector: Vectors, k: int, allowed: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """The `k` nearest ids of one `(d,)` vector with their cosine, best first; only `allowed` ids if given."""
        import faiss

        if k <= 0 or len(self) == 0 or (allowed is not None and len(allowed) == 0):
            return []
        parameters: Any = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=parameters)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
