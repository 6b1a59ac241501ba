"""A scan of our own digest, like the official scan of 2.0: black and white page images without a text layer.

1,441 pixels across 595 points, running head, page foot, lines of 35-pixel type, but fewer to a page than 22: it is the
paper that costs time; Chinese paragraphs
indented and set in full squares, English ones justified; dust of one to three pixels around the lines, always the same.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from corpus.records import Clause, Lang

NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SIMPLIFIED = 2  # the face in the collection with mainland glyphs
WIDTH, HEIGHT, POINTS = 1441, 1400, 595
SIZE, STEP, LEFT, TOP, LINES, COLUMNS = 35, 68, 168, 250, 14, 31
HEADS: dict[Lang, str] = {"zh": "人工智能安全治理框架2.0", "en": "AI Safety Governance Framework 2.0"}
_NEVER_FIRST, _NEVER_LAST = "，。；：、！？）》”’…", "（《“‘"
_SPECKS = 450


def scan_pdf(parts: Sequence[tuple[Lang, Sequence[str]]]) -> bytes:
    """Paragraphs of one language after the other as a PDF of page images, numbered from 1."""
    pages = [
        (HEADS[lang], lang, lines[at : at + LINES])
        for lang, paragraphs in parts
        for lines in [[line for paragraph in paragraphs for line in _set(paragraph, lang)]]
        for at in range(0, len(lines), LINES)
    ]
    images = [_page(head, lang, lines, number) for number, (head, lang, lines) in enumerate(pages, 1)]
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=WIDTH / POINTS * 72, save_all=True, append_images=images[1:])
    return out.getvalue()


def paragraphs(clauses: Sequence[Clause], lead: Sequence[str]) -> list[str]:
    """What is printed of clauses: number and heading (`lead`, as the digest has them) on a line, then the text."""
    return [
        line for clause, head in zip(clauses, lead, strict=True) for line in (head, *clause.text.split("\n")) if line
    ]


def _font(size: int = SIZE) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(NOTO), size, index=SIMPLIFIED)


def _set(paragraph: str, lang: Lang) -> Iterator[tuple[int, str, bool]]:
    """Lines of a paragraph: pixels of indent, text, and whether it is stretched to the margin."""
    lines = list(_squares(paragraph) if lang == "zh" else _words(paragraph))
    for at, line in enumerate(lines):
        yield (2 * SIZE if lang == "zh" and at == 0 else 0), line, at < len(lines) - 1


def _squares(paragraph: str) -> Iterator[str]:
    """Chinese lines as wide as the column; no mark that closes opens a line, none that opens closes one."""
    line, room = "", COLUMNS * SIZE - 2 * SIZE
    for char, following in pairwise([*paragraph, ""]):
        full = _font().getlength(line + char + following) > room and following not in _NEVER_FIRST
        if full or (char in _NEVER_LAST and _font().getlength(line + char + following + "口") > room):
            carried = char if char in _NEVER_LAST else ""
            yield line + char.removesuffix(carried)
            line, room = carried, COLUMNS * SIZE
        else:
            line += char
    if line:
        yield line


def _words(paragraph: str) -> Iterator[str]:
    """English lines as wide as the column, broken at spaces and after hyphens."""
    line = ""
    for piece in re.findall(r"[^\s-]+-?\s*|-\s*", paragraph):
        if _font().getlength((line + piece).rstrip()) > COLUMNS * SIZE:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _page(head: str, lang: Lang, lines: Sequence[tuple[int, str, bool]], number: int) -> Image.Image:
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(page)
    draw.text((700, 100), head, font=_font(30), fill=0)
    for row, (indent, text, stretched) in enumerate(lines):
        _draw(draw, LEFT + indent, TOP + row * STEP, text, stretched and lang == "en")
    draw.text((1150, 1300), f"- {number} -", font=_font(28), fill=0)
    return _dusty(page.point(lambda grey: 255 if grey > 140 else 0), number).convert("1", dither=Image.Dither.NONE)


def _draw(draw: ImageDraw.ImageDraw, x: float, y: int, text: str, stretched: bool) -> None:
    words = text.split(" ")
    spare = COLUMNS * SIZE - sum(_font().getlength(word) for word in words)
    gap = spare / (len(words) - 1) if stretched and len(words) > 1 else _font().getlength(" ")
    for word in words:
        draw.text((x, y), word, font=_font(), fill=0)
        x += _font().getlength(word) + gap


def _dusty(page: Image.Image, seed: int) -> Image.Image:
    specks = random.Random(seed)
    for _ in range(_SPECKS):
        x, y = specks.randrange(LEFT, WIDTH - LEFT), specks.randrange(TOP, HEIGHT - 150)
        for _ in range(specks.randint(1, 3)):
            page.putpixel((x, y), 0)
            x, y = x + specks.randint(-1, 1), y + specks.randint(-1, 1)
    return page
