"""Clauses to passages: a clause is one passage; a long one is cut at sentence ends, with one sentence of overlap.

A passage never crosses a clause. A clause without text of its own (a chapter over its sections) is found by its heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.ids import neutral
from corpus.records import Clause, Document, Lang, Passage, Span
from corpus.text import sentences

LIMIT: dict[Lang, int] = {"zh": 420, "en": 1300}
"""Characters; about 250 tokens in either language, what small encoders are trained on."""


def searched_text(passage: Passage) -> str:
    """What is searched of a passage: its heading path and its text."""
    return f"{passage.context}\n{passage.text}"


def clauses_of(passages: Iterable[Passage]) -> list[str]:
    """The language-neutral ids of the clauses that have passages, in order: the rows of the editorial index."""
    return list(dict.fromkeys(neutral(passage.clause) for passage in passages))


def heading_span(document: Document, clause: Clause) -> Span | None:
    """Where the heading stands in the document, or None for a clause without one."""
    if not clause.heading:
        return None
    start = document.text.find(clause.heading, clause.lead.start, clause.lead.end)
    return Span(start, start + len(clause.heading)) if start >= 0 else None


def context_of(document: Document, clause: Clause) -> str:
    """The heading path that is searched with a passage: `模型算法安全风险 › 可解释性不足`."""
    chain = [*document.ancestors(clause), clause]
    return " › ".join(part.heading.replace("\n", " ") for part in chain if part.heading)


def passages_of(document: Document, clause: Clause) -> Iterator[Passage]:
    """The passages of one clause, in text order."""
    spans = _spans(document, clause)
    context = context_of(document, clause)
    for at, span in enumerate(spans):
        yield Passage(
            id=f"{clause.id}~{at}",
            clause=clause.id,
            edition=document.edition,
            lang=document.lang,
            part=document.part,
            status=document.status,
            span=span,
            text=span.of(document.text),
            context=context,
        )


def _spans(document: Document, clause: Clause) -> list[Span]:
    if not clause.text.strip():
        heading = heading_span(document, clause)
        return [heading] if heading else []
    if len(clause.text) <= LIMIT[document.lang]:
        return [clause.span]
    pieces = [
        Span(clause.span.start + s.start, clause.span.start + s.end) for s in sentences(clause.text, document.lang)
    ]
    return _windows(pieces, LIMIT[document.lang])


def _windows(pieces: list[Span], limit: int) -> list[Span]:
    """Runs of sentences up to `limit` characters; each run but the first begins with the last sentence of the one before."""
    windows: list[Span] = []
    first = 0
    while first < len(pieces):
        last = first
        while last + 1 < len(pieces) and pieces[last + 1].end - pieces[first].start <= limit:
            last += 1
        windows.append(Span(pieces[first].start, pieces[last].end))
        first = last + 1 if last + 1 >= len(pieces) or last == first else last
    return windows
