"""The list of measures that the mapping table gives: asked for in both languages, told in the ranks of a hit."""

from __future__ import annotations

import numpy as np
import pytest
from built import built_retriever

from corpus.ids import short
from index.measures import RISKS, answers, asks_for_measures, following
from index.question import understand


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("数据投毒怎么防？", True),
        ("針對過度依賴有哪些應對辦法", True),
        ("什么是数据投毒？", False),
        ("运行日志保存多久？", False),
        ("Which countermeasures are there to poisoned data?", True),
        ("What remedies answer filter bubbles?", True),
        ("What is data poisoning?", False),
        ("How long are logs kept?", False),
    ],
)
def test_a_question_for_measures_is_read_as_one(question: str, asked: bool) -> None:
    assert understand(question).measures is asked


def test_the_wordings_are_matched_whole() -> None:
    assert not asks_for_measures("a fixture in a mapless dressing room")


@pytest.mark.parametrize(
    "question", ["用哪些措施应对供应链安全风险？", "Which measures answer the supply chain security risk?"]
)
def test_measures_of_the_risk_are_found_by_the_table(question: str) -> None:
    hits = built_retriever().search(question, k=10, editions=("aisgf@2.0",)).hits
    by_table = {short(hit.passage.clause): hit.ranks["mapping"] for hit in hits if "mapping" in hit.ranks}
    assert by_table["2.0#T.3.2.1(c)"] < by_table["2.0#4.2.1(d)"]


@pytest.mark.parametrize("question", ["什么是供应链安全风险？", "What is the supply chain security risk?"])
def test_no_list_of_measures_where_none_are_asked_for(question: str) -> None:
    hits = built_retriever().search(question, k=10, editions=("aisgf@2.0",)).hits
    assert hits and not any("mapping" in hit.ranks for hit in hits)


def test_only_the_best_risks_are_followed_and_only_to_what_may_be_shown() -> None:
    answered = {row: [10 + row, 20] for row in range(RISKS + 2)}
    scores = np.array([0.1 * (row + 1) for row in range(RISKS + 2)] + [0.0] * 20)
    shown = np.arange(len(scores))
    shown[20] = -1
    best = range(RISKS + 1, 1, -1)
    assert [at for at, _ in following(answered, scores, shown)] == [10 + row for row in best]


def test_a_table_without_its_risk_answers_nothing() -> None:
    document = built_retriever().document("aisgf@2.0", "zh", "body")
    assert document is not None
    assert answers([document], {}) == {}
    assert answers([document], {"aisgf@2.0#3.2.1(c)": 0, "aisgf@2.0#4.2.1(d)": 1}) == {0: [1]}
