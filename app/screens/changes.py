"""A comparison clause by clause: label and substance of each link, then both sides with what changed marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app.compare.table import Row, Table, name_of, texts_of
from app.compare.words import path_in_words
from app.compare.words import say as word_of
from app.screens import state
from app.screens.components import sheet
from app.screens.here import Here
from app.screens.nodes import Child, Node, marked, node
from corpus.records import Clause, Document, Lang
from index.redline import NEW_MARKS, OLD_MARKS

PAGE = 40
"""Changes on one page."""
_TAGS = {"-": "del", "+": "ins", "<": "del", ">": "ins"}


def changes(here: Here, tables: Mapping[Lang, Table], labels: Sequence[str]) -> None:
    """The links of the labels, a page of them, with words found in them; the first table counts."""
    first = next(iter(tables.values()))
    shown = only(first, labels)
    total, count = len(first.rows), len(shown.rows)
    st.header(here.say("clause_by_clause"), anchor=False)
    st.caption(word_of("shown_links", here.lang, shown=count, count=total))
    sought = st.text_input(here.say("find_here"), key="compare_find").strip()
    rows = [row for row in shown.rows if not sought or _found(tables, row, sought)]
    pages = max(1, -(-len(rows) // PAGE))
    at = st.pagination(pages, key="compare_page") if pages > 1 else 1
    visible = rows[PAGE * (min(at, pages) - 1) : PAGE * min(at, pages)]
    nodes = [_change(here, tables, row, sought or "") for row in visible]
    if not nodes:
        nodes = [node("p", here.say("nothing_here"), kind="muted")]
    sheet("changes", nodes, here.lang, state.read_clause)


def _found(tables: Mapping[Lang, Table], row: Row, sought: str) -> bool:
    """Whether words stand in a link, in any language that is shown."""
    twins = ((table, row if at == 0 else _same(table, row)) for at, table in enumerate(tables.values()))
    return any(_holds(table, twin, sought) for table, twin in twins if twin)


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


def only(table: Table, labels: Sequence[str]) -> Table:
    """The rows of some labels; none named: all."""
    if not labels:
        return table
    return Table(table.lineage, table.old, table.new, tuple(row for row in table.rows if row.link.label in labels))
