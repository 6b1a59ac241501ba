"""The editorial index: under which everyday words a reader would look for a clause, as at the back of a good book.

One TOML file an edition, ours in `corpus/editorial/`, a user's own in `HOME/editorial/`:

    edition = "aisgf@2.0"
    [[clause]]
    path = "6.3.6"
    zh = ["留底", "操作记录"]
    en = ["audit trail", "keep records"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus.errors import UnusableInput
from corpus.records import LANGS, Lang

Editorial = Mapping[tuple[str, str, Lang], tuple[str, ...]]
"""Edition, clause path and language -> what a reader would say."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str


def load_editorial(additions: Path | None = None) -> Editorial:
    """The bundled entries, and those of the files in the folder `additions`, which come after them.

    Raises `UnusableInput` for a file that is not as the module says.
    """
    found: dict[tuple[str, str, Lang], tuple[str, ...]] = {}
    for file in _files(additions):
        for key, words in _entries(file):
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *words)))
    return found


def _files(additions: Path | None) -> Iterator[_File]:
    bundled = files("corpus").joinpath("editorial")
    for path in sorted(bundled.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            yield _File(path.name, path.read_text(encoding="utf-8"))
    for path in sorted(additions.glob("*.toml")) if additions else ():
        try:
            yield _File(str(path), path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise _malformed(str(path), str(error)) from error


def _entries(file: _File) -> Iterator[tuple[tuple[str, str, Lang], tuple[str, ...]]]:
    try:
        told = tomllib.loads(file.text)
        edition, clauses = str(told["edition"]), list(told["clause"])
        for clause in clauses:
            for lang in LANGS:
                words = clause.get(lang, [])
                if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                    raise _malformed(file.name, f"{lang} of {clause['path']} is no list of words")
                yield (edition, str(clause["path"]), lang), tuple(words)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise _malformed(file.name, f"{type(error).__name__}: {error}") from error


def _malformed(name: str, reason: str) -> UnusableInput:
    return UnusableInput(
        f"the editorial index {name!r} cannot be read ({reason})",
        way_out='give it edition = "…" and [[clause]] tables with path, zh and en, or move it away',
    )
