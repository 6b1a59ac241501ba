"""A question that says nothing of its own ("and in 1.0?", "谁负责？"), read as the marks it consists of.

"and in 1.0?"        ─ read_fragment ─>  edition 1.0
"第二条具体说了什么"                        the second one, its full text
"Who labels data?"                       None: a question of its own
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.answering.followup_words import pattern
from corpus.catalogue import load_catalogue
from corpus.ids import normal_path
from corpus.text import fold
from index.editions import edition_places, find_editions
from index.numbers import number_of

_EDITION = "EDITION"
"""Stands where an edition is named; folded text has no capitals."""
_SHORTENED = re.compile(r"(?<=[a-z])['’](?:s|d|m|ll|re|ve)\b")
"""The end of `what's` and `I'd`."""
_ORIGINAL = re.compile(r"\boriginal(?= (?:text|document|paper)\b)")
"""Of an answer, the words quoted; else the first edition (`index.editions`)."""
_BETWEEN = re.compile(r"[\s,，、。.:：;；?？!！…~\"“”'‘’()（）《》—–-]*")
_KINDS = (
    *("passing", "both", "newest", "next", "previous", "chinese", "english", "marked", "nth", "path"),
    *("why", "measures", "countering", "answerable", "duty", "who", "stricter", "against", "changed"),
    *("publishing", "full", "framework", "it", "saying", "light"),
)
"""In the order in which they are tried at each place: the particular before the general."""
_SILENT = frozenset(("passing", "framework", "it", "saying", "light"))
"""They ask for nothing in particular."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a question of no matter of its own consists of.

    `marks`: what it asks for; `points`: whether it points at what was said ("it"), or asks what that says;
    `edition`: the one it names; `nth`: which item, from 1, or -1 for the last; `noun`: what it calls that;
    `marker`: the citation mark it names; `path`: the clause.
    """

    marks: frozenset[str]
    points: frozenset[str] = frozenset()
    edition: str | None = None
    nth: int | None = None
    noun: str | None = None
    marker: int | None = None
    path: str | None = None


@dataclass
class _Reading:
    kinds: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)


def read_fragment(typed: str) -> Fragment | None:
    """The marks of a question that consists of nothing else; None if it has a matter of its own.

    >>> read_fragment("那1.0版呢？").edition, read_fragment("and the second one?").nth, read_fragment("谁负责？").points
    ('aisgf@1.0', 2, frozenset())
    >>> read_fragment("谁来标注数据？"), read_fragment("Who labels data?")
    (None, None)
    """
    folded = _ORIGINAL.sub("exact", fold(typed).text.strip())
    named = find_editions(folded)
    if named.unknown or len(named.editions) > 1:
        return None
    masked = _masked(folded)
    if pattern("own").fullmatch(masked.strip("?？。.!！ ")):
        return None
    reading = _scanned(masked)
    if reading is None or ("framework" in reading.kinds and "it" not in reading.kinds):
        return None
    return _fragment(reading, next(iter(named.editions), None))


def _masked(folded: str) -> str:
    """`_masked("那1.0版呢") == "那EDITION呢"`."""
    for start, end in reversed(edition_places(folded)):
        folded = f"{folded[:start]}{_EDITION}{folded[end:]}"
    return folded


def _scanned(text: str) -> _Reading | None:
    """What a text consists of from its first character to its last; None where a word of its own stands."""
    text = _SHORTENED.sub(" ", text)
    reading = _Reading()
    at = _end_of_gap(text, 0)
    while at < len(text):
        if text.startswith(_EDITION, at):
            at += len(_EDITION)
            reading.kinds.add("edition")
        else:
            found = next(
                ((kind, match) for kind in _KINDS if (match := pattern(kind).match(text, at)) and match.end() > at),
                None,
            )
            if found is None:
                return None
            reading.kinds.add(found[0])
            reading.said |= {name: said for name, said in found[1].groupdict().items() if said}
            at = found[1].end()
        at = _end_of_gap(text, at)
    return reading


def _end_of_gap(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def says_nothing(text: str) -> bool:
    """Whether a folded text only begins a question: `says_nothing("那么为什么")`, `says_nothing("who must")`; so does none."""
    reading = _scanned(text)
    return reading is not None and reading.kinds <= {"light", "passing", "why", "who", "duty", "answerable", "saying"}


def _fragment(reading: _Reading, edition: str | None) -> Fragment:
    def said(prefix: str) -> str | None:
        return next((value for name, value in reading.said.items() if name.startswith(prefix)), None)

    kinds, nth, marker, path = reading.kinds, said("nth_"), said("mark_"), said("path_")
    if edition is None and "newest" in kinds:
        edition = load_catalogue().newest().id
    return Fragment(
        marks=frozenset(kinds - _SILENT),
        points=frozenset(kinds & {"it", "saying"}),
        edition=edition,
        nth=number_of(nth) if nth else -1 if said("last_") else None,
        noun=said("noun_"),
        marker=int(marker) if marker else None,
        path=_printed(path) if path else None,
    )


def _printed(folded: str) -> str:
    path = normal_path(folded)
    return path[0].upper() + path[1:]
