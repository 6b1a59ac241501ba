"""`doctor`: is what the home holds whole, and of one piece? Looks at everything, changes nothing, says what mends it.

home ─> store ─> texts ─> files ─> index ─> vectors ─> index against texts ─> editorial ─> runs
     ─> OCR ─> receipts ─> feedback ─> leftovers
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from app.cli.session import Session
from app.messages import tell
from corpus.errors import EncoderUnavailable, HomeTooNew, TiaowenError
from corpus.home import Home, is_whole
from corpus.records import Lang
from corpus.store import EMPTY_DIGEST, CorpusStore, connect_to_read, is_place

_SHOWN, _DIGITS = 4, 12
"""Names shown of what is wrong in the same way, and characters of a digest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, what is wrong with it ("" where nothing is), what mends that."""

    check: str
    found: str = ""
    mend: str = ""


def examine_home(session: Session) -> None:
    """Print every finding; exit code 1 where something is wrong."""
    findings = [one if one.found else Finding(one.check) for one in examined(session.home, session.lang)]
    wrong = [one for one in findings if one.found]
    value = {"home": str(session.home.root), "whole": not wrong, "checks": [asdict(one) for one in findings]}
    session.out(value, lambda: "\n".join(_line(session, one) for one in findings))
    if wrong:
        raise typer.Exit(1)


def _line(session: Session, one: Finding) -> str:
    name = tell(f"doctor_{one.check}", session.lang)
    if not one.found:
        return tell("doctor_well", session.lang, check=name)
    return tell("doctor_ill", session.lang, check=name, found=one.found, mend=one.mend)


def examined(home: Home, lang: Lang) -> Iterator[Finding]:
    """The findings in order, told in a language; what cannot be looked at because of an earlier one is left out."""
    place = _place(home, lang)
    yield place
    if not home.root.is_dir():
        return
    store = _store(home, lang)
    yield store
    if not store.found:
        yield from _texts(home, lang)
    yield from _index(home, lang, bool(store.found))
    yield _editorial(home, lang)
    yield _runs(home, lang)
    yield _ocr(home, lang)
    yield _receipts(home, lang)
    yield _feedback(home, lang)
    yield _left(home, lang)


def _place(home: Home, lang: Lang) -> Finding:
    if not home.root.is_dir():
        return Finding("home", tell("ill_no_home", lang, home=home.root), tell("mend_home", lang))
    writable = os.access(home.root, os.W_OK)
    return Finding("home", "" if writable else tell("ill_read_only", lang), tell("mend_read_only", lang))


def _store(home: Home, lang: Lang) -> Finding:
    """As SQLite sees it, and whether this version can read it."""
    return _sqlite("store", home.store, lang, lambda path: CorpusStore(path).close())


def _sqlite(check: str, path: Path, lang: Lang, read: Callable[[Path], object]) -> Finding:
    """SQLite's own examination of a file, then our reading of it; one that is not there yet is well."""
    if not path.exists():
        return Finding(check)
    mend = tell(f"mend_{check}", lang)
    try:
        with closing(connect_to_read(path)) as db:
            told = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except (sqlite3.Error, UnicodeDecodeError) as error:
        told = str(error)
        mend = tell("mend_place", lang) if path.is_file() and is_place(error) else mend
    if told != "ok":
        return Finding(check, f"{path.name}: {' '.join(told.split())[:200]}", mend)
    try:
        read(path)
    except HomeTooNew as error:
        return Finding(check, error.message, tell("mend_newer", lang))
    except TiaowenError as error:
        return Finding(check, error.message, mend)
    return Finding(check)


def _short(name: str) -> str:
    """The start of a digest: `5a0d5b2a9f31…`; a short name as it is."""
    return name if len(name) <= _DIGITS else f"{name[:_DIGITS]}…"


def _several(names: list[str]) -> str:
    """`3: a, b, c`, or nothing."""
    return f"{len(names)}: {', '.join(names[:_SHOWN])}{' …' if len(names) > _SHOWN else ''}" if names else ""


# --- texts and the files they were read from


def _texts(home: Home, lang: Lang) -> Iterator[Finding]:
    """Every current text against its digest, and its clauses against its text; every raw file against its name."""
    named: set[str] = set()
    if home.store.exists():
        try:
            with CorpusStore(home.store) as store:
                store.current()
                named = {sha for (sha,) in store.connection.execute("SELECT raw_sha256 FROM documents") if sha}
                named |= {one.sha256 for one in store.fetches() if one.sha256}
        except TiaowenError as error:
            yield Finding("texts", error.message, tell("mend_texts", lang))
            return
    yield Finding("texts")
    there = {path.name: path for path in home.raw.iterdir()} if home.raw.is_dir() else {}
    missing = [f"raw/{_short(name)} {tell('ill_missing', lang)}" for name in sorted(named - there.keys())]
    known = sorted(named & there.keys())
    changed = [f"raw/{_short(name)} {tell('ill_changed', lang)}" for name in known if not is_whole(there[name])]
    yield Finding("raw", _several(missing + changed), tell("mend_raw", lang))
    orphans = [f"raw/{_short(name)}" for name in sorted(there.keys() - named)]
    yield Finding("orphans", _several(orphans), tell("mend_orphans", lang))


# --- the index


def _index(home: Home, lang: Lang, alone: bool) -> Iterator[Finding]:
    """The live generation against its manifest, its encoder, and, not `alone`, the texts that answers should be made from."""
    from index.encoder import open_encoder
    from index.generation import open_current

    try:
        found = open_current(home.index)
        if found is None:
            yield Finding("index", tell("ill_no_index", lang), tell("mend_index", lang))
            return
        folder, manifest, _ = found
        encoder: Any = open_encoder(manifest["encoder"]["spec"])
    except EncoderUnavailable as error:
        yield Finding("index", error.message, tell("mend_encoder", lang))
        return
    except TiaowenError as error:
        yield Finding("index", error.message, tell("mend_index", lang))
        return
    other = manifest["encoder"]["id"]
    yield Finding(
        "index", "" if encoder.id == other else tell("ill_encoder", lang, encoder=other), tell("mend_index", lang)
    )
    if manifest.get("store"):
        yield _vectors(manifest, folder.name, lang)
    if not alone:
        yield from _behind(home, lang, manifest)


def _vectors(manifest: dict[str, Any], generation: str, lang: Lang) -> Finding:
    """Where they are in a store of their own: does it answer, and hold as many as it should?"""
    from index.stores.upkeep import look

    state = look(manifest, generation)
    if state is None or (not state.wrong and state.count == state.expected):
        return Finding("vectors")
    told = state.wrong or tell("ill_count", lang, uri=state.uri, count=state.count, expected=state.expected)
    return Finding("vectors", told, tell("mend_vectors", lang))


def _behind(home: Home, lang: Lang, manifest: dict[str, Any]) -> Iterator[Finding]:
    from index.build import corpus_digest
    from ingest.bundled import bundled_documents

    documents = bundled_documents()
    digest = EMPTY_DIGEST
    if home.store.exists():
        try:
            with CorpusStore(home.store) as store:
                documents += [one.document for one in store.current()]
                digest = store.digest()
        except TiaowenError:
            return  # told where the texts are examined
    behind = manifest["store_digest"] != digest or manifest["corpus_digest"] != corpus_digest(documents)
    yield Finding("behind", tell("ill_behind", lang) if behind else "", tell("mend_index", lang))


def _editorial(home: Home, lang: Lang) -> Finding:
    """The user's own additions, without which no index can be built."""
    from corpus.editorial import load_editorial

    try:
        load_editorial(home.editorial)
    except TiaowenError as error:
        return Finding("editorial", error.message, tell("mend_editorial", lang))
    return Finding("editorial")


# --- what commands write beside texts and index


def _runs(home: Home, lang: Lang) -> Finding:
    """Evaluation runs: complete, and every line of them JSON."""
    wrong = []
    for folder in sorted(home.runs.iterdir()) if home.runs.is_dir() else ():
        if folder.name.startswith("."):
            wrong.append(f"runs/{folder.name} {tell('ill_unfinished', lang)}")
        elif folder.is_dir():
            names = {"summary.json", "answers.jsonl", "rows.jsonl", "cases.jsonl", "meta.json"}
            names |= {path.name for path in folder.glob("*.json*")}
            wrong += [f"runs/{folder.name}/{name}" for name in sorted(names) if not _is_json(folder / name)]
    return Finding("runs", _several(wrong), tell("mend_runs", lang))


def _is_json(path: Path) -> bool:
    """Whether a file is one JSON value, or one a line where its name ends in `l`."""
    try:
        text = path.read_text(encoding="utf-8")
        for part in text.removesuffix("\n").split("\n") if path.suffix == ".jsonl" else [text]:
            json.loads(part)
    except (OSError, ValueError):
        return False
    return True


def _ocr(home: Home, lang: Lang) -> Finding:
    from ingest.ocr import kept_whole

    wrong = [f"ocr/{_short(path.name)}" for path in sorted(home.ocr.glob("*.json")) if not kept_whole(path)]
    return Finding("ocr", _several(wrong), tell("mend_ocr", lang))


def _receipts(home: Home, lang: Lang) -> Finding:
    from corpus.receipts import find

    return _sqlite("receipts", home.receipts, lang, lambda path: find(path, ""))


def _feedback(home: Home, lang: Lang) -> Finding:
    from app.screens.feedback import place_of_feedback

    place = place_of_feedback(home)
    whole = not place.exists() or _is_json(place)
    return Finding(
        "feedback", "" if whole else f"{place.name} {tell('ill_changed', lang)}", tell("mend_feedback", lang)
    )


def _left(home: Home, lang: Lang) -> Finding:
    """What a killed process was writing, and generations that are not in use."""
    from index.generation import leftovers

    left = list(home.root.rglob(".*.part"))
    with suppress(TiaowenError):  # told where the index is examined
        left += leftovers(home.index)
    return Finding("left", _several([path.name for path in left]), tell("mend_left", lang))
