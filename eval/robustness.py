"""What disturbs an answer, and what must: variants of the question, irrelevant passages, a clause that says something else.

After RGB (Chen et al., AAAI 2024, arXiv 2309.01431): noise robustness and counterfactual robustness, on the corpus instead of
on a prompt; negative rejection and integration are slices of every run (`eval.summary`).

    variants        the same question typed otherwise (`eval.variants`): accuracy against the plain question
    noise           96 irrelevant passages in every body: accuracy against the plain corpus; not asked of changes between
                    editions, of which the new passages are part
    counterfactual  a fact replaced by that of another case in a copy that somebody supplied: the answer must quote the copy
                    as it is, name it as supplied, and say nothing of what stood there before
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

from corpus.records import Document
from eval.cases import Case
from eval.compare import mcnemar
from eval.doctored import edited, with_noise
from eval.measures.matching import says
from eval.measures.nuggets import plain_text
from eval.measures.overall import accuracy
from eval.noise import HEADING, noise
from eval.run import Ask
from eval.sections import Section
from eval.summary import DIGITS
from eval.text import matched_form
from eval.variants import VARIANTS, changed

AskFrom = Callable[[Sequence[Document]], AbstractContextManager[Ask]]
"""Documents -> how to ask an assistant that has nothing else."""

_MOST_PLACES = 3
"""A wording that stands in more clauses than this is a term of the text, not a fact of one clause."""
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Loss:
    """One disturbance: accuracy of `n` questions without and with it, those lost and won, and McNemar's exact p."""

    variant: str
    n: int
    plain: float
    varied: float
    lost: tuple[str, ...]
    won: tuple[str, ...]
    p: float


@dataclass(frozen=True, slots=True)
class Doctored:
    """One fact replaced: what stood in which clause of which document, and what stands there instead."""

    case: str
    document: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Of `n` replaced facts: quoted as they are now; told as supplied; told as they were though no quotation holds it
    (`leaked`).

    `found`: the doctored clause is cited at all; a question that no longer fits the clause is not led there.
    """

    n: int
    found: int
    quoted: int
    supplied: int
    leaked: tuple[str, ...]
    unquoted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Robustness:
    """All of it, for one set of cases."""

    losses: tuple[Loss, ...]
    counterfactual: Counterfactual


def robustness(cases: Sequence[Case], ask: Ask, documents: Sequence[Document], ask_from: AskFrom) -> Robustness:
    """Ask plainly, then disturbed: `ask` of the corpus as it is, `ask_from` of what is made of `documents`."""
    answers = {case.id: ask(case.question, case.scope) for case in cases}
    plain = {case.id: accuracy(case, answers[case.id]).value for case in cases}
    found = losses(cases, ask, plain)
    steady = [case for case in cases if case.type != "diff"]
    bodies = [with_noise(d, HEADING[d.lang], noise(d.lang)) if d.part == "body" else d for d in documents]
    with ask_from(bodies) as ask_noisy:
        noisy = {case.id: accuracy(case, ask_noisy(case.question, case.scope)).value for case in steady}
    found.append(_loss("noise", _both(plain, noisy)))
    right = [case for case in steady if plain[case.id] and case.answerable]
    doctored = facts_to_replace(right, answers, documents)
    with ask_from(doctor(documents, doctored)) as ask_doctored:
        return Robustness(tuple(found), counterfactual(right, doctored, ask_doctored))


# --- questions typed otherwise


def losses(cases: Sequence[Case], ask: Ask, plain: Mapping[str, float | None]) -> list[Loss]:
    """A row per variant; a variant that changes none of the questions is left out. `plain`: accuracy by case."""
    found = []
    for name, variant in VARIANTS.items():
        varied = {case.id: accuracy(case, ask(case.question, case.scope)).value for case in changed(cases, variant)}
        if both := _both(plain, varied):
            found.append(_loss(name, both))
    return found


def _both(plain: Mapping[str, float | None], varied: Mapping[str, float | None]) -> dict[str, tuple[float, float]]:
    pairs = ((case, plain[case], value) for case, value in varied.items())
    return {case: (before, after) for case, before, after in pairs if before is not None and after is not None}


def _loss(name: str, both: Mapping[str, tuple[float, float]]) -> Loss:
    lost = tuple(case for case, (before, after) in both.items() if before and not after)
    won = tuple(case for case, (before, after) in both.items() if after and not before)
    n = len(both)
    plain, varied = (round(sum(bool(pair[side]) for pair in both.values()) / max(n, 1), DIGITS) for side in (0, 1))
    return Loss(name, n, plain, varied, lost, won, round(mcnemar(len(won), len(lost)), DIGITS))


# --- facts replaced


def facts_to_replace(
    cases: Sequence[Case], answers: Mapping[str, Mapping[str, Any]], documents: Sequence[Document]
) -> list[Doctored]:
    """One fact a case and at most one a clause: a vital nugget that a quotation holds to the letter, which the question
    does not name and which stands in few clauses. What takes its place is the fact of the next case in that language."""
    texts = {document.id: document for document in documents if document.part == "body"}
    places: dict[tuple[str, str], tuple[str, str]] = {}
    for case in cases:
        found = _fact(case, answers[case.id], texts)
        if found and (found[0], found[1]) not in places:
            places[found[0], found[1]] = (case.id, found[2])
    by_lang: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for (document, path), (case_id, wording) in places.items():
        by_lang[document.rpartition("/")[2]].append((document, path, case_id, wording))
    doctored = []
    for rows in by_lang.values():
        for at, (document, path, case_id, wording) in enumerate(rows):
            others = (rows[(at + step) % len(rows)][3] for step in range(1, len(rows)))
            text = texts[document].by_path[path].text
            other = next((one for one in others if not says(text, one) and not says(one, wording)), None)
            if other:
                doctored.append(Doctored(case_id, document, path, wording, other))
    return doctored


def _fact(case: Case, answer: Mapping[str, Any], texts: Mapping[str, Document]) -> tuple[str, str, str] | None:
    """Document, path and wording of a fact that can be replaced."""
    asked = matched_form(case.question)
    for citation in answer.get("citations") or ():
        document, _, path = citation["clause"].partition("#")
        for nugget in case.nuggets if document in texts and path in texts[document].by_path else ():
            for wording in nugget.any if nugget.vital else ():
                long = len(matched_form(wording)) >= _SHORTEST and matched_form(wording) not in asked
                if long and wording in citation["quote"] and _places(texts[document], wording) <= _MOST_PLACES:
                    return document, path, wording
    return None


def _places(document: Document, wording: str) -> int:
    """The clauses that hold a wording; headings, which are not doctored, count as too many."""
    if any(wording in clause.heading for clause in document.clauses):
        return len(document.clauses)
    return sum(wording in clause.text for clause in document.clauses)


def doctor(documents: Sequence[Document], facts: Sequence[Doctored]) -> list[Document]:
    """The documents with every fact replaced, all at once, wherever its wording stands in its document."""
    put: dict[str, dict[str, str]] = defaultdict(dict)
    for fact in facts:
        put[fact.document].setdefault(fact.before, fact.after)
    return [
        edited(document, _replaced(document, put[document.id]))
        if document.part == "body" and put.get(document.id)
        else document
        for document in documents
    ]


def _replaced(document: Document, put: Mapping[str, str]) -> dict[str, str]:
    """The clauses that change, by path; what was put in is not replaced again."""
    wordings = re.compile("|".join(re.escape(one) for one in sorted(put, key=len, reverse=True)))
    texts = {clause.path: wordings.sub(lambda found: put[found[0]], clause.text) for clause in document.clauses}
    return {path: text for path, text in texts.items() if text != document.by_path[path].text}


def counterfactual(cases: Sequence[Case], facts: Sequence[Doctored], ask: Ask) -> Counterfactual:
    """Ask for every replaced fact."""
    by_id = {case.id: case for case in cases}
    found = quoted = supplied = 0
    leaked, unquoted = [], []
    for fact in facts:
        case = by_id[fact.case]
        answer = ask(case.question, case.scope)
        citations = [one for one in answer.get("citations") or () if one["clause"] == f"{fact.document}#{fact.path}"]
        said = any(fact.after in one["quote"] for one in citations)
        found += bool(citations)
        quoted += said
        supplied += bool(citations) and all(one["status"] == "supplied" for one in citations)
        if citations and not said:
            unquoted.append(fact.case)
        shown = "\n".join(f"{one['heading']}\n{one['quote']}" for one in answer.get("citations") or ())
        before = matched_form(fact.before)
        if before in matched_form(plain_text(answer)) and before not in matched_form(shown):
            leaked.append(fact.case)
    return Counterfactual(len(facts), found, quoted, supplied, tuple(leaked), tuple(unquoted))


# --- shown


def as_json(found: Robustness) -> dict[str, Any]:
    """The object that `eval robustness --json` prints."""
    return {"variants": [asdict(one) for one in found.losses], "counterfactual": asdict(found.counterfactual)}


def sections(found: Robustness) -> list[Section]:
    """Two tables for a report."""
    one = found.counterfactual
    return [
        Section(
            "robustness",
            {"zh": "问法与噪声", "en": "Other wordings, and noise"},
            {
                "zh": "同一批题的准确率：原样与受扰后；p：McNemar 精确检验",
                "en": "accuracy of the same cases, plain and disturbed; p: McNemar's exact test",
            },
            ("", "n", "plain 原样", "disturbed 受扰", "lost 失", "won 得", "p"),
            tuple(
                (
                    loss.variant,
                    str(loss.n),
                    f"{loss.plain:.3f}",
                    f"{loss.varied:.3f}",
                    str(len(loss.lost)),
                    str(len(loss.won)),
                    f"{loss.p:.3f}",
                )
                for loss in found.losses
            ),
        ),
        Section(
            "counterfactual",
            {"zh": "被改动的条款", "en": "Doctored clauses"},
            {
                "zh": "换掉条款中的一处事实，答案应照现文引用并标明为自备文本，且不得出现原来的说法",
                "en": "a fact of a clause replaced: the answer is to quote what stands there now, as supplied, "
                "and nothing of what stood there before",
            },
            ("facts 改动", "cited 引到", "quoted as is 照引", "as supplied 标明自备", "leaked 泄漏原文"),
            ((str(one.n), str(one.found), str(one.quoted), str(one.supplied), str(len(one.leaked))),),
        ),
    ]
