"""Fits what `index.wording` knows: `python -m index.learn_wording`. Development only; needs scikit-learn (extra `models`).

Answered are the calibration's answerable questions and the readers' questions; not answered those in the field that the
framework is silent on, that rest on a false premise, or that cannot be understood alone. Folds are made by clause, so that a
question and its near miss never stand on both sides.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.editorial import load_editorial
from corpus.glossary import load_glossary
from corpus.records import LANGS, Lang
from index.calibrate import calibration_questions, near_misses
from index.wording import worded

OUT = Path(__file__).with_name("wording.json")
FOLDS, PENALTY, READERS = 5, 0.5, 0.15
"""Inverse strength of the ridge; weight of a reader's question beside one of the calibration."""
OFTEN, LEAST = 4, 0.03
"""An n-gram counts that stands in so many questions and, fitted, weighs so much."""
PLAIN: Mapping[Lang, tuple[str, ...]] = {
    "zh": (
        "框架怎么规定{}？", "{}有哪些规定", "框架对{}有什么要求？",
        "关于{}，框架是怎么说的？", "{}要注意什么？", "框架里的{}是什么意思？",
    ),
    "en": (
        "What does the framework say about {}?", "What are the rules on {}?", "What does the framework require for {}?",
        "How does the framework deal with {}?", "Which clause is about {}?", "What must be done about {}?",
    ),
}  # fmt: skip
"""The plainest questions, which all ask for what there is; without them a word like 规定 would look like a near miss."""
SILENT = ("not_in_framework", "false_premise", "ambiguous")


def main() -> None:
    """Fits both languages, writes the weights and prints how well the folds tell them apart."""
    found = {}
    for lang in LANGS:
        found[lang], figures = fit(lang)
        print(json.dumps({"lang": lang, **figures}))
    OUT.write_text(
        json.dumps(found, ensure_ascii=False, indent=0, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )


def fit(lang: Lang) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights as they are kept, and the area under the curve of the folds."""
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped, unused-ignore]
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped, unused-ignore]

    rows = [row for row in (*calibration_questions(), *near_misses()) if row["lang"] == lang]
    mine = [row for row in rows if row["answerable"] or row["reason"] in SILENT]
    readers = [q for (_, _, one), entry in sorted(load_editorial().items()) if one == lang for q in entry.questions]
    readers += [form.format(term) for at, term in enumerate(_subjects(lang)) for form in (PLAIN[lang] * 2)[at % 3 :: 3]]
    counts = CountVectorizer(analyzer=lambda text: sorted(worded(text, lang)), min_df=OFTEN, binary=True)
    x = counts.fit_transform([*(row["question"] for row in mine), *readers])
    y = np.array([row["answerable"] for row in mine] + [True] * len(readers))
    weights = np.repeat([1.0, READERS], [len(mine), len(readers)])
    fold = np.array([_fold(row) for row in mine] + [-1] * len(readers))
    scores = np.zeros(len(mine))
    for one in range(FOLDS):
        model = _regression().fit(x[fold != one], y[fold != one], sample_weight=weights[fold != one])
        scores[fold[: len(mine)] == one] = model.decision_function(x[fold == one])
    model = _regression().fit(x, y, sample_weight=weights)
    kept = _kept(counts.get_feature_names_out(), model.coef_[0])
    held = {row["id"]: round(float(score), 2) for row, score in zip(mine, scores, strict=True)}
    figures = {"n": len(y), "weights": len(kept), "AUC": round(float(roc_auc_score(y[: len(mine)], scores)), 3)}
    return {"weights": kept, "bias": round(float(model.intercept_[0]), 3), "held_out": held}, figures


def _subjects(lang: Lang) -> list[str]:
    """What the texts deal with: the concepts of the glossary, by their form in the framework."""
    return [term.forms(lang)[0] for term in load_glossary().terms]


def _fold(row: Mapping[str, Any]) -> int:
    """The fold of a question's first clause, else of its own words."""
    about = [*(row.get("clauses") or ()), *(row.get("near") or ()), row["question"]]
    return zlib.crc32(about[0].encode()) % FOLDS


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]

    return LogisticRegression(C=PENALTY, solver="liblinear", max_iter=2000, random_state=0)


def _kept(names: NDArray[np.str_], weights: NDArray[np.float64]) -> dict[str, float]:
    return {str(names[at]): round(float(weights[at]), 3) for at in np.flatnonzero(np.abs(weights) >= LEAST)}


if __name__ == "__main__":
    main()
