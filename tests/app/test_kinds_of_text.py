"""A question may be answered from texts of some status alone: what is left out is not cited, compared or counted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from built import copied_home

from app.answering.assistant import Assistant
from app.answering.words import say
from app.messages import tell
from corpus.home import Home
from corpus.records import Lang, statuses_of
from index.build import build
from ingest.bundled import bundled_documents

LANGS: tuple[Lang, ...] = ("zh", "en")


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tiaowen-kinds-")


@cache
def mixed() -> Assistant:
    """The bundled corpus as it would be with an official Chinese text of 2.0, the rest digests."""
    home = Home(Path(_folder().name) / "mixed")
    documents = [
        replace(one, status="official") if (one.id, one.part) == ("aisgf@2.0/zh", "body") else one
        for one in bundled_documents()
    ]
    build(documents, home.index)
    return Assistant.open(home)


ASKED = [("日志要留存多久？", "zh"), ("How long must logs be kept?", "en")]


@pytest.mark.parametrize(("question", "lang"), ASKED)
def test_official_texts_alone_answer(question: str, lang: Lang) -> None:
    answer = mixed().only(("official",)).ask(question)
    assert answer.declined is None
    assert "aisgf@2.0/zh#6.3.6" in {one.clause for one in answer.citations}
    assert {(one.status, one.clause.partition("#")[0]) for one in answer.citations} == {("official", "aisgf@2.0/zh")}
    assert answer.answer_id != mixed().ask(question).answer_id


@pytest.mark.parametrize(("question", "lang"), ASKED)
def test_digests_alone_answer_in_the_language_that_is_left(question: str, lang: Lang) -> None:
    answer = mixed().only(("digest",)).ask(question)
    assert {one.status for one in answer.citations} == {"digest"}
    assert {one.clause for one in answer.citations} == {"aisgf@2.0/en#6.3.6"}


@pytest.mark.parametrize(
    ("question", "lang"),
    [("1.0版的治理原则有哪些？", "zh"), ("What are the principles in 1.0?", "en")],
)
def test_an_edition_without_such_a_text_is_declined_with_the_reason(question: str, lang: Lang) -> None:
    declined = mixed().only(("official",)).ask(question).declined
    assert declined is not None and declined.reason == "no_text" and declined.nearest == ()
    version = say("edition_named", lang, version="1.0")
    kinds = tell("official", lang)
    assert declined.message == say("declined_no_such_text", lang, version=version, kinds=kinds, known="2.0")


@pytest.mark.parametrize(
    ("question", "lang"),
    [("2.0版与1.0版相比有哪些变化？", "zh"), ("What changed between 1.0 and 2.0?", "en")],
)
def test_editions_are_compared_only_where_both_have_such_a_text(question: str, lang: Lang) -> None:
    assert mixed().only(("official",)).ask(question).declined is not None
    assert mixed().only(("official", "digest")).ask(question).declined is None
    assert set(mixed().only(("digest",)).retriever.lineages) == {("aisgf@1.0", "aisgf@2.0", "en")}


def test_all_kinds_are_the_assistant_itself_and_a_view_is_kept() -> None:
    assert mixed().only(()) is mixed()
    assert mixed().only(("official",)) is mixed().only(("official",))
    assert statuses_of("digest, official,nonsense") == ("digest",)


@pytest.mark.parametrize(("question", "lang"), ASKED)
def test_a_scope_is_kept_with_the_answer(tiaowen: Any, tmp_path: Path, question: str, lang: Lang) -> None:
    home = copied_home(tmp_path / "home")
    once = tiaowen("ask", question, "--status", "official", "--json", home=home)
    assert once.json["declined"]["reason"] == "no_text"
    again = tiaowen("replay", once.json["answer_id"], "--json", home=home)
    assert again.json["answer_id"] == once.json["answer_id"] and again.json["declined"] == once.json["declined"]
