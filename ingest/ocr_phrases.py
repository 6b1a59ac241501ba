"""Small type read by the print of the same document: a table repeats headings in letters the recogniser cannot tell.

    small or doubtful line ─> the one place of the clear text that reads the same but for what nobody prints ─> its letters

English: a run of words of the clear text, as many as the line has, in which only words differ that the document has not
twice, and by little. Chinese: a character is in question when neither pair it stands in occurs in the clear text; the
rest of the line must stand there exactly once. Words of their own, `capacity` for `capabilities`, are left as they are,
and so is what two places answer differently. The line keeps its score.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from corpus.text import HAN
from ingest.layout import Line
from ingest.ocr_repair import repair
from ingest.ocr_spelling import SURE, TIMES, WORD, respell, vocabulary

_SMALL = 0.8  # of the usual height of a line: the type of a table
_EDITS = 0.25  # of a phrase's letters
_FEWEST = 4  # ideographs that must agree
_BLURRED = str.maketrans({"m": "in"})  # strokes side by side; it brings `M` for `Ill` and `rn` for `m` within reach


@dataclass(frozen=True)
class Clear:
    """What the document prints clearly: lines of full size that the recogniser is sure of, in reading order."""

    height: float = 0.0
    text: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Clear:
        """From all lines of a document, in reading order."""
        height = statistics.median(line.y1 - line.y0 for line in lines) if lines else 0.0
        full = [line for line in lines if line.y1 - line.y0 >= _SMALL * height]
        sure = tuple(repair(line.text) for line in full if line.score >= SURE)
        return cls(height, sure, vocabulary(replace(line, text=repair(line.text)) for line in full))

    def is_small(self, line: Line) -> bool:
        """Whether a line is set in smaller type than the text."""
        return line.y1 - line.y0 < _SMALL * self.height

    @cached_property
    def english(self) -> tuple[str, ...]:
        """The words of the text in order, in lower case."""
        return tuple(word.lower() for line in self.text for word in WORD.findall(line))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word of `english` stands."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.english):
            found[word].append(at)
        return dict(found)

    @cached_property
    def chinese(self) -> str:
        """The lines with ideographs, run together."""
        return "".join(line for line in self.text if HAN.search(line))


def rephrase(text: str, clear: Clear) -> str:
    """A line as the clear text prints it, where one place of it can be meant.

    >>> clear = Clear(text=("Challenges to social order", "挑战现行社会秩序"), words={"social": 1, "order": 1})
    >>> rephrase("Chaleages to social order", clear), rephrase("执战现行社会秩序", clear)
    ('Challenges to social order', '挑战现行社会秩序')
    """
    text = _chinese(text, clear)
    for reading in (text, respell(text, clear.words)):
        if printed := _place(reading, clear):
            return _lettered(reading, printed)
    return respell(text, clear.words)


def _lettered(reading: str, printed: Sequence[str]) -> str:
    words = iter(printed)
    return WORD.sub(lambda found: _cased(next(words), found[0]), reading)


def _place(text: str, clear: Clear) -> tuple[str, ...] | None:
    """The words of the one place of the clear text that the line can be, two or more."""
    read = tuple(found[0].lower() for found in WORD.finditer(text))
    starts = {at - i for i, word in enumerate(read) for at in clear.places.get(word, ())}
    windows = {clear.english[start : start + len(read)] for start in starts if start >= 0}
    if len(read) < 2 or read in windows:
        return read if len(read) > 1 else None
    meant = {window for window in windows if len(window) == len(read) and _is_meant(read, window, clear.words)}
    return meant.pop() if len(meant) == 1 else None


def _cased(printed: str, read: str) -> str:
    if printed == read.lower():
        return read
    return printed.capitalize() if read[0].isupper() else printed


def _is_meant(read: Sequence[str], printed: Sequence[str], words: Mapping[str, int]) -> bool:
    """Whether only rare words differ, each by a third at most, all by a quarter, and by no letter too many."""
    edits = 0
    for one, other in zip(read, printed, strict=True):
        if one == other:
            continue
        away = edits_between(one, other)
        if words.get(one, 0) >= TIMES or len(other) < len(one) or away > max(1, len(other) // 3):
            return False
        edits += away
    return edits <= _EDITS * sum(map(len, printed))


def edits_between(read: str, printed: str) -> int:
    """Levenshtein distance of two words, strokes that run together (`m`, `in`) taken as one.

    >>> edits_between("cham", "chain"), edits_between("awarnes", "awareness"), edits_between("Megal", "Illegal")
    (0, 2, 2)
    """
    one, other = read.lower().translate(_BLURRED), printed.lower().translate(_BLURRED)
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for i, wanted in enumerate(other, 1):
            row.append(min(above[i] + 1, row[-1] + 1, above[i - 1] + (letter != wanted)))
    return row[-1]


def _chinese(text: str, clear: Clear) -> str:
    asked = {at for at, char in enumerate(text) if HAN.match(char) and not _has_company(text, at, clear.chinese)}
    agreed = sum(bool(HAN.match(char)) for char in text) - len(asked)
    if not asked or agreed < max(_FEWEST, 3 * len(asked)):
        return text
    pattern = "".join(HAN.pattern if at in asked else re.escape(char) for at, char in enumerate(text))
    meant = set(re.findall(pattern, clear.chinese))
    return str(meant.pop()) if len(meant) == 1 else text


def _has_company(text: str, at: int, clear: str) -> bool:
    """Whether the character stands beside one of its neighbours anywhere in the clear text."""
    pairs = (text[max(0, at - 1) : at + 1], text[at : at + 2])
    return any(len(pair) == 2 and pair in clear for pair in pairs)
