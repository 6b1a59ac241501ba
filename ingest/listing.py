"""List pages of the publishers' sites: titles, dates and addresses, without knowing which of them matter.

GET A093702index_1.htm ─┐
POST /cms/JsonList ─────┴─ read_list ─> Listing(rows, total) ─> `ingest.titles` tells which rows are new to us
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from w3lib.url import safe_url_string

from corpus.errors import UnreadableFile
from ingest.markup import parse_page, printed_date
from ingest.plain import within_cap

PER_PAGE = 20
"""Rows asked for in one JSON page."""
_TITLE_LIMIT = 200
_WAY_OUT = "look at the page in a browser: its layout may have changed"


@dataclass(frozen=True, slots=True)
class Row:
    """A publication as a list shows it; `date` is ISO 8601, or "" where none is printed."""

    title: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one list page in its order; `total`: how many the whole list has, where the page says so."""

    rows: tuple[Row, ...]
    total: int | None = None


def paging_form(channel: str, page: int) -> dict[str, str]:
    """The form of `POST /cms/JsonList`: `paging_form("A093702", 2)["pageno"] == "2"`."""
    return {"channelCode": channel, "perPage": str(PER_PAGE), "pageno": str(page)}


def read_list(data: bytes, url: str, charset: str | None = None) -> Listing:
    """The rows of a list page, HTML or JSON; `url` is where it came from, links become absolute with it.

    >>> page = '<div id=loadingInfoPage><li><h5><a href=//www.cac.gov.cn/2026-09/14/c_1.htm title="《框架3.0》发布">'
    >>> page += '《框架…</a></h5><div class="times">2026-09-14</div></li></div>'
    >>> read_list(page.encode(), "https://www.cac.gov.cn/list.htm").rows
    (Row(title='《框架3.0》发布', url='https://www.cac.gov.cn/2026-09/14/c_1.htm', date='2026-09-14'),)
    >>> page = b'<ul class="inList"><li><a href="/a.shtml" title="Framework 3.0">x</a><span class="date">2026-09-15</span>'
    >>> read_list(page, "https://www.tc260.org.cn/").rows
    (Row(title='Framework 3.0', url='https://www.tc260.org.cn/a.shtml', date='2026-09-15'),)
    >>> page = b'{"list": [{"topic": "Framework 3.0", "infourl": "//a.cn/1.htm", "pubtime": "2026-09-14 10:00"}], "totalRec": 9}'
    >>> read_list(page, "https://www.cac.gov.cn/cms/JsonList")
    Listing(rows=(Row(title='Framework 3.0', url='https://a.cn/1.htm', date='2026-09-14'),), total=9)

    Raises UnreadableFile for a page without any row: a wall, or a layout that is not known.
    """
    listing = _read_json(within_cap(data), url) if data.lstrip()[:1] == b"{" else _read_html(data, url, charset)
    if not listing.rows and not listing.total:
        raise UnreadableFile(f"no list of publications was found at {url}", way_out=_WAY_OUT)
    return listing


def _read_html(data: bytes, url: str, charset: str | None) -> Listing:
    soup: BeautifulSoup = parse_page(data, charset)
    items = soup.select("#loadingInfoPage li") or soup.select("ul.inList > li")
    rows = (_html_row(item, url) for item in items)
    return Listing(tuple(row for row in rows if row))


def _html_row(item: Tag, base: str) -> Row | None:
    link = item.find("a", href=True)
    if not isinstance(link, Tag):
        return None
    stamp = item.select_one(".times, .date")
    return _row(str(link.get("title") or link.get_text()), str(link["href"]), stamp.get_text() if stamp else "", base)


def _read_json(data: bytes, base: str) -> Listing:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{base} sent JSON that cannot be read ({error})", way_out=_WAY_OUT) from error
    listed = told.get("list")
    total = told.get("totalRec")
    rows = (_json_row(found, base) for found in (listed if isinstance(listed, list) else ()))
    return Listing(tuple(row for row in rows if row), int(total) if str(total).isdecimal() else None)


def _json_row(found: Any, base: str) -> Row | None:
    if not isinstance(found, Mapping):
        return None
    topic, href, stamp = (str(found.get(key) or "") for key in ("topic", "infourl", "pubtime"))
    return _row(topic, href, stamp, base)


def _row(title: str, href: str, stamp: str, base: str) -> Row | None:
    """A row with a printable title and a web address; None for anything else: the page is not ours."""
    title = " ".join(_printable(re.sub(r"<[^>]*>", "", title)).split())[:_TITLE_LIMIT]
    try:
        url = str(safe_url_string(urldefrag(urljoin(base, href.strip())).url))
        parts = urlsplit(url)
    except ValueError:
        return None
    if not title or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return Row(title, url, printed_date(stamp) or printed_date(parts.path, in_path=True))


def _printable(text: str) -> str:
    return "".join(_shown(text))


def _shown(text: str) -> Iterator[str]:
    for char in text:
        category = unicodedata.category(char)
        if category not in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            yield char
        elif category == "Cc":
            yield " "
