"""What one browser session remembers, and how the address line follows it.

`?view=read&clause=aisgf@2.0/zh%233.1.1(f)` opens a clause on a screen, `?q=…` asks a question, `?ui=en` sets the language of the
interface. All are only wishes: an unknown view, clause or language is ignored. What a screen is at is written back, so that
the address line is a link to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from app.answering.followups import FollowUp
from app.messages import ui_language
from corpus.records import LANGS, Answer, Citation, Lang

KEPT_TURNS = 50
"""Older turns leave the page, so that a day's session stays quick."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was typed, with its answer or the reason why there is none. `follow_up`: what was asked in its place;
    `judged`: what its reader thinks of it."""

    number: int
    question: str
    answer: Answer | None
    error: str = ""
    follow_up: FollowUp | None = None
    judged: bool | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The clause in the pane. `citation`: whose quotation is marked; `serial` tells one opening from the next."""

    clause: str
    citation: Citation | None
    turn: int | None
    serial: int
    by: Literal["click", "address"]


def interface_language() -> Lang:
    """As switched, else as the address says, else the browser's language, else the locale's."""
    if "ui" not in st.session_state:
        wish = st.query_params.get("ui")
        st.session_state["ui"] = ui_language(wish if wish in LANGS else st.context.locale)
    lang: Lang = st.session_state["ui"]
    return lang


def switch_language() -> None:
    """To the other language; the address line keeps it."""
    st.session_state["ui"] = st.query_params["ui"] = "en" if interface_language() == "zh" else "zh"


# --- screens and their addresses


def arrive(views: Sequence[str]) -> None:
    """Take the screen from where another one leads, else from the address line where that came from outside."""
    if going := st.session_state.pop("going", None):
        _enter(*going)
        return
    wish = st.query_params.get("view", views[0])
    if wish in views and wish != st.session_state.get("view_in_address"):
        st.session_state["view"] = st.session_state["view_in_address"] = wish
        st.session_state["arrived"] = st.session_state.get("arrived", 0) + 1


def _enter(view: str, parameters: Mapping[str, str]) -> None:
    st.session_state["view"] = st.session_state["view_in_address"] = view
    st.session_state["arrived"] = st.session_state.get("arrived", 0) + 1
    write_address(view, parameters)


def go(view: str, **parameters: str) -> None:
    """Show another screen in the run that follows, as its link with these parameters would."""
    st.session_state["going"] = (view, parameters)


def read_clause(act: Mapping[str, Any]) -> None:
    """A clause was chosen in a list: read it in its place."""
    if isinstance(clause := act.get("clause"), str):
        go("read", clause=clause)


def view_chosen() -> None:
    """A screen was chosen on top: its address, without what the last one was at."""
    st.session_state["view_in_address"] = st.session_state["view"]
    close_clause()
    write_address(st.session_state["view"], {})


def write_address(view: str, parameters: Mapping[str, str]) -> None:
    """The address line as a link to what is shown; empty parameters are left out, the first screen is not named."""
    given = {name: value for name, value in parameters.items() if value}
    kept = {"ui": st.query_params["ui"]} if "ui" in st.query_params else {}
    wanted = {**({"view": view} if view != "ask" else {}), **given, **kept}
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def arrivals() -> int:
    """Counts how often a screen was entered by a link: what the address says is taken up once."""
    found: int = st.session_state.get("arrived", 0)
    return found


def taken_up(screen: str) -> bool:
    """Whether the address of this arrival was taken up by a screen already; from now on it is."""
    key = f"taken_up_{screen}"
    before = st.session_state.get(key)
    st.session_state[key] = arrivals()
    return before == arrivals()


# --- the conversation


def turns() -> list[Turn]:
    """The session's turns, oldest first."""
    kept: list[Turn] = st.session_state.setdefault("turns", [])
    return kept


def add_turn(question: str, answer: Answer | None, error: str = "", follow_up: FollowUp | None = None) -> None:
    """Append a turn; numbers are never used twice."""
    number = st.session_state["turn_number"] = st.session_state.get("turn_number", 0) + 1
    st.session_state["turns"] = [*turns(), Turn(number, question, answer, error, follow_up)][-KEPT_TURNS:]


def last_answer() -> Answer | None:
    """The answer of the last turn, which a follow-up goes on from."""
    return turns()[-1].answer if turns() else None


def answer_anew(answer: Answer) -> None:
    """Put another answer in the place of the last turn's."""
    *earlier, last = turns()
    st.session_state["turns"] = [*earlier, replace(last, answer=answer)]


def judge(number: int, good: bool) -> None:
    """Note what the reader thinks of a turn's answer."""
    st.session_state["turns"] = [replace(one, judged=good) if one.number == number else one for one in turns()]


def forget() -> None:
    """Begin a new conversation."""
    close_clause()
    st.session_state["turns"] = []
    write_address("ask", {})


def opened() -> Opened | None:
    """The clause in the pane, if one is open."""
    found: Opened | None = st.session_state.get("opened")
    return found


def open_clause(
    clause: str,
    citation: Citation | None = None,
    turn: int | None = None,
    by: Literal["click", "address"] = "click",
) -> None:
    """Show a clause that is known to exist."""
    serial = st.session_state["serial"] = st.session_state.get("serial", 0) + 1
    st.session_state["opened"] = Opened(clause, citation, turn, serial, by)
    st.session_state["clause_in_address"] = st.query_params["clause"] = clause


def close_clause() -> None:
    """Empty the pane."""
    st.session_state["opened"] = None
    st.session_state["clause_in_address"] = None
    st.query_params.pop("clause", None)


def clause_wished() -> str | None:
    """The clause in the address line if it came from outside: a link, or the browser's back button."""
    wish = st.query_params.get("clause")
    if wish == st.session_state.get("clause_in_address"):
        return None
    st.session_state["clause_in_address"] = wish
    if wish is None:
        st.session_state["opened"] = None
    return wish
