"""Slips of the keyboard: mended where a word of the corpus was surely meant, left alone where it may be a word."""

from __future__ import annotations

import pytest
from built import built_retriever

from corpus.text import fold
from index.spelling import Spelling, sounds_of

ZH = ["推理", "调度", "保护", "的", "能", "护栏"]
EN = ["inference", "framework", "organisation"]


def spelling() -> Spelling:
    return Spelling(dict.fromkeys(EN, 9), {word: 9 if len(word) > 1 else 500 for word in ZH})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("推里是什么", "推理是什么"),
        ("电网调渡", "电网调度"),
        ("登录怎么宝护", "登录怎么保护"),
        ("What is inferrence?", "what is inference?"),
        ("the framwork", "the framework"),
        ("the frameowrk", "the framework"),
        ("which organistion", "which organisation"),
        ("ＦＲＡＭＷＯＲＫ", "framework"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert spelling().mended(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["推理和护栏", "各省市能不能", "红烧肉怎么炖", "", "？", "What is a marathon?", "Frame works", "kubernetes", "infer", "mended misuses", "AI是什么"],
)  # fmt: skip
def test_what_may_be_a_word_is_left_as_it_is(typed: str) -> None:
    assert spelling().mended(typed) == typed


@pytest.mark.parametrize(
    "typed", ["𠮷野家的推里", "㐀㐁推里", "推里ﬁnd café Ⅷ", "①推里②", "๑推里", "\U0001f600推里", "İ推里"]
)
def test_odd_characters_beside_a_slip_do_no_harm(typed: str) -> None:
    assert spelling().mended(typed) == fold(typed.replace("推里", "推理")).text


@pytest.mark.parametrize("typed", ["推里", "inferrence"])
def test_rare_words_are_not_what_was_meant(typed: str) -> None:
    assert Spelling({"inference": 1}, {"推理": 1}).mended(typed) == typed


def test_words_are_kept_and_counted() -> None:
    counted = Spelling.of(["推理与推理，推理", "Inference, inference and inference"])
    for one in (counted, Spelling.load(counted.dump())):
        assert (one.mended("推里"), one.mended("inferense")) == ("推理", "inference")
    assert Spelling.load(counted.dump()).dump() == counted.dump()


@pytest.mark.parametrize(("char", "sounds"), [("长", ("chang", "zhang")), ("推", ("tui",)), ("a", ()), ("", ())])
def test_how_a_character_sounds(char: str, sounds: tuple[str, ...]) -> None:
    assert sounds_of(char) == sounds


@pytest.mark.parametrize(
    ("typed", "path"),
    [("什么是数据投独", "A3.12"), ("what is data poisonning", "A3.12"), ("safety gaurdrails", "A3.15")],
)
def test_a_mistyped_question_finds_its_clause_and_keeps_its_own_text(typed: str, path: str) -> None:
    found = built_retriever().search(typed, editions=["aisgf@2.0"])
    assert found.query.text == typed != found.query.read
    assert path in [hit.passage.clause.partition("#")[2] for hit in found.hits[:3]]


@pytest.mark.parametrize(
    ("typed", "edition"),
    [("the framwork of 2024 editon", "aisgf@1.0"), ("2024年那办的原则", None), ("第一版的推里", "aisgf@1.0")],
)
def test_an_edition_may_be_mistyped(typed: str, edition: str | None) -> None:
    assert built_retriever().read(typed).editions == ((edition,) if edition else ())
