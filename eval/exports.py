"""A run in the forms that other tools read: Markdown for a pull request, JUnit XML for a build server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from corpus.records import Lang
from eval.cases import Case
from eval.measures import measure
from eval.measures.score import Score
from eval.sections import Section
from eval.terminal import FACETS, interval, number

_WORDS: Mapping[Lang, tuple[str, str, str, str, str, str]] = {
    "zh": ("评测", "{n} 题；95% 区间：比例用 Wilson 法，均值按题对自助抽样", "指标", "值", "区间", "哨兵中不亚于本系统的"),
    "en": (
        "Evaluation", "{n} cases; intervals of 95 %: Wilson for shares, bootstrap over pairs for means",
        "Measure", "Value", "Interval", "Sentinels as good",
    ),
}  # fmt: skip
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def markdown(summary: Mapping[str, Any], lang: Lang = "en", sections: Sequence[Section] = ()) -> str:
    """The averages of a `summary.json` as Markdown tables, then accuracy by language, type, edition and slice, then the
    tables that stand beside them."""
    title, head, *columns, trivial = _WORDS[lang]
    beaten = summary.get("beaten_by") or {}
    rows = [
        [
            name,
            measure(name).label(lang),
            number(name, one["value"]),
            interval(name, one),
            str(one["n"]),
            ", ".join(beaten.get(name, ())),
        ]
        for name, one in summary["measures"].items()
    ]
    parts = [f"# {title}", head.format(n=summary["n"]), _table([columns[0], "", *columns[1:], "n", trivial], rows)]
    for facet, groups in summary["by"].items():
        rows = [[group, *_accuracy(measures)] for group, measures in groups.items()]
        parts.append(_table([FACETS[facet][lang], "accuracy", columns[2], "n"], rows))
    for one in sections:
        parts += [f"## {_cell(one.title[lang])}", _cell(one.note[lang]), _table(one.heads, one.rows)]
    return "\n\n".join(parts) + "\n"


def _accuracy(measures: Mapping[str, Any]) -> list[str]:
    one = measures["accuracy"]
    return [number("accuracy", one["value"]), interval("accuracy", one), str(one["n"])]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines: list[Sequence[str]] = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(one) for one in line)} |" for line in lines)


def _cell(text: str) -> str:
    """Text that cannot end a cell or start markup: `_cell("a|b\\n<c>") == "a\\|b &lt;c&gt;"`."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([|\\`*_\[\]])", r"\\\1", flat)


def junit(cases: Sequence[Case], scores: Sequence[Score], name: str) -> str:
    """Each case as a test: failed where its accuracy is 0, skipped where it is not judged; `scores` are of accuracy.

    The form is that of Apache Ant's JUnitReport, which build servers read.
    """
    failed = sum(score.value == 0 for score in scores)
    skipped = sum(score.value is None for score in scores)
    counts = {"tests": str(len(cases)), "failures": str(failed), "skipped": str(skipped), "errors": "0"}
    suite = ElementTree.Element("testsuite", {"name": name, **counts})
    for case, score in zip(cases, scores, strict=True):
        test = ElementTree.SubElement(
            suite, "testcase", {"classname": case.type or "case", "name": _xml(f"{case.id} {case.question}")}
        )
        if score.value is None:
            ElementTree.SubElement(test, "skipped", {"message": _xml(score.reason)})
        elif score.value == 0:
            ElementTree.SubElement(test, "failure", {"message": _xml(score.reason)})
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'


def _xml(text: str) -> str:
    """Text without the characters that no XML document may have."""
    return _NOT_XML.sub("\ufffd", text)
