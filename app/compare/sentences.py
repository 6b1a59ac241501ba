"""The main changes in sentences, as the forewords of Chinese standards give them (GB/T 1.1—2020, 8.3).

增加了“…”（见2.0版的5.1）；更改了“…”（见2.0版的1.4，1.0版的1.4）；删除了“…”（见1.0版的6.1(a)）
"""

from __future__ import annotations

from app.compare.table import Row, Table, name_of, text_of
from app.compare.words import listed, path_in_words, say
from corpus.records import Clause, Document
from index.substance import substitutions

_KEYS = {
    "added": "said_added", "removed": "said_removed", "split": "said_split", "merged": "said_merged",
    "reworded": "said_changed", "moved": "said_moved",
}  # fmt: skip
"""Editorial changes and unchanged clauses are not told, as the standard has it."""


def sentences(table: Table) -> list[str]:
    """A sentence for every row that changed more than a few words, in the order of the table."""
    return [_sentence(table, row) for row in table.rows if row.link.label in _KEYS]


def _sentence(table: Table, row: Row) -> str:
    lang = table.lang
    parts = {}
    for side, document, clauses in (("old", table.old, row.old), ("new", table.new, row.new)):
        parts[side] = listed([name_of(document, clause) for clause in clauses], lang)
        paths = listed([path_in_words(clause.path, lang) for clause in clauses], lang)
        parts[f"{side}_places"] = say("places", lang, version=table.version(side), paths=paths)
    return say(_KEYS[row.link.label], lang, **parts)


def substitutions_told(table: Table) -> list[str]:
    """Terms that were replaced throughout, each told once with how often: `“人工智能产品”改为“人工智能应用”（6处）`."""
    both = [row for row in table.rows if row.old and row.new]
    texts = [tuple("\n".join(text_of(*one) for one in side) for side in _sides(table, row)) for row in both]
    found = substitutions([(old, new) for old, new in texts], table.lang)
    return [say("replaced", table.lang, old=old, new=new, count=count) for old, new, count in found]


def _sides(table: Table, row: Row) -> tuple[list[tuple[Document, Clause]], list[tuple[Document, Clause]]]:
    return [(table.old, clause) for clause in row.old], [(table.new, clause) for clause in row.new]
