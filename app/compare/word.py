"""The table as a Word document, by python-docx: the same rows, insertions underlined and deletions struck through, moved
sentences by two lines."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from app.answering.words import listed
from app.compare.sentences import sentences, substitutions_told
from app.compare.table import Row, Table, named, texts_of
from app.compare.words import say
from corpus.records import Clause, Document
from corpus.text import printable
from index.redline import NEW_MARKS, OLD_MARKS

_FONTS = {"w:eastAsia": "SimSun", "w:ascii": "Calibri", "w:hAnsi": "Calibri"}


def word_document(table: Table) -> bytes:
    """The bytes of a .docx file: title, sources, main changes, the table."""
    from docx import Document as WordDocument
    from docx.enum.section import WD_ORIENT

    lang = table.lang
    word: Any = WordDocument()
    _fonts(word)
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    word.add_heading(say("title", lang, old=table.version("old"), new=table.version("new")), 0)
    word.add_paragraph(say("made_by", lang))
    for source in (table.old, table.new):
        word.add_paragraph(f"{source.id}: {say(source.status, lang)}, sha256 {source.sha256}", style="List Bullet")
    word.add_paragraph(listed([f"{say(label, lang)} {count}" for label, count in table.counts.items()], lang))
    word.add_heading(say("summary", lang), 1)
    for sentence in sentences(table):
        word.add_paragraph(printable(sentence), style="List Bullet")
    if replaced := substitutions_told(table):
        word.add_heading(say("substitutions", lang), 1)
        for told in replaced:
            word.add_paragraph(printable(told), style="List Bullet")
    word.add_heading(say("table", lang), 1)
    _rows(word, table)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _fonts(word: Any) -> None:
    from docx.oxml.ns import qn

    style = word.styles["Normal"]
    style.font.name = "Calibri"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name, font in _FONTS.items():
        fonts.set(qn(name), font)


def _rows(word: Any, table: Table) -> None:
    lang = table.lang
    grid = word.add_table(rows=1, cols=4)
    grid.style = "Table Grid"
    heads = [
        *(say("side", lang, version=table.version(side)) for side in ("old", "new")),
        say("kind", lang),
        say("substance", lang),
    ]
    for cell, head in zip(grid.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for row in table.rows:
        cells = grid.add_row().cells
        _side(cells[0], table.old, row.old, row, OLD_MARKS)
        _side(cells[1], table.new, row.new, row, NEW_MARKS)
        cells[2].text = "\n".join(row.marks(lang))
        cells[3].text = "\n".join(row.substance(lang))


def _side(cell: Any, source: Document, clauses: Sequence[Clause], row: Row, marks: Sequence[str]) -> None:
    if not clauses:
        cell.text = "—"
        return
    names = "\n".join(named(source, clauses))
    cell.paragraphs[0].add_run(printable(names)).bold = True
    paragraph = cell.add_paragraph()
    if not row.link.redline:
        paragraph.add_run(printable(texts_of(source, clauses)))
        return
    for op, text in row.link.redline:
        if op in marks:
            run = paragraph.add_run(printable(text))
            if text.strip():  # other spaces are no change to a reader
                _mark(run.font, op)


def _mark(font: Any, op: str) -> None:
    """Word's own way with changes: moved text has two lines where other text has one."""
    from docx.enum.text import WD_UNDERLINE

    font.strike, font.double_strike = op == "-", op == "<"
    font.underline = {"+": WD_UNDERLINE.SINGLE, ">": WD_UNDERLINE.DOUBLE}.get(op, False)
