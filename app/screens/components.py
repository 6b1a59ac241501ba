"""The components that draw what comes from documents and users. Text travels in `data` and ends in `textContent`.

`turn` draws a question and its answer, `pane` the clause behind a citation, `sheet` any tree of `nodes`. Clicks come back as
triggers: `open` (a clause, and the marker of the citation it was opened by), `close`, and `act` (what a node says). What a
browser sends is checked by the screen that gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.screens.clause_view import TAGS
from app.screens.nodes import Node
from corpus.records import Lang

_HERE = Path(__file__).parent
PAGE_STYLE = _HERE / "page.css"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_DRAWING = _read("drawing.js")

turn_component = st.components.v2.component(
    "tiaowen_turn",
    html='<div class="turn"></div>',
    css=_read("text.css") + _read("turn.css"),
    js=_DRAWING + _read("turn.js"),
)
pane_component = st.components.v2.component(
    "tiaowen_pane",
    html='<section class="pane"></section>',
    css=_read("text.css") + _read("pane.css"),
    js=_DRAWING + _read("pane.js"),
)
sheet_component = st.components.v2.component(
    "tiaowen_sheet",
    html='<div class="sheet"></div>',
    css=_read("text.css") + _read("sheet.css"),
    js=_DRAWING + _read("sheet.js"),
)


def sheet(
    key: str, nodes: Sequence[Node], lang: Lang, on_act: Callable[[Mapping[str, Any]], None] | None = None, at: str = ""
) -> None:
    """Draw a tree of nodes. `on_act` gets what a button sends, an object; `at`: `path|serial`, the row to scroll to, once."""

    def sent() -> None:
        act = st.session_state[key]["act"]
        if on_act is not None and hasattr(act, "keys"):
            on_act(dict(act))

    sheet_component(key=key, data={"nodes": list(nodes), "ui": TAGS[lang], "at": at}, on_act_change=sent)
