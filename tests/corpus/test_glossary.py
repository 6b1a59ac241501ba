"""The glossary finds terms in both languages, the longest form at each place, English ones as whole words."""

from __future__ import annotations

import pytest

from corpus.glossary import Glossary, Term, concept, load_glossary, stands
from corpus.text import fold

AGENT = Term(("智能体", "代理"), ("agent", "AI agent"))
LABEL = Term(("显式标识",), ("explicit label",))
MARK = Term(("标识",), ("label", "mark"))
GLOSSARY = Glossary((MARK, LABEL, AGENT, Term(("代理人",), ("agent", "proxy"))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("智能体的显式标识", [("智能体", AGENT), ("显式标识", LABEL), ("标识", MARK)]),
        ("explicit labels", [("explicit labels", LABEL), ("labels", MARK)]),
        ("an ai agent", [("ai agent", AGENT), ("agent", AGENT)]),
        ("用agent做label", [("agent", AGENT), ("label", MARK)]),
        ("reagent, labelled, agents2", []),
        ("", []),
    ],
)
def test_forms_that_occur(text: str, found: list[tuple[str, Term]]) -> None:
    assert [(text[start:end], term) for start, end, term in GLOSSARY.find(text)] == found


def test_a_form_of_two_terms_belongs_to_the_first() -> None:
    assert [term for _, _, term in GLOSSARY.find("the agents")] == [AGENT]


def test_an_empty_glossary_finds_nothing() -> None:
    assert list(Glossary(()).find("智能体 and agents")) == []


@pytest.mark.parametrize("text", ["ＡＧＥＮＴＳ", "智能体", "代理", "AI\u200b agents"])
def test_a_concept_is_the_same_index_term_in_both_languages(text: str) -> None:
    assert set(GLOSSARY.concepts(text)) == {concept(AGENT)} == {"¶智能体"}


def test_every_form_of_the_bundled_terms_is_found_whole() -> None:
    glossary = load_glossary()
    assert len(glossary.terms) >= 400
    assert min(len(term.zh) + len(term.en) for term in glossary.terms) > 2, "each with what users say instead"
    forms = [fold(form).text for term in glossary.terms for form in (*term.zh, *term.en)]
    assert [form for form in forms if not any(end - start == len(form) for start, end, _ in glossary.find(form))] == []


@pytest.mark.parametrize(("said", "en"), [("智能体要遵守哪些规定", "agent"), ("are ai agents covered", "agent")])
def test_what_users_say_leads_to_the_term_of_the_framework(said: str, en: str) -> None:
    assert en in [term.en[0] for _, _, term in load_glossary().find(said)]


@pytest.mark.parametrize(
    ("form", "text", "there"),
    [
        ("标识", "显式标识的规则", True),
        ("智能体", "智能的机体", False),
        ("label", "explicit labels", True),
        ("agent", "a reagent", False),
        ("ＡＩ Agent", "an ai agent.", True),
    ],
)
def test_a_form_stands_inside_a_longer_term_but_not_inside_a_word(form: str, text: str, there: bool) -> None:
    assert stands(form, fold(text).text) is there


def test_exact_terms_are_marked_in_the_bundled_glossary() -> None:
    exact = {term.zh[0] for term in load_glossary().terms if term.exact}
    assert {"意识形态安全", "大模型", "去标识化"} <= exact
    assert not exact & {"防范", "应对", "研发"}, "words that a translation words freely"
