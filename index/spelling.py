"""Mistyped questions: words that nobody knows, read as the nearest word that the corpus knows.

    What does the framwork say about inferrence?   ->  What does the framework say about inference?
    附件三里“推里”是怎么定义的                           ->  附件三里“推理”是怎么定义的

English: a word that neither the corpus nor the encoder's vocabulary holds becomes the most frequent corpus word one edit
away (Damerau 1964; candidates as in Norvig, "How to write a spelling corrector", 2007). Chinese: most slips of an input
method keep the sound, so two characters that form no word become the corpus word that sounds alike and shares one of
them. What is not surely a slip is left as it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files

from corpus.text import HAN, fold
from index.arrays import Buffer
from index.encoder import cut_all, cut_places, is_token

_WORD = re.compile(r"[a-z]+")
_SHORTEST = 5
"""Shorter English words have too many neighbours."""
_OFTEN = 3
"""How often a word must stand in the corpus to be taken for what was meant."""
_FUNCTION = 60
"""A character that stands alone so often is a word of its own (的, 能, 了), and what is beside it no half of a word."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ABOUT = "edition version framework document chapter appendix section clause first second third between which"
"""Words of questions about texts, which the texts themselves may lack."""


class Spelling:
    """The words of a corpus with their counts: `english` words, `chinese` words of one and two characters."""

    def __init__(self, english: Mapping[str, int], chinese: Mapping[str, int]) -> None:
        self._english = dict.fromkeys(_ABOUT.split(), _OFTEN) | dict(english)
        self._chinese = chinese

    @classmethod
    def of(cls, texts: Iterable[str]) -> Spelling:
        """The words of texts."""
        english: Counter[str] = Counter()
        chinese: Counter[str] = Counter()
        folded = [fold(text).text for text in texts]
        for text, tokens in zip(folded, cut_all(folded), strict=True):
            english.update(word for word in _WORD.findall(text) if len(word) >= _SHORTEST)
            chinese.update(word for word in tokens if len(word) <= 2 and HAN.match(word))
        return cls(english, chinese)

    def mended(self, question: str) -> str:
        """The question as it is, or folded, with its slips mended.

        >>> Spelling({"inference": 9}, {"推理": 9}).mended("Is inferrence 推里?")
        'is inference 推理?'
        >>> Spelling({}, {}).mended("Is AI safe?")
        'Is AI safe?'
        """
        folded = fold(question).text
        mended = self._chinese_mended(_WORD.sub(lambda match: self._meant(match.group()), folded))
        return question if mended == folded else mended

    # --- English

    def _meant(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._english or any(map(is_token, _stems(word))):
            return word
        near = [other for other in _one_edit(word) if self._english.get(other, 0) >= _OFTEN]
        return max(near, key=lambda other: (self._english[other], other), default=word)

    # --- Chinese

    def _chinese_mended(self, folded: str) -> str:
        if not HAN.search(folded):
            return folded
        chars = list(folded)
        for at in _lone_pairs(folded):
            if meant := self._sounding_alike(folded[at], folded[at + 1]):
                chars[at : at + 2] = meant
        return "".join(chars)

    def _sounding_alike(self, first: str, second: str) -> str | None:
        if first + second in self._chinese:
            return None
        near = {
            word
            for place, keep, typed in ((0, second, first), (1, first, second))
            if self._chinese.get(keep, 0) < _FUNCTION
            for sound in sounds_of(typed)
            for word in self._by_sound.get((place, sound, keep), ())
        }
        return max(near, key=lambda word: (self._chinese[word], word), default=None)

    @cached_property
    def _by_sound(self) -> Mapping[tuple[int, str, str], list[str]]:
        """Which character is replaced, how it sounds, the character that is kept -> frequent words."""
        found: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
        for word, count in self._chinese.items():
            if len(word) == 2 and count >= _OFTEN:
                for place in (0, 1):
                    for sound in sounds_of(word[place]):
                        found[place, sound, word[1 - place]].append(word)
        return found

    # --- kept

    def dump(self) -> bytes:
        """The words as JSON, for `load`."""
        return json.dumps({"en": self._english, "zh": self._chinese}, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def load(cls, data: Buffer) -> Spelling:
        """The inverse of `dump`."""
        words = json.loads(bytes(data))
        return cls(words["en"], words["zh"])


def _stems(word: str) -> Iterator[str]:
    """The word without what inflects it: `["misuses", "misuse", "misus"]`."""
    yield word
    for ending in ("s", "es", "d", "ed", "ing", "ly"):
        if word.endswith(ending):
            yield word.removesuffix(ending)


def _one_edit(word: str) -> Iterator[str]:
    """Every string one deletion, swap, replacement or insertion away; many are none, and a first letter rarely slips."""
    halves = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    for left, right in halves:
        yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _lone_pairs(folded: str) -> Iterator[int]:
    """Where two neighbouring Han characters stand that no known word holds."""
    places = cut_places(folded)
    lone = {start for start, end in places if end - start == 1 and HAN.match(folded[start])}
    yield from (start for start in sorted(lone) if start + 1 in lone)


@lru_cache(maxsize=1)
def _sounds() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in files("corpus").joinpath("sounds.txt").read_text(encoding="utf-8").splitlines()[1:]:
        syllable, chars = row.split(" ")
        for char in chars:
            found[char].append(syllable)
    return {char: tuple(syllables) for char, syllables in found.items()}


def sounds_of(char: str) -> tuple[str, ...]:
    """The syllables a character is read as, without tones: `sounds_of("长") == ("chang", "zhang")`; none if unknown."""
    return _sounds().get(char, ())
