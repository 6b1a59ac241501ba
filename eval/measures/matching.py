"""Whether a text holds a fact that is known by a wording, in the same words or in the same words put differently.

    碎片化部署                ~ 轻量模型部署碎片化          every character, most pairs of neighbours, close together
    identity verification    ~ verify user identity       every word in some form, close together
    30项                     ~ 共30条, 30 items           the number, before a word that only counts

Nothing is known of synonyms, and a negation that one side has alone is no match. How well this agrees with a person's
judgement is measured: see `tests/eval/test_agreement.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from corpus.text import HAN, fold, tokens
from eval.text import matched_form

_PAIRS = 0.5
"""The share of a wording's pairs of neighbouring Han characters that must stand together in the text."""
_LOOSE_ZH = frozenset("的和与及或等被其之以在对把将并且为了是")
_LOOSE_EN = frozenset(
    re.findall(
        r"\w+",
        "a an the of to for and or in on by with be is are was were as at from its their it that this which into",
    )
)
_NOT_ZH = ("不", "未", "无", "非", "没", "禁")
_NOT_EN = frozenset(["not", "no", "never", "without", "neither", "nor"])
_SENTENCE = re.compile(r"[。！？；\n]|[.!?;](?=\s|$)")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SUFFIX = re.compile(r"(?<=..)[化性度]$")
"""最小化 says no more than 最小, 修补难度 than 修补难."""
_SPARING = 4
"""A wording of so many characters may lack its last one: 数据归属, 数据归谁. The first ones tell it from others: 低安全风险."""
_COUNTED = "项条个种类家款名"
_NUMBER = re.compile(rf"(\d+)[{_COUNTED}]|(\d+) (?:items?|in number)")
_COUNTS = rf"(?<!\d){{number}}(?:[{_COUNTED}]| ?(?:items?|groups?)\b)"
_STEM = 5


def says(text: str, wording: str) -> bool:
    """Whether a text says what a wording says.

    >>> says("轻量模型部署碎片化。", "碎片化部署"), says("Verify user identity.", "identity verification")
    (True, True)
    >>> says("部署不应碎片化。", "碎片化部署"), says("Do not verify the user's identity.", "identity verification")
    (False, False)
    """
    form = matched_form(wording)
    if not form:
        return False
    if form in matched_form(text):
        return True
    if number := _NUMBER.fullmatch(fold(wording).text.strip()):
        return re.search(_COUNTS.format(number=number[1] or number[2]), fold(text).text) is not None
    loosely = _zh if HAN.search(form) else _en
    return any(loosely(sentence, wording) for sentence in _sentences(text))


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(part for part in _SENTENCE.split(fold(text).text) if part.strip())


def _zh(sentence: str, wording: str) -> bool:
    wanted = _SUFFIX.sub("", "".join(char for char in matched_form(wording) if char not in _LOOSE_ZH))
    said = "".join(char for char in matched_form(sentence) if char not in _LOOSE_ZH)
    if len(wanted) == 2 and wanted != matched_form(wording):
        return wanted in said
    if len(wanted) < 3 or not all(HAN.match(char) for char in wanted):
        return False
    need, pairs = Counter(wanted), [wanted[at : at + 2] for at in range(len(wanted) - 1)]
    spared = int(len(wanted) >= _SPARING)
    for window, before in _windows(said, set(wanted), 2 * len(wanted) + 6):
        lacking = need - Counter(window)
        if lacking.total() > spared or lacking.keys() - {wanted[-1]}:
            continue
        near = window[: 1 + max(window.rfind(char) for char in need if char not in lacking)]
        together = sum(pair in near for pair in pairs) >= _PAIRS * len(pairs)
        if together and _negated_zh(before + near) == _negated_zh(wanted):
            return True
    return False


def _windows(said: str, wanted: set[str], size: int) -> Iterator[tuple[str, str]]:
    """Stretches that begin with a character wanted, each with the two characters before it."""
    for at, char in enumerate(said):
        if char in wanted:
            yield said[at : at + size], said[max(0, at - 2) : at]


def _negated_zh(text: str) -> int:
    return sum(text.count(word) for word in _NOT_ZH)


def _en(sentence: str, wording: str) -> bool:
    wanted = [word for word in _WORD.findall(fold(wording).text) if word not in _LOOSE_EN]
    if sum(word.isalpha() and len(word) > 2 for word in wanted) < 2:
        return False
    said = [word for word in _WORD.findall(sentence) if word not in _LOOSE_EN]
    size = 2 * len(wanted) + 3
    for at in range(len(said)):
        window = said[at : at + size]
        places = _places(window, wanted)
        if places is None or min(places) != 0:
            continue
        near = said[max(0, at - 2) : at + max(places) + 1]
        if _negated_en(near) == _negated_en(wanted):
            return True
    return False


def _places(window: Sequence[str], wanted: Sequence[str]) -> list[int] | None:
    """Where each wanted word stands in a window, in some form; None if one does not."""
    places: list[int] = []
    for word in wanted:
        at = next((at for at, other in enumerate(window) if at not in places and _same(word, other)), None)
        if at is None:
            return None
        places.append(at)
    return places


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one: `_same("verification", "verified")`, not `_same("model", "modern")`."""
    if one == other or tokens(one) == tokens(other):
        return True
    short, long = sorted((one, other), key=len)
    kept = max(_STEM, len(short) - 3)
    if len(short) < _STEM:
        return len(short) > 2 and long in (f"{short}s", f"{short}es", f"{short}ed", f"{short}d", f"{short}ing")
    return one[:kept] == other[:kept]


def _negated_en(words: Sequence[str]) -> int:
    return sum(word in _NOT_EN or word.endswith("n't") for word in words)
