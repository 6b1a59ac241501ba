"""The only door to LlamaIndex: clauses become nodes through its ingestion pipeline, our retrieval its retriever.

`build` always goes this way, so that any transformation of a LlamaIndex application can be put into the pipeline. Our
node parser keeps our own offsets: the base class finds them with `text.find`, which points repeated text at its first
copy (and the official English 5.10 of 2.0 repeats 5.9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import NodeParser
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, NodeWithScore, QueryBundle, TextNode, TransformComponent
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from corpus.jsonform import document_from_json, document_to_json, passage_from_json, passage_to_json
from corpus.records import Document, Lang, Passage
from index.encoder import Encoder, Kind
from index.passages import passages_of, searched_text

if TYPE_CHECKING:
    from index.retrieve import Retriever


class ClauseNodeParser(NodeParser):  # type: ignore[misc]
    """LlamaIndex nodes, one per passage, with start and end in the canonical text and the passage as metadata."""

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:
        return [node for source in nodes for node in self._nodes(source)]

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, LlamaDocument]
    ) -> list[BaseNode]:
        return nodes

    def _nodes(self, source: BaseNode) -> list[BaseNode]:
        document = document_from_json(source.metadata["document"])
        return [_node(passage) for clause in document.clauses for passage in passages_of(document, clause)]


def _node(passage: Passage) -> TextNode:
    plain = passage_to_json(passage)
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=plain,
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        excluded_embed_metadata_keys=list(plain),
        excluded_llm_metadata_keys=[key for key in plain if key not in ("clause", "context")],
    )


def make_passages(documents: Sequence[Document], extra: Sequence[TransformComponent] = ()) -> list[Passage]:
    """Run documents through the pipeline; `extra` transformations come after our node parser."""
    sources = [
        LlamaDocument(id_=f"{d.id}|{d.part}", text=d.text, metadata={"document": document_to_json(d)})
        for d in documents
    ]
    pipeline = IngestionPipeline(transformations=[ClauseNodeParser(), *extra], disable_cache=True)
    return [passage_from_json(node.metadata) for node in pipeline.run(documents=sources)]


class TiaowenRetriever(BaseRetriever):  # type: ignore[misc]
    """Our retrieval for any LlamaIndex query engine; scores are fused ranks, best first."""

    def __init__(self, retriever: Retriever, k: int = 5, **scope: Any) -> None:
        self._retriever = retriever
        self._k = k
        self._scope = scope
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.search(query_bundle.query_str, k=self._k, **self._scope)
        return [NodeWithScore(node=_node(hit.passage), score=hit.score) for hit in found.hits]


class _Embedding(BaseEmbedding):  # type: ignore[misc]
    """One of our encoders as LlamaIndex embeds with it."""

    encoder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed([query], "query")[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embed([text], "passage")[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts, "passage")

    def _embed(self, texts: list[str], kind: Kind) -> list[list[float]]:
        return [[float(x) for x in row] for row in self.encoder.encode(texts, kind=kind)]


def stock_ranking(
    passages: Sequence[Passage], encoder: Encoder
) -> Callable[[str, Sequence[str], Lang | None, int], list[str]]:
    """LlamaIndex as it comes, over passages: question, editions, language, k -> clause ids, best first.

    To compare with, not to answer from: `VectorStoreIndex`, its in-memory store and metadata filters.
    """
    nodes = [
        TextNode(id_=p.id, text=searched_text(p), metadata={"edition": p.edition, "lang": p.lang, "clause": p.clause},
                 excluded_embed_metadata_keys=["edition", "lang", "clause"]) for p in passages
    ]  # fmt: skip
    index = VectorStoreIndex(nodes, embed_model=_Embedding(encoder=encoder))

    def rank(question: str, editions: Sequence[str], lang: Lang | None, k: int) -> list[str]:
        filters = [MetadataFilter(key="edition", value=list(editions), operator=FilterOperator.IN)]
        if lang is not None:
            filters.append(MetadataFilter(key="lang", value=lang))
        found = index.as_retriever(similarity_top_k=k, filters=MetadataFilters(filters=filters)).retrieve(question)
        return [str(node.metadata["clause"]) for node in found]

    return rank
