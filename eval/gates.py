"""Gates: bounds that a run must keep, from a TOML file.

    [[bound]]
    measure = "accuracy"       # a name of `eval.measures`
    least = 0.66               # or most, for what should be low
    group = {lang = "zh"}      # optional: of one language, type or edition alone

A bound is the design's target or the value measured so far; it is never lowered without a line in the changelog. What a model
judged (`llm_correctness`) bounds nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile, UnusableInput
from eval.measures import LLM_CORRECTNESS, measure

FACETS = ("lang", "type", "edition", "slice")
_FORM = 'write [[bound]] with "measure" and "least" or "most"'


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on one measure, of all cases or of one group: `facet` and `group` are empty, or both given."""

    measure: str
    least: float | None
    most: float | None
    facet: str = ""
    group: str = ""

    def __str__(self) -> str:
        """`accuracy (lang zh) >= 0.66`."""
        where = f" ({self.facet} {self.group})" if self.facet else ""
        end = f">= {self.least}" if self.least is not None else f"<= {self.most}"
        return f"{self.measure}{where} {end}"


@dataclass(frozen=True, slots=True)
class Missed:
    """A bound that a run does not keep; `value` is None where nothing could be scored, which keeps no bound."""

    bound: Bound
    value: float | None


def read_bounds(path: Path) -> list[Bound]:
    """The bounds of a file; raises `UnreadableFile` or `UnusableInput`, naming the bound that is malformed."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(
            f"{path.name!r} cannot be read: {error.strerror}", way_out="name a file of gates"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableInput(f"{path.name}: {error}", way_out=_FORM) from None
    rows = data.get("bound")
    if not isinstance(rows, list) or not rows:
        raise UnusableInput(f"{path.name} holds no bound", way_out=_FORM)
    return [_bound(row, f"{path.name}, bound {at}") for at, row in enumerate(rows, start=1)]


def _bound(row: Any, place: str) -> Bound:
    ends = [row.get(end) for end in ("least", "most")] if isinstance(row, dict) else [None, None]
    if sum(isinstance(end, int | float) and not isinstance(end, bool) for end in ends) != 1:
        raise UnusableInput(f"{place}: neither one number as least nor one as most", way_out=_FORM)
    group = row.get("group") or {}
    if not isinstance(group, dict) or len(group) > 1 or not set(group) <= set(FACETS):
        raise UnusableInput(
            f"{place}: the group is not of one of {', '.join(FACETS)}", way_out='write group = {lang = "zh"}'
        )
    facet, member = next(iter(group.items()), ("", ""))
    name = str(measure(str(row.get("measure"))))
    if name == LLM_CORRECTNESS:
        raise UnusableInput(f"{place}: {name} is a model's judgement", way_out="bound a measure that code computes")
    return Bound(name, ends[0], ends[1], facet, str(member))


def missed(bounds: Sequence[Bound], summary: Mapping[str, Any]) -> list[Missed]:
    """The bounds that a `summary.json` does not keep."""
    found = []
    for bound in bounds:
        measures = summary["by"][bound.facet].get(bound.group, {}) if bound.facet else summary["measures"]
        value = measures.get(bound.measure, {}).get("value")
        low = bound.least is not None and (value is None or value < bound.least)
        high = bound.most is not None and (value is None or value > bound.most)
        if low or high:
            found.append(Missed(bound, value))
    return found
