"""Many people at once: sessions that each put a question every so many seconds to a running app, and what became of them.

Sessions begin spread over one interval and keep to their times: a question that falls due while the last one is still being
answered is put late, and its waiting counts (no coordinated omission). Every answer is compared with that of one person alone.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException

from eval import intervals
from eval.sections import Section
from eval.visitor import PageFailed, Visitor

PATIENCE = 30.0
"""Seconds after which a question counts as lost."""
MOST_P95 = 500.0
"""Milliseconds that 95 of 100 questions may take at most (`docs`: what "holds" means)."""
Expected = Callable[[str, str], tuple[str, str]]
"""What one person alone would read after a question and what was asked before it ("" for nothing), and what it was read as."""


@dataclass(frozen=True, slots=True)
class Load:
    """One rate for so many seconds. Milliseconds from when a question was due until the whole page stood; `answer_p95_ms`: until
    the answer did. `errors` and `unequal` (answers that are not those of one person alone) by what was seen."""

    sessions: int
    every_s: float
    seconds: float
    questions: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    answer_p95_ms: float
    errors: dict[str, int]
    unequal: int
    memory_mb: tuple[float, float]
    """Of the server: after the warm-up, at the end."""
    server_cpu: float
    """Cores that the server kept busy."""

    @property
    def rate(self) -> float:
        """Questions a second that were asked for."""
        return self.sessions / self.every_s

    @property
    def grown(self) -> float:
        """Growth of memory after the warm-up, as a share."""
        first, last = self.memory_mb
        return last / first - 1 if first else 0.0

    @property
    def holds(self) -> bool:
        """Whether everything was answered, rightly and in time."""
        return not self.errors and not self.unequal and self.p95_ms <= MOST_P95

    def as_json(self) -> dict[str, Any]:
        """The object that `eval load --json` prints of each rate."""
        return {**asdict(self), "rate": round(self.rate, 2), "grown": round(self.grown, 4), "holds": self.holds}


@dataclass(slots=True)
class _Seen:
    """What all sessions have seen so far."""

    finished: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    unequal: int = 0


async def load(
    url: str,
    server: int,
    questions: Sequence[str],
    expected: Expected,
    *,
    sessions: int,
    every: float,
    seconds: float,
) -> Load:
    """Put questions for so many seconds. `server`: the process whose memory and time are read, where `/proc` tells them.

    The first fifth is warm-up: it is not timed, though its errors and answers count.
    """
    seen = _Seen()
    begun = asyncio.Event()
    clock = _Clock()
    visitors = [
        asyncio.create_task(
            _session(Visitor(url), at, questions, expected, seen, (begun, clock, sessions, every, seconds))
        )
        for at in range(sessions)
    ]
    while clock.ready < sessions and not all(one.done() for one in visitors):
        await asyncio.sleep(0.05)
    clock.started = time.monotonic()
    begun.set()
    await asyncio.sleep(seconds / 5)
    first, cpu, since = memory_of(server), cpu_of(server), time.monotonic()
    await asyncio.gather(*visitors)
    busy = (cpu_of(server) - cpu) / max(time.monotonic() - since, 1e-9)

    def quantile(values: Sequence[float], q: float) -> float:
        return round(1000 * intervals.quantile(list(values), q), 1) if values else 0.0

    return Load(
        sessions=sessions,
        every_s=every,
        seconds=seconds,
        questions=len(seen.finished),
        p50_ms=quantile(seen.finished, 0.5),
        p95_ms=quantile(seen.finished, 0.95),
        p99_ms=quantile(seen.finished, 0.99),
        answer_p95_ms=quantile(seen.answered, 0.95),
        errors=dict(seen.errors),
        unequal=seen.unequal,
        memory_mb=(first, memory_of(server)),
        server_cpu=round(busy, 2),
    )


@dataclass(slots=True)
class _Clock:
    """When the sessions that are ready may begin."""

    ready: int = 0
    started: float = 0.0


async def _session(
    visitor: Visitor,
    number: int,
    questions: Sequence[str],
    expected: Expected,
    seen: _Seen,
    plan: tuple[asyncio.Event, _Clock, int, float, float],
) -> None:
    """One person: loads the page, waits for the others, then asks when it is due, each one other questions."""
    begun, clock, sessions, every, seconds = plan
    try:
        async with visitor:
            clock.ready += 1
            await begun.wait()
            before = ""
            for turn in range(round(seconds / every)):
                due = clock.started + every * (turn + number / sessions)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                question = questions[(number + 7 * turn) % len(questions)]
                late = time.monotonic() - due
                told = await asyncio.wait_for(visitor.ask(question), PATIENCE)
                text, before = expected(question, before)
                if told.error:
                    seen.errors[told.error[:80]] += 1
                elif told.text != text:
                    seen.unequal += 1
                if due - clock.started >= seconds / 5:
                    seen.finished.append(late + told.finished_s)
                    seen.answered.append(late + told.answered_s)
    except (PageFailed, WebSocketException, OSError, TimeoutError) as error:
        clock.ready += not begun.is_set()
        seen.errors[f"{type(error).__name__}: {error}"[:80]] += 1


def memory_of(process: int) -> float:
    """Megabytes that a process holds in memory now; 0 where that is not told."""
    status = Path(f"/proc/{process}/status")
    for line in status.read_text(encoding="ascii", errors="replace").splitlines() if status.exists() else ():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 2**10, 1)
    return 0.0


def cpu_of(process: int) -> float:
    """Processor seconds that a process took so far; 0 where that is not told."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def section(loads: Sequence[Load]) -> Section:
    """The rates as a table."""
    return Section(
        "load",
        {"zh": "多人同时使用", "en": "Many at once"},
        {
            "zh": f"毫秒，自应提问之时起计；符合：95%的提问不超过{MOST_P95:g}毫秒，无差错，答案与单人使用时相同",
            "en": f"milliseconds from when it was due; holds: 95 % within {MOST_P95:g} ms, no error, answers as for one alone",
        },
        ("sessions 会话", "questions/s 每秒提问", "n", "p50", "p95", "p99", "answer p95 答案", "errors 差错", "unequal 不同",
         "memory MB 内存", "cores 处理器", "holds 符合"),
        tuple(_row(one) for one in loads),
    )  # fmt: skip


def _row(one: Load) -> tuple[str, ...]:
    times = (one.p50_ms, one.p95_ms, one.p99_ms, one.answer_p95_ms)
    errors = ", ".join(f"{what} ×{count}" for what, count in sorted(one.errors.items())) or "0"
    memory = f"{one.memory_mb[0]:.0f} → {one.memory_mb[1]:.0f} ({one.grown:+.1%})"
    return (
        str(one.sessions), f"{one.rate:.1f}", str(one.questions), *(f"{ms:.0f}" for ms in times), errors, str(one.unequal),
        memory, f"{one.server_cpu:.2f}", "是 yes" if one.holds else "否 no",
    )  # fmt: skip
