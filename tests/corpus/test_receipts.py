"""Receipts: kept once, found by the first digits of their id, written by several processes, refused where they cannot be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from small import answer

from corpus.errors import HomeUnusable
from corpus.home import Home
from corpus.receipts import Receipt, find, keep, receipt_of, running_version

ZH = Receipt("3f2a9c0000000001", "日志要留存多久？", None, "auto", "f00d", "0.1.0", "2026-09-20T08:00:00Z")
EN = Receipt("3f2a9d0000000002", "How long must logs be kept?", "all", "en", "f00d", "0.1.0", "2026-09-20T08:00:01Z")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Home(tmp_path).receipts


def test_receipts_are_found_by_the_first_digits_of_their_id(path: Path) -> None:
    keep(path, [EN, ZH])
    assert find(path, "3f2a") == [ZH, EN]
    assert find(path, "3f2a9c") == find(path, ZH.id) == [ZH]
    assert find(path, "3f2a9e") == find(path, f"{ZH.id}0") == find(path, "%") == []


def test_the_same_answer_is_no_new_row_and_the_first_stays(path: Path) -> None:
    keep(path, [ZH])
    keep(path, [replace(ZH, asked_at="2027-01-01T00:00:00Z"), EN])
    keep(path, [])
    assert find(path, "") == [ZH, EN]


def test_nothing_is_written_to_look_for_one(path: Path) -> None:
    assert find(path, "3f2a9c") == []
    assert list(path.parent.iterdir()) == []
    keep(path, [ZH])
    assert [one.name for one in path.parent.iterdir()] == ["receipts.db"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_receipt_of_an_answer_is_what_was_asked(lang: str) -> None:
    told = receipt_of(answer(lang), "2.0", "auto", "f00d")
    assert told == Receipt("a1", "？", "2.0", "auto", "f00d", running_version(), told.asked_at)
    assert len(told.asked_at) == len("2026-09-20T08:00:00Z")


MANY = """
import sys
from pathlib import Path
from corpus.receipts import Receipt, keep

for at in range(40):
    rows = [Receipt(f"{who}{at:04x}", "问", None, "auto", "f00d", "0.1.0", "") for who in (sys.argv[2], "both")]
    keep(Path(sys.argv[1]), rows)
"""


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    command = [sys.executable, "-c", MANY, str(path)]
    root = str(Path(__file__).parents[2])
    running = [subprocess.Popen([*command, who], cwd=root) for who in ("one", "two", "three")]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    assert [len(find(path, who)) for who in ("one", "two", "three", "both", "")] == [40, 40, 40, 40, 160]
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


WAY_OUT = "free some space, delete that file, or name another home with --home DIR"


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(HomeUnusable) as refused:
        keep(Home(file).receipts, [ZH])
    below = str(file / "receipts.db")
    assert str(refused.value) == f"the receipts {below!r} cannot be written (unable to open database file); {WAY_OUT}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(HomeUnusable, match=r"cannot be written \(database or disk is full\); free some space"):
        keep(Path("/dev/full"), [ZH])


def test_a_file_that_is_none_of_ours_is_told_and_left(path: Path) -> None:
    path.write_text("这不是数据库，也不短。" * 40, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(HomeUnusable, match=r"cannot be written \(file is not a database\); .*delete that file"):
        keep(path, [ZH])
    with pytest.raises(HomeUnusable, match=r"cannot be read \(file is not a database\)"):
        find(path, "3f2a9c")
    assert path.read_bytes() == before


def test_receipts_of_a_newer_version_are_refused_and_left(path: Path) -> None:
    keep(path, [ZH])
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 3")
    for use in (lambda: keep(path, [EN]), lambda: find(path, "3f2a")):
        with pytest.raises(HomeUnusable, match=r"written by a newer Tiaowen \(receipts version 3, this one knows 2\)"):
            use()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT COUNT(*) FROM receipts").fetchone() == (1,)


def test_receipts_of_an_older_version_are_read_and_kept(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TABLE receipts (id TEXT PRIMARY KEY, question TEXT NOT NULL, edition TEXT, lang TEXT NOT NULL,"
            " generation TEXT NOT NULL, version TEXT NOT NULL, asked_at TEXT NOT NULL) WITHOUT ROWID"
        )
        db.execute("INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(ZH)[:7])
        db.execute("PRAGMA user_version = 1")
    assert find(path, ZH.id) == [ZH]
    official = replace(EN, statuses="official")
    keep(path, [official])
    assert find(path, "3f2a9") == [ZH, official]
