"""Which clause a list is under, and that there is none where the items stand in a sentence."""

from __future__ import annotations

import pytest
from built import built_assistant

from app.answering.containers import candidates, containers, features
from app.answering.kinds import kind_of
from app.answering.work import Work
from corpus.records import LANGS, Lang


def found(question: str, above: str = "") -> list[str]:
    assistant = built_assistant()
    query = assistant.retriever.read(question)
    work = Work(assistant.retriever, query, assistant.scope(query, None), kind_of(query))
    work.search()
    body = work.desk.body
    assert body
    return [clause.path for clause in containers(work.desk, body, work.hits, above)]


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("2.0给普通公众的使用指引有哪些？", ["6.4"]),
        ("List all guidelines for the public in 2.0", ["6.4"]),
        ("数据安全风险的技术应对措施有哪些？", ["4.1.2"]),
        ("List all technical measures for data risks", ["4.1.2"]),
        ("内生安全风险分哪几类？", ["3.1"]),
        ("Which kinds of inherent safety risk are there?", ["3.1"]),
        ("附录里有哪些术语？", ["A3"]),
        ("Which terms are explained?", ["A3"]),
        ("How many principles are there?", ["1", "A2"]),
        ("有哪些治理原则？", ["1"]),
    ],
)
def test_the_clause_that_holds_the_list_is_found(question: str, paths: list[str]) -> None:
    assert found(question) == paths


@pytest.mark.parametrize(
    ("question", "above", "paths"),
    [
        ("附件1把风险分成哪几级？", "A1", ["A1.2"]),
        ("Which grading elements does Appendix 1 list?", "A1", ["A1.1"]),
        ("3.1有哪些风险？", "3.1", []),
        ("What risks does 3.1 list?", "3.1", []),
    ],
)
def test_below_a_clause_only_what_the_question_tells_from_it(question: str, above: str, paths: list[str]) -> None:
    assert found(question, above) == paths


@pytest.mark.parametrize("question", ["收集数据要遵守哪几项原则？", "Which organisations does 5.14 name?", "???"])
def test_there_is_none_where_the_items_stand_in_a_sentence(question: str) -> None:
    assert found(question) == []


@pytest.mark.parametrize("lang", LANGS)
def test_measures_are_no_candidates_where_none_are_asked_for(lang: Lang) -> None:
    document = built_assistant().retriever.document("aisgf@2.0", lang)
    assert document
    every = [clause.path for clause in candidates(document)]
    assert "T" not in every
    assert [path for path in every if path.split(".")[0] != "4"] == [
        one.path for one in candidates(document, measures=False)
    ]
    assert {one.path for one in candidates(document, "3")} == {path for path in every if path.startswith("3.")}


@pytest.mark.parametrize(("lang", "question"), [("zh", "风险级别有哪几级？"), ("en", "Which risk levels are there?")])
def test_features_are_shares_ranks_and_a_bias(lang: Lang, question: str) -> None:
    assistant = built_assistant()
    query = assistant.retriever.read(question)
    work = Work(assistant.retriever, query, assistant.scope(query, None), "list")
    work.search()
    body = work.desk.body
    assert body
    clauses = candidates(body)
    x = features(work.desk, body, work.hits, clauses)
    assert x is not None
    assert x.shape == (len(clauses), 15)
    assert ((x[:, :7] >= 0) & (x[:, :7] <= 1)).all()
    assert (x[:, -1] == 1).all()
