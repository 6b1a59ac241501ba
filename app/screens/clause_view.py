"""From a clause to what the pane draws: plain values, checked on the way.

>>> safe_url("https://www.cac.gov.cn/a.pdf"), safe_url("javascript:alert(1)")
('https://www.cac.gov.cn/a.pdf', None)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.answering.citing import cited
from app.answering.evidence import place_of
from app.labels import LABELS
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import TiaowenError
from corpus.ids import is_below, parse_id
from corpus.records import LANGS, Citation, Clause, Document, Lang, Lineage, Part, Span, part_of
from index.passages import heading_span

Documents = Mapping[tuple[str, Part], Document]
Lineages = Mapping[tuple[str, str, Lang], Lineage]
TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
"""Values of the `lang` attribute."""


def find_clause(documents: Documents, written: object, lang: Lang) -> tuple[Document, Clause] | None:
    """The clause that an id names, in `lang` where the id names no language; None where the corpus has none such."""
    try:
        wanted = parse_id(str(written))
    except TiaowenError:
        return None
    for of in (wanted.lang,) if wanted.lang else (lang, *LANGS):
        document = documents.get((f"{wanted.edition}/{of}", part_of(wanted.path)))
        if document and wanted.path in document.by_path:
            return document, document.by_path[wanted.path]
    return None


def twin_of(documents: Documents, document: Document, clause: Clause) -> Clause | None:
    """The same clause in the other language."""
    other: Lang = "en" if document.lang == "zh" else "zh"
    twin = documents.get((f"{document.edition}/{other}", document.part))
    return twin.by_path.get(clause.path) if twin else None


def safe_url(url: str | None) -> str | None:
    """A URL that may become a link: http or https with a host, nothing else."""
    try:
        parts = urlsplit(url or "")
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def segments(text: str, start: int, marked: Span | None) -> list[dict[str, Any]]:
    """`text`, which begins at code point `start`, cut where the marking begins and ends.

    >>> segments("先备份，再上线", 10, Span(11, 13))
    [{'text': '先', 'mark': False}, {'text': '备份', 'mark': True}, {'text': '，再上线', 'mark': False}]
    """
    low = min(max(marked.start - start, 0), len(text)) if marked else 0
    high = min(max(marked.end - start, low), len(text)) if marked else 0
    pieces = ((text[:low], False), (text[low:high], True), (text[high:], False))
    return [{"text": piece, "mark": mark} for piece, mark in pieces if piece]


def clause_view(
    documents: Documents,
    document: Document,
    clause: Clause,
    citation: Citation | None,
    lang: Lang,
    lineages: Lineages | None = None,
) -> dict[str, Any]:
    """What the pane shows of a clause. Labels are in `lang`, the clause is in its own language."""
    marked = _marked(document, clause, citation)
    quote = marked.of(document.text) if marked else clause.text.strip() or clause.heading
    today = datetime.now().astimezone().date().isoformat()
    heading = heading_span(document, clause)
    page = document.page_at(marked.start if marked else clause.span.start)
    return {
        "id": clause.id,
        "lang": TAGS[document.lang],
        "place": place_of(document, clause, lang),
        "work": load_catalogue().edition(document.edition).title[document.lang],
        "crumbs": [_link(parent) for parent in document.ancestors(clause)],
        "heading": segments(clause.heading, heading.start, marked) if heading else [],
        "text": _trimmed(segments(clause.text, clause.span.start, marked)),
        "children": [_link(child) for child in document.children(clause.path)],
        "badges": badges(document, clause, lang),
        "page": tell("page", lang, page=page.label or page.page) if page else None,
        "source": safe_url(document.url),
        "twin": _twin(documents, document, clause),
        "lineage": lineage_lines(documents, document, clause, lineages or {}, lang),
        "cite": cited(document, clause, quote, lang, today),
    }


def lineage_lines(
    documents: Documents, document: Document, clause: Clause, lineages: Lineages, lang: Lang
) -> list[dict[str, Any]]:
    """What a clause was, or became, in each other edition: `{"text": "1.0版：合并", "links": [...]}`, oldest first.

    A clause below a leaf of the lineage (a level of an appendix) shares that leaf's past; one above has none of its own.
    """
    found = []
    for (old, new, of), lineage in sorted(lineages.items()):
        if of != document.lang or document.part != "body" or document.edition not in (old, new):
            continue
        mine, other = ("new", "old") if document.edition == new else ("old", "new")
        link = next((one for one in lineage.links if any(is_below(clause.path, p) for p in getattr(one, mine))), None)
        if link is None:
            continue
        edition = old if mine == "new" else new
        version = load_catalogue().edition(edition).version
        texts = documents.get((f"{edition}/{document.lang}", "body"))
        there = [texts.by_path[path] for path in getattr(link, other) if texts and path in texts.by_path]
        label = LABELS[link.label][0 if lang == "zh" else 1]
        key = "lineage_from" if mine == "new" else "lineage_to"
        found.append({"text": tell(key, lang, version=version, label=label), "links": [_link(one) for one in there]})
    return found


def _marked(document: Document, clause: Clause, citation: Citation | None) -> Span | None:
    """The quotation to mark, if it is of this very clause and text."""
    if citation is None or citation.clause != clause.id or citation.document_sha256 != document.sha256:
        return None
    return Span(citation.start, citation.end)


def _trimmed(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the blank lines around a clause; they are part of the document but not worth the room."""
    if pieces:
        pieces[0]["text"] = pieces[0]["text"].lstrip()
        pieces[-1]["text"] = pieces[-1]["text"].rstrip()
    return [piece for piece in pieces if piece["text"]]


def clause_label(clause: Clause) -> str:
    """A clause as a link names it: path and heading, or how its text begins."""
    named = " ".join((clause.heading or clause.text).split())
    length = 40 if "/zh#" in clause.id else 80
    shown = named if len(named) <= length else f"{named[:length]}…"
    path = "" if clause.path.startswith(("preface", "notice", "ack")) else clause.path
    return f"{path} {shown}".strip()


def _link(clause: Clause) -> dict[str, str]:
    return {"clause": clause.id, "label": clause_label(clause)}


def _twin(documents: Documents, document: Document, clause: Clause) -> dict[str, str] | None:
    twin = twin_of(documents, document, clause)
    if twin is None:
        return None
    other: Lang = "en" if document.lang == "zh" else "zh"
    return {"clause": twin.id, "lang": TAGS[other], "heading": twin.heading, "text": twin.text.strip()}


def badges(document: Document, clause: Clause, lang: Lang) -> list[dict[str, str]]:
    """What kind of text this is, and what is doubtful about the clause."""
    doubtful = ["low_confidence"] if "low_confidence" in clause.flags else []
    return [{"kind": kind, "label": tell(kind, lang)} for kind in (*kinds(document), *doubtful)]


def kinds(document: Document) -> list[str]:
    """What kind of text a document is, as keys of labels: its status, whether a translation, whether read by OCR."""
    found: list[str] = [document.status]
    if document.translation and document.status != "digest":
        found.append("translation")
    if document.reading == "ocr":
        found.append("ocr")
    return found
