"""A question that names an edition which is silent, while another answers: declined, with the clauses that do."""

from __future__ import annotations

import pytest
from built import built_assistant

from app.answering.elsewhere import answered_elsewhere
from corpus.ids import neutral
from corpus.records import LANGS, Lang
from index.calibrate import calibration_questions, near_misses

EDITIONS = ("aisgf@1.0", "aisgf@2.0")


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("1.0版把安全风险划成哪五级？", "aisgf@2.0#A1.2"),
        ("Which five risk levels does 1.0 set out?", "aisgf@2.0#A1.2"),
        ("1.0 熔断 一键管控 哪条技术措施", "aisgf@2.0#4.2.3"),
        ("1.0 circuit breaker one-click control which technical measure", "aisgf@2.0#4.2.3"),
    ],
)
def test_it_is_declined_with_the_clauses_of_the_edition_that_answers(question: str, nearest: str) -> None:
    answer = built_assistant().ask(question)
    assert answer.declined
    assert answer.declined.reason == "not_in_edition"
    assert "1.0" in answer.declined.message
    assert "2.0" in answer.declined.message
    assert any(neutral(clause).startswith(nearest) for clause in answer.declined.nearest)
    assert answer.citations == ()


@pytest.mark.parametrize(
    "question",
    [
        "2.0版把安全风险划成哪五级？",
        "Which five risk levels does 2.0 set out?",
        "1.0版有哪些治理原则？",
        "What does 1.0 say about data poisoning?",
        "1.0是谁发布的？",
        "Who published 1.0?",
    ],
)
def test_what_the_edition_answers_is_answered_from_it(question: str) -> None:
    answer = built_assistant().ask(question)
    assert answer.declined is None
    assert len(answer.editions) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_of_calibration_questions_most_silent_and_hardly_any_answered_ones_are_told(lang: Lang) -> None:
    retriever = built_assistant().retriever
    told: dict[bool, list[bool]] = {True: [], False: []}
    for row in [*near_misses(), *calibration_questions()]:
        silent = row["reason"] == "not_in_edition"
        query = retriever.read(row["question"])
        if row["lang"] != lang or (row["reason"] and not silent) or query.paths or len(query.editions) != 1:
            continue
        if query.editions[0] in EDITIONS and (silent or len(told[False]) < 60):
            found = retriever.search(query, k=8, editions=query.editions, parts=["body", "notice"])
            others = [one for one in EDITIONS if one not in query.editions]
            told[silent].append(answered_elsewhere(retriever, found, query.editions[0], others) is not None)
    assert len(told[True]) > 40
    assert sum(told[True]) / len(told[True]) > 0.7
    assert sum(told[False]) / len(told[False]) < 0.04
