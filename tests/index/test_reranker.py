"""A cross-encoder orders the best hits anew: one made on the spot, and one that counts, which needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from built import built_retriever

from corpus.errors import EncoderUnavailable
from index.encoder import CrossEncoder
from index.rerank import RERANKED


def longest_first(question: str, texts: Sequence[str]) -> list[float]:
    """A reranker that prefers long texts."""
    return [float(len(text)) for text in texts]


@pytest.mark.parametrize("question", ["数据安全的要求", "requirements of data security"])
def test_the_best_are_ordered_anew_and_tell_their_rank_before(question: str) -> None:
    plain = built_retriever().search(question, k=RERANKED).hits
    again = built_retriever().search(question, k=5, reranker=longest_first).hits
    by_length = sorted(plain, key=lambda hit: (-len(hit.passage.context) - len(hit.passage.text), hit.rank))
    assert [hit.passage.id for hit in again] == [hit.passage.id for hit in by_length[:5]]
    assert [hit.rank for hit in again] == [1, 2, 3, 4, 5]
    assert [hit.ranks["fused"] for hit in again] == [hit.rank for hit in by_length[:5]]
    assert [hit.score for hit in again] == [len(hit.passage.context) + 1 + len(hit.passage.text) for hit in again]


def test_a_cross_encoder_scores_every_text(cross: Path) -> None:
    rerank = CrossEncoder(str(cross))
    scores = rerank("数据泄露的风险 risk", ["数据安全", "data risk", ""])
    assert len(scores) == 3 and all(isinstance(score, float) for score in scores)
    assert rerank("数据泄露的风险 risk", ["数据安全", "data risk", ""]) == pytest.approx(scores, abs=1e-5)
    assert rerank("问", []) == []


@pytest.mark.parametrize("what", ["folder", "nothing"])
def test_what_is_no_cross_encoder_is_told_in_one_line(what: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(EncoderUnavailable, match=r"leave out --reranker$") as told:
        CrossEncoder(str(tmp_path / what))
    assert "\n" not in str(told.value)


@pytest.fixture
def cross(tmp_path: Path) -> Path:
    """A saved cross-encoder of two random layers."""
    torch = pytest.importorskip("torch", reason="torch (extra `models`) is absent")
    pytest.importorskip("sentence_transformers", reason="extra `models` is absent")
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"风险数据泄露安全", "risk", "data"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    shape: Any = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
    )
    BertForSequenceClassification(shape).save_pretrained(tmp_path / "cross")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "cross")
    return tmp_path / "cross"
