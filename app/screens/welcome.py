"""The empty chat: what this is, what it holds, questions that it can answer."""

from __future__ import annotations

import streamlit as st

from app.screens import state
from app.screens.here import Here
from app.screens.working import fetch
from corpus.catalogue import load_catalogue
from corpus.home import find_home

EXAMPLES = ("example_1", "example_2", "example_3", "example_4")


def welcome(here: Here) -> None:
    """Draw it. Where the corpus holds digests alone, the way to the official texts is one click."""
    st.markdown(here.say("app_lead"))
    bodies = [document for document in here.documents.values() if document.part == "body"]
    if all(document.status == "digest" for document in bodies):
        newest = max((document.edition for document in bodies), default=load_catalogue().newest().id)
        st.caption(here.say("only_digests", version=load_catalogue().edition(newest).version))
        if here.visitor.operator:
            st.button(here.say("to_library"), key="to_library", on_click=get_official_texts, args=(here,))
    newest_edition = load_catalogue().newest()
    if newest_edition.id not in here.assistant.retriever.editions_with_text:
        version, released = newest_edition.version, newest_edition.released
        st.caption(here.say("newest", version=version, released=released, state=here.say("lacks_text")))
    with st.container(key="examples"):
        st.caption(here.say("examples"))
        for example in EXAMPLES:
            st.button(here.say(example), key=example, on_click=ask_example, args=(here.say(example),))


def get_official_texts(here: Here) -> None:
    """Begin to fetch the editions of the framework, and show how far that is."""
    fetch(here, find_home(), [edition.version for edition in load_catalogue().of_work()])
    state.go("library")


def ask_example(question: str) -> None:
    """Ask it in the run that follows."""
    st.session_state["example"] = question
