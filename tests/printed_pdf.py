"""A framework PDF of our own: digest paragraphs, printed like the official file (running head, page numbers, indents)."""

from __future__ import annotations

import io
import textwrap

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT, SIZE, LEADING = 595, 842, 14, 24
LEFT, COLUMNS, LINES = 80, 30, 26


def framework_pdf(
    paragraphs: list[str], head: str = "人工智能安全治理框架2.0", english: list[str] | None = None
) -> bytes:
    """Chinese paragraphs set in lines of 30 characters with a two-character indent, 26 lines a page; English ones after."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    lines = [line for paragraph in paragraphs for line in _set(paragraph)]
    for number, at in enumerate(range(0, len(lines), LINES), start=1):
        canvas.setFont("STSong-Light", SIZE)
        canvas.drawString(LEFT, HEIGHT - 60, head)
        for row, (indent, text) in enumerate(lines[at : at + LINES]):
            canvas.drawString(LEFT + indent * SIZE, HEIGHT - 110 - row * LEADING, text)
        canvas.drawString(WIDTH / 2, 50, f"- {number} -")
        canvas.showPage()
    _print_english(canvas, english or [])
    canvas.save()
    return out.getvalue()


def _print_english(canvas: Canvas, paragraphs: list[str]) -> None:
    """Paragraphs of 76 characters a line, a blank line between them."""
    lines = [line for paragraph in paragraphs for line in [*textwrap.wrap(paragraph, 76), ""]]
    for number, at in enumerate(range(0, len(lines), LINES), start=1):
        canvas.setFont("Helvetica", 11)
        for row, text in enumerate(lines[at : at + LINES]):
            canvas.drawString(LEFT, HEIGHT - 110 - row * LEADING, text)
        canvas.drawString(WIDTH / 2, 50, f"- {number} -")
        canvas.showPage()


def _set(paragraph: str) -> list[tuple[int, str]]:
    first, rest = paragraph[: COLUMNS - 2], paragraph[COLUMNS - 2 :]
    return [(2, first), *((0, rest[i : i + COLUMNS]) for i in range(0, len(rest), COLUMNS))]
