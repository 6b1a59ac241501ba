"""Redlines: joined they give both wordings back, whatever the edit."""

from __future__ import annotations

import os
import random

import pytest

from corpus.records import Lang
from index.redline import redline

WORDS = {
    "zh": [*"数据安全风险模型输出，。“”（）的应当AI 2.0\n", "GPT-4", "  ", "評"],
    "en": ["data", "risk", "model's", "well-known", " ", " ", "\n", ",", ".", "(a)", "2.0", "é", "AI", "“quoted”"],
}
ROUNDS = 2000 if os.environ.get("TIAOWEN_SOAK") == "1" else 150


def joined(pieces: tuple[tuple[str, str], ...], *marks: str) -> str:
    return "".join(text for mark, text in pieces if mark in marks)


def edited(words: list[str], source: random.Random, lang: Lang) -> list[str]:
    """A few words gone, come, changed or moved."""
    out = list(words)
    for _ in range(source.randrange(6)):
        at = source.randrange(len(out) + 1)
        what = source.choice(["drop", "insert", "change", "move"])
        if what == "insert" or at == len(out):
            out.insert(at, source.choice(WORDS[lang]))
        elif what == "drop":
            del out[at]
        elif what == "change":
            out[at] = source.choice(WORDS[lang])
        else:
            out.insert(source.randrange(len(out)), out.pop(at))
    return out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pieces_joined_give_both_wordings(lang: Lang) -> None:
    source = random.Random(20250915)
    for _ in range(ROUNDS):
        words = [source.choice(WORDS[lang]) for _ in range(source.randrange(40))]
        old, new = "".join(words), "".join(edited(words, source, lang))
        pieces = redline(old, new, lang)
        assert joined(pieces, "=", "-") == old
        assert joined(pieces, "=", "+") == new
        assert all(text for _, text in pieces)
        marks = "".join(mark for mark, _ in pieces)
        assert not any(pair in marks for pair in ("==", "--", "++", "+-"))


@pytest.mark.parametrize(
    ("lang", "old", "new", "pieces"),
    [
        ("zh", "日志留存六个月", "日志留存六个月", (("=", "日志留存六个月"),)),
        ("zh", "", "新增", (("+", "新增"),)),
        ("zh", "删去", "", (("-", "删去"),)),
        ("zh", "", "", ()),
        ("zh", "应当评估", "可以评估", (("-", "应当"), ("+", "可以"), ("=", "评估"))),
        ("en", "Keep logs", "Keep logs", (("=", "Keep logs"),)),
        ("en", "must assess", "may assess", (("-", "must"), ("+", "may"), ("=", " assess"))),
        ("en", "the model's log", "the models log", (("=", "the "), ("-", "model's"), ("+", "models"), ("=", " log"))),
    ],
)
def test_examples(lang: Lang, old: str, new: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert redline(old, new, lang) == pieces


def test_both_languages_are_compared_by_word() -> None:
    assert redline("reagent", "agent", "en") == (("-", "reagent"), ("+", "agent"))
    assert redline("安全风险", "安保风险", "zh")[0] == ("-", "安全")
    kept = redline("技术、管理相结合的安全治理措施", "技术、管理措施", "zh")
    assert kept == (("=", "技术、管理"), ("-", "相结合的安全治理"), ("=", "措施"))
