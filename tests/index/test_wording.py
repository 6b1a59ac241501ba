"""Whether a question is worded like those that such texts answer, and the questions that it was fitted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.editorial import load_editorial
from corpus.records import LANGS, Lang
from corpus.text import squeeze
from eval.cases import read_cases
from index.calibrate import REASONS, calibration_questions, near_misses
from index.ngrams import Regression, ngrams
from index.wording import held_out, meaning_held_out, meaning_score, worded, wording, wording_score

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("lang", "answered", "silent"),
    [
        ("zh", "框架怎么规定数据标注？", "违反框架要罚多少万元？"),
        ("zh", "提供服务时要告诉用户什么？", "备案材料寄到哪个地址、交多少费用？"),
        ("en", "What does the framework say about data annotation?", "How high is the fine in euros?"),
        ("en", "What should users be told about a service?", "Which office takes the form, and what does it cost?"),
    ],
)
def test_what_is_answered_scores_above_what_is_not(lang: Lang, answered: str, silent: str) -> None:
    assert wording_score(answered, lang) > 0 > wording_score(silent, lang)


@pytest.mark.parametrize(
    ("lang", "question", "named"),
    [("zh", "日志要留存多久？", "2.0版日志要留存多久？"), ("en", "who grades risks?", "2.0: who grades risks?")],
)
def test_an_edition_named_changes_little(lang: Lang, question: str, named: str) -> None:
    assert worded(question, lang) <= worded(named, lang) | worded(question, lang)
    assert not any("2.0" in one for one in worded(named, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_the_calibration_knows_scores_that_were_not_fitted_on_its_questions(lang: Lang) -> None:
    rows = [row for row in (*calibration_questions(), *near_misses()) if row["lang"] == lang]
    fitted = [
        row for row in rows if row["answerable"] or row["reason"] in ("not_in_framework", "false_premise", "ambiguous")
    ]
    scores = held_out(lang)
    assert set(scores) == {row["id"] for row in fitted}
    answered = [scores[row["id"]] for row in fitted if row["answerable"]]
    silent = [scores[row["id"]] for row in fitted if not row["answerable"]]
    assert sum(answered) / len(answered) > 1 + sum(silent) / len(silent)
    own = [wording_score(row["question"], lang) - scores[row["id"]] for row in fitted if not row["answerable"]]
    assert sum(own) / len(own) < -0.5, "the model itself has seen them, and judges them lower"


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.soak)])
def test_fitting_again_gives_the_same(lang: Lang) -> None:
    pytest.importorskip("sklearn", reason="extra `models` is absent")
    from index.learn_wording import fit

    again, figures = fit(lang)
    assert figures["AUC"] > 0.8
    known = wording(lang)
    assert again["bias"] == pytest.approx(known.bias, abs=0.05)
    both = set(again["weights"]) & set(known.weights)
    assert len(both) > 0.95 * len(known.weights)


@pytest.mark.parametrize(("lang", "text"), [("zh", "还在吗"), ("en", "still there?")])
def test_without_weights_the_bias_alone_speaks(lang: Lang, text: str) -> None:
    assert Regression({}, 0.0).probability(ngrams(text, lang)) == 0.5
    assert Regression({}, -1.5).score(ngrams(text, lang)) == -1.5


def test_near_misses_are_known_by_id_and_about_clauses_that_exist() -> None:
    rows = near_misses()
    assert len({row["id"] for row in rows}) == len(rows) == len({squeeze(row["question"]) for row in rows})
    known = {f"{edition.partition('@')[2]}#{path}" for edition, path, _ in load_editorial()}
    for row in rows:
        assert set(row["clauses"]) | set(row.get("near", ())) <= known, row["id"]
        assert row["answerable"] == (row["reason"] is None) == bool(row["clauses"]), row["id"]
    for lang in LANGS:
        mine = [row for row in rows if row["lang"] == lang]
        assert sum(row["answerable"] for row in mine) >= 400
        assert sum(not row["answerable"] for row in mine) >= 1000


def test_no_near_miss_is_asked_elsewhere() -> None:
    mine = {squeeze(row["question"]) for row in near_misses()}
    assert not mine & {squeeze(row["question"]) for row in calibration_questions()}
    for file in sorted((ROOT / "eval" / "questions").glob("*.jsonl")):
        assert not mine & {squeeze(case.question) for case in read_cases(file)}


@pytest.mark.parametrize(
    ("answered", "silent"),
    [
        ("哪些风险与数据有关？", "数据标注公司收费多少钱？"),
        ("数据投毒是什么意思？", "数据投毒的真实案例有哪些公司？"),
        ("Which clauses deal with labels?", "How high is the fine for unlabelled content?"),
        ("Who grades the risks?", "How many people work at the agency that grades risks, and what are they paid?"),
    ],
)
def test_the_meaning_of_what_is_answered_leans_the_other_way(answered: str, silent: str) -> None:
    assert meaning_score(answered) > meaning_score(silent)


def test_meanings_of_the_calibration_are_of_folds_that_had_not_seen_them() -> None:
    rows = [row for row in (*calibration_questions(), *near_misses()) if row["reason"] in REASONS]
    scores = meaning_held_out()
    assert set(scores) == {row["id"] for row in rows}
    for lang in LANGS:
        answered = [scores[row["id"]] for row in rows if row["answerable"] and row["lang"] == lang]
        silent = [scores[row["id"]] for row in rows if not row["answerable"] and row["lang"] == lang]
        assert sum(answered) / len(answered) > 1 + sum(silent) / len(silent)
    own = [meaning_score(row["question"]) - scores[row["id"]] for row in rows if not row["answerable"]]
    assert sum(own) / len(own) < -0.1, "fitted on them, it judges them lower"
