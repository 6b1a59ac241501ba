"""The main changes in sentences, as the forewords of Chinese standards give them (GB/T 1.1—2020, 8.3).

增加了“…”（见2.0版的5.1）；更改了“…”（见2.0版的1.4，1.0版的1.4）；删除了“…”（见1.0版的6.1(a)）
"""

from __future__ import annotations

from app.answering.words import listed
from app.compare.table import Row, Table, name_of, texts_of
from app.compare.words import path_in_words, say
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
    texts = [(texts_of(table.old, row.old), texts_of(table.new, row.new)) for row in table.rows if row.old and row.new]
    found = substitutions(texts, table.lang)
    return [say("replaced", table.lang, old=old, new=new, count=count) for old, new, count in found]
