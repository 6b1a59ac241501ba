"""`crawl`: fetch, then read what came. Both can be cut short at any instant and go on with the same command.

sources, lists ─ crawl ─> rows of the ledger, recorded as they come ─ Harvest ─> documents, copies, sightings
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.cli.corpus_commands import Ticker, added_row
from app.cli.session import Session
from app.cli.site_news import news_lines, site_news
from app.messages import tell
from corpus.catalogue import Catalogue, load_catalogue
from corpus.errors import SourceUnreachable, UnusableInput
from corpus.home import alone
from corpus.ids import DEFAULT_WORK
from corpus.ledger import Ledger
from corpus.records import Source
from corpus.store import CorpusStore, Fetch, utc_now

if TYPE_CHECKING:
    from ingest.crawl import Seed
    from ingest.harvest import Outcome

_RESUMED_WITHIN = timedelta(hours=24)
"""A crawl cut short longer ago is not gone on with: what it fetched may have changed since."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What `crawl` was told. `delay`: least seconds between requests to one host, and before the first repeat of a
    failed one; `timeout` (seconds) and `max_mb`: of one answer; `pages`: of each list; `mirror`: `HOST=ORIGIN`."""

    edition: str | None = None
    seeds: Sequence[str] = ()
    allow_hosts: frozenset[str] = frozenset()
    delay: float = 8.0
    timeout: float = 180.0
    max_mb: float = 64.0
    pages: int = 3
    mirror: Sequence[str] = ()


def crawl_sources(session: Session, options: CrawlOptions) -> None:
    """Fetch and record, read what is new, report. One unreadable page does not lose the others."""
    from ingest.harvest import Harvest

    catalogue = load_catalogue()
    mirror = _mirror(options.mirror)
    starts = _seeds(catalogue, options, mirror)
    session.home.make()
    session.home.raw.mkdir(parents=True, exist_ok=True)
    with alone(session.home.root / "crawl.lock", "crawl"), CorpusStore(session.home.store) as store:
        ledger = Ledger(store)
        scope = " ".join(sorted(seed.url for seed in starts))
        since = utc_now(_RESUMED_WITHIN)
        run = ledger.begin(scope, utc_now(), since)
        _fetch(session, store, run, starts, options, mirror)
        sources = [*options.seeds, *_sources(catalogue, mirror)]
        outcomes = []
        harvest = Harvest(session.home, store, run, sources, mirror, not options.seeds, Ticker(session))
        for outcome in harvest.outcomes():
            outcomes.append(outcome)
            _tell(session, outcome)
        ledger.end(run, utc_now())
        news = site_news(store, catalogue)
        _report(session, outcomes, news, _way_out(starts))


# --- where to start


def _seeds(catalogue: Catalogue, options: CrawlOptions, mirror: dict[str, str]) -> list[Seed]:
    """What to fetch: the pages named, else the catalogue's sources but those that are only inferred, and its lists."""
    from ingest.crawl import Seed, at_mirror

    if options.seeds and not options.edition:
        raise UnusableInput("a seed needs its edition", way_out="add --edition, e.g. --edition 2.0")
    only = catalogue.edition(options.edition).id if options.edition else ""
    if options.seeds:
        return [Seed(url, only, "notice") for url in options.seeds]
    found = [
        Seed(url, source.edition, source.part)
        for url, source in _sources(catalogue, mirror).items()
        if source.sure != "C" and only in ("", source.edition)
    ]
    if not options.edition and options.pages:
        found += [
            Seed(at_mirror(page.url, mirror), "", "list", at_mirror(page.paging, mirror), page.channel)
            for page in catalogue.lists
        ]
    return found


def _sources(catalogue: Catalogue, mirror: dict[str, str]) -> dict[str, Source]:
    """Every source by the URL it is asked at, in the order in which they are preferred: the framework's first."""
    from ingest.crawl import at_mirror

    editions = sorted(catalogue.editions.values(), key=lambda edition: edition.work != DEFAULT_WORK)
    return {at_mirror(source.url, mirror): source for edition in editions for source in edition.sources}


def _mirror(written: Sequence[str]) -> dict[str, str]:
    """`www.cac.gov.cn=http://127.0.0.1:8000` as host -> origin. Raises `UnusableInput`."""
    found = {}
    for pair in written:
        host, _, origin = pair.partition("=")
        parts = urlsplit(origin)
        if not host or parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            way_out = "write it like --mirror www.cac.gov.cn=http://127.0.0.1:8000"
            raise UnusableInput(f"--mirror {pair!r} is not HOST=ORIGIN", way_out=way_out)
        found[host.lower()] = origin.rstrip("/")
    return found


def _way_out(starts: Sequence[Seed]) -> str:
    editions = {seed.edition for seed in starts}
    named = next(iter(editions)).partition("@")[2] if len(editions) == 1 else "EDITION"
    return f"download the file in a browser and run: tiaowen add FILE --edition {named}"


# --- fetching


def _fetch(
    session: Session,
    store: CorpusStore,
    run: int,
    starts: Sequence[Seed],
    options: CrawlOptions,
    mirror: dict[str, str],
) -> None:
    """Fetch what this crawl does not hold yet. Nothing at all to be had is an error, told in one line."""
    from ingest.crawl import Bounds, crawl

    ledger = Ledger(store)
    before = [fetch for _, fetch in ledger.fetched(run) if not fetch.error]
    progress = _Progress(session, bool(before))
    if before:
        session.say("crawl_resumed", count=len(before))

    def keep(fetch: Fetch) -> None:
        store.record(fetch, run)
        progress.tell(fetch)

    try:
        crawl(
            starts,
            home_raw=session.home.raw,
            allow_hosts=options.allow_hosts,
            delay=options.delay,
            on_event=keep,
            known=store.fetches(),
            held=before,
            mirror=mirror,
            bounds=Bounds(
                max_bytes=int(options.max_mb * (1 << 20)),
                timeout=options.timeout,
                backoff=max(options.delay, 0.1),
                pages=options.pages,
            ),
        )
    except SourceUnreachable:
        ledger.end(run, utc_now())
        raise


class _Progress:
    """One line per fetch. Failures wait for the first success: where all fail, the error is the one line to read."""

    def __init__(self, session: Session, reached: bool) -> None:
        self._session = session
        self._waiting: list[Fetch] | None = None if reached else []

    def tell(self, fetch: Fetch) -> None:
        if self._waiting is not None and fetch.error:
            self._waiting.append(fetch)
            return
        for told in [*(self._waiting or []), fetch]:
            self._line(told)
        self._waiting = None

    def _line(self, fetch: Fetch) -> None:
        if fetch.error:
            self._session.say("fetch_failed", url=fetch.url, error=fetch.error)
        elif fetch.status == 304:
            self._session.say("not_modified", url=fetch.url)
        else:
            self._session.say("fetched", url=fetch.url, size=fetch.size)


# --- reporting


def _tell(session: Session, outcome: Outcome) -> None:
    for document, revision in outcome.documents:
        status = tell(document.status, session.lang)
        clauses = len(document.clauses)
        session.say("added", document=document.id, clauses=clauses, status=status, revision=revision)
    if outcome.kind == "unusable" and outcome.note:
        session.say("skipped", url=outcome.fetch.url, error=outcome.note)


def _row(outcome: Outcome) -> dict[str, Any]:
    names = ("url", "final_url", "edition", "part", "status", "sha256", "size", "media_type", "referrer", "error")
    return {
        **{name: getattr(outcome.fetch, name) for name in names},
        "outcome": outcome.kind,
        "note": outcome.note,
        "date": outcome.date,
        "documents": [added_row(outcome.extract, document, revision) for document, revision in outcome.documents]
        if outcome.extract
        else [],
    }


def _report(session: Session, outcomes: Sequence[Outcome], news: dict[str, Any], way_out: str) -> None:
    rows = [_row(outcome) for outcome in outcomes]
    texts = [row for row in rows if row["part"] != "list"]
    if all(row["outcome"] in ("failed", "unusable") for row in texts):
        errors = "; ".join(f"{row['url']}: {row['error'] or row['note']}" for row in texts[:2])
        raise SourceUnreachable(f"nothing could be fetched and read ({errors})", way_out=way_out)
    counts = {kind: sum(row["outcome"] == kind for row in rows) for kind in ("added", "revised", "same", "failed")}
    lines = [tell("crawl_done", session.lang, fetched=len(rows), **counts), *news_lines(news, session.lang)]
    lines += [tell("then_build", session.lang)] if counts["added"] or counts["revised"] else []
    session.out({"fetches": rows, "news": news["news"]}, "\n".join(lines))
