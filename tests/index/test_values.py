"""Values asked for and stated, in both languages."""

from __future__ import annotations

import pytest
from built import built_retriever

from corpus.text import fold
from index.values import stated, values_asked


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("日志要留存多久？", ("span",)),
        ("How many days do we have to report?", ("span",)),
        ("应急演练多久一次？", ("rate",)),
        ("How often are drills held?", ("rate",)),
        ("违规要罚多少？罚款有上限吗", ("sum",)),
        ("How high is the fine for it?", ("sum",)),
        ("一年要搞几次演练？", ("figure",)),
        ("At what accuracy is a detector good enough?", ("figure",)),
        ("举报热线电话是哪个？", ("contact",)),
        ("What is the hotline?", ("contact",)),
        ("2.0列了哪些风险？", ()),
        ("How many principles are there?", ()),
        ("这几年AI风险怎么变了？", ()),
        ("How long-term risks are dealt with", ()),
    ],
)
def test_kinds_of_value_are_told(question: str, kinds: tuple[str, ...]) -> None:
    assert values_asked(fold(question).text) == kinds


@pytest.mark.parametrize(
    ("kind", "states", "states_not"),
    [
        ("span", "留存时间不少于六个月", "及时留存"),
        ("span", "kept for six months", "kept securely"),
        ("rate", "定期开展演练", "开展演练"),
        ("rate", "regular drills", "drills"),
        ("sum", "罚款10万元", "承担责任"),
        ("sum", "a fine of $100", "liable"),
        ("figure", "占比不低于30%", "占比较高"),
        ("figure", "at least 30 percent", "a large share"),
    ],
)
def test_a_value_stands_in_a_text_or_not(kind: str, states: str, states_not: str) -> None:
    assert stated([kind], [states_not, states]) == 1.0
    assert stated([kind], [states_not]) == -1.0


def test_no_value_asked_for_is_no_evidence_and_every_kind_must_be_stated() -> None:
    assert stated([], ["六个月"]) == 0.0
    assert stated(["span", "sum"], ["留存六个月"]) == -1.0
    assert stated(["span", "sum"], ["留存六个月", "罚款一万元"]) == 1.0


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("日志要留存多久？", 1.0),
        ("How long must logs be kept?", 1.0),
        ("数据标注要多少天完成？", -1.0),
        ("How many days may data annotation take?", -1.0),
        ("有哪些治理原则？", 0.0),
        ("Which principles are there?", 0.0),
    ],
)
def test_a_search_tells_whether_the_value_was_found(question: str, value: float) -> None:
    found = built_retriever().search(question, k=1, editions=["aisgf@2.0"])
    assert found.signals.value == value
