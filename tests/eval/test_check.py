"""Checking a set against the corpus: each fault is told, in both languages, and a whole set has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from built import built_retriever

from eval.cases import Case, Nugget, read_cases
from eval.check import Finding, check

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions"
LOGS = Case(
    "q-zh",
    "日志留多久？",
    "zh",
    "q",
    versions=("2.0",),
    clauses=("2.0#6.3.6",),
    nuggets=(Nugget(True, ("6个月", "six months")),),
)
PAIR = [LOGS, replace(LOGS, id="q-en", question="How long are logs kept?", lang="en")]


def found(*cases: Case) -> list[Finding]:
    return check(cases, built_retriever().documents.values())


def test_a_whole_pair_has_no_fault() -> None:
    assert found(*PAIR) == []


@pytest.mark.parametrize(
    ("changed", "kind", "error"),
    [
        ({"clauses": ("2.0#6.3.99",), "nuggets": ()}, "clause", True),
        ({"clauses": ("9.9#1",), "nuggets": ()}, "clause", True),
        ({"alt_clauses": ("2.0#nowhere",)}, "clause", True),
        ({"nuggets": (Nugget(True, ("七十二年", "seventy-two years")),)}, "nugget", False),
        ({"clauses": (), "nuggets": ()}, "gold", True),
    ],
)
def test_a_fault_of_the_gold_is_told_for_each_question(changed: dict[str, object], kind: str, error: bool) -> None:
    told = found(*(replace(case, **changed) for case in PAIR))
    assert [(one.case, one.kind, one.error) for one in told] == [("q-zh", kind, error), ("q-en", kind, error)]


def test_a_pair_must_be_whole_and_alike() -> None:
    assert [(one.case, one.kind, one.error) for one in found(PAIR[0])] == [("q-zh", "pair", False)]
    unlike = replace(PAIR[1], clauses=("2.0#6.3.7",), nuggets=())
    assert {(one.case, one.kind, one.error) for one in found(PAIR[0], unlike)} == {
        ("q-zh", "pair", True),
        ("q-en", "pair", True),
    }


def test_an_unanswerable_question_needs_no_gold() -> None:
    assert found(*(replace(one, clauses=(), nuggets=(), answerable=False, refusal="off_topic") for one in PAIR)) == []


@pytest.mark.parametrize("name", ["brief", "tuning", "development", "report"])
def test_the_committed_sets_have_no_error(name: str) -> None:
    assert [one for one in found(*read_cases(QUESTIONS / f"{name}.jsonl")) if one.error] == []
