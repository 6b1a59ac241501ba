"""Synthetic corpora of any size, and how search does on them: speed, memory, recall against exact search.

The passages are recombined from phrases of the live corpus, so that words, their frequencies and their lengths are those of
the field. Chinese and English alternate, a clause each pair. Nothing but retrieval is measured here.
"""

from __future__ import annotations

import re
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import LANGS, Lang, Passage, Span
from eval import intervals
from index.build import index_files
from index.encoder import Encoder
from index.retrieve import Retriever
from index.vectors import VectorIndex

EDITION = "aisgf@2.0"
DEPTH = 10
_PHRASE = re.compile(r"[^，；。：,;:.\n|]{4,80}")
_PHRASES_A_PASSAGE = 5
_SEED = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """One size. Seconds, milliseconds, bytes; `recall` of our ten nearest by meaning among the exact ten; `memory_mb` is
    the most that the process ever held, building included."""

    passages: int
    build_s: float
    index_bytes: int
    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    recall: float
    memory_mb: float

    def as_json(self) -> dict[str, Any]:
        """The object that `eval scale --json` prints."""
        return asdict(self)


def synthetic(known: Sequence[Passage], n: int) -> list[Passage]:
    """`n` passages made of phrases of the `known` ones, the same on every run."""
    random = np.random.default_rng(_SEED)
    phrases = {lang: _phrases(known, lang) for lang in LANGS}
    made = []
    for at in range(n):
        lang = LANGS[at % len(LANGS)]
        picks = random.integers(0, len(phrases[lang]), _PHRASES_A_PASSAGE + 1)
        heading, *parts = (phrases[lang][int(pick)] for pick in picks)
        text = f"{'，'.join(parts)}。" if lang == "zh" else f"{', '.join(parts)}."
        number = at // len(LANGS)
        clause = f"{EDITION}/{lang}#{number // 10_000 + 1}.{number // 100 % 100 + 1}.{number % 100 + 1}"
        span = Span(0, len(text))
        made.append(Passage(f"{clause}~0", clause, EDITION, lang, "body", "supplied", span, text, heading))
    return made


def _phrases(known: Sequence[Passage], lang: Lang) -> list[str]:
    return [phrase.strip() for one in known if one.lang == lang for phrase in _PHRASE.findall(one.text)] or ["–"]


def scale(known: Sequence[Passage], n: int, encoder: Encoder, questions: Sequence[str]) -> Scale:
    """Build an index of `n` synthetic passages in memory and put the questions to it, each once to warm and once timed."""
    passages = synthetic(known, n)
    started = time.perf_counter()
    files = index_files(passages, {}, encoder)
    built = time.perf_counter() - started
    nothing = dict.fromkeys(("documents.jsonl", "lineage.jsonl", "twins.jsonl"), b"")
    manifest = {"encoder": {"id": encoder.id}, "calibration": None}
    retriever = Retriever.of(manifest, {**files, **nothing}, encoder, f"synthetic-{n}")
    vectors = VectorIndex.load(files["vectors.faiss"])
    ours, floor = [], []
    for _ in range(2):
        ours = [_milliseconds(lambda q=question: retriever.search(q, k=DEPTH)) for question in questions]
        floor = [
            _milliseconds(lambda q=question: vectors.search(encoder.encode([q], kind="query")[0], DEPTH))
            for question in questions
        ]
    return Scale(
        passages=n,
        build_s=round(built, 2),
        index_bytes=sum(map(len, files.values())),
        p50_ms=round(intervals.quantile(ours, 0.5), 2),
        p99_ms=round(intervals.quantile(ours, 0.99), 2),
        floor_p50_ms=round(intervals.quantile(floor, 0.5), 3),
        recall=round(_recall(vectors, encoder, questions, passages), 4),
        memory_mb=round(most_memory(), 1),
    )


def _recall(vectors: VectorIndex, encoder: Encoder, questions: Sequence[str], passages: Sequence[Passage]) -> float:
    """Share of the exact ten nearest that the index finds; exact: every inner product, by numpy."""
    rows = vectors.rows()
    found = 0
    for question in questions:
        vector = encoder.encode([question], kind="query")[0]
        exact = np.argsort(-(rows @ vector), kind="stable")[:DEPTH]
        found += len({int(at) for at in exact} & {one for one, _ in vectors.search(vector, DEPTH)})
    return found / (min(DEPTH, max(len(passages), 1)) * max(len(questions), 1))


def _milliseconds(act: Any) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def most_memory() -> float:
    """The most memory that this process ever held, in megabytes, without what its parent held before it was started.

    `getrusage` alone would count the parent's on Linux, where a child begins as a copy of it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
        if found:
            return int(found[1]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
