"""A cross-encoder, or anything that reads question and clause together, orders the best clauses anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from corpus.records import Hit
from index.passages import searched_text
from index.question import Query

RERANKED = 30
"""How many clauses it orders."""

Reranker = Callable[[str, Sequence[str]], Sequence[float]]
"""A question and texts to how well each answers it; greater is better."""


def reranked(query: Query, hits: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """The hits in the reranker's order, with its scores and their rank before as that of the list `fused`."""
    scores = reranker(query.read, [searched_text(hit.passage) for hit in hits])
    order = sorted(range(len(hits)), key=lambda at: (-scores[at], at))
    return [
        replace(hits[at], rank=rank, score=float(scores[at]), ranks={**hits[at].ranks, "fused": hits[at].rank})
        for rank, at in enumerate(order, start=1)
    ]
