"""What `add` and `crawl` tell of a file they parsed: what became of every line, and what is doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.answering.words import listed
from app.messages import tell
from corpus.records import Document, Lang

if TYPE_CHECKING:
    from ingest.layout import Extract


def parse_row(extract: Extract, document: Document) -> dict[str, Any]:
    """The account of one document: `{"pages", "lines", "kept", "dropped": {reason: count}, "doubtful_clauses", "table_rows"}`.

    Blank pages belong to no document: they are counted with each document of the file.
    """
    from ingest.accounting import account

    found = account(extract, document.lang)
    return {
        "pages": found.pages,
        "blank_pages": sum(not page.lines for page in extract.pages),
        "lines": found.lines,
        "kept": found.kept,
        "dropped": dict(found.dropped),
        "doubtful_clauses": sum("low_confidence" in clause.flags for clause in document.clauses),
        "table_rows": sum(clause.kind == "row" for clause in document.clauses),
    }


def parse_line(row: dict[str, Any], lang: Lang) -> str:
    """The account in one line."""
    gone = [tell(f"dropped_{reason}", lang, count=count) for reason, count in row["dropped"].items() if count]
    if row["blank_pages"]:
        gone.append(tell("parsed_blank", lang, blank=row["blank_pages"]))
    return tell(
        "parsed" if row["pages"] else "parsed_lines",
        lang,
        pages=row["pages"],
        lines=row["lines"],
        kept=row["kept"],
        dropped=listed(gone, lang) or tell("dropped_nothing", lang),
        doubtful=row["doubtful_clauses"],
        rows=row["table_rows"],
    )
