"""`kill -9` at random moments of `add`, `crawl`, `build`, `eval run` and a rebuild that the app has started.

Nothing is half there, every command that reads works, the same command again completes it, and no file is left over.
A moment of each in `make test`, forty in `make soak`. A moment is a share of the time that an undisturbed run
takes, or the sight of something: the PDF reader at work, a file in `raw`, an index being written. By turns all processes
are killed; the command alone, and those it has started must end by themselves; of the app the build that it waits for.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import shutil
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
from built import built_home, copied_home
from lineages import NEW
from loopback import Reply, Site, site
from official import ZH_10, official_folder
from PIL import Image, ImageDraw, ImageFont
from printed_pdf import framework_pdf
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from small_cli import short_texts

import ingest.bundled
from app.screens import tasks
from corpus.home import Home
from corpus.store import CorpusStore
from ingest.bundled import bundled_documents

__all__ = ["site"]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
MOMENTS = 40 if SOAK else 1
PATIENCE = 60.0
Run = Callable[..., Any]
TIAOWEN = (sys.executable, "-m", "app.cli")
SMALL = (sys.executable, str(Path(__file__).parents[1] / "small_cli.py"))
"""`tiaowen` with short texts in place of the bundled ones: a build takes seconds."""
REBUILD = """
import sys
from pathlib import Path
from app.screens import tasks
from corpus.home import Home

_, home, *command = sys.argv[1:]
task = tasks.start(Home(Path(home)), "task_build", [[*command, "--home", home, "build"]])
while not task.wait(60):
    pass
sys.exit(task.state != "done")
"""
APP = (sys.executable, "-c", REBUILD)
"""What the app does when its operator builds the index."""


@dataclass(frozen=True)
class Moment:
    """When to kill: at a share of the usual time, or a little after something is seen; all, the command, or its child."""

    share: float
    sight: str | None
    victim: str


def moments(seed: int, sights: Sequence[str | None], victims: Sequence[str], count: int) -> list[Moment]:
    """The moments of a test, the same on every run; a sight of None is the clock alone."""
    rng = random.Random(seed)
    return [
        Moment(rng.uniform(0.05, 1.05), sights[at % len(sights)], victims[at % len(victims)]) for at in range(count)
    ]


def family(group: int, home: Home) -> list[int]:
    """The processes of a group, and others that work on the home, that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, its_group = (path / "stat").read_text().rpartition(")")[2].split()[:3]
            ours = int(its_group) == group or os.fsencode(home.root) in (path / "cmdline").read_bytes()
            if ours and state not in "ZX":
                found.append(int(path.name))
    return found


def kill(processes: Sequence[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@contextlib.contextmanager
def started(home: Home, words: Sequence[str], program: Sequence[str] = TIAOWEN) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process group of its own."""
    null = subprocess.DEVNULL
    command = [*program, "--home", str(home.root), *words]
    with subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True) as running:
        try:
            yield running
        finally:
            kill(family(running.pid, home))


def killed(home: Home, words: Sequence[str], program: Sequence[str], moment: Moment, usual: float) -> bool:
    """Run a command up to a moment and kill it; its processes are gone after that. Whether it was still running."""
    began = time.monotonic()
    with started(home, words, program) as running:
        if moment.sight:
            while running.poll() is None and not seen(moment.sight, home, running.pid):
                time.sleep(0.0005)
        rest = moment.share * {None: usual, "ocr/*": usual / 2}.get(moment.sight, 0.003)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(rest)
        landed = running.poll() is None
        mine = family(running.pid, home)
        others = [process for process in mine if process != running.pid]
        kill({"all": mine, "command": [running.pid], "child": others or mine}[moment.victim])
        running.wait()
        died = time.monotonic()
        while (left := family(running.pid, home)) and time.monotonic() < died + PATIENCE:
            time.sleep(0.01)
        assert not left, f"{left} live on {time.monotonic() - died:.0f} s after {words}, killed at {died - began:.2f} s"
    return landed


def seen(sight: str, home: Home, pid: int) -> bool:
    return len(family(pid, home)) > 1 if sight == "child" else any(home.root.glob(sight))


def documents(home: Home) -> list[tuple[str, str, str, str | None]]:
    """What the store holds, read by a store of our own."""
    if not home.store.exists():
        return []
    with CorpusStore(home.store) as store:
        kept = [k.document for k in store.current()]
    return [(d.id, d.part, d.sha256, d.raw_sha256) for d in kept]


def files(home: Home) -> list[str]:
    """The files in a home but the receipts of what `usable` asked."""
    names = sorted(path.relative_to(home.root) for path in home.root.rglob("*") if path.is_file())
    return [str(name) for name in names if name.name != home.receipts.name]


READS = (
    ("search", "数据投毒", "--json"),
    ("show", "2.0#1.1", "--json"),
    ("text", "aisgf@2.0/zh"),
    ("outline", "2.0"),
    ("terms", "日志"),
)


def usable(tiaowen: Run, home: Home) -> None:
    """Every command that reads works, `status` tells the live generation, and `raw` holds whole files only."""
    status = tiaowen("status", "--json", home=home)
    assert (status.code, status.err) == (0, "")
    live = (home.index / "CURRENT").read_text("utf-8")
    assert status.json["index"]["generation"] == live
    answer = tiaowen("ask", "什么是微调？", "--json", home=home)
    assert (answer.code, answer.err) == (0, "")
    if live == built_home_generation():
        assert answer.json["citations"]
        assert tiaowen("diff", "1.0", "2.0", "--json", home=home).code == 0
    for words in READS:
        done = tiaowen(*words, home=home)
        assert (done.code, done.err) == (0, ""), words
    for path in home.raw.glob("*"):
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()
    for path in home.ocr.glob("*.json"):
        assert json.loads(path.read_bytes())["lines"] is not None


def built_home_generation() -> str:
    return (built_home().index / "CURRENT").read_text("utf-8")


def told(tiaowen: Run, home: Home, words: Sequence[str], program: Sequence[str]) -> None:
    """The command again, to its end; nothing is left over or wrong but that a text was not indexed yet."""
    if program == APP:
        task = tasks.start(home, "task_build", [[*SMALL, "--home", str(home.root), "build"]])
        assert task.wait(PATIENCE) and task.state == "done", task.lines
    else:
        again = tiaowen(*words, home=home)
        assert again.code == 0, again.err
    examined = tiaowen("doctor", "--json", home=home).json["checks"]
    assert {one["check"]: one["found"] for one in examined if one["found"]}.keys() <= {"behind"}


def undisturbed(home: Home, words: Sequence[str], program: Sequence[str]) -> float:
    """A run to its end in a process of its own; the seconds it takes."""
    began = time.monotonic()
    with started(home, words, program) as running:
        assert running.wait(PATIENCE * 4) == 0
    return time.monotonic() - began


def stamps(home: Home) -> dict[str, tuple[int, int]]:
    """Raw files and pages read by OCR, each with what changes when it is written again."""
    kept = [*home.raw.glob("*"), *home.ocr.glob("*.json")]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in kept}


@dataclass(frozen=True)
class Kills:
    """How a command is killed: `sights` (None: by the clock) and `victims` by turns, so many times."""

    seed: int
    sights: Sequence[str | None] = (None, "child", "raw/*")
    victims: Sequence[str] = ("all", "command")
    count: int = MOMENTS


def survives(tiaowen: Run, place: Path, words: Sequence[str], kills: Kills, program: Sequence[str] = TIAOWEN) -> int:
    """Kill a command at every moment and run it again; the number of documents that there are each time in the end."""
    whole = copied_home(place / "whole")
    usual = undisturbed(whole, words, program)
    wanted, its_files = documents(whole), files(whole)
    landed, began = 0, time.monotonic()
    for at, moment in enumerate(moments(kills.seed, kills.sights, kills.victims, kills.count)):
        home = copied_home(place / str(at))
        landed += killed(home, words, program, moment, usual)
        found = documents(home)
        for raw in {row[3] for row in wanted}:
            mine = [row for row in found if row[3] == raw]
            assert mine in ([], [row for row in wanted if row[3] == raw]), f"half of {raw} after {moment}"
        usable(tiaowen, home)
        kept = stamps(home)
        told(tiaowen, home, words, program)
        assert documents(home) == wanted, moment
        assert files(home) == its_files, moment
        assert kept.items() <= stamps(home).items(), f"written again after {moment}"
        shutil.rmtree(home.root)
    name = "rebuild by the app" if program == APP else words[0]
    print(f"{name}: {kills.count} kills, {landed} while it ran, {time.monotonic() - began:.0f} s")
    assert landed >= kills.count // 2, "most kills came too late to tell anything"
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
    assert survives(tiaowen, tmp_path, words, Kills(seed=1)) == 2


def test_a_killed_crawl_leaves_all_or_nothing(tiaowen: Run, site: Site, tmp_path: Path) -> None:
    site.pages["/rootimages/uploadimg/1/1.pdf"] = Reply(both_languages(), "application/pdf", etag='"p1"')
    start = ("--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    assert survives(tiaowen, tmp_path, ("crawl", *start, "--json"), Kills(seed=2)) == 3


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.soak)])
def test_a_killed_evaluation_leaves_the_run_before_or_goes_on(tiaowen: Run, tmp_path: Path, jobs: str) -> None:
    questions = tmp_path / "cases.jsonl"
    rows = [
        {"id": f"{at}-{lang}", "lang": lang, "question": asked, "clauses": ["2.0#A3.6"]} for at, lang, asked in CASES
    ]
    questions.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    words = ("eval", "run", str(questions), "--jobs", jobs)
    kills = Kills(seed=5, sights=("runs/.*", None, "runs/.*/answers.jsonl"), count=MOMENTS // 2 or 1)
    assert survives(tiaowen, tmp_path, words, kills) == 0


CASES = [(at, lang, q) for at in range(6) for lang, q in (("zh", "什么是微调？"), ("en", "What is fine-tuning?"))]
WRITING = (None, "index/.building-*", "index/.building-*/manifest.json", None, "index/build.lock")


@pytest.fixture
def short_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process too the short texts stand for the bundled ones, once the home that is copied is built."""
    built_home()
    monkeypatch.setattr(ingest.bundled, "bundled_documents", short_texts)


@pytest.mark.usefixtures("short_corpus")
def test_a_killed_build_leaves_one_index_or_the_other(tiaowen: Run, tmp_path: Path) -> None:
    kills = Kills(seed=6, sights=WRITING if SOAK else WRITING[1:], count=MOMENTS if SOAK else 1)
    assert survives(tiaowen, tmp_path, ("build",), kills, SMALL) == 0


@pytest.mark.usefixtures("short_corpus")
@pytest.mark.soak
def test_a_rebuild_killed_with_or_under_the_app_leaves_one_index_or_the_other(tiaowen: Run, tmp_path: Path) -> None:
    kills = Kills(seed=7, sights=("child", *WRITING), victims=("all", "command", "child"))
    assert survives(tiaowen, tmp_path, SMALL, kills, APP) == 0


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
    assert survives(tiaowen, tmp_path, words, Kills(seed=4, sights=(None, "ocr/*", "raw/*", "ocr/*"), count=8)) == 1


@pytest.mark.official
@pytest.mark.soak
def test_a_killed_add_of_the_official_file_leaves_all_or_nothing(tiaowen: Run, tmp_path: Path) -> None:
    words = ("add", str(official_folder() / ZH_10), "--edition", "1.0", "--json")
    assert survives(tiaowen, tmp_path, words, Kills(seed=3, count=20)) == 1
