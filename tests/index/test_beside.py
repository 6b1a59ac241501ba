"""Comparing documents in a process beside the build: the same bytes as in this one, and nothing lost if it dies."""

from __future__ import annotations

import pytest
from built import built_retriever
from lineages import NEW, OLD, edition

from corpus.records import LANGS, Document
from index.beside import Beside
from index.build import comparing, comparisons
from index.encoder import open_encoder


@pytest.fixture(scope="module")
def small() -> list[Document]:
    """Two tiny editions in both languages."""
    return [edition(lang, version, of[lang]) for version, of in (("1.0", OLD), ("2.0", NEW)) for lang in LANGS]


def test_another_process_compares_as_this_one_does(small: list[Document]) -> None:
    encoder = open_encoder(None)
    with Beside(small) as beside:
        found = beside.result(encoder)
    assert found == comparisons(small, encoder)
    assert found["lineage.jsonl"].count(b"\n") == len(LANGS)
    assert "数据泄露".encode() in found["lineage.jsonl"]


def test_a_process_that_dies_costs_time_and_nothing_else(small: list[Document]) -> None:
    encoder = open_encoder(None)
    with Beside(small) as beside:
        beside._process.kill()
        assert beside.result(encoder) == comparisons(small, encoder)


def test_a_build_that_fails_leaves_no_process(small: list[Document]) -> None:
    with pytest.raises(RuntimeError), Beside(small) as beside:
        raise RuntimeError
    assert beside._process.poll() is not None


def test_few_clauses_and_other_encoders_are_compared_here(small: list[Document]) -> None:
    encoder = open_encoder(None)
    for documents, spec in ((small, None), (list(built_retriever().documents.values()), "another")):
        with comparing(documents, spec) as compared:
            assert not hasattr(compared, "__self__")
    with comparing(small, None) as compared:
        assert compared(encoder) == comparisons(small, encoder)
