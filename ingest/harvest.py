"""From fetched bytes to documents: what became of each row of a crawl, decided by content and by preference.

row ─ read ─> document ─┬─ new, or better than what stands ─> added, revised
                        ├─ the text that stands ───────────> unchanged, or at another URL: same
                        ├─ another text, a lesser source ──> other
                        └─ not the text it should be ──────> unusable: what stands stays

Sources are read in the order in which they are preferred, whatever came first, so that a crawl's outcome does not
depend on the line.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

from corpus.catalogue import address, is_official_host, load_catalogue
from corpus.errors import HomeUnusable, TiaowenError, UnreadableFile
from corpus.home import Home
from corpus.ledger import Copy, Ledger, Relation
from corpus.records import Document, Part
from corpus.store import CorpusStore, Fetch, Kept, utc_now
from ingest import ocr
from ingest.intake import documents_from, read_file
from ingest.layout import Extract
from ingest.listing import read_list
from ingest.outline import VERSION
from ingest.titles import HEAD, contradiction, sighting_of, versions_named

Kind = Literal["failed", "unusable", "list", "unchanged", "same", "other", "revised", "added"]
_LEAST = 0.5
"""A page that lost more than half of its text since is not taken for its new version."""
_STATUS = {"official": 0, "supplied": 1, "digest": 2}
_KIND_OF: Mapping[Relation, Kind] = {"source": "unchanged", "same": "same", "other": "other", "unusable": "unusable"}


@dataclass(slots=True)
class Outcome:
    """What became of one fetch: what was read, and the documents that were put with their revisions."""

    fetch: Fetch
    kind: Kind = "failed"
    note: str | None = None
    date: str | None = None
    documents: list[tuple[Document, int]] = field(default_factory=list)
    extract: Extract | None = None


def fingerprint(document: Document) -> str:
    """Digest of a text's letters and digits, folded: equal for one article under two addresses."""
    folded = unicodedata.normalize("NFKC", document.text).lower()
    return hashlib.sha256("".join(filter(str.isalnum, folded)).encode()).hexdigest()


class Harvest:
    """Reads the rows of one crawl. `sources`: URLs from the most to the least preferred; `mirror`: host -> origin.

    `listed_only`: distrust attachments that are not among the sources; not where the user named the page to start at.
    """

    def __init__(
        self,
        home: Home,
        store: CorpusStore,
        run: int,
        sources: Sequence[str],
        mirror: Mapping[str, str],
        listed_only: bool = True,
        progress: ocr.Progress | None = None,
    ) -> None:
        self._home = home
        self._store = store
        self._ledger = Ledger(store)
        self._run = run
        self._progress = progress
        self._listed_only = listed_only
        self._rank = {url: at for at, url in enumerate(sources)}
        self._origins = {urlsplit(origin).netloc: f"https://{host}" for host, origin in mirror.items()}
        self._catalogue = load_catalogue()
        self._marks: dict[str, str] = {}
        self._current = store.current()
        self._copies = self._ledger.copies()

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of every fetch of the crawl; those settled before the crawl was cut short are only repeated."""
        rows = sorted(self._ledger.fetched(self._run), key=lambda row: (self._order(row[1].url), row[0]))
        for number, fetch in rows:
            settled = next((kind for kind in get_args(Kind) if kind == fetch.outcome), None)
            outcome = Outcome(fetch, settled or "failed", date=fetch.date)
            if settled is None and not fetch.error and fetch.sha256:
                outcome = self._settled(fetch)
                self._ledger.settle(number, outcome.kind, outcome.date)
            yield outcome

    def _order(self, url: str) -> int:
        return self._rank.get(url, len(self._rank))

    def _settled(self, fetch: Fetch) -> Outcome:
        outcome = Outcome(fetch, "unusable")
        try:
            if fetch.part == "list":
                self._read_list(fetch, outcome)
            else:
                self._read(fetch, outcome)
        except HomeUnusable:
            raise
        except TiaowenError as error:
            outcome.kind, outcome.note = "unusable", error.message
            if fetch.part != "list":
                self._ledger.put_copies([self._copy(fetch, "", "unusable", None, "", outcome)])
        self._copies = self._ledger.copies()
        return outcome

    # --- list pages

    def _read_list(self, fetch: Fetch, outcome: Outcome) -> None:
        base = self._unmirrored(fetch.url)
        listing = read_list(self._bytes(fetch), base)
        sources = (source.url for edition in self._catalogue.editions.values() for source in edition.sources)
        known = {address(url) for url in sources}
        found = (sighting_of(row, self._catalogue, known, base, fetch.fetched_at) for row in listing.rows)
        self._ledger.sight([row for row in found if row and is_official_host(row.url)])
        outcome.kind, outcome.note = "list", f"{len(listing.rows)} rows"

    def _unmirrored(self, url: str) -> str:
        parts = urlsplit(url)
        origin = self._origins.get(parts.netloc)
        return url.replace(f"{parts.scheme}://{parts.netloc}", origin, 1) if origin else url

    # --- texts

    def _bytes(self, fetch: Fetch) -> bytes:
        return (self._home.raw / str(fetch.sha256)).read_bytes()

    def _read(self, fetch: Fetch, outcome: Outcome) -> None:
        before = [copy for copy in self._copies if (copy.url, copy.edition) == (fetch.url, fetch.edition)]
        outcome.kind = "unchanged"
        if before and all(self._stands(copy, fetch) for copy in before):
            outcome.date = before[0].date
            outcome.kind = min((_KIND_OF[copy.relation] for copy in before), key=get_args(Kind).index)
            return
        self._ledger.put_copies(
            [self._placed(document, fetch, outcome) for document in self._documents(fetch, outcome)]
        )

    def _stands(self, copy: Copy, fetch: Fetch) -> bool:
        """Whether a copy was read from these bytes by today's outline and its document is still in use."""
        in_use = {(kept.document.id, kept.document.part) for kept in self._current}
        read = copy.raw_sha256 == fetch.sha256 and copy.reader.endswith(f"outline/{VERSION}")
        return read and copy.relation in ("source", "same") and (copy.document, copy.part) in in_use

    def _documents(self, fetch: Fetch, outcome: Outcome) -> list[Document]:
        data = self._bytes(fetch)
        extract = read_file(data, fetch.final_url, self._home.ocr, self._progress)
        outcome.extract, outcome.date = extract, extract.date or None
        part: Part = "notice" if fetch.part == "notice" else "body"
        documents = documents_from(extract, data, fetch.edition, part, None, fetch.final_url)
        for document in documents:
            wrong = (
                contradiction(extract.title, document, self._catalogue)
                or self._unlisted(document, fetch)
                or self._shrunk(document, fetch)
            )
            if wrong:
                raise UnreadableFile(f"what was fetched {wrong}", way_out="look at it in a browser")
        return documents

    def _unlisted(self, document: Document, fetch: Fetch) -> str | None:
        """An attachment that the catalogue does not list is a text of its edition only if it says so itself."""
        work, _, version = document.edition.partition("@")
        if not fetch.referrer or fetch.url in self._rank or not self._listed_only:
            return None
        named = versions_named(document.text[:HEAD], self._catalogue, work)
        return None if version in named else f"is not in the catalogue and does not say that it is {version}"

    def _shrunk(self, document: Document, fetch: Fetch) -> str | None:
        """Whether most of the text that this URL had is gone."""
        kept = self._standing(document)
        if kept is None or not self._is_source(kept.document, fetch):
            return None
        had, has = len(kept.document.text), len(document.text)
        return f"holds {has} characters where {had} stand" if has < _LEAST * had else None

    # --- which text is in use

    def _standing(self, document: Document) -> Kept | None:
        key = (document.id, document.part)
        return next((k for k in self._current if (k.document.id, k.document.part) == key), None)

    def _is_source(self, document: Document, fetch: Fetch) -> bool:
        """Whether the text in use came from here; a kill may have come between the text and the note of its source."""
        return document.url == fetch.final_url or any(
            (copy.document, copy.part, copy.relation, copy.url) == (document.id, document.part, "source", fetch.url)
            for copy in self._copies
        )

    def _source_order(self, document: Document) -> int:
        urls = [
            copy.url
            for copy in self._copies
            if (copy.document, copy.part, copy.relation) == (document.id, document.part, "source")
        ]
        return min((self._order(url) for url in [*urls, document.url or ""]), default=len(self._rank))

    def _placed(self, document: Document, fetch: Fetch, outcome: Outcome) -> Copy:
        """Put a document in its place, or leave what stands there; the copy says which."""
        same = self._same_elsewhere(document)
        if same is not None and self._yields(same.document, fetch.url):
            self._store.remove(same.document.id, same.document.part, utc_now())
            self._ledger.yield_place(same.document.id, same.document.part, document.id)
            same = None
        if same is not None:
            return self._copied(document, fetch, outcome, "same", same.document.id)
        kept = self._standing(document)
        if kept is None:
            return self._put(document, fetch, outcome, "added")
        standing = kept.document
        equal = self._mark(standing) == self._mark(document)
        better = _STATUS[document.status] < _STATUS[standing.status]
        own = self._is_source(standing, fetch)
        if equal and not better:
            if own and (standing.text, standing.reader) != (document.text, document.reader):
                return self._put(document, fetch, outcome, "revised")
            return self._copied(document, fetch, outcome, "source" if own else "same", standing.id)
        preferred = standing.status == document.status and self._order(fetch.url) < self._source_order(standing)
        if better or own or preferred:
            return self._put(document, fetch, outcome, "revised")
        outcome.note = "another text than the one in use"
        return self._copied(document, fetch, outcome, "other", standing.id)

    def _mark(self, document: Document) -> str:
        if document.sha256 not in self._marks:
            self._marks[document.sha256] = fingerprint(document)
        return self._marks[document.sha256]

    def _same_elsewhere(self, document: Document) -> Kept | None:
        """The document of another edition that has this very text."""
        mark = self._mark(document)
        return next(
            (
                kept
                for kept in self._current
                if kept.document.id != document.id
                and (kept.document.part, kept.document.lang) == (document.part, document.lang)
                and self._mark(kept.document) == mark
            ),
            None,
        )

    def _yields(self, document: Document, url: str) -> bool:
        return self._order(url) < self._source_order(document)

    def _put(self, document: Document, fetch: Fetch, outcome: Outcome, kind: Kind) -> Copy:
        (revision,) = self._store.put([document], utc_now())
        self._ledger.replaced(document.id, document.part)
        self._current, self._copies = self._store.current(), self._ledger.copies()
        outcome.kind = kind
        outcome.documents.append((document, revision))
        return self._copy(fetch, document.lang, "source", document.id, document.reader, outcome)

    def _copied(self, document: Document, fetch: Fetch, outcome: Outcome, relation: Relation, of: str) -> Copy:
        if relation != "source" and outcome.kind == "unchanged":
            outcome.kind = _KIND_OF[relation]
        return self._copy(fetch, document.lang, relation, of, document.reader, outcome)

    def _copy(
        self, fetch: Fetch, lang: str, relation: Relation, document: str | None, reader: str, outcome: Outcome
    ) -> Copy:
        named = (fetch.url, fetch.edition, fetch.part, lang, relation, document, str(fetch.sha256))
        return Copy(*named, reader or f"outline/{VERSION}", outcome.date, outcome.note, utc_now())
