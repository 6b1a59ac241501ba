"""Whether a question compares editions without saying so: "has the advice on children got stricter?", "这条以前好像没有吧".

A logistic regression over word and character n-grams, beside the wordings of `kinds.toml`: what tells such a question is
tense and contrast more than any word. Its few hundred weights, `comparison.json`, are fitted by `app.answering.learn`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from corpus.records import Lang
from index.ngrams import Regression, ngrams
from index.question import without_editions


@dataclass(frozen=True, slots=True)
class Comparison(Regression):
    """A regression, and the probability from which on a question counts as one that compares."""

    bar: float


def features(folded: str, lang: Lang, editions: int, wordings: Iterable[str]) -> frozenset[str]:
    """What a folded question holds: n-grams, how many editions it names, which wordings of `kinds.toml` it shows.

    >>> sorted(features("变了吗", "zh", 1, ["changed"]))
    ['#changed', '#editions1', '了吗', '变了', '变了吗']
    """
    bare = without_editions(folded) if editions else folded
    return ngrams(bare, lang) | {f"#editions{min(editions, 2)}", *(f"#{name}" for name in wordings)}


@lru_cache(maxsize=2)
def comparison(lang: Lang) -> Comparison:
    """The fitted regression of a language."""
    found = json.loads(files("app.answering").joinpath("comparison.json").read_text(encoding="utf-8"))[lang]
    return Comparison(found["weights"], found["bias"], found["bar"])
