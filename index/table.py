"""The passages of a generation by row, parsed when they are asked for; what limits them stands in columns.

A million passages as Python objects are a gigabyte and seconds of start; mapped and parsed one by one they are neither.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from corpus.ids import is_below, neutral
from corpus.jsonform import passage_from_json, passage_to_json
from corpus.records import LANGS, Lang, Passage
from index.arrays import Buffer, Mask, dump_arrays, dump_words, load_arrays, load_words
from index.limits import Kind, Limits, Where

_KEPT = 4096
_LAST = chr(0x10FFFF)


class Table(Sequence[Passage]):
    """Passages in rows 0 … n-1. `clause_of`, `(n,)` int32: the row of each one's clause, in order of appearance, either
    language being of the same clause; `of_lang`: the rows of each language, in order."""

    def __init__(self, lines: Buffer, columns: Mapping[str, NDArray[Any]]) -> None:
        self._lines = lines
        self._starts, self._path = columns["starts"], columns["path"]
        self._kind: NDArray[np.int32] = columns["kind"]
        self._kinds: list[Kind] = [Kind(*fields) for fields in load_words(columns["kinds"])]
        self._paths: list[str] = load_words(columns["paths"])
        self.clause_of: NDArray[np.int32] = columns["clause"]
        self.clauses = int(self.clause_of.max()) + 1 if len(self.clause_of) else 0
        self.of_lang = {lang: np.flatnonzero(self.allowed(Limits(lang=lang))) for lang in LANGS}
        self._parsed = lru_cache(maxsize=_KEPT)(self._parse)

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> Table:
        """A table of passages in memory."""
        return cls.load(*dump(passages))

    @classmethod
    def load(cls, lines: Buffer, columns: Buffer) -> Table:
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
        return self._kinds[int(self._kind[row])].lang

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
        names = zip(self._kind[first].tolist(), self._path[first].tolist(), strict=True)
        return {f"{self._kinds[kind].edition}#{self._paths[path]}": row for row, (kind, path) in enumerate(names)}

    def allowed(self, limits: Limits) -> Mask:
        """`(n,)` bool: which passages limits let be found."""
        found: Mask = np.array([limits.allow(kind) for kind in self._kinds], bool)[self._kind]
        return found

    def where(self, limits: Limits) -> Where:
        """The same for a store: the numbers of the kinds that limits let be found."""
        return Where(tuple(number for number, kind in enumerate(self._kinds) if limits.allow(kind)))

    @property
    def kind_of(self) -> NDArray[np.int32]:
        """`(n,)`: the number of each row's kind."""
        return self._kind

    def numbered(self, path: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of a path in any edition, and those below it, in order."""
        start, end = bisect_left(self._paths, path), bisect_left(self._paths, path + _LAST)
        below = [code for code in range(start, end) if is_below(self._paths[code], path) and self._paths[code] != path]
        named = [start] if self._paths[start : start + 1] == [path] else []
        return np.flatnonzero(np.isin(self._path, named)), np.flatnonzero(np.isin(self._path, below))


def dump(passages: Iterable[Passage]) -> tuple[bytes, bytes]:
    """Passages as JSON lines, and their columns, for `Table.load`."""
    lines: list[bytes] = []
    paths: list[str] = []
    kinds: dict[Kind, int] = {}
    clauses: dict[str, int] = {}
    kind, clause = [], []
    for one in passages:
        lines.append(json.dumps(passage_to_json(one), ensure_ascii=False).encode() + b"\n")
        paths.append(one.clause.partition("#")[2])
        kind.append(kinds.setdefault(Kind(one.edition, one.lang, one.part, one.status), len(kinds)))
        clause.append(clauses.setdefault(neutral(one.clause), len(clauses)))
    known = {path: code for code, path in enumerate(sorted(set(paths)))}
    columns: dict[str, NDArray[Any]] = {
        "starts": np.cumsum([0, *map(len, lines)], dtype=np.int64),
        "kind": np.array(kind, np.int32),
        "kinds": dump_words(list(kinds)),
        "path": np.array([known[path] for path in paths], np.int32),
        "paths": dump_words(list(known)),
        "clause": np.array(clause, np.int32),
    }
    return b"".join(lines), dump_arrays(columns)
