"""False premises: what a question asserts of the text and the text does not bear out, with the clauses that correct it.

    "why did 2.0 abolish risk levels?"           taken out, it says; the edition still speaks of it
    "the four levels of risk", "the sixth level" counted otherwise than the clause counts
    "logs deleted after thirty days: where?"     another quantity than the clause's
    "why does it ban open source?"               forbidden, it says; the clause forbids nothing
    "as a law passed by the State Council, …"    the announcement says what the document is

A question to be answered yes or no asserts nothing. Where in doubt there is no correction: the rules speak only of what
the search found with good probability. How assertions are worded stands in `premises.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile

from app.answering.compose import Desk, nature_clause, pick, whole_heading
from app.answering.evidence import Evidence
from app.answering.figures import figures
from app.answering.selection import best
from app.answering.signs import phrases
from corpus.records import LANGS, Citation, Clause, Document, Hit
from corpus.text import fold
from index.found import Found
from index.passages import heading_span
from index.question import content_units, without_editions

SURE = 0.4
"""The clause that corrects a premise was found with this probability at least."""
HOLDS = 0.6
"""It holds this share of the words of what is said to be gone."""
_TIMES = frozenset({"day", "week", "month", "quarter", "year", "hour", "minute"})
_AFTER = 40
"""Characters after a numeral in which the noun counted stands."""
_MOST = 20
"""No clause has more parts that a question would count."""
_MEASURE = "项条个类种大"
_NOUN = re.compile(
    rf"[{_MEASURE}]*((?!第)[\u3400-\u9fff]{{2,8}}?)(?=[^\u3400-\u9fff]|[里中的下分]|$)"
    r"|\s*([a-z]+(?: [a-z]+){0,2})"
)
_LEVELS = re.compile(r"级(?!别)|档|[- ](?:\w+ )?(?:levels?|tiers?|grades?)\b")
_ORDINALS = {
    word: n
    for n, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
}
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b")


@dataclass(frozen=True)
class Correction:
    """What is wrong with a premise, as a key of `words` with its parts, and the clauses that show it."""

    key: str
    clauses: Sequence[tuple[Document, Clause]]
    parts: Mapping[str, object] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _wordings() -> Mapping[str, re.Pattern[str]]:
    data = tomllib.loads(files("app.answering").joinpath("premises.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(row[lang] for lang in LANGS)) for name, row in data.items()}


def asserts(text: str, what: str) -> bool:
    """Whether a folded question asserts that something is `removed`, `forbidden` or `law`, and does not ask it.

    >>> asserts("2.0为什么取消风险分级", "removed"), asserts("2.0删掉了哪些风险", "removed")
    (True, False)
    >>> asserts("why did 2.0 drop the levels", "removed"), asserts("did 2.0 drop the levels", "removed")
    (True, False)
    """
    found = _wordings()
    if found["asks"].search(text) or not found[what].search(text):
        return False
    other = found.get(f"{what}_what")
    return other is None or not other.search(text)


def without_removal(text: str) -> str:
    """What is said to be gone: the folded question without the words that say so."""
    return _wordings()["frame"].sub(" ", _wordings()["removed"].sub(" ", text))


def correction(desk: Desk, found: Found) -> Correction | None:
    """What a question gets wrong about the edition searched, or None."""
    text = fold(desk.query.read).text
    if asserts(text, "law"):
        return _no_law(desk)
    return _counted(desk, text) or _quantified(desk, found.hits, text) or _not_forbidden(desk, found, text)


def still_there(desk: Desk, found: Found) -> Correction | None:
    """The clause of an edition about what a question says was taken out of it; `found`: the search for the thing alone."""
    hit = _sure(found.hits, desk)
    if hit is None or hit.relevance <= 0:
        return None
    document, clause = desk.find(hit.passage.clause)
    share = desk.retriever.shares(found.query, document).get(clause.path)
    if share is None or max(share.named, share.held) < HOLDS:
        return None
    return Correction("premise_still_there", [(document, clause)])


def evidence(desk: Desk, wrong: Correction) -> tuple[Citation, ...]:
    """What shows that a premise is wrong: of a clause that is counted, or only headed, its parts; else the telling sentences."""
    shown = Evidence(desk.lang)
    for document, clause in wrong.clauses:
        children = document.children(clause.path)
        in_parts = wrong.key == "premise_count" or (children and not clause.text.strip())
        for span in [heading_span(document, clause) or clause.lead] if in_parts else pick(desk, document, clause):
            shown.cite(document, clause, span)
        for child in children if in_parts else ():
            shown.cite(document, child, whole_heading(document, child) or child.lead)
    return shown.citations


def _sure(hits: Sequence[Hit], desk: Desk) -> Hit | None:
    """The best hit, if it is probable enough."""
    first = best(hits, desk.query.lang)
    return first[0] if first is not None and first[1] >= SURE else None


def _no_law(desk: Desk) -> Correction | None:
    announcement = desk.retriever.document(desk.editions[0], desk.lang, "notice")
    clause = nature_clause(announcement) if announcement else None
    return Correction("premise_no_law", [(announcement, clause)]) if announcement and clause else None


def _not_forbidden(desk: Desk, found: Found, text: str) -> Correction | None:
    if not asserts(text, "forbidden"):
        return None
    hit = _sure(found.hits, desk)
    if hit is None:
        return None
    document, clause = desk.find(hit.passage.clause)
    near = [desk.find(one.passage.clause) for one in found.hits[:2]]
    if not clause.text.strip() or any(_forbids(of, one) for of, one in near):
        return None
    return Correction("premise_not_forbidden", [(document, clause)])


def _forbids(document: Document, clause: Clause) -> bool:
    """Whether a clause says of anything that it must, should or may not be."""
    told = phrases(clause.text, document.lang)
    return any(word.sign.negations and word.sign.strengths - {""} for phrase in told for word in phrase.words)


def _quantified(desk: Desk, hits: Sequence[Hit], text: str) -> Correction | None:
    """Another span of time than the clause states, in days, months or years."""
    asked = _spans(without_editions(text))
    hit = _sure(hits, desk) if asked and not _wordings()["asks"].search(text) else None
    if hit is None:
        return None
    document, clause = desk.find(hit.passage.clause)
    stated = _spans(fold(clause.text).text)
    if not stated or asked & stated:
        return None
    return Correction("premise_quantity", [(document, clause)])


def _spans(text: str) -> set[tuple[str, str]]:
    """Spans of time longer than one unit; a year of the calendar is none."""
    found = {(one.value, one.unit) for one in figures(text) if one.unit in _TIMES and one.value != "1"}
    return {(value, unit) for value, unit in found if not (unit == "year" and len(value) == 4)}


def _counted(desk: Desk, text: str) -> Correction | None:
    """A number of parts, or a place among them, that no clause so headed has."""
    if _wordings()["asks"].search(text):
        return None
    document = desk.retriever.document(desk.editions[0], desk.lang)
    for number in _numbers(without_editions(text)) if document else ():
        assert document is not None
        found = _headed(number.after, document)
        if found and not any(_fits(number, document, clause) for clause in found):
            clause = min(found, key=lambda one: one.path.count("."))
            count = len(document.children(clause.path))
            return Correction("premise_count", [(document, clause)], {"count": count, "heading": clause.heading})
    return None


@dataclass(frozen=True)
class _Number:
    """A number of parts in a question, whether all of them are meant, and what stands after it."""

    value: int
    exhaustive: bool
    after: str


def _numbers(text: str) -> Iterator[_Number]:
    for one in figures(text):
        nth, value = one.value.startswith("第"), one.value.removeprefix("第")
        if one.unit or not value.isdigit() or int(value) > _MOST:
            continue
        start = one.end - (text[one.end - 1] in f"{_MEASURE}级档层")
        after, before = text[start : start + _AFTER], text[: one.start]
        levels = _LEVELS.match(after) is not None
        every = _wordings()["all_of"].search(before) or (
            levels and int(value) > 2 and not _wordings()["some_of"].search(before)
        )
        yield _Number(int(value), not nth and bool(every), after)
    for match in _ORDINAL.finditer(text):
        yield _Number(_ORDINALS[match[1]], False, text[match.end() : match.end() + _AFTER])


def _fits(number: _Number, document: Document, clause: Clause) -> bool:
    """Whether a clause has so many parts, at any depth, or has more and not all are meant."""
    counts = (len(document.children(clause.path)), len(document.leaves(clause.path)))
    return number.value in counts or (not number.exhaustive and number.value <= max(counts))


def _headed(after: str, document: Document) -> list[Clause]:
    """The clauses whose parts are what stands after a number: 条治理原则 of "治理原则", "risk levels" of "Levels of risk".

    A Chinese heading ends in what its parts are, so those that end alike furthest; an English one begins with it.
    """
    holding = [one for one in document.clauses if len(document.children(one.path)) > 1 and not one.path.startswith("T")]
    if _LEVELS.match(after):
        return [one for one in holding if re.search(r"级别|\blevels?\b", fold(one.heading).text)]
    noun = _NOUN.match(after)
    if noun is None:
        return []
    if noun[2]:
        words = {term for unit in content_units(noun[2]) for term in unit}
        return [one for one in holding if words & set(next(iter(content_units(one.heading)), ()))]
    alike = [(_ends_alike(fold(one.heading).text, noun[1]), one) for one in holding]
    most = max((length for length, _ in alike), default=0)
    return [one for length, one in alike if length == most] if most > 1 else []


def _ends_alike(heading: str, noun: str) -> int:
    """Characters in which two words end alike: `_ends_alike("安全治理原则", "治理原则") == 4`."""
    pairs = zip(reversed(heading), reversed(noun), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
