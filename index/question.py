"""What a question asks about, read without a model: its language, the editions and clauses it names, its terms.

"2.0版5.4节对开源有什么要求" -> zh, editions (2.0), paths (5.4), terms (开源)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.catalogue import Catalogue, load_catalogue
from corpus.glossary import load_glossary
from corpus.ids import normal_path
from corpus.records import Lang
from corpus.text import fold, language, tokens

_VERSION = re.compile(r"(?<![\d.])v?\s?(\d\.0)(?![\d.])|(?<![a-z\d])v\s?(\d)(?![\d.])", re.IGNORECASE)
_YEAR = re.compile(r"(20[12]\d)\s*(?:年)?\s*(?:版|edition|version|framework|的?框架)", re.IGNORECASE)
_LATEST = re.compile(r"最新|latest|newest|most recent|current (?:version|edition)", re.IGNORECASE)
_PATH = re.compile(r"(?<![\d.a-z])(?:[TA]\d?\.)?\d\.\d{1,2}(?:\.\d{1,2})?(?:\([a-z]\))?(?![\d%])", re.IGNORECASE)
_APPENDIX = re.compile(r"(?:附件|附录|appendix|annex)\s*([123一二三])(?:[.．](\d))?", re.IGNORECASE)
_CHAPTER = re.compile(r"第\s*([1-9一二三四五六七八九])\s*章|chapter\s+(\d)", re.IGNORECASE)
_HAN_DIGIT = {char: str(i) for i, char in enumerate("一二三四五六七八九", start=1)}

_STOP_ZH = re.compile(
    r"请问|什么是|是什么|有什么|什么|哪些|哪个|哪里|怎么样|怎么办|怎么|怎样|如何|为什么|是否|有没有|能不能|可不可以|多少|几个|吗|呢|"
    r"应该|应当|需要|要求|规定|对于|关于|以及|里面|我们|我|你|的|了|是|在|和|与|要|有|吧|把|被|对|做|说|里"
)
_STOP_EN = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "from",
        "by",
        "with",
        "about",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "many",
        "much",
        "there",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "they",
        "them",
        "their",
        "we",
        "our",
        "us",
        "you",
        "your",
        "i",
        "me",
        "my",
        "can",
        "could",
        "should",
        "would",
        "must",
        "may",
        "might",
        "shall",
        "will",
        "have",
        "has",
        "had",
        "any",
        "some",
        "say",
        "says",
        "said",
        "tell",
        "framework",
        "ai",
        "please",
        "against",
        "into",
        "as",
        "if",
        "not",
        "no",
        "than",
        "then",
        "so",
    ]
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood. `terms`: weighted index terms per language; `content` the terms of the question itself."""

    text: str
    lang: Lang
    editions: tuple[str, ...]
    unknown_versions: tuple[str, ...]
    latest: bool
    paths: tuple[str, ...]
    terms: dict[Lang, tuple[tuple[str, float], ...]]
    content: tuple[str, ...]


_EXPANDED = 0.5
"""Weight of a glossary form against the user's own word."""


def understand(question: str, lang: Lang | None = None) -> Query:
    """Read a question.

    >>> understand("What does 5.4 of version 2.0 say?").paths
    ('5.4',)
    >>> understand("附件二有几条准则").paths
    ('A2',)
    """
    folded = fold(question).text
    editions, unknown = _editions(folded, load_catalogue())
    bare = _VERSION.sub(" ", folded)
    own = language(question)
    content = content_tokens(bare)
    terms = _terms(bare, content)
    return Query(question, lang or own, editions, unknown, bool(_LATEST.search(folded)), _paths(bare), terms, content)


def _editions(folded: str, catalogue: Catalogue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known, unknown = [], []
    for match in _VERSION.finditer(folded):
        version = match[1] or f"{match[2]}.0"
        edition = next((e.id for e in catalogue.of_work() if e.version == version), None)
        (known if edition else unknown).append(edition or version)
    for match in _YEAR.finditer(folded):
        known += [e.id for e in catalogue.of_work() if e.released.startswith(match[1])]
    return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown))


def _paths(folded: str) -> tuple[str, ...]:
    found = [normal_path(match.group()) for match in _PATH.finditer(folded)]
    for match in _APPENDIX.finditer(folded):
        number = _HAN_DIGIT.get(match[1], match[1])
        found.append(f"A{number}" + (f".{match[2]}" if match[2] else ""))
    for match in _CHAPTER.finditer(folded):
        found.append(_HAN_DIGIT.get(match[1] or match[2], match[1] or match[2]))
    return tuple(dict.fromkeys(path.replace("a", "A", 1) if path[0] == "a" else path for path in found))


def content_tokens(text: str) -> tuple[str, ...]:
    """Index terms of a question without its question words.

    >>> content_tokens("什么是数据投毒"), content_tokens("What is data poisoning?")
    (('数', '据', '投', '毒', '数据', '据投', '投毒'), ('data', 'poison'))
    """
    return tuple(token for token in tokens(_STOP_ZH.sub(" ", fold(text).text)) if token not in _stop_stems())


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    return frozenset(token for word in _STOP_EN for token in tokens(word)) | _STOP_EN


def _terms(folded: str, content: tuple[str, ...]) -> dict[Lang, tuple[tuple[str, float], ...]]:
    own = [(token, 1.0) for token in content]
    added: dict[Lang, dict[str, float]] = {"zh": {}, "en": {}}
    for form, term in load_glossary().find(folded):
        for lang in added:
            for other in term.forms(lang):
                if fold(other).text != form:
                    added[lang].update(dict.fromkeys(tokens(other), _EXPANDED))
    return {lang: (*own, *((t, w) for t, w in added[lang].items() if t not in content)) for lang in added}
