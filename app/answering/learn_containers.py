"""Fits what `app.answering.containers` knows: `python -m app.answering.learn_containers`. Development only; needs scipy and,
in the home, an index of the bundled texts and no others.

From the questions for a list in `corpus/calibration/` and in the tuning set: those written for a clause with its children
have that clause for an answer, those written for another have none. Figures are of folds that had not seen the clause.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.assistant import Assistant
from app.answering.containers import candidates, features
from app.answering.kinds import kind_of
from app.answering.selection import Floats
from app.answering.work import Work
from corpus.home import find_home
from corpus.ids import DEFAULT_WORK
from corpus.records import LANGS, Document
from index.calibrate import calibration_questions, near_misses

OUT = Path(__file__).with_name("containers.json")
TUNING = Path(__file__).parents[2] / "eval" / "questions" / "tuning.jsonl"
FOLDS, RIDGE = 10, 0.003
WANTED = 6.0
"""Weight of a question with a clause to choose: there are so many more without."""

PLAINLY = {"zh": ("{}有哪些？", "{}分哪几类？"), "en": ("What kinds of {} are there?", "Name the {}")}
"""How a list is asked for by its heading."""

Example = tuple[Floats, int, int]
"""Features of the candidates, the row of the clause wanted (-1: none of them), the fold."""


def main() -> None:
    """Fits, writes the weights and prints how often the clause wanted was chosen, and how often none was where none is."""
    found = list(examples(Assistant.open(find_home())))
    right = {True: [0, 0], False: [0, 0]}
    for fold in range(FOLDS):
        weights = fit([one for one in found if one[2] != fold])
        for x, wanted, _ in (one for one in found if one[2] == fold):
            scores = x @ weights
            best = int(np.argmax(scores)) if scores.max() > 0 else -1
            right[wanted >= 0][0] += best == wanted
            right[wanted >= 0][1] += 1
    OUT.write_text(json.dumps({"weights": [round(float(w), 3) for w in fit(found)]}) + "\n", encoding="utf-8")
    print(json.dumps({"clause chosen": right[True], "none chosen": right[False]}))


def examples(assistant: Assistant) -> Iterator[Example]:
    """What is learned from: every question for a list."""
    tuning: list[dict[str, Any]] = [json.loads(line) for line in TUNING.read_text(encoding="utf-8").splitlines()]
    for row in (*calibration_questions(), *near_misses(), *tuning, *_by_heading(assistant)):
        query = assistant.retriever.read(row["question"])
        if not row["answerable"] or kind_of(query) != "list" or query.paths:
            continue
        work = Work(assistant.retriever, query, assistant.scope(query, None), "list")
        if work.search() is None:
            continue
        document = assistant.retriever.document(work.used[0], query.lang)
        clauses = candidates(document, measures=query.measures) if document else []
        x = features(work.desk, document, work.hits, clauses) if document else None
        if document is not None and x is not None:
            wanted = _wanted(document, row["clauses"])
            at = next((at for at, clause in enumerate(clauses) if clause.path == wanted), -1)
            yield x, at, zlib.crc32(str(row["clauses"][0]).encode()) % FOLDS


def _by_heading(assistant: Assistant) -> Iterator[dict[str, Any]]:
    """A question for every list of the newest edition by its heading."""
    edition = assistant.retriever.editions_with_text[-1]
    for lang in LANGS:
        document = assistant.retriever.document(edition, lang)
        for clause in candidates(document) if document else ():
            for wording in PLAINLY[lang]:
                gold = f"{edition.removeprefix(f'{DEFAULT_WORK}@')}#{clause.path}"
                yield {"question": wording.format(clause.heading), "answerable": True, "clauses": [gold]}


def _wanted(document: Document, gold: Sequence[str]) -> str | None:
    """The clause that a question was written for together with what stands below it."""
    version = document.edition.removeprefix(f"{DEFAULT_WORK}@")
    paths = {clause.removeprefix(f"{version}#") for clause in gold}
    for clause in candidates(document):
        children = {one.path for one in document.children(clause.path)}
        leaves = {one.path for one in document.leaves(clause.path)}
        if paths == {clause.path} or (
            paths - {clause.path} and paths - {clause.path} in (children, leaves, children | leaves)
        ):
            return clause.path
    return None


def fit(found: Sequence[Example]) -> Floats:
    """Maximum-likelihood weights with a ridge; "none" scores 0."""
    from scipy.optimize import minimize

    def loss(w: Floats) -> tuple[float, Floats]:
        value, gradient = RIDGE * float(w @ w), 2 * RIDGE * w
        total = sum(WANTED if wanted >= 0 else 1.0 for _, wanted, _ in found)
        for x, wanted, _ in found:
            weight = (WANTED if wanted >= 0 else 1.0) / total
            rows = np.vstack([x, np.zeros(x.shape[1])])
            scores = rows @ w
            p = np.exp(scores - scores.max())
            p /= p.sum()
            value -= weight * float(np.log(p[wanted] + 1e-12))
            gradient -= weight * (rows[wanted] - p @ rows)
        return value, gradient

    return np.asarray(minimize(loss, np.zeros(found[0][0].shape[1]), jac=True, method="L-BFGS-B").x)


if __name__ == "__main__":
    main()
