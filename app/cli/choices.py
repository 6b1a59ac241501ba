"""What the options of commands may be."""

from __future__ import annotations

from enum import StrEnum


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
