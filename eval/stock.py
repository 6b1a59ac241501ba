"""The systems that `eval retrieval` compares: ours, ours without some lists, and what a stock pipeline would do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from corpus.ids import neutral
from corpus.records import Passage
from eval.systems import DEPTH, Asked, System
from index.encoder import Encoder
from index.lexical import LexicalIndex
from index.limits import Limits
from index.lists import EDITORIAL, FIELDS
from index.passages import searched_text
from index.retrieve import Retriever

OURS = {
    "tiaowen": FIELDS,
    "without editorial": FIELDS - EDITORIAL,
    "lexical only": frozenset({"lexical"}),
    "dense only": frozenset({"dense"}),
}
"""Our retrieval and its parts, by the lists that take part."""


def systems(retriever: Retriever, other: Encoder | None) -> dict[str, System]:
    """The systems over the passages of a generation; those of a stock LlamaIndex pipeline only with an `other` encoder."""
    found = {name: ours(retriever, fields) for name, fields in OURS.items()}
    found["BM25, characters"] = character_bm25(retriever.passages)
    if other is not None:
        found["LlamaIndex, stock"] = stock_llama_index(retriever.passages, other)
    return found


def ours(retriever: Retriever, fields: frozenset[str]) -> System:
    """Our retrieval with the lists of some fields only."""

    def search(asked: Asked) -> list[str]:
        found = retriever.search(
            asked.question, k=DEPTH, editions=asked.editions, lang=asked.lang, compared=True, fields=fields
        )
        return [hit.passage.clause for hit in found.hits]

    return search


def characters(text: str) -> list[str]:
    """Stock tokens: every Han character, every other word in lower case.

    >>> characters("数据 Data-Safety")
    ['数', '据', 'data', 'safety']
    """
    return re.findall(r"[\u3400-\u9fff]|[a-z0-9]+", text.lower())


def character_bm25(passages: Sequence[Passage]) -> System:
    """BM25 over characters and words, as `bm25s` or `rank_bm25` are commonly fed."""
    index = LexicalIndex.build([characters(searched_text(passage)) for passage in passages])

    def search(asked: Asked) -> list[str]:
        limits = Limits(editions=asked.editions, lang=asked.lang)
        allowed = np.array([limits.allow(passage) for passage in passages], dtype=bool)
        tokens = [(token, 1.0) for token in characters(asked.question)]
        return list(_distinct(passages[at].clause for at, _ in index.best(tokens, 4 * DEPTH, allowed)))

    return search


def stock_llama_index(passages: Sequence[Passage], encoder: Encoder) -> System:
    """LlamaIndex's `VectorStoreIndex` with its defaults, over the same passages and with the encoder given."""
    from index.llama import stock_ranking

    rank = stock_ranking(passages, encoder)

    def search(asked: Asked) -> list[str]:
        return list(_distinct(rank(asked.question, asked.editions, asked.lang, 4 * DEPTH)))

    return search


def _distinct(clauses: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """The first of every clause, whichever its language."""
    seen: set[str] = set()
    for clause in clauses:
        if neutral(clause) not in seen:
            seen.add(neutral(clause))
            yield clause
