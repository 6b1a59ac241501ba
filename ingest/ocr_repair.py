"""Known confusions of the recogniser, mended line by line. Pure functions: no model, no picture.

What is mended here was seen in readings of the 2.0 scan, and only where no correct text can look like it: a comma
before a lower-case word may be dust or may be a comma (`taken from, written by`), so it stays; so do words that the
scan prints without a space between them, `ofenergy` and `provided,accurately`.
"""

from __future__ import annotations

import re
import unicodedata

from ingest.flow import runs_on
from ingest.layout import Line
from ingest.pdf_lines import tidy

_HAN = "㐀-䶿一-鿿豈-﫿"
_WIDE = "，。；：、！？（）《》“”‘’…—"
_TO_WIDE = str.maketrans(",;:()!?", "，；：（）！？")

# No word ends in "Al" or "Ai": the second letter is a capital I. "Align" goes on in lower case.
_AI = re.compile(r"A[li](?![a-z])")
_GLUED_AI = re.compile(r"\b(?i:of|on|in|for|and|the|to|by|with|from|an)(?=AI\b)")  # no word ends so
_DOUBLED = re.compile(r"([，。；：、,;:])\s*\1+")
# A full stop after a word that ends no sentence, before one that begins none. After other words it may be printed: the
# 2.0 scan has such misprints, and they are the text.
_DUST_STOP = re.compile(
    r"\b((?i:the|an|and|or|of|in|on|at|to|for|from|by|with|as|that|which|who|such|its|their|our|we|they|it|this|these"
    r"|those|is|are|was|were|be|been|should|shall|will|may|can|must|not|including))\.(?: (?=[a-z])|(?=[a-z]|AI\b))"
)
_ANY_HAN = re.compile(f"[{_HAN}]")
_ROMAN = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2160, 0x2180)}  # English prints II, not Ⅱ
_NARROW_MARK = re.compile(rf"(?<=[{_HAN}{_WIDE}])[,;:!?](?=[{_HAN}{_WIDE}]|$)|(?<=[0-9A-Za-z])[,;:!?](?=[{_HAN}《“])")
_CHINESE_IN_BRACKETS = re.compile(rf"[(（]([^()（）]*[{_HAN}][^()（）]*)[)）]")
_BRACKETS_IN_CHINESE = re.compile(rf"(?<=[{_HAN}])\(([^()]*)\)(?=[{_HAN}{_WIDE}]|$)")
_OPEN_BRACKET = re.compile(rf"(?<=[{_HAN}{_WIDE}])\((?=[{_HAN}][^()]*$)")
_CLOSE_BRACKET = re.compile(rf"(?<=[{_HAN}])\)(?=[{_HAN}{_WIDE}]|$)")
_ITEM_MIXED = re.compile(r"\(([a-z]|\d)）|（([a-z]|\d)\)")
# What a numbered clause opens with. The recogniser drops the gap after it as often as it keeps it; English prints
# `(c)Pollution` and `10.Explicit` without one, so that only a section's number is taken for set off there.
_NUMBER = re.compile(rf"^(?:\d{{1,2}}(?:\.\d{{1,2}}){{1,2}}(?=[{_HAN}“《]|[A-Z][a-z])|\([a-z]\)(?=[{_HAN}“《]))")
_WORTHLESS_SCORE, _LETTER_SCORE = 0.9, 0.8


def repair(text: str) -> str:
    """A recognised line with its known confusions mended.

    >>> repair("the. use of open-source Al, e.g. models for rísk control")
    'the use of open-source AI, e.g. models for risk control'
    >>> repair("(a）安全 风险,风险分级原则(附件1)，， 共同")
    '(a) 安全风险，风险分级原则（附件1），共同'
    """
    text = _GLUED_AI.sub(r"\g<0> ", _AI.sub("AI", _unaccented(tidy(text))))
    text = text if _ANY_HAN.search(text) else text.translate(_ROMAN)
    text = _DUST_STOP.sub(r"\1 ", _DOUBLED.sub(r"\1", text))
    return _set_off(tidy(_wide(_ITEM_MIXED.sub(r"(\1\2)", text))))


def is_speckle(line: Line) -> bool:
    """Whether a line is dirt read as letters: one or two of them, or only marks, and the recogniser is not sure.

    >>> is_speckle(Line("E", 70, 20, 76, 30, 0.62)), is_speckle(Line("注", 70, 20, 80, 30, 0.97))
    (True, False)
    """
    letters = sum(char.isalpha() for char in line.text)
    if any(char.isdecimal() for char in line.text):  # a page number behind its leaders
        return False
    alone = letters == 0 or len(line.text.strip()) == 1
    return line.score < (_WORTHLESS_SCORE if alone else _LETTER_SCORE) and letters <= 2


def _unaccented(text: str) -> str:
    """Latin letters without marks: the model knows every alphabet, and takes a speck above an i for an accent."""
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    if char == "ı":
        return "i"
    first = unicodedata.normalize("NFD", char)[0]
    return first if first.isascii() and first.isalpha() else char


def _wide(text: str) -> str:
    """ASCII marks between ideographs to full width; the brackets of a numbered item, `(a)`, stay as they are."""
    text = _NARROW_MARK.sub(_widened, text)
    for bracket in (_CHINESE_IN_BRACKETS, _BRACKETS_IN_CHINESE, _OPEN_BRACKET, _CLOSE_BRACKET):
        text = bracket.sub(_widened, text)
    return text


def _set_off(text: str) -> str:
    """A clause's number with a space after it; a number that the sentence before runs into is not one."""
    found = _NUMBER.match(text)
    if found is None or runs_on(text[found.end() :]):
        return text
    return f"{found[0]} {text[found.end() :]}"


def _widened(found: re.Match[str]) -> str:
    if len(found[0]) == 1:
        return found[0].translate(_TO_WIDE)
    return f"（{found[1]}）"
