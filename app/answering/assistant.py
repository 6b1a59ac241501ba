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
from dataclasses import replace
from functools import cache
from typing import Literal

from app.answering.compose import Draft
from app.answering.kinds import kind_of
from app.answering.notes import notes_for
from app.answering.recount import Basis
from app.answering.verify import holds, report, verified
from app.answering.words import say
from app.answering.work import Scope, Work
from corpus.catalogue import load_catalogue
from corpus.home import Home
from corpus.ids import of_framework
from corpus.receipts import running_version
from corpus.records import Answer, Citation, Declined, Lang, Note, Status
from index.question import Query
from index.retrieve import Retriever

LangChoice = Literal["auto", "zh", "en"]


class Assistant:
    """Answers from one index generation. Nothing is kept between questions."""

    def __init__(self, retriever: Retriever, behind: bool = False) -> None:
        self.retriever = retriever
        self.behind = behind
        self._catalogue = load_catalogue()
        self.only = cache(self._only)

    @classmethod
    def open(cls, home: Home, store_digest: str | None = None) -> Assistant:
        """The assistant over the live generation of a home.

        `store_digest`: of the corpus store as it is now; where the index was built from another one, answers say so.
        """
        retriever = Retriever.open(home.index)
        behind = store_digest is not None and store_digest != retriever.manifest.get("store_digest")
        return cls(retriever, behind)

    def _only(self, statuses: tuple[Status, ...]) -> Assistant:
        """This assistant as if the corpus held texts of these statuses alone; kept, and equal to it where none is named."""
        return Assistant(self.retriever.only(statuses), self.behind) if statuses else self

    def ask(self, question: str, edition: str | None = None, lang: LangChoice = "auto") -> Answer:
        """Answer a question. `edition`: a version, `all`, or None for the newest edition whose text is here.

        Raises `UnknownEdition` for an edition that the catalogue does not list.
        """
        started = time.perf_counter()
        query = self.retriever.read(question, None if lang == "auto" else lang)
        scope = self.scope(query, edition)
        kind = kind_of(query)
        work = Work(self.retriever, query, scope, kind)
        draft, declined = work.run()
        return self._finish(work, draft, declined, started)

    def editions_asked(self, question: str, edition: str | None = None) -> tuple[str, ...]:
        """The editions a question is about: the one chosen; both compared; those named; else the newest with text."""
        query = self.retriever.read(question)
        scope = self.scope(query, edition)
        return scope.editions if edition else Work(self.retriever, query, scope, kind_of(query)).editions_at_first()

    # --- scope

    def scope(self, query: Query, edition: str | None) -> Scope:
        """The editions that may answer: the one chosen (`all`: every one with text), else those named, else all, newest first."""
        with_text = self.retriever.editions_with_text
        framework = tuple(e for e in with_text if of_framework(e))
        if edition == "all":
            return Scope(framework, named=True)
        if edition is not None:
            return Scope((self._catalogue.edition(edition).id,), named=True)
        if query.editions:
            return Scope(query.editions, named=True)
        return Scope(tuple(reversed(framework)), named=False)

    # --- the answer as a record

    def _finish(self, work: Work, draft: Draft, declined: Declined | None, started: float) -> Answer:
        answer_id = self._answer_id(work)
        found = verified(draft.statements, work.evidence.citations, self._basis(work))
        report(answer_id, found)
        if declined is None and not found.statements:
            declined = work.decline("not_in_framework")
        if declined is not None and declined.evidence:
            shown = tuple(one for one in declined.evidence if holds(one, self.retriever.documents))
            declined = replace(declined, evidence=shown) if shown else work.decline("not_in_framework")
        composed = time.perf_counter()
        notes = () if declined else self._notes(work, draft, found.citations)
        return Answer(
            answer_id=answer_id,
            question=work.query.text,
            lang=work.query.lang,
            editions=work.used,
            type=work.kind,
            text="" if declined else "\n".join(statement.text for statement in found.statements),
            statements=() if declined else found.statements,
            citations=() if declined else found.citations,
            declined=declined,
            notes=notes if not declined else self._behind_note(work.query.lang),
            hits=work.hits,
            ms={
                "retrieve": round(1000 * work.retrieve_seconds, 3),
                "compose": round(1000 * (composed - started - work.retrieve_seconds), 3),
            },
        )

    def _basis(self, work: Work) -> Basis:
        return Basis(self.retriever.documents, self.retriever.lineages, work.used, work.query.lang)

    def _notes(self, work: Work, draft: Draft, citations: Sequence[Citation]) -> tuple[Note, ...]:
        return notes_for(work.desk, draft, citations, kind=work.kind, named=work.scope.named, behind=self.behind)

    def _behind_note(self, lang: Lang) -> tuple[Note, ...]:
        return (Note("index_behind", say("note_index_behind", lang)),) if self.behind else ()

    def _answer_id(self, work: Work) -> str:
        scope = [work.scope.editions, work.scope.named, self.behind, *self.retriever.statuses]
        key = [work.query.text, work.query.lang, *scope, self.retriever.generation, running_version()]
        return hashlib.sha256(json.dumps(key, ensure_ascii=False).encode()).hexdigest()[:16]
