"""Whether a sentence says only what quotations say: numbers, negation, strength, words, in that order.

STAND-IN: to be replaced by the shared verifier; only the signature is settled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.quantities import quantities
from corpus.records import Citation, Lang
from corpus.text import fold, sentences
from index.question import content_units

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_NOT = {
    "zh": re.compile(
        r"不得|不能|不可|不应|不宜|不予|并非|没有|未(?!来|成年)|无(?!论|人)|非(?!法)|不(?!少|断|同|仅|良)"
    ),
    "en": re.compile(r"\b(?:not|no|never|none|neither|nor|without|cannot)\b|n[’']t\b"),
}
_STRENGTH = {
    "zh": (
        "必须|务必|须|不得|严禁|禁止",
        "应当|应该|应(?![用对急])",
        "要(?![求素点])|需要?",
        "宜|鼓励|可以?(?![信靠能控])",
    ),
    "en": (r"\b(?:must|required)\b", r"\bshall\b", r"\bshould\b", r"\b(?:may|can|might|could|encouraged?)\b"),
}
_COVERED, _HALF = 0.75, 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported; `reason` says what is not: numbers, negation, strength, words; "" if it is."""

    holds: bool
    reason: str = ""


def supported(sentence: str, quotations: Sequence[Citation], lang: Lang) -> Verdict:
    """Whether the quotations support a sentence, marks apart."""
    said = fold(sentence).text
    material = "\n".join(fold(f"{quoted.heading}\n{quoted.quote}").text for quoted in quotations)
    used = _used(said, material, lang)
    if not _numbers(said) <= _numbers(material):
        return Verdict(False, "numbers")
    if bool(_NOT[lang].search(said)) != bool(_NOT[lang].search(used)):
        return Verdict(False, "negation")
    if not _rungs(said, lang) <= _rungs(used, lang):
        return Verdict(False, "strength")
    if _coverage(said, material) < _COVERED:
        return Verdict(False, "words")
    return Verdict(True)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text)) | quantities(text)


def _rungs(text: str, lang: Lang) -> frozenset[int]:
    return frozenset(at for at, words in enumerate(_STRENGTH[lang]) if re.search(words, text))


def _used(said: str, material: str, lang: Lang) -> str:
    """The quoted sentences that a sentence draws on: the one that shares most with it, and those it says half of."""
    whole = [span.of(material) for span in sentences(material, lang)]
    nearest = max(whole, key=lambda one: (_coverage(said, one), _coverage(one, said)), default="")
    return "\n".join(one for one in whole if one == nearest or _coverage(one, said) >= _HALF)


def _coverage(said: str, material: str) -> float:
    """Share of a sentence's content words, or characters, that stand in the material."""
    have = {token for unit in content_units(material) for token in unit}
    units = content_units(said)
    return sum(any(token in have for token in unit) for unit in units) / len(units) if units else 0.0
