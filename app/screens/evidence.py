"""The pane beside the conversation: the clause behind a citation, its place, its past, its other language, ways to cite it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.messages import tell
from app.screens import state
from app.screens.clause_view import TAGS, clause_view, find_clause
from app.screens.components import pane_component
from app.screens.here import Here

_LABELS = (
    "clause_pane", "clause_hint", "clause_id", "breadcrumb", "children", "close", "official_source", "lineage",
    "beside", "cite", "cite_plain", "cite_markdown", "cite_gbt7714", "open_read",
)  # fmt: skip


def pane(here: Here) -> None:
    """The open clause, or a hint."""
    opened = state.opened()
    found = find_clause(here.documents, opened.clause, here.lang) if opened else None
    to_zh = found is not None and found[0].lang == "en"
    labels = {key: tell(key, here.lang) for key in _LABELS}
    labels["show_twin"] = tell("show_twin_zh" if to_zh else "show_twin_en", here.lang)
    lineages = here.assistant.retriever.lineages
    data = {
        "ui": TAGS[here.lang],
        "labels": labels,
        "view": clause_view(here.documents, *found, opened.citation, here.lang, lineages) if opened and found else None,
        "serial": opened.serial if opened else 0,
        "focus": opened is not None and opened.by == "click",
    }
    pane_component(
        key="clause",
        data=data,
        on_open_change=partial(_on_clause, here),
        on_read_change=partial(_on_read, here),
        on_close_change=state.close_clause,
    )


def follow_address(here: Here) -> None:
    """Open the clause that a link names, if the corpus has it."""
    found = find_clause(here.documents, state.clause_wished(), here.lang)
    if found:
        state.open_clause(found[1].id, by="address")


def on_citation(here: Here, turn: state.Turn, key: str) -> None:
    """A click in a turn: a citation, or a clause named beside the answer."""
    told = sent(key)
    found = find_clause(here.documents, told.get("clause"), here.lang)
    if found is None:
        return
    answer = turn.answer
    shown = (*answer.citations, *(answer.declined.evidence if answer.declined else ())) if answer else ()
    mine = [citation for citation in shown if citation.clause == found[1].id]
    citation = next((citation for citation in mine if citation.marker == told.get("marker")), next(iter(mine), None))
    state.open_clause(found[1].id, citation, turn.number)


def _on_clause(here: Here) -> None:
    """A click in the pane: a clause above, below, before or after, or the twin. The quotation stays known for the way back."""
    found = find_clause(here.documents, sent("clause").get("clause"), here.lang)
    before = state.opened()
    if found:
        state.open_clause(found[1].id, before.citation if before else None, before.turn if before else None)


def _on_read(here: Here) -> None:
    """The clause on the screen for reading."""
    opened = state.opened()
    if opened:
        state.go("read", clause=opened.clause)


def sent(key: str, name: str = "open") -> dict[str, Any]:
    """What a component sent; anything but an object counts as nothing."""
    told = st.session_state[key][name]
    return dict(told) if isinstance(told, dict) or hasattr(told, "keys") else {}
