"""`kill -9` at random moments of `add` and `crawl`: nothing is half there, and the same command again completes it.

Three moments of each in `make test`, twenty in `make soak`. A moment is a share of the time that an undisturbed run
takes, or the sight of something: the PDF reader at work, a file in `raw`. Every other time only the command itself is
killed and not the processes it has started, which must end by themselves.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from lineages import NEW
from loopback import Reply, Site, site
from official import ZH_10, official_folder
from PIL import Image, ImageDraw, ImageFont
from printed_pdf import framework_pdf
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.home import Home
from corpus.store import CorpusStore
from ingest.bundled import bundled_documents

__all__ = ["site"]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
MOMENTS = 20 if SOAK else 3
PATIENCE = 30.0
Run = Callable[..., Any]


@dataclass(frozen=True)
class Moment:
    """When to kill: at a share of the usual time, or a little after something is seen; the whole group or one process."""

    share: float
    sight: str | None
    whole: bool


def moments(seed: int, sights: Sequence[str], count: int) -> list[Moment]:
    """The moments of a test, the same on every run; the first and every few more by the clock alone."""
    rng = random.Random(seed)
    kinds = (None, *sights)
    return [Moment(rng.uniform(0.05, 1.05), kinds[at % len(kinds)], at % 2 == 0) for at in range(count)]


def alive(group: int) -> list[int]:
    """The processes of a group that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(int(path.parent.name))
    return found


@contextlib.contextmanager
def started(home: Home, words: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process group of its own."""
    command = [sys.executable, "-m", "app.cli", "--home", str(home.root), *words]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True) as running:
        try:
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def killed(home: Home, words: tuple[str, ...], moment: Moment, usual: float) -> None:
    """Run a command up to a moment and kill it; its processes are gone after that."""
    began = time.monotonic()
    with started(home, words) as running:
        if moment.sight:
            while running.poll() is None and not seen(moment.sight, home, running.pid):
                time.sleep(0.0005)
        rest = moment.share * {None: usual, "ocr": usual / 2}.get(moment.sight, 0.003)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(rest)
        if moment.whole:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
        running.kill()
        running.wait()
        died = time.monotonic()
        while (left := alive(running.pid)) and time.monotonic() < died + PATIENCE:
            time.sleep(0.01)
        assert not left, (
            f"{left} live on {time.monotonic() - died:.0f} s after {words[0]}, killed at {died - began:.2f} s"
        )


def seen(sight: str, home: Home, pid: int) -> bool:
    if sight == "reader":
        return len(alive(pid)) > 1
    folder = home.root / sight
    return folder.is_dir() and any(folder.iterdir())


def documents(home: Home) -> list[tuple[str, str, str, str | None]]:
    """What the store holds, read by a store of our own."""
    if not home.store.exists():
        return []
    with CorpusStore(home.store) as store:
        kept = [k.document for k in store.current()]
    return [(d.id, d.part, d.sha256, d.raw_sha256) for d in kept]


def files(home: Home) -> list[str]:
    """The files in a home but those of the index, and the receipts of what `usable` asked."""
    names = sorted(path.relative_to(home.root) for path in home.root.rglob("*") if path.is_file())
    return [str(name) for name in names if "index" not in name.parts and name.name != home.receipts.name]


def usable(tiaowen: Run, home: Home) -> None:
    """`status` and `ask` work, and `raw` holds whole files only."""
    status = tiaowen("status", "--json", home=home)
    assert (status.code, status.err) == (0, "")
    answer = tiaowen("ask", "什么是微调？", "--json", home=home)
    assert (answer.code, answer.err) == (0, "") and answer.json["citations"]
    for path in home.raw.glob("*"):
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()
    for path in home.ocr.glob("*.json"):
        assert json.loads(path.read_bytes())["lines"] is not None


def told(tiaowen: Run, home: Home, words: tuple[str, ...]) -> None:
    """The command again, to its end."""
    again = tiaowen(*words, home=home)
    assert again.code == 0, again.err


def undisturbed(home: Home, words: tuple[str, ...]) -> float:
    """A run to its end in a process of its own; the seconds it takes."""
    began = time.monotonic()
    with started(home, words) as running:
        assert running.wait(PATIENCE * 4) == 0
    return time.monotonic() - began


def stamps(home: Home) -> dict[str, tuple[int, int]]:
    """Raw files and pages read by OCR, each with what changes when it is written again."""
    kept = [*home.raw.glob("*"), *home.ocr.glob("*.json")]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in kept}


def survives(
    tiaowen: Run,
    place: Path,
    words: tuple[str, ...],
    seed: int,
    sights: Sequence[str] = ("reader", "raw"),
    count: int = MOMENTS,
) -> int:
    """Kill a command at every moment and run it again; the number of documents that there are each time in the end."""
    whole = copied_home(place / "whole")
    usual = undisturbed(whole, words)
    wanted, its_files = documents(whole), files(whole)
    for at, moment in enumerate(moments(seed, sights, count)):
        home = copied_home(place / str(at))
        killed(home, words, moment, usual)
        found = documents(home)
        for raw in {row[3] for row in wanted}:
            mine = [row for row in found if row[3] == raw]
            assert mine in ([], [row for row in wanted if row[3] == raw]), f"half of {raw} after {moment}"
        usable(tiaowen, home)
        kept = stamps(home)
        told(tiaowen, home, words)
        assert documents(home) == wanted, moment
        assert files(home) == its_files, moment
        assert kept.items() <= stamps(home).items(), f"written again after {moment}"
    return len(wanted)


def both_languages() -> bytes:
    """A PDF of the bundled digests of 2.0, Chinese and English: two documents."""
    paragraphs: list[str] = []
    for lang, stop in (("zh", "。"), ("en", ". ")):
        digest = next(d for d in bundled_documents() if d.id == f"aisgf@2.0/{lang}" and d.part == "body")
        for clause in (clause for clause in digest.clauses if clause.path[0] in "123"):
            printed = [f"{clause.number} {clause.heading}".strip(), clause.text]
            paragraphs += printed if clause.kind == "chapter" else [stop.join(printed)]
    return framework_pdf(paragraphs)


def test_a_killed_add_leaves_all_or_nothing(tiaowen: Run, tmp_path: Path) -> None:
    file = tmp_path / "both.pdf"
    file.write_bytes(both_languages())
    words = ("add", str(file), "--edition", "2.0", "--json")
    assert survives(tiaowen, tmp_path, words, seed=1) == 2


def test_a_killed_crawl_leaves_all_or_nothing(tiaowen: Run, site: Site, tmp_path: Path) -> None:
    site.pages["/rootimages/uploadimg/1/1.pdf"] = Reply(both_languages(), "application/pdf", etag='"p1"')
    start = ("--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    assert survives(tiaowen, tmp_path, ("crawl", *start, "--json"), seed=2) == 3


def scanned() -> bytes:
    """A scan of four pages: a small framework of our own, in English."""
    out, lines = io.BytesIO(), [line for line in NEW["en"].split("\n") for line in textwrap.wrap(line, 44)]
    canvas = Canvas(out, pagesize=(400, 200), invariant=1)
    for at in range(0, len(lines), 6):
        page = Image.new("L", (1000, 500), 255)
        for row, line in enumerate(lines[at : at + 6]):
            ImageDraw.Draw(page).text((40, 40 + 70 * row), line, font=ImageFont.load_default(40), fill=0)
        canvas.drawImage(ImageReader(page), 0, 0, 400, 200)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.ocr
@pytest.mark.soak
def test_a_killed_add_of_a_scan_keeps_the_pages_that_were_read(tiaowen: Run, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    file = tmp_path / "scan.pdf"
    file.write_bytes(scanned())
    words = ("add", str(file), "--edition", "2.0", "--json")
    assert survives(tiaowen, tmp_path, words, seed=4, sights=("ocr", "raw", "ocr"), count=8) == 1


@pytest.mark.official
@pytest.mark.soak
def test_a_killed_add_of_the_official_file_leaves_all_or_nothing(tiaowen: Run, tmp_path: Path) -> None:
    words = ("add", str(official_folder() / ZH_10), "--edition", "1.0", "--json")
    assert survives(tiaowen, tmp_path, words, seed=3) == 1
