"""Answering many questions in several processes: JSON lines in, JSON lines out, in the order asked.

    eval run --jobs 2 ─ questions ─> tiaowen eval answer ─┐
                      └ questions ─> tiaowen eval answer ─┴─ answers, in order

A worker is this program over the same home. Nothing but text passes between them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from corpus.errors import TiaowenError

Question = tuple[str, Mapping[str, str] | None]
"""A question and its scope."""


class WorkerFailed(TiaowenError):
    """A worker ended before it had answered everything."""


def answered(
    home: Path, questions: Sequence[Question], jobs: int, options: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The answers, in the order of the questions; `options` go to every worker.

    Raises `WorkerFailed` with what the worker said where one ends early.
    """
    jobs = max(1, min(jobs, len(questions)))
    command = [sys.executable, "-P", "-m", "app.cli", "--home", str(home), "eval", "answer", *options]
    workers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        for _ in range(jobs)
    ]
    feeders = [
        threading.Thread(target=_feed, args=(worker.stdin, questions[at::jobs]), daemon=True)
        for at, worker in enumerate(workers)
    ]
    try:
        for feeder in feeders:
            feeder.start()
        for at in range(len(questions)):
            yield _next(workers[at % jobs])
    finally:
        for worker, feeder in zip(workers, feeders, strict=True):
            worker.kill()
            worker.wait()
            feeder.join()
            for pipe in (worker.stdout, worker.stderr):
                assert pipe is not None
                pipe.close()


def _feed(pipe: IO[str] | None, questions: Sequence[Question]) -> None:
    assert pipe is not None
    try:
        with pipe:
            for question, scope in questions:
                pipe.write(json.dumps({"question": question, "scope": scope}, ensure_ascii=False) + "\n")
    except OSError:
        return  # the worker has ended; what it said is told where its answer is missed


def _next(worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None and worker.stderr is not None
    line = worker.stdout.readline()
    if not line.endswith("\n"):
        said = " ".join(worker.stderr.read().split()) or f"exit {worker.wait()}"
        raise WorkerFailed(f"a worker ended early: {said}", way_out="run it with --jobs 1")
    found: dict[str, Any] = json.loads(line)
    return found
