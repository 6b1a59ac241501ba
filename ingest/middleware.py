"""The crawler's downloader middleware: what stands between a request and the network, for every hop and every repeat.

request ─ allowed host, public address, robots.txt, turn ─> site ─ busy, failed ─> the same request later, or a row

We replace Scrapy's robots.txt handling and retries: while robots.txt was in flight 2.14-2.19 let later requests through,
and read a 503 as permission; nor does it look at the addresses it is sent to.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.misc import load_object

from ingest.crawl import LEFT_ALONE, Job
from ingest.manners import Pace, Rules, explain, is_public, may_ask, read_robots, retry_after, silent

_BUSY = frozenset({429, 500, 502, 503, 504})
_ROBOTS_BYTES = 1 << 20
_LOST = 3
"""After so many failures in a row a site is left alone: every further page would cost its retries and time limits."""


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
        self._failures: Counter[str] = Counter()
        self._transient = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))

    @classmethod
    def from_crawler(cls, crawler: Any) -> Manners:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_request(self, request: Any, spider: Any = None) -> None:
        """Let pass what is on an allowed host with a public address and permitted by robots.txt, in its turn."""
        if not may_ask(request.url, self._job.domains, self._job.allow_hosts):
            raise Refused("is not an allowed host")
        site = site_of(request.url)
        self._refuse_lost(site)
        await _resolve(urlsplit(request.url).hostname or "")
        rules = Rules() if request.meta.get("robots") else await self._rules(site)
        refusal = rules.refusal(request.url)
        if refusal:
            raise Refused(refusal)
        if rules.gap > self._job.bounds.patience:
            raise Refused(f"asks for {rules.gap:g} s between requests")
        await asyncio.sleep(self._turn(site, rules.gap))
        self._refuse_lost(site)

    def _refuse_lost(self, site: str) -> None:
        if self._failures[site] >= _LOST:
            raise Refused(LEFT_ALONE)

    def _turn(self, site: str, gap: float) -> float:
        """Seconds until the request may go; Scrapy's own delay comes after, and alone would outlive the total."""
        wait, total = self._pace.turn(site, max(gap, self._job.delay)), self._job.bounds.total
        if time.monotonic() + wait > self._began + total:
            raise Refused(f"was not reached within {total:g} s")
        return wait

    def process_response(self, request: Any, response: Any, spider: Any = None) -> Any:
        """Ask again later where the site is busy, no sooner than it says."""
        if response.status not in _BUSY:
            self._failures[site_of(request.url)] = 0
            return response
        asked = retry_after(header(response, "Retry-After") or "", datetime.now(UTC))
        return self._again(request, asked) or response

    def process_exception(self, request: Any, exception: Exception, spider: Any = None) -> Any:
        """Ask again later where the line failed."""
        return self._again(request, None) if isinstance(exception, self._transient) else None

    def _again(self, request: Any, asked: float | None) -> Any:
        """The request once more, or None where it has been tried enough; the whole site waits meanwhile."""
        bounds, tries = self._job.bounds, request.meta.get("tries", 0)
        wait = bounds.backoff * 2**tries if asked is None else asked
        if request.meta.get("robots") or tries >= bounds.retries or wait > bounds.patience:
            self._failures[site_of(request.url)] += not request.meta.get("robots")
            return None
        self._pace.hold(site_of(request.url), wait)
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
            return silent(reason_of(error, self._job))
        return read_robots(response.status, response.body)

    async def _download(self, request: Any) -> Any:
        engine = self._crawler.engine
        if hasattr(engine, "download_async"):  # Scrapy 2.14 and later
            return await engine.download_async(request)
        return await maybe_deferred_to_future(engine.download(request))


def reason_of(error: BaseException, job: Job) -> str:
    """What a failure means, to be read after the host's name."""
    return (
        str(error) if isinstance(error, Refused) else explain(f"{type(error).__name__} {error}", job.bounds.max_bytes)
    )


def header(response: Any, name: str) -> str | None:
    """A header of a response as text, if it has it."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def site_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _resolve(host: str) -> None:
    """Look the name up before the connection does: only here does the reason of a refusal reach the row."""
    from twisted.internet import reactor  # importing it installs it: not before Scrapy has chosen one

    await maybe_deferred_to_future(reactor.resolve(host))
