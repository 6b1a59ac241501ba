"""The official files, where there are any: `TIAOWEN_OFFICIAL`, else `../shared/official` beside the repository.

Tests that need them are marked `official` and skipped, with the reason, where they are absent. In CI (`CI=true`)
absent files fail: a suite that skips what it is there for would say nothing. To read the whole scan of 2.0 takes minutes: tests
that need it are marked `scan`, and run under `make soak`, or where `TIAOWEN_OCR_CACHE` names the folder `ocr` of a home in
which it was read before. Eight of its pages are read in every run (`tests/ingest/test_scan_pages.py`).
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from corpus.records import Document, Lang
from ingest.intake import documents_from, read_file
from ingest.layout import Extract

ROOT = Path(__file__).parents[1]
INITIATIVE = "global-ai-governance-initiative.en.txt"
ZH_10, EN_10, SCAN_20 = "framework-1.0.zh.pdf", "framework-1.0.en.txt", "framework-2.0.zh-en.scan.pdf"


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
    """The one document that is in the official file `name`, read as `tiaowen add` reads it."""
    (document,) = official_documents(name).values()
    return document


@cache
def official_extract(name: str) -> Extract:
    """What the reader makes of an official file; read once a session."""
    pages = recognised_pages() if name == SCAN_20 else Path(_folder().name) / "none"
    return read_file(official_bytes(name), name, pages)


@cache
def official_documents(name: str) -> dict[Lang, Document]:
    """The documents of an official file by language."""
    edition = {SCAN_20: "aisgf@2.0", INITIATIVE: "gaigi@2023"}.get(name, "aisgf@1.0")
    return {found.lang: found for found in documents_from(official_extract(name), official_bytes(name), edition)}


@cache
def recognised_pages() -> Path:
    """A folder with the pages of the scan as OCR saw them: copied from the one named, or filled once a session."""
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    known, folder = os.environ.get("TIAOWEN_OCR_CACHE"), Path(_folder().name) / "ocr"
    if known:
        shutil.copytree(known, folder)
    read_file(official_bytes(SCAN_20), SCAN_20, folder)
    return folder


@cache
def _folder() -> TemporaryDirectory[str]:
    """Removed when the process ends."""
    return TemporaryDirectory(prefix="tiaowen-official-")
