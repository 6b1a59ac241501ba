"""Any two editions compared: counts that filter, the structure as a picture and as a table, then clause by clause, to download.

Nothing is compared here: rows are links of the lineage (`app.compare.table`), pieces are its redlines. What is chosen stands in
the address line (`?view=compare&old=…&new=…&text=…&labels=…&topic=…`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.answering.topic import clauses_about
from app.compare.page import page
from app.compare.sheet import sheet as spreadsheet
from app.compare.table import Filters, Row, Table, compared, name_of, texts_of
from app.compare.word import word_document
from app.compare.words import path_in_words
from app.compare.words import say as word_of
from app.screens import state
from app.screens.components import sheet
from app.screens.here import Here, edition_title
from app.screens.nodes import Child, Node, marked, node
from app.screens.structure import flows, sankey, structure_table
from corpus.catalogue import load_catalogue
from corpus.records import LANGS, Clause, Document, Lang, Lineage
from index.lineage import between
from index.redline import NEW_MARKS, OLD_MARKS

TEXTS = ("zh", "en", "both")
LABELS = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
_TAGS = {"-": "del", "+": "ins", "<": "del", ">": "ins"}
PAGE = 40
"""Changes on one page."""


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
    langs: tuple[Lang, ...] = tuple(lang for lang in LANGS if lang in lineages and text in (lang, "both"))
    langs = langs or tuple(lineages)
    topic = st.text_input(here.say("compare_topic"), key="compare_topic", placeholder=here.say("compare_topic_hint"))
    tables = {lang: _table(here, lineages[lang], topic) for lang in langs}
    first = tables[langs[0]]
    labels = _labels(here, first)
    _downloads(here, first, labels)
    _structure(here, first)
    _changes(here, tables, labels, topic)
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


def _only(table: Table, labels: Sequence[str]) -> Table:
    if not labels:
        return table
    return Table(table.lineage, table.old, table.new, tuple(row for row in table.rows if row.link.label in labels))


def _downloads(here: Here, table: Table, labels: Sequence[str]) -> None:
    shown = _only(table, labels)
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
    """What became of each chapter: the picture, and the same as a table."""
    found = flows(table)
    st.subheader(here.say("structure"), anchor=False)
    st.plotly_chart(
        sankey(found, table, here.lang),
        key="structure",
        config={"displayModeBar": False, "staticPlot": False},
        alt=here.say("structure_alt", old=table.version("old"), new=table.version("new")),
    )
    with st.expander(here.say("structure_table")):
        sheet("structure_table", [structure_table(found, table, here.lang)], here.lang)


# --- clause by clause


def _changes(here: Here, tables: Mapping[Lang, Table], labels: Sequence[str], wanted: str) -> None:
    first = next(iter(tables.values()))
    shown = _only(first, labels)
    total, count = len(first.rows), len(shown.rows)
    st.subheader(here.say("clause_by_clause"), anchor=False)
    st.caption(word_of("shown_links", here.lang, shown=count, count=total))
    sought = st.text_input(here.say("find_here"), key="compare_find").strip()
    rows = [row for row in shown.rows if not sought or _holds(shown, row, sought)]
    pages = max(1, -(-len(rows) // PAGE))
    at = st.pagination(pages, key="compare_page") if pages > 1 else 1
    visible = rows[PAGE * (min(at, pages) - 1) : PAGE * min(at, pages)]
    nodes = [_change(here, tables, row, sought or "") for row in visible]
    if not nodes:
        nodes = [node("p", here.say("nothing_here"), kind="muted")]
    sheet("changes", nodes, here.lang, partial(_on_act, here))


def _holds(table: Table, row: Row, sought: str) -> bool:
    texts = (texts_of(table.old, row.old), texts_of(table.new, row.new))
    names = [name_of(d, c) for d, side in ((table.old, row.old), (table.new, row.new)) for c in side]
    return any(sought.casefold() in text.casefold() for text in (*texts, *names))


def _change(here: Here, tables: Mapping[Lang, Table], row: Row, sought: str) -> Node:
    """One link: its label and substance, then both sides in each language that is shown."""
    marks, substance = row.marks(here.lang), row.substance(here.lang)
    head = [
        node("span", marks[0], kind=f"label {row.link.label}"),
        *(node("span", one, kind="badge") for one in marks[1:]),
    ]
    head += [node("span", "；".join(substance) if here.lang == "zh" else "; ".join(substance), kind="muted")]
    sides: list[Child] = []
    for lang, table in tables.items():
        twin = row if lang == next(iter(tables)) else _same(table, row)
        if twin is None:
            continue
        sides += [
            _side(table.old, twin.old, twin, OLD_MARKS, sought),
            _side(table.new, twin.new, twin, NEW_MARKS, sought),
        ]
    return node("section", node("header", *head), node("div", *sides, kind="sides"), kind="change")


def _same(table: Table, row: Row) -> Row | None:
    """The row of another language with the same clauses, where that lineage joins them alike."""
    return next((one for one in table.rows if (one.link.old, one.link.new) == (row.link.old, row.link.new)), None)


def _side(document: Document, clauses: Sequence[Clause], row: Row, marks: Sequence[str], sought: str) -> Node:
    if not clauses:
        return node("div", node("p", "—", kind="muted"))
    names = [
        node("button", f"{path_in_words(one.path, document.lang)} {name_of(document, one)}", kind="link", act={"clause": one.id})
        for one in clauses
    ]  # fmt: skip
    if row.link.redline and not sought:
        text = [_piece(op, piece) for op, piece in row.link.redline if op in marks]
    else:
        text = marked(texts_of(document, clauses), sought)
    return node("div", *(node("p", one) for one in names), node("div", *text, kind="text"), lang=document.lang)


def _piece(op: str, text: str) -> Child:
    return node(_TAGS[op], text) if op in _TAGS and text.strip() else text


def _on_act(here: Here, act: Mapping[str, Any]) -> None:
    """A clause was chosen: read it in its place."""
    if isinstance(clause := act.get("clause"), str):
        state.go("read", clause=clause)
