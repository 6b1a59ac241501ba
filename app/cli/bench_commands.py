"""`eval bench` and `eval scale`: speed and memory, in this process and in processes of their own."""

from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.cli.session import Session, open_assistant, opened_on
from corpus.errors import TiaowenError, UnusableInput

if TYPE_CHECKING:
    from eval.bench import Bench, Figure
    from eval.scale import Scale

SIZES = (1_000, 10_000)
_QUESTIONS = 100
_MOST = 10_000_000
_PAGES = 4
_SEARCH_SECONDS = 10.0
_COLD = "日志要保存多久？"


def measure_speed(session: Session, sizes: Sequence[int], scan: Path | None) -> None:
    """Everything, as a table or as JSON."""
    from eval.bench import sections
    from eval.sections import as_text

    found = bench(session, sizes, scan)
    session.out(found.as_json(), lambda: as_text(sections(found), session.lang))


def read_sizes(written: str) -> list[int]:
    """`read_sizes("1000,10000") == [1000, 10000]`; raises `UnusableInput` for what is no size."""
    try:
        sizes = sorted({int(one) for one in written.split(",") if one.strip()})
    except ValueError:
        sizes = [0]
    if any(not 1 <= size <= _MOST for size in sizes):
        raise UnusableInput(f"--sizes is {written!r}", way_out="write numbers parted by commas, such as 1000,10000")
    return sizes


def bench(session: Session, sizes: Sequence[int], scan: Path | None) -> Bench:
    """Warm answers, cold processes, a build, OCR of a scan where one is named, and the sizes, each in its own process."""
    from eval.bench import Bench, machine, process, warm

    assistant = open_assistant(session)
    home = ["--home", str(session.home.root)]
    figures = warm(assistant, questions())
    figures.append(_searches(session))
    figures.append(_first_page(session))
    figures += process("ask, cold", [*home, "ask", _COLD], seconds=1.0, megabytes=300)
    figures += process("--help", ["--help"], seconds=0.3)
    with TemporaryDirectory(prefix="tiaowen-bench-") as folder:
        figures += process("build, bundled", ["--home", folder, "build"], seconds=5.0, repeats=1)
    figures.append(_ocr(session, scan))
    return Bench(machine(), tuple(figures), tuple(_scales(session, sizes)))


def measure_size(session: Session, passages: int, ray: str | None = None) -> None:
    """One size, in this process: what `eval bench` starts for each; `ray`: where its passages are encoded, if elsewhere."""
    from eval.scale import scale

    retriever = open_assistant(session).retriever
    with opened_on(session, ray) as opened:
        encoder = opened(retriever.manifest["encoder"]["spec"]) if ray else retriever.encoder
        found = scale(retriever.passages, passages, encoder, questions()).as_json()
    session.out(found, lambda: "\n".join(f"{name:<14} {value}" for name, value in found.items()))


def measure_stores(session: Session, uris: Sequence[str], passages: int) -> None:
    """The file index and every store that is named, on the same passages, as a table or as JSON."""
    from eval.sections import as_text
    from eval.stores import costs, live_corpus, section, synthetic_corpus
    from index.generation import open_current
    from index.stores.place import place_of

    places = [place and replace(place, owner=secrets.token_hex(8)) for place in map(place_of, uris)]
    retriever = open_assistant(session).retriever
    opened = open_current(session.home.index)
    assert opened is not None, "it was opened just now"
    live = live_corpus(*opened[1:], retriever.encoder)
    session.say("bench_size", size=f"{passages:,}")
    large = synthetic_corpus(retriever.passages, passages, retriever.encoder)
    asked = [None, *(place for place in places if place is not None)]
    rows = list(costs(asked, large, live, retriever.encoder, questions()))
    session.out([one.as_json() for one in rows], lambda: as_text([section(rows)], session.lang))


def questions() -> list[str]:
    """Questions to measure with: the first of the calibration set, in both languages."""
    text = files("corpus").joinpath("calibration", "questions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["question"] for line in text.splitlines()[:_QUESTIONS]]


def _scales(session: Session, sizes: Sequence[int]) -> Iterator[Scale]:
    from eval.scale import Scale

    for size in sizes:
        session.say("bench_size", size=f"{size:,}")
        command = [sys.executable, "-P", "-m", "app.cli", "--home", str(session.home.root)]
        done = subprocess.run(
            [*command, "eval", "scale", str(size), "--json"], capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            said = " ".join(done.stderr.split()) or f"exit {done.returncode}"
            raise TiaowenError(
                f"{size} passages could not be measured: {said}", way_out="leave this size out of --sizes"
            )
        yield Scale(**json.loads(done.stdout))


def _searches(session: Session) -> Figure:
    """How many questions the retrieval path takes on all cores."""
    from eval.bench import Figure
    from eval.throughput import searches_a_second

    cores = os.cpu_count() or 1
    rate = searches_a_second(session.home.index, questions(), cores, _SEARCH_SECONDS)
    note = f"{cores} processes over one mapped index"
    return Figure("searches", round(rate), "1/s", round(rate * _SEARCH_SECONDS), 300, note, least=True)


def _first_page(session: Session) -> Figure:
    """Seconds until the first visitor of an app that has just said it is ready sees the whole page."""
    import asyncio

    from app.cli.load_command import running
    from eval.bench import Figure
    from eval.visitor import Visitor

    async def visit(url: str) -> float:
        started = time.perf_counter()
        async with Visitor(url):
            return time.perf_counter() - started

    seconds = []
    for _ in range(3):
        with running(session) as (url, _):
            seconds.append(asyncio.run(visit(url)))
    return Figure("app, first page", round(statistics.median(seconds), 2), "s", len(seconds), 2.0)


class _Enough(Exception):
    """So many pages of a scan were read."""


def _ocr(session: Session, scan: Path | None) -> Figure:
    """Seconds a page of a scan: the first pages, read anew. The first second loads the recogniser and counts."""
    from eval.bench import Figure

    if scan is None:
        return Figure("OCR, a page", None, "s", 0, note="name a scan with --scan FILE")
    from ingest.intake import file_bytes
    from ingest.pdf import read_pdf

    data = file_bytes(scan)
    read = 0

    def count(done: int, of: int, left: float) -> None:
        nonlocal read
        read = done
        if done >= min(_PAGES, of):
            raise _Enough

    started = time.perf_counter()
    with TemporaryDirectory(prefix="tiaowen-bench-") as folder, suppress(_Enough):
        read_pdf(data, cache=Path(folder), progress=count)
    if not read:
        return Figure("OCR, a page", None, "s", 0, note="the file has a text layer")
    return Figure("OCR, a page", round((time.perf_counter() - started) / read, 2), "s", read)
