"""A Ray of two workers for the tests of one file, and what can be seen of its processes in /proc."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.fleet import Fleet, Place, fleet_at


@contextmanager
def two_workers() -> Iterator[Fleet]:
    """Workers that can import `fleet_work`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
        with fleet_at(Place(workers=2)) as found:
            yield found


def descendants(process: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent, *_ = (path / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(path.name)] = int(parent) if state not in "ZX" else 0
    found: set[int] = set()
    while more := {one for one, parent in parents.items() if parent in found | {process}} - found:
        found |= more
    return found


def listening(processes: set[int]) -> dict[str, str]:
    """The addresses, as the kernel writes them, that processes listen on, by socket."""
    sockets = set()
    for process in processes:
        for handle in Path(f"/proc/{process}/fd").glob("*"):
            with contextlib.suppress(OSError):
                sockets.add(os.readlink(handle))
    found = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            (
                _,
                local,
                _,
                state,
                *_,
            ) = fields = line.split()
            if state == "0A" and f"socket:[{fields[9]}]" in sockets:
                found[fields[9]] = local.partition(":")[0]
    return found
