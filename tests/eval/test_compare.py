"""Comparing runs: the tests against values worked by hand, and what is told of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import MalformedLine, UnreadableFile, UnusableInput
from eval.compare import Run, compare, mcnemar, permutation, read_run
from eval.terminal import compared

Values = Mapping[str, float | None]


def run(accuracy: Values, recall: Values | None = None, question: str = "问？") -> Run:
    values = {(case, "accuracy"): (value, f"is {value}") for case, value in accuracy.items() if value is not None}
    values |= {(case, "citation_recall"): (value, "") for case, value in (recall or {}).items() if value is not None}
    cases = {case: {"id": case, "pair": case[:1], "question": f"{question} {case}"} for case in accuracy}
    return Run(values, cases, ("accuracy", "citation_recall"))


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (0, 6, 2 / 64), (3, 1, 2 * 5 / 16), (2, 2, 1.0)]
)
def test_mcnemar_is_the_fair_coin_of_the_cases_that_differ(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)


@pytest.mark.parametrize(
    ("differences", "clusters", "p"),
    [
        ([1.0, 1.0, 1.0], "abc", 2 / 8),
        ([1.0, 1.0, 1.0], "aab", 2 / 4),
        ([0.5, -0.5], "ab", 1.0),
        ([0.0, 0.0], "ab", 1.0),
        ([1.0, 1.0, 1.0, -1.0], "abcd", 10 / 16),
    ],
)
def test_permutation_flips_the_signs_of_pairs(differences: list[float], clusters: str, p: float) -> None:
    assert permutation(np.array(differences), list(clusters)) == pytest.approx(p)


def test_permutation_of_many_pairs_is_drawn_alike_each_time_and_never_nought() -> None:
    differences, clusters = np.ones(40), [str(n) for n in range(40)]
    assert permutation(differences, clusters) == permutation(differences, clusters) == pytest.approx(1 / 10_001)


def test_a_comparison_tells_differences_and_cases() -> None:
    a = run({"a-zh": 1.0, "a-en": 0.0, "b-zh": 0.0, "c-zh": None}, {"a-zh": 0.5, "b-zh": 0.5})
    b = run({"a-zh": 1.0, "a-en": 1.0, "b-zh": 1.0, "c-zh": 1.0}, {"a-zh": 0.5, "b-zh": 0.25})
    found = compare(a, b)
    accuracy, recall = found.differences
    assert (accuracy.measure, accuracy.n, accuracy.p) == ("accuracy", 3, 0.5)
    assert (accuracy.a, accuracy.b, accuracy.difference) == pytest.approx((1 / 3, 1.0, 2 / 3), abs=1e-6)
    assert (recall.difference, recall.n) == (-0.125, 2)
    assert accuracy.lo is not None and accuracy.lo <= accuracy.difference <= (accuracy.hi or 0)
    assert [(one.case, one.measure, one.better) for one in found.changes] == [
        ("a-en", "accuracy", True), ("b-zh", "accuracy", True), ("b-zh", "citation_recall", False),
    ]  # fmt: skip
    assert found.changes[0].reason_b == "is 1.0"


def test_a_run_against_itself_differs_in_nothing() -> None:
    a = run({"a-zh": 1.0, "b-zh": 0.0})
    found = compare(a, a)
    assert (found.changes, found.differences[0].difference, found.differences[0].p) == ([], 0.0, 1.0)


def test_cases_of_one_run_alone_are_named_and_other_questions_are_refused() -> None:
    found = compare(run({"a-zh": 1.0, "b-zh": 1.0}), run({"a-zh": 1.0, "c-zh": 1.0}))
    assert (found.only_a, found.only_b) == (["b-zh"], ["c-zh"])
    with pytest.raises(UnusableInput, match="no case in common"):
        compare(run({"a-zh": 1.0}), run({"b-zh": 1.0}))
    with pytest.raises(UnusableInput, match="asks something else"):
        compare(run({"a-zh": 1.0}), run({"a-zh": 1.0}, question="另问？"))


@pytest.mark.parametrize(("lang", "better"), [("zh", "变好： 1"), ("en", "better: 1")])
def test_it_is_told_in_both_languages(lang: Any, better: str) -> None:
    told = compared(compare(run({"a-zh": 0.0}), run({"a-zh": 1.0})).as_json(), lang)
    assert better in told
    assert "问？ a-zh" in told


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"rows\.jsonl"):
        read_run(tmp_path)
    (tmp_path / "rows.jsonl").write_text(
        '{"case": "a", "measure": "accuracy", "value": 1, "reason": ""}\n{"case"', "utf-8"
    )
    with pytest.raises(MalformedLine, match=r"rows\.jsonl:2"):
        read_run(tmp_path)
    row = {"case": "a", "measure": "accuracy", "value": 1, "reason": ""}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (tmp_path / "cases.jsonl").write_text(json.dumps({"id": "a", "pair": "a", "question": "?"}) + "\n", "utf-8")
    assert read_run(tmp_path).values == {("a", "accuracy"): (1.0, "")}
