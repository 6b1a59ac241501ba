"""Reading cases: what is kept, and what each malformed line is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errors import MalformedLine, UnreadableFile
from eval.cases import Case, Nugget, read_cases

GOOD = {
    "id": "q001-en",
    "pair": "q001",
    "lang": "en",
    "type": "lookup",
    "question": "What about open models?",
    "versions": ["2.0"],
    "clauses": ["2.0#3.1.1（ｆ）"],
    "alt_clauses": ["aisgf@2.0/zh#5.4", "gaigi@2023#p1"],
    "nuggets": [{"vital": True, "any": ["open-source", "开源"]}],
    "answerable": True,
    "scope": None,
    "refusal": None,
    "author": "me",
}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "cases.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_a_line_becomes_a_case_with_short_ids_and_its_unknown_keys(tmp_path: Path) -> None:
    assert read_cases(written(tmp_path, GOOD)) == [
        Case(
            id="q001-en",
            question="What about open models?",
            lang="en",
            pair="q001",
            type="lookup",
            versions=("2.0",),
            clauses=("2.0#3.1.1(f)",),
            alt_clauses=("2.0#5.4", "gaigi@2023#p1"),
            nuggets=(Nugget(True, ("open-source", "开源")),),
            extra={"author": "me"},
        )
    ]


def test_the_least_a_line_needs(tmp_path: Path) -> None:
    (case,) = read_cases(written(tmp_path, {"id": "一", "lang": "zh", "question": "谁负责？"}))
    assert (case.pair, case.answerable, case.scope, case.clauses) == ("一", True, None, ())


def test_scope_and_refusal(tmp_path: Path) -> None:
    line = GOOD | {"answerable": False, "refusal": "no_text", "scope": {"edition": "3.0", "lang": None}}
    (case,) = read_cases(written(tmp_path, line))
    assert (case.refusal, case.scope) == ("no_text", {"edition": "3.0"})


def test_a_byte_order_mark_carriage_returns_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    line = '{"id": "%s", "lang": "zh", "question": "问\u2028题"}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + (line % "a" + "\r\n" + line % "b").encode())
    assert [case.id for case in read_cases(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "cases.jsonl:2: '{' is not JSON"),
        ("[1]", "cases.jsonl:2: '[1]' is not an object; write one JSON object a line"),
        ({**GOOD, "id": 7}, 'cases.jsonl:2: "id" is 7; "id" is a text that is not empty'),
        ({"id": "x", "lang": "en"}, 'cases.jsonl:2: "question" is missing; "question" is a text that is not empty'),
        ({**GOOD, "question": "　"}, "cases.jsonl:2: \"question\" is '\\u3000'"),
        ({**GOOD, "lang": "fr"}, 'cases.jsonl:2: "lang" is \'fr\'; "lang" is one of zh, en'),
        ({**GOOD, "answerable": "yes"}, 'cases.jsonl:2: "answerable" is \'yes\'; "answerable" is true or false'),
        ({**GOOD, "versions": [2.0]}, 'cases.jsonl:2: "versions" is [2.0]; "versions" is a list of texts'),
        ({**GOOD, "versions": "2.0"}, "cases.jsonl:2: \"versions\" is '2.0'"),
        ({**GOOD, "clauses": ["3.1.1"]}, "cases.jsonl:2: \"clauses\": '3.1.1' is not a clause id; write it like"),
        ({**GOOD, "nuggets": {}}, 'cases.jsonl:2: "nuggets" is {}'),
        ({**GOOD, "nuggets": [{"vital": True}]}, "cases.jsonl:2: the nugget {'vital': True} is malformed"),
        (
            {**GOOD, "nuggets": [{"any": ["开源", "——"]}]},
            "cases.jsonl:2: the nugget wording '——' has nothing to look for",
        ),
        ({**GOOD, "scope": {"version": "2.0"}}, "cases.jsonl:2: \"scope\" is {'version': '2.0'}"),
        ({**GOOD, "scope": {"edition": 2.0}}, "cases.jsonl:2: \"scope\" is {'edition': 2.0}"),
        (
            {**GOOD, "answerable": False, "refusal": "tired"},
            'cases.jsonl:2: "refusal" is \'tired\'; "refusal" is one of',
        ),
        ({**GOOD, "refusal": "no_text"}, 'cases.jsonl:2: "refusal" is \'no_text\', but "answerable" is true'),
        (
            {**GOOD, "gold_quotes": "先备份"},
            'cases.jsonl:2: "gold_quotes" is \'先备份\'; "gold_quotes" is a list of texts',
        ),
        ('{"id": "a", "lang": "zh", "question": "\\ud800"}', "cases.jsonl:2: '\\ud800' is half a character"),
        ({**GOOD, "id": "first"}, "cases.jsonl:2: the id 'first' stands on line 1 already; give each case its own id"),
    ],
)
def test_a_malformed_line_is_named_with_the_value_seen(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(MalformedLine) as caught:
        read_cases(written(tmp_path, {**GOOD, "id": "first"}, line))
    assert str(caught.value).startswith(message)
    assert caught.value.way_out
    assert caught.value.exit_code == 2


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    with pytest.raises(MalformedLine) as caught:
        read_cases(written(tmp_path, {**GOOD, "versions": "长" * 5000}))
    assert len(str(caught.value)) < 200


def test_bytes_that_are_not_utf8_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes("\n开源".encode("gbk"))
    with pytest.raises(MalformedLine, match=r"^cases\.jsonl:2: b'.* is not UTF-8; save it as UTF-8$"):
        read_cases(path)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(MalformedLine, match=r"^cases\.jsonl:1: the file holds no case; write one JSON object a line"):
        read_cases(written(tmp_path, content))


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=r"cannot be read: .*; name a JSONL file of question cases"):
        read_cases(tmp_path / name)
