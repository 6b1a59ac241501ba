"""Doubtful words of a scan, spelt as the same document spells them where it is clearly printed.

A table in small type repeats the headings of the text: where the recogniser is unsure of `ecosyrtem`, and the same
document has a clear `ecosystem`, that is the word. Only words of doubtful lines, only towards words of sure lines, only
where one word is nearest; the line keeps its low score. No dictionary of ours can put in a word the document lacks.
A Chinese character has no spelling: it is read by the phrase it stands in (`ingest.ocr_phrases`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ingest.layout import Line

DOUBTFUL = 0.95  # a line scored below is respelt
SURE = 0.97  # a line scored from here on teaches
WORD = re.compile(r"[A-Za-z]+")
_SHORTEST, _LONG = 5, 8  # letters; one of them may differ in a word of five, two in one of eight
TIMES = 2  # a word the document has clearly this often


def vocabulary(lines: Iterable[Line]) -> dict[str, int]:
    """The words of the sure lines, in lower case, with their counts; one counted once may itself be misread."""
    sure = Counter(word.lower() for line in lines if line.score >= SURE for word in WORD.findall(line.text))
    return dict(sure)


def respell(text: str, words: Mapping[str, int]) -> str:
    """Words that the document lacks, replaced by the one nearest word it has.

    >>> respell("Ecosyrtem and barmful 内容", {"ecosystem": 3, "harmful": 2})
    'Ecosystem and harmful 内容'
    """

    def nearest(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) < _SHORTEST or words.get(word.lower(), 0) >= TIMES:
            return word
        better = _nearest(word.lower(), words)
        return (better.capitalize() if word[0].isupper() else better) if better else word

    return WORD.sub(nearest, text)


def untwin(text: str, words: Mapping[str, int]) -> str:
    """Words that the document has with an `i` where an `l` was read: the recogniser is sure of these.

    Of two spellings as frequent the one with more `i` is taken, since `l` for `i` is the usual confusion. A short word
    is taken for another only at its end, where no English word has an `i` for an `l`: `fall` and `fail` are two words.

    >>> untwin("Derlvative risks, 各类 harmfui", {"derivative": 2, "harmful": 2})
    'Derivative risks, 各类 harmful'
    """

    def twin(found: re.Match[str]) -> str:
        word, lower = found[0], found[0].lower()
        if not (_LAST_I.search(word) if len(word) < _SHORTEST else _TWIN.search(lower)):
            return word
        own, face = words.get(lower, 0), _faceless(word)
        alike = [other for other in words if len(other) == len(face) and other != lower and _faceless(other) == face]
        if len(word) < _SHORTEST:
            alike = [other for other in alike if other == lower[:-1] + "l"]
        best = max(alike, key=lambda other: (words[other], other.count("i")), default=None)
        if best is None or (own, word.count("i")) >= (words[best], best.count("i")):
            return word
        return best.capitalize() if word[0].isupper() else best

    return WORD.sub(twin, text) if _TWIN.search(text) else text


_TWIN = re.compile(r"[il]")
_LAST_I = re.compile(r"^[a-z]{3,}i$")


def _faceless(word: str) -> str:
    return word.lower().replace("l", "i")


def _nearest(word: str, words: Mapping[str, int]) -> str | None:
    """The one word at the least distance; None if there is none near enough, or two as near."""
    reach = 1 if len(word) < _LONG else 2
    clear = [other for other, times in words.items() if times >= TIMES]
    near = [(away, other) for other in clear if (away := distance(word, other)) is not None and away <= reach]
    best = sorted(near)[:2]
    if not best or (len(best) == 2 and best[0][0] == best[1][0]):
        return None
    return best[0][1]


def distance(read: str, printed: str) -> int | None:
    """How many letters were taken for others, or one that was lost before the end; None for anything else.

    A letter too many, or one missing at the end, is more often the printer's than the recogniser's, or another form
    of the word.

    >>> distance("ecosyrtem", "ecosystem"), distance("lgorithm", "algorithm"), distance("risk", "risks")
    (1, 1, None)
    """
    if len(read) == len(printed):
        return sum(one != other for one, other in zip(read, printed, strict=True))
    if len(read) + 1 == len(printed):
        lost = any(printed[:at] + printed[at + 1 :] == read for at in range(len(read)))
        return 1 if lost else None
    return None
