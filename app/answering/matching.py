"""A phrase against one sentence of a quotation: has that all its words, under the same signs, and all its numbers?

    phrase ─ words, numbers, parties ─┐
    source ─ signs of every word ─────┴─ against ─> Match

Numbers are looked at first, since a wrong number is the plainest fault, then signs, then words, then who is told to do it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.answering.signs import BARE, Number, Phrase, Sign, Word, phrases, table
from corpus.records import Citation, Lang, lang_of
from corpus.text import HAN, sentences, tokens

COVERED = 1.0
"""The share of a phrase's words, those that only connect aside, that one sentence of a quotation must have: all of them.
One invented word in ten is an invented claim."""
_DUTIES = frozenset({"must", "shall", "should", "need"})
"""Left out, these make a sentence weaker; the others (may, can, possibly, encouraged) would make it stronger."""


@dataclass(frozen=True, slots=True)
class Match:
    """By which check a phrase falls, "" if by none, and on which words; the share of them that the source has anyhow."""

    reason: str
    found: str
    share: float


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of a quotation, with the heading of its clause."""

    phrases: tuple[Phrase, ...]
    signs: dict[str, list[Sign]]
    """Of every word, or pair of neighbouring Han characters, the signs under which it stands."""


def sources(quotations: Sequence[Citation]) -> list[Source]:
    """The sentences of all quotations, each once, each in the language of its document."""
    found: dict[tuple[str, str, Lang], None] = {}
    for one in quotations:
        lang = lang_of(one.clause.partition("#")[0].rpartition("/")[2]) or "en"
        found |= {(span.of(one.quote), one.heading, lang): None for span in sentences(one.quote, lang)}
    return [_source(*one) for one in found]


@lru_cache(maxsize=256)
def _source(said: str, heading: str, lang: Lang) -> Source:
    own = phrases(said, lang)
    signs: dict[str, list[Sign]] = {}
    for phrase in (*own, *phrases(heading, lang)):
        for gram, sign, _ in _grams(phrase.words):
            signs.setdefault(gram, []).append(sign)
    return Source(own, signs)


def _grams(words: Sequence[Word]) -> Iterable[tuple[str, Sign, tuple[int, ...]]]:
    """What is compared: English stems, pairs of neighbouring Han characters, lone Han characters; with their places."""
    for at, word in enumerate(words):
        if not HAN.match(word.text):
            yield word.text, word.sign, (at,)
        elif at + 1 < len(words) and _next_to(word, words[at + 1]):
            yield word.text + words[at + 1].text, word.sign, (at, at + 1)
        elif not (at and _next_to(words[at - 1], word)):
            yield word.text, word.sign, (at,)


def _next_to(one: Word, other: Word) -> bool:
    return other.at == one.at + 1 and bool(HAN.match(one.text) and HAN.match(other.text))


def against(phrase: Phrase, source: Source) -> Match:
    """How a phrase stands against a source."""
    left, doubts, share = _held(phrase, source)
    named = frozenset[str]().union(*(one.strengths for one in source.phrases))
    reason = ""
    if phrase.numbers and not _counted(phrase, source):
        reason = "numbers"
    elif "negation" in doubts or _negates_otherwise(phrase, source):
        reason = "negation"
    elif "strength" in doubts or not phrase.strengths <= named:
        reason = "strength"
    elif len(left) > (1 - COVERED) * len(phrase.words):
        reason = "words"
    elif not _of_the_same(phrase, source):
        reason = "party"
    return Match(reason, _shown(phrase, left, reason), share)


def _held(phrase: Phrase, source: Source) -> tuple[list[int], set[str], float]:
    """The places of words that a source has not, or not so; under which signs it has those; the share that it has at all."""
    good, seen, doubts = set[int](), set[int](), dict[int, str]()
    for gram, sign, places in _grams(phrase.words):
        signs = source.signs.get(gram, [])
        if any(_agree(sign, other) for other in signs):
            good.update(places)
        elif signs:
            same = any(sign.negations == other.negations for other in signs)
            doubts.update(dict.fromkeys(places, "strength" if same else "negation"))
        seen.update(places if signs else ())
    left = unconnected(phrase.words, good)
    return left, {doubts[at] for at in left if at in doubts}, len(seen) / max(len(phrase.words), 1)


def _negates_otherwise(phrase: Phrase, source: Source) -> bool:
    """Whether a source negates nothing, or once more in the same place: "must not share without consent" is no ban."""
    if not phrase.negations:
        return False
    near = source.phrases[_nearest(phrase, source)]
    return _deepest(near) > _deepest(phrase) or not any(one.negations for one in source.phrases)


def _of_the_same(phrase: Phrase, source: Source) -> bool:
    """Whether the parties of a phrase are those of its place in the source: named there, or leading a phrase before it."""
    at = _nearest(phrase, source)
    theirs = source.phrases[at].parties
    if not source.phrases[at].led:
        theirs |= next((one.parties for one in reversed(source.phrases[:at]) if one.led), frozenset())
    return not theirs or phrase.parties <= theirs


def _nearest(phrase: Phrase, source: Source) -> int:
    """The place of the phrase of a source that has most of a phrase's words."""
    wanted = {gram for gram, _, _ in _grams(phrase.words)}
    held = [sum(gram in wanted for gram, _, _ in _grams(one.words)) for one in source.phrases]
    return held.index(max(held))


def _deepest(phrase: Phrase) -> int:
    """Under how many negations a word of a phrase stands at most."""
    return max((word.sign.negations for word in phrase.words), default=0)


def _shown(phrase: Phrase, left: Sequence[int], reason: str) -> str:
    """What a phrase fell on."""
    if reason == "numbers":
        return ", ".join(f"{one.bound}{one.value} {one.unit}".strip() for one in phrase.numbers)
    texts = [phrase.words[at].text for at in left]
    return ("" if any(HAN.match(text) for text in texts) else " ").join(texts)


def _agree(sentence: Sign, quotation: Sign) -> bool:
    """Whether a word may be taken over from one sign to another: a duty may be left out, anything else must stay."""
    if sentence.negations != quotation.negations:
        return False
    bare = BARE in sentence.strengths and bool(quotation.strengths & _DUTIES)
    return bare or bool(sentence.strengths & quotation.strengths)


def _counted(phrase: Phrase, source: Source) -> bool:
    """Whether one phrase of a source has all numbers of a phrase, each with its bound and unit, and after the same word."""
    return any(
        all(any(_same(number, phrase, other, source, at) for other in one.numbers) for number in phrase.numbers)
        for at, one in enumerate(source.phrases)
    )


def _same(number: Number, phrase: Phrase, other: Number, source: Source, at: int) -> bool:
    if (number.value, number.unit, number.bound) != (other.value, other.unit, other.bound):
        return False
    before, led_by = _before(phrase, number), _led_by(source.phrases, at, other)
    return not before or not led_by or before[-1] in led_by


def _before(phrase: Phrase, number: Number) -> list[str]:
    """The words, or pairs of characters, between the number before and this one, those that connect aside."""
    start = max((one.after for one in phrase.numbers if one.after <= number.after and one is not number), default=0)
    words = phrase.words[start : number.after]
    kept = {at for at in range(len(words)) if at in unconnected(words, set())}
    return [gram for gram, _, places in _grams(words) if kept.issuperset(places)]


def _led_by(parts: Sequence[Phrase], at: int, number: Number) -> set[str]:
    """What a number of a quotation follows: the words since the number before it, of earlier phrases too."""
    found = set(_before(parts[at], number))
    if any(one.after <= number.after and one is not number for one in parts[at].numbers):
        return found
    for earlier in reversed(parts[:at]):
        start = max((one.after for one in earlier.numbers), default=0)
        found.update(gram for gram, _, _ in _grams(earlier.words[start:]))
        if earlier.numbers:
            break
    return found


def unconnected(words: Sequence[Word], good: set[int]) -> list[int]:
    """The places of the words that are neither good nor only connect."""
    left = [at for at in range(len(words)) if at not in good and words[at].text not in _connecting_stems()]
    found: list[int] = []
    for run in _runs(words, left):
        if not (HAN.match(words[run[0]].text) and _CONNECTING.fullmatch("".join(words[at].text for at in run))):
            found += run
    return found


def _runs(words: Sequence[Word], places: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for at in places:
        if runs and runs[-1][-1] == at - 1 and _next_to(words[at - 1], words[at]):
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


_CONNECTING = re.compile(f"(?:{table()['connecting']['zh']})+")


@lru_cache(maxsize=1)
def _connecting_stems() -> frozenset[str]:
    words = table()["connecting"]["en"].split()
    return frozenset({*words, *(stem for word in words for stem in tokens(word))})
