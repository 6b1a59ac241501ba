"""A language model puts an answer into sentences: the switch, the verified sentences as they come, a button to stop.

The switch is there only where a model is configured. The extractive answer is kept before the model is asked, so that it
stands if the page is left, or something is clicked, in the middle.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from queue import Empty, SimpleQueue

import streamlit as st

from app.messages import tell
from app.writing.draft import drafts
from app.writing.settings import Settings, configured, open_model
from corpus.errors import TiaowenError
from corpus.records import Answer, Lang, Note

STEP_SECONDS = 0.2
"""How soon a click is noticed while the model is awaited."""


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
        with st.container(key="writing_head", horizontal=True, vertical_alignment="center"):
            st.caption(tell("writing", lang))
            st.button(tell("stop", lang), key="stop_writing")
        spot = st.empty()
        grown = answer
        for found in _waiting(drafts(answer, model, settings.limits)):
            grown = found or grown
            spot.text("" if grown is answer else grown.text)
    return grown


def _waiting(found: Iterator[Answer]) -> Iterator[Answer | None]:
    """What another thread takes from `found`, and None while it waits for more.

    Streamlit ends a run, for a click or a page that was left, only where the script next draws; so it must not wait in one
    piece. The last error of the other thread is raised here.
    """
    taken: SimpleQueue[Answer | Exception | None] = SimpleQueue()
    left = threading.Event()

    def take() -> None:
        try:
            for one in found:
                taken.put(one)
                if left.is_set():
                    return
            taken.put(None)
        except Exception as error:
            taken.put(error)

    threading.Thread(target=take, daemon=True).start()
    try:
        while True:
            try:
                one = taken.get(timeout=STEP_SECONDS)
            except Empty:
                yield None
                continue
            if one is None:
                return
            if isinstance(one, Exception):
                raise one
            yield one
    finally:
        left.set()
