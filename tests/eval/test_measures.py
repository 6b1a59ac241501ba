"""Each measure: a right answer scores, a known-bad one loses on the measure meant to catch it, and what is unscored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from corpus.errors import UnusableInput
from eval.cases import Case, Nugget
from eval.measures import NAMES, measure, standard
from eval.measures.retrieval import ranking

Make = Callable[..., dict[str, Any]]
TextOf = Callable[[str, str], str]

ZH = Case(
    id="q1-zh",
    question="上线前做什么？",
    lang="zh",
    pair="q1",
    versions=("2.0",),
    clauses=("2.0#5.4",),
    alt_clauses=("2.0#notice",),
    nuggets=(Nugget(True, ("备份", "backup")), Nugget(True, ("日志", "logs")), Nugget(False, ("先", "first"))),
    gold_quotes=("先备份，再留好日志",),
)
EN = replace(ZH, id="q1-en", question="What comes before going live?", lang="en", gold_quotes=("Take a backup first",))
NO = Case(id="n1", question="天气？", lang="zh", answerable=False, refusal="off_topic")
CASES = {"zh": ZH, "en": EN}


@pytest.fixture
def right(answer: Make) -> dict[str, dict[str, Any]]:
    return {
        "zh": answer("先备份，再留好日志[1]。", cite=(("aisgf@2.0/zh#5.4", "先备份"),), hits=("aisgf@2.0/zh#5.4",)),
        "en": answer(
            "Backup first; keep logs [1].", cite=(("aisgf@2.0/en#5.4", "backup"),), hits=("aisgf@2.0/en#5.4",)
        ),
    }


def value(name: str, case: Case, given: dict[str, Any], text_of: TextOf | None = None) -> float | None:
    return (measure(name, text_of) if text_of else measure(name)).score(case, given).value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_right_answer_scores_on_every_measure(lang: str, right: dict[str, Any], text_of: TextOf) -> None:
    values = {one.name: one.score(CASES[lang], right[lang]).value for one in standard(text_of)}
    ones = ("accuracy", "nugget_recall", "nugget_recall_all", "citation_recall", "citation_precision")
    assert {values[name] for name in (*ones, "citation_validity", "R@5", "R@10", "nDCG@10", "RR")} == {1.0}
    assert values["wrong_edition"] == values["false_refusal"] == 0
    assert values["refusal_recall"] is values["refusal_reason"] is values["zh_en_gap"] is None
    assert values["p50_ms"] == values["p99_ms"] == 3.0


@pytest.mark.parametrize(("lang", "text"), [("zh", "先备份。"), ("en", "Take a backup first.")])
def test_a_missing_nugget_loses_recall_and_accuracy(lang: str, text: str, answer: Make) -> None:
    case, given = CASES[lang], answer(text)
    assert value("nugget_recall", case, given) == 0.5
    assert value("nugget_recall_all", case, given) == pytest.approx(2 / 3)
    score = measure("accuracy").score(case, given)
    assert (score.value, score.reason) == (0.0, "1 of 2 vital nuggets; missed: 日志 / logs")


def test_a_nugget_that_is_not_vital_costs_no_accuracy(answer: Make) -> None:
    given = answer("备份并留日志。")
    assert value("accuracy", ZH, given) == value("nugget_recall", ZH, given) == 1.0
    assert value("nugget_recall_all", ZH, given) == pytest.approx(2 / 3)


def test_another_edition_loses_wrong_edition_and_accuracy(answer: Make) -> None:
    cite = (("aisgf@2.0/zh#5.4", "先备份"), ("aisgf@1.0/zh#5.4", "旧版只讲日志"))
    given = answer("先备份，再留好日志。", cite=cite)
    assert measure("wrong_edition").score(ZH, given).reason == "outside 2.0: 1.0#5.4"
    assert value("wrong_edition", ZH, given) == 1.0
    assert measure("accuracy").score(ZH, given).reason == "cites another edition: 1.0#5.4"
    assert value("citation_precision", ZH, given) == 0.5
    both = replace(ZH, versions=("1.0", "2.0"))
    assert (value("wrong_edition", both, given), value("accuracy", both, given)) == (0.0, 1.0)
    assert value("wrong_edition", replace(ZH, versions=()), given) is None


def test_citations_of_both_languages_are_one_clause(answer: Make) -> None:
    cite = (("aisgf@2.0/zh#5.4", "备份"), ("aisgf@2.0/en#5.4", "backup"), ("aisgf@2.0/en#notice.1", "new edition"))
    given = answer("…", cite=cite)
    assert measure("citation_precision").score(ZH, given).reason == "2 of 2 cited clauses are gold"
    assert value("citation_recall", ZH, given) == 1.0


def test_nothing_cited_scores_nothing(answer: Make) -> None:
    given = answer("先备份，再留好日志。")
    assert value("citation_recall", ZH, given) == value("citation_precision", ZH, given) == 0.0
    assert value("wrong_edition", ZH, given) is None
    assert measure("citation_recall").score(ZH, given).reason == "0 of 1 gold clauses cited; missed: 2.0#5.4"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"quote": "先备分"}, "aisgf@2.0/zh#5.4: the quote is not the text [10, 13)"),
        ({"start": 9}, "the quote is not the text [9, 13)"),
        ({"start": -17, "end": -14}, "the quote is not the text [-17, -14)"),
        ({"end": 999}, "the quote is not the text [10, 999)"),
        ({"document_sha256": "0" * 64}, "the document's digest is "),
        ({"clause": "aisgf@9.9/zh#5.4"}, "aisgf@9.9/zh#5.4: no such document"),
    ],
)
def test_an_altered_quote_loses_validity(
    change: dict[str, Any], fault: str, right: dict[str, Any], text_of: TextOf
) -> None:
    given = right["zh"]
    given["citations"][0] |= change
    score = measure("citation_validity", text_of).score(ZH, given)
    assert score.value == 0.0
    assert fault in score.reason


def test_the_evidence_of_a_refusal_is_verified_too(refusal: Make, citation: Make, text_of: TextOf) -> None:
    given = refusal("false_premise")
    given["declined"]["evidence"] = [citation("aisgf@2.0/en#notice.1", "new edition")]
    assert value("citation_validity", NO, given, text_of) == 1.0
    given["declined"]["evidence"][0]["quote"] = "old edition"
    assert value("citation_validity", NO, given, text_of) == 0.0


def test_a_refusal_missing_loses_refusal_recall_reason_and_accuracy(answer: Make) -> None:
    given = answer("明天晴。")
    assert [value(name, NO, given) for name in ("refusal_recall", "refusal_reason", "accuracy")] == [0.0, 0.0, 0.0]
    assert measure("refusal_reason").score(NO, given).reason == "not declined, should be off_topic"


def test_a_refusal_for_another_reason_loses_the_reason_alone(refusal: Make) -> None:
    given = refusal("no_text")
    assert [value(name, NO, given) for name in ("refusal_recall", "refusal_reason", "accuracy")] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("case", [ZH, EN], ids=["zh", "en"])
def test_a_false_refusal_loses_and_its_message_holds_no_nugget(case: Case, refusal: Make) -> None:
    given = refusal("not_in_framework", "没有讲备份和日志。Nothing on backup or logs.")
    assert value("false_refusal", case, given) == 1.0
    names = ("accuracy", "nugget_recall", "citation_recall", "citation_precision", "R@5", "RR")
    assert [value(name, case, given) for name in names] == [0.0] * 6


def test_a_refusal_that_must_correct_a_premise_is_read_for_it(refusal: Make) -> None:
    case = replace(NO, refusal="false_premise", nuggets=(Nugget(True, ("五级", "five levels")),))
    assert value("accuracy", case, refusal("false_premise", "其实分五级。")) == 1.0
    assert value("accuracy", case, refusal("false_premise", "It has five levels.")) == 1.0
    assert value("accuracy", case, refusal("false_premise", "没有。")) == 0.0


@pytest.mark.parametrize("case", [ZH, NO], ids=["answerable", "unanswerable"])
def test_a_failed_answer_is_neither_right_nor_a_refusal(case: Case) -> None:
    given = {"error": "edition 9.9 is not in the catalogue", "way_out": "known: 1.0"}
    values = {name: value(name, case, given) for name in NAMES}
    assert values["accuracy"] == 0.0
    assert values["false_refusal" if case.answerable else "refusal_recall"] == 0.0
    assert measure("accuracy").score(case, given).reason == "failed: edition 9.9 is not in the catalogue"


def test_an_answerable_case_without_vital_nuggets_cannot_be_called_right(answer: Make) -> None:
    assert value("accuracy", replace(ZH, nuggets=()), answer("先备份。")) is None


def test_padding_shows_in_the_length_ratio(answer: Make, refusal: Make) -> None:
    case = replace(ZH, gold_quotes=("先备份", "留日志"))
    cite = (("aisgf@2.0/zh#5.4", "先备份"),)
    assert value("length_ratio", case, answer("先备份留日志[1]", cite=cite)) == 1.0
    assert value("length_ratio", case, answer("先备份留日志" * 3)) == 3.0
    assert value("length_ratio", case, refusal()) is None
    assert value("length_ratio", replace(ZH, gold_quotes=()), answer("先备份")) is None


@pytest.mark.parametrize(
    ("lang", "text", "share"),
    [
        ("zh", "新增：2.0版 §5.4 备份。", 0.5),
        ("zh", "新增：2.0版 §5.4、2.0版 §6.1(b)。", 1.0),
        ("en", "Added: 2.0 §5.4.1 Backups; 2.0 §6.1(b) Logs.", 1.0),
        ("en", "Added: 1.0 §5.4.", 0.0),
    ],
)
def test_a_change_that_is_not_told_loses_completeness(lang: str, text: str, share: float, answer: Make) -> None:
    case = replace(CASES[lang], type="diff", clauses=("2.0#5.4", "2.0#6.1(b)"))
    assert value("diff_completeness", case, answer(text)) == share
    assert value("diff_completeness", CASES[lang], answer(text)) is None


def test_a_change_that_is_cited_is_told(answer: Make, refusal: Make) -> None:
    case = replace(ZH, type="diff")
    assert value("diff_completeness", case, answer("变了。", cite=(("aisgf@2.0/zh#5.4", "备份"),))) == 1.0
    assert value("diff_completeness", case, refusal()) == 0.0


def test_ranks_are_of_clauses_not_of_passages(answer: Make) -> None:
    case = replace(ZH, clauses=("2.0#3.1", "2.0#3.1.2"))
    hits = ("en#5", "zh#5", "zh#3.1.2", "en#3.1.2", "zh#3.1.4", "zh#3.1.5")
    given = answer("…", hits=tuple(f"aisgf@2.0/{one}" for one in hits))
    places = ["~aisgf@2.0#5", "2.0#3.1.2", "2.0#3.1", "~aisgf@2.0#3.1.5"]
    assert ranking(case, given) == places
    assert value("RR", case, given) == 0.5
    assert value("R@5", case, given) == 1.0
    assert value("R@1", case, given) == 0.0
    assert value("R@2", case, given) == 0.5
    assert value("nDCG@10", case, given) == pytest.approx((1 / 1.58496 + 1 / 2) / (1 + 1 / 1.58496), abs=1e-4)


def test_hits_are_taken_by_rank_and_many_keep_their_order(answer: Make) -> None:
    given = answer("…", hits=tuple(f"aisgf@2.0/zh#6.{at}" for at in range(1, 40)))
    given["hits"].append({"clause": "aisgf@2.0/en#5.4", "rank": 6.5})
    given["hits"].reverse()
    assert (value("R@5", ZH, given), value("R@10", ZH, given)) == (0.0, 1.0)


def test_no_hits_score_nothing_and_no_gold_is_unscored(answer: Make) -> None:
    assert value("RR", ZH, answer("…")) == 0.0
    assert value("RR", replace(ZH, clauses=()), answer("…")) is None
    assert measure("R@5").score(NO, answer("…")).reason == "the case is unanswerable"


def test_names_parse_back_and_are_the_measure() -> None:
    assert [str(measure(name)) for name in NAMES] == list(NAMES)
    assert measure("R@20").name == "R@20"
    assert len({measure("RR"), measure("RR"), measure("R@5")}) == 2
    assert measure("false_refusal").label("zh") == "↓ 误拒"
    for name in ("准确率", "R@0", "R@", "MAP"):
        with pytest.raises(UnusableInput, match=re.escape(f"{name!r} is not a measure; known: accuracy, ")):
            measure(name)
