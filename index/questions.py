"""Readers' questions as vectors: a new question is near to one that was written for its clause, in either language.

A question resembles another question more than it resembles a clause; to compare the two is doc2query's idea (Nogueira
et al. 2019, arXiv 1904.08375) without its generator: ours are written by hand, see `corpus.editorial`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.arrays import Buffer, dump_arrays, dump_words, load_arrays, load_words

Rows = NDArray[np.int32]


class QuestionIndex:
    """The questions of clauses 0 … n-1; a clause is as near as the nearest of its questions."""

    def __init__(self, texts: Sequence[str], owners: Rows, vectors: NDArray[np.float32]) -> None:
        self._texts = texts
        self._owners = owners
        self._vectors = vectors
        self._first = np.flatnonzero(np.diff(owners, prepend=-1))

    @classmethod
    def build(cls, questions: Sequence[Sequence[str]], vectors: NDArray[np.float32]) -> QuestionIndex:
        """`questions`: those of each clause; `vectors`: `(n, d)` float32, rows L2-normalised, of all in that order."""
        texts = [text for mine in questions for text in mine]
        owners = [clause for clause, mine in enumerate(questions) for _ in mine]
        return cls(texts, np.array(owners, np.int32), vectors.astype(np.float16).astype(np.float32))

    def __len__(self) -> int:
        return len(self._texts)

    def known(self, clauses: int) -> NDArray[np.bool_]:
        """`(clauses,)`: which of the clauses have questions."""
        found = np.zeros(clauses, dtype=bool)
        found[self._owners] = True
        return found

    def nearest(self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.bool_]) -> list[tuple[int, float]]:
        """The `k` nearest of the allowed clauses with the cosine of their nearest question, best first."""
        if not len(self):
            return []
        best = np.maximum.reduceat(self._vectors @ vector, self._first)
        clauses = self._owners[self._first]
        order = np.argsort(-np.where(allowed[clauses], best, -2.0), kind="stable")[:k]
        return [(int(clauses[at]), float(best[at])) for at in order if allowed[clauses[at]]]

    def said(self, clause: int, vector: NDArray[np.float32]) -> str | None:
        """The question of a clause that is nearest to a vector: why the clause was found; None where it has none."""
        mine = np.flatnonzero(self._owners == clause)
        return self._texts[mine[int(np.argmax(self._vectors[mine] @ vector))]] if len(mine) else None

    def dump(self) -> bytes:
        """The index as bytes, for `load`; vectors as float16."""
        texts, vectors = dump_words(list(self._texts)), self._vectors.astype(np.float16)
        return dump_arrays({"texts": texts, "owners": self._owners, "vectors": vectors})

    @classmethod
    def load(cls, data: Buffer) -> QuestionIndex:
        """The inverse of `dump`."""
        arrays = load_arrays(data)
        return cls(load_words(arrays["texts"]), arrays["owners"], arrays["vectors"].astype(np.float32))
