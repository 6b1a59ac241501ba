"""What stands on every page: title, the way to each screen, the language; and which screen is shown.

Streamlit runs this file from top to bottom for every click; what must survive a run lives in `state`. The screen is a part of
the address (`?view=read`), so that every view has a link. We route by ourselves rather than by `st.navigation` because its
page titles and addresses belong to one language, and because a clause opened from a report (`?clause=…`) must need no page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app.messages import tell
from app.screens import access, state
from app.screens.components import PAGE_STYLE
from app.screens.here import Here
from app.screens.opening import open_assistant
from corpus.records import Lang

VIEWS = ("ask", "compare", "read", "terms", "evaluation", "library")


def page() -> None:
    """One run of the script."""
    state.arrive(VIEWS)
    lang = state.interface_language()
    icon = Path(__file__).with_name("icon.svg")
    st.set_page_config(page_title=tell("app_title", lang), page_icon=str(icon), layout="wide")
    st.html(PAGE_STYLE)
    visitor = access.visitor(lang)
    view = top(lang, visitor)
    assistant = open_assistant(lang)
    with st.container(key=f"screen-{view}"):
        screen(view)(Here(assistant, lang, visitor))


def top(lang: Lang, visitor: access.Visitor) -> str:
    """Title, screens, language; returns the screen that is chosen."""
    with st.container(key="top", horizontal=True, vertical_alignment="center"):
        st.title(tell("app_title", lang), anchor=False, width="content")
        view: str | None = st.segmented_control(
            tell("screens", lang),
            VIEWS,
            format_func=lambda name: tell(f"screen_{name}", lang),
            key="view",
            required=True,
            label_visibility="collapsed",
            on_change=state.view_chosen,
            width="stretch",
        )
        access.sign_out_button(visitor, lang)
        st.button(tell("switch", lang), help=tell("switch_hint", lang), on_click=state.switch_language, key="switch")
    return view or VIEWS[0]


def screen(view: str) -> Callable[[Here], None]:
    """The function that draws a screen, imported when it is first shown."""
    if view == "compare":
        from app.screens.compare import show
    elif view == "read":
        from app.screens.read import show
    elif view == "terms":
        from app.screens.terms import show
    elif view == "evaluation":
        from app.screens.evaluation import show
    elif view == "library":
        from app.screens.library import show
    else:
        from app.screens.ask import show
    return show


page()
