"""How fast, how large: figures with their medians, beside the floor (raw FAISS and encoding) and a stock LlamaIndex pipeline.

Everything that is compared is measured in one process, one after the other, on the same questions and passages; what is a
process of its own (cold start, build) is started anew each time. Times are medians over repeats. Nothing here is a test.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.answering.assistant import Assistant
from eval import intervals
from eval.scale import DEPTH, Scale
from eval.sections import Section
from eval.stock import stock_llama_index
from eval.systems import Asked
from index.vectors import VectorIndex

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured. `target`: what the design asks for, in the same unit, at most, or with `least` at least; `value`
    None: not measured, `note` says why."""

    name: str
    value: float | None
    unit: str
    n: int
    target: float | None = None
    note: str = ""
    least: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """All figures of one run on one machine."""

    machine: Mapping[str, Any]
    figures: tuple[Figure, ...]
    scales: tuple[Scale, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `eval bench --json` prints."""
        return asdict(self)


def machine() -> dict[str, Any]:
    """What it ran on, without a name: processor cores, architecture, memory in GB, Python."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "memory_gb": round(pages / 2**30, 1),
        "python": platform.python_version(),
    }


def warm(assistant: Assistant, questions: Sequence[str]) -> list[Figure]:
    """Answers and searches in this process, against the floor and the stock pipeline on the same questions."""
    retriever = assistant.retriever
    encoder = retriever.encoder
    passages = retriever.passages
    vectors = VectorIndex.build(encoder.encode([passage.text for passage in passages], kind="passage"))
    stock = stock_llama_index(passages, encoder)
    editions = retriever.editions_with_text
    ways: dict[str, Callable[[str], object]] = {
        "answer": assistant.ask,
        "search": lambda question: retriever.search(question, k=DEPTH),
        "floor": lambda question: vectors.search(encoder.encode([question], kind="query")[0], DEPTH),
        "stock": lambda question: stock(Asked(question, editions, None)),
    }
    times = {name: _times(way, questions) for name, way in ways.items()}
    p50 = {name: intervals.quantile(mine, 0.5) for name, mine in times.items()}
    n = len(questions)
    return [
        Figure("answer p50", round(p50["answer"], 2), "ms", n, 15),
        Figure("answer p99", round(intervals.quantile(times["answer"], 0.99), 2), "ms", n, 60),
        Figure("search p50", round(p50["search"], 2), "ms", n),
        Figure("floor p50", round(p50["floor"], 3), "ms", n, note="encoding + raw FAISS"),
        Figure("stock p50", round(p50["stock"], 2), "ms", n, note="LlamaIndex VectorStoreIndex, same encoder"),
        Figure("search ÷ floor", round(p50["search"] / p50["floor"], 1), "×", n),
        Figure("search ÷ stock", round(p50["search"] / p50["stock"], 2), "×", n),
        Figure("answer ÷ floor", round(p50["answer"] / p50["floor"], 1), "×", n),
        Figure("answer ÷ stock", round(p50["answer"] / p50["stock"], 2), "×", n, note="stock only retrieves"),
    ]


def _times(act: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of each question: the median of `REPEATS`, after one pass to warm."""
    for question in questions:
        act(question)
    rounds = []
    for _ in range(REPEATS):
        mine = []
        for question in questions:
            started = time.perf_counter()
            act(question)
            mine.append(1000 * (time.perf_counter() - started))
        rounds.append(mine)
    return [statistics.median(one) for one in zip(*rounds, strict=True)]


def process(
    name: str,
    arguments: Sequence[str],
    *,
    seconds: float | None = None,
    megabytes: float | None = None,
    repeats: int = REPEATS,
) -> list[Figure]:
    """A command of ours as processes of their own: median seconds and median of the most memory; targets beside.

    The first run, which may have to write bytecode, is not counted.
    """
    runs = [_run(arguments) for _ in range(repeats + 1)][1:]
    return [
        Figure(f"{name}, time", round(statistics.median(one for one, _ in runs), 2), "s", repeats, seconds),
        Figure(f"{name}, memory", round(statistics.median(one for _, one in runs), 0), "MB", repeats, megabytes),
    ]


_LAUNCHER = """
import json, os, subprocess, sys, time
started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([time.perf_counter() - started, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""
"""Starts a process from a small one: on Linux a child's greatest size counts what its parent held when it was started."""


def _run(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds and megabytes of one process; raises `CalledProcessError` where it fails."""
    command = [sys.executable, "-P", "-m", "app.cli", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER]
    launched = subprocess.run([*launcher, *command], capture_output=True, encoding="utf-8", check=True, env=environment)
    seconds, size, code = json.loads(launched.stdout)
    if code:
        raise subprocess.CalledProcessError(code, command)
    return seconds, size / (2**20 if sys.platform == "darwin" else 2**10)


def growth(scales: Sequence[Scale]) -> dict[str, float]:
    """Growth exponents: the slope of log(figure) over log(passages) from the smallest to the largest; {} for one size."""
    if len(scales) < 2:
        return {}
    first, last = scales[0], scales[-1]
    span = math.log(last.passages / first.passages)
    told = {"build_s": "build", "p50_ms": "p50", "index_bytes": "size", "memory_mb": "memory"}
    return {
        name: round(math.log(getattr(last, field) / getattr(first, field)) / span, 2) for field, name in told.items()
    }


def sections(found: Bench) -> list[Section]:
    """The figures, and the sizes, as tables."""
    said = ", ".join(f"{value} {key.replace('_', ' ')}" for key, value in found.machine.items())
    figures = Section(
        "bench",
        {"zh": "速度与内存", "en": "Speed and memory"},
        {"zh": f"中位数；机器：{said}", "en": f"medians; machine: {said}"},
        ("", "value 值", "unit 单位", "target 目标", "n", "note 备注"),
        tuple(_row(one) for one in found.figures),
    )
    if not found.scales:
        return [figures]
    exponents = ", ".join(f"{name} {value:g}" for name, value in growth(found.scales).items())
    return [
        figures,
        Section(
            "scale",
            {"zh": "规模", "en": "Size"},
            {
                "zh": f"合成段落；增长指数：{exponents or '–'}",
                "en": f"synthetic passages; growth exponents: {exponents or '–'}",
            },
            (
                "passages 段落",
                "vectors 向量",
                "build s 建立",
                "index MB 索引",
                "p50 ms",
                "p99 ms",
                "floor p50 ms",
                "recall@10",
                "memory MB 内存",
                "open s 打开",
                "second process MB 另一进程",
            ),
            tuple(_scale_row(one) for one in found.scales),
        ),
    ]


def _row(one: Figure) -> tuple[str, ...]:
    value = "–" if one.value is None else f"{one.value:g}"
    target = "" if one.target is None else f"{'≥' if one.least else '≤'} {one.target:g}"
    return (one.name, value, one.unit, target, str(one.n), one.note)


def _scale_row(one: Scale) -> tuple[str, ...]:
    values: Iterable[str] = (
        f"{one.passages:,}", one.vectors, f"{one.build_s:.1f}", f"{one.index_bytes / 2**20:.1f}",
        f"{one.p50_ms:.1f}", f"{one.p99_ms:.1f}", f"{one.floor_p50_ms:.2f}", f"{one.recall:.3f}", f"{one.memory_mb:.0f}",
        f"{one.open_s:.2f}", f"{one.second_mb:.0f}",
    )  # fmt: skip
    return tuple(values)
