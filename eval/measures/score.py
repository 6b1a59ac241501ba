"""What a measure is: a name written as in the field, a function of one case and its answer, and a way to average."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.records import Lang
from eval.cases import Case

AnswerJson = Mapping[str, Any]
"""The object `ask --json` prints; `{"error": …, "way_out": …}` where the assistant could not take the question."""

Average = Literal["proportion", "mean", "gap", "p50", "p99"]
"""How scores become one number: a share of cases, a mean, the zh-en gap over pairs, a percentile."""


@dataclass(frozen=True, slots=True)
class Score:
    """The value of one measure for one case, and why; `value` is None where the measure cannot judge the case."""

    value: float | None
    reason: str


def unscored(reason: str) -> Score:
    """The state of a case that a measure does not judge: `unscored("no gold clauses").value is None`."""
    return Score(None, reason)


def yes_no(holds: bool, when_true: str, when_false: str) -> Score:
    """A score of a proportion: `yes_no(True, "declined", "answered") == Score(1.0, "declined")`."""
    return Score(1.0, when_true) if holds else Score(0.0, when_false)


@dataclass(frozen=True)
class Measure:
    """A named function of a run. Two measures with one name are equal: the name is argument, column and key."""

    name: str
    zh: str = field(compare=False)
    en: str = field(compare=False)
    average: Average = field(compare=False)
    score: Callable[[Case, AnswerJson], Score] = field(compare=False, repr=False)
    better: Literal["higher", "lower"] = field(default="higher", compare=False)

    def __str__(self) -> str:
        return self.name

    def label(self, lang: Lang) -> str:
        """What it shows, in a few words, with the direction that is better: `↑ 准确率`."""
        return f"{'↑' if self.better == 'higher' else '↓'} {self.zh if lang == 'zh' else self.en}"
