"""Redlines: the changes between two wordings as `=`, `-` and `+` pieces, in words of either language.

Chinese words are those of the bundled tokenizer (a unigram model, `index/model/tokenizer.json`), whatever encoder is in use: a
change within a word shows the word, as a reader would mark it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from corpus.records import Lang
from index.encoder import cut_places

_ENGLISH = re.compile(r"\w+(?:['’-]\w+)*|\s+|.", re.DOTALL)
_BETWEEN = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.DOTALL)


def redline(old: str, new: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The pieces, in reading order; `=` and `-` pieces joined give `old`, `=` and `+` pieces give `new`.

    >>> redline("定期评估风险", "每年评估全部风险", "zh")
    (('-', '定期'), ('+', '每年'), ('=', '评估'), ('+', '全部'), ('=', '风险'))
    >>> redline("Keep the logs", "Keep all the logs", "en")
    (('=', 'Keep'), ('+', ' all'), ('=', ' the logs'))
    """
    a, b = units(old, lang), units(new, lang)
    pieces: list[tuple[str, str]] = []
    for op, i, i2, j, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        same = "".join(a[i:i2]) if op == "equal" else ""
        if same.strip():
            pieces.append(("=", same))
            continue
        pieces += [(mark, text) for mark, text in (("-", "".join(a[i:i2])), ("+", "".join(b[j:j2]))) if text]
    return tuple(_gathered(pieces))


def units(text: str, lang: Lang) -> list[str]:
    """What a change is marked in; joined they give the text.

    >>> units("数据护栏。", "zh"), units("Keep the user's logs.", "en")
    (['数据', '护栏', '。'], ['Keep', ' ', 'the', ' ', "user's", ' ', 'logs', '.'])
    """
    return _ENGLISH.findall(text) if lang == "en" else list(_chinese(text))


def _chinese(text: str) -> Iterator[str]:
    """Words by the tokenizer; Latin runs whole, and what it knows no word for, letter by letter."""
    at = 0
    for start, end in cut_places(text):
        if start < at or not _is_han(text[start:end]):
            continue
        yield from _BETWEEN.findall(text[at:start])
        yield text[start:end]
        at = end
    yield from _BETWEEN.findall(text[at:])


def _is_han(word: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" for char in word) and bool(word)


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
