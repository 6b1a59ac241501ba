"""The quotations that an answer needs, where a set of cases gives none: found in the gold clauses by the nuggets.

An official text may not stand in a question set, so the quotations are taken from the corpus that is measured, at run time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.ids import parse_id
from corpus.records import Document, Part, part_of
from corpus.text import sentences
from eval.cases import Case, Nugget
from eval.measures.nuggets import holds


def with_gold_quotes(cases: Sequence[Case], documents: Mapping[tuple[str, Part], Document]) -> list[Case]:
    """The cases, those without `gold_quotes` with the shortest sentences, or else headings, that hold their vital nuggets.

    They are sought in the gold clauses, then in the alternative ones, in the case's language. A case of which some vital
    nugget is found in none of them stays without.
    """
    return [case if case.gold_quotes else replace(case, gold_quotes=_needed(case, documents)) for case in cases]


def _needed(case: Case, documents: Mapping[tuple[str, Part], Document]) -> tuple[str, ...]:
    vital = [nugget for nugget in case.nuggets if nugget.vital]
    if not case.answerable or not vital:
        return ()
    candidates = [
        pieces for clauses in (case.clauses, case.alt_clauses) for pieces in _pieces(case, clauses, documents)
    ]
    found = [_shortest(nugget, candidates) for nugget in vital]
    return tuple(dict.fromkeys(one for one in found if one)) if all(found) else ()


def _pieces(
    case: Case, clauses: Sequence[str], documents: Mapping[tuple[str, Part], Document]
) -> tuple[list[str], list[str]]:
    """The sentences of the clauses and of those below them, and their headings."""
    told: list[str] = []
    headings: list[str] = []
    for written in clauses:
        wanted = parse_id(written)
        document = documents.get((f"{wanted.edition}/{case.lang}", part_of(wanted.path)))
        if document is None or wanted.path not in document.by_path:
            continue
        for clause in (document.by_path[wanted.path], *document.below(wanted.path)):
            told += [span.of(clause.text) for span in sentences(clause.text, case.lang)]
            headings += [clause.heading] if clause.heading else []
    return told, headings


def _shortest(nugget: Nugget, candidates: Sequence[Sequence[str]]) -> str | None:
    for pieces in candidates:
        if holding := [piece for piece in pieces if holds(piece, nugget)]:
            return min(holding, key=len)
    return None
