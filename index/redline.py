"""Redlines: the changes between two wordings as `=`, `-` and `+` pieces, in words of either language, and moved sentences.

    sentences found on both sides, letter for letter ─> those that keep their order stay; the others moved: `<` away, `>` here
                                                     ─> the words between them by `difflib`: kept, gone, come

Chinese words are those of the bundled tokenizer (a unigram model, `index/model/tokenizer.json`), whatever encoder is in use: a
change within a word shows the word, as a reader would mark it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from corpus.records import Lang, Span
from corpus.text import sentences, squeeze
from index.encoder import cut_places

OLD_MARKS, NEW_MARKS = ("=", "-", "<"), ("=", "+", ">")
"""Marks of the pieces that, joined, give the old wording, and the new one."""
_ENGLISH = re.compile(r"\w+(?:['’-]\w+)*|\s+|.", re.DOTALL)
_BETWEEN = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.DOTALL)
_MOVABLE: dict[Lang, int] = {"zh": 6, "en": 20}
"""Letters that a sentence has at least to be told as moved."""
_Unit = tuple[str, str]
"""A word with the mark of the moved sentence that it is, or none."""


def redline(old: str, new: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The pieces, in reading order; those marked as in `OLD_MARKS`, joined, give `old`, those as in `NEW_MARKS` give `new`.

    >>> redline("定期评估风险", "每年评估全部风险", "zh")
    (('-', '定期'), ('+', '每年'), ('=', '评估'), ('+', '全部'), ('=', '风险'))
    >>> redline("Keep the logs", "Keep all the logs", "en")
    (('=', 'Keep'), ('+', ' all'), ('=', ' the logs'))
    >>> redline("先做测试评估。每天留存日志，定期审计。", "每天留存日志，定期审计。先做测试评估。", "zh")
    (('<', '先做测试评估。'), ('=', '每天留存日志，定期审计。'), ('>', '先做测试评估。'))
    """
    away, here = moved_sentences(old, new, lang)
    a, b = _cut(old, away, "<", lang), _cut(new, here, ">", lang)
    pieces: list[tuple[str, str]] = []
    for op, i, i2, j, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        same = "".join(text for _, text in a[i:i2]) if op == "equal" else ""
        if same.strip():
            pieces.append(("=", same))
            continue
        pieces += [(mark or "-", text) for mark, text in a[i:i2]] + [(mark or "+", text) for mark, text in b[j:j2]]
    return tuple(_gathered(pieces))


def turned(pieces: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The redline read from the new wording to the old: `turned((("-", "甲"), ("+", "乙"))) == (("-", "乙"), ("+", "甲"))`."""
    other = {"-": "+", "+": "-", "<": ">", ">": "<", "=": "="}
    return tuple(_gathered([(other[mark], text) for mark, text in pieces]))


def moved_sentences(old: str, new: str, lang: Lang) -> tuple[list[Span], list[Span]]:
    """The sentences that stand once on either side, letter for letter, and out of their order: their places in both.

    The fewest letters move: what stays is the heaviest run of sentences in the same order on both sides.
    """
    sides = [_sentences_by_letters(text, lang) for text in (old, new)]
    pairs = sorted((sides[0][key], sides[1][key], len(key)) for key in sides[0].keys() & sides[1].keys())
    stay = _heaviest_run([(new.start, weight) for _, new, weight in pairs])
    moved = [pair for at, pair in enumerate(pairs) if at not in stay]
    return [one for one, _, _ in moved], sorted(other for _, other, _ in moved)


def _sentences_by_letters(text: str, lang: Lang) -> dict[str, Span]:
    found = [(squeeze(span.of(text)), span) for span in sentences(text, lang)]
    often = Counter(key for key, _ in found)
    return {key: span for key, span in found if often[key] == 1 and len(key) >= _MOVABLE[lang]}


def _heaviest_run(places: Sequence[tuple[int, int]]) -> set[int]:
    """Which of the (place, weight), given in the order of the old side, form the heaviest run of growing places."""
    best: list[tuple[int, frozenset[int]]] = []
    for at, (place, weight) in enumerate(places):
        before = [best[k] for k in range(at) if places[k][0] < place]
        heaviest = max(before, key=lambda run: run[0], default=(0, frozenset[int]()))
        best.append((heaviest[0] + weight, heaviest[1] | {at}))
    return set(max(best, key=lambda run: run[0])[1]) if best else set()


def _cut(text: str, moved: Sequence[Span], mark: str, lang: Lang) -> list[_Unit]:
    """The words of a text, each moved sentence as one."""
    found: list[_Unit] = []
    at = 0
    for span in [*moved, Span(len(text), len(text))]:
        found += [("", word) for word in units(text[at : span.start], lang)]
        found += [(mark, span.of(text))] if len(span) else []
        at = span.end
    return found


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


def _gathered(pieces: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring changes as what went followed by what came; pieces of one mark as one."""
    out: list[tuple[str, str]] = []
    gone: list[tuple[str, str]] = []
    come: list[tuple[str, str]] = []
    for piece in [*pieces, ("=", "")]:
        if piece[0] == "=":
            out += [*gone, *come, piece]
            gone, come = [], []
            continue
        side = gone if piece[0] in OLD_MARKS else come
        if side and side[-1][0] == piece[0] and piece[0] in "-+":
            side[-1] = piece[0], side[-1][1] + piece[1]
        else:
            side.append(piece)
    return [piece for piece in out if piece[1]]
