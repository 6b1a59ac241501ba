"""Mutated files through the whole intake: documents that hold together or one line with a way out, and nothing else.

100 files in `make test`; in `make soak` 10,441, of which 5,000 are PDFs. A failure names its number: `python tests/mutants.py NUMBER` makes the file.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from mutant_reader import outcome
from mutants import Mutant, mutant, seeds

ROOT = Path(__file__).parents[2]
DEADLINE = 10.0
"""Seconds for one file, after which the reader is killed."""
MEGABYTES = 1024
WORKERS = 2
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
NUMBERS = range(10_441 if SOAK else 100)
PDFS = 5000 if SOAK else 40

Reader = subprocess.Popen[bytes]
Verdict = dict[str, Any]


@contextmanager
def reader() -> Iterator[Reader]:
    """A process that reads mutants, in a group of its own with all that it starts; the group is killed at the end."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-P", str(ROOT / "tests" / "mutant_reader.py")]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, env={**os.environ, "PYTHONPATH": path}, start_new_session=True
    ) as process:
        try:
            assert asked(process, None), "the reader does not start"
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def asked(process: Reader, number: int | None) -> Verdict | None:
    """What the reader says of a number (of None: that it is ready); None if it says nothing within the deadline."""
    assert process.stdin and process.stdout
    if number is not None:
        process.stdin.write(b"%d\n" % number)
        process.stdin.flush()
    if not select.select([process.stdout], [], [], DEADLINE if number is not None else 60)[0]:
        return None
    line = process.stdout.readline()
    verdict: Verdict = json.loads(line) if line else {"outcome": "died", "told": f"status {process.wait()}", "peak": 0}
    return verdict


def verdicts(numbers: Sequence[int], again: bool = True) -> list[Verdict]:
    """One for each number. What is too slow is tried once more by itself: another process may have had the processor."""
    found: list[Verdict] = []
    left = list(numbers)
    while left:
        with reader() as process:
            while left:
                number = left.pop(0)
                verdict = asked(process, number)
                if verdict is None and again:
                    found += verdicts([number], again=False)
                    break
                found.append(
                    {"outcome": "hang", "told": f"over {DEADLINE:g} s", "peak": 0, **(verdict or {}), "number": number}
                )
                if found[-1]["outcome"] not in {"documents", "refused"} or found[-1]["peak"] > MEGABYTES:
                    break
    return found


def test_a_mutated_file_gives_documents_or_one_line() -> None:
    shares = [NUMBERS[at::WORKERS] for at in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = [verdict for share in pool.map(verdicts, shares) for verdict in share]
    assert sorted(verdict["number"] for verdict in found) == list(NUMBERS)
    bad = [v for v in found if v["outcome"] not in {"documents", "refused"} or v["peak"] > MEGABYTES]
    assert not bad, "\n".join(f"mutant {v['number']}: {v['outcome']}, {v['peak']} MB: {v['told']}" for v in bad)
    outcomes = Counter(verdict["outcome"] for verdict in found)
    assert min(outcomes.values()) >= len(NUMBERS) // 10, f"too few of a kind to mean anything: {outcomes}"


def test_enough_of_the_files_are_pdfs() -> None:
    assert sum(mutant(number).name.endswith(".pdf") for number in NUMBERS) >= PDFS


def test_a_number_is_the_same_file_on_every_run() -> None:
    command = [sys.executable, str(ROOT / "tests" / "mutants.py"), "7"]
    made = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    assert made.stdout == mutant(7).data
    assert len({mutant(number).data for number in range(50)}) > 40


@pytest.mark.parametrize("name", sorted(seeds()))
def test_unmutated_each_file_is_read(name: str, tmp_path: Path) -> None:
    edition = "gaigi@2023" if name in {"scan.pdf", "mixed.pdf"} else "aisgf@2.0"
    what, told = outcome(Mutant(name, seeds()[name], edition, "body", None), tmp_path)
    if name == "locked.pdf":
        assert (what, told.partition(";")[0]) == ("refused", "the PDF is encrypted and needs a password")
    else:
        assert what == "documents", told
        assert (told.count("/") == 2) == (name == "bilingual.md")
