"""The official files, where there are any: `TIAOWEN_OFFICIAL`, else `../shared/official` beside the repository.

Tests that need them are marked `official` and skipped, with the reason, where they are absent. In CI (`CI=true`)
absent files fail: a suite that skips what it is there for would say nothing.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from corpus.records import Document
from ingest.intake import documents_from, read_file

ROOT = Path(__file__).parents[1]
ZH_10, EN_10 = "framework-1.0.zh.pdf", "framework-1.0.en.txt"


def official_folder() -> Path:
    """The folder of the official files; skips the test, or fails it in CI, where there is none."""
    named = os.environ.get("TIAOWEN_OFFICIAL")
    folder = Path(named) if named else ROOT.parent / "shared" / "official"
    if not folder.is_dir():
        said = f"no official files at {str(folder)!r}: set TIAOWEN_OFFICIAL to their folder"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return folder


def official_bytes(name: str) -> bytes:
    """The bytes of one official file."""
    return (official_folder() / name).read_bytes()


def official_document(name: str) -> Document:
    """The one document that is in the official file `name` of edition 1.0, read as `tiaowen add` reads it."""
    return _read(official_folder() / name)


@cache
def _read(path: Path) -> Document:
    data = path.read_bytes()
    with TemporaryDirectory() as cache_folder:
        extract = read_file(data, path.name, Path(cache_folder))
    (document,) = documents_from(extract, data, "aisgf@1.0")
    return document
