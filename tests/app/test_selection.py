"""Which clauses are quoted: the probable ones, the best first, in both languages."""

from __future__ import annotations

import pytest
from built import built_retriever

from app.answering.selection import LEAST, MOST, features, probabilities, selected
from corpus.ids import neutral
from corpus.records import LANGS, Lang
from index.calibrate import calibration_questions
from index.found import Found


def found(question: str, edition: str = "2.0") -> Found:
    return built_retriever().search(question, k=8, editions=[f"aisgf@{edition}"], parts=["body", "notice"])


@pytest.mark.parametrize(
    ("lang", "question", "clause"),
    [("zh", "运行日志要留存多久？", "6.3.6"), ("en", "For how long are operation logs kept?", "6.3.6")],
)
def test_the_best_comes_first_and_the_improbable_not_at_all(lang: Lang, question: str, clause: str) -> None:
    hits = found(question).hits
    chosen = selected(hits, lang)
    assert neutral(chosen[0].passage.clause) == f"aisgf@2.0#{clause}"
    chances = dict(zip((hit.passage.clause for hit in hits), probabilities(hits, lang), strict=True))
    mine = [chances[hit.passage.clause] for hit in chosen]
    assert mine == sorted(mine, reverse=True)
    assert all(chance >= LEAST for chance in mine[1:])
    assert 1 <= len(chosen) <= MOST
    assert features(hits, lang).shape == (len(hits), 13)


@pytest.mark.parametrize("lang", LANGS)
def test_most_calibration_questions_have_their_answer_selected_and_little_else(lang: Lang) -> None:
    rows = [row for row in calibration_questions() if row["lang"] == lang and row["answerable"]][::3]
    hit, precision = [], []
    for row in rows:
        wanted = {f"aisgf@{clause}" for clause in row["clauses"]}
        edition = row["clauses"][0].partition("#")[0]
        chosen = {neutral(one.passage.clause) for one in selected(found(row["question"], edition).hits, lang)}
        hit.append(any(any(one.startswith(clause) for clause in wanted) for one in chosen))
        precision.append(sum(any(one.startswith(clause) for clause in wanted) for one in chosen) / len(chosen))
    assert sum(hit) / len(hit) >= 0.93
    assert sum(precision) / len(precision) >= 0.65


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_found_selects_nothing(lang: Lang) -> None:
    assert selected([], lang) == []
    assert features([], lang).shape == (0, 13)
