"""Values that a question asks for, and whether what was found states one: a signal of the calibrated refusal.

A question may be about a clause in every word and yet ask for what the clause does not say, how long, how often, how much.
So a question that asks for a kind of value is matched with passages that state a value of that kind, as systems do that
know the type of answer expected (Li and Roth, "Learning Question Classifiers", COLING 2002). The kinds stand in `values.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from corpus.text import fold


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = tomllib.loads(files("index").joinpath("values.toml").read_text(encoding="utf-8"))
    return {
        kind: (re.compile("|".join(row["asked"])), re.compile("|".join(row["stated"]))) for kind, row in data.items()
    }


def values_asked(folded: str) -> tuple[str, ...]:
    """The kinds of value that a folded question asks for.

    >>> values_asked("日志要留存多久?"), values_asked("how often are drills held?"), values_asked("有哪些风险")
    (('span',), ('rate',), ())
    """
    return tuple(kind for kind, (asked, _) in _kinds().items() if asked.search(folded))


def stated(asked: Iterable[str], texts: Iterable[str]) -> float:
    """1 if a text states a value of every kind asked for, -1 if none states one of some kind, 0 if none is asked for.

    >>> stated(["span"], ["留存不少于六个月"]), stated(["sum"], ["kept for six months"]), stated([], ["once"])
    (1.0, -1.0, 0.0)
    """
    wanted = [_kinds()[kind][1] for kind in asked]
    if not wanted:
        return 0.0
    folded = [fold(text).text for text in texts]
    return 1.0 if all(any(one.search(text) for text in folded) for one in wanted) else -1.0
