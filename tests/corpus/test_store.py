"""The corpus store: revisions, all or none, the ledger, and stores of other versions."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small import document

from corpus.errors import HomeUnusable
from corpus.ledger import Ledger
from corpus.records import Document
from corpus.store import EMPTY_DIGEST, SCHEMA_VERSION, CorpusStore, Fetch

ROOT = Path(__file__).parents[2]
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
DAY = "2026-09-20T08:00:00Z"
LATER = "2026-09-21T08:00:00Z"


def reworded(lang: str = "zh") -> Document:
    """The same document with one word changed."""
    of = document(lang)
    old, new = ("留六", "留九") if lang == "zh" else ("six", "ten")
    text = of.text.replace(old, new)
    return replace(of, text=text, clauses=tuple(replace(c, text=c.span.of(text)) for c in of.clauses))


def unkeepable() -> Document:
    """A document with half a surrogate pair, which UTF-8 cannot hold."""
    of = document("en")
    text = of.text.replace("six", "s\ud800x")
    return replace(of, text=text, clauses=tuple(replace(c, text=c.span.of(text)) for c in of.clauses))


def revisions(store: CorpusStore) -> list[tuple[str, int, str]]:
    return [(kept.document.id, kept.revision, kept.added_at) for kept in store.current()]


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "家" / "corpus.db"


def test_documents_come_back_equal_from_a_new_process_of_reading(path: Path) -> None:
    with CorpusStore(path) as store:
        assert store.put([document("zh"), document("en")], DAY) == [1, 1]
    with CorpusStore(path) as store:
        assert [kept.document for kept in store.current()] == [document("en"), document("zh")]
        assert revisions(store) == [("aisgf@2.0/en", 1, DAY), ("aisgf@2.0/zh", 1, DAY)]


def test_the_same_text_makes_no_new_revision(path: Path) -> None:
    with CorpusStore(path) as store:
        store.put([document()], DAY)
        assert store.put([document(), document()], LATER) == [1, 1]
        assert revisions(store) == [("aisgf@2.0/zh", 1, DAY)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_text_makes_a_revision_and_the_newest_is_current(path: Path, lang: str) -> None:
    with CorpusStore(path) as store:
        assert store.put([document(lang)], DAY) == [1]
        assert store.put([reworded(lang)], LATER) == [2]
        assert [kept.document for kept in store.current()] == [reworded(lang)]
        assert store.put([document(lang)], LATER) == [3]
        assert [kept.document for kept in store.current()] == [document(lang)]


@pytest.mark.parametrize("change", [{"status": "official"}, {"raw_sha256": "cd" * 32}])
def test_another_provenance_makes_a_revision(path: Path, change: dict[str, str]) -> None:
    with CorpusStore(path) as store:
        store.put([document()], DAY)
        assert store.put([document(**change)], LATER) == [2]


def test_body_and_notice_of_one_id_are_apart(path: Path) -> None:
    with CorpusStore(path) as store:
        assert store.put([document(), document(part="notice")], DAY) == [1, 1]
        assert [kept.document.part for kept in store.current()] == ["body", "notice"]


def test_documents_are_kept_all_or_none(path: Path) -> None:
    with CorpusStore(path) as store:
        store.put([document()], DAY)
        before = store.digest()
        with pytest.raises(UnicodeEncodeError):
            store.put([reworded(), unkeepable()], LATER)
        assert [kept.document for kept in store.current()] == [document()]
        assert store.digest() == before
        assert store.put([reworded()], LATER) == [2]


def test_the_digest_changes_with_what_answers_are_made_from(path: Path) -> None:
    with CorpusStore(path) as store:
        seen = [store.digest()]
        for of in (document(), reworded(), replace(reworded(), status="official"), document("en")):
            store.put([of], DAY)
            seen.append(store.digest())
        assert seen[0] == EMPTY_DIGEST
        assert len(set(seen)) == 5
        store.put([document("en")], LATER)
        assert store.digest() == seen[-1]


def test_the_digest_is_the_same_in_any_home(tmp_path: Path) -> None:
    with CorpusStore(tmp_path / "a.db") as one, CorpusStore(tmp_path / "b.db") as other:
        one.put([document("zh"), document("en")], DAY)
        other.put([document("en")], LATER)
        other.put([document("zh")], LATER)
        assert one.digest() == other.digest()


def test_bytes_already_read_are_known_per_edition(path: Path) -> None:
    with CorpusStore(path) as store:
        store.put([document()], DAY)
        assert store.has_raw("ab" * 32, "aisgf@2.0", "body", "")
        assert not store.has_raw("ab" * 32, "aisgf@1.0", "body", "")
        assert not store.has_raw("cd" * 32, "aisgf@2.0", "body", "")
        assert not store.has_raw("ab" * 32, "aisgf@2.0", "notice", "")
        assert not store.has_raw("ab" * 32, "aisgf@2.0", "body", "outline/0")


def test_bytes_of_a_superseded_revision_are_not_current(path: Path) -> None:
    with CorpusStore(path) as store:
        for raw in ("aa" * 32, "bb" * 32):
            store.put([document(raw_sha256=raw)], DAY)
        assert not store.has_raw("aa" * 32, "aisgf@2.0", "body", "")
        assert store.put([document(raw_sha256="aa" * 32)], LATER) == [3]
        assert store.has_raw("aa" * 32, "aisgf@2.0", "body", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_removed_document_is_out_of_answers_and_stays_checkable(path: Path, lang: str) -> None:
    name = f"aisgf@2.0/{lang}"
    with CorpusStore(path) as store:
        store.put([document(lang)], DAY)
        store.put([reworded(lang)], DAY)
        assert store.remove(name, "notice", LATER) == 0
        assert store.remove(name, "body", LATER) == 2
        assert (store.current(), store.digest()) == ([], EMPTY_DIGEST)
        assert not store.has_raw("ab" * 32, "aisgf@2.0", "body", "")
        for revision, of in enumerate((document(lang), reworded(lang)), 1):
            kept = store.revision(name, "body", of.sha256[:12])
            assert kept and (kept.document, kept.revision) == (of, revision)
        assert store.revision(name, "body", "0" * 12) is None
        assert store.put([reworded(lang)], LATER) == [3]
        assert [kept.document for kept in store.current()] == [reworded(lang)]


def test_the_ledger_keeps_every_fetch_in_order(path: Path) -> None:
    good = Fetch(
        *("aisgf@2.0", "body", "https://www.cac.gov.cn/a.pdf", "https://www.cac.gov.cn/b.pdf", DAY, 200, '"e"', None),
        *("ab" * 32, 12, "application/pdf", "https://www.cac.gov.cn/a.htm", None),
    )
    bad = Fetch("aisgf@3.0", "notice", "https://www.cac.gov.cn/c", "https://www.cac.gov.cn/c", LATER, error="无应答")
    with CorpusStore(path) as store:
        store.record(good)
        store.record(bad)
        store.record(good)
    with CorpusStore(path) as store:
        assert store.fetches() == [good, bad, good]


def stamp(path: Path, version: str) -> None:
    with CorpusStore(path) as store:
        store.put([document()], DAY)
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (version,))
    db.close()


def test_a_store_of_a_newer_version_is_refused_in_one_line_and_left_as_it_is(path: Path) -> None:
    newer = str(SCHEMA_VERSION + 1)
    stamp(path, newer)
    with pytest.raises(HomeUnusable) as refused:
        CorpusStore(path)
    assert str(refused.value) == (
        f"{str(path)!r} was written by a newer Tiaowen (store version {newer}, this one knows {SCHEMA_VERSION}); "
        "upgrade Tiaowen, or name another home with --home DIR"
    )
    assert "\n" not in str(refused.value)
    db = sqlite3.connect(path)
    assert db.execute("SELECT value FROM meta").fetchall() == [(newer,)]
    db.close()


WITHOUT = {
    "1": "DROP VIEW current; ALTER TABLE documents DROP COLUMN removed_at;",
    "2": "DROP TABLE crawls; DROP TABLE copies; DROP TABLE sightings; ALTER TABLE fetches DROP COLUMN crawl;"
    "ALTER TABLE fetches DROP COLUMN date; ALTER TABLE fetches DROP COLUMN outcome;",
}
"""What brings a store of today back to that version from the next."""


@pytest.mark.parametrize("version", WITHOUT)
def test_a_store_of_an_older_version_keeps_what_it_has_and_is_migrated(path: Path, version: str) -> None:
    fetch = Fetch("aisgf@3.0", "notice", "https://www.cac.gov.cn/c", "https://www.cac.gov.cn/c", LATER, error="无应答")
    with CorpusStore(path) as store:
        store.record(fetch)
    stamp(path, version)
    db = sqlite3.connect(path)
    db.executescript("".join(undo for later, undo in sorted(WITHOUT.items(), reverse=True) if later >= version))
    with CorpusStore(path) as store:
        assert [kept.document for kept in store.current()] == [document()]
        assert store.fetches() == [fetch]
        ledger = Ledger(store)
        assert (ledger.crawls(), ledger.copies(), ledger.sightings()) == ([], [], [])
        assert ledger.begin("all", DAY, DAY) == 1
        assert store.remove("aisgf@2.0/zh", "body", LATER) == 1
    assert db.execute("SELECT value FROM meta").fetchall() == [(str(SCHEMA_VERSION),)]
    db.close()


def test_a_file_that_is_no_store_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    path.write_bytes("不是数据库".encode() * 100)
    with pytest.raises(HomeUnusable, match=r"cannot be opened \(file is not a database\); move it away"):
        CorpusStore(path)
    assert path.read_bytes().startswith("不是".encode())


def test_a_store_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HomeUnusable, match="cannot be opened"):
        CorpusStore(tmp_path / "file" / "corpus.db")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_write_that_fails_is_told_in_one_line_and_keeps_nothing(path: Path, lang: str) -> None:
    with CorpusStore(path) as store:
        db = sqlite3.connect(path)
        db.execute("CREATE TRIGGER full BEFORE INSERT ON clauses BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        db.close()
        with pytest.raises(
            HomeUnusable, match=r"cannot be written \(disk is full\); free some space.*nothing was"
        ) as no:
            store.put([document(lang)], DAY)
        assert "\n" not in str(no.value)
        assert (store.current(), store.digest()) == ([], EMPTY_DIGEST)


# --- damage, and places that cannot be written


def filled(path: Path) -> bytes:
    """The bytes of a store of two documents and a fetch."""
    with CorpusStore(path) as store:
        store.put([document("zh"), document("en")], DAY)
        store.record(
            Fetch("aisgf@2.0", "body", "https://www.cac.gov.cn/a.pdf", "https://www.cac.gov.cn/a.pdf", DAY, 200)
        )
    return path.read_bytes()


def test_a_byte_flipped_anywhere_is_told_or_changes_no_text(path: Path) -> None:
    whole, rng, told = filled(path), random.Random(5), 0
    for _ in range(4000 if SOAK else 200):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            with CorpusStore(path) as store:
                kept = {one.document.text for one in store.current()}
                store.digest(), store.fetches(), store.has_raw("ab" * 32, "aisgf@2.0", "body", "")
        except HomeUnusable as error:
            assert error.way_out and "\n" not in str(error)
            told += 1
        else:
            assert kept <= {document("zh").text, document("en").text}
        for log in path.parent.glob("*-*"):
            log.unlink()
    assert told


@pytest.mark.parametrize(("lang", "old", "new"), [("zh", "总则", "总则！"), ("en", "General", "Genera1")])
def test_a_text_that_is_not_its_digests_is_told(path: Path, lang: str, old: str, new: str) -> None:
    filled(path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE documents SET head = replace(head, ?, ?)", (old, new))
    with (
        CorpusStore(path) as store,
        pytest.raises(
            HomeUnusable,
            match=rf"^aisgf@2\.0/{lang} in the corpus store .*; run: tiaowen remove aisgf@2\.0/{lang}, then",
        ),
    ):
        store.current()


@pytest.mark.parametrize("size", [500, 4096, 9000])
def test_a_store_cut_short_is_told(path: Path, size: int) -> None:
    whole = filled(path)
    path.write_bytes(whole[:size])
    with pytest.raises(HomeUnusable, match=r"; move it away and add the documents again"), CorpusStore(path) as store:
        store.current()


LIMITED = """
import resource, sys
from pathlib import Path
from corpus.errors import HomeUnusable
from corpus.store import CorpusStore, Fetch

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
with CorpusStore(Path(sys.argv[1])) as store:
    print([kept.document.id for kept in store.current()])
    try:
        store.record(Fetch("aisgf@3.0", "notice", "", "", "2026-09-21T08:00:00Z", error="满" * 50_000))
    except HomeUnusable as error:
        print(error)
"""


def limited(path: Path, most: int) -> list[str]:
    """What a process prints that can read the store, and may write no file longer than so many bytes."""
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(most)],
        capture_output=True, encoding="utf-8", check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/tests"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("most", [0, 20_000, 32_768])
def test_where_the_disk_is_full_a_store_is_read_and_a_write_is_told(path: Path, most: int) -> None:
    filled(path)
    read, told = limited(path, most)
    assert read == "['aisgf@2.0/en', 'aisgf@2.0/zh']"
    assert told.startswith("the corpus store cannot be written (")
    assert told.endswith("; free some space or name another home with --home DIR; nothing was changed")
    with CorpusStore(path) as store:
        assert (len(store.current()), len(store.fetches())) == (2, 1)


def test_a_store_that_was_never_written_is_told_where_the_disk_is_full(path: Path) -> None:
    pytest.importorskip("resource")
    command = [sys.executable, "-c", LIMITED, str(path), "0"]
    where = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/tests"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT, env=where)
    last = done.stderr.splitlines()[-1]
    assert "HomeUnusable: the corpus store" in last and "cannot be opened (" in last
    assert last.endswith("; free some space, see that you may write there, or name another home with --home DIR")


def test_what_a_killed_process_left_in_the_log_is_never_passed_over(path: Path) -> None:
    pytest.importorskip("resource")
    writes = "from small import document; import os; from pathlib import Path; from corpus.store import CorpusStore\n"
    writes += f"CorpusStore(Path({str(path)!r})).put([document()], {DAY!r}); os._exit(0)"
    where = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/tests"}
    assert subprocess.run([sys.executable, "-c", writes], cwd=ROOT, env=where, check=False).returncode == 0
    assert path.with_name("corpus.db-wal").stat().st_size
    command = [sys.executable, "-c", LIMITED, str(path), "0"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT, env=where)
    assert done.stdout.startswith("['aisgf@2.0/zh']") or "cannot be opened (" in done.stderr.splitlines()[-1]
    with CorpusStore(path) as store:
        assert [kept.document.id for kept in store.current()] == ["aisgf@2.0/zh"]
