"""Two runs of the same cases against each other: by how much they differ, whether by more than chance, and where.

    share of cases   McNemar's exact test on the cases that only one run gets right (McNemar, Psychometrika 1947)
    mean             sign-flip permutation of the differences, pair by pair (Fisher 1935; a question and its translation
                     are flipped together), all flips up to 2¹², else 10,000 drawn, always the same

The difference is B minus A, with a bootstrap interval over pairs. Nothing is corrected for looking at many measures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import MalformedLine, UnreadableFile, UnusableInput
from eval import intervals
from eval.measures import Measure, measure
from eval.summary import DIGITS

_FLIPS, _ALL_UP_TO = 10_000, 12
_ASSUME = 1e-12
"""Sums that differ by less are the same: they were added in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both runs: means over the `n` cases that both judge, B minus A with interval, and how surely it differs."""

    measure: str
    a: float
    b: float
    difference: float
    lo: float | None
    hi: float | None
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose score on a measure differs between the runs, with both reasons."""

    case: str
    question: str
    measure: str
    a: float
    b: float
    better: bool
    reason_a: str
    reason_b: str


@dataclass(frozen=True)
class Comparison:
    """Two runs: what differs on average, and case by case; `only_a`, `only_b`: cases that one run alone has."""

    differences: Sequence[Difference]
    changes: Sequence[Change]
    only_a: Sequence[str]
    only_b: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """The object that `eval compare --json` prints."""
        return asdict(self)


@dataclass(frozen=True)
class Run:
    """A finished run as it is read: case × measure, and what was asked."""

    values: Mapping[tuple[str, str], tuple[float, str]]
    cases: Mapping[str, Mapping[str, Any]]
    measures: tuple[str, ...]


def read_run(folder: Path) -> Run:
    """The run in a folder; raises `UnreadableFile` where there is none, `MalformedLine` for a line that is none."""
    values: dict[tuple[str, str], tuple[float, str]] = {}
    names: dict[str, None] = {}
    for row in _rows(folder / "rows.jsonl", ("case", "measure", "value", "reason")):
        names[row["measure"]] = None
        if row["value"] is not None:
            values[row["case"], row["measure"]] = (float(row["value"]), row["reason"])
    asked = {row["id"]: row for row in _rows(folder / "cases.jsonl", ("id", "pair", "question"))}
    return Run(values, asked, tuple(names))


def _rows(path: Path, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{str(path)!r} cannot be read: {getattr(error, 'strerror', error)}",
            way_out="name the folder of a finished run (tiaowen eval run)",
        ) from None
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if not isinstance(row, dict) or not set(keys) <= set(row):
            raise MalformedLine(
                f"{path.name}:{number}: this is no line of a run", way_out="run it again (tiaowen eval run)"
            )
        yield row


def compare(a: Run, b: Run) -> Comparison:
    """B against A; raises `UnusableInput` where they have no case in common."""
    common = [case for case in a.cases if case in b.cases]
    if not common:
        raise UnusableInput("the runs have no case in common", way_out="compare runs of the same questions")
    changed = [case for case in common if a.cases[case]["question"] != b.cases[case]["question"]]
    if changed:
        raise UnusableInput(
            f"the case {changed[0]!r} asks something else in each run", way_out="compare runs of the same questions"
        )
    names = [measure(name) for name in a.measures if name in b.measures]
    differences = [one for name in names if (one := _difference(name, a, b, common)) is not None]
    changes = [one for name in names for one in _changes(name, a, b, common)]
    return Comparison(
        differences, changes, [c for c in a.cases if c not in b.cases], [c for c in b.cases if c not in a.cases]
    )


def _both(name: str, a: Run, b: Run, common: Sequence[str]) -> list[tuple[str, float, float]]:
    return [
        (case, a.values[case, name][0], b.values[case, name][0])
        for case in common
        if (case, name) in a.values and (case, name) in b.values
    ]


def _difference(one: Measure, a: Run, b: Run, common: Sequence[str]) -> Difference | None:
    both = _both(one.name, a, b, common)
    if not both:
        return None
    before, after = (np.array(side, dtype=np.float64) for side in zip(*((x, y) for _, x, y in both), strict=True))
    pairs = [str(a.cases[case]["pair"]) for case, _, _ in both]
    moved = after - before
    interval = intervals.of_mean(moved.tolist(), pairs)
    p = (
        mcnemar(int((moved > 0).sum()), int((moved < 0).sum()))
        if one.average == "proportion"
        else permutation(moved, pairs)
    )
    lo, hi = (None, None) if interval is None else (round(interval[0], DIGITS), round(interval[1], DIGITS))
    mean_a, mean_b, mean = (round(float(side.mean()), DIGITS) for side in (before, after, moved))
    return Difference(one.name, mean_a, mean_b, mean, lo, hi, round(p, DIGITS), len(both))


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided exact p of McNemar's test: of the cases that differ, so many or more to one side by a fair coin.

    1 where none differ. Between 0 and 1.

    >>> mcnemar(0, 0), mcnemar(8, 0), round(mcnemar(3, 1), 3)
    (1.0, 0.0078125, 0.625)
    """
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost, 0.5).pvalue) if gained + lost else 1.0


def permutation(differences: NDArray[np.float64], clusters: Sequence[str]) -> float:
    """The two-sided p of a sign-flip permutation test of a mean difference; `differences`, `clusters`: `(n,)`.

    The signs of a cluster are flipped together. The observed one counts among the drawn, so p is never 0.

    >>> permutation(np.array([1.0, 1.0, 1.0]), ["a", "b", "c"])
    0.25
    """
    sums: defaultdict[str, float] = defaultdict(float)
    for value, cluster in zip(differences, clusters, strict=True):
        sums[cluster] += float(value)
    totals = np.array(list(sums.values()), dtype=np.float64)
    totals = totals[np.abs(totals) > _ASSUME]
    if not len(totals):
        return 1.0
    flips, drawn = _signs(len(totals))
    reached = np.abs(flips @ totals) >= abs(totals.sum()) - _ASSUME
    return float((reached.sum() + 1) / (len(flips) + 1)) if drawn else float(reached.mean())


def _signs(n: int) -> tuple[NDArray[np.float64], bool]:
    """All `2ⁿ` rows of signs, or `(_FLIPS, n)` of them drawn; and whether they were drawn."""
    if n <= _ALL_UP_TO:
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return bits.astype(np.float64) * 2 - 1, False
    drawn = np.random.default_rng(intervals.SEED).integers(0, 2, size=(_FLIPS, n))
    return drawn.astype(np.float64) * 2 - 1, True


def _changes(one: Measure, a: Run, b: Run, common: Sequence[str]) -> Iterator[Change]:
    for case, before, after in _both(one.name, a, b, common):
        if before != after:
            better = (after > before) == (one.better == "higher")
            reasons = a.values[case, one.name][1], b.values[case, one.name][1]
            yield Change(case, str(a.cases[case]["question"]), one.name, before, after, better, *reasons)
