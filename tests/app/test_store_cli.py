"""`tiaowen build --store`: filled, verified, then live; kept by later builds; told where it does not answer; left without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lineages import NEW
from small_cli import short_texts
from store_servers import PASSWORD, Engines, engines

import index.build
import ingest.bundled
from app.cli.session import Session, build_index
from corpus.home import Home
from corpus.records import Passage
from eval.sections import as_text
from eval.stores import Cost, section
from index.build import index_files
from index.calibrate import calibrate
from index.retrieve import Retriever
from index.stores.place import open_store
from index.stores.store import RemoteStore
from index.stores.upkeep import live_place

__all__ = ["engines"]
Run = Callable[..., Any]
MOMENTS = 8 if os.environ.get("TIAOWEN_SOAK") == "1" else 1
NULL = subprocess.DEVNULL
SMALL = (sys.executable, str(Path(__file__).parents[1] / "small_cli.py"))
REMOTE = ("milvus", "postgres")
PATIENCE = 60.0
QUESTIONS = ("数据投毒怎么防？", "How long are logs kept?", "1.1写了什么？", "月球上有什么？")


KEPT: dict[str, Any] = {}


def calibrated(retriever: Retriever) -> Any:
    """What `calibrate` finds, reckoned once for each corpus: it knows of no store."""
    corpus = retriever.manifest["corpus_digest"]
    if corpus not in KEPT:
        KEPT[corpus] = calibrate(retriever)
    return KEPT[corpus]


def files_of(passages: Sequence[Passage], *rest: Any) -> dict[str, bytes]:
    """The same for what `index_files` makes of passages."""
    key = repr([(one.id, one.text) for one in passages])
    if key not in KEPT:
        KEPT[key] = index_files(passages, *rest)
    return dict(KEPT[key])


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Two short texts in place of the bundled ones, so that a build takes a second or two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.bundled, "bundled_documents", short_texts)
        patch.setattr(index.build, "calibrate", calibrated)
        patch.setattr(index.build, "index_files", files_of)
        yield


@pytest.fixture(scope="module")
def bases(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """A home of each kind of store, built once; tests that change one take a new one."""
    made: dict[str, Home] = {}

    def of(kind: str) -> Home:
        if kind not in made:
            made[kind] = Home(tmp_path_factory.mktemp(kind) / "home")
            build_index(Session(made[kind], "en"), store="faiss" if kind == "faiss" else engines[kind].uri)
        if kind != "faiss":
            _ = engines[kind]
        return made[kind]

    return of


def live(home: Home) -> str:
    return (home.index / "CURRENT").read_text("utf-8")


def collection(home: Home) -> RemoteStore:
    """That of the live generation."""
    place = live_place(home.index)
    assert place is not None
    manifest = json.loads((home.index / live(home) / "manifest.json").read_bytes())
    return open_store(place, live(home), manifest["encoder"]["dimension"], manifest["passages"])


def add(tiaowen: Run, home: Home) -> None:
    file = home.root.with_name("mine.txt")
    file.write_text(NEW["zh"], encoding="utf-8")
    assert tiaowen("add", str(file), "--edition", "2.0", home=home).code == 0


def answered(tiaowen: Run, home: Home, question: str) -> Any:
    """All of an answer but what names the index or the clock; cosines to five places."""
    done = tiaowen("ask", question, "--json", home=home)
    assert (done.code, done.err) == (0, "")
    rows = [[hit["clause"], hit["rank"], hit["found_by"]] for hit in done.json["hits"]]
    return [done.json[key] for key in ("text", "statements", "citations", "declined", "notes")], rows


@pytest.mark.parametrize("kind", REMOTE)
def test_answers_do_not_depend_on_the_store(tiaowen: Run, bases: Callable[[str], Home], kind: str) -> None:
    for question in QUESTIONS:
        assert answered(tiaowen, bases(kind), question) == answered(tiaowen, bases("faiss"), question)


@pytest.mark.parametrize("kind", REMOTE)
def test_a_store_is_filled_kept_and_left(tiaowen: Run, engines: Engines, tmp_path: Path, kind: str) -> None:
    home, uri = Home(tmp_path / "home"), engines[kind].uri
    first = tiaowen("build", "--store", uri, "--json", home=home)
    assert first.code == 0 and first.json["store"] == uri
    assert first.json["filled"] == {"rows": first.json["passages"], "sent": first.json["passages"], "overlap": 1.0}
    again = tiaowen("build", "--json", home=home).json
    assert again["generation"] == first.json["generation"]
    assert (again["store"], again["filled"]["sent"]) == (uri, 0)
    assert not list(home.index.glob("*/vectors.*"))
    held = collection(home)
    prefix = held.name[:-16]

    add(tiaowen, home)
    changed = tiaowen("build", home=home)
    assert changed.code == 0 and f"store {uri}: " in changed.out
    assert live(home) != first.json["generation"] and held.collections(prefix) == [prefix + live(home)]

    left = tiaowen("build", "--store", "faiss", home=home)
    assert (left.code, left.err) == (0, "") and "store" not in left.out
    assert held.collections(prefix) == [] and list(home.index.glob("*/vectors.faiss"))
    assert tiaowen("status", "--json", home=home).json["index"]["store"] == {"kind": "faiss"}
    held.close()


@pytest.mark.parametrize(
    ("ui", "well", "files"), [("zh", "可用", "索引文件"), ("en", "in order", "files of the index")]
)
def test_status_and_doctor_tell_the_store(
    tiaowen: Run, bases: Callable[[str], Home], ui: str, well: str, files: str
) -> None:
    for kind in REMOTE:
        home = bases(kind)
        told = tiaowen("status", "--json", home=home).json["index"]
        store = told["store"]
        assert (store["kind"], store["reachable"], store["wrong"]) == (kind, True, "")
        assert store["count"] == store["expected"] == told["passages"]
        assert f"{store['uri']}" in (text := tiaowen("--ui-lang", ui, "status", home=home).out) and well in text
        assert tiaowen("doctor", home=home).code == 0
        assert "vectors" in [one["check"] for one in tiaowen("doctor", "--json", home=home).json["checks"]]
    assert files in tiaowen("--ui-lang", ui, "status", home=bases("faiss")).out


@pytest.mark.parametrize("kind", REMOTE)
def test_a_store_that_lost_a_row_is_told_and_mended(tiaowen: Run, engines: Engines, tmp_path: Path, kind: str) -> None:
    home = Home(tmp_path / "home")
    rows = tiaowen("build", "--store", engines[kind].uri, "--json", home=home).json["passages"]
    held = collection(home)
    held.delete([3])
    assert tiaowen("status", "--json", home=home).json["index"]["store"]["count"] == rows - 1
    assert f"holds {rows - 1} vectors, not {rows}" in tiaowen("status", home=home).out
    done = tiaowen("doctor", "--json", home=home)
    (wrong,) = [one for one in done.json["checks"] if one["found"]]
    assert (done.code, wrong["check"]) == (1, "vectors") and "tiaowen build" in wrong["mend"]
    zh = tiaowen("--ui-lang", "zh", "doctor", home=home).out
    assert f"有{rows - 1}个向量，应有{rows}个" in zh and "tiaowen build" in zh
    assert tiaowen("build", "--json", home=home).json["filled"]["sent"] == 1
    assert tiaowen("doctor", home=home).code == 0
    held.drop(held.name)
    lost = tiaowen("ask", "数据投毒怎么防？", home=home)
    assert lost.code == 1 and "is not in" in lost.line and lost.line.endswith("run: tiaowen build")
    assert tiaowen("build", "--json", home=home).json["filled"]["sent"] == rows
    held.close()


@pytest.mark.parametrize("kind", REMOTE)
def test_a_store_that_does_not_answer_is_one_line_and_nothing_else_answers(
    tiaowen: Run, engines: Engines, tmp_path: Path, kind: str
) -> None:
    home, uri = Home(tmp_path / "home"), engines[kind].uri
    assert tiaowen("build", "--store", uri, home=home).code == 0
    before = live(home)
    add(tiaowen, home)
    engines[kind].end(9)
    for words in (["ask", "数据投毒怎么防？"], ["search", "logs"], ["build"]):
        done = tiaowen(*words, home=home)
        assert (done.code, done.out) == (1, "") and uri in done.line, words
        assert done.line.endswith("start it, or go back to the index in files: tiaowen build --store faiss")
        assert set(tiaowen(*words, "--json", home=home).json) == {"error", "way_out"}
    assert live(home) == before
    status = tiaowen("status", "--json", home=home)
    assert status.code == 0 and status.json["index"]["store"]["reachable"] is False
    done = tiaowen("doctor", "--json", home=home)
    assert done.code == 1 and {"vectors", "left"} >= {one["check"] for one in done.json["checks"] if one["found"]} - {
        "behind"
    }
    left = tiaowen("build", "--store", "faiss", home=home)
    assert left.code == 0 and "could not be dropped" in left.line and uri in left.line
    assert tiaowen("ask", "数据投毒怎么防？", home=home).code == 0


@pytest.mark.parametrize("kind", REMOTE)
def test_two_homes_with_the_same_corpus_are_not_in_each_others_way(
    tiaowen: Run, bases: Callable[[str], Home], engines: Engines, tmp_path: Path, kind: str
) -> None:
    other, mine = Home(tmp_path / "other"), bases(kind)
    assert tiaowen("build", "--store", engines[kind].uri, home=other).code == 0
    assert live(other) != live(mine)
    assert tiaowen("build", "--store", "faiss", home=other).code == 0
    assert tiaowen("ask", "数据投毒怎么防？", home=mine).code == 0


@pytest.mark.soak
@pytest.mark.parametrize("kind", REMOTE)
def test_two_builds_at_once_both_end_well(tiaowen: Run, engines: Engines, tmp_path: Path, kind: str) -> None:
    home = Home(tmp_path / "home")
    command = [*SMALL, "--home", str(home.root), "build", "--store", engines[kind].uri, "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    told = [json.loads(one.communicate(timeout=PATIENCE * 2)[0]) for one in both]
    assert told[0]["generation"] == told[1]["generation"] == live(home)
    assert sorted(one["filled"]["sent"] for one in told) == [0, told[0]["passages"]]
    assert tiaowen("doctor", home=home).code == 0


@pytest.mark.parametrize("kind", [pytest.param("milvus", marks=pytest.mark.soak), "postgres"])
def test_a_build_that_was_killed_is_not_seen_and_gone_on_with(
    tiaowen: Run, engines: Engines, tmp_path: Path, kind: str
) -> None:
    home, rng = Home(tmp_path / "home"), random.Random(20)
    assert tiaowen("build", "--store", engines[kind].uri, home=home).code == 0
    held, landed = collection(home), 0
    prefix = held.name[:-16]
    for at in range(MOMENTS):
        change(tiaowen, home, at)
        before = live(home)
        with subprocess.Popen([*SMALL, "--home", str(home.root), "build"], stdout=NULL, stderr=NULL) as building:
            while building.poll() is None and len(held.collections(prefix)) < 2:
                time.sleep(0.002)
            with contextlib.suppress(subprocess.TimeoutExpired):
                building.wait(rng.uniform(0, 1.0) if at else 0.001)
            building.kill()
        landed += live(home) == before
        assert tiaowen("status", "--json", home=home).json["index"]["generation"] == live(home)
        assert tiaowen("ask", "数据投毒怎么防？", home=home).code == 0
        done = tiaowen("build", "--json", home=home).json
        assert done["generation"] == live(home) != before and done["filled"]["overlap"] >= 0.99
        assert held.collections(prefix) == [prefix + live(home)] and tiaowen("doctor", home=home).code == 0
    assert landed > 0
    held.close()


def change(tiaowen: Run, home: Home, at: int) -> None:
    """Another corpus than before."""
    if at % 2 == 0:
        add(tiaowen, home)
    else:
        assert tiaowen("remove", "aisgf@2.0/zh", home=home).code == 0


def test_a_password_stands_nowhere(
    tiaowen: Run, engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, server = Home(tmp_path / "home"), engines["postgres"]
    user = f"li_{secrets.token_hex(4)}"
    server.admit()
    refused = tiaowen("build", "--store", server.uri_of(f"li:{PASSWORD}"), home=home)
    assert refused.code == 2 and PASSWORD not in refused.line and "TIAOWEN_STORE_PASSWORD" in refused.line
    monkeypatch.setenv("TIAOWEN_STORE_PASSWORD", PASSWORD)
    done = tiaowen("build", "--store", server.uri_of("li"), home=home)
    assert done.code == 0 and tiaowen("ask", "数据投毒怎么防？", home=home).code == 0
    monkeypatch.setenv("TIAOWEN_STORE_PASSWORD", user)
    wrong = [
        tiaowen(*words, home=home)
        for words in (["ask", "数据投毒怎么防？"], ["status", "--json"], ["doctor"], ["build"])
    ]
    assert [one.code for one in wrong] == [1, 0, 1, 1]
    said = "".join(one.out + one.err for one in [done, *wrong])
    assert PASSWORD not in said and user not in said
    assert not any(PASSWORD.encode() in path.read_bytes() for path in home.root.rglob("*") if path.is_file())


def test_a_user_who_may_not_write_there_is_told_in_a_line(tiaowen: Run, engines: Engines, tmp_path: Path) -> None:
    home, server = Home(tmp_path / "home"), engines["postgres"]
    user = f"reader_{secrets.token_hex(4)}"
    server.say(f"CREATE ROLE {user} LOGIN; CREATE EXTENSION IF NOT EXISTS vector")
    done = tiaowen("build", "--store", server.uri_of(user), home=home)
    assert done.code == 1 and "permission denied for schema public" in done.line
    assert not (home.index / "CURRENT").exists()


@pytest.mark.parametrize("written", ["redis://host", "http://", "x'; DROP TABLE corpus; --"])
def test_what_is_no_store_changes_nothing(tiaowen: Run, bases: Callable[[str], Home], written: str) -> None:
    before = live(bases("faiss"))
    done = tiaowen("build", "--store", written, home=bases("faiss"))
    assert done.code == 2 and "write faiss, http://HOST:19530" in done.line and live(bases("faiss")) == before


@pytest.mark.parametrize(("ui", "said"), [("zh", "请用 --store 指明"), ("en", "name it with --store")])
def test_a_store_that_a_damaged_index_can_no_longer_name_is_not_left_silently(
    tiaowen: Run, bases: Callable[[str], Home], tmp_path: Path, ui: str, said: str
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(bases("postgres").root, home.root)
    (home.index / live(home) / "manifest.json").write_bytes("半".encode()[:2])
    done = tiaowen("--ui-lang", ui, "build", "--json", home=home)
    assert (done.code, done.json["store"]) == (0, "faiss") and done.line.endswith(said)


def test_a_copied_home_without_its_number_draws_a_new_one(
    tiaowen: Run, bases: Callable[[str], Home], tmp_path: Path
) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(bases("postgres").root, copy.root)
    (copy.index / "owner").write_text("not a number", encoding="utf-8")
    place = live_place(copy.index)
    assert place is not None
    done = tiaowen("build", "--json", home=copy)
    assert done.code == 0 and done.json["generation"] != place.owner
    now = live_place(copy.index)
    assert now is not None and now.owner != place.owner and now == replace(place, owner=now.owner)
    assert tiaowen("build", "--store", "faiss", home=copy).code == 0
    assert tiaowen("ask", "数据投毒怎么防？", home=bases("postgres")).code == 0


def test_what_stores_cost_is_told_and_they_are_emptied(
    tiaowen: Run, bases: Callable[[str], Home], engines: Engines
) -> None:
    uri = engines["postgres"].uri
    held = collection(bases("postgres"))
    before = held.collections("tiaowen_")
    done = tiaowen("eval", "stores", uri, "--passages", "200", "--json", home=bases("postgres"))
    assert done.code == 0 and [row["store"] for row in done.json] == ["faiss", uri]
    for row in done.json:
        assert row["passages"] == 200 and row["recall"] == 1.0 and row["size_bytes"] > 200 * 256 * 4
        assert all(0 < row[f"{what}_p50_ms"] <= row[f"{what}_p99_ms"] for what in ("search", "retrieve", "ask"))
    assert held.collections("tiaowen_") == before
    held.close()
    rows = [Cost(**row) for row in done.json]
    for lang, title in (("zh", "向量库"), ("en", "Vector stores")):
        text = as_text([section(rows)], lang)
        assert text.startswith(f"{title}\n") and uri in text and len(text.splitlines()) == 5
