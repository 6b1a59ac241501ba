"""What every child process of a reader needs: an environment in which it finds this package, and an end."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def environment() -> dict[str, str]:
    """Ours, with this package on the path whatever folder the user happens to be in.

    Start the child with `python -P`: without it that folder would come first, and a file json.py there would be run.
    """
    root = str(Path(__file__).resolve().parents[1])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))}


@contextmanager
def stopped_after(child: subprocess.Popen[bytes] | subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """Kills a child that outlives so many seconds of the clock; the event tells that it did."""
    passed = threading.Event()

    def stop() -> None:
        passed.set()
        child.kill()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()
