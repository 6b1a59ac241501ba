"""Filling a store again, servers and writers that are killed, several processes, other dimensions, passwords."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from store_rows import PATIENCE, REMOTE, D, kinds, place, remote, vectors
from store_servers import PASSWORD, Engines, engines, free_port

from corpus.errors import IndexDamaged, StoreUnavailable
from index.limits import Where
from index.stores.filling import send, sweep, verify
from index.stores.local import LocalStore
from index.stores.place import Place, place_of
from index.stores.store import digests
from index.vectors import VectorIndex, Vectors

__all__ = ["engines"]


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
    live: Any = remote(mine, "b" * 16)
    foreign = f"{mine.prefix}notes"
    if kind == "postgres":
        engines[kind].say(f"CREATE TABLE data_{foreign} (x int)")
    else:
        live._client.create_collection(foreign, dimension=4)
    assert sweep(live, mine.prefix, live.name) == [mine.collection("a" * 16)]
    assert live.collections(mine.prefix) == [live.name, foreign] and len(live.collections(other.prefix)) == 1
    assert sweep(live, mine.prefix) == [live.name] and live.collections(mine.prefix) == [foreign]
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
    try:
        assert held.count() == 300
    except IndexDamaged:  # Milvus Lite writes its index behind our back, and a kill cuts that short
        assert (kind, how) == ("milvus", signal.SIGKILL)
        assert send(held, all_rows, kinds(300)) == 300
    assert held.search(all_rows[3], 10, Where((1, 2))) == before and held.count() == 300


def test_a_collection_that_its_engine_cannot_read_is_told_and_made_anew(engines: Engines) -> None:
    held, all_rows = remote(place(engines, "milvus")), vectors(300)
    send(held, all_rows, kinds(300))
    before = held.search(all_rows[3], 10)
    engines["milvus"].end(signal.SIGINT)
    (written,) = engines.folder.rglob(f"*/{held.name}/**/*.idx")
    written.write_bytes(written.read_bytes()[:-500])
    _ = engines["milvus"]
    with pytest.raises(IndexDamaged, match="cannot be loaded") as told:
        held.search(all_rows[3], 10)
    assert told.value.way_out == "run: tiaowen build"
    assert send(held, all_rows, kinds(300)) == 300
    assert held.search(all_rows[3], 10) == before


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


# --- passwords, and a Milvus Lite file


def test_a_password_comes_from_the_environment_and_is_never_told(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = engines["postgres"]
    server.admit()
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
