"""The committed question sets: whole, in pairs, disjoint, and the ones whose digests were written down."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from corpus.ids import parse_id
from corpus.records import part_of
from corpus.text import squeeze
from eval.cases import read_cases
from ingest.bundled import bundled_documents

FOLDER = Path(__file__).parents[2] / "eval" / "questions"
SETS = ("brief", "tuning", "development", "report")


def test_the_sets_are_those_whose_digests_stand_beside_them() -> None:
    listed = dict(reversed(row.split()) for row in (FOLDER / "SHA256SUMS").read_text("utf-8").splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.jsonl")}
    assert listed == found
    assert set(found) == {f"{name}.jsonl" for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_every_pair_is_whole_and_says_the_same_in_both_languages(name: str) -> None:
    cases = read_cases(FOLDER / f"{name}.jsonl")
    by_pair: dict[str, list[str]] = {}
    for case in cases:
        by_pair.setdefault(case.pair, []).append(case.lang)
    assert all(sorted(langs) == ["en", "zh"] for langs in by_pair.values())
    gold = {(c.pair, c.clauses, c.nuggets, c.answerable, c.refusal, c.versions) for c in cases}
    assert len(gold) == len(by_pair)


@pytest.mark.parametrize("name", SETS)
def test_gold_clauses_are_there_and_refusals_have_none(name: str) -> None:
    paths = {(d.edition, c.path) for d in bundled_documents() for c in d.clauses}
    for case in read_cases(FOLDER / f"{name}.jsonl"):
        for written in (*case.clauses, *case.alt_clauses):
            wanted = parse_id(written)
            assert (wanted.edition, wanted.path) in paths, (case.id, written, part_of(wanted.path))
        assert case.answerable or not (case.nuggets or case.clauses), case.id
        assert case.answerable == (case.refusal is None), case.id


def test_no_question_stands_in_two_sets() -> None:
    asked = Counter(squeeze(case.question) for name in SETS for case in read_cases(FOLDER / f"{name}.jsonl"))
    assert [question for question, times in asked.items() if times > 1] == []


def test_the_sets_are_as_large_as_a_report_needs() -> None:
    report, tuning = (read_cases(FOLDER / f"{name}.jsonl") for name in ("report", "tuning"))
    assert len(report) >= 2 * 160 and len(tuning) >= 2 * 80
    assert sum(not case.answerable for case in report) >= 2 * 60
    assert sum(case.type == "diff" and case.answerable for case in report) >= 2 * 20
    assert sum("trap" in case.extra for case in report) >= 2 * 10
