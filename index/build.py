"""From documents to a live generation: passages, vectors, lexical indexes, lineages, calibration."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from corpus.catalogue import load_catalogue
from corpus.editorial import Editorial, Entry, load_editorial
from corpus.glossary import load_glossary
from corpus.jsonform import document_to_json, lineage_to_json, twins_to_json
from corpus.records import LANGS, Document, Lang, Lineage, Passage, Status
from index.calibrate import calibrate
from index.encoder import Encoder, InBatches, Kind, open_encoder, unit_rows
from index.generation import write_generation
from index.lexical import LexicalIndex
from index.lineage import compare
from index.parity import with_composed, with_parity
from index.passages import clauses_of, searched_text
from index.question import index_terms
from index.questions import QuestionIndex
from index.retrieve import Retriever
from index.spelling import Spelling
from index.stores.filling import Filled
from index.stores.place import Place
from index.stores.upkeep import Moving
from index.table import dump as dump_table
from index.twins import find_twins
from index.vectors import VectorIndex, Vectors

_RANK: dict[Status, int] = {"official": 0, "supplied": 1, "digest": 2}
BATCH = 64
_WORTH_A_PROCESS = 200
"""From so many clauses on, documents are compared in a process of their own."""
_CONTEXT = 0.6
"""Weight of the heading path's vector; tuned on the answerable questions of `corpus/calibration/`."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the generation's name and what is in it; `filled`: what was sent to a store, None for files; `left`:
    why what was in the store before could not be dropped, else ""."""

    generation: str
    documents: int
    passages: int
    lineages: int
    encoder: str
    store: str = "faiss"
    filled: Filled | None = None
    left: str = ""


def effective(documents: Sequence[Document]) -> list[Document]:
    """The document that answers for each edition, part and language: official before supplied before our digest."""
    chosen: dict[tuple[str, str], Document] = {}
    for document in sorted(documents, key=lambda d: _RANK[d.status]):
        chosen.setdefault((document.id, document.part), document)
    return [chosen[key] for key in sorted(chosen)]


def corpus_digest(documents: Sequence[Document]) -> str:
    """Digest of what answers are made from: ids, parts, statuses and texts of the effective documents."""
    rows = [[d.id, d.part, d.status, d.sha256, d.raw_sha256] for d in effective(documents)]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def build(
    documents: Sequence[Document],
    root: Path,
    encoder_spec: str | None = None,
    *,
    editorial: Editorial | None = None,
    store_digest: str = "",
    place: Place | None = None,
    progress: Callable[[str], None] = lambda _: None,
    opened: Callable[[str | None], Encoder] = open_encoder,
) -> Built:
    """Build a generation under `root` and make it live. On any failure the one before stays.

    `encoder_spec`: None for the bundled encoder, else a sentence-transformers id or path; `opened`: how it is opened.
    `store_digest`: of the corpus store the documents were taken from, so that a later change of it can be noticed.
    `editorial`: what readers would look for; None for the bundled index, empty for none. `place`: where the vectors go;
    None for the generation's files. Raises `StoreUnavailable` where that does not answer, `IndexDamaged` where it does not
    find what it was given.
    """
    chosen = effective(documents)
    with comparing(chosen, encoder_spec) as compared:
        from index.llama import make_passages  # slow to import: what is compared meanwhile has begun

        encoder = opened(encoder_spec)
        progress("passages")
        passages = make_passages(chosen)
        entries = load_editorial() if editorial is None else editorial
        clauses = clauses_of(passages)
        files = index_files(passages, entries, encoder, progress)
        files["documents.jsonl"] = _lines([document_to_json(d) for d in chosen])
        progress("comparisons")
        files |= compared(encoder)
    progress("calibration")
    manifest = {
        "corpus_digest": corpus_digest(documents),
        "store_digest": store_digest,
        "encoder": {"spec": encoder_spec, "id": encoder.id, "dimension": encoder.dimension},
        "passages": len(passages),
        "vectors": VectorIndex.load(files).kind,
        "editorial": sum(any(_entry(clause, lang, entries) != Entry() for lang in LANGS) for clause in clauses),
    }
    retriever = Retriever.of(manifest, files, encoder, "unnamed")
    manifest["calibration"] = calibrate(retriever)
    vectors = VectorIndex.load(files).rows() if place is not None else np.zeros((0, encoder.dimension), np.float32)
    moving = Moving(root, place, vectors, retriever.passages.kind_of, progress)
    if place is not None:
        manifest |= {"store": place.as_json(), "vectors": place.kind}
        files = {name: data for name, data in files.items() if not name.startswith("vectors.")}
    lineages = files["lineage.jsonl"].count(b"\n")
    name = write_generation(root, files, manifest, moving.around)
    store = "faiss" if place is None else place.uri
    return Built(name, len(chosen), len(passages), lineages, encoder.id, store, moving.filled, moving.left)


def index_files(
    passages: Sequence[Passage],
    entries: Editorial,
    encoder: Encoder,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, bytes]:
    """The files of a generation that follow from its passages: vectors, lexical and editorial indexes, spelling."""
    progress("vectors")
    vectors = VectorIndex.build(passage_vectors(passages, encoder)).dump()
    progress("lexical")
    lines, columns = dump_table(passages)
    return {
        "passages.jsonl": lines,
        "passages.safetensors": columns,
        **vectors,
        **_lexical(passages),
        **_editorial(clauses_of(passages), entries, encoder),
        "spelling.json": Spelling.of(_known_texts(passages, entries)).dump(),
    }


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def passage_vectors(passages: Sequence[Passage], encoder: Encoder) -> Vectors:
    """`(n, d)`, L2-normalised: a text's vector, with a share of its heading path's so that long headings do not drown it."""
    text = _encoded([passage.text for passage in passages], encoder)
    context = _encoded([passage.context for passage in passages], encoder)
    return unit_rows(text + _CONTEXT * context)


def _encoded(texts: Sequence[str], encoder: Encoder, kind: Kind = "passage") -> Vectors:
    """Rows of the texts. Batches are the same wherever they are encoded: some models' rows depend on their batch."""
    batches = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
    if isinstance(encoder, InBatches):
        rows = list(encoder.encode_batches(batches, kind))
    else:
        rows = [encoder.encode(batch, kind=kind) for batch in batches]
    return np.vstack(rows) if rows else np.zeros((0, encoder.dimension), np.float32)


def _lexical(passages: Sequence[Passage]) -> dict[str, bytes]:
    files = {}
    for lang in LANGS:
        mine = [passage for passage in passages if passage.lang == lang]
        files[f"lexical.{lang}.safetensors"] = LexicalIndex.build([index_terms(searched_text(p)) for p in mine]).dump()
        headings = [p.context.rpartition(" › ")[2] for p in mine]
        files[f"heading.{lang}.safetensors"] = LexicalIndex.build([index_terms(heading) for heading in headings]).dump()
    return files


def _editorial(clauses: Sequence[str], entries: Editorial, encoder: Encoder) -> dict[str, bytes]:
    """What readers would look for and ask: rows are the clauses, in either language of the text."""
    files = {}
    for lang in LANGS:
        mine = [_entry(clause, lang, entries) for clause in clauses]
        for field, lines in (("editorial", [one.words for one in mine]), ("asked", [one.questions for one in mine])):
            files[f"{field}.{lang}.safetensors"] = LexicalIndex.build(
                [index_terms("\n".join(told)) for told in lines]
            ).dump()
    questions = [[q for lang in LANGS for q in _entry(clause, lang, entries).questions] for clause in clauses]
    vectors = _encoded([question for mine in questions for question in mine], encoder, "query")
    files["questions.safetensors"] = QuestionIndex.build(questions, vectors).dump()
    return files


def _known_texts(passages: Sequence[Passage], entries: Editorial) -> Iterator[str]:
    """All that a reader may mean: the texts, what was written for them, and the glossary."""
    yield from map(searched_text, passages)
    for entry in entries.values():
        yield from (*entry.words, *entry.questions)
    yield from (form for term in load_glossary().terms for form in (*term.zh, *term.en))


def _entry(clause: str, lang: Lang, entries: Editorial) -> Entry:
    edition, _, path = clause.partition("#")
    return entries.get((edition, path, lang), Entry())


@contextmanager
def comparing(
    documents: Sequence[Document], encoder_spec: str | None
) -> Iterator[Callable[[Encoder], dict[str, bytes]]]:
    """`comparisons` of documents, begun in a process beside this one where that pays."""
    from index.beside import Beside

    worth = sum(len(document.clauses) for document in documents) >= _WORTH_A_PROCESS and (os.cpu_count() or 1) > 1
    if not worth or encoder_spec is not None:
        yield partial(comparisons, documents)
        return
    with Beside(documents) as beside:
        yield beside.result


def comparisons(documents: Sequence[Document], encoder: Encoder) -> dict[str, bytes]:
    """The files of a generation that compare its documents: lineages of editions, twins of languages."""
    return {
        "lineage.jsonl": _lines([lineage_to_json(lineage) for lineage in compute_lineages(documents, encoder)]),
        "twins.jsonl": _lines([twins_to_json(twins) for twins in find_twins(documents, encoder)]),
    }


def compute_lineages(documents: Sequence[Document], encoder: Encoder) -> list[Lineage]:
    """The lineage of every pair of editions of a work, per language, older to newer, checked against each other."""
    found: dict[tuple[str, str, Lang], Lineage] = {}
    works = _editions_by_work(documents)
    for old, new in (pair for editions in works for pair in combinations(editions, 2)):
        pairs = {lang: (_body(documents, old, lang), _body(documents, new, lang)) for lang in LANGS}
        mine = with_parity([compare(a, b, encoder) for a, b in pairs.values() if a is not None and b is not None])
        found |= {(old, new, lineage.lang): lineage for lineage in mine}
    for editions in works:
        for (first, old), (last, new) in combinations(enumerate(editions), 2):
            steps = list(pairwise(editions[first : last + 1]))
            for lang in LANGS:
                chain = [found[step] for a, b in steps if (step := (a, b, lang)) in found]
                if (direct := found.get((old, new, lang))) and last - first == len(chain) > 1:
                    found[old, new, lang] = with_composed(direct, chain)
    return list(found.values())


def _editions_by_work(documents: Sequence[Document]) -> list[list[str]]:
    """The editions that have a text, oldest first, of one work after the other."""
    released = {edition.id: edition.released for edition in load_catalogue().editions.values()}
    ids = {document.edition for document in documents if document.part == "body"}
    in_order = sorted(ids, key=lambda one: (one.partition("@")[0], released.get(one, ""), one))
    return [list(same) for _, same in groupby(in_order, key=lambda one: one.partition("@")[0])]


def _body(documents: Sequence[Document], edition: str, lang: str) -> Document | None:
    return next((d for d in documents if d.edition == edition and d.lang == lang and d.part == "body"), None)
