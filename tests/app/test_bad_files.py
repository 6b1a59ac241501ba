"""`tiaowen add` of a file that is no use: one line that says what it is and what to do, and nothing is kept of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lineages import NEW
from PIL import Image
from printed_pdf import framework_pdf
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.home import Home
from corpus.store import CorpusStore

ROOT = Path(__file__).parents[2]
ZH = NEW["zh"]
AGAIN = "download it again, or supply another copy"
SUPPLY = "supply a PDF, HTML, Markdown or text file"
SAVE_AS = "open it in an editor, save it as UTF-8, and add that"
WHOLE = "give the original file (PDF, HTML, Markdown or text)"
UNNUMBERED = (
    "no numbered chapters were found in the text; check that the file holds the framework itself; "
    "an announcement needs --part notice"
)


def printed() -> bytes:
    """A framework of our own as a PDF."""
    return framework_pdf(ZH.split("\n"))


def locked(user: str, owner: str) -> bytes:
    """The same with passwords."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed())))
    writer.encrypt(user_password=user, owner_password=owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pictured() -> bytes:
    """A PDF of one page that is a picture."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 200), invariant=1)
    canvas.drawImage(ImageReader(Image.new("L", (40, 40), 200)), 0, 0, 200, 200)
    canvas.save()
    return out.getvalue()


def pageless() -> bytes:
    """A PDF that is well made and has no page."""
    out = io.BytesIO()
    PdfWriter().write(out)
    return out.getvalue()


def png() -> bytes:
    """A PNG image."""
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "PNG")
    return out.getvalue()


Row = tuple[str, bytes, str]
ROWS: dict[str, Row] = {
    "truncated": ("a.pdf", printed()[:2000], f"the PDF is cut off: its end is missing after 2,000 bytes; {AGAIN}"),
    "encrypted": (
        *("a.pdf", locked("geheim", "owner")),
        "the PDF is encrypted and needs a password; save a copy without the password and add that",
    ),
    "empty": ("a.pdf", b"", "'a.pdf' is empty; fetch it again, or supply another copy"),
    "utf-16 without its mark": (
        *("a.txt", ZH.encode("utf-16-le")),
        f"'a.txt' is no known kind of file, nor text in UTF-8 or GB 18030; {SUPPLY}; "
        "a text in another encoding: save it as UTF-8",
    ),
    "big5": (
        *("a.txt", ("1. 總則\n先評估，再上線，並且留存日誌六個月。\n" * 9).encode("big5")),
        f"the file is in neither UTF-8 nor GB 18030 but another encoding; {SAVE_AS}",
    ),
    "utf-8 cut in a character": (
        *("a.txt", ZH.encode()[:-1]),
        f"the file is not text in UTF-8: unexpected end of data at byte {len(ZH.encode()) - 3}; {WHOLE}",
    ),
    "a picture called PDF": (
        *("a.pdf", png()),
        f"'a.pdf' is a picture (image/png), not a text that can be read; {SUPPLY}",
    ),
    "a page without text": (
        *("a.html", b"<!doctype html><html><body><script>draw()</script></body></html>"),
        f"the page of 64 bytes has no text; {WHOLE}",
    ),
    "a page called PDF": ("a.pdf", b"<!doctype html><html><body><p>Sign in</p></body></html>", UNNUMBERED),
    "markdown without structure": ("a.md", "# 标题\n\n只有一句话。\n".encode(), UNNUMBERED),
    "text without letters": (
        *("a.txt", b"1234\n5678\n"),
        UNNUMBERED,
    ),
    "no pages": ("a.pdf", pageless(), "the PDF has no pages; supply another copy"),
    "damaged": ("a.pdf", b"%PDF-1.7\nnothing\n%%EOF\n", f"the PDF is damaged; {AGAIN}"),
}


@pytest.fixture
def full(tiaowen: Any, tmp_path: Path) -> Home:
    """A home with one document, whose store must stay as it is."""
    home = Home(tmp_path / "home")
    (tmp_path / "good.txt").write_text(ZH, encoding="utf-8")
    assert tiaowen("add", str(tmp_path / "good.txt"), "--edition", "2.0", home=home).code == 0
    return home


def contents(home: Home) -> tuple[str, list[str]]:
    """What a refused file must not change: the store's digest, and the files that there are."""
    with CorpusStore(home.store) as store:
        digest = store.digest()
    return digest, sorted(str(path.relative_to(home.root)) for path in home.root.rglob("*") if path.is_file())


def refused(tiaowen: Any, home: Home, code: int, line: str, *words: str) -> None:
    """The command ends with this line and code, in JSON too, and leaves the home as it was."""
    before = contents(home)
    done = tiaowen("add", *words, home=home)
    assert (done.code, done.out, done.line) == (code, "", f"tiaowen: {line}")
    failed = tiaowen("add", *words, "--json", home=home).json
    assert f"{failed['error']}; {failed['way_out']}" == line
    assert contents(home) == before


@pytest.mark.parametrize("case", ROWS)
def test_a_file_of_no_use_is_refused_in_one_line(tiaowen: Any, full: Home, tmp_path: Path, case: str) -> None:
    name, data, line = ROWS[case]
    (tmp_path / name).write_bytes(data)
    refused(tiaowen, full, 2, line, str(tmp_path / name), "--edition", "2.0")


@pytest.mark.parametrize(
    ("lang", "wanted", "name", "data"),
    [
        ("en", "English", "a.txt", ZH.encode("gbk")),
        ("en", "English", "a.pdf", printed()),
        ("zh", "Chinese", "a.md", NEW["en"].encode()),
    ],
)
def test_a_file_in_the_other_language(
    tiaowen: Any, full: Home, tmp_path: Path, lang: str, wanted: str, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    line = f"the file holds no {wanted} text; leave out --lang to take the language it is in"
    refused(tiaowen, full, 2, line, str(tmp_path / name), "--edition", "2.0", "--lang", lang)


def test_what_is_no_file_or_too_large(tiaowen: Any, full: Home, tmp_path: Path) -> None:
    large, pipe, missing = tmp_path / "large.pdf", tmp_path / "pipe", tmp_path / "missing.pdf"
    large.touch()
    os.truncate(large, 300 << 20)
    os.mkfifo(pipe)
    for path, line in (
        (large, f"{str(large)!r} has 300 MB, more than 256; split it, or supply a smaller copy"),
        (pipe, f"{str(pipe)!r} is no regular file; name a file"),
        (tmp_path, f"{str(tmp_path)!r} is a folder; name a file in it"),
        (
            missing,
            f"{str(missing)!r} cannot be read: No such file or directory; name a file that exists and that you may read",
        ),
    ):
        refused(tiaowen, full, 2, line, str(path), "--edition", "2.0")


def test_an_edition_nobody_knows(tiaowen: Any, full: Home, tmp_path: Path) -> None:
    line = "edition '9.9' is not in the catalogue; known editions: 1.0, 2.0, 3.0"
    refused(tiaowen, full, 2, line, str(tmp_path / "good.txt"), "--edition", "9.9")


def test_a_pdf_that_only_forbids_printing_is_added(tiaowen: Any, full: Home, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(locked("", "owner"))
    done = tiaowen("add", str(tmp_path / "a.pdf"), "--edition", "1.0", "--json", home=full)
    assert (done.code, done.err) == (0, "")
    assert [row["document"] for row in done.json["added"]] == ["aisgf@1.0/zh"]


def test_a_scan_where_ocr_is_not_installed(full: Home, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pictured())
    packages = tmp_path / "packages"
    packages.mkdir()
    for folder in filter(lambda path: path.endswith("site-packages"), sys.path):
        for installed in Path(folder).iterdir():
            if not installed.name.startswith(("rapidocr", "onnxruntime", "__editable__", "_")):
                (packages / installed.name).symlink_to(installed)
    before = contents(full)
    command = [sys.executable, "-S", "-m", "app.cli", "--home", str(full.root), "add", str(tmp_path / "a.pdf")]
    path = os.pathsep.join([str(ROOT), str(packages)])
    done = subprocess.run(
        [*command, "--edition", "2.0", "--json"],
        capture_output=True, text=True, check=False, encoding="utf-8", env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "error": "page 1 of 1 has no text layer",
        "way_out": "install rapidocr and onnxruntime: pip install rapidocr onnxruntime",
    }
    assert done.stderr.startswith("tiaowen: page 1 of 1 has no text layer; install") and done.stderr.count("\n") == 1
    assert contents(full) == before
