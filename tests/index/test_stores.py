"""One suite for every engine: FAISS in files, Milvus over gRPC, PostgreSQL with pgvector, both on servers that the tests start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small import passage
from store_rows import KINDS, REMOTE, D, kinds, opened, place, remote, vectors
from store_servers import Engines, engines

from corpus.errors import BrokenInvariant
from corpus.records import LANGS, STATUSES, Passage
from index.limits import Limits, Where
from index.stores.filling import between, send, verify
from index.stores.local import LocalStore
from index.stores.store import RemoteStore, VectorStore
from index.table import Table
from index.vectors import VectorIndex, exact_rows

__all__ = ["engines"]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, engines: Engines) -> Iterator[VectorStore]:
    """An empty store of every kind."""
    made = opened(engines, request.param)
    yield made
    made.close()


def rows_found(found: list[tuple[int, float]]) -> list[int]:
    return [row for row, _ in found]


# --- add, replace, delete


def test_what_was_put_is_found_nearest_first_with_its_cosine(store: VectorStore) -> None:
    all_rows = vectors(50)
    store.put(range(50), all_rows, [0] * 50)
    found = store.search(all_rows[7], 5)
    assert rows_found(found)[0] == 7 and store.count() == 50
    np.testing.assert_allclose([score for _, score in found], [all_rows[r] @ all_rows[7] for r, _ in found], atol=1e-5)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len(store.search(all_rows[7], 99)) == 50 and store.search(all_rows[7], 0) == []


def test_a_row_that_is_put_again_is_replaced(store: VectorStore) -> None:
    first, then = vectors(20), vectors(20, seed=2)
    store.put(range(20), first, [0] * 20)
    store.put([3, 20], then[:2], [1, 0])
    assert store.count() == 21
    assert store.search(then[0], 1, Where((1,))) == [(3, pytest.approx(1.0, abs=1e-5))]
    assert 3 not in rows_found(store.search(first[3], 21, Where((0,))))


def test_a_row_that_was_taken_out_is_not_found(store: VectorStore) -> None:
    all_rows = vectors(20)
    store.put(range(20), all_rows, [0] * 20)
    store.delete([3, 4, 99])
    assert store.count() == 18 and not {3, 4} & set(rows_found(store.search(all_rows[3], 20)))
    store.put([3], all_rows[3:4], [0])
    assert store.count() == 19 and rows_found(store.search(all_rows[3], 1)) == [3]


# --- limits


def mixed() -> list[Passage]:
    """Passages of three editions in both languages and every status, by turns."""
    made = []
    for at in range(120):
        lang, edition = LANGS[at % 2], f"aisgf@{at // 2 % 3 + 1}.0"
        clause = f"{edition}/{lang}#1.{at}"
        changed = {"id": f"{clause}~0", "clause": clause, "edition": edition, "status": STATUSES[at // 6 % 3]}
        made.append(replace(passage(lang), **changed))
    return made


LIMITS = [
    Limits(),
    Limits(lang="zh"),
    Limits(lang="en"),
    Limits(editions=("aisgf@2.0",)),
    Limits(editions=("aisgf@1.0", "aisgf@3.0"), lang="zh"),
    Limits(statuses=("official",)),
    Limits(statuses=("digest", "supplied"), lang="en", editions=("aisgf@2.0",)),
    Limits(parts=("notice",)),
    Limits(works=("gaigi",)),
]


def test_limits_by_edition_language_and_status_let_through_what_they_should(store: VectorStore) -> None:
    table, all_rows = Table.of(mixed()), vectors(120)
    store.put(range(120), all_rows, table.kind_of.tolist())
    for limits in LIMITS:
        mask, where = table.allowed(limits), table.where(limits)
        found = rows_found(store.search(all_rows[5], 10, where))
        assert found == exact_rows(all_rows, all_rows[5:6], 10, mask)[0], limits
        assert all(limits.allow(table[row]) for row in found) and bool(found) == bool(mask.any())


HOSTILE = [
    "' OR '1'='1",
    "aisgf@2.0'; DROP TABLE corpus; --",
    "x' UNION SELECT password FROM pg_shadow --",
    '" or true or "',
    "0] or kind >= 0 or kind in [0",
    "kind'='0' OR metadata_->>'kind",
    "1); DELETE FROM data_tiaowen; --",
    "\\'; SELECT pg_sleep(60); --",
    "$$; COPY data TO PROGRAM 'id'; $$",
    "%' OR kind::text LIKE '%",
    "《框架》' or 1=1 or '全角",
    "\x00' || (SELECT 1) || '",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_no_words_of_a_user_reach_a_filter(filled: Callable[[str], VectorStore], kind: str, hostile: str) -> None:
    table, held = Table.of(mixed()), filled(kind)
    asked = [Limits(editions=(hostile,)), Limits(works=(hostile,)), Limits(statuses=(hostile,)), Limits(lang=hostile)]  # type: ignore
    for limits in asked:
        assert table.where(limits) == Where(()) and held.search(vectors(1)[0], 10, table.where(limits)) == []
    with pytest.raises(BrokenInvariant, match="no numbers of kinds"):
        Where((hostile,))  # type: ignore[arg-type]
    if kind in REMOTE:
        with pytest.raises(BrokenInvariant, match="no collection of ours"):
            held.drop(hostile)  # type: ignore[attr-defined]
    assert held.count() == 120 and len(held.search(vectors(1)[0], 10)) == 10


@pytest.fixture(scope="module")
def filled(engines: Engines) -> Callable[[str], VectorStore]:
    """A store of a kind with the mixed passages in it, made once."""
    made: dict[str, VectorStore] = {}

    def of(kind: str) -> VectorStore:
        if kind not in made:
            made[kind] = opened(engines, kind)
            made[kind].put(range(120), vectors(120), Table.of(mixed()).kind_of.tolist())
        return made[kind]

    return of


@pytest.mark.parametrize("wrong", [(True,), (-1,), (2**31,), (1.0,), ("1",)])
def test_a_filter_is_of_whole_numbers(wrong: Any) -> None:
    with pytest.raises(BrokenInvariant):
        Where(wrong)


# --- the same as exact search


@pytest.mark.parametrize(
    ("n", "d"), [(3000, D), pytest.param(100_000, 256, marks=pytest.mark.soak, id="soak-100000-256")]
)
@pytest.mark.parametrize("kind", REMOTE)
def test_the_ten_nearest_are_those_of_exact_search(engines: Engines, kind: str, n: int, d: int) -> None:
    held = opened(engines, kind, n, d)
    assert send(held, vectors(n, d=d), kinds(n)) == n  # type: ignore[arg-type]
    assert verify(held, vectors(n, d=d), kinds(n), 60) >= 0.999  # type: ignore[arg-type]
    local = LocalStore(VectorIndex.build(vectors(n, d=d)), kinds(n))
    for question in between(vectors(n, d=d), 20):
        assert rows_found(held.search(question, 10, Where((0, 3)))) == rows_found(
            local.search(question, 10, Where((0, 3)))
        )
    held.drop(held.name)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", REMOTE)
def test_many_rows_are_searched_by_a_graph_that_finds_nearly_all(engines: Engines, kind: str) -> None:
    made = remote(place(engines, kind))
    approximate: RemoteStore = type(made)(made._place, made.name, D, 3000, exact=1000)  # type: ignore
    assert approximate._hnsw and not made._hnsw  # type: ignore[attr-defined]
    assert send(approximate, vectors(3000), kinds(3000)) == 3000
    assert verify(approximate, vectors(3000), kinds(3000), 60) >= 0.99
