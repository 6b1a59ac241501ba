"""Pages, Markdown and plain text: what is kept, what is dropped, what is refused. The texts are ours."""

from __future__ import annotations

import pytest

from corpus.errors import UnreadableFile
from ingest.layout import Block
from ingest.markup import find_attachments, read_html, read_markdown, read_text
from ingest.plain import MAX_BYTES, join_lines

URL = "https://www.cac.gov.cn/2025-09/15/c_1.htm"
PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>栏目_测试站</title><style>p {{ color: red }}</style></head><body>
<nav><ul><li>首页</li></ul></nav><h1 class="title">
 《测试框架》<br>发布 </h1>
<span id="pubtime">2025年09月15日 19:36</span><span id="source">来源：测试站</span>
<div class="main-content"><DIV id=BodyLabel>
<p>　　第一段，朱镕基的“镕”字不在旧字集里，
换行不加空格。</p><p>Second paragraph,<b> in
English</b>.</p><p>上行<br/>下行</p><h2>小标题</h2><script>var a = "<p>脚本</p>";</script>
直接的文字<p></p>收尾<!-- 注释 -->。
</DIV></div><footer>版权</footer></body></html>"""


def texts(extract):
    return [block.text for block in extract.blocks]


def test_article_of_cac_in_gbk_labelled_gb2312():
    extract = read_html(PAGE.format(charset="gb2312").encode("gbk"), url=URL)
    assert (extract.title, extract.date, extract.front) == ("《测试框架》发布", "2025-09-15", (("source", "测试站"),))
    assert texts(extract) == [
        "第一段，朱镕基的“镕”字不在旧字集里，换行不加空格。",
        "Second paragraph, in English.",
        "上行",
        "下行",
        "小标题",
        "直接的文字",
        "收尾。",
    ]
    assert [block.level for block in extract.blocks if block.level] == [2]


@pytest.mark.parametrize(
    ("encoding", "label", "charset"),
    [
        ("utf-8", "utf-8", None),
        ("gbk", "gb2312", "GB2312"),
        ("gbk", "x-gbk", None),
        ("gbk", "utf-8", None),
        ("gbk", "utf-8", "utf-8"),
        ("utf-8", "gb2312", "utf-8"),
        ("utf-16", "utf-8", None),
        ("gb18030", "gbk", "unheard-of"),
    ],
)
def test_page_is_decoded_whatever_its_label_says(encoding, label, charset):
    extract = read_html(PAGE.format(charset=label).encode(encoding), charset=charset, url=URL)
    assert extract.blocks[0].text.startswith("第一段，朱镕基的“镕”字")


def test_other_pages_without_what_surrounds_them():
    page = (
        "<body><nav>Menu</nav><main><article><h1>Expert reading</h1><p>The framework matters.</p></article></main>"
        "<p>Related</p><footer>Imprint</footer></body>"
    )
    extract = read_html(page.encode())
    assert extract.title == "Expert reading"
    assert extract.blocks == (Block("Expert reading", 1), Block("The framework matters."))
    assert texts(read_html(b"<body><nav>Menu</nav><div>Text</div></body>")) == ["Text"]


@pytest.mark.parametrize(
    ("page", "url", "day"),
    [
        ("<i id=PubTime>2026年3月7日</i><p>文</p>", URL, "2026-03-07"),
        ('<meta name="PubDate" content="2026-09-14 10:00"><p>文</p>', None, "2026-09-14"),
        ('<time datetime="2026-09-14T10:00">today</time>', None, "2026-09-14"),
        ("<p>文</p>", URL, "2025-09-15"),
        ("<p>文</p>", "https://www.tc260.org.cn/portal/article/2/20240909102807", ""),
        ("<i id=pubtime>2026年13月40日</i>", None, ""),
    ],
)
def test_date_from_the_page_or_path_never_from_an_id(page, url, day):
    assert read_html(page.encode(), url=url).date == day


def test_table_rows_are_records_but_frames_are_not():
    page = """<table><tr><td>页头</td><td><table>
    <tr>
<th>风险</th>
<th>Measure</th>
</tr>
<tr><td><p>数据</p><p>泄露</p></td><td>5.1<br>5.2</td></tr>
    <tr><td></td><td> </td></tr>
    <tr><td><p>data</p><p>leak</p></td><td></td></tr><tr><td>单格</td></tr></table></td></tr></table>"""
    assert read_html(page.encode()).blocks == (
        Block("页头"),
        Block("风险 | Measure", cells=("风险", "Measure")),
        Block("数据泄露 | 5.1 5.2", cells=("数据泄露", "5.1 5.2")),
        Block("data leak | ", cells=("data leak", "")),
        Block("单格"),
    )


@pytest.mark.parametrize(
    ("text", "kept"), [("风\u200b险\x1b[31m措施", "风险[31m措施"), ("ri\xadsk\u202e map\x7f", "risk map")]
)
def test_what_prints_nothing_is_dropped(text, kept):
    assert texts(read_text(text.encode())) == texts(read_markdown(text.encode())) == [kept]
    page = f'<h1>{text}</h1><div id="BodyLabel"><p>{text}</p><table><tr><td>{text}<td>{text}</table></div>'
    extract = read_html(page.encode())
    assert (extract.title, texts(extract)) == (kept, [kept, f"{kept} | {kept}"])
    assert texts(read_html(b"<p>a&#27;b&#1;c&#x200b;d</p>")) == ["abcd"]


def test_equal_paragraphs_stay_two():
    assert texts(read_html("<p>同样</p><p>同样</p><p>x</p>".encode())) == ["同样", "同样", "x"]


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/rootimages/uploadimg/1/1.pdf", "https://www.cac.gov.cn/rootimages/uploadimg/1/1.pdf"),
        ("//www.cac.gov.cn/1.PDF#page=2", "https://www.cac.gov.cn/1.PDF"),
        ("/pdf/web/viewer.html?file=//www.cac.gov.cn/1/1.pdf", "https://www.cac.gov.cn/1/1.pdf"),
        ("/pdf/web/viewer.html?file=%2F2.pdf", "https://www.cac.gov.cn/2.pdf"),
        (
            "files/《框架》.pdf.pdf",
            "https://www.cac.gov.cn/2025-09/15/files/%E3%80%8A%E6%A1%86%E6%9E%B6%E3%80%8B.pdf.pdf",
        ),
        (
            "https://www.tc260.org.cn/sysFile/downloadFile/b694733a8d9946afb4ac6e1b075b660a",
            "https://www.tc260.org.cn/sysFile/downloadFile/b694733a8d9946afb4ac6e1b075b660a",
        ),
        ("c_2.htm", None),
        ("javascript:open('a.pdf')", None),
        ("file:///a.pdf", None),
        ("http://[broken/a.pdf", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_attachments(href, target, quote):
    page = f"<body><DIV ID=bodylabel>文 <A HREF={quote}{href}{quote} target=_blank>附件</A></DIV></body>".encode()
    assert read_html(page, url=URL).attachments == find_attachments(page, url=URL) == ((target,) if target else ())


def test_attachments_of_the_article_come_before_those_around_it():
    around = '<nav><a href="/about.pdf">关于</a></nav>'
    article = '<div id=BodyLabel><p>文</p>{}</div><p><a href="/side.pdf">侧栏</a></p>'
    inner = '<a href="/1.pdf">一</a><iframe src="/2.pdf"></iframe><a href="/1.pdf">又</a>'
    base = "https://www.cac.gov.cn"
    found = find_attachments((around + article.format(inner)).encode(), url=base)
    assert found == (f"{base}/1.pdf", f"{base}/2.pdf")
    assert find_attachments((around + article.format("")).encode(), url=base) == (
        f"{base}/about.pdf",
        f"{base}/side.pdf",
    )


@pytest.mark.parametrize(("base", "target"), [("/up/", "/up/1.pdf"), ("http://[broken", "/2025-09/15/1.pdf")])
def test_attachments_follow_the_base_of_the_page(base, target):
    page = f'<base href="{base}"><p>文</p><a href=1.pdf>一</a>'.encode()
    assert find_attachments(page, url=URL) == (f"https://www.cac.gov.cn{target}",)


def test_attachments_without_an_address_are_only_the_absolute_ones():
    page = b"<p>x</p><a href=/1.pdf>1</a><a href=//host/2.pdf>2</a><a href=http://host/3.pdf>3</a>"
    assert find_attachments(page) == ("https://host/2.pdf", "http://host/3.pdf")


@pytest.mark.parametrize("page", [b"", b"<html><body></body></html>", b"<body><script>render()</script><nav>x</nav>"])
def test_page_without_text(page):
    with pytest.raises(UnreadableFile, match=rf"the page of {len(page)} bytes has no text; give the original file"):
        read_html(page)


@pytest.mark.parametrize("reader", [read_html, read_text, read_markdown, find_attachments])
def test_too_large(reader):
    with pytest.raises(UnreadableFile, match="16777217 bytes of text are over the limit of 16777216"):
        reader(b"x" * (MAX_BYTES + 1))


def test_no_text_is_lost_in_hostile_pages():
    deep = read_html(("<div>" * 5000 + "正文" + "</div>" * 5000).encode())
    assert texts(deep) == ["正文"]
    attributes = " ".join(f"a{n}=1" for n in range(20_000))
    assert texts(read_html(f"<p {attributes}>正文</p>".encode())) == ["正文"]
    assert texts(read_html("<p>前\0后</p>".encode())) == ["前后"]


# Plain text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_text_in_every_encoding(encoding):
    extract = read_text("　第一行 \r\n\r\nSecond line\r第三行\n".encode(encoding))
    assert (extract.reader, texts(extract)) == ("text/1", ["第一行", "Second line", "第三行"])


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "the file has no text"),
        (b" \r\n\xe3\x80\x80\n", "the file has no text"),
        (b"%PDF-1.7", "the file is not text but application/pdf"),
        (b"\xff\xd8\xff\xe0", "the file is not text but image/jpeg"),
        (bytes(range(256)), "the file is not text but application/octet-stream"),
        (b"a" * 5000 + b"\0", "it holds zero bytes"),
        ("一二三".encode()[:-1], "unexpected end of data at byte 6"),
        ("一二三".encode("utf-16")[:-1], "truncated data"),
    ],
)
def test_text_that_is_none(data, seen):
    for reader in (read_text, read_markdown):
        with pytest.raises(UnreadableFile) as caught:
            reader(data)
        assert seen in str(caught.value)
        assert str(caught.value).endswith("; give the original file (PDF, HTML, Markdown or text)")


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"a" * 5000 + b"\xff\xff", "the file is not text in UTF-8 or GB 18030: "),
        ("Risiken für Öffentlichkeit, Café".encode("latin-1"), "the file is not text in UTF-8 or GB 18030: "),
        (("人工智慧安全風險與治理措施，先評估再上線。" * 3).encode("big5"), "neither UTF-8 nor GB 18030"),
        (("人工知能の安全リスク、対策と管理。" * 3).encode("shift_jis"), "neither UTF-8 nor GB 18030"),
    ],
)
def test_text_in_another_encoding_is_not_read_as_other_characters(data, seen):
    for reader in (read_text, read_markdown):
        with pytest.raises(UnreadableFile) as caught:
            reader(data)
        assert seen in str(caught.value)
        assert str(caught.value).endswith("; open it in an editor, save it as UTF-8, and add that")


# Markdown

DIGEST = """---
document: aisgf@9.9/zh
note: 自己的话：不是官方文本
date: 2026-09-14
---

# 前言

第一段的
第二行，接着
third line
fourth line.
<!-- 不要 -->
## 1.1 **原则** ##
(a) 第一项。

- 甲
- 乙
  续

1. one
2. two

| 风险 | Measure |
|:-----|--------:|
| 数据\\|泄露 | [5.1](#x) |
段落紧跟

***
"""


def test_markdown():
    extract = read_markdown(DIGEST.encode("utf-8-sig"))
    assert extract.front == (
        ("document", "aisgf@9.9/zh"),
        ("note", "自己的话：不是官方文本"),
        ("date", "2026-09-14"),
    )
    assert (extract.reader, extract.title, extract.date) == ("markdown/1", "前言", "2026-09-14")
    assert extract.blocks == (
        Block("前言", 1),
        Block("第一段的第二行，接着 third line fourth line."),
        Block("1.1 原则", 2),
        Block("(a) 第一项。"),
        Block("甲"),
        Block("乙续"),
        Block("1. one"),
        Block("2. two"),
        Block("风险 | Measure", cells=("风险", "Measure")),
        Block("数据|泄露 | 5.1", cells=("数据|泄露", "5.1")),
        Block("段落紧跟"),
    )


def test_a_year_at_the_start_of_a_line_is_no_list():
    assert texts(read_markdown(b"It was published in\n2025. It replaced\n12. or so")) == [
        "It was published in 2025. It replaced 12. or so"
    ]


def test_a_rule_is_not_front_matter():
    assert read_markdown("---\n没有键\n".encode()).front == ()
    assert texts(read_markdown("正文\n---\nkey: 值\n---\n".encode())) == ["正文", "key: 值"]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["人工", "智能"], "人工智能"),
        (["artificial", "intelligence"], "artificial intelligence"),
        (["大模型", "LLM", "应用"], "大模型 LLM 应用"),
        (["风险，", "AI（", "a", "）"], "风险，AI（a）"),
        (["称为", "“框架”", "的文件"], "称为“框架”的文件"),
        (["the “word”", "and"], "the “word” and"),
        (["", " a ", "", "b"], "a b"),
    ],
)
def test_joining_lines(lines, joined):
    assert join_lines(lines) == joined
