"""Question sets that others keep, as cases: a table (CSV), or TREC topics with their relevance judgements (qrels).

CSV     a head line with the keys of `eval.cases`; "id", "lang" and "question" at least. Several clauses, versions, gold quotes
        or nuggets in one cell are parted by ";", the wordings of a nugget by "|", and one that is not vital begins with "~":
        2.0#6.3.6 ; 2.0#A2.6        6个月|six months ; ~审计|audit
TREC    topics: id, tab, question; qrels: topic, 0, clause id, relevance, parted by blanks. Relevance over 0 is gold.

What is imported is checked as a file of cases is, so the first thing wrong is told with its line.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import MalformedLine, UnreadableFile, UnusableInput
from corpus.ids import parse_id, short
from corpus.text import language
from eval.cases import Case, as_record, read_case

_LISTS = ("versions", "clauses", "alt_clauses", "gold_quotes")
_FLAGS = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}
_NEEDED = ("id", "lang", "question")


def from_csv(path: Path) -> list[Case]:
    """The cases of a table; raises `MalformedLine` with the line of the file, `UnreadableFile` where it cannot be read."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    cases: list[Case] = []
    try:
        heads = [head.strip() for head in next(reader, [])]
        lacking = [key for key in _NEEDED if key not in heads]
        if lacking:
            raise MalformedLine(
                f"{path.name}:1: no column {', '.join(lacking)}", way_out="name the columns in the first line"
            )
        for row in reader:
            if any(cell.strip() for cell in row):
                cases.append(_from_row(dict(zip(heads, row, strict=False)), f"{path.name}:{reader.line_num}"))
    except csv.Error as error:
        raise MalformedLine(
            f"{path.name}:{reader.line_num}: {error}", way_out="save it as CSV, quotes doubled"
        ) from None
    return _distinct(cases, path.name)


def _from_row(row: Mapping[str, str], place: str) -> Case:
    record: dict[str, Any] = {}
    for key, cell in row.items():
        value = cell.strip()
        if not key or not value:
            continue
        record[key] = _value(key, value, place)
    return read_case(place, json.dumps(record, ensure_ascii=False))


def _value(key: str, value: str, place: str) -> Any:
    if key in _LISTS:
        return _parts(value)
    if key == "nuggets":
        return [{"vital": not one.startswith("~"), "any": _parts(one.lstrip("~"), "|")} for one in _parts(value)]
    if key == "answerable":
        if value.lower() not in _FLAGS:
            raise MalformedLine(f'{place}: "answerable" is {value!r}', way_out="write yes or no")
        return _FLAGS[value.lower()]
    if key == "scope":
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise MalformedLine(f'{place}: "scope" is {value!r}', way_out='write {"edition": "2.0"}') from None
    return value


def _parts(text: str, at: str = ";") -> list[str]:
    return [part.strip() for part in text.split(at) if part.strip()]


def from_trec(topics: Path, qrels: Path) -> list[Case]:
    """The topics as cases, their gold the clauses judged relevant; one without any counts as unanswerable."""
    gold: defaultdict[str, list[str]] = defaultdict(list)
    for number, line in _lines(qrels):
        gold_of, clause, relevant = _judgement(line, f"{qrels.name}:{number}")
        if relevant:
            gold[gold_of].append(clause)
    cases = []
    for number, line in _lines(topics):
        name, tab, question = line.partition("\t")
        place = f"{topics.name}:{number}"
        if not tab or not name.strip() or not question.strip():
            raise MalformedLine(f"{place}: {line!r} is no topic", way_out="write its id, a tab and the question")
        clauses = gold.pop(name.strip(), [])
        record = {
            "id": name.strip(),
            "lang": language(question),
            "question": question.strip(),
            "clauses": clauses,
            "answerable": bool(clauses),
        }
        cases.append(read_case(place, json.dumps(record, ensure_ascii=False)))
    if gold:
        raise UnusableInput(
            f"{qrels.name} judges {next(iter(gold))!r}, which {topics.name} does not ask",
            way_out="give the topics of these qrels",
        )
    return _distinct(cases, topics.name)


def _judgement(line: str, place: str) -> tuple[str, str, bool]:
    fields = line.split()
    if len(fields) != 4 or not fields[3].lstrip("-").isdigit():
        raise MalformedLine(f"{place}: {line!r} is no judgement", way_out="write topic, 0, clause id, relevance")
    try:
        parsed = parse_id(fields[2])
    except UnusableInput as error:
        raise MalformedLine(f"{place}: {error.message}", way_out=error.way_out) from None
    return fields[0], short(f"{parsed.edition}#{parsed.path}"), int(fields[3]) > 0


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"{path.name!r} cannot be read: {error.strerror}", way_out="name a file") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name!r} is not UTF-8 (byte {error.start})", way_out="save it as UTF-8") from None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    yield from ((number, line) for number, line in enumerate(_text(path).splitlines(), start=1) if line.strip())


def _distinct(cases: list[Case], name: str) -> list[Case]:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise UnusableInput(f"{name}: the id {case.id!r} stands there twice", way_out="give each case its own id")
        seen.add(case.id)
    if not cases:
        raise UnusableInput(f"{name} holds no case", way_out="add a line for each question")
    return cases


def as_jsonl(cases: list[Case]) -> str:
    """The cases as a file that `tiaowen eval run` takes."""
    return "".join(f"{json.dumps(as_record(case), ensure_ascii=False)}\n" for case in cases)
