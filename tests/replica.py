"""The publishers' two sites on loopback, in the shapes they are known to have, with texts of our own and their troubles.

cac.gov.cn: article pages, a list with JSON paging, attachments, a GBK page, 429; tc260.org.cn: its new and old schemes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from loopback import Reply, Site, serving
from printed_pdf import framework_pdf

from corpus.records import Document
from ingest.bundled import bundled_documents
from ingest.listing import PER_PAGE, paging_form

CAC, TC260 = "www.cac.gov.cn", "www.tc260.org.cn"
NOTICES = {
    "1.0": "/2024-09/09/c_1727567886199789.htm",
    "2.0": "/2025-09/15/c_1759653448369123.htm",
    "3.0": "/2026-09/14/c_1791137092283345.htm",
}
PDFS = {
    "1.0": "/rootimages/uploadimg/1727568303900999/1727568303900999.pdf",
    "2.0": "/rootimages/uploadimg/1759653474200838/1759653474200838.pdf",
    "3.0": "/rootimages/uploadimg/1791137114683961/1791137114683961.pdf",
}
ENDLESS = "/rootimages/uploadimg/9/9.pdf"
READINGS = (
    "/2025-09/26/c_1760606717425964.htm",
    "/2025-09/27/c_1760700225736170.htm",
    "/2025-09/28/c_1760779758683488.htm",
    "/2025-09/28/c_1760779757508049.htm",
)
INITIATIVE = "/2023-10/18/c_1699291032884978.htm"
LIST, JSON_LIST, CHANNEL = "/wxzw/wxfb/A093702index_1.htm", "/cms/JsonList", "A093702"
ENGLISH = "/upload/2024-09-09/1725849192841090989.pdf"
MOVED = "/portal/article/2/20240909102807"
OTHER_COPY = "/upload/2025-09-15/1757911253996041369.pdf"
DOWNLOAD = "/sysFile/downloadFile/b694733a8d9946afb4ac6e1b075b660a"
COLUMN = "/tc260/xwdt1/"
PAGE_3 = f"{COLUMN}202609/e879077a3caa4722b2206d1bcaed5a6c.shtml"
PDF_3 = f"{COLUMN}202609/e879077a3caa4722b2206d1bcaed5a6c/files/{quote('《人工智能安全治理框架3.0》')}.pdf.pdf"
NEXT_EDITION = "《人工智能安全治理框架》4.0版发布"
NEXT_EDITION_PAGE = f"https://{CAC}/2027-09/13/c_1822222222222222.htm"


@dataclass
class Replica:
    """Both sites, being served."""

    cac: Site
    tc260: Site

    @property
    def options(self) -> list[str]:
        """What `tiaowen crawl` is told to come here."""
        pairs = ((CAC, self.cac), (TC260, self.tc260))
        mirrors = [word for host, site in pairs for word in ("--mirror", f"{host}=http://{site.host}")]
        bounds = ["--delay", "0", "--timeout", "1", "--max-mb", "4"]
        return [*mirrors, "--allow-host", "127.0.0.1", *bounds]

    @property
    def asked(self) -> list[str]:
        """Every path asked for, robots.txt aside."""
        return [path for site in (self.cac, self.tc260) for path in site.paths if path != "/robots.txt"]

    def forget(self) -> None:
        """Start counting requests anew."""
        self.cac.asked.clear()
        self.tc260.asked.clear()

    def publish_text_of_3(self) -> None:
        """The PDF of 3.0 appears on both sites."""
        self.cac.pages[PDFS["3.0"]] = self.tc260.pages[PDF_3] = served(body_pdf("3.0"), "application/pdf")

    def list_next_edition(self) -> None:
        """An edition that no catalogue knows appears at the top of the list."""
        _lists(self.cac, [(NEXT_EDITION, NEXT_EDITION_PAGE, "2027-09-13"), *LISTED])


LISTED = [
    ("《人工智能安全治理框架3.0》发布", f"https://{CAC}{NOTICES['3.0']}?type=h5", "2026-09-14"),
    ("专家解读｜《人工智能安全治理框架》2.0版问答", f"https://{CAC}/2025-10/09/c_1761111111111111.htm", "2025-10-09"),
    ("《人工智能安全治理框架》4.0版抢先看", "https://example.org/4.htm", "2027-01-01"),
    *(
        (f"第{n}号通知", f"https://{CAC}/2026-01/{n % 28 + 1:02}/c_{n}.htm", f"2026-01-{n % 28 + 1:02}")
        for n in range(50)
    ),
]


@contextmanager
def replica() -> Iterator[Replica]:
    """The sites as they are at first: 3.0 announced, its text missing on one and broken on the other."""
    with serving() as cac, serving() as tc260:
        for site in (cac, tc260):
            site.pages.clear()
            site.robots("User-agent: *\nDisallow: /2025-09/27/\n")
        _cac(cac)
        _tc260(tc260)
        yield Replica(cac, tc260)


def _cac(site: Site) -> None:
    viewer = f"<a href=/pdf/web/viewer.html?file=//{CAC}{PDFS['1.0']} target=_blank>附件</a>"
    gbk = article(*notice("1.0"), "2024年09月09日", viewer, charset="gb2312").encode("gbk")
    plain, last = f"<a href=//{CAC}{PDFS['2.0']}>附件</a>", f'<a href="{PDFS["3.0"]}">全文</a><a href={ENDLESS}>附</a>'
    site.pages |= {
        NOTICES["1.0"]: served(gbk, "text/html; charset=gb2312"),
        NOTICES["2.0"]: [
            Reply(status=429, headers={"Retry-After": "0"}),
            *[served(article(*notice("2.0"), "2025年09月15日", plain).encode())] * 9,
        ],
        NOTICES["3.0"]: served(article(*notice("3.0"), "2026年09月14日", last).encode()),
        PDFS["1.0"]: served(body_pdf("1.0"), "application/pdf"),
        PDFS["2.0"]: served(body_pdf("2.0"), "application/pdf"),
        ENDLESS: site.endless,
        INITIATIVE: served(article("《全球人工智能治理倡议》", INITIATIVE_TEXT, "2023年10月18日").encode()),
        **{path: served(reading(number).encode()) for number, path in enumerate(READINGS)},
    }
    _lists(site, LISTED)


def _tc260(site: Site) -> None:
    listed = f'<li><a href="{PAGE_3}" title="《人工智能安全治理框架3.0》发布">《人…<span class="date">2026-09-14</span></a></li>'
    whole = body_pdf("3.0")
    site.pages |= {
        ENGLISH: served(framework_pdf([], english=paragraphs("1.0", "en")), "application/x-msdownload"),
        MOVED: Reply(status=302, headers={"Location": "http://169.254.169.254/latest/"}),
        OTHER_COPY: served(body_pdf("2.0") + b"\n% another copy\n%%EOF\n", "application/pdf"),
        DOWNLOAD: served(body_pdf("2.0") + b"\n% a third copy\n%%EOF\n", "application/x-msdownload"),
        COLUMN: served(f'<html><body><ul class="inList">{listed}</ul></body></html>'.encode()),
        PAGE_3: site.silence,
        PDF_3: served(whole[: len(whole) // 2], "application/pdf"),
    }


def _lists(site: Site, rows: list[tuple[str, str, str]]) -> None:
    items = "".join(
        f'<li><h5><a href={url.removeprefix("https:")} target=_blank title="{title}">{title[:9]}…</a></h5>'
        f'<div class="times">{day}</div></li>'
        for title, url, day in rows[:PER_PAGE]
    )
    site.pages[LIST] = served(f"<html><body><ul id=loadingInfoPage>{items}</ul></body></html>".encode())
    for page in range(1, len(rows) // PER_PAGE + 2):
        mine = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        told = [{"topic": title, "infourl": url, "pubtime": f"{day} 10:00:00"} for title, url, day in mine]
        form = "&".join(f"{key}={value}" for key, value in paging_form(CHANNEL, page).items())
        body = json.dumps({"list": told, "totalRec": len(rows)}, ensure_ascii=False).encode()
        site.pages[f"{JSON_LIST}?{form}"] = Reply(body, "application/json;charset=UTF-8")


# --- pages and texts, all of them ours

INITIATIVE_TEXT = [
    "《全球人工智能治理倡议》主张各方共同商量人工智能的规矩。",
    "大国小国都应有机会参与，不应设置壁垒。",
    "The Global AI Governance Initiative asks all sides to work out rules for AI together.",
    "Large and small countries should both take part, and no walls should be built.",
]
_READINGS = (
    ["本文谈《人工智能安全治理框架》2.0版的分级办法。", "分级看规模、场景和能力。", "企业可先自评。"],
    ["本文谈《人工智能安全治理框架》2.0版与国外做法的异同。", "各有侧重。", "可以互鉴。"],
    ["本文谈《人工智能安全治理框架》怎样从清单走向体系。", "清单告诉人有什么，体系告诉人怎么办。", "两者缺一不可。"],
)


def article(title: str, texts: list[str], day: str, link: str = "", charset: str = "utf-8") -> str:
    """An article page of cac.gov.cn: upper-case DIV, unquoted id, furniture around it."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title></head><body>'
        f'<nav><a href="/about.pdf">关于</a></nav><h1 class="title">{title}</h1>'
        f'<span id="pubtime">{day} 10:00</span><span id="source">来源：测试站</span>'
        f'<div class="main-content"><DIV id=BodyLabel>{body}<p>{link}</p></DIV></div><footer>页脚</footer></body></html>'
    )


def reading(number: int) -> str:
    """An interpretation; the fourth is the third under another id, in other furniture; the first prints a later day."""
    day = ("2025年09月27日", "2025年09月27日", "2025年09月28日", "2025年09月28日")[number]
    page = article("专家解读", _READINGS[min(number, 2)], day)
    return page.replace("<footer>页脚", "<footer>另一栏目的页脚") if number == 3 else page


def notice(version: str) -> tuple[str, list[str]]:
    """Title and paragraphs of the announcement's digest."""
    document = digest_of(version, "zh", "notice")
    return document.by_path["notice"].heading, [clause.text for clause in document.clauses if clause.text]


def paragraphs(version: str, lang: str = "zh") -> list[str]:
    """The chapters of a digest as paragraphs, headings on lines of their own or in line, as the official files have them.

    Chapters 1 to 3 are enough here; 3.0 is made of the words of 2.0.
    """
    document = digest_of("2.0" if version == "3.0" else version, lang, "body")
    mark = "。" if lang == "zh" else ". "
    told: list[str] = []
    for clause in document.clauses:
        if clause.path[0] not in "123":
            continue
        number = clause.number if lang == "zh" else f"{clause.number} "
        inline = clause.kind != "chapter" and clause.text
        told.append(f"{number}{clause.heading}" + (mark * bool(clause.heading) + clause.text if inline else ""))
        told += [clause.text] if clause.text and not inline else []
    return [line for text in told for line in text.split("\n")]


@lru_cache(maxsize=3)
def body_pdf(version: str) -> bytes:
    """The full text as a PDF: 1.0 Chinese, the others Chinese and then English."""
    english = [] if version == "1.0" else [f"AI Safety Governance Framework {version}", *paragraphs(version, "en")]
    name = f"人工智能安全治理框架{version}"
    return framework_pdf([name, *paragraphs(version)], name, english)


def served(body: bytes, media_type: str = "text/html; charset=utf-8", etag: bool = True) -> Reply:
    """A page, with a validator."""
    return Reply(body, media_type, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"' if etag else "")


@lru_cache(maxsize=1)
def _digests() -> list[Document]:
    return bundled_documents()


def digest_of(version: str, lang: str, part: str) -> Document:
    """The bundled digest that a page or a PDF here is made of."""
    return next(d for d in _digests() if d.id == f"aisgf@{version}/{lang}" and d.part == part)
