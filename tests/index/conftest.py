"""A tiny sentence-transformers model, made on the spot: no hub is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A saved sentence-transformers model of two random layers, for Chinese characters and English words."""
    torch = pytest.importorskip("torch", reason="torch (extra `models`) is absent")
    sentence_transformers = pytest.importorskip("sentence_transformers", reason="extra `models` is absent")
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", *"风险数据泄露安全", "risk", "data"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(shape).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
    model: Any = sentence_transformers.SentenceTransformer(str(tmp_path / "bert"), device="cpu")
    model.prompts = {"query": "query: ", "passage": "passage: "}
    model.save(str(tmp_path / "tiny"))
    return tmp_path / "tiny"
