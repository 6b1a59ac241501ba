"""Rows as LlamaIndex nodes, as its vector stores take them; no text: that stands in the generation's files."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.schema import TextNode

from index.stores.store import digests
from index.vectors import Vectors


def nodes_of(rows: Sequence[int], vectors: Vectors, kinds: Sequence[int]) -> list[TextNode]:
    """A node a row: its number as id; kind and digest, whole numbers, as metadata."""
    told = digests(vectors, kinds).tolist()
    return [
        TextNode(id_=str(int(row)), embedding=vector, metadata={"kind": int(kind), "digest": digest})
        for row, vector, kind, digest in zip(rows, vectors.tolist(), kinds, told, strict=True)
    ]
