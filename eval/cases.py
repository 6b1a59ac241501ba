"""Question cases: what is asked, and what a right answer holds. First in the flow; `eval.run` asks them.

>>> Case(id="q1-zh", question="谁来评估？", lang="zh", versions=("2.0",), clauses=("2.0#5.4",)).pair
'q1-zh'
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from corpus.errors import MalformedLine, UnreadableFile, UnusableInput
from corpus.ids import DEFAULT_WORK, parse_id, short
from corpus.records import LANGS, Lang
from eval.text import matched_form

REASONS = ("off_topic", "not_in_framework", "not_in_edition", "false_premise", "ambiguous", "no_text")
"""The reasons for which an answer is declined."""

_SHOWN = 60
"""Longest value shown in a message."""


@dataclass(frozen=True, slots=True)
class Nugget:
    """One fact an answer should hold, in any of several wordings: `Nugget(True, ("open-source", "开源"))`."""

    vital: bool
    any: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One question with its gold. Only `question` and `scope` reach the assistant.

    `pair` joins a question and its translation; without one, the case is a pair of its own. `clauses` and
    `alt_clauses` are short ids (`2.0#5.4`), `versions` short editions (`2.0`, `gaigi@2023`). `extra`: unknown keys.
    """

    id: str
    question: str
    lang: Lang
    pair: str = ""
    type: str = ""
    versions: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    alt_clauses: tuple[str, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    answerable: bool = True
    scope: Mapping[str, str] | None = field(default=None, hash=False)
    refusal: str | None = None
    gold_quotes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.pair:
            object.__setattr__(self, "pair", self.id)


KEYS = tuple(one.name for one in fields(Case) if one.name != "extra")
"""The keys of a line that have a meaning; others are kept in `extra`."""


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSONL file, in its order; blank lines are passed over.

    Raises `UnreadableFile` where there is no such file, `MalformedLine` ("cases.jsonl:7: …") for what it holds.
    """
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for number, text in _lines(path):
        line = _Line(f"{path.name}:{number}", text)
        case = line.case()
        if case.id in seen:
            raise line.wrong(f"the id {case.id!r} stands on line {seen[case.id]} already", "give each case its own id")
        seen[case.id] = number
        cases.append(case)
    if not cases:
        raise MalformedLine(
            f"{path.name}:1: the file holds no case",
            way_out='write one JSON object a line, with at least "id", "lang" and "question"',
        )
    return cases


def read_case(place: str, text: str) -> Case:
    """The case that one line holds; `place` names it in errors. Raises `MalformedLine`."""
    return _Line(place, text).case()


def as_record(case: Case) -> dict[str, Any]:
    """A case as the object of its line, unknown keys included and empty values left out.

    >>> as_record(Case("a", "谁？", "zh"))
    {'id': 'a', 'question': '谁？', 'lang': 'zh', 'pair': 'a', 'answerable': True}
    """
    known = {key: value for key, value in asdict(case).items() if key != "extra" and value not in ("", (), None)}
    return {**known, **case.extra}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line that is not blank; lines end at line feeds alone, as JSONL has it."""
    try:
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UnreadableFile(
            f"{path.name!r} cannot be read: {error.strerror}", way_out="name a JSONL file of question cases"
        ) from None
    for number, line in enumerate(raw.split(b"\n"), start=1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            bad = line[error.start : error.start + 4]
            raise MalformedLine(f"{path.name}:{number}: {bad!r} is not UTF-8", way_out="save it as UTF-8") from None
        if text.strip():
            yield number, text


def _shown(value: object) -> str:
    seen = repr(value)
    return seen if len(seen) <= _SHOWN else f"{seen[:_SHOWN]}…"


class _Line:
    """One line being read: it takes typed values out and says where and what is wrong."""

    def __init__(self, place: str, text: str) -> None:
        self.place = place
        try:
            record = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            seen = text.strip()[:_SHOWN]
            raise self.wrong(f"{seen!r} is not JSON ({error})", "write one JSON object a line") from None
        if not isinstance(record, dict):
            raise self.wrong(f"{text.strip()[:_SHOWN]!r} is not an object", "write one JSON object a line")
        self.record: dict[str, Any] = record
        self._refuse_lone_surrogates()

    def wrong(self, what: str, way_out: str) -> MalformedLine:
        return MalformedLine(f"{self.place}: {what}", way_out=way_out)

    def _refuse_lone_surrogates(self) -> None:
        try:
            json.dumps(self.record, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            seen = error.object[error.start : error.end]
            raise self.wrong(f"{seen!r} is half a character", "write the character itself, in UTF-8") from None

    def _type_error(self, key: str, wanted: str) -> MalformedLine:
        state = f'"{key}" is {_shown(self.record.get(key))}' if key in self.record else f'"{key}" is missing'
        return self.wrong(state, f'"{key}" is {wanted}')

    def text(self, key: str, default: str | None = None) -> str:
        value = self.record.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self._type_error(key, "a text that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.record.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self._type_error(key, "a list of texts")
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.record.get(key, default)
        if not isinstance(value, bool):
            raise self._type_error(key, "true or false")
        return value

    def choice(self, key: str, of: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in of:
            raise self._type_error(key, f"one of {', '.join(of)}")
        return value

    def clauses(self, key: str) -> tuple[str, ...]:
        return tuple(self._clause(key, written) for written in self.texts(key))

    def _clause(self, key: str, written: str) -> str:
        try:
            parsed = parse_id(written)
        except UnusableInput as error:
            raise self.wrong(f'"{key}": {error.message}', error.way_out) from None
        return short(f"{parsed.edition}#{parsed.path}")

    def scope(self) -> Mapping[str, str] | None:
        value = self.record.get("scope")
        if value is None:
            return None
        if not isinstance(value, dict) or not value.keys() <= {"edition", "lang"}:
            raise self._type_error("scope", 'null or an object with "edition" and "lang"')
        given = {key: one for key, one in value.items() if one is not None}
        if not all(isinstance(one, str) and one for one in given.values()):
            raise self._type_error("scope", 'null or an object whose "edition" and "lang" are texts')
        return given

    def nuggets(self) -> tuple[Nugget, ...]:
        value = self.record.get("nuggets")
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._type_error("nuggets", 'a list of {"vital": true, "any": [texts]}')
        return tuple(self._nugget(one) for one in value)

    def _nugget(self, value: object) -> Nugget:
        wordings = value.get("any") if isinstance(value, dict) else None
        vital = value.get("vital", True) if isinstance(value, dict) else None
        if not isinstance(vital, bool) or not isinstance(wordings, list) or not wordings:
            raise self.wrong(
                f"the nugget {_shown(value)} is malformed", 'write {"vital": true, "any": ["open-source", "开源"]}'
            )
        for wording in wordings:
            if not isinstance(wording, str) or not matched_form(wording):
                raise self.wrong(
                    f"the nugget wording {_shown(wording)} has nothing to look for",
                    "give a text with letters or digits",
                )
        return Nugget(vital, tuple(wordings))

    def case(self) -> Case:
        case = Case(
            id=self.text("id"),
            question=self.text("question"),
            lang="zh" if self.choice("lang", LANGS) == "zh" else "en",
            pair=self.text("pair", ""),
            type=self.text("type", ""),
            versions=tuple(version.removeprefix(f"{DEFAULT_WORK}@") for version in self.texts("versions")),
            clauses=self.clauses("clauses"),
            alt_clauses=self.clauses("alt_clauses"),
            nuggets=self.nuggets(),
            answerable=self.flag("answerable", True),
            scope=self.scope(),
            gold_quotes=self.texts("gold_quotes"),
            extra={key: value for key, value in self.record.items() if key not in KEYS},
        )
        if self.record.get("refusal") is None:
            return case
        reason = self.choice("refusal", REASONS)
        if case.answerable:
            raise self.wrong(f'"refusal" is {reason!r}, but "answerable" is true', "one of the two is wrong")
        return replace(case, refusal=reason)
