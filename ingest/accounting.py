"""What became of every line of a file: kept in a document's text, or dropped under a name.

    Extract, Document ─ account ─> Account(pages, lines, kept, dropped by reason)

The lines of the documents of a file are together the lines of the file, but for those of a language not asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.records import Lang
from ingest.flow import split_languages
from ingest.furniture import REASONS, Reason, sort_out
from ingest.intake import split_blocks
from ingest.layout import Extract


@dataclass(frozen=True, slots=True)
class Account:
    """Pages with words on them, lines found there, lines kept, and lines dropped by reason (zero included).

    A file without pages (HTML, Markdown, text) has 0 pages; its lines are its blocks, and all are kept.
    """

    pages: int
    lines: int
    kept: int
    dropped: Mapping[Reason, int]


def account(extract: Extract, lang: Lang) -> Account:
    """What became of the lines of the pages or blocks in a language."""
    if not extract.pages:
        count = len(split_blocks(extract.blocks).get(lang, ()))
        return Account(0, count, count, dict.fromkeys(REASONS, 0))
    pages = split_languages(extract.pages).get(lang, ())
    kept, dropped = sort_out(pages)
    by_reason = Counter(one.reason for one in dropped)
    return Account(
        pages=len(pages),
        lines=sum(len(page.lines) for page in pages),
        kept=sum(len(page.lines) for page in kept),
        dropped={reason: by_reason[reason] for reason in REASONS},
    )
