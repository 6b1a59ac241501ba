"""The child process in which a PDF is opened: `python -m ingest.pdf_child text|render …`, the file on stdin.

A 7 KB file can make pdfium abort the whole process, and one of 18 KB can keep pypdf busy for 13 s. So both are only
ever called here, under limits on memory and processor time, and the parent (`ingest.pdf`) sees a dead child at worst.

    text SECONDS MEGABYTES BYTES            one JSON object: what every page says, and what the gate needs to judge it
    render SECONDS MEGABYTES BYTES PAGE…    per page (from 0) a JSON line with its size, then width × height grey bytes

BYTES is the file's size; stdin stays open after it, and its end is the end of this process.

An error that the file is to blame for is the JSON object `{"error": …, "way_out": …}`.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.pdf_lines import Glyph, lines_of

_NO_ERROR, _PASSWORD = 0, 4  # FPDF_ERR_SUCCESS, FPDF_ERR_PASSWORD
_IMAGE, _PATH = 3, 2  # FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH
_FORM_DEPTH = 4
_COARSEST, _FINEST = 2.0, 3.0  # pixels a point: below, small type is lost; above, OCR only takes longer
_LONGEST_SIDE = 4000  # pixels: a page of 200 inches must not become a bitmap of gigabytes
_PYPDF_SECONDS = 10
_MAX_PAGES = 5000
_GOOD_COPY = "download it again, or supply another copy"
_MAX_CHARS = 200_000  # on one page; the densest page of the framework has 1,000


class Refused(Exception):
    """The file cannot be read; the arguments are what is wrong and the way out."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit code is 0 also for a file refused with a reason."""
    mode, seconds, megabytes, size, *rest = arguments
    _limit(int(seconds), int(megabytes))
    source, out = sys.stdin.buffer.read(int(size)), sys.stdout.buffer
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        if mode == "text":
            out.write(json.dumps(_text(source)).encode())
        else:
            for chunk in _render(source, [int(page) for page in rest]):
                out.write(chunk)
    except Refused as refusal:
        out.write(json.dumps(dict(zip(("error", "way_out"), refusal.args, strict=True))).encode())
    except MemoryError:
        message = f"reading the PDF needs more than {megabytes} MB"
        out.write(json.dumps({"error": message, "way_out": "supply another copy"}).encode())
    out.flush()
    return 0


def _end_with_stdin() -> None:
    """End this process when the parent has ended, in whatever way: nobody wants the answer."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _limit(seconds: int, megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no rlimits; the parent's clock remains
        return
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, megabytes << 20)):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS; a lower hard limit is fine as it is
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _open(source: bytes) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            raise _locked() from None
        if error.err_code == _NO_ERROR:  # what pdfium says of a page tree without a leaf
            raise _without_pages() from None
        raise Refused("the PDF is damaged", _GOOD_COPY) from None
    if len(document) == 0:
        raise _without_pages()
    if len(document) > _MAX_PAGES:
        raise Refused(f"the PDF has {len(document)} pages, more than {_MAX_PAGES}", "split it")
    return document


def _without_pages() -> Refused:
    return Refused("the PDF has no pages", "supply another copy")


def _locked() -> Refused:
    return Refused("the PDF is encrypted and needs a password", "save a copy without the password and add that")


def _text(source: bytes) -> dict[str, Any]:
    labels, title = _structure(source)
    document = _open(source)
    pages = [_page(document, number) for number in range(len(document))]
    if len(labels) == len(pages):
        for page, label in zip(pages, labels, strict=True):
            page["label"] = label
    return {"pages": pages, "title": title}


def _structure(source: bytes) -> tuple[list[str], str]:
    """Page labels (none unless the file defines them) and title, by pypdf."""
    import pypdf

    try:
        with _patience(_PYPDF_SECONDS):
            reader = pypdf.PdfReader(io.BytesIO(source))
            if reader.is_encrypted and not reader.decrypt(""):
                raise _locked()
            labels = list(reader.page_labels) if "/PageLabels" in reader.root_object else []
            title = reader.metadata.title if reader.metadata else None
            return labels, title if isinstance(title, str) else ""
    except Refused:
        raise
    except Exception:  # pypdf raises anything on a mutant, bare ValueError included; pdfium decides what is readable
        return [], ""


@contextlib.contextmanager
def _patience(seconds: int) -> Iterator[None]:
    """`TimeoutError` after so many seconds, where the system has an alarm clock."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(_signal: int, _frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


@contextlib.contextmanager
def _loaded(document: Any, number: int) -> Iterator[Any]:
    """A page (from 0), closed again with the block; what pdfium cannot do with it is the file's fault."""
    import pypdfium2

    try:
        page = document[number]
        try:
            yield page
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        message = f"the PDF is damaged: page {number + 1} of {len(document)} cannot be read"
        raise Refused(message, _GOOD_COPY) from None


def _page(document: Any, number: int) -> dict[str, Any]:
    with _loaded(document, number) as page:
        return _said(page)


def _said(page: Any) -> dict[str, Any]:
    width, height = page.get_size()
    textpage = page.get_textpage()
    chars = list(_chars(page, textpage))
    visible = [glyph for glyph in chars if not _garbage(glyph.char)]
    picture, paths = _drawn(page)
    lines = [[line.text, line.x0, line.y0, line.x1, line.y1] for line in lines_of(visible) if line.text]
    textpage.close()
    return {
        "width": round(width, 2),
        "height": round(height, 2),
        "label": None,
        "lines": lines,
        "good": len(visible),
        "bad": len(chars) - len(visible),
        "picture": round(min(picture / (width * height), 1.0), 3) if width * height else 0.0,
        "paths": paths,
    }


def _garbage(char: str) -> bool:
    """A character that stands for nothing: replacement, private use, control, unassigned."""
    return char == "\ufffd" or unicodedata.category(char) in {"Co", "Cc", "Cn", "Cs"}


def _chars(page: Any, textpage: Any) -> Iterator[Glyph]:
    from pypdfium2 import raw

    spaced = breaks = False
    place = _Place(page)
    for at in range(min(textpage.count_chars(), _MAX_CHARS)):
        char = _char(raw.FPDFText_GetUnicode(textpage, at))
        if char in {"\r", "\n"}:
            breaks = True
        elif char.isspace():  # pdfium's own guesses at spaces are left out: it makes some before ideographs
            spaced = spaced or not raw.FPDFText_IsGenerated(textpage, at)
        elif unicodedata.category(char) != "Cf":  # zero-width marks print nothing
            box = place.of(textpage, at)
            if all(map(math.isfinite, box)):
                yield Glyph(char, *box, spaced, breaks)
                spaced = breaks = False


def _char(code: int) -> str:
    """A character by pdfium's code: its mark for a hyphen at a line's end is a hyphen again, no code is U+FFFD."""
    if code in {0x02, 0xAD, 0xFFFE}:
        return "-"
    return chr(code) if 0 < code <= sys.maxunicode else "\ufffd"


class _Place:
    """From pdfium's coordinates (origin at the bottom left of the unrotated page) to ours (top left, as shown)."""

    def __init__(self, page: Any) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        self.turn = page.get_rotation()

    def of(self, textpage: Any, at: int) -> tuple[float, float, float, float]:
        """The box of character `at`: its font's height, or its ink where the font's box is no use."""
        loose, tight = textpage.get_charbox(at, loose=True), textpage.get_charbox(at)
        usable = 0 < loose[3] - loose[1] <= 4 * max(tight[2] - tight[0], tight[3] - tight[1], 4)
        x0, y0, x1, y1 = loose if usable else tight
        a, b = self._shown(x0, y0), self._shown(x1, y1)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        return {
            0: (x - self.left, self.top - y),
            90: (y - self.bottom, x - self.left),
            180: (self.right - x, y - self.bottom),
            270: (self.top - y, self.right - x),
        }[self.turn]


def _drawn(page: Any) -> tuple[float, int]:
    """Square points covered by images, and the number of paths (letters turned into outlines are one path each)."""
    area, paths = 0.0, 0
    for thing in page.get_objects(filter=(_IMAGE, _PATH), max_depth=_FORM_DEPTH):
        if thing.type == _PATH:
            paths += 1
        else:
            left, bottom, right, top = thing.get_bounds()
            area += max(right - left, 0) * max(top - bottom, 0)
    return area, paths


def _render(source: bytes, pages: Iterable[int]) -> Iterator[bytes]:
    document = _open(source)
    for number in pages:
        with _loaded(document, number) as page:
            scale = min(_native(page), _LONGEST_SIDE / max(*page.get_size(), 1))
            bitmap = page.render(scale=scale, grayscale=True)
            head = {"page": number, "width": bitmap.width, "height": bitmap.height, "scale": scale}
            yield json.dumps(head).encode() + b"\n"
            yield _packed(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
            bitmap.close()


def _native(page: Any) -> float:
    """Pixels a point at which the largest image of the page is shown as it is: resampling makes blurs of its edges."""
    area, scale = 0.0, _COARSEST
    for image in page.get_objects(filter=(_IMAGE,), max_depth=_FORM_DEPTH):
        left, bottom, right, top = image.get_bounds()
        if (right - left) * (top - bottom) > area:
            area = (right - left) * (top - bottom)
            scale = max(image.get_px_size()) / max(right - left, top - bottom)
    return min(max(scale, _COARSEST), _FINEST)


def _packed(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """Rows without the padding at their ends."""
    if stride == width:
        return pixels
    return b"".join(pixels[row * stride : row * stride + width] for row in range(height))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
