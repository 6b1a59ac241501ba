"""PDFs made to do harm: what they hold is read in a child process with limits, or refused in one line with a way out."""

from __future__ import annotations

import re
import select
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from handmade_pdf import FONT, WORDS, bomb, handmade, stream

from corpus.errors import UnreadableFile
from ingest import ocr
from ingest.layout import Extract, Line
from ingest.pdf import Limits, read_pdf
from ingest.pdf_child import _patience

soak = pytest.mark.soak
SAME = "download it again, or supply another copy"
TOO_MUCH = (
    rf"(?:the PDF makes its reader crash \(exit status -\d+; limits: 512 MB, 60 s\); {SAME}"
    r"|reading the PDF needs more than 512 MB; supply another copy)"
)
EMPTY = stream(b"")
PLAIN = handmade(WORDS, FONT, EMPTY)
READ = ["text besides"]


class Echo:
    """A recogniser that needs no model."""

    version = "echo 1"

    def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
        assert len(bitmap.grey) == bitmap.width * bitmap.height <= 4000 * 4000
        return [Line("text besides", 50, 50, 200, 70, 0.98)]


def read(data: bytes, tmp_path: Path) -> Extract:
    """Within half of the memory and time that a real file is given."""
    return read_pdf(data, cache=tmp_path / "ocr", limits=Limits(seconds=60, megabytes=512), recogniser=Echo())


def texts(extract: Extract) -> list[str]:
    return [line.text for line in extract.pages[0].lines]


# --- bombs


def pixels(megabytes: int) -> bytes:
    """A picture of 30,000 × 30,000."""
    size = b"/Width 30000 /Height 30000 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return bomb(megabytes, b"/Type /XObject /Subtype /Image " + size)


def in_content() -> bytes:
    return PLAIN.replace(stream(WORDS), bomb(2048))


def in_font() -> bytes:
    return handmade(WORDS, FONT.replace(b">>", b"/ToUnicode 7 0 R >>"), EMPTY, bomb(1024))


def in_forms() -> bytes:
    """Each form draws the next one twice."""
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
    return handmade(b"/X Do " + WORDS, FONT, *(stream(b"/X Do /X Do", head % at) for at in range(7, 40)))


@pytest.mark.parametrize("make", [in_content, pytest.param(in_font, marks=soak), pytest.param(in_forms, marks=soak)])
def test_what_unpacks_without_end_is_refused(make: Callable[[], bytes], tmp_path: Path) -> None:
    data = make()
    assert len(data) < 8192
    with pytest.raises(UnreadableFile, match=f"^{TOO_MUCH}$"):
        read(data, tmp_path)


@pytest.mark.parametrize("words", [WORDS, pytest.param(b"", marks=soak)], ids=["beside text", "a scan"])
def test_a_picture_too_large_to_unpack_is_left_out_or_drawn_small(words: bytes, tmp_path: Path) -> None:
    extract = read(handmade(b"q 400 0 0 600 0 0 cm /X Do Q " + words, FONT, pixels(900)), tmp_path)
    assert (texts(extract), extract.ocr) == (READ, not words)


# --- circles


CIRCLES = {
    "a page is its own parent": PLAIN.replace(b"/Parent 2 0 R", b"/Parent 3 0 R"),
    "a length is that of its own stream": PLAIN.replace(b"/Length %d" % len(WORDS), b"/Length 4 0 R"),
    "contents, outline and labels lead to themselves": handmade(
        *(WORDS, FONT, EMPTY, b"[7 0 R 4 0 R]"),
        *(b"<< /First 9 0 R /Last 9 0 R /Count 1 >>", b"<< /Title (x) /Parent 8 0 R /Next 9 0 R /First 9 0 R >>"),
        b"<< /Kids [10 0 R] >>",
        catalog=b"/Outlines 8 0 R /PageLabels 10 0 R ",
    ).replace(b"/Contents 4 0 R", b"/Contents 7 0 R"),
    "an object stream goes on in itself": handmade(
        WORDS, FONT, EMPTY, stream(b"7 0 <<>>", b"/Type /ObjStm /N 1 /First 4 /Extends 7 0 R")
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_objects_that_lead_to_themselves_are_read_once(name: str, tmp_path: Path) -> None:
    assert texts(read(CIRCLES[name], tmp_path)) == READ


@pytest.mark.parametrize(("kids", "bad"), [(b"[2 0 R]", 1), pytest.param(b"[3 0 R 2 0 R]", 2, marks=soak)])
def test_pages_below_themselves_are_refused(kids: bytes, bad: int, tmp_path: Path) -> None:
    data = PLAIN.replace(b"/Kids [3 0 R] /Count 1", b"/Kids %s /Count %d" % (kids, bad))
    with pytest.raises(UnreadableFile) as caught:
        read(data, tmp_path)
    assert str(caught.value) == f"the PDF is damaged: page {bad} of {bad} cannot be read; {SAME}"


# --- too many, too deep


def pages(count: int) -> bytes:
    return PLAIN.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [%s] /Count %d" % (b"3 0 R " * count, count))


def test_ten_thousand_pages_are_to_be_split(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(pages(10_000), tmp_path)
    assert str(caught.value) == "the PDF has 10000 pages, more than 5000; split it"


@soak
def test_five_thousand_pages_are_read(tmp_path: Path) -> None:
    assert len(read(pages(5000), tmp_path).pages) == 5000


@pytest.mark.parametrize("count", [b"2000000000", pytest.param(b"-5", marks=soak)])
def test_a_wrong_number_of_pages_is_not_believed(count: bytes, tmp_path: Path) -> None:
    extract = read(PLAIN.replace(b"/Count 1", b"/Count " + count), tmp_path)
    assert (len(extract.pages), texts(extract)) == (1, READ)


@soak
@pytest.mark.parametrize(
    "data",
    [
        handmade(b"q " * 300_000 + WORDS, FONT, EMPTY),
        handmade(b"[" * 200_000 + b"]" * 200_000 + b" TJ " + WORDS, FONT, EMPTY),
        handmade(WORDS, FONT, EMPTY, b"[" * 200_000 + b"]" * 200_000),
        PLAIN.replace(b"[0 0 400 600]", b"[0 0 1e30 1e30]"),
    ],
    ids=["states", "operands", "arrays", "paper"],
)
def test_depth_and_size_without_measure_are_read_past(data: bytes, tmp_path: Path) -> None:
    assert texts(read(data, tmp_path)) == READ


def many_entries(count: int) -> bytes:
    """A cross-reference stream of so many entries, packed to a few KB: hard work for pypdf, none for pdfium."""
    out = PLAIN[: PLAIN.rindex(b"xref\n0")]
    places = [found.start() for found in re.finditer(rb"\d+ 0 obj", out)]
    rows = b"\0\0\0\xff" + b"".join(b"\1%s\0" % place.to_bytes(2, "big") for place in [*places, len(out)])
    body = zlib.compress(rows + b"\1\0\x09\0" * count, 9)
    head = b"/Type /XRef /Size %d /W [1 2 1] /Root 1 0 R /Filter /FlateDecode" % (8 + count)
    return out + b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (stream(body, head), len(out))


@pytest.mark.parametrize("count", [1000, pytest.param(4_000_000, marks=soak)])
def test_a_table_of_objects_without_end_costs_the_labels_at_most(count: int, tmp_path: Path) -> None:
    data = many_entries(count)
    assert len(data) < 80_000
    assert texts(read(data, tmp_path)) == READ


def test_pypdf_is_given_up_after_its_time() -> None:
    with pytest.raises(TimeoutError), _patience(1):
        select.select([], [], [], 60)


# --- scripts, programs, files inside

SCRIPT = rb'<< /S /JavaScript /JS (app.launchURL\("http://127.0.0.1:1/"\); app.alert\("EVIL"\)) >>'
ACTIVE = handmade(
    *(WORDS, FONT, EMPTY, SCRIPT),
    b"<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) /P (/c EVIL) >> >>",
    b"<< /Type /Filespec /F (../../evil.txt) /UF (../../evil.txt) /EF << /F 10 0 R >> >>",
    stream(b"EVIL text of a file inside", b"/Type /EmbeddedFile"),
    stream(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>EVIL &x;</a>'),
    catalog=b"/OpenAction 7 0 R /AA << /WC 8 0 R /WP 7 0 R >> /AcroForm << /XFA 11 0 R >> "
    b"/Names << /JavaScript << /Names [(a) 7 0 R] >> /EmbeddedFiles << /Names [(../../evil.txt) 9 0 R] >> >> ",
)


def test_what_a_pdf_would_run_or_unpack_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "inner" / "here")
    extract = read(ACTIVE, tmp_path)
    assert [line.text for page in extract.pages for line in page.lines] == READ
    assert extract.title == ""
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_our_pdfium_cannot_run_scripts_or_forms_of_xml() -> None:
    assert not {"V8", "XFA"} & set(pypdfium2.PDFIUM_INFO.flags)


# --- a wrong table of objects

OFFSETS = rb"\d{10} 00000 n"


def backwards() -> bytes:
    places = iter(re.findall(OFFSETS, PLAIN)[::-1])
    return re.sub(OFFSETS, lambda _: next(places), PLAIN)


@pytest.mark.parametrize(
    "data",
    [
        re.sub(OFFSETS, lambda found: b"%010d 00000 n" % (int(found[0][:10]) + 7), PLAIN),
        backwards(),
        PLAIN.replace(b"startxref\n", b"startxref\n0\n%%EOF\nstartxref\n9999999"),
        pytest.param(
            PLAIN.replace(b"/Size 7", b"/Size 2147483647").replace(b"xref\n0 7", b"xref\n0 2147483647"), marks=soak
        ),
        pytest.param(
            PLAIN.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % PLAIN.rindex(b"xref\n0")), marks=soak
        ),
    ],
    ids=["shifted", "backwards", "elsewhere", "endless", "its own predecessor"],
)  # fmt: skip
def test_a_wrong_table_of_objects_is_made_anew(data: bytes, tmp_path: Path) -> None:
    assert texts(read(data, tmp_path)) == READ


# --- fonts

GB1 = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /Ascent 800 /Descent -200 "
    b"/CapHeight 700 /ItalicAngle 0 /StemV 80 /FontBBox [0 -200 1000 900] >> >>"
)


@pytest.mark.parametrize("text", ["人工智能安全治理，镕", "AI safety governance"])
def test_text_in_a_font_of_gbk_is_read_as_written(text: str, tmp_path: Path) -> None:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBKp-EUC-H /DescendantFonts [%s] >>" % GB1
    )
    drawn = b"BT /F 12 Tf 60 500 Td <%s> Tj ET" % text.encode("gbk").hex().encode()
    assert texts(read(handmade(drawn, font, EMPTY), tmp_path)) == [text]
