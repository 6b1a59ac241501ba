"""The scope of a question, always in sight: edition, kind of text, language of the answer, the model that is to write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from app.answering.assistant import LangChoice
from app.answering.followups import FollowUp
from app.screens.drafting import model_chosen
from app.screens.here import Here, edition_title, nature
from app.writing.settings import Settings
from corpus.catalogue import load_catalogue
from corpus.ids import of_framework
from corpus.records import Status, statuses_of

NEWEST = ""
"""The choice of no edition: the newest whose text is in the corpus answers."""
LANGUAGES: tuple[LangChoice, ...] = ("auto", "zh", "en")
KINDS = ("", "official,supplied", "official")
"""Choices of the kinds of text that may answer: all, no digests, official ones alone."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is asked of. `edition`: its id, `all` or `NEWEST`; `statuses`: none named means all."""

    edition: str
    lang: LangChoice
    statuses: tuple[Status, ...] = ()
    model: Settings | None = None

    def of(self, meant: FollowUp | None) -> Scope:
        """The scope of a follow-up: editions that it names and a language that it asks for win over the choice on top."""
        if meant is None:
            return self
        lang = meant.lang if meant.why == "language" or self.lang == "auto" else self.lang
        return replace(self, edition=NEWEST if meant.editions else self.edition, lang=lang)

    def address(self) -> dict[str, str]:
        """Its part of a link."""
        answers = "" if self.lang == "auto" else self.lang
        return {"edition": self.edition, "answers": answers, "status": ",".join(self.statuses)}


def choose_scope(here: Here) -> Scope:
    """Draw the choices, and beside them what kind of text answers."""
    answers: dict[LangChoice, str] = {"auto": here.say("scope_auto"), "zh": "中文", "en": "English"}
    edition = st.selectbox(
        here.say("scope_edition"),
        [NEWEST, *here.editions(), "all"],
        format_func=partial(edition_name, here),
        key="edition",
        width=230,
    )
    lang = st.selectbox(
        here.say("scope_language"), LANGUAGES, format_func=answers.__getitem__, key="answers", width=150
    )
    kinds = st.selectbox(
        here.say("scope_status"), KINDS, format_func=partial(_kinds_name, here), key="status", width=210
    )
    model = model_chosen(here.lang)
    st.caption(scope_nature(here, edition))
    return Scope(edition, lang, statuses_of(kinds), model)


def take_up_scope(here: Here) -> None:
    """Choose what a link names; a link to a question also takes back what an earlier one had chosen."""
    known = {load_catalogue().edition(one).version: one for one in reversed(here.editions())}
    edition = st.query_params.get("edition", "")
    wished = {"edition": known.get(edition, edition)}
    wished |= {name: st.query_params.get(name, "") for name in ("answers", "status")}
    choices = {"edition": ("all", *here.editions()), "answers": LANGUAGES, "status": KINDS[1:]}
    for name, wish in wished.items():
        if wish in choices[name]:
            st.session_state[name] = wish
        elif "q" in st.query_params:
            st.session_state.pop(name, None)


def _kinds_name(here: Here, kinds: str) -> str:
    return here.say({"": "status_any", "official": "status_official"}.get(kinds, "status_texts"))


def edition_name(here: Here, edition: str) -> str:
    """An edition as the scope names it: `2.0版`, `Edition 2.0`; other works by their title."""
    if edition == "all":
        return here.say("scope_all")
    if edition == NEWEST:
        own = [one for one in here.editions() if of_framework(one)]
        return here.say("scope_newest", version=load_catalogue().edition(own[0]).version if own else "—")
    return edition_title(edition, here.lang)


def scope_nature(here: Here, edition: str) -> str:
    """What kind of text answers within the scope: `中 官方文本 · EN 自编要点`."""
    own = [one for one in here.editions() if of_framework(one)]
    chosen = own if edition == "all" else own[:1] if edition == NEWEST else [edition]
    shown = [f"{edition_title(one, here.lang)}: {nature([*here.texts(one).values()], here.lang)}" for one in chosen]
    return "; ".join(shown)
