"""Calibrating the refusal: from the signals of one search to whether the corpus answers the question.

Two logistic regressions (by scipy) per language and encoder, once with readers' questions and once without, fitted at
build time on `corpus/calibration/`, which shares no question with any evaluation set: whether a question belongs to the
field at all, and whether, belonging to it, it is answered. Raw distances are not comparable between encoders;
probabilities are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from corpus.ids import DEFAULT_WORK, of_framework
from corpus.records import LANGS, Lang
from index.limits import Limits
from index.lists import FIELDS, TELLING
from index.wording import held_out, meaning_held_out, within_reason

if TYPE_CHECKING:
    from index.retrieve import Retriever

Test = Literal["field", "answer"]
TESTS: tuple[Test, Test] = ("field", "answer")
FALSE_REFUSAL: Mapping[Test, float] = {"field": 0.01, "answer": 0.03}
"""Each threshold of a language is set so that about this share of its answerable questions falls below; together 4 %."""

REASONS: Mapping[str | None, str] = {
    None: "", "off_topic": "off_topic", "not_in_framework": "not_in_framework", "false_premise": "not_in_framework",
}  # fmt: skip
"""What a question is counted as, by the reason why it is not answered; others depend on the edition and are left out."""
EVERY = 24
"""Of the near misses one in so many is searched when an index is built: it takes time."""
ENOUGH = 20
"""Questions of each kind (answered, off topic, silent) that the variant with readers' questions is fitted on, at least."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a search says of its question.

    `dense`: best cosine of a passage; `known`: share of the question's weight that occurs in the corpus at all;
    `covered`: share that its best passage holds; `outside`: 1 if it names something that the framework does not deal
    in; `value`: 1 if the best passages state a value of the kind asked for, -1 if not, 0 if none is (`index.values`);
    `wording`: log-odds that a question so worded is answered; `meaning`: what its vector adds to all that
    (`index.wording`); `alike`: best cosine of a reader's question, None where the clauses searched have none (a text just
    fetched). The cosines are in [-1, 1], shares in [0, 1].
    """

    dense: float
    known: float
    covered: float
    outside: float
    value: float
    wording: float
    meaning: float
    alike: float | None = None

    @property
    def row(self) -> list[float]:
        """What the regression takes: the numbers there are, then 1 for the bias."""
        return [*(value for value in astuple(self) if value is not None), 1.0]


def _plain(signals: Signals) -> Signals:
    """Without readers' questions, and without the wording, which was fitted on texts that have them."""
    return replace(signals, alike=None, wording=0.0, meaning=0.0)


def variant(lang: Lang, asked: bool) -> str:
    """The key of a calibration: `zh` with readers' questions, `zh.plain` without."""
    return lang if asked else f"{lang}.plain"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of both tests: probability and whether it reaches the threshold."""

    probability: Mapping[Test, float]
    passed: Mapping[Test, bool]

    @property
    def confidence(self) -> float:
        """Probability that the corpus answers the question, the two taken as independent."""
        return self.probability["field"] * self.probability["answer"]

    @property
    def answerable(self) -> bool:
        """Whether both tests are passed."""
        return all(self.passed.values())

    @property
    def off_topic(self) -> bool:
        """Whether the question is not of the field."""
        return not self.passed["field"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per variant and test: weights of a logistic regression, bias last, and a threshold."""

    weights: Mapping[str, Mapping[Test, tuple[float, ...]]]
    thresholds: Mapping[str, Mapping[Test, float]]

    @classmethod
    def of(cls, plain: Mapping[str, Any] | None) -> Calibration:
        """From a manifest; without one everything counts as answerable."""
        return cls(plain["weights"], plain["thresholds"]) if plain else cls({}, {})

    def judge(self, signals: Signals, lang: Lang) -> Judgement:
        """Both tests on the signals of a search."""
        key = variant(lang, signals.alike is not None)
        if key not in self.weights or signals.alike is None:
            key, signals = variant(lang, False), _plain(signals)
        if key not in self.weights:
            return Judgement(dict.fromkeys(TESTS, 1.0), dict.fromkeys(TESTS, True))
        x = np.array([signals.row])
        probability = {test: float(_probability(x, np.array(self.weights[key][test]))[0]) for test in TESTS}
        return Judgement(probability, {test: probability[test] >= self.thresholds[key][test] for test in TESTS})


Array = np.ndarray[Any, Any]


def _probability(x: Array, weights: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-(x @ weights))))


def calibration_questions() -> list[dict[str, Any]]:
    """The bundled calibration questions: `{"lang", "question", "answerable", …}`."""
    return _rows("questions.jsonl")


def near_misses() -> list[dict[str, Any]]:
    """Questions in the field that look alike and are answered, or not; with `near`, the clause that one not answered is near."""
    return _rows("near-misses.jsonl")


def _rows(name: str) -> list[dict[str, Any]]:
    path = files("corpus").joinpath(f"calibration/{name}")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def calibrate(retriever: Retriever) -> dict[str, Any]:
    """Fit weights and thresholds for the encoder and corpus at hand; the result goes into the manifest."""
    rows = [*calibration_questions(), *near_misses()[::EVERY]]
    found: dict[str, Any] = {"weights": {}, "thresholds": {}, "fitted_on": {}}
    newest = newest_asked(retriever)
    for lang in LANGS:
        mine = [row for row in rows if row["lang"] == lang and row["reason"] in REASONS]
        scores = held_out(lang)
        signals = [replace(signals_of(retriever, row, newest), **_worded(scores, row)) for row in mine]
        reasons = [REASONS[row["reason"]] for row in mine]
        _fit_into(found, variant(lang, False), [_plain(one) for one in signals], reasons, lang)
        asked = [(one, why) for one, why in zip(signals, reasons, strict=True) if one.alike is not None]
        if all(sum(why == one for _, why in asked) >= ENOUGH for one in set(reasons)):
            _fit_into(found, variant(lang, True), [one for one, _ in asked], [why for _, why in asked], lang)
    return found


def _worded(scores: Mapping[str, float], row: Mapping[str, Any]) -> dict[str, float]:
    """The scores of a wording that was not fitted on this question; one off topic has no other n-gram score."""
    found = {"wording": within_reason(scores[row["id"]])} if row["id"] in scores else {}
    meanings = meaning_held_out()
    return found | {"meaning": meanings[row["id"]]} if row["id"] in meanings else found


def _fit_into(found: dict[str, Any], key: str, signals: Sequence[Signals], why: Sequence[str], lang: Lang) -> None:
    x, reasons = np.array([one.row for one in signals]), np.array(why)
    found["weights"][key], found["thresholds"][key] = _tests(x, reasons)
    judged = Calibration(found["weights"], found["thresholds"])
    refused = np.array([not judged.judge(one, lang).answerable for one in signals])
    found["fitted_on"][key] = {
        "n": len(signals),
        "false_refusal": round(float(refused[reasons == ""].mean()), 4),
        "refusal_recall_off_topic": round(float(refused[reasons == "off_topic"].mean()), 4),
        "refusal_recall_not_in_framework": round(float(refused[reasons == "not_in_framework"].mean()), 4),
    }


def newest_asked(retriever: Retriever) -> list[str]:
    """The newest edition of the framework here, of those that readers' questions were written for if there are any."""
    here = [edition for edition in retriever.editions_with_text if of_framework(edition)]
    asked = [edition for edition in here if retriever.has_questions(Limits((edition,)))]
    return (asked or here)[-1:]


def signals_of(retriever: Retriever, row: Mapping[str, Any], newest: Sequence[str]) -> Signals:
    """As they are when the question is asked: of the editions it names or is answered from, else of the newest."""
    query = retriever.read(row["question"])
    answered = {f"{DEFAULT_WORK}@{clause.partition('#')[0]}" for clause in row.get("clauses") or ()}
    fields = FIELDS if query.values else TELLING
    return retriever.search(query, k=1, editions=query.editions or sorted(answered) or newest, fields=fields).signals


def _tests(x: Array, reasons: Array) -> tuple[dict[Test, list[float]], dict[Test, float]]:
    """Weights and thresholds of both tests: of the field against off topic, then answered against silent."""
    in_field = reasons != "off_topic"
    samples: dict[Test, tuple[Array, Array]] = {
        "field": (x, in_field.astype(float)),
        "answer": (x[in_field], (reasons[in_field] == "").astype(float)),
    }
    weights = {test: [round(float(w), 6) for w in _fit(*sample)] for test, sample in samples.items()}
    answerable = x[reasons == ""]
    bars = {test: np.quantile(_probability(answerable, np.array(weights[test])), FALSE_REFUSAL[test]) for test in TESTS}
    return weights, {test: round(float(bar) - 1e-6, 6) for test, bar in bars.items()}


def _fit(x: Array, y: Array, ridge: float = 0.02) -> Array:
    """Maximum-likelihood weights with a small ridge, by L-BFGS."""
    from scipy.optimize import minimize

    def loss(w: Array) -> tuple[float, Array]:
        p = np.clip(_probability(x, w), 1e-9, 1 - 1e-9)
        value = -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))) + ridge * float(w[:-1] @ w[:-1]) / len(y)
        gradient = x.T @ (p - y) / len(y)
        gradient[:-1] += 2 * ridge * w[:-1] / len(y)
        return value, gradient

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)
