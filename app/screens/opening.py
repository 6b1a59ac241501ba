"""The assistant over the live index, opened once and shared; where there is no index yet, a child process builds it."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

import streamlit as st

from app.answering.assistant import Assistant
from app.messages import tell
from app.screens.tasks import command, run_now
from corpus.errors import IndexDamaged, TiaowenError
from corpus.home import Home, find_home
from corpus.records import Lang
from corpus.store import store_digest
from index.generation import current_generation

_BUILDING = threading.Lock()
"""Sessions that meet an empty home at the same time: one builds, the others wait for it."""


def open_assistant(lang: Lang) -> Assistant:
    """The assistant over the live generation; on failure the page says what to do, and the script ends here."""
    home = find_home()
    try:
        if current_generation(home.index) is None:
            with st.spinner(tell("building", lang)):
                build(home, lang, only_if_none=True)
        return _live(home)
    except IndexDamaged as error:
        _complain(error, lang)
        if st.button(tell("rebuild", lang), type="primary", key="rebuild"):
            _rebuild(home, lang)
    except TiaowenError as error:
        _complain(error, lang)
    st.stop()


def warm() -> None:
    """Open the live index, if there is one, for whoever comes first; what goes wrong here is told to them."""
    home = find_home()
    if current_generation(home.index) is not None:
        with suppress(TiaowenError):
            _live(home)


def build(home: Home, lang: Lang, *, only_if_none: bool = False) -> None:
    """Run `tiaowen build` as a child process; raises `TiaowenError` with its last words where it fails."""
    with _BUILDING:
        if not (only_if_none and current_generation(home.index) is not None):
            run_now(command(home, "build", lang=lang), seconds=None)


def _live(home: Home) -> Assistant:
    folder = current_generation(home.index)
    return _open(home, folder.name if folder else "", store_digest(home.store))


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Home: lambda home: str(home.root)})
def _open(home: Home, generation: str, corpus: str) -> Assistant:
    """One assistant per generation and state of the corpus, so that a rebuild or an added file is picked up.

    It stays for long and is large: the garbage collector need not walk through it again and again.
    """
    assistant = Assistant.open(home, corpus)
    gc.unfreeze()  # what an earlier one left
    gc.collect()
    gc.freeze()
    return assistant


def _complain(error: TiaowenError, lang: Lang) -> None:
    with st.container(border=True):
        st.text(tell("cannot_open", lang))
        st.text(str(error))


def _rebuild(home: Home, lang: Lang) -> None:
    try:
        with st.spinner(tell("building", lang)):
            build(home, lang)
    except TiaowenError as error:
        _complain(error, lang)
        return
    st.rerun()
