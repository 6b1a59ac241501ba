"""Which clause a list, a definition or a mapping question is about."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.compose import Desk
from app.answering.containers import containers
from corpus.glossary import load_glossary
from corpus.ids import is_below
from corpus.mapping import row_of, rows
from corpus.records import Clause, Document, Hit
from corpus.text import fold, squeeze

_TERMS = "A3"
_LOOKED_AT, _AGAIN = 6, 2
"""Of so many hits, so many items show that their section is meant."""


def term_clauses(desk: Desk, document: Document) -> list[Clause]:
    """The entries of the terminology that the question asks for, by their headings or a synonym of one."""
    entries = document.children(_TERMS)
    asked = squeeze(desk.query.read)
    found = load_glossary().find(fold(desk.query.read).text)
    synonyms = {squeeze(form) for _, _, term in found for form in (*term.zh, *term.en)}
    direct = [clause for clause in entries if squeeze(clause.heading) in asked]
    if direct:
        names = [squeeze(clause.heading) for clause in direct]
        return [
            clause for clause, name in zip(direct, names, strict=True) if not any(name in one != name for one in names)
        ]
    return [clause for clause in entries if squeeze(clause.heading) in synonyms][:1]


def within(desk: Desk, document: Document, above: Clause, hits: Sequence[Hit], listed: bool) -> Clause | None:
    """What is asked about in a clause that holds others: of a list, the one below it that holds the list; else the one below
    it that the search found first; None where it is meant as a whole."""
    if listed:
        return next(iter(containers(desk, document, hits, above.path)), None)
    first = hits[0].passage.clause.partition("#")[2] if hits else above.path
    return document.by_path.get(first) if first != above.path and is_below(first, above.path) else None


def section_found(document: Document, hits: Sequence[Hit]) -> Clause | None:
    """The section that a search found first and again by its items: it is meant as a whole."""
    paths = [hit.passage.clause.partition("#")[2] for hit in hits[:_LOOKED_AT]]
    clause = document.by_path.get(paths[0]) if paths else None
    if clause is None or clause.text.strip() or clause.kind != "section":
        return None
    items = [path for path in paths[1:] if is_below(path, clause.path) and not document.children(path)]
    return clause if len(items) >= _AGAIN else None


def rows_named(documents: Sequence[Document], paths: Sequence[str]) -> list[tuple[Document, Clause]]:
    """The table rows of the risks that a question names by number, each in the first document that has it."""
    found = (
        next(((d, d.by_path[row]) for d in documents if row in d.by_path), None) for row in (f"T.{p}" for p in paths)
    )
    return [pair for pair in found if pair]


def mapping_rows(document: Document, hits: Sequence[Hit]) -> list[Clause]:
    """The table row of the risk that the question names: the first row found, or the row of the first risk found."""
    for hit in hits:
        path = hit.passage.clause.partition("#")[2]
        row = document.by_path.get(path if path.startswith("T.") else f"T.{path}")
        if row is not None:
            return [row]
    return []


def rows_with(document: Document, measures: Sequence[str]) -> list[Clause]:
    """The rows of the mapping table in which a measure, or one below it, answers a risk."""
    found = (
        row
        for row in rows(document)
        if any(is_below(one, m) for one in (*row.measures, *row.governance) for m in measures)
    )
    return [document.by_path[row.path] for row in found]


def measure_asked(desk: Desk, document: Document, hits: Sequence[Hit]) -> list[str]:
    """The measures a question is about: those it names by number, else the first one found."""
    if desk.query.paths:
        return list(desk.query.paths)
    paths = (hit.passage.clause.partition("#")[2] for hit in hits)
    return [next((path for path in paths if rows_with(document, [path])), "")]


def governance_in(table: Document, row: Clause, document: Document) -> list[Clause]:
    """The governance clauses that a row names."""
    found = row_of(table, row.path)
    return [document.by_path[path] for path in found.governance if path in document.by_path] if found else []


def measures_in(table: Document, row: Clause, document: Document) -> list[Clause]:
    """The measure clauses of a document that a row of its table, or of its twin's, names: `4.1.1（a）（b）` gives two."""
    found = row_of(table, row.path)
    return [document.by_path[path] for path in found.measures if path in document.by_path] if found else []
