"""Retrieval systems side by side: what each is asked, how it is scored, and the stock ones over real passages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from built import built_assistant, built_retriever

from eval.cases import Case
from eval.stock import characters, systems
from eval.systems import Asked, side_by_side, table
from index.encoder import open_encoder

CASES = [
    Case("a-zh", "日志要留多久？", "zh", "a", "lookup", ("2.0",), ("2.0#6.3.6",)),
    Case("a-en", "How long must logs be kept?", "en", "a", "lookup", ("2.0",), ("2.0#6.3.6",)),
    Case(
        "b-zh", "只看英文", "zh", "b", "lookup", ("1.0",), ("1.0#5.8", "1.0#1"), scope={"edition": "1.0", "lang": "en"}
    ),
    Case("no-en", "What is for lunch?", "en", "no", "lookup", answerable=False, refusal="off_topic"),
]


def editions_of(case: Case) -> tuple[str, ...]:
    return (f"aisgf@{(case.scope or {}).get('edition', '2.0')}",)


def test_each_case_is_asked_in_its_edition_and_language_both_ways() -> None:
    asked: list[Asked] = []

    def system(one: Asked) -> Sequence[str]:
        asked.append(one)
        return ["aisgf@2.0/en#6.3.6", "aisgf@1.0/en#1"]

    found = side_by_side(CASES, {"fake": system}, editions_of)
    assert found["n"] == 3
    assert asked == [
        Asked("日志要留多久？", ("aisgf@2.0",), None),
        Asked("How long must logs be kept?", ("aisgf@2.0",), None),
        Asked("只看英文", ("aisgf@1.0",), "en"),
        Asked("日志要留多久？", ("aisgf@2.0",), "en"),
        Asked("How long must logs be kept?", ("aisgf@2.0",), "zh"),
        Asked("只看英文", ("aisgf@1.0",), "en"),
    ]
    free = found["systems"]["fake"]["free"]
    assert free["measures"]["R@5"]["value"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-6)
    assert (free["by"]["lang"]["zh"]["R@5"]["value"], free["by"]["lang"]["en"]["R@5"]["value"]) == (0.75, 1.0)
    assert free["measures"]["zh_en_gap"] == {"value": 0.0, "lo": None, "hi": None, "n": 1}


def test_the_table_has_a_row_for_each_system_and_direction() -> None:
    def none(asked: Asked) -> Sequence[str]:
        return []

    rows = table(side_by_side(CASES, {"empty": none, "again": none}, editions_of)).splitlines()
    assert [row.split()[:4] for row in rows[1:]] == [
        ["empty", "free", "0.000", "0.000"],
        ["empty", "crossed", "0.000", "0.000"],
        ["again", "free", "0.000", "0.000"],
        ["again", "crossed", "0.000", "0.000"],
    ]


@pytest.mark.parametrize(
    ("text", "tokens"), [("数据 Data-Safety 3.1", ["数", "据", "data", "safety", "3", "1"]), ("", [])]
)
def test_stock_tokens(text: str, tokens: list[str]) -> None:
    assert characters(text) == tokens


@pytest.mark.parametrize("question", ["操作日志留存六个月", "operational logs kept for six months"])
def test_every_system_finds_what_stands_there_in_so_many_words(question: str) -> None:
    for name, system in systems(built_retriever(), open_encoder(None)).items():
        found = system(Asked(question, ("aisgf@2.0",), None))
        assert any(clause.endswith("#6.3.6") for clause in found[:5]), name
        assert {clause.partition("/")[0] for clause in found} == {"aisgf@2.0"}
        lang = "en" if question.startswith("操") else "zh"
        assert {c.partition("/")[2][:2] for c in system(Asked(question, ("aisgf@2.0",), lang))} <= {lang}


@pytest.mark.parametrize(
    ("question", "editions"),
    [
        ("1.0版的原则", ("aisgf@1.0",)),
        ("principles of the second edition", ("aisgf@2.0",)),
        ("新增了哪些风险", ("aisgf@1.0", "aisgf@2.0")),
        ("how do 1.0 and 2.0 differ on labels", ("aisgf@1.0", "aisgf@2.0")),
        ("什么是护栏", ("aisgf@2.0",)),
        ("1.0版的原则后来有什么变化", ("aisgf@1.0", "aisgf@2.0")),
        ("What was dropped from 1.0?", ("aisgf@1.0", "aisgf@2.0")),
    ],
)
def test_the_editions_of_a_question_are_read_from_it(question: str, editions: tuple[str, ...]) -> None:
    assert built_assistant().editions_asked(question) == editions
    assert built_assistant().editions_asked(question, "3.0") == ("aisgf@3.0",)


def test_the_stock_pipeline_needs_an_encoder_of_its_own() -> None:
    assert "LlamaIndex, stock" not in systems(built_retriever(), None)
