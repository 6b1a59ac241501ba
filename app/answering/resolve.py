"""What each kind of fragment asks after an answer: one rule a kind, `(talk, fragment) -> FollowUp`, or None if not certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from app.answering.followup_words import ask, noun_fits, pattern
from app.answering.fragment import Fragment
from app.answering.subject import cited_by
from app.answering.talk import FollowUp, Talk, Why
from corpus.catalogue import load_catalogue
from corpus.ids import is_below
from corpus.records import Lang
from corpus.text import fold, language
from index.editions import edition_places
from index.question import understand

Rule = Callable[[Talk, Fragment], FollowUp | None]
EDITIONS = frozenset({"edition", "newest", "previous", "next"})
"""Marks that name an edition."""
_ASKING = re.compile(
    r"(?:What|Which|Who|Whom|Whose|When|Where|Why|How|Is|Are|Was|Were|Do|Does|Did|Has|Have|Can|Must|Should|In|Into|On|Of|By"
    r"|For|With|At|Under|Please|List|Tell|Show|Give|Explain|Name)\b"
)
"""First words that are written small inside a sentence."""


def rule_of(fragment: Fragment) -> Rule | None:
    """The rule for what a fragment asks, and for nothing beside it; the first that fits."""
    marks = fragment.marks
    if len(marks & EDITIONS) > 1:
        return None
    for needed, allowed, rule in _RULES:
        if marks & needed and marks <= needed | allowed:
            return rule
    return in_full if fragment.points == {"it", "saying"} and not marks else None


# --- another language, another edition


def in_language(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """The same question, answered in the other language."""
    wanted: Lang = "zh" if "chinese" in fragment.marks else "en"
    return None if {"chinese", "english"} <= fragment.marks else talk.found(talk.last.question, "language", wanted)


def in_edition(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """The same question of another edition. Numbers are not stable: of a clause it asks what that was, or became."""
    edition = _edition_meant(talk, fragment)
    own_matter = "countering" in fragment.marks and "it" not in fragment.points
    if edition is None or talk.edition is None or own_matter:
        return None
    if talk.before.paths:
        return _compared(talk, edition, "edition") if edition != talk.edition else None
    version = edition.partition("@")[2]
    if talk.last.type == "diff":
        topic = talk.subject.topic
        question = ask("says", talk.lang, version=version, topic=topic)
        return talk.certain(question, "edition", editions=[edition]) if topic else None
    question = _with_edition(talk.last.question, version)
    return talk.found(question, "edition") if understand(question).editions == (edition,) else None


def _edition_meant(talk: Talk, fragment: Fragment) -> str | None:
    """The edition that a fragment names, or the one before or after that of the last answer."""
    if fragment.edition or talk.edition is None:
        return fragment.edition
    step = -1 if "previous" in fragment.marks else 1 if "next" in fragment.marks else 0
    return _neighbour(talk.edition, step) if step else None


def _neighbour(edition: str, step: int) -> str | None:
    published = [one.id for one in load_catalogue().of_work()]
    at = published.index(edition) + step
    return published[at] if 0 <= at < len(published) else None


def _with_edition(question: str, version: str) -> str:
    """A question with another edition: in the place of the one it names, else before it; one that names several stays.

    >>> _with_edition("1.0版的原则有哪些？", "2.0"), _with_edition("How many principles are there?", "1.0")
    ('2.0版的原则有哪些？', 'In 1.0, how many principles are there?')
    """
    folded = fold(question)
    spans = [folded.span(start, end) for start, end in edition_places(folded.text)]
    lang = language(question)
    if len(spans) > 1:
        return question
    if spans:
        said = spans[0].of(question)
        new = version if not said.strip("vV.0123456789") else f"{version}版" if lang == "zh" else f"edition {version}"
        return f"{question[: spans[0].start]}{new}{question[spans[0].end :]}"
    if _ASKING.match(question):
        question = question[0].lower() + question[1:]
    return ask("in_edition", lang, version=version, question=question)


# --- what changed


def changed(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """What the last answer was about, compared; but "what is new in 2.0?" is about the whole edition."""
    against = fragment.marks & {"against", "both"} or "it" in fragment.points
    if fragment.marks & EDITIONS and not against:
        return None
    return _compared(
        talk, _edition_meant(talk, fragment), "change", "stricter" if "stricter" in fragment.marks else "changed"
    )


def _compared(talk: Talk, other: str | None, why: Why, key: str = "changed") -> FollowUp | None:
    """What the last answer was about, in its edition and in another one: the one before it, unless another is named."""
    own, subject = talk.edition, talk.subject
    if own is None:
        return None
    if other is None or other == own:
        other = _neighbour(own, -1) or _neighbour(own, 1)
    if other is None:
        return None
    version = other.partition("@")[2]
    clauses = [subject.whole] if subject.whole else [] if subject.topic else subject.items
    if clauses:
        worded = partial(_worded, key, talk.lang, other=version)
        return talk.about(clauses, worded, why, editions={own, other}, kinds=["diff"])
    old, new = sorted((talk.version, version))
    question = ask(f"{key}_topic", talk.lang, topic=subject.topic, old=old, new=new)
    return talk.certain(question, why, editions={own, other}, kinds=["diff"]) if subject.topic else None


def _worded(key: str, lang: Lang, what: str, **parts: str) -> str:
    return ask(key, lang, what=what, **parts)


# --- what the last answer was about


def in_full(talk: Talk, _: Fragment) -> FollowUp | None:
    """The words of the clauses themselves; of a list, those of its items."""
    subject = talk.subject
    clauses = subject.items if subject.lists or subject.whole is None else (subject.whole,)
    return talk.about(clauses, partial(_worded, "full", talk.lang))


def item(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """One of the clauses listed or quoted, by its number or its mark."""
    if fragment.marker is not None:
        marked = (cited_by(citation) for citation in talk.last.citations if citation.marker == fragment.marker)
        return talk.about([one for one in marked if one], partial(_worded, "full", talk.lang))
    items, nth = talk.subject.items, fragment.nth or 0
    chosen = items[-1:] if nth < 0 else items[nth - 1 : nth]
    fitting = [one for one in chosen if len(items) > 1 and noun_fits(fragment.noun, one.path)]
    return talk.about(fitting, partial(_worded, "full", talk.lang))


def numbered(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """A clause by its number, in the edition in which the last answer cites it; others stand by themselves."""
    cited = {one for citation in talk.last.citations if (one := cited_by(citation)) and one.path == fragment.path}
    goes_on = "full" in fragment.marks or talk.before.editions == (talk.edition,)
    return talk.about(list(cited), partial(_worded, "full", talk.lang)) if len(cited) == 1 and goes_on else None


def measures(talk: Talk, _: Fragment) -> FollowUp | None:
    """The measures against the risk that was spoken of."""
    whole, topic = talk.subject.leaf, talk.subject.topic if talk.of_risks else None
    if talk.edition is None:
        return None
    if whole and is_below(whole.path, "3"):
        return talk.about([whole], partial(_worded, "measures_risk", talk.lang), kinds=["mapping"])
    if whole:
        dangerous = is_below(whole.path, "A3") and pattern("danger").search(fold(whole.heading).text)
        topic = f"“{whole.heading}”" if dangerous else None
    question = ask("measures_topic", talk.lang, version=talk.version, topic=topic)
    return talk.certain(question, "subject", editions=[talk.edition], kinds=["mapping"]) if topic else None


def who(talk: Talk, fragment: Fragment) -> FollowUp | None:
    """Who has to see to it."""
    marks, whole, topic = fragment.marks, talk.subject.leaf, talk.subject.topic
    acts = marks & {"answerable", "duty", "countering"} and ("measures" not in marks or "it" in fragment.points)
    if talk.edition is None or not acts:
        return None
    if whole and not whole.heading:
        return talk.about([whole], partial(_worded, "who_clause", talk.lang))
    if whole:
        key = "who_risk" if is_below(whole.path, "3") else "who_heading"
        question = ask(key, talk.lang, version=talk.version, heading=whole.heading)
    else:
        question = ask("who_topic", talk.lang, version=talk.version, topic=topic)
    return talk.certain(question, "subject", editions=[talk.edition], kinds=["lookup"]) if whole or topic else None


def why(talk: Talk, _: Fragment) -> FollowUp | None:
    """Why an edition was published: after an answer about its publication, or about all that changed."""
    paths = [citation.clause.partition("#")[2] for citation in talk.last.citations]
    published = talk.last.type != "diff" and all(path.startswith("notice") for path in paths)
    overall = talk.last.type == "diff" and not talk.subject.topic and not talk.before.paths
    if talk.edition is None or not paths or not (published or overall):
        return None
    return talk.certain(
        ask("why", talk.lang, version=talk.version), "subject", editions=[talk.edition], kinds=["who_when"]
    )


_RULES: tuple[tuple[frozenset[str], frozenset[str], Rule], ...] = (
    (frozenset({"chinese", "english"}), frozenset({"full"}), in_language),
    (frozenset({"why"}), frozenset({"changed", "publishing"}), why),
    (frozenset({"changed", "stricter", "both", "against"}), EDITIONS | {"full"}, changed),
    (EDITIONS, frozenset({"full", "countering"}), in_edition),
    (frozenset({"nth", "marked"}), frozenset({"full", "measures", "countering"}), item),
    (frozenset({"path"}), frozenset({"full"}), numbered),
    (frozenset({"measures", "countering"}), frozenset({"full", "duty"}), measures),
    (frozenset({"who", "answerable"}), frozenset({"duty", "measures", "countering", "full"}), who),
    (frozenset({"full"}), frozenset(), in_full),
)
"""What a fragment must ask for, what it may ask for beside that, and the rule."""
