"""Many people at once: real sessions over WebSockets against a served app, in small; `tiaowen eval load` in large."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from built import built_home

from app.answering.assistant import Assistant
from app.cli.load_command import alone
from app.screens.access import QUESTIONS
from app.screens.turn_view import answer_with_sources
from corpus.home import Home
from eval.load import Load, cpu_of, load, memory_of, section
from eval.sections import as_text
from eval.visitor import PageFailed, Visitor

QUESTION = {"zh": "日志要留存多久？", "en": "What is data poisoning?"}
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over the built home."""
    with served(built_home().root, tmp_path_factory.mktemp("load")) as address:
        yield address


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    """The one person that all are compared with."""
    return Assistant.open(built_home())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visitor_reads_what_one_person_alone_reads(url: str, assistant: Assistant, lang: str) -> None:
    async def visit() -> str:
        async with Visitor(url, lang) as one:
            return (await one.ask(QUESTION[lang])).text

    assert asyncio.run(visit()) == answer_with_sources(assistant.ask(QUESTION[lang]))


def test_a_follow_up_is_read_as_one(url: str, assistant: Assistant) -> None:
    expected = alone(assistant)
    typed = ("What is data poisoning?", "And model extraction?")

    async def visit() -> list[str]:
        async with Visitor(url) as one:
            return [(await one.ask(question)).text for question in typed]

    first, asked = expected(typed[0], "")
    second, meant = expected(typed[1], asked)
    assert meant != typed[1]
    assert asyncio.run(visit()) == [first, second]


def test_twelve_at_once_get_the_answers_of_one_alone(url: str, assistant: Assistant) -> None:
    asked = [*QUESTION.values(), "开源模型有什么风险？", "Who issued version 2.0?"]
    expected = alone(assistant)
    found = asyncio.run(load(url, 0, asked, expected, sessions=12, every=2.0, seconds=6.0))
    assert found.errors == {}
    assert found.unequal == 0
    assert 24 <= found.questions <= 36  # those of the warm-up are not timed
    assert 0 < found.p50_ms <= found.p95_ms <= found.p99_ms
    assert found.rate == 6.0


def test_an_answer_that_is_not_that_of_one_alone_is_counted(url: str) -> None:
    found = asyncio.run(
        load(url, 0, [QUESTION["zh"]], lambda question, _: ("another", question), sessions=2, every=1.0, seconds=2.0)
    )
    assert found.unequal == 4
    assert not found.holds


def test_who_asks_too_fast_is_told_and_counted(url: str, assistant: Assistant) -> None:
    async def visit() -> list[str]:
        async with Visitor(url) as one:
            return [(await one.ask(QUESTION["zh"])).error for _ in range(QUESTIONS + 1)]

    *before, last = asyncio.run(visit())
    assert before == [""] * QUESTIONS
    assert str(QUESTIONS) in last


def test_no_app_is_an_error_of_every_session(assistant: Assistant) -> None:
    found = asyncio.run(load("http://127.0.0.1:1", 0, ["?"], alone(assistant), sessions=3, every=1.0, seconds=1.0))
    assert sum(found.errors.values()) == 3
    assert found.questions == 0
    assert not found.holds


def test_the_command_starts_the_app_and_prints_every_rate(tiaowen: Run, home: Home) -> None:
    done = tiaowen("eval", "load", "--sessions", "3", "--every", "1", "--seconds", "3", "--json", home=home)
    assert done.code == 0, done.err
    (one,) = done.json
    assert one["sessions"] == 3
    assert one["errors"] == {}
    assert one["unequal"] == 0
    assert one["memory_mb"][0] > 0
    assert "3 sessions" in done.err


def measured(**other: Any) -> Load:
    row = {"sessions": 50, "every_s": 10.0, "seconds": 300.0, "questions": 1200, "p50_ms": 90.0, "p95_ms": 200.0}
    row |= {
        "p99_ms": 300.0,
        "answer_p95_ms": 150.0,
        "errors": {},
        "unequal": 0,
        "memory_mb": (400.0, 420.0),
        "server_cpu": 0.5,
    }
    return Load(**{**row, **other})


@pytest.mark.parametrize(
    ("other", "holds"),
    [({}, True), ({"p95_ms": 501.0}, False), ({"errors": {"lost": 1}}, False), ({"unequal": 1}, False)],
)
def test_what_holds(other: dict[str, Any], holds: bool) -> None:
    one = measured(**other)
    assert one.holds is holds
    assert one.as_json()["holds"] is holds
    assert one.grown == pytest.approx(0.05)


def test_the_table_is_in_both_languages() -> None:
    table = section([measured(errors={"lost": 2})])
    assert "多人同时使用" in as_text([table], "zh")
    assert "Many at once" in as_text([table], "en")
    assert "lost ×2" in as_text([table], "en")


def test_memory_and_time_of_this_process_are_read() -> None:
    import os

    if not Path("/proc/self/stat").exists():
        pytest.skip("no /proc here")
    assert memory_of(os.getpid()) > 10
    assert cpu_of(os.getpid()) > 0
    assert memory_of(0) == cpu_of(0) == 0


def test_a_page_without_a_place_to_ask_is_refused(url: str) -> None:
    class Reader(Visitor):
        async def _run(self, question: str) -> Any:
            return None

    async def visit() -> None:
        async with Reader(url):
            pass

    with pytest.raises(PageFailed):
        asyncio.run(visit())
