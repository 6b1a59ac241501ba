"""Sentinels: answers no reader would want, scored like ours. A measure that one of them wins says nothing of quality.

    refuse   declines everything
    echo     quotes the first hit's clause
    three    quotes the first three clauses whole
    random   quotes some clause

They answer from the hits of the run, so they cost no search and are the same on every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval.cases import Case
from eval.measures.score import AnswerJson, Measure
from eval.summary import Estimate, summarise

Quote = Callable[[str], dict[str, Any] | None]
"""A clause id with its document -> a citation of the whole clause (`marker` 1), None for one without text of its own."""

Sentinel = Callable[[Case, AnswerJson], dict[str, Any]]
"""A case and our answer to it, for its hits -> what the sentinel answers."""


def sentinels(quote: Quote, clauses: Sequence[str]) -> Mapping[str, Sentinel]:
    """The four, by name; `clauses`: ids from which `random` takes one, by the case's id, in the case's language."""

    def refuse(_: Case, answer: AnswerJson) -> dict[str, Any]:
        return {
            **_quoting((), answer),
            "declined": {"reason": "off_topic", "message": "", "evidence": [], "nearest": []},
        }

    def echo(_: Case, answer: AnswerJson) -> dict[str, Any]:
        return _quoting(_hits(answer, quote, 1), answer)

    def three(_: Case, answer: AnswerJson) -> dict[str, Any]:
        return _quoting(_hits(answer, quote, 3), answer)

    def random(case: Case, answer: AnswerJson) -> dict[str, Any]:
        own = [one for one in clauses if one.partition("#")[0].endswith(f"/{case.lang}")] or list(clauses)
        at = int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % len(own) if own else 0
        found = quote(own[at]) if own else None
        return _quoting((found,) if found else (), answer)

    return {"refuse": refuse, "echo": echo, "three": three, "random": random}


def _hits(answer: AnswerJson, quote: Quote, most: int) -> list[dict[str, Any]]:
    ranked = sorted(answer.get("hits") or (), key=lambda hit: int(hit["rank"]))
    quoted = (quote(hit["clause"]) for hit in ranked)
    return [one for one in quoted if one][:most]


def _quoting(citations: Sequence[dict[str, Any]], answer: AnswerJson) -> dict[str, Any]:
    marked = [{**one, "marker": marker} for marker, one in enumerate(citations, start=1)]
    text = "\n".join(f"{one['quote']}[{one['marker']}]" for one in marked)
    return {"text": text, "citations": marked, "declined": None, "hits": answer.get("hits") or [], "ms": {}}


def scored(
    cases: Sequence[Case], answers: Sequence[AnswerJson], measures: Sequence[Measure], of: Mapping[str, Sentinel]
) -> dict[str, Mapping[str, Estimate]]:
    """What each sentinel reaches on each measure, times apart."""
    timeless = [one for one in measures if one.average not in ("p50", "p99")]
    found = {}
    for name, sentinel in of.items():
        theirs = [sentinel(case, answer) for case, answer in zip(cases, answers, strict=True)]
        scores = {one.name: [one.score(*both) for both in zip(cases, theirs, strict=True)] for one in timeless}
        found[name] = summarise(cases, timeless, scores).measures
    return found


def beaten_by(measure: Measure, ours: Estimate, theirs: Mapping[str, Mapping[str, Estimate]]) -> tuple[str, ...]:
    """The sentinels that score as well as we do on a measure.

    The hits are ours, so on the measures of retrieval they are as good by construction and not counted.
    """
    if measure.name.startswith(("R@", "nDCG@", "RR")) or ours.value is None:
        return ()
    found = {name: measures[measure.name].value for name, measures in theirs.items() if measure.name in measures}
    sign = 1 if measure.better == "higher" else -1
    return tuple(name for name, value in found.items() if value is not None and sign * (value - ours.value) >= 0)
