"""What a file really is, by its first bytes; the name decides only what bytes cannot (Markdown or plain text).

Stands before every reader: `add` and the crawler ask here which one to call, and say so when a name lies.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from pathlib import PurePosixPath
from urllib.parse import unquote

_HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_OFFICE_PARTS = (
    ("word/", _OFFICE + "wordprocessingml.document"),
    ("xl/", _OFFICE + "spreadsheetml.sheet"),
    ("ppt/", _OFFICE + "presentationml.presentation"),
)
_WIDE_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+|(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|meta|title)\b", re.I | re.S
)
_TAG = re.compile(r"</?(?:html|body|div|p|h[1-6]|span|table|a|ul|article)\b[^<>]*>", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def media_type(data: bytes, name: str) -> str:
    """The media type of `data`; `name` (a file name or URL path) only tells Markdown and bare HTML from plain text.

    >>> media_type(b"%PDF-1.7 ...", "framework.txt"), media_type(b"\\xff\\xd8\\xff\\xe0", "框架.pdf")
    ('application/pdf', 'image/jpeg')
    >>> media_type("# 前言".encode(), "digest.md"), media_type("前言".encode("gb18030"), "前言.txt")
    ('text/markdown', 'text/plain')

    Nothing at all is `application/x-empty`; bytes that are neither known nor text, `application/octet-stream`.
    """
    if not data:
        return "application/x-empty"
    return _by_magic(data) or _by_text(data, name) or "application/octet-stream"


def _by_magic(data: bytes) -> str | None:
    """By magic bytes; a PDF may start up to 1,024 bytes late (ISO 32000, implementation notes)."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _by_members(data)
    at = data.find(b"%PDF-", 0, 1024)
    opens_line = data[max(at - 1, 0) : max(at, 0)] in {b"", b"\n", b"\r", b"\0", b"\xbf"}
    return "application/pdf" if at >= 0 and opens_line and b"<" not in data[:at] else None


def _by_members(data: bytes) -> str:
    """Office formats are zip files that differ in their members."""
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "application/zip"
    found = (kind for folder, kind in _OFFICE_PARTS if any(member.startswith(folder) for member in members))
    return next(found, "application/zip")


def _by_text(data: bytes, name: str) -> str | None:
    head = text_head(data)
    if head is None:
        return None
    suffix = PurePosixPath(unquote(name).partition("?")[0]).suffix.lower()
    if _PAGE.match(head) or (suffix in {".htm", ".html", ".shtml", ".xhtml"} and _TAG.search(head)):
        return "text/html"
    if head.lstrip().startswith("<?xml"):
        return "application/xml"
    return "text/markdown" if suffix in {".md", ".markdown"} else "text/plain"


def text_head(data: bytes) -> str | None:
    """The first characters of `data` if it is (the start of) text in UTF-8, marked UTF-16 or GB 18030, else None.

    >>> text_head("条文".encode("utf-16")), text_head("条文".encode("gbk")), text_head(bytes(range(32)))
    ('条文', '条文', None)
    """
    head = data[:_HEAD]
    for encoding in _encodings(head):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        text = text.removeprefix("\ufeff")
        return None if _CONTROL.search(text) else text
    return None


def _encodings(head: bytes) -> tuple[str, ...]:
    marked = _WIDE_MARKS.get(head[:2])
    return (marked,) if marked else ("utf-8", "gb18030")
