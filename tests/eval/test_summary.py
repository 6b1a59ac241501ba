"""Averages and their intervals."""

from __future__ import annotations

import pytest

from eval import intervals
from eval.cases import Case
from eval.measures import measure
from eval.measures.score import Score
from eval.summary import gap, summarise


def of(pair: str, lang: str, **more: object) -> Case:
    return Case(id=f"{pair}-{lang}", question="？", lang=lang, pair=pair, **more)  # type: ignore[arg-type]


CASES = [
    of("a", "zh", versions=("1.0", "2.0")),
    of("a", "en", versions=("2.0",)),
    of("b", "zh"),
    of("b", "en", type="list"),
]


def scores(*values: float | None) -> list[Score]:
    return [Score(value, "") for value in values]


def test_wilson_is_inside_the_unit_interval_and_of_some_width_at_its_ends() -> None:
    assert intervals.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert intervals.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert intervals.wilson(0, 0) is None


def test_pairs_that_agree_widen_the_interval_of_a_mean() -> None:
    values = [0.0, 0.0, 1.0, 1.0] * 10
    pairs = intervals.of_mean(values, [f"p{at // 2}" for at in range(40)])
    alone = intervals.of_mean(values, [str(at) for at in range(40)])
    assert pairs is not None and alone is not None
    assert pairs[1] - pairs[0] > 1.2 * (alone[1] - alone[0])
    assert pairs == intervals.of_mean(values, [f"p{at // 2}" for at in range(40)])


def test_one_pair_tells_nothing_of_its_spread() -> None:
    assert intervals.of_mean([0.2, 0.4], ["a", "a"]) is None
    assert intervals.of_quantile([3.0], 0.5) is None


def test_unscored_cases_are_not_averaged_and_groups_hold_their_own() -> None:
    accuracy = measure("accuracy")
    summary = summarise(CASES, [accuracy], {"accuracy": scores(1, 0, None, 1)})
    assert summary.n == 4
    one = summary.measures["accuracy"]
    assert (one.value, one.n) == (0.666667, 3)
    by = {
        facet: {name: (g["accuracy"].value, g["accuracy"].n) for name, g in groups.items()}
        for facet, groups in summary.by.items()
    }
    assert by == {
        "lang": {"en": (0.5, 2), "zh": (1.0, 1)},
        "type": {"-": (0.5, 2), "list": (1.0, 1)},
        "edition": {"-": (1.0, 1), "1.0": (1.0, 1), "2.0": (0.5, 2)},
        "slice": {"single": (0.666667, 3)},
    }
    nothing = summarise(CASES, [accuracy], {"accuracy": scores(None, None, None, None)}).as_json()
    assert nothing["measures"]["accuracy"] == {"value": None, "lo": None, "hi": None, "n": 0}


def test_slices_tell_one_clause_from_several_from_none_and_traps() -> None:
    cases = [
        Case("a", "?", "en", clauses=("2.0#1",)),
        Case("b", "?", "en", clauses=("2.0#1", "2.0#2"), extra={"trap": "edition"}),
        Case("c", "？", "zh", answerable=False),
    ]
    groups = summarise(cases, [measure("accuracy")], {"accuracy": scores(1, 0, 1)}).by["slice"]
    assert {name: (one["accuracy"].value, one["accuracy"].n) for name, one in groups.items()} == {
        "single": (1.0, 1), "integration": (0.0, 1), "trap": (0.0, 1), "negative": (1.0, 1),
    }  # fmt: skip


def test_the_gap_is_of_complete_pairs_and_has_no_sign() -> None:
    behind = gap(CASES, scores(0, 1, None, 1))
    assert (behind.value, behind.lo, behind.n) == (1.0, None, 1)
    even = gap(CASES, scores(0, 1, 1, 0))
    assert (even.value, even.lo, even.hi, even.n) == (0.0, 0.0, 1.0, 2)
    assert gap(CASES[:1], scores(1)).n == 0


def test_percentiles_of_time() -> None:
    times = {"p50_ms": scores(1, 2, 4, 9), "p99_ms": scores(1, 2, 4, 9)}
    summary = summarise(CASES, [measure("p50_ms"), measure("p99_ms")], times)
    assert summary.measures["p50_ms"].value == 3.0
    assert summary.measures["p99_ms"].value == 8.85
