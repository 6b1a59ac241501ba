"""A framework PDF of our own: digest paragraphs, printed like the official file (running head, page numbers, indents)."""

from __future__ import annotations

import io

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT, SIZE, LEADING = 595, 842, 14, 24
LEFT, COLUMNS, LINES = 80, 30, 26


def framework_pdf(
    paragraphs: list[str],
    head: str = "人工智能安全治理框架2.0",
    english: list[str] | None = None,
    compression: bool | None = None,
) -> bytes:
    """Chinese paragraphs set in lines of 30 characters with a two-character indent, 26 lines a page; English ones after."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=compression, invariant=1)
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
    """Justified paragraphs of the same measure, a blank line between them."""
    width = COLUMNS * SIZE
    lines = [line for paragraph in paragraphs for line in [*_words(paragraph, width), ("", 0.0)]]
    for number, at in enumerate(range(0, len(lines), LINES), start=1):
        for row, (text, stretch) in enumerate(lines[at : at + LINES]):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(LEFT, HEIGHT - 110 - row * LEADING, text, wordSpace=stretch)
        canvas.drawString(WIDTH / 2, 50, f"- {number} -")
        canvas.showPage()


def _words(paragraph: str, width: float) -> list[tuple[str, float]]:
    """Lines with what each blank is stretched by; the last line of a paragraph is not."""
    lines = [""]
    for word in paragraph.split():
        longer = f"{lines[-1]} {word}".strip()
        if pdfmetrics.stringWidth(longer, "Helvetica", 11) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    slack = [width - pdfmetrics.stringWidth(line, "Helvetica", 11) for line in lines]
    full = [room / max(1, line.count(" ")) for room, line in zip(slack[:-1], lines, strict=False)]
    return list(zip(lines, [*full, 0.0], strict=True))


def _set(paragraph: str) -> list[tuple[int, str]]:
    """Lines with their indents, each as full as the measure allows: figures and Latin letters are narrower than Han."""
    lines: list[tuple[int, str]] = [(2, "")]
    for char in paragraph:
        indent, line = lines[-1]
        if pdfmetrics.stringWidth(line + char, "STSong-Light", SIZE) > (COLUMNS - indent) * SIZE:
            lines.append((0, char))
        else:
            lines[-1] = (indent, line + char)
    return lines
