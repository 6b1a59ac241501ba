"""Averages of a run, derived from its scores: overall and by language, type, edition and slice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from statistics import fmean
from typing import Any

from eval import intervals
from eval.cases import Case
from eval.measures.score import Measure, Score

Scores = Mapping[str, Sequence[Score]]
"""Measure name -> one score per case, in the order of the cases."""

DIGITS = 6
"""Digits kept after the point, in rows as in averages."""

UNNAMED = "-"
"""The group of cases that name no type or no edition."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An average over the `n` cases (pairs, for the gap) it could judge, with its 95 % interval `[lo, hi]`."""

    value: float | None
    lo: float | None
    hi: float | None
    n: int


@dataclass(frozen=True)
class Summary:
    """How good a run of `n` cases was. `by["lang"]["zh"]["accuracy"]` is the average over the Chinese cases.

    `sentinels`: what each of them reaches on each measure; `beaten_by`: those that score as well as the run, by measure.
    """

    n: int
    measures: Mapping[str, Estimate]
    by: Mapping[str, Mapping[str, Mapping[str, Estimate]]]
    sentinels: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    beaten_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object `eval run --json` prints."""
        return asdict(self)


def summarise(cases: Sequence[Case], measures: Sequence[Measure], scores: Scores) -> Summary:
    """The averages of a run; a case that names two editions counts in the group of each."""
    over = partial(_estimates, cases, measures, scores)
    by = {
        "lang": _groups(cases, lambda case: (case.lang,)),
        "type": _groups(cases, lambda case: (case.type or UNNAMED,)),
        "edition": _groups(cases, lambda case: case.versions or (UNNAMED,)),
        "slice": _groups(cases, _slices),
    }
    return Summary(
        len(cases),
        over(range(len(cases))),
        {facet: {name: over(members) for name, members in groups.items()} for facet, groups in by.items()},
    )


def _slices(case: Case) -> tuple[str, ...]:
    """What a case asks for, after RGB (arXiv 2309.01431): one clause, several integrated, or to be declined; and traps."""
    asked = "negative" if not case.answerable else "integration" if len(case.clauses) > 1 else "single"
    return (asked, "trap") if case.extra.get("trap") else (asked,)


def _groups(cases: Sequence[Case], names: Callable[[Case], tuple[str, ...]]) -> dict[str, list[int]]:
    """Group name -> places of its cases, names sorted."""
    groups: dict[str, list[int]] = {}
    for at, case in enumerate(cases):
        for name in dict.fromkeys(names(case)):
            groups.setdefault(name, []).append(at)
    return dict(sorted(groups.items()))


def _estimates(
    cases: Sequence[Case], measures: Sequence[Measure], scores: Scores, members: Sequence[int]
) -> dict[str, Estimate]:
    return {measure.name: _estimate(cases, measure, scores, members) for measure in measures}


def _estimate(cases: Sequence[Case], measure: Measure, scores: Scores, members: Sequence[int]) -> Estimate:
    if measure.average == "gap":
        return gap([cases[at] for at in members], [scores["accuracy"][at] for at in members])
    scored = [(value, cases[at].pair) for at in members if (value := scores[measure.name][at].value) is not None]
    if not scored:
        return Estimate(None, None, None, 0)
    values = [value for value, _ in scored]
    if measure.average == "proportion":
        return _made(fmean(values), intervals.wilson(round(sum(values)), len(values)), len(values))
    if measure.average == "mean":
        return _made(fmean(values), intervals.of_mean(values, [pair for _, pair in scored]), len(values))
    q = {"p50": 0.5, "p99": 0.99}[measure.average]
    return _made(intervals.quantile(values, q), intervals.of_quantile(values, q), len(values))


def gap(cases: Sequence[Case], accuracies: Sequence[Score]) -> Estimate:
    """|mean over complete pairs of (accuracy in Chinese − accuracy in English)|; `n` counts the pairs.

    The interval is that of the signed difference, folded at 0: where that holds 0, so does this.
    """
    pairs: dict[str, dict[str, list[float]]] = {}
    for case, score in zip(cases, accuracies, strict=True):
        if score.value is not None:
            pairs.setdefault(case.pair, {}).setdefault(case.lang, []).append(score.value)
    signed = {pair: fmean(sides["zh"]) - fmean(sides["en"]) for pair, sides in pairs.items() if len(sides) == 2}
    if not signed:
        return Estimate(None, None, None, 0)
    interval = intervals.of_mean(list(signed.values()), list(signed))
    if interval is not None:
        low, high = sorted(abs(end) for end in interval)
        interval = (0.0 if interval[0] <= 0 <= interval[1] else low, high)
    return _made(abs(fmean(signed.values())), interval, len(signed))


def gap_of(cases: Sequence[Case], scores: Sequence[Score]) -> dict[str, Any]:
    """The gap of any measure, as a summary holds it."""
    return asdict(gap(cases, scores))


def _made(value: float, interval: intervals.Interval, n: int) -> Estimate:
    if interval is None:
        return Estimate(round(value, DIGITS), None, None, n)
    return Estimate(round(value, DIGITS), round(interval[0], DIGITS), round(interval[1], DIGITS), n)
