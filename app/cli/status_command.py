"""`status`: what is in the corpus and the index, and what the sites have beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.cli.session import Session
from app.cli.site_news import NOTHING_SEEN, news_lines, site_news
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import IndexDamaged
from corpus.records import Document, Lang
from corpus.store import EMPTY_DIGEST, CorpusStore, Kept


def show_status(session: Session) -> None:
    """Editions and languages with status, clauses, source and digest; the index; freshness."""
    from index.build import effective
    from index.generation import open_current, rows_of
    from ingest.bundled import bundled_documents

    if not session.home.root.is_dir():
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
    damage = ""
    try:
        folder, manifest, files = open_current(session.home.index) or (None, None, {})
    except IndexDamaged as error:
        folder, manifest, files, damage = None, None, {}, str(error)
    twins = rows_of(files.get("twins.jsonl", b""))
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
            "editorial": manifest["editorial"],
            "calibration": manifest["calibration"],
            "store": _store_row(manifest, folder.name),
        },
        "newest": {"edition": newest.id, "released": newest.released, "has_text": newest.id in with_text},
        "site": site,
    }
    session.out(value, lambda: _status_text(session, value))


def _store_row(manifest: dict[str, Any], generation: str) -> dict[str, Any]:
    """Where the vectors are, and whether they can be searched there."""
    from index.stores.upkeep import look

    state = look(manifest, generation)
    return {"kind": "faiss"} if state is None else asdict(state)


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
            shown = [
                *(document["lang"], tell(document["part"], lang), f"{document['clauses']} {tell('clauses', lang)}"),
                *(", ".join(nature), f"sha256 {document['sha256'][:12]}"),
                *(document["source"] or "", _since(document, lang)),
            ]
            lines.append("  " + "  ".join(filter(None, shown)))
        for twins in row["twins"]:
            differ = len({found["path"] for found in twins["disagreements"]})
            part = tell(twins["part"], lang)
            lines.append(f"  {tell('twins', lang, part=part, pairs=twins['pairs'], differ=differ)}")
    lines.append(f"{tell('index', lang)}  {_index_state(value['index'], lang)}")
    if value["index"] and "store" in value["index"]:
        lines.append(f"{tell('store', lang)}  {_store_state(value['index']['store'], lang)}")
    newest = value["newest"]
    text = tell("has_text" if newest["has_text"] else "lacks_text", lang)
    lines.append(
        tell("newest", lang, version=newest["edition"].partition("@")[2], released=newest["released"], state=text)
    )
    return "\n".join([*lines, *news_lines(value["site"], lang)])


def _since(document: dict[str, Any], lang: Lang) -> str:
    """When a text was fetched, or else added."""
    key = "fetched_on" if document["fetched"] else "added_on"
    day = str(document["fetched"] or document["added"] or "")[:10]
    return tell(key, lang, day=day) if day else ""


def _index_state(index: dict[str, Any] | None, lang: Lang) -> str:
    if index is None:
        return tell("index_none", lang)
    if "damaged" in index:
        return str(index["damaged"])
    state = tell("index_behind" if index["behind"] else "index_current", lang)
    return f"{index['generation']}  {index['encoder']['id']}  {state}"


def _store_state(store: dict[str, Any], lang: Lang) -> str:
    if store["kind"] == "faiss":
        return tell("store_files", lang)
    if store["wrong"]:
        return tell("store_wrong", lang, **store)
    return tell("store_well" if store["count"] == store["expected"] else "ill_count", lang, **store)
