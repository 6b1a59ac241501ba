"""One sentence of a draft: shown or dropped, and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.answering.claims import supported
from corpus.records import Citation, Lang
from index.question import content_units

_MARK = re.compile(r"\[(\d+)\]")
_BULLET = re.compile(r"^(?:[-*•·]\s+|#+\s+|>\s+|\d{1,2}[.)]\s+|\d{1,2}[、）])")
_MARKUP = re.compile(r"</?[a-z!]|\]\(|`|&\w+;|&#|\b(?:https?|ftp)://|\bwww\.", re.IGNORECASE | re.ASCII)
"""ASCII: in Chinese, `\\b` would find no edge between 见 and https."""
_LEAST: Mapping[Lang, int] = {"zh": 3, "en": 2}
"""Han characters, or words, of a sentence that says something, without words such as 是 and "is"."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with the quotations it names. `reason`: why it is dropped, "" if it is shown."""

    text: str
    markers: tuple[int, ...]
    reason: str = ""


def judge(sentence: str, citations: Mapping[int, Citation], lang: Lang) -> Judged:
    """A sentence is shown if it names its quotations, says something in plain words, and they support all it says.

    `reason`: no_marker, unknown_marker, markup, short, or what `supported` misses. Bullets and bold type are left out.

    >>> judge("1. **Logs** are kept.", {}, "en")
    Judged(text='Logs are kept.', markers=(), reason='no_marker')
    >>> judge("- 日志留存[7]。", {}, "zh")
    Judged(text='日志留存[7]。', markers=(7,), reason='unknown_marker')
    """
    text = _BULLET.sub("", sentence.strip().replace("**", "")).strip()
    markers = tuple(dict.fromkeys(int(number) for number in _MARK.findall(text)))
    said = _MARK.sub("", text)
    reason = _flaw(said, markers, citations, lang)
    if not reason:
        verdict = supported(said, [citations[marker] for marker in markers], lang)
        reason = "" if verdict.holds else verdict.reason or "unsupported"
    return Judged(text, markers, reason)


def _flaw(said: str, markers: tuple[int, ...], citations: Mapping[int, Citation], lang: Lang) -> str:
    if not markers:
        return "no_marker"
    if not all(marker in citations for marker in markers):
        return "unknown_marker"
    if _MARKUP.search(said) or any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs") for char in said):
        return "markup"
    return "short" if len(content_units(said)) < _LEAST[lang] else ""
