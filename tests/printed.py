"""Pages as a reader hands them on, laid line by line: 500 × 700 points, text from x = 50 to x = 450, 10-point type."""

from __future__ import annotations

from typing import Any

from ingest.layout import Line, Page

WIDTH, HEIGHT, LEFT, RIGHT, SIZE, STEP = 500.0, 700.0, 50.0, 450.0, 10.0, 20.0


def line(text: str, y: float = 100, x0: float = LEFT, x1: float = RIGHT, score: float = 1.0) -> Line:
    """A line whose top is at `y`; as wide as the text area unless `x1` says otherwise."""
    return Line(text, x0, y, x1, y + SIZE, score)


def page(*lines: str | Line, number: int = 1, **other: Any) -> Page:
    """A page of lines one below the other; a `Line` keeps its left, right and score, and stands where it says if > 0.

    A string that starts with two ideographic spaces is indented by two characters; one that ends in `|` is short.
    """
    laid, y = [], 100.0
    for given in lines:
        if isinstance(given, Line):
            laid.append(given)
            continue
        x0 = LEFT + 2 * SIZE if given.startswith("　　") else LEFT
        x1 = 300.0 if given.endswith("|") else RIGHT
        laid.append(line(given.strip("　|"), y, x0, x1))
        y += STEP
    return Page(number, WIDTH, HEIGHT, tuple(sorted(laid, key=lambda printed: (printed.y0, printed.x0))), **other)
