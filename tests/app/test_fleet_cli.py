"""`--ray`: refusals in one line, and, in `make soak`, whole commands by Ray workers, their conductor killed too."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from fleets import descendants, listening, two_workers

from corpus.home import Home
from index.fleet_start import PREFIX

PATIENCE = 90.0
SMALL = (sys.executable, str(Path(__file__).parents[1] / "small_cli.py"))
QUESTIONS = ("日志要留存多久？", "How long must logs be kept?", "什么是微调？", "What is fine-tuning?")


@pytest.fixture
def questions(file: Any) -> str:
    """Forty cases, in both languages."""
    rows = [
        {"id": f"{at}", "lang": "en" if at % 2 else "zh", "question": QUESTIONS[at % 4], "clauses": ["2.0#6.3.6"]}
        for at in range(40)
    ]
    return str(file("cases.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)))


def test_what_is_no_place_is_refused_before_anything_is_done(tiaowen: Any, empty: Home) -> None:
    done = tiaowen("build", "--ray", "10.0.0.5", home=empty)
    way_out = "write local, local:4 for four processes, or HOST:PORT of a Ray cluster"
    assert (done.code, done.line) == (2, f"tiaowen: --ray is '10.0.0.5'; {way_out}")
    assert not empty.index.exists()


def test_jobs_and_ray_exclude_each_other(tiaowen: Any, home: Home, questions: str) -> None:
    done = tiaowen("eval", "run", questions, "--ray", "local", "--jobs", "2", home=home)
    assert (done.code, done.line.partition("; ")[2]) == (2, "name processes as --ray local:4")


@pytest.mark.parametrize("words", [("build",), ("eval", "scale", "60"), ("eval", "run", "brief")])
def test_nobody_at_the_address_is_told_and_nothing_is_done_here_instead(
    tiaowen: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    home = copied_home(tmp_path / "home")
    before = sorted(home.root.rglob("*"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = tiaowen(*words, "--ray", f"127.0.0.1:{port}", home=home)
    assert done.code == 1 and done.line.startswith(f"tiaowen: no Ray answers at 127.0.0.1:{port}: ")
    assert done.line.endswith(
        "see that `ray start --head` runs there, with the same Ray and token, or do without --ray"
    )
    left = {path for path in home.root.rglob("*") if "unfinished" not in str(path) and path.name != "runs"}
    assert sorted(left) == before


def test_without_the_extra_one_line_names_it(tiaowen: Any, empty: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    done = tiaowen("build", "--ray", "local", "--json", home=empty)
    assert done.code == 1 and done.json["way_out"] == "pip install ray, or do without --ray"
    assert not empty.index.exists()


def until(seen: Callable[[], object], what: str) -> Any:
    """Wait for a condition; what it gives."""
    until_at = time.monotonic() + PATIENCE
    while not (found := seen()):
        assert time.monotonic() < until_at, what
        time.sleep(0.01)
    return found


@contextlib.contextmanager
def started(command: tuple[str, ...], home: Home, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command with a pipe for each of its streams."""
    pipe = subprocess.PIPE
    whole = [*command, "--home", str(home.root), *words]
    with subprocess.Popen(whole, stdout=pipe, stderr=pipe, encoding="utf-8") as running:
        try:
            yield running
        finally:
            running.kill()


def named(process: int) -> str:
    """What a process calls itself; nothing for one that has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def at_work(process: int) -> list[int]:
    """The Ray workers below a process that are in the middle of a task."""
    return [one for one in descendants(process) if named(one).startswith("ray::_done_by")]


@pytest.mark.soak
def test_an_evaluation_by_workers_one_of_them_killed_writes_the_rows_of_one_process(
    tiaowen: Any, home: Home, questions: str, tmp_path: Path
) -> None:
    assert tiaowen("eval", "run", questions, "--out", str(tmp_path / "one"), home=home).code == 0
    words = ("eval", "run", questions, "--out", str(tmp_path / "ray"), "--ray", "local:2", "--json")
    with started((sys.executable, "-m", "app.cli"), home, *words) as running:
        victim = until(lambda: at_work(running.pid), "no worker at work")[0]
        os.kill(victim, signal.SIGKILL)
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, err
    assert json.loads(out)["n"] == 40 and "Ray is ready: 2 worker processes" in err
    for name in ("rows.jsonl", "cases.jsonl", "meta.json"):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "one" / name).read_bytes(), name


@pytest.mark.soak
def test_a_build_by_workers_whose_conductor_is_killed_leaves_the_index_before_and_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", tempfile.mkdtemp(prefix="t-", dir="/tmp"))  # short: Ray puts sockets there
    place = Path(os.environ["TMPDIR"])
    home = copied_home(tmp_path / "home")
    before = (home.index / "CURRENT").read_bytes()
    with started(SMALL, home, "build", "--ray", "local:2") as running:
        until(lambda: any(named(one).startswith("ray::") for one in descendants(running.pid)), "Ray did not start")
        family = descendants(running.pid)
        running.kill()
        running.wait()
    until(lambda: not any("ray" in named(one) for one in family), "Ray lives on")
    assert (home.index / "CURRENT").read_bytes() == before
    left = list(place.glob(f"{PREFIX}*"))
    assert len(left) == 1
    for words in (("build", "--ray", "local:2"), ("build",)):
        with started(SMALL, home, *words) as running:
            said = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, said
        assert list(place.iterdir()) == []
    assert (home.index / "CURRENT").read_bytes() != before
    place.rmdir()


@pytest.mark.soak
def test_a_cluster_that_runs_already_builds_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.fleet_start import _of_our_own

    home, plain = copied_home(tmp_path / "home"), copied_home(tmp_path / "plain")
    with two_workers() as fleet:
        ours = descendants(os.getpid())
        for name, value in _of_our_own().items():
            monkeypatch.setenv(name, value)
        address = fleet._ray.get_runtime_context().gcs_address
        for where, words in ((home, ("--ray", address)), (plain, ())):
            with started(SMALL, where, "build", *words) as running:
                said = running.communicate(timeout=PATIENCE)
            assert running.returncode == 0, said
        assert listening(ours) and list(fleet.map(str.upper, ["a"])) == ["A"]
    assert (home.index / "CURRENT").read_bytes() == (plain.index / "CURRENT").read_bytes()


@pytest.mark.soak
def test_somebody_else_at_the_address_is_told(empty: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with started(SMALL, empty, "build", "--ray", address) as running:
            _, err = running.communicate(timeout=PATIENCE)
    (line,) = err.splitlines()
    assert running.returncode == 1 and line.startswith(f"tiaowen: no Ray answers at {address}: ")
