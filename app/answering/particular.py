"""Answers with a form of their own: a list, a clause, a definition, a line of the mapping table, an edition in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.compose import Desk, Draft, item, list_children, show_clause, show_edition
from app.answering.containers import containers
from app.answering.kinds import Kind, asks_risks, is_general, wants_count, wants_list, wants_measures
from app.answering.targets import (
    governance_in,
    mapping_rows,
    measure_asked,
    measures_in,
    rows_named,
    rows_with,
    section_found,
    term_clauses,
    within,
)
from app.answering.words import say
from corpus.records import LANGS, Clause, Document, Hit
from index.question import Query


@dataclass(frozen=True)
class Particular:
    """Composes such answers from what a search found."""

    desk: Desk
    kind: Kind
    hits: Sequence[Hit]

    @property
    def query(self) -> Query:
        """The question."""
        return self.desk.query

    def compose(self, draft: Draft) -> bool:
        """Compose a list, clause, definition or mapping answer; False if the question wants none of them after all."""
        document = self.desk.body
        if document is None:
            return False
        if self.kind == "mapping" and asks_risks(self.query) and self._risks(draft, document):
            return True
        if (self.kind == "mapping" or self._asks_the_table()) and (rows := self._rows(document)):
            return self._mapping(draft, document, rows)
        if self.query.paths:
            return self._clauses(draft, document)
        if self.kind == "definition" and self._definition(draft, document):
            return True
        wanted = self.kind in ("list", "summary") or (self.kind == "definition" and wants_list(self.query))
        return wanted and self._list(draft, document)

    def _asks_the_table(self) -> bool:
        """Whether measures are asked for and a line of the mapping table is what the search finds first."""
        first = [hit.passage.clause.partition("#")[2] for hit in self.hits[:2]]
        if self.query.paths or self.kind == "definition":
            return False
        return self.query.measures and any(path.startswith("T.") for path in first)

    def _clauses(self, draft: Draft, document: Document) -> bool:
        for path in self.query.paths:
            if path not in document.by_path:
                continue
            clause = document.by_path[path]
            inner = (
                within(self.desk, document, clause, self.hits, wants_list(self.query))
                if document.children(path)
                else None
            )
            if inner is not None and document.children(inner.path):
                list_children(self.desk, draft, document, inner, counted=wants_count(self.query))
            else:
                show_clause(self.desk, draft, document, inner or clause)
        return bool(draft.statements)

    def whole_edition(self, draft: Draft) -> bool:
        """An edition in short, where nothing in it is named."""
        document = self.desk.body
        if document is None or self.query.paths or not is_general(self.query):
            return False
        show_edition(self.desk, draft, document)
        return True

    def _definition(self, draft: Draft, document: Document) -> bool:
        for clause in term_clauses(self.desk, document):
            show_clause(self.desk, draft, document, clause)
        return bool(draft.statements)

    def section(self, draft: Draft, hits: Sequence[Hit]) -> bool:
        """A section that is meant as a whole: all its items."""
        document = self.desk.body
        clause = section_found(document, hits) if document else None
        if document is not None and clause is not None:
            list_children(self.desk, draft, document, clause, counted=wants_count(self.query))
        return clause is not None

    def _list(self, draft: Draft, document: Document) -> bool:
        targets = containers(self.desk, document, self.hits)
        for target in targets:
            list_children(self.desk, draft, document, target, counted=wants_count(self.query))
        return bool(targets)

    def _rows(self, document: Document) -> list[tuple[Document, Clause]]:
        """Rows of the mapping table: those named, in the other language where this one lacks them; else the one found."""
        tables = self._tables(document)
        if self.query.paths:
            return rows_named(tables, self.query.paths)
        return next(
            ([(table, row) for row in found] for table in tables if (found := mapping_rows(table, self.hits))), []
        )

    def _tables(self, document: Document) -> list[Document]:
        """Where the mapping table may be: the document itself, then the edition in either language."""
        return [document, *(twin for lang in LANGS if (twin := self.desk.retriever.document(document.edition, lang)))]

    def _mapping(self, draft: Draft, document: Document, rows: Sequence[tuple[Document, Clause]]) -> bool:
        for table, row in rows:
            show_clause(self.desk, draft, table, row)
            wanted = wants_measures(self.query)
            if "technical" in wanted:
                self._listed(draft, document, measures_in(table, row, document), "measures_of")
            if wanted == {"governance"}:
                self._listed(draft, document, governance_in(table, row, document), "governance_of")
        return True

    def _risks(self, draft: Draft, document: Document) -> bool:
        """The risks that a measure is for, by the table in either language."""
        for table in self._tables(document):
            measures = [path for path in measure_asked(self.desk, table, self.hits) if path in table.by_path]
            if rows := rows_with(table, measures) if measures else []:
                for path in measures:
                    owner = document if path in document.by_path else table
                    show_clause(self.desk, draft, owner, owner.by_path[path])
                self._listed(draft, table, rows, "risks_of")
                return True
        return False

    def _listed(self, draft: Draft, document: Document, clauses: Sequence[Clause], key: str) -> None:
        if clauses:
            items = [item(self.desk, draft, document, clause) for clause in clauses]
            names = "\n".join(f"- {line}" for line, _ in items)
            draft.add(say(key, self.query.lang, names=names), [marker for _, marker in items])
