"""Who is looking, and what they may do. Reading and asking is for everyone who gets in; what changes the corpus, for operators.

    local   the app listens on this machine alone: whoever is here is the operator
    proxy   a reverse proxy signs people in and names them in `X-Forwarded-Email` or `X-Forwarded-User`
    oidc    Streamlit signs people in (`st.login`), as its secrets file says

`tiaowen app` decides which it is and passes it on as `TIAOWEN_ACCESS`; operators are the names in `TIAOWEN_OPERATORS`, parted
by commas. The header counts only where a proxy was declared: anyone can send one.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from app.messages import tell
from corpus.records import Lang

QUESTIONS, SECONDS = 30, 60.0
"""So many questions in so many seconds, in one browser session."""
_HEADERS = ("X-Forwarded-Email", "X-Forwarded-User")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking: `name` is "" where nobody was asked. `operator`: may add, fetch, build and evaluate."""

    name: str
    operator: bool
    signed_in: bool = False


def visitor(lang: Lang) -> Visitor:
    """Who is looking; where signing in is asked for and was not done, the page offers it, and the script ends here."""
    way = os.environ.get("TIAOWEN_ACCESS", "local")
    if way == "oidc":
        if not st.user.is_logged_in:
            st.title(tell("app_title", lang), anchor=False)
            st.text(tell("sign_in_first", lang))
            st.button(tell("sign_in", lang), type="primary", on_click=st.login, key="sign_in")
            st.stop()
        return signed_in(st.user.to_dict(), os.environ)
    if way == "proxy":
        return by_name(named_by_proxy(st.context.headers), os.environ)
    return Visitor("", operator=True)


def signed_in(claims: Mapping[str, object], environ: Mapping[str, str]) -> Visitor:
    """A visitor by what a provider claims. An address counts for an operator's only if the provider verified it; where it
    does not say so, operators are named by their `sub`.

    >>> named = {"TIAOWEN_OPERATORS": "li@example.org, 8f2c"}
    >>> signed_in({"sub": "1", "email": "li@example.org", "email_verified": True}, named).operator
    True
    >>> signed_in({"sub": "1", "email": "li@example.org"}, named).operator
    False
    >>> signed_in({"sub": "8f2c"}, named)
    Visitor(name='8f2c', operator=True, signed_in=True)
    """
    email, subject = str(claims.get("email") or ""), str(claims.get("sub") or "")
    names = [subject, *([email] if claims.get("email_verified") is True else [])]
    return Visitor(email or subject, any(_is_operator(name, environ) for name in names), signed_in=True)


def by_name(name: str, environ: Mapping[str, str]) -> Visitor:
    """A visitor with a name; the operators are those the environment lists.

    >>> by_name("li@example.org", {"TIAOWEN_OPERATORS": "wang@example.org, LI@example.org"}).operator
    True
    >>> by_name("", {"TIAOWEN_OPERATORS": ""}).operator
    False
    """
    return Visitor(name, _is_operator(name, environ))


def _is_operator(name: str, environ: Mapping[str, str]) -> bool:
    operators = {one.strip().casefold() for one in environ.get("TIAOWEN_OPERATORS", "").split(",") if one.strip()}
    return name.strip().casefold() in operators


def named_by_proxy(headers: Mapping[str, str]) -> str:
    """The name that a reverse proxy gives: `named_by_proxy({"X-Forwarded-User": "li"}) == "li"`."""
    return next((found for header in _HEADERS if (found := headers.get(header))), "")


def sign_out_button(who: Visitor, lang: Lang) -> None:
    """The way out, where people sign in."""
    if who.signed_in:
        st.button(tell("sign_out", lang), help=who.name, on_click=st.logout, key="sign_out")


def too_many() -> bool:
    """Whether this session has asked enough for now; counts the question if not."""
    asked: deque[float] = st.session_state.setdefault("asked_at", deque(maxlen=QUESTIONS))
    return not taken(asked, time.monotonic())


def taken(asked: deque[float], now: float) -> bool:
    """Whether a question at `now` is within the limit; `asked`: the times of the last `QUESTIONS`.

    >>> times = deque([100.0] * QUESTIONS, maxlen=QUESTIONS)
    >>> taken(times, 101.0), taken(times, 200.0)
    (False, True)
    """
    if len(asked) == QUESTIONS and now - asked[0] < SECONDS:
        return False
    asked.append(now)
    return True
