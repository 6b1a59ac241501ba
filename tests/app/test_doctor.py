"""`tiaowen doctor`: a whole home is well; every kind of damage is found, told with its way out, and mended by it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import built_home, copied_home
from lineages import NEW
from small_cli import short_texts

import ingest.bundled
from corpus.home import Home
from corpus.text import HAN
from ingest.layout import Line
from ingest.ocr import _keep as keep_page

CHECKS = [
    *("home", "store", "texts", "raw", "orphans", "index", "behind"),
    *("editorial", "runs", "ocr", "receipts", "feedback", "left"),
]
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return copied_home(tmp_path_factory.mktemp("doctor") / "home")


@pytest.fixture
def own(tiaowen: Run, base: Home, tmp_path: Path) -> Home:
    """A home to which a text was added after the index was built, and in which everything else was done once."""
    home = Home(tmp_path / "home")
    shutil.copytree(base.root, home.root)
    add(home, tiaowen)
    tiaowen("ask", "什么是微调？", home=home)
    keep_page(home.ocr / "ab.json", [Line("总则", 1.0, 2.0, 3.0, 4.0, 0.9)])
    (home.root / "feedback.jsonl").write_text('{"good": true}\n', encoding="utf-8")
    run = home.runs / "brief-0123"
    run.mkdir(parents=True)
    for name in ("summary.json", "meta.json", "answers.jsonl", "rows.jsonl", "cases.jsonl"):
        (run / name).write_text('{"case": "问"}\n', encoding="utf-8")
    return home


def add(home: Home, tiaowen: Run) -> None:
    file = home.root.with_name("mine.txt")
    file.write_text(NEW["zh"], encoding="utf-8")
    assert tiaowen("add", str(file), "--edition", "2.0", home=home).code == 0


def found(tiaowen: Run, home: Home) -> dict[str, str]:
    """What is wrong, by check; each is told with its way out, in either language."""
    done = tiaowen("doctor", "--json", home=home)
    checks = [one for one in done.json["checks"] if one["found"]]
    assert done.code == (1 if checks else 0) and done.json["whole"] == (not checks) and done.err == ""
    zh = tiaowen("--ui-lang", "zh", "doctor", "--json", home=home).json["checks"]
    assert [one["check"] for one in zh if one["found"]] == [one["check"] for one in checks]
    ways_out = [
        (one["mend"], in_zh["mend"]) for one, in_zh in zip(done.json["checks"], zh, strict=True) if one["found"]
    ]
    assert all(re.search("[a-z]", en) and not HAN.search(en) and HAN.search(zh) for en, zh in ways_out)
    return {one["check"]: one["found"] for one in checks}


def test_a_built_home_is_well(tiaowen: Run, home: Home) -> None:
    done = tiaowen("doctor", "--json", home=home)
    assert done.code == 0 and [one["check"] for one in done.json["checks"]] == CHECKS


@pytest.mark.parametrize(("ui", "well", "ill"), [("zh", "正常", "有误"), ("en", "ok", "wrong")])
def test_an_index_behind_its_texts_is_told_and_mended(tiaowen: Run, own: Home, ui: str, well: str, ill: str) -> None:
    assert list(found(tiaowen, own)) == ["behind"]
    lines = tiaowen("--ui-lang", ui, "doctor", home=own).out.splitlines()
    assert [line.split()[0] for line in lines] == [well if check != "behind" else ill for check in CHECKS]
    (line,) = (line for line in lines if line.startswith(ill))
    told = {
        "zh": "索引与文本：文本已变；运行 tiaowen build",
        "en": "the index against the texts: the texts have changed since; run: tiaowen build",
    }
    assert line.endswith(told["zh" if ui == "zh" else "en"])


# --- what damages a home, and what mends it


def flip(path: Path) -> None:
    """Turn over the lowest bit of the byte in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def sql(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def replaced(path: Path, by: bytes = "不是数据库".encode() * 200) -> None:
    path.write_bytes(by)


def page_with_another_word(home: Home) -> None:
    """Still JSON, but not what was read."""
    (page,) = home.ocr.iterdir()
    page.write_text(page.read_text("utf-8").replace("总则", "总贝"), encoding="utf-8")


def unfinished_run(home: Home) -> None:
    (home.runs / ".brief-0123.unfinished").mkdir()


def folder_of_receipts(home: Home) -> None:
    home.receipts.unlink()
    home.receipts.mkdir()


def leave(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")


def anew(home: Home, tiaowen: Run) -> None:
    for path in home.root.glob("corpus.db*"):
        path.unlink()
    add(home, tiaowen)


def taken_out_and_added(home: Home, tiaowen: Run) -> None:
    assert tiaowen("remove", "aisgf@2.0/zh", home=home).code == 0
    add(home, tiaowen)


def without(place: Callable[[Home], Path]) -> Callable[[Home, Run], None]:
    """Delete what is there."""

    def mend(home: Home, tiaowen: Run) -> None:
        path = place(home)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    return mend


Damage = tuple[Callable[[Home], None], Callable[[Home, Run], None]]
ROUNDS: tuple[dict[str, Damage], ...] = (
    {
        "store": (lambda home: replaced(home.store), anew),
        "editorial": (lambda h: leave(h.editorial / "a.toml"), without(lambda h: h.editorial)),
        "runs": (unfinished_run, without(lambda h: h.runs / ".brief-0123.unfinished")),
        "ocr": (lambda h: replaced(h.ocr / "ab.json"), without(lambda h: h.ocr / "ab.json")),
        "receipts": (lambda h: replaced(h.receipts), without(lambda h: h.receipts)),
        "feedback": (lambda h: cut(h.root / "feedback.jsonl"), without(lambda h: h.root / "feedback.jsonl")),
        "left": (lambda h: leave(h.root / "partial" / ".a.x.part"), without(lambda h: h.root / "partial")),
    },
    {
        "raw": (lambda h: flip(next(h.raw.iterdir())), add),
        "editorial": (lambda h: leave(h.editorial / "a.jsonl"), without(lambda h: h.editorial)),
        "runs": (lambda h: cut(h.runs / "brief-0123" / "rows.jsonl"), without(lambda h: h.runs / "brief-0123")),
        "ocr": (page_with_another_word, without(lambda h: h.ocr / "ab.json")),
        "receipts": (lambda h: cut(h.receipts), without(lambda h: h.receipts)),
        "left": (lambda h: leave(h.index / ".building-a" / "x"), without(lambda h: h.index / ".building-a")),
    },
    {
        "raw": (lambda h: next(h.raw.iterdir()).unlink(), add),
        "orphans": (lambda h: leave(h.raw / ("2d" * 32)), without(lambda h: h.raw / ("2d" * 32))),
        "runs": (lambda h: (h.runs / "brief-0123" / "summary.json").unlink(), without(lambda h: h.runs / "brief-0123")),
        "receipts": (lambda h: sql(h.receipts, "DROP TABLE receipts"), without(lambda h: h.receipts)),
        "left": (lambda h: leave(h.index / "0123456789abcdef" / "x"), without(lambda h: h.index / "0123456789abcdef")),
    },
    {
        "texts": (lambda h: sql(h.store, "UPDATE documents SET head = replace(head, '日', '曰')"), taken_out_and_added),
        "runs": (lambda h: replaced(h.runs / "brief-0123" / "cases.jsonl"), without(lambda h: h.runs / "brief-0123")),
    },
    {
        "store": (lambda h: cut(h.store), anew),
        "receipts": (folder_of_receipts, without(lambda h: h.receipts)),
    },
)


@pytest.mark.parametrize("damages", ROUNDS, ids="+".join)
def test_damage_is_found_where_it_is_and_mended_as_told(tiaowen: Run, own: Home, damages: dict[str, Damage]) -> None:
    for damage, _ in damages.values():
        damage(own)
    wrong = found(tiaowen, own)
    assert set(wrong) - {"behind"} == set(damages), wrong
    for _, mend in damages.values():
        mend(own, tiaowen)
    assert set(found(tiaowen, own)) <= {"behind"}


@pytest.mark.parametrize("check", ["store", "receipts"])
def test_what_a_newer_version_wrote_is_told_with_an_upgrade(tiaowen: Run, own: Home, check: str) -> None:
    sql(own.store, "UPDATE meta SET value = '99'") if check == "store" else sql(
        own.receipts, "PRAGMA user_version = 99"
    )
    wrong = found(tiaowen, own)
    assert set(wrong) - {"behind"} == {check} and "newer Tiaowen" in wrong[check]
    checks = tiaowen("doctor", "--json", home=own).json["checks"]
    assert next(one["mend"] for one in checks if one["check"] == check).startswith("upgrade Tiaowen")


def test_a_home_that_is_not_there_is_told(tiaowen: Run, own: Home) -> None:
    own.root.rename(own.root.with_name("elsewhere"))
    assert set(found(tiaowen, own)) == {"home"}


def live(home: Home) -> Path:
    return home.index / (home.index / "CURRENT").read_text("utf-8")


INDEX: dict[str, Callable[[Home], None]] = {
    "a flipped byte": lambda home: flip(live(home) / "vectors.faiss"),
    "a flipped byte in its manifest": lambda home: flip(live(home) / "manifest.json"),
    "a file cut short": lambda home: cut(live(home) / "documents.jsonl"),
    "a missing file": lambda home: (live(home) / "spelling.json").unlink(),
    "a missing generation": lambda home: shutil.rmtree(live(home)),
    "a flipped byte in its name": lambda home: flip(home.index / "CURRENT"),
    "a name that is no text": lambda home: replaced(home.index / "CURRENT", b"\xff\xfe"),
    "no name": lambda home: (home.index / "CURRENT").unlink(),
}


@pytest.mark.parametrize("damage", INDEX)
def test_a_damaged_index_is_found(tiaowen: Run, own: Home, damage: str) -> None:
    INDEX[damage](own)
    assert {"index"} <= set(found(tiaowen, own)) <= {"index", "left"}
    told = tiaowen("status", "--json", home=own)
    assert (told.code, told.err) == (0, "")
    assert (
        told.json["index"] is None if damage == "no name" else told.json["index"]["damaged"].endswith("tiaowen build")
    )


@pytest.mark.soak
def test_one_build_mends_an_index_and_takes_away_what_was_left(
    tiaowen: Run, own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_home()
    monkeypatch.setattr(ingest.bundled, "bundled_documents", short_texts)
    shutil.copytree(live(own), own.index / "0123456789abcdef")
    for place in (own.root / "partial", own.ocr, own.index, own.index / ".building-x"):
        leave(place / ".a.x.part")
    INDEX["a flipped byte"](own)
    assert set(found(tiaowen, own)) == {"index", "left"}
    assert tiaowen("build", home=own).code == 0
    assert found(tiaowen, own) == {}
    assert sorted(path.name for path in own.index.iterdir()) == sorted(["CURRENT", "build.lock", live(own).name])
    assert json.loads((live(own) / "manifest.json").read_bytes())["passages"]
