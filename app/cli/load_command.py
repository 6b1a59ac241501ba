"""`eval load`: starts the app, puts questions to it as many people at once would, and finds the rate at which it breaks."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from app.answering.assistant import Assistant
from app.answering.followups import follow_up
from app.cli.app_command import command, end, free_port, url_of, wait_until_ready
from app.cli.bench_commands import questions
from app.cli.session import Session, open_assistant
from corpus.errors import TiaowenError
from eval.load import Expected, Load, load, section

ADDRESS = "127.0.0.1"
_MORE = 1.5
_STEP_SECONDS = 60.0


def measure_load(session: Session, sessions: int, every: float, seconds: float, until_it_breaks: bool) -> None:
    """Measure one number of sessions, and with `until_it_breaks` ever more, each half as many again, until it does not hold."""
    from eval.sections import as_text

    assistant = open_assistant(session)
    expected = alone(assistant)
    asked = questions()
    found: list[Load] = []
    with running(session) as (url, server):

        def measure(people: int, length: float) -> None:
            one = asyncio.run(load(url, server, asked, expected, sessions=people, every=every, seconds=length))
            found.append(one)
            told = {"sessions": people, "rate": f"{one.rate:.1f}", "p95": f"{one.p95_ms:.0f}"}
            session.say("load_step", **told, errors=sum(one.errors.values()))

        measure(sessions, max(seconds, every))
        while until_it_breaks and found[-1].holds:
            measure(math.ceil(_MORE * found[-1].sessions), max(min(seconds, _STEP_SECONDS), every))
    session.out([one.as_json() for one in found], lambda: as_text([section(found)], session.lang))


@contextmanager
def running(session: Session) -> Iterator[tuple[str, int]]:
    """The app on a free port of this machine: its address, its process."""
    port = free_port(ADDRESS, 0)
    child = subprocess.Popen(
        command(ADDRESS, port),
        env={**os.environ, "TIAOWEN_HOME": str(session.home.root), "TIAOWEN_ACCESS": "local"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not wait_until_ready(child, ADDRESS, port):
            raise TiaowenError("the app ended while it started", way_out="see why: tiaowen app")
        yield url_of(ADDRESS, port), child.pid
    finally:
        end(child)


def alone(assistant: Assistant) -> Expected:
    """What one person alone would read after a question and the one before it."""
    from app.screens.turn_view import answer_with_sources

    @cache
    def expected(question: str, before: str) -> tuple[str, str]:
        meant = follow_up(question, assistant.ask(before)) if before else None
        if meant is None:
            return answer_with_sources(assistant.ask(question)), question
        return answer_with_sources(assistant.ask(meant.question, None, meant.lang)), meant.question

    return expected
