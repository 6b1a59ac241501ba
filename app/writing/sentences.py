"""From pieces, as a model streams them, to whole sentences, each with the marks of its quotations inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.answering.words import mark
from app.writing.model import ModelFailed
from corpus.records import Lang, Span
from corpus.text import sentences

_LIST = r"\d{1,3}(?:\s*[,，、]\s*\d{1,3})*"
_MARKS = re.compile(rf"[ \t]*[\[［【]\s*({_LIST})\s*[\]］】]")
_AFTER = re.compile(r"([.!?。！？]+[”’」』）)\"']*)((?:\[\d+\])+)")
_BEGUN = re.compile(r"[\[［【][\d\s,，、]*$")
_FINISHED = re.compile(r"[.!?。！？][”’」』）)\"']*\s*$")
_THINKS, _THOUGHT = "<think>", "</think>"


def sentences_of(pieces: Iterable[str], lang: Lang) -> Iterator[str]:
    """Sentences as soon as they are whole, the model's thoughts aside. A mark behind a full stop belongs before it.

    >>> list(sentences_of(["日志留六", "个月。[1", "]每天备份；", "定期演练【2，3】。"], "zh"))
    ['日志留六个月[1]。', '每天备份；定期演练[2][3]。']
    >>> list(sentences_of(["Keep logs, e.g. daily. [1] Ch", "eck them [2]"], "en"))
    ['Keep logs, e.g. daily[1].', 'Check them[2]']
    """
    held = ""
    try:
        for piece in _spoken(pieces):
            *whole, held = _cut(held + piece, lang)
            yield from whole
    except ModelFailed:
        if _FINISHED.search(held):
            yield held.strip()
        raise
    if held.strip():
        yield held.strip()


def with_plain_marks(text: str) -> str:
    """Marks written one way and before the full stop.

    >>> with_plain_marks("六个月。【1，2】"), with_plain_marks("Six months.” [1]")
    ('六个月[1][2]。', 'Six months[1].”')
    """
    plain = _MARKS.sub(lambda found: mark(*(int(number) for number in re.findall(r"\d+", found[1]))), text)
    return _AFTER.sub(r"\2\1", plain)


def _cut(text: str, lang: Lang) -> list[str]:
    """Whole sentences, and last what may still go on: a sentence is whole when another has begun, which a mark has not."""
    begun = _BEGUN.search(text)
    body, tail = (text[: begun.start()], text[begun.start() :]) if begun else (text, "")
    plain = with_plain_marks(body)
    spans = _spans(plain, lang)
    if not spans:
        return [text]
    return [*(span.of(plain) for span in spans[:-1]), plain[spans[-1].start :] + tail]


def _spans(text: str, lang: Lang) -> list[Span]:
    """Sentence spans; a Chinese semicolon ends none."""
    joined: list[Span] = []
    for span in sentences(text, lang):
        goes_on = bool(joined) and text[joined[-1].end - 1] == "；"
        joined.append(Span(joined.pop().start, span.end) if goes_on else span)
    return joined


def _spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without a `<think>…</think>` at the beginning, where some models think aloud."""
    held: str | None = ""
    for piece in pieces:
        if held is None:
            yield piece
            continue
        held = (held + piece).lstrip()
        if held.startswith(_THINKS):
            _, closed, rest = held.partition(_THOUGHT)
            pending, held = (rest, None) if closed else ("", held)
        elif _THINKS.startswith(held[: len(_THINKS)]):
            pending = ""
        else:
            pending, held = held, None
        if pending:
            yield pending
    if held and not held.startswith(_THINKS):
        yield held
