"""Redlines: joined they give both wordings back, whatever the edit."""

from __future__ import annotations

import os
import random

import pytest

from corpus.records import Lang
from index.redline import NEW_MARKS, OLD_MARKS, redline, turned

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
        assert joined(pieces, *OLD_MARKS) == old
        assert joined(pieces, *NEW_MARKS) == new
        assert joined(turned(pieces), *OLD_MARKS) == new and turned(turned(pieces)) == pieces
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


SENTENCES: dict[Lang, list[str]] = {
    "zh": ["先做安全测试评估。", "每天留存运行日志，定期审计。", "遇有事故，两日内上报；", "培训全体人员！"],
    "en": ["Assess the safety of the model first. ", "Keep the logs and audit them now and then. ", "Report accidents within two days! ",
           "Train every member of staff. "],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_that_moved_is_told_as_moved_and_the_others_stay(lang: Lang) -> None:
    one, two, three, four = SENTENCES[lang]
    pieces = redline(one + two + three + four, two + three + four + one, lang)
    assert [text for mark, text in pieces if mark in "<>"] == [one.strip()] * 2
    assert not joined(pieces, "-", "+").strip()
    changed = redline(one + two + three, two + three.replace("两", "三").replace("two", "three") + one, lang)
    assert joined(changed, "<") == joined(changed, ">") == one.strip()
    assert joined(changed, "-", "+").split() in (["两三"], ["two", "three"], ["twothree"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_moved_sentences_give_both_wordings_whatever_the_order(lang: Lang) -> None:
    source = random.Random(3)
    for _ in range(ROUNDS):
        sides = [source.sample(SENTENCES[lang], source.randrange(1, 5)) for _ in range(2)]
        old, new = ("".join(side) for side in sides)
        pieces = redline(old, new, lang)
        assert joined(pieces, *OLD_MARKS) == old
        assert joined(pieces, *NEW_MARKS) == new
        assert sorted(text for mark, text in pieces if mark == "<") == sorted(t for m, t in pieces if m == ">")
        both = {sentence.strip() for sentence in sides[0]} & {sentence.strip() for sentence in sides[1]}
        assert {text for mark, text in pieces if mark == "<"} <= both
