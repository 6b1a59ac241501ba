"""`add`, `remove`, `build`: how a text gets into the corpus, out of the answers, and into the index."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.parse_report import parse_line, parse_row
from app.cli.session import Session, build_index, opened_on
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import HomeUnusable, UnusableInput
from corpus.home import keep_raw
from corpus.records import LANGS, Document, Part, lang_of
from corpus.store import CorpusStore, utc_now

if TYPE_CHECKING:
    from ingest.layout import Extract


def add_file(session: Session, file: Path, edition: str, lang: str, work: str, part: Part) -> None:
    """Read a file and keep its bytes and documents; nothing is kept of a file that cannot be read."""
    from ingest.intake import documents_from, file_bytes, read_file
    from ingest.outline import VERSION

    found = load_catalogue().edition(edition, work)
    data = file_bytes(file)
    session.home.make()
    with CorpusStore(session.home.store) as store:
        if store.has_raw(hashlib.sha256(data).hexdigest(), found.id, part, f"outline/{VERSION}"):
            keep_raw(session.home.raw, data)
            session.out({"added": [], "same": True}, tell("added_same", session.lang))
            return
        extract = read_file(data, file.name, session.home.ocr, Ticker(session))
        documents = documents_from(extract, data, found.id, part, lang_of(lang))
        revisions = _keep(session, store, data, documents)
    rows = [added_row(extract, document, revision) for document, revision in zip(documents, revisions, strict=True)]
    session.out({"added": rows, "same": False}, lambda: _added_text(session, rows))


def _keep(session: Session, store: CorpusStore, data: bytes, documents: Sequence[Document]) -> list[int]:
    """Bytes and documents, both or neither; the revisions."""
    file = session.home.raw / hashlib.sha256(data).hexdigest()
    known = file.exists()
    keep_raw(session.home.raw, data)
    try:
        return store.put(documents, utc_now())
    except HomeUnusable:
        if not known:
            file.unlink(missing_ok=True)
        raise


def remove_document(session: Session, written: str, part: Part) -> None:
    """Take an added text out of the answers, in one language or in both; its revisions stay checkable."""
    edition, _, lang = written.partition("/")
    if lang and lang_of(lang) is None:
        raise UnusableInput(
            f"{written!r} is not a document", way_out="write it like aisgf@2.0/en, or 2.0 for both languages"
        )
    found = load_catalogue().edition(edition)
    names = [f"{found.id}/{one}" for one in LANGS if lang in ("", one)]
    counts: dict[str, int] = {}
    if session.home.store.exists():
        with CorpusStore(session.home.store) as store:
            counts = {name: store.remove(name, part, utc_now()) for name in names}
    rows = [{"document": name, "part": part, "revisions": count} for name, count in counts.items() if count]
    if not rows:
        raise UnusableInput(f"no text of {' or '.join(names)} was added", way_out="see: tiaowen status")
    lines = [tell("removed", session.lang, document=row["document"], revisions=row["revisions"]) for row in rows]
    session.out({"removed": rows}, "\n".join([*lines, tell("then_build", session.lang)]))


def added_row(extract: Extract, document: Document, revision: int) -> dict[str, Any]:
    """A document that was kept, as `--json` prints it, with what became of the lines of its file."""
    return {
        "document": document.id,
        "part": document.part,
        "status": document.status,
        "reading": document.reading,
        "clauses": len(document.clauses),
        "sha256": document.sha256,
        "revision": revision,
        "parsed": parse_row(extract, document),
    }


def _added_text(session: Session, rows: Sequence[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        told = {**row, "status": tell(row["status"], session.lang)}
        lines += [tell("added", session.lang, **told), parse_line(row["parsed"], session.lang)]
    return "\n".join([*lines, tell("then_build", session.lang)])


class Ticker:
    """OCR progress on a terminal, with the time left; nothing when stderr is piped."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown = 0.0

    def __call__(self, done: int, total: int, left: float) -> None:
        if not sys.stderr.isatty() or (time.monotonic() - self._shown < 0.2 and done < total):
            return
        self._shown = time.monotonic()
        text = tell("reading_page", self._session.lang, done=done, total=total, left=round(left))
        print(f"\r\x1b[K{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def build_now(
    session: Session, encoder: str | None, editorial: bool, store: str | None = None, ray: str | None = None
) -> None:
    """Build and report what was built, and what was sent to a store; `ray`: where passages are encoded, if not here."""
    with opened_on(session, ray) as opened:
        built = build_index(session, encoder, editorial, store, opened)
    value = {
        "generation": built.generation,
        "documents": built.documents,
        "passages": built.passages,
        "lineages": built.lineages,
        "encoder": built.encoder,
        "store": built.store,
        "filled": built.filled and asdict(built.filled),
    }
    session.out(value, lambda: "\n".join(_built_lines(session, value)))
    if built.left:
        session.say("store_left", reason=built.left)


def _built_lines(session: Session, value: dict[str, Any]) -> Iterator[str]:
    yield tell("built", session.lang, **value)
    if value["filled"]:
        yield tell("store_filled", session.lang, store=value["store"], **value["filled"])
