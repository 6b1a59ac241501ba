"""Pages made to do harm: their text is kept, nothing of them is run or fetched, and what is too much is refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from ingest.layout import Extract
from ingest.markup import MOST_TAGS, find_attachments, read_html

soak = pytest.mark.soak
URL = "https://www.cac.gov.cn/2025-09/15/c_1.htm"
LARGE = 50_000 if os.environ.get("TIAOWEN_SOAK") == "1" else 3000
TEXT = ("正文", "main text")


def texts(page: str) -> list[str]:
    return [block.text for block in read_html(page.encode(), url=URL).blocks]


@pytest.mark.parametrize("text", TEXT)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<div>" * LARGE, "</div>" * LARGE),
        ("<b>" * LARGE, ""),
        ("<table><tr><td>" * LARGE, ""),
        ("<a href=x.pdf>" * LARGE, ""),
        ("</div>" * LARGE, ""),
    ],
    ids=["closed", "open", "tables", "links", "ends"],
)
def test_text_below_many_tags_is_kept(text: str, before: str, after: str) -> None:
    assert texts(f"<p>前 first</p>{before}{text}{after}<p>后 last</p>")[:2] == ["前 first", text]


@pytest.mark.parametrize("text", TEXT)
@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f"a{n}=1" for n in range(4 * LARGE)),
        "a=1 " * 4 * LARGE,
        f'title="{"x" * 300 * LARGE}"',
        f"title='{'<p>' * LARGE}'",
        pytest.param(" ".join(f"a{n}=1" for n in range(1_500_000)), marks=soak),
    ],
    ids=["many", "one again and again", "long", "with tags", "millions"],
)
def test_text_after_giant_attributes_is_kept(text: str, attributes: str) -> None:
    assert texts(f"<p>前 first</p><p {attributes}>{text}</p><p>后 last</p>") == ["前 first", text, "后 last"]


@soak
@pytest.mark.parametrize("text", ["字" * (5 << 20), "word " * (3 << 20)], ids=["zh", "en"])
def test_a_text_of_many_megabytes_does_not_vanish(text: str) -> None:
    assert texts(f"<p>前 first</p><p>{text}</p><p>后 last</p>") == ["前 first", text.strip(), "后 last"]


@pytest.mark.parametrize("read", [read_html, find_attachments])
def test_a_page_of_more_tags_than_any_document_has_is_refused(read: object) -> None:
    page = ("<b>" * (MOST_TAGS + 1) + "正文").encode()
    with pytest.raises(UnreadableFile) as caught:
        read(page)  # type: ignore[operator]
    assert str(caught.value) == (
        "the page has 200001 tags, more than 200000; give the original file (PDF, HTML, Markdown or text)"
    )


ACTIVE = """<!doctype html><html><head><title>标题 title</title><base target="_blank">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"><script>document.write("EVIL")</script></head>
<body onload="alert('EVIL')"><p onclick="alert('EVIL')" style="background:url(http://127.0.0.1:1/EVIL)">先评估，
再上线。Assess first.</p><svg onload="alert('EVIL')"><script>EVIL()</script></svg>
<img src="http://127.0.0.1:1/" onerror="alert('EVIL')" alt="EVIL"><iframe src="javascript:EVIL()" srcdoc="EVIL"></iframe>
<a href="javascript:EVIL('a.pdf')">链接 link</a><a href="data:application/pdf;base64,EVIL.pdf">二 two</a>
<form action="http://127.0.0.1:1/"><input value="EVIL"></form><style>p::after { content: "EVIL" }</style>
<template>EVIL</template><noscript>EVIL</noscript><!-- EVIL --></body></html>"""


def test_scripts_and_what_sets_them_off_are_no_text() -> None:
    extract: Extract = read_html(ACTIVE.encode(), url=URL)
    told = "\n".join(block.text for block in extract.blocks)
    assert "先评估，再上线。Assess first." in told and "链接 link" in told and "二 two" in told
    assert "EVIL" not in told and extract.attachments == () and extract.title == "标题 title"


@pytest.mark.parametrize(
    ("doctype", "entity"),
    [
        ('<!ENTITY x SYSTEM "file://{file}">', "&x;"),
        ("<!ENTITY a 'EVIL EVIL'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>", "&c;"),
        ('<!ENTITY % x SYSTEM "http://127.0.0.1:1/evil.dtd"> %x;', "&evil;"),
    ],
    ids=["a file", "growing", "a site"],
)
def test_entities_that_a_page_defines_stay_as_they_are_written(doctype: str, entity: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("EVIL", encoding="utf-8")
    page = f"<!DOCTYPE html [{doctype.format(file=secret)}]><p>先评估{entity}再上线 &lt;script&gt;&amp;</p>"
    assert texts(page)[-1] == f"先评估{entity}再上线 <script>&"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("风险&#8238;评估&#x2066;治理&#x2069;", "风险评估治理"),
        ("ri&#8203;sk &lrm;ma&zwj;p&rlm;&shy;", "risk map"),
        ("日志&#xE0041;&#xE0042;&#65279;", "日志"),
        ("logs&#0;&#1;&#27;[31m&#xD800;&#x110000;", "logs[31m"),
    ],
)
def test_characters_that_hide_or_turn_text_are_gone_also_as_entities(written: str, read: str) -> None:
    (told,) = texts(f"<p>{written}</p>")
    assert told.replace("\ufffd", "") == read
