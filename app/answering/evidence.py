"""Citations: a clause and a span in, a verified quotation out. The quote is copied from the document, never written."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.words import say
from corpus.catalogue import load_catalogue
from corpus.ids import DEFAULT_WORK
from corpus.records import Citation, Clause, Document, Lang, Span
from corpus.text import sentences, trim
from index.passages import heading_span


def place_of(document: Document, clause: Clause, lang: Lang) -> str:
    """Where a clause stands, as a reader says it: `2.0版 §3.1.1(f)`, `2.0 §3.1.1(f)`."""
    edition = load_catalogue().edition(document.edition)
    version = edition.version
    if edition.work != DEFAULT_WORK:
        return say("place_work", lang, title=edition.title[lang], path=clause.path)
    if clause.path == "preface":
        return say("place_preface", lang, version=version)
    if document.part == "notice":
        return say("place_notice", lang, version=version)
    if clause.path.startswith("T"):
        return say("place_table", lang, version=version, path=clause.path.removeprefix("T."))
    return say("place", lang, version=version, path=clause.path)


class Evidence:
    """Gathers the citations of one answer; the same quotation gets the same marker."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._made: dict[tuple[str, str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Citations in order of their markers."""
        return tuple(self._made.values())

    def cite(self, document: Document, clause: Clause, span: Span) -> int:
        """The marker of a quotation; made if it is new."""
        key = (document.id, document.part, span.start, span.end)
        if key not in self._made:
            self._made[key] = make_citation(document, clause, span, len(self._made) + 1, self.lang)
        return self._made[key].marker


def make_citation(document: Document, clause: Clause, span: Span, marker: int, lang: Lang) -> Citation:
    """A citation of `span` in `document`."""
    page = document.page_at(span.start)
    place = place_of(document, clause, lang)
    shown = (page.label or str(page.page)) if page else None
    return Citation(
        marker=marker,
        clause=clause.id,
        locator=say("locator", lang, place=place, page=shown) if shown else place,
        heading=clause.heading,
        quote=span.of(document.text),
        start=span.start,
        end=span.end,
        page=page.page if page else None,
        page_label=page.label if page else None,
        status=document.status,
        reading=document.reading,
        translation=document.translation,
        url=document.url,
        document_sha256=document.sha256,
    )


def whole(document: Document, clause: Clause) -> Span | None:
    """The clause's text, or its heading where it has none."""
    span = trim(document.text, clause.span) if clause.text else None
    return span or heading_span(document, clause)


def own_sentences(document: Document, clause: Clause) -> list[Span]:
    """Sentence spans of a clause's own text, as offsets into the document."""
    return [Span(clause.span.start + s.start, clause.span.start + s.end) for s in sentences(clause.text, document.lang)]


def runs(spans: Sequence[Span], order: Sequence[Span]) -> list[Span]:
    """Chosen sentences as quotations, neighbours joined: `order` is every sentence of the clause."""
    chosen = sorted(spans)
    joined: list[Span] = []
    for span in chosen:
        at = order.index(span)
        if joined and at and joined[-1].end == order[at - 1].end:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
