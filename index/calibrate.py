"""Calibrating the refusal: from signals of one search to the probability that the corpus answers the question.

A logistic regression (two dozen lines of scipy) per encoder, fitted at build time on `corpus/calibration/`, which shares
no question with any evaluation set. Raw distances are not comparable between encoders; probabilities are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.records import LANGS, Lang

if TYPE_CHECKING:
    from index.retrieve import Retriever

FALSE_REFUSAL = 0.03
"""The threshold of a language is set so that at most this share of its answerable questions is refused."""


@dataclass(frozen=True, slots=True)
class Signals:
    """`dense`: best cosine; `known`: share of the question's weight that occurs in the corpus at all; `covered`: share
    that its best passage holds; `outside`: 1 if it names something that the framework does not deal in. All in [0, 1]
    but the cosine, in [-1, 1]."""

    dense: float
    known: float
    covered: float
    outside: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of a logistic regression, bias last, and a threshold per language."""

    weights: Mapping[str, tuple[float, ...]]
    thresholds: Mapping[str, float]
    off_topic: Mapping[str, float]

    @classmethod
    def of(cls, plain: Mapping[str, Any] | None) -> Calibration:
        """From a manifest; without one everything counts as answerable."""
        if plain is None:
            return cls({}, {}, {})
        weights = {lang: tuple(w) for lang, w in plain["weights"].items()}
        return cls(weights, plain["thresholds"], plain["off_topic"])

    def confidence(self, signals: Signals, lang: Lang) -> float:
        """Probability that the corpus answers the question."""
        weights = self.weights.get(lang)
        if weights is None:
            return 1.0
        return float(_probability(np.array([[*astuple(signals), 1.0]]), np.array(weights))[0])

    def threshold(self, lang: Lang) -> float:
        """Below this confidence the question is refused."""
        return self.thresholds.get(lang, 0.0)

    def is_off_topic(self, signals: Signals, lang: Lang) -> bool:
        """Whether a refused question is about something else altogether, rather than silent ground of the field."""
        return not signals.outside and signals.dense < self.off_topic.get(lang, 0.0)


def _probability(x: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(1.0 / (1.0 + np.exp(-(x @ weights))))


def calibration_questions() -> list[dict[str, Any]]:
    """The bundled calibration questions: `{"lang", "question", "answerable", …}`."""
    path = files("corpus").joinpath("calibration/questions.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def calibrate(retriever: Retriever) -> dict[str, Any]:
    """Fit weights and thresholds for the encoder and corpus at hand; the result goes into the manifest."""
    rows = calibration_questions()
    weights, thresholds, off_topic, report = {}, {}, {}, {}
    for lang in LANGS:
        mine = [row for row in rows if row["lang"] == lang]
        x = np.array([[*astuple(retriever.search(row["question"], k=1).signals), 1.0] for row in mine])
        y = np.array([row["answerable"] for row in mine], dtype=float)
        fitted = _fit(x, y)
        scores = _probability(x, fitted)
        bar = float(np.quantile(scores[y == 1], FALSE_REFUSAL))
        weights[lang] = [round(float(w), 6) for w in fitted]
        thresholds[lang] = round(bar, 6)
        off = np.array([row["reason"] == "off_topic" for row in mine])
        off_topic[lang] = _divide(x[off, 0], x[~off & (y == 0), 0])
        refused = scores < round(bar, 6)
        report[lang] = {
            "n": len(mine),
            "refusal_recall": round(float(refused[y == 0].mean()), 4),
            "refusal_recall_off_topic": round(float(refused[off].mean()), 4),
            "false_refusal": round(float(refused[y == 1].mean()), 4),
        }
    return {"weights": weights, "thresholds": thresholds, "off_topic": off_topic, "fitted_on": report}


def _divide(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> float:
    """The value that parts two samples with the fewest errors."""
    values = np.sort(np.concatenate([low, high]))
    cuts = (values[1:] + values[:-1]) / 2
    errors = [(low >= cut).sum() + (high < cut).sum() for cut in cuts]
    return round(float(cuts[int(np.argmin(errors))]), 6)


def _fit(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], ridge: float = 0.02) -> np.ndarray[Any, Any]:
    """Maximum-likelihood weights with a small ridge, by L-BFGS."""
    from scipy.optimize import minimize

    def loss(w: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        p = np.clip(_probability(x, w), 1e-9, 1 - 1e-9)
        value = -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))) + ridge * float(w[:-1] @ w[:-1]) / len(y)
        gradient = x.T @ (p - y) / len(y)
        gradient[:-1] += 2 * ridge * w[:-1] / len(y)
        return value, gradient

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)
