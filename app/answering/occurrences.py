"""Exhaustive search: how often words occur, in which clauses, zero included. A "no" of this kind is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.records import Clause, Document, Span
from corpus.text import HAN, fold, stem


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a pattern stands: the clause and the span in the document."""

    clause: Clause
    span: Span


def occurrences(document: Document, pattern: str) -> Iterator[Occurrence]:
    """Every occurrence of words in a document, headings included, case and width aside; English words by stem.

    Chinese is found as a string, English word by word, so that `agent` finds `agents` and not `reagent`.
    """
    folded = fold(document.text)
    at = 0
    for match in _matcher(pattern).finditer(folded.text):
        if not match.group():
            continue
        span = folded.span(match.start(), match.end(), document.text)
        while document.clauses[at].span.end <= span.start:
            at += 1
        yield Occurrence(document.clauses[at], span)


def _matcher(pattern: str) -> re.Pattern[str]:
    bare = fold(pattern).text.strip()
    if HAN.search(bare):
        return re.compile(r"\s*".join(re.escape(char) for char in bare if not char.isspace()))
    words = re.findall(r"[a-z0-9]+", bare)
    forms = [rf"{re.escape(_root(word))}[a-z]{{0,4}}" if word.isalpha() else re.escape(word) for word in words]
    return re.compile(r"(?<![a-z0-9])" + r"[\s\-–,]+".join(forms) + r"(?![a-z0-9])" if forms else r"(?!)")


def _root(word: str) -> str:
    """The part of a word that its forms share: `agencies` and `agency` give `agenc`."""
    root = stem(word)
    return root if word.startswith(root) else root[:-1]
