"""Answers to a described situation: the risks, the measures and the guidelines that fit it, grouped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.answering.compose import Desk, Draft, add_quotation, pick
from app.answering.kinds import asks_generally
from app.answering.selection import LEAST, best, probabilities
from app.answering.words import say
from corpus.records import Clause, Document, Hit, Lang

_MOST = 6
_ADVISES = 0.4
"""The best clause fits with this probability at least, where advice is given."""
_FITS = 0.4
"""Where advice is asked for in general, the best clause of a group comes in with this share of the best score."""
GROUPS = {"3": "group_risks", "4": "group_measures", "5": "group_measures", "6": "group_guidelines"}
"""What a chapter holds; the rest of the text are principles."""


def answer_situation(desk: Desk, draft: Draft, hits: Sequence[Hit]) -> bool:
    """The clauses that fit, group by group; False where there is nothing to group: they are of one group only, or a section
    fits best, which is listed."""
    found = best(hits, desk.query.lang)
    if found is None or not desk.find(found[0].passage.clause)[1].text.strip():
        return False
    chosen = _chosen(desk, hits)
    groups: dict[str, list[tuple[Document, Clause]]] = {name: [] for name in _names()}
    for document, clause in chosen:
        groups[_group(clause)].append((document, clause))
    if sum(map(bool, groups.values())) < 2:
        return False
    for name, clauses in groups.items():
        first = len(draft.statements)
        for document, clause in clauses:
            add_quotation(desk, draft, document, clause, pick(desk, document, clause))
        if len(draft.statements) > first:
            head = draft.statements[first]
            draft.statements[first] = replace(head, text=f"{say(name, desk.lang)}\n{head.text}")
    return True


def fits(hits: Sequence[Hit], lang: Lang) -> bool:
    """Whether a clause fits a situation well enough that general advice can be given: there is nothing else to be silent on."""
    first = best(hits, lang)
    return first is not None and first[1] >= _ADVISES


def _names() -> list[str]:
    return [*dict.fromkeys(GROUPS.values()), "group_principles"]


def _group(clause: Clause) -> str:
    return GROUPS.get(clause.path.partition(".")[0], "group_principles")


def _chosen(desk: Desk, hits: Sequence[Hit]) -> list[tuple[Document, Clause]]:
    """The probable clauses that say something, and, where advice is asked for in general, the best of each group that fits."""
    chances = probabilities(hits, desk.query.lang)
    broad = asks_generally(desk.query)
    found: list[tuple[Document, Clause]] = []
    seen: set[str] = set()
    for at in sorted(range(len(hits)), key=lambda at: (-chances[at], at)):
        document, clause = desk.find(hits[at].passage.clause)
        if not clause.text.strip() or len(found) == _MOST:
            continue
        leads = broad and _group(clause) not in seen and hits[at].score >= _FITS * hits[0].score
        if leads or chances[at] >= LEAST or not found:
            found.append((document, clause))
            seen.add(_group(clause))
    return found
