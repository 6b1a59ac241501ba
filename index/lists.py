"""The lists that a question is searched in: by meaning, by words, by readers' questions, by number, by the mapping table.

dense.zh, dense.en        cosine with a passage            editorial.*, asked.*   words of readers for a clause
lexical.*, heading.*      BM25 over texts and headings     alike                  cosine with a reader's question
number                    clauses named by number          mapping                measures of the risks found
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.records import LANGS, Lang
from index.arrays import Mask
from index.fusion import Ranked, fuse, ranked
from index.lexical import LexicalIndex
from index.limits import Limits, Where
from index.measures import following
from index.question import Query
from index.questions import QuestionIndex
from index.stores.store import VectorStore
from index.table import Table

DEPTH = 60
"""How far down each list is read."""
EDITORIAL = frozenset({"editorial", "asked", "alike"})
"""The lists that rest on what was written for readers, not on the texts."""
FIELDS = frozenset({"dense", "lexical", "heading", "number", "mapping"}) | EDITORIAL
TELLING = frozenset({"dense", "lexical", "alike", "number"})
"""The lists that tell whether there is an answer at all (`index.calibrate.Signals`)."""
WEIGHTS = {
    "dense": 2.0, "lexical": 1.0, "heading": 0.05, "editorial": 0.5, "asked": 3.0, "alike": 3.0, "number": 10.0,
    "mapping": 4.0,
}  # fmt: skip
"""Tuned, with the one below, on the answerable questions of `corpus/calibration/` and `eval/questions/tuning.jsonl`."""
OTHER_LANGUAGE = 0.4
"""Weight of a list in the language that the question is not in."""
Vector = NDArray[np.float32]


class Allowed:
    """Which passages may be found, `mask`, `(passages,)`, `where` by language for a store, and what follows, reckoned once."""

    def __init__(self, limits: Limits, table: Table) -> None:
        self.mask = mask = table.allowed(limits)
        self._table = table
        self.of_lang = {lang: mask[rows] for lang, rows in table.of_lang.items()}
        self.where = {
            lang: table.where(replace(limits, lang=lang)) if limits.lang in (None, lang) else Where(())
            for lang in LANGS
        }
        self.shown = cache(self._passages_shown)

    def _passages_shown(self, lang: Lang) -> NDArray[np.int32]:
        """`(clauses,)`: the passage by which each clause is shown, in the question's language if allowed, else -1."""
        shown = np.full(self._table.clauses, -1, np.int32)
        for text_lang in sorted(LANGS, key=lambda one: one == lang):
            rows = self._table.of_lang[text_lang][self.of_lang[text_lang]][::-1]
            shown[self._table.clause_of[rows]] = rows  # the first passage of a clause is written last
        return shown


class Lists:
    """Searches the passages of a table, with everything in memory; `answered`: see `index.measures.answers`."""

    def __init__(
        self,
        table: Table,
        vectors: VectorStore,
        questions: QuestionIndex,
        lexical: Mapping[str, LexicalIndex],
        answered: Callable[[], Mapping[int, Sequence[int]]],
    ) -> None:
        self.table = table
        self.lexical = lexical
        self.questions = questions
        self._vectors = vectors
        self._answered = cache(answered)  # reading the mapping table takes longer than a question, and few need it

    def of(self, query: Query, vector: Vector, allowed: Allowed, fields: frozenset[str]) -> list[Ranked]:
        """Every list of the fields over the allowed passages, none of them empty."""
        clause_of = self.table.clause_of
        lists = []
        for name, found in self._found(query, vector, allowed, fields):
            field, _, lang = name.partition(".")
            if found := list(found):
                weight = WEIGHTS[field] * (OTHER_LANGUAGE if lang and lang != query.lang else 1.0)
                lists.append(ranked(name, weight, found, clause_of))
        numbered, mapped = "number" in fields and query.paths, "mapping" in fields and query.measures
        if not (numbered or mapped):
            return [found for found in lists if found.passages]
        scores = fuse(lists, clause_of, self.table.clauses)
        if numbered:
            lists.append(ranked("number", WEIGHTS["number"], self._numbered(query, allowed.mask, scores), clause_of))
        if mapped:
            found = following(self._answered(), scores, allowed.shown(query.lang))
            lists.append(ranked("mapping", WEIGHTS["mapping"], found, clause_of))
        return [found for found in lists if found.passages]

    def _found(
        self, query: Query, vector: Vector, allowed: Allowed, fields: frozenset[str]
    ) -> Iterator[tuple[str, Iterable[tuple[int, float]]]]:
        shown = allowed.shown(query.lang)
        any_shown = shown >= 0
        for lang in LANGS:
            rows = self.table.of_lang[lang]
            if "dense" in fields and vector.any():
                yield f"dense.{lang}", self._vectors.search(vector, DEPTH, allowed.where[lang])
            for field in ("lexical", "heading"):
                if field in fields:
                    found = self.lexical[f"{field}.{lang}"].best(query.terms, DEPTH, allowed.of_lang[lang])
                    yield f"{field}.{lang}", ((int(rows[row]), score) for row, score in found)
            for field in ("editorial", "asked"):
                if field in fields:
                    found = self.lexical[f"{field}.{lang}"].best(query.terms, DEPTH, any_shown)
                    yield f"{field}.{lang}", ((int(shown[row]), score) for row, score in found)
        if "alike" in fields and vector.any():
            alike = self.questions.nearest(vector, DEPTH, any_shown)
            yield "alike", ((int(shown[row]), score) for row, score in alike)

    def _numbered(self, query: Query, mask: Mask, scores: NDArray[np.float64]) -> Iterator[tuple[int, float]]:
        """Clauses whose number is named, then those below them, as the other lists order them, else in text order."""
        found = [self.table.numbered(path) for path in query.paths]
        named = np.unique(np.concatenate([rows for rows, _ in found]))
        below = np.setdiff1d(np.concatenate([rows for _, rows in found]), named)
        below = below[mask[below]]
        best = below[np.argsort(-scores[self.table.clause_of[below]], kind="stable")[:DEPTH]]
        yield from ((int(row), 1.0) for rows in (named[mask[named]], best) for row in rows)
