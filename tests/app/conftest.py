"""Running `tiaowen` in this process, as its entry point does, for tests of the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import chromium
from built import built_home

from app.cli import main
from corpus.home import Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line on stderr."""
        (line,) = self.err.splitlines()
        return line


Run = Callable[..., Done]


@pytest.fixture
def tiaowen(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`tiaowen("ask", "什么是微调？", home=home)`; messages are English unless `--ui-lang` says otherwise."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: str, home: Home | None = None) -> Done:
        before = ["--home", str(home.root)] if home else []
        monkeypatch.setattr(sys, "argv", ["tiaowen", *before, *arguments])
        capsysbinary.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsysbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of one file: a running Playwright would be in the way of other event loops."""
    with chromium() as found:
        yield found


@pytest.fixture
def home() -> Home:
    """The built home; read only."""
    return built_home()


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    """A home that nothing was put into."""
    return Home(tmp_path / "empty")


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write a file: `file("a.txt", b"...")` gives its path as text."""

    def write(name: str, data: bytes | str) -> str:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return write
