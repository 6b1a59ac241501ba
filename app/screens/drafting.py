"""A language model puts an answer into sentences: the switch, and the verified sentences as they come.

The switch is there only where a model is configured. The extractive answer is kept before the model is asked, so that it
stands if the page is left, or something is clicked, in the middle.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.messages import tell
from app.writing.draft import drafts
from app.writing.settings import Settings, configured, open_model
from corpus.errors import TiaowenError
from corpus.records import Answer, Lang, Note


def model_chosen(lang: Lang) -> Settings | None:
    """The switch; the model's settings while it is on. A configuration that cannot be used is named instead."""
    try:
        settings = configured()
    except TiaowenError as error:
        st.text(str(error))
        return None
    if settings and st.toggle(tell("scope_llm", lang), help=tell("scope_llm_hint", lang), key="llm"):
        return settings
    return None


def write_live(answer: Answer, settings: Settings, lang: Lang) -> Answer:
    """What the model makes of an answer, shown sentence by sentence as they are verified; text only, never markup."""
    try:
        model = open_model(settings)
    except TiaowenError as error:
        return replace(answer, notes=(Note("llm_fallback", str(error)), *answer.notes))
    with st.container(key="writing"):
        st.caption(tell("writing", lang))
        spot = st.empty()
        for grown in drafts(answer, model, settings.limits):
            spot.text(grown.text)
    return grown
