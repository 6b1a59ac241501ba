"""One question being answered: which editions are searched, which composer is called, when and why it is declined."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.answering.compose import Desk, Draft, quote_account, quote_clauses, quote_nature
from app.answering.differences import answer_difference
from app.answering.elsewhere import answered_elsewhere
from app.answering.evidence import Evidence
from app.answering.kinds import (
    Kind,
    asks_generally,
    asks_newest,
    asks_why,
    diff_words,
    is_about_publication,
    says_nothing,
)
from app.answering.particular import Particular
from app.answering.premises import Correction, asserts, correction, evidence, still_there, without_removal
from app.answering.situation import answer_situation, fits
from app.answering.terms import answer_occurrences, is_description, occurs, pattern_of
from app.answering.topic import names_matter
from app.answering.words import listed, say
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.ids import of_framework
from corpus.records import LANGS, Declined, Hit, Note, Part
from corpus.text import fold
from index.found import Found
from index.lineage import between
from index.question import Query
from index.retrieve import Retriever

_HITS, _OF_SITUATION = 10, 30
_NEAREST = 3
_NOTICE_LEAD = 1.3
"""The announcement answers before the body only if it is this much more relevant, since it sums up everything."""

_ANNOUNCED = 0.5
"""An announcement answers for an edition without text where one of its readers' questions is this much like the question."""

_SURE, _AS_GOOD = 0.5, 0.5
"""An older edition answers an unscoped question from this probability on, the newest having less than this share of it."""

Outcome = tuple[Draft, Declined | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which editions answer, newest first, and whether the user or the question named them."""

    editions: tuple[str, ...]
    named: bool


class Work:
    """Answers one question; afterwards holds what the answer's record needs."""

    def __init__(self, retriever: Retriever, query: Query, scope: Scope, kind: Kind) -> None:
        self.retriever = retriever
        self.query = query
        self.scope = scope
        self.kind = kind
        self.evidence = Evidence(query.lang)
        self.hits: tuple[Hit, ...] = ()
        self.used: tuple[str, ...] = scope.editions[:1]
        self.retrieve_seconds = 0.0

    @property
    def desk(self) -> Desk:
        """What composers work with."""
        return Desk(self.retriever, self.query, self.query.lang, self.used, self.evidence)

    @property
    def particular(self) -> Particular:
        """Composes the answers with a form of their own."""
        return Particular(self.desk, self.kind, self.hits)

    def run(self) -> Outcome:
        """Dispatch by kind; a kind that finds nothing of its own falls back to looking up."""
        if self.query.unknown_versions:
            return Draft(), self._no_text(self.query.unknown_versions)
        if gone := self._said_to_be_gone():
            return Draft(), gone
        if self.kind == "diff":
            return self._difference()
        if self.kind == "count" and (pattern := pattern_of(self.query)):
            return self._occurrences(pattern)
        return self._from_clauses()

    def editions_at_first(self) -> tuple[str, ...]:
        """Where the answer is looked for first: in the two editions compared, those named, or the newest in scope."""
        if self.kind == "diff":
            return self._pair()
        return self.scope.editions if self.scope.named else self.scope.editions[:1]

    # --- differences and occurrences

    def _difference(self) -> Outcome:
        pair = self._pair()
        missing = [e for e in pair if e not in self.retriever.editions_with_text]
        if missing or len(pair) < 2:
            told = self._announced(missing) if names_matter(diff_words(self.query.read)) else None
            return told or (Draft(), self._no_text(_versions(missing), self._notice_hits(missing)))
        lineage = between(self.retriever.lineages, pair[0], pair[1], (self.desk.lang, *LANGS))
        if lineage is None:
            return Draft(), self._no_text(_versions(pair))
        self.used = (lineage.old, lineage.new)
        draft = Draft()
        answer_difference(self.desk, draft, lineage)
        return draft, None if draft.statements else self.decline("not_in_framework")

    def _pair(self) -> tuple[str, ...]:
        """The two editions compared, older first; one named is compared with its neighbour, none: the two newest."""
        published = [e.id for e in load_catalogue().of_work()]
        named = [e for e in published if e in self.query.editions or (self.scope.named and e in self.scope.editions)]
        if len(named) >= 2:
            return named[0], named[-1]
        if named:
            at = published.index(named[0])
            return (published[at - 1], named[0]) if at else tuple(published[:2])
        if asks_newest(self.query):
            return published[-2], published[-1]
        return tuple([e for e in published if e in self.retriever.editions_with_text][-2:])

    def _occurrences(self, pattern: str) -> Outcome:
        self.used = tuple(e for e in self.scope.editions if e in self.retriever.editions_with_text)
        if not self.scope.named:
            self.used = self.used[:1]
        if not self.used:
            return Draft(), self._no_text(_versions(self.scope.editions))
        if is_description(pattern) and not occurs(self.desk, pattern):
            return self._from_clauses()
        draft = Draft()
        answer_occurrences(self.desk, draft, pattern)
        return draft, None

    # --- clauses

    def _from_clauses(self) -> Outcome:
        draft = Draft()
        found = self.search()
        if found is None:
            return self._announced(self.scope.editions) or (draft, self._no_text(_versions(self.scope.editions)))
        if wrong := correction(self.desk, found):
            return draft, self._corrected(wrong)
        if self.kind == "summary" and self.particular.whole_edition(draft):
            return draft, None
        reason = self._reason_to_decline(found)
        silent = reason is not None and reason.reason == "not_in_edition"
        listed = self.kind in ("list", "definition") and not self.query.outside and not silent
        composed = (reason is None or listed) and self.particular.compose(draft)
        if reason is not None and not composed:
            return draft, reason
        if not composed:
            self._quoted(draft, self._ordered(found.hits))
        return draft, None

    def _quoted(self, draft: Draft, hits: Sequence[Hit]) -> None:
        """The clauses that answer: grouped for a situation, a section whole where it is meant so, else the probable ones."""
        if self.kind == "scenario" and answer_situation(self.desk, draft, hits):
            return
        if self.kind in ("list", "lookup", "scenario") and self.particular.section(draft, hits):
            return
        told = self.kind == "who_when" and not asks_why(self.query)
        if told and hits and hits[0].passage.part == "notice":
            quote_account(self.desk, draft, hits)
        else:
            quote_clauses(self.desk, draft, hits)
        if told and is_about_publication(self.query):
            self._nature(draft)

    def _announced(self, editions: Sequence[str]) -> Outcome | None:
        """What the announcement of an edition without text says, where a reader's question shows that it answers."""
        for edition in [] if self.query.paths and self.kind != "diff" else editions:
            if edition in self.retriever.editions_with_text or not edition:
                continue
            found = self.retriever.search(self.query, k=_NEAREST, editions=[edition], parts=["notice"])
            if found.hits and found.answerable and (found.signals.alike or 0.0) >= _ANNOUNCED:
                self.used, self.hits = (edition,), found.hits
                version = load_catalogue().edition(edition).version
                draft = Draft(notes=[Note("announcement", say("note_announcement", self.query.lang, version=version))])
                best = next((hit for hit in found.hits if "alike" in hit.ranks), found.hits[0])
                quote_clauses(self.desk, draft, [best])
                return draft, None
        return None

    def _nature(self, draft: Draft) -> None:
        announcement = self.retriever.document(self.used[0], self.query.lang, "notice")
        if announcement is not None:
            quote_nature(self.desk, draft, announcement)

    def search(self) -> Found | None:
        """Search edition by edition, newest first, until one answers; None where no edition in scope has any text.

        An older edition answers a question that names none only if it surely does, and the newest surely does not: a
        reader takes such an answer for the newest's.
        """
        tried: list[tuple[str, Found]] = []
        for edition in self._searched_editions():
            started = time.perf_counter()
            found = self.retriever.search(
                self.query,
                k=_OF_SITUATION if self.kind == "scenario" else _HITS,
                editions=[edition],
                parts=self._parts(),
            )
            self.retrieve_seconds += time.perf_counter() - started
            if found.hits:
                tried.append((edition, found))
            if _has_number(found) if self.query.paths else found.answerable:
                break
        if not tried:
            return None
        edition, best = tried[-1] if self._prevails(tried) else tried[0]
        self.hits, self.used = best.hits, (edition,)
        return best

    def _prevails(self, tried: Sequence[tuple[str, Found]]) -> bool:
        """Whether the last edition tried answers rather than the first."""
        first, last = tried[0][1], tried[-1][1]
        if self.query.paths or self.scope.named or len(tried) == 1:
            return _has_number(last) if self.query.paths else last.answerable
        sure = last.answerable and last.judgement.probability["answer"] >= _SURE
        return sure and first.judgement.probability["answer"] < _AS_GOOD * last.judgement.probability["answer"]

    def _searched_editions(self) -> Sequence[str]:
        if self.kind == "who_when" and self.query.latest:
            return [load_catalogue().newest().id]
        if self.kind == "who_when" and asks_why(self.query):
            return [max(self.scope.editions)]
        return self.scope.editions

    def _parts(self) -> list[Part]:
        if self.kind == "who_when" and is_about_publication(self.query) and not asks_why(self.query):
            return ["notice"]
        return ["notice", "body"] if self.kind in ("who_when", "lookup", "summary") else ["body"]

    def _reason_to_decline(self, found: Found) -> Declined | None:
        if self.query.paths:
            if _has_number(found):
                return None
            return self.decline("not_in_edition" if self.scope.named else "not_in_framework")
        if says_nothing(self.query):
            return self.decline("ambiguous")
        if elsewhere := self._headed_elsewhere():
            return self._elsewhere(elsewhere)
        if other := self._answered_elsewhere(found):
            return self._elsewhere(sorted({hit.passage.edition for hit in other.hits}))
        return None if self._is_answered(found) else self._unanswered(found)

    def _is_answered(self, found: Found) -> bool:
        if self.kind == "scenario" and asks_generally(self.query) and not found.judgement.off_topic:
            return fits(found.hits, self.query.lang)
        return found.answerable or (self.kind == "who_when" and is_about_publication(self.query))

    def _unanswered(self, found: Found) -> Declined:
        if self.scope.named and self._only_lacks_body():
            return self._no_text(_versions(self.scope.editions), found.hits)
        return self.decline("off_topic" if found.judgement.off_topic else "not_in_framework")

    def _headed_elsewhere(self) -> Sequence[str]:
        return self.retriever.headed_elsewhere(self.query, self.scope.editions[0]) if self._names_one() else ()

    def _answered_elsewhere(self, found: Found) -> Found | None:
        if not self._names_one() or self.kind == "who_when":
            return None
        own = self.scope.editions[0]
        others = [one for one in self.retriever.editions_with_text if of_framework(one) and one != own]
        return answered_elsewhere(self.retriever, found, own, others)

    def _names_one(self) -> bool:
        """Whether the question is of one edition, and that has a body."""
        return len(self.scope.editions) == 1 and self.scope.named and not self._only_lacks_body()

    def _only_lacks_body(self) -> bool:
        return not any(edition in self.retriever.editions_with_text for edition in self.scope.editions)

    def _ordered(self, hits: Sequence[Hit]) -> list[Hit]:
        """For questions about the publication the announcement first, otherwise the body; each in its order."""
        notice = [hit for hit in hits if hit.passage.part == "notice" and hit.passage.clause.count(".") > 1]
        body = [hit for hit in hits if hit.passage.part == "body"]
        if self.kind == "who_when" and asks_why(self.query):
            return [hit for hit in hits if hit.passage.clause.endswith("#preface")] + notice or list(hits)
        if self.kind == "who_when":
            first = [hit for hit in notice if hit.passage.clause.endswith("#notice.1")] if self.query.latest else []
            return [*first, *(hit for hit in notice if hit not in first)] or body
        if not body or (notice and notice[0].relevance > _NOTICE_LEAD * max(hit.relevance for hit in body[:3])):
            return notice or list(hits)
        return body

    # --- refusals

    def _said_to_be_gone(self) -> Declined | None:
        """The refusal of a question why something was taken out that is still there; None where it is gone, or not asked."""
        text = fold(self.query.read).text
        newest = next((e for e in self.scope.editions if e in self.retriever.editions_with_text), None)
        if newest is None or not asserts(text, "removed"):
            return None
        thing = self.retriever.read(without_removal(text), self.query.lang)
        found = self.retriever.search(thing, k=_HITS, editions=[newest], parts=["body"])
        wrong = still_there(replace(self.desk, editions=(newest,)), found)
        if wrong is None:
            return None
        self.used, self.hits = (newest,), found.hits
        return self._corrected(wrong)

    def _corrected(self, wrong: Correction) -> Declined:
        """A refusal with what the text does say, apart from any answer."""
        message = say(wrong.key, self.query.lang, version=", ".join(_versions(self.used)), **wrong.parts)
        nearest = tuple(dict.fromkeys(hit.passage.clause for hit in self.hits[:_NEAREST]))
        return Declined("false_premise", message, evidence(self.desk, wrong), nearest)

    def decline(self, reason: str) -> Declined:
        """A refusal with the nearest clauses, which are not an answer."""
        message = say(f"declined_{reason}", self.query.lang, version=", ".join(_versions(self.used)))
        nearest = tuple(hit.passage.clause for hit in self.hits[:_NEAREST])
        return Declined(reason, message, nearest=nearest)  # type: ignore[arg-type]

    def _elsewhere(self, editions: Sequence[str]) -> Declined:
        """That the edition asked for is silent, with the clauses of those that are not."""
        others = ", ".join(_versions(editions))
        message = say("declined_elsewhere", self.query.lang, version=", ".join(_versions(self.used)), others=others)
        hits = self.retriever.search(self.query, k=_NEAREST, editions=editions, parts=["body"]).hits
        return Declined("not_in_edition", message, nearest=tuple(hit.passage.clause for hit in hits))

    def _no_text(self, versions: Sequence[str], hits: Sequence[Hit] = ()) -> Declined:
        lang = self.query.lang
        known = ", ".join(_versions(e for e in self.retriever.editions_with_text if of_framework(e)))
        if kinds := self.retriever.statuses:
            named = listed([tell(kind, lang) for kind in kinds], lang)
            version = say("edition_named", lang, version=", ".join(versions)) if versions else say("edition_none", lang)
            message = say("declined_no_such_text", lang, version=version, kinds=named, known=known or say("none", lang))
        else:
            message = say("declined_no_text", lang, version=", ".join(versions) or "?", known=known)
        return Declined("no_text", message, nearest=tuple(hit.passage.clause for hit in hits[:_NEAREST]))

    def _notice_hits(self, editions: Sequence[str]) -> Sequence[Hit]:
        if not editions:
            return ()
        return self.retriever.search(self.query, k=_NEAREST, editions=editions, parts=["notice"]).hits


def _has_number(found: Found) -> bool:
    return any("number" in hit.ranks for hit in found.hits)


def _versions(editions: Iterable[str]) -> tuple[str, ...]:
    return tuple(edition.partition("@")[2] for edition in editions)
