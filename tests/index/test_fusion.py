"""Fusing ranks: what the numbers are, and that clauses, not passages, are counted."""

from __future__ import annotations

import numpy as np
import pytest

from index.fusion import K, Ranked, best_first, fuse, interleaved, lifted, ranked

CLAUSE_OF = np.array([0, 0, 1, 2], np.int32)


def test_a_list_holds_each_clause_once_by_its_best_passage() -> None:
    found = ranked("dense.zh", 1.0, [(1, 0.9), (0, 0.8), (3, 0.5)], CLAUSE_OF)
    assert (found.passages, found.values, found.field) == ((1, 3), (0.9, 0.5), "dense")
    assert ranked("alike", 2.0, [], CLAUSE_OF) == Ranked("alike", 2.0, (), ())


def test_scores_are_sums_of_weight_over_k_plus_rank() -> None:
    lists = [
        Ranked("dense.zh", 1.0, (2, 0), (0.9, 0.1)),
        Ranked("lexical.en", 0.3, (0,), (7.0,)),
        Ranked("alike", 2.0, (), ()),
    ]
    expected = [1 / (K + 2) + 0.3 / (K + 1), 1 / (K + 1), 0.0]
    assert fuse(lists, CLAUSE_OF, 3) == pytest.approx(expected)
    assert fuse([], CLAUSE_OF, 3).tolist() == [0, 0, 0]


def test_the_best_come_first_and_equals_in_order_and_what_was_not_found_never() -> None:
    assert best_first(np.array([0.1, 0.0, 0.3, 0.1])) == [2, 0, 3]


def test_a_clause_is_lifted_by_its_best_counterpart_only_if_it_was_found() -> None:
    scores = np.array([0.4, 0.2, 0.0, 0.1])
    assert lifted(scores, {0: [1, 3], 1: [0], 2: [0]}, 0.5) == pytest.approx([0.5, 0.4, 0.0, 0.1])
    assert scores.tolist() == [0.4, 0.2, 0.0, 0.1]


def test_orders_are_interleaved_until_the_longest_ends() -> None:
    assert interleaved([[1, 2, 3], [], [7]]) == [1, 7, 2, 3]
    assert interleaved([]) == []
