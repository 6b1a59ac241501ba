"""The passages of a generation by row, parsed when they are asked for; what limits them stands in columns.

A million passages as Python objects are a gigabyte and seconds of start; mapped and parsed one by one they are neither.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, get_args, overload

import numpy as np
from numpy.typing import NDArray

from corpus.ids import is_below, neutral
from corpus.jsonform import passage_from_json, passage_to_json
from corpus.records import LANGS, STATUSES, Lang, Part, Passage
from index.arrays import dump_arrays, dump_words, load_arrays, load_words
from index.limits import Limits, work_of

PARTS: tuple[Part, ...] = get_args(Part)
_KEPT = 4096
_LAST = chr(0x10FFFF)
Mask = NDArray[np.bool_]


class Table(Sequence[Passage]):
    """Passages in rows 0 … n-1. `clause_of`, `(n,)` int32: the row of each one's clause, in order of appearance, either
    language being of the same clause; `of_lang`: the rows of each language, in order."""

    def __init__(self, lines: bytes | memoryview, columns: Mapping[str, NDArray[Any]]) -> None:
        self._lines = lines
        self._starts, self._edition = columns["starts"], columns["edition"]
        self._lang, self._part, self._status = columns["lang"], columns["part"], columns["status"]
        self._path = columns["path"]
        self._editions, self._paths = load_words(columns["editions"]), load_words(columns["paths"])
        self.clause_of: NDArray[np.int32] = columns["clause"]
        self.clauses = int(self.clause_of.max()) + 1 if len(self.clause_of) else 0
        self.of_lang = {lang: np.flatnonzero(self._lang == code) for code, lang in enumerate(LANGS)}
        self._parsed = lru_cache(maxsize=_KEPT)(self._parse)

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Table:
        """A table of passages in memory."""
        return cls.load(*dump(passages))

    @classmethod
    def load(cls, lines: bytes | memoryview, columns: bytes | memoryview) -> Table:
        """The inverse of `dump`."""
        return cls(lines, load_arrays(columns))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> list[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | list[Passage]:
        """The passage of a row; raises `IndexError` where there is none."""
        if isinstance(row, slice):
            return [self[at] for at in range(len(self))[row]]
        return self._parsed(range(len(self))[row])

    def _parse(self, row: int) -> Passage:
        return passage_from_json(json.loads(bytes(self._lines[self._starts[row] : self._starts[row + 1]])))

    def lang(self, row: int) -> Lang:
        """The language of a row."""
        return LANGS[self._lang[row]]

    @cached_property
    def row_in_lang(self) -> NDArray[np.int32]:
        """`(n,)`: each row's place among those of its language, as the lexical indexes count."""
        found = np.zeros(len(self), np.int32)
        for rows in self.of_lang.values():
            found[rows] = np.arange(len(rows), dtype=np.int32)
        return found

    @cached_property
    def clause_rows(self) -> Mapping[str, int]:
        """The rows of clauses by language-neutral id."""
        first = np.unique(self.clause_of, return_index=True)[1]
        names = zip(self._edition[first].tolist(), self._path[first].tolist(), strict=True)
        return {f"{self._editions[edition]}#{self._paths[path]}": row for row, (edition, path) in enumerate(names)}

    def allowed(self, limits: Limits) -> Mask:
        """`(n,)` bool: which passages limits let be found."""
        editions = [_holds(limits.editions, one) and _holds(limits.works, work_of(one)) for one in self._editions]
        langs = [limits.lang in (None, one) for one in LANGS]
        parts = [_holds(limits.parts, one) for one in PARTS]
        statuses = [_holds(limits.statuses, one) for one in STATUSES]
        found = np.array(editions, bool)[self._edition] if self._editions else np.zeros(0, bool)
        for marks, column in ((langs, self._lang), (parts, self._part), (statuses, self._status)):
            if not all(marks):
                found &= np.array(marks, bool)[column]
        return found

    def numbered(self, path: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of a path in any edition, and those below it, in order."""
        start, end = bisect_left(self._paths, path), bisect_left(self._paths, path + _LAST)
        below = [code for code in range(start, end) if is_below(self._paths[code], path) and self._paths[code] != path]
        named = [start] if self._paths[start : start + 1] == [path] else []
        return np.flatnonzero(np.isin(self._path, named)), np.flatnonzero(np.isin(self._path, below))


def _holds(values: Sequence[str] | None, value: str) -> bool:
    return values is None or value in values


def dump(passages: Iterable[Passage]) -> tuple[bytes, bytes]:
    """Passages as JSON lines, and their columns, for `Table.load`."""
    lines: list[bytes] = []
    keys: list[tuple[str, str, str, str, str]] = []
    clauses: dict[str, int] = {}
    clause_of = []
    for passage in passages:
        lines.append(json.dumps(passage_to_json(passage), ensure_ascii=False).encode() + b"\n")
        path = passage.clause.partition("#")[2]
        keys.append((passage.edition, path, passage.lang, passage.part, passage.status))
        clause_of.append(clauses.setdefault(neutral(passage.clause), len(clauses)))
    names = {"edition": sorted({key[0] for key in keys}), "path": sorted({key[1] for key in keys})}
    names |= {"lang": list(LANGS), "part": list(PARTS), "status": list(STATUSES)}
    codes = {field: {name: code for code, name in enumerate(mine)} for field, mine in names.items()}
    fields = ("edition", "path", "lang", "part", "status")
    types = {"edition": np.int32, "path": np.int32, "lang": np.uint8, "part": np.uint8, "status": np.uint8}
    columns: dict[str, NDArray[Any]] = {
        field: np.array([codes[field][key[at]] for key in keys], types[field]) for at, field in enumerate(fields)
    }
    columns["starts"] = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    columns["clause"] = np.array(clause_of, np.int32)
    columns["editions"], columns["paths"] = dump_words(names["edition"]), dump_words(names["path"])
    return b"".join(lines), dump_arrays(columns)
