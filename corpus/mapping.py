"""The mapping table of a document as structure: which measures and which governance clauses answer which risk.

    T.3.2.1(a)   4.2.1（b）（c） | 强化开源生态安全和供应链安全；…
    ->  MappingRow(risk="3.2.1(a)", measures=("4.2.1(b)", "4.2.1(c)"), governance=("5.4", …), unresolved=())

The table prints measures by number and governance measures by name, not always by the name that chapter 5 gives them
("AI legal and regulatory frameworks" is 5.1), so a name is resolved to the heading it is most like. What resolves to no
clause of the same document is told, not dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from corpus.records import Clause, Document
from corpus.text import squeeze

_LEAST = 0.35
"""Headings less alike than this are not the same thing in two wordings."""
_NUMBERED = re.compile(r"^(\d\.\d{1,2})\s+")
_MEASURES = re.compile(r"(\d\.\d\.\d)\s*((?:[(（][a-z][)）]\s*)*)")


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A row of the table by clause paths. `unresolved`: numbers and names as printed that are no clause of the document."""

    path: str
    risk: str
    measures: tuple[str, ...]
    governance: tuple[str, ...]
    unresolved: tuple[str, ...] = ()
    doubtful: bool = False


@lru_cache(maxsize=4096)
def likeness(a: str, b: str) -> float:
    """Share of letters two headings have in common in order, 0 below the bar.

    >>> likeness("偏见、歧视", "偏见、歧视风险") == 0.8, likeness("Supply chain", "Data leakage")
    (True, 0.0)
    """
    ratio = SequenceMatcher(None, squeeze(a), squeeze(b), autojunk=False).ratio()
    return ratio if ratio >= _LEAST else 0.0


def rows(document: Document) -> tuple[MappingRow, ...]:
    """The rows of the mapping table in text order; none for a document without one."""
    printed = [clause for clause in document.clauses if clause.kind == "row"]
    headings = _headings(document, {name for clause in printed for name in _names(clause)})
    return tuple(_row(document, clause, headings) for clause in printed)


def governance_names(document: Document) -> dict[str, str]:
    """What the table calls each governance measure, by clause path, as its first row prints it."""
    printed = [clause for clause in document.clauses if clause.kind == "row"]
    headings = _headings(document, {name for clause in printed for name in _names(clause)})
    found: dict[str, str] = {}
    for names in (_names(clause) for clause in printed):
        for name, path in zip(names, _resolved(names, headings), strict=True):
            found.setdefault(path, name)
    return {path: name for path, name in found.items() if path in document.by_path}


def row_of(document: Document, path: str) -> MappingRow | None:
    """The row with a path (`T.3.2.1(a)`), if the document has it."""
    return next((row for row in rows(document) if row.path == path), None)


def _names(clause: Clause) -> list[str]:
    """The governance measures of a row as printed."""
    parts = re.split(r"[；;|]", clause.text.partition("|")[2])
    return [part.strip() for part in parts if part.strip()]


def _headings(document: Document, names: Set[str]) -> dict[str, str]:
    """The sections of the chapter that the names come from: the one whose headings are most like them."""
    chapters = [document.children(clause.path) for clause in document.children(None) if clause.kind == "chapter"]
    likest = max(
        chapters,
        key=lambda sections: sum(max((likeness(name, own.heading) for own in sections), default=0.0) for name in names),
        default=(),
    )
    return {section.path: section.heading for section in likest}


def _row(document: Document, clause: Clause, headings: Mapping[str, str]) -> MappingRow:
    risk, names = clause.path.removeprefix("T."), _names(clause)
    measures = list(measure_paths(clause.text.partition("|")[0]))
    governance = _resolved(names, headings)
    told = [(risk, risk), *((path, path) for path in measures), *zip(names, governance, strict=True)]
    return MappingRow(
        path=clause.path,
        risk=risk,
        measures=tuple(path for path in measures if path in document.by_path),
        governance=tuple(path for path in governance if path in document.by_path),
        unresolved=tuple(printed for printed, path in told if path not in document.by_path),
        doubtful="low_confidence" in clause.flags,
    )


def measure_paths(printed: str) -> Iterator[str]:
    """The clause paths of a cell of measures.

    >>> list(measure_paths("4.1.1（a）（b）")), list(measure_paths("4.2.1 (c), 4.2.2"))
    (['4.1.1(a)', '4.1.1(b)'], ['4.2.1(c)', '4.2.2'])
    """
    for number, letters in _MEASURES.findall(printed):
        marked = re.findall(r"[a-z]", letters)
        yield from ([f"{number}({letter})" for letter in marked] if marked else [number])


def _resolved(named: Sequence[str], headings: Mapping[str, str]) -> list[str]:
    """A path for each name, "" where no heading is like it: the number in front of it, else the likest heading left.

    The likest pairs are taken first, so that of two like headings each goes to its own name.
    """
    found = [match[1] if (match := _NUMBERED.match(name)) else "" for name in named]
    pairs = sorted(
        ((likeness(name, heading), at, path) for at, name in enumerate(named) for path, heading in headings.items()),
        key=lambda pair: -pair[0],
    )
    for alike, at, path in pairs:
        if alike and not found[at] and path not in found:
            found[at] = path
    return found
