"""Answers on changes between editions: are all of them told?"""

from __future__ import annotations

import re

from corpus.ids import DEFAULT_WORK
from eval.cases import Case
from eval.measures.citations import cited, counts_for, listed
from eval.measures.score import AnswerJson, Score, unscored

_PLACE = re.compile(r"(\d+\.\d+)版?\s*§([0-9A-Z]+(?:\.\d+)*(?:\([a-z]\))?)")


def diff_completeness(case: Case, answer: AnswerJson) -> Score:
    """Gold clauses of a question on changes that the answer tells ÷ gold clauses. Range [0, 1], higher is better.

    A clause is told when it, or one below it, is cited or named by edition and number (`2.0版 §3.2.1(b)`): long lists name
    more than they quote. Edge cases: unscored for other types and without gold clauses; a refusal scores 0.
    """
    if case.type != "diff" or not case.answerable or not case.clauses:
        return unscored("no question on changes with gold clauses")
    told = [*cited(answer), *named(answer.get("text") or "")]
    lost = [gold for gold in case.clauses if not any(counts_for(one, gold) for one in told)]
    reason = f"{len(case.clauses) - len(lost)} of {len(case.clauses)} gold clauses told"
    if lost:
        reason += f"; missed: {listed(lost)}"
    return Score((len(case.clauses) - len(lost)) / len(case.clauses), reason)


def named(text: str) -> list[str]:
    """The clauses that a text names by edition and number.

    >>> named("新增：2.0版 §3.2.1(b)、§3.3；see also 1.0 §A1.2.1.")
    ['aisgf@2.0#3.2.1(b)', 'aisgf@1.0#A1.2.1']
    """
    return [f"{DEFAULT_WORK}@{edition}#{path}" for edition, path in _PLACE.findall(text)]
