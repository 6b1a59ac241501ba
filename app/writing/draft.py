"""An answer put into sentences by a language model, as far as its quotations support them.

Answer + LanguageModel ─ drafts ─> the answer with one verified sentence, with two … ─> the result
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from app.answering.words import say
from app.writing.judge import judge
from app.writing.model import LIMITS, LanguageModel, Limits, ModelFailed, Prompt, within
from app.writing.prompt import make_prompt
from app.writing.sentences import sentences_of
from app.writing.suspicion import obeys, words_of_orders
from corpus.records import Answer, Citation, Note, Statement

WRITTEN = frozenset(("lookup", "definition", "who_when", "scenario", "yes_no", "summary"))
"""The kinds of answer that a model may write."""


def may_write(answer: Answer) -> bool:
    """Whether a model may put an answer into other words.

    Never a refusal, a count, an answer on changes, a list or mapping that must be complete, a clause asked for as it
    stands: there the extractive answer is the product, and a model could only take from it. Nor an answer whose
    quotations are in another language, since a translation cannot be held against them word by word.
    """
    return (
        answer.declined is None
        and answer.type in WRITTEN
        and all(statement.search is None for statement in answer.statements)
        and all(f"/{answer.lang}#" in citation.clause for citation in answer.citations)
    )


def write(answer: Answer, model: LanguageModel, limits: Limits = LIMITS) -> Answer:
    """The answer in the model's sentences, or as it was; the last of `drafts`."""
    *_, last = drafts(answer, model, limits)
    return last


def drafts(answer: Answer, model: LanguageModel, limits: Limits = LIMITS) -> Iterator[Answer]:
    """The answer as it grows, each time by one verified sentence and without notes; the last one is the result.

    The result is the same record with the model's sentences as statements, the citations they use, verbatim and with
    their markers, and a note `llm`; or the answer as it was with a note `llm_fallback` that says why. An answer that no
    model may write (`may_write`) comes back as it is, the model not asked. The extractive answer stands where

    * the model fails or takes longer than `limits`;
    * fewer than half of its sentences are verified, or there are none;
    * its draft is cut off, unless half of the sentences seen are verified and every quotation is used in them;
    * it says the code of the marks, or a word that stands only in an order to a model: then it did as it was told by a
      question or a document, and the rest of what it says deserves no trust either.
    """
    if not may_write(answer):
        yield answer
        return
    started = time.perf_counter()
    reading = _Reading(answer)
    try:
        for sentence in sentences_of(within(partial(model.pieces, reading.prompt), limits), answer.lang):
            if reading.take(sentence):
                yield reading.so_far()
            if reading.instructed:
                break
    except ModelFailed as failure:
        reading.failure = failure
    yield _stamped(reading.result(model.name), model.name, time.perf_counter() - started)


@dataclass
class _Reading:
    """A draft being read: what was seen and what of it is kept."""

    answer: Answer
    kept: list[Statement] = field(default_factory=list)
    seen: int = 0
    instructed: bool = False
    failure: ModelFailed | None = None

    def __post_init__(self) -> None:
        self.prompt: Prompt = make_prompt(self.answer.question, self.answer.citations, self.answer.lang)
        self._cited: dict[int, Citation] = {citation.marker: citation for citation in self.answer.citations}
        texts = [f"{citation.heading}\n{citation.quote}" for citation in self.answer.citations]
        self._suspect = words_of_orders(self.answer.question, texts)

    def take(self, sentence: str) -> bool:
        """Judge one sentence; whether it is kept. What was said before counts once."""
        self.seen += 1
        self.instructed = self.prompt.fence in sentence or obeys(sentence, self._suspect)
        judged = judge(sentence, self._cited, self.answer.lang)
        repeated = any(statement.text == judged.text for statement in self.kept)
        if self.instructed or repeated or judged.reason:
            return False
        self.kept.append(Statement(judged.text, judged.markers))
        return True

    def so_far(self) -> Answer:
        """The answer in the sentences kept."""
        used = {marker for statement in self.kept for marker in statement.citations}
        return replace(
            self.answer,
            text="\n".join(statement.text for statement in self.kept),
            statements=tuple(self.kept),
            citations=tuple(citation for citation in self.answer.citations if citation.marker in used),
            notes=(),
        )

    def result(self, model: str) -> Answer:
        """The answer that is shown in the end, with the note that says how it came about."""
        reason = self._reason_to_fall_back()
        counts = {"seen": self.seen, "kept": len(self.kept)}
        lang = self.answer.lang
        if not reason:
            note = Note("llm", say("note_llm", lang, model=model, **counts))
            return replace(self.so_far(), notes=(note, *self.answer.notes))
        status = f" (HTTP {self.failure.status})" if self.failure and self.failure.status else ""
        why = say(f"llm_{reason}", lang, status=status, **counts)
        note = Note("llm_fallback", say("note_llm_fallback", lang, model=model, reason=why))
        return replace(self.answer, notes=(note, *self.answer.notes))

    def _reason_to_fall_back(self) -> str:
        cause = self.failure.cause if self.failure else None
        if self.instructed:
            return "instructed"
        if cause in ("failed", "timed_out"):
            return str(cause)
        if not self.seen:
            return cause or "empty"
        if not self.kept or 2 * len(self.kept) < self.seen:
            return "unsupported"
        used = {marker for statement in self.kept for marker in statement.citations}
        return "cut_off" if cause and used != set(self._cited) else ""


def _stamped(answer: Answer, model: str, seconds: float) -> Answer:
    """The answer under an id of its own: the same question asked with and without a model, or with another, differs."""
    digest = hashlib.sha256(f"{answer.answer_id}\n{model}".encode()).hexdigest()[:16]
    return replace(answer, answer_id=digest, ms={**answer.ms, "write": round(1000 * seconds, 3)})
