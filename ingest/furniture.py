"""What belongs to the printed page and not to the text: every line is kept, or dropped under a name.

    pages ─ sort_out ─> pages of the text, and the lines dropped: cover | contents | running_head | page_number

Nothing is dropped in silence: lines kept and lines dropped are together the lines the reader found, and what a file lost
this way is told when it is added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal

from ingest.layout import Line, Page

Reason = Literal["cover", "contents", "running_head", "page_number"]
REASONS: tuple[Reason, ...] = ("cover", "contents", "running_head", "page_number")

_COMPARED = 50  # running heads with which lines that are almost one are compared; a book has two or three
_PAGE_NUMBER = re.compile(r"^[\s\-—–·.]*(?:\d{1,3}|[ivxIVX]{1,5})[\s\-—–·.]*$")
_CONTENTS_ENTRY = re.compile(r"(?:[.．…·]{2,}|…)\s*\d*\s*$|\s\d{1,3}$")
_CONTENTS_TITLE = re.compile(r"^(?:目\s*录|contents?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line that is no text, the physical page it stands on, and why it was dropped."""

    line: Line
    page: int
    reason: Reason


def sort_out(pages: Sequence[Page]) -> tuple[list[Page], tuple[Dropped, ...]]:
    """The pages of the text, and every line that was dropped from `pages`.

    A cover is a page before the first one with three lines as wide as a text line.
    """
    text, dropped = _without_contents(pages)
    bare, furniture = _without_furniture(text)
    body = [page for page in bare if page.lines]
    first = _first_text(body)
    cover = [Dropped(line, page.number, "cover") for page in body[:first] for line in page.lines]
    return body[first:], (*dropped, *furniture, *cover)


def _without_contents(pages: Sequence[Page]) -> tuple[list[Page], list[Dropped]]:
    kept: list[Page] = []
    dropped: list[Dropped] = []
    inside = False
    for page in pages:
        inside = bool(page.lines) and _is_contents(page, goes_on=inside)
        if inside:
            dropped += [Dropped(line, page.number, "contents") for line in page.lines]
        else:
            kept.append(page)
    return kept, dropped


def _without_furniture(pages: Sequence[Page]) -> tuple[list[Page], list[Dropped]]:
    running = _running_heads(pages)
    kept, dropped = [], []
    for page in pages:
        heads = [line for line in page.lines if _at_edge(line, page) and _is_head(line, running)]
        text = []
        for line in page.lines:
            reason = _reason(line, page, heads)
            if reason is None:
                text.append(line)
            else:
                dropped.append(Dropped(line, page.number, reason))
        kept.append(replace(page, lines=tuple(text)))
    return kept, dropped


def _reason(line: Line, page: Page, heads: Sequence[Line]) -> Reason | None:
    """Why a line is no text. A mark without words beside the running head is its ornament."""
    if _PAGE_NUMBER.match(line.text) and (line.y0 > page.height * 0.85 or line.y1 < page.height * 0.15):
        return "page_number"
    ornament = len(line.text.strip()) == 1 and any(line.y0 < head.y1 and line.y1 > head.y0 for head in heads)
    return "running_head" if line in heads or ornament else None


def _running_heads(pages: Sequence[Page]) -> dict[str, None]:
    """What stands at the edge of many pages, the most frequent first."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_key(line.text) for line in page.lines if _at_edge(line, page)})
    bar = max(3, len(pages) // 5)
    return {key: None for key, count in edges.most_common() if key and count >= bar}


def _key(text: str) -> str:
    """A running head compared without digits and punctuation; `l` and `i` alike, as OCR confuses them."""
    return re.sub(r"[\W\d_]", "", text).casefold().replace("l", "i")


def _at_edge(line: Line, page: Page) -> bool:
    return line.y1 < page.height * 0.12 or line.y0 > page.height * 0.90


def _is_head(line: Line, running: Mapping[str, None]) -> bool:
    key = _key(line.text)
    frequent = islice(running, _COMPARED)
    return key in running or any(SequenceMatcher(None, key, head).ratio() > 0.85 for head in frequent)


def _is_contents(page: Page, *, goes_on: bool) -> bool:
    """Whether a page is one of contents. On the page after such a page a number alone is an entry's, too."""
    if any(_CONTENTS_TITLE.match(line.text.strip()) for line in page.lines):
        return True
    entries = sum(bool(_CONTENTS_ENTRY.search(line.text) or (goes_on and line.text.isdecimal())) for line in page.lines)
    return len(page.lines) >= 4 and entries >= 0.4 * len(page.lines)


def _first_text(pages: Sequence[Page]) -> int:
    """How many pages stand before the first one of text; none, where no page looks like text."""
    for at, page in enumerate(pages):
        if sum(line.x1 - line.x0 > 0.6 * page.width for line in page.lines) >= 3:
            return at
    return 0
