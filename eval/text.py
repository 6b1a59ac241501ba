"""The form in which an answer and a nugget are compared. Chinese has no spaces, so nothing here splits into words."""

from __future__ import annotations

import unicodedata

_DROPPED = frozenset("PZ")
"""First letters of the categories dropped: punctuation and separators."""


def matched_form(text: str) -> str:
    """Text after NFKC, case folding and removal of white space and punctuation; the empty text stays empty.

    Symbols (`≥`, `+`) and combining marks stay, unlike in `corpus.text.squeeze`: they may be what a nugget is about.

    >>> matched_form("“ＡＩ　Open-Source”，≥ ７０％")
    'aiopensource≥70'
    >>> matched_form("开 源（模型）。")
    '开源模型'
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in folded if not _dropped(char))


def _dropped(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in _DROPPED or category == "Cf" or char.isspace()
