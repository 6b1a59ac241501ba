"""Corpora made worse on purpose: a clause that says something else, an appendix of irrelevant passages.

What is made here is asked through the same building and answering as the real corpus, and never leaves its folder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.answering.assistant import Assistant
from corpus.editorial import Editorial
from corpus.home import Home
from corpus.records import Clause, Document, PageStart, Span
from index.build import build

NOISE_PATH = "A9"
"""Where the irrelevant passages stand: an appendix that no edition has."""


def edited(document: Document, texts: Mapping[str, str]) -> Document:
    """The document with other texts of the clauses named by path, as a copy that somebody supplied.

    Everything behind an edit moves with it. Raises `KeyError` for a path that the document does not have.
    """
    unknown = set(texts) - set(document.by_path)
    if unknown:
        raise KeyError(f"{document.id} has no clause {min(unknown)}")
    parts: list[str] = []
    clauses: list[Clause] = []
    at = 0
    for clause in document.clauses:
        lead, text = clause.lead.of(document.text), texts.get(clause.path, clause.text)
        start = at + len(lead)
        clauses.append(replace(clause, lead=Span(at, start), span=Span(start, start + len(text)), text=text))
        parts += [lead, text]
        at = start + len(text)
    pages = tuple(_pages(document, clauses))
    return replace(document, text="".join(parts), clauses=tuple(clauses), pages=pages, status="supplied", url=None)


def _pages(document: Document, clauses: Sequence[Clause]) -> Iterator[PageStart]:
    """The beginnings of pages, moved with the clause that they stand in."""
    before = [clause.lead.start for clause in document.clauses]
    for page in document.pages:
        at = max(bisect_right(before, page.start) - 1, 0)
        moved = clauses[at].lead.start + page.start - before[at]
        yield replace(page, start=min(moved, clauses[at].span.end))


def with_noise(document: Document, heading: str, items: Sequence[str]) -> Document:
    """The document with an appendix of `items`, a clause each."""
    lead = f"\n{NOISE_PATH} {heading}\n"
    at = len(document.text)
    top = Span(at, at + len(lead))
    clauses = [_clause(document, NOISE_PATH, None, "appendix", heading, top, "")]
    parts = [document.text, lead]
    at = top.end
    for number, item in enumerate(items, start=1):
        path, text = f"{NOISE_PATH}.{number}", f"{item}\n"
        number_line = f"{path} "
        clauses.append(_clause(document, path, NOISE_PATH, "item", "", Span(at, at + len(number_line)), text))
        parts += [number_line, text]
        at += len(number_line) + len(text)
    return replace(document, text="".join(parts), clauses=(*document.clauses, *clauses), status="supplied", url=None)


def _clause(
    document: Document, path: str, parent: str | None, kind: str, heading: str, lead: Span, text: str
) -> Clause:
    span = Span(lead.end, lead.end + len(text))
    return Clause(f"{document.id}#{path}", path, parent, kind, path, heading, lead, span, text)  # type: ignore[arg-type]


@contextmanager
def answering_from(documents: Sequence[Document], encoder: str | None, editorial: Editorial) -> Iterator[Assistant]:
    """An assistant over an index of these documents, built in a folder of its own that is removed afterwards."""
    with TemporaryDirectory(prefix="tiaowen-doctored-") as folder:
        home = Home(Path(folder))
        build(documents, home.index, encoder, editorial=editorial)
        yield Assistant.open(home)
