"""Whether a question compares editions without saying so: "has the advice on children got stricter?", "这条以前好像没有吧".

A logistic regression over word and character n-grams, beside the wordings of `kinds.toml`: what tells such a question is
tense and contrast more than any word. Its few hundred weights, `comparison.json`, are fitted by `app.answering.learn`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from corpus.records import Lang
from index.question import without_editions

_WORD = re.compile(r"[a-z0-9']+|[?,;:]")
_STEM = 5
"""English words count by their first letters, too."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Weights by feature, a bias, and the probability from which on a question counts as one that compares."""

    weights: Mapping[str, float]
    bias: float
    bar: float

    def probability(self, features: Iterable[str]) -> float:
        """In [0, 1]."""
        score = self.bias + sum(self.weights.get(feature, 0.0) for feature in features)
        return 1.0 / (1.0 + math.exp(-score))


def features(folded: str, lang: Lang, editions: int, wordings: Iterable[str]) -> frozenset[str]:
    """What a folded question holds: n-grams, how many editions it names, which wordings of `kinds.toml` it shows.

    >>> sorted(features("变了吗", "zh", 1, ["changed"]))
    ['#changed', '#editions1', '了吗', '变了', '变了吗']
    >>> sorted(features("Is it new?".lower(), "en", 0, []))
    ['#editions0', '?', 'is', 'is it', 'is it new', 'it', 'it new', 'it new ?', 'new', 'new ?']
    """
    bare = without_editions(folded) if editions else folded
    if lang == "zh":
        text = " ".join(bare.split())
        grams = [text[at : at + size] for size in (2, 3, 4) for at in range(len(text) - size + 1)]
    else:
        words = _WORD.findall(bare)
        grams = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]
        grams += [f"{word[:_STEM]}*" for word in words if len(word) > _STEM and word.isalpha()]
    return frozenset((*grams, f"#editions{min(editions, 2)}", *(f"#{name}" for name in wordings)))


@lru_cache(maxsize=2)
def comparison(lang: Lang) -> Comparison:
    """The fitted regression of a language."""
    found = json.loads(files("app.answering").joinpath("comparison.json").read_text(encoding="utf-8"))[lang]
    return Comparison(found["weights"], found["bias"], found["bar"])
