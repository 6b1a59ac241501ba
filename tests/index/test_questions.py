"""Readers' questions as vectors: the nearest question of each clause, in the clauses allowed, kept whole on disk."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.records import Lang
from index.encoder import open_encoder
from index.questions import QuestionIndex

ASKED = [["日志要留多久？", "How long do we keep records?"], [], ["谁来培训专家？", "Who trains the experts?"]]


def index() -> QuestionIndex:
    vectors = open_encoder(None).encode([question for mine in ASKED for question in mine], kind="query")
    return QuestionIndex.build(ASKED, vectors)


@pytest.mark.parametrize(
    ("question", "clause"),
    [("记录保存多长时间", 0), ("how long are records kept", 0), ("专家的培训", 2), ("training of experts", 2)],
)
def test_a_clause_is_as_near_as_the_nearest_of_its_questions(question: str, clause: int) -> None:
    vector = open_encoder(None).encode([question], kind="query")[0]
    found = index().nearest(vector, 5, np.ones(3, dtype=bool))
    assert [row for row, _ in found] == [clause, 2 - clause]
    assert found[0][1] > found[1][1]
    cosines = open_encoder(None).encode(ASKED[clause]) @ vector
    assert found[0][1] == pytest.approx(cosines.max(), abs=1e-3)
    assert index().said(clause, vector) == ASKED[clause][int(cosines.argmax())]
    assert index().said(1, vector) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_only_allowed_clauses_are_found_and_as_many_as_wanted(lang: Lang) -> None:
    vector = open_encoder(None).encode([ASKED[0][lang == "en"]], kind="query")[0]
    assert [row for row, _ in index().nearest(vector, 5, np.array([False, True, True]))] == [2]
    assert [row for row, _ in index().nearest(vector, 1, np.ones(3, dtype=bool))] == [0]
    assert index().nearest(vector, 0, np.ones(3, dtype=bool)) == []


@pytest.mark.parametrize("question", ["专家", "records"])
def test_what_is_dumped_is_loaded_again(question: str) -> None:
    vector = open_encoder(None).encode([question], kind="query")[0]
    again = QuestionIndex.load(index().dump())
    assert len(again) == 4
    assert again.nearest(vector, 3, np.ones(3, dtype=bool)) == index().nearest(vector, 3, np.ones(3, dtype=bool))
    assert again.dump() == index().dump()


def test_without_questions_nothing_is_found() -> None:
    none = QuestionIndex.build([[], []], np.zeros((0, 256), np.float32))
    for one in (none, QuestionIndex.load(none.dump())):
        assert (len(one), one.nearest(np.ones(256, np.float32), 5, np.ones(2, dtype=bool))) == (0, [])
        assert one.said(0, np.ones(256, np.float32)) is None
