"""A real browser and a served app, for tests of what people do: nothing may leave the machine, no script may fail."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000
"""Milliseconds that anything on a page may take."""
BUILDING = 6 * PATIENCE
"""And what waits for an index to be built."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium; without it the test is skipped, which `tests/conftest.py` turns into a failure in CI."""
    pytest.importorskip("playwright")
    from playwright.sync_api import expect, sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(home: Path, folder: Path, *options: str, port: int = 0) -> Iterator[str]:
    """`tiaowen app` on a home, in a working directory whose settings would open it to the network; its address."""
    (folder / ".streamlit").mkdir()
    hostile = '[server]\naddress = "0.0.0.0"\n[browser]\ngatherUsageStats = true\n'
    (folder / ".streamlit" / "config.toml").write_text(hostile, encoding="utf-8")
    command = [
        sys.executable,
        "-P",
        "-m",
        "app.cli",
        "--home",
        str(home),
        "--ui-lang",
        "en",
        "app",
        "--port",
        str(port),
    ]
    with (folder / "stderr").open("w+", encoding="utf-8") as errors:
        app = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder)
        assert app.stdout is not None
        ready = app.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", ready)
        assert found, (ready, (folder / "stderr").read_text(encoding="utf-8"))
        try:
            yield found[0]
        finally:
            app.send_signal(signal.SIGTERM)
            ended = app.wait(30)
        assert ended == 0
        assert app.stdout.read() == ""


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """One person's browser (`locale`, `viewport`, `color_scheme`). No page of it may ask another host or fail in a script."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    broken: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: broken.append(str(error.error)))
    context.on("page", lambda page: page.on("websocket", lambda socket: asked.append(socket.url)))
    yield context
    outside = [
        one for one in asked if urlsplit(one).scheme not in ("data", "blob") and urlsplit(one).hostname != "127.0.0.1"
    ]
    context.close()
    assert asked and outside == []
    assert broken == []


def ask(page: Page, question: str) -> None:
    """Type a question and wait for its turn."""
    from playwright.sync_api import expect

    before = page.locator(".turn").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".turn")).to_have_count(before + 1)
    expect(page.locator(".answer").last).not_to_be_empty()
