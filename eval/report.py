"""A run as one HTML file that works offline: averages with intervals, sentinels, plots, and every case, to be filtered.

Everything that comes from cases or answers is escaped, and the page allows itself its own script and style alone, by
their digests, and no network. A citation links to its clause in the chat on this machine, where that is running.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from eval.cases import Case
from eval.measures.nuggets import missed
from eval.measures.score import AnswerJson, Measure, Score
from eval.plots import intervals_plot
from eval.sections import Section
from eval.summary import UNNAMED, Estimate, Scores, Summary
from eval.terminal import FACETS, interval, number

APP = "http://127.0.0.1:8501"
"""Where `tiaowen app` listens unless it is told otherwise."""
_PLOTTED = ("accuracy", "nugget_recall", "citation_recall", "citation_precision", "refusal_recall", "false_refusal")
_RIGHT, _WRONG, _OPEN = "right", "wrong", "open"
_MARKS = {_RIGHT: "✓", _WRONG: "✗", _OPEN: "–"}
_VERDICTS = {_RIGHT: "right 正确", _WRONG: "wrong 有误", _OPEN: "not judged 未判"}
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src '{style_digest}'; script-src '{script_digest}'">
<title>Tiaowen 条文: evaluation 评测</title><style>{style}</style></head><body>
<h1>Evaluation <span lang="zh-CN">评测</span></h1>
{meta}
<h2>Measures <span lang="zh-CN">指标</span></h2>
<p>{n} cases <span lang="zh-CN">题</span>.
Intervals of 95 %: Wilson for shares of cases, bootstrap over pairs for means.
<span lang="zh-CN">95% 区间：比例用 Wilson 法，均值按题对自助抽样。</span>
† a sentinel scores as well: the measure says nothing there.
<span lang="zh-CN">† 哨兵不亚于本系统，该指标在此不说明问题。</span></p>
{measures}
{plots}
{groups}
{sections}
<h2>Cases <span lang="zh-CN">题目</span></h2>
<form>{choices}<label>Words 字词<input name="words" type="search"></label><output id="shown" aria-live="polite"></output></form>
<div id="cases">{cases}</div>
<script>{script}</script>
</body></html>
"""


def report(
    cases: Sequence[Case],
    answers: Sequence[AnswerJson],
    *,
    measures: Sequence[Measure],
    scores: Scores,
    summary: Summary,
    meta: Mapping[str, Any],
    sections: Sequence[Section] = (),
) -> str:
    """The whole page, in English and Chinese side by side."""
    style, script = (files("eval").joinpath(f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    verdicts = [_verdict(score) for score in scores["accuracy"]]
    rows = [
        _row(case, _case(case, answer, score), verdict)
        for case, answer, score, verdict in zip(cases, answers, scores["accuracy"], verdicts, strict=True)
    ]
    return _PAGE.format(
        style=style,
        style_digest=_digest(style),
        script=script,
        script_digest=_digest(script),
        n=summary.n,
        meta=_table([], (_tr([_cell(key), _cell(value)]) for key, value in meta.items())),
        measures=_measures(measures, summary),
        plots="".join(_plots(facet, groups, measures) for facet, groups in summary.by.items()),
        groups="".join(_by(facet, groups, measures) for facet, groups in summary.by.items()),
        sections="".join(map(_section, sections)),
        choices=_choices(cases),
        cases=_table(["Case 题", "Question 问题", "Answer 答案", "Missed nuggets 遗漏要点", "Accuracy 判定"], rows),
    )


def _digest(text: str) -> str:
    """As a content security policy names a script or a style: `sha256-…`."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _cell(content: object, kind: str = "") -> str:
    return f"<td{f' class={kind!r}' if kind else ''}>{escape(str(content))}</td>"


def _tr(cells: Iterable[str], data: Mapping[str, str] | None = None) -> str:
    named = "".join(f' data-{key}="{escape(value)}"' for key, value in (data or {}).items())
    return f"<tr{named}>{''.join(cells)}</tr>"


def _table(heads: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    named = f" class={kind!r}" if kind else ""
    return f"<table{named}>{f'<thead><tr>{head}</tr></thead>' if heads else ''}<tbody>\n{chr(10).join(rows)}</tbody></table>"


# --- averages


def _measures(measures: Sequence[Measure], summary: Summary) -> str:
    """A row per measure, with what each sentinel reaches."""
    heads = [
        "Measure 指标",
        "",
        "Value 值",
        "Interval 区间",
        "n",
        *(f"sentinel 哨兵: {name}" for name in summary.sentinels),
    ]
    return _table(heads, (_tr(_averages(one, summary)) for one in measures))


def _averages(measure: Measure, summary: Summary) -> list[str]:
    one = summary.measures[measure.name]
    beaten = summary.beaten_by.get(measure.name, ())
    others = (sentinel.get(measure.name) for sentinel in summary.sentinels.values())
    return [
        _cell(f"{measure.name}{' †' if beaten else ''}"),
        _cell(f"{measure.label('en')} · {measure.zh}"),
        _cell(number(measure.name, one.value), "n"),
        _cell(interval(measure.name, {"lo": one.lo, "hi": one.hi}), "n"),
        _cell(one.n, "n"),
        *(_cell(number(measure.name, other.value) if other else "–", "n") for other in others),
    ]


def _plots(facet: str, groups: Mapping[str, Mapping[str, Estimate]], measures: Sequence[Measure]) -> str:
    figures = [
        intervals_plot({name: group[one.name] for name, group in groups.items()}, f"{one.name} · {one.zh}")
        for one in measures
        if one.name in _PLOTTED
    ]
    return f'<h3>{_facet(facet)}</h3><div class="plots">{"".join(figures)}</div>'


def _facet(facet: str) -> str:
    return f'By {FACETS[facet]["en"]} <span lang="zh-CN">按{FACETS[facet]["zh"]}</span>'


def _section(section: Section) -> str:
    """A table that stands beside the measures."""
    title, note = (
        f'{escape(told["en"])} <span lang="zh-CN">{escape(told["zh"])}</span>' for told in (section.title, section.note)
    )
    rows = (_tr([_cell(row[0]), *(_cell(cell, "n") for cell in row[1:])]) for row in section.rows)
    return f"<h2>{title}</h2><p>{note}</p>{_table(section.heads, rows, 'numbers')}"


def _by(facet: str, groups: Mapping[str, Mapping[str, Estimate]], measures: Sequence[Measure]) -> str:
    """One table a facet: a row per measure, a column per group."""
    rows = (
        _tr([_cell(one.name), *(_cell(number(one.name, group[one.name].value), "n") for group in groups.values())])
        for one in measures
    )
    heads = [f"{FACETS[facet]['en']} {FACETS[facet]['zh']}", *groups]
    return f"<h3>{_facet(facet)}</h3>{_table(heads, rows, 'numbers')}"


# --- cases


def _choices(cases: Sequence[Case]) -> str:
    """What the table can be narrowed to; the names are those of the rows' data."""
    facets: Mapping[str, tuple[str, Mapping[str, str]]] = {
        "lang": ("Language 语言", {case.lang: case.lang for case in cases}),
        "type": ("Type 题型", {_word(case.type): case.type or UNNAMED for case in cases}),
        "edition": ("Edition 版本", {_word(one): one for case in cases for one in case.versions or (UNNAMED,)}),
        "verdict": ("Verdict 判定", _VERDICTS),
    }
    return "".join(_choice(name, label, dict(sorted(values.items()))) for name, (label, values) in facets.items())


def _choice(name: str, label: str, values: Mapping[str, str]) -> str:
    options = "".join(f'<option value="{escape(key)}">{escape(shown)}</option>' for key, shown in values.items())
    return f'<label>{label}<select name="{name}"><option value="">all 全部</option>{options}</select></label>'


def _word(text: str) -> str:
    """One word for an attribute that holds several: `_word("a b") == "a_b"`."""
    return "_".join(text.split()) or UNNAMED


def _verdict(score: Score) -> str:
    return _OPEN if score.value is None else _RIGHT if score.value == 1 else _WRONG


def _row(case: Case, cells: Iterable[str], verdict: str) -> str:
    editions = " ".join(_word(one) for one in case.versions or (UNNAMED,))
    return _tr(cells, {"lang": case.lang, "type": _word(case.type), "edition": editions, "verdict": verdict})


def _case(case: Case, answer: AnswerJson, score: Score) -> list[str]:
    lang = "zh-CN" if case.lang == "zh" else "en"
    verdict = _verdict(score)
    lost = "\n".join(
        " / ".join(nugget.any) + ("" if nugget.vital else " (okay 次要)") for nugget in missed(case, answer)
    )
    return [
        f"<td>{escape(case.id)}<br><small>{escape(case.type)}</small></td>",
        f'<td class="text" lang="{lang}">{escape(case.question)}</td>',
        f'<td class="text" lang="{lang}">{escape(_shown(answer))}<br><small>{_sources(answer)}</small></td>',
        _cell(lost, "text"),
        f'<td class="{verdict}">{_MARKS[verdict]}<br><small>{escape(score.reason)}</small></td>',
    ]


def _shown(answer: AnswerJson) -> str:
    """What a reader saw: the text, the refusal, or the failure."""
    if "error" in answer:
        return f"⚠ {answer['error']}"
    declined = answer.get("declined")
    if declined:
        return f"Declined 拒答 ({declined['reason']}): {declined['message']}"
    return answer.get("text") or ""


def _sources(answer: AnswerJson) -> str:
    """The places of the citations, each a link to its clause in the chat."""
    return "; ".join(map(_link, answer.get("citations") or ()))


def _link(citation: Mapping[str, Any]) -> str:
    address = f"{APP}/?clause={quote(citation['clause'], safe='')}"
    return f'<a href="{escape(address)}">[{escape(str(citation["marker"]))}] {escape(citation["locator"])}</a>'
