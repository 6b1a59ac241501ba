"""The claims and questions of the brief, as committed cases, asked of the bundled corpus."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from built import built_assistant, built_retriever

from corpus.jsonform import answer_to_json
from corpus.records import Part
from eval.cases import read_cases
from eval.run import one_by_one, run

QUESTIONS = Path(__file__).parents[1] / "eval" / "questions" / "brief.jsonl"
LEAST_ACCURACY = 1.0


@cache
def evaluated() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """`eval run --json` over the brief, and its answers."""

    def ask(question: str, scope: Any) -> dict[str, Any]:
        wanted = scope or {}
        return answer_to_json(built_assistant().ask(question, wanted.get("edition"), wanted.get("lang") or "auto"))

    def text_of(document: str, part: Part) -> str:
        return built_retriever().documents[document, part].text

    with TemporaryDirectory() as folder:
        meta = {"generation": built_retriever().generation}
        summary = run(
            read_cases(QUESTIONS), one_by_one(ask), Path(folder) / "run", text_of=text_of, meta=meta
        ).as_json()
        lines = (Path(folder) / "run" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return summary, [json.loads(line) for line in lines]


def measure(name: str) -> float:
    return float(evaluated()[0]["measures"][name]["value"])


def test_every_case_is_asked_in_both_languages() -> None:
    cases = read_cases(QUESTIONS)
    assert evaluated()[0]["n"] == len(cases) >= 40
    assert [answer["id"] for answer in evaluated()[1]] == [case.id for case in cases]
    assert all({case.lang for case in cases if case.pair == pair} == {"zh", "en"} for pair in {c.pair for c in cases})


def test_every_citation_is_verbatim_and_of_the_right_edition() -> None:
    assert measure("citation_validity") == 1.0
    assert measure("wrong_edition") == 0.0


def test_enough_answers_are_right() -> None:
    assert measure("accuracy") >= LEAST_ACCURACY
    for lang in ("zh", "en"):
        assert evaluated()[0]["by"]["lang"][lang]["accuracy"]["value"] >= LEAST_ACCURACY


def test_every_answer_cites_or_declines() -> None:
    for answer in evaluated()[1]:
        searched = any(statement["search"] for statement in answer["statements"])
        assert bool(answer["citations"] or searched) != bool(answer["declined"])
        assert bool(answer["text"]) != bool(answer["declined"])
        assert all(citation["quote"] for citation in answer["citations"])
