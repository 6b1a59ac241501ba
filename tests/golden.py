"""Golden checks of official texts, written without their sentences: digests and a few characters to find the place by.

A list of clauses has one line each: path, first 16 hex digits of the sha256 of the clause's text, its first characters.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from corpus.records import Document
from ingest.flow import split_languages
from ingest.furniture import Dropped, sort_out
from ingest.layout import Extract, Line, Page
from ingest.table import split_tables

MEASURES = re.compile(r"(?:[\d.,，、\s]|[(（]\s*\w?\s*[)）])+")
"""A line of the table that holds numbers and letters of measures and nothing else."""


def digest(text: str) -> str:
    """The first 16 hex digits of a text's sha256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def assert_clauses(document: Document, listed: str) -> None:
    """Every clause listed begins with its anchor and has its digest."""
    rows = [row.split() for row in listed.strip().splitlines()]
    found = [[path, digest(document.by_path[path].text), anchor] for path, _, anchor in rows]
    assert found == rows
    assert all(document.by_path[path].text.startswith(anchor) for path, _, anchor in rows)


def headings_digest(document: Document) -> str:
    """One digest over `path heading` of every clause but the rows of the table."""
    return digest("\n".join(f"{clause.path} {clause.heading}" for clause in document.clauses if clause.kind != "row"))


def dropped(extract: Extract, document: Document) -> tuple[Dropped, ...]:
    """The lines of a document's pages that are no text."""
    return sort_out(split_languages(extract.pages)[document.lang])[1]


def body_and_table(extract: Extract, document: Document) -> tuple[list[Line], list[Line]]:
    """The lines kept: those of the running text, and those of the pages of the mapping table."""
    kept, _ = sort_out(split_languages(extract.pages)[document.lang])
    body = {page.number for page in split_tables(kept, document.lang)[0]}
    return _lines(page for page in kept if page.number in body), _lines(
        page for page in kept if page.number not in body
    )


def _lines(pages: Iterable[Page]) -> list[Line]:
    return [line for page in pages for line in page.lines]


def bare(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def assert_every_line_in_one_clause(document: Document, lines: list[Line]) -> None:
    """The lines of the running text, end to end, are the clauses but for the table, and no line is cut by a clause's edge."""
    owner = [
        c.path for c in document.clauses if c.path[0] != "T" for _ in bare(document.text[c.lead.start : c.span.end])
    ]
    assert "".join(bare(line.text) for line in lines) == bare(
        "".join(document.text[c.lead.start : c.span.end] for c in document.clauses if c.path[0] != "T")
    )
    at = 0
    for line in lines:
        end = at + len(bare(line.text))
        assert len(set(owner[at:end])) == 1, line.text
        at = end


def table_letters(document: Document) -> Counter[str]:
    """The letters of the table as printed: merged cells of governance once, measures left out."""
    table, rows = document.by_path["T"], document.children("T")
    merged = dict.fromkeys(row.text.partition("|")[2] for row in rows)
    return Counter(filter(str.isalpha, "".join([table.heading, table.text, *(row.heading for row in rows), *merged])))
