"""An edition to read: the tree of its clauses, both languages side by side by twin, words found in it, the page of the source.

What is shown stands in the address line (`?view=read&clause=…&text=…&find=…`), so every clause has a link of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app.answering.occurrences import occurrences
from app.answering.reasons import reasons
from app.screens import state
from app.screens.clause_view import badges, clause_label, find_clause, lineage_lines
from app.screens.components import sheet
from app.screens.here import Here, edition_title, nature, text_title
from app.screens.nodes import Child, Node, marked, node
from app.screens.source_page import page_image
from corpus.ids import is_below
from corpus.records import Clause, Document, Lang, Part

TEXTS = ("zh", "en", "both")
Text = tuple[str, Part]
"""An edition and a part of it: its body, or its announcement."""


def show(here: Here) -> None:
    """One run of the screen."""
    _arrive(here)
    names = {"zh": "中文", "en": "English", "both": here.say("both_languages")}
    with st.container(key="chosen", horizontal=True, vertical_alignment="bottom"):
        edition, part = st.selectbox(
            here.say("scope_edition"),
            _texts(here),
            format_func=partial(_title, lang=here.lang),
            key="read_edition",
            on_change=_other_edition,
            width=260,
        )
        text = st.segmented_control(
            here.say("text_language"), TEXTS, format_func=names.__getitem__, key="read_text", required=True
        )
        wanted = st.text_input(here.say("find_here"), key="read_find", width=260).strip()
        texts = here.texts(edition, part)
        st.caption(nature([*texts.values()], here.lang))
    langs: list[Lang] = [lang for lang in here.own_first() if lang in texts and text in (lang, "both")] or [*texts]
    documents = [texts[lang] for lang in langs]
    path = _path(documents)
    document = next(one for one in documents if path in one.by_path)
    tree, page = st.columns([1, 3], gap="large")
    with tree, st.container(key="outline"):
        sheet("tree", [_tree(here, document, path)], here.lang, _on_act)
    with page:
        chapter = _chapter(document, path)
        if wanted:
            sheet("finds", _finds(here, documents, wanted), here.lang, _on_act)
        at = f"{path}|{state.arrivals()}|{st.session_state.get('read_serial', 0)}" if path != chapter.path else ""
        sheet("columns", _rows(here, documents, chapter, path, wanted), here.lang, _on_act, at)
        page_image(here, documents, path)
    address = {"clause": f"{edition}#{path}", "text": str(text), "find": wanted}
    state.write_address("read", address)


def _arrive(here: Here) -> None:
    """Take up the clause that a link names."""
    texts = _texts(here)
    st.session_state.setdefault("read_text", "both")
    if st.session_state.get("read_edition") not in texts:
        st.session_state["read_edition"] = texts[0]
    if state.taken_up("read"):
        return
    if found := find_clause(here.documents, st.query_params.get("clause"), here.lang):
        document, clause = found
        st.session_state["read_edition"] = (document.edition, document.part)
        st.session_state["read_path"] = clause.path
    if (text := st.query_params.get("text")) in TEXTS:
        st.session_state["read_text"] = text
    st.session_state["read_find"] = st.query_params.get("find", "")[:100]


def _other_edition() -> None:
    """Numbers are not stable: another edition begins at its beginning."""
    st.session_state["read_path"] = None


def _path(documents: Sequence[Document]) -> str:
    path: str = st.session_state.get("read_path") or ""
    return path if any(path in one.by_path for one in documents) else documents[0].clauses[0].path


def _texts(here: Here) -> list[Text]:
    bodies: list[Text] = [(edition, "body") for edition in here.editions()]
    return [*bodies, *((edition, "notice") for edition in here.announcements())]


def _title(text: Text, lang: Lang) -> str:
    return text_title(*text, lang)


def _chapter(document: Document, path: str) -> Clause:
    clause = document.by_path[path]
    return next(iter(document.ancestors(clause)), clause)


def _on_act(act: Mapping[str, Any]) -> None:
    """A clause was chosen in the tree, among the finds, or as what another became."""
    clause = act.get("clause")
    if isinstance(path := act.get("path"), str):
        st.session_state["read_path"] = path
        st.session_state["read_serial"] = st.session_state.get("read_serial", 0) + 1
    elif isinstance(clause, str):
        state.go("read", clause=clause, text=str(st.session_state.get("read_text", "both")))


# --- the tree


def _tree(here: Here, document: Document, path: str) -> Node:
    """Chapters and sections; of the open chapter every clause."""
    return node(
        "nav",
        _branch(document, None, path),
        kind="tree scroll",
        lang=document.lang,
        aria_label=here.say("outline"),
        tabindex=0,
    )


def _branch(document: Document, above: str | None, path: str) -> Node:
    items: list[Child] = []
    for clause in document.children(above):
        label = clause_label(clause) or clause.path
        current = "true" if clause.path == path else None
        button = node("button", label, kind="link", act={"path": clause.path}, aria_current=current)
        within = is_below(path, clause.path) and document.children(clause.path)
        items.append(node("li", button, _branch(document, clause.path, path) if within else None))
    return node("ul", *items)


# --- the columns


def _rows(here: Here, documents: Sequence[Document], chapter: Clause, path: str, wanted: str) -> list[Node]:
    """The clauses of a chapter in text order, a column per language; twins share their path, and so a row."""
    return [_row(here, documents, one, one == path, wanted) for one in _paths(documents, chapter.path)]


def _paths(documents: Sequence[Document], chapter: str) -> list[str]:
    """The paths of a chapter in text order; those that only a further language has stand after what they follow there."""
    found: list[str] = []
    for document in documents:
        at = 0
        for path in [chapter, *(clause.path for clause in document.below(chapter))]:
            if path in found:
                at = found.index(path) + 1
            elif path in document.by_path:
                found.insert(at, path)
                at += 1
    return found


def _row(here: Here, documents: Sequence[Document], path: str, chosen: bool, wanted: str) -> Node:
    columns = [_column(document, document.by_path.get(path), wanted) for document in documents]
    kind = "row" if len(documents) > 1 else "row one"
    tools = _tools(here, documents, path) if chosen else []
    return node("div", *columns, *tools, kind=f"{kind} here" if chosen else kind, data_path=path)


def _column(document: Document, clause: Clause | None, wanted: str) -> Node:
    if clause is None:
        return node("div", node("p", "—", kind="muted"))
    level = "h2" if clause.parent is None else "h3"
    number = "" if clause.path.startswith(("preface", "notice", "ack")) else f"{clause.path} "
    head = node(level, *marked(f"{number}{clause.heading}".strip(), wanted)) if clause.heading or number else None
    text = node("div", *marked(clause.text.strip(), wanted), kind="text") if clause.text.strip() else None
    return node("div", head, text, lang=document.lang)


def _tools(here: Here, documents: Sequence[Document], path: str) -> list[Node]:
    """Of the clause that is chosen: what it is, its past, where the languages differ, its link, its source."""
    document = next(one for one in documents if path in one.by_path)
    mine = document.by_path[path]
    kinds = {badge["label"]: None for one in documents for badge in badges(one, one.by_path.get(path, mine), here.lang)}
    lines: list[Child] = [node("p", *(node("span", label, kind="badge") for label in kinds))]
    for told in lineage_lines(here.documents, document, mine, here.assistant.retriever.lineages, here.lang):
        links = [
            node("button", one["label"], kind="link", act={"clause": one["clause"]}, lang=document.lang)
            for one in told["links"]
        ]
        lines.append(node("p", f"{here.say('lineage')}  {told['text']} ", *_parted(links)))
    twins = here.assistant.retriever.twins.get((document.edition, document.part))
    for reason in reasons(twins.about(path), here.lang) if twins else ():
        lines.append(node("p", f"{here.say('disagrees')}  {reason}"))
    link = f"?{urlencode({'view': 'read', 'clause': f'{document.edition}#{path}'})}"
    buttons = [node("button", here.say("copy_link"), kind="tool", data_copy=link)]
    buttons.append(node("button", here.say("copy_text"), kind="tool", data_copy=mine.text.strip() or mine.heading))
    source = node("a", here.say("official_source"), href=document.url) if document.url else None
    lines.append(node("div", *buttons, source, node("code", mine.id), kind="tools"))
    return [node("div", *lines, kind="wide")]


def _parted(links: Sequence[Node]) -> list[Child]:
    parts: list[Child] = []
    for at, link in enumerate(links):
        parts += ["、" if at else "", link]
    return parts


# --- words found


def _finds(here: Here, documents: Sequence[Document], wanted: str) -> list[Node]:
    """Where words stand in the whole edition, by clause."""
    nodes: list[Node] = []
    for document in documents:
        found = [one.clause for one in occurrences(document, wanted)]
        counts = {clause.path: found.count(clause) for clause in dict.fromkeys(found)}
        head = node(
            "p",
            here.say(
                "found_in", count=len(found), clauses=len(counts), name=edition_title(document.edition, here.lang)
            ),
            kind="muted",
        )
        links = [
            node(
                "button",
                f"{path} ({count})",
                kind="tool",
                act={"path": path},
                title=clause_label(document.by_path[path]),
            )
            for path, count in counts.items()
        ]
        nodes.append(node("section", head, node("div", *links, kind="tools"), lang=document.lang))
    return nodes
