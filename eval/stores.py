"""What each vector store costs beside the file index: to fill, to search, to answer from, on disk. Nothing here is a test.

All are measured in one process, one after the other, with the same vectors and questions: `search` is one list of one language,
as the store gives it; `retrieve` a question's whole retrieval over the same passages, of which the store does two lists;
`ask` a whole answer from the texts of the home, so that it can be held against `eval bench`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product
from typing import Any

from app.answering.assistant import Assistant
from corpus.records import LANGS
from eval import intervals
from eval.scale import DEPTH, recall, synthetic, timed
from eval.sections import Section
from index.arrays import Buffer
from index.build import index_files, passage_vectors
from index.encoder import Encoder
from index.limits import Limits
from index.lists import DEPTH as LIST_DEPTH
from index.retrieve import Retriever
from index.stores.filling import send
from index.stores.local import LocalStore
from index.stores.place import FAISS, Place, open_store
from index.stores.store import RemoteStore, VectorStore
from index.table import Table
from index.vectors import VectorIndex, Vectors

Files = Mapping[str, Buffer]


@dataclass(frozen=True, slots=True)
class Cost:
    """One store. Seconds, bytes (None: the engine does not tell), milliseconds; `recall` of the exact ten of a language."""

    store: str
    passages: int
    put_s: float
    size_bytes: int | None
    search_p50_ms: float
    search_p99_ms: float
    recall: float
    retrieve_p50_ms: float
    retrieve_p99_ms: float
    ask_p50_ms: float
    ask_p99_ms: float

    def as_json(self) -> dict[str, Any]:
        """A row of what `eval stores --json` prints."""
        return asdict(self)


@dataclass(frozen=True)
class Corpus:
    """Passages to put into stores: a generation's files but its vectors, which stand apart, `(n, d)`."""

    manifest: Mapping[str, Any]
    files: Files
    vectors: Vectors

    @cached_property
    def table(self) -> Table:
        """The passages by row."""
        return Table.load(self.files["passages.jsonl"], self.files["passages.safetensors"])

    def retriever(self, encoder: Encoder, store: VectorStore) -> Retriever:
        """Retrieval over these passages with their vectors in a store."""
        return Retriever.of(self.manifest, self.files, encoder, "measured", store)


def synthetic_corpus(live: Table, n: int, encoder: Encoder) -> Corpus:
    """`n` passages recombined from phrases of the live ones, as `eval scale` has them."""
    files = index_files(synthetic(live, n), {}, encoder)
    vectors = VectorIndex.load(files).rows()
    nothing = dict.fromkeys(("documents.jsonl", "lineage.jsonl", "twins.jsonl"), b"")
    return Corpus({"calibration": None}, files | nothing, vectors)


def live_corpus(manifest: Mapping[str, Any], files: Files, encoder: Encoder) -> Corpus:
    """The live generation; its vectors are reckoned anew, since they may be in a store already."""
    table = Table.load(files["passages.jsonl"], files["passages.safetensors"])
    return Corpus(manifest, files, passage_vectors(table, encoder))


def costs(
    places: Sequence[Place | None], large: Corpus, live: Corpus, encoder: Encoder, questions: Sequence[str]
) -> Iterator[Cost]:
    """A row for every store; None is the file index. What was put into a store is taken out again."""
    for place in places:
        yield cost(place, large, live, encoder, questions)


def cost(place: Place | None, large: Corpus, live: Corpus, encoder: Encoder, questions: Sequence[str]) -> Cost:
    """One of them."""
    asked = encoder.encode(questions, kind="query")
    limits = [Limits(lang=lang) for lang in LANGS]
    wheres = [large.table.where(one) for one in limits]
    with filled(place, large) as (store, seconds, size):
        search = timed(lambda one: store.search(one[0], LIST_DEPTH, one[1]), list(product(asked, wheres)))
        share = recall(store.search, large.vectors, asked, [large.table.allowed(one) for one in limits], wheres)
        retriever = large.retriever(encoder, store)
        retrieve = timed(lambda question: retriever.search(question, k=DEPTH), questions)
    with filled(place, live) as (store, _, _):
        ask = timed(Assistant(live.retriever(encoder, store)).ask, questions)
    return Cost(
        store=FAISS if place is None else place.uri,
        passages=len(large.vectors),
        put_s=round(seconds, 2),
        size_bytes=size,
        recall=round(share, 4),
        search_p50_ms=_quantile(search, 0.5),
        search_p99_ms=_quantile(search, 0.99),
        retrieve_p50_ms=_quantile(retrieve, 0.5),
        retrieve_p99_ms=_quantile(retrieve, 0.99),
        ask_p50_ms=_quantile(ask, 0.5),
        ask_p99_ms=_quantile(ask, 0.99),
    )


@contextmanager
def filled(place: Place | None, corpus: Corpus) -> Iterator[tuple[VectorStore, float, int | None]]:
    """A store with a corpus in it, the seconds that took, its bytes; a collection of its own, dropped in the end."""
    kinds = corpus.table.kind_of
    started = time.perf_counter()
    if place is None:
        index = VectorIndex.build(corpus.vectors)
        size = sum(map(len, index.dump().values()))
        yield LocalStore(index, kinds), time.perf_counter() - started, size
        return
    store: RemoteStore = open_store(place, secrets.token_hex(8), corpus.vectors.shape[1], len(corpus.vectors))
    try:
        send(store, corpus.vectors, kinds)
        yield store, time.perf_counter() - started, store.size()
    finally:
        if store.dimension() is not None:
            store.drop(store.name)
        store.close()


def _quantile(times: Sequence[float], at: float) -> float:
    return round(intervals.quantile(times, at), 2)


def section(found: Sequence[Cost]) -> Section:
    """The rows as a table."""
    return Section(
        "stores",
        {"zh": "向量库", "en": "Vector stores"},
        {
            "zh": "search：一种语言的一个列表；retrieve：一问的全部检索；ask：以本目录的文本作答",
            "en": "search: one list of one language; retrieve: all of a question's; ask: an answer from the texts of this home",
        },
        (
            *("store 向量库", "passages 段落", "put s 写入", "MB"),
            *("search p50 ms", "p99", "recall@10", "retrieve p50 ms", "p99", "ask p50 ms", "p99"),
        ),
        tuple(_row(one) for one in found),
    )


def _row(one: Cost) -> tuple[str, ...]:
    times = (one.retrieve_p50_ms, one.retrieve_p99_ms, one.ask_p50_ms, one.ask_p99_ms)
    return (
        *(one.store, f"{one.passages:,}", f"{one.put_s:.1f}"),
        "–" if one.size_bytes is None else f"{one.size_bytes / 2**20:.1f}",
        *(f"{one.search_p50_ms:.2f}", f"{one.search_p99_ms:.2f}", f"{one.recall:.3f}"),
        *(f"{time:.1f}" for time in times),
    )
