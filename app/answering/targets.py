"""Which clause a list, a definition or a mapping question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from app.answering.compose import Desk
from corpus.glossary import load_glossary
from corpus.ids import is_below
from corpus.mapping import row_of
from corpus.records import Clause, Document, Hit
from corpus.text import fold, squeeze
from index.question import content_units, index_terms, without_editions

_TERMS = "A3"
_LOOKED_AT, _AGAIN = 6, 2
"""Of so many hits, so many items show that their section is meant."""
_LEAST_COVER = 0.5


def term_clauses(desk: Desk, document: Document) -> list[Clause]:
    """The entries of the terminology that the question asks for, by their headings or a synonym of one."""
    entries = document.children(_TERMS)
    asked = squeeze(desk.query.read)
    found = load_glossary().find(fold(desk.query.read).text)
    synonyms = {squeeze(form) for _, _, term in found for form in (*term.zh, *term.en)}
    direct = [clause for clause in entries if squeeze(clause.heading) in asked]
    if direct:
        names = [squeeze(clause.heading) for clause in direct]
        return [
            clause for clause, name in zip(direct, names, strict=True) if not any(name in one != name for one in names)
        ]
    return [clause for clause in entries if squeeze(clause.heading) in synonyms][:1]


def within(desk: Desk, document: Document, above: Clause, hits: Sequence[Hit], listed: bool) -> Clause | None:
    """What is asked about in a clause that holds others: the one below it that the search found first, or, of a list,
    the one whose heading covers the question; None where it is meant as a whole."""
    first = hits[0].passage.clause.partition("#")[2] if hits else above.path
    if first != above.path and is_below(first, above.path) and first in document.by_path:
        return document.by_path[first]
    return container(desk, document, hits, above.path) if listed else None


def container(desk: Desk, document: Document, hits: Sequence[Hit], above: str = "") -> Clause | None:
    """The clause whose children are the list asked for: the one whose heading covers the question best.

    `above`: look below this clause only.

    Weighed by rarity among headings are the question's words that the heading holds, those that the headings above hold
    (less), how much of the heading was asked for, whether the children speak of the subject, and how often the search
    found them. Without a good cover there is no list.
    """
    wanted = _wanted(desk, document)
    if not wanted:
        return None
    number = _number_named(desk.query.read)
    scored = [
        (
            _cover(wanted, document, clause)
            + 0.2 * _found_below(clause, hits)
            + 0.2 * (len(document.children(clause.path)) == number),
            -clause.path.count("."),
            clause,
        )
        for clause in document.clauses
        if len(document.children(clause.path)) > 1 and clause.path not in ("T", above) and _lies(clause.path, above)
    ]
    best = max(scored, key=lambda row: row[:2], default=None)
    return best[2] if best is not None and best[0] >= _LEAST_COVER else None


def _lies(path: str, above: str) -> bool:
    return not above or is_below(path, above)


def section_found(document: Document, hits: Sequence[Hit]) -> Clause | None:
    """The section that a search found first and again by its items: it is meant as a whole."""
    paths = [hit.passage.clause.partition("#")[2] for hit in hits[:_LOOKED_AT]]
    clause = document.by_path.get(paths[0]) if paths else None
    if clause is None or clause.text.strip() or clause.kind != "section":
        return None
    items = [path for path in paths[1:] if is_below(path, clause.path) and not document.children(path)]
    return clause if len(items) >= _AGAIN else None


_LISTING = re.compile(
    r"人工智能|框架|版本?|分为|分成|包括|包含|部分|方面|列出|列举|所有|全部|大类|一共|总共|由|各|条|项|个|类|种|大|"
    r"\b(?:list|name|all|items?|framework|two|three|four|five|eight|ten|fourteen|fifteen|consists?|made|up|there|belong)\b"
)
"""Words of a question for a list that say nothing of its subject."""
_UNKNOWN = 4.0
"""Weight of a word that no heading has: it counts against every candidate."""
Units = tuple[tuple[tuple[str, ...], float], ...]


_LEVELS = re.compile(r"(?:几|多少|哪|[一二三四五六七八九十]|\d)+个?级(?!别)")
_NUMBER = re.compile(r"([二三四五六七八九十]{1,2}|\d{1,2}|\b[a-z]+\b)(?=\s*(?:大|个|条|项|类|种|级|[a-z]))")
_NUMBERS = {
    word: n for n, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=2)
} | {
    **{char: n for n, char in enumerate("二三四五六七八九十", start=2)},
    **{f"十{char}": 10 + n for n, char in enumerate("一二三四五六七八九", start=1)},
    "两": 2,
    "fourteen": 14,
    "fifteen": 15,
}


def _number_named(question: str) -> int | None:
    """How many items a question says there are: `_number_named("哪五级") == _number_named("the five levels") == 5`."""
    for match in _NUMBER.finditer(fold(question).text):
        word = match[1]
        if word in _NUMBERS or word.isdigit():
            return _NUMBERS.get(word) or int(word)
    return None


def _wanted(desk: Desk, document: Document) -> Units:
    """The question's words that say something, each as its index terms and its weight."""
    named = _LEVELS.sub(" 级别 ", without_editions(fold(desk.query.read).text))
    units = content_units(_LISTING.sub(" ", named))
    return tuple((unit, desk.retriever.heading_rarity(document.lang, unit) or _UNKNOWN) for unit in units)


@lru_cache(maxsize=4096)
def _heading_units(heading: str) -> tuple[tuple[str, ...], ...]:
    return content_units(heading)


@lru_cache(maxsize=4096)
def _heading_terms(heading: str) -> frozenset[str]:
    return frozenset(index_terms(heading))


def _cover(wanted: Units, document: Document, clause: Clause) -> float:
    own = _heading_terms(clause.heading)
    above = {token for parent in document.ancestors(clause) for token in _heading_terms(parent.heading)}
    asked = sum(weight for _, weight in wanted)
    shared = sum(weight for unit, weight in wanted if any(token in own for token in unit))
    helped = 0.3 * sum(w for unit, w in wanted if not any(t in own for t in unit) and any(t in above for t in unit))
    parts = _heading_units(clause.heading)
    terms = {token for unit, _ in wanted for token in unit}
    named = sum(any(token in terms for token in unit) for unit in parts) / max(len(parts), 1)
    children = document.children(clause.path)
    alike = sum(any(t in terms for t in _heading_terms(child.heading)) for child in children) / len(children)
    return 0.6 * min(1.0, (shared + helped) / asked) + 0.3 * named + 0.1 * alike


def _found_below(clause: Clause, hits: Sequence[Hit]) -> float:
    """Share of the best hits that stand in the clause."""
    paths = [hit.passage.clause.partition("#")[2] for hit in hits[:5]]
    return sum(is_below(path, clause.path) for path in paths) / max(len(paths), 1)


def rows_named(documents: Sequence[Document], paths: Sequence[str]) -> list[tuple[Document, Clause]]:
    """The table rows of the risks that a question names by number, each in the first document that has it."""
    found = (
        next(((d, d.by_path[row]) for d in documents if row in d.by_path), None) for row in (f"T.{p}" for p in paths)
    )
    return [pair for pair in found if pair]


def mapping_rows(document: Document, hits: Sequence[Hit]) -> list[Clause]:
    """The table row of the risk that the question names: the first row found, or the row of the first risk found."""
    for hit in hits:
        path = hit.passage.clause.partition("#")[2]
        row = document.by_path.get(path if path.startswith("T.") else f"T.{path}")
        if row is not None:
            return [row]
    return []


def measures_in(table: Document, row: Clause, document: Document) -> list[Clause]:
    """The measure clauses of a document that a row of its table, or of its twin's, names: `4.1.1（a）（b）` gives two."""
    found = row_of(table, row.path)
    return [document.by_path[path] for path in found.measures if path in document.by_path] if found else []
