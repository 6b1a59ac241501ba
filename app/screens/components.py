"""The two components that draw what comes from documents and users. Text travels in `data` and ends in `textContent`.

`turn` draws a question and its answer, `pane` the clause behind a citation. Clicks come back as triggers: `open` (a
clause, and the marker of the citation it was opened by) and `close`. What a browser sends is checked by `chat`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

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
