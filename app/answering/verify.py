"""The gate before display: a citation is the slice it says, of the document it names, in the edition claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus.ids import neutral
from corpus.records import Citation, Document, Part, Statement, part_of

Documents = Mapping[tuple[str, Part], Document]


def holds(citation: Citation, documents: Documents) -> bool:
    """Whether clause, slice and digest of a citation are those of its document."""
    document_id, _, path = citation.clause.partition("#")
    document = documents.get((document_id, part_of(path)))
    return (
        document is not None
        and path in document.by_path
        and document.sha256 == citation.document_sha256
        and document.text[citation.start : citation.end] == citation.quote
        and document.by_path[path].lead.start <= citation.start
        and citation.end <= document.by_path[path].span.end
    )


def verified(
    statements: Sequence[Statement], citations: Iterable[Citation], documents: Documents, editions: Iterable[str]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """The statements whose every citation holds and is of an edition in scope, and the citations they use."""
    scope = set(editions)
    good = {
        citation.marker: citation
        for citation in citations
        if holds(citation, documents) and neutral(citation.clause).partition("#")[0] in scope
    }
    kept = tuple(statement for statement in statements if all(marker in good for marker in statement.citations))
    used = {marker for statement in kept for marker in statement.citations}
    return kept, tuple(citation for marker, citation in good.items() if marker in used)
