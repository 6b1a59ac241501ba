"""Synthetic corpora of any size, and how search does on them: speed, memory, recall against exact search.

The passages are recombined from phrases of the live corpus, so that words, their frequencies and their lengths are those of
the field. Fifty Chinese clauses and fifty English ones of the same numbers take turns. Nothing but retrieval is measured here.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from corpus.records import LANGS, Lang, Passage, Span
from eval import intervals
from index.arrays import Mask
from index.build import index_files
from index.encoder import Encoder
from index.generation import open_generation, write_generation
from index.limits import Limits
from index.retrieve import Retriever
from index.vectors import VectorIndex, Vectors, exact_rows

EDITION = "aisgf@2.0"
DEPTH = 10
_PHRASE = re.compile(r"[^，；。：,;:.\n|]{4,80}")
_PHRASES_A_PASSAGE = 5
_CLAUSES = 50
"""Passages that follow each other in one language, as they do in a document; then come their twins."""
_SEED = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """One size. Seconds, milliseconds, bytes. `vectors`: how they are searched (`VectorIndex.kind`); `recall` of our ten
    nearest by meaning among the exact ten of a language; `memory_mb` is the most that the process ever held, building
    included; `open_s` and `second_mb`: what another process takes to open the same index and search, in memory of its own."""

    passages: int
    vectors: str
    build_s: float
    index_bytes: int
    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    recall: float
    memory_mb: float
    open_s: float
    second_mb: float

    def as_json(self) -> dict[str, Any]:
        """The object that `eval scale --json` prints."""
        return asdict(self)


def synthetic(known: Sequence[Passage], n: int) -> list[Passage]:
    """`n` passages made of phrases of the `known` ones, the same on every run."""
    random = np.random.default_rng(_SEED)
    phrases = {lang: _phrases(known, lang) for lang in LANGS}
    made = []
    for at in range(n):
        lang = LANGS[at // _CLAUSES % len(LANGS)]
        picks = random.integers(0, len(phrases[lang]), _PHRASES_A_PASSAGE + 1)
        heading, *parts = (phrases[lang][int(pick)] for pick in picks)
        text = f"{'，'.join(parts)}。" if lang == "zh" else f"{', '.join(parts)}."
        number = at // (_CLAUSES * len(LANGS)) * _CLAUSES + at % _CLAUSES
        clause = f"{EDITION}/{lang}#{number // 10_000 + 1}.{number // 100 % 100 + 1}.{number % 100 + 1}"
        span = Span(0, len(text))
        made.append(Passage(f"{clause}~0", clause, EDITION, lang, "body", "supplied", span, text, heading))
    return made


def _phrases(known: Sequence[Passage], lang: Lang) -> list[str]:
    return [phrase.strip() for one in known if one.lang == lang for phrase in _PHRASE.findall(one.text)] or ["–"]


def scale(known: Sequence[Passage], n: int, encoder: Encoder, questions: Sequence[str]) -> Scale:
    """Build an index of `n` synthetic passages and put the questions to it, each once to warm and once timed.

    `encoder`: the bundled one, since a second process opens the index, too.
    """
    started = time.perf_counter()
    files = index_files(synthetic(known, n), {}, encoder)
    built = time.perf_counter() - started
    nothing = dict.fromkeys(("documents.jsonl", "lineage.jsonl", "twins.jsonl"), b"")
    manifest = {"encoder": {"spec": None, "id": encoder.id}, "calibration": None}
    with TemporaryDirectory(prefix="tiaowen-scale-") as folder:
        name = write_generation(Path(folder), files | nothing, manifest)
        index_bytes = sum(map(len, files.values()))
        del files
        _, kept = open_generation(Path(folder) / name)
        retriever, vectors = Retriever.of(manifest, kept, encoder, name), VectorIndex.load(kept)
        ours = timed(lambda question: retriever.search(question, k=DEPTH), questions)
        floor = timed(lambda question: vectors.search(encoder.encode([question], kind="query")[0], DEPTH), questions)
        parts = [retriever.passages.allowed(Limits(lang=lang)) for lang in LANGS]
        told = subprocess.run(
            [sys.executable, "-P", "-c", _SECOND, folder, *questions], capture_output=True, check=True
        )
        open_s, second_mb = json.loads(told.stdout)
        return Scale(
            passages=n,
            vectors=vectors.kind,
            build_s=round(built, 2),
            index_bytes=index_bytes,
            p50_ms=round(intervals.quantile(ours, 0.5), 2),
            p99_ms=round(intervals.quantile(ours, 0.99), 2),
            floor_p50_ms=round(intervals.quantile(floor, 0.5), 3),
            recall=round(recall(vectors.search, vectors.rows(), encoder.encode(questions, kind="query"), parts), 4),
            memory_mb=round(most_memory(), 1),
            open_s=round(open_s, 2),
            second_mb=round(second_mb, 1),
        )


_SECOND = """
import json, sys
from eval.scale import opened
print(json.dumps(opened(sys.argv[1], sys.argv[2:])))
"""


def opened(folder: str, questions: Sequence[str]) -> tuple[float, float]:
    """Open an index and search it: seconds until it is open, megabytes that this process shares with no other."""
    started = time.perf_counter()
    retriever = Retriever.open(Path(folder))
    seconds = time.perf_counter() - started
    for question in questions:
        retriever.search(question, k=DEPTH)
    return seconds, _own_memory()


def recall(
    search: Callable[[Vectors, int, Any], Sequence[tuple[int, float]]],
    rows: Vectors,
    asked: Vectors,
    parts: Sequence[Mask],
    named: Sequence[Any] | None = None,
) -> float:
    """Share of the exact ten nearest of each part that a search finds. `rows`, `(n, d)`, and `asked`, `(m, d)`: vectors;
    `named`: what the search calls the parts, where not by their masks."""
    found = [
        len(set(exact) & {row for row, _ in search(vector, DEPTH, name)}) / len(exact)
        for part, name in zip(parts, named or parts, strict=True)
        for vector, exact in zip(asked, exact_rows(rows, asked, DEPTH, part), strict=True)
        if exact and vector.any()
    ]
    return float(np.mean(found)) if found else 1.0


def timed(act: Callable[[Any], object], over: Sequence[Any]) -> list[float]:
    """Milliseconds of each, after one pass to warm."""
    for one in over:
        act(one)
    found = []
    for one in over:
        started = time.perf_counter()
        act(one)
        found.append(1000 * (time.perf_counter() - started))
    return found


def _own_memory() -> float:
    """Megabytes of this process that come from no file; where that is not told, all it ever held."""
    status = Path("/proc/self/status")
    found = re.search(r"^RssAnon:\s+(\d+) kB$", status.read_text(), re.MULTILINE) if status.exists() else None
    return int(found[1]) / 2**10 if found else most_memory()


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
