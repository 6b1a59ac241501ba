"""Refusals: declining what cannot be answered, and only that.

Both sides are always reported, after RGB's negative rejection (Chen et al., AAAI 2024, arXiv 2309.01431) and NoMIRACL
(Thakur et al., arXiv 2312.11361). The field `declined` is read, never a phrase in the text.
"""

from __future__ import annotations

from eval.cases import Case
from eval.measures.score import AnswerJson, Score, unscored, yes_no


def declined_reason(answer: AnswerJson) -> str | None:
    """The reason of a refusal, or None: `declined_reason({"declined": {"reason": "off_topic"}}) == "off_topic"`."""
    declined = answer.get("declined")
    return str(declined["reason"]) if declined else None


def refusal_recall(case: Case, answer: AnswerJson) -> Score:
    """Unanswerable cases declined ÷ unanswerable cases. Range [0, 1], higher is better.

    Edge cases: unscored for an answerable case; a failed answer is no refusal and scores 0.
    """
    if case.answerable:
        return unscored("the case is answerable")
    reason = declined_reason(answer)
    return yes_no(reason is not None, f"declined: {reason}", "not declined")


def false_refusal(case: Case, answer: AnswerJson) -> Score:
    """Answerable cases declined ÷ answerable cases. Range [0, 1], lower is better.

    Edge case: unscored for an unanswerable case.
    """
    if not case.answerable:
        return unscored("the case is unanswerable")
    reason = declined_reason(answer)
    return yes_no(reason is not None, f"declined: {reason}", "not declined")


def refusal_reason(case: Case, answer: AnswerJson) -> Score:
    """Unanswerable cases declined for the gold reason ÷ those that have one. Range [0, 1], higher is better.

    Edge cases: unscored without a gold reason; a case that was not declined scores 0.
    """
    if case.answerable or case.refusal is None:
        return unscored("the case is answerable" if case.answerable else "the case gives no reason")
    reason = declined_reason(answer)
    given = f"declined as {reason}" if reason else "not declined"
    return yes_no(reason == case.refusal, f"declined: {reason}", f"{given}, should be {case.refusal}")
