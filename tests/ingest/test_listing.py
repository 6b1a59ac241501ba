"""List pages: rows of both sites and of the JSON pages, in both languages, and pages that are no list."""

from __future__ import annotations

import json

import pytest

from corpus.errors import UnreadableFile
from ingest.listing import Listing, Row, paging_form, read_list

CAC = "https://www.cac.gov.cn/wxzw/wxfb/A093702index_1.htm"
TITLES = {"zh": "《人工智能安全治理框架3.0》发布", "en": "AI Safety Governance Framework 3.0 released"}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_rows_of_both_sites_and_of_json_are_the_same(title: str) -> None:
    href, url = "//www.cac.gov.cn/2026-09/14/c_1.htm", "https://www.cac.gov.cn/2026-09/14/c_1.htm"
    old = f'<div id=loadingInfoPage><li><h5><a href={href} target=_blank title="{title}">{title[:5]}…</a></h5>'
    old += '<div class="times">2026-09-14</div></li></div>'
    new = f'<ul class="inList"><li><a href="{href}" title="{title}">x<span class="date">2026-09-14</span></a></li></ul>'
    told = {"list": [{"topic": f"<b>{title}</b>", "infourl": href, "pubtime": "2026-09-14 10:00:00"}], "totalRec": "41"}
    row = Row(title, url, "2026-09-14")
    assert read_list(old.encode(), CAC) == Listing((row,))
    assert read_list(old.encode("gbk"), CAC, "gb2312") == Listing((row,))
    assert read_list(new.encode(), CAC) == Listing((row,))
    assert read_list(json.dumps(told).encode(), "https://www.cac.gov.cn/cms/JsonList") == Listing((row,), 41)


def test_the_date_is_printed_or_in_the_path_and_never_in_an_id() -> None:
    page = "<ul class=inList><li><a href=/2026-09/14/c_1791137092283345.htm>甲</a></li><li><a href=/c_1791137092283345.htm>乙</a>"
    assert [row.date for row in read_list(page.encode(), CAC).rows] == ["2026-09-14", ""]


def test_what_a_row_shows_is_printable_and_a_web_address() -> None:
    items = ["<a href='javascript:x()'>一</a>", "<a href='http://[x'>二</a>", "<a>三</a>", "", "<a href='/4.htm'></a>"]
    items += ["<a href='/5 5.htm#top' title='五\x1b[31m\u202e\n5'>x</a>", f"<a href='/6.htm'>{'长' * 999}</a>"]
    page = "<ul class=inList>" + "".join(f"<li>{item}</li>" for item in items)
    rows = read_list(page.encode(), CAC).rows
    assert [row.url for row in rows] == ["https://www.cac.gov.cn/5%205.htm", "https://www.cac.gov.cn/6.htm"]
    assert (rows[0].title, len(rows[1].title)) == ("五 [31m 5", 200)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>请稍候</body></html>",
        "",
        '{"list": []}',
        '{"list": "x", "totalRec": {}}',
        '{"code": 500}',
        "{",
        "{" * 9,
    ],
)
def test_a_page_without_rows_is_not_an_empty_list(page: str) -> None:
    with pytest.raises(UnreadableFile):
        read_list(page.encode(), CAC)


def test_the_last_json_page_may_be_empty() -> None:
    assert read_list(b'{"list": [null, 3, {}], "totalRec": 40}', CAC) == Listing((), 40)


def test_the_form_asks_for_one_page_of_a_channel() -> None:
    assert paging_form("A093702", 3) == {"channelCode": "A093702", "perPage": "20", "pageno": "3"}
