"""The editorial index: every clause has its words in both languages, and a user's own come after ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from official import EN_10, ZH_10, official_document
from overlap import shared_runs

from corpus.editorial import load_editorial
from corpus.errors import MalformedLine, UnusableInput
from corpus.records import LANGS, Lang
from eval.text import matched_form
from ingest.bundled import bundled_documents


@pytest.mark.parametrize("lang", LANGS)
def test_every_clause_has_three_to_fourteen_words(lang: Lang) -> None:
    entries = load_editorial()
    for document in bundled_documents():
        if document.part == "body" and document.lang == lang:
            for clause in document.clauses:
                if clause.kind not in ("row", "table"):
                    words = entries[document.edition, clause.path, lang].words
                    assert 3 <= len(words) <= 14, clause.id
                    assert len(set(words)) == len(words), clause.id
                    assert all(0 < len(word) <= 40 and word == word.strip() for word in words), clause.id


def test_no_entry_is_of_a_clause_that_is_not_there() -> None:
    paths = {(d.edition, c.path) for d in bundled_documents() for c in d.clauses}
    assert {(edition, path) for edition, path, _ in load_editorial()} <= paths


def test_a_users_own_words_come_after_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'edition = "aisgf@2.0"\n[[clause]]\npath = "6.3.6"\nzh = ["行车记录仪"]\nen = ["dashcam footage"]\n', "utf-8"
    )
    ours, both = load_editorial(), load_editorial(tmp_path)
    assert both["aisgf@2.0", "6.3.6", "zh"].words == (*ours["aisgf@2.0", "6.3.6", "zh"].words, "行车记录仪")
    assert both["aisgf@2.0", "6.3.6", "en"].words[-1] == "dashcam footage"
    assert load_editorial(tmp_path / "nowhere") == ours


@pytest.mark.parametrize("lang", LANGS)
def test_every_clause_has_questions_that_readers_ask(lang: Lang) -> None:
    entries, seen = load_editorial(), set[tuple[str, str]]()
    for document in bundled_documents():
        if document.lang == lang:
            for clause in document.clauses:
                questions = entries[document.edition, clause.path, lang].questions
                assert 3 <= len(questions) <= 30, clause.id
                assert all(3 <= len(question) <= 300 and question == question.strip() for question in questions), (
                    clause.id
                )
                mine = {(document.edition, question) for question in questions}
                assert len(mine) == len(questions) and not seen & mine, clause.id
                seen |= mine


@pytest.mark.parametrize("lang", LANGS)
def test_no_question_is_one_of_those_that_measure(lang: Lang) -> None:
    root = Path(__file__).parents[2]
    ours = {matched_form(q) for key, entry in load_editorial().items() if key[2] == lang for q in entry.questions}
    for name in (
        "eval/questions/report",
        "eval/questions/tuning",
        "eval/questions/brief",
        "corpus/calibration/questions",
    ):
        rows = [json.loads(line) for line in (root / f"{name}.jsonl").read_text("utf-8").splitlines()]
        assert len(rows) > 20
        assert not ours & {matched_form(row["question"]) for row in rows}, name


def test_a_users_own_questions_come_after_ours(tmp_path: Path) -> None:
    line = (
        '{"clause": "2.0#6.3.6", "zh": ["行车记录仪的录像要存几天？"], "en": ["How long do I keep the dashcam film?"]}'
    )
    (tmp_path / "mine.jsonl").write_text(f"{line}\n\n", "utf-8")
    both = load_editorial(tmp_path)
    assert both["aisgf@2.0", "6.3.6", "zh"].questions[-1] == "行车记录仪的录像要存几天？"
    assert both["aisgf@2.0", "6.3.6", "en"].questions[-1] == "How long do I keep the dashcam film?"


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"zh": ["问"]}', '{"clause": "五", "zh": ["问"]}', '{"clause": "2.0#5.4", "en": "why"}', '{"clause": 5}']
)  # fmt: skip
def test_a_malformed_line_of_questions_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "bad.jsonl").write_text(f'{{"clause": "2.0#5.4", "zh": ["问"]}}\n{line}\n', "utf-8")
    with pytest.raises(MalformedLine, match=r"bad\.jsonl:2: no questions of a clause .*; a line is ") as told:
        load_editorial(tmp_path)
    assert "\n" not in str(told.value)


@pytest.mark.official
@pytest.mark.parametrize("lang", LANGS)
def test_questions_share_no_long_run_with_the_official_text(lang: Lang) -> None:
    official = official_document({"zh": ZH_10, "en": EN_10}[lang]).text
    ours = "\n".join(q for key, entry in load_editorial().items() if key[2] == lang for q in entry.questions)
    terms = (Path(__file__).parents[1] / "shared_terms.txt").read_text("utf-8").splitlines()
    headings = [
        " ".join(c.heading.split()) for d in bundled_documents() if d.lang == lang for c in d.clauses if c.heading
    ]
    assert list(shared_runs(ours, official, lang, [*terms, *headings])) == []


@pytest.mark.parametrize(
    "text", ["edition = ", 'edition = "x"', 'edition = "x"\n[[clause]]\nzh = ["一"]', 'edition = "x"\n[[clause]]\npath = "1"\nen = "word"']
)  # fmt: skip
def test_a_malformed_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=r"bad\.toml' cannot be read \(.*; give it edition = ") as told:
        load_editorial(tmp_path)
    assert "\n" not in str(told.value)
