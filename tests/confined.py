"""Commands in processes that may not write: because of permission bits, or past a size as on a full disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TIAOWEN = (sys.executable, "-m", "app.cli")
Done = subprocess.CompletedProcess[str]


def bound(*arguments: str) -> Done:
    """The command in a process that permission bits stop, root or not."""
    setpriv = shutil.which("setpriv") if os.geteuid() == 0 else ""
    if setpriv is None:
        pytest.skip("root, and no setpriv to give up its right to write everywhere")
    before = (setpriv, "--bounding-set=-dac_override") if setpriv else ()
    return _run((*before, *TIAOWEN, *arguments))


def limited(most: int, *arguments: str, program: Sequence[str] = TIAOWEN) -> Done:
    """The command in a process that can write no file longer than so many bytes."""
    resource = pytest.importorskip("resource")
    within = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); os.execv({1!r}, sys.argv[1:])"
    )
    assert resource.RLIMIT_FSIZE
    return _run((sys.executable, "-c", within.format(most, program[0]), *program, *arguments))


def _run(command: Sequence[str]) -> Done:
    where = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=where, cwd=ROOT, check=False)
