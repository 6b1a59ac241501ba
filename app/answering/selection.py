"""Which of the clauses found are quoted: those that probably answer, by a logistic regression over the evidence of a search.

    the score against the best one's, relevance, ranks among readers' questions, by meaning, by number, in the table

The weights, `selection.json`, are fitted by `app.answering.learn_selection` on `corpus/calibration/` over the bundled texts;
a score from another corpus or encoder is compared with the best score of its own search, so they carry over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.records import Hit, Lang, part_of

LEAST = 0.12
"""A clause beside the best is quoted from this probability on: about three in four of all that is quoted then answers."""
MOST = 4
_ABSENT = 98
"""The rank of what a list does not have."""
Floats = NDArray[np.float64]


def features(hits: Sequence[Hit], lang: Lang) -> Floats:
    """`(n, 13)`: what speaks for each hit of one search, `lang` being the question's language."""
    top = max((hit.score for hit in hits), default=1.0)
    most = max((hit.relevance for hit in hits), default=1.0) or 1.0
    rows = []
    for at, hit in enumerate(hits):
        path = hit.passage.clause.partition("#")[2]
        rows.append([
            hit.score / top, math.log(max(hit.score, 1e-6)), hit.relevance, hit.relevance / most, float(at == 0),
            _near(hit, "alike"), _near(hit, f"asked.{lang}"), _near(hit, "dense.zh", "dense.en"),
            _near(hit, "mapping"), _near(hit, "number"),
            float(path.startswith("T")), float(part_of(path) == "notice"), 1.0,
        ])  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(len(rows), 13)


def _near(hit: Hit, *lists: str) -> float:
    """The reciprocal of the best rank in the lists."""
    return max(1.0 / (1 + hit.ranks.get(name, _ABSENT)) for name in lists)


def probabilities(hits: Sequence[Hit], lang: Lang) -> Floats:
    """`(n,)` in [0, 1]: how probably each hit answers."""
    return np.asarray(1.0 / (1.0 + np.exp(-(features(hits, lang) @ kept_weights("selection")))))


def best(hits: Sequence[Hit], lang: Lang) -> tuple[Hit, float] | None:
    """The most probable hit, the first of several, and its probability; None where there is none."""
    found = probabilities(hits, lang)
    return max(zip(hits, map(float, found), strict=True), key=lambda one: one[1], default=None)


def selected(hits: Sequence[Hit], lang: Lang, most: int = MOST) -> list[Hit]:
    """The clauses to quote, the most probable first; one at least, where there is any."""
    found = probabilities(hits, lang)
    order = sorted(range(len(hits)), key=lambda at: (-found[at], at))
    return [hits[at] for rank, at in enumerate(order[:most]) if rank == 0 or found[at] >= LEAST]


@lru_cache(maxsize=4)
def kept_weights(name: str) -> Floats:
    """The fitted weights `NAME.json` of this package, one a feature."""
    kept: dict[str, Any] = json.loads(files("app.answering").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return np.array(kept["weights"], dtype=np.float64)
