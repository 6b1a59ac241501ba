"""`doctor`: is what the home holds whole, and of one piece? Looks at everything, changes nothing, says what mends it.

home ─> store ─> texts ─> files ─> index ─> index against texts ─> receipts ─> what was left unfinished
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from app.cli.session import Session
from app.messages import tell
from corpus.errors import TiaowenError
from corpus.home import Home
from corpus.records import Lang
from corpus.store import EMPTY_DIGEST, CorpusStore

BUILD = "tiaowen build"


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
    if place.found:
        return
    store = _sqlite("store", home.store, tell("mend_store", lang))
    yield store
    if not store.found:
        yield from _texts(home, lang)
        yield from _index(home, lang)
    yield _sqlite("receipts", home.receipts, tell("mend_receipts", lang))
    left = [*home.root.rglob(".*.part"), *home.index.glob(".building-*")]
    yield Finding("left", f"{len(left)} ({left[0].name} ...)" if left else "", tell("mend_left", lang))


def _place(home: Home, lang: Lang) -> Finding:
    if not home.root.is_dir():
        return Finding("home", tell("ill_no_home", lang, home=home.root), tell("mend_home", lang))
    writable = os.access(home.root, os.W_OK)
    return Finding("home", "" if writable else tell("ill_read_only", lang), tell("mend_read_only", lang))


def _sqlite(check: str, path: Path, mend: str) -> Finding:
    """SQLite's own examination of a file; one that is not there yet is well."""
    if not path.exists():
        return Finding(check)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            told = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        told = str(error)
    return Finding(check, "" if told == "ok" else f"{path.name}: {told}", mend)


# --- texts and the files they were read from


def _texts(home: Home, lang: Lang) -> Iterator[Finding]:
    """Every current text against its digest, and its clauses against its text; every raw file against its name."""
    if not home.store.exists():
        return
    try:
        with CorpusStore(home.store) as store:
            kept = [one.document for one in store.current()]
            named = {sha for (sha,) in store.connection.execute("SELECT raw_sha256 FROM documents")}
            named |= {one.sha256 for one in store.fetches()}
    except (TiaowenError, ValueError, KeyError, TypeError) as error:
        yield Finding("texts", str(error), tell("mend_texts", lang))
        return
    wrong = [one.id for one in kept if hashlib.sha256(one.text.encode()).hexdigest() != one.sha256]
    yield Finding("texts", ", ".join(wrong), tell("mend_texts", lang))
    there = {path.name: path for path in home.raw.iterdir()} if home.raw.is_dir() else {}
    missing = sorted(sha for sha in named if sha and sha not in there)
    changed = sorted(name for name, path in there.items() if hashlib.sha256(path.read_bytes()).hexdigest() != name)
    both = ((missing, tell("ill_missing", lang)), (changed, tell("ill_changed", lang)))
    found = [f"raw/{name[:12]}… {what}" for names, what in both for name in names]
    yield Finding("raw", ", ".join(found), tell("mend_texts", lang))
    orphans = sorted(name for name in there if name not in named)
    told = f"{len(orphans)}: {', '.join(f'raw/{name[:12]}…' for name in orphans[:4])}" if orphans else ""
    yield Finding("orphans", told, tell("mend_orphans", lang))


# --- the index


def _index(home: Home, lang: Lang) -> Iterator[Finding]:
    """The live generation against its manifest, its encoder, and the texts that answers should be made from."""
    from index.build import corpus_digest
    from index.encoder import open_encoder
    from index.generation import current_generation, open_generation
    from ingest.bundled import bundled_documents

    try:
        folder = current_generation(home.index)
        if folder is None:
            yield Finding("index", tell("ill_no_index", lang), BUILD)
            return
        manifest, _ = open_generation(folder)
        encoder: Any = open_encoder(manifest["encoder"]["spec"])
    except TiaowenError as error:
        yield Finding("index", error.message, error.way_out or BUILD)
        return
    other = manifest["encoder"]["id"]
    yield Finding("index", "" if encoder.id == other else tell("ill_encoder", lang, encoder=other), BUILD)
    documents = bundled_documents()
    digest = EMPTY_DIGEST
    if home.store.exists():
        with CorpusStore(home.store) as store:
            documents += [one.document for one in store.current()]
            digest = store.digest()
    behind = manifest["store_digest"] != digest or manifest["corpus_digest"] != corpus_digest(documents)
    yield Finding("behind", tell("ill_behind", lang) if behind else "", BUILD)
