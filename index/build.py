"""From documents to a live generation: passages, vectors, lexical indexes, lineages, calibration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from corpus.editorial import Editorial, load_editorial
from corpus.jsonform import document_to_json, lineage_to_json, passage_to_json, twins_to_json
from corpus.records import LANGS, Document, Lineage, Passage, Status
from index.calibrate import calibrate
from index.encoder import Encoder, open_encoder, unit_rows
from index.generation import write_generation
from index.lexical import LexicalIndex
from index.lineage import compare, with_parity
from index.question import index_terms
from index.retrieve import Retriever
from index.twins import find_twins
from index.vectors import VectorIndex, Vectors, vector_id

_RANK: dict[Status, int] = {"official": 0, "supplied": 1, "digest": 2}
BATCH = 64
_CONTEXT = 0.6
"""Weight of the heading path's vector; tuned on the answerable questions of `corpus/calibration/`."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the generation's name and what is in it."""

    generation: str
    documents: int
    passages: int
    lineages: int
    encoder: str


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
    progress: Callable[[str], None] = lambda _: None,
) -> Built:
    """Build a generation under `root` and make it live. On any failure the one before stays.

    `encoder_spec`: None for the bundled encoder, else a sentence-transformers id or path. `store_digest`: of the corpus
    store the documents were taken from, so that a later change of it can be noticed. `editorial`: what readers would
    look for; None for the bundled index, empty for none.
    """
    from index.llama import make_passages

    encoder = open_encoder(encoder_spec)
    chosen = effective(documents)
    progress("passages")
    passages = make_passages(chosen)
    progress("vectors")
    vectors = _vectors(passages, encoder)
    progress("lexical")
    entries = load_editorial() if editorial is None else editorial
    files = {**_lexical(passages), **_editorial(passages, entries), "vectors.faiss": vectors.dump()}
    progress("lineage")
    lineages = compute_lineages(chosen, encoder)
    progress("twins")
    files["twins.jsonl"] = _lines([twins_to_json(twins) for twins in find_twins(chosen, encoder)])
    files["documents.jsonl"] = _lines([document_to_json(d) for d in chosen])
    files["passages.jsonl"] = _lines([passage_to_json(p) for p in passages])
    files["lineage.jsonl"] = _lines([lineage_to_json(lineage) for lineage in lineages])
    progress("calibration")
    manifest = {
        "corpus_digest": corpus_digest(documents),
        "store_digest": store_digest,
        "encoder": {"spec": encoder_spec, "id": encoder.id, "dimension": encoder.dimension},
        "passages": len(passages),
        "editorial": sum(bool(_words_for(passage, entries)) for passage in passages),
    }
    retriever = Retriever.of(manifest, files, encoder, "unnamed")
    manifest["calibration"] = calibrate(retriever)
    name = write_generation(root, files, manifest)
    return Built(name, len(chosen), len(passages), len(lineages), encoder.id)


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def searched_text(passage: Passage) -> str:
    """What is indexed for a passage: its heading path and its text."""
    return f"{passage.context}\n{passage.text}"


def _vectors(passages: Sequence[Passage], encoder: Encoder) -> VectorIndex:
    """One vector a passage: that of its text, with a share of its heading path's so that long headings do not drown it."""
    text = _encoded([passage.text for passage in passages], encoder)
    context = _encoded([passage.context for passage in passages], encoder)
    rows = unit_rows(text + _CONTEXT * context)
    return VectorIndex.build([vector_id(passage.id) for passage in passages], rows)


def _encoded(texts: Sequence[str], encoder: Encoder) -> Vectors:
    import numpy as np

    batches = [encoder.encode(texts[at : at + BATCH], kind="passage") for at in range(0, len(texts), BATCH)]
    return np.vstack(batches)


def _lexical(passages: Sequence[Passage]) -> dict[str, bytes]:
    files = {}
    for lang in LANGS:
        mine = [passage for passage in passages if passage.lang == lang]
        files[f"lexical.{lang}.npz"] = LexicalIndex.build([index_terms(searched_text(p)) for p in mine]).dump()
        headings = [p.context.rpartition(" › ")[2] for p in mine]
        files[f"heading.{lang}.npz"] = LexicalIndex.build([index_terms(heading) for heading in headings]).dump()
    return files


def _editorial(passages: Sequence[Passage], entries: Editorial) -> dict[str, bytes]:
    """What readers would look for, one field a language; the parts of a long clause share its entries."""
    return {
        f"editorial.{lang}.npz": LexicalIndex.build(
            [index_terms("\n".join(_words_for(passage, entries))) for passage in passages if passage.lang == lang]
        ).dump()
        for lang in LANGS
    }


def _words_for(passage: Passage, entries: Editorial) -> tuple[str, ...]:
    return entries.get((passage.edition, passage.clause.partition("#")[2], passage.lang), ())


def compute_lineages(documents: Sequence[Document], encoder: Encoder) -> list[Lineage]:
    """The lineage of every pair of editions of a work, per language, older to newer, checked against each other."""
    found: list[Lineage] = []
    for old, new in combinations(_editions(documents), 2):
        if old.partition("@")[0] != new.partition("@")[0]:
            continue
        pairs = {lang: (_body(documents, old, lang), _body(documents, new, lang)) for lang in LANGS}
        found += with_parity([compare(a, b, encoder) for a, b in pairs.values() if a is not None and b is not None])
    return found


def _editions(documents: Sequence[Document]) -> list[str]:
    return sorted({document.edition for document in documents if document.part == "body"})


def _body(documents: Sequence[Document], edition: str, lang: str) -> Document | None:
    return next((d for d in documents if d.edition == edition and d.lang == lang and d.part == "body"), None)
