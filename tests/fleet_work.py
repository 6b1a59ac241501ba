"""What Ray workers do in tests: functions that they import by name, so this folder is on their PYTHONPATH."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

PATIENCE = 60.0


def until(path: Path, end: str = "") -> str:
    """Wait for a file that ends so; its text."""
    until_at = time.monotonic() + PATIENCE
    while not (path.exists() and (text := path.read_text("utf-8")).endswith(end)):
        assert time.monotonic() < until_at, f"{path.name} never came"
        time.sleep(0.005)
    return text


def held(folder: str, batch: list[str]) -> list[str]:
    """Tell by which process a batch is worked on, one line a try; wait until the file `go` lets it end."""
    with (Path(folder) / f"{batch[0]}.tries").open("a", encoding="utf-8") as tries:
        tries.write(f"{os.getpid()}\n")
    until(Path(folder) / "go")
    return [one.upper() for one in batch]


def fatal(batch: str) -> str:
    """End the worker."""
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def wrong(batch: str) -> str:
    """Break."""
    raise KeyError(batch)


def path(_: None) -> list[str]:
    """Where a worker imports from."""
    return list(sys.path)


def home(_: None) -> str:
    """The user's folder, as a worker sees it."""
    return str(Path.home())
