"""A site on loopback for the crawler: pages in the shape of cac.gov.cn, written by us, and ways to misbehave."""

from __future__ import annotations

import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

PDF = b"%PDF-1.4\n% not a real document, a real signature\n%%EOF\n"
ANNOUNCEMENT = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>测试站</title></head><body>
<nav><a href="/about.pdf">关于本站</a></nav>
<h1 class="title">《人工智能安全治理框架》2.0版发布</h1>
<span id="pubtime">2025年09月15日 10:00</span><span id="source">来源：测试站</span>
<div class="main-content"><DIV id=BodyLabel><p>今天发布测试框架。</p>
<p>附件：<a href=/pdf/web/viewer.html?file=//{host}/rootimages/uploadimg/1/1.pdf target=_blank>测试框架</a></p>
</DIV></div><footer>页脚</footer></body></html>"""


@dataclass(frozen=True)
class Reply:
    """What the site answers; `etag` is honoured, `headers` come last and win."""

    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    etag: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request that the site saw."""

    path: str
    headers: dict[str, str]
    at: float
    form: str = ""


class Server(ThreadingHTTPServer):
    """A server that does not complain on stderr of a client that was killed in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only what is not the client's going away is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Site:
    """Paths and their replies; a list of replies is used up one by one. `robots` is the answer to /robots.txt."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.pages: dict[str, Reply | list[Reply] | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.released = threading.Event()
        self.news = threading.Condition()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def do_POST(self) -> None:
                site.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.robots("", status=404)
        self.pages["/1.htm"] = Reply(ANNOUNCEMENT.format(host=self.host).encode(), etag='"a1"')
        self.pages["/rootimages/uploadimg/1/1.pdf"] = Reply(PDF, "application/pdf", etag='"p1"')

    def close(self) -> None:
        """Ends the serving, then frees the port: a loop that still waits on the socket would keep it listening."""
        self.server.shutdown()
        self.server.server_close()

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://{self.host}{path}"

    def robots(self, text: str, status: int = 200) -> None:
        self.pages["/robots.txt"] = Reply(text.encode(), "text/plain", status)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler, form: str = "") -> None:
        """A form that was posted is answered by the page of its path and itself: `/cms/JsonList?pageno=1`."""
        path = f"{handler.path}?{form}" if form else handler.path
        with self.news:
            self.asked.append(Asked(path, dict(handler.headers), time.monotonic(), form))
            self.news.notify_all()
        page = self.pages.get(path, Reply(status=404))
        if callable(page):
            page(handler)
            return
        reply = page.pop(0) if isinstance(page, list) else page
        unchanged = reply.etag and handler.headers.get("If-None-Match") == reply.etag
        body = b"" if unchanged else reply.body
        handler.send_response(304 if unchanged else reply.status)
        stated = {"Content-Type": reply.media_type, "Content-Length": str(len(body)), "ETag": reply.etag}
        for name, value in {**stated, **reply.headers}.items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def waited_for(self, path: str, seconds: float = 60.0) -> bool:
        """Whether `path` is asked for within so many seconds."""
        with self.news:
            return self.news.wait_for(lambda: path in self.paths, seconds)

    def silence(self, handler: BaseHTTPRequestHandler) -> None:
        """Says nothing until the test is over."""
        self.released.wait(60)
        handler.close_connection = True

    def endless(self, handler: BaseHTTPRequestHandler) -> None:
        """Sends without a length and without an end."""
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            while not self.released.is_set():
                handler.wfile.write(b"<p>more</p>" * 1000)
        except OSError:
            pass

    def broken(self, handler: BaseHTTPRequestHandler) -> None:
        """Promises more than it sends."""
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PDF) + 100))
        handler.end_headers()
        handler.wfile.write(PDF)
        handler.close_connection = True


def bomb(size: int) -> Reply:
    """A small answer that unpacks to `size` bytes."""
    return Reply(gzip.compress(b"0" * size), headers={"Content-Encoding": "gzip"})


@contextmanager
def serving() -> Iterator[Site]:
    """A site, served while the block runs."""
    served = Site()
    thread = threading.Thread(target=served.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.released.set()
        served.close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    """The site, being served."""
    with serving() as served:
        yield served


@pytest.fixture(name="reply")
def _reply() -> type[Reply]:
    """The reply record, for tests that add pages."""
    return Reply


@pytest.fixture(name="bomb")
def _bomb() -> Callable[[int], Reply]:
    """Makes a compressed reply that unpacks to many bytes."""
    return bomb
