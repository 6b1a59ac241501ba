"""Whether a question is worded like those that such texts answer: "how long are logs kept?" is, "how high is the fine?" is not.

A logistic regression over n-grams, encoder-independent; its log-odds are one signal of the refusal (`index.calibrate`). The
weights, `wording.json`, are fitted by `index.learn_wording` on `corpus/calibration/`, with the scores that each of its
questions got from folds that had not seen it: those the calibration must use, or it would trust this signal too much.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from corpus.records import Lang
from corpus.text import fold
from index.ngrams import Regression, ngrams
from index.question import without_editions

LEAST, MOST = -1.2, 3.0


def wording_score(question: str, lang: Lang) -> float:
    """Log-odds in [-1.2, 3] that the framework's texts answer a question so worded; `lang` is the question's own.

    >>> wording_score("日志要留存多久？", "zh") > wording_score("违反框架要交多少罚款？", "zh")
    True
    """
    return within_reason(wording(lang).score(worded(question, lang)))


def within_reason(score: float) -> float:
    """The score, bounded: one answered question in a hundred scores below the least, so no wording says more than that."""
    return round(min(max(score, LEAST), MOST), 2)


def worded(question: str, lang: Lang) -> frozenset[str]:
    """The features of a question; which edition it names is none of them."""
    return ngrams(without_editions(fold(question).text), lang)


@lru_cache(maxsize=2)
def wording(lang: Lang) -> Regression:
    """The fitted regression of a language."""
    found = _kept()[lang]
    return Regression(found["weights"], found["bias"])


def held_out(lang: Lang) -> Mapping[str, float]:
    """The scores of the questions that it was fitted on, by their id, from folds that had not seen them."""
    found: Mapping[str, float] = _kept()[lang]["held_out"]
    return found


@lru_cache(maxsize=1)
def _kept() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files("index").joinpath("wording.json").read_text(encoding="utf-8"))
    return found
