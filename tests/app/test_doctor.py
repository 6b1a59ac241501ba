"""`tiaowen doctor`: a whole home is well; every kind of damage is found, named in one line and mended as it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from lineages import NEW

from corpus.home import Home

CHECKS = ["home", "store", "texts", "raw", "orphans", "index", "behind", "receipts", "left"]


@pytest.fixture
def own(tiaowen: Any, tmp_path: Path) -> Home:
    """A home to which a text was added after the index was built."""
    home = copied_home(tmp_path / "home")
    file = tmp_path / "mine.txt"
    file.write_text(NEW["zh"], encoding="utf-8")
    assert tiaowen("add", str(file), "--edition", "2.0", home=home).code == 0
    tiaowen("ask", "什么是微调？", home=home)
    return home


def found(tiaowen: Any, home: Home) -> dict[str, str]:
    """What is wrong, by check."""
    done = tiaowen("doctor", "--json", home=home)
    wrong = {one["check"]: one["found"] for one in done.json["checks"] if one["found"]}
    assert done.code == (1 if wrong else 0) and done.json["whole"] == (not wrong) and done.err == ""
    assert all(one["mend"] for one in done.json["checks"] if one["found"])
    return wrong


def test_a_built_home_is_well(tiaowen: Any, home: Home) -> None:
    done = tiaowen("doctor", "--json", home=home)
    assert done.code == 0 and [one["check"] for one in done.json["checks"]] == CHECKS


@pytest.mark.parametrize(("ui", "well", "ill"), [("zh", "正常", "有误"), ("en", "ok", "wrong")])
def test_an_index_behind_its_texts_is_told_and_mended(tiaowen: Any, own: Home, ui: str, well: str, ill: str) -> None:
    assert list(found(tiaowen, own)) == ["behind"]
    lines = tiaowen("--ui-lang", ui, "doctor", home=own).out.splitlines()
    assert [line.split()[0] for line in lines] == [well if check != "behind" else ill for check in CHECKS]
    assert next(line for line in lines if line.startswith(ill)).endswith("tiaowen build")


def _no_home(home: Home) -> None:
    home.root.rename(home.root.with_name("elsewhere"))


def _store(home: Home) -> None:
    home.store.write_bytes(b"not a database at all" * 200)


def _raw_changed(home: Home) -> None:
    next(home.raw.iterdir()).write_bytes(b"x")


def _raw_gone(home: Home) -> None:
    next(home.raw.iterdir()).unlink()


def _orphan(home: Home) -> None:
    (home.raw / "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881").write_bytes(b"x")


def _vectors(home: Home) -> None:
    file = next(home.index.glob("*/vectors.faiss"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _no_index(home: Home) -> None:
    (home.index / "CURRENT").unlink()


def _receipts(home: Home) -> None:
    home.receipts.write_bytes(b"not a database at all" * 200)


def _left(home: Home) -> None:
    (home.root / "partial").mkdir(exist_ok=True)
    (home.root / "partial" / ".abc.xyz.part").write_bytes(b"half")


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (_no_home, "home"),
        (_store, "store"),
        (_raw_changed, "raw"),
        (_raw_gone, "raw"),
        (_orphan, "orphans"),
        (_vectors, "index"),
        (_no_index, "index"),
        (_receipts, "receipts"),
        (_left, "left"),
    ],
)
def test_damage_is_found_where_it_is(tiaowen: Any, own: Home, damage: Callable[[Home], None], check: str) -> None:
    damage(own)
    assert set(found(tiaowen, own)) - {"behind"} == {check}
