"""The page of a PDF on which a clause stands, drawn by `tiaowen page` in a process of its own, on demand."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app.screens.here import Here
from app.screens.tasks import command, run_now
from corpus.errors import TiaowenError
from corpus.home import Home, find_home
from corpus.records import Document


def page_image(here: Here, documents: Sequence[Document], path: str) -> None:
    """A button for each text that has pages; the picture below it once it was asked for."""
    for document in documents:
        clause = document.by_path.get(path)
        page = document.page_at(clause.lead.end) if clause else None
        raw = find_home().raw / (document.raw_sha256 or "none")
        if clause is None or page is None or not raw.is_file():
            continue
        name = "中文" if document.lang == "zh" else "English"
        label = here.say("show_page", page=page.label or page.page, text=name)
        if st.toggle(label, key=f"page-{document.lang}"):
            try:
                st.image(
                    _drawn(find_home(), clause.id, document.raw_sha256 or ""),
                    caption=f"{clause.id} · {label}",
                    width=760,
                )
            except TiaowenError as error:
                st.text(str(error))


@st.cache_data(show_spinner=False, max_entries=24, hash_funcs={Home: lambda home: str(home.root)})
def _drawn(home: Home, clause: str, digest: str) -> bytes:
    """The picture; `digest`: of the file, so that another copy is drawn anew."""
    with tempfile.TemporaryDirectory(prefix="tiaowen-page-") as folder:
        file = Path(folder) / "page.png"
        run_now(command(home, "page", clause, "-o", str(file)))
        return file.read_bytes()
