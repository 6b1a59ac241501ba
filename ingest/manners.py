"""How the crawler behaves towards a site, apart from any crawling library: whom it may ask, what, and how often.

seed, link, redirect ─ may_ask ─> robots.txt ─ Rules ─> Pace ─> request ─> 429 with Retry-After ─> Pace

Where the answer is unclear it is no: a robots.txt that cannot be had forbids everything (RFC 9309, 2.3.1.4).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from protego import Protego

AGENT = "Tiaowen"
_FAILURES = (  # part of the exception's name or words, and what it means after the host's name
    ("certificate verify failed", "has no valid certificate"),
    ("maxsize", "sent more than {cap} MB"),
    ("cancel", "sent more than {cap} MB"),
    ("max redirections", "redirects without end"),
    ("timeout", "did not answer (timeout)"),
    ("timedout", "did not answer (timeout)"),
    ("refused", "did not answer (connection refused)"),
    ("dnslookup", "did not answer (name not found)"),
    ("cannotresolve", "did not answer (name not found)"),
    ("dataloss", "broke off"),
    ("partialdownload", "broke off"),
)


def may_ask(url: str, domains: Collection[str], allow_hosts: Collection[str] = ()) -> bool:
    """Whether a URL is on one of the domains or their subdomains, or on a host allowed by name.

    >>> hosts = ("cac.gov.cn",)
    >>> may_ask("https://www.cac.gov.cn/a.htm", hosts), may_ask("https://cac.gov.cn.example/", hosts)
    (True, False)
    >>> may_ask("http://127.0.0.1:80/", hosts), may_ask("http://127.0.0.1:80/", hosts, {"127.0.0.1"})
    (False, True)
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return False
    return host in allow_hosts or any(host == domain or host.endswith(f".{domain}") for domain in domains)


def is_public(address: str) -> bool:
    """Whether an address is one of the public network: not loopback, private, link-local, reserved or multicast.

    >>> is_public("1.1.1.1"), is_public("127.0.0.1"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_global and not mapped.is_multicast)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site's robots.txt says to us: `robots` where there is one, else why everything is forbidden, or ""."""

    robots: Protego | None = None
    problem: str = ""

    def refusal(self, url: str) -> str:
        """Why `url` may not be fetched, to be read after the host's name; "" if it may."""
        if self.robots and not self.robots.can_fetch(url, AGENT):
            return "forbids it in robots.txt"
        return self.problem

    @property
    def gap(self) -> float:
        """Seconds between two requests that the site asks for."""
        return float((self.robots and self.robots.crawl_delay(AGENT)) or 0.0)


def silent(reason: str) -> Rules:
    """No robots.txt to be had: nothing may be fetched.

    >>> silent("status 503").refusal("https://www.cac.gov.cn/")
    'gives no robots.txt (status 503), so nothing is fetched from it'
    """
    return Rules(problem=f"gives no robots.txt ({reason}), so nothing is fetched from it")


def read_robots(status: int, body: bytes) -> Rules:
    """The rules behind an answer to `GET /robots.txt`.

    >>> rules = read_robots(200, b"User-agent: *\\nDisallow: /wxzw/\\nCrawl-delay: 20")
    >>> rules.refusal("https://www.cac.gov.cn/wxzw/a.htm"), rules.refusal("https://www.cac.gov.cn/b.htm"), rules.gap
    ('forbids it in robots.txt', '', 20.0)
    >>> read_robots(404, b"").refusal("https://www.cac.gov.cn/")
    ''

    401, 403 and 429 forbid too, which is stricter than RFC 9309: a site that refuses even this wants no visitor. So does
    what is not UTF-8 nor of its family (UTF-16): its rules would be overlooked. Of a page (HTML) the lines that are rules count.
    """
    if status == 200 and b"\0" in body:
        return silent("not in UTF-8")
    if status == 200:
        return Rules(Protego.parse(body.decode("utf-8-sig", "replace")))
    if 400 <= status < 500 and status not in {401, 403, 429}:
        return Rules()
    return silent(f"status {status}")


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks to wait, given as seconds or as a date; None if it says nothing.

    >>> retry_after("120", datetime(2026, 9, 14, tzinfo=UTC)), retry_after("soon", datetime(2026, 9, 14, tzinfo=UTC))
    (120.0, None)
    >>> retry_after("Mon, 14 Sep 2026 00:01:00 GMT", datetime(2026, 9, 14, tzinfo=UTC))
    60.0
    """
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())


class Pace:
    """When each site may be asked again.

    >>> pace = Pace(clock=lambda: 100.0)
    >>> pace.turn("a", gap=20), pace.turn("a", gap=20), pace.turn("b")
    (0.0, 20.0, 0.0)
    >>> pace.hold("b", 30)
    >>> pace.turn("b")
    30.0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free: dict[str, float] = {}

    def turn(self, site: str, gap: float = 0.0) -> float:
        """Seconds to wait before the next request to `site`; books that turn and `gap` seconds after it."""
        now = self._clock()
        start = max(now, self._free.get(site, now))
        self._free[site] = start + gap
        return start - now

    def hold(self, site: str, seconds: float) -> None:
        """Ask nothing of `site` for so long."""
        self._free[site] = max(self._free.get(site, 0.0), self._clock() + seconds)


def explain(failure: str, cap: int) -> str:
    """What a failure means, to be read after the host's name; `failure` is an exception's name and words.

    >>> explain("TimeoutError", 64 << 20), explain("DownloadCancelledError", 64 << 20)
    ('did not answer (timeout)', 'sent more than 64 MB')
    """
    words = failure.lower()
    said = next((said for sign, said in _FAILURES if sign in words), f"did not answer ({failure.split(maxsplit=1)[0]})")
    return said.format(cap=f"{cap / (1 << 20):g}")
