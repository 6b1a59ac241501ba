"""The table for a spreadsheet: CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese; formulas are disarmed."""

from __future__ import annotations

import csv
import io

from app.answering.words import listed
from app.compare.table import Table, named, texts_of
from app.compare.words import say

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(table: Table) -> bytes:
    """The table: paths, headings and texts of either side, kind of change, substance, confidence."""
    lang = table.lang
    heads = [say("side", lang, version=table.version(side)) for side in ("old", "new")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [*heads, *(f"{head} {say('clause', lang)}" for head in heads), say("kind", lang), say("substance", lang)]
    )
    for row in table.rows:
        sides = ((table.old, row.old), (table.new, row.new))
        texts = [*("\n".join(named(*side)) for side in sides), *(texts_of(*side) for side in sides)]
        writer.writerow(
            [disarmed(cell) for cell in (*texts, listed(row.marks(lang), lang), listed(row.substance(lang), lang))]
        )
    return out.getvalue().encode("utf-8-sig")


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `disarmed("=1+1") == "'=1+1"` (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
