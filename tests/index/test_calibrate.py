"""Calibrating the refusal: reproducible, per language, and on questions that no evaluation set holds."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from built import built_retriever

from corpus.records import LANGS, Lang
from corpus.text import squeeze
from eval.cases import read_cases
from index.calibrate import Calibration, Judgement, Signals, calibrate, calibration_questions, variant

ROOT = Path(__file__).parents[2]
MIDDLE = Signals(**{field.name: 0.5 for field in fields(Signals)})
PLAIN = replace(MIDDLE, alike=None)
each_variant = pytest.mark.parametrize("middle", [MIDDLE, PLAIN], ids=["asked", "plain"])


def fitted() -> Calibration:
    return Calibration.of(built_retriever().manifest["calibration"])


@pytest.mark.soak
def test_fitting_again_gives_the_same() -> None:
    assert calibrate(built_retriever()) == built_retriever().manifest["calibration"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("asked", "off_topic", "silent"), [(True, 0.75, 0.3), (False, 0.6, 0.2)])
def test_few_answerable_questions_are_refused_and_most_others_are(
    lang: Lang, asked: bool, off_topic: float, silent: float
) -> None:
    report = built_retriever().manifest["calibration"]["fitted_on"][variant(lang, asked)]
    assert report["n"] >= 400
    assert report["false_refusal"] <= 0.05
    assert report["refusal_recall_off_topic"] >= off_topic
    assert report["refusal_recall_not_in_framework"] >= silent


def test_readers_questions_are_a_signal_only_where_they_were_written() -> None:
    retriever = built_retriever()
    for question in ("数据标注不规范有什么风险？", "What are the risks of poor data annotation?"):
        assert retriever.search(question, editions=("aisgf@2.0",)).signals.alike is not None
        assert retriever.search(question, editions=("gaigi@2023",), works=("gaigi",)).signals.alike is None


@each_variant
@pytest.mark.parametrize("lang", LANGS)
def test_confidence_is_a_probability_that_grows_with_the_evidence(lang: Lang, middle: Signals) -> None:
    high_alike = None if middle.alike is None else 1.0
    nothing = replace(middle, dense=0.0, known=0.0, covered=0.0, outside=0.0)
    everything = replace(middle, dense=1.0, known=1.0, covered=1.0, outside=0.0, alike=high_alike)
    low, high = (fitted().judge(signals, lang) for signals in (nothing, everything))
    assert 0 <= low.confidence < high.confidence <= 1
    assert (low.answerable, low.off_topic) == (False, True)
    assert (high.answerable, high.off_topic) == (True, False)
    outside = fitted().judge(replace(everything, outside=1.0), lang)
    assert outside.confidence < high.confidence


@pytest.mark.parametrize("lang", LANGS)
def test_a_question_is_answerable_if_it_passes_both_tests(lang: Lang) -> None:
    for field in (True, False):
        for answer in (True, False):
            judged = Judgement({"field": 0.5, "answer": 0.5}, {"field": field, "answer": answer})
            assert judged.answerable is (field and answer)
            assert judged.off_topic is not field
            assert judged.confidence == 0.25


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_calibration_everything_counts_as_answerable(lang: Lang) -> None:
    judged = Calibration.of(None).judge(MIDDLE, lang)
    assert (judged.answerable, judged.off_topic, judged.confidence) == (True, False, 1.0)


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_calibration_for_readers_questions_the_plain_one_judges(lang: Lang) -> None:
    whole = fitted()
    key = variant(lang, False)
    plain = Calibration({key: whole.weights[key]}, {key: whole.thresholds[key]})
    assert plain.judge(MIDDLE, lang) == whole.judge(PLAIN, lang) != whole.judge(MIDDLE, lang)


def test_the_questions_are_in_both_languages_and_say_why_they_have_no_answer() -> None:
    rows = calibration_questions()
    assert {row["lang"] for row in rows} == set(LANGS)
    for lang in LANGS:
        mine = [row for row in rows if row["lang"] == lang]
        assert sum(row["answerable"] for row in mine) >= 50 <= sum(not row["answerable"] for row in mine)
    assert {row["reason"] for row in rows if not row["answerable"]} == {"off_topic", "not_in_framework"}
    assert len({squeeze(row["question"]) for row in rows}) == len(rows)


def test_no_question_is_in_an_evaluation_set() -> None:
    files = sorted((ROOT / "eval" / "questions").glob("*.jsonl"))
    assert files
    evaluated = {squeeze(case.question) for file in files for case in read_cases(file)}
    assert not evaluated & {squeeze(row["question"]) for row in calibration_questions()}
