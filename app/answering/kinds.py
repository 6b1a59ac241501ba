"""What kind of answer a question wants, from its words and from what it names. Rules in both languages, no model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from app.answering.comparison import comparison, features
from corpus.records import LANGS
from corpus.text import fold, language
from index.question import Query, content_tokens, without_editions

Kind = Literal[
    "lookup", "list", "definition", "who_when", "scenario", "mapping", "diff", "clause", "yes_no", "count", "summary"
]


@lru_cache(maxsize=1)
def _wordings() -> Mapping[str, re.Pattern[str]]:
    """The patterns of `kinds.toml`, one per kind; a kind holds the wordings of those it is `with`, too."""
    data = tomllib.loads(files("app.answering").joinpath("kinds.toml").read_text(encoding="utf-8"))
    rows = {name: [row, *(data[other] for other in row.get("with", ()))] for name, row in data.items()}
    return {
        name: re.compile("|".join(wording for row in held for lang in LANGS for wording in row[lang]))
        for name, held in rows.items()
    }


def _worded(name: str, text: str) -> bool:
    return _wordings()[name].search(text) is not None


def kind_of(query: Query) -> Kind:
    """The kind of answer wanted, from the most particular to the most general.

    >>> from index.question import understand
    >>> kind_of(understand("2.0比1.0新增了哪些风险")), kind_of(understand("What does 5.9 say?"))
    ('diff', 'clause')
    """
    text = fold(query.read).text
    if _worded("occurs", text):
        return "count"
    if _is_diff(query, text):
        return "diff"
    if is_about_publication(query) and (_worded("why", text) or _worded("who_when", text)):
        return "who_when"
    if asks_risks(query):
        return "mapping"
    for kind in _ORDER:
        if _worded(kind, text) and _fits(kind, query):
            return kind
    return "clause" if query.paths else "lookup"


def _fits(kind: Kind, query: Query) -> bool:
    if kind == "scenario":
        return not query.paths and _worded("advice", fold(query.read).text)
    if kind == "clause":
        return bool(query.paths)
    if kind == "who_when":
        return not query.paths
    return True


def _is_diff(query: Query, text: str) -> bool:
    """Whether a question is about changes between editions; a question for the reasons of an edition is not."""
    if _worded("why", text) or (query.latest and len(query.editions) <= 1 and _worded("who_when", text)):
        return False
    if is_diff_by_wording(query):
        return True
    if asks_risks(query) or _worded("mapping", text) or (wants_count(query) and len(query.editions) == 1):
        return False
    fitted = comparison(language(query.read))
    return not is_about_publication(query) and fitted.probability(comparison_features(query)) >= fitted.bar


def is_diff_by_wording(query: Query) -> bool:
    """Whether the words alone show that editions are compared: two named, or a wording of `kinds.toml`."""
    text = fold(query.read).text
    if len(query.editions) > 1 or _worded("then_and_now", text):
        return True
    if _worded("changed", text) and (query.editions or _worded("the_text", text)):
        return True
    return bool(_worded("unlike", text) and not query.editions and _worded("two_editions", text))


_TELLING = ("then_and_now", "changed", "unlike", "two_editions", "the_text")


def comparison_features(query: Query) -> frozenset[str]:
    """What `comparison` weighs of a question."""
    text = fold(query.read).text
    worded = [name for name in _TELLING if _worded(name, text)]
    if is_diff_by_wording(query):
        worded.append("diff")
    return features(text, language(query.read), len(query.editions), worded)


def asks_risks(query: Query) -> bool:
    """Whether a question asks which risks a measure is for: `asks_risks(understand("4.1.1(d)应对什么风险"))`."""
    return _worded("risks_of", fold(query.read).text)


def asks_generally(query: Query) -> bool:
    """Whether advice is asked for in general: `asks_generally(understand("我们想上AI客服，要注意什么？"))`."""
    return _worded("general_advice", fold(query.read).text)


def wants_measures(query: Query) -> frozenset[str]:
    """The measures that a question about a risk wants: `technical`, `governance`, or both."""
    text = fold(query.read).text
    named = {kind for kind in ("technical", "governance") if _worded(f"{kind}_only", text)}
    return frozenset(named or {"technical", "governance"})


_ORDER: tuple[Kind, ...] = ("clause", "who_when", "mapping", "summary", "definition", "list", "scenario")


def is_about_publication(query: Query) -> bool:
    """Whether a question asks about the framework as a publication and about nothing else.

    >>> from index.question import understand
    >>> is_about_publication(understand("Is the framework legally binding?")), is_about_publication(understand("谁来分级"))
    (True, False)
    """
    return _names_nothing_else(query, fold(query.read).text)


def is_general(query: Query) -> bool:
    """Whether a question for a summary names nothing in the framework: `is_general(understand("总结2.0的主要内容"))`."""
    text = without_editions(fold(query.read).text)
    return _names_nothing_else(query, _wordings()["summary"].sub(" ", _wordings()["whole"].sub(" ", text)))


def _names_nothing_else(query: Query, text: str) -> bool:
    """Whether a text has no words but those about a publication."""
    rest = _wordings()["publication"].sub(" ", text)
    return not query.outside and not any(len(token) > 1 for token in content_tokens(rest))


def wants_count(query: Query) -> bool:
    """Whether the question asks how many there are."""
    return _worded("how_many", fold(query.read).text)


def wants_list(query: Query) -> bool:
    """Whether the question asks for an enumeration."""
    return _worded("list", fold(query.read).text)


def says_nothing(query: Query) -> bool:
    """Whether a question only points at what was said before: `says_nothing(understand("那第二个呢，也一样吗？"))`."""
    if query.paths or "框架" in query.read or "framework" in query.read.lower():
        return False
    rest = _wordings()["pointing"].sub(" ", fold(query.read).text)
    return not any(len(token) > 1 and not token.isdigit() for token in content_tokens(without_editions(rest)))


def diff_words(text: str) -> str:
    """The question without the words that make it a question about differences: what is left is its topic."""
    wordings = _wordings()
    for name in ("changed", "stricter", "unlike"):
        text = wordings[name].sub(" ", text)
    return text


def asks_newest(query: Query) -> bool:
    """Whether the newest edition published is meant: `asks_newest(understand("最新版改了什么"))`; a newer one need not be."""
    return bool(_worded("newest", fold(query.read).text))


def asks_why(query: Query) -> bool:
    """Whether a question asks for reasons: `asks_why(understand("为什么要出2.0版"))`."""
    return bool(_worded("why", fold(query.read).text))


_LABELS = ("unchanged", "added", "removed", "merged", "split", "moved", "reworded")


def asked_labels(text: str) -> tuple[str, ...]:
    """The labels of links that a question asks for alone; none where it asks for all.

    >>> asked_labels("2.0新增了哪些风险"), asked_labels("What was dropped from 1.0?"), asked_labels("what changed")
    (('added',), ('removed',), ())
    """
    folded = fold(text).text
    found = tuple(label for label in _LABELS if _worded(label, folded))
    return (*found, "editorial") if found == ("unchanged",) else found


def asks_stricter(text: str) -> bool:
    """Whether a question asks if duties grew or shrank: `asks_stricter("要求变严了吗")`."""
    return _worded("stricter", fold(text).text)
