"""Questions that compare editions without saying so, on a set that nothing was fitted on."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from app.answering.comparison import Comparison, comparison, features
from app.answering.kinds import comparison_features, is_diff_by_wording, kind_of
from corpus.records import LANGS, Lang
from corpus.text import squeeze
from eval.cases import read_cases
from index.calibrate import calibration_questions
from index.question import understand

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


HELD_OUT = rows((HERE / "held_out_comparisons.jsonl").read_text("utf-8"))
FITTED_ON = rows(files("corpus").joinpath("calibration/comparisons.jsonl").read_text("utf-8"))


def is_diff(question: str) -> bool:
    return kind_of(understand(question)) == "diff"


@pytest.mark.parametrize("lang", LANGS)
def test_most_comparisons_are_recognised_and_little_else(lang: Lang) -> None:
    told = {
        compares: [is_diff(row["question"]) for row in HELD_OUT if (row["lang"], row["compares"]) == (lang, compares)]
        for compares in (True, False)
    }
    assert len(told[True]) == len(told[False]) == 60
    assert sum(told[True]) >= 40
    assert sum(told[False]) <= 5


@pytest.mark.parametrize("lang", LANGS)
def test_ordinary_questions_are_not_taken_for_comparisons(lang: Lang) -> None:
    ordinary = [row["question"] for row in calibration_questions() if row["lang"] == lang]
    assert sum(map(is_diff, ordinary)) <= 0.01 * len(ordinary)


def test_nothing_held_out_was_fitted_on_and_no_question_is_in_an_evaluation_set() -> None:
    held, fitted = ({squeeze(row["question"]) for row in some} for some in (HELD_OUT, FITTED_ON))
    assert (len(held), len(fitted)) == (len(HELD_OUT), len(FITTED_ON))
    assert not held & fitted
    for file in sorted((ROOT / "eval" / "questions").glob("*.jsonl")):
        assert not {squeeze(case.question) for case in read_cases(file)} & (held | fitted)


@pytest.mark.parametrize("lang", LANGS)
def test_both_answers_are_among_what_was_fitted_on(lang: Lang) -> None:
    compares = [row["compares"] for row in FITTED_ON if row["lang"] == lang]
    assert sum(compares) >= 400
    assert len(compares) - sum(compares) >= 200


@pytest.mark.parametrize(
    ("question", "lang"), [("标识那条以前好像没有吧？", "zh"), ("Was labelling in there already, I wonder?", "en")]
)
def test_an_edition_named_is_no_word_of_the_question(question: str, lang: Lang) -> None:
    named = comparison_features(understand(f"2.0 {question}"))
    assert "#editions1" in named
    assert named - {"#editions1"} == comparison_features(understand(question)) - {"#editions0"}


@pytest.mark.parametrize("lang", LANGS)
def test_without_weights_the_bias_alone_decides(lang: Lang) -> None:
    assert (
        Comparison({}, 0.0, 0.5).probability(features("还在吗" if lang == "zh" else "still there?", lang, 0, [])) == 0.5
    )
    assert 0 < comparison(lang).probability([]) < comparison(lang).bar < 1


@pytest.mark.soak
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_fitting_again_decides_the_same(lang: Lang) -> None:
    pytest.importorskip("sklearn", reason="extra `models` is absent")
    from app.answering.learn import fit

    again = Comparison(**fit(lang)[0])
    mine = [understand(row["question"]) for row in HELD_OUT if row["lang"] == lang]
    decided = [
        [one.probability(comparison_features(query)) >= one.bar for query in mine] for one in (comparison(lang), again)
    ]
    assert sum(one != other for one, other in zip(*decided, strict=True)) <= 2
    assert any(one != is_diff_by_wording(query) for one, query in zip(decided[0], mine, strict=True))
