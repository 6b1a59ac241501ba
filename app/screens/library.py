"""The corpus: what is there and where it came from, what is missing, and for operators how to add, fetch and build.

What is shown is what `tiaowen status --json` says; adding, fetching and building are commands in processes of their own.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from app.screens import state, tasks
from app.screens.components import sheet
from app.screens.here import Here, edition_title
from app.screens.nodes import Child, Node, node
from app.screens.nodes import table as table_node
from app.screens.working import begin, fetch, working
from corpus.catalogue import load_catalogue
from corpus.errors import TiaowenError
from corpus.home import Home, find_home
from corpus.ids import DEFAULT_WORK, of_framework
from corpus.store import store_digest

FILES = ("pdf", "html", "htm", "md", "txt")


def show(here: Here) -> None:
    """One run of the screen."""
    state.taken_up("library")
    home = find_home()
    try:
        status = _status(home, here.assistant.retriever.generation, store_digest(home.store))
    except TiaowenError as error:
        st.text(str(error))
        return
    st.text(_freshness(here, status))
    if here.visitor.operator:
        _operate(here, home, status)
    else:
        st.caption(here.say("operators_only"))
    sheet("library", [_documents(here, status), _index(here, status), *_news(here, status)], here.lang)


@st.cache_data(show_spinner=False, max_entries=4, hash_funcs={Home: lambda home: str(home.root)})
def _status(home: Home, generation: str, corpus: str) -> Any:
    """What the command says; kept until the index or the corpus changes."""
    return tasks.json_of(home, "status")


def _freshness(here: Here, status: dict[str, Any]) -> str:
    """`3.0 was published 2026-09-14; its text is not in your corpus: fetch or add it.`"""
    newest = status["newest"]
    key = "has_text" if newest["has_text"] else "lacks_text_fetch"
    version = load_catalogue().edition(newest["edition"]).version
    return here.say("newest", version=version, released=newest["released"], state=here.say(key))


# --- what is there


def _documents(here: Here, status: dict[str, Any]) -> Node:
    """Every text, the framework's first and the newest of it on top; of an edition without one the line that says so."""
    heads = [here.say(key) for key in ("document", "nature", "clauses", "since", "digest_of_text", "official_source")]
    editions = sorted(status["editions"], key=lambda one: (of_framework(one["edition"]), one["released"]), reverse=True)
    rows: list[list[Child]] = []
    for edition in editions:
        title = edition_title(edition["edition"], here.lang)
        if not edition["has_text"]:
            rows.append([title, here.say("no_text"), "", "", "", ""])
        rows += [_document(here, title, one) for one in sorted(edition["documents"], key=lambda one: one["part"])]
    return node("div", table_node(heads, rows, caption=here.say("library_documents"), numbers=(2,)), kind="wide-table")


def _document(here: Here, title: str, one: dict[str, Any]) -> list[Child]:
    language = "中文" if one["lang"] == "zh" else "English"
    part = f" · {here.say('notice')}" if one["part"] == "notice" else ""
    flags = {"translation": one["translation"] and one["status"] != "digest", "ocr": one["reading"] == "ocr"}
    kinds = [here.say(one["status"]), *(here.say(kind) for kind, holds in flags.items() if holds)]
    if one["doubtful_clauses"]:
        kinds.append(here.say("doubtful", count=one["doubtful_clauses"]))
    return [
        node("span", f"{title} · {language}{part} ", node("code", one["document"])),
        "，".join(kinds) if here.lang == "zh" else ", ".join(kinds),
        str(one["clauses"]),
        str(one["fetched"] or one["added"] or "")[:10],
        node("code", one["sha256"][:12], title=one["sha256"]),
        node("a", here.say("official_source"), href=one["source"]) if one["source"] else None,
    ]


def _index(here: Here, status: dict[str, Any]) -> Node:
    index = status["index"]
    if not index or "damaged" in index:
        told = here.say("index_none") if not index else str(index["damaged"])
    else:
        step = here.say("index_behind" if index["behind"] else "index_current")
        told = f"{index['generation']} · {index['encoder']['id']} · {step}"
    return node("p", f"{here.say('index')}: {told}")


def _news(here: Here, status: dict[str, Any]) -> list[Node]:
    """What the sites have beyond the corpus."""
    news = status["site"]["news"]
    if not news:
        return []
    items = [
        node(
            "li",
            f"{one['title'] or one['reason'] or one['kind']} {one['date'] or ''} ",
            node("a", one["url"], href=one["url"]),
        )
        for one in news
    ]
    return [node("h2", here.say("library_news")), node("ul", *items)]


# --- what operators do


def _operate(here: Here, home: Home, status: dict[str, Any]) -> None:
    """Fetch, add, build; while something runs, its progress alone."""
    if working(here, home):
        return
    with st.container(key="operate", horizontal=True, vertical_alignment="bottom"):
        versions = [load_catalogue().edition(one["edition"]) for one in status["editions"]]
        names = [one.version for one in versions if one.work == DEFAULT_WORK]
        chosen = st.selectbox(
            here.say("scope_edition"), names, index=max(len(names) - 2, 0), key="library_edition", width=120
        )
        st.button(here.say("fetch"), key="fetch", type="primary", on_click=fetch, args=(here, home, [chosen]))
        st.button(here.say("fetch_all"), key="fetch_all", on_click=fetch, args=(here, home, names))
        st.button(
            here.say("build_index"), key="build_index", on_click=begin, args=(here, home, "task_build", [["build"]])
        )
    with st.expander(here.say("add_file")):
        st.html(_uploader_words(here))
        file = st.file_uploader(here.say("add_file_hint"), type=list(FILES), key="library_file")
        if file is not None:
            st.button(
                here.say("add_this", name=file.name[:60], version=chosen),
                key="add_this",
                on_click=_add,
                args=(here, home, file.name, file.getvalue(), chosen),
            )


def _uploader_words(here: Here) -> str:
    """Streamlit's own words on the uploader, which it has in English alone, as ours."""
    words = {
        '[data-testid="stFileUploaderDropzone"] button p': here.say("choose_file"),
        '[data-testid="stFileUploaderDropzoneInstructions"] span': here.say("file_limit"),
    }
    rules = [
        f'{place} {{ font-size: 0; }} {place}::after {{ font-size: .875rem; content: "{text}"; }}'
        for place, text in words.items()
    ]
    return f"<style>{' '.join(rules)}</style>"


def _add(here: Here, home: Home, name: str, data: bytes, version: str) -> None:
    """Add an uploaded file, then build. Its name gives nothing but its ending to the path it is kept under meanwhile."""
    ending = Path(name).suffix.lower().lstrip(".")
    if ending not in FILES:
        return
    folder = Path(tempfile.mkdtemp(prefix="tiaowen-upload-"))
    file = folder / f"upload.{ending}"
    file.write_bytes(data)
    begin(here, home, "task_add", [["add", str(file), "--edition", version], ["build"]], folder)
