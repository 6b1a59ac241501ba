"""Which clause a list, a definition or a mapping question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.answering.compose import Desk
from corpus.glossary import load_glossary
from corpus.ids import is_below
from corpus.records import Clause, Document, Hit
from corpus.text import fold, squeeze, tokens
from index.question import index_terms

_TERMS = "A3"
_LEAST_COVER = 0.5


def term_clause(desk: Desk, document: Document) -> Clause | None:
    """The entry of the terminology that the question asks for, by its heading or a synonym of it."""
    entries = document.children(_TERMS)
    asked = squeeze(desk.query.text)
    found = load_glossary().find(fold(desk.query.text).text)
    synonyms = {squeeze(form) for _, _, term in found for form in (*term.zh, *term.en)}
    direct = [clause for clause in entries if squeeze(clause.heading) in asked]
    if direct:
        return max(direct, key=lambda clause: len(clause.heading))
    return next((clause for clause in entries if squeeze(clause.heading) in synonyms), None)


def container(desk: Desk, document: Document, hits: Sequence[Hit]) -> Clause | None:
    """The clause whose children are the list asked for: the one whose heading covers the question best.

    Weighed are the question's words that the heading holds, those that the headings above hold (less), and how often
    the search found the clause's children. Without a good cover there is no list.
    """
    wanted = _wanted(desk)
    if not wanted:
        return None
    scored = [
        (_cover(wanted, document, clause) + 0.2 * _found_below(clause, hits), -clause.path.count("."), clause)
        for clause in document.clauses
        if len(document.children(clause.path)) > 1 and clause.path != "T"
    ]
    best = max(scored, key=lambda row: row[:2], default=None)
    return best[2] if best is not None and best[0] >= _LEAST_COVER else None


_GENERAL = frozenset(
    tokens(
        "人工智能 框架 版 条 项 个 类 种 分 为 几 大 全部 所有 列出 分为 分成 包括 包含 list name all items framework five"
    )
)


def _wanted(desk: Desk) -> dict[str, float]:
    """The question's terms that say something, with their weights."""
    return {token: weight for token, weight in desk.query.terms if token not in _GENERAL}


@lru_cache(maxsize=4096)
def _heading_terms(heading: str) -> frozenset[str]:
    return frozenset(index_terms(heading))


def _cover(wanted: dict[str, float], document: Document, clause: Clause) -> float:
    own = set(_heading_terms(clause.heading)) - _GENERAL
    above = {token for parent in document.ancestors(clause) for token in _heading_terms(parent.heading)} - own
    asked = sum(wanted.values())
    shared = sum(weight for token, weight in wanted.items() if token in own)
    helped = 0.3 * sum(weight for token, weight in wanted.items() if token in above)
    answered = min(1.0, (shared + helped) / asked)
    named = sum(token in wanted for token in own) / max(len(own), 1)
    children = document.children(clause.path)
    alike = sum(any(token in wanted for token in _heading_terms(child.heading)) for child in children) / len(children)
    return 0.6 * answered + 0.3 * named + 0.1 * alike


def _found_below(clause: Clause, hits: Sequence[Hit]) -> float:
    """Share of the best hits that stand in the clause."""
    paths = [hit.passage.clause.partition("#")[2] for hit in hits[:5]]
    return sum(is_below(path, clause.path) for path in paths) / max(len(paths), 1)


def mapping_rows(document: Document, hits: Sequence[Hit]) -> list[Clause]:
    """The table row of the risk that the question names: the first row found, or the row of the first risk found."""
    for hit in hits:
        path = hit.passage.clause.partition("#")[2]
        row = document.by_path.get(path if path.startswith("T.") else f"T.{path}")
        if row is not None:
            return [row]
    return []


def measures_in(document: Document, row: Clause) -> list[Clause]:
    """The measure clauses that a table row names: `4.1.1（a）（b）` gives two."""
    found: list[Clause] = []
    for number, letters in re.findall(r"(\d\.\d\.\d)\s*((?:[(（][a-z][)）]\s*)+)", row.text):
        paths = [f"{number}({letter})" for letter in re.findall(r"[a-z]", letters)]
        found += [document.by_path[path] for path in paths if path in document.by_path]
    return [clause for clause in found if not is_below(clause.path, "T")]
