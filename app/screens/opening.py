"""The assistant over the live index, opened once and shared; where there is no index yet, a child process builds it."""

from __future__ import annotations

import subprocess
import sys
import threading

import streamlit as st

from app.answering.assistant import Assistant
from corpus.errors import IndexDamaged, TiaowenError
from corpus.home import Home
from corpus.records import Lang
from corpus.store import EMPTY_DIGEST, CorpusStore
from index.generation import current_generation

_BUILDING = threading.Lock()


@st.cache_resource(show_spinner=False, max_entries=2)
def _open(root: str, generation: str, store_digest: str) -> Assistant:
    """One assistant per generation and state of the corpus: a rebuild or an added file is picked up by the next run."""
    return Assistant.open(Home(_path(root)), store_digest)


def _path(root: str):  # noqa: ANN202
    from pathlib import Path

    return Path(root)
