"""Passages by row: parsed when asked for, limited by columns as the passages themselves would be."""

from __future__ import annotations

from itertools import product
from typing import get_args

import numpy as np
import pytest
from built import built_retriever

from corpus.ids import is_below, neutral
from corpus.records import LANGS, STATUSES, Lang, Part, Passage, Span
from index.limits import Limits
from index.table import Table, dump

PARTS: tuple[Part, ...] = get_args(Part)


def passage(clause: str, text: str) -> Passage:
    edition, lang = clause.partition("#")[0].split("/")
    return Passage(
        f"{clause}~0", clause, edition, "zh" if lang == "zh" else "en", "body", "supplied", Span(0, len(text)), text, ""
    )


ROWS = [
    passage("aisgf@1.0/zh#3.1", "日志留存六个月。\u2028"),
    passage("aisgf@1.0/en#3.1", "Logs are kept."),
    passage("aisgf@2.0/zh#3.1(a)", "备份。"),
    passage("aisgf@2.0/zh#3.10", "审计。"),
    passage("gaigi@2023/en#p1", "Cooperate."),
    passage("aisgf@2.0/zh#T.3.1", "对应。"),
]


@pytest.fixture(scope="module")
def table() -> Table:
    return Table.of(ROWS)


def test_rows_are_the_passages_that_were_written(table: Table) -> None:
    assert list(table) == ROWS
    assert (len(table), table[-1], table[1:3]) == (len(ROWS), ROWS[-1], ROWS[1:3])
    with pytest.raises(IndexError):
        table[len(ROWS)]
    assert dump(table) == dump(ROWS)


def test_the_clauses_of_either_language_are_one(table: Table) -> None:
    assert table.clause_of.tolist() == [0, 0, 1, 2, 3, 4]
    assert list(table.clause_rows) == list(dict.fromkeys(neutral(one.clause) for one in ROWS))
    assert {lang: table.of_lang[lang].tolist() for lang in LANGS} == {"zh": [0, 2, 3, 5], "en": [1, 4]}
    assert table.row_in_lang.tolist() == [0, 0, 1, 2, 1, 3]


@pytest.mark.parametrize("lang", [None, *LANGS])
def test_limits_let_through_what_they_let_through_one_by_one(lang: Lang | None) -> None:
    known = built_retriever().passages
    editions = (None, ("aisgf@1.0",), ("aisgf@2.0", "aisgf@3.0"), ("aisgf@9",), ())
    for some, parts, works, statuses in product(editions, (None, PARTS[:1]), (None, ("aisgf",)), (None, STATUSES[:1])):
        limits = Limits(some, lang, parts, works, statuses)
        assert known.allowed(limits).tolist() == [limits.allow(one) for one in known]


@pytest.mark.parametrize("path", ["3.1", "3", "T", "T.3.1", "A2", "5.1", "nowhere", "p1"])
def test_a_number_finds_its_clause_and_those_below(path: str) -> None:
    for known in (Table.of(ROWS), built_retriever().passages):
        paths = [one.clause.partition("#")[2] for one in known]
        named, below = known.numbered(path)
        assert named.tolist() == [row for row, one in enumerate(paths) if one == path]
        assert below.tolist() == [row for row, one in enumerate(paths) if one != path and is_below(one, path)]


def test_a_table_of_nothing() -> None:
    empty = Table.of([])
    assert (len(empty), empty.clauses, empty.clause_rows) == (0, 0, {})
    assert empty.allowed(Limits()).tolist() == []
    assert [np.asarray(rows).tolist() for rows in empty.numbered("3")] == [[], []]
