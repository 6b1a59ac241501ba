"""A model's opinion: an extra column that is unscored where there is nothing to judge, and bounds no gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from scripted_llm import Parrot

from app.writing.llama import LlamaModel
from app.writing.model import ModelFailed
from corpus.errors import UnusableInput
from eval.cases import Case, Nugget
from eval.gates import read_bounds
from eval.judge import correctness
from eval.measures import LLM_CORRECTNESS, NAMES, judged_by_model, measure
from eval.run import one_by_one, run

Make = Callable[..., dict[str, Any]]
ZH = Case("q-zh", "上线前做什么？", "zh", nuggets=(Nugget(True, ("备份", "backup")),))
EN = replace(ZH, id="q-en", question="What first?", lang="en")


@dataclass
class Judge:
    """Gives every answer the same points, and remembers what it was asked."""

    given: float | None = 4.0

    def __post_init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def points(self, question: str, answer: str, reference: str) -> float | None:
        self.asked.append((question, answer, reference))
        return self.given


class Broken:
    """A model that is down."""

    def points(self, *_: str) -> float | None:
        raise ModelFailed("failed", 503)


@pytest.mark.parametrize(("case", "text"), [(ZH, "先备份[1]。"), (EN, "Back up [1].")])
def test_four_points_of_five_pass(case: Case, text: str, answer: Make) -> None:
    judge = Judge()
    given = answer(text, cite=(("aisgf@2.0/zh#5.4", "先备份"),))
    assert correctness(judge)(case, given).value == 1.0
    assert correctness(Judge(3.5))(case, given).value == 0.0
    assert judge.asked == [(case.question, text.replace("[1]", ""), "备份 / backup")]


def test_what_cannot_be_judged_is_unscored(answer: Make, refusal: Make) -> None:
    judge = Judge()
    score = correctness(judge)
    for case, given in (
        (ZH, refusal()),
        (ZH, {"error": "no"}),
        (replace(ZH, nuggets=()), answer("备份")),
        (replace(ZH, answerable=False), answer("备份")),
    ):
        assert score(case, given).value is None
    assert judge.asked == []
    assert correctness(Judge(None))(ZH, answer("备份")).reason == "the model gave no number"
    assert correctness(Broken())(ZH, answer("备份")).reason == "the model failed (failed 503)"


@pytest.mark.parametrize(
    ("said", "points"),
    [("4.5\nGood.", 4.5), ("Score: 2\nBad.", 2.0), ("5", 5.0), ("9\nToo many.", None), ("没有分数", None)],
)
def test_the_number_alone_is_taken_from_what_the_model_says(said: str, points: float | None) -> None:
    assert LlamaModel("parrot", Parrot(model=said)).points("问？", "答。", "要点") == points


def test_it_stands_after_the_measures_and_bounds_no_gate(
    tmp_path: Path, answer: Make, text_of: Callable[[str, str], str]
) -> None:
    def ask(*_: object) -> dict[str, Any]:
        return answer("先备份。")

    extra = (judged_by_model(correctness(Judge())),)
    summary = run([ZH], one_by_one(ask), tmp_path / "out", text_of=text_of, meta={}, extra=extra)
    assert list(summary.measures) == [*NAMES, LLM_CORRECTNESS]
    assert next(iter(summary.measures)) == "accuracy"
    assert LLM_CORRECTNESS in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert measure(LLM_CORRECTNESS).score(ZH, answer("备份")).value is None
    gate = tmp_path / "gate.toml"
    gate.write_text(f'[[bound]]\nmeasure = "{LLM_CORRECTNESS}"\nleast = 0.5\n', encoding="utf-8")
    with pytest.raises(UnusableInput, match="is a model's judgement; bound a measure that code computes"):
        read_bounds(gate)
