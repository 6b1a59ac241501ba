"""Records as JSON and back: one form for the store, the index generation and the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from corpus.records import (
    Answer,
    Citation,
    Clause,
    Disagreement,
    Document,
    Finding,
    Hit,
    Lineage,
    Link,
    PageStart,
    Passage,
    Span,
    Twins,
)

_HEAD = (
    *("id", "edition", "part", "lang", "status", "reading", "translation"),
    *("text", "url", "raw_sha256", "reader", "note"),
)


def document_to_json(document: Document) -> dict[str, Any]:
    """A document with its clauses; clause texts are left out, being slices of `text`."""
    plain = {name: getattr(document, name) for name in _HEAD}
    plain["pages"] = [[p.start, p.page, p.label] for p in document.pages]
    plain["clauses"] = [
        [c.path, c.parent, c.kind, c.number, c.heading, c.lead.start, c.span.start, c.span.end, list(c.flags)]
        for c in document.clauses
    ]
    return plain


def document_from_json(plain: dict[str, Any]) -> Document:
    """The inverse of `document_to_json`; raises `BrokenInvariant` for a document that contradicts itself."""
    text = plain["text"]
    clauses = tuple(
        Clause(
            id=f"{plain['id']}#{path}",
            path=path,
            parent=parent,
            kind=kind,
            number=number,
            heading=heading,
            lead=Span(lead, start),
            span=Span(start, end),
            text=text[start:end],
            flags=tuple(flags),
        )
        for path, parent, kind, number, heading, lead, start, end, flags in plain["clauses"]
    )
    pages = tuple(PageStart(*page) for page in plain["pages"])
    return Document(**{**plain, "clauses": clauses, "pages": pages})


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """A passage; the inverse is `passage_from_json`."""
    return {**asdict(passage), "span": [passage.span.start, passage.span.end]}


def passage_from_json(plain: dict[str, Any]) -> Passage:
    """The inverse of `passage_to_json`."""
    return Passage(**{**plain, "span": Span(*plain["span"])})


def link_to_json(link: Link) -> dict[str, Any]:
    """A link in the shape of `diff --json`: bare paths, `from` and `to`."""
    return {
        "from": list(link.old),
        "to": list(link.new),
        "label": link.label,
        "text": link.text,
        "moved": link.moved,
        "renumbered": link.renumbered,
        "heading_changed": link.heading_changed,
        "confidence": link.confidence,
        "substance": list(link.substance),
        "evidence": [asdict(finding) for finding in link.evidence],
        "reviewed": link.reviewed,
        "terms": list(link.terms),
        "sentences": [list(pair) for pair in link.sentences],
        "redline": [list(piece) for piece in link.redline],
    }


def link_from_json(plain: dict[str, Any]) -> Link:
    """The inverse of `link_to_json`."""
    return Link(
        old=tuple(plain["from"]),
        new=tuple(plain["to"]),
        label=plain["label"],
        text=plain["text"],
        moved=plain["moved"],
        renumbered=plain["renumbered"],
        confidence=plain["confidence"],
        substance=tuple(plain["substance"]),
        redline=tuple((op, text) for op, text in plain["redline"]),
        heading_changed=plain["heading_changed"],
        reviewed=plain["reviewed"],
        terms=tuple(plain["terms"]),
        sentences=tuple((old, new) for old, new in plain["sentences"]),
        evidence=tuple(Finding(row["label"], tuple(row["old"]), tuple(row["new"])) for row in plain["evidence"]),
    )


def lineage_to_json(lineage: Lineage) -> dict[str, Any]:
    """The object `diff --json` prints."""
    return {
        "old": lineage.old,
        "new": lineage.new,
        "lang": lineage.lang,
        "counts": lineage.counts,
        "links": [link_to_json(link) for link in lineage.links],
        "parity": dict(lineage.parity),
    }


def lineage_from_json(plain: dict[str, Any]) -> Lineage:
    """The inverse of `lineage_to_json`."""
    links = tuple(link_from_json(link) for link in plain["links"])
    return Lineage(plain["old"], plain["new"], plain["lang"], links, plain["parity"])


def twins_to_json(twins: Twins) -> dict[str, Any]:
    """The object that `status --json` prints for an edition with text in both languages."""
    return asdict(twins)


def twins_from_json(plain: dict[str, Any]) -> Twins:
    """The inverse of `twins_to_json`."""
    found = tuple(Disagreement(**row) for row in plain["disagreements"])
    return Twins(plain["edition"], plain["part"], plain["pairs"], found)


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """A citation in the shape of `ask --json`."""
    return asdict(citation)


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """A hit in the shape of `ask --json`, with its rank in every list."""
    return {
        "clause": hit.passage.clause,
        "score": round(hit.score, 6),
        "relevance": round(hit.relevance, 4),
        "rank": hit.rank,
        "found_by": list(hit.found_by),
        "ranks": dict(sorted(hit.ranks.items())),
    }


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The object `ask --json` prints."""
    declined = answer.declined
    return {
        "answer_id": answer.answer_id,
        "question": answer.question,
        "lang": answer.lang,
        "editions": list(answer.editions),
        "type": answer.type,
        "text": answer.text,
        "statements": [
            {
                "text": statement.text,
                "citations": list(statement.citations),
                "search": asdict(statement.search) if statement.search else None,
            }
            for statement in answer.statements
        ],
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "declined": declined
        and {
            "reason": declined.reason,
            "message": declined.message,
            "evidence": [citation_to_json(citation) for citation in declined.evidence],
            "nearest": list(declined.nearest),
        },
        "notes": [asdict(note) for note in answer.notes],
        "hits": [hit_to_json(hit) for hit in answer.hits],
        "ms": dict(answer.ms),
    }
