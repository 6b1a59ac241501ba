"""The chat page: scope on top, questions and answers on the left, the clause behind a citation on the right.

Streamlit runs this file from top to bottom for every click; what must survive a run lives in `state`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from app.answering.assistant import Assistant, LangChoice
from app.answering.followups import FollowUp, follow_up
from app.messages import tell
from app.screens import state
from app.screens.clause_view import TAGS, clause_view, find_clause
from app.screens.components import PAGE_STYLE, pane_component, turn_component
from app.screens.drafting import model_chosen, write_live
from app.screens.opening import open_assistant
from app.screens.turn_view import turn_view
from app.writing.draft import may_write
from app.writing.settings import Settings
from corpus.catalogue import load_catalogue
from corpus.errors import HomeUnusable, TiaowenError
from corpus.home import find_home
from corpus.ids import DEFAULT_WORK
from corpus.receipts import Receipt, keep, receipt_of
from corpus.records import Lang

LONGEST_QUESTION = 1000
EXAMPLES = ("example_1", "example_2", "example_3", "example_4")
NEWEST = ""
"""The choice of no edition: the newest whose text is in the corpus answers."""


def page() -> None:
    """One run of the script."""
    lang = state.interface_language()
    icon = Path(__file__).with_name("icon.svg")
    st.set_page_config(page_title=tell("app_title", lang), page_icon=str(icon), layout="wide")
    st.html(PAGE_STYLE)
    assistant = open_assistant(lang)
    follow_address(assistant, lang)
    edition, answer_lang, model = top(assistant, lang)
    body = st.container(key="body")
    with st.container(key="ask"):  # in a container of its own: else Streamlit scrolls to the end of every answer
        typed = st.chat_input(tell("ask_placeholder", lang), max_chars=LONGEST_QUESTION, key="question")
    as_it_stands = st.session_state.pop("as_it_stands", None)
    question = (typed or as_it_stands or st.session_state.pop("example", None) or "").strip()
    if question:
        put(assistant, question, edition, answer_lang, as_it_stands=question == as_it_stands)
    talk, evidence = body.columns([3, 2], gap="large")
    with talk:
        if question and model:
            put_in_words(assistant, model, lang)
        conversation(assistant, lang)
    with evidence, st.container(key="pane"):
        pane(assistant, lang)


def follow_address(assistant: Assistant, lang: Lang) -> None:
    """Open the clause that a link names, if the corpus has it."""
    found = find_clause(assistant.retriever.documents, state.clause_wished(), lang)
    if found:
        state.open_clause(found[1].id, by="address")


def put(
    assistant: Assistant, question: str, edition: str, answer_lang: LangChoice, *, as_it_stands: bool = False
) -> None:
    """Ask, and keep the answer, or the reason why there is none, as a turn; a follow-up as it is meant, unless as it stands.

    The clause of an earlier answer leaves the pane: beside a refusal it would look like its evidence.
    """
    state.close_clause()
    meant = None
    try:
        meant = None if as_it_stands else follow_up(question, state.last_answer())
        scope = scope_of(meant, edition, answer_lang) if meant else (edition or None, answer_lang)
        answer = assistant.ask(meant.question if meant else question, *scope)
        state.add_turn(question, answer, follow_up=meant)
        note(receipt_of(answer, *scope, assistant.retriever.generation))
    except TiaowenError as error:
        state.add_turn(question, None, str(error), meant)
    except Exception:
        logging.getLogger(__name__).exception("a question failed")
        state.add_turn(question, None, tell("unexpected", state.interface_language()), meant)


def scope_of(meant: FollowUp, edition: str, answer_lang: LangChoice) -> tuple[str | None, LangChoice]:
    """The scope of a follow-up: editions that it names and a language that it asks for win over the choice on top."""
    lang = meant.lang if meant.why == "language" or answer_lang == "auto" else answer_lang
    return (None if meant.editions else edition or None), lang


def put_in_words(assistant: Assistant, model: Settings, lang: Lang) -> None:
    """Let the model write the answer just given, if it may, and draw the page anew."""
    answer = state.turns()[-1].answer
    if answer is None or not may_write(answer):
        return
    conversation(assistant, lang, pending=True)
    state.answer_anew(write_live(answer, model, lang))
    st.rerun()


def note(receipt: Receipt) -> None:
    """Keep the receipt of an answer; a home that takes none costs a line in the log."""
    try:
        keep(find_home().receipts, [receipt])
    except HomeUnusable as error:
        logging.getLogger("tiaowen.answers").warning("answer %s was not noted: %s", receipt.id, error)


# --- the scope


def top(assistant: Assistant, lang: Lang) -> tuple[str, LangChoice, Settings | None]:
    """Title, scope and switches; returns the scope, and the model that is to write."""
    with_text = [*reversed(assistant.retriever.editions_with_text)]
    answers: dict[LangChoice, str] = {"auto": tell("scope_auto", lang), "zh": "中文", "en": "English"}
    with st.container(key="top", horizontal=True, vertical_alignment="bottom"):
        st.title(tell("app_title", lang), anchor=False, width="stretch")
        with st.container(key="scope", horizontal=True, width="content", vertical_alignment="bottom"):
            edition = st.selectbox(
                tell("scope_edition", lang),
                [NEWEST, *with_text, "all"],
                format_func=partial(edition_name, lang=lang, with_text=with_text),
                key="edition",
                width=230,
            )
            answer_lang = st.selectbox(
                tell("scope_language", lang), [*answers], format_func=answers.__getitem__, key="answers", width=150
            )
            model = model_chosen(lang)
        st.button(tell("switch", lang), help=tell("switch_hint", lang), on_click=state.switch_language, key="switch")
    return edition, answer_lang, model


def edition_name(edition: str, lang: Lang, with_text: list[str]) -> str:
    """An edition as the scope names it: `2.0版`, `Edition 2.0`; other works by their title."""
    if edition == "all":
        return tell("scope_all", lang)
    if edition == NEWEST:
        own = [e for e in with_text if e.startswith(f"{DEFAULT_WORK}@")]
        return tell("scope_newest", lang, version=load_catalogue().edition(own[0]).version if own else "—")
    known = load_catalogue().edition(edition)
    return tell("scope_version", lang, version=known.version) if known.work == DEFAULT_WORK else known.title[lang]


# --- questions and answers


def conversation(assistant: Assistant, lang: Lang, pending: bool = False) -> None:
    """All turns of the session, or what to do first. `pending`: of the last one the question alone."""
    turns = state.turns()
    if not turns:
        with st.container(key="welcome"):  # one element, so that the first turn takes its place at once
            welcome(assistant, lang)
    for turn in turns:
        key = f"turn-{turn.number}"
        newest = turn is turns[-1]
        shown = replace(turn, answer=None) if pending and newest else turn
        view = turn_view(shown, assistant.retriever.documents, state.opened(), lang, newest)
        if turn.follow_up:
            reading(turn, key, view, lang)
            view = view | {"question": None}
        turn_component(key=key, data=view, on_open_change=partial(on_citation, assistant, turn, key, lang))


def reading(turn: state.Turn, key: str, view: dict[str, Any], lang: Lang) -> None:
    """What was typed, how it was read, and the way back to the words as they stand."""
    told = ("turn", "labels", "ui", "lang", "question", "read_as")
    turn_component(key=f"{key}-asked", data={name: view[name] for name in told})
    with st.container(key=f"{key}-reading", horizontal=True, horizontal_alignment="right"):
        label = tell("as_it_stands", lang)
        st.button(
            label, key=f"as-it-stands-{turn.number}", type="tertiary", on_click=ask_as_it_stands, args=(turn.question,)
        )


def ask_as_it_stands(question: str) -> None:
    """Ask it in the run that follows, as it was typed."""
    st.session_state["as_it_stands"] = question


def welcome(assistant: Assistant, lang: Lang) -> None:
    """The empty page: what this is, what it holds, questions that it can answer."""
    st.markdown(tell("app_lead", lang))
    bodies = [d for d in assistant.retriever.documents.values() if d.part == "body"]
    if all(document.status == "digest" for document in bodies):
        newest = max((document.edition for document in bodies), default=load_catalogue().newest().id)
        st.caption(tell("only_digests", lang, version=load_catalogue().edition(newest).version))
    newest_edition = load_catalogue().newest()
    if newest_edition.id not in assistant.retriever.editions_with_text:
        lacking = tell("lacks_text", lang)
        version, released = newest_edition.version, newest_edition.released
        st.caption(tell("newest", lang, version=version, released=released, state=lacking))
    with st.container(key="examples"):
        st.caption(tell("examples", lang))
        for example in EXAMPLES:
            st.button(tell(example, lang), key=example, on_click=ask_example, args=(tell(example, lang),))


def ask_example(question: str) -> None:
    """Ask it in the run that follows."""
    st.session_state["example"] = question


def on_citation(assistant: Assistant, turn: state.Turn, key: str, lang: Lang) -> None:
    """A click in a turn: a citation, or a clause named beside the answer."""
    sent = _sent(key)
    found = find_clause(assistant.retriever.documents, sent.get("clause"), lang)
    if found is None:
        return
    answer = turn.answer
    shown = (*answer.citations, *(answer.declined.evidence if answer.declined else ())) if answer else ()
    mine = [citation for citation in shown if citation.clause == found[1].id]
    citation = next((citation for citation in mine if citation.marker == sent.get("marker")), next(iter(mine), None))
    state.open_clause(found[1].id, citation, turn.number)


# --- the clause


def pane(assistant: Assistant, lang: Lang) -> None:
    """The open clause, or a hint."""
    opened = state.opened()
    documents = assistant.retriever.documents
    found = find_clause(documents, opened.clause, lang) if opened else None
    to_zh = found is not None and found[0].lang == "en"
    labels = {
        key: tell(key, lang)
        for key in ("clause_pane", "clause_hint", "clause_id", "breadcrumb", "children", "close", "official_source")
    }
    labels["show_twin"] = tell("show_twin_zh" if to_zh else "show_twin_en", lang)
    data = {
        "ui": TAGS[lang],
        "labels": labels,
        "view": clause_view(documents, *found, opened.citation, lang) if opened and found else None,
        "serial": opened.serial if opened else 0,
        "focus": opened is not None and opened.by == "click",
    }
    pane_component(
        key="clause", data=data, on_open_change=partial(on_clause, assistant, lang), on_close_change=state.close_clause
    )


def on_clause(assistant: Assistant, lang: Lang) -> None:
    """A click in the pane: a clause above or below, or the twin. The quotation stays known for the way back."""
    found = find_clause(assistant.retriever.documents, _sent("clause").get("clause"), lang)
    before = state.opened()
    if found:
        state.open_clause(found[1].id, before.citation if before else None, before.turn if before else None)


def _sent(key: str) -> dict[str, Any]:
    """What a component sent with `open`; anything but an object counts as nothing."""
    sent = st.session_state[key]["open"]
    return dict(sent) if isinstance(sent, dict) or hasattr(sent, "keys") else {}


page()
