"""The lists that a question is searched in: by meaning, by words, by readers' questions, by number, by the mapping table.

dense.zh, dense.en        cosine with a passage            editorial.*, asked.*   words of readers for a clause
lexical.*, heading.*      BM25 over texts and headings     alike                  cosine with a reader's question
number                    clauses named by number          mapping                measures of the risks found
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.ids import is_below, neutral
from corpus.records import LANGS, Lang, Passage
from index.fusion import Ranked, fuse, ranked
from index.lexical import LexicalIndex
from index.measures import following
from index.question import Query
from index.questions import QuestionIndex
from index.vectors import VectorIndex, vector_id

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


class Lists:
    """Searches passages, `clauses` being the rows of their clauses by id, with everything in memory."""

    def __init__(
        self,
        passages: Sequence[Passage],
        clauses: Mapping[str, int],
        vectors: VectorIndex,
        questions: QuestionIndex,
        lexical: Mapping[str, LexicalIndex],
        answered: Mapping[int, Sequence[int]],
    ) -> None:
        self.clauses = len(clauses)
        self.clause_of = np.array([clauses[neutral(passage.clause)] for passage in passages], np.int32)
        of_lang = {lang: [at for at, passage in enumerate(passages) if passage.lang == lang] for lang in LANGS}
        self.of_lang = {lang: np.array(rows, np.int64) for lang, rows in of_lang.items()}
        self.lexical = lexical
        self.questions = questions
        self._vectors = vectors
        self._answered = answered
        self._ids = np.array([vector_id(passage.id) for passage in passages], np.int64)
        self._at = {int(i): at for at, i in enumerate(self._ids)}
        self._paths = [passage.clause.partition("#")[2] for passage in passages]

    def of(self, query: Query, vector: Vector, allowed: NDArray[np.bool_], fields: frozenset[str]) -> list[Ranked]:
        """Every list of the fields over the passages `allowed`, `(passages,)`, none of them empty."""
        lists = []
        for name, found in self._found(query, vector, allowed, fields):
            field, _, lang = name.partition(".")
            if found := list(found):
                weight = WEIGHTS[field] * (OTHER_LANGUAGE if lang and lang != query.lang else 1.0)
                lists.append(ranked(name, weight, found, self.clause_of))
        numbered, mapped = "number" in fields and query.paths, "mapping" in fields and query.measures
        if not (numbered or mapped):
            return [found for found in lists if found.passages]
        scores = fuse(lists, self.clause_of, self.clauses)
        if numbered:
            lists.append(ranked("number", WEIGHTS["number"], self._numbered(query, allowed, scores), self.clause_of))
        if mapped:
            found = following(self._answered, scores, self._shown(query.lang, allowed))
            lists.append(ranked("mapping", WEIGHTS["mapping"], found, self.clause_of))
        return [found for found in lists if found.passages]

    def _found(
        self, query: Query, vector: Vector, allowed: NDArray[np.bool_], fields: frozenset[str]
    ) -> Iterator[tuple[str, Iterable[tuple[int, float]]]]:
        shown = self._shown(query.lang, allowed)
        for lang in LANGS:
            rows = self.of_lang[lang]
            mine = allowed[rows]
            if "dense" in fields:
                yield f"dense.{lang}", self._dense(vector, rows[mine])
            for field in ("lexical", "heading"):
                if field in fields:
                    found = self.lexical[f"{field}.{lang}"].best(query.terms, DEPTH, mine)
                    yield f"{field}.{lang}", ((int(rows[row]), score) for row, score in found)
            for field in ("editorial", "asked"):
                if field in fields:
                    found = self.lexical[f"{field}.{lang}"].best(query.terms, DEPTH, shown >= 0)
                    yield f"{field}.{lang}", ((int(shown[row]), score) for row, score in found)
        if "alike" in fields and vector.any():
            alike = self.questions.nearest(vector, DEPTH, shown >= 0)
            yield "alike", ((int(shown[row]), score) for row, score in alike)

    def _shown(self, lang: Lang, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """`(clauses,)`: the passage by which each clause is shown, in the question's language if allowed, else -1."""
        shown = np.full(self.clauses, -1, np.int64)
        for text_lang in sorted(LANGS, key=lambda one: one == lang):
            rows = self.of_lang[text_lang]
            rows = rows[allowed[rows]][::-1]  # the first passage of a clause is written last
            shown[self.clause_of[rows]] = rows
        return shown

    def _dense(self, vector: Vector, rows: NDArray[np.int64]) -> list[tuple[int, float]]:
        if not vector.any():
            return []
        return [(self._at[i], score) for i, score in self._vectors.search(vector, DEPTH, self._ids[rows])]

    def _numbered(
        self, query: Query, allowed: NDArray[np.bool_], scores: NDArray[np.float64]
    ) -> Iterator[tuple[int, float]]:
        """Clauses whose number is named, then those below them, as the other lists order them, else in text order."""
        for at, path in enumerate(self._paths):
            if path in query.paths and allowed[at]:
                yield at, 1.0
        below = [at for at, path in enumerate(self._paths) if allowed[at] and _is_below_any(path, query.paths)]
        yield from ((at, 1.0) for at in sorted(below, key=lambda at: -scores[self.clause_of[at]])[:DEPTH])


def _is_below_any(path: str, named: Sequence[str]) -> bool:
    return path not in named and any(is_below(path, one) for one in named)
