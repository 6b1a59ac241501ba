"""A language model's opinion of the answers, by LlamaIndex's `CorrectnessEvaluator`: an extra column and nothing more.

The model is given the question, the answer and, as the reference, the wordings of the vital nuggets. It is never asked what
cannot be judged: refusals, failures and cases without nuggets are unscored. Its words are untrusted, so only its number counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from eval.cases import Case
from eval.measures.nuggets import plain_text
from eval.measures.refusals import declined_reason
from eval.measures.score import AnswerJson, Score, unscored

LEAST = 4.0
"""From so many points of five an answer passes, as LlamaIndex has it."""


class Judge(Protocol):
    """Points of an answer to a question against a reference."""

    def points(self, question: str, answer: str, reference: str) -> float | None:
        """From 1 to 5; None where the model gave no number. Raises `ModelFailed`."""
        ...


def correctness(judge: Judge) -> Callable[[Case, AnswerJson], Score]:
    """A function for: 1 if the model gives the answer four points of five or more, else 0."""
    from app.writing.model import ModelFailed

    def score(case: Case, answer: AnswerJson) -> Score:
        wanted = "; ".join(" / ".join(nugget.any) for nugget in case.nuggets if nugget.vital)
        if "error" in answer or declined_reason(answer) is not None or not case.answerable:
            return unscored("nothing to judge: no answer, or none wanted")
        if not wanted:
            return unscored("the case has no vital nuggets")
        try:
            points = judge.points(case.question, plain_text(answer), wanted)
        except ModelFailed as failure:
            return unscored(f"the model failed ({failure})")
        if points is None:
            return unscored("the model gave no number")
        return Score(float(points >= LEAST), f"{points:g} of 5 points")

    return score
