"""Whether a question is worded like those that such texts answer: "how long are logs kept?" is, "how high is the fine?" is not.

Two signals of the refusal (`index.calibrate`), both independent of the encoder in use: the log-odds of a logistic regression
over n-grams, and what the question's vector by the bundled encoder adds to them and to what the search found, one direction
for both languages. The weights, `wording.json`, are fitted by `index.learn_wording` on `corpus/calibration/`, with the
scores that each of its questions got from folds that had not seen it: those the calibration must use, or it would trust
these signals too much.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.records import Lang
from corpus.text import fold
from index.encoder import Encoder, open_encoder
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


def meaning_score(question: str) -> float:
    """How far a question's vector leans to what such texts answer, in log-odds beside the other signals.

    >>> meaning_score("哪些风险与数据有关？") > meaning_score("数据标注公司收费多少钱？")
    True
    """
    vector = _encoder().encode([question], kind="query")[0].astype(np.float64)
    return round(float(vector @ _direction()), 2)


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


def meaning_held_out() -> Mapping[str, float]:
    """The same of `meaning_score`."""
    found: Mapping[str, float] = _kept()["meaning"]["held_out"]
    return found


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    return open_encoder(None)


@lru_cache(maxsize=1)
def _direction() -> NDArray[np.float64]:
    return np.array(_kept()["meaning"]["weights"], dtype=np.float64)


@lru_cache(maxsize=1)
def _kept() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(files("index").joinpath("wording.json").read_text(encoding="utf-8"))
    return found
