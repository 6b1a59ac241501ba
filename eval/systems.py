"""Retrieval systems side by side, on the same passages: ours, its parts alone, and stock ones.

Only retrieval is compared: every system is told which editions a question is about, as the assistant reads them.

    free      texts of both languages may be found; a clause counts once, in whichever language
    crossed   only the text in the other language may be found: Chinese questions on English text and the reverse
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus.records import Lang
from eval import intervals
from eval.cases import Case
from eval.measures import measure
from eval.measures.score import AnswerJson
from eval.summary import gap_of, summarise

MEASURES = ("R@5", "R@10", "nDCG@10", "RR")
GAP = "R@5"
"""The measure whose difference between the two sides of a pair is told."""
DEPTH = 10
QUANTILES = {"p50": 0.5, "p99": 0.99}
"""Of the milliseconds that a search took; the first searches of a process are among them."""

Direction = Literal["free", "crossed"]
DIRECTIONS: tuple[Direction, Direction] = ("free", "crossed")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system is asked: a question, editions by id, the language of the texts searched (None: both)."""

    question: str
    editions: tuple[str, ...]
    lang: Lang | None


System = Callable[[Asked], Sequence[str]]
"""The ids of the clauses found, best first."""
EditionsOf = Callable[[Case], tuple[str, ...]]
"""The editions that a case's question is about, read from the question and its scope alone."""


def side_by_side(cases: Sequence[Case], systems: Mapping[str, System], editions_of: EditionsOf) -> dict[str, Any]:
    """Every system on every answerable case with gold clauses, in both directions.

    `{"n": …, "systems": {name: {"free": found, "crossed": found}}}`; `found` is a summary as `eval run` prints it, with
    `zh_en_gap` that of `R@5`, and `ms`, how long a search took. A case that names the language of the text is left out
    where that is not searched.
    """
    judged = [case for case in cases if case.answerable and case.clauses]
    editions = {case.id: editions_of(case) for case in judged}
    found = {
        name: {direction: _measured(judged, system, editions, direction) for direction in DIRECTIONS}
        for name, system in systems.items()
    }
    return {"n": len(judged), "systems": found}


def _measured(
    cases: Sequence[Case], system: System, editions: Mapping[str, tuple[str, ...]], direction: Direction
) -> dict[str, Any]:
    langs = {case.id: _lang_of_text(case, direction) for case in cases}
    mine = [case for case in cases if direction == "free" or _named_lang(case) in (None, langs[case.id])]
    answers, times = [], []
    for case in mine:
        started = time.perf_counter()
        found = system(Asked(case.question, editions[case.id], langs[case.id]))
        times.append(1000 * (time.perf_counter() - started))
        answers.append(_answer(found))
    measures = [measure(name) for name in MEASURES]
    scores = {one.name: [one.score(*both) for both in zip(mine, answers, strict=True)] for one in measures}
    summary = summarise(mine, measures, scores).as_json()
    summary["measures"]["zh_en_gap"] = gap_of(mine, scores[GAP])
    summary["ms"] = {name: round(intervals.quantile(times, q), 2) for name, q in QUANTILES.items()} if times else {}
    return summary


def _named_lang(case: Case) -> str | None:
    return (case.scope or {}).get("lang")


def _lang_of_text(case: Case, direction: Direction) -> Lang | None:
    if direction == "crossed":
        return "en" if case.lang == "zh" else "zh"
    return _named_lang(case)  # type: ignore[return-value]


def _answer(clauses: Sequence[str]) -> AnswerJson:
    return {"hits": [{"clause": clause, "rank": rank} for rank, clause in enumerate(clauses[:DEPTH], start=1)]}


_ROW = "{:<18} {:<8} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6} {:>7} {:>7}"


def table(found: Mapping[str, Any]) -> str:
    """The comparison for a terminal: a row per system and direction, R@5 by language of the question, then the rest."""
    lines = [_ROW.format("", "", "R@5 zh", "en", "R@10", "nDCG@10", "RR", "gap", "p50 ms", "p99 ms")]
    for name, directions in found["systems"].items():
        for direction, summary in directions.items():
            by = [summary["by"]["lang"].get(lang, {}).get("R@5", {}).get("value") for lang in ("zh", "en")]
            rest = [summary["measures"][one]["value"] for one in ("R@10", "nDCG@10", "RR", "zh_en_gap")]
            shown = ["–" if one is None else f"{one:.3f}" for one in (*by, *rest)]
            shown += [f"{summary['ms'][one]:.1f}" if summary["ms"] else "–" for one in QUANTILES]
            lines.append(_ROW.format(name, direction, *shown))
    return "\n".join(lines)
