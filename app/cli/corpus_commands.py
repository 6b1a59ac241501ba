"""`status`, `add`, `build`: what is in the corpus and how it gets there."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.cli.session import Session, build_index, now
from app.cli.site_news import NOTHING_SEEN, news_lines, site_news
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnreadableFile
from corpus.home import keep_raw
from corpus.records import Document, Part, lang_of
from corpus.store import EMPTY_DIGEST, CorpusStore, Kept


def show_status(session: Session) -> None:
    """Editions and languages with status, clauses, source and digest; the index; freshness."""
    from index.build import effective
    from index.generation import current_generation, open_generation
    from ingest.bundled import bundled_documents

    session.home.make()
    kept: list[Kept] = []
    fetched: dict[str, str] = {}
    digest = EMPTY_DIGEST
    site = NOTHING_SEEN
    if session.home.store.exists():
        with CorpusStore(session.home.store) as store:
            kept, digest = store.current(), store.digest()
            fetched = {fetch.sha256: fetch.fetched_at for fetch in store.fetches() if fetch.sha256}
            site = site_news(store, load_catalogue())
    added = {(k.document.id, k.document.part): k for k in kept}
    documents = effective([*bundled_documents(), *(k.document for k in kept)])
    folder = current_generation(session.home.index)
    manifest = open_generation(folder)[0] if folder else None
    behind = manifest is not None and manifest.get("store_digest") != digest
    newest = load_catalogue().newest()
    with_text = {document.edition for document in documents if document.part == "body"}
    value = {
        "home": str(session.home.root),
        "editions": [
            _edition_row(e.id, e.released, documents, added, fetched) for e in load_catalogue().editions.values()
        ],
        "index": None
        if manifest is None or folder is None
        else {
            "generation": folder.name,
            "behind": behind,
            "encoder": manifest["encoder"],
            "passages": manifest["passages"],
            "calibration": manifest["calibration"],
        },
        "newest": {"edition": newest.id, "released": newest.released, "has_text": newest.id in with_text},
        "site": site,
    }
    session.out(value, lambda: _status_text(session, value))


def _edition_row(
    edition: str, released: str, documents: Sequence[Document], added: dict[Any, Kept], fetched: dict[str, str]
) -> dict[str, Any]:
    rows = []
    for document in documents:
        if document.edition == edition:
            kept = added.get((document.id, document.part)) if document.status != "digest" else None
            rows.append(
                {
                    "document": document.id,
                    "part": document.part,
                    "lang": document.lang,
                    "status": document.status,
                    "reading": document.reading,
                    "translation": document.translation,
                    "clauses": len(document.clauses),
                    "sha256": document.sha256,
                    "raw_sha256": document.raw_sha256,
                    "source": document.url,
                    "reader": document.reader,
                    "revision": kept.revision if kept else None,
                    "added": kept.added_at if kept else None,
                    "fetched": fetched.get(document.raw_sha256 or ""),
                    "doubtful_clauses": sum("low_confidence" in clause.flags for clause in document.clauses),
                }
            )
    return {
        "edition": edition,
        "released": released,
        "has_text": any(r["part"] == "body" for r in rows),
        "documents": rows,
    }


def _status_text(session: Session, value: dict[str, Any]) -> str:
    lang = session.lang
    lines = []
    for row in value["editions"]:
        lines.append(
            f"{row['edition']}  {row['released']}  {'' if row['has_text'] else tell('no_text', lang)}".rstrip()
        )
        for document in row["documents"]:
            nature = [tell(document["status"], lang)] + ([tell("ocr", lang)] if document["reading"] == "ocr" else [])
            lines.append(
                f"  {document['lang']}  {tell(document['part'], lang)}  {document['clauses']} {tell('clauses', lang)}  "
                f"{', '.join(nature)}  sha256 {document['sha256'][:12]}  {document['source'] or ''}".rstrip()
            )
    index = value["index"]
    state = "index_none" if index is None else "index_behind" if index["behind"] else "index_current"
    name = f"{index['generation']}  {index['encoder']['id']}  " if index else ""
    lines.append(f"{tell('index', lang)}  {name}{tell(state, lang)}")
    newest = value["newest"]
    text = tell("has_text" if newest["has_text"] else "lacks_text", lang)
    lines.append(
        tell("newest", lang, version=newest["edition"].partition("@")[2], released=newest["released"], state=text)
    )
    return "\n".join([*lines, *news_lines(value["site"], lang)])


def add_file(session: Session, file: Path, edition: str, lang: str, work: str, part: Part) -> None:
    """Read a file and keep its bytes and documents; nothing is kept of a file that cannot be read."""
    from ingest.intake import documents_from, read_file
    from ingest.outline import VERSION

    found = load_catalogue().edition(edition, work)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{str(file)!r}: {error.strerror or error}", way_out="name a file that exists") from error
    session.home.make()
    with CorpusStore(session.home.store) as store:
        if store.has_raw(hashlib.sha256(data).hexdigest(), found.id, part, f"outline/{VERSION}"):
            session.out({"added": [], "same": True}, tell("added_same", session.lang))
            return
        extract = read_file(data, file.name, session.home.ocr, Ticker(session))
        documents = documents_from(extract, data, found.id, part, lang_of(lang))
        keep_raw(session.home.raw, data)
        revisions = store.put(documents, now())
    rows = [added_row(document, revision) for document, revision in zip(documents, revisions, strict=True)]
    session.out({"added": rows, "same": False}, lambda: _added_text(session, rows))


def added_row(document: Document, revision: int) -> dict[str, Any]:
    """A document that was kept, as `--json` prints it."""
    return {
        "document": document.id,
        "part": document.part,
        "status": document.status,
        "reading": document.reading,
        "clauses": len(document.clauses),
        "sha256": document.sha256,
        "revision": revision,
    }


def _added_text(session: Session, rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        tell(
            "added",
            session.lang,
            document=row["document"],
            clauses=row["clauses"],
            status=tell(row["status"], session.lang),
            revision=row["revision"],
        )
        for row in rows
    ]
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


def build_now(session: Session, encoder: str | None) -> None:
    """Build and report what was built."""
    built = build_index(session, encoder)
    value = {
        "generation": built.generation,
        "documents": built.documents,
        "passages": built.passages,
        "lineages": built.lineages,
        "encoder": built.encoder,
    }
    session.out(value, lambda: tell("built", session.lang, **value))
