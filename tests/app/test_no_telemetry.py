"""Nothing leaves the machine: every socket of the commands and of the app is watched while they answer.

An audit hook (PEP 578) in a `sitecustomize` of our own writes down each connection and each name that is looked up, in every
Python process that the command starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import ask, served, visiting
from built import copied_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WATCH = """
import json, os, sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        where = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        line = json.dumps([event, str(where)]) + "\\n"
        with open(os.environ["WATCHED"], "a", encoding="utf-8") as file:
            file.write(line)

sys.addaudithook(_watch)
"""
PATHS = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
OURS = ("127.0.0.1", "localhost", "::1", "('127.0.0.1'", "('::1'", "/", "b'", "None")
"""How an address of this machine, or of a file, begins."""


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the hook writes; every child process has it."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    file = tmp_path / "watched.jsonl"
    file.touch()
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("WATCHED", str(file))
    return file


def outside(file: Path) -> list[list[str]]:
    """What was asked of other machines."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if not row[1].startswith(OURS)]


def test_the_hook_sees_a_connection(watched: Path) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
    assert outside(watched) == [["socket.connect", "('192.0.2.1', 9)"]]


@pytest.mark.parametrize("question", ["日志要留存多久？", "How long must logs be kept?"])
def test_a_command_asks_nobody(watched: Path, tmp_path: Path, question: str) -> None:
    home = copied_home(tmp_path / "home")
    command = [sys.executable, "-P", "-m", "app.cli", "--home", str(home.root)]
    for arguments in (["ask", question], ["status"], ["diff", "1.0", "2.0"], ["search", question]):
        subprocess.run([*command, *arguments], check=True, capture_output=True)
    assert outside(watched) == []


@pytest.mark.soak
def test_ray_asks_nobody(watched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(watched.parent / "site"), *PATHS]))
    command = [sys.executable, "-P", "-m", "app.cli", "--home", str(tmp_path / "home"), "build", "--ray", "local:2"]
    subprocess.run(command, check=True, capture_output=True)
    assert watched.stat().st_size > 0 and outside(watched) == []


@pytest.mark.browser
def test_the_app_asks_nobody(browser: Browser, watched: Path, tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    with served(home.root, tmp_path) as url, visiting(browser, locale="en-US") as context:
        page = context.new_page()
        page.goto(url)
        ask(page, "日志要留存多久？")
        ask(page, "What changed between 1.0 and 2.0?")
        page.goto(f"{url}/?view=library")
        page.locator("table").first.wait_for()
    assert watched.stat().st_size > 0 and outside(watched) == []
