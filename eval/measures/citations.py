"""Citations: the right clauses, of the right edition, quoted to the letter.

Recall and precision after ALCE (Gao et al., EMNLP 2023, arXiv 2305.14627), by clause id in place of entailment. Cited
clauses are counted once, without their language. A clause counts for a gold clause when it is that clause or one below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from corpus.errors import TiaowenError
from corpus.ids import ClauseId, is_below, neutral, parse_id, short
from corpus.records import part_of
from eval.cases import Case
from eval.measures.score import AnswerJson, Score, unscored, yes_no

TextOf = Callable[[str, str], str]
"""Document id and part -> canonical text; raises `TiaowenError` or `LookupError` where there is no such document."""

_parsed: Callable[[str], ClauseId] = lru_cache(maxsize=65536)(parse_id)


def counts_for(clause: str, gold: str) -> bool:
    """Whether `clause`, in either language, is the clause `gold` or one below it.

    >>> counts_for("aisgf@2.0/zh#3.1.1(f)", "2.0#3.1.1"), counts_for("aisgf@2.0/en#3.1", "2.0#3.1.1")
    (True, False)
    >>> counts_for("aisgf@1.0/zh#3.1.1", "2.0#3.1.1"), counts_for("aisgf@2.0/en#A1.2.1", "2.0#A1")
    (False, True)
    """
    one, other = _parsed(clause), _parsed(gold)
    return one.edition == other.edition and is_below(one.path, other.path)


def cited(answer: AnswerJson) -> list[str]:
    """The clauses cited, language-neutral, each once, in order of citation."""
    return list(dict.fromkeys(neutral(citation["clause"]) for citation in answer.get("citations") or ()))


def listed(ids: Iterable[str]) -> str:
    """Ids for a reason, in their short form: `listed(["aisgf@2.0#5.4"]) == "2.0#5.4"`."""
    return ", ".join(short(one) for one in ids)


def citation_recall(case: Case, answer: AnswerJson) -> Score:
    """Gold clauses (`clauses`) cited ÷ gold clauses. Range [0, 1], higher is better.

    Edge cases: unscored for an unanswerable case and without gold clauses; an answer without citations scores 0.
    """
    if not case.answerable or not case.clauses:
        return unscored("the case has no gold clauses" if case.answerable else "the case is unanswerable")
    lost = [gold for gold in case.clauses if not any(counts_for(one, gold) for one in cited(answer))]
    reason = f"{len(case.clauses) - len(lost)} of {len(case.clauses)} gold clauses cited"
    if lost:
        reason += f"; missed: {listed(lost)}"
    return Score((len(case.clauses) - len(lost)) / len(case.clauses), reason)


def citation_precision(case: Case, answer: AnswerJson) -> Score:
    """Cited clauses within `clauses` ∪ `alt_clauses` ÷ cited clauses. Range [0, 1], higher is better.

    Edge cases: unscored for an unanswerable case and without gold clauses; an answer that cites nothing scores 0, as
    in ALCE, or refusing everything would be precise.
    """
    gold = case.clauses + case.alt_clauses
    if not case.answerable or not gold:
        return unscored("the case has no gold clauses" if case.answerable else "the case is unanswerable")
    ours = cited(answer)
    if not ours:
        return Score(0.0, "nothing cited")
    stray = [one for one in ours if not any(counts_for(one, other) for other in gold)]
    reason = f"{len(ours) - len(stray)} of {len(ours)} cited clauses are gold"
    if stray:
        reason += f"; stray: {listed(stray)}"
    return Score((len(ours) - len(stray)) / len(ours), reason)


def strays_from_editions(case: Case, answer: AnswerJson) -> list[str]:
    """The cited clauses of an edition outside `versions`, in order; without `versions` none is outside."""
    wanted = {version if "@" in version else f"aisgf@{version}" for version in case.versions}
    return [one for one in cited(answer) if wanted and _parsed(one).edition not in wanted]


def wrong_edition(case: Case, answer: AnswerJson) -> Score:
    """1 if any citation is of an edition outside `versions`, else 0. Range [0, 1], lower is better.

    Counted by answer, which is stricter than by citation: a long answer cannot thin out its one wrong source.
    Edge cases: unscored for an unanswerable case, without `versions`, and where nothing is cited.
    """
    if not case.answerable or not case.versions:
        return unscored("the case names no edition" if case.answerable else "the case is unanswerable")
    if not cited(answer):
        return unscored("nothing cited")
    strays = strays_from_editions(case, answer)
    return yes_no(
        bool(strays), f"outside {', '.join(case.versions)}: {listed(strays)}", "every citation in its edition"
    )


def citation_validity(text_of: TextOf) -> Callable[[Case, AnswerJson], Score]:
    """A function for: citations whose quote is the slice of their document ÷ citations, a refusal's evidence included.

    The digest of the document's text must match too. Range [0, 1], higher is better; the design allows nothing but 1.
    Edge case: unscored where nothing is cited.
    """

    def score(case: Case, answer: AnswerJson) -> Score:
        declined = answer.get("declined") or {}
        shown = [*(answer.get("citations") or ()), *(declined.get("evidence") or ())]
        if not shown:
            return unscored("nothing cited")
        faults = [fault for citation in shown if (fault := citation_fault(citation, text_of))]
        right = len(shown) - len(faults)
        return Score(right / len(shown), "; ".join([f"{right} of {len(shown)} quotes verified", *faults]))

    return score


def citation_fault(citation: dict[str, Any], text_of: TextOf) -> str | None:
    """What is wrong with a citation, or None: no such document, another text, another slice."""
    clause: str = citation["clause"]
    document, _, path = clause.partition("#")
    part = part_of(path)
    try:
        text = text_of(document, part)
    except (TiaowenError, LookupError):
        return f"{clause}: no such document"
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != citation["document_sha256"]:
        return f"{clause}: the document's digest is {digest[:12]}, the citation's {citation['document_sha256'][:12]}"
    start, end = citation["start"], citation["end"]
    if not 0 <= start < end <= len(text) or text[start:end] != citation["quote"]:
        return f"{clause}: the quote is not the text [{start}, {end})"
    return None
