"""What a reader should know beside an answer: the text's nature, newer editions, what other editions say."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.compose import Desk, Draft, clause_ids
from app.answering.reasons import path_named, reasons
from app.answering.words import join, say
from corpus.catalogue import load_catalogue
from corpus.records import Citation, Note, part_of

_HARMLESS = ("form",)
"""Disagreements that change nothing of what is said."""
_MOST_REASONS = 3


def notes_for(
    desk: Desk, draft: Draft, citations: Sequence[Citation], *, kind: str, named: bool, behind: bool
) -> tuple[Note, ...]:
    """The notes of an answer, the most important first."""
    notes = [*draft.notes]
    if not named:
        notes += _newer(desk)
    if kind == "clause" and not named:
        notes += _same_number(desk)
    if kind not in ("list", "summary", "who_when", "count"):
        notes += _other_editions(desk, draft)
    notes += _twins(desk, citations)
    notes += _nature(desk, citations)
    if behind:
        notes.append(Note("index_behind", say("note_index_behind", desk.lang)))
    return tuple(notes)


def _newer(desk: Desk) -> list[Note]:
    """That a newer edition is published; answers of several editions are about the difference and need no such note."""
    newest = load_catalogue().newest()
    used = load_catalogue().edition(desk.editions[-1])
    if used.work != newest.work or used.released >= newest.released:
        return []
    key = "note_newer_has" if newest.id in desk.retriever.editions_with_text else "note_newer"
    message = say(key, desk.lang, version=newest.version, released=newest.released, used=used.version)
    return [Note("newer_edition", message)]


def _other_editions(desk: Desk, draft: Draft) -> list[Note]:
    """Whether the first clause cited reads differently in another edition, from the lineage."""
    ids = clause_ids(draft)
    if len(desk.editions) != 1 or not ids:
        return []
    edition, _, path = ids[0].partition("#")
    notes = []
    for (old, new, lang), lineage in sorted(desk.retriever.lineages.items()):
        if lang != desk.lang or edition not in (old, new):
            continue
        other = new if edition == old else old
        own_side, other_side = ("old", "new") if edition == old else ("new", "old")
        link = next((link for link in lineage.links if path in getattr(link, own_side)), None)
        if link is None or link.label in ("unchanged", "editorial"):
            continue
        version = load_catalogue().edition(other).version
        paths = getattr(link, other_side)
        if paths:
            shown = join([path_named(p, desk.lang) for p in paths], desk.lang)
            message = say("note_other_reworded", desk.lang, other=version, paths=shown)
        else:
            message = say("note_other_none", desk.lang, other=version)
        clauses = tuple(f"{other}/{desk.lang}#{p}" for p in paths)
        notes.append(Note("other_edition", message, clauses))
    return notes


def _same_number(desk: Desk) -> list[Note]:
    """What the number asked for is in the other editions: numbers are not stable."""
    notes = []
    for edition in desk.retriever.editions_with_text:
        document = desk.retriever.document(edition, desk.lang)
        if edition in desk.editions or document is None:
            continue
        for path in desk.query.paths:
            clause = document.by_path.get(path)
            if clause is not None and clause.heading:
                version = load_catalogue().edition(edition).version
                message = say("note_other_number", desk.lang, other=version, path=path, heading=clause.heading)
                notes.append(Note("other_edition", message, (clause.id,)))
    return notes


def _twins(desk: Desk, citations: Sequence[Citation]) -> list[Note]:
    """That the other language says something else where a text was quoted; a digest is not the place to tell it."""
    found: dict[str, list[str]] = {}
    for citation in citations:
        document_id, _, path = citation.clause.partition("#")
        document = desk.retriever.documents[document_id, part_of(path)]
        twins = desk.retriever.twins.get((document.edition, document.part))
        if twins is None or citation.status == "digest" or citation.start < document.by_path[path].span.start:
            continue
        told = reasons([one for one in twins.about(path) if one.kind not in _HARMLESS], desk.lang)
        if told:
            found[citation.clause] = told
    every = list(dict.fromkeys(one for told in found.values() for one in told))
    if not every:
        return []
    message = say("note_twins", desk.lang, reasons=join(every[:_MOST_REASONS], desk.lang))
    return [Note("translation_differs", message, tuple(found))]


def _scanned(desk: Desk, scans: Sequence[Citation]) -> str:
    """That quotations were read by OCR, and from which clauses with doubt."""
    doubtful = [
        path_named(scan.clause.partition("#")[2], desk.lang) for scan in scans if _is_doubtful(desk, scan.clause)
    ]
    if not doubtful:
        return say("note_ocr", desk.lang)
    return say("note_doubtful", desk.lang, clauses=join(list(dict.fromkeys(doubtful)), desk.lang))


def _is_doubtful(desk: Desk, clause_id: str) -> bool:
    document_id, _, path = clause_id.partition("#")
    return "low_confidence" in desk.retriever.documents[document_id, part_of(path)].by_path[path].flags


def _nature(desk: Desk, citations: Sequence[Citation]) -> list[Note]:
    digests = [citation for citation in citations if citation.status == "digest"]
    scans = [citation for citation in citations if citation.reading == "ocr"]
    foreign = [citation for citation in citations if f"/{desk.lang}#" not in citation.clause]
    url = (digests[0].url if digests else None) or ""
    return [
        Note(kind, message, tuple(dict.fromkeys(citation.clause for citation in about)))
        for kind, message, about in (
            ("digest", say("note_digest", desk.lang, url=url), digests),
            ("ocr", _scanned(desk, scans), scans),
            ("other_language", say("note_language", desk.lang), foreign),
        )
        if about
    ]
