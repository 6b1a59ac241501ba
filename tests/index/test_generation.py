"""Generations: complete before they are named, checked when they are opened, and a crash at any instant leaves the old one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from built import built_home, copied_home

from corpus.errors import HomeUnusable, IndexDamaged
from corpus.home import alone
from index.generation import FORMAT, current_generation, open_current, open_generation, write_generation
from index.retrieve import Retriever

SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
FILES = {"passages.jsonl": "日志六个月\n".encode(), "vectors.faiss": b"\x00\x01\x02"}
NAMES = (
    "documents.jsonl",
    "passages.jsonl",
    "passages.safetensors",
    "lineage.jsonl",
    "twins.jsonl",
    "vectors.faiss",
    "questions.safetensors",
    "spelling.json",
)
LEXICAL = tuple(
    f"{field}.{lang}.safetensors" for field in ("lexical", "heading", "editorial", "asked") for lang in ("zh", "en")
)


def flip(path: Path, at: int) -> None:
    """Turn over the lowest bit of one byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def listed(root: Path) -> list[str]:
    """What stands in an index folder, but for the lock that builds take."""
    return sorted(entry.name for entry in root.iterdir() if entry.name != "build.lock")


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {"passages": 1})
    folder = current_generation(tmp_path)
    assert folder == tmp_path / name
    manifest, files = open_generation(folder)
    assert files == FILES
    assert (manifest["passages"], manifest["format"], sorted(manifest["files"])) == (1, FORMAT, sorted(FILES))
    assert listed(tmp_path) == sorted([name, "CURRENT"])


def test_the_same_content_has_the_same_name_and_is_kept_as_it_is(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {"passages": 1})
    before = {path: path.stat().st_ino for path in (tmp_path / name).iterdir()}
    assert write_generation(tmp_path, dict(reversed(FILES.items())), {"passages": 1}) == name
    assert {path: path.stat().st_ino for path in (tmp_path / name).iterdir()} == before
    assert write_generation(tmp_path / "elsewhere", FILES, {"passages": 1}) == name


def test_other_content_has_another_name_and_the_old_generation_goes(tmp_path: Path) -> None:
    old = write_generation(tmp_path, FILES, {"passages": 1})
    new = write_generation(tmp_path, FILES, {"passages": 2})
    assert new != old
    assert listed(tmp_path) == sorted([new, "CURRENT"])


def test_before_the_first_build_there_is_none(tmp_path: Path) -> None:
    assert current_generation(tmp_path) is None
    assert current_generation(tmp_path / "nowhere") is None
    with pytest.raises(IndexDamaged, match=r"there is no index yet; run: tiaowen build"):
        Retriever.open(tmp_path)


# --- a process killed between steps


def test_killed_while_building_the_old_one_serves_and_the_rest_is_swept(tmp_path: Path) -> None:
    old = write_generation(tmp_path, FILES, {"passages": 1})
    torn = tmp_path / ".building-abcd"
    torn.mkdir()
    (torn / "vectors.faiss").write_bytes(b"\x00")
    assert current_generation(tmp_path) == tmp_path / old
    new = write_generation(tmp_path, FILES, {"passages": 2})
    assert listed(tmp_path) == sorted([new, "CURRENT"])


def test_killed_before_it_was_named_the_old_one_serves(tmp_path: Path) -> None:
    new = write_generation(tmp_path, FILES, {"passages": 2})
    old = write_generation(tmp_path / "before", FILES, {"passages": 1})
    shutil.move(tmp_path / "before" / old, tmp_path / old)
    shutil.rmtree(tmp_path / "before")
    (tmp_path / "CURRENT").write_text(old, encoding="utf-8")
    assert current_generation(tmp_path) == tmp_path / old
    assert write_generation(tmp_path, FILES, {"passages": 2}) == new
    assert listed(tmp_path) == sorted([new, "CURRENT"])


def test_killed_before_the_first_one_was_named_there_is_none_yet(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {"passages": 1})
    (tmp_path / "CURRENT").unlink()
    assert current_generation(tmp_path) is None
    assert write_generation(tmp_path, FILES, {"passages": 1}) == name
    assert current_generation(tmp_path) == tmp_path / name


def test_killed_while_a_file_was_written_the_folder_is_made_again(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {"passages": 1})
    (tmp_path / name / "vectors.faiss").write_bytes(b"\x00")
    assert write_generation(tmp_path, FILES, {"passages": 1}) == name
    assert open_generation(tmp_path / name)[1] == FILES


def test_a_disk_that_refuses_leaves_the_old_one(tmp_path: Path) -> None:
    old = write_generation(tmp_path, FILES, {"passages": 1})
    with pytest.raises(OSError):
        write_generation(tmp_path, {**FILES, "x" * 300: b"a name no file system takes"}, {"passages": 2})
    assert current_generation(tmp_path) == tmp_path / old
    assert listed(tmp_path) == sorted([old, "CURRENT"])


# --- several processes at once


WRITER = """
import sys
from pathlib import Path
from index.generation import write_generation

root, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for at in range(count):
    files = {f"{at}.bin": bytes([at]) * 9000 for at in range(6)}
    write_generation(root, files, {"passages": at, "who": who if at % 3 else "both"})
"""


def writers(root: Path, count: int) -> list[subprocess.Popen[bytes]]:
    """Three processes that each make so many generations live, every third one the same as the others'."""
    command = [sys.executable, "-c", WRITER, str(root)]
    top = str(Path(__file__).parents[2])
    return [subprocess.Popen([*command, who, str(count)], cwd=top, stderr=-1) for who in ("甲", "b", "c")]


def test_builds_at_once_all_end_well_and_who_reads_meanwhile_has_one_of_them(tmp_path: Path) -> None:
    write_generation(tmp_path, {"0.bin": b"\x00"}, {"passages": -1, "who": "before"})
    running, seen = writers(tmp_path, 150 if SOAK else 15), set()
    while any(process.poll() is None for process in running):
        found = open_current(tmp_path)
        assert found is not None
        seen.add(found[0].name)
    assert [(process.returncode, process.communicate()[1]) for process in running] == [(0, b"")] * 3
    found = open_current(tmp_path)
    assert found is not None and found[1]["who"] != "before"
    assert len(seen) > 1
    assert listed(tmp_path) == sorted([found[0].name, "CURRENT"])


def test_a_build_that_another_keeps_waiting_is_told(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "build.lock", "build"),
        pytest.raises(HomeUnusable, match=r"^another build of this home is running; wait for it to end$"),
        alone(tmp_path / "build.lock", "build", 0.01),
    ):
        pass
    with alone(tmp_path / "build.lock", "build"):
        assert (tmp_path / "build.lock").stat().st_size == 0


# --- damage


@pytest.mark.parametrize("name", [*NAMES, *LEXICAL])
def test_a_flipped_bit_anywhere_is_refused(tmp_path: Path, name: str) -> None:
    live = current_generation(built_home().index)
    assert live is not None
    folder = tmp_path / live.name
    shutil.copytree(live, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["manifest.json", *NAMES, *LEXICAL])
    assert open_generation(folder)
    flip(folder / name, (folder / name).stat().st_size // 2)
    with pytest.raises(IndexDamaged, match=r"run: tiaowen build$"):
        open_generation(folder)


def test_a_mismatch_names_the_file_and_both_digests(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {})
    flip(tmp_path / name / "vectors.faiss", 1)
    with pytest.raises(
        IndexDamaged, match=r"^vectors\.faiss has digest [0-9a-f]{12}…, its manifest says [0-9a-f]{12}…; run: tiaowen"
    ):
        open_generation(tmp_path / name)


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {"calibration": {"thresholds": {"zh": 0.31}}})
    manifest = tmp_path / name / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("0.31", "0.91"), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"run: tiaowen build$"):
        open_generation(tmp_path / name)


@pytest.mark.parametrize("gone", ["manifest.json", "vectors.faiss"])
def test_a_missing_file_is_refused(tmp_path: Path, gone: str) -> None:
    name = write_generation(tmp_path, FILES, {})
    (tmp_path / name / gone).unlink()
    with pytest.raises(IndexDamaged, match=r"cannot be read .*; run: tiaowen build$"):
        open_generation(tmp_path / name)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": 1}', "\u0000"])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    name = write_generation(tmp_path, FILES, {})
    (tmp_path / name / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"run: tiaowen build$"):
        open_generation(tmp_path / name)


def test_another_format_is_refused(tmp_path: Path) -> None:
    name = write_generation(tmp_path, FILES, {})
    path = tmp_path / name / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 2}), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"tiaowen build$"):
        open_generation(tmp_path / name)


@pytest.mark.parametrize("named", ["", "0123456789abcdef", "../elsewhere", "a/b"])
def test_a_name_without_a_folder_is_refused(tmp_path: Path, named: str) -> None:
    write_generation(tmp_path, FILES, {})
    (tmp_path / "CURRENT").write_text(named, encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"is not there; run: tiaowen build$"):
        current_generation(tmp_path)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    write_generation(tmp_path, FILES, {})
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe")
    with pytest.raises(IndexDamaged, match=r"run: tiaowen build$"):
        current_generation(tmp_path)


def test_an_index_of_another_encoder_is_refused(tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    folder = current_generation(home.index)
    assert folder is not None
    manifest, files = open_generation(folder)
    plain = {key: value for key, value in manifest.items() if key not in ("files", "format")}
    write_generation(home.index, files, {**plain, "encoder": {**plain["encoder"], "id": "other-1:000000000000"}})
    with pytest.raises(
        IndexDamaged, match=r"built with the encoder other-1:0{12}, this one is .*; run: tiaowen build$"
    ):
        Retriever.open(home.index)
