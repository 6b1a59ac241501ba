"""Eight pages of the scan of 2.0, read in every run: both languages, chapters 1 and 2.

The whole scan is read by `make soak` (`test_official_scan.py`).
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from official import SCAN_20, official_bytes
from pypdf import PdfReader, PdfWriter

from corpus.records import LANGS, Document, Lang
from corpus.text import han_share, squeeze
from ingest.bundled import bundled_documents
from ingest.intake import documents_from, read_file

pytestmark = [pytest.mark.official, pytest.mark.ocr]
PAGES = {"zh": range(10, 14), "en": range(44, 48)}
"""Pages of the file, from 1."""
CHAPTERS: dict[Lang, tuple[str, ...]] = {
    "zh": ("1", "1.1", "1.2", "1.3", "1.4", "1.5", "2", "2.1", "2.2", "2.3", "2.4", "3", "3.1", "3.1.1", "3.1.1(a)"),
    "en": ("1", "1.1", "1.2", "1.3", "1.4", "1.5", "2", "2.1", "2.2"),
}
"""What begins on them."""


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tiaowen-pages-")


@cache
def documents() -> dict[Lang, Document]:
    """Those pages as a file of their own, read as `tiaowen add` reads it."""
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    reader, writer = PdfReader(io.BytesIO(official_bytes(SCAN_20))), PdfWriter()
    for lang in LANGS:
        for number in PAGES[lang]:
            writer.add_page(reader.pages[number - 1])
    out = io.BytesIO()
    writer.write(out)
    extract = read_file(out.getvalue(), SCAN_20, Path(_folder().name))
    return {one.lang: one for one in documents_from(extract, out.getvalue(), "aisgf@2.0")}


def ours(lang: Lang) -> Document:
    """Our digest of the edition, whose paths and headings are those of the official text."""
    return next(one for one in bundled_documents() if (one.id, one.part) == (f"aisgf@2.0/{lang}", "body"))


@pytest.mark.parametrize("lang", LANGS)
def test_the_chapters_are_cut_with_their_headings(lang: Lang) -> None:
    found = documents()[lang]
    assert found.reading == "ocr"
    for path in CHAPTERS[lang]:
        assert squeeze(found.by_path[path].heading) == squeeze(ours(lang).by_path[path].heading), path
    assert {path for path in found.by_path if path.startswith(("1", "2"))} == {
        p for p in CHAPTERS[lang] if p[0] in "12"
    }


@pytest.mark.parametrize("lang", LANGS)
def test_the_texts_are_whole_and_of_their_language(lang: Lang) -> None:
    found = documents()[lang]
    for path in ("1.1", "1.3", "1.5", "2.1"):
        text = found.by_path[path].text.strip()
        assert len(text) > (20 if lang == "zh" else 80) and text[-1] in "。；.;:：", path
        assert (han_share(text) > 0.9) == (lang == "zh"), path
        assert not re.search(r"-\s*\d{1,2}\s*-|\.{3}|…", text), path


@pytest.mark.parametrize(
    ("lang", "path", "page"), [("zh", "1.4", 2), ("zh", "2.4", 3), ("en", "1.3", 7), ("en", "2.1", 8)]
)
def test_a_clause_knows_its_page(lang: Lang, path: str, page: int) -> None:
    found = documents()[lang]
    place = found.page_at(found.by_path[path].lead.end)
    assert place is not None and place.page in (page, page + 1)
