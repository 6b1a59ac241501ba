"""The quotations that an answer needs: the shortest pieces of the gold clauses that hold the nuggets, in the case's language."""

from __future__ import annotations

from dataclasses import replace

from built import built_retriever

from eval.cases import Case, Nugget
from eval.measures import measure
from eval.needed import with_gold_quotes

ZH = Case("q-zh", "日志存多久？", "zh", clauses=("2.0#6.3.6",), nuggets=(Nugget(True, ("六个月", "6个月", "six months", "6 months")),))  # fmt: skip
EN = replace(ZH, id="q-en", question="How long must logs be kept?", lang="en")


def test_they_are_slices_of_the_gold_clauses_in_the_language_of_the_case() -> None:
    documents = built_retriever().documents
    for case, lang in ((ZH, "zh"), (EN, "en")):
        (found,) = with_gold_quotes([case], documents)
        clause = documents[f"aisgf@2.0/{lang}", "body"].by_path["6.3.6"]
        assert len(found.gold_quotes) == 1 and found.gold_quotes[0] in clause.text
        padded = {"text": found.gold_quotes[0] * 3, "citations": []}
        assert measure("length_ratio").score(found, padded).value == 3.0


def test_given_ones_stay_and_what_is_not_found_is_not_made_up() -> None:
    documents = built_retriever().documents
    given = replace(ZH, gold_quotes=("引文",))
    lost = replace(ZH, nuggets=(*ZH.nuggets, Nugget(True, ("火星",))))
    negative = replace(ZH, answerable=False)
    assert [one.gold_quotes for one in with_gold_quotes([given, lost, negative], documents)] == [("引文",), (), ()]
