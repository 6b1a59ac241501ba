"""What a search may find: by edition, language, part, work and status; as a store is told: by number of kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from corpus.errors import BrokenInvariant
from corpus.records import Lang, Part, Passage, Status

T = TypeVar("T")


class Kind(NamedTuple):
    """What a passage is limited by; a corpus has few of them."""

    edition: str
    lang: Lang
    part: Part
    status: Status


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be found; None: everything. `lang` is that of the text.

    >>> Limits(editions=("aisgf@2.0",)).works
    """

    editions: tuple[str, ...] | None = None
    lang: Lang | None = None
    parts: tuple[Part, ...] | None = None
    works: tuple[str, ...] | None = None
    statuses: tuple[Status, ...] | None = None

    def allow(self, passage: Passage | Kind) -> bool:
        """Whether a passage, or each of a kind, may be found."""
        return (
            _holds(self.editions, passage.edition)
            and (self.lang is None or passage.lang == self.lang)
            and _holds(self.parts, passage.part)
            and _holds(self.works, work_of(passage.edition))
            and _holds(self.statuses, passage.status)
        )


@dataclass(frozen=True, slots=True)
class Where:
    """The numbers of the kinds of passages that a store may find, `Table.where`; whole numbers, whatever the engine.

    >>> Where((0, 2)).kinds
    (0, 2)
    """

    kinds: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(type(kind) is not int or not 0 <= kind < 2**31 for kind in self.kinds):
            raise BrokenInvariant(f"{self.kinds!r} are no numbers of kinds")


def work_of(edition: str) -> str:
    """The work an edition is one of: `work_of("aisgf@2.0") == "aisgf"`."""
    return edition.partition("@")[0]


def several(values: Iterable[T] | None) -> tuple[T, ...] | None:
    """A limit as records keep it: `several(["zh"]) == ("zh",)`, `several(None) is None`."""
    return None if values is None else tuple(values)


def _holds(values: tuple[T, ...] | None, value: T) -> bool:
    return values is None or value in values
