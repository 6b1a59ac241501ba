"""The crawler's child process (`python -m ingest.spider`), and the only door to Scrapy.

job (JSON) on stdin ─> requests ─ Manners ─> site ─> bytes kept, one JSON line per fetch on stdout

We keep Scrapy's throttle, redirects and decompression, and replace its robots.txt handling, retries, cookies and cache:
while robots.txt was in flight 2.14-2.19 let later requests through, and read a 503 as permission; and it does not
verify certificates or look at the addresses it is sent to unless told.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import IgnoreRequest, ScrapyDeprecationWarning
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import default_settings
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.misc import load_object
from w3lib.encoding import http_content_type_encoding

from corpus.errors import UnreadableFile
from corpus.home import keep_raw
from ingest.crawl import Fetched, Job, Seed, utc_now
from ingest.manners import AGENT, Pace, Rules, explain, is_public, may_ask, read_robots, retry_after, silent
from ingest.markup import find_attachments
from ingest.sniff import media_type

_BUSY = frozenset({429, 500, 502, 503, 504})
_ROBOTS_BYTES = 1 << 20


class Refused(IgnoreRequest):  # type: ignore[misc]
    """A request that we do not make; the message is read after the host's name."""


class PublicResolver(CachingThreadedResolver):  # type: ignore[misc]
    """Resolves no name to a private address. Asked at each connection, so the address checked is the one used."""

    exempt: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        """As Scrapy builds it; the hosts that the user allowed by name are exempt."""
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.exempt = frozenset(crawler.settings["TIAOWEN_JOB"].allow_hosts)
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:
        """A Deferred of the address; fails with `Refused`."""
        return super().getHostByName(name, timeout).addCallback(self._public, name)

    def _public(self, address: str, name: str) -> str:
        if name in self.exempt or is_public(address):
            return address
        raise Refused(f"resolves to {address}, which is not a public address")


class Manners:
    """Downloader middleware: every request, redirected and repeated ones too, passes here before it is sent."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._job: Job = crawler.settings["TIAOWEN_JOB"]
        self._began = time.monotonic()
        self._pace = Pace()
        self._robots: dict[str, asyncio.Future[Rules]] = {}
        self._transient = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))

    @classmethod
    def from_crawler(cls, crawler: Any) -> Manners:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_request(self, request: Any, spider: Any = None) -> None:
        """Let pass what is on an allowed host with a public address and permitted by robots.txt, in its turn."""
        if not may_ask(request.url, self._job.domains, self._job.allow_hosts):
            raise Refused("is not an allowed host")
        await _resolve(urlsplit(request.url).hostname or "")
        rules = Rules() if request.meta.get("robots") else await self._rules(_site(request.url))
        refusal = rules.refusal(request.url)
        if refusal:
            raise Refused(refusal)
        if rules.gap > self._job.bounds.patience:
            raise Refused(f"asks for {rules.gap:g} s between requests")
        await asyncio.sleep(self._turn(_site(request.url), rules.gap))

    def _turn(self, site: str, gap: float) -> float:
        """Seconds until the request may go; Scrapy's own delay comes after, and alone would outlive the total."""
        wait, total = self._pace.turn(site, max(gap, self._job.delay)), self._job.bounds.total
        if time.monotonic() + wait > self._began + total:
            raise Refused(f"was not reached within {total:g} s")
        return wait

    def process_response(self, request: Any, response: Any, spider: Any = None) -> Any:
        """Ask again later where the site is busy, no sooner than it says."""
        if response.status not in _BUSY:
            return response
        asked = retry_after(_header(response, "Retry-After") or "", datetime.now(UTC))
        return self._again(request, asked or 0.0) or response

    def process_exception(self, request: Any, exception: Exception, spider: Any = None) -> Any:
        """Ask again later where the line failed."""
        return self._again(request, 0.0) if isinstance(exception, self._transient) else None

    def _again(self, request: Any, asked: float) -> Any:
        """The request once more, or None where it has been tried enough; the whole site waits meanwhile."""
        bounds, tries = self._job.bounds, request.meta.get("tries", 0)
        wait = max(asked, bounds.backoff * 2**tries)
        if request.meta.get("robots") or tries >= bounds.retries or wait > bounds.patience:
            return None
        self._pace.hold(_site(request.url), wait)
        return request.replace(meta={**request.meta, "tries": tries + 1})

    async def _rules(self, site: str) -> Rules:
        """The site's robots.txt, asked for once: who comes while it is in flight waits for the same answer."""
        if site not in self._robots:
            self._robots[site] = asyncio.ensure_future(self._fetch_robots(site))
        return await asyncio.shield(self._robots[site])

    async def _fetch_robots(self, site: str) -> Rules:
        meta = {
            "robots": True,
            "download_timeout": self._job.bounds.robots_timeout,
            "download_maxsize": min(_ROBOTS_BYTES, self._job.bounds.max_bytes),
        }
        try:
            response = await self._download(Request(f"{site}/robots.txt", callback=NO_CALLBACK, meta=meta))
        except Exception as error:  # whatever went wrong, nobody gave permission
            return silent(_reason(error, self._job))
        return read_robots(response.status, response.body)

    async def _download(self, request: Any) -> Any:
        engine = self._crawler.engine
        if hasattr(engine, "download_async"):  # Scrapy 2.14 and later
            return await engine.download_async(request)
        return await maybe_deferred_to_future(engine.download(request))


class DocumentSpider(Spider):  # type: ignore[misc]
    """Fetches the seeds, and the PDF files that announcements link to; tells one row for each."""

    name = "documents"

    def __init__(self, job: Job, out: IO[str], **named: Any) -> None:
        super().__init__(**named)
        self._job = job
        self._out = out
        self._asked: set[str] = set()

    async def start(self) -> AsyncIterator[Any]:
        """The seeds' requests."""
        for seed in self._job.seeds:
            yield self._request(seed)

    def _request(self, seed: Seed, referrer: str | None = None) -> Any:
        self._asked.add(seed.url)
        known = self._job.known.get(seed.url)
        headers = {
            "Cache-Control": "max-age=0",
            "Referer": referrer,
            "If-None-Match": known and known.etag,
            "If-Modified-Since": known and known.last_modified,
        }
        return Request(
            seed.url,
            callback=self.parse,
            errback=self.failed,
            headers={name: value for name, value in headers.items() if value},
            meta={"seed": seed, "referrer": referrer},
            dont_filter=True,  # the filter drops a redirect to a page already seen without a word
        )

    def parse(self, response: Any) -> Iterator[Any]:
        """Keep what came, tell its row, follow an announcement's attachments."""
        row, links = self._read(response)
        self._tell(row)
        for link in links:
            if link not in self._asked:
                yield self._request(Seed(link, row.edition, "body"), response.url)

    def failed(self, failure: Any) -> None:
        """Tell the row of a request that brought no answer."""
        request = failure.request
        self._tell(_row(request, request.url, error=_reason(failure.value, self._job)))

    def _read(self, response: Any) -> tuple[Fetched, tuple[str, ...]]:
        seed: Seed = response.meta["seed"]
        row, body = self._kept(response)
        if row.error or seed.part != "notice" or row.media_type != "text/html":
            return row, ()
        charset = http_content_type_encoding(_header(response, "Content-Type"))
        try:
            return row, find_attachments(body, charset=charset, url=response.url)
        except UnreadableFile as error:
            return replace(row, error=f"sent a page that cannot be read: {error.message}"), ()

    def _kept(self, response: Any) -> tuple[Fetched, bytes]:
        """The row of an answer, and its bytes: those of an earlier fetch if it is 304."""
        request, known = response.request, self._job.known.get(response.meta["seed"].url)
        etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
        told: dict[str, Any] = {"status": response.status, "etag": etag, "last_modified": modified}
        if response.status == 304 and known:
            told = {**asdict(known), "status": 304, "etag": etag or known.etag}
            return _row(request, response.url, **told), (Path(self._job.home_raw) / known.sha256).read_bytes()
        error = self._fault(response)
        if not error:
            told["sha256"] = keep_raw(Path(self._job.home_raw), response.body)
        kind = media_type(response.body, response.url)
        return _row(request, response.url, **told, size=len(response.body), media_type=kind, error=error), response.body

    def _fault(self, response: Any) -> str | None:
        """What is wrong with an answer. A PDF link that brings a page is a wall, not a document."""
        if response.status != 200:
            return f"answered {response.status}"
        kind = media_type(response.body, response.url)
        if not response.body:
            return "sent nothing"
        followed = response.meta["referrer"] is not None
        return f"sent {kind}, not a PDF" if followed and kind != "application/pdf" else None

    def _tell(self, row: Fetched) -> None:
        try:
            self._out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            self._out.flush()
        except BrokenPipeError:  # the parent is gone: nobody wants the rest
            os._exit(1)


def _reason(error: BaseException, job: Job) -> str:
    return (
        str(error) if isinstance(error, Refused) else explain(f"{type(error).__name__} {error}", job.bounds.max_bytes)
    )


def _row(request: Any, final_url: str, **told: Any) -> Fetched:
    seed: Seed = request.meta["seed"]
    fetched = {"fetched_at": utc_now(), "referrer": request.meta["referrer"], **told}
    return Fetched(edition=seed.edition, part=seed.part, url=seed.url, final_url=final_url, **fetched)


def _header(response: Any, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _site(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _resolve(host: str) -> None:
    """Look the name up before the connection does: only here does the reason of a refusal reach the row."""
    from twisted.internet import reactor  # importing it installs it: not before Scrapy has chosen one

    await maybe_deferred_to_future(reactor.resolve(host))


def _settings(job: Job) -> dict[str, Any]:
    try:
        release = version("tiaowen")
    except PackageNotFoundError:
        release = "0"
    return {
        "USER_AGENT": f"{AGENT}/{release} (+document crawler; contact in the README)",
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"},
        "DOWNLOADER_MIDDLEWARES": {Manners: 550},
        "DNS_RESOLVER": PublicResolver,
        "DNS_TIMEOUT": 20,
        **_only_in_some_releases(),
        **dict.fromkeys(
            ("ROBOTSTXT_OBEY", "RETRY_ENABLED", "COOKIES_ENABLED", "HTTPCACHE_ENABLED", "HTTPPROXY_ENABLED"), False
        ),
        **dict.fromkeys(("METAREFRESH_ENABLED", "TELNETCONSOLE_ENABLED", "LOGSTATS_INTERVAL"), False),
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_MAX_TIMES": 5,
        "DEPTH_LIMIT": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": job.delay,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": job.delay,
        "AUTOTHROTTLE_MAX_DELAY": max(60.0, job.delay),
        "DOWNLOAD_TIMEOUT": job.bounds.timeout,
        "DOWNLOAD_MAXSIZE": job.bounds.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "CLOSESPIDER_TIMEOUT": job.bounds.total,
        "LOG_LEVEL": "ERROR",
        "TIAOWEN_JOB": job,
    }


def _only_in_some_releases() -> dict[str, Any]:
    """No less than the delay (Scrapy varies it by half), and verified certificates, under their names since 2.13."""
    jitter, verify = "DOWNLOAD_DELAY_JITTER", "DOWNLOAD_VERIFY_CERTIFICATES"
    browser_like = "scrapy.core.downloader.contextfactory.BrowserLikeContextFactory"
    return {
        **({jitter: 0.0} if hasattr(default_settings, jitter) else {"RANDOMIZE_DOWNLOAD_DELAY": False}),
        **({verify: True} if hasattr(default_settings, verify) else {"DOWNLOADER_CLIENTCONTEXTFACTORY": browser_like}),
    }


def main() -> None:
    """Read a job from stdin, crawl, tell the rows on stdout; whatever else would be printed goes to stderr."""
    job = Job.loads(sys.stdin.buffer.read().decode())
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    warnings.filterwarnings("ignore", category=ScrapyDeprecationWarning)
    process = CrawlerProcess(_settings(job))
    crawler = process.create_crawler(DocumentSpider)
    process.crawl(crawler, job=job, out=out)
    process.start()
    with contextlib.suppress(BrokenPipeError):
        out.close()
    failures = [key for key in crawler.stats.get_stats() if key.startswith("spider_exceptions/")]
    sys.exit(1 if failures or process.bootstrap_failed else 0)


if __name__ == "__main__":
    main()
