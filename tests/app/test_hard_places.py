"""A full disk, a home that may only be read or goes away under a running app, builds at once: one clear line, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from confined import bound, limited
from lineages import NEW
from streamlit.testing.v1 import AppTest

from app.messages import tell
from app.screens.feedback import place_of_feedback
from corpus.home import Home
from corpus.records import Lang
from corpus.store import store_digest

SCRIPT = Path(__file__).parents[2] / "app" / "screens" / "start.py"
SMALL = (sys.executable, str(Path(__file__).parents[1] / "small_cli.py"))
VIEWS = ("ask", "compare", "read", "terms", "evaluation", "library")
CASES = [
    {"id": lang, "lang": lang, "question": asked, "clauses": ["2.0#A3.6"]}
    for lang, asked in (("zh", "什么是微调？"), ("en", "What is fine-tuning?"))
]


@pytest.fixture
def own(tmp_path: Path) -> Home:
    return copied_home(tmp_path / "home")


@pytest.fixture
def mine(file: Any) -> str:
    """A text to add, longer than a page of the disk."""
    return str(file("mine.txt", NEW["zh"]))


@pytest.fixture
def cases(file: Any) -> str:
    return str(file("cases.jsonl", "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in CASES)))


def contents(home: Home) -> tuple[str, dict[str, bytes]]:
    """The store's digest and every file, but for what SQLite keeps beside the store until the next command."""
    paths = [path for path in home.root.rglob("*") if path.is_file() and not path.name.startswith("corpus.db-")]
    return store_digest(home.store), {str(path.relative_to(home.root)): path.read_bytes() for path in paths}


def told(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The one line that a command failed with."""
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("tiaowen: ") and "; " in line
    return line


# --- a full disk


@pytest.mark.parametrize("most", [20_000, pytest.param(0, marks=pytest.mark.soak)])
def test_a_text_that_the_disk_has_no_room_for(own: Home, mine: str, most: int) -> None:
    before = contents(own)
    line = told(limited(most, "--home", str(own.root), "add", mine, "--edition", "2.0"))
    assert line.endswith("; free some space or name another home with --home DIR; nothing was changed")
    assert contents(own) == before


@pytest.mark.soak
def test_an_index_that_the_disk_has_no_room_for(tiaowen: Any, own: Home) -> None:
    before = contents(own)
    line = told(limited(20_000, "--home", str(own.root), "build", program=SMALL))
    assert line.endswith("free some space or name another home with --home DIR; nothing was changed")
    assert contents(own) == before
    assert tiaowen("ask", "什么是微调？", "--json", home=own).json["citations"]


@pytest.mark.parametrize("most", [6_000, pytest.param(20_000, marks=pytest.mark.soak)], ids=["answers", "report"])
def test_a_run_that_the_disk_has_no_room_for_goes_on_later(tiaowen: Any, own: Home, cases: str, most: int) -> None:
    line = told(limited(most, "--home", str(own.root), "eval", "run", cases), 2)
    assert line.endswith("; free some space, or name another folder with --out")
    (unfinished,) = own.runs.iterdir()
    kept = (unfinished / "answers.jsonl").read_bytes()
    assert 0 < len(kept) <= most
    assert tiaowen("eval", "run", cases, home=own).code == 0
    (run,) = own.runs.iterdir()
    assert run.name == unfinished.name.removeprefix(".").removesuffix(".unfinished")
    whole = kept[: kept.rfind(b"\n") + 1]
    assert whole
    assert (run / "answers.jsonl").read_bytes().startswith(whole)
    assert len((run / "answers.jsonl").read_bytes().splitlines()) == len(CASES)


@pytest.mark.parametrize(("ui", "lost"), [("en", "this answer was not noted"), ("zh", "本次答复未能登记")])
def test_an_answer_that_the_disk_has_no_room_to_note(own: Home, ui: str, lost: str) -> None:
    done = limited(0, "--home", str(own.root), "--ui-lang", ui, "ask", "什么是微调？", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["citations"]
    (line,) = done.stderr.splitlines()
    assert line.startswith(lost) and line.endswith("delete that file, or name another home with --home DIR")


FEEDBACK = """
import sys
from pathlib import Path
from app.screens.feedback import keep_feedback
from corpus.errors import HomeUnusable
from corpus.home import Home
from small import answer

try:
    keep_feedback(Home(Path(sys.argv[1])), answer("zh"), True, "好" * 100)
except HomeUnusable as error:
    print(error)
"""


def test_a_judgement_that_the_disk_has_no_room_for_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root / 'tests'}")
    place = place_of_feedback(Home(tmp_path))
    place.write_bytes(b'{"good": true}\n')
    done = limited(100, str(tmp_path), program=(sys.executable, "-c", FEEDBACK))
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)
    assert done.stdout.startswith("feedback cannot be kept: No space left on device; free some space, or name another")
    assert place.read_bytes() == b'{"good": true}\n'


# --- a home that may only be read


def test_a_home_that_may_only_be_read(own: Home, mine: str, cases: str) -> None:
    before = contents(own)
    folders = [path for path in own.root.rglob("*") if path.is_dir()]
    for path in (own.root, *folders):
        path.chmod(0o555)
    home = ("--home", str(own.root))
    try:
        status = bound(*home, "status", "--json")
        examined = bound(*home, "doctor", "--json")
        failed = [told(bound(*home, *words)) for words in (("add", mine, "--edition", "2.0"), ("build",))]
        failed.append(told(bound(*home, "eval", "run", cases), 2))
    finally:
        for path in (own.root, *folders):
            path.chmod(0o755)
    assert (status.returncode, status.stderr) == (0, "")
    assert json.loads(status.stdout)["index"]["generation"] == (own.index / "CURRENT").read_text("utf-8")
    assert [one["check"] for one in json.loads(examined.stdout)["checks"] if one["found"]] == ["home"]
    assert all("Permission denied" in line and "name another" in line for line in failed)
    assert contents(own) == before


# --- a home that goes away under a running app


def opened(view: str, ui: Lang) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=120)
    page.query_params["ui"], page.query_params["view"] = ui, view
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(("ui", "view"), [("zh", "ask"), ("en", "library")])
def test_a_home_that_gave_way_to_a_file_is_told_on_screen(
    own: Home, monkeypatch: pytest.MonkeyPatch, ui: Lang, view: str
) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(own.root))
    page = opened(view, ui)
    shutil.rmtree(own.root)
    own.root.write_text("a file, no folder", encoding="utf-8")
    if view == "ask":
        page.chat_input[0].set_value("什么是微调？")
    page.run()
    assert not page.exception
    shown = [text.value for text in page.text]
    assert shown[0] == tell("cannot_open", ui) and len(shown) == 2
    assert "cannot be written" in shown[1] and "name another with --home DIR" in shown[1] and "\n" not in shown[1]


@pytest.mark.soak
@pytest.mark.parametrize("view", VIEWS)
def test_a_home_that_was_deleted_is_built_anew_and_the_app_goes_on(
    own: Home, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(own.root))
    page = opened(view, "zh")
    shutil.rmtree(own.root)
    if view == "ask":
        page.chat_input[0].set_value("什么是微调？")
    page.run()
    assert not page.exception and (own.index / "CURRENT").exists()
    assert tell("cannot_open", "zh") not in [text.value for text in page.text]
    if view == "ask":
        turn = next(json.loads(one.proto.json)["view"] for one in page.get("bidi_component") if one.key == "turn-1")
        assert turn["citations"]


# --- builds at once, and who asks meanwhile


@pytest.mark.soak
def test_two_builds_at_once_end_well_and_who_asks_meanwhile_is_answered(tiaowen: Any, own: Home) -> None:
    before = (own.index / "CURRENT").read_text("utf-8")
    builds = [
        subprocess.Popen([*SMALL, "--home", str(own.root), "build", *options], stdout=-1, stderr=-1)
        for options in ((), ("--no-editorial",))
    ]
    asked = 0
    while any(build.poll() is None for build in builds):
        done = tiaowen("ask", "什么是微调？", "--json", home=own)
        assert (done.code, done.err) == (0, "")
        asked += 1
    assert asked > 1
    assert [(build.returncode, build.communicate()[1]) for build in builds] == [(0, b"")] * 2
    after = (own.index / "CURRENT").read_text("utf-8")
    assert after != before
    assert sorted(path.name for path in own.index.iterdir()) == sorted(["CURRENT", "build.lock", after])
