"""Retrieval: many lists, fused by rank, twins collapsed to one clause.

question ─> understand ─┬─ dense     zh, en   passages by meaning (FAISS, filtered by id)
                        ├─ lexical   zh, en   passages by words (BM25, glossary forms added)
                        ├─ heading   zh, en
                        ├─ editorial zh, en   everyday words for a clause
                        ├─ asked     zh, en   readers' questions for a clause, by words
                        ├─ alike              the same questions by meaning, both languages at once
                        └─ number             "5.4", "附件2"
         ─> reciprocal rank fusion ─> hits, one per clause, with their rank in every list

The three lists of the editorial index (`EDITORIAL`) reach a clause, so a Chinese question finds a text that is there in
English only by the Chinese questions written for the clause. Editions that a question compares are searched apart and
their clauses interleaved; a clause is lifted by what became of it in the other edition (the lineage).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged
from corpus.ids import of_framework
from corpus.jsonform import document_from_json, lineage_from_json, twins_from_json
from corpus.records import LANGS, Document, Hit, Lang, Lineage, Part, Status, Twins, part_of
from corpus.text import language
from index.arrays import Buffer, Mask
from index.calibrate import Calibration, Signals
from index.coverage import Coverage, coverage
from index.encoder import Encoder, open_encoder
from index.found import Found, Share
from index.fusion import Ranked, best_first, fuse, interleaved, lifted
from index.generation import MEND, open_current, rows_of
from index.lexical import LexicalIndex
from index.limits import Limits, several, work_of
from index.lineage import counterparts
from index.lists import DEPTH, FIELDS, Allowed, Lists
from index.measures import answers
from index.question import Query, checked, understand
from index.questions import QuestionIndex
from index.rerank import RERANKED, Reranker, reranked
from index.spelling import Spelling
from index.stores.local import LocalStore
from index.stores.place import open_store, place_from_json
from index.stores.store import VectorStore
from index.table import Table
from index.values import stated
from index.vectors import VectorIndex
from index.wording import meaning_score, wording_score

LIFT = 0.5
"""Share of its counterpart's score by which a clause is lifted, where editions are compared; tuned as the weights are."""
ECHO = 0.8
"""Weight of what repeats the text: rows of the mapping table (their risk's heading), announcements (all of it)."""
_REASON = 10
"""A list of readers' questions is a reason for a hit where it has it so far up."""
STATING = 2
"""A value that is asked for must stand in one of so many best clauses."""

Vector = NDArray[np.float32]


class Retriever:
    """Searches one generation; everything it needs is in memory, or its vectors in a store."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        documents: Sequence[Document],
        passages: Table,
        lineages: Sequence[Lineage],
        twins: Sequence[Twins],
        vectors: VectorStore,
        questions: QuestionIndex,
        lexical: Mapping[str, LexicalIndex],
        spelling: Spelling,
        encoder: Encoder,
        generation: str,
    ) -> None:
        self.manifest = manifest
        self.documents = {(document.id, document.part): document for document in documents}
        self.passages = passages
        self.lineages = {(lineage.old, lineage.new, lineage.lang): lineage for lineage in lineages}
        self.twins = {(pair.edition, pair.part): pair for pair in twins}
        self.encoder = encoder
        self.generation = generation
        self.statuses: tuple[Status, ...] = ()
        self._spelling = spelling
        self._calibration = Calibration.of(manifest.get("calibration"))
        self._lists = Lists(passages, vectors, questions, lexical, lambda: answers(documents, passages.clause_rows))
        self._counterparts = counterparts(lineages, passages.clause_rows)
        self._first_hand = np.array([ECHO if _echoes(clause) else 1.0 for clause in passages.clause_rows])
        self._begin()

    def _begin(self) -> None:
        """What is kept between questions."""
        self.query_vector = lru_cache(maxsize=8)(self._query_vector)
        self._allowed = lru_cache(maxsize=32)(self._allowed_passages)
        self.has_questions = lru_cache(maxsize=64)(self._mostly_asked)

    @classmethod
    def open(cls, root: Path) -> Retriever:
        """The live generation under `root`; raises `IndexDamaged` where there is none or it is not whole."""
        found = open_current(root)
        if found is None:
            raise IndexDamaged("there is no index yet", way_out=MEND)
        folder, manifest, files = found
        encoder = open_encoder(manifest["encoder"]["spec"])
        if encoder.id != manifest["encoder"]["id"]:
            raise IndexDamaged(
                f"the index was built with the encoder {manifest['encoder']['id']}, this one is {encoder.id}",
                way_out=MEND,
            )
        place = place_from_json(manifest.get("store"))
        store = open_store(place, folder.name, encoder.dimension, manifest["passages"]) if place else None
        return cls.of(manifest, files, encoder, folder.name, store)

    @classmethod
    def of(
        cls,
        manifest: Mapping[str, Any],
        files: Mapping[str, Buffer],
        encoder: Encoder,
        generation: str,
        store: VectorStore | None = None,
    ) -> Retriever:
        """A retriever over the files of a generation; `store`: where its vectors are, None for its own files."""
        passages = Table.load(files["passages.jsonl"], files["passages.safetensors"])
        lexical = {
            name.removesuffix(".safetensors"): LexicalIndex.load(data)
            for name, data in files.items()
            if name.endswith((".zh.safetensors", ".en.safetensors"))
        }
        return cls(
            manifest,
            [document_from_json(row) for row in rows_of(files["documents.jsonl"])],
            passages,
            [lineage_from_json(row) for row in rows_of(files["lineage.jsonl"])],
            [twins_from_json(row) for row in rows_of(files["twins.jsonl"])],
            LocalStore(VectorIndex.load(files), passages.kind_of) if store is None else store,
            QuestionIndex.load(files["questions.safetensors"]),
            lexical,
            Spelling.load(files["spelling.json"]),
            encoder,
            generation,
        )

    def only(self, statuses: Iterable[Status]) -> Retriever:
        """The same index as if it held texts of these statuses alone; everything heavy is shared.

        Comparisons, and findings on twins, remain only where both of their texts do.
        """
        view = copy(self)
        view.statuses = several(statuses) or ()
        view.documents = {key: one for key, one in self.documents.items() if one.status in view.statuses}
        view.lineages = {
            (old, new, lang): one
            for (old, new, lang), one in self.lineages.items()
            if all((f"{edition}/{lang}", "body") in view.documents for edition in (old, new))
        }
        view.twins = {
            (edition, part): pair
            for (edition, part), pair in self.twins.items()
            if all((f"{edition}/{lang}", part) in view.documents for lang in LANGS)
        }
        view.__dict__.pop("editions_with_text", None)
        view._begin()
        return view

    @cached_property
    def editions_with_text(self) -> tuple[str, ...]:
        """Editions whose body is in the corpus, oldest first."""
        return tuple(sorted({d.edition for d in self.documents.values() if d.part == "body"}))

    def heading_rarity(self, lang: Lang, terms: Sequence[str]) -> float:
        """How rare index terms are among the headings of a language: of the rarest that occurs, 0 if none does."""
        lexical = self._lists.lexical[f"heading.{lang}"]
        return max((lexical.rarity(term) for term in terms if term in lexical), default=0.0)

    def document(self, edition: str, lang: Lang, part: Part = "body") -> Document | None:
        """The document that answers for an edition, part and language."""
        return self.documents.get((f"{edition}/{lang}", part))

    def read(self, question: str, lang: Lang | None = None) -> Query:
        """A question understood, its slips of the keyboard mended by the words of this corpus.

        Raises `UnusableInput` for one that is too long or no text.
        """
        return understand(checked(question), lang, self._spelling.mended(question))

    def headed_elsewhere(self, query: Query, edition: str) -> tuple[str, ...]:
        """Other editions of the framework that have a heading on a concept of the question that this one never names."""
        found: set[str] = set()
        for term, _ in query.terms:
            if not term.startswith("¶") or edition in self._naming("lexical", term):
                continue
            found |= {one for one in self._naming("heading", term) if of_framework(one)}
        return tuple(sorted(found))

    def _naming(self, field: str, term: str) -> set[str]:
        """The editions of whose bodies a passage, or a heading, has an index term, in any language."""
        rows = [
            self.passages[int(self.passages.of_lang[lang][row])]
            for lang in LANGS
            for row in self._lists.lexical[f"{field}.{lang}"].holders(term).tolist()
        ]
        return {p.edition for p in rows if p.part == "body" and (not self.statuses or p.status in self.statuses)}

    def known(self, query: Query, edition: str) -> float:
        """The share of a question's weight, in [0, 1], that the body of an edition uses at all."""
        body = self._allowed(Limits(editions=(edition,), parts=("body",))).of_lang
        return max(one.known for one in self._covered(query, body).values())

    def shares(self, query: Query, document: Document) -> dict[str, Share]:
        """What share of a question each clause of a document holds, by path: of several passages the greatest."""
        measured = self._coverage(query, Limits(editions=(document.edition,)))[document.lang]
        found: dict[str, Share] = {}
        within = self.passages.allowed(Limits((document.edition,), document.lang, (document.part,)))
        for at in np.flatnonzero(within).tolist():
            row = int(self.passages.row_in_lang[at])
            held = measured.held(row, int(self.passages.clause_of[at]))
            share = Share(measured.said(row, strictly=True), measured.said(row), held)
            path = self.passages[at].clause.partition("#")[2]
            found[path] = Share(*map(max, share, found.get(path, share)))
        return found

    def search(
        self,
        question: str | Query,
        *,
        k: int = 10,
        editions: Iterable[str] | None = None,
        lang: Lang | None = None,
        parts: Iterable[Part] | None = None,
        works: Iterable[str] | None = None,
        statuses: Iterable[Status] | None = None,
        compared: bool = False,
        fields: frozenset[str] = FIELDS,
        reranker: Reranker | None = None,
    ) -> Found:
        """The best `k` clauses for a question, within limits; `lang` is that of the text searched.

        `compared`: search the editions apart and interleave them, as where a question itself names several. `fields`:
        the lists that take part, to measure what each is worth. `reranker` orders the best `RERANKED` anew.
        """
        query = self.read(question) if isinstance(question, str) else question
        limits = Limits(several(editions), lang, several(parts), several(works), several(statuses))
        vector = self.query_vector(query.read)
        lists: list[Ranked] = []
        orders: list[list[int]] = []
        scores = np.zeros(self.passages.clauses)
        for one in _apart(limits, query, compared):
            mine = self._lists.of(query, vector, self._allowed(one), fields)
            lists += mine
            fused = fuse(mine, self.passages.clause_of, self.passages.clauses) * self._first_hand
            scores += fused
            orders.append(best_first(fused))
        if len(orders) > 1:
            scores = lifted(scores, self._counterparts, LIFT)
            orders = [sorted(order, key=lambda row: (-scores[row], row)) for order in orders]
        measured = self._coverage(query, limits)
        order = interleaved(orders)[: max(k, STATING, RERANKED if reranker else 0)]
        hits = self._hits(query, vector, lists, [(row, float(scores[row])) for row in order], measured)
        signals = self._signals(query, lists, measured, limits, hits[:STATING])
        if reranker is not None:
            hits = reranked(query, hits, reranker)
        return Found(query, tuple(hits[:k]), signals, self._calibration.judge(signals, query.lang))

    def _query_vector(self, text: str) -> Vector:
        """A question's vector; `query_vector` keeps the last few, since one question is searched edition by edition."""
        vector: Vector = self.encoder.encode([text], kind="query")[0]
        vector.flags.writeable = False
        return vector

    def _allowed_passages(self, limits: Limits) -> Allowed:
        held = replace(limits, statuses=limits.statuses or self.statuses or None)
        return Allowed(held, self.passages)

    # --- hits

    def _hits(
        self,
        query: Query,
        vector: Vector,
        lists: Sequence[Ranked],
        order: Sequence[tuple[int, float]],
        measured: Mapping[Lang, Coverage],
    ) -> list[Hit]:
        """The clauses in order as hits: each by its best passage, in the question's language where there is one."""
        ranks: defaultdict[int, dict[str, int]] = defaultdict(dict)
        shown: dict[int, tuple[bool, int, int]] = {}
        wanted = {row for row, _ in order}
        for found in lists:
            clauses = self.passages.clause_of[list(found.passages)].tolist()
            for rank, (at, clause) in enumerate(zip(found.passages, clauses, strict=True), start=1):
                if clause in wanted:
                    ranks[clause][found.name] = rank
                    best = (self.passages.lang(at) != query.lang, rank, at)
                    shown[clause] = min(shown.get(clause, best), best)
        cosine = {
            at: value
            for found in lists
            if found.field == "dense"
            for at, value in zip(found.passages, found.values, strict=True)
        }
        hits = []
        for rank, (row, score) in enumerate(order, start=1):
            at = shown[row][2]
            passage = self.passages[at]
            held = measured[passage.lang].held(int(self.passages.row_in_lang[at]), row)
            because = self._lists.questions.said(row, vector) if _is_reason(ranks[row]) else None
            relevance = 0.5 * held + 0.5 * max(cosine.get(at, 0.0), 0.0)
            hits.append(Hit(passage, score, rank, ranks[row], relevance, because))
        return hits

    # --- evidence that there is an answer at all

    def _coverage(self, query: Query, limits: Limits) -> dict[Lang, Coverage]:
        """What the works asked about (no edition named: all) hold of a question."""
        works = {work_of(edition) for edition in limits.editions or ()}
        return self._covered(query, self._allowed(Limits(works=tuple(sorted(works)) or None)).of_lang)

    def _covered(self, query: Query, own: Mapping[Lang, Mask]) -> dict[Lang, Coverage]:
        """What the passages of each language marked in `own` hold of a question."""
        lexical = self._lists.lexical
        return {
            lang: coverage(query, lexical[f"lexical.{lang}"], lexical[f"editorial.{lang}"], own[lang]) for lang in LANGS
        }

    def _signals(
        self,
        query: Query,
        lists: Sequence[Ranked],
        measured: Mapping[Lang, Coverage],
        limits: Limits,
        hits: Sequence[Hit],
    ) -> Signals:
        """How well the best passages cover the question: see `Signals`."""
        best: dict[str, float] = {}
        for found in lists:
            best[found.field] = max(best.get(found.field, 0.0), found.values[0])
        known = max(one.known for one in measured.values())
        covered = max(
            (
                measured[self.passages.lang(at)].held(
                    int(self.passages.row_in_lang[at]), int(self.passages.clause_of[at])
                )
                for found in lists
                if found.field == "lexical"
                for at in found.passages[:8]
            ),
            default=0.0,
        )
        if query.paths and "number" in best:
            known = covered = 1.0
        value = stated(query.values, (hit.passage.text for hit in hits))
        alike = best.get("alike", 0.0) if self.has_questions(limits) and self._speaks(query.lang, limits) else None
        worded = wording_score(query.read, language(query.read))
        meant = meaning_score(query.read)
        return Signals(best.get("dense", 0.0), known, covered, float(query.outside), value, worded, meant, alike)

    def _speaks(self, lang: Lang, limits: Limits) -> bool:
        """Whether there is text in the question's language; else its words are no measure of what the texts hold."""
        return bool(self._allowed(limits).of_lang[lang].any())

    def _mostly_asked(self, limits: Limits) -> bool:
        """Whether readers' questions were written for most of the clauses that may be found."""
        clauses = np.unique(self.passages.clause_of[self._allowed(limits).mask])
        return bool(len(clauses)) and bool(self._lists.questions.known(self.passages.clauses)[clauses].mean() > 0.5)


def _is_reason(ranks: Mapping[str, int]) -> bool:
    """Whether readers' questions are among the reasons that a clause was found."""
    return any(ranks.get(name, DEPTH) <= _REASON for name in ("alike", "asked.zh", "asked.en"))


def _apart(limits: Limits, query: Query, compared: bool) -> list[Limits]:
    """The limits, or one for each edition that is compared."""
    editions = (
        limits.editions if compared else tuple(e for e in query.editions if e in (limits.editions or query.editions))
    )
    return [replace(limits, editions=(one,)) for one in editions] if editions and len(editions) > 1 else [limits]


def _echoes(clause: str) -> bool:
    path = clause.partition("#")[2]
    return path.startswith("T") or part_of(path) == "notice"
