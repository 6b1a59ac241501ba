"""Quantities in a text: a number with its unit, in one form for both languages."""

from __future__ import annotations

import re

from corpus.text import fold

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMERALS = {
    **{word: str(at) for at, word in enumerate("一二三四五六七八九十", 1)},
    **{word: str(at) for at, word in enumerate(_WORDS, 1)},
    "两": "2",
}
_UNITS = {
    **dict.fromkeys(("个月", "month"), "month"),
    **dict.fromkeys(("年", "year"), "year"),
    **dict.fromkeys(("天", "日", "day"), "day"),
    **dict.fromkeys(("小时", "hour"), "hour"),
    **dict.fromkeys(("%", "percent"), "percent"),
}
_QUANTITY = re.compile(
    rf"(?P<number>(?<![\d.])\d+(?:\.\d+)?|[一二两三四五六七八九十]|\b(?:{'|'.join(_WORDS)}))"
    rf"[ -]?(?P<unit>{'|'.join(_UNITS)})(?![间来])"
)
_CALENDAR = re.compile(r"\d{4} year|\d+ day")


def quantities(text: str) -> frozenset[str]:
    """Numbers with a unit of time or percent; dates are no quantities.

    >>> sorted(quantities("日志留存不少于六个月")), sorted(quantities("kept for at least Six Months, or 20%"))
    (['6 month'], ['20 percent', '6 month'])
    >>> quantities("2026年9月14日")
    frozenset()
    """
    found = (
        f"{_NUMERALS.get(match['number'], match['number'])} {_UNITS[match['unit']]}"
        for match in _QUANTITY.finditer(fold(text).text)
    )
    return frozenset(quantity for quantity in found if not _CALENDAR.fullmatch(quantity))
