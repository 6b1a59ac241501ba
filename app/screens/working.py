"""What runs in the background, drawn anew every second while it does: how far, what it says, a way to stop it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.screens import tasks
from app.screens.components import sheet
from app.screens.here import Here
from app.screens.nodes import node
from corpus.errors import TiaowenError
from corpus.home import Home

SHOWN = 8


def begin(
    here: Here, home: Home, name: str, commands: list[list[str]], leftover: Path | None = None, *, go_on: bool = False
) -> None:
    """Start commands; where other work is running, the page says so."""
    try:
        tasks.start(home, name, [tasks.command(home, *one, lang=here.lang) for one in commands], leftover, go_on=go_on)
    except TiaowenError as error:
        st.session_state["task_refused"] = str(error)


def fetch(here: Here, home: Home, versions: list[str]) -> None:
    """Fetch editions from the official sites, then build; one that cannot be had does not keep the others out."""
    crawls = [["crawl", "--edition", version] for version in versions]
    begin(here, home, "task_fetch", [*crawls, ["build"]], go_on=True)


def working(here: Here, home: Home) -> bool:
    """Draw the task that runs, or how the last one ended; whether one is running."""
    if refused := st.session_state.pop("task_refused", None):
        st.text(refused)
    task = tasks.current(home)
    if task is None:
        return False
    if task.state != "running":
        _ended(here, task)
        return False
    _running(here, home)
    return True


@st.fragment(run_every=1.0)
def _running(here: Here, home: Home) -> None:
    task = tasks.current(home)
    if task is None or task.state != "running":
        st.rerun()
    st.text(here.say("task_step", name=here.say(task.name), step=task.step, of=len(task.commands)))
    st.progress(task.share)
    sheet("task_lines", [node("pre", "\n".join(task.lines[-SHOWN:]) or "…")], here.lang)
    st.button(here.say("stop"), key="task_stop", on_click=task.stop)


def _ended(here: Here, task: tasks.Task) -> None:
    """How it ended, and what it said last."""
    told = here.say(f"task_{task.state}", name=here.say(task.name))
    lines = [*task.printed.splitlines()[-SHOWN:], *task.lines[-SHOWN:]]
    sheet("task_lines", [node("p", told, role="status"), node("pre", "\n".join(lines))], here.lang)
