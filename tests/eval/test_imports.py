"""Imports: tables and TREC files become the cases they describe, and what is wrong is told with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import MalformedLine, TiaowenError, UnreadableFile, UnusableInput
from eval.cases import Case, Nugget, as_record, read_cases
from eval.imports import as_jsonl, from_csv, from_trec

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return written


TABLE = """\ufeffid,lang,question,pair,clauses,nuggets,answerable,refusal,note
l-zh,zh,"日志留多久，""多久""？",l,2.0#6.3.6 ; 2.0#A2.6,6个月|six months ; ~审计,,,甲
l-en,en,How long are logs kept?,l,2.0#6.3.6,,yes,,

n-en,en,The weather?,,,,no,off_topic,
"""


def test_a_table_becomes_cases(write: Write) -> None:
    first, second, third = from_csv(write("set.csv", TABLE))
    assert first == Case(
        "l-zh", '日志留多久，"多久"？', "zh", "l", clauses=("2.0#6.3.6", "2.0#A2.6"),
        nuggets=(Nugget(True, ("6个月", "six months")), Nugget(False, ("审计",))), extra={"note": "甲"},
    )  # fmt: skip
    assert (second.lang, second.clauses, second.answerable) == ("en", ("2.0#6.3.6",), True)
    assert (third.pair, third.answerable, third.refusal) == ("n-en", False, "off_topic")


def test_what_is_imported_reads_back_the_same(write: Write, tmp_path: Path) -> None:
    cases = from_csv(write("set.csv", TABLE))
    assert read_cases(write("set.jsonl", as_jsonl(cases))) == cases
    assert as_record(cases[0])["note"] == "甲"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,lang\na,zh\n", r"set\.csv:1: no column question"),
        ("id,lang,question\na,fr,Où?\n", r"set\.csv:2.*lang"),
        ("id,lang,question,clauses\na,en,?,not an id\n", r"set\.csv:2"),
        ("id,lang,question,answerable\na,en,?,perhaps\n", r"set\.csv:2.*perhaps"),
        ("id,lang,question,scope\na,en,?,2.0!\n", r"set\.csv:2.*scope"),
        ('id,lang,question\na,en,"open\n', r"set\.csv:"),
        ("id,lang,question\na,en,?\na,en,!\n", "'a' stands there twice"),
        ("id,lang,question\n", "holds no case"),
        ("", "no column"),
    ],
)
def test_a_faulty_table_says_where(write: Write, text: str, said: str) -> None:
    with pytest.raises(TiaowenError, match=said) as error:
        from_csv(write("set.csv", text))
    assert error.value.way_out


def test_trec_topics_and_judgements_become_cases(write: Write) -> None:
    topics = write("topics.tsv", "1\t日志留多久？\n2\tWhat of the weather?\n")
    qrels = write("qrels.txt", "1 0 2.0#6.3.6 2\n1 0 aisgf@2.0/en#A2.6 1\n1 0 2.0#1 0\n2 0 2.0#1 -1\n")
    first, second = from_trec(topics, qrels)
    assert (first.lang, first.clauses, first.answerable) == ("zh", ("2.0#6.3.6", "2.0#A2.6"), True)
    assert (second.lang, second.clauses, second.answerable) == ("en", (), False)


@pytest.mark.parametrize(
    ("topics", "qrels", "said"),
    [
        ("1 no tab\n", "1 0 2.0#1 1\n", r"topics\.tsv:1"),
        ("1\t问？\n", "1 0 2.0#1\n", r"qrels\.txt:1"),
        ("1\t问？\n", "1 0 2.0#1 much\n", r"qrels\.txt:1"),
        ("1\t问？\n", "1 0 gibberish 1\n", r"qrels\.txt:1"),
        ("1\t问？\n", "7 0 2.0#1 1\n", "'7'"),
    ],
)
def test_faulty_trec_files_say_where(write: Write, topics: str, qrels: str, said: str) -> None:
    with pytest.raises(TiaowenError, match=said):
        from_trec(write("topics.tsv", topics), write("qrels.txt", qrels))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.csv"):
        from_csv(tmp_path / "nowhere.csv")
    (tmp_path / "big5.csv").write_bytes("id,lang,question\na,zh,問".encode("big5"))
    with pytest.raises(UnreadableFile, match="UTF-8"):
        from_csv(tmp_path / "big5.csv")


def test_errors_are_of_the_kinds_that_the_command_line_knows() -> None:
    assert issubclass(MalformedLine, TiaowenError)
    assert issubclass(UnusableInput, TiaowenError)
