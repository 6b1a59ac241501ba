"""PDFs made here, read back: text in reading order, labels, the gate, and every file that cannot be read."""

from __future__ import annotations

import hashlib
import io
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from handmade_pdf import handmade, stream
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import UnreadableFile
from ingest import ocr, radicals
from ingest.layout import Extract, Line
from ingest.pdf import Limits, printed_label, read_pdf

WIDTH, HEIGHT = 400, 600
Draw = Callable[[Canvas], None]


def pdf_of(*pages: Draw) -> bytes:
    """A PDF with one page per drawing."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    for draw in pages:
        canvas.setFont("STSong-Light", 12)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_at(*placed: tuple[float, float, str]) -> Draw:
    """Strings at (left, down from the top) in the order they are to be written."""

    def draw(canvas: Canvas) -> None:
        for x, y, text in placed:
            canvas.drawString(x, HEIGHT - y, text)

    return draw


def picture(canvas: Canvas) -> None:
    """A page filled by a picture, as a scanner makes them."""
    grey = Image.new("L", (WIDTH, HEIGHT), 255)
    grey.paste(0, (50, 50, 200, 70))
    canvas.drawImage(ImageReader(grey), 0, 0, WIDTH, HEIGHT)


class Echo:
    """A recogniser that says which page it was shown."""

    version = "echo 1"

    def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
        assert len(bitmap.grey) == bitmap.width * bitmap.height
        return [Line(f"第{bitmap.page + 1}页 as read", 50, 50, 200, 70, 0.98)]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Extract]:
    """`read_pdf` with a cache of the test's own and a recogniser that needs no model."""

    def reading(data: bytes, limits: Limits | None = None) -> Extract:
        return read_pdf(data, cache=tmp_path / "ocr", limits=limits, recogniser=Echo())

    return reading


Reader = Callable[..., Extract]


def texts(extract: Extract, page: int = 1) -> list[str]:
    return [line.text for line in extract.pages[page - 1].lines]


def test_lines_come_in_reading_order_not_in_that_of_the_file(read: Reader) -> None:
    written = ((60, 300, "third line here"), (60, 100, "第一行写着安全"), (60, 200, "第二行 AI 治理"))
    extract = read(pdf_of(text_at(*written)))
    assert texts(extract) == ["第一行写着安全", "第二行 AI 治理", "third line here"]
    assert not extract.ocr


def test_boxes_are_points_from_the_top_left(read: Reader) -> None:
    page = read(pdf_of(text_at((60, 100, "安全")))).pages[0]
    line = page.lines[0]
    assert (page.number, page.width, page.height) == (1, WIDTH, HEIGHT)
    assert line.x0 == pytest.approx(60, abs=1) and line.x1 == pytest.approx(84, abs=1)
    assert line.y0 < 100 < line.y1 and line.y1 - line.y0 < 20
    assert line.score == 1


def test_a_turned_page_is_read_as_shown(read: Reader) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        for down, text in ((200, "safety"), (100, "安全")):
            canvas.drawString(60, WIDTH - down, text)

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(sideways))))
    writer.pages[0].rotate(90)
    out = io.BytesIO()
    writer.write(out)
    page = read(out.getvalue()).pages[0]
    assert (page.width, page.height) == (HEIGHT, WIDTH)
    assert [line.text for line in page.lines] == ["安全", "safety"]
    assert page.lines[0].x0 == pytest.approx(60, abs=1) and page.lines[0].y0 < 100 < page.lines[0].y1


@pytest.mark.parametrize(
    ("left", "right"), [("风险分类", "应对措施"), ("risk class", "measures taken"), ("3.1 风险", "(a) (b)")]
)
def test_cells_of_a_table_are_lines_of_their_own(read: Reader, left: str, right: str) -> None:
    extract = read(pdf_of(text_at((60, 100, left), (200, 100, right))))
    assert texts(extract) == [left, right]


def test_a_cell_that_fills_its_column_ends_at_the_next_column(read: Reader) -> None:
    rows = [(60.0, 100.0 + 20 * n, "短") for n in range(3)] + [(200.0, 100.0 + 20 * n, "乙") for n in range(3)]
    full = [(60.0, 160.0, "一二三四五六七八九十甲"), (200.0, 160.0, "丙")]  # 11 ideographs of 12 points end at 192
    assert texts(read(pdf_of(text_at(*rows, *full))))[-2:] == ["一二三四五六七八九十甲", "丙"]


def test_pieces_of_a_line_are_joined(read: Reader) -> None:
    assert texts(read(pdf_of(text_at((84, 100, "治理"), (60, 100, "安全"))))) == ["安全治理"]
    assert texts(read(pdf_of(text_at((60, 100, "AI "), (78, 100, "safety"))))) == ["AI safety"]


def test_type_made_bold_by_printing_twice_is_read_once(read: Reader) -> None:
    extract = read(pdf_of(text_at((60, 100, "安全ball"), (60.4, 100, "安全ball"))))
    assert texts(extract) == ["安全ball"]


def test_spaces_between_ideographs_go_those_between_words_stay(read: Reader) -> None:
    assert texts(read(pdf_of(text_at((60, 100, "目 录"), (60, 200, "3.1  table of  contents"))))) == [
        "目录",
        "3.1 table of contents",
    ]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [("第⼀⻚", "第一页"), ("⻛险⻔槛", "风险门槛"), ("ofﬁce", "office"), ("，（ａ）", "，（ａ）"), ("民⺠", "民民")],
)
def test_radicals_become_ideographs_and_punctuation_stays(raw: str, plain: str) -> None:
    assert radicals.mend(raw) == plain


def test_every_kangxi_radical_and_most_of_the_supplement_is_mended() -> None:
    kangxi = radicals.mend("".join(map(chr, range(0x2F00, 0x2FD6))))
    supplement = radicals.mend("".join(map(chr, range(0x2E81, 0x2EF4))))
    assert not any(0x2E80 <= ord(char) < 0x2FE0 for char in kangxi)
    assert [hex(ord(char)) for char in supplement if 0x2E80 <= ord(char) < 0x2F00] == ["0x2e9a"]  # unassigned


@pytest.mark.parametrize(
    ("printed", "label"), [("- 4 -", "4"), ("-4-", "4"), ("— 12 —", "12"), ("- II -", "II"), ("7", "7"), ("iv", "iv")]
)
def test_the_printed_page_number_is_the_label(read: Reader, printed: str, label: str) -> None:
    extract = read(pdf_of(text_at((200, 580, printed), (60, 100, "人工智能 4 safety"))))
    assert extract.pages[0].label == label


@pytest.mark.parametrize("other", ["1.0", "第4条", "2024", "civil", "-"])
def test_what_is_no_page_number_is_no_label(other: str) -> None:
    assert printed_label([Line(other, 60, 300, 90, 312)], HEIGHT) is None


def labelled(canvas: Canvas) -> None:
    canvas.addPageLabel(canvas.getPageNumber() - 1, style="ROMAN_UPPER", start=canvas.getPageNumber())
    canvas.drawString(60, 500, "前言 preface")


def test_without_a_printed_number_the_files_own_label_counts(read: Reader) -> None:
    extract = read(pdf_of(labelled, labelled, text_at((60, 100, "正文 text"), (200, 580, "- 1 -"))))
    assert [page.label for page in extract.pages] == ["I", "II", "1"]


def test_no_label_where_neither_page_nor_file_has_one(read: Reader) -> None:
    assert read(pdf_of(text_at((60, 100, "正文 text")))).pages[0].label is None


def test_a_blank_page_stays_a_page(read: Reader) -> None:
    extract = read(pdf_of(text_at((60, 100, "一 one")), lambda _: None, text_at((60, 100, "三 three"))))
    assert [len(page.lines) for page in extract.pages] == [1, 0, 1]
    assert [page.number for page in extract.pages] == [1, 2, 3]
    assert not extract.ocr


def test_a_page_that_is_a_picture_is_read_by_ocr(read: Reader) -> None:
    words = text_at((60, 100, "这一页有足够多的文字"))
    extract = read(pdf_of(words, picture, words))
    assert [page.ocr for page in extract.pages] == [False, True, False]
    assert texts(extract, 2) == ["第2页 as read"] and extract.ocr


def test_a_stamp_on_a_picture_is_no_text_layer(read: Reader) -> None:
    def stamped(canvas: Canvas) -> None:
        picture(canvas)
        canvas.drawString(300, 20, "- 7 -")

    assert [page.ocr for page in read(pdf_of(stamped)).pages] == [True]


def test_a_pictured_cover_does_not_make_a_text_an_ocr_reading(read: Reader) -> None:
    words = text_at((60, 100, "这一页有足够多的文字"))
    extract = read(pdf_of(picture, words, words))
    assert not extract.ocr and extract.pages[0].lines == ()


def test_letters_drawn_as_outlines_are_read_by_ocr(read: Reader) -> None:
    def outlined(canvas: Canvas) -> None:
        for at in range(120):
            canvas.rect(20 + 3 * at, 300, 2, 8, fill=1)

    assert read(pdf_of(outlined)).ocr


def test_a_text_layer_of_private_use_characters_is_garbage(read: Reader) -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>"
    to_private = stream(
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange <41> <5a> <e041> endbfrange endcmap"
    )
    content = b"BT /F 12 Tf 60 500 Td (ABCDEFGHIJKLMNOP) Tj ET"
    assert read(handmade(content, font, stream(b""), to_private)).ocr
    plain = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    assert texts(read(handmade(content, plain, stream(b"")))) == ["ABCDEFGHIJKLMNOP"]


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(text_at((60, 100, "机密 secret text"))))))
    writer.encrypt(user_password=password, owner_password="所有者 owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_that_only_forbids_printing_is_read(read: Reader) -> None:
    assert texts(read(encrypted(""))) == ["机密 secret text"]


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100")
SAME = "download it again, or supply another copy"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", f"the file is empty; {SAME}"),
        (JPEG, "this is not a PDF but a JPEG image; supply the PDF itself"),
        (b"PK\x03\x04....", "this is not a PDF but a ZIP archive (a Word or WPS document?); supply the PDF itself"),
        (b"<!doctype html>", "this is not a PDF but an HTML or XML page; supply the PDF itself"),
        ("人工智能".encode(), "this is not a PDF but plain text; supply the PDF itself"),
        (b"\x00\x01\xfe", "this is not a PDF but something that starts with 0001fe; supply the PDF itself"),
        (b"%PDF-1.4\n" + bytes(91), f"the PDF is cut off: its end is missing after 100 bytes; {SAME}"),
        (b"%PDF-1.4\nnothing at all\n%%EOF", f"the PDF is damaged; {SAME}"),
        (handmade(b"", pages=0), "the PDF has no pages; supply another copy"),
    ],
    ids=["empty", "jpeg", "zip", "html", "text", "binary", "truncated", "damaged", "no pages"],
)
def test_a_file_that_cannot_be_read_says_why_in_one_line(read: Reader, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("written", "title"), [("风险\x1b\n框架", "风险 框架"), ("AI\x00 \x02risk\u200b", "AI risk")])
def test_the_title_is_one_line_of_what_can_be_seen(read: Reader, written: str, title: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(text_at((60, 100, "正文 text"))))))
    writer.add_metadata({"/Title": written})
    out = io.BytesIO()
    writer.write(out)
    assert read(out.getvalue()).title == title


def test_a_page_that_cannot_be_loaded_is_named(read: Reader) -> None:
    pages = b"<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>"
    with pytest.raises(UnreadableFile) as caught:
        read(handmade(b"").replace(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", pages))
    assert str(caught.value) == f"the PDF is damaged: page 2 of 2 cannot be read; {SAME}"


def test_a_file_cut_in_the_middle_is_refused(read: Reader) -> None:
    whole = pdf_of(*[text_at((60, 100, "够长的一页 a page"))] * 20)
    with pytest.raises(UnreadableFile, match="cut off: its end is missing after"):
        read(whole[: len(whole) // 2])


def test_a_linearized_file_cut_after_its_first_section_is_refused(read: Reader) -> None:
    head = b"%PDF-1.4\n1 0 obj << /Linearized 1 /L 99999 /N 3 >> endobj\n%%EOF"
    with pytest.raises(UnreadableFile, match="cut off"):
        read(head)


def test_a_file_with_a_password_asks_for_a_copy_without(read: Reader) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(encrypted("geheim"))
    assert str(caught.value) == (
        "the PDF is encrypted and needs a password; save a copy without the password and add that"
    )


def test_a_form_that_draws_itself_ends_neither_us_nor_the_day(read: Reader) -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    itself = stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>")
    try:
        extract = read(handmade(b"/X Do BT /F 12 Tf 60 500 Td (text besides) Tj ET", font, itself))
    except UnreadableFile as error:
        assert "crash" in str(error)
    else:
        assert texts(extract) == ["text besides"]


def test_a_child_without_memory_is_the_files_fault(read: Reader) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(pdf_of(text_at((60, 100, "风险 risk"))), limits=Limits(seconds=30, megabytes=60))
    assert "60 MB" in str(caught.value) and "\n" not in str(caught.value)


def test_a_child_that_runs_over_is_stopped(read: Reader) -> None:
    with pytest.raises(UnreadableFile, match="takes longer than 0 s"):
        read(pdf_of(text_at((60, 100, "风险 risk"))), limits=Limits(seconds=0))


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle on a process that is not our child")
def test_a_child_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    line = (
        "import sys; from pathlib import Path; from ingest.pdf import _child, Limits\n"
        "with _child('text', sys.stdin.buffer.read(), Limits()) as child: print(child.pid, flush=True); child.wait()"
    )
    drawn = handmade(b"BT /F 12 Tf 60 500 Td (word) Tj ET " * 40000, b"<< /Type /Font /Subtype /Type1 >>")
    long = drawn.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [%s] /Count 999" % (b"3 0 R " * 999))
    with subprocess.Popen([sys.executable, "-c", line], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin and parent.stdout
        parent.stdin.write(long)
        parent.stdin.close()
        handle = os.pidfd_open(int(parent.stdout.readline()))
        assert not select.select([handle], [], [], 0)[0], "it had ended before"
        parent.kill()
    assert select.select([handle], [], [], 20)[0], "the child lives on without its parent"
    os.close(handle)


OFFICIAL = Path(os.environ.get("TIAOWEN_OFFICIAL", Path(__file__).parents[2].parent / "shared" / "official"))


def official(name: str) -> bytes:
    path = OFFICIAL / name
    if not path.exists():
        pytest.skip(f"{name} is not here: set TIAOWEN_OFFICIAL")
    return path.read_bytes()


@pytest.mark.official
def test_the_chinese_1_0_is_read_in_full(read: Reader) -> None:
    extract = read(official("framework-1.0.zh.pdf"))
    assert [page.label for page in extract.pages] == ["I", "II", *map(str, range(1, 18))]
    assert not extract.ocr
    text = "\n".join(line.text for page in extract.pages for line in page.lines)
    assert texts(extract, 2)[0] == "目录"
    assert "（V1.0）" in text and "4.1.2（b）（c）（d）（e）" in texts(extract, 19)
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST


DIGEST = "834c9574767d078cde27d70f4dbe1d3815ea7fb35f364458e7efae29a64839af"
