"""Building: from the bundled corpus to a live generation, the same bytes again, and the old one kept where it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from built import built_home, built_retriever, copied_home
from lineages import both
from small import document

from corpus.errors import EncoderUnavailable
from corpus.records import LANGS, Document
from corpus.store import EMPTY_DIGEST
from index.build import build, corpus_digest, effective
from index.encoder import open_encoder
from index.generation import current_generation
from index.retrieve import Retriever
from ingest.bundled import bundled_documents

SMALL = [document("zh"), document("en")]


def contents(root: Path) -> dict[str, bytes]:
    """Every file below, by its path."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# --- the bundled corpus


def test_the_bundled_corpus_is_built_whole() -> None:
    retriever = built_retriever()
    documents = bundled_documents()
    assert sorted(retriever.documents) == sorted((d.id, d.part) for d in documents)
    assert all(retriever.documents[d.id, d.part] == d for d in documents)
    assert sorted(retriever.lineages) == [("aisgf@1.0", "aisgf@2.0", lang) for lang in sorted(LANGS)]
    assert retriever.editions_with_text == ("aisgf@1.0", "aisgf@2.0")
    manifest = retriever.manifest
    assert manifest["passages"] == len(retriever.passages)
    assert manifest["encoder"] == {"spec": None, "id": open_encoder(None).id, "dimension": 256}
    assert (manifest["corpus_digest"], manifest["store_digest"]) == (corpus_digest(documents), EMPTY_DIGEST)


@pytest.mark.soak
def test_a_second_build_of_it_all_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "--home", str(tmp_path / "home"), "build", "--json"]
    done = subprocess.run(command, env=other_hashes(), capture_output=True, check=True, encoding="utf-8")
    assert json.loads(done.stdout)["generation"] == built_retriever().generation
    assert contents(tmp_path / "home" / "index") == contents(built_home().index)


# --- a small corpus


def test_what_is_built_can_be_searched(tmp_path: Path) -> None:
    steps: list[str] = []
    built = build(SMALL, tmp_path, store_digest="d", progress=steps.append)
    assert steps == ["passages", "vectors", "lexical", "comparisons", "calibration"]
    assert (built.documents, built.passages, built.lineages) == (2, 4, 0)
    assert current_generation(tmp_path) == tmp_path / built.generation
    retriever = Retriever.open(tmp_path)
    assert retriever.manifest["store_digest"] == "d"
    for question, lang in (("日志", "zh"), ("logs", "en")):
        assert retriever.search(question).hits[0].passage.clause == f"aisgf@2.0/{lang}#1.1"


BUILD_THERE = """
import sys
from pathlib import Path
from index.build import build
from lineages import both

build([*both("en"), *both("zh")], Path(sys.argv[1]), store_digest="d")
"""


def other_hashes() -> dict[str, str]:
    """The environment of a process in which sets and dictionaries of text have another order."""
    seed = "7" if os.environ.get("PYTHONHASHSEED") != "7" else "8"
    return {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}


def test_a_second_build_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    built = build([*both("zh"), *both("en")], here, store_digest="d")
    subprocess.run([sys.executable, "-c", BUILD_THERE, str(there)], env=other_hashes(), check=True)
    assert (built.lineages, len(contents(here))) == (2, 19)
    assert contents(there) == contents(here)


@pytest.mark.parametrize("lang", LANGS)
def test_one_language_alone_is_built(tmp_path: Path, lang: str) -> None:
    assert build([document(lang)], tmp_path).documents == 1
    for question in ("日志", "logs"):
        assert [hit.passage.lang for hit in Retriever.open(tmp_path).search(question).hits[:1]] == [lang]


def test_the_order_of_documents_makes_no_difference_and_their_status_does(tmp_path: Path) -> None:
    official = [SMALL[0], replace(SMALL[1], status="official")]
    names = [build(documents, tmp_path).generation for documents in (SMALL, SMALL[::-1], official)]
    assert names[0] == names[1] != names[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["CURRENT", "build.lock", names[2]])


def test_official_goes_before_supplied_and_supplied_before_our_digest() -> None:
    rows = [replace(SMALL[0], status=status) for status in ("digest", "official", "supplied")]
    notice = replace(SMALL[0], part="notice", status="digest")
    assert effective([*rows, SMALL[1], notice]) == [SMALL[1], rows[1], notice]
    assert effective([rows[0], rows[2]]) == [rows[2]]
    assert effective(rows[:1]) == rows[:1]
    assert corpus_digest(rows) == corpus_digest(rows[::-1]) != corpus_digest(rows[:1])


# --- a build that fails


def broken(rows: list[Document]) -> Iterator[Document]:
    yield from rows
    raise OSError(5, "the disk went away")


class Stop(Exception):
    """The build was stopped at a step."""


def stop_at(step: str) -> Callable[[str], None]:
    def progress(now: str) -> None:
        if now == step:
            raise Stop(step)

    return progress


def test_stopped_at_any_step_the_old_generation_stays(tmp_path: Path) -> None:
    build(SMALL[:1], tmp_path)
    before = contents(tmp_path)
    for step in ("passages", "vectors", "lexical", "comparisons", "calibration"):
        with pytest.raises(Stop):
            build(SMALL, tmp_path, progress=stop_at(step))
        assert contents(tmp_path) == before
    assert Retriever.open(tmp_path).search("日志").hits


def test_failing_for_its_documents_or_its_encoder_the_old_generation_stays(tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    before = contents(home.index)
    with pytest.raises(OSError, match="the disk went away"):
        build(broken(SMALL), home.index)  # type: ignore[arg-type]
    with pytest.raises(EncoderUnavailable, match="leave out --encoder"):
        build(SMALL, home.index, "./no such folder")
    assert contents(home.index) == before
    assert Retriever.open(home.index).search("日志").hits
