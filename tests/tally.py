"""What an edition holds, counted from the paths of its clauses, and what its table gives each risk."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.ids import is_below
from corpus.mapping import rows
from corpus.records import Document

_SORTS = {
    "chapters": r"\d",
    "principles": r"1\.\d+",
    "risks": r"3\.\d\.\d\([a-z]\)",
    "technical": r"4\.\d\.\d\([a-z]\)",
    "governance": r"5\.\d+",
    "guidelines": r"6\.\d(?:\([a-z]\)|\.\d+)",
    "rows": r"T\..+",
    "elements": r"A1\.1\.\d",
    "levels": r"A1\.2\.\d",
    "grading": r"A1\.3\.\d",
    "trustworthy": r"A2\.\d+",
    "terms": r"A3\.\d+",
}
EDITION_1 = {"chapters": 6, "principles": 4, "risks": 26, "technical": 21, "governance": 10, "guidelines": 35}
EDITION_2 = {"chapters": 6, "principles": 5, "risks": 30, "technical": 30, "governance": 14, "guidelines": 44}
EDITION_2 |= {"elements": 3, "levels": 5, "grading": 3, "trustworthy": 8, "terms": 15}


def tally(document: Document) -> dict[str, int]:
    """Clauses of every sort; sorts that do not occur are left out."""
    counts = {sort: sum(bool(re.fullmatch(form, c.path)) for c in document.clauses) for sort, form in _SORTS.items()}
    return {sort: count for sort, count in counts.items() if count}


def under(document: Document, *paths: str) -> list[int]:
    """How many leaf clauses stand below each path."""
    return [sum(not document.children(clause.path) for clause in document.below(path)) for path in paths]


Table = dict[str, tuple[str, ...]]


def measures(document: Document) -> Table:
    """The measures the table gives each risk: `{"3.1.1(e)": ("4.1.1(a)", "4.1.1(b)")}`."""
    return {row.risk: row.measures for row in rows(document)}


def governance(document: Document) -> Table:
    """The governance clauses the table gives each risk: `{"3.1.1(e)": ("5.4", "5.6")}`, in the order of the clauses."""
    order = [clause.path for clause in document.clauses]
    return {row.risk: tuple(sorted(row.governance, key=order.index)) for row in rows(document)}


def expanded(shorthand: str) -> Table:
    """`3.1.1 a-411a e-411ab` -> `{"3.1.1(a)": ("4.1.1(a)",), "3.1.1(e)": ("4.1.1(a)", "4.1.1(b)")}`."""
    table: Table = {}
    section = ""
    for word in shorthand.split():
        letter, dash, found = word.partition("-")
        if dash:
            table[f"{section}({letter})"] = tuple(f"{'.'.join(found[:3])}({mark})" for mark in found[3:])
        else:
            section = word
    return table


TABLE_1 = expanded(
    "3.1.1 a-411a b-411b c-411b d-411b e-411ab f-411b 3.1.2 a-412a b-412bcdef c-412e d-412cd 3.1.3 a-413ab b-413c c-413d "
    "3.2.1 a-421a b-421a c-421b d-421a e-421ab 3.2.2 a-422b b-422ab c-422ab 3.2.3 a-423b b-423abc "
    "3.2.4 a-424a b-424ab c-424b"
)
TABLE_2 = expanded(
    "3.1.1 a-411a b-411b c-411c d-411abc e-411c f-411d 3.1.2 a-412a b-412bcde c-412c d-412d "
    "3.2.1 a-421bcde b-421abcd c-421cd d-421ae 3.2.2 a-422abc b-422c c-422abc 3.2.3 a-423abcde b-423abcde c-423abcde "
    "3.2.4 a-424abc b-424abc 3.3.1 a-431a b-431ab 3.3.2 a-432abc b-432abc c-432abc d-432ac e-432abc f-432abc"
)
TABLE_2_EN = {key: own for key, own in TABLE_2.items() if key != "3.2.2(b)"} | expanded(
    "3.2.1 a-421acd b-421bcd c-421d d-421e"
)
"""The official English table of 2.0 lacks a row and gives four others other letters."""
GOVERNANCE_1 = {
    "3.1.1": ("5.4", "5.6"),
    "3.1.2": ("5.3",),
    "3.1.3": ("5.5", "5.7"),
    "3.2": ("5.1", "5.2", "5.8", "5.9", "5.10"),
}
GOVERNANCE_2 = {
    "3.1": ("5.3", "5.8", "5.10"),
    "3.2": ("5.4", "5.5", "5.6", "5.7", "5.9"),
    "3.3": ("5.1", "5.2", "5.11", "5.12", "5.13", "5.14"),
}
"""What the tables give all the risks below a section."""


def over(sections: Table, risks: Iterable[str]) -> Table:
    """What each risk has from the section it stands in."""
    return {risk: next(own for section, own in sections.items() if is_below(risk, section)) for risk in risks}
