"""The promise of every answer: a quotation is a slice of its document."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.records import Citation, part_of
from index.retrieve import Retriever


def assert_verbatim(citations: Iterable[Citation], retriever: Retriever) -> None:
    """Every quotation is the slice it says it is of the document with that digest, and stands in its clause."""
    for citation in citations:
        document_id, _, path = citation.clause.partition("#")
        document = retriever.documents[document_id, part_of(path)]
        clause = document.by_path[path]
        assert document.text[citation.start : citation.end] == citation.quote != ""
        assert citation.document_sha256 == document.sha256
        assert clause.lead.start <= citation.start < citation.end <= clause.span.end
        assert (citation.heading, citation.status, citation.url) == (clause.heading, document.status, document.url)
