"""Ray workers: order, equal vectors, a worker killed in the middle, failures, and where Ray listens and writes."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fleet_work
import numpy as np
import pytest
from built import built_assistant, built_home
from fleets import descendants, listening, two_workers
from lineages import NEW, edition

from app.cli.eval_commands import asked_json
from app.cli.fleet_answers import answers
from app.cli.run_command import code_digest
from corpus.errors import EncoderUnavailable, RayFailed, RayUnavailable, UnusableInput
from corpus.records import LANGS
from eval.run import asked
from index.build import BATCH, _encoded, build
from index.encoder import StaticEncoder, open_encoder
from index.fleet import Fleet, Place, fleet_at
from index.fleet_encoder import TOGETHER, FleetEncoder, encoded
from index.fleet_start import PREFIX, own_folder

ASKED = ("日志要留存多久？", "What are the five risk levels?", "今天天气怎么样？")
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the user stands when Ray starts."""
    return tmp_path_factory.mktemp("stood")


@pytest.fixture(scope="module")
def fleet(stood: Path) -> Iterator[Fleet]:
    """One Ray for this file."""
    if find_spec("ray") is None:
        pytest.skip("extra `ray` is absent")
    with ExitStack() as stack:
        with chdir(stood):
            found = stack.enter_context(two_workers())
        yield found


def texts(count: int) -> list[str]:
    """Chinese and English by turns, no two alike."""
    return [f"第{at}条 数据泄露的风险" if at % 2 else f"Clause {at}: risk of data leakage" for at in range(count)]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("local", Place()),
        ("local:4", Place(workers=4)),
        ("10.0.0.5:6379", Place(address="10.0.0.5:6379")),
        ("[::1]:6379", Place(address="[::1]:6379")),
    ],
)
def test_a_place_is_read(written: str, place: Place) -> None:
    assert Place.read(written) == place


@pytest.mark.parametrize("written", ["", "local:0", "本机", "10.0.0.5", "host:99999", "ray://host:10001", "auto"])
def test_what_is_no_place_is_refused(written: str) -> None:
    with pytest.raises(UnusableInput, match=re.escape(f"--ray is {written!r}; write local")):
        Place.read(written)


def test_workers_give_the_vectors_that_this_process_gives(fleet: Fleet) -> None:
    some = texts(2 * TOGETHER * BATCH + 7)
    here, there = StaticEncoder(), FleetEncoder(fleet, None)
    assert (there.id, there.dimension) == (here.id, here.dimension)
    for kind in ("passage", "query"):
        assert _encoded(some, there, kind).tobytes() == _encoded(some, here, kind).tobytes()
    assert _encoded([], there).shape == (0, here.dimension)
    assert fleet.processes and os.getpid() not in fleet.processes


def test_a_build_by_workers_is_the_same_generation(fleet: Fleet, tmp_path: Path) -> None:
    documents = [edition(lang, "2.0", NEW[lang]) for lang in LANGS]
    plain = build(documents, tmp_path / "plain", editorial={})
    before = set(fleet.processes)
    fleet.processes.clear()
    other = build(documents, tmp_path / "ray", editorial={}, opened=partial(FleetEncoder, fleet))
    assert fleet.processes, "no worker has encoded anything"
    fleet.processes |= before
    assert other == plain
    for file in (tmp_path / "plain" / plain.generation).iterdir():
        assert (tmp_path / "ray" / plain.generation / file.name).read_bytes() == file.read_bytes(), file.name


@LINUX
def test_a_killed_worker_loses_nothing_and_doubles_nothing(fleet: Fleet, tmp_path: Path) -> None:
    batches = [[f"a{at}", f"条{at}"] for at in range(12)]
    found: list[list[str]] = []
    taking = threading.Thread(target=lambda: found.extend(fleet.map(fleet_work.held, batches, str(tmp_path))))
    taking.start()
    tries = tmp_path / "a0.tries"
    victim = int(fleet_work.until(tries, "\n"))
    os.kill(victim, signal.SIGKILL)
    fleet_work.until(tmp_path / "a2.tries", "\n")  # which only another worker than the two at work can have begun
    assert found == [] and victim not in descendants(os.getpid())
    (tmp_path / "go").touch()
    taking.join(fleet_work.PATIENCE)
    assert found == [[f"A{at}", f"条{at}"] for at in range(12)]
    first, again = tries.read_text("utf-8").split()
    assert int(first) == victim != int(again)
    assert all(len((tmp_path / f"a{at}.tries").read_text("utf-8").split()) == 1 for at in range(1, 12))


@LINUX
@pytest.mark.soak
def test_questions_answered_by_workers_one_of_them_killed_are_answered_as_here(fleet: Fleet) -> None:
    home, assistant = built_home(), built_assistant()
    questions = [(one, {"edition": scope} if scope else None) for one in ASKED for scope in ("", "1.0", "9.9")]
    made_from = assistant.retriever.generation, code_digest()
    parts = fleet.map(answers, [[one] for one in questions * 3], str(home.root), made_from, False)
    fleet.processes.clear()
    found = next(parts)
    os.kill(*fleet.processes, signal.SIGKILL)
    found += [one for part in parts for one in part]
    wanted = [asked(partial(asked_json, assistant), *one) for one in questions]
    assert len(found) == 3 * len(questions)
    assert [without_times(one) for one in found] == [without_times(one) for one in wanted * 3]


def without_times(answer: dict[str, Any]) -> str:
    """The bytes that are the same on every run."""
    return json.dumps({name: value for name, value in answer.items() if name != "ms"}, ensure_ascii=False)


def test_workers_over_another_index_or_code_answer_nothing(fleet: Fleet) -> None:
    made_from = built_assistant().retriever.generation, "0" * 16
    with pytest.raises(RayFailed, match=r"answers from index \w+, code \w+, not from \w+, 0000000000000000; give all"):
        list(fleet.map(answers, [[("日志？", None)]], str(built_home().root), made_from, False))


def test_a_batch_that_ends_every_worker_is_told(fleet: Fleet) -> None:
    impatient = Fleet(fleet._ray, 2, retries=1)
    with pytest.raises(RayFailed, match=r"lost a batch of work 2 times \(WorkerCrashedError\); give its workers more"):
        list(impatient.map(fleet_work.fatal, ["a"]))
    (rows,) = fleet.map(encoded, [[["日志"]]], None, StaticEncoder().id, "passage")
    assert rows.shape == (1, 256)


def test_what_breaks_in_a_worker_is_told_in_one_line(fleet: Fleet) -> None:
    with pytest.raises(RayFailed, match=r"^a Ray worker cannot do its work: KeyError: '条'; see that this version"):
        list(fleet.map(fleet_work.wrong, ["条"]))


def test_a_failure_of_ours_comes_back_as_itself(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(
        RayFailed, match=r"has the encoder 'tiaowen-static-1:.*', not 'other:1'; install the same"
    ) as one:
        list(fleet.map(encoded, [[["日志"]]], None, "other:1", "passage"))
    assert one.value.way_out.startswith("install the same Tiaowen")
    with pytest.raises(EncoderUnavailable, match="holds no sentence-transformers model"):
        list(fleet.map(encoded, [[["logs"]]], str(tmp_path), "other:1", "passage"))


def test_a_model_s_folder_is_named_from_the_root(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.fleet_encoder import _found_anywhere

    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    assert _found_anywhere("model") == str(tmp_path / "model")
    assert (_found_anywhere("BAAI/bge-m3"), _found_anywhere(None)) == ("BAAI/bge-m3", None)


@LINUX
def test_ray_listens_on_this_machine_alone(fleet: Fleet) -> None:
    ours = descendants(os.getpid())
    assert len(ours) > 3
    addresses = set(listening(ours | {os.getpid()}).values())
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    assert addresses and addresses <= loopback


def test_workers_import_nothing_from_where_the_user_stands(fleet: Fleet, stood: Path) -> None:
    (path,) = fleet.map(fleet_work.path, [None])
    assert Path(path[0]).name == "empty" and Path(path[0]).parent.name.startswith(PREFIX)
    assert str(stood) not in path


def test_workers_see_the_user_s_own_folder(fleet: Fleet) -> None:
    assert list(fleet.map(fleet_work.home, [None])) == [str(Path.home())]


def test_a_second_ray_in_one_process_is_refused(fleet: Fleet) -> None:
    with pytest.raises(RayUnavailable, match="connected to Ray already"), fleet_at(Place(workers=1)):
        pass
    (rows,) = fleet.map(encoded, [[["日志"]]], None, StaticEncoder().id, "passage")
    assert rows.any()


def test_no_ray_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    told = r"--ray needs ray, which is not installed .*; pip install ray, or do without --ray"
    with pytest.raises(RayUnavailable, match=told), fleet_at(Place(workers=1)):
        pass


@LINUX
def test_the_folder_of_a_killed_process_is_removed_and_that_of_a_living_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / "session").write_text("…", encoding="utf-8")
    with own_folder() as living:
        assert not left.exists()
        with own_folder() as other:
            assert living.is_dir() and other != living
        assert sorted(tmp_path.iterdir()) == [living]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.soak
def test_a_model_in_place_of_ours_gives_the_same_vectors_from_workers(fleet: Fleet, tiny: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="extra `models` is absent")
    some = [*texts(3 * TOGETHER * BATCH // 2), "", "  "]
    rows = _encoded(some, FleetEncoder(fleet, str(tiny)))
    assert rows.tobytes() == _encoded(some, open_encoder(str(tiny))).tobytes() and rows.any()


def test_rows_are_float32_of_the_batch(fleet: Fleet) -> None:
    one = StaticEncoder().encode(["日志", "logs"])
    (rows,) = fleet.map(encoded, [[["日志", "logs"]]], None, StaticEncoder().id, "query")
    assert rows.dtype == np.float32 and rows.tobytes() == one.tobytes()
