"""The corpus store: one SQLite file with documents, clauses and the provenance of every fetch.

A document is kept with all its clauses in one transaction. A second text for the same edition, part and language is a
new revision; the newest is current unless it was removed. No revision is ever deleted: citations made from it stay
checkable. `schema_version` stands in `meta`: an older store is migrated, a newer refused.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.errors import HomeTooNew, HomeUnusable, TiaowenError
from corpus.jsonform import document_from_json, document_to_json
from corpus.records import Document

_MOVE_AWAY = "move it away and add the documents again, or name another home with --home DIR"
_MAKE_ROOM = "free some space, see that you may write there, or name another home with --home DIR"
EMPTY_DIGEST = hashlib.sha256(b"[]").hexdigest()

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fetches (
    id INTEGER PRIMARY KEY, edition TEXT NOT NULL, part TEXT NOT NULL, url TEXT NOT NULL, final_url TEXT NOT NULL,
    fetched_at TEXT NOT NULL, status INTEGER, etag TEXT, last_modified TEXT, sha256 TEXT, size INTEGER,
    media_type TEXT, referrer TEXT, error TEXT);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT NOT NULL, part TEXT NOT NULL, revision INTEGER NOT NULL, edition TEXT NOT NULL, lang TEXT NOT NULL,
    status TEXT NOT NULL, sha256 TEXT NOT NULL, raw_sha256 TEXT, added_at TEXT NOT NULL, head TEXT NOT NULL,
    PRIMARY KEY (id, part, revision));
CREATE TABLE IF NOT EXISTS clauses (
    document TEXT NOT NULL, part TEXT NOT NULL, revision INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    path TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (document, part, revision, ordinal));
"""
_MIGRATIONS = (
    """
ALTER TABLE documents ADD COLUMN removed_at TEXT;
CREATE VIEW current AS SELECT * FROM documents AS d WHERE removed_at IS NULL AND revision =
    (SELECT MAX(revision) FROM documents WHERE id = d.id AND part = d.part);
""",
    """
ALTER TABLE fetches ADD COLUMN crawl INTEGER;
ALTER TABLE fetches ADD COLUMN date TEXT;
ALTER TABLE fetches ADD COLUMN outcome TEXT;
CREATE TABLE crawls (id INTEGER PRIMARY KEY, scope TEXT NOT NULL, began_at TEXT NOT NULL, ended_at TEXT);
CREATE TABLE copies (
    url TEXT NOT NULL, edition TEXT NOT NULL, part TEXT NOT NULL, lang TEXT NOT NULL, relation TEXT NOT NULL,
    document TEXT, raw_sha256 TEXT NOT NULL, reader TEXT NOT NULL, date TEXT, note TEXT, seen_at TEXT NOT NULL,
    PRIMARY KEY (url, edition, part, lang));
CREATE TABLE sightings (
    url TEXT PRIMARY KEY, kind TEXT NOT NULL, edition TEXT NOT NULL, title TEXT NOT NULL, date TEXT NOT NULL,
    found_on TEXT NOT NULL, seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL);
""",
)
"""What brings a store from version n to n + 1, statements parted by semicolons; a new store runs them all."""
SCHEMA_VERSION = 1 + len(_MIGRATIONS)
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file raises: SQLite may quote its bytes, which are no text then."""
_KEPT = "id, part, revision, added_at, sha256, head"


def utc_now(ago: timedelta = timedelta()) -> str:
    """Now, or so long ago, as the store writes it: `2026-09-14T08:00:00Z`."""
    return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Fetch:
    """A row of the provenance ledger: one answer of one server, or why there was none.

    `date`: as the page prints it; `outcome`: what became of the bytes, None while they are not read (`corpus.ledger`).
    A list page is of no edition: its `edition` is "", its part `list`.
    """

    edition: str
    part: str
    url: str
    final_url: str
    fetched_at: str
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    referrer: str | None = None
    error: str | None = None
    date: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A document with what the store knows about it."""

    document: Document
    revision: int
    added_at: str


class CorpusStore:
    """Opens (and creates) the store at `path`; use as a context manager.

    Where nothing can be written (a mounted image, somebody else's home, a full disk) a store that is there is only read.
    A damage met later, within the `with` block, is told as one met on opening.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._open()
        except (*_BROKEN, OSError) as error:
            raise self._unusable("opened", error) from error

    def _open(self) -> None:
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._prepare(self._path)
        except sqlite3.OperationalError as error:
            self._db.close()
            if not is_place(error) or not self._path.exists():
                raise
            self._db = connect_to_read(self._path)
            if self._version() != str(SCHEMA_VERSION):
                raise

    def _unusable(self, done: str, error: Exception) -> HomeUnusable:
        reason = " ".join(str(error).split())[:200]  # SQLite quotes a damaged schema with its line breaks
        told = f"the corpus store {str(self._path)!r} cannot be {done} ({reason})"
        place = isinstance(error, OSError) or is_place(error)
        return HomeUnusable(told, way_out=_MAKE_ROOM if place else _MOVE_AWAY)

    def _damaged(self, document: str, reason: object) -> HomeUnusable:
        told = f"{document} in the corpus store {str(self._path)!r} cannot be read ({reason})"
        return HomeUnusable(told, way_out=f"run: tiaowen remove {document}, then fetch or add it again")

    def _version(self) -> str | None:
        """What `meta` says, None for a new file."""
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return None
        found = self._db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return str(found[0]) if found else None

    def _prepare(self, path: Path) -> None:
        with self._transaction():
            found = self._version()
            if found and not (found.isdecimal() and int(found) <= SCHEMA_VERSION):
                raise HomeTooNew(
                    f"{str(path)!r} was written by a newer Tiaowen (store version {found}, this one knows "
                    f"{SCHEMA_VERSION})",
                    way_out="upgrade Tiaowen, or name another home with --home DIR",
                )
            if found and int(found) == SCHEMA_VERSION:
                return
            missing = _MIGRATIONS[int(found) - 1 :] if found else (_SCHEMA, *_MIGRATIONS)
            for statement in ";".join(missing).split(";"):
                self._db.execute(statement)
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))

    def __enter__(self) -> CorpusStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.close()
        if isinstance(error, _BROKEN):
            raise self._unusable("read", error) from error

    def close(self) -> None:
        """Close the file; the store is not usable afterwards."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for what `corpus.ledger` asks of it; written only within `writing`."""
        return self._db

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction whose failure (a full disk, a damaged page) is told in one line; nothing of it is kept."""
        try:
            with self._transaction():
                yield
        except sqlite3.Error as error:
            raise HomeUnusable(
                f"the corpus store cannot be written ({error})",
                way_out="free some space or name another home with --home DIR; nothing was changed",
            ) from error

    def put(self, documents: Sequence[Document], added_at: str) -> list[int]:
        """Keep documents, all or none; returns their revisions. A text that is current already gets no new revision."""
        with self.writing():
            return [self._put(document, added_at) for document in documents]

    def _put(self, document: Document, added_at: str) -> int:
        row = self._db.execute(
            "SELECT revision, sha256, raw_sha256, status, removed_at, head FROM documents WHERE id = ? AND part = ? "
            "ORDER BY revision DESC",
            (document.id, document.part),
        ).fetchone()
        head = document_to_json(document)
        clauses = head.pop("clauses")
        same = (document.sha256, document.raw_sha256, document.status, None)
        if row and row[1:5] == same and self._reader(document.id, row[5]) == document.reader:
            return int(row[0])
        revision = int(row[0]) + 1 if row else 1
        key = (document.id, document.part, revision)
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                *key, document.edition, document.lang, document.status, document.sha256, document.raw_sha256, added_at,
                json.dumps(head, ensure_ascii=False),
            ),
        )  # fmt: skip
        self._db.executemany(
            "INSERT INTO clauses VALUES (?, ?, ?, ?, ?, ?)",
            [(*key, at, row[0], json.dumps(row, ensure_ascii=False)) for at, row in enumerate(clauses)],
        )
        return revision

    def current(self) -> list[Kept]:
        """The newest revision of every document that was not removed, by id and part."""
        rows = self._db.execute(f"SELECT {_KEPT} FROM current ORDER BY id, part").fetchall()
        return [self._kept(*row) for row in rows]

    def revision(self, document: str, part: str, digest: str) -> Kept | None:
        """The newest revision, superseded and removed ones too, whose text has a sha256 that starts with `digest`."""
        row = self._db.execute(
            f"SELECT {_KEPT} FROM documents "
            "WHERE id = ? AND part = ? AND substr(sha256, 1, ?) = ? ORDER BY revision DESC",
            (document, part, len(digest), digest),
        ).fetchone()
        return self._kept(*row) if row else None

    def remove(self, document: str, part: str, removed_at: str) -> int:
        """Take a document out of the answers; the number of revisions that were taken out, 0 if there was none."""
        with self.writing():
            done = self._db.execute(
                "UPDATE documents SET removed_at = ? WHERE id = ? AND part = ? AND removed_at IS NULL",
                (removed_at, document, part),
            )
            return done.rowcount

    def _kept(self, document: str, part: str, revision: int, added_at: str, digest: str, head: str) -> Kept:
        rows = self._db.execute(
            "SELECT row FROM clauses WHERE document = ? AND part = ? AND revision = ? ORDER BY ordinal",
            (document, part, revision),
        )
        try:
            plain = {**json.loads(head), "clauses": [json.loads(row) for (row,) in rows]}
            found = document_from_json(plain)
        except (TiaowenError, ValueError, KeyError, TypeError) as error:
            raise self._damaged(document, error) from error
        if (found.id, found.part, found.sha256) != (document, part, digest):
            raise self._damaged(document, f"its text has sha256 {found.sha256[:12]}…, not {digest[:12]}…")
        return Kept(found, revision, added_at)

    def _reader(self, document: str, head: str) -> str:
        """The reader that a document was read by."""
        try:
            return str(json.loads(head)["reader"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(document, error) from error

    def digest(self) -> str:
        """Digest of the current revisions: changes when what answers could be made from changes."""
        return _digest(self._db)

    def has_raw(self, raw_sha256: str, edition: str, part: str, outline: str) -> bool:
        """Whether a current document of this edition and part was read from these bytes by this version of the outline."""
        query = "SELECT id, head FROM current WHERE raw_sha256 = ? AND edition = ? AND part = ?"
        found = self._db.execute(query, (raw_sha256, edition, part))
        return any(self._reader(*row).endswith(outline) for row in found)

    def record(self, fetch: Fetch, crawl: int | None = None) -> None:
        """Add a row to the provenance ledger, as a part of a crawl."""
        row = {**asdict(fetch), "crawl": crawl}
        marks = ", ".join(f":{name}" for name in row)
        with self.writing():
            self._db.execute(f"INSERT INTO fetches ({', '.join(row)}) VALUES ({marks})", row)

    def fetches(self) -> list[Fetch]:
        """The provenance ledger, oldest first."""
        names = ", ".join(Fetch.__dataclass_fields__)
        return [Fetch(*row) for row in self._db.execute(f"SELECT {names} FROM fetches ORDER BY id")]


def _digest(db: sqlite3.Connection) -> str:
    rows = db.execute("SELECT id, part, status, sha256, raw_sha256 FROM current ORDER BY id, part")
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def store_digest(path: Path) -> str:
    """Digest of the store at `path` as it is; of an empty one where there is none yet."""
    if not path.exists():
        return EMPTY_DIGEST
    with CorpusStore(path) as store:
        return store.digest()


# --- files that cannot be written, or are damaged


def connect_to_read(path: Path) -> sqlite3.Connection:
    """An SQLite file to read where nothing can be written: as it is kept, or else as one that nobody changes.

    The latter would miss what a process, killed or running, has left in the log: raises `sqlite3.OperationalError` there.
    """
    uri = path.absolute().as_uri()
    try:
        db = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None)
        db.execute("PRAGMA schema_version")
        return db
    except sqlite3.OperationalError as error:
        log = path.with_name(f"{path.name}-wal")
        if not is_place(error) or (log.exists() and log.stat().st_size):
            raise
        return sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)


def is_place(error: Exception) -> bool:
    """Whether it is the place that SQLite fails at (it is full, or may not be written, or is in use), and not the file."""
    return (int(getattr(error, "sqlite_errorcode", 0)) & 0xFF) in (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY),
    )
