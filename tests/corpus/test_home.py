"""The home folder: where it is, what is written whole, and what is said where it cannot be written.

Tests may run as root, whom permission bits do not stop: a folder that cannot be made stands below a regular file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from corpus.errors import HomeUnusable
from corpus.home import Home, find_home, keep_raw, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_home_is_the_one_named_else_the_variable_else_the_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(tmp_path / "变量"))
    assert find_home(tmp_path / "named").root == tmp_path / "named"
    assert find_home(str(tmp_path / "named")).root == tmp_path / "named"
    assert find_home().root == tmp_path / "变量"
    monkeypatch.delenv("TIAOWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert find_home().root.name == "tiaowen"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_home("~/home").root == tmp_path / "home"


def test_the_places_in_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    places = (home.raw, home.store, home.index, home.runs, home.ocr, home.receipts)
    assert [place.name for place in places] == ["raw", "corpus.db", "index", "runs", "ocr", "receipts.db"]
    assert {place.parent for place in places} == {tmp_path}


def test_a_home_is_made_with_its_parents_and_left_empty(tmp_path: Path) -> None:
    home = Home(tmp_path / "甲" / "b")
    assert home.make() is home
    assert home.make().root.is_dir()
    assert names(home.root) == []


@pytest.mark.parametrize(("below", "reason"), [("home", "Not a directory"), ("", "File exists")])
def test_a_home_that_cannot_be_written_is_said_with_the_way_out(tmp_path: Path, below: str, reason: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    root = file / below if below else file
    with pytest.raises(HomeUnusable) as refused:
        Home(root).make()
    assert str(refused.value) == (
        f"the home {str(root)!r} cannot be written ({reason}); name another with --home DIR or TIAOWEN_HOME"
    )
    assert refused.value.exit_code == 1


def test_a_file_is_written_whole_over_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "文件.json"
    write_whole(path, b"old")
    write_whole(path, "新".encode())
    assert path.read_text(encoding="utf-8") == "新"
    assert names(path.parent) == ["文件.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text and not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["CURRENT"]


def test_a_name_that_cannot_be_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(folder, b"data")
    assert names(tmp_path) == ["taken"]
    assert folder.is_dir()


def test_a_very_long_name_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 80)
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


def test_raw_bytes_are_kept_once_under_their_digest(tmp_path: Path) -> None:
    home = Home(tmp_path)
    data = "《框架》".encode()
    digest = keep_raw(home.raw, data)
    assert digest == hashlib.sha256(data).hexdigest()
    before = (home.raw / digest).stat()
    assert keep_raw(home.raw, data) == digest
    after = (home.raw / digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert names(home.raw) == [digest]
    assert (home.raw / digest).read_bytes() == data


@pytest.mark.parametrize("folder", ["partial", "ocr", "index"])
def test_what_a_killed_process_left_unfinished_is_removed_by_the_next(tmp_path: Path, folder: str) -> None:
    fcntl = pytest.importorskip("fcntl")
    place = tmp_path / folder
    place.mkdir()
    for name in (".页.json.x1.part", "whole.json", ".hidden"):
        (place / name).write_bytes(b"{")
    handle = os.open(place, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_SH)  # as one who is writing there just now
    Home(tmp_path).make()
    assert names(place) == [".hidden", ".页.json.x1.part", "whole.json"]
    os.close(handle)
    Home(tmp_path).make()
    assert names(place) == [".hidden", "whole.json"]
