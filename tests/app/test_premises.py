"""False premises: declined with the clauses that correct them, apart from any answer; and nothing true is corrected."""

from __future__ import annotations

import pytest
from built import built_assistant

from app.answering.premises import asserts, without_removal
from app.cli.ask_commands import answer_text
from app.messages import tell
from corpus.records import LANGS, Answer, Lang, part_of
from corpus.text import fold
from index.calibrate import calibration_questions


def ask(question: str) -> Answer:
    return built_assistant().ask(question)


def wrong(answer: Answer) -> bool:
    return answer.declined is not None and answer.declined.reason == "false_premise"


FALSE = [
    ("zh", "为什么2.0取消了风险级别？", "A1.2"),
    ("en", "Why did 2.0 abolish risk levels?", "A1.2"),
    ("zh", "八级风险分别叫什么", "A1.2"),
    ("en", "What is the sixth risk level?", "A1.2"),
    ("zh", "日志留存三十天就删的依据是什么？", "6.3.6"),
    ("en", "Why may logs be deleted after thirty days?", "6.3.6"),
    ("zh", "框架为什么禁止开源模型？", "5.4"),
    ("zh", "作为国务院颁布的法规，它的处罚依据是哪条？", "notice.3"),
    ("en", "As a law passed by the State Council, when did it take effect?", "notice.3"),
]


@pytest.mark.parametrize(("lang", "question", "path"), FALSE)
def test_a_false_premise_is_corrected_by_the_clause_that_shows_it(lang: Lang, question: str, path: str) -> None:
    answer = ask(question)
    assert wrong(answer)
    assert answer.declined
    assert (answer.citations, answer.text) == ((), "")
    assert answer.declined.evidence[0].clause == f"aisgf@2.0/{lang}#{path}"
    documents = built_assistant().retriever.documents
    for citation in answer.declined.evidence:
        of, _, at = citation.clause.partition("#")
        document = documents[of, part_of(at)]
        assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("lang", "question", "parts"), [("zh", "八级风险分别叫什么", 5), ("en", "Why did 2.0 abolish risk levels?", 5)]
)
def test_what_is_counted_or_only_headed_is_shown_with_its_parts(lang: Lang, question: str, parts: int) -> None:
    declined = ask(question).declined
    assert declined
    assert [citation.clause.partition("#")[2] for citation in declined.evidence[1:]] == [
        f"A1.2.{n}" for n in range(1, parts + 1)
    ]


@pytest.mark.parametrize(
    ("lang", "question"), [("zh", "为什么2.0取消了风险级别？"), ("en", "Why did 2.0 abolish risk levels?")]
)
def test_the_command_line_shows_the_evidence_apart_from_an_answer(lang: Lang, question: str) -> None:
    answer = ask(question)
    assert answer.declined
    lines = answer_text(answer).splitlines()
    assert lines.index(f"{tell('evidence', lang)}:") < next(
        at for at, line in enumerate(lines) if tell("nearest", lang) in line
    )
    assert any(answer.declined.evidence[0].quote in line for line in lines)


@pytest.mark.parametrize(
    "question",
    [
        "2.0有哪五个风险级别？",
        "风险级别一共有几级？",
        "2.0取消了风险级别吗？",
        "2.0删掉了1.0的哪些内容？",
        "日志要至少留存六个月吗？",
        "框架禁止哪些行为？",
        "Which five risk levels does 2.0 have?",
        "Did 2.0 abolish risk levels?",
        "What did 2.0 remove from 1.0?",
        "Must logs be kept for six months?",
        "Does the framework ban open-source models?",
    ],
)
def test_what_is_true_or_only_asked_is_not_corrected(question: str) -> None:
    assert not wrong(ask(question))


@pytest.mark.parametrize("lang", LANGS)
def test_hardly_any_calibration_question_is_taken_for_a_false_premise(lang: Lang) -> None:
    rows = [row for row in calibration_questions() if row["lang"] == lang and row["answerable"]][::2]
    assert len(rows) > 100
    assert sum(wrong(ask(row["question"])) for row in rows) <= 1


@pytest.mark.parametrize(
    ("text", "what", "asserted"),
    [
        ("2.0为什么删除了可解释性", "removed", True),
        ("2.0删除了哪些条款", "removed", False),
        ("why was explainability dropped", "removed", True),
        ("what was dropped", "removed", False),
        ("为何禁止使用开源模型", "forbidden", True),
        ("哪些行为被禁止", "forbidden", False),
        ("why are open models banned", "forbidden", True),
        ("which uses are banned", "forbidden", False),
        ("作为国务院颁布的法规", "law", True),
        ("它是法律吗", "law", False),
        ("given that it is law, who enforces it", "law", True),
        ("is it a law", "law", False),
    ],
)
def test_what_is_asserted_is_told_from_what_is_asked(text: str, what: str, asserted: bool) -> None:
    assert asserts(fold(text).text, what) is asserted


@pytest.mark.parametrize(
    ("text", "left"), [("为什么2.0取消了风险级别", "风险级别"), ("why did 2.0 abolish risk levels", "risk levels")]
)
def test_what_is_said_to_be_gone_is_left(text: str, left: str) -> None:
    assert left in without_removal(text)
    assert len(without_removal(text).split()) <= 4
