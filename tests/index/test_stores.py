"""One suite for every engine: FAISS in files, Milvus over gRPC, PostgreSQL with pgvector, both on servers that the tests start."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small import passage
from store_servers import PASSWORD, Engines, engines, free_port

from corpus.errors import BrokenInvariant, IndexDamaged, StoreUnavailable, UnusableInput
from corpus.records import LANGS, STATUSES, Passage
from index.encoder import unit_rows
from index.limits import Limits, Where
from index.stores.filling import between, send, sweep, verify
from index.stores.local import LocalStore
from index.stores.place import Place, open_store, place_of
from index.stores.store import RemoteStore, VectorStore, digests
from index.table import Table
from index.vectors import VectorIndex, Vectors, exact_rows

__all__ = ["engines"]
D = 32
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
KINDS = ("faiss", "milvus", "postgres")
REMOTE = KINDS[1:]
PATIENCE = 60.0


def vectors(n: int, seed: int = 1, d: int = D) -> Vectors:
    """Unit vectors around sixty points, as texts lie around subjects."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(60, d))
    return unit_rows((centres[random.integers(0, 60, n)] + 0.5 * random.normal(size=(n, d))).astype(np.float32))


def kinds(n: int) -> Any:
    return (np.arange(n) % 6).astype(np.int32)


def place(engines: Engines, kind: str) -> Place:
    """The engine, for a home of its own."""
    found = place_of(engines[kind].uri)
    assert found is not None
    return replace(found, owner=secrets.token_hex(8))


def remote(where: Place, generation: str = "1" * 16, rows: int = 10, d: int = D) -> RemoteStore:
    return open_store(where, generation, d, rows)


def opened(engines: Engines, kind: str, rows: int = 10, d: int = D) -> VectorStore:
    """An empty store."""
    if kind == "faiss":
        return LocalStore(VectorIndex.build(np.zeros((0, d), np.float32)), np.zeros(0, np.int32))
    return remote(place(engines, kind), rows=rows, d=d)


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


# --- filling again


@pytest.mark.parametrize("kind", REMOTE)
def test_what_is_there_is_not_sent_again(engines: Engines, kind: str) -> None:
    held, all_rows = remote(place(engines, kind)), vectors(300)
    assert send(held, all_rows[:200], kinds(200)) == 200
    held.delete([5, 6])
    assert send(held, all_rows, kinds(300)) == 102
    assert send(held, all_rows, kinds(300)) == 0
    changed = kinds(300)
    changed[7] = 5
    assert send(held, all_rows, changed) == 1
    assert send(held, all_rows[:250], changed[:250]) == 0 and held.count() == 250
    assert held.held() == dict(enumerate(digests(all_rows[:250], changed[:250]).tolist()))
    assert verify(held, all_rows[:250], changed[:250], 20) == 1.0


@pytest.mark.parametrize("kind", REMOTE)
def test_a_store_that_does_not_find_what_it_should_is_told(engines: Engines, kind: str) -> None:
    held = remote(place(engines, kind))
    send(held, vectors(300), kinds(300))
    with pytest.raises(IndexDamaged, match=r"finds 0\.\d+ of the ten nearest"):
        verify(held, vectors(300, seed=9), kinds(300), 20)
    held.delete([1])
    with pytest.raises(IndexDamaged, match="holds 299 vectors of 300"):
        verify(held, vectors(300), kinds(300), 20)


@pytest.mark.parametrize("kind", REMOTE)
def test_a_corpus_without_passages_fits_too(engines: Engines, kind: str) -> None:
    held = remote(place(engines, kind))
    assert send(held, np.zeros((0, D), np.float32), np.zeros(0, np.int32)) == 0
    assert held.count() == 0 and held.search(vectors(1)[0], 5) == []


@pytest.mark.parametrize("kind", REMOTE)
def test_only_collections_of_this_home_are_dropped(engines: Engines, kind: str) -> None:
    mine, other = place(engines, kind), place(engines, kind)
    for where, generation in ((mine, "a" * 16), (mine, "b" * 16), (other, "a" * 16)):
        remote(where, generation).put([0], vectors(1), [0])
    live = remote(mine, "b" * 16)
    assert sweep(live, mine.prefix, live.name) == [mine.collection("a" * 16)]
    assert live.collections(mine.prefix) == [live.name] and len(live.collections(other.prefix)) == 1
    assert sweep(live, mine.prefix) == [live.name]
    assert remote(other, "a" * 16).count() == 1
    with pytest.raises(IndexDamaged, match=r"is not in .*; run: tiaowen build"):
        live.count()


# --- dimensions


@pytest.mark.parametrize("kind", REMOTE)
def test_another_dimension_is_told_and_made_anew_by_a_build(engines: Engines, kind: str) -> None:
    where = place(engines, kind)
    remote(where).put([0], vectors(1), [0])
    wider = remote(where, d=D * 2)
    assert wider.dimension() == D
    for act in (
        lambda: wider.put([0], vectors(1, d=D * 2), [0]),
        lambda: wider.search(vectors(1)[0], 3),
        lambda: remote(where).search(vectors(1, d=D * 2)[0], 3),
    ):
        with pytest.raises(IndexDamaged, match=r"is not of dimension \d+, as the index is; run: tiaowen build"):
            act()
    assert send(wider, vectors(9, d=D * 2), kinds(9)) == 9 and wider.dimension() == D * 2


def test_another_dimension_is_told_by_the_file_index() -> None:
    held = LocalStore(VectorIndex.build(vectors(3)), kinds(3))
    with pytest.raises(IndexDamaged, match="dimension 64, not 32"):
        held.put([3], vectors(1, d=64), [0])


# --- servers that go away


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("kind", REMOTE)
def test_a_server_that_was_killed_comes_back_with_everything(engines: Engines, kind: str, how: int) -> None:
    held, all_rows = remote(place(engines, kind)), vectors(300)
    send(held, all_rows, kinds(300))
    before = held.search(all_rows[3], 10, Where((1, 2)))
    engines[kind].end(how)
    with pytest.raises(StoreUnavailable, match="does not answer as it should") as told:
        held.search(all_rows[3], 10)
    assert "\n" not in str(told.value) and told.value.exit_code == 1
    assert told.value.way_out.endswith("tiaowen build --store faiss")
    _ = engines[kind]
    assert held.search(all_rows[3], 10, Where((1, 2))) == before and held.count() == 300


@pytest.mark.parametrize("uri", ["http://127.0.0.1:{port}", "postgresql://li@127.0.0.1:{port}/tiaowen"])
def test_a_server_that_is_not_there_is_one_clear_line(uri: str, engines: Engines) -> None:
    where = place_of(uri.format(port=free_port()))
    assert where is not None
    held = remote(replace(where, owner="0" * 16))
    for act in (
        held.count,
        held.dimension,
        lambda: held.search(vectors(1)[0], 3),
        lambda: send(held, vectors(2), kinds(2)),
    ):
        with pytest.raises(StoreUnavailable) as told:
            act()
        assert where.uri in str(told.value) and "\n" not in str(told.value)


# --- several processes


def child(engines: Engines, where: Place, code: str) -> subprocess.Popen[str]:
    """Another process that works on a place: `held`, `V` and `K` are its collection, vectors and kinds."""
    made = f"""
import json, sys
import numpy as np
from index.limits import Where
from index.stores.filling import send
from index.stores.place import Place, open_store
held = open_store(Place(*{(where.kind, where.uri, where.owner)!r}), "1" * 16, {D}, 10)
V = np.random.default_rng(1).normal(size=(20000, {D})).astype(np.float32)
V /= np.linalg.norm(V, axis=1, keepdims=True)
K = (np.arange(20000) % 6).astype(np.int32)
{code}
"""
    return subprocess.Popen([sys.executable, "-c", made], stdout=subprocess.PIPE, encoding="utf-8")


def their_vectors() -> Vectors:
    found = np.random.default_rng(1).normal(size=(20_000, D)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", REMOTE)
def test_another_process_finds_the_same_at_the_same_time(engines: Engines, kind: str) -> None:
    where, all_rows = place(engines, kind), their_vectors()[:500]
    held = remote(where)
    send(held, all_rows, kinds(500))
    ask = "print(json.dumps([held.search(V[at], 10, Where((0, 1))) for at in range(30)]))"
    with child(engines, where, ask) as first, child(engines, where, ask) as second:
        mine = [held.search(all_rows[at], 10, Where((0, 1))) for at in range(30)]
        theirs = [json.loads(one.communicate(timeout=PATIENCE)[0]) for one in (first, second)]
    assert [[tuple(hit) for hit in found] for found in theirs[0]] == mine and theirs[0] == theirs[1]


@pytest.mark.parametrize("kind", REMOTE)
def test_a_writer_that_was_killed_is_gone_on_with(engines: Engines, kind: str) -> None:
    where = place(engines, kind)
    held = remote(where)
    with child(engines, where, "send(held, V, K)") as writer:
        until = time.monotonic() + PATIENCE
        while not (held.dimension() and held.count()):
            assert time.monotonic() < until and writer.poll() is None, "nothing was written"
        writer.kill()
    there = held.count()
    assert 0 < there < 20_000
    n = there + 50
    sent = send(held, their_vectors()[:n], kinds(n))
    assert 0 < sent < n and held.count() == n
    assert verify(held, their_vectors()[:n], kinds(n), 20) >= 0.999


# --- what a user writes


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("http://127.0.0.1:19530", "milvus"),
        ("https://li@milvus.example.org", "milvus"),
        ("postgresql://li@db.example.org:5432/tiaowen?sslmode=require", "postgres"),
        ("postgres://db.example.org/条文", "postgres"),
    ],
)
def test_a_store_is_named_by_its_uri(written: str, kind: str) -> None:
    assert place_of(written) == Place(kind, written)


def test_files_have_no_place_and_a_milvus_lite_file_an_absolute_one() -> None:
    assert place_of("faiss") is None
    found = place_of("milvus-lite:向量.db")
    assert found is not None and found.uri.startswith("milvus-lite:/") and found.uri.endswith("向量.db")


@pytest.mark.parametrize("written", ["", "redis://host", "http://", "postgresql://h:port/x", "chroma", "milvus-lite:"])
def test_what_is_no_store_is_told_with_those_that_are(written: str) -> None:
    with pytest.raises(UnusableInput, match=r"is no store; write faiss, http://HOST:19530, milvus-lite:PATH or"):
        place_of(written)


@pytest.mark.parametrize(
    "written",
    [
        f"postgresql://li:{PASSWORD}@db/tiaowen",
        f"http://root:{PASSWORD}@host:19530",
        f"postgresql://li@db/tiaowen?password={PASSWORD}",
        f"https://host?token={PASSWORD}",
        f"redis://li:{PASSWORD}@host",
    ],
)
def test_a_password_in_a_uri_is_refused_and_never_repeated(written: str) -> None:
    with pytest.raises(UnusableInput) as told:
        place_of(written)
    assert PASSWORD not in str(told.value)


def test_a_password_comes_from_the_environment_and_is_never_told(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = engines["postgres"]
    server.say(f"CREATE ROLE li LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    where = Place("postgres", server.uri_of("li"), secrets.token_hex(8))
    for name in ("TIAOWEN_STORE_PASSWORD", "PGPASSWORD"):
        monkeypatch.setenv(name, PASSWORD)
        held = remote(where)
        held.put([0], vectors(1), [0])
        assert held.count() == 1 and PASSWORD not in f"{where!r}{where.as_json()}"
        held.drop(held.name)
        monkeypatch.setenv(name, f"not {PASSWORD}")
        with pytest.raises(StoreUnavailable) as told:
            remote(where).count()
        assert PASSWORD not in str(told.value) and "li" in str(told.value)
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("uri", "module", "extra"),
    [
        ("http://h:1", "pymilvus", "milvus"),
        ("milvus-lite:/x.db", "milvus_lite", "milvus"),
        ("postgres://h/d", "psycopg2", "postgres"),
    ],
)
def test_a_missing_extra_is_told_with_the_command(
    uri: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    where = place_of(uri)
    assert where is not None
    with pytest.raises(StoreUnavailable, match=rf"needs the package {module}; run: pip install 'tiaowen\[{extra}\]'"):
        remote(replace(where, owner="0" * 16))


# --- a Milvus Lite file


def test_a_milvus_lite_file_is_a_store_for_one_process_at_a_time(tmp_path: Any, engines: Engines) -> None:
    found = place_of(f"milvus-lite:{tmp_path / '向量.db'}")
    assert found is not None
    where = replace(found, owner=secrets.token_hex(8))
    held = remote(where)
    assert send(held, vectors(100), kinds(100)) == 100 and (held.size() or 0) > 0
    with child(
        engines,
        where,
        "import corpus.errors\ntry:\n    held.count()\nexcept corpus.errors.StoreUnavailable as told:\n    print(told)",
    ) as other:
        said = other.communicate(timeout=PATIENCE)[0]
    assert len(said.splitlines()) == 1 and where.uri in said
    before = held.search(vectors(100)[3], 5)
    held.close()
    again = remote(where)
    assert again.search(vectors(100)[3], 5) == before and again.count() == 100
    again.close()
