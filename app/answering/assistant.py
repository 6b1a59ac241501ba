"""The assistant: a question and a scope in, a verified answer or a reasoned refusal out.

>>> from corpus.home import find_home
>>> assistant = Assistant.open(find_home())                                    # doctest: +SKIP
>>> assistant.ask("日志要留存多久？").citations[0].clause                           # doctest: +SKIP
'aisgf@2.0/zh#6.3.6'
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

from app.answering.compose import Desk, Draft, add_item, list_children, quote_clauses, show_clause
from app.answering.differences import answer_difference, lineage_between
from app.answering.evidence import Evidence, place_of
from app.answering.kinds import Kind, kind_of, wants_count
from app.answering.notes import notes_for
from app.answering.targets import container, mapping_rows, measures_in, term_clause
from app.answering.terms import answer_occurrences, pattern_of
from app.answering.verify import verified
from app.answering.words import join, say
from corpus.catalogue import load_catalogue
from corpus.home import Home
from corpus.records import Answer, Clause, Declined, Document, Hit, Lang, Note
from index.question import Query, understand
from index.retrieve import Found, Retriever

LangChoice = Literal["auto", "zh", "en"]
_HITS = 10
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Which editions answer, and whether the user or the question named them."""

    editions: tuple[str, ...]
    named: bool


class Assistant:
    """Answers from one index generation. Nothing is kept between questions."""

    def __init__(self, retriever: Retriever, behind: bool = False) -> None:
        self.retriever = retriever
        self.behind = behind
        self._catalogue = load_catalogue()

    @classmethod
    def open(cls, home: Home, store_digest: str | None = None) -> Assistant:
        """The assistant over the live generation of a home.

        `store_digest`: of the corpus store as it is now; where the index was built from another one, answers say so.
        """
        retriever = Retriever.open(home.index)
        behind = store_digest is not None and store_digest != retriever.manifest.get("store_digest")
        return cls(retriever, behind)

    def ask(self, question: str, edition: str | None = None, lang: LangChoice = "auto") -> Answer:
        """Answer a question. `edition`: a version, `all`, or None for the newest edition whose text is here.

        Raises `UnknownEdition` for an edition that the catalogue does not list.
        """
        started = time.perf_counter()
        query = understand(question, None if lang == "auto" else lang)
        scope = self._scope(query, edition)
        kind = kind_of(query)
        work = _Work(self, query, scope, kind)
        draft, declined = work.run()
        return self._finish(work, draft, declined, started)

    # --- scope

    def _scope(self, query: Query, edition: str | None) -> Scope:
        with_text = self.retriever.editions_with_text
        framework = tuple(e for e in with_text if e.startswith("aisgf@"))
        if edition == "all":
            return Scope(framework, named=True)
        if edition is not None:
            return Scope((self._catalogue.edition(edition).id,), named=True)
        if query.editions:
            return Scope(query.editions, named=True)
        return Scope(tuple(reversed(framework)), named=False)

    # --- the answer as a record

    def _finish(self, work: _Work, draft: Draft, declined: Declined | None, started: float) -> Answer:
        statements, citations = verified(
            draft.statements, work.evidence.citations, self.retriever.documents, work.citable
        )
        if declined is None and not statements:
            declined = work.decline("not_in_framework")
        composed = time.perf_counter()
        notes = () if declined else notes_for(work.desk, draft, citations, work.scope_named, self.behind)
        return Answer(
            answer_id=self._answer_id(work),
            question=work.query.text,
            lang=work.query.lang,
            editions=work.used,
            type=work.kind,
            text="" if declined else "\n".join(statement.text for statement in statements),
            statements=() if declined else statements,
            citations=() if declined else citations,
            declined=declined,
            notes=notes if not declined else self._behind_note(work.query.lang),
            hits=work.hits,
            ms={
                "retrieve": round(1000 * work.retrieve_seconds, 3),
                "compose": round(1000 * (composed - started - work.retrieve_seconds), 3),
            },
        )

    def _behind_note(self, lang: Lang) -> tuple[Note, ...]:
        return (Note("index_behind", say("note_index_behind", lang)),) if self.behind else ()

    def _answer_id(self, work: _Work) -> str:
        key = [work.query.text, work.query.lang, work.scope.editions, self.retriever.generation, version("tiaowen")]
        return hashlib.sha256(json.dumps(key, ensure_ascii=False).encode()).hexdigest()[:16]


class _Work:
    """One question being answered."""

    def __init__(self, assistant: Assistant, query: Query, scope: Scope, kind: Kind) -> None:
        self.retriever = assistant.retriever
        self.query = query
        self.scope = scope
        self.scope_named = scope.named
        self.kind = kind
        self.evidence = Evidence(query.lang)
        self.hits: tuple[Hit, ...] = ()
        self.used: tuple[str, ...] = scope.editions[:1]
        self.citable: tuple[str, ...] = scope.editions
        self.retrieve_seconds = 0.0

    @property
    def desk(self) -> Desk:
        return Desk(self.retriever, self.query, self.query.lang, self.used, self.evidence)

    def run(self) -> tuple[Draft, Declined | None]:
        """Dispatch by kind; a kind that finds nothing of its own falls back to looking up."""
        draft = Draft()
        if self.query.unknown_versions:
            return draft, self._no_text(self.query.unknown_versions)
        if self.kind == "diff":
            return self._difference(draft)
        if self.kind == "count" and pattern_of(self.query):
            self.used = self.citable = self._with_body()
            if not self.used:
                return draft, self._no_text(self._versions(self.scope.editions))
            answer_occurrences(self.desk, draft)
            return draft, None
        return self._from_clauses(draft)

    # --- differences

    def _difference(self, draft: Draft) -> tuple[Draft, Declined | None]:
        pair = self._pair()
        missing = [e for e in pair if e not in self.retriever.editions_with_text]
        if missing or len(pair) < 2:
            return draft, self._no_text(self._versions(missing) or ("?",), self._notice_hits(missing))
        lineage = lineage_between(self.desk, *pair)
        if lineage is None:
            return draft, self._no_text(self._versions(pair))
        self.used = self.citable = (lineage.old, lineage.new)
        answer_difference(self.desk, draft, lineage)
        if draft.statements:
            return draft, None
        return draft, self.decline("not_in_framework")

    def _pair(self) -> tuple[str, ...]:
        """The two editions compared, older first; one named is compared with its neighbour, none: the two newest."""
        published = [e.id for e in load_catalogue().of_work()]
        named = [e for e in published if e in self.query.editions]
        if len(named) >= 2:
            return named[0], named[-1]
        with_text = [e for e in published if e in self.retriever.editions_with_text]
        if not named:
            if self.query.latest:
                return published[-2], published[-1]
            return tuple(with_text[-2:])
        at = published.index(named[0])
        return (published[at - 1], named[0]) if at else tuple(published[:2])

    # --- clauses

    def _from_clauses(self, draft: Draft) -> tuple[Draft, Declined | None]:
        found = self._search()
        if found is None:
            return draft, self._no_text(self._versions(self.scope.editions))
        if not found.answerable and not self.query.paths:
            reason = "off_topic" if found.signals.known < _OFF_TOPIC else "not_in_framework"
            return draft, self.decline(reason)
        if self.query.paths and not any("number" in hit.ranks for hit in found.hits):
            return draft, self.decline("not_in_edition" if self.scope_named else "not_in_framework")
        if not self._particular(draft):
            quote_clauses(self.desk, draft, self._ordered(found.hits))
        return draft, None

    def _search(self) -> Found | None:
        """Search edition by edition, newest first, until one answers; None where no edition in scope has any text."""
        parts = self._parts()
        best: Found | None = None
        for edition in self._searched_editions():
            started = time.perf_counter()
            found = self.retriever.search(self.query, k=_HITS, editions=[edition], parts=parts)
            self.retrieve_seconds += time.perf_counter() - started
            if not found.hits:
                continue
            if best is None or (found.answerable and not best.answerable):
                best, self.hits, self.used = found, found.hits, (edition,)
            if found.answerable:
                break
        self.citable = self.used
        return best

    def _searched_editions(self) -> Sequence[str]:
        if self.kind == "who_when" and self.query.latest and not self.scope_named:
            return [load_catalogue().newest().id]
        return self.scope.editions

    def _parts(self) -> list[Literal["body", "notice"]]:
        return ["notice", "body"] if self.kind in ("who_when", "lookup", "summary") else ["body"]

    def _ordered(self, hits: Sequence[Hit]) -> list[Hit]:
        """For questions about the publication the announcement first, otherwise the body; each in its order."""
        first = "notice" if self.kind == "who_when" else "body"
        if self.scope.editions and self.used[0] not in self.retriever.editions_with_text:
            return list(hits)
        mine = [hit for hit in hits if hit.passage.part == first]
        return mine or list(hits)

    def _particular(self, draft: Draft) -> bool:
        """Compose a list, clause, definition or mapping answer; False if the question wants none of them after all."""
        edition, desk = self.used[0], self.desk
        document = self.retriever.document(edition, self.query.lang) or self._any_body(edition)
        if document is None:
            return False
        if self.kind == "clause" or (self.query.paths and self.kind == "list"):
            return self._clauses(draft, document)
        if self.kind == "definition":
            clause = term_clause(desk, document)
            if clause is None:
                return False
            show_clause(desk, draft, document, clause)
            return True
        if self.kind == "mapping":
            return self._mapping(draft, document)
        if self.kind in ("list", "summary"):
            target = container(desk, document, self.hits, self.kind)
            if target is None:
                return False
            list_children(desk, draft, document, target, counted=wants_count(self.query))
            return True
        return False

    def _any_body(self, edition: str) -> Document | None:
        return next((d for d in self.retriever.documents.values() if d.edition == edition and d.part == "body"), None)

    def _clauses(self, draft: Draft, document: Document) -> bool:
        shown = [document.by_path[path] for path in self.query.paths if path in document.by_path]
        for clause in shown:
            show_clause(self.desk, draft, document, clause)
        return bool(shown)

    def _mapping(self, draft: Draft, document: Document) -> bool:
        rows = mapping_rows(self.desk, document, self.hits)
        for row in rows:
            show_clause(self.desk, draft, document, row)
            measures = measures_in(document, row)
            if measures:
                self._measures(draft, document, measures)
        return bool(rows)

    def _measures(self, draft: Draft, document: Document, measures: Sequence[Clause]) -> None:
        lines: list[str] = []
        markers = [add_item(self.desk, draft, document, clause, lines) for clause in measures]
        head = say("measures_of", self.query.lang, mark="")
        draft.add(head + join(lines, self.query.lang), markers)

    # --- refusals

    def decline(self, reason: Literal["off_topic", "not_in_framework", "not_in_edition"]) -> Declined:
        """A refusal with the nearest clauses, which are not an answer."""
        version = ", ".join(self._versions(self.used))
        message = say(f"declined_{reason}", self.query.lang, version=version)
        return Declined(reason, message, nearest=tuple(hit.passage.clause for hit in self.hits[:_NEAREST]))

    def _no_text(self, versions: Sequence[str], hits: Sequence[Hit] = ()) -> Declined:
        known = ", ".join(self._versions(e for e in self.retriever.editions_with_text if e.startswith("aisgf@")))
        message = say("declined_no_text", self.query.lang, version=", ".join(versions), known=known)
        return Declined("no_text", message, nearest=tuple(hit.passage.clause for hit in hits[:_NEAREST]))

    def _notice_hits(self, editions: Sequence[str]) -> Sequence[Hit]:
        if not editions:
            return ()
        return self.retriever.search(self.query, k=_NEAREST, editions=editions, parts=["notice"]).hits

    def _with_body(self) -> tuple[str, ...]:
        return tuple(e for e in self.scope.editions if e in self.retriever.editions_with_text)

    @staticmethod
    def _versions(editions: object) -> tuple[str, ...]:
        return tuple(str(edition).partition("@")[2] for edition in editions)  # type: ignore[attr-defined]


_OFF_TOPIC = 0.5
"""Below this share of known words a refused question counts as off topic."""


def place(document: Document, clause: Clause, lang: Lang) -> str:
    """Where a clause stands, for screens and the command line."""
    return place_of(document, clause, lang)
