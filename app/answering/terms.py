"""Questions about words: does the text mention them, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.answering.compose import Desk, Draft
from app.answering.evidence import own_sentences
from app.answering.occurrences import Occurrence, occurrences
from app.answering.words import mark, say
from corpus.catalogue import load_catalogue
from corpus.records import Document, Lang, Search, Span
from corpus.text import language
from index.question import Query

_QUOTED = re.compile(r"[“\"「『《']([^”\"」』》']{1,40})[”\"」』》']")
_AFTER = re.compile(
    r"(?:提到|提及|出现|谈到|讲到|写到|谈及|涉及)(?:过|了)?(?P<zh>[^？?。，,]{1,20}?)(?:吗|么|没有|了没|几次|多少次|[？?。，,]|$)|"
    r"(?:mentions?|mentioned|contain the (?:word|term)|appearances? of|"
    r"occurrences? of|talk about|speak of|bring up)\s+(?P<en>[\w -]{2,40}?)\s*"
    r"(?:\?|$|anywhere|at all|in (?:the|version|edition|\d))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?P<zh>[\w\u4e00-\u9fff]{2,16}?)(?:一词|这个词|的次数)?(?:在[^，,]{0,12}?)?(?:一共|总共)?"
    r"(?:出现|被提到|被提及)(?:了|过)?(?:几|多少)?次?|"
    r"(?:how (?:many times|often) (?:does|is|do|are) (?:the (?:word|term) )?)(?P<en>[\w -]{2,30}?)\s+"
    r"(?:occur|appear|mention)|"
    r"(?:does|do|is|are) (?:the (?:word|term) )?(?P<en2>[\w -]{2,30}?)\s+(?:occur|appear|mentioned)",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"^(?:几次|多少次|\d\.\d版?|几次|多少次|版|中|里|的|有没有|是否|the\s|word\s|term\s|any\s)+|(?:的|了|吗|\s)+$",
    re.IGNORECASE,
)
_MOST_SHOWN = 5
_TERM, _WORDS = 5, 2
"""A term has so many Han characters, or English words, at most."""


def pattern_of(query: Query) -> str | None:
    """The words asked about: what is quoted, or what follows "mention", or what precedes "occur".

    >>> from index.question import understand
    >>> pattern_of(understand("2.0提到量子计算了吗")), pattern_of(understand("How many times does agent occur in 2.0?"))
    ('量子计算', 'agent')
    """
    if quoted := _QUOTED.search(query.text):
        return quoted[1].strip()
    for rule in (_AFTER, _BEFORE):
        if match := rule.search(query.text):
            found = next((group for group in match.groups() if group), "")
            bare = _EDGE.sub("", found).strip()
            if len(bare) > 1:
                return bare
    return None


def is_description(pattern: str) -> bool:
    """Whether words describe a matter rather than being a term: more than five Han characters, or than two words.

    >>> is_description("那种肉眼看不见的标记"), is_description("量子计算"), is_description("large language model risks")
    (True, False, True)
    """
    return len(pattern) > _TERM if language(pattern) == "zh" else len(pattern.split()) > _WORDS


def occurs(desk: Desk, pattern: str) -> bool:
    """Whether words occur in any edition in scope, in the document in which they are counted."""
    return any(next(occurrences(document, pattern), None) for document in _documents(desk, pattern))


def _documents(desk: Desk, pattern: str) -> Iterator[Document]:
    """The editions in scope, each in the language of the words where it has that."""
    lang = language(pattern)
    for edition in sorted(desk.editions):
        if document := desk.retriever.document(edition, lang) or desk.retriever.document(edition, desk.lang):
            yield document


def answer_occurrences(desk: Desk, draft: Draft, pattern: str) -> None:
    """Counts of `pattern` per edition in scope, in the language of the word, with the first places."""
    for document in _documents(desk, pattern):
        found = list(occurrences(document, pattern))
        _state(desk, draft, document, pattern, found)


def _state(desk: Desk, draft: Draft, document: Document, pattern: str, found: list[Occurrence]) -> None:
    markers = []
    shown: set[str] = set()
    for occurrence in found:
        if occurrence.clause.path in shown or len(shown) == _MOST_SHOWN:
            continue
        shown.add(occurrence.clause.path)
        markers.append(desk.evidence.cite(document, occurrence.clause, _around(document, occurrence)))
        draft.clauses.append(occurrence.clause.id)
    search = Search(pattern, (document.edition,), len(found))
    draft.add(told(document, pattern, len(found), desk.lang) + mark(*markers), markers, search)


def told(document: Document, pattern: str, count: int, lang: Lang) -> str:
    """How often words occur in a document, in words: `“护栏”在2.0版中出现2次（中文全文检索）。`"""
    version = load_catalogue().edition(document.edition).version
    name = f"{version}版" if lang == "zh" else version
    kind = {"zh": {"zh": "中文", "en": "英文"}, "en": {"zh": "Chinese", "en": "English"}}[lang][document.lang]
    key = "occurs" if count else "occurs_not"
    return say(key, lang, pattern=pattern, edition=name, count=count, document=kind)


def _around(document: Document, occurrence: Occurrence) -> Span:
    """The sentence in which an occurrence stands, or the occurrence itself in a heading."""
    for span in own_sentences(document, occurrence.clause):
        if span.start <= occurrence.span.start < span.end:
            return Span(span.start, max(span.end, occurrence.span.end))
    return occurrence.span
