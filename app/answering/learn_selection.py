"""Fits what `app.answering.selection` knows: `python -m app.answering.learn_selection`. Development only; needs scikit-learn
(extra `models`) and, in the home, an index of the bundled texts and no others.

From the answerable questions of `corpus/calibration/`: the best hits of each, and which of them are the clauses it was
written for. Folds are made by clause; the figures are those of folds that had not seen the clause.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.answering.selection import LEAST, MOST, features
from corpus.home import find_home
from corpus.ids import DEFAULT_WORK, is_below, neutral
from index.calibrate import calibration_questions, near_misses, newest_asked
from index.retrieve import Retriever

OUT = Path(__file__).with_name("selection.json")
HITS, FOLDS = 8, 5


def main() -> None:
    """Fits, writes the weights and prints how often the answer is among what is selected, and what share of it answers."""
    found, figures = fit(Retriever.open(find_home().index))
    OUT.write_text(json.dumps(found) + "\n", encoding="utf-8")
    print(json.dumps(figures))


def fit(retriever: Retriever) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights as they are kept, and the figures of the folds."""
    x, y, question, fold = examples(retriever)
    p = np.zeros(len(y))
    for one in range(FOLDS):
        p[fold == one] = _regression(x[fold != one], y[fold != one]).predict_proba(x[fold == one])[:, 1]
    hit, precision = [], []
    for one in np.unique(question):
        mine = np.flatnonzero(question == one)
        order = mine[np.argsort(-p[mine], kind="stable")][:MOST]
        kept = [at for rank, at in enumerate(order) if rank == 0 or p[at] >= LEAST]
        hit.append(bool(y[kept].any()))
        precision.append(float(y[kept].mean()))
    weights = [round(float(w), 3) for w in _regression(x, y).coef_[0]]
    figures = {
        "questions": len(hit),
        "answer selected": np.mean(hit).round(3),
        "precision": np.mean(precision).round(3),
    }
    return {"weights": weights}, figures


def examples(
    retriever: Retriever,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Features of hits, whether each is a clause wanted, its question's row and its fold."""
    x, y, question, fold = [], [], [], []
    for at, row in enumerate(one for one in (*calibration_questions(), *near_misses()) if one["answerable"]):
        query = retriever.read(row["question"])
        gold = [f"{DEFAULT_WORK}@{clause}" for clause in row["clauses"]]
        own = sorted({clause.partition("#")[0] for clause in gold})
        newest = newest_asked(retriever)
        editions = query.editions or (newest if set(newest) & set(own) else own)
        hits = retriever.search(query, k=HITS, editions=editions, parts=["body", "notice"]).hits
        x.append(features(hits, query.lang))
        y += [any(_within(neutral(hit.passage.clause), clause) for clause in gold) for hit in hits]
        question += [at] * len(hits)
        fold += [zlib.crc32(gold[0].encode()) % FOLDS] * len(hits)
    return np.vstack(x), np.array(y), np.array(question), np.array(fold)


def _within(clause: str, gold: str) -> bool:
    (edition, _, path), (wanted, _, above) = clause.partition("#"), gold.partition("#")
    return edition == wanted and is_below(path, above)


def _regression(x: NDArray[np.float64], y: NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]

    return LogisticRegression(C=10.0, fit_intercept=False, max_iter=5000).fit(x, y)


if __name__ == "__main__":
    main()
