"""Every occurrence of words, per edition and language, zero included; each in its line, with the way to its clause."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.answering.occurrences import Occurrence, occurrences
from app.compare.words import path_in_words
from app.screens import state
from app.screens.components import sheet
from app.screens.here import Here, edition_title, text_title
from app.screens.nodes import Node, node
from app.screens.nodes import table as table_node
from corpus.glossary import load_glossary
from corpus.records import LANGS, Document, Lang
from corpus.text import fold
from index.passages import heading_span

AROUND: dict[Lang, int] = {"zh": 22, "en": 55}
"""Characters shown on either side of an occurrence."""
SHOWN = 60
"""Occurrences shown of one document before the rest is folded away."""


def show(here: Here) -> None:
    """One run of the screen."""
    if not state.taken_up("terms"):
        st.session_state["terms_words"] = st.query_params.get("words", st.session_state.get("terms_words", ""))[:100]
    words = st.text_input(here.say("terms_words"), key="terms_words", placeholder=here.say("terms_hint")).strip()
    state.write_address("terms", {"words": words})
    if not words:
        st.caption(here.say("terms_lead"))
        return
    patterns = _by_language(words)
    documents = sorted(
        here.documents.values(), key=lambda d: (d.part != "body", d.edition, here.own_first().index(d.lang))
    )
    found = {one: list(occurrences(one, patterns[one.lang])) for one in documents}
    nodes = [_counts(here, found, patterns), *(_places(here, one, places) for one, places in found.items() if places)]
    sheet("terms", nodes, here.lang, state.read_clause)


def _by_language(words: str) -> dict[Lang, str]:
    """The words, and for the other language the term that the glossary has for them, where it has one."""
    folded = fold(words).text.strip()
    for term in load_glossary().terms:
        for lang in LANGS:
            if any(fold(form).text == folded for form in term.forms(lang)):
                other: Lang = "en" if lang == "zh" else "zh"
                return {lang: words, other: term.forms(other)[0]}
    return dict.fromkeys(LANGS, words)


def _counts(here: Here, found: Mapping[Document, list[Occurrence]], patterns: Mapping[Lang, str]) -> Node:
    editions = list(dict.fromkeys((one.edition, one.part) for one in found))
    heads = [
        here.say("scope_edition"),
        f"中文: {patterns['zh']}",
        f"English: {patterns['en']}",
    ]
    rows = []
    for edition, part in editions:
        title = text_title(edition, part, here.lang)
        counts = [
            next(
                (
                    str(len(places))
                    for one, places in found.items()
                    if (one.edition, one.part, one.lang) == (edition, part, lang)
                ),
                "–",
            )
            for lang in LANGS
        ]
        rows.append([title, *counts])
    return table_node(heads, rows, caption=here.say("terms_counts"), numbers=(1, 2))


def _places(here: Here, document: Document, places: list[Occurrence]) -> Node:
    title = f"{edition_title(document.edition, here.lang)} · {'中文' if document.lang == 'zh' else 'English'}"
    if document.part == "notice":
        title += f" · {here.say('notice')}"
    head = node("h2", f"{title} ({len(places)})", node("span", here.say(document.status), kind="badge"))
    lines = [_line(document, one) for one in places]
    rest = node("details", node("summary", here.say("show_more")), *lines[SHOWN:]) if len(lines) > SHOWN else None
    return node("section", head, *lines[:SHOWN], rest, kind="change")


def _line(document: Document, one: Occurrence) -> Node:
    before, after = around(document, one)
    name = path_in_words(one.clause.path, document.lang)
    place = node("button", name, kind="link", act={"clause": one.clause.id}, lang=document.lang)
    text = node("span", before, node("mark", one.span.of(document.text).replace("\n", " ")), after, lang=document.lang)
    return node("div", place, text, kind="kwic")


def around(document: Document, one: Occurrence) -> tuple[str, str]:
    """What stands before and after an occurrence in its clause, cut between words; `…` where it goes on."""
    width, clause = AROUND[document.lang], one.clause.span
    heading = heading_span(document, one.clause)
    start = min(clause.start, heading.start) if heading else clause.start
    before = document.text[start : one.span.start].replace("\n", " ").lstrip()
    after = document.text[one.span.end : clause.end].replace("\n", " ").rstrip()
    if len(before) > width:
        kept = before[-width:]
        before = f"…{kept.partition(' ')[2] if document.lang == 'en' and ' ' in kept else kept}"
    if len(after) > width:
        kept = after[:width]
        after = f"{kept.rpartition(' ')[0] if document.lang == 'en' and ' ' in kept else kept}…"
    return before, after
