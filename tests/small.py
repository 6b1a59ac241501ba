"""Small records that hold together, for tests that break one thing at a time: our own words, two languages."""

from __future__ import annotations

from typing import Any

from corpus.records import Answer, Citation, Clause, Document, Hit, PageStart, Passage, Span, Statement

LINES = {
    "zh": (("1", "1. ", "总则", "先评估，再上线。"), ("1.1", "1.1 ", "日志", "日志留六个月。")),
    "en": (("1", "1. ", "General", "Assess first."), ("1.1", "1.1 ", "Logs", "Keep logs for six months.")),
}


def clause(path: str, lead: Span, span: Span, text: str, **other: Any) -> Clause:
    """A clause of aisgf@2.0/zh unless `document` names another."""
    document = other.pop("document", "aisgf@2.0/zh")
    row = {"parent": None, "kind": "section", "number": path, "heading": "", "flags": ()}
    return Clause(f"{document}#{path}", path, lead=lead, span=span, text=text, **{**row, **other})


def document(lang: str = "zh", **other: Any) -> Document:
    """A body of two clauses on two pages: a chapter and a section in it."""
    text, clauses, pages = "", [], []
    for page, (path, number, heading, own) in enumerate(LINES[lang], start=3):
        start = len(text)
        text += ("\n\n" if text else "") + number + heading + "\n"
        lead = Span(start, len(text))
        pages.append(PageStart(start, page, str(page - 2)))
        text += own
        clauses.append(
            clause(
                *(path, lead, Span(lead.end, len(text)), own),
                document=f"aisgf@2.0/{lang}",
                parent="1" if "." in path else None,
                kind="section" if "." in path else "chapter",
                number=number.strip(),
                heading=heading,
            )
        )
    row = {"id": f"aisgf@2.0/{lang}", "edition": "aisgf@2.0", "part": "body", "lang": lang, "status": "supplied"}
    row |= {"reading": "text", "translation": lang == "en", "text": text, "clauses": tuple(clauses)}
    row |= {"pages": tuple(pages), "raw_sha256": "ab" * 32, "reader": "text/1 outline/1"}
    return Document(**{**row, **other})


def passage(lang: str = "zh") -> Passage:
    """The passage of clause 1.1."""
    of = document(lang)
    own = of.by_path["1.1"]
    row = (of.edition, of.lang, of.part, of.status, own.span, own.text, f"{of.clauses[0].heading} > {own.heading}")
    return Passage(f"{own.id}+0", own.id, *row)


def citation(lang: str = "zh", **other: Any) -> Citation:
    """Marker 1: clause 1.1, quoted in full."""
    of = document(lang)
    own = of.by_path["1.1"]
    row = {"marker": 1, "clause": own.id, "locator": "2.0 §1.1, p. 2", "heading": own.heading, "quote": own.text}
    row |= {"start": own.span.start, "end": own.span.end, "page": 4, "page_label": "2", "status": of.status}
    row |= {"reading": "text", "translation": of.translation, "url": None, "document_sha256": of.sha256}
    return Citation(**{**row, **other})


def answer(lang: str = "zh", **other: Any) -> Answer:
    """An answer of one statement that cites clause 1.1."""
    own = document(lang).by_path["1.1"]
    row = {"answer_id": "a1", "question": "？", "lang": lang, "editions": ("aisgf@2.0",), "type": "lookup"}
    row |= {"text": f"{own.text} [1]", "statements": (Statement(own.text, (1,)),), "citations": (citation(lang),)}
    row |= {"declined": None, "notes": (), "hits": (Hit(passage(lang), 0.5, 1, {"lexical": 2, "dense": 1}),)}
    return Answer(**{**row, **other})
