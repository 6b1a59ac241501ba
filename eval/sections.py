"""Tables that stand beside the measures in a report: lineage, robustness, speed. Plain values, drawn by whoever shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.records import Lang


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table; every row has as many cells as there are heads. Heads hold both languages: `"plain 原样"`."""

    name: str
    title: Mapping[Lang, str]
    note: Mapping[Lang, str]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError(f"section {self.name!r}: a row has other than {len(self.heads)} cells")


def as_text(sections: Sequence[Section], lang: Lang) -> str:
    """The tables for a terminal; columns as wide as their widest cell, Chinese characters counted twice."""
    return "\n\n".join(_text(one, lang) for one in sections)


def _text(section: Section, lang: Lang) -> str:
    table = [section.heads, *section.rows]
    widths = [max(_width(row[at]) for row in table) for at in range(len(section.heads))]
    lines = ["  ".join(_padded(cell, widths[at], at > 0) for at, cell in enumerate(row)).rstrip() for row in table]
    return "\n".join([section.title[lang], *lines, section.note[lang]])


def _width(text: str) -> int:
    """Columns that a terminal needs: `_width("a条") == 3`."""
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in text)


def _padded(text: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(text))
    return f"{blank}{text}" if right else f"{text}{blank}"
