"""A situation described: the risks, the measures and the guidelines that fit it, in groups, and no more than fit."""

from __future__ import annotations

import pytest
from built import built_assistant

from app.answering.kinds import asks_generally, kind_of
from app.answering.situation import GROUPS
from app.answering.words import say
from corpus.ids import short
from corpus.records import Answer, Lang
from index.question import understand


def ask(question: str) -> Answer:
    return built_assistant().ask(question)


LIGHTS: dict[Lang, str] = {
    "zh": "一座城市想让AI来控制红绿灯，应该注意什么？",
    "en": "A city wants AI to control its traffic lights: what should it look at?",
}


@pytest.mark.parametrize("lang", LIGHTS)
def test_risks_come_first_then_measures_then_guidelines(lang: Lang) -> None:
    answer = ask(LIGHTS[lang])
    assert answer.type == "scenario"
    heads = [head for head in dict.fromkeys(GROUPS.values()) if say(head, lang) in answer.text]
    assert len(heads) >= 2
    assert [answer.text.index(say(head, lang)) for head in heads] == sorted(
        answer.text.index(say(head, lang)) for head in heads
    )
    assert answer.text.startswith(say("group_risks", lang))
    cited = {short(citation.clause) for citation in answer.citations}
    assert {"2.0#3.2.3(a)", "2.0#4.3.2(b)"} <= cited
    order = list(dict.fromkeys(GROUPS.values()))
    chapters = [citation.clause.partition("#")[2][0] for citation in answer.citations]
    places = [order.index(GROUPS[one]) if one in GROUPS else len(order) for one in chapters]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", LIGHTS)
def test_every_statement_of_it_is_verified(lang: Lang) -> None:
    answer = ask(LIGHTS[lang])
    assert answer.statements
    assert all(statement.citations for statement in answer.statements)
    assert answer.text == "\n".join(statement.text for statement in answer.statements)


@pytest.mark.parametrize(
    "question",
    [
        "做了款给爷爷奶奶和小学生用的AI学习机，设计时框架要我们照顾什么？",
        "We're exposing our bot through an API and expect some people to hammer or abuse it. What should we lock down at roll-out?",
    ],
)
def test_a_particular_question_gets_little_else(question: str) -> None:
    assert 1 <= len({citation.clause for citation in ask(question).citations}) <= 3


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (LIGHTS["zh"], "scenario"),
        (LIGHTS["en"], "scenario"),
        ("我们医院准备上线AI辅助诊断系统，该怎么做？", "scenario"),
        ("We plan to deploy an AI tutor for children. What should we consider?", "scenario"),
        ("6.3.3要求我们做什么？", "clause"),
        ("日志要留存多久？", "lookup"),
        ("Which governance principles are there?", "list"),
        ("How long must logs be kept?", "lookup"),
    ],
)
def test_a_situation_is_told_from_a_question(question: str, kind: str) -> None:
    assert kind_of(understand(question)) == kind


@pytest.mark.parametrize(
    ("question", "general"),
    [
        ("我们想上AI客服，要注意什么？", True),
        ("我们想上AI客服，日志怎么留？", False),
        ("We want an AI help desk. What should we watch out for?", True),
        ("We want an AI help desk. How long must its logs be kept?", False),
    ],
)
def test_general_advice_is_told_from_particular(question: str, general: bool) -> None:
    assert asks_generally(understand(question)) is general
