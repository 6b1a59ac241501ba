"""A run as one HTML file that works offline: averages with intervals, by language and type, and every case.

Everything that comes from cases or answers is escaped, and the page forbids itself scripts and the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from eval.cases import Case
from eval.measures.nuggets import missed
from eval.measures.score import AnswerJson, Measure, Score
from eval.summary import Estimate, Scores, Summary
from eval.terminal import FACETS, interval, number

_STYLE = """
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:2rem auto;
max-width:1200px;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{border-bottom:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.text{white-space:pre-wrap;overflow-wrap:anywhere}small{color:#595959}
.wrong{background:#fff3f0}
"""
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tiaowen 条文: evaluation 评测</title><style>{style}</style></head><body>
<h1>Evaluation <span lang="zh-CN">评测</span></h1>
{meta}
<h2>Measures <span lang="zh-CN">指标</span></h2>
<p>{n} cases <span lang="zh-CN">题</span>.
Intervals of 95 %: Wilson for shares of cases, bootstrap over pairs for means.
<span lang="zh-CN">95% 区间：比例用 Wilson 法，均值按题对自助抽样。</span></p>
{measures}
{groups}
<h2>Cases <span lang="zh-CN">题目</span></h2>
{cases}
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
) -> str:
    """The whole page, in English and Chinese side by side."""
    rows = (
        _case(case, answer, scores["accuracy"][at])
        for at, (case, answer) in enumerate(zip(cases, answers, strict=True))
    )
    return _PAGE.format(
        style=_STYLE,
        n=summary.n,
        meta=_table([], ((_cell(key), _cell(value)) for key, value in meta.items())),
        measures=_table(
            ["Measure 指标", "", "Value 值", "Interval 区间", "n"],
            (_averages(measure, summary.measures[measure.name]) for measure in measures),
        ),
        groups="".join(_by(facet, groups, measures) for facet, groups in summary.by.items()),
        cases=_table(["Case 题", "Question 问题", "Answer 答案", "Missed nuggets 遗漏要点", "Accuracy 判定"], rows),
    )


def _cell(content: object, kind: str = "") -> str:
    return f"<td{f' class={kind!r}' if kind else ''}>{escape(str(content))}</td>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if heads else ''}<tbody>\n{body}</tbody></table>"


def _averages(measure: Measure, one: Estimate) -> list[str]:
    ends = interval(measure.name, {"lo": one.lo, "hi": one.hi})
    return [
        _cell(measure.name),
        _cell(f"{measure.label('en')} · {measure.zh}"),
        _cell(number(measure.name, one.value), "n"),
        _cell(ends, "n"),
        _cell(one.n, "n"),
    ]


def _by(facet: str, groups: Mapping[str, Mapping[str, Estimate]], measures: Sequence[Measure]) -> str:
    """One table a facet: a row per measure, a column per group."""
    rows = (
        [_cell(one.name), *(_cell(number(one.name, group[one.name].value), "n") for group in groups.values())]
        for one in measures
    )
    heads = [f"{FACETS[facet]['en']} {FACETS[facet]['zh']}", *groups]
    return f'<h2>By {FACETS[facet]["en"]} <span lang="zh-CN">按{FACETS[facet]["zh"]}</span></h2>{_table(heads, rows)}'


def _case(case: Case, answer: AnswerJson, score: Score) -> list[str]:
    lang = "zh-CN" if case.lang == "zh" else "en"
    mark = {None: "–", 1.0: "✓"}.get(score.value, "✗")
    lost = "\n".join(
        " / ".join(nugget.any) + ("" if nugget.vital else " (okay 次要)") for nugget in missed(case, answer)
    )
    return [
        f"<td>{escape(case.id)}<br><small>{escape(case.type)}</small></td>",
        f'<td class="text" lang="{lang}">{escape(case.question)}</td>',
        f'<td class="text" lang="{lang}">{escape(_shown(answer))}<br><small>{escape(_sources(answer))}</small></td>',
        _cell(lost, "text"),
        f'<td class="{"wrong" if mark == "✗" else ""}">{mark}<br><small>{escape(score.reason)}</small></td>',
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
    return "; ".join(f"[{one['marker']}] {one['locator']}" for one in answer.get("citations") or ())
