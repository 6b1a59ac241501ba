"""Variants: each changes what it says and nothing else, alike on every run; and what they cost is counted case by case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from eval.cases import Case, Nugget
from eval.robustness import losses
from eval.variants import VARIANTS, changed, keywords, mixed, paraphrase, polite, traditional, typo

ZH = Case("a-zh", "数据投毒有哪些应对措施？", "zh", "a", nuggets=(Nugget(True, ("过滤",)),))
EN = Case("a-en", "What is said about data poisoning?", "en", "a", nuggets=(Nugget(True, ("filter",)),))


def test_a_slip_changes_one_place() -> None:
    assert sorted(typo(EN)) == sorted(EN.question) and typo(EN) != EN.question
    assert len(typo(ZH)) == len(ZH.question) + 1
    assert typo(Case("x", "2.0?", "en")) == "2.0?"


def test_traditional_characters_stand_for_simplified_ones() -> None:
    assert traditional(ZH) == "數據投毒有哪些應對措施？"
    assert traditional(EN) == EN.question


def test_a_term_is_put_in_the_other_language() -> None:
    assert "poisoning" in mixed(ZH).lower() and "应对措施" in mixed(ZH)
    assert "数据投毒" in mixed(EN)
    assert mixed(Case("x", "天空是蓝色的吗", "zh")) == "天空是蓝色的吗"


def test_keywords_are_what_is_left() -> None:
    assert keywords(ZH) == "数据投毒有 应对措施"
    assert keywords(EN) == "data poisoning"
    assert keywords(Case("x", "什么？", "zh")) == "什么？"


def test_a_frame_is_put_otherwise_or_the_halves_change_places() -> None:
    for asked, put, lang in (
        ("什么是数据投毒？", "数据投毒指的是什么？", "zh"),
        ("上线之前，传感器得过哪些极限考验？", "传感器得过哪些极限考验，上线之前？", "zh"),
        ("What is data poisoning?", "What does data poisoning refer to?", "en"),
        ("In 1.0, what happens to users' data?", "What happens to users' data, in 1.0?", "en"),
        ("Tell me all.", "Tell me all.", "en"),
        ("都说说", "都说说", "zh"),
    ):
        assert paraphrase(Case("p", asked, lang)) == put


def test_courtesies_are_put_around() -> None:
    assert ZH.question in polite(ZH) and EN.question in polite(EN)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_keeps_gold_and_is_the_same_on_every_run(name: str) -> None:
    first, second = (changed([ZH, EN], VARIANTS[name]) for _ in range(2))
    assert first == second
    assert all(case.nuggets and case.question not in (ZH.question, EN.question) for case in first)


def test_questions_typed_oddly_from_the_start_are_left_out() -> None:
    odd = Case("o", "What is poisonning?", "en", extra={"variant": "typo"})
    assert changed([odd], polite) == []


def test_losses_are_counted_case_by_case() -> None:
    def ask(question: str, _: Mapping[str, str] | None) -> dict[str, Any]:
        right = question.endswith("？") or question == EN.question
        return {"text": "过滤 filter" if right else "no", "citations": [], "declined": None}

    plain: dict[str, float | None] = {"a-zh": 1.0, "a-en": 1.0}
    found = {one.variant: one for one in losses([ZH, EN], ask, plain)}
    assert set(found) == set(VARIANTS) - {"paraphrase"}
    assert (found["polite"].n, found["polite"].plain, found["polite"].varied) == (2, 1.0, 0.0)
    assert found["polite"].lost == ("a-zh", "a-en")
    assert found["polite"].p == 0.5
    assert (found["traditional"].n, found["traditional"].lost) == (1, ())
