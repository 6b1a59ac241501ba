"""Homes with the official files in them, each made once a session by `tiaowen add`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from official import official_folder

from app.answering.assistant import Assistant
from app.cli.session import Session, build_index
from corpus.home import Home
from corpus.store import store_digest

Add = Callable[..., Any]


@cache
def _folder() -> TemporaryDirectory[str]:
    """Removed when the process ends."""
    return TemporaryDirectory(prefix="tiaowen-official-")


def filled(name: str, tiaowen: Add, *added: tuple[str, str], ocr_cache: Path | None = None) -> Home:
    """A home with official files added by `tiaowen add` and built; made once a session."""
    home = Home(Path(_folder().name) / name)
    if not home.root.exists():
        if ocr_cache is not None:
            shutil.copytree(ocr_cache, home.ocr)
        for file, edition in added:
            assert tiaowen("add", str(official_folder() / file), "--edition", edition, home=home).code == 0
        build_index(Session(home, "en"))
    return home


def opened(home: Home) -> Assistant:
    """The assistant over a home, opened anew."""
    return Assistant.open(home, store_digest(home.store))
