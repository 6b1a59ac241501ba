"""Exports: Markdown that no text can break out of, XML that a parser takes, both languages."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from corpus.records import Lang
from eval.cases import Case
from eval.exports import junit, markdown
from eval.measures.score import Score

ONE = {"value": 0.5, "lo": 0.1, "hi": 0.9, "n": 4}
SUMMARY = {
    "n": 4,
    "measures": {"accuracy": ONE},
    "by": {"lang": {"z|h\n<b>": {"accuracy": ONE}}},
    "beaten_by": {"accuracy": ("echo",)},
}
CASES = [
    Case("q1", "甲“<b>”&？", "zh", type="lookup"),
    Case("q2", "bad \x00\x1b char", "en", type="list"),
    Case("q3", "unjudged", "en"),
]
SCORES = [Score(1.0, "right"), Score(0.0, "missed: <甲>\x07"), Score(None, "no nuggets")]


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["评测", "指标", "语言"]), ("en", ["Evaluation", "Measure", "language"])]
)
def test_markdown_holds_every_average(lang: Lang, words: list[str]) -> None:
    text = markdown(SUMMARY, lang)
    assert all(word in text for word in words)
    assert "| accuracy |" in text.replace("\\", "")
    assert "0.500" in text
    assert "echo" in text


def test_markdown_keeps_what_comes_from_outside_in_its_cell() -> None:
    row = next(line for line in markdown(SUMMARY).splitlines() if "z\\|h" in line)
    assert row.replace("\\|", "").count("|") == 5
    assert "&lt;b&gt;" in row


def test_junit_counts_and_says_why() -> None:
    suite = ElementTree.fromstring(junit(CASES, SCORES, "tuning.jsonl"))
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
    }
    tests = list(suite)
    assert tests[0].get("name") == "q1 甲“<b>”&？"
    assert list(tests[0]) == []
    failure, skipped = tests[1].find("failure"), tests[2].find("skipped")
    assert failure is not None and failure.get("message") == "missed: <甲>\ufffd"
    assert skipped is not None and skipped.get("message") == "no nuggets"
    assert tests[1].get("classname") == "list"
