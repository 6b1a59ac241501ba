"""What the options of commands may be."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Optional

import typer

from corpus.records import Status, statuses_of


class LangChoice(StrEnum):
    """Language options of commands."""

    auto = "auto"
    zh = "zh"
    en = "en"
    both = "both"


class PartChoice(StrEnum):
    """The parts of an edition."""

    body = "body"
    notice = "notice"


class StatusChoice(StrEnum):
    """The natures of a text."""

    official = "official"
    supplied = "supplied"
    digest = "digest"


Statuses = Annotated[
    list[StatusChoice] | None, typer.Option("--status", help="Only texts of this status; may be repeated.")
]


def statuses_named(chosen: Sequence[StatusChoice] | None) -> tuple[Status, ...]:
    """The statuses that an option named, each once and in one order, so that equal scopes are equal."""
    return statuses_of(",".join(chosen or ()))


OnRay = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--ray", help="Work in Ray workers: local, local:4, or HOST:PORT of a Ray cluster; needs extra `ray`."
    ),
]


class DiffFormat(StrEnum):
    """Formats of `diff`."""

    text = "text"
    json = "json"
    html = "html"
    csv = "csv"
    docx = "docx"


class DiffOrder(StrEnum):
    """Orders of `diff` as text."""

    label = "label"
    new = "new"
    old = "old"
