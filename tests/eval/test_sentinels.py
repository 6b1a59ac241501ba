"""Sentinels: each is what it says, loses where it should, and marks a measure that it wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval.cases import Case, Nugget
from eval.measures import measure, standard
from eval.sentinels import beaten_by, scored, sentinels
from eval.summary import Estimate

Make = Callable[..., dict[str, Any]]
CLAUSES = ["aisgf@2.0/zh#5.4", "aisgf@2.0/en#5.4"]
CASES = [
    Case(
        "q-zh", "上线前做什么？", "zh", "q", versions=("2.0",), clauses=("2.0#5.4",), nuggets=(Nugget(True, ("备份",)),)
    ),
    Case(
        "q-en", "What first?", "en", "q", versions=("2.0",), clauses=("2.0#5.4",), nuggets=(Nugget(True, ("backup",)),)
    ),
    Case("n-zh", "天气？", "zh", "n", answerable=False, refusal="off_topic"),
]


@pytest.fixture
def quote(citation: Make) -> Callable[[str], dict[str, Any] | None]:
    said = {
        "aisgf@2.0/zh#5.4": "上线前先备份，再留好日志。",
        "aisgf@2.0/en#5.4": "Take a backup first, then keep the logs.",
    }
    return lambda clause: citation(clause, said[clause]) if clause in said else None


def answers(answer: Make) -> list[dict[str, Any]]:
    return [
        answer("先备份[1]。", cite=((CLAUSES[0], "先备份"),), hits=("aisgf@2.0/zh#9", CLAUSES[0], CLAUSES[1])),
        answer("Keep logs [1].", cite=((CLAUSES[1], "keep the logs"),), hits=(CLAUSES[1],)),
        answer(),
    ]


def test_each_answers_as_it_is_named(answer: Make, quote: Any) -> None:
    ours = answers(answer)
    found = {name: sentinel(CASES[0], ours[0]) for name, sentinel in sentinels(quote, CLAUSES).items()}
    assert list(found) == ["refuse", "echo", "three", "random"]
    assert found["refuse"]["declined"]["reason"] == "off_topic"
    assert found["echo"]["text"] == "上线前先备份，再留好日志。[1]"
    assert [one["clause"] for one in found["three"]["citations"]] == CLAUSES
    assert [one["marker"] for one in found["three"]["citations"]] == [1, 2]
    assert [one["clause"] for one in found["random"]["citations"]] == ["aisgf@2.0/zh#5.4"]
    assert all(one["hits"] == ours[0]["hits"] for one in found.values())


def test_each_is_the_same_on_every_run_and_random_keeps_to_the_language(answer: Make, quote: Any) -> None:
    ours = answers(answer)
    four = sentinels(quote, CLAUSES)
    for name, sentinel in four.items():
        assert sentinel(CASES[1], ours[1]) == sentinels(quote, CLAUSES)[name](CASES[1], ours[1])
    assert four["random"](CASES[1], ours[1])["citations"][0]["clause"] == "aisgf@2.0/en#5.4"
    assert sentinels(quote, [])["random"](CASES[0], ours[0])["citations"] == []


def test_refusing_everything_is_right_where_it_should_be_and_nowhere_else(answer: Make, quote: Any) -> None:
    found = scored(CASES, answers(answer), standard(), sentinels(quote, CLAUSES))
    assert (found["refuse"]["refusal_recall"].value, found["refuse"]["false_refusal"].value) == (1.0, 1.0)
    assert found["refuse"]["accuracy"].value == pytest.approx(1 / 3, abs=1e-6)
    assert (found["echo"]["refusal_recall"].value, found["echo"]["false_refusal"].value) == (0.0, 0.0)
    assert not any(name.endswith("_ms") for name in found["echo"])


def test_a_measure_that_a_sentinel_wins_names_it() -> None:
    def at(value: float | None) -> Estimate:
        return Estimate(value, None, None, 3)

    theirs = {
        name: {"accuracy": at(value), "false_refusal": at(value), "R@5": at(1.0)}
        for name, value in (("refuse", 0.5), ("echo", 0.2))
    }
    assert beaten_by(measure("accuracy"), at(0.5), theirs) == ("refuse",)
    assert beaten_by(measure("accuracy"), at(0.6), theirs) == ()
    assert beaten_by(measure("false_refusal"), at(0.3), theirs) == ("echo",)
    assert beaten_by(measure("R@5"), at(0.1), theirs) == ()
    assert beaten_by(measure("accuracy"), at(None), theirs) == ()
    assert beaten_by(measure("p50_ms"), at(9.0), theirs) == ()
