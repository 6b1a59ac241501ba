"""Exhaustive search: how often words occur, in which clauses, zero included. A "no" of this kind is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.records import Clause, Document, Span
from corpus.text import HAN, Folded, fold, stem

_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*")
_GAP = re.compile(r"[\s\-–,]+")
_SIGN = re.compile(r"[^\w\s\-–,.'’]")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a pattern stands: the clause and the span in the document."""

    clause: Clause
    span: Span


def occurrences(document: Document, pattern: str) -> Iterator[Occurrence]:
    """Every occurrence of words in a document, headings included, case and width aside.

    Chinese is found as a string, also across a line break; English word by word in any form of the word, so that `agent`
    finds `agents` and not `reagent`; a pattern with other signs in it only as it is written.
    """
    folded = _folded(document.text)
    at = 0
    for start, end in _ranges(folded.text, fold(pattern).text.strip()):
        span = folded.span(start, end)
        while document.clauses[at].span.end <= span.start:
            at += 1
        yield Occurrence(document.clauses[at], span)


@lru_cache(maxsize=16)
def _folded(text: str) -> Folded:
    """Folding a whole document costs more than searching it: the last few are kept."""
    return fold(text)


def _ranges(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    words = list(_WORD.finditer(pattern))
    apart = all(_GAP.fullmatch(pattern[a.end() : b.start()]) for a, b in pairwise(words))
    if HAN.search(pattern):
        expression = r"\s*".join(re.escape(char) for char in pattern if not char.isspace())
        yield from (match.span() for match in re.finditer(expression, text))
    elif words and (_SIGN.search(pattern) or not apart):  # cac.gov.cn, the user's
        yield from (match.span() for match in re.finditer(re.escape(pattern), text))
    elif words:
        yield from _word_ranges(text, [stem(word.group()) for word in words])


def _word_ranges(text: str, stems: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of words whose stems are `stems`, nothing but white space, hyphens and commas between them."""
    found = list(_WORD.finditer(text))
    taken = 0
    for i, first in enumerate(found[: len(found) - len(stems) + 1]):
        run = found[i : i + len(stems)]
        gaps = (text[a.end() : b.start()] for a, b in pairwise(run))
        whole = all(stem(word.group()) == wanted for word, wanted in zip(run, stems, strict=True))
        if first.start() >= taken and whole and all(_GAP.fullmatch(gap) for gap in gaps):
            taken = run[-1].end()
            yield first.start(), taken
