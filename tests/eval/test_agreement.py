"""The nugget matcher against a person: 100 answers to questions of the tuning and development sets, read and judged by hand.

`judged.jsonl`: an answer from the bundled corpus, the wordings of a nugget (of its own case, or of another one about a
clause nearby), and whether a reader finds the fact in it. The matcher was not changed after they were judged, but for
one verb form (tested, testing), found wrong on them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.records import LANGS, Lang
from eval.cases import Nugget
from eval.measures.nuggets import holds

JUDGED: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("judged.jsonl").read_text("utf-8").splitlines()
]


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Cohen's κ (Educational and Psychological Measurement 1960) of two judges who say yes or no."""
    n = len(pairs)
    agreed = sum(one is other for one, other in pairs) / n
    first, second = (sum(side) / n for side in zip(*pairs, strict=True))
    expected = first * second + (1 - first) * (1 - second)
    return (agreed - expected) / (1 - expected)


def judged(rows: list[dict[str, Any]]) -> list[tuple[bool, bool]]:
    return [(row["held"], holds(row["answer"], Nugget(True, tuple(row["wordings"])))) for row in rows]


def test_the_matcher_agrees_with_a_reader() -> None:
    assert len(JUDGED) == 100
    assert 35 <= sum(row["held"] for row in JUDGED) <= 65
    assert kappa(judged(JUDGED)) >= 0.80


@pytest.mark.parametrize("lang", LANGS)
def test_it_does_so_in_each_language(lang: Lang) -> None:
    mine = [row for row in JUDGED if row["lang"] == lang]
    assert len(mine) >= 35
    assert kappa(judged(mine)) >= 0.80


def test_kappa_is_that_of_a_table_worked_by_hand() -> None:
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(pairs) == pytest.approx(0.4)
