"""The measures, each named as in the field; the name is argument, column and key, and parses back.

>>> str(measure("R@5")), measure("nDCG@10").average, measure("accuracy").better
('R@5', 'mean', 'higher')
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.errors import UnusableInput
from eval.cases import Case
from eval.measures.changes import diff_completeness
from eval.measures.citations import TextOf, citation_precision, citation_recall, citation_validity, wrong_edition
from eval.measures.nuggets import nugget_recall, nugget_recall_all
from eval.measures.overall import accuracy, length_ratio, milliseconds, zh_en_gap
from eval.measures.refusals import false_refusal, refusal_reason, refusal_recall
from eval.measures.retrieval import retrieval
from eval.measures.score import AnswerJson, Measure, Score, unscored

__all__ = ["LLM_CORRECTNESS", "NAMES", "Measure", "judged_by_model", "measure", "standard"]

LLM_CORRECTNESS = "llm_correctness"


def _no_text(document: str, part: str) -> str:
    raise LookupError(f"no texts were given to check {document} ({part}) against")


def standard(text_of: TextOf = _no_text) -> tuple[Measure, ...]:
    """The standard measures; `citation_validity` checks quotes against the texts that `text_of` gives."""
    return (
        Measure("accuracy", "准确率", "right answers", "proportion", accuracy),
        Measure("nugget_recall", "关键要点召回", "vital facts held", "mean", nugget_recall),
        Measure("nugget_recall_all", "全部要点召回", "all facts held", "mean", nugget_recall_all),
        Measure("citation_recall", "引用召回", "gold clauses cited", "mean", citation_recall),
        Measure("citation_precision", "引用精度", "citations to the point", "mean", citation_precision),
        Measure("citation_validity", "引文逐字相符", "quotes verified", "mean", citation_validity(text_of)),
        Measure("refusal_recall", "应拒已拒", "unanswerable declined", "proportion", refusal_recall),
        Measure("false_refusal", "误拒", "answerable declined", "proportion", false_refusal, "lower"),
        Measure("refusal_reason", "拒答理由相符", "declined for the reason", "proportion", refusal_reason),
        Measure(
            "wrong_edition", "引用版本有误", "answers citing another edition", "proportion", wrong_edition, "lower"
        ),
        Measure("diff_completeness", "变化找全率", "gold changes told", "mean", diff_completeness),
        Measure("length_ratio", "答案长度比", "length over gold quotes", "mean", length_ratio, "lower"),
        Measure("R@5", "前 5 条召回", "recall in 5 hits", "mean", retrieval("R@5")),
        Measure("R@10", "前 10 条召回", "recall in 10 hits", "mean", retrieval("R@10")),
        Measure("nDCG@10", "前 10 条排序质量", "order of 10 hits", "mean", retrieval("nDCG@10")),
        Measure("RR", "首个命中倒数排名", "reciprocal rank", "mean", retrieval("RR")),
        Measure("zh_en_gap", "中英差距", "Chinese–English gap", "gap", zh_en_gap, "lower"),
        Measure("p50_ms", "耗时中位数", "median time", "p50", milliseconds, "lower"),
        Measure("p99_ms", "耗时 99 分位", "99th percentile of time", "p99", milliseconds, "lower"),
    )


def judged_by_model(score: Callable[[Case, AnswerJson], Score]) -> Measure:
    """What a language model thinks of the answers (`eval.judge`): an extra column, never the headline, never a gate."""
    return Measure(LLM_CORRECTNESS, "模型评判为正确", "judged right by a model", "proportion", score)


NAMES = tuple(one.name for one in standard())
"""The names of the standard measures, the headline first."""


def measure(name: str, text_of: TextOf = _no_text) -> Measure:
    """The measure of that name; any depth of `R@k` and `nDCG@k` is one. Raises `UnusableInput` for another name."""
    for one in standard(text_of):
        if one.name == name:
            return one
    if name == LLM_CORRECTNESS:
        return judged_by_model(lambda case, answer: unscored("no model was asked"))
    if re.fullmatch(r"(?:R|nDCG)@[1-9]\d{0,3}", name):
        return Measure(name, name, name, "mean", retrieval(name))
    raise UnusableInput(f"{name!r} is not a measure", way_out=f"known: {', '.join(NAMES)}")
