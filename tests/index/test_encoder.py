"""The bundled encoder in both languages, equal to sentence-transformers, and what is said when a model is not here."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import EncoderUnavailable
from index.encoder import BUNDLED, StaticEncoder, TransformerEncoder, open_encoder

TRANSLATIONS = [
    ("训练数据可能被投毒。", "The training data may be poisoned."),
    ("谁来管理人工智能的风险？", "Who manages the risks of artificial intelligence?"),
    ("个人隐私泄露", "leakage of personal privacy"),
    ("国际合作与交流", "international cooperation and exchange"),
    ("我们昨天去公园散步了。", "We took a walk in the park yesterday."),
    ("这道菜太咸了。", "This dish is too salty."),
]
needs_sentence_transformers = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="sentence-transformers (extra `models`) is absent"
)


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder()


@pytest.mark.parametrize("texts", [["数据安全"], ["data security"], ["数据安全", "data security", "网络攻击"]])
def test_rows_are_unit_length_float32(encoder: StaticEncoder, texts: list[str]) -> None:
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: StaticEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("text", ["", "   \n", "……《》——", "?! …", "\u200b", "\u0301"])
def test_text_without_tokens_is_a_row_of_zeros(encoder: StaticEncoder, text: str) -> None:
    vectors = encoder.encode(["风险", text, "risk"])
    assert not vectors[1].any()
    assert vectors[0].any() and vectors[2].any()


def test_a_row_does_not_depend_on_its_batch_or_kind(encoder: StaticEncoder) -> None:
    texts = [text for pair in TRANSLATIONS for text in pair]
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text], kind="query") for text in texts])
    assert together.tobytes() == alone.tobytes() == StaticEncoder().encode(texts).tobytes()


def test_translations_are_nearest(encoder: StaticEncoder) -> None:
    zh, en = (encoder.encode([pair[side] for pair in TRANSLATIONS]) for side in (0, 1))
    scores = zh @ en.T
    assert (scores.argmax(axis=0) == np.arange(len(TRANSLATIONS))).all()
    assert (scores.argmax(axis=1) == np.arange(len(TRANSLATIONS))).all()
    others = scores[~np.eye(len(TRANSLATIONS), dtype=bool)]
    assert scores.diagonal().min() > others.max()


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("人工智能安全", "人工智能风险", "苹果和香蕉"),
        ("AI safety", "the risks of artificial intelligence", "apples and bananas"),
        ("供应链安全", "security of the supply chain", "a walk in the park"),
        ("supply chain security", "供应链安全", "去公园散步"),
    ],
)
def test_near_and_far(encoder: StaticEncoder, query: str, near: str, far: str) -> None:
    question, close, distant = encoder.encode([query, near, far])
    assert question @ close > question @ distant + 0.2


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("數據安全與個人資訊", "数据安全与个人资讯"),
        ("ＤＡＴＡ　Ｓecurity", "data security"),
        ("naïve café", "naive cafe"),
        ("⼈⼯智能", "人工智能"),
        ("开源-模型：（风险）", "开源模型 风险"),
        ("著名", "著名"),
    ],
)
def test_printed_variants_are_one_text(encoder: StaticEncoder, printed: str, plain: str) -> None:
    assert encoder.tokens(printed) == encoder.tokens(plain)


def test_tokens_of_mixed_text(encoder: StaticEncoder) -> None:
    assert encoder.tokens("研究生命起源") == ["研究", "生命", "起源"]
    assert encoder.tokens("AI模型的風險2.0") == ["ai", "模型", "的", "风险", "2", "0"]
    assert encoder.tokens("𠮷😀 привет") == []


def test_id_is_the_digest_of_the_weights(encoder: StaticEncoder) -> None:
    digest = hashlib.sha256((BUNDLED / "model.safetensors").read_bytes()).hexdigest()
    assert encoder.id == f"tiaowen-static-1:{digest[:12]}"


def test_every_token_has_a_row_of_its_own(encoder: StaticEncoder) -> None:
    pieces = [piece for piece, _ in json.loads((BUNDLED / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]]
    assert len(set(pieces)) == len(pieces) == encoder.vocabulary_size


def test_bundled_folder_is_small() -> None:
    assert sum(file.stat().st_size for file in BUNDLED.rglob("*") if file.is_file()) <= 24_000_000


def test_bundled_encoder_loads_no_torch() -> None:
    code = (
        "import sys; from index.encoder import open_encoder; open_encoder(None).encode(['条文', 'clause']); "
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'safetensors'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_open_encoder_knows_the_bundled_one() -> None:
    assert isinstance(open_encoder(None), StaticEncoder)
    assert isinstance(open_encoder("bundled"), StaticEncoder)


def test_truncated_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes((BUNDLED / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes((BUNDLED / "model.safetensors").read_bytes()[:100_000])
    with pytest.raises(EncoderUnavailable, match=r"is not whole: the file is truncated; install tiaowen again"):
        StaticEncoder(tmp_path)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="is not whole"):
        StaticEncoder(tmp_path)


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"holds no sentence-transformers model .*; give the folder") as caught:
        open_encoder(str(tmp_path))
    assert str(tmp_path) in caught.value.message
    assert "--encoder" in caught.value.way_out


@pytest.mark.parametrize("spec", ["./没有这个目录", "~/no such folder", "/no/such/folder"])
def test_path_that_does_not_exist_is_refused(spec: str) -> None:
    with pytest.raises(EncoderUnavailable, match="holds no sentence-transformers model"):
        open_encoder(spec)


def test_absent_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match=r"needs sentence-transformers.*pip install torch==2\.13\.0 sent"):
        open_encoder("BAAI/bge-m3")


@needs_sentence_transformers
def test_model_that_is_not_here_is_told() -> None:
    code = (
        "from corpus.errors import EncoderUnavailable\nfrom index.encoder import open_encoder\n"
        "try:\n    open_encoder('nobody/no-such-model')\nexcept EncoderUnavailable as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8", env=_offline()
    )
    assert "the encoder 'nobody/no-such-model' cannot be opened here" in done.stdout
    assert "leave out --encoder" in done.stdout


@needs_sentence_transformers
def test_sentence_transformers_gives_equal_vectors(encoder: StaticEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [text for pair in TRANSLATIONS for text in pair] + ["數據 Data—２.０", "算法" * 3000]
    theirs = SentenceTransformer(str(BUNDLED), device="cpu").encode(texts, show_progress_bar=False)
    cosines = (unit(theirs.astype(np.float32)) * encoder.encode(texts)).sum(axis=1)
    assert cosines.min() >= 0.999


@needs_sentence_transformers
def test_bundled_folder_opens_as_a_transformer_too(encoder: StaticEncoder) -> None:
    opened = open_encoder(str(BUNDLED))
    assert isinstance(opened, TransformerEncoder)
    vectors = opened.encode(["", "风险 risk"])
    assert not vectors[0].any()
    assert float(vectors[1] @ encoder.encode(["风险 risk"])[0]) >= 0.999
    assert opened.dimension == encoder.dimension


@needs_sentence_transformers
def test_tiny_transformer(tiny: Path) -> None:
    encoder = open_encoder(str(tiny))
    texts = ["风险", "risk data", "", "数据泄露"]
    passages, queries = encoder.encode(texts), encoder.encode(texts, kind="query")
    assert passages.shape == (4, encoder.dimension) == (4, 32)
    assert passages.dtype == np.float32
    assert not passages[2].any()
    np.testing.assert_allclose(np.linalg.norm(passages[[0, 1, 3]], axis=1), 1, atol=1e-5)
    assert abs(passages[0] - queries[0]).max() > 1e-3, "the model's own prompts tell queries from passages"
    again = open_encoder(str(tiny))
    np.testing.assert_array_equal(again.encode(texts), passages)
    assert again.id == encoder.id
    assert encoder.id.startswith("tiny:")


@needs_sentence_transformers
def test_other_prompts_are_another_encoder(tiny: Path) -> None:
    before = open_encoder(str(tiny)).id
    settings = tiny / "config_sentence_transformers.json"
    settings.write_text(json.dumps(json.loads(settings.read_text("utf-8")) | {"prompts": {}}), encoding="utf-8")
    assert open_encoder(str(tiny)).id != before


def unit(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _offline() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1"}
