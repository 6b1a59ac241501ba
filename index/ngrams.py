"""Word and character n-grams of a question, and a logistic regression over such features, kept as a few hundred weights."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.records import Lang

_WORD = re.compile(r"[a-z0-9']+|[?,;:]")
_STEM = 5
"""English words count by their first letters, too."""


@dataclass(frozen=True, slots=True)
class Regression:
    """Weights by feature, and a bias."""

    weights: Mapping[str, float]
    bias: float

    def score(self, features: Iterable[str]) -> float:
        """The log-odds, the same in whatever order the features come: `Regression({"a": 1.0}, 0.5).score("ab") == 1.5`."""
        return self.bias + math.fsum(self.weights.get(feature, 0.0) for feature in features)

    def probability(self, features: Iterable[str]) -> float:
        """In [0, 1]."""
        return 1.0 / (1.0 + math.exp(-self.score(features)))


def ngrams(folded: str, lang: Lang) -> frozenset[str]:
    """Two to four characters of Chinese; one to three words of English, and the first letters of long ones.

    >>> sorted(ngrams("变了吗", "zh"))
    ['了吗', '变了', '变了吗']
    >>> sorted(ngrams("is it new?", "en"))
    ['?', 'is', 'is it', 'is it new', 'it', 'it new', 'it new ?', 'new', 'new ?']
    """
    if lang == "zh":
        text = " ".join(folded.split())
        return frozenset(text[at : at + size] for size in (2, 3, 4) for at in range(len(text) - size + 1))
    words = _WORD.findall(folded)
    grams = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]
    return frozenset((*grams, *(f"{word[:_STEM]}*" for word in words if len(word) > _STEM and word.isalpha())))
