"""Character error rate: how many code points of a printed text an OCR reading has wrong.

    truth, read ─> errors (Levenshtein: put in, left out, taken for another) / characters of the truth

Two readings of the same pair, reported side by side:

    raw        code points as they are; any white space, a line's end included, is one space, none at the ends
    squeezed   after NFKC and without white space: full- and half-width marks are alike, and spacing does not count

A raw error is what a quotation would show; a squeezed one is a letter, digit or mark misread.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors among the characters (code points) of the truth."""

    errors: int
    characters: int

    @property
    def rate(self) -> float:
        """Errors per character, from 0; 1 and more if more is wrong than is printed."""
        return self.errors / self.characters

    def __str__(self) -> str:
        return f"{self.errors}/{self.characters} = {self.rate:.2%}"


def raw(text: str) -> str:
    """White space as single spaces: `raw("风险 \\n a") == "风险 a"`."""
    return re.sub(r"\s+", " ", text).strip()


def squeezed(text: str) -> str:
    """NFKC without white space: `squeezed("（a） 风险，") == "(a)风险,"`."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def error_rate(pairs: Iterable[tuple[str, str]], form: Callable[[str], str] = raw) -> ErrorRate:
    """The rate over `(truth, read)` pairs, each compared by itself: a text put into the wrong pair counts as wrong.

    >>> str(error_rate([("安全，风险", "安金,风险"), ("AI risk", "Al risk")]))
    '3/12 = 25.00%'
    >>> str(error_rate([("安全，风险", "安金,风险"), ("AI risk", "AI  risk")], squeezed))
    '1/11 = 9.09%'
    """
    formed = [(form(truth), form(read)) for truth, read in pairs]
    return ErrorRate(sum(levenshtein(*pair) for pair in formed), sum(len(truth) for truth, _ in formed))


def levenshtein(one: str, other: str) -> int:
    """The least number of single-character edits from one to the other.

    Myers (1999) as restated by Hyyrö (2003): a column of the table is two integers, the bits at which it rises and
    falls, so a page takes milliseconds.

    >>> levenshtein("kitten", "sitting"), levenshtein("风险分级", "风睑级"), levenshtein("", "AI")
    (3, 2, 2)
    """
    if not one:
        return len(other)
    at: dict[str, int] = defaultdict(int)
    for row, char in enumerate(one):
        at[char] |= 1 << row
    full, last, distance = (1 << len(one)) - 1, 1 << len(one) - 1, len(one)
    rises, falls = full, 0
    for char in other:
        same = at.get(char, 0) | falls
        level = (((same & rises) + rises) ^ rises) | same
        right_rises, right_falls = falls | ~(level | rises) & full, rises & level
        distance += bool(right_rises & last) - bool(right_falls & last)
        right_rises = right_rises << 1 | 1
        rises = (right_falls << 1 | ~((at.get(char, 0) | falls) | right_rises)) & full
        falls = right_rises & (at.get(char, 0) | falls) & full
    return distance
