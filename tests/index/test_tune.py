"""The second stage of training: what is learned from, what is not, and that a step in it draws question and text together."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from built import built_home

from corpus.errors import UnusableInput
from index.build import build
from index.encoder import StaticEncoder
from index.tune import Lesson, Replay, TuningSettings, batches, digests, drawn, forms, lessons, tune
from ingest.bundled import bundled_documents


def test_digests_are_read_from_a_home_of_ours() -> None:
    assert {document.id for document in digests(built_home().index)} == {one.id for one in bundled_documents()}


@pytest.mark.parametrize("status", ["official", pytest.param("supplied", marks=pytest.mark.soak)])
def test_no_other_text_is_learned_from(status: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"there is no index .*; run: tiaowen --home DIR build$"):
        digests(tmp_path)
    first, *rest = bundled_documents()[:2]
    build([replace(first, status=status), *rest], tmp_path)  # type: ignore[arg-type]
    with pytest.raises(UnusableInput, match=rf"^{first.id} is no digest of ours; give a new home"):
        digests(tmp_path)


def test_a_lesson_holds_questions_words_and_texts_of_both_languages() -> None:
    found = lessons(bundled_documents(), StaticEncoder().tokenizer)
    assert {lesson.edition for lesson in found} == {"aisgf@1.0", "aisgf@2.0", "aisgf@3.0"}
    assert len(found) > 400
    for lesson in found:
        assert len(lesson.questions) >= 6 and lesson.words and len(lesson.texts) in (1, 2)
        assert all(with_path and bare for with_path, bare in lesson.texts)


REPLAY = Replay([[1], [2]], [[3], [4]], [((5,), (6,)), ((7,), (8,)), ((5,), (8,)), ((6,), (7,))])


def test_the_forms_of_a_concept_are_in_both_languages() -> None:
    encoder = StaticEncoder()
    found = forms(encoder.tokenizer)
    assert len(found) > 300 and all(len(one) > 1 for one in found)
    agent = tuple(encoder.tokenizer.encode(form, add_special_tokens=False).ids for form in ("智能体", "agent"))
    assert any(all(form in one for form in agent) for one in found)


def taught(edition: str, *tokens: int) -> list[Lesson]:
    return [Lesson(edition, ((one,), (one + 1,)), ((one,),), (((one + 2,), (one + 2,)),)) for one in tokens]  # type: ignore[arg-type]


def test_a_batch_holds_clauses_of_one_edition_each_once_and_all_are_asked_as_often_as_they_have_questions() -> None:
    mine = [*taught("a@1", *range(10, 50, 10)), *taught("b@1", *range(50, 80, 10)), *taught("c@1", 90)]
    plan = list(batches(mine, TuningSettings(clauses=4), random.Random(1)))
    assert all(len({lesson.edition for lesson in batch}) == 1 for batch in plan)
    assert all(len({lesson.questions for lesson in batch}) == len(batch) > 1 for batch in plan)
    assert sorted(batch[0].edition for batch in plan) == ["a@1", "a@1", "b@1", "b@1"]


def test_what_is_drawn_belongs_together() -> None:
    batch = taught("a@1", 10, 20, 30)
    sides = drawn(batch, REPLAY, TuningSettings(pairs=5), random.Random(1))
    for lesson, question, another, text, word in zip(
        batch, sides["question"], sides["another"], sides["text"], sides["word"], strict=True
    ):
        assert question in lesson.questions and another in lesson.questions
        assert text == lesson.texts[0][0] and word == lesson.words[0]
    assert [zh[0] + 2 for zh in sides["zh"]] == [en[0] for en in sides["en"]]
    assert len(sides["zh"]) == 5
    assert {tuple(sorted((*one, *other))) for one, other in zip(sides["form"], sides["other form"], strict=True)} == {
        (5, 6),
        (7, 8),
        (5, 8),
        (6, 7),
    }


def test_tuning_brings_questions_to_their_texts() -> None:
    pytest.importorskip("torch", reason="torch (extra `models`) is absent")
    table = np.random.default_rng(1).normal(size=(120, 16)).astype(np.float32)
    mine = taught("a@1", *range(10, 110, 10))
    settings = TuningSettings(epochs=30, clauses=10, pairs=2, rate=0.05, share=1.0)
    tuned = tune(table, mine, REPLAY, settings)
    again = tune(table, mine, REPLAY, settings)
    halfway = tune(table, mine, REPLAY, replace(settings, share=0.5))

    def nearest(of: np.ndarray) -> float:
        unit = of / np.linalg.norm(of, axis=1, keepdims=True)
        scores = unit[[lesson.questions[0][0] for lesson in mine]] @ unit[[lesson.texts[0][0][0] for lesson in mine]].T
        return float((scores.argmax(axis=1) == np.arange(10)).mean())

    assert nearest(table) < 0.5
    assert nearest(tuned) > 0.9
    assert np.array_equal(tuned[0], table[0]), "the unknown token learns nothing"
    np.testing.assert_allclose(tuned, again, atol=1e-4)
    np.testing.assert_allclose(halfway, (table + tuned) / 2, atol=1e-4)


@pytest.mark.parametrize(
    ("question", "clause", "other"),
    [
        ("给图片打标签的人乱标怎么办", "训练数据标注不规范", "国际交流合作"),
        (
            "what if the people who tag pictures do it badly",
            "improper annotation of training data",
            "international exchange",
        ),
    ],
)
def test_the_bundled_encoder_knows_how_readers_ask(question: str, clause: str, other: str) -> None:
    asked, right, wrong = StaticEncoder().encode([question, clause, other])
    assert asked @ right > asked @ wrong + 0.2
