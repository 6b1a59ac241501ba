"""Whether another edition answers a question that the edition it names does not.

The other edition's best clause became, or was, nothing in the edition named, or the question has words that this edition
never uses; and the other edition is closer to it, by the clause's relevance and by readers' questions. Of the calibration's
questions that name an edition 86 of 110 that it cannot answer are found so, and 4 of 452 that it can (`MORE`, `CLOSER`,
`KNOWS` were chosen on them).
"""

from __future__ import annotations

from collections.abc import Iterable

from app.answering.selection import best
from corpus.ids import is_below
from corpus.records import Hit, Lineage
from index.found import Found
from index.question import Query
from index.retrieve import Retriever

_HITS = 8
MORE = 1.1
"""The other clause's relevance is greater by this factor at least."""
CLOSER = 0.05
"""Its edition's readers' questions are closer by so much, in cosine."""
KNOWS = 0.1
"""Its edition uses a share of the question's words that is greater by so much, where the clause has a counterpart."""


def answered_elsewhere(retriever: Retriever, own: Found, edition: str, others: Iterable[str]) -> Found | None:
    """The search of another edition that answers where that of `edition`, `own`, does not; None where none does."""
    query = own.query
    for other in others:
        found = retriever.search(query, k=_HITS, editions=[other], parts=["body"])
        first = best(found.hits, query.lang)
        if not own.hits or first is None or not _closer(own, found, first[0]):
            continue
        if _peculiar(retriever, query, edition, other, first[0]):
            return found
    return None


def _closer(own: Found, found: Found, first: Hit) -> bool:
    most = max(hit.relevance for hit in own.hits)
    gain = (found.signals.alike or 0.0) - (own.signals.alike or 0.0)
    return first.relevance > MORE * most and gain > CLOSER


def _peculiar(retriever: Retriever, query: Query, edition: str, other: str, first: Hit) -> bool:
    """Whether the clause has no counterpart, or the question has words of its edition alone."""
    path = first.passage.clause.partition("#")[2]
    between = (one for one in retriever.lineages.values() if {one.old, one.new} == {edition, other})
    lineage = next(between, None)
    if lineage is not None and _stands_alone(lineage, other, path):
        return True
    return retriever.known(query, other) > retriever.known(query, edition) + KNOWS


def _stands_alone(lineage: Lineage, edition: str, path: str) -> bool:
    """Whether a clause, or the leaf it belongs to, has a link without any clause of the other edition."""
    mine, theirs = ("old", "new") if edition == lineage.old else ("new", "old")
    links = [link for link in lineage.links if any(is_below(path, one) for one in getattr(link, mine))]
    return bool(links) and not any(getattr(link, theirs) for link in links)
