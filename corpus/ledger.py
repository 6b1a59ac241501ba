"""What crawls leave in the corpus store beside documents: runs, what became of each fetch, copies, sightings.

A crawl is one row of `crawls` from its first request to the reading of its last page; killed in between, it has no end
and the next one with the same scope goes on. A copy says what stands at a URL: the text of a document, the same or
another text than the one in use, or nothing usable. A sighting is a title on a list page that the catalogue lacks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from corpus.store import CorpusStore, Fetch

Relation = Literal["source", "same", "other", "unusable"]
"""Of a copy to the document of its edition: its source; the same text elsewhere; another text; no such text at all."""
SightingKind = Literal["new_edition", "related"]
_FETCH = ", ".join(Fetch.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Copy:
    """What was last found at a URL. `document`: the one whose text it is; `lang` is "" where it holds no usable text.

    `reader`: reader and outline with their versions; `note`: why a text is not in use.
    """

    url: str
    edition: str
    part: str
    lang: str
    relation: Relation
    document: str | None
    raw_sha256: str
    reader: str
    date: str | None
    note: str | None
    seen_at: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A row of a list page about a work of the catalogue, at a URL the catalogue does not list."""

    url: str
    kind: SightingKind
    edition: str
    title: str
    date: str
    found_on: str
    seen_at: str
    last_seen_at: str


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run of the crawler; `ended_at` is None while it runs, and after it was killed."""

    id: int
    scope: str
    began_at: str
    ended_at: str | None


class Ledger:
    """Reads and writes the crawler's tables of an open store."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._db: sqlite3.Connection = store.connection

    # --- runs

    def crawls(self) -> list[Crawl]:
        """Every crawl, oldest first."""
        return [Crawl(*row) for row in self._db.execute("SELECT id, scope, began_at, ended_at FROM crawls ORDER BY id")]

    def begin(self, scope: str, now: str, since: str) -> int:
        """The crawl of this scope that was cut short after `since` (both as the ledger writes times), else a new one."""
        cut = [c.id for c in self.crawls() if c.scope == scope and c.ended_at is None and c.began_at >= since]
        if cut:
            return cut[-1]
        with self._store.writing():
            self._db.execute("UPDATE crawls SET ended_at = ? WHERE scope = ? AND ended_at IS NULL", (now, scope))
            row = self._db.execute("INSERT INTO crawls (scope, began_at) VALUES (?, ?)", (scope, now))
            return int(row.lastrowid or 0)

    def end(self, crawl: int, now: str) -> None:
        """The crawl is complete: the next one asks afresh."""
        with self._store.writing():
            self._db.execute("UPDATE crawls SET ended_at = ? WHERE id = ?", (now, crawl))

    def fetched(self, crawl: int) -> list[tuple[int, Fetch]]:
        """The rows of a crawl with their numbers, in order; of a URL fetched twice (a failure first) the last."""
        rows = self._db.execute(f"SELECT id, {_FETCH} FROM fetches WHERE crawl = ? ORDER BY id", (crawl,))
        last = {fetch.url: (number, fetch) for number, fetch in ((row[0], Fetch(*row[1:])) for row in rows)}
        return sorted(last.values(), key=lambda row: row[0])

    def settle(self, fetch: int, outcome: str, date: str | None) -> None:
        """What became of the bytes of a fetch, and the date that the page prints."""
        with self._store.writing():
            self._db.execute("UPDATE fetches SET outcome = ?, date = ? WHERE id = ?", (outcome, date, fetch))

    # --- copies

    def copies(self) -> list[Copy]:
        """What stands at each URL, by edition."""
        names = ", ".join(Copy.__dataclass_fields__)
        rows = self._db.execute(f"SELECT {names} FROM copies ORDER BY edition, part, url, lang")
        return [Copy(*row) for row in rows]

    def put_copies(self, copies: Sequence[Copy]) -> None:
        """What stands at a URL now; an unusable copy leaves standing what was found there before."""
        with self._store.writing():
            for url, edition, part in {(c.url, c.edition, c.part) for c in copies if c.lang}:
                self._db.execute(
                    "DELETE FROM copies WHERE url = ? AND edition = ? AND part = ?", (url, edition, part)
                )  # fmt: skip
            marks = ", ".join("?" * len(Copy.__dataclass_fields__))
            self._db.executemany(f"INSERT OR REPLACE INTO copies VALUES ({marks})", [astuple(c) for c in copies])

    def replaced(self, document: str, part: str) -> None:
        """The text of a document has changed: what was the same elsewhere is another text now."""
        with self._store.writing():
            self._db.execute(
                "UPDATE copies SET relation = 'other', note = 'another text than the one in use' "
                "WHERE document = ? AND part = ? AND relation IN ('source', 'same')",
                (document, part),
            )

    def yield_place(self, document: str, part: str, to: str) -> None:
        """The sources of a document become further addresses of the document `to`, which has the same text."""
        with self._store.writing():
            self._db.execute(
                "UPDATE copies SET relation = 'same', document = ? WHERE document = ? AND part = ?",
                (to, document, part),
            )

    # --- sightings

    def sight(self, seen: Iterable[Sighting]) -> None:
        """Keep what list pages show; of a URL known already only title, date and the last time."""
        with self._store.writing():
            self._db.executemany(
                "INSERT INTO sightings VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET "
                "kind = excluded.kind, edition = excluded.edition, title = excluded.title, date = excluded.date, "
                "last_seen_at = excluded.last_seen_at",
                [astuple(row) for row in seen],
            )

    def sightings(self) -> list[Sighting]:
        """What list pages showed, the newest publication first."""
        names = ", ".join(Sighting.__dataclass_fields__)
        return [Sighting(*row) for row in self._db.execute(f"SELECT {names} FROM sightings ORDER BY date DESC, url")]
