"""Lineages held against each other: Chinese against English, and the direct one against that through the editions between.

    parity: {"agree": 0.93, "disagree": [{"from": "3.1.1(a)", "to": None, "in": "en"}],
             "composed": {"through": ["aisgf@2.0"], "agree": 0.9, "disagree": [{…, "in": "direct" | "composed"}]}}

They are computed apart, so that what they agree on is sure twice over. `agree`: share of the pairs of old and new clauses found
by both among those found by either, in [0, 1]; None where there is nothing to hold against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.records import Lineage, Link

Pairs = set[tuple[str, str]]
"""Old and new paths that a link joins; `""` for the empty side."""


def pairs_of(lineage: Lineage) -> Pairs:
    """Every pair of paths that a link joins."""
    return {(i, j) for link in lineage.links for i in (link.old or ("",)) for j in (link.new or ("",))}


def with_parity(lineages: Sequence[Lineage]) -> list[Lineage]:
    """The Chinese and the English lineage of one pair of editions, each with how far they agree."""
    if len(lineages) < 2:
        return [replace(lineage, parity={"agree": None, "disagree": []}) for lineage in lineages]
    zh, en = lineages
    held = _held(pairs_of(zh), pairs_of(en), ("zh", "en"))
    return [replace(lineage, parity=held) for lineage in lineages]


def with_composed(direct: Lineage, chain: Sequence[Lineage]) -> Lineage:
    """The direct lineage with how far it agrees with `chain`, those from edition to edition between the same two.

    Raises ValueError where the chain does not lead from the one to the other.
    """
    ends = [direct.old, *(step.new for step in chain)], [*(step.old for step in chain), direct.new]
    if ends[0] != ends[1]:
        raise ValueError(f"{direct.old} to {direct.new} is not what the chain leads along: {ends[1]}")
    held = _held(pairs_of(direct), composed([pairs_of(step) for step in chain]), ("direct", "composed"))
    through = [step.new for step in chain[:-1]]
    return replace(direct, parity={**direct.parity, "composed": {"through": through, **held}})


def composed(steps: Sequence[Pairs]) -> Pairs:
    """What the pairs of each step, one after the other, join; whatever leads nowhere is removed, or added.

    >>> sorted(composed([{("a", "x"), ("b", "")}, {("x", "1"), ("", "2")}]))
    [('', '2'), ('a', '1'), ('b', '')]
    """
    first, *rest = steps
    for step in rest:
        after = defaultdict(set)
        for middle, new in step:
            after[middle].add(new)
        joined = {(old, new) for old, middle in first if old and middle for new in after[middle] if new}
        gone = {old for old, _ in first if old} - {old for old, _ in joined}
        come = {new for _, new in step if new} - {new for _, new in joined}
        first = joined | {(old, "") for old in gone} | {("", new) for new in come}
    return first


def _held(one: Pairs, other: Pairs, names: tuple[str, str]) -> dict[str, Any]:
    rows = [
        {"from": i or None, "to": j or None, "in": names[0] if (i, j) in one else names[1]}
        for i, j in sorted(one ^ other)
    ]
    return {"agree": round(len(one & other) / len(one | other), 4) if one | other else None, "disagree": rows}


def turned_parity(parity: Mapping[str, Any]) -> dict[str, Any]:
    """The same, read from the newer edition to the older."""
    found = dict(parity)
    if "disagree" in parity:
        found["disagree"] = [{**row, "from": row["to"], "to": row["from"]} for row in parity["disagree"]]
    if "composed" in parity:
        inner = turned_parity(parity["composed"])
        found["composed"] = {**inner, "through": inner["through"][::-1]}
    return found


def disputed(link: Link, disagree: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a clause of the link is joined otherwise by what it was held against."""
    return any(row["from"] in link.old or row["to"] in link.new for row in disagree)
