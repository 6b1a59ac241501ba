"""Nuggets: the facts an answer holds, found by wording.

After the TREC RAG track's nugget recall (Pradeep et al., arXiv 2504.15068; strict, "vital" and "all"), with a matcher
by wording in place of a judging model. Formula: nuggets found ÷ nuggets of the case. Range [0, 1], higher is better.
Edge cases: a case without such nuggets is unscored; a refused or failed answer scores 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.cases import Case, Nugget
from eval.measures.matching import says
from eval.measures.score import AnswerJson, Score, unscored

_MARKER = re.compile(r"\[(\d+)\]")


def plain_text(answer: AnswerJson) -> str:
    """The answer's text without its citation markers, whose digits would stand between words or look like facts.

    Only markers the answer defines are taken out.

    >>> plain_text({"text": "先备份[1]，再升级[2]。", "citations": [{"marker": 1}]})
    '先备份，再升级[2]。'
    """
    markers = {str(citation["marker"]) for citation in answer.get("citations") or ()}
    return _MARKER.sub(lambda found: "" if found[1] in markers else found[0], answer.get("text") or "")


def said(case: Case, answer: AnswerJson) -> str:
    """What nuggets are looked for in: the text; where a refusal is right, also its message and evidence."""
    parts = [plain_text(answer)]
    declined = answer.get("declined")
    if declined and not case.answerable:
        parts.append(declined["message"])
        parts.extend(citation["quote"] for citation in declined.get("evidence") or ())
    return "\n".join(parts)


def holds(text: str, nugget: Nugget) -> bool:
    """Whether the text says any wording of the nugget (`eval.measures.matching`).

    >>> nugget = Nugget(True, ("open-source", "开源"))
    >>> holds("支持 开 源模型。", nugget), holds("Open source.", nugget), holds("Closed.", nugget)
    (True, True, False)
    """
    return any(says(text, wording) for wording in nugget.any)


def missed(case: Case, answer: AnswerJson) -> tuple[Nugget, ...]:
    """The nuggets the answer does not hold, vital or not, in the case's order."""
    text = said(case, answer)
    return tuple(nugget for nugget in case.nuggets if not holds(text, nugget))


def nugget_recall(case: Case, answer: AnswerJson) -> Score:
    """Share of the vital nuggets that the answer holds."""
    return _recall(case, answer, [nugget for nugget in case.nuggets if nugget.vital], "vital nuggets")


def nugget_recall_all(case: Case, answer: AnswerJson) -> Score:
    """Share of all nuggets, vital or not, that the answer holds."""
    return _recall(case, answer, case.nuggets, "nuggets")


def _recall(case: Case, answer: AnswerJson, wanted: Sequence[Nugget], kind: str) -> Score:
    if not wanted:
        return unscored(f"the case has no {kind}")
    lost = [nugget for nugget in missed(case, answer) if nugget in wanted]
    reason = f"{len(wanted) - len(lost)} of {len(wanted)} {kind}"
    if lost:
        reason += f"; missed: {'; '.join(' / '.join(nugget.any) for nugget in lost)}"
    return Score((len(wanted) - len(lost)) / len(wanted), reason)
