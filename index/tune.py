"""The second stage of training: the encoder learns how readers ask. Development only; `index.train` calls it.

    readers' questions, everyday words  ->  the clause they were written for, in either language; each other
    the forms of a glossary concept  ->  each other
    sentence pairs of the first stage  ->  each other, so that the general language is not forgotten

All by InfoNCE (van den Oord et al. 2018) within the batch; sentences and forms are also held where the first stage put
them, else words that stand in every clause (AI, risk) would lose their direction. A batch holds clauses of one edition,
each once, so that the wrong answers are the other clauses of the same text: the hardest there are, and none is right
after all. The digests are ours (`corpus/bundled/`), as are questions and words (`corpus/editorial/`) and the glossary;
no official text is used, and no question that measures or calibrates.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.editorial import Entry, load_editorial
from corpus.errors import UnusableInput
from corpus.glossary import load_glossary
from corpus.jsonform import document_from_json
from corpus.records import LANGS, Document
from index.generation import current_generation, open_generation, rows_of
from index.losses import device, embed, info_nce
from index.passages import context_of
from index.vocabulary import FIELD_TERMS

Floats = NDArray[np.float32]
Tokens = list[int]


@dataclass(frozen=True)
class TuningSettings:
    """What the committed model was tuned with."""

    epochs: int = 6
    clauses: int = 64
    pairs: int = 128
    rate: float = 0.002
    temperature: float = 0.07
    alike: float = 0.5
    words: float = 0.3
    terms: float = 1.0
    replay: float = 2.0
    keep: float = 2.0
    share: float = 0.5
    seed: int = 20260914


@dataclass(frozen=True)
class Lesson:
    """A clause as token ids: what readers ask and say of it, and its texts, with and without the heading path."""

    edition: str
    questions: tuple[Tokens, ...]
    words: tuple[Tokens, ...]
    texts: tuple[tuple[Tokens, Tokens], ...]


def digests(home_index: Path) -> list[Document]:
    """Our digests from the index of a home that holds nothing but the bundled corpus.

    Raises `UnusableInput` for a home that holds another text: official ones are never trained on.
    """
    folder = current_generation(home_index)
    if folder is None:
        raise UnusableInput(f"there is no index in {str(home_index)!r}", way_out="run: tiaowen --home DIR build")
    documents = [document_from_json(row) for row in rows_of(open_generation(folder)[1]["documents.jsonl"])]
    if other := next((one.id for one in documents if one.status != "digest"), None):
        raise UnusableInput(f"{other} is no digest of ours", way_out="give a new home in which only `build` was run")
    return documents


def lessons(documents: Sequence[Document], tokenizer: Tokenizer) -> list[Lesson]:
    """What there is to learn of every clause that readers ask about."""
    entries = load_editorial()
    texts: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for document in documents:
        for clause in document.clauses:
            path = context_of(document, clause)
            texts[document.edition, clause.path].append((f"{path} {clause.text}", clause.text.strip() or path))
    found = []
    for (edition, path), told in sorted(texts.items()):
        mine = [entries.get((edition, path, lang), Entry()) for lang in LANGS]
        cut = _cutter(tokenizer)
        questions, words = (
            cut([q for one in mine for q in one.questions]),
            cut([w for one in mine for w in one.words]),
        )
        both = [tuple(cut(pair)) for pair in told]
        if questions and all(len(pair) == 2 for pair in both):
            found.append(Lesson(edition, questions, words or questions, tuple((pair[0], pair[1]) for pair in both)))
    return found


EVERYWHERE = (
    ("人工智能", "智能", "AI", "artificial intelligence"),
    ("安全", "safety", "security"),
    ("风险", "risk", "risks"),
)
"""Words that stand in every clause: no question tells them apart, so their forms are held together in every batch."""


def forms(tokenizer: Tokenizer) -> list[tuple[Tokens, ...]]:
    """The forms of a concept in both languages, where there are two or more: of `EVERYWHERE`, the glossary, the field."""
    cut = _cutter(tokenizer)
    glossary = [(*term.zh, *term.en) for term in load_glossary().terms]
    field = [(zh, *(form.strip() for form in en.split(";"))) for zh, en in FIELD_TERMS.items()]
    found = [cut(one) for one in (*EVERYWHERE, *glossary, *field)]
    return [one for one in found if len(one) > 1]


def _cutter(tokenizer: Tokenizer) -> Any:
    def cut(texts: Sequence[str]) -> tuple[Tokens, ...]:
        encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return tuple(one.ids for one in encoded if one.ids)

    return cut


def batches(taught: Sequence[Lesson], settings: TuningSettings, chance: random.Random) -> Iterator[list[Lesson]]:
    """One epoch: every clause as often as it has questions, clauses of one edition together, each once a batch."""
    by_edition: defaultdict[str, list[Lesson]] = defaultdict(list)
    for lesson in taught:
        by_edition[lesson.edition].append(lesson)
    found = []
    for mine in by_edition.values():
        for _ in range(max(len(lesson.questions) for lesson in mine)):
            chance.shuffle(mine)
            found += [mine[at : at + settings.clauses] for at in range(0, len(mine), settings.clauses)]
    chance.shuffle(found)
    return (batch for batch in found if len(batch) > 1)


@dataclass(frozen=True)
class Replay:
    """What is not to be forgotten: Chinese and English sentences, the i-th of each a pair, and the forms of concepts."""

    zh: Sequence[Tokens]
    en: Sequence[Tokens]
    forms: Sequence[tuple[Tokens, ...]]


def tune(table: Floats, taught: Sequence[Lesson], replay: Replay, settings: TuningSettings) -> Floats:
    """The table, `(tokens, dimension)`, after the second stage; row 0, the unknown token, stays as it is.

    It is the first stage's and what the second made of it, in shares (Wortsman et al. 2022, WiSE-FT): what was learned
    here stays and the general language comes back.
    """
    import torch

    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    bag, first = (_bag(table, freeze) for freeze in (False, True))
    optimiser = torch.optim.Adam(bag.parameters(), lr=settings.rate, betas=(0.9, 0.98))
    plan = [batch for _ in range(settings.epochs) for batch in batches(taught, settings, chance)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / 30) * (1 - step / len(plan))
    )
    for step, batch in enumerate(plan):
        sides = drawn(batch, replay, settings, chance)
        held = [tokens for name in KEPT for tokens in sides[name]]
        vectors = embed(bag, [tokens for side in sides.values() for tokens in side])
        by_side = dict(zip(sides, vectors.split([len(side) for side in sides.values()]), strict=True))
        kept = torch.cat([by_side[name] for name in KEPT])
        loss = loss_of(by_side, settings) + settings.keep * (1 - (kept * embed(first, held)).sum(dim=1).mean())
        optimiser.zero_grad()
        loss.backward()
        bag.weight.grad[0] = 0
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            print(f"tuning step {step} of {len(plan)}, loss {loss.item():.3f}", flush=True)
    tuned = np.asarray(bag.weight.detach().cpu().numpy(), dtype=np.float32)
    return np.asarray((1 - settings.share) * table + settings.share * tuned, dtype=np.float32)


def _bag(table: Floats, freeze: bool) -> Any:
    import torch

    bag: Any = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table.copy()), freeze=freeze, mode="sum")
    return bag.to(device())


KEPT = ("zh", "en", "form", "other form")
"""The sides that are held where the first stage put them."""


def drawn(
    batch: Sequence[Lesson], replay: Replay, settings: TuningSettings, chance: random.Random
) -> Mapping[str, list[Tokens]]:
    """One question, another, a text and a word of each clause; sentence pairs; two forms of some concepts."""
    rows = [chance.randrange(len(replay.zh)) for _ in range(settings.pairs)]
    always, rest = replay.forms[: len(EVERYWHERE)], replay.forms[len(EVERYWHERE) :]
    two = [chance.sample(one, 2) for one in (*always, *chance.sample(rest, min(settings.pairs, len(rest))))]
    return {
        "question": [chance.choice(lesson.questions) for lesson in batch],
        "another": [chance.choice(lesson.questions) for lesson in batch],
        "text": [chance.choice(chance.choice(lesson.texts)) for lesson in batch],
        "word": [chance.choice(lesson.words) for lesson in batch],
        "zh": [replay.zh[row] for row in rows],
        "en": [replay.en[row] for row in rows],
        "form": [one for one, _ in two],
        "other form": [other for _, other in two],
    }


def loss_of(vectors: Mapping[str, Any], settings: TuningSettings) -> Any:
    """Question to text and to question, word to text, sentence to sentence, form to form, weighed as the settings say."""

    def apart(one: str, other: str) -> Any:
        return info_nce(vectors[one], vectors[other], settings.temperature)

    asked = apart("question", "text") + settings.alike * apart("question", "another")
    return (
        asked + settings.words * apart("word", "text") + settings.replay * info_nce(vectors["zh"], vectors["en"], 0.05)
    )
