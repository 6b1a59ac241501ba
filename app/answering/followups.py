"""Follow-ups: a question that goes on from the last answer, rewritten as one that stands by itself. Rules, no model.

    last question                     typed                       asked
    日志要留存多久？                    1.0呢？                      1.0版中，日志要留存多久？
    What is clause 3.1.1(f) about?    which measures answer it?   Which measures address 2.0 §3.1.1(f) “Model defect …”?
    How did open source change?       and supply chains?          How did supply chains change?
    any                               Who labels data?            as it stands

    followup_words  the wordings (followups.toml)      subject  what the last answer was about
    fragment        a question without a matter        talk     a rewritten question, made and read back
    resolve         what each kind of fragment asks

A question is rewritten only if it consists of words without a matter of their own, swaps the matter of the last one, or
points at the one clause spoken of, and only if the rewritten question is then read as it is meant: its editions, its clauses
and its kind are read back. We chose silence over guessing: a question misread costs more than one asked as it stands.
"""

from __future__ import annotations

import re
from functools import partial

from app.answering.followup_words import noun_fits, pattern
from app.answering.fragment import read_fragment, says_nothing
from app.answering.resolve import rule_of
from app.answering.subject import agreeing, is_matter, topic_place, with_article
from app.answering.talk import FollowUp, Talk
from corpus.records import Answer, Span
from corpus.text import fold
from index.editions import edition_places
from index.numbers import find_paths
from index.question import understand

_HEADING = re.compile(r"\s*“[^”]*”")

__all__ = ["FollowUp", "follow_up"]


def follow_up(typed: str, last: Answer | None) -> FollowUp | None:
    """What a question asks after the last answer; None if it stands by itself, or cannot be resolved with certainty.

    >>> follow_up("它的措施呢？", None), follow_up("And in 1.0?", None)
    (None, None)
    """
    if last is None:
        return None
    talk = Talk(typed, last)
    fragment = read_fragment(typed)
    rule = rule_of(fragment) if fragment else None
    found = rule(talk, fragment) if rule and fragment else None
    return found or _another_matter(talk) or (_pointing(talk) if fragment is None else None)


# --- another matter in the same frame


def _another_matter(talk: Talk) -> FollowUp | None:
    """The last question with another matter, or another clause, in the place of its own."""
    match = pattern("topic").fullmatch(fold(talk.typed).text.strip(" ?？。.!！…"))
    words = next((said for said in match.groupdict().values() if said), "").strip() if match else ""
    if words and pattern("path").fullmatch(words):
        found = _swapped(talk, _clause_place(talk), words)
        return found if found and understand(found.question).paths == find_paths(words) else None
    swaps = is_matter(words) and not talk.before.paths
    return _swapped(talk, topic_place(talk.last.question), words) if swaps else None


def _swapped(talk: Talk, place: Span | None, folded_words: str) -> FollowUp | None:
    """The last question with other words in a place; an article before it goes, a verb agrees."""
    if place is None:
        return None
    question, folded = talk.last.question, fold(talk.typed)
    at = folded.text.find(folded_words)
    words = folded.span(at, at + len(folded_words)).of(talk.typed)
    place = with_article(question, place)
    return talk.found(f"{agreeing(question[: place.start], words)}{words}{question[place.end :]}", "topic")


def _clause_place(talk: Talk) -> Span | None:
    """Where the last question names its one clause, with the heading that stands beside it; the sign § stays."""
    question = talk.last.question
    folded = fold(question)
    editions = edition_places(folded.text)
    found = [match.span() for match in pattern("path").finditer(folded.text)]
    places = [(start, end) for start, end in found if not any(a < end and start < b for a, b in editions)]
    if len(talk.before.paths) != 1 or len(places) != 1:
        return None
    start, end = places[0]
    said = folded.text[start:end]
    span = folded.span(start + len(said) - len(said.lstrip(" §")), start + len(said.rstrip()))
    heading = _HEADING.match(question, span.end)
    return Span(span.start, heading.end()) if heading else span


# --- pointing


def _pointing(talk: Talk) -> FollowUp | None:
    """A question that says more, but points at the one clause spoken of before it says anything."""
    folded, query, whole = fold(talk.typed), understand(talk.typed), talk.subject.whole
    match = pattern("pointing").search(folded.text)
    if match is None or whole is None or query.outside or query.paths or query.editions:
        return None
    noun = next((said for said in match.groupdict().values() if said), None)
    if not noun_fits(noun, whole.path) or not says_nothing(folded.text[: match.start()]):
        return None
    span = folded.span(*match.span())
    return talk.about([whole], partial(_put, talk.typed, span))


def _put(question: str, place: Span, words: str) -> str:
    return f"{question[: place.start]}{words}{question[place.end :]}"
