"""The wordings of `followups.toml`: how questions that go on from an answer are worded, and how they are asked in full."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from corpus.ids import is_below
from corpus.records import LANGS, Lang

_TOPIC = r"(?:[^,。，.;；:：?？!！、]|(?<=\d)\.(?=\d)){1,40}?"
"""Words without a stop."""


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads(files("app.answering").joinpath("followups.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def pattern(name: str) -> re.Pattern[str]:
    """The wordings of one kind, in both languages, for folded text.

    >>> bool(pattern("why").match("为什么")), bool(pattern("why").match("why")), pattern("why").match("who")
    (True, True, None)
    """
    nouns = "|".join(row[lang] for lang in LANGS for row in _data()["nouns"].values())
    wordings = "|".join(wording for lang in LANGS for wording in _data()[name][lang])
    return re.compile(wordings.replace("NOUN", nouns).replace("TOPIC", _TOPIC))


def ask(key: str, lang: Lang, **parts: object) -> str:
    """A question in full: `ask("why", "zh", version="2.0") == "为什么发布2.0版？"`."""
    wording: str = _data()["ask"][key][lang]
    return wording.format(**parts)


def place(key: str, lang: Lang, **parts: object) -> str:
    """A clause as questions name it: `place("chapter", "zh", version="2.0", path="3") == "2.0版第3章"`."""
    wording: str = _data()["place"][key][lang]
    return wording.format(**parts)


def noun_fits(noun: str | None, path: str) -> bool:
    """Whether a clause is what a noun calls it; other nouns and none fit every clause.

    >>> noun_fits("风险", "3.1.1(f)"), noun_fits("principle", "3.1.1(f)"), noun_fits("clause", "5.9"), noun_fits(None, "5.9")
    (True, False, True, True)
    """
    rows = [row for row in _data()["nouns"].values() if noun and any(re.fullmatch(row[lang], noun) for lang in LANGS)]
    return not rows or any(not row["under"] or any(is_below(path, top) for top in row["under"]) for row in rows)


@lru_cache(maxsize=1)
def frame_terms() -> frozenset[str]:
    """Terms of the glossary, by their first Chinese form, that frame a question and are not what it is about."""
    return frozenset(_data()["frame"]["terms"])
