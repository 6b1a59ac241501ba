"""Text to vectors: the bundled bilingual encoder, and any sentence-transformers model in its place.

The bundled model (`index/model/`, made by `index.train`) is a table of token vectors, Chinese and English in one space;
a text's vector is the mean of its tokens' vectors, L2-normalised. It needs numpy and `tokenizers` only, and the same
folder opens as `SentenceTransformer("index/model")` with equal vectors.

We chose a static table over a small transformer because it opens in a tenth of a second, encodes a question in tens of
microseconds, and put the right translation first more often at equal training time; word order is the lexical index's
business. The door to torch and sentence-transformers is `TransformerEncoder`; both are imported inside its `__init__`.

    >>> encoder = open_encoder(None)
    >>> zh, en, other = encoder.encode(["数据泄露的风险", "risk of data leakage", "我昨天吃了苹果"])
    >>> bool(zh @ en > 0.7 > zh @ other)
    True
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.errors import EncoderUnavailable
from index.arrays import load_arrays, mapped

Kind = Literal["query", "passage"]
BUNDLED = Path(__file__).parent / "model"
WEIGHTS = "model.safetensors"


class Asked(NamedTuple):
    """What kind of model is asked for, and how to do without it."""

    name: str
    without: str


BI_ENCODER = Asked("encoder", "leave out --encoder for the bundled one")
CROSS_ENCODER = Asked("reranker", "leave out --reranker")


class Encoder(Protocol):
    """Whatever turns texts into vectors. `id` changes whenever the vectors do; an index remembers it."""

    @property
    def id(self) -> str:
        """Name and version, e.g. `tiaowen-static-1:3f0c2a9be81d`."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, kind: Kind = "passage") -> NDArray[np.float32]:
        """`(n, dimension)` float32, rows L2-normalised; a text without tokens gives a row of zeros."""


@runtime_checkable
class InBatches(Protocol):
    """An encoder that takes many batches together, to encode them elsewhere (`index.fleet_encoder`)."""

    def encode_batches(self, batches: Sequence[Sequence[str]], kind: Kind) -> Iterator[NDArray[np.float32]]:
        """The rows that `encode` gives of every batch, in order, one array or more."""


def open_encoder(spec: str | None) -> Encoder:
    """The bundled encoder for None or "bundled"; else the sentence-transformers model of that id or folder.

    Raises `EncoderUnavailable`.

        >>> open_encoder("bundled").dimension
        256
    """
    return StaticEncoder() if spec in (None, "bundled") else TransformerEncoder(str(spec))


@lru_cache(maxsize=1)
def _bundled_tokenizer() -> Tokenizer:
    return Tokenizer.from_str((BUNDLED / "tokenizer.json").read_text(encoding="utf-8"))


_AT_ONCE = 4096
"""Texts that are cut together."""


def cut(text: str) -> list[str]:
    """A text in the tokens of the bundled encoder, whatever encoder is in use.

    >>> cut("個人數據 Ｄata-Safety")
    ['个人', '数据', 'data', 'safety']
    """
    return list(_bundled_tokenizer().encode(text, add_special_tokens=False).tokens)


def cut_all(texts: Sequence[str]) -> Iterator[list[str]]:
    """Many texts in those tokens, as `cut` gives each."""
    for at in range(0, len(texts), _AT_ONCE):
        for found in _bundled_tokenizer().encode_batch(texts[at : at + _AT_ONCE], add_special_tokens=False):
            yield list(found.tokens)


def cut_places(text: str) -> list[tuple[int, int]]:
    """Where each token of `cut` stands in the text, half-open: `cut_places("AI安全")` is `[(0, 2), (2, 4)]`."""
    return [(start, end) for start, end in _bundled_tokenizer().encode(text, add_special_tokens=False).offsets]


def is_token(word: str) -> bool:
    """Whether the bundled encoder's vocabulary holds a word whole, as it does common ones: `is_token("安全")`."""
    return _bundled_tokenizer().token_to_id(word) is not None


class StaticEncoder:
    """The mean of token vectors, without torch; the table is mapped into memory, not read.

    >>> StaticEncoder().encode(["人工智能", "artificial intelligence", "……"]).shape
    (3, 256)
    """

    def __init__(self, folder: Path = BUNDLED) -> None:
        self._weights = folder / WEIGHTS
        try:
            whole = (folder / "tokenizer.json").read_text
            self.tokenizer = _bundled_tokenizer() if folder == BUNDLED else Tokenizer.from_str(whole(encoding="utf-8"))
            self._vectors = load_arrays(mapped(self._weights))["embedding.weight"]
        except Exception as error:  # `tokenizers` raises bare Exception
            raise EncoderUnavailable(
                f"the encoder in {str(folder)!r} is not whole: {error}", way_out="install tiaowen again"
            ) from error

    @cached_property
    def id(self) -> str:
        """`tiaowen-static-1:` and the first 12 hex digits of the weights file's sha256, read once when asked for."""
        return f"tiaowen-static-1:{_sha256([self._weights])[:12]}"

    @property
    def dimension(self) -> int:
        """Columns of the table."""
        return int(self._vectors.shape[1])

    @property
    def vocabulary_size(self) -> int:
        """Rows of the table: tokens of both languages."""
        return len(self._vectors)

    def tokens(self, text: str) -> list[str]:
        """How a text is cut, for a look inside.

        >>> StaticEncoder().tokens("個人數據 Ｄata-Safety")
        ['个人', '数据', 'data', 'safety']
        """
        return list(self.tokenizer.encode(text, add_special_tokens=False).tokens)

    def encode(self, texts: Sequence[str], *, kind: Kind = "passage") -> NDArray[np.float32]:
        """`(n, dimension)` float32, rows L2-normalised or zero; `kind` makes no difference to this model."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        cut = self.tokenizer.encode_batch(list(texts), add_special_tokens=False) if texts else []
        for row, one in zip(rows, cut, strict=True):  # summed one by one: a row never depends on its batch
            self._vectors[one.ids].sum(axis=0, dtype=np.float32, out=row)
        return unit_rows(rows)


class TransformerEncoder:
    """Any sentence-transformers model, by hub id or local folder; its query and document prompts are used.

    encoder = TransformerEncoder("BAAI/bge-m3")
    encoder.encode(["谁对数据泄露负责？", "Who is liable for leaks?"], kind="query").shape   # (2, 1024)
    """

    def __init__(self, spec: str) -> None:
        folder = _local_folder(spec, BI_ENCODER)
        model_class = _sentence_transformers(spec, BI_ENCODER).SentenceTransformer
        self._model = _opened(model_class, str(folder) if folder else spec, BI_ENCODER)
        self.id = f"{folder.name}:{_sha256(_weight_files(folder))[:12]}" if folder else spec + _commit(self._model)
        self.dimension = int(self._model.encode(["条文"], show_progress_bar=False).shape[1])

    def encode(self, texts: Sequence[str], *, kind: Kind = "passage") -> NDArray[np.float32]:
        """`(n, dimension)` float32, rows L2-normalised; blank texts give rows of zeros."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        told = [i for i, text in enumerate(texts) if text.strip()]
        if told:
            rows[told] = self._model.encode(
                [texts[i] for i in told], prompt_name=self._prompt(kind), show_progress_bar=False
            )
        return unit_rows(np.nan_to_num(rows))

    def _prompt(self, kind: Kind) -> str | None:
        prompts: dict[str, str] = self._model.prompts or {}
        names = ("query",) if kind == "query" else ("document", "passage")
        return next((name for name in names if prompts.get(name)), None)


class CrossEncoder:
    """Any sentence-transformers cross-encoder, by hub id or local folder: how well each text answers a question.

    rerank = CrossEncoder("BAAI/bge-reranker-v2-m3")
    rerank("谁对数据泄露负责？", ["……", "……"])   # a score for each, greater is better
    """

    def __init__(self, spec: str) -> None:
        folder = _local_folder(spec, CROSS_ENCODER)
        model_class = _sentence_transformers(spec, CROSS_ENCODER).CrossEncoder
        self._model = _opened(model_class, str(folder) if folder else spec, CROSS_ENCODER)

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text; none for no texts."""
        if not texts:
            return []
        scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in np.asarray(scores).reshape(len(texts), -1)[:, 0]]


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row of `(n, d)` divided by its length; rows of zeros stay zeros.

    >>> unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: NDArray[np.float32] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return found


def _local_folder(spec: str, asked: Asked) -> Path | None:
    """The folder `spec` names, None for a hub id. A folder must hold a model."""
    path = Path(spec).expanduser()
    if not (path.exists() or spec.startswith((".", "~")) or path.is_absolute()):
        return None
    if not ((path / "modules.json").is_file() or (path / "config.json").is_file()):
        raise EncoderUnavailable(
            f"{spec!r} holds no sentence-transformers model (neither modules.json nor config.json)",
            way_out=f"give the folder that a model was saved to, or {asked.without}",
        )
    return path.resolve()


def _sentence_transformers(spec: str, asked: Asked) -> Any:
    try:
        import sentence_transformers
        import torch
    except ImportError as error:
        raise EncoderUnavailable(
            f"the {asked.name} {spec!r} needs sentence-transformers, which is not installed ({error})",
            way_out=f"pip install torch==2.13.0 sentence-transformers, or {asked.without}",
        ) from error
    torch.set_num_threads(_cores())
    return sentence_transformers


def _opened(model_class: Any, spec: str, asked: Asked) -> Any:
    try:
        return model_class(spec)
    except Exception as error:  # hub, file and configuration errors have no common base
        raise EncoderUnavailable(
            f"the {asked.name} {spec!r} cannot be opened here: {_first_line(error)}",
            way_out=f"connect once so that it is cached, give a local folder, or {asked.without}",
        ) from error


def _cores() -> int:
    """Cores this process may use, at most 8: more threads than that slow short texts down."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, 8)


def _weight_files(folder: Path) -> list[Path]:
    files = [*folder.rglob("*.safetensors"), *folder.rglob("*.bin"), *folder.rglob("*.json")]
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


def _sha256(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _commit(model: Any) -> str:
    """`@` and the start of the hub commit a model was read from, where it tells."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    commit = getattr(config, "_commit_hash", None)
    return f"@{commit[:12]}" if commit else ""


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
