"""Words under their signs: which of a sentence's words stand under a negation, under which duty, beside which number.

"日志不得公开" ─ phrases ─> 日志, 公开 under `must` and one negation

What `claims` compares: a sentence may leave words of its quotation out, but not the sign under which the others stand.
Chinese words are single characters here, English ones stems. What gives a sign stands in `signs.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from app.answering.figures import Figure, figures
from corpus.records import Lang
from corpus.text import HAN, fold, tokens
from index.substance import parties

_NEAR: Mapping[Lang, int] = {"zh": 4, "en": 3}
"""So many characters or words after it stand under a near negation: 不公平, "without consent"."""
_PIECE = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+(?:[.'’][a-z0-9]+)*")
_ENDS: Mapping[Lang, str] = {"zh": r"[,;:!?。\n]", "en": r"(?<!\d)[,;:!?\n]|[,;:!?\n](?!\d)|\.(?=\s|$)"}
_SENTENCE = re.compile(r"[。.!?;\n]")
BARE = ""
"""The strength of a word that no modal word stands before."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Under which strengths a word may be read, and under how many negations.

    In a later phrase of a sentence a word stands bare, or under the modal word of the phrase before: 应记录，定期审计.
    """

    strengths: frozenset[str]
    negations: int


@dataclass(frozen=True, slots=True)
class Word:
    """A Han character or an English stem at its place in the folded text."""

    text: str
    at: int
    sign: Sign


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its bound (`≥`, "" for none) and how many words of its phrase stand before it."""

    value: str
    unit: str
    bound: str
    after: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands between two marks: its words, numbers, the strengths and parties it names, how many negations."""

    words: tuple[Word, ...]
    numbers: tuple[Number, ...]
    strengths: frozenset[str]
    negations: int
    parties: frozenset[str] = frozenset()
    led: bool = False
    """Whether a party leads it: stands before the modal word, or where there is none at the beginning."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word that gives a sign, at `[start, end)` of its phrase."""

    start: int
    end: int
    strength: str
    negates: bool
    reach: Literal["far", "near", "all"]


@cache
def table() -> Mapping[str, Any]:
    """`signs.toml`."""
    return tomllib.loads(files("app.answering").joinpath("signs.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=512)
def phrases(text: str, lang: Lang) -> tuple[Phrase, ...]:
    """A text phrase by phrase.

    >>> [(word.text, sorted(word.sign.strengths), word.sign.negations) for word in phrases("不得公开", "zh")[0].words]
    [('公', ['must'], 1), ('开', ['must'], 1)]
    >>> [(word.text, sorted(word.sign.strengths), word.sign.negations) for word in phrases("Keep logs", "en")[0].words]
    [('keep', [''], 0), ('log', [''], 0)]
    >>> phrases("Logs should be kept for at least six months.", "en")[0].numbers
    (Number(value='6', unit='month', bound='≥', after=4),)
    """
    found: list[Phrase] = []
    carried = BARE
    folded = re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", fold(text).text)
    cut = list(_cut(folded, lang))
    for (piece, begins), goes_on in zip(cut, _going_on(cut, lang), strict=True):
        reading = _Reading(piece, lang, BARE if begins else carried, goes_on)
        carried = reading.last
        found.append(reading.phrase())
    return tuple(found)


def _cut(folded: str, lang: Lang) -> Iterator[tuple[str, bool]]:
    """Phrases, and whether each begins a sentence."""
    start, begins = 0, True
    for end in re.finditer(_ENDS[lang], folded):
        if folded[start : end.start()].strip():
            yield folded[start : end.start()], begins
            begins = False
        begins = begins or bool(_SENTENCE.match(end.group()))
        start = end.end()
    if folded[start:].strip():
        yield folded[start:], begins


def _going_on(cut: Sequence[tuple[str, bool]], lang: Lang) -> list[bool]:
    """Whether a phrase goes on with an enumeration that is negated before: "do not collect, share, or sell data"."""
    negated = [any(mark.negates and mark.reach == "far" for mark in _marks(piece, lang)) for piece, _ in cut]
    signed = [any(mark.strength or mark.reach == "far" for mark in _marks(piece, lang)) for piece, _ in cut]
    goes_on = [False] * len(cut)
    for at, (piece, _) in enumerate(cut):
        if not re.match(table()["joins"]["on"], piece) or signed[at]:
            continue
        first = at
        while first and not cut[first][1] and not signed[first - 1]:
            first -= 1
        if first and not cut[first][1] and negated[first - 1]:
            goes_on[first : at + 1] = [True] * (at + 1 - first)
    return goes_on


class _Reading:
    """A phrase being read. `carried`: the strength of the phrase before; `goes_on`: with what is negated there."""

    def __init__(self, text: str, lang: Lang, carried: str, goes_on: bool) -> None:
        self.text, self.lang, self.carried, self.goes_on = text, lang, carried, goes_on
        self.figures = figures(text)
        before = (None, *self.figures)
        self.bounds = [_bound(text, one, last, lang) for one, last in zip(self.figures, before, strict=False)]
        taken = [(one.start, one.end) for one in self.figures]
        taken += [(bound.start, bound.end) for bound in self.bounds if bound]
        self.marks = [m for m in _marks(text, lang) if not any(s < m.end and m.start < e for s, e in taken)]
        taken += [(mark.start, mark.end) for mark in self.marks]
        self.pieces = [m for m in _PIECE.finditer(text) if not any(s <= m.start() < e for s, e in taken)]

    @property
    def last(self) -> str:
        """The strength that carries over to the next phrase."""
        return next((mark.strength for mark in reversed(self.marks) if mark.strength), self.carried)

    def phrase(self) -> Phrase:
        """What was read."""
        words = [Word(stem, m.start(), self._sign(m.start())) for m in self.pieces for stem in _stems(m.group())]
        told = parties(self.text, self.lang)
        return Phrase(
            words=tuple(words),
            numbers=tuple(
                Number(one.value, one.unit, bound.strength if bound else "", sum(w.at < one.start for w in words))
                for one, bound in zip(self.figures, self.bounds, strict=True)
            ),
            strengths=frozenset(mark.strength for mark in self.marks if mark.strength),
            negations=sum(mark.negates for mark in self.marks),
            parties=frozenset(told),
            led=any(self._leads(self.text.index(party)) for party in told.values()),
        )

    def _sign(self, start: int) -> Sign:
        """The sign of what stands at `start`: by every mark before it that reaches it."""
        strength, negations, last = "", int(self.goes_on), 0
        for mark in self.marks:
            if mark.reach == "all":
                strength, negations = mark.strength, negations + 1
                continue
            if mark.start > start:
                break
            if mark.strength and re.search(table()["joins"]["new"], self.text[last : mark.start]):
                negations = 0
            strength, last = mark.strength or strength, mark.end
            negations += mark.negates and (mark.reach == "far" or _is_near(self.text[mark.end : start], self.lang))
        return Sign(frozenset({strength} if strength else {BARE, self.carried}), negations)

    def _leads(self, at: int) -> bool:
        modal = next((mark.start for mark in self.marks if mark.strength), None)
        return at < modal if modal is not None else not re.sub(table()["joins"]["new"], "", self.text[:at]).strip()


def _stems(piece: str) -> Sequence[str]:
    """A Han character, or the stems of a word, irregular forms brought together: `_stems("kept") == ["keep"]`."""
    return [piece] if HAN.match(piece) else [table()["irregular"].get(token, token) for token in tokens(piece)]


@lru_cache(maxsize=4096)
def _marks(piece: str, lang: Lang) -> tuple[_Mark, ...]:
    rows = table()[lang]
    found = ((rows[int((m.lastgroup or "r0")[1:])], m) for m in _rows(lang).finditer(piece))
    return tuple(
        _Mark(m.start(), m.end(), row.get("strength", BARE), row.get("not", False), row["reach"]) for row, m in found
    )


@cache
def _rows(lang: Lang) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<r{at}>{row['is']})" for at, row in enumerate(table()[lang])))


def _is_near(between: str, lang: Lang) -> bool:
    """Whether so little stands between a near negation and a word that it reaches it; it does not reach past an "and"."""
    return len(_PIECE.findall(between)) < _NEAR[lang] and not re.search(table()["joins"]["new"], between)


def _bound(piece: str, number: Figure, before: Figure | None, lang: Lang) -> _Mark | None:
    """The bound of a number: directly after it, or the last one between the number before and this one."""
    for name, words in table()["bounds"]["after"].items():
        if match := re.compile(words).match(piece, number.end):
            return _Mark(match.start(), match.end(), name, False, "near")
    start = before.end if before else 0
    found = [(m, name) for name, words in table()["bounds"][lang].items() for m in re.finditer(words, piece)]
    inside = [(m.end(), -m.start(), name) for m, name in found if start <= m.start() and m.end() <= number.start]
    if not inside:
        return None
    end, minus, name = max(inside)
    return _Mark(-minus, end, name, False, "near")
