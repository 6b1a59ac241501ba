"""Any two editions compared: counts that filter, the structure as a picture and as a table, then clause by clause, to download.

Nothing is compared here: rows are links of the lineage (`app.compare.table`), pieces are its redlines. What is chosen stands in
the address line (`?view=compare&old=…&new=…&text=…&labels=…&topic=…`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.answering.topic import clauses_about
from app.compare.page import page
from app.compare.sheet import sheet as spreadsheet
from app.compare.table import Filters, Table, compared
from app.compare.word import word_document
from app.compare.words import say as word_of
from app.screens import state
from app.screens.changes import changes, only
from app.screens.components import sheet
from app.screens.here import Here, edition_title
from app.screens.structure import CHAPTERS, SECTIONS, flows, legend, sankey, structure_table
from corpus.catalogue import load_catalogue
from corpus.records import LANGS, Lang, Lineage
from index.lineage import between

TEXTS = ("zh", "en", "both")
LABELS = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
INK = {"light": "#1b2430", "dark": "#e8ecf1"}
"""The text colours of the themes (`app.cli.app_command.OPTIONS`)."""


def show(here: Here) -> None:
    """One run of the screen."""
    editions = here.editions()
    pairs = [one for one in editions if any(_lineage(here, one, other, "zh") for other in editions if other != one)]
    if len(pairs) < 2:
        st.text(here.say("compare_none"))
        return
    _arrive(here, pairs)
    old, new, text = _choose(here, pairs)
    lineages = {lang: found for lang in LANGS if (found := _lineage(here, old, new, lang)) and found.lang == lang}
    if old == new or not lineages:
        st.text(here.say("compare_two"))
        return
    langs: tuple[Lang, ...] = tuple(one for one in here.own_first() if one in lineages and text in (one, "both"))
    langs = langs or tuple(lineages)
    topic = st.text_input(here.say("compare_topic"), key="compare_topic", placeholder=here.say("compare_topic_hint"))
    tables = {lang: _table(here, lineages[lang], topic) for lang in langs}
    first = tables[langs[0]]
    labels = _labels(here, first)
    _downloads(here, first, labels)
    _structure(here, first)
    changes(here, tables, labels)
    state.write_address(
        "compare",
        {
            "old": _version(old),
            "new": _version(new),
            "text": text,
            "labels": ",".join(labels),
            "topic": topic.strip(),
        },
    )


def _version(edition: str) -> str:
    return load_catalogue().edition(edition).version


def _lineage(here: Here, old: str, new: str, lang: Lang) -> Lineage | None:
    return between(here.assistant.retriever.lineages, old, new, (lang, *LANGS))


def _arrive(here: Here, editions: Sequence[str]) -> None:
    """Take up what a link names."""
    st.session_state.setdefault("compare_old", sorted(editions)[0])
    st.session_state.setdefault("compare_new", sorted(editions)[-1])
    st.session_state.setdefault("compare_text", here.lang)
    if state.taken_up("compare"):
        return
    by_version = {_version(one): one for one in editions}
    for side in ("old", "new"):
        if (wish := st.query_params.get(side)) in by_version:
            st.session_state[f"compare_{side}"] = by_version[wish]
    if (wish := st.query_params.get("text")) in TEXTS:
        st.session_state["compare_text"] = wish
    if "labels" in st.query_params:
        wished = st.query_params["labels"].split(",")
        st.session_state["compare_labels"] = [label for label in LABELS if label in wished]
    st.session_state["compare_topic"] = st.query_params.get("topic", "")[:200]


def _choose(here: Here, editions: Sequence[str]) -> tuple[str, str, str]:
    names = {"zh": "中文", "en": "English", "both": here.say("both_languages")}
    title = partial(edition_title, lang=here.lang)
    with st.container(key="chosen", horizontal=True, vertical_alignment="bottom"):
        old = st.selectbox(here.say("compare_old"), sorted(editions), format_func=title, key="compare_old", width=190)
        new = st.selectbox(here.say("compare_new"), sorted(editions), format_func=title, key="compare_new", width=190)
        text: str | None = st.segmented_control(
            here.say("text_language"), TEXTS, format_func=names.__getitem__, key="compare_text", required=True
        )
    return old, new, text or here.lang


def _table(here: Here, lineage: Lineage, topic: str) -> Table:
    """The whole table, or what is about a topic of it."""
    retriever = here.assistant.retriever
    old, new = (retriever.document(edition, lineage.lang) for edition in (lineage.old, lineage.new))
    assert old is not None and new is not None
    about = clauses_about(retriever, topic, lineage, old, new) if topic.strip() else None
    return compared(lineage, old, new, Filters(topic=about))


def _labels(here: Here, table: Table) -> list[str]:
    """The labels whose rows are shown; none chosen: all."""
    counts = table.counts
    chosen: list[str] | None = st.pills(
        here.say("compare_labels"),
        LABELS,
        selection_mode="multi",
        format_func=lambda label: f"{word_of(label, here.lang)} {counts[label]}",
        key="compare_labels",
    )
    return [label for label in LABELS if label in (chosen or ())]


def _downloads(here: Here, table: Table, labels: Sequence[str]) -> None:
    shown = only(table, labels)
    name = f"aisgf-{table.version('old')}-{table.version('new')}-{table.lang}"
    with st.container(key="downloads", horizontal=True):
        for kind, made, mime in (
            ("html", lambda: page(shown).encode(), "text/html"),
            ("csv", lambda: spreadsheet(shown), "text/csv"),
            ("docx", lambda: word_document(shown), "application/octet-stream"),
        ):
            st.download_button(
                here.say(f"download_{kind}"), made, f"{name}.{kind}", mime, key=f"compare_{kind}", on_click="ignore"
            )


def _structure(here: Here, table: Table) -> None:
    """What became of each chapter or section: the picture, and the same as a table."""
    names = {CHAPTERS: here.say("by_chapter"), SECTIONS: here.say("by_section")}
    with st.container(key="structure_head", horizontal=True, vertical_alignment="center"):
        st.header(here.say("structure"), anchor=False, width="content")
        depth = st.segmented_control(
            here.say("structure_depth"),
            names,
            format_func=names.__getitem__,
            key="structure_depth",
            default=CHAPTERS,
            required=True,
            label_visibility="collapsed",
        )
    found = flows(table, depth or CHAPTERS)
    with st.container(key="structure_picture"):
        st.plotly_chart(
            sankey(found, table, here.lang, INK["dark" if st.context.theme.type == "dark" else "light"]),
            key="structure",
            config={"displayModeBar": False, "staticPlot": False},
            alt=here.say("structure_alt", old=table.version("old"), new=table.version("new")),
        )
        sheet("legend", [legend(found, here.lang)], here.lang)
    with st.expander(here.say("structure_table")):
        sheet("structure_table", [structure_table(found, table, here.lang)], here.lang)
