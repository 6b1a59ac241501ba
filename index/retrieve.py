"""Retrieval: several lists per language, fused by rank, twins collapsed to one clause.

question ─> understand ─┬─ dense   zh, en   (FAISS, filtered by id)
                        ├─ lexical zh, en   (BM25, glossary forms added)
                        ├─ heading zh, en
                        ├─ editorial zh, en (everyday words for a clause)
                        └─ number           ("5.4", "附件2")
         ─> reciprocal rank fusion ─> hits, one per clause, with their rank in every list
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged
from corpus.ids import is_below, neutral
from corpus.jsonform import document_from_json, lineage_from_json, passage_from_json, twins_from_json
from corpus.records import LANGS, Document, Hit, Lang, Lineage, Part, Passage, Twins
from index.calibrate import Calibration, Judgement, Signals
from index.encoder import Encoder, open_encoder
from index.generation import MEND, current_generation, open_generation
from index.lexical import LexicalIndex
from index.question import Query, understand
from index.vectors import VectorIndex, vector_id

DEPTH = 60
"""How far down each list is read."""
_K = 10.0
_WEIGHTS = {"dense": 1.0, "lexical": 1.0, "heading": 0.1, "editorial": 1.0, "number": 6.0}
"""Tuned, with the two constants around, on the answerable questions of `corpus/calibration/`."""
_OTHER_LANGUAGE = 0.3
"""Weight of the lists in the language that the question is not in."""


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: hits, and whether the corpus answers the question, as calibrated."""

    query: Query
    hits: tuple[Hit, ...]
    signals: Signals
    judgement: Judgement

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers the question."""
        return self.judgement.answerable


class Retriever:
    """Searches one generation; everything it needs is in memory."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        documents: Sequence[Document],
        passages: Sequence[Passage],
        lineages: Sequence[Lineage],
        twins: Sequence[Twins],
        vectors: VectorIndex,
        lexical: Mapping[str, LexicalIndex],
        encoder: Encoder,
        generation: str,
    ) -> None:
        self.manifest = manifest
        self.documents = {(document.id, document.part): document for document in documents}
        self.passages = list(passages)
        self.lineages = {(lineage.old, lineage.new, lineage.lang): lineage for lineage in lineages}
        self.twins = {(pair.edition, pair.part): pair for pair in twins}
        self.encoder = encoder
        self.generation = generation
        self._vectors = vectors
        self._lexical = lexical
        self._calibration = Calibration.of(manifest.get("calibration"))
        self._ids = np.array([vector_id(passage.id) for passage in passages], np.int64)
        works = [passage.edition.partition("@")[0] for passage in passages]
        self._works = sorted(set(works))
        self._work_at = np.searchsorted(self._works, works)
        self._at = {int(i): at for at, i in enumerate(self._ids)}
        self._of_lang = {
            lang: np.array([at for at, p in enumerate(passages) if p.lang == lang], np.int64) for lang in LANGS
        }
        self._row = {int(at): row for lang in LANGS for row, at in enumerate(self._of_lang[lang])}
        self.query_vector = lru_cache(maxsize=8)(self._query_vector)

    @classmethod
    def open(cls, root: Path) -> Retriever:
        """The live generation under `root`; raises `IndexDamaged` where there is none or it is not whole."""
        folder = current_generation(root)
        if folder is None:
            raise IndexDamaged("there is no index yet", way_out=MEND)
        manifest, files = open_generation(folder)
        encoder = open_encoder(manifest["encoder"]["spec"])
        if encoder.id != manifest["encoder"]["id"]:
            raise IndexDamaged(
                f"the index was built with the encoder {manifest['encoder']['id']}, this one is {encoder.id}",
                way_out=MEND,
            )
        return cls.of(manifest, files, encoder, folder.name)

    @classmethod
    def of(
        cls, manifest: Mapping[str, Any], files: Mapping[str, bytes], encoder: Encoder, generation: str
    ) -> Retriever:
        """A retriever over the files of a generation."""
        lexical = {name: LexicalIndex.load(data) for name, data in files.items() if name.endswith(".npz")}
        return cls(
            manifest,
            [document_from_json(row) for row in _rows(files["documents.jsonl"])],
            [passage_from_json(row) for row in _rows(files["passages.jsonl"])],
            [lineage_from_json(row) for row in _rows(files["lineage.jsonl"])],
            [twins_from_json(row) for row in _rows(files["twins.jsonl"])],
            VectorIndex.load(files["vectors.faiss"]),
            lexical,
            encoder,
            generation,
        )

    @cached_property
    def editions_with_text(self) -> tuple[str, ...]:
        """Editions whose body is in the corpus, oldest first."""
        return tuple(sorted({d.edition for d in self.documents.values() if d.part == "body"}))

    def heading_rarity(self, lang: Lang, terms: Sequence[str]) -> float:
        """How rare index terms are among the headings of a language: of the rarest that occurs, 0 if none does."""
        lexical = self._lexical[f"heading.{lang}.npz"]
        return max((lexical.rarity(term) for term in terms if term in lexical), default=0.0)

    def document(self, edition: str, lang: Lang, part: Part = "body") -> Document | None:
        """The document that answers for an edition, part and language."""
        return self.documents.get((f"{edition}/{lang}", part))

    def search(
        self,
        question: str | Query,
        *,
        k: int = 10,
        editions: Sequence[str] | None = None,
        lang: Lang | None = None,
        parts: Sequence[Part] | None = None,
    ) -> Found:
        """The best `k` clauses for a question, within a scope; `lang` limits the language of the text searched."""
        query = understand(question) if isinstance(question, str) else question
        allowed = self._allowed(editions, lang, parts)
        vector = self.query_vector(query.text)
        lists: dict[str, list[tuple[int, float]]] = {}
        for text_lang in LANGS:
            mine = allowed[self._of_lang[text_lang]]
            lists[f"dense.{text_lang}"] = self._dense(vector, self._of_lang[text_lang][mine])
            for field in ("lexical", "heading", "editorial"):
                lists[f"{field}.{text_lang}"] = self._sparse(field, text_lang, query, mine)
        lists["number"] = self._numbered(query, allowed)
        works = frozenset(edition.partition("@")[0] for edition in editions or ())
        measured = {lang: self._coverage(query, lang, works) for lang in LANGS}
        signals = self._signals(query, lists, measured)
        judged = self._calibration.judge(signals, query.lang)
        hits = self._relevant(self._fuse(lists, query.lang, k), lists, measured)
        return Found(query, hits, signals, judged)

    def _query_vector(self, text: str) -> NDArray[np.float32]:
        """A question's vector; `query_vector` keeps the last few, since one question is searched edition by edition."""
        vector: NDArray[np.float32] = self.encoder.encode([text], kind="query")[0]
        vector.flags.writeable = False
        return vector

    # --- lists

    def _allowed(
        self, editions: Sequence[str] | None, lang: Lang | None, parts: Sequence[Part] | None
    ) -> NDArray[np.bool_]:
        return np.array(
            [
                (editions is None or p.edition in editions)
                and (lang is None or p.lang == lang)
                and (parts is None or p.part in parts)
                for p in self.passages
            ],
            dtype=bool,
        )

    def _dense(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> list[tuple[int, float]]:
        if not vector.any():
            return []
        return [(self._at[i], score) for i, score in self._vectors.search(vector, DEPTH, self._ids[rows])]

    def _sparse(self, field: str, lang: Lang, query: Query, mine: NDArray[np.bool_]) -> list[tuple[int, float]]:
        found = self._lexical[f"{field}.{lang}.npz"].best(query.terms, DEPTH, mine)
        return [(int(self._of_lang[lang][row]), score) for row, score in found]

    def _numbered(self, query: Query, allowed: NDArray[np.bool_]) -> list[tuple[int, float]]:
        if not query.paths:
            return []
        paths = [passage.clause.partition("#")[2] for passage in self.passages]
        exact = [at for at, path in enumerate(paths) if path in query.paths and allowed[at]]
        below = [
            at
            for at, path in enumerate(paths)
            if allowed[at] and at not in exact and any(is_below(path, wanted) for wanted in query.paths)
        ]
        return [(at, 1.0) for at in [*exact, *below][:DEPTH]]

    # --- fusion

    def _fuse(self, lists: Mapping[str, list[tuple[int, float]]], lang: Lang, k: int) -> tuple[Hit, ...]:
        scores: dict[str, float] = {}
        ranks: dict[str, dict[str, int]] = {}
        shown: dict[str, tuple[tuple[bool, int], int]] = {}
        for name, found in lists.items():
            field, _, list_lang = name.partition(".")
            weight = _WEIGHTS[field] * (_OTHER_LANGUAGE if list_lang and list_lang != lang else 1.0)
            seen: set[str] = set()
            for at, _ in found:
                clause = neutral(self.passages[at].clause)
                best = ((self.passages[at].lang != lang, len(seen)), at)
                shown[clause] = min(shown.get(clause, best), best)
                if clause in seen:
                    continue
                seen.add(clause)
                scores[clause] = scores.get(clause, 0.0) + weight / (_K + len(seen))
                place = ranks.setdefault(clause, {})
                place[field] = min(place.get(field, len(seen)), len(seen))
        order = sorted(scores, key=lambda clause: (-scores[clause], shown[clause][1]))[:k]
        return tuple(
            Hit(self.passages[shown[clause][1]], scores[clause], rank, ranks[clause])
            for rank, clause in enumerate(order, start=1)
        )

    # --- evidence that there is an answer at all

    def _signals(
        self, query: Query, lists: Mapping[str, list[tuple[int, float]]], measured: Mapping[Lang, Coverage]
    ) -> Signals:
        """How well the best passages cover the question: see `Signals`."""
        dense = max((found[0][1] for name, found in lists.items() if name.startswith("dense") and found), default=0.0)
        known = max(coverage.known for coverage in measured.values())
        covered = max(
            (measured[lang].held(self._row[at]) for lang in LANGS for at, _ in lists[f"lexical.{lang}"][:8]),
            default=0.0,
        )
        if query.paths and lists["number"]:
            known = covered = 1.0
        return Signals(dense, known, covered, float(query.outside))

    def _coverage(self, query: Query, lang: Lang, works: frozenset[str]) -> Coverage:
        """What the works asked about (none named: all) hold of a question; other works' words count as unknown.

        A passage holds the words of its editorial entry too, but a word that stands there alone stays unknown: readers'
        words do not show that the texts deal with a matter.
        """
        lexical, editorial = (self._lexical[f"{field}.{lang}.npz"] for field in ("lexical", "editorial"))
        foreign = [at for at, work in enumerate(self._works) if works and work not in works]
        own = ~np.isin(self._work_at[self._of_lang[lang]], foreign)

        def weight(term: str) -> float:
            known = term in lexical and (not foreign or own[lexical.holders(term)].any())
            return lexical.rarity(term) if known else 0.0

        units = [(unit, max(map(weight, unit), default=0.0)) for unit in query.units]
        total = sum(weight or lexical.rarity("") for _, weight in units)
        tokens = {token for unit, _ in units for token in unit}
        holders = {
            token: frozenset((*lexical.holders(token).tolist(), *editorial.holders(token).tolist())) for token in tokens
        }
        return Coverage(tuple(units), total, holders)

    def _relevant(
        self,
        hits: Sequence[Hit],
        lists: Mapping[str, list[tuple[int, float]]],
        measured: Mapping[Lang, Coverage],
    ) -> tuple[Hit, ...]:
        """The hits with their relevance to the question."""
        cosine = {at: score for lang in LANGS for at, score in lists[f"dense.{lang}"]}

        def relevance(passage: Passage) -> float:
            at = self._at[vector_id(passage.id)]
            return 0.5 * measured[passage.lang].held(self._row[at]) + 0.5 * max(cosine.get(at, 0.0), 0.0)

        return tuple(replace(hit, relevance=relevance(hit.passage)) for hit in hits)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a question the texts of one language hold. `units`: index terms with their rarity, 0 for unknown ones."""

    units: tuple[tuple[tuple[str, ...], float], ...]
    total: float
    holders: Mapping[str, frozenset[int]]

    @property
    def known(self) -> float:
        """Share of the question's weight that occurs in the texts at all."""
        return sum(weight for _, weight in self.units) / self.total if self.total else 0.0

    def held(self, row: int) -> float:
        """Share that the passage in `row` holds, in the question's words or in the glossary's."""
        if not self.total:
            return 0.0
        held = sum(weight for unit, weight in self.units if any(row in self.holders[token] for token in unit))
        return held / self.total


def _rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode().splitlines()]
