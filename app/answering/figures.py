"""Numbers in a text, in one form for both languages: what a sentence counts must be what its quotation counts.

"留存六个月" ─ figures ─> 6 month

Wider than `corpus.quantities`, which looks for durations and shares alone. A numeral that is part of a word (一致, 第三方,
"no one") is no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ONES = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_COUNTED = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_WORDS = {word: n for n, word in enumerate(_COUNTED, start=1)}
_WORDS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100, "thousand": 1000}
_UNITS = {
    "month": "个月|months?",
    "year": "年|years?",
    "quarter": "季度|quarters?",
    "week": "周|weeks?",
    "day": "天|日|(?:working )?days?",
    "hour": "小时|hours?",
    "minute": "分钟|minutes?",
    "percent": "%|percent",
    "times": "倍|times",
    "月": "月(?!度)",
}
_MEASURES = "项|条|类|种|级|个|次|章|节|款|家|名|层|步|大|方面|阶段|部分|组|岁|位|点"
"""Chinese measure words: a numeral before one of them counts; which of them it is says nothing."""
_UNIT = "|".join(rf"(?P<u{at}>(?:{words})(?![a-z]))" for at, words in enumerate(_UNITS.values()))
_HAN_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_ARTICLE = r"一(?=(?:个(?!月)|[项条类种次家名层步位点]|方面|部分|大))"
"""一种, 一个: an article, no number."""
_NUMBER = re.compile(
    r"(?:(?P<nth>第)\s*)?(?:"
    rf"(?<![a-z\d.\-])(?P<digits>\d+(?:[.,]\d+)*)(?!\d)"
    rf"|(?!{_ARTICLE})(?<![{_HAN_NUMERAL}])(?P<han>[{_HAN_NUMERAL}]+)(?=(?:{_UNITS['month']}|[年周天日月%倍]|季度|小时|分钟|{_MEASURES}))"
    rf"|\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
    rf")(?:[ -]?(?:{_UNIT}|(?:{_MEASURES})))?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the folded range `[start, end)`: `value` in digits, `unit` a name or ""; `第5` is not `5`."""

    start: int
    end: int
    value: str
    unit: str


@lru_cache(maxsize=4096)
def figures(folded: str) -> tuple[Figure, ...]:
    """The numbers of a folded text, in order.

    >>> [(f.value, f.unit) for f in figures("留存六个月,分为五级,第三章")]
    [('6', 'month'), ('5', ''), ('第3', '')]
    >>> [(f.value, f.unit) for f in figures("kept for six months, or 1,000 days; gpt-4; no one")]
    [('6', 'month'), ('1000', 'day')]
    """
    return tuple(_found(folded))


def _found(folded: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(folded):
        unit = next((name for at, name in enumerate(_UNITS) if match[f"u{at}"]), "")
        if match["word"] == "one" and not unit:
            continue
        if match["digits"] and re.match(r"-?[a-z]", folded[match.end() :]):
            continue  # 3d, 45-b: a name
        yield Figure(match.start(), match.end(), f"{match['nth'] or ''}{_value(match)}", unit)


def _value(match: re.Match[str]) -> str:
    if match["digits"]:
        plain = match["digits"].replace(",", "")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(_WORDS[match["word"]] if match["word"] else _han_value(match["han"]))


def _han_value(numeral: str) -> int:
    """`_han_value("二十五") == 25`, `_han_value("两百") == 200`, `_han_value("二〇二五") == 2025`."""
    if not any(char in _TENS for char in numeral):
        return int("".join(str(_ONES[char]) for char in numeral))
    total = part = 0
    for char in numeral:
        if char in _ONES:
            part = _ONES[char]
        elif _TENS[char] < 10_000:
            total, part = total + (part or 1) * _TENS[char], 0
        else:
            total, part = (total + part or 1) * _TENS[char], 0
    return total + part
