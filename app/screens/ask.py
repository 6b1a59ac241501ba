"""The chat: scope on top (`app.screens.scope`), questions and answers on the left, the clause behind a citation on the right.

The scope stays in sight; a question typed, a link (`?q=…`), an example and a suggestion are all asked the same way.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from app.answering.assistant import Assistant
from app.answering.followups import follow_up
from app.answering.suggestions import suggestions
from app.messages import tell
from app.screens import access, state
from app.screens.components import turn_component
from app.screens.drafting import write_live
from app.screens.evidence import follow_address, on_citation, pane, sent
from app.screens.feedback import keep_feedback
from app.screens.here import Here
from app.screens.scope import Scope, choose_scope, take_up_scope
from app.screens.turn_view import turn_view
from app.screens.welcome import welcome
from app.transcript import Exchange, as_json, markdown, word
from app.writing.draft import may_write
from app.writing.settings import Settings
from corpus.errors import HomeUnusable, TiaowenError
from corpus.home import find_home
from corpus.receipts import Receipt, keep, receipt_of
from corpus.records import Answer, Lang

LONGEST_QUESTION = 1000


def show(here: Here) -> None:
    """One run of the screen."""
    wished = _linked(here)
    follow_address(here)
    with st.container(key="scope", horizontal=True, vertical_alignment="bottom"):
        scope = choose_scope(here)
        conversation_tools(here)
    body = st.container(key="body")
    with st.container(key="ask"):  # in a container of its own: else Streamlit scrolls to the end of every answer
        typed = st.chat_input(here.say("ask_placeholder"), max_chars=LONGEST_QUESTION, key="question")
    as_it_stands = st.session_state.pop("as_it_stands", None)
    question = (typed or as_it_stands or st.session_state.pop("example", None) or wished or "").strip()
    if question:
        put(here, question, scope, as_it_stands=question in (as_it_stands, wished))
    talk, evidence = body.columns([3, 2], gap="large")
    with talk:
        if question and scope.model:
            put_in_words(here, scope, scope.model)
        conversation(here, scope)
    with evidence, st.container(key="pane"):
        pane(here)


def _linked(here: Here) -> str | None:
    """The question of a link, taken up once, with the scope that the link names."""
    if state.taken_up("ask"):
        return None
    take_up_scope(here)
    return (st.query_params.get("q") or "")[:LONGEST_QUESTION] or None


def put(here: Here, question: str, scope: Scope, *, as_it_stands: bool = False) -> None:
    """Ask, and keep the answer, or the reason why there is none, as a turn; a follow-up as it is meant, unless as it stands.

    The clause of an earlier answer leaves the pane: beside a refusal it would look like its evidence.
    """
    state.close_clause()
    if access.too_many():
        state.add_turn(question, None, here.say("too_many", count=access.QUESTIONS))
        return
    assistant = here.assistant.only(scope.statuses)
    meant = None
    try:
        meant = None if as_it_stands else follow_up(question, state.last_answer())
        chosen = scope.of(meant)
        answer = assistant.ask(meant.question if meant else question, chosen.edition or None, chosen.lang)
        state.add_turn(question, answer, follow_up=meant)
        generation = assistant.retriever.generation
        note(receipt_of(answer, chosen.edition or None, chosen.lang, generation, chosen.statuses))
        state.write_address("ask", {"q": answer.question, **chosen.address()})
    except TiaowenError as error:
        state.add_turn(question, None, str(error), meant)
    except Exception:
        logging.getLogger(__name__).exception("a question failed")
        state.add_turn(question, None, here.say("unexpected"), meant)


def put_in_words(here: Here, scope: Scope, model: Settings) -> None:
    """Let the model write the answer just given, if it may, and draw the page anew."""
    answer = state.turns()[-1].answer
    if answer is None or not may_write(answer):
        return
    conversation(here, scope, pending=True)
    state.answer_anew(write_live(answer, model, here.lang))
    st.rerun()


def note(receipt: Receipt) -> None:
    """Keep the receipt of an answer; a home that takes none costs a line in the log."""
    try:
        keep(find_home().receipts, [receipt])
    except HomeUnusable as error:
        logging.getLogger("tiaowen.answers").warning("answer %s was not noted: %s", receipt.id, error)


def conversation_tools(here: Here) -> None:
    """Keep the conversation as a file, or begin a new one."""
    if not state.turns():
        return
    with st.popover(here.say("keep"), key="keep"):
        for kind, made, mime in (
            ("md", partial(markdown, exchanges(), here.lang), "text/markdown"),
            ("json", partial(as_json, exchanges()), "application/json"),
            ("docx", partial(word, exchanges(), here.lang), "application/octet-stream"),
        ):
            st.download_button(
                here.say(f"keep_{kind}"), made, f"tiaowen.{kind}", mime, key=f"keep_{kind}", on_click="ignore"
            )
        st.button(here.say("new_talk"), key="new_talk", on_click=state.forget)


def exchanges() -> list[Exchange]:
    """The conversation as it is kept."""
    return [
        Exchange(one.question, one.answer, one.error, one.follow_up.question if one.follow_up else "")
        for one in state.turns()
    ]


# --- questions and answers


def conversation(here: Here, scope: Scope, pending: bool = False) -> None:
    """All turns of the session, or what to do first. `pending`: of the last one the question alone."""
    turns = state.turns()
    if not turns:
        with st.container(key="welcome"):  # one element, so that the first turn takes its place at once
            welcome(here)
    for turn in turns:
        newest = turn is turns[-1]
        draw(here, replace(turn, answer=None) if pending and newest else turn, newest)
    if turns and turns[-1].answer and not pending:
        go_on(here.assistant.only(scope.statuses), turns[-1].answer)


def draw(here: Here, turn: state.Turn, newest: bool) -> None:
    """One turn; of a follow-up first what was typed and how it was read."""
    key = f"turn-{turn.number}"
    view = turn_view(turn, here.documents, state.opened(), here.lang, newest)
    if turn.follow_up:
        reading(turn, key, view, here.lang)
        view = view | {"question": None}
    turn_component(
        key=key,
        data={"view": view},  # in one piece: Streamlit looks at every value on top for a table
        on_open_change=partial(on_citation, here, turn, key),
        on_judge_change=partial(on_judge, here, turn, key),
    )


def on_judge(here: Here, turn: state.Turn, key: str) -> None:
    """What the reader thinks of an answer."""
    told = sent(key, "judge")
    if turn.answer is None or not isinstance(told.get("good"), bool):
        return
    try:
        keep_feedback(find_home(), turn.answer, told["good"], str(told.get("reason") or ""), here.visitor.name)
        state.judge(turn.number, told["good"])
    except HomeUnusable as error:
        logging.getLogger("tiaowen.answers").warning("%s", error)


def reading(turn: state.Turn, key: str, view: dict[str, Any], lang: Lang) -> None:
    """What was typed, how it was read, and the way back to the words as they stand."""
    told = ("turn", "labels", "ui", "lang", "question", "read_as")
    turn_component(key=f"{key}-asked", data={"view": {name: view[name] for name in told}})
    with st.container(key=f"{key}-reading", horizontal=True, horizontal_alignment="right"):
        label = tell("as_it_stands", lang)
        st.button(
            label, key=f"as-it-stands-{turn.number}", type="tertiary", on_click=ask_as_it_stands, args=(turn.question,)
        )


def ask_as_it_stands(question: str) -> None:
    """Ask it in the run that follows, as it was typed."""
    st.session_state["as_it_stands"] = question


def go_on(assistant: Assistant, answer: Answer) -> None:
    """Questions that follow from the last answer; each is known to be answered within the same kinds of text."""
    with st.container(key="go_on"):
        for at, question in enumerate(_following(answer.answer_id, assistant, answer)):
            st.button(question, key=f"go-on-{at}", on_click=ask_as_it_stands, args=(question,))


@st.cache_resource(show_spinner=False, max_entries=1024)
def _following(answer_id: str, _assistant: Assistant, _answer: Answer) -> tuple[str, ...]:
    """What follows from an answer, for whoever gets it; its id tells index, scope and version."""
    return tuple(suggestions(_assistant, _answer))
