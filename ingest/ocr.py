"""OCR of page bitmaps, by rapidocr, one page at a time, each kept as soon as it is read.

    Bitmap ─> Recogniser (rapidocr) ─> cache/<key>.json ─> reading order, speckle dropped ─> confusions repaired ─> Lines

The cache holds what the recogniser saw; what mends it comes after, so that a better repair needs no new OCR.
Its key is the file's digest, the page, and the recogniser's version. We do not key by the bitmap's own digest: to
render the 92 pages of the 2.0 scan only to learn that all are known takes as long as the rest of a second reading.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import OcrUnavailable
from corpus.home import write_whole
from ingest.layout import Line
from ingest.ocr_phrases import Clear, rephrase
from ingest.ocr_repair import is_speckle, repair
from ingest.ocr_spelling import DOUBTFUL, untwin
from ingest.pdf_lines import rows

_REVISION = 2  # raise when what is done before the cache changes: rendering, preparation of the bitmap, engine settings
_DUST = 0.7  # square points (4 pixels of the 2.0 scan): most of its specks; the dots of its smallest type are larger
_THIN_DUST = 1.1  # one pixel wide: longer specks; a dot is never that thin
_FINE_DUST = 0.35  # in a second look at small type, where four pixels may be a piece of a letter
_SURE = 0.95  # below this a line is looked at again
_BETTER = 0.03  # by so much a second look must be surer than the first to count
_INK = 160  # grey below this is ink
_THREADS = "TIAOWEN_OCR_THREADS"
"""Environment variable: so many cores read; without it two. One takes longer, and two thirds of the work."""

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A rendered page: number from 0, size in pixels, pixels a point, `width * height` grey bytes from the top left."""

    page: int
    width: int
    height: int
    scale: float
    grey: bytes


class Recogniser(Protocol):
    """What reads a bitmap. `version` changes whenever it might read the same bitmap differently."""

    @property
    def version(self) -> str:
        """Part of the cache's key: `rapidocr 3.10.0 …`."""
        ...

    def __call__(self, bitmap: Bitmap) -> list[Line]:
        """Lines in points, in any order, with their scores."""
        ...


@dataclass(frozen=True, slots=True)
class Scan:
    """The pages (from 0) of a file of `of` pages that have no usable text layer."""

    sha256: str
    pages: tuple[int, ...]
    of: int


Render = Callable[[Sequence[int]], Generator[Bitmap, None, None]]


def read(
    scan: Scan, *, render: Render, cache: Path, progress: Progress | None = None, recogniser: Recogniser | None = None
) -> dict[int, tuple[Line, ...]]:
    """Lines of every page of `scan`, from the cache where it has them. Raises `OcrUnavailable` without rapidocr."""
    seen = recognised(scan, render=render, cache=cache, progress=progress, recogniser=recogniser)
    clear = Clear.of([line for lines in seen.values() for line in lines])
    return {page: tuple(clean(lines, clear)) for page, lines in seen.items()}


def recognised(
    scan: Scan, *, render: Render, cache: Path, progress: Progress | None = None, recogniser: Recogniser | None = None
) -> dict[int, list[Line]]:
    """What the recogniser saw on every page of `scan`, in reading order, nothing mended yet."""
    recogniser = recogniser or rapid(scan)
    kept = {page: cache / f"{_key(scan.sha256, page, recogniser.version)}.json" for page in scan.pages}
    seen = {page: lines for page, path in kept.items() if (lines := _kept(path)) is not None}
    missing = [page for page in scan.pages if page not in seen]
    for page, lines in _read_now(missing, render, recogniser, _countdown(progress, len(scan.pages), len(missing))):
        _keep(kept[page], lines)
        seen[page] = lines
    return {page: in_reading_order(seen[page]) for page in scan.pages}


def _read_now(
    missing: Sequence[int], render: Render, recogniser: Recogniser, tell: Callable[[int], None]
) -> Iterator[tuple[int, list[Line]]]:
    """Page after page; `tell` is called when the caller has kept it."""
    if not missing:
        return
    with closing(render(missing)) as bitmaps:
        for done, bitmap in enumerate(bitmaps, 1):
            yield bitmap.page, recogniser(bitmap)
            tell(done)


def _countdown(progress: Progress | None, total: int, missing: int) -> Callable[[int], None]:
    """`progress` with the pages of the cache counted as done, and the seconds left by the pace so far."""
    started = time.monotonic()

    def tell(done: int) -> None:
        if progress:
            progress(total - missing + done, total, (time.monotonic() - started) / done * (missing - done))

    return tell


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Lines from top to bottom, those side by side from left to right; speckle dropped."""
    kept = [line for line in lines if not is_speckle(line)]
    return [line for row in rows([(line, line.y0, line.y1) for line in kept]) for line in sorted(row, key=_left)]


def clean(lines: Sequence[Line], clear: Clear | None = None) -> list[Line]:
    """Lines in reading order, known confusions repaired, small type and doubtful words as `clear` prints them.

    >>> [line.text for line in clean([Line("Al safety", 70, 90, 130, 100, 0.98), Line("ú", 9, 3, 12, 8, 0.4)])]
    ['AI safety']
    """
    clear = clear or Clear()
    return [replace(line, text=_mended(line, clear)) for line in in_reading_order(lines)]


def _mended(line: Line, clear: Clear) -> str:
    text = repair(line.text)
    if line.score < DOUBTFUL or clear.is_small(line):
        text = rephrase(text, clear)
    return untwin(text, clear.words)


def _left(line: Line) -> float:
    return line.x0


def _key(sha256: str, page: int, version: str) -> str:
    return hashlib.sha256(f"{sha256} {page} {version}".encode()).hexdigest()


def _kept(path: Path) -> list[Line] | None:
    """A page from the cache; None if it is not there, or not what was written."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.get("sha256", digest := _digest(kept["lines"])) != digest:
            return None
        return [_restored(fields) for fields in kept["lines"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def kept_whole(path: Path) -> bool:
    """Whether a file of the cache holds a page as it was written."""
    return _kept(path) is not None


def _digest(fields: object) -> str:
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def _restored(fields: Sequence[Any]) -> Line:
    text, *numbers = fields
    x0, y0, x1, y1, score = map(float, numbers)
    if not isinstance(text, str):
        raise TypeError
    return Line(text, x0, y0, x1, y1, score)


def _keep(path: Path, lines: Sequence[Line]) -> None:
    fields = [[one.text, one.x0, one.y0, one.x1, one.y1, one.score] for one in lines]
    write_whole(path, json.dumps({"lines": fields, "sha256": _digest(fields)}, ensure_ascii=False).encode())


def rapid(scan: Scan, version_of: Callable[[str], str] = importlib.metadata.version) -> Recogniser:
    """The rapidocr recogniser, or `OcrUnavailable` naming the first page that needs it."""
    try:
        version = version_of("rapidocr")
        version_of("onnxruntime")
    except importlib.metadata.PackageNotFoundError:
        message = f"page {scan.pages[0] + 1} of {scan.of} has no text layer"
        raise OcrUnavailable(
            message, way_out="install rapidocr and onnxruntime: pip install rapidocr onnxruntime"
        ) from None
    return _Rapid(f"rapidocr {version} revision {_REVISION}")


class _Rapid:
    """rapidocr, opened at the first page: its models take a second to load."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._engine: Any = None

    def __call__(self, bitmap: Bitmap) -> list[Line]:
        import numpy as np

        self._engine = self._engine or _engine()
        grey = np.frombuffer(bitmap.grey, dtype=np.uint8).reshape(bitmap.height, bitmap.width)
        pixels = bitmap.scale**2
        found = self._engine(_coloured(_dusted(grey, _DUST * pixels, _THIN_DUST * pixels)), use_det=True)
        if found.boxes is None:
            return []
        lines = [
            _line(box, text, float(score), bitmap.scale)
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]
        fine = _dusted(grey, _FINE_DUST * pixels, _FINE_DUST * pixels)
        return [line if line.score >= _SURE else self._again(line, fine, bitmap.scale) for line in lines]

    def _again(self, line: Line, grey: Any, scale: float) -> Line:
        """A line looked at with more paper around it, as it is and softened at twice the size."""
        import cv2

        x0, y0, x1, y1 = (round(edge * scale) for edge in (line.x0, line.y0, line.x1, line.y1))
        crop = grey[max(0, y0 - 2) : y1 + 3, max(0, x0 - 4) : x1 + 5]
        soft = cv2.resize(cv2.GaussianBlur(crop, (0, 0), 1.1), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        best = line
        for look in (crop, soft):
            found = self._engine(_coloured(look), use_det=False, use_rec=True)
            score = round(float(found.scores[0]), 4) if found.txts else 0.0
            if score > max(best.score, line.score + _BETTER):
                best = replace(line, text=found.txts[0], score=score)
        return best


def _coloured(grey: Any) -> Any:
    return grey[:, :, None].repeat(3, axis=2)


def _dusted(grey: Any, most: float, most_if_thin: float) -> Any:
    """The page without specks of so many pixels: beside a letter they read as accents, full stops and commas."""
    import cv2
    import numpy as np

    _, blot, sizes, _ = cv2.connectedComponentsWithStats((grey < _INK).astype(np.uint8), connectivity=8)
    area = sizes[:, cv2.CC_STAT_AREA]
    thin = sizes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1) == 1
    speck = (area <= most) | (thin & (area <= most_if_thin))
    speck[0] = False  # the paper
    return np.where(speck[blot], np.uint8(255), grey)


def _threads() -> int:
    named = os.environ.get(_THREADS, "")
    return int(named) if named.isascii() and named.isdecimal() and 0 < int(named) <= 64 else 2


def _engine() -> Any:
    from rapidocr import RapidOCR

    # No direction classifier: it takes about one full-width English line a page for upside down, and turns it.
    # No resizing before detection: to fit 2,000 pixels it would resample a page that is rendered at its native size.
    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.use_preprocess_img": False,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": _threads(),
        }
    )


def _line(box: Any, text: str, score: float, scale: float) -> Line:
    xs, ys = box[:, 0] / scale, box[:, 1] / scale
    x0, y0, x1, y1 = (round(float(edge), 2) for edge in (xs.min(), ys.min(), xs.max(), ys.max()))
    return Line(text, x0, y0, x1, y1, round(score, 4))
