"""The editorial index: what stands at the back of a good book, everyday words for a clause, and questions it answers.

Ours lies in `corpus/editorial/`, a user's own in `HOME/editorial/`, in two kinds of file:

    NAME.toml, the words               NAME.jsonl, the questions, one clause a line
    edition = "aisgf@2.0"              {"clause": "2.0#6.3.6",
    [[clause]]                          "zh": ["出了事翻旧账，记录要留多久？"],
    path = "6.3.6"                      "en": ["How long do we hang on to the records?"]}
    zh = ["留底", "操作记录"]
    en = ["audit trail", "keep records"]

Both were written from the clauses. Questions are worth more than words (R@5 on the tuning set, official texts: see
`index/retrieve.py`), because a reader's question resembles another reader's question more than it resembles a clause
(doc2query: Nogueira et al. 2019, arXiv 1904.08375).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus.errors import MalformedLine, UnusableInput
from corpus.ids import parse_id
from corpus.records import LANGS, Lang

Key = tuple[str, str, Lang]
"""Edition, clause path and language."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What readers would say of one clause in one language."""

    words: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    def __add__(self, more: Entry) -> Entry:
        """Both, without repetition."""
        words, questions = (*self.words, *more.words), (*self.questions, *more.questions)
        return Entry(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(questions)))


Editorial = Mapping[Key, Entry]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str


def load_editorial(additions: Path | None = None) -> Editorial:
    """The bundled entries, and those of the files in the folder `additions`, which come after them.

    Raises `UnusableInput` for a file that is not as the module says, `MalformedLine` with its line for a line of one.
    """
    found: dict[Key, Entry] = {}
    for file in _files(additions):
        for key, entry in _words(file) if file.name.endswith(".toml") else _questions(file):
            found[key] = found.get(key, Entry()) + entry
    return found


def _files(additions: Path | None) -> Iterator[_File]:
    bundled = files("corpus").joinpath("editorial")
    for path in sorted(bundled.iterdir(), key=lambda path: path.name):
        if path.name.endswith((".toml", ".jsonl")):
            yield _File(path.name, path.read_text(encoding="utf-8"))
    for path in sorted(additions.iterdir()) if additions and additions.is_dir() else ():
        if path.suffix in (".toml", ".jsonl"):
            try:
                yield _File(str(path), path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise _malformed(str(path), str(error)) from error


def _words(file: _File) -> Iterator[tuple[Key, Entry]]:
    try:
        told = tomllib.loads(file.text)
        edition, clauses = str(told["edition"]), list(told["clause"])
        for clause in clauses:
            for lang in LANGS:
                yield (edition, str(clause["path"]), lang), Entry(words=_strings(clause, lang))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise _malformed(file.name, f"{type(error).__name__}: {error}") from error


def _questions(file: _File) -> Iterator[tuple[Key, Entry]]:
    for number, line in enumerate(file.text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            clause = parse_id(row["clause"])
            entries = [((clause.edition, clause.path, lang), Entry(questions=_strings(row, lang))) for lang in LANGS]
        except (ValueError, KeyError, TypeError, AttributeError, UnusableInput) as error:
            raise MalformedLine(
                f"{file.name}:{number}: no questions of a clause ({error})",
                way_out='a line is {"clause": "2.0#5.4", "zh": [questions], "en": [questions]}',
            ) from error
        yield from entries


def _strings(table: Mapping[str, object], lang: Lang) -> tuple[str, ...]:
    found = table.get(lang, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(f"{lang} is no list of strings")
    return tuple(found)


def _malformed(name: str, reason: str) -> UnusableInput:
    return UnusableInput(
        f"the editorial index {name!r} cannot be read ({reason})",
        way_out='give it edition = "…" and [[clause]] tables with path, zh and en, or move it away',
    )
