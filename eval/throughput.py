"""How many searches a second: as many processes as asked for search the same index at the same time, each for itself.

Python runs one thread of its own at a time, so cores are used by processes. The index is mapped, so a further process costs
little memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from eval.scale import DEPTH
from index.retrieve import Retriever

_PROCESS = """
import json, sys
from pathlib import Path
from eval.throughput import serve
serve(Path(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3]))
"""


def searches_a_second(root: Path, questions: Sequence[str], processes: int, seconds: float) -> float:
    """Searches a second of all processes together. `root`: the folder of the index (`Home.index`).

    Raises `CalledProcessError` where a process fails.
    """
    command = [sys.executable, "-P", "-c", _PROCESS, str(root), str(seconds), json.dumps(list(questions))]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(processes)
    ]
    try:
        for one in running:
            _line(one)  # it is open and warm
        for one in running:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        rates = [json.loads(_line(one)) for one in running]
    finally:
        for one in running:
            one.kill()
            one.communicate()
    return float(sum(rates))


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise subprocess.CalledProcessError(process.wait(), process.args)
    return line


def serve(
    root: Path, seconds: float, questions: Sequence[str], told: IO[str] = sys.stdout, go: Any = sys.stdin
) -> None:
    """What each process does: open, search everything once, say so, wait for a line, search, tell searches a second."""
    retriever = Retriever.open(root)
    for question in questions:
        retriever.search(question, k=DEPTH)
    print("ready", file=told, flush=True)
    go.readline()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        retriever.search(questions[done % len(questions)], k=DEPTH)
        done += 1
    print(done / (time.perf_counter() - started), file=told, flush=True)
