"""A summary as plain text: for a terminal, and for a log that is read later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.records import Lang
from eval.measures import measure

_HEADS: Mapping[Lang, tuple[str, str]] = {
    "zh": ("{n} 题；95% 区间；n 为可计分的题数（zh_en_gap 为题对数）", "准确率，按{facet}："),
    "en": ("{n} cases; 95 % intervals; n counts the cases scored (pairs, for zh_en_gap)", "accuracy by {facet}:"),
}
FACETS: Mapping[str, Mapping[Lang, str]] = {
    "lang": {"zh": "语言", "en": "language"},
    "type": {"zh": "题型", "en": "type"},
    "edition": {"zh": "版本", "en": "edition"},
}


def number(name: str, value: float | None) -> str:
    """A value as people read it: `number("accuracy", 0.9) == "0.900"`, `number("p50_ms", 12.34) == "12.3"`."""
    if value is None:
        return "–"
    return f"{value:.1f}" if name.endswith("_ms") else f"{value:.3f}"


def interval(name: str, estimate: Mapping[str, Any]) -> str:
    """`[0.596, 0.982]`, or nothing where there is none."""
    if estimate["lo"] is None:
        return ""
    return f"[{number(name, estimate['lo'])}, {number(name, estimate['hi'])}]"


def table(summary: Mapping[str, Any], lang: Lang = "en") -> str:
    """The averages of a `summary.json`, then accuracy by language, type and edition.

    The label stands last, so that Chinese, twice as wide in a terminal, moves no column.
    """
    head, by = _HEADS[lang]
    lines = [head.format(n=summary["n"])]
    lines += [f"{line}  {measure(name).label(lang)}" for name, line in _lines(summary["measures"], None)]
    for facet, groups in summary["by"].items():
        lines += ["", by.format(facet=FACETS[facet][lang])]
        lines += [
            line.rstrip() for _, line in _lines({group: all_["accuracy"] for group, all_ in groups.items()}, "accuracy")
        ]
    return "\n".join(lines)


def _lines(estimates: Mapping[str, Mapping[str, Any]], name: str | None) -> Iterator[tuple[str, str]]:
    """Row title and line; `name` is the measure of all rows, or None where the row title names it."""
    for title, one in estimates.items():
        of = name or title
        yield title, f"{title:<18} {number(of, one['value']):>8}  {interval(of, one):<18} n={one['n']:<5}"
