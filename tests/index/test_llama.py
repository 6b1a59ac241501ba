"""The LlamaIndex door: nodes keep our offsets, also for repeated text, and our retriever serves its query engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from built import built_retriever
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import BaseNode, MetadataMode, TransformComponent
from llama_index.core.schema import Document as LlamaDocument
from small import document

from corpus.jsonform import document_to_json, passage_from_json
from corpus.records import Document, Lang
from index.llama import ClauseNodeParser, TiaowenRetriever, make_passages
from index.passages import passages_of
from ingest.layout import Block
from ingest.outline import Origin, outline

TWICE = {
    "zh": ["1. 总则", "1.1 上线", "先评估，再上线。", "1.2 下线", "先评估，再上线。", "2. 附则", "先评估，再上线。"],
    "en": ["1. One", "1.1 Start", "Assess, then go.", "1.2 Stop", "Assess, then go.", "2. Two", "Assess, then go."],
}


def repeated(lang: Lang) -> Document:
    """Three clauses of the same text."""
    return outline(
        [Block(text) for text in TWICE[lang]], Origin("aisgf@2.0", "body", lang, "supplied", "text", reader="t")
    )


def nodes_of(of: Document) -> list[BaseNode]:
    source = LlamaDocument(id_=of.id, text=of.text, metadata={"document": document_to_json(of)})
    return ClauseNodeParser().get_nodes_from_documents([source])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_offsets_are_the_spans_also_where_text_is_repeated(lang: Lang) -> None:
    of = repeated(lang)
    nodes = nodes_of(of)
    spans = [(node.start_char_idx, node.end_char_idx) for node in nodes]
    passages = [passage for clause in of.clauses for passage in passages_of(of, clause)]
    assert spans == [(p.span.start, p.span.end) for p in passages]
    assert [node.node_id for node in nodes] == [p.id for p in passages]
    assert [of.text[start:end] for start, end in spans] == [node.get_content() for node in nodes]
    same = [span for span, node in zip(spans, nodes, strict=True) if node.get_content() == TWICE[lang][2]]
    assert len(set(same)) == 3
    assert [passage_from_json(node.metadata) for node in nodes] == passages


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_embedded_and_read_is_the_text_and_its_place(lang: Lang) -> None:
    node = nodes_of(document(lang))[1]
    assert node.get_content(MetadataMode.EMBED) == node.get_content()
    read = node.get_content(MetadataMode.LLM)
    assert node.metadata["clause"] in read and node.metadata["context"] in read and "status" not in read


def test_the_pipeline_makes_the_passages_of_every_document() -> None:
    documents = [document("zh"), document("en"), repeated("zh")]
    wanted = [p for of in documents for clause in of.clauses for p in passages_of(of, clause)]
    assert make_passages(documents) == wanted
    assert make_passages([]) == []


class WithoutChapters(TransformComponent):  # type: ignore[misc]
    """A transformation of somebody else's: chapters go."""

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> list[BaseNode]:
        return [node for node in nodes if "." in node.metadata["clause"].partition("#")[2]]


def test_any_transformation_can_be_put_into_the_pipeline() -> None:
    assert [p.clause for p in make_passages([document("zh")], [WithoutChapters()])] == ["aisgf@2.0/zh#1.1"]


@pytest.mark.parametrize(("question", "lang"), [("什么是数据投毒？", "zh"), ("What is data poisoning?", "en")])
def test_our_retriever_answers_as_a_retriever_of_theirs(question: str, lang: Lang) -> None:
    ours = built_retriever().search(question, k=4, editions=["aisgf@2.0"])
    found = TiaowenRetriever(built_retriever(), k=4, editions=["aisgf@2.0"]).retrieve(question)
    assert [one.node.node_id for one in found] == [hit.passage.id for hit in ours.hits]
    assert [one.score for one in found] == [hit.score for hit in ours.hits]
    assert found[0].node.metadata["clause"] == f"aisgf@2.0/{lang}#A3.12"


@pytest.mark.parametrize("question", ["日志留存多久？", "How long are logs kept?"])
def test_our_retriever_serves_a_query_engine(question: str) -> None:
    engine = RetrieverQueryEngine.from_args(TiaowenRetriever(built_retriever(), k=3), llm=MockLLM())
    reply = engine.query(question)
    assert len(reply.source_nodes) == 3
    assert reply.source_nodes[0].node.get_content() in str(reply)
    assert question in str(reply)
