"""Measures of the whole answer: is it right, how long, how fast, and is Chinese served as well as English."""

from __future__ import annotations

from eval.cases import Case
from eval.measures.citations import listed, strays_from_editions
from eval.measures.nuggets import nugget_recall, plain_text
from eval.measures.refusals import declined_reason
from eval.measures.score import AnswerJson, Score, unscored


def accuracy(case: Case, answer: AnswerJson) -> Score:
    """Right answers ÷ cases, the headline. Range [0, 1], higher is better.

    Right: declined if and only if the case is unanswerable, no citation from an edition outside `versions` (answerable
    cases), and every vital nugget held. After RGB's strict exact match of all gold slots (arXiv 2309.01431).
    Edge cases: a failed answer scores 0; an answerable case without vital nuggets that fails nothing else is unscored.
    """
    fault = _fault(case, answer)
    if fault is not None:
        return Score(0.0, fault)
    nuggets = nugget_recall(case, answer)
    if nuggets.value is None:
        return unscored(nuggets.reason) if case.answerable else Score(1.0, "declined, as it should be")
    return Score(1.0 if nuggets.value == 1 else 0.0, nuggets.reason)


def _fault(case: Case, answer: AnswerJson) -> str | None:
    """What makes an answer wrong whatever its nuggets, or None."""
    if "error" in answer:
        return f"failed: {answer['error']}"
    reason = declined_reason(answer)
    if case.answerable and reason is not None:
        return f"declined ({reason}), should have answered"
    if not case.answerable and reason is None:
        return "answered, should have declined"
    strays = strays_from_editions(case, answer) if case.answerable else []
    return f"cites another edition: {listed(strays)}" if strays else None


def length_ratio(case: Case, answer: AnswerJson) -> Score:
    """Characters of the answer (markers apart) ÷ characters of `gold_quotes`. Range [0, ∞), lower is better.

    It shows padding: an answer that quotes whole chapters finds every nugget. Characters, so that Chinese and English
    compare with gold of their own language. Edge cases: unscored without gold quotes and where nothing was answered.
    """
    if not case.gold_quotes:
        return unscored("the case has no gold quotes")
    length, needed = len(plain_text(answer)), sum(len(quote) for quote in case.gold_quotes)
    return Score(length / needed, f"{length} characters for {needed}") if length else unscored("no answer text")


def milliseconds(case: Case, answer: AnswerJson) -> Score:
    """The time the answer reports, all its stages together, in milliseconds; unscored where it reports none.

    `p50_ms`, `p99_ms`: percentiles over cases, by linear interpolation (Hyndman and Fan 1996, type 7). Range [0, ∞),
    lower is better. Rows carry no times, so that they are equal on a second run.
    """
    times = answer.get("ms")
    return Score(float(sum(times.values())), "as the answer reports") if times else unscored("no time reported")


def zh_en_gap(case: Case, answer: AnswerJson) -> Score:
    """|accuracy in Chinese − accuracy in English| over complete pairs. Range [0, 1], lower is better.

    A measure of pairs, so no case has a score of its own: see `eval.summary`. Which language is ahead stands in the
    averages by language. Edge case: unscored without a pair that has a scored case in each language.
    """
    return unscored("over pairs: see the accuracy of the pair's cases")
