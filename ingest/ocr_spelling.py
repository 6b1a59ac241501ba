"""Doubtful words of a scan, spelt as the same document spells them where it is clearly printed.

A table in small type repeats the headings of the text: where the recogniser is unsure of `ecosyrtem`, and the same
document has a clear `ecosystem`, that is the word. Only words of doubtful lines, only towards words of sure lines, only
where one word is nearest; the line keeps its low score. No dictionary of ours can put in a word the document lacks.
Chinese needs none of this: a line of the scan below 0.95 is rare, and a character has no spelling.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ingest.layout import Line

DOUBTFUL = 0.95  # a line scored below is respelt
SURE = 0.97  # a line scored from here on teaches
_WORD = re.compile(r"[A-Za-z]+")
_SHORTEST, _LONG = 5, 8  # letters; one of them may differ in a word of five, two in one of eight
_TIMES = 2  # a word the document has clearly this often


def vocabulary(lines: Iterable[Line]) -> dict[str, int]:
    """The words of the sure lines, in lower case, with their counts."""
    sure = Counter(word.lower() for line in lines if line.score >= SURE for word in _WORD.findall(line.text))
    return {word: times for word, times in sure.items() if times >= _TIMES}


def respell(text: str, words: Mapping[str, int]) -> str:
    """Words that the document lacks, replaced by the one nearest word it has.

    >>> respell("Ecosyrtem and barmful 内容", {"ecosystem": 3, "harmful": 2})
    'Ecosystem and harmful 内容'
    """

    def nearest(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) < _SHORTEST or word.lower() in words:
            return word
        better = _nearest(word.lower(), words)
        return (better.capitalize() if word[0].isupper() else better) if better else word

    return _WORD.sub(nearest, text)


def _nearest(word: str, words: Mapping[str, int]) -> str | None:
    """The one word at the least distance; None if there is none near enough, or two as near."""
    reach = 1 if len(word) < _LONG else 2
    near = [(distance(word, other), other) for other in words if _may_be_near(word, other, reach)]
    best = sorted(pair for pair in near if pair[0] <= reach)[:2]
    if not best or (len(best) == 2 and best[0][0] == best[1][0]):
        return None
    return best[0][1]


def _may_be_near(word: str, other: str, reach: int) -> bool:
    return abs(len(word) - len(other)) <= reach and len(set(word) ^ set(other)) <= 2 * reach


def distance(one: str, other: str) -> int:
    """Letters to change, add or leave out (Levenshtein 1966): `distance("risk", "riaks") == 2`."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], at
        for to, opposite in enumerate(other, 1):
            diagonal, row[to] = row[to], min(diagonal + (letter != opposite), row[to] + 1, row[to - 1] + 1)
    return row[-1]
