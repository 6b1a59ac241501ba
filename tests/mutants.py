"""Mutated files for the readers, made from small files of our own: number n is the same file on every run.

    seeds (PDF, HTML, Markdown, text; Chinese and English) ─ Random(n) ─> one to four mutations ─> Mutant

`python tests/mutants.py 1234 > mutant` writes the bytes of number 1234, to look at what a test has reported.
"""

from __future__ import annotations

import io
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lineages import NEW, OLD
from PIL import Image
from printed_pdf import framework_pdf
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.records import Lang, Part

_NUMBERS = (b"0", b"-1", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999", b"1e308", b"0.00001")
_KEYS = re.compile(
    rb"/(?:Length|Count|Width|Height|First|Size|Prev|Predictor|Columns|Colors|BitsPerComponent|Rotate|N|W|Index|MediaBox|"
    rb"CropBox|FirstChar|LastChar|DW)[\s\[]+-?[\d.]+"
)
_REFERENCE = re.compile(rb"\b\d+ 0 R\b")
_PLACE = re.compile(rb"1 0 0 1 [\d.]+ [\d.]+ Tm")
_DIGITS = re.compile(rb"\d+")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x00" * 64, b"%PDF-1.7\n", b"<html>", b"---\n")
_CHARSETS = ("utf-8", "gbk", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "shift_jis", "latin-1")
_TOKENS = tuple(
    token.encode()
    for token in (
        *(
            "3.1.1(f)",
            "（a）",
            "附件 1",
            "Appendix 2",
            "一、",
            "II. ",
            "1.",
            "9.9",
            "99.99.99",
            "致谢",
            "前言",
            "Preface",
        ),
        *(
            "|a|4.2.1 (a)|c|\n",
            "| | |\n",
            "# ",
            "###### ",
            "```\n",
            "---\n",
            "<!--",
            "-->",
            "<!-- x -->",
            "[x](y)",
            "**",
            "\\",
        ),
        *("<table><tr><td>", "</td>", "<h1>", "<br>", "&#xD800;", "&#0;", "&#x10FFFF;", "<base href=x>", "<![CDATA["),
        *(
            "\u2028",
            "\u202e",
            "\ufeff",
            "\x85",
            "\u0085",
            "\U0010fffd",
            "\x1b[31m",
            "é",
            "措施映射表\n",
            "<!DOCTYPE a [ ]>",
        ),
    )
)
_NESTS = (
    (b"<div>", b"</div>"),
    (b"<table><tr><td>", b""),
    (b"<b><p>", b""),
    (b"[", b"]"),
    (b"<< /A ", b" >>"),
    (b"(", b")"),
    (b"> ", b""),
    (b"**", b""),
    (b"<!--", b""),
    (b"- ", b""),
    (b"q ", b"Q "),
)


@dataclass(frozen=True)
class Mutant:
    """A file and how it is read."""

    name: str
    data: bytes
    edition: str
    part: Part
    lang: Lang | None


def mutant(number: int) -> Mutant:
    """Number `number`, the same on every run."""
    rng = random.Random(number)
    names = sorted(seeds())
    name = rng.choice(names)
    data = seeds()[name]
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        data = _splice(data, seeds()[rng.choice(names)], rng) if rng.random() < 0.07 else _mutated(data, rng)
    if not name.endswith(".pdf") and rng.random() < 0.7:
        data = _still_text(data, name)
    other = rng.random() < 0.1
    return Mutant(
        name if rng.random() < 0.9 else rng.choice(names),
        data,
        "gaigi@2023" if other else rng.choice(("aisgf@1.0", "aisgf@2.0")),
        "notice" if rng.random() < 0.2 else "body",
        rng.choice((None, None, None, "zh", "en")),
    )


@cache
def seeds() -> dict[str, bytes]:
    """The files to be mutated, by name."""
    found: dict[str, bytes] = {}
    for lang in ("zh", "en"):
        lines = [*NEW[lang].split("\n"), *_TAILS[lang].split("\n")]
        text = "\n".join(lines)
        found |= {
            f"{lang}.txt": text.encode(),
            f"{lang}-wide.txt": text.encode("utf-16"),
            f"{lang}.md": _markdown(lines).encode(),
            f"{lang}.html": _page(lines, "utf-8").encode(),
            f"{lang}.pdf": framework_pdf(lines),
            f"{lang}-plain.pdf": framework_pdf(lines, compression=False),
            f"{lang}-table.pdf": _table(lang),
        }
    zh = NEW["zh"].split("\n")
    return found | {
        "gbk.txt": "\n".join(zh).encode("gbk"),
        "gbk.htm": _page(zh, "gb2312").encode("gbk"),
        "bilingual.md": _markdown([*zh, *NEW["en"].split("\n")]).encode(),
        "locked.pdf": _drawn(["locked text"] * 9, encrypt=StandardEncryption("user", ownerPassword="owner")),
        "owned.pdf": _drawn(OLD["en"].split("\n"), encrypt=StandardEncryption("", ownerPassword="o", strength=128)),
        "scan.pdf": _drawn([], image=True),
        "mixed.pdf": _drawn(OLD["en"].split("\n"), image=True),
    }


_TAILS = {
    "zh": "人工智能安全风险、技术应对措施、综合治理措施映射表\n附件 1 风险分级\n一、要素\n1. 场景\n按场景分。\n二、等级\n1. 低\n影响小。\n附件 2 术语\n1. 微调：再训练。\n致谢\n感谢各方。",
    "en": "Table of AI Safety Risks\nAppendix 1 Levels of risk\nI. Elements\n1. Scene\nBy scene.\nII. Levels\n1. Low\nLittle harm.\nAppendix 2 Terms\n1. Fine-tuning: training again.\nAcknowledgements\nThanks to all.",
}


def _markdown(lines: list[str]) -> str:
    head = "---\ntitle: 测试\ndate: 2025-09-15\n---\n"
    table = "| 风险 | 措施 | 治理 |\n|---|---|---|\n| 模型幻觉 | 4.1.1 (a)(b) | 监测；audit |\n| 数据泄露 | 4.1.2 (a) | 备案 |\n"
    return head + "\n\n".join(f"## {line}" if line[:1].isdigit() else line for line in lines) + f"\n\n{table}"


def _page(lines: list[str], charset: str) -> str:
    rows = "<table><tr><td>风险</td><td>4.1.1 (a)</td><td>x</td></tr><tr><td>日志<br>二</td><td>4.1.2</td></tr></table>"
    body = "".join(f"<p>{line}</p>\n" for line in lines)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>发布</title></head><body><h1 class="title">发布 A</h1>'
        f'<i id=pubtime>2025年09月15日 10:00</i><DIV id=BodyLabel>{body}{rows}<a href="//h/a.pdf">x</a></DIV></body></html>'
    )


def _drawn(lines: list[str], *, encrypt: StandardEncryption | None = None, image: bool = False) -> bytes:
    """Two pages with streams that are not compressed, so that mutations reach operators; with a picture if asked."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 500), pageCompression=0, invariant=1, encrypt=encrypt)
    canvas.setTitle("测试 title")
    half = len(lines) // 2
    for page, part in enumerate((lines[:half], lines[half:])):
        canvas.addPageLabel(page, style="ROMAN_UPPER", start=page + 1)
        for row, line in enumerate(part):
            canvas.drawString(40, 440 - 16 * row, line)
        if image and page:
            canvas.drawImage(ImageReader(Image.new("L", (40, 50), 200)), 0, 0, 400, 500)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _still_text(data: bytes, name: str) -> bytes:
    """Without the bytes that the file's encoding does not allow, so that not every mutant is refused at the door."""
    encoding = "gbk" if name.startswith("gbk") else "utf-16" if "wide" in name else "utf-8"
    return data.decode(encoding, "ignore").encode(encoding, "ignore")


_CELLS: dict[Lang, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "zh": (
        "人工智能安全风险、技术应对措施映射表",
        ("风险", "技术措施", "治理措施"),
        ("偏见歧视", "数据泄露", "模型幻觉"),
        "● 监测评估",
    ),
    "en": (
        "Table of AI Safety Risks",
        ("Risk", "Measures", "Governance"),
        ("Bias", "Leakage", "Hallucination"),
        "● Audit",
    ),
}


def _table(lang: Lang) -> bytes:
    """Two chapters, then a page of the mapping table: families and risks, marks of measures, merged governance cells."""
    title, heads, risks, measure = _CELLS[lang]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 500), pageCompression=0, invariant=1)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas.setFont("STSong-Light", 10)
    for row, line in enumerate(OLD[lang].split("\n")):
        canvas.drawString(40, 460 - 16 * row, line)
    canvas.showPage()
    canvas.setFont("STSong-Light", 10)
    canvas.drawCentredString(200, 470, title)
    for x, head in zip((90, 190, 290), heads, strict=True):
        canvas.drawString(x, 440, head)
    for row in range(12):
        y = 410 - 24 * row
        canvas.drawString(90, y, risks[row % 3])
        canvas.drawString(190, y, f"4.{1 + row // 6}.{1 + row // 2 % 3} (a) (b)")
        if row % 3 == 1:
            canvas.drawString(30, y, "AI")
            canvas.drawString(290, y, f"{measure} {row}")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _mutated(data: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.25 and _PLACE.search(data):
        return _moved(data, rng)
    return rng.choice(_MUTATIONS)(data, rng)


def _cut(data: bytes, rng: random.Random) -> tuple[int, int]:
    """A range of `data`, short ones more often."""
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** rng.uniform(0, 12)))


def _flips(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 32)) if data else 0):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _insertion(data: bytes, rng: random.Random) -> bytes:
    at, _ = _cut(data, rng)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 16, 200))) + data[at:]


def _deletion(data: bytes, rng: random.Random) -> bytes:
    start, end = _cut(data, rng)
    return data[:start] + data[end:]


def _truncation(data: bytes, rng: random.Random) -> bytes:
    at, _ = _cut(data, rng)
    return data[:at] + (b"\n%%EOF" if rng.random() < 0.3 else b"")


def _repetition(data: bytes, rng: random.Random) -> bytes:
    start, end = _cut(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _swap(data: bytes, rng: random.Random) -> bytes:
    (a, b), (c, d) = sorted((_cut(data, rng), _cut(data, rng)))
    b = min(b, c)
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    start, end = _cut(other, rng)
    at, to = _cut(data, rng)
    return data[:at] + (other[start:] if rng.random() < 0.3 else other[start:end] + data[to:])


def _number(data: bytes, rng: random.Random) -> bytes:
    """One number, of a known key where there is one, becomes another."""
    keyed = [found for found in _KEYS.finditer(data)] if rng.random() < 0.6 else []
    found = rng.choice(keyed or list(_DIGITS.finditer(data)) or [None])
    if found is None:
        return data
    text = found.group()
    text = re.sub(rb"-?[\d.]+$", rng.choice(_NUMBERS), text) if keyed else rng.choice(_NUMBERS)
    return data[: found.start()] + text + data[found.end() :]


def _reference(data: bytes, rng: random.Random) -> bytes:
    """An object refers to another, often to itself or one above it."""
    found = list(_REFERENCE.finditer(data))
    if not found:
        return _number(data, rng)
    one, other = rng.choice(found), rng.choice(found)
    return data[: one.start()] + other.group() + data[one.end() :]


def _moved(data: bytes, rng: random.Random) -> bytes:
    """Printed strings stand where another stands, in its row or column, or nowhere near."""
    places = _PLACE.findall(data)
    for _ in range(rng.choice((1, 3, 20))):
        one, (x, y) = rng.choice(places), rng.choice(places).split()[4:6]
        column, row = one.split()[4:6]
        put = rng.choice(((x, y), (x, row), (column, y), (x, rng.choice(_NUMBERS)), (rng.choice(_NUMBERS), y)))
        data = data.replace(one, b"1 0 0 1 %s %s Tm" % put)
    return data


def _token(data: bytes, rng: random.Random) -> bytes:
    at, end = _cut(data, rng)
    return data[:at] + rng.choice(_TOKENS) * rng.choice((1, 1, 1, 3, 400)) + data[end if rng.random() < 0.3 else at :]


def _nest(data: bytes, rng: random.Random) -> bytes:
    start, end = _cut(data, rng)
    opening, closing = rng.choice(_NESTS)
    depth = int(2 ** rng.uniform(3, 15))
    return data[:start] + opening * depth + data[start:end] + closing * depth + data[end:]


def _mark(data: bytes, rng: random.Random) -> bytes:
    mark = rng.choice(_MARKS)
    at, _ = _cut(data, rng)
    return mark + data if rng.random() < 0.6 else data[:at] + mark + data[at:]


def _charset(data: bytes, rng: random.Random) -> bytes:
    """The label lies, or the text is written in another character set."""
    if rng.random() < 0.5:
        return re.sub(rb'charset="[^"]*"', f'charset="{rng.choice(_CHARSETS)}"'.encode(), data)
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(_CHARSETS), "replace")


def _lines(data: bytes, rng: random.Random) -> bytes:
    """Lines in another order, or one of them many times."""
    lines = data.split(b"\n")
    if rng.random() < 0.5:
        rng.shuffle(lines)
        return b"\n".join(lines)
    at = rng.randrange(len(lines))
    return b"\n".join([*lines[:at], *[lines[at]] * rng.choice((2, 30, 300)), *lines[at:]])


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flips, _insertion, _deletion, _truncation, _repetition, _swap),
    *(_number, _number, _number, _reference, _reference, _token, _token, _nest, _mark, _charset, _lines),
)

if __name__ == "__main__":
    sys.stdout.buffer.write(mutant(int(sys.argv[1])).data)
