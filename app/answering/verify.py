"""The gate before display: what a statement cites, quotes, counts and says is held against the corpus once more.

    statements, citations, basis ─ citation ─ count ─ words ─> what holds, and what fell by which check

A citation must be the slice it says, of the document it names, in an edition in scope. A count must come out again. The
words around the quotations are ours and claim nothing: `claims` checks them as it would a sentence of a language model.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.answering.claims import marked, supported
from app.answering.recount import Basis, Documents, placed, recounted, vouched
from corpus.ids import neutral
from corpus.records import Citation, Statement, part_of

_LOG = logging.getLogger("tiaowen.answers")
_SHOWN = 80
"""Characters of a statement in the log."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that was removed, and the check it fell by: `citation`, `count`, or the reason of a `Verdict`."""

    check: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Verified:
    """What may be shown: the statements that hold and the citations they use; and what was removed."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    failures: tuple[Failure, ...] = ()


def holds(citation: Citation, documents: Documents) -> bool:
    """Whether clause, heading, slice, digest and status of a citation are those of its document."""
    document_id, _, path = citation.clause.partition("#")
    document = documents.get((document_id, part_of(path)))
    return (
        document is not None
        and path in document.by_path
        and document.sha256 == citation.document_sha256
        and document.text[citation.start : citation.end] == citation.quote
        and document.by_path[path].lead.start <= citation.start
        and citation.end <= document.by_path[path].span.end
        and document.by_path[path].heading == citation.heading
        and (document.status, document.reading) == (citation.status, citation.reading)
    )


def verified(statements: Sequence[Statement], citations: Iterable[Citation], basis: Basis) -> Verified:
    """The statements that pass every check, with the citations they use, and those that do not."""
    scope = set(basis.editions)
    good = {
        citation.marker: citation
        for citation in citations
        if holds(citation, basis.documents) and neutral(citation.clause).partition("#")[0] in scope
    }
    failed = [Failure(check, one) for one in statements if (check := _failed_check(one, good, basis))]
    fallen = {id(failure.statement) for failure in failed}
    kept = tuple(statement for statement in statements if id(statement) not in fallen)
    used = {marker for statement in kept for marker in statement.citations}
    return Verified(kept, tuple(one for marker, one in good.items() if marker in used), tuple(failed))


def _failed_check(statement: Statement, good: Mapping[int, Citation], basis: Basis) -> str:
    """The check that a statement falls by, or ""."""
    if not all(marker in good for marker in statement.citations):
        return "citation"
    cited = [good[marker] for marker in statement.citations]
    if not all(markers <= set(statement.citations) for _, markers in marked(statement.text, cited)):
        return "citation"
    if statement.search is not None:
        return "" if recounted(statement, statement.search, basis) else "count"
    if not placed(statement.text, cited, basis):
        return "place"
    return supported(statement.text, cited, basis.lang, vouched(statement, cited, basis)).reason


def report(answer_id: str, found: Verified) -> None:
    """One line of the log for every statement removed, and one where none is left."""
    for failure in found.failures:
        _LOG.warning("answer %s: %s: %r", answer_id, failure.check, failure.statement.text[:_SHOWN])
    if found.failures and not found.statements:
        _LOG.warning("answer %s: refused, no statement is left", answer_id)
