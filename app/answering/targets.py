"""Which clause a list, a definition or a mapping question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.compose import Desk
from corpus.glossary import load_glossary
from corpus.ids import is_below
from corpus.records import Clause, Document, Hit
from corpus.text import squeeze, tokens
from index.question import content_tokens

_TERMS = "A3"
_LEAST_COVER = 0.5


def term_clause(desk: Desk, document: Document) -> Clause | None:
    """The entry of the terminology that the question asks for, by its heading or a synonym of it."""
    entries = document.children(_TERMS)
    asked = squeeze(desk.query.text)
    synonyms = {squeeze(form) for _, term in load_glossary().find(desk.query.text) for form in (*term.zh, *term.en)}
    direct = [clause for clause in entries if squeeze(clause.heading) in asked]
    if direct:
        return max(direct, key=lambda clause: len(clause.heading))
    return next((clause for clause in entries if squeeze(clause.heading) in synonyms), None)


def container(desk: Desk, document: Document, hits: Sequence[Hit], kind: str) -> Clause | None:
    """The clause whose children are the list asked for: the one whose headings the question's words cover best.

    A clause far down is preferred to one that merely stands above it; without a good cover there is no list.
    """
    if kind == "summary" and not _has_topic(desk):
        return None
    wanted = _wanted(desk, document)
    if not wanted:
        return None
    scored = [
        (_cover(wanted, document, clause), -len(document.children(clause.path)), clause)
        for clause in document.clauses
        if len(document.children(clause.path)) > 1 and clause.path != "T"
    ]
    best = max(scored, key=lambda row: row[:2], default=None)
    return best[2] if best is not None and best[0] >= _LEAST_COVER else None


def _has_topic(desk: Desk) -> bool:
    return bool(desk.query.content)


_GENERAL = frozenset(
    tokens("人工智能 框架 版 条 项 个 类 种 级 大 全部 所有 列出 分为 分成 包括 list name all items ai framework many")
)


def _wanted(desk: Desk, document: Document) -> dict[str, float]:
    terms = desk.query.terms[document.lang]
    return {token: weight for token, weight in terms if token not in _GENERAL and (len(token) > 1 or not terms)}


def _cover(wanted: dict[str, float], document: Document, clause: Clause) -> float:
    """Twice the shared weight over question and heading together (Dice), the headings above counting a little."""
    own = set(content_tokens(clause.heading)) - _GENERAL
    above = {token for parent in document.ancestors(clause) for token in content_tokens(parent.heading)}
    shared = sum(weight for token, weight in wanted.items() if token in own)
    helped = 0.3 * sum(weight for token, weight in wanted.items() if token in above and token not in own)
    asked = sum(weight for token, weight in wanted.items() if weight == 1.0) or sum(wanted.values())
    size = max(1, sum(len(token) > 1 for token in own))
    return min(1.0, (shared + helped) / max(asked, 1.0)) * 0.7 + 0.3 * min(1.0, shared / size)


def mapping_rows(desk: Desk, document: Document, hits: Sequence[Hit]) -> list[Clause]:
    """The table row of the risk that the question names: by the rows found, else by the risk clauses found."""
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
