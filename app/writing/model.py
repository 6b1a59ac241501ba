"""What a language model is to us: pieces of text for a prompt, within limits of time and size."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Literal, Protocol

_LOG = logging.getLogger(__name__)
Failure = Literal["failed", "timed_out", "cut_off"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent: `rules` are ours, `material` is data; `fence` is the code in the marks around the data."""

    rules: str
    material: str
    fence: str


class LanguageModel(Protocol):
    """Writes text for a prompt. `name` is shown beside what it wrote."""

    @property
    def name(self) -> str:
        """As its server calls it: `qwen2.5:7b`."""
        ...

    def pieces(self, prompt: Prompt) -> Iterator[str]:
        """The text, piece by piece. Raises `ModelFailed`; anything else that it raises counts as that."""
        ...


class ModelFailed(Exception):
    """Why there is no whole draft. It names a cause and an HTTP status and repeats nothing that the model's server said."""

    def __init__(self, cause: Failure, status: int | None = None) -> None:
        super().__init__(f"{cause} {status}" if status else cause)
        self.cause: Failure = cause
        self.status = status


@dataclass(frozen=True, slots=True)
class Limits:
    """Most seconds for a whole draft and for the wait for one piece, most characters of a draft."""

    total: float = 60.0
    piece: float = 30.0
    characters: int = 100_000


LIMITS = Limits()
_Feed = SimpleQueue["str | ModelFailed | None"]


def within(ask: Callable[[], Iterable[str]], limits: Limits) -> Iterator[str]:
    """The pieces as they come; `ModelFailed` where they fail, stop coming, or become too many.

    A thread of its own reads them, so that no model can hold up whoever waits; it ends with the next piece it is given.

    >>> list(within(lambda: ["日志留存", "六个月。"], Limits()))
    ['日志留存', '六个月。']
    >>> list(within(lambda: ["Keep logs. "] * 9, Limits(characters=20)))
    Traceback (most recent call last):
        ...
    app.writing.model.ModelFailed: cut_off
    """
    feed: _Feed = SimpleQueue()
    enough = Event()
    Thread(target=_read, args=(ask, feed, enough, limits.characters), daemon=True).start()
    deadline = time.monotonic() + limits.total
    try:
        while (piece := _next(feed, min(limits.piece, deadline - time.monotonic()))) is not None:
            yield piece
    finally:
        enough.set()


def _next(feed: _Feed, seconds: float) -> str | None:
    if seconds <= 0:
        raise ModelFailed("timed_out")
    try:
        piece = feed.get(timeout=seconds)
    except Empty:
        raise ModelFailed("timed_out") from None
    if isinstance(piece, ModelFailed):
        raise piece
    return piece


def _read(ask: Callable[[], Iterable[str]], feed: _Feed, enough: Event, most: int) -> None:
    """Fill the feed. Of a failure only its cause passes on: the error itself may hold the key or words of the server."""
    try:
        for piece in ask():
            most -= len(piece)
            if enough.is_set() or most < 0:
                break
            feed.put(piece)
        feed.put(None if most >= 0 else ModelFailed("cut_off"))
    except ModelFailed as failure:
        feed.put(ModelFailed(failure.cause, failure.status))
    except Exception as error:
        _LOG.warning("the language model failed: %s", type(error).__name__)
        feed.put(ModelFailed("failed"))
