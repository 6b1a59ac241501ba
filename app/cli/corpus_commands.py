"""`status`, `add`, `build`: what is in the corpus and how it gets there."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.parse_report import parse_line, parse_row
from app.cli.session import Session, build_index, now
from app.cli.site_news import NOTHING_SEEN, news_lines, site_news
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import IndexDamaged, UnusableInput
from corpus.home import keep_raw
from corpus.records import LANGS, Document, Lang, Part, lang_of
from corpus.store import EMPTY_DIGEST, CorpusStore, Kept

if TYPE_CHECKING:
    from ingest.layout import Extract


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
    damage = ""
    try:
        manifest, files = open_generation(folder) if folder else (None, {})
    except IndexDamaged as error:
        manifest, files, damage = None, {}, str(error)
    twins = [json.loads(row) for row in files.get("twins.jsonl", b"").decode().splitlines()]
    behind = manifest is not None and manifest.get("store_digest") != digest
    newest = load_catalogue().newest()
    with_text = {document.edition for document in documents if document.part == "body"}
    value = {
        "home": str(session.home.root),
        "editions": [
            {
                **_edition_row(e.id, e.released, documents, added, fetched),
                "twins": [row for row in twins if row["edition"] == e.id],
            }
            for e in load_catalogue().editions.values()
        ],
        "index": {"damaged": damage}
        if damage
        else None
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
            if document["doubtful_clauses"]:
                nature.append(tell("doubtful_clauses", lang, count=document["doubtful_clauses"]))
            lines.append(
                f"  {document['lang']}  {tell(document['part'], lang)}  {document['clauses']} {tell('clauses', lang)}  "
                f"{', '.join(nature)}  sha256 {document['sha256'][:12]}  {document['source'] or ''}".rstrip()
            )
        for twins in row["twins"]:
            differ = len({found["path"] for found in twins["disagreements"]})
            part = tell(twins["part"], lang)
            lines.append(f"  {tell('twins', lang, part=part, pairs=twins['pairs'], differ=differ)}")
    lines.append(f"{tell('index', lang)}  {_index_state(value['index'], lang)}")
    newest = value["newest"]
    text = tell("has_text" if newest["has_text"] else "lacks_text", lang)
    lines.append(
        tell("newest", lang, version=newest["edition"].partition("@")[2], released=newest["released"], state=text)
    )
    return "\n".join([*lines, *news_lines(value["site"], lang)])


def _index_state(index: dict[str, Any] | None, lang: Lang) -> str:
    if index is None:
        return tell("index_none", lang)
    if "damaged" in index:
        return str(index["damaged"])
    state = tell("index_behind" if index["behind"] else "index_current", lang)
    return f"{index['generation']}  {index['encoder']['id']}  {state}"


def add_file(session: Session, file: Path, edition: str, lang: str, work: str, part: Part) -> None:
    """Read a file and keep its bytes and documents; nothing is kept of a file that cannot be read."""
    from ingest.intake import documents_from, file_bytes, read_file
    from ingest.outline import VERSION

    found = load_catalogue().edition(edition, work)
    data = file_bytes(file)
    session.home.make()
    with CorpusStore(session.home.store) as store:
        if store.has_raw(hashlib.sha256(data).hexdigest(), found.id, part, f"outline/{VERSION}"):
            session.out({"added": [], "same": True}, tell("added_same", session.lang))
            return
        extract = read_file(data, file.name, session.home.ocr, Ticker(session))
        documents = documents_from(extract, data, found.id, part, lang_of(lang))
        keep_raw(session.home.raw, data)
        revisions = store.put(documents, now())
    rows = [added_row(extract, document, revision) for document, revision in zip(documents, revisions, strict=True)]
    session.out({"added": rows, "same": False}, lambda: _added_text(session, rows))


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
            counts = {name: store.remove(name, part, now()) for name in names}
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
