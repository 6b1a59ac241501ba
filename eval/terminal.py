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
    "slice": {"zh": "考察点", "en": "slice"},
}


_COMPARED: Mapping[Lang, tuple[str, str, str, str, str]] = {
    "zh": (
        "共同题目的均值；差为 B − A，附 95% 区间；p：比例用 McNemar 检验，均值用按题对的置换检验",
        "变好：", "变差：", "只在 A 中：", "只在 B 中：",
    ),
    "en": (
        "means over the cases that both runs judge; B − A with its 95 % interval; "
        "p by McNemar's test for shares, by permutation over pairs for means",
        "better:", "worse:", "in A only:", "in B only:",
    ),
}  # fmt: skip
_HEADLINE = "accuracy"
_BEATEN: Mapping[Lang, str] = {"zh": "† 哨兵不亚于本系统：{names}", "en": "† no better than: {names}"}
_SENTINELS: Mapping[Lang, str] = {"zh": "accuracy，各哨兵：", "en": "accuracy of the sentinels:"}


def compared(comparison: Mapping[str, Any], lang: Lang = "en") -> str:
    """A comparison of two runs: every measure, then the cases whose accuracy differs, and cases that one run lacks."""
    head, better, worse, only_a, only_b = _COMPARED[lang]
    lines = [head]
    for one in comparison["differences"]:
        name = one["measure"]
        sides = f"{number(name, one['a']):>8} {number(name, one['b']):>8} {one['difference']:>+9.3f}"
        lines.append(f"{name:<18} {sides}  {interval(name, one):<18} p={one['p']:.3f}  n={one['n']}")
    for title, wanted in ((better, True), (worse, False)):
        moved = [one for one in comparison["changes"] if one["measure"] == _HEADLINE and one["better"] is wanted]
        lines += [
            "",
            f"{title} {len(moved)}",
            *(f"  {one['case']}  {one['question']}  | {one['reason_b']}" for one in moved),
        ]
    for title, cases in ((only_a, comparison["only_a"]), (only_b, comparison["only_b"])):
        lines += ["", f"{title} {', '.join(cases)}"] if cases else []
    return "\n".join(lines)


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
    """The averages of a `summary.json`, then accuracy by language, type, edition and slice.

    The label stands last, so that Chinese, twice as wide in a terminal, moves no column.
    """
    head, by = _HEADS[lang]
    lines = [head.format(n=summary["n"])]
    beaten = summary.get("beaten_by") or {}
    for name, line in _lines(summary["measures"], None):
        mark = f"  {_BEATEN[lang].format(names=', '.join(beaten[name]))}" if beaten.get(name) else ""
        lines.append(f"{line}  {measure(name).label(lang)}{mark}")
    if summary.get("sentinels"):
        lines += ["", _SENTINELS[lang]]
        lines += [
            line.rstrip()
            for _, line in _lines({name: one["accuracy"] for name, one in summary["sentinels"].items()}, "accuracy")
        ]
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
