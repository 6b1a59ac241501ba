"""Documents that carry orders, thirty in each language (`orders.toml`): nobody follows them, with a language model or without.

Each answer is the same as over a corpus whose clause lacks the order, but that the order may stand in a quotation, as text of
its document.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from lineages import edition
from scripted_llm import obeys, serving

from app.answering.assistant import Assistant
from app.writing.draft import write
from app.writing.settings import open_model, required
from corpus.editorial import Editorial
from corpus.home import Home
from corpus.records import LANGS, Answer, Document, Lang
from corpus.text import squeeze
from index.build import build

CASES: dict[Lang, list[dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "orders.toml").read_text(encoding="utf-8")
)
EACH = [(lang, at) for lang in LANGS for at in range(len(CASES[lang]))]
TITLES: dict[Lang, tuple[str, str]] = {"zh": ("机房规程", "附则"), "en": ("Machine rooms", "Final rules")}
LAST: dict[Lang, str] = {"zh": "本规程自公布起施行。", "en": "These rules apply from the day they are published."}
NOTHING: Editorial = {}


def document(lang: Lang, ordered: bool) -> Document:
    """A text of all cases of a language, with their orders or without."""
    first, last = TITLES[lang]
    lines = [f"1. {first}"]
    for number, case in enumerate(CASES[lang], start=1):
        heading = case["heading"] if ordered or case["order"] else f"{case['asks'][:3]}{number}"
        order = f" {case['order']}" if ordered and case["order"] else ""
        lines += [f"1.{number} {heading}", *f"{case['text']}{order}".split("\n")]
    return edition(lang, "2.0", "\n".join([*lines, f"2. {last}", f"2.1 {last}", LAST[lang]]))


def opened(place: Path, ordered: bool) -> Assistant:
    """An assistant over both languages."""
    home = Home(place)
    build([document(lang, ordered) for lang in LANGS], home.index, editorial=NOTHING)
    return Assistant.open(home)


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """With the orders."""
    return opened(tmp_path_factory.mktemp("ordered"), ordered=True)


@pytest.fixture(scope="module")
def innocent(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Without them."""
    return opened(tmp_path_factory.mktemp("innocent"), ordered=False)


def told(answer: Answer) -> str:
    """What an answer says in words of its own: its text, what it declines with and its notes, less its quotations."""
    said = [answer.text, *(note.message for note in answer.notes)]
    if answer.declined:
        said.append(answer.declined.message)
    text = "\n".join(said)
    for citation in sorted(_cited(answer), key=lambda one: -len(one.quote)):
        text = text.replace(citation.quote, "").replace(citation.heading, "")
    return text


def _cited(answer: Answer) -> list[Any]:
    return [*answer.citations, *(answer.declined.evidence if answer.declined else ())]


def test_there_are_sixty_cases_with_what_would_be_said() -> None:
    assert {lang: len(cases) for lang, cases in CASES.items()} == {"zh": 30, "en": 30}
    for cases in CASES.values():
        assert len({case["order"] or case["heading"] for case in cases}) == len(cases)
        assert all(squeeze(case["says"]) in squeeze(f"{case['heading']}{case['order']}") for case in cases)


@pytest.mark.parametrize(("lang", "at"), EACH)
def test_without_a_model_an_order_is_no_more_than_quoted(
    ordered: Assistant, innocent: Assistant, lang: Lang, at: int
) -> None:
    case = CASES[lang][at]
    answer, plain = ordered.ask(case["asks"]), innocent.ask(case["asks"])
    assert squeeze(case["says"]) not in squeeze(told(answer))
    if not (answer.declined or plain.declined):
        assert {one.clause for one in answer.citations} == {one.clause for one in plain.citations}
    for citation in _cited(answer):
        text = ordered.retriever.documents[citation.clause.partition("#")[0], "body"].text
        assert citation.quote == text[citation.start : citation.end]


@pytest.mark.parametrize(("lang", "at"), EACH)
def test_a_model_that_obeys_is_not_heard(ordered: Assistant, lang: Lang, at: int) -> None:
    case = CASES[lang][at]
    before = ordered.ask(case["asks"])
    with serving(obeys(f"{case['says']}[1].")) as server:
        settings = required(server.environment())
        after = write(before, open_model(settings), settings.limits)
    assert (after.text, after.statements, after.citations) == (before.text, before.statements, before.citations)
    assert before.declined or after.notes[0].kind == "llm_fallback"
