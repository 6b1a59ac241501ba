"""The crawler's child process (`python -m ingest.spider`), and with `ingest.middleware` the only door to Scrapy.

job (JSON) on stdin ─> requests ─ Manners ─> site ─> bytes kept, one JSON line per fetch on stdout

We keep Scrapy's throttle, redirects and decompression, and replace its robots.txt handling, retries, cookies and cache;
and it does not verify certificates unless told. Where stdin ends, the parent is gone, and this process ends too.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import warnings
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import ScrapyDeprecationWarning
from scrapy.settings import default_settings
from w3lib.encoding import http_content_type_encoding

from corpus.errors import UnreadableFile
from corpus.home import keep_raw
from corpus.store import utc_now
from ingest.crawl import Fetched, Job, Seed, at_mirror
from ingest.listing import PER_PAGE, paging_form, read_list
from ingest.manners import AGENT
from ingest.markup import find_attachments
from ingest.middleware import Manners, PublicResolver, header, reason_of, site_of
from ingest.sniff import media_type


class DocumentSpider(Spider):  # type: ignore[misc]
    """Fetches the seeds, the PDF files that announcements link to, and further pages of lists; tells a row for each.

    Nothing else is followed, so that no limit of depth is needed.
    """

    name = "documents"

    def __init__(self, job: Job, out: IO[str], **named: Any) -> None:
        super().__init__(**named)
        self._job = job
        self._out = out
        self._asked: set[str] = set()
        self._waiting: dict[str, deque[Any]] = {}

    async def start(self) -> AsyncIterator[Any]:
        """The seeds' requests."""
        for seed in self._job.seeds:
            for request in self._requests(seed):
                yield request

    def _requests(self, seed: Seed, referrer: str | None = None) -> Iterator[Any]:
        """The request for a seed; what this crawl holds already is not asked for again, only followed."""
        if seed.url in self._asked:
            return
        self._asked.add(seed.url)
        held = self._job.held.get(seed.url)
        if held is None:
            yield from self._in_turn(self._request(seed, referrer))
            return
        with contextlib.suppress(UnreadableFile):
            for link in self._links(seed, self._raw(held.sha256), held.media_type, held.final_url):
                yield from self._requests(link, held.final_url)

    def _in_turn(self, request: Any) -> Iterator[Any]:
        """One request of a site at a time: those that wait here can still be spared where the site stops answering."""
        site = request.meta["site"]
        if site in self._waiting:
            self._waiting[site].append(request)
        else:
            self._waiting[site] = deque()
            yield request

    def _next(self, site: str) -> Iterator[Any]:
        if self._waiting[site]:
            yield self._waiting[site].popleft()
        else:
            del self._waiting[site]

    def _request(self, seed: Seed, referrer: str | None) -> Any:
        known = self._job.known.get(seed.url)
        headers = {
            "Cache-Control": "max-age=0",
            "Referer": referrer,
            "If-None-Match": known and known.etag,
            "If-Modified-Since": known and known.last_modified,
            "Content-Type": "application/x-www-form-urlencoded" if seed.page else None,
        }
        return Request(
            seed.paging if seed.page else seed.url,
            method="POST" if seed.page else "GET",
            body=urlencode(paging_form(seed.channel, seed.page)) if seed.page else None,
            callback=self.parse,
            errback=self.failed,
            headers={name: value for name, value in headers.items() if value},
            meta={"seed": seed, "referrer": referrer, "site": site_of(seed.url)},
            dont_filter=True,  # the filter drops a redirect to a page already seen without a word
        )

    def parse(self, response: Any) -> Iterator[Any]:
        """Keep what came, tell its row, follow what it leads to."""
        row, links = self._read(response)
        self._tell(row)
        for link in links:
            yield from self._requests(link, response.url)
        yield from self._next(response.meta["site"])

    def failed(self, failure: Any) -> Iterator[Any]:
        """Tell the row of a request that brought no answer."""
        request = failure.request
        self._tell(_row(request, request.url, error=reason_of(failure.value, self._job)))
        yield from self._next(request.meta["site"])

    def _read(self, response: Any) -> tuple[Fetched, list[Seed]]:
        row, body = self._kept(response)
        if row.error:
            return row, []
        charset = http_content_type_encoding(header(response, "Content-Type"))
        try:
            return row, list(self._links(response.meta["seed"], body, row.media_type, response.url, charset))
        except UnreadableFile as error:
            return replace(row, error=f"sent a page that cannot be read: {error.message}"), []

    def _links(self, seed: Seed, body: bytes, kind: str | None, url: str, charset: str | None = None) -> Iterator[Seed]:
        """What a page leads to: an announcement's attachments, a list's next page."""
        if seed.part == "notice" and kind == "text/html":
            for link in find_attachments(body, charset=charset, url=url)[: self._job.bounds.attachments]:
                yield Seed(at_mirror(_as_safe_as(url, link), self._job.mirror), seed.edition, "body")
        if seed.part == "list" and seed.paging:
            listing = read_list(body, url, charset)
            page = seed.page + 1 if seed.page else len(listing.rows) // PER_PAGE + 1
            ended = seed.page and (not listing.rows or seed.page * PER_PAGE >= (listing.total or 1 << 30))
            if page <= self._job.bounds.pages and not ended:
                asked = f"{seed.paging}?{urlencode(paging_form(seed.channel, page))}"
                yield replace(seed, url=asked, page=page)

    def _kept(self, response: Any) -> tuple[Fetched, bytes]:
        """The row of an answer, and its bytes: those of an earlier fetch if it is 304."""
        request, known = response.request, self._job.known.get(response.meta["seed"].url)
        etag, modified = header(response, "ETag"), header(response, "Last-Modified")
        told: dict[str, Any] = {"status": response.status, "etag": etag, "last_modified": modified}
        if response.status == 304 and known:
            told = {**asdict(known), "status": 304, "etag": etag or known.etag}
            del told["final_url"]
            return _row(request, response.url, **told), self._raw(known.sha256)
        error = self._fault(response)
        if not error:
            told["sha256"] = keep_raw(Path(self._job.home_raw), response.body)
        kind = media_type(response.body, response.url)
        return _row(request, response.url, **told, size=len(response.body), media_type=kind, error=error), response.body

    def _raw(self, sha256: str) -> bytes:
        return (Path(self._job.home_raw) / sha256).read_bytes()

    def _fault(self, response: Any) -> str | None:
        """What is wrong with an answer. A PDF link that brings a page is a wall, not a document."""
        if response.status != 200:
            return f"answered {response.status}"
        kind = media_type(response.body, response.url)
        if not response.body:
            return "sent nothing"
        followed = response.meta["referrer"] is not None and not response.meta["seed"].page
        return f"sent {kind}, not a PDF" if followed and kind != "application/pdf" else None

    def _tell(self, row: Fetched) -> None:
        try:
            self._out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            self._out.flush()
        except BrokenPipeError:  # the parent is gone: nobody wants the rest
            os._exit(1)


def _as_safe_as(page: str, link: str) -> str:
    """A link to the page's own host, by https where the page came so.

    >>> _as_safe_as("https://www.cac.gov.cn/a.htm", "http://www.cac.gov.cn/a.pdf")
    'https://www.cac.gov.cn/a.pdf'
    """
    host = urlsplit(page).netloc
    return (
        link.replace("http://", "https://", 1)
        if f"{link}/".startswith(f"http://{host}/") and page[:5] == "https"
        else link
    )


def _row(request: Any, final_url: str, **told: Any) -> Fetched:
    seed: Seed = request.meta["seed"]
    fetched = {"fetched_at": utc_now(), "referrer": request.meta["referrer"], **told}
    return Fetched(edition=seed.edition, part=seed.part, url=seed.url, final_url=final_url, **fetched)


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


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def main() -> None:
    """Read a job from stdin, crawl, tell the rows on stdout; whatever else would be printed goes to stderr."""
    job = Job.loads(sys.stdin.buffer.readline().decode())
    threading.Thread(target=_end_with_parent, daemon=True).start()
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
