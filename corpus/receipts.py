"""Receipts: what was asked, of which index and by which version, so that an answer's id gives the answer again.

    answer ─ keep ─> receipts.db ─ find(prefix) ─> the question as it was asked

A small SQLite file of its own beside the store: writing a receipt never waits for a crawl, and a receipt that is lost costs
no document. The id is a digest of what is kept, so the same question asked again is no new row, and processes that write at
the same time wait for each other for a moment. It has a rollback journal and no WAL, so that it can be read where nothing
may be written. Delete the file to forget what was asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from corpus.errors import HomeTooNew, HomeUnusable
from corpus.records import Answer, Status
from corpus.store import utc_now

VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    id TEXT PRIMARY KEY, question TEXT NOT NULL, edition TEXT, lang TEXT NOT NULL, generation TEXT NOT NULL,
    version TEXT NOT NULL, asked_at TEXT NOT NULL, statuses TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
"""
_ADDED_IN_2 = "ALTER TABLE receipts ADD COLUMN statuses TEXT NOT NULL DEFAULT ''"
_WAIT = 5.0
"""Seconds to wait while another process writes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer's id and what gives it again. `edition` and `lang` as asked: a version, `all` or None; `auto`, `zh`, `en`.

    `statuses`: the kinds of text that were allowed, parted by commas; "" for all.
    """

    id: str
    question: str
    edition: str | None
    lang: str
    generation: str
    version: str
    asked_at: str
    statuses: str = ""


@cache
def running_version() -> str:
    """The version of Tiaowen that is running: looked up once, since it is asked for with every answer."""
    return metadata.version("tiaowen")


def receipt_of(
    answer: Answer, edition: str | None, lang: str, generation: str, statuses: Sequence[Status] = ()
) -> Receipt:
    """The receipt of an answer just given; its scope as it was asked for, `generation` of the index."""
    return Receipt(
        answer.answer_id, answer.question, edition, lang, generation, running_version(), utc_now(), ",".join(statuses)
    )


def keep(path: Path, receipts: Sequence[Receipt]) -> None:
    """Keep receipts; of one that is kept already the first stays. Raises `HomeUnusable` where the file cannot be written."""
    with _opened(path, "written") as db:
        if _check(db, path) and all(_has(db, receipt.id) for receipt in receipts):
            return  # nothing to write, which may be forbidden here
        db.execute("BEGIN IMMEDIATE")
        with db:
            _prepare(db, path)
            db.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, receipts))


def find(path: Path, prefix: str) -> list[Receipt]:
    """The receipts whose id begins with a prefix, by id; none where nothing was ever asked."""
    if not path.exists():
        return []
    with _opened(path, "read", f"{path.absolute().as_uri()}?mode=rw") as db:
        if not _check(db, path):
            return []  # made by a process that was killed before it wrote
        rows = db.execute("SELECT * FROM receipts WHERE substr(id, 1, ?) = ? ORDER BY id", (len(prefix), prefix))
        return [Receipt(*row) for row in rows]


@contextmanager
def _opened(path: Path, done: str, uri: str = "") -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(uri or path, timeout=_WAIT, isolation_level=None, uri=bool(uri))) as db:
            yield db
    except (sqlite3.Error, OSError) as error:
        raise HomeUnusable(
            f"the receipts {str(path)!r} cannot be {done} ({error})",
            way_out="free some space, delete that file, or name another home with --home DIR",
        ) from error


def _has(db: sqlite3.Connection, name: str) -> bool:
    return db.execute("SELECT 1 FROM receipts WHERE id = ?", (name,)).fetchone() is not None


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    found = _check(db, path)
    if found < VERSION:
        db.execute(_SCHEMA if not found else _ADDED_IN_2)
        db.execute(f"PRAGMA user_version = {VERSION}")


def _check(db: sqlite3.Connection, path: Path) -> int:
    """The version of the file, 0 for a new one; one of a newer Tiaowen is refused."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise HomeTooNew(
            f"{str(path)!r} was written by a newer Tiaowen (receipts version {version}, this one knows {VERSION})",
            way_out="upgrade Tiaowen, or name another home with --home DIR",
        )
    return version
