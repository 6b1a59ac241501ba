"""What was typed and the answer that it follows; here a rewritten question is made, and read back before it is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.answering.followup_words import pattern
from app.answering.kinds import kind_of
from app.answering.subject import Cited, Subject, named, subject_of
from corpus.ids import of_framework
from corpus.records import Answer, Lang
from corpus.text import fold, language
from index.question import Query, understand

Why = Literal["edition", "language", "subject", "topic", "change"]
_LETTER = re.compile(r"[^\W\d_]")
_MOST = 6
"""Clauses named in one question."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a follow-up asks in full. `editions`: those it names, which win over the scope; `lang`: of the answer; `why`: what
    it changes of the last question (`edition`, `language`, `topic`) or asks of its answer (`subject`, `change`)."""

    question: str
    editions: tuple[str, ...]
    lang: Lang
    why: Why


@dataclass(frozen=True)
class Talk:
    """The question typed and the answer before it."""

    typed: str
    last: Answer

    @cached_property
    def lang(self) -> Lang:
        """The language of what was typed, numbers of clauses apart; of the last answer where it has no words."""
        words = pattern("path").sub(" ", fold(self.typed).text)
        return language(words) if _LETTER.search(words) else self.last.lang

    @cached_property
    def subject(self) -> Subject:
        """What the last answer was about."""
        return subject_of(self.last)

    @cached_property
    def before(self) -> Query:
        """The last question, understood."""
        return understand(self.last.question)

    @property
    def edition(self) -> str | None:
        """The edition that the last answer rests on, of two compared the newer; None where it is another work's."""
        edition = self.last.editions[-1] if self.last.editions else None
        return edition if edition and of_framework(edition) else None

    @property
    def version(self) -> str:
        """Its version, `2.0`; empty where there is none."""
        return (self.edition or "").partition("@")[2]

    @property
    def of_risks(self) -> bool:
        """Whether the last question was about a risk, or about what is done against one."""
        text = fold(self.last.question).text
        return any(pattern(name).search(text) for name in ("risky", "measures"))

    def found(self, question: str, why: Why, lang: Lang | None = None) -> FollowUp:
        """A rewritten question."""
        return FollowUp(question, understand(question).editions, lang or self.lang, why)

    def certain(
        self,
        question: str,
        why: Why,
        *,
        editions: Collection[str],
        clauses: Collection[Cited] = (),
        kinds: Collection[str] = (),
    ) -> FollowUp | None:
        """A rewritten question, if it is read back as it is meant; without `kinds`, as any but a comparison."""
        query = understand(question, self.lang)
        kind = kind_of(query)
        meant = kind in kinds if kinds else kind != "diff"
        if meant and {*query.editions} == {*editions} and {*query.paths} == {one.path for one in clauses}:
            return self.found(question, why)
        return None

    def about(
        self,
        clauses: Sequence[Cited],
        worded: Callable[[str], str],
        why: Why = "subject",
        *,
        editions: Collection[str] = (),
        kinds: Collection[str] = (),
    ) -> FollowUp | None:
        """A question about clauses of one edition, `worded` from their name: without the heading where that would be misread."""
        if not 0 < len(clauses) <= _MOST or len({one.edition for one in clauses}) > 1:
            return None
        editions = editions or (clauses[0].edition,)
        for headed in (True, False):
            question = worded(named(clauses, self.lang, headed))
            if found := self.certain(question, why, editions=editions, clauses=clauses, kinds=kinds):
                return found
        return None
