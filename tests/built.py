"""One index over the bundled corpus for the whole test session, built by `tiaowen`'s own code the first time it is asked for.

No test changes it (what is asked of it leaves receipts): one that must, takes a copy (`copied_home`).
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.answering.assistant import Assistant
from app.cli.session import Session, build_index
from corpus.home import Home
from corpus.records import Document, Lang, Part
from corpus.store import store_digest
from index.build import build
from index.retrieve import Retriever
from ingest.bundled import bundled_documents


@cache
def _folder() -> TemporaryDirectory[str]:
    """Removed when the process ends."""
    return TemporaryDirectory(prefix="tiaowen-built-")


@cache
def built_home() -> Home:
    """A home with the bundled corpus built."""
    home = Home(Path(_folder().name) / "home")
    build_index(Session(home, "en"))
    return home


@cache
def built_assistant() -> Assistant:
    """The assistant over it."""
    home = built_home()
    return Assistant.open(home, store_digest(home.store))


def built_retriever() -> Retriever:
    """The retriever over it."""
    return built_assistant().retriever


def bundled(edition: str, lang: Lang, part: Part = "body") -> Document:
    """A document of the bundled corpus as it was built: `bundled("aisgf@2.0", "zh")`."""
    document = built_retriever().document(edition, lang, part)
    assert document is not None
    return document


def copied_home(place: Path) -> Home:
    """A copy of the built home that a test may change; nothing was asked of it yet."""
    shutil.copytree(built_home().root, place, ignore=shutil.ignore_patterns("receipts.db*"))
    return Home(place)


@cache
def chinese_only() -> Assistant:
    """The assistant over a corpus that holds nothing but the Chinese texts of edition 2.0."""
    home = Home(Path(_folder().name) / "chinese")
    build([d for d in bundled_documents() if d.id == "aisgf@2.0/zh"], home.index)
    return Assistant.open(home)
