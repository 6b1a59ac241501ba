"""A file to documents: the reader that fits its bytes, one document per language, status by provenance.

bytes ─ sniff ─> pdf | html | markdown | text ─> pages or blocks, per language ─ outline ─> Document
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from corpus.catalogue import is_official_host, load_catalogue
from corpus.errors import UnreadableFile
from corpus.records import LANGS, Document, Lang, Part, Status
from corpus.text import HAN, han_share
from ingest import ocr
from ingest.flow import flow, split_languages
from ingest.layout import Block, Extract
from ingest.markup import read_html
from ingest.outline import Origin, outline
from ingest.pdf import read_pdf
from ingest.plain import read_markdown, read_text
from ingest.sniff import media_type

_BILINGUAL = 0.2
"""A page of HTML or text with at least this share of either language's blocks holds two documents."""

_SUPPLY = "supply a PDF, HTML, Markdown or text file"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_WORDS = {
    "image/": "a picture",
    f"{_OFFICE}word": "a Word document",
    f"{_OFFICE}spread": "an Excel sheet",
    f"{_OFFICE}pres": "a PowerPoint file",
    "application/x-ole": "an old Word or WPS document",
    "application/zip": "a ZIP archive",
    "application/": "an archive or data file",
}
MAX_BYTES = 256 << 20
"""Of one file; the official ones have 2 and 3 MB."""


def file_bytes(path: Path) -> bytes:
    """The bytes of a file a user names. Raises `UnreadableFile` for what is no file, or one over 256 MB."""
    try:
        if path.is_dir():
            raise UnreadableFile(f"{str(path)!r} is a folder", way_out="name a file in it")
        if path.exists() and not path.is_file():  # a pipe or device may never end
            raise UnreadableFile(f"{str(path)!r} is no regular file", way_out="name a file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            said = f"{str(path)!r} has {size >> 20} MB, more than {MAX_BYTES >> 20}"
            raise UnreadableFile(said, way_out="split it, or supply a smaller copy")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{str(path)!r} cannot be read: {error.strerror or error}",
            way_out="name a file that exists and that you may read",
        ) from error


def read_file(
    data: bytes,
    name: str,
    cache: Path,
    progress: ocr.Progress | None = None,
    recogniser: ocr.Recogniser | None = None,
) -> Extract:
    """Read a file by what its bytes are, whatever its name (or URL) says; `recogniser` stands in for rapidocr.

    Raises `UnreadableFile`, and `OcrUnavailable` for a scan where OCR is not installed.
    """
    kind = media_type(data, name)
    if kind == "application/pdf":
        return read_pdf(data, cache=cache, progress=progress, recogniser=recogniser)
    if kind == "text/html":
        return read_html(data, url=name if "://" in name else None)
    readers = {"text/markdown": read_markdown, "text/plain": read_text}
    if kind in readers:
        return readers[kind](data)
    if kind == "application/x-empty":
        raise UnreadableFile(f"{name!r} is empty", way_out="fetch it again, or supply another copy")
    if kind == "application/octet-stream":
        raise UnreadableFile(
            f"{name!r} is no known kind of file, nor text in UTF-8 or GB 18030",
            way_out=f"{_SUPPLY}; a text in another encoding: save it as UTF-8",
        )
    words = next(words for start, words in _IN_WORDS.items() if kind.startswith(start))
    raise UnreadableFile(f"{name!r} is {words} ({kind}), not a text that can be read", way_out=_SUPPLY)


def status_of(data: bytes, edition: str, url: str | None) -> Status:
    """`official` if the bytes came from a publisher's site, with its certificate, or are a published file known by its
    digest."""
    known = load_catalogue().copies.get(hashlib.sha256(data).hexdigest()) == edition
    certified = url is not None and url.lower().startswith("https://") and is_official_host(url)
    return "official" if known or certified else "supplied"


def documents_from(
    extract: Extract,
    data: bytes,
    edition: str,
    part: Part = "body",
    lang: Lang | None = None,
    url: str | None = None,
) -> list[Document]:
    """The documents of one file: one, or two where it holds Chinese and English. `lang` fixes the language.

    Raises `UnreadableFile` where the text is not in the language named, or shows none of the framework's structure.
    """
    by_lang = _by_language(extract, lang)
    raw = hashlib.sha256(data).hexdigest()
    status = status_of(data, edition, url)
    return [
        outline(
            _titled(blocks, extract.title) if part == "notice" else blocks,
            Origin(
                edition=edition,
                part=part,
                lang=language,
                status=status,
                reading="ocr" if extract.ocr else "text",
                url=url or _known_url(edition, part, language),
                raw_sha256=raw,
                reader=extract.reader,
            ),
        )
        for language, blocks in by_lang.items()
    ]


def _titled(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """An announcement's blocks with its title in front, as a page keeps the title apart from its text."""
    return [Block(title, level=1), *blocks] if title and blocks[0].text != title else blocks


def _by_language(extract: Extract, lang: Lang | None) -> dict[Lang, Sequence[Block]]:
    if extract.pages:
        pages = split_languages(extract.pages)
        if lang is not None:
            pages = {lang: pages[lang]} if lang in pages else {}
        found: dict[Lang, Sequence[Block]] = {language: flow(mine, language) for language, mine in pages.items()}
    else:
        found = split_blocks(extract.blocks)
        if lang is not None:
            found = {lang: found[lang]} if lang in found else {}
    found = {language: blocks for language, blocks in found.items() if blocks}
    if not found:
        wanted = {"zh": "Chinese", "en": "English", None: "Chinese or English"}[lang]
        way_out = "leave out --lang to take the language it is in" if lang else "supply the file that holds the text"
        raise UnreadableFile(f"the file holds no {wanted} text", way_out=way_out)
    return found


def split_blocks(blocks: Sequence[Block]) -> dict[Lang, Sequence[Block]]:
    """Blocks by language; all in one language where the other has too small a share to be a document of its own."""
    of: list[Lang | None] = [_language_of(block) for block in blocks]
    counts = {lang: of.count(lang) for lang in LANGS}
    total = sum(counts.values()) or 1
    if min(counts.values()) / total < _BILINGUAL:
        return {max(LANGS, key=lambda lang: counts[lang]): blocks}
    return {lang: [block for block, found in zip(blocks, of, strict=True) if found in (lang, None)] for lang in LANGS}


def _language_of(block: Block) -> Lang | None:
    if not any(char.isalpha() for char in block.text):
        return None
    return "zh" if HAN.search(block.text) and han_share(block.text) > 0.3 else "en"


def _known_url(edition: str, part: Part, lang: Lang) -> str | None:
    """Where the catalogue says this text can be had officially."""
    sources = load_catalogue().editions[edition].sources
    return next((s.url for s in sources if s.part == part and lang in s.langs), None) or next(
        (s.url for s in sources if s.part == part), None
    )
