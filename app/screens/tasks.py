"""Work that takes long, done by the command line as child processes: one at a time in a home, whoever started it.

    start(home, name, [commands]) ─ a thread runs them in turn ─> lines of what they say ─> done, failed, stopped

What a command says on stderr is kept line by line for the screens to show; a running command is stopped by SIGTERM, and since
every command of ours can be cut short at any moment, nothing is lost by it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from corpus.errors import TiaowenError
from corpus.home import Home

KEPT_LINES = 200
_COUNTED = re.compile(r"(\d+) ?(?:/|of) ?(\d+)")
"""`reading page 3 of 98`, `识别第3/98页`: how the commands tell how far they are."""
State = Literal["running", "done", "failed", "stopped"]


def command(home: Home, *arguments: str, lang: str = "en") -> list[str]:
    """The command line of a `tiaowen` command on a home."""
    return [sys.executable, "-P", "-m", "app.cli", "--home", str(home.root), "--ui-lang", lang, *arguments]


def run_now(arguments: Sequence[str], seconds: float | None = 120.0) -> str:
    """What a short command prints; raises `TiaowenError` with its last words where it fails or takes too long."""
    try:
        done = subprocess.run(
            arguments, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=seconds,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TiaowenError(f"this took longer than {seconds:.0f} s", way_out="try again") from None
    if done.returncode not in (0, 3):
        words = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise TiaowenError(words[-1].removeprefix("tiaowen: "))
    return done.stdout


def json_of(home: Home, *arguments: str) -> Any:
    """The JSON value that a short command prints."""
    return json.loads(run_now(command(home, *arguments, "--json")))


@dataclass
class Task:
    """One piece of work: `name` is a label's key, `lines` what its commands said, `printed` what they printed, one after the
    other; `leftover`: a folder to be removed afterwards. `go_on`: what follows a command that failed is run all the same."""

    name: str
    commands: Sequence[Sequence[str]]
    leftover: Path | None = None
    go_on: bool = False
    lines: list[str] = field(default_factory=list)
    printed: str = ""
    state: State = "running"
    step: int = 0
    _child: subprocess.Popen[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """All commands in turn, as long as they succeed or the rest does without them."""
        failed = False
        for step, one in enumerate(self.commands, start=1):
            self.step = step
            with self._lock:
                if self.state == "stopped":
                    break
                self._child = subprocess.Popen(
                    list(one), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                    encoding="utf-8", errors="replace", start_new_session=True,
                )  # fmt: skip
            reader = threading.Thread(target=self._listen, args=(self._child.stderr,), daemon=True)
            reader.start()
            assert self._child.stdout is not None
            self.printed += self._child.stdout.read()
            code = self._child.wait()
            reader.join()
            failed = failed or code not in (0, 3)
            if self.state != "running" or (failed and not self.go_on):
                break
        if self.leftover is not None:
            shutil.rmtree(self.leftover, ignore_errors=True)
        if self.state == "running":
            self.state = "failed" if failed else "done"
        self._over.set()

    def _listen(self, pipe: IO[str] | None) -> None:
        assert pipe is not None
        for line in pipe:
            if said := line.strip():
                self.lines = [*self.lines, said][-KEPT_LINES:]

    @property
    def share(self) -> float:
        """How much of it is done, in [0, 1]: whole steps, and of the running one what its last line counts."""
        counted = _COUNTED.search(self.lines[-1]) if self.lines else None
        part = min(int(counted[1]) / int(counted[2]), 1.0) if counted and int(counted[2]) else 0.0
        return min((max(self.step - 1, 0) + part) / max(len(self.commands), 1), 1.0)

    def stop(self) -> None:
        """End the running command and leave the rest undone."""
        with self._lock:
            if self.state != "running":
                return
            self.state = "stopped"
            if self._child is not None and self._child.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._child.pid, signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Whether it is over within so many seconds."""
        return self._over.wait(seconds)


_TASKS: dict[str, Task] = {}
_LOCK = threading.Lock()


def start(
    home: Home, name: str, commands: Sequence[Sequence[str]], leftover: Path | None = None, *, go_on: bool = False
) -> Task:
    """Begin; raises `TiaowenError` while another task runs in this home."""
    with _LOCK:
        running = _TASKS.get(str(home.root))
        if running is not None and running.state == "running":
            raise TiaowenError("other work is running", way_out="wait for it, or stop it")
        task = _TASKS[str(home.root)] = Task(name, commands, leftover, go_on)
    threading.Thread(target=task.run, daemon=True).start()
    return task


def current(home: Home) -> Task | None:
    """The task that runs in a home, or the last one."""
    return _TASKS.get(str(home.root))
