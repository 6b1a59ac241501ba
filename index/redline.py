"""Redlines: the changes between two wordings as `=`, `-` and `+` pieces, in words (English) and characters (Chinese)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from corpus.records import Lang

_UNIT = {
    "zh": re.compile(r"[A-Za-z0-9.]+|\s+|."),
    "en": re.compile(r"\w+(?:['’-]\w+)*|\s+|."),
}


def redline(old: str, new: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The pieces, in reading order; `=` and `-` pieces joined give `old`, `=` and `+` pieces give `new`.

    >>> redline("定期评估风险", "每年评估全部风险", "zh")
    (('-', '定期'), ('+', '每年'), ('=', '评估'), ('+', '全部'), ('=', '风险'))
    >>> redline("Keep the logs", "Keep all the logs", "en")
    (('=', 'Keep'), ('+', ' all'), ('=', ' the logs'))
    """
    a, b = _UNIT[lang].findall(old), _UNIT[lang].findall(new)
    pieces: list[tuple[str, str]] = []
    for op, i, i2, j, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        same = "".join(a[i:i2]) if op == "equal" else ""
        if same.strip():
            pieces.append(("=", same))
            continue
        pieces += [(mark, text) for mark, text in (("-", "".join(a[i:i2])), ("+", "".join(b[j:j2]))) if text]
    return tuple(_gathered(pieces))


def _gathered(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring changes as one deletion followed by one insertion."""
    out: list[tuple[str, str]] = []
    gone, come = "", ""
    for op, text in [*pieces, ("=", "")]:
        if op == "-":
            gone += text
        elif op == "+":
            come += text
        else:
            out += [piece for piece in (("-", gone), ("+", come), ("=", text)) if piece[1]]
            gone = come = ""
    return out
