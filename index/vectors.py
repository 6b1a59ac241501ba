"""The only door to FAISS: inner-product search over L2-normalised float32 vectors, filtered by row.

Exact up to `EXACT` vectors. Above, vectors lie in lists around k-means centres, in a byte a number (IVF, SQ8), of which a
search reads the nearest few and reckons the best again from float16 rows; how few is measured when the index is built, on
questions. Both are mapped, not read. On these small cores a query never profits from a second thread, and OpenMP makes 0.2 ms
into 16 ms where cores are shared: we serve with one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import dump_arrays, load_arrays

EXACT = 200_000
"""Up to so many vectors every one is looked at."""
RECALL = 0.985
"""Share of the exact ten nearest that a search above must find."""
_FEW, _MOST = 0.05, 50_000
"""Up to this share, and so many, of rows that are allowed, every one is looked at above, too."""
_TRAINED_ON = 64
"""Vectors a centre is trained on."""
_AGAIN = 2
"""So many times the neighbours wanted are reckoned again."""
_ASKED, _NEAREST, _SHARES = 200, 10, 32
_AT_ONCE = 16_384
Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]
Buffer = bytes | memoryview
Neighbour = tuple[int, float]


class VectorIndex:
    """Vectors in rows 0 … n-1, `(n, d)` float32, L2-normalised; search returns cosine similarities.

    `rows`: the vectors as float16 where the index holds them less exactly, else None.
    """

    def __init__(self, index: Any, rows: NDArray[np.float16] | None = None, mapped: Any = None) -> None:
        self._index = index
        self._rows = rows
        self._mapped = mapped  # kept as long as the index that points into it

    @classmethod
    def build(
        cls, vectors: Vectors, questions: Vectors | None = None, parts: Sequence[Mask] = (), exact: int = EXACT
    ) -> VectorIndex:
        """An index of `(n, d)` float32, rows L2-normalised.

        `questions`, `(m, d)`: such as it will be searched with, else some of the vectors; `parts`: the rows that a search is
        limited to, one after the other, else all.
        """
        import faiss

        if len(vectors) <= exact:
            index = faiss.IndexFlatIP(vectors.shape[1])
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
            return cls(index)
        found = cls(_partitioned(vectors), vectors.astype(np.float16))
        asked = vectors[:: max(1, len(vectors) // _ASKED)] if questions is None or not len(questions) else questions
        found._probe_enough(vectors, asked, parts or [np.ones(len(vectors), bool)])
        return found

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

    def described(self) -> dict[str, Any]:
        """How it is searched, for a manifest: `{"kind": "exact"}`, or lists and how many of them are read."""
        if self._rows is None:
            return {"kind": "exact"}
        return {"kind": "ivf-sq8", "lists": int(self._index.nlist), "probes": int(self._index.nprobe)}

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

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[Neighbour]:
        """The `k` nearest rows of one `(d,)` vector with their cosine, best first; only those marked in `allowed`, `(n,)`."""
        if k <= 0 or len(self) == 0:
            return []
        if self._rows is None:
            return self._nearest(vector, k, allowed)
        if allowed is not None and np.count_nonzero(allowed) <= min(_FEW * len(self), _MOST):
            return self._reckoned(vector, k, np.flatnonzero(allowed))
        found = self._nearest(vector, _AGAIN * k, allowed)
        return self._reckoned(vector, k, np.array(sorted(row for row, _ in found), np.int64))

    def _nearest(self, vector: Vectors, k: int, allowed: Mask | None, probes: int = 0) -> list[Neighbour]:
        """As FAISS finds them; `probes`: lists to read, by default as many as were found enough."""
        import faiss

        named: dict[str, Any] = {}
        if allowed is not None:
            named["sel"] = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore
        if self._rows is not None:
            named["nprobe"] = probes or self._index.nprobe
        kind = faiss.SearchParameters if self._rows is None else faiss.SearchParametersIVF
        parameters = kind(**named) if named else None
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)), params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]

    def _reckoned(self, vector: Vectors, k: int, rows: NDArray[np.int64]) -> list[Neighbour]:
        """The nearest among some rows, from the float16 vectors."""
        assert self._rows is not None
        scores = np.concatenate(
            [self._rows[rows[at : at + _AT_ONCE]].astype(np.float32) @ vector for at in range(0, len(rows), _AT_ONCE)]
            or [np.zeros(0, np.float32)]
        )
        order = np.argsort(-scores, kind="stable")[:k]
        return [(int(rows[at]), float(scores[at])) for at in order]

    def _probe_enough(self, vectors: Vectors, questions: Vectors, parts: Sequence[Mask]) -> None:
        """Set how many lists a search reads: the fewest thirty-seconds that find `RECALL` of the exact ten nearest."""
        wanted = [exact_rows(vectors, questions, _NEAREST, part) for part in parts]
        for share in range(1, _SHARES + 1):
            self._index.nprobe = math.ceil(self._index.nlist * share / _SHARES)
            found = [
                len(set(exact) & {row for row, _ in self.search(question, _NEAREST, part)}) / max(len(exact), 1)
                for part, mine in zip(parts, wanted, strict=True)
                for question, exact in zip(questions, mine, strict=True)
            ]
            if np.mean(found) >= RECALL:
                return


def _partitioned(vectors: Vectors) -> Any:
    """An index of lists around about √n centres, trained on a sample that is the same on every run."""
    import faiss

    lists = max(64, int(math.sqrt(len(vectors))))
    index = faiss.index_factory(vectors.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(len(vectors), min(len(vectors), _TRAINED_ON * lists), replace=False)
    index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    for at in range(0, len(vectors), _AT_ONCE):
        index.add(np.ascontiguousarray(vectors[at : at + _AT_ONCE], dtype=np.float32))
    return index


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
