"""Readers of marked-up text: HTML pages here, Markdown and plain text in `ingest.plain`.

bytes ─decode─> text ─parse─> article ─> blocks -> Extract          `ingest.sniff` says which reader to call

A page is decoded before it is parsed: BeautifulSoup with lxml makes an *empty* document of a page that is labelled
gb2312 and uses a character only GBK has. Text that vanishes is an error here, never an empty document.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from itertools import groupby
from urllib.parse import parse_qs, unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, UnusualUsageWarning
from bs4.element import NavigableString, Tag
from w3lib.encoding import html_to_unicode
from w3lib.url import safe_url_string

from corpus.errors import UnreadableFile
from ingest.layout import Block, Extract
from ingest.plain import BLANK, WAY_OUT, join_lines, read_markdown, read_text, record, visible, within_cap

__all__ = ["find_attachments", "parse_page", "printed_date", "read_html", "read_markdown", "read_text"]

MOST_TAGS = 200_000
"""A page of 16 MB may hold millions, at 40 µs and 1 KB each; that of the framework has some thousands."""
_BREAK = "\u2028"
_DROPPED = ["nav", "script", "style", "footer", "noscript", "template"]
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|div|fieldset|figcaption|figure|form|h[1-6]|header|hr|"
    "html|li|main|[ou]l|p|pre|section|table|tbody|tfoot|thead|t[dhr]"
)
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_PATH_DATE = re.compile(r"/((?:19|20)\d\d)-(\d\d)/(\d\d)/")
_ATTACHMENT = re.compile(r"\.pdf$|/downloadFile/[0-9a-f]{32}$", re.IGNORECASE)


def read_html(data: bytes, *, charset: str | None = None, url: str | None = None) -> Extract:
    """Read a page: the article of cac.gov.cn where there is one, else article, main or body without what surrounds it.

    `charset` is what the HTTP header said, `url` where the page came from; links become absolute with it.

    >>> page = '<h1 class="title">发布</h1><i id=pubtime>2025年09月15日 10:00</i><DIV id=BodyLabel>全文。</DIV>'
    >>> extract = read_html(page.encode("gbk"), charset="gb2312")
    >>> extract.title, extract.date, [block.text for block in extract.blocks]
    ('发布', '2025-09-15', ['全文。'])

    Raises UnreadableFile for a page over 16 MB or 200,000 tags, and for one without text.
    """
    soup = parse_page(data, charset)
    article = _article(soup)
    title, released = _title(soup), _released(soup, url)
    attachments = _attachments(soup, article, url)
    for dropped in soup.find_all(_DROPPED):
        dropped.decompose()
    blocks = tuple(_html_blocks(article))
    if not blocks:
        raise UnreadableFile(f"the page of {len(data)} bytes has no text", way_out=WAY_OUT)
    source = join_lines([_text_of(_by_id(soup, "source"))]).removeprefix("来源：")
    front = (("source", source),) if source else ()
    return Extract("html/1", blocks=blocks, front=front, title=title, date=released, attachments=attachments)


def find_attachments(data: bytes, *, charset: str | None = None, url: str | None = None) -> tuple[str, ...]:
    """Absolute URLs of the PDF files that a page links to, in order; for the crawler, which wants them of any page.

    >>> find_attachments(b'<a href=/pdf/web/viewer.html?file=//host/a.pdf>x</a>', url="https://www.cac.gov.cn/b.htm")
    ('https://host/a.pdf',)
    """
    soup = parse_page(data, charset)
    return _attachments(soup, _article(soup), url)


def parse_page(data: bytes, charset: str | None = None) -> BeautifulSoup:
    """A page, decoded and then parsed; raises UnreadableFile over 16 MB or 200,000 tags."""
    text = _decode_page(within_cap(data), charset).replace("\0", "")
    if (tags := text.count("<")) > MOST_TAGS:
        raise UnreadableFile(f"the page has {tags} tags, more than {MOST_TAGS}", way_out=WAY_OUT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusualUsageWarning)  # of an XML declaration, of text that looks like a path
        return BeautifulSoup(text, "lxml")


def _decode_page(data: bytes, charset: str | None) -> str:
    """As labelled; if that leaves holes, as whichever of UTF-8 and GB 18030 leaves fewest."""
    header = f"text/html; charset={charset}" if charset else None
    labelled: str = html_to_unicode(header, data, default_encoding="utf-8")[1]
    if "\ufffd" not in labelled:
        return labelled
    tries = (labelled, data.decode("utf-8", "replace"), data.decode("gb18030", "replace"))
    return min(tries, key=lambda text: text.count("\ufffd"))


def _by_id(soup: BeautifulSoup, wanted: str) -> Tag | None:
    """The element with this id, in any case: `id=BodyLabel`, `id="bodylabel"`."""
    found = soup.find(id=re.compile(f"^{wanted}$", re.IGNORECASE))
    return found if isinstance(found, Tag) else None


def _article(soup: BeautifulSoup) -> Tag:
    return _by_id(soup, "BodyLabel") or soup.find("article") or soup.find("main") or soup.find("body") or soup


def _text_of(tag: Tag | None) -> str:
    return visible(tag.get_text()).strip(BLANK) if tag else ""


def _meta(soup: BeautifulSoup, *names: str) -> str:
    """The content of the first `<meta>` of one of these names (the Chinese government's page standard, Open Graph)."""
    wanted = {name.lower() for name in names}
    for tag in soup.find_all("meta"):
        if str(tag.get("name") or tag.get("property") or "").lower() in wanted:
            return visible(str(tag.get("content") or "")).strip(BLANK)
    return ""


def _title(soup: BeautifulSoup) -> str:
    heading = _text_of(soup.select_one("h1.title") or soup.find("h1"))
    return join_lines((heading or _meta(soup, "ArticleTitle", "og:title") or _text_of(soup.find("title"))).split("\n"))


def _released(soup: BeautifulSoup, url: str | None) -> str:
    """The date from the page, else from its path; never from an id, which runs weeks ahead."""
    printed = _text_of(_by_id(soup, "pubtime")) or _meta(soup, "PubDate", "publishdate", "article:published_time")
    stamp = soup.find("time")
    found = (
        _DATE.search(printed)
        or _DATE.search(str(stamp.get("datetime") or "") if stamp else "")
        or _PATH_DATE.search(urlsplit(url or "").path)
    )
    return _iso(found) if found else ""


def printed_date(text: str, *, in_path: bool = False) -> str:
    """The first date in a text, or in the path of a URL, as ISO 8601; "" if there is none.

    >>> printed_date("2026年9月14日 10:00"), printed_date("/2026-09/14/c_1.htm", in_path=True), printed_date("soon")
    ('2026-09-14', '2026-09-14', '')
    """
    found = (_PATH_DATE if in_path else _DATE).search(text)
    return _iso(found) if found else ""


def _iso(found: re.Match[str]) -> str:
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""


def _attachments(soup: BeautifulSoup, article: Tag, url: str | None) -> tuple[str, ...]:
    """Those of the article; of the whole page where the article has none."""
    base = _base(soup, url)
    return tuple(dict.fromkeys(_links(article, base))) or tuple(dict.fromkeys(_links(soup, base)))


def _base(soup: BeautifulSoup, url: str | None) -> str:
    named = soup.find("base", href=True)
    with suppress(ValueError):
        return urljoin(url or "", str(named["href"]) if named else "")
    return url or ""


def _links(root: Tag, base: str) -> Iterator[str]:
    for tag in root.find_all(["a", "iframe", "embed", "object"]):
        href = tag.get("href") or tag.get("src") or tag.get("data")
        link = _attachment(str(href), base) if href else None
        if link:
            yield link


def _attachment(href: str, base: str) -> str | None:
    """The absolute URL behind a link if it is a PDF; the on-page viewer is unwrapped."""
    try:
        target = urlsplit(urljoin(base or "https:", href.strip(BLANK)))
        if target.path.endswith("/viewer.html"):
            wrapped = parse_qs(target.query).get("file", [""])[0]
            target = urlsplit(urljoin(target.geturl(), wrapped))
        named = _ATTACHMENT.search(unquote(target.path)) or _ATTACHMENT.search(unquote(target.query))
        absolute = target.scheme in {"http", "https"} and target.netloc
        return str(safe_url_string(urldefrag(target.geturl()).url)) if named and absolute else None
    except ValueError:
        return None


def _html_blocks(root: Tag) -> Iterator[Block]:
    """Runs of text under the same block element; a row with two cells or more is one block.

    One pass over the page each: searching below every row, or replacing every `<br>`, is quadratic in a hostile page.
    """
    cells = _cells(root)
    texts = list(_owned_texts(root, cells))
    in_cells: defaultdict[int, str] = defaultdict(str)
    for owner, text in texts:
        in_cells[id(owner)] += text if id(owner) in cells else ""
    told: set[int] = set()
    for _, run in groupby(texts, key=lambda owned: id(owned[0])):
        owners, pieces = zip(*run, strict=True)
        row = cells.get(id(owners[0]))
        if row is None:
            yield from _paragraphs(owners[0], "".join(pieces))
        elif id(row) not in told:
            told.add(id(row))
            yield from _row(row, in_cells)


def _cells(root: Tag) -> dict[int, Tag]:
    """Cells of the rows that are records, each with its row; not of the frames of a page laid out by tables."""
    frames: set[int] = set()
    for table in root.find_all("table"):
        for parent in table.parents:
            if id(parent) in frames:
                break
            frames.add(id(parent))
    rows = ((row, _cells_of(row)) for row in root.find_all("tr") if id(row) not in frames)
    return {id(cell): row for row, cells in rows if len(cells) > 1 for cell in cells}


def _cells_of(row: Tag) -> list[Tag]:
    return [child for child in row.children if isinstance(child, Tag) and child.name in {"td", "th"}]


def _owned_texts(root: Tag, cells: Mapping[int, Tag]) -> Iterator[tuple[Tag, str]]:
    """Every text with the table cell that holds it, else its nearest block element; an empty block parts texts too."""
    owners = {id(root): root}
    for node in root.descendants:
        above = owners[id(node.parent)]
        if isinstance(node, Tag):
            in_cell, is_block = id(above) in cells, bool(_BLOCKS.fullmatch(node.name))
            owners[id(node)] = node if not in_cell and (is_block or id(node) in cells) else above
            yield owners[id(node)], _BREAK if node.name == "br" or (in_cell and is_block) else ""
        elif type(node) is NavigableString:
            yield above, visible(str(node))


def _row(row: Tag, texts: Mapping[int, str]) -> Iterator[Block]:
    cells = [join_lines(_lines(texts.get(id(cell), "").replace(_BREAK, "\n"))) for cell in _cells_of(row)]
    if any(cells):
        yield record(cells)


def _lines(text: str) -> list[str]:
    return re.sub(r"[ \t\f\v\u00a0]+", " ", text).split("\n")


def _paragraphs(owner: Tag, text: str) -> Iterator[Block]:
    level = _HEADINGS.index(owner.name) + 1 if owner.name in _HEADINGS else 0
    for line in text.split(_BREAK):
        words = join_lines(_lines(line))
        if words:
            yield Block(words, level)
