"""Runs of question sets: measures with intervals, slices, failures that open in the chat; begin a run, compare two.

Runs are the folders that `tiaowen eval run` writes; nothing is measured here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from app.screens import state, tasks
from app.screens.components import sheet
from app.screens.here import Here
from app.screens.nodes import Node, node
from app.screens.nodes import table as table_node
from app.screens.working import begin, working
from corpus.errors import TiaowenError
from corpus.home import Home, find_home

SETS = ("brief", "tuning", "development", "report")
HEADLINE = "accuracy"
FAILURES = 40
"""Failures shown."""


def show(here: Here) -> None:
    """One run of the screen."""
    arrived = not state.taken_up("evaluation")
    home = find_home()
    if here.visitor.operator and not working(here, home):
        _begin(here, home)
    runs = _runs(home)
    if not runs:
        st.caption(here.say("no_runs"))
        return
    if arrived and st.query_params.get("run") in runs:
        st.session_state["run"] = st.query_params["run"]
    with st.container(key="chosen", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(here.say("run"), runs, key="run", width=380)
        other = st.selectbox(
            here.say("compare_with"),
            ["", *(one for one in runs if one != chosen)],
            format_func=lambda name: name or here.say("no_run"),
            key="run_other",
            width=380,
        )
    state.write_address("evaluation", {"run": chosen})
    try:
        nodes = _run(here, home.runs / chosen)
        if other:
            nodes = [*_compared(here, home, other, chosen), *nodes]
    except (OSError, ValueError, KeyError, TiaowenError) as error:
        st.text(here.say("run_unreadable", reason=str(error)))
        return
    sheet("run_report", nodes, here.lang, _on_act)


def _begin(here: Here, home: Home) -> None:
    with st.container(key="operate", horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(here.say("question_set"), SETS, key="question_set", width=200)
        st.button(here.say("begin_run"), key="begin_run", on_click=_start, args=(here, home, name))


def _start(here: Here, home: Home, name: str) -> None:
    begin(here, home, "task_eval", [["eval", "run", name]])


def _runs(home: Home) -> list[str]:
    """Names of complete runs, the newest first."""
    folders = [one for one in home.runs.glob("*") if (one / "summary.json").is_file()] if home.runs.is_dir() else []
    return [one.name for one in sorted(folders, key=lambda one: one.stat().st_mtime, reverse=True)]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _run(here: Here, folder: Path) -> list[Node]:
    summary, meta = _read(folder / "summary.json"), _read(folder / "meta.json")
    named = folder / "measures.json"
    labels = _read(named) if named.is_file() else {}
    facts = table_node(
        [here.say("fact"), here.say("value")], [[key, str(value)] for key, value in meta.items() if value]
    )
    return [
        _measures(here, summary, labels),
        *(_slices(here, facet, groups) for facet, groups in summary["by"].items()),
        *_failures(here, folder),
        node("details", node("summary", here.say("run_facts")), facts),
    ]


def _measures(here: Here, summary: Mapping[str, Any], labels: Mapping[str, Any]) -> Node:
    heads = [here.say("measure"), "", here.say("value"), here.say("interval"), "n"]
    rows = [
        [
            name + (" †" if summary["beaten_by"].get(name) else ""),
            labels.get(name, {}).get(here.lang, ""),
            *_shown(name, one),
        ]
        for name, one in summary["measures"].items()
    ]
    return table_node(heads, rows, caption=here.say("measures_note", n=summary["n"]), numbers=(2, 3, 4))


def _shown(name: str, one: Mapping[str, Any]) -> list[str]:
    digits = 1 if name.endswith("_ms") else 3
    values = ["–" if one[key] is None else f"{one[key]:.{digits}f}" for key in ("value", "lo", "hi")]
    return [values[0], "" if one["lo"] is None else f"[{values[1]}, {values[2]}]", str(one["n"])]


def _slices(here: Here, facet: str, groups: Mapping[str, Mapping[str, Any]]) -> Node:
    """The headline by language, type, edition, slice."""
    rows = [[name, *_shown(HEADLINE, group[HEADLINE])] for name, group in groups.items()]
    heads = [here.say(f"facet_{facet}"), HEADLINE, here.say("interval"), "n"]
    return table_node(heads, rows, numbers=(1, 2, 3))


def _failures(here: Here, folder: Path) -> list[Node]:
    """The cases whose answer was wrong, each with the way to ask it again."""
    cases = {one["id"]: one for one in _lines(folder / "cases.jsonl")}
    rows = [one for one in _lines(folder / "rows.jsonl") if one["measure"] == HEADLINE and one["value"] == 0]
    nodes = []
    for row in rows[:FAILURES]:
        case = cases[row["case"]]
        scope = case.get("scope") or {}
        act = {"question": case["question"], "edition": scope.get("edition") or "", "answers": scope.get("lang") or ""}
        ask = node("button", case["question"], kind="link", act=act, lang="zh" if case["lang"] == "zh" else "en")
        nodes.append(node("li", ask, node("div", f"{row['case']}: {row['reason']}", kind="muted")))
    head = node("h2", here.say("failures", count=len(rows), shown=len(nodes)))
    return [head, node("ul", *nodes)]


def _compared(here: Here, home: Home, a: str, b: str) -> list[Node]:
    """Paired differences of two runs, as `tiaowen eval compare` tells them."""
    found = tasks.json_of(home, "eval", "compare", str(home.runs / a), str(home.runs / b))
    heads = [here.say("measure"), "A", "B", "B − A", here.say("interval"), "p", "n"]
    rows = [
        [
            one["measure"], f"{one['a']:.3f}", f"{one['b']:.3f}", f"{one['difference']:+.3f}",
            "" if one["lo"] is None else f"[{one['lo']:.3f}, {one['hi']:.3f}]", f"{one['p']:.3f}", str(one["n"]),
        ]
        for one in found["differences"]
    ]  # fmt: skip
    return [table_node(heads, rows, caption=here.say("compared_note", a=a, b=b), numbers=range(1, 7))]


def _on_act(act: Mapping[str, Any]) -> None:
    """Ask a case again in the chat."""
    if isinstance(question := act.get("question"), str):
        state.go("ask", q=question, edition=str(act.get("edition") or ""), answers=str(act.get("answers") or ""))
