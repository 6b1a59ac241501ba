"""What a reader hands on: pages of lines with their places, or blocks. The outline knows no file format.

PDF text layer ─┐                     ┌─> running heads, contents, page numbers dropped
OCR            ─┴─> Page(lines) ─flow─┤                                                   -> Block -> outline
HTML, Markdown, text ─────────────────┴────────────────────────────────────────────────────^
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: text, box in points from the top left of the page, OCR score in [0, 1] (text layer: 1)."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """A physical page: `number` from 1, size in points, its lines from top to bottom, left to right."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    label: str | None = None
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading. `pieces`: (offset in `text`, physical page, printed label) at its start and page breaks.

    `level`: heading depth given by the format (Markdown `#`, HTML h1–h6), 0 if the format says nothing.
    `doubtful`: an OCR line in it scored below the bar. `cells`: the cells of a table row, left to right.
    """

    text: str
    level: int = 0
    pieces: tuple[tuple[int, int, str | None], ...] = ()
    doubtful: bool = False
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader made of one file: blocks, or pages still to be flowed into blocks."""

    reader: str
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    front: tuple[tuple[str, str], ...] = ()
    title: str = ""
    date: str = ""
    attachments: tuple[str, ...] = ()

    @property
    def ocr(self) -> bool:
        """Whether any page was read by OCR."""
        return any(page.ocr for page in self.pages)
