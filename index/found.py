"""What a search finds: hits, and how well the corpus answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from corpus.records import Hit
from index.calibrate import Judgement, Signals
from index.question import Query


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: hits, and whether the corpus answers the question, as calibrated."""

    query: Query
    hits: tuple[Hit, ...]
    signals: Signals
    judgement: Judgement

    @property
    def answerable(self) -> bool:
        """Whether the corpus answers the question."""
        return self.judgement.answerable


class Share(NamedTuple):
    """Shares of a question, in [0, 1], that a clause holds: naming its concepts whole, word by word, and with the words that
    were written for it."""

    named: float
    said: float
    held: float
