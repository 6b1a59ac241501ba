"""The character error rate by itself: what counts as an error in Chinese and in English."""

from __future__ import annotations

import pytest
from error_rate import ErrorRate, error_rate, levenshtein, raw, squeezed


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("", "风险", 2),
        ("风险", "", 2),
        ("鸿沟", "鸡沟", 1),
        ("安全，风险", "安全风险", 1),
        ("ab风", "风ab", 2),
        ("Illegal use", "Megal use", 3),
        ("risk levels", "rsik levels", 2),
        ("a" * 200 + "风", "a" * 199 + "风险", 2),
    ],
)
def test_distance(one: str, other: str, edits: int) -> None:
    assert levenshtein(one, other) == levenshtein(other, one) == edits


@pytest.mark.parametrize(
    ("truth", "read", "raw_errors", "squeezed_errors"),
    [
        ("(a) 风险，治理", "（a）风险,治理", 4, 0),
        ("“幻觉”现象", "「幻觉」现象", 2, 2),
        ("AI risk\nlevels", "Al risk levels", 1, 1),
        ("open-source models", "open source models", 1, 1),
        ("risk  levels ", "risk levels", 0, 0),
        ("provided,accurately", "provided, accurately", 1, 0),
    ],
)
def test_width_and_white_space_count_only_raw(truth: str, read: str, raw_errors: int, squeezed_errors: int) -> None:
    assert error_rate([(truth, read)], raw).errors == raw_errors
    assert error_rate([(truth, read)], squeezed).errors == squeezed_errors


def test_the_rate_is_over_the_characters_of_all_pairs() -> None:
    rate = error_rate([("风险分级", "风睑分级"), ("safe", "safe"), ("", "x")], raw)
    assert rate == ErrorRate(2, 8) and rate.rate == 0.25 and str(rate) == "2/8 = 25.00%"
