"""What one browser session remembers, and how the address line follows it.

`?clause=aisgf@2.0/zh%233.1.1(f)` opens a clause, `?ui=en` sets the language of the interface. Both are only wishes: an
unknown clause or language is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from app.answering.followups import FollowUp
from app.messages import ui_language
from corpus.records import LANGS, Answer, Citation, Lang

KEPT_TURNS = 50
"""Older turns leave the page, so that a day's session stays quick."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was typed, with its answer or the reason why there is none. `follow_up`: what was asked in its place."""

    number: int
    question: str
    answer: Answer | None
    error: str = ""
    follow_up: FollowUp | None = None


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
