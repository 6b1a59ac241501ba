"""The matchers: nuggets by wording and clauses by id, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval.cases import Case, Nugget
from eval.measures.citations import counts_for
from eval.measures.matching import says
from eval.measures.nuggets import holds, missed, plain_text
from eval.text import matched_form

Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "wording", "found"),
    [
        ("鼓励开源模型。", "开源", True),
        ("鼓励开\u200b 源，模型", "开源模型", True),
        ("ＡＩ智能体", "ai智能体", True),
        ("《办法》第７条", "办法第7条", True),
        ("鼓励闭源模型。", "开源", False),
        ("Open-Source models", "open source", True),
        ("OPEN\n  SOURCE", "open-source", True),
        ("the ﬁrst step", "first", True),
        ("STRASSE", "straße", True),
        ("closed models", "open source", False),
        ("at most 70", "≥ 70", False),
        ("", "x", False),
    ],
)
def test_a_nugget_is_found_in_matched_form(text: str, wording: str, found: bool) -> None:
    assert holds(text, Nugget(True, ("nothing of it", wording))) is found


@pytest.mark.parametrize(
    ("text", "wording", "found"),
    [
        ("轻量模型部署碎片化。", "碎片化部署", True),
        ("算力设施建设无序等问题", "无序建设", True),
        ("暂停其服务", "暂停服务", True),
        ("潜在影响和长期影响", "长期和潜在影响", True),
        ("访问权限设到最小", "最小化", True),
        ("厘清数据归谁", "数据归属", True),
        ("重大安全风险", "低安全风险", False),
        ("较大安全风险", "重大安全风险", False),
        ("部署模型。碎片化严重。", "碎片化部署", False),
        ("部署不应碎片化", "碎片化部署", False),
        ("公开透明", "隐私保护", False),
        ("Flaws are tested; their security is tested.", "security testing", True),
        ("Verify user identity at APIs.", "identity verification", True),
        ("labels that users do not easily perceive", "not easily perceived", True),
        ("labels that users easily perceive", "not easily perceived", False),
        ("Do not verify the identity of users.", "identity verification", False),
        ("Verify the data. The identity is kept.", "identity verification", False),
        ("modern tools", "model tools", False),
        ("共30条", "30项", True),
        ("3 groups, 30 items", "30项", True),
        ("共130条", "30项", False),
        ("共30家单位，3类", "3项", True),
        ("第30页", "30项", False),
        ("4.2.1(1)", "4.1.1", False),
    ],
)
def test_a_nugget_put_differently_is_found_and_another_one_is_not(text: str, wording: str, found: bool) -> None:
    assert says(text, wording) is found


def test_matched_form_drops_white_space_and_punctuation_of_both_languages() -> None:
    assert matched_form("“甲、乙”（丙）…… 《丁》—— a_b\t'c'\u3000\u00ad!") == "甲乙丙丁abc"


def test_a_marker_does_not_part_a_nugget_nor_pass_for_a_number(answer: Make) -> None:
    zh = answer("先备份[1]再上线[7]", cite=(("aisgf@2.0/zh#5.4", "先备份"),))
    assert plain_text(zh) == "先备份再上线[7]"
    assert missed(Case("q", "？", "zh", nuggets=(Nugget(True, ("备份再上线",)), Nugget(True, ("1",)))), zh) == (
        Nugget(True, ("1",)),
    )


@pytest.mark.parametrize(
    ("clause", "gold", "counts"),
    [
        ("aisgf@2.0/zh#3.1.1(f)", "2.0#3.1.1(f)", True),
        ("aisgf@2.0/en#3.1.1(f)", "2.0#3.1.1(f)", True),
        ("aisgf@2.0/en#3.1.1(f)", "2.0#3.1.1", True),
        ("aisgf@2.0/en#3.1.1(f)", "2.0#3", True),
        ("aisgf@2.0/en#3.1.1", "2.0#3.1.1(f)", False),
        ("aisgf@2.0/en#3.1.10", "2.0#3.1.1", False),
        ("aisgf@2.0/zh#A1.2.1", "2.0#A1.2", True),
        ("aisgf@2.0/zh#A1.2.1", "2.0#A1", True),
        ("aisgf@2.0/zh#A3.15", "2.0#A3.1", False),
        ("aisgf@2.0/zh#T.3.2.1(a)", "2.0#T", True),
        ("aisgf@2.0/zh#3.2.1(a)", "2.0#T.3.2.1(a)", False),
        ("aisgf@2.0/zh#notice.2", "2.0#notice", True),
        ("aisgf@1.0/zh#3.1.1(f)", "2.0#3.1.1(f)", False),
        ("gaigi@2023/en#p1", "gaigi@2023#p1", True),
        ("gaigi@2023/en#p12", "gaigi@2023#p1", False),
    ],
)
def test_a_clause_counts_for_itself_and_for_those_above_it(clause: str, gold: str, counts: bool) -> None:
    assert counts_for(clause, gold) is counts
