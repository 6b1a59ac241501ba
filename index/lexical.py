"""The lexical index: BM25 over our own bilingual tokens, one per language.

`bm25s` computes the scores at build time (Lucene's BM25 variant; Lù 2024, arXiv 2407.03618). At query time a query's
scores are sums of stored columns, which numpy does alone: importing bm25s and scipy would cost a third of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Buffer, dump_arrays, dump_words, load_arrays, load_words

K1, B = 1.2, 0.75
_LARGE, _COMMON = 20_000, 8
"""In an index of so many documents, a token that one in so many of them holds also has its scores in a row of all documents:
to add a row takes a twentieth of adding as many single scores."""


class LexicalIndex:
    """Scores of documents 0 … n-1 for a bag of query tokens."""

    def __init__(
        self, vocabulary: dict[str, int], data: NDArray[np.float32], rows: NDArray[np.int32], starts: NDArray[np.int64]
    ) -> None:
        self._vocabulary = vocabulary
        self._data = data
        self._rows = rows
        self._starts = starts
        self._common: dict[int, NDArray[np.float32]] = {}
        self.size = int(rows.max()) + 1 if len(rows) else 0

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> LexicalIndex:
        """Index token lists; an empty collection gives an index that finds nothing."""
        import bm25s

        vocabulary = {token: i for i, token in enumerate(sorted({t for document in documents for t in document}))}
        if not vocabulary:
            nothing = cls({}, np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64))
            nothing.size = len(documents)
            return nothing
        coded = [[vocabulary[token] for token in document] for document in documents]
        model = bm25s.BM25(method="lucene", k1=K1, b=B)
        model.index(bm25s.tokenization.Tokenized(ids=coded, vocab=dict(vocabulary)), show_progress=False)
        scores = model.scores
        index = cls(
            vocabulary,
            np.asarray(scores["data"], np.float32),
            np.asarray(scores["indices"], np.int32),
            np.asarray(scores["indptr"], np.int64),
        )
        index.size = len(documents)
        index._common = index._rows_of_common() if index.size >= _LARGE else {}
        return index

    def _rows_of_common(self) -> dict[int, NDArray[np.float32]]:
        found = {}
        for column in np.flatnonzero(np.diff(self._starts) * _COMMON >= self.size).tolist():
            part = slice(self._starts[column], self._starts[column + 1])
            found[column] = np.zeros(self.size, np.float32)
            found[column][self._rows[part]] = self._data[part]
        return found

    def __contains__(self, token: str) -> bool:
        return token in self._vocabulary

    def rarity(self, token: str) -> float:
        """Inverse document frequency, ln(1 + n / df), at its highest for a token that occurs nowhere."""
        column = self._vocabulary.get(token)
        count = 0 if column is None else int(self._starts[column + 1] - self._starts[column])
        return float(np.log1p(self.size / max(count, 0.5)))

    def holders(self, token: str) -> NDArray[np.int32]:
        """The documents in which a token occurs."""
        column = self._vocabulary.get(token)
        return self._rows[self._starts[column] : self._starts[column + 1]] if column is not None else self._rows[:0]

    def scores(self, tokens: Sequence[tuple[str, float]]) -> NDArray[np.float32]:
        """BM25 of every document, `(n,)` float32, for weighted tokens; 0 where none occurs."""
        total = np.zeros(self.size, np.float32)
        for token, weight in tokens:
            column = self._vocabulary.get(token)
            if column in self._common:
                total += np.float32(weight) * self._common[column]
            elif column is not None:
                part = slice(self._starts[column], self._starts[column + 1])
                total[self._rows[part]] += np.float32(weight) * self._data[part]
        return total

    def best(self, tokens: Sequence[tuple[str, float]], k: int, allowed: NDArray[np.bool_]) -> list[tuple[int, float]]:
        """The `k` best documents with their scores, best first, zero scores dropped; equal scores in text order."""
        scores = self.scores(tokens)
        scores[~allowed] = 0.0
        return [(int(row), float(scores[row])) for row in _greatest(scores, k)]

    def dump(self) -> bytes:
        """The index as bytes, for `load`."""
        arrays: dict[str, NDArray[Any]] = {
            "words": dump_words(list(self._vocabulary)),
            "size": np.array(self.size, np.int64),
        }
        arrays |= {"data": self._data, "rows": self._rows, "starts": self._starts}
        if self._common:
            arrays |= {"common": np.array(list(self._common), np.int32), "dense": np.stack(list(self._common.values()))}
        return dump_arrays(arrays)

    @classmethod
    def load(cls, data: Buffer) -> LexicalIndex:
        """The inverse of `dump`, without a copy of the scores."""
        arrays = load_arrays(data)
        words = load_words(arrays["words"])
        index = cls({word: i for i, word in enumerate(words)}, arrays["data"], arrays["rows"], arrays["starts"])
        index.size = int(arrays["size"])
        if "common" in arrays:
            index._common = dict(zip(arrays["common"].tolist(), arrays["dense"], strict=True))
        return index


def _greatest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The rows of the `k` greatest scores above 0, greatest first; equal ones in order."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k > 0:
        values = scores[found]
        found = found[values >= np.partition(values, -k)[-k]]
    return found[np.argsort(-scores[found], kind="stable")[:k]]
