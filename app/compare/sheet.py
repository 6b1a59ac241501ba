"""The table for a spreadsheet: CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese; formulas are disarmed."""

from __future__ import annotations

import csv
import io

from app.compare.table import Table, name_of, text_of
from app.compare.words import listed, say

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(table: Table) -> bytes:
    """The table: paths, headings and texts of either side, kind of change, substance, confidence."""
    lang = table.lang
    sides = [say("side", lang, version=table.version(side)) for side in ("old", "new")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [*sides, *(f"{side} {say('clause', lang)}" for side in sides), say("kind", lang), say("substance", lang)]
    )
    for row in table.rows:
        cells = []
        for document, clauses in ((table.old, row.old), (table.new, row.new)):
            named = [f"{clause.path} {name_of(document, clause)}" for clause in clauses]
            cells.append(("\n".join(named), "\n".join(text_of(document, clause) for clause in clauses)))
        texts = [cells[0][0], cells[1][0], cells[0][1], cells[1][1]]
        writer.writerow(
            [disarmed(cell) for cell in (*texts, listed(row.marks(lang), lang), listed(row.substance(lang), lang))]
        )
    return out.getvalue().encode("utf-8-sig")


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `disarmed("=1+1") == "'=1+1"` (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
