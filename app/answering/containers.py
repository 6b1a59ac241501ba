"""Which clause a list is under: the one whose children are the items asked for.

Every clause that holds others is a candidate, "none of them" another; what speaks for each is weighed as in a choice among
alternatives (conditional logit; McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", 1974). The weights,
`containers.json`, are fitted by `app.answering.learn_containers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from app.answering.compose import Desk
from app.answering.selection import Floats, kept_weights
from corpus.ids import is_below
from corpus.records import Clause, Document, Hit
from corpus.text import fold
from index.question import content_units, heading_terms, without_editions

_LISTING = re.compile(
    r"人工智能|框架|版本?|分为|分成|包括|包含|部分|方面|列出|列举|所有|全部|大类|一共|总共|由|各|条|项|个|类|种|大|"
    r"\b(?:list|name|all|items?|framework|two|three|four|five|eight|ten|fourteen|fifteen|consists?|made|up|there|belong)\b"
)
"""Words of a question for a list that say nothing of its subject."""
_UNKNOWN = 4.0
"""Weight of a word that no heading has: it counts against every candidate."""
_SHARED, _DEPTH = 0, 8
"""Columns of the features."""
_AS_LIKELY = 3.0
"""Log-odds by which a clause that the question does not tell from the best may be less likely than it."""
_MEASURES = "4"
"""The chapter of measures against risks, headed alike."""
Units = tuple[tuple[tuple[str, ...], float], ...]

_LEVELS = re.compile(r"(?:几|多少|哪|[一二三四五六七八九十]|\d)+个?级(?!别)")
_NUMBER = re.compile(r"([二三四五六七八九十]{1,2}|\d{1,2}|\b[a-z]+\b)(?=\s*(?:大|个|条|项|类|种|级|[a-z]))")
_NUMBERS = {
    word: n for n, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=2)
} | {
    **{char: n for n, char in enumerate("二三四五六七八九十", start=2)},
    **{f"十{char}": 10 + n for n, char in enumerate("一二三四五六七八九", start=1)},
    "两": 2,
    "fourteen": 14,
    "fifteen": 15,
}


def containers(desk: Desk, document: Document, hits: Sequence[Hit], above: str = "") -> list[Clause]:
    """The clause whose children are the list asked for, none where probably none is, several that the question does not tell
    apart: their headings, of one depth, hold every word of it ("how many principles are there?").

    `above`: look below this one only, and only among those that a word of the question tells from it.
    """
    clauses = candidates(document, above, desk.query.measures)
    if above:
        told = {term for unit, _ in _wanted(desk, document) for term in unit if not term.startswith("¶")}
        told -= heading_terms(document.by_path[above].heading)
        clauses = [one for one in clauses if told & heading_terms(one.heading)]
    x = features(desk, document, hits, clauses)
    if x is None or not clauses:
        return []
    scores = x @ kept_weights("containers")
    best = int(np.argmax(scores))
    if above or scores[best] <= 0 or x[best, _SHARED] < 1:
        return [clauses[best]] if above or scores[best] > 0 else []
    alike = np.flatnonzero(
        (scores > max(0.0, scores[best] - _AS_LIKELY)) & (x[:, _SHARED] == 1) & (x[:, _DEPTH] == x[best, _DEPTH])
    )
    return [clauses[at] for at in alike]


def candidates(document: Document, above: str = "", measures: bool = True) -> list[Clause]:
    """The clauses that hold several others, the shallower first: not the mapping table, nor measures where none are asked for."""
    found = [
        clause
        for clause in document.clauses
        if len(document.children(clause.path)) > 1
        and clause.path not in ("T", above)
        and _lies(clause.path, above)
        and (measures or not is_below(clause.path, _MEASURES))
    ]
    return sorted(found, key=lambda clause: clause.path.count("."))


def features(desk: Desk, document: Document, hits: Sequence[Hit], clauses: Sequence[Clause]) -> Floats | None:
    """`(n, 15)`: what speaks for each candidate; None if the question says nothing of a subject.

    Of the question's words, weighed by rarity among headings: the share that the heading holds, that the headings above
    hold; of the heading's words the share asked for; of the children the share that speak of it; of the best hits the share
    below; the score of the clause itself against the best, and the reciprocal of its rank; whether it has as many parts as
    are asked for; its depth; whether it is of an appendix; the shares that the clause holds (`Retriever.shares`) and that
    its children hold, on average and at most; 1.
    """
    wanted = _wanted(desk, document)
    if not wanted:
        return None
    number = _number_named(desk.query.read)
    shares = desk.retriever.shares(desk.query, document)
    rows = []
    for clause in clauses:
        children = document.children(clause.path)
        own = shares.get(clause.path)
        held = [shares[child.path].held for child in children if child.path in shares] or [0.0]
        rows.append([
            *_covers(wanted, document, clause),
            _found_below(clause, hits),
            _strength(clause, hits),
            _reciprocal(clause, hits),
            float(len(children) == number),
            float(clause.path.count(".")),
            float(clause.path.startswith("A")),
            own.held if own else 0.0,
            own.named if own else 0.0,
            sum(held) / len(held),
            max(held),
            1.0,
        ])  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(len(rows), 15)


def _lies(path: str, above: str) -> bool:
    return not above or is_below(path, above)


def _number_named(question: str) -> int | None:
    """How many items a question says there are: `_number_named("哪五级") == _number_named("the five levels") == 5`."""
    for match in _NUMBER.finditer(fold(question).text):
        word = match[1]
        if word in _NUMBERS or word.isdigit():
            return _NUMBERS.get(word) or int(word)
    return None


def _wanted(desk: Desk, document: Document) -> Units:
    """The question's words that say something, each as its index terms and its weight."""
    named = _LEVELS.sub(" 级别 ", without_editions(fold(desk.query.read).text))
    units = content_units(_LISTING.sub(" ", named))
    return tuple((unit, desk.retriever.heading_rarity(document.lang, unit) or _UNKNOWN) for unit in units)


@lru_cache(maxsize=4096)
def _heading_units(heading: str) -> tuple[tuple[str, ...], ...]:
    return content_units(heading)


def _covers(wanted: Units, document: Document, clause: Clause) -> tuple[float, float, float, float]:
    """Shares in [0, 1]: of the question in the heading and in those above, of the heading asked for, of children alike."""
    own = heading_terms(clause.heading)
    above = {token for parent in document.ancestors(clause) for token in heading_terms(parent.heading)}
    asked = sum(weight for _, weight in wanted)
    shared = sum(weight for unit, weight in wanted if any(token in own for token in unit))
    helped = sum(w for unit, w in wanted if not any(t in own for t in unit) and any(t in above for t in unit))
    parts = _heading_units(clause.heading)
    terms = {token for unit, _ in wanted for token in unit}
    named = sum(any(token in terms for token in unit) for unit in parts) / max(len(parts), 1)
    children = document.children(clause.path)
    alike = sum(any(t in terms for t in heading_terms(child.heading)) for child in children) / len(children)
    return shared / asked, helped / asked, named, alike


def _strength(clause: Clause, hits: Sequence[Hit]) -> float:
    """The score of a clause in the search against the best one's: 1 for the first, 0 for one not found."""
    found = (hit.score for hit in hits if hit.passage.clause.partition("#")[2] == clause.path)
    return next(found, 0.0) / (hits[0].score if hits else 1.0)


def _reciprocal(clause: Clause, hits: Sequence[Hit]) -> float:
    """The reciprocal rank of a clause among the first hits: 1 for the first, 0 for none."""
    found = (rank for rank, hit in enumerate(hits[:3], start=1) if hit.passage.clause.partition("#")[2] == clause.path)
    return 1.0 / next(found, float("inf"))


def _found_below(clause: Clause, hits: Sequence[Hit]) -> float:
    """Share of the best hits that stand in the clause."""
    paths = [hit.passage.clause.partition("#")[2] for hit in hits[:5]]
    return sum(is_below(path, clause.path) for path in paths) / max(len(paths), 1)
