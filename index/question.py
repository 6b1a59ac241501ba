"""What a question asks about, read without a model: its language, the editions and clauses it names, its terms.

"2.0版5.4节对开源有什么要求" -> zh, editions (2.0), paths (5.4), terms (开源)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.errors import UnusableInput
from corpus.glossary import concept, load_glossary
from corpus.outside import load_outside
from corpus.records import Lang
from corpus.text import HAN, fold, is_text, language, tokens
from index.editions import find_editions
from index.measures import asks_for_measures
from index.numbers import find_paths
from index.values import values_asked

LONGEST = 2000
"""Most characters of a question; the time to read one grows with the square of its length."""
_LATEST = re.compile(
    r"最新|新版本?(?!增)|更新的版本|latest|newest|newer|most recent|current (?:version|edition)", re.IGNORECASE
)
_UNIT_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9.\-']*")
_STOP_ZH = re.compile(
    r"人工智能|请问|什么意思|的意思|是指什么|什么是|是什么|有什么|什么|哪些|哪几|哪两|哪三|哪五|几(?!何)|哪个|哪里|怎么样|怎么办|怎么|怎样|如何|为什么|是否|有没有|能不能|可不可以|多少|几个|吗|呢|"
    r"应该|应当|需要|要求|规定|对于|关于|以及|里面|我们|(?<!自)我|你|(?<!目)的|(?<!为)了(?!解)|是|(?<![存潜内现实])在(?!线)|(?<!共)和(?![谐平])|(?<!参)与|"
    r"(?<![重主必首摘需])要(?![素点害件求领])|(?<![没拥所专享持占私国公特])有(?![害效序毒机限益利])|吧|(?<!把)把(?![控握关])|被(?!动)|(?<![应针面绝相])对(?![抗齐象策话照应外])|做(?!法)|(?<!解)说(?!明)|里(?!程)"
)
"""Words of a question that say nothing of its matter; a character is left alone where it is part of a word: 对抗, 要素, 有害."""
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


_COURTESY = re.compile(
    r"^\s*(?:(?:您好|你好|大家好|老师好|打扰(?:一下|了)?|不好意思)[，,。!！~、\s]*)+"
    r"|(?:^|(?<=[，,。!！~、\s]))(?:麻烦|我)?(?:想|请)?(?:请教|请问|咨询|问)(?:您|你|一下|下)*[，,:：、\s]+"
    r"|[，,。?？!！~\s]*(?:麻烦(?:您|你)?了|谢谢(?:您|你|大家|了|啦)?|多谢|感谢|辛苦了)[，,。!！~\s]*$"
    r"|^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|dear (?:all|team|sir or madam|sir|madam|assistant))"
    r"(?: there)?[,.!:\s]+"
    r"|\b(?:could|can|would|will) you (?:please |kindly )?(?:tell|explain to|let) me(?: know)?\s*[:,]\s*"
    r"|[\s,.!]*\b(?:many thanks|thanks|thank you|thx|cheers)(?: (?:very much|so much|a lot|in advance|for your help))*[.!\s]*$",
    re.IGNORECASE,
)


def without_courtesies(text: str) -> str:
    """A question without its greeting and thanks, which say nothing of its matter; the text itself where nothing else is left.

    >>> without_courtesies("您好，请问一下，日志留多久？麻烦了，谢谢！")
    '日志留多久'
    >>> without_courtesies("Hi, how long are logs kept? Thanks!")
    'how long are logs kept?'
    """
    left, before = text, ""
    while left != before:
        before, left = left, _COURTESY.sub("", left)
    return left if left.strip() else text


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood. `read`: the text as read, slips of the keyboard mended; `content`: its index terms;
    `terms`: the same weighted, with its glossary concepts.

    `units`: what coverage is counted in, a word or a Han character, each with the index terms that may stand for it;
    `outside`: whether it names something the framework does not deal in (`corpus/outside.toml`);
    `values`: the kinds of value it asks for; `measures`: whether it
    asks what is done against a risk.
    """

    text: str
    read: str
    lang: Lang
    editions: tuple[str, ...]
    unknown_versions: tuple[str, ...]
    latest: bool
    paths: tuple[str, ...]
    terms: tuple[tuple[str, float], ...]
    content: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]
    outside: bool
    values: tuple[str, ...]
    measures: bool


_SINGLE = 0.25
"""Weight of a single Han character against a bigram or a word: it says little by itself."""


def checked(question: str) -> str:
    """A question that is text and no longer than `LONGEST`; raises `UnusableInput` for every other.

    >>> checked("日志要留存多久？")
    '日志要留存多久？'
    """
    if len(question) > LONGEST:
        message = f"the question has {len(question)} characters, more than {LONGEST}"
        raise UnusableInput(message, way_out="ask in fewer words, or add the text as a file: tiaowen add FILE")
    if not is_text(question):
        raise UnusableInput("the question is not UTF-8 text", way_out="set the terminal to UTF-8, or type it again")
    return question


def understand(question: str, lang: Lang | None = None, read: str | None = None) -> Query:
    """Read a question; `read`: the same with its slips mended, where there are any (`index.spelling`).

    >>> understand("What does 5.4 of version 2.0 say?").paths
    ('5.4',)
    >>> understand("附件二有几条准则").paths
    ('A2',)
    """
    read = without_courtesies(question if read is None else read)
    folded = fold(read).text
    named = find_editions(folded)
    bare, own = named.rest, language(question)
    content = content_tokens(bare)
    return Query(
        text=question,
        read=read,
        lang=lang or own,
        editions=named.editions,
        unknown_versions=named.unknown,
        latest=bool(_LATEST.search(folded)),
        paths=find_paths(bare),
        terms=_terms(bare, content),
        content=content,
        units=content_units(bare),
        values=values_asked(folded),
        outside=load_outside().search(folded) is not None,
        measures=asks_for_measures(folded),
    )


def without_editions(folded: str) -> str:
    """Folded text without the editions it names: `without_editions("2.0版的原则").strip() == "版的原则"`."""
    return find_editions(folded).rest


def content_tokens(text: str) -> tuple[str, ...]:
    """Index terms of a question without its question words.

    >>> content_tokens("什么是数据投毒"), content_tokens("What is data poisoning?")
    (('数', '据', '投', '毒', '数据', '据投', '投毒'), ('data', 'poison'))
    """
    return tuple(token for token in tokens(_STOP_ZH.sub(" ", fold(text).text)) if token not in _stop_stems())


def content_units(text: str) -> tuple[tuple[str, ...], ...]:
    """The units of a question, each with the index terms that stand for it: bigrams, stem, glossary concepts.

    A single Han character is no concept here: the 应 of 供应链 and 响应 is no duty.

    >>> content_units("日志"), content_units("logs of what")
    ((('日志', '¶日志'), ('日志', '¶日志')), (('log', '¶日志'),))
    """
    bare = _STOP_ZH.sub(" ", fold(text).text)
    found = [(start, end, concept(term)) for start, end, term in load_glossary().find(bare) if end - start > 1]

    def concepts(start: int, end: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for s, e, name in found if s < end and start < e))

    units: list[tuple[str, ...]] = []
    for run in _UNIT_RUN.finditer(bare):
        word, start = run.group(), run.start()
        if HAN.match(word):
            pairs = [word[i : i + 2] for i in range(len(word) - 1)] or [word]
            units += [(*pairs[max(0, i - 1) : i + 1], *concepts(start + i, start + i + 1)) for i in range(len(word))]
        elif stems := [token for token in tokens(word) if token not in _stop_stems()]:
            units.append((*stems, *concepts(start, run.end())))
    return tuple(units)


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    return frozenset(token for word in _STOP_EN for token in tokens(word)) | _STOP_EN


def _terms(folded: str, content: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    own = [(token, _SINGLE if len(token) == 1 and HAN.match(token) else 1.0) for token in content]
    bare = _STOP_ZH.sub(" ", folded)
    return (*own, *((name, 1.0) for name in dict.fromkeys(load_glossary().concepts(bare))))


@lru_cache(maxsize=4096)
def heading_terms(heading: str) -> frozenset[str]:
    """The index terms of a heading; headings are few and looked at again with every question."""
    return frozenset(index_terms(heading))


def index_terms(text: str) -> list[str]:
    """What a passage is indexed by: its tokens and its glossary concepts.

    >>> index_terms("Log files")[:2]
    ['log', 'file']
    """
    return [*tokens(text), *load_glossary().concepts(text)]
