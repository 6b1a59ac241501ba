"""The units of a lineage: clauses without children, and whole appendices; and their phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.records import Clause, Document, Lang

_WHOLE = ("A1", "A2", "A3", "preface")
_OUTSIDE = ("T", "ack", "notice")
_PHRASE_END = re.compile(r"[，；。！？：\n]+|[,;.!?:]+(?=\s|$)")
_SHORTEST = {"zh": 6, "en": 20}
"""A phrase with fewer characters says too little by itself."""


@dataclass(frozen=True)
class Leaf:
    """A unit of the lineage: a clause without children, or a whole appendix. `places`: the headings above, outermost first."""

    path: str
    parent: str | None
    heading: str
    text: str
    places: tuple[str, ...]


def leaves(document: Document) -> list[Leaf]:
    """Clauses without children, with preface, A1, A2, A3 each as a whole, and without table, thanks and notice."""
    found = []
    for clause in document.clauses:
        top = clause.path.split(".")[0]
        if top in _OUTSIDE or (top in _WHOLE and clause.path != top):
            continue
        if clause.path in _WHOLE or not document.children(clause.path):
            found.append(_leaf(document, clause))
    return found


def _leaf(document: Document, clause: Clause) -> Leaf:
    above = tuple(a.heading for a in document.ancestors(clause))
    places = above or (clause.path if clause.kind == "preface" else clause.heading,)
    return Leaf(clause.path, clause.parent, clause.heading, text_of(document, clause).strip(), places)


def text_of(document: Document, clause: Clause) -> str:
    """A clause as it stands: its text, and that of what is below it where it is an appendix taken whole."""
    below = [clause.text, *(f"{one.heading} {one.text}".strip() for one in document.below(clause.path))]
    return "\n".join(part for part in below if part)


def phrases(text: str, lang: Lang) -> list[str]:
    """What stands between commas and stops, the shortest left out; the whole text where nothing else is left.

    >>> phrases("定期开展安全测试，及时修复；并留存记录。", "zh")
    ['定期开展安全测试']
    """
    found = [phrase.strip() for phrase in _PHRASE_END.split(text)]
    return [phrase for phrase in found if len(phrase) >= _SHORTEST[lang]] or [text]
