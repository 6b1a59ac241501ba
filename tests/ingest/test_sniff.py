"""What a file really is, whatever its name says."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.sniff import media_type, text_head


def archive(*members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for member in members:
            file.writestr(member, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7\n", "框架.pdf", "application/pdf"),
        (b"\r\n\r\n%PDF-1.4\n", "downloadFile", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "框架.pdf", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00", "a.pdf", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.png", "image/webp"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "application/x-ole-storage"),
        (b"\x1f\x8b\x08", "a.txt", "application/gzip"),
        (b"PK\x03\x04broken", "a.docx", "application/zip"),
        (archive("a.pdf"), "a.pdf", "application/zip"),
        (archive("word/document.xml"), "a", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"", "a.pdf", "application/x-empty"),
        (bytes(range(256)), "a.txt", "application/octet-stream"),
        (b"text\x00with zero", "a.txt", "application/octet-stream"),
    ],
)
def test_by_bytes(data, name, kind):
    assert media_type(data, name) == kind


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("<!DOCTYPE html><title>框架</title>", "c_1.htm", "text/html"),
        ("\n <!-- 注 --><HTML lang=zh><body>", "a.pdf", "text/html"),
        ('<?xml version="1.0"?><html xmlns="x">', "a", "text/html"),
        ('<?xml version="1.0"?><rss>', "a", "application/xml"),
        ("<p>片段</p>", "a.shtml?type=h5", "text/html"),
        ("<p>片段</p>", "a.txt", "text/plain"),
        ("没有标签", "a.html", "text/plain"),
        ("# 前言", "digest.MD", "text/markdown"),
        ("# Preface", "https://host/a.md?x=1", "text/markdown"),
        ("前言：a < b", "前言.txt", "text/plain"),
        ("before %PDF-1.4 <b>", "a.txt", "text/plain"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_in_every_encoding(text, name, kind, encoding):
    assert media_type(text.encode(encoding), name) == kind


@pytest.mark.parametrize(
    ("before", "kind"),
    [("<!-- 注 -->", "text/html"), ("<?xml version='1'?>", "text/html"), ("<!-- x -->y", "text/plain")],
)
def test_many_comments_before_a_page_are_read_once_each(before, kind):
    """Tried in every way that they can be parted, they would outlast us."""
    assert media_type((before * 150 + "<html>").encode(), "a") == kind
    assert media_type((before * 300).encode(), "a") in {"text/plain", "application/xml"}


def test_a_long_text_is_not_judged_by_its_cut():
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert text_head(("条" * 5000).encode(encoding)) in {"条" * n for n in (1365, 2047, 2048)}
