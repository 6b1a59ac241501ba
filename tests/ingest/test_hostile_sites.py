"""Sites that mean harm: robots.txt as a trap, names that change their address, answers without end."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from loopback import Reply, Site, bomb, serving

from ingest.child import environment
from ingest.crawl import Bounds, Job, Seed, crawl
from ingest.manners import may_ask, read_robots

LOOPBACK = frozenset({"127.0.0.1"})
BOUNDS = Bounds(max_bytes=1 << 16, timeout=2.0, robots_timeout=2.0, retries=0, backoff=0.01, patience=2)
CLOSED = "User-agent: *\nDisallow: /1.htm\n"
TOO_MUCH = "gives no robots.txt (sent more than 0.0625 MB), so nothing is fetched from it"
FORBIDDEN = "forbids it in robots.txt"

Page = Reply | Callable[[BaseHTTPRequestHandler], None]


def found_at(where: str) -> Reply:
    return Reply(status=302, headers={"Location": where})


def drip(site: Site) -> Callable[[BaseHTTPRequestHandler], None]:
    """Sends a little now and then, never all."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while not site.released.wait(0.1):
                handler.wfile.write(b"#")
        except OSError:
            pass

    return answer


ROBOTS: dict[str, tuple[Callable[[Site], Page], str | None]] = {
    "huge": (lambda _: Reply((CLOSED + "#" * BOUNDS.max_bytes).encode()), TOO_MUCH),
    "endless": (lambda site: site.endless, TOO_MUCH),
    "a bomb": (lambda _: bomb(BOUNDS.max_bytes + 1), TOO_MUCH),
    "dripping": (drip, "gives no robots.txt (did not answer (timeout)), so nothing is fetched from it"),
    "at a private address": (
        lambda _: found_at("http://169.254.169.254/robots.txt"),
        "gives no robots.txt (is not an allowed host), so nothing is fetched from it",
    ),
    "on another host": (
        lambda _: found_at("http://localhost/robots.txt"),
        "gives no robots.txt (is not an allowed host), so nothing is fetched from it",
    ),
    "moved in a circle": (
        lambda _: found_at("/robots.txt"),
        "gives no robots.txt (redirects without end), so nothing is fetched from it",
    ),
    "moved": (lambda _: found_at("/rules.txt"), FORBIDDEN),
    "a page": (lambda _: Reply("<html><body><p>首页 home</p></body></html>".encode()), None),
    "a page with rules": (lambda _: Reply(f"<html><body><pre>\n{CLOSED}</pre></body></html>".encode()), FORBIDDEN),
    "in UTF-16": (
        lambda _: Reply(CLOSED.encode("utf-16"), "text/plain; charset=utf-16"),
        "gives no robots.txt (not in UTF-8), so nothing is fetched from it",
    ),
    "in GBK, called UTF-8": (
        lambda _: Reply(f"# 说明\n{CLOSED}".encode("gbk"), "text/plain; charset=utf-8"),
        FORBIDDEN,
    ),
}


@pytest.fixture
def sites() -> Iterator[dict[str, Site]]:
    """A site for every trick, all being served."""
    with ExitStack() as stack:
        served = {name: stack.enter_context(serving()) for name in ROBOTS}
        for name, site in served.items():
            site.pages["/robots.txt"] = ROBOTS[name][0](site)
            site.pages["/rules.txt"] = Reply(CLOSED.encode(), "text/plain")
            site.pages["/1.htm"] = Reply("<p>今天发布。</p>".encode())
        yield served


def test_no_trick_of_a_robots_file_opens_a_site(sites: dict[str, Site], tmp_path: Path) -> None:
    seeds = [Seed(site.url("/1.htm"), "aisgf@2.0", "notice") for site in sites.values()]
    rows = crawl(seeds, home_raw=tmp_path / "raw", allow_hosts=LOOPBACK, delay=0, bounds=BOUNDS)
    told = {urlsplit(row.url).netloc: row.error for row in rows}
    assert {name: told[site.host] for name, site in sites.items()} == {name: row[1] for name, row in ROBOTS.items()}
    assert [name for name, site in sites.items() if "/1.htm" in site.paths] == ["a page"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("path", ["/closed/", "/内部/"])
def test_rules_in_a_wide_charset_open_nothing(charset: str, path: str) -> None:
    rules = read_robots(200, f"User-agent: *\nDisallow: {path}\n".encode(charset))
    assert rules.refusal("https://www.tc260.org.cn/open/") == (
        "gives no robots.txt (not in UTF-8), so nothing is fetched from it"
    )


def test_answers_without_end_are_cut_off(tmp_path: Path) -> None:
    with serving() as site, serving() as other:
        site.pages["/twice"] = Reply(gzip.compress(bomb(64 << 20).body), headers={"Content-Encoding": "gzip, gzip"})
        other.pages["/drip"] = drip(other)
        seeds = [
            Seed(url, "aisgf@2.0", "notice") for url in (site.url("/twice"), site.url("/1.htm"), other.url("/drip"))
        ]
        bounds = replace(BOUNDS, max_bytes=1 << 20)
        rows = crawl(seeds, home_raw=tmp_path / "raw", allow_hosts=LOOPBACK, delay=0, bounds=bounds)
    errors = {urlsplit(row.url).path: row.error for row in rows}
    assert errors["/twice"] == "sent more than 1 MB"
    assert errors["/drip"] == "did not answer (timeout)"
    assert errors["/1.htm"] is None


# --- names and addresses

REBINDING = """
import errno, socket, sys
from scrapy.settings import default_settings

default_settings.DNSCACHE_ENABLED = sys.argv[1] == "cached"
answers = ["1.1.1.1"]

def look_up(name):
    print("asked for", name, file=sys.stderr)
    return answers.pop() if answers else "127.0.0.1"

def connect(self, address):
    print("connected to", address[0], file=sys.stderr)
    return errno.ECONNREFUSED

socket.gethostbyname = look_up
socket.socket.connect_ex = connect
from ingest.spider import main

main()
"""
"""The crawler's child where a name is public when first asked for and loopback ever after; no connection is really made."""


@pytest.mark.parametrize("cached", ["cached", "uncached"])
def test_a_name_that_changes_its_address_reaches_nothing_private(site: Site, tmp_path: Path, cached: str) -> None:
    url = f"http://rebind.example:{site.server.server_port}/1.htm"
    job = Job((Seed(url, "aisgf@2.0", "notice"),), str(tmp_path), ("rebind.example",), (), 0.0, BOUNDS)
    with subprocess.Popen(
        [sys.executable, "-P", "-c", REBINDING, cached],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment(),
    ) as child:  # fmt: skip
        assert child.stdin and child.stdout and child.stderr
        child.stdin.write(job.dumps() + "\n")
        child.stdin.flush()
        (row,) = [json.loads(line) for line in child.stdout]
        said = child.stderr.read().splitlines()
    assert said.count("asked for rebind.example") == (1 if cached == "cached" else 2)
    assert {line for line in said if line.startswith("connected")} <= {"connected to 1.1.1.1"}
    assert row["error"].startswith("gives no robots.txt (") and site.paths == []


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "https://127.0.0.1#.cac.gov.cn/",
        "https://127.0.0.1?.cac.gov.cn/",
        "https://127.0.0.1/.cac.gov.cn",
        "https://127.0.0.1:80\\@cac.gov.cn/",
        "https://cac.gov.cn:443@127.0.0.1/",
        "https://cac.gov.cn。evil.example/",
        "https://xn--cac-5z9a.gov.cn/",
        "http://ｃａｃ.gov.cn.evil.example/",
        "gopher://www.cac.gov.cn/",
        "file://www.cac.gov.cn/etc/hostname",
    ],
)
def test_no_way_of_writing_an_address_passes_for_an_official_host(url: str) -> None:
    assert not may_ask(url, ("cac.gov.cn", "tc260.org.cn"))
