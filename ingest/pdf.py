"""PDF -> pages of lines: the text layer where it is good, OCR where it is missing or garbage.

    bytes ─ sniff ─> child process (ingest.pdf_child) ─> gate per page ─┬─ text layer ─────────────────────┬─> Page
                                                                        └─ rendered ─> OCR (ingest.ocr) ───┘

We open files in a child process with limits rather than here because pdfium, given a hostile file of 7 KB, aborts the
process it runs in. We take the text from pdfium rather than pypdf because pypdf decodes some Chinese fonts
(`GBKp-EUC-H`) to wrong characters without a word.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.errors import UnreadableFile
from ingest import ocr
from ingest.child import environment, stopped_after
from ingest.layout import Extract, Line, Page
from ingest.plain import visible

_GOOD_COPY = "download it again, or supply another copy"
_ENOUGH_CHARACTERS = 8  # a scan may carry a stamped page number as its text layer; no page of text is this short
_GARBAGE_SHARE = 0.2  # of a page's characters that stand for nothing: its fonts cannot be decoded
_PICTURE_SHARE = 0.25  # of a page covered by images: a scan rather than a logo
_OUTLINES = 100  # paths: letters turned into outlines rather than a few rules
_MARGIN = 0.12  # of the page's height: where a bare page number may stand
_NUMBER = r"(\d{1,4}|(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})|(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3}))"
_DASHED_NUMBER = re.compile(rf"[-–—－一·•]\s*{_NUMBER}\s*[-–—－一·•]")  # 一: how OCR may read a dash
_BARE_NUMBER = re.compile(_NUMBER)
_MAGIC = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive (a Word or WPS document?)"),
    (b"\xd0\xcf\x11\xe0", "an old Word or WPS document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"<", "an HTML or XML page"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: processor seconds and megabytes of address space in the child process."""

    seconds: int = 120
    megabytes: int = 1024


def read_pdf(
    data: bytes,
    *,
    cache: Path,
    progress: ocr.Progress | None = None,
    limits: Limits | None = None,
    recogniser: ocr.Recogniser | None = None,
) -> Extract:
    """The pages of a PDF. Pages without a usable text layer are read by OCR and kept in `cache`, page by page.

    `progress(pages done, pages in all, seconds left)` is called after each OCR page; an exception it raises ends the
    reading, and what has been read stays in `cache`. `recogniser` stands in for rapidocr.

        read_pdf(Path("框架.pdf").read_bytes(), cache=home / "ocr").pages[3].label == "2"

    Raises `UnreadableFile` (empty, not a PDF, truncated, encrypted, damaged, hostile) and `OcrUnavailable`.
    """
    limits = limits or Limits()
    _sniff(data)
    found = _asked(data, limits)
    raw: list[dict[str, Any]] = found["pages"]
    scanned = _scanned(raw)
    seen: dict[int, tuple[Line, ...]] = {}
    if scanned:
        pages = ocr.Scan(hashlib.sha256(data).hexdigest(), tuple(scanned), len(raw))
        seen = ocr.read(
            pages,
            render=lambda wanted: _rendered(data, wanted, limits),
            cache=cache,
            progress=progress,
            recogniser=recogniser,
        )
    made = tuple(_page(number, page, seen.get(number)) for number, page in enumerate(raw))
    return Extract(reader="pdf", pages=made, title=" ".join(visible(found["title"]).split()))


def _sniff(data: bytes) -> None:
    if not data:
        raise UnreadableFile("the file is empty", way_out=_GOOD_COPY)
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile(f"this is not a PDF but {_kind(data)}", way_out="supply the PDF itself")
    linearized = re.search(rb"/Linearized\b[^>]*?/L\s+(\d+)", data[:2048])
    promised = int(linearized[1]) if linearized else 0
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-2048:] or len(data) < promised:
        raise UnreadableFile(f"the PDF is cut off: its end is missing after {len(data):,} bytes", way_out=_GOOD_COPY)


def _kind(data: bytes) -> str:
    """What the bytes are, in words.

    >>> _kind(bytes.fromhex("ffd8ffe0")), _kind("人工智能".encode()), _kind(bytes.fromhex("0001fffe"))
    ('a JPEG image', 'plain text', 'something that starts with 0001fffe')
    """
    for magic, kind in _MAGIC:
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(magic):
            return kind
    with suppress(UnicodeDecodeError):
        if data[:1000].decode("utf-8", "strict" if len(data) <= 1000 else "ignore").isprintable():
            return "plain text"
    return f"something that starts with {data[:8].hex()}"


@contextmanager
def _child(
    mode: Literal["text", "render"], data: bytes, limits: Limits, *rest: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The child process with the file on its stdin, ended with the block.

    Its stdin stays open meanwhile: at its end the child knows that we are gone, killed perhaps, and ends too.
    """
    command = [sys.executable, "-P", "-m", "ingest.pdf_child", mode, str(limits.seconds), str(limits.megabytes)]
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        [*command, str(len(data)), *rest], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment()
    )
    assert child.stdin and child.stdout
    try:
        with suppress(BrokenPipeError):
            child.stdin.write(data)
            child.stdin.flush()
        yield child
    finally:
        child.kill()
        child.stdout.close()
        with suppress(BrokenPipeError):
            child.stdin.close()
        child.wait()


def _asked(data: bytes, limits: Limits) -> dict[str, Any]:
    """What the child says about the file; a child that dies or runs over is the file's fault."""
    seconds = 4 * limits.seconds  # of the clock: a busy machine gives the child a fraction of a processor
    with _child("text", data, limits) as child, stopped_after(child, seconds) as passed:
        assert child.stdout
        said = child.stdout.read()
        code = child.wait()
    if passed.is_set():
        raise _too_slow(limits)
    if code:
        raise _died(code, limits)
    answer: dict[str, Any] = json.loads(said)
    if "error" in answer:
        raise UnreadableFile(answer["error"], way_out=answer["way_out"])
    return answer


def _too_slow(limits: Limits) -> UnreadableFile:
    return UnreadableFile(f"reading the PDF takes longer than {limits.seconds} s", way_out=_GOOD_COPY)


def _died(code: int, limits: Limits) -> UnreadableFile:
    if code in {-24, -9}:  # SIGXCPU, SIGKILL: the processor limit, soft and hard
        return _too_slow(limits)
    bounds = f"limits: {limits.megabytes} MB, {limits.seconds} s"
    return UnreadableFile(f"the PDF makes its reader crash (exit status {code}; {bounds})", way_out=_GOOD_COPY)


def _rendered(data: bytes, wanted: Sequence[int], limits: Limits) -> Generator[ocr.Bitmap, None, None]:
    """Grey bitmaps of the pages `wanted` (from 0), one at a time: the child waits until the last one is read."""
    generous = Limits(limits.seconds + len(wanted), limits.megabytes)
    with _child("render", data, generous, *map(str, wanted)) as child:
        assert child.stdout
        for _ in wanted:
            head = json.loads(child.stdout.readline() or "{}")
            size = head.get("width", 0) * head.get("height", 0)
            grey = child.stdout.read(size)
            if "error" in head:
                raise UnreadableFile(head["error"], way_out=head["way_out"])
            if not size or len(grey) < size:
                raise _died(child.wait(), generous)
            yield ocr.Bitmap(head["page"], head["width"], head["height"], head["scale"], grey)


def page_png(data: bytes, page: int, limits: Limits | None = None) -> bytes:
    """A page (from 1) as a grey PNG, drawn in a child process within limits. Raises `UnreadableFile`."""
    from PIL import Image

    _sniff(data)
    with closing(_rendered(data, [page - 1], limits or Limits())) as found:
        bitmap = next(found)
    out = io.BytesIO()
    Image.frombytes("L", (bitmap.width, bitmap.height), bitmap.grey).save(out, "PNG", optimize=True)
    return out.getvalue()


def _scanned(pages: list[dict[str, Any]]) -> list[int]:
    """Pages (from 0) to be read by OCR. A pictured cover around pages of text stays a picture.

    A scan's cover is read like the rest; but one picture on the front of a text that needs no OCR must not turn the
    whole document into an OCR reading, nor refuse it to those who have no OCR.
    """
    found = [number for number, page in enumerate(pages) if _needs_ocr(page)]
    covers = {0, len(pages) - 1}
    return [] if len(pages) > 2 and set(found) <= covers else found


def _needs_ocr(page: dict[str, Any]) -> bool:
    """Whether the text layer of a page is too thin or too broken for what is drawn on it."""
    good, bad, picture = int(page["good"]), int(page["bad"]), float(page["picture"])
    if bad > _GARBAGE_SHARE * (good + bad):
        return True
    return good < _ENOUGH_CHARACTERS and (picture >= _PICTURE_SHARE or int(page["paths"]) >= _OUTLINES)


def _page(number: int, raw: dict[str, Any], seen: tuple[Line, ...] | None) -> Page:
    height = raw["height"]
    lines = seen if seen is not None else tuple(Line(*fields) for fields in raw["lines"])
    label = printed_label(lines, height) or raw["label"]
    return Page(number + 1, raw["width"], height, lines, label, ocr=seen is not None)


def printed_label(lines: Sequence[Line], height: float) -> str | None:
    """The page number that the page itself prints, at its top or bottom; None where it prints none.

    >>> printed_label([Line("- 12 -", 250, 800, 280, 812)], 842), printed_label([Line("12", 250, 400, 280, 412)], 842)
    ('12', None)
    """
    ends = [*lines[-2:][::-1], *lines[:2]]
    for line in ends:
        if dashed := _DASHED_NUMBER.fullmatch(line.text.strip()):
            return dashed[1]
    for line in ends:
        bare = _BARE_NUMBER.fullmatch(line.text.strip())
        if bare and (line.y1 < _MARGIN * height or line.y0 > (1 - _MARGIN) * height):
            return bare[1]
    return None
