"""Which clauses of two editions a topic is about, and which links of their lineage it touches.

A question may name clauses, a chapter by its subject ("which risks are new"), a section by its heading ("the duties of
developers"), or a matter: then it is about every clause that names it, in its words or in those of the glossary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from app.answering.selection import selected
from corpus.ids import is_below, within_any
from corpus.records import Clause, Document, Lineage, Link
from corpus.text import fold, squeeze
from index.leaves import leaves
from index.question import Query, content_tokens, heading_terms, understand
from index.retrieve import Retriever

_DEPTH = 40
_NAMED = 0.6
"""A clause that names this share of a matter, its concepts whole, is about it."""
_SAID, _NEAR = 0.5, 0.75
"""So is one that says this share of its words, and whose relevance is this share of the best one's."""
_HELD, _NEXT = 0.9, 0.88
"""Or for which a reader's words hold this share, and that is nearly the best."""
_FEW = 8
"""Of so many hits the most probable is taken."""
_SIMILAR = 0.72
"""Where no clause names the matter: those of this share of the best one's relevance."""
_KNOWN = 0.42
"""An edition that knows less of the words than this does not deal with the matter."""
_HEADED = 0.99
"""A section is about a matter that its heading names whole."""

Topic = Sequence[tuple[Document, str]]
"""Clauses of either edition by path; those above and below are meant, too."""


def clauses_about(retriever: Retriever, words: str, lineage: Lineage, old: Document, new: Document) -> Topic | None:
    """The clauses that words are about, in both editions; None where they are about the editions as a whole."""
    query = understand(words, lineage.lang)
    if query.paths:
        return [(document, path) for path in query.paths for document in _meant(words, path, old, new)]
    if headed := _headings_quoted(words, lineage, old, new):
        return headed
    bare = _without_frame(words)
    if chapter := _chapter_asked(bare, old, new):
        return chapter
    if not _is_particular(bare):
        return None
    query = retriever.read(bare, lineage.lang)
    if sections := _sections(query, lineage, old, new):
        return sections
    named = [(document, path) for document in (old, new) for path in _matter(retriever, query, document)]
    return named or _closest(retriever, retriever.read(words, lineage.lang), query, (old, new))


def _closest(
    retriever: Retriever, asked: Query, bare: Query, documents: Sequence[Document]
) -> list[tuple[Document, str]]:
    """What answers a question that names no matter of the texts: of each edition the probable leaf, else the relevant ones."""
    return [
        (document, path)
        for document in documents
        for path in _probable(retriever, asked, document) or _nearest(retriever, bare, document)
    ]


_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{2,60})[”\"」』》]")


def _headings_quoted(words: str, lineage: Lineage, old: Document, new: Document) -> list[tuple[Document, str]]:
    """The clauses that a question names by their heading in quotation marks, with what they became or were."""
    quoted = [squeeze(match[1]) for match in _QUOTED.finditer(words)]
    found = [
        (document, clause.path)
        for document in (old, new)
        for clause in document.clauses
        if clause.heading
        and any(one in squeeze(clause.heading) and len(clause.heading) < 2 * len(one) for one in quoted)
    ]
    return _with_counterparts(found, lineage, old, new)


def _meant(words: str, path: str, old: Document, new: Document) -> list[Document]:
    """The editions whose clause is meant: the one that stands beside the number, else all that have it."""
    having = [document for document in (old, new) if path in document.by_path]
    text = re.sub(r"\s", "", fold(words).text)
    beside = [document for document in having if _beside(text, path, document.edition.partition("@")[2])]
    return beside if len(beside) == 1 else having


def _beside(text: str, path: str, version: str) -> bool:
    """`1.0的3.1.1(d)`, `3.1.1(d) of version 1.0`, white space left out."""
    number, version = re.escape(path.lower()), re.escape(version)
    before = rf"(?<![\d.]){version}(?:版|的|中|里|'s|§|第|clause|section)*{number}(?![\d.(])"
    after = rf"(?<![\d.]){number}(?:,|\()?(?:of|in|from)(?:the)?(?:edition|version|v)?{version}(?![\d.])"
    return bool(re.search(before, text) or re.search(after, text))


def _units(document: Document) -> set[str]:
    return {leaf.path for leaf in leaves(document)}


def _matter(retriever: Retriever, query: Query, document: Document) -> list[str]:
    """The leaves about a matter, and what is about it in the appendices, in text order. The preface speaks of everything."""
    units = _units(document)
    hits = retriever.search(query, k=_DEPTH, editions=[document.edition], parts=["body"]).hits
    best = max((hit.relevance for hit in hits), default=0.0) or 1.0
    near = {hit.passage.clause.partition("#")[2]: hit.relevance / best for hit in hits}
    shares = retriever.shares(query, document)

    def about(path: str) -> bool:
        share, close = shares[path], near.get(path, 0.0)
        return (
            share.named >= _NAMED
            or (share.said >= _SAID and close >= _NEAR)
            or (share.held >= _HELD and close >= _NEXT)
        )

    return [
        clause.path
        for clause in document.clauses
        if clause.path in shares and within_any(clause.path, units) and clause.path != "preface" and about(clause.path)
    ]


def _nearest(retriever: Retriever, query: Query, document: Document) -> list[str]:
    """The leaves most relevant to a wordy question, where the edition knows enough of its words."""
    found = retriever.search(query, k=_DEPTH, editions=[document.edition], parts=["body"])
    units = _units(document)
    best = max((hit.relevance for hit in found.hits), default=0.0)
    paths = [hit.passage.clause.partition("#")[2] for hit in found.hits if hit.relevance >= _SIMILAR * best]
    if found.signals.known < _KNOWN:
        return []
    return [path for path in paths if within_any(path, units)]


def _probable(retriever: Retriever, query: Query, document: Document) -> list[str]:
    """The leaf that most probably answers a question in other words than the text's, if the edition answers it at all."""
    found = retriever.search(query, k=_FEW, editions=[document.edition], parts=["body"])
    units = _units(document)
    paths = [hit.passage.clause.partition("#")[2] for hit in selected(found.hits, query.lang, most=1)]
    return [path for path in paths if found.answerable and within_any(path, units)]


def _sections(query: Query, lineage: Lineage, old: Document, new: Document) -> list[tuple[Document, str]]:
    """Sections and appendices whose heading names the matter, with those they became or were."""
    found = [(document, clause.path) for document in (old, new) for clause in _headed(query, document)]
    return _with_counterparts(found, lineage, old, new)


def _with_counterparts(
    found: list[tuple[Document, str]], lineage: Lineage, old: Document, new: Document
) -> list[tuple[Document, str]]:
    """Clauses, and those that they became or were."""
    others = (_counterpart(pair, lineage, old, new) for pair in found)
    return [*found, *(other for other in others if other and other not in found)]


def _headed(query: Query, document: Document) -> list[Clause]:
    return [
        clause
        for clause in document.clauses
        if clause.kind in ("section", "appendix")
        and document.children(clause.path)
        and (_names(clause.heading, query) or _spelled(clause.heading, query.read))
    ]


def _spelled(heading: str, words: str) -> bool:
    """Whether words have a heading of several words to the letter."""
    return len(heading_terms(heading)) > 1 and _squeezed(heading) in _squeezed(words)


@lru_cache(maxsize=1024)
def _squeezed(text: str) -> str:
    return squeeze(text)


def _names(heading: str, query: Query) -> bool:
    terms = heading_terms(heading)
    concepts = [[token for token in unit if token.startswith("¶")] or unit for unit in query.units]
    told = [bool(terms.intersection(unit)) for unit in concepts]
    return bool(told) and sum(told) >= _HEADED * len(told)


def _counterpart(
    pair: tuple[Document, str], lineage: Lineage, old: Document, new: Document
) -> tuple[Document, str] | None:
    """The section of the other edition to which most clauses of this one belong, by the lineage."""
    document, path = pair
    mine, theirs, other = ("old", "new", new) if document is old else ("new", "old", old)
    parents: Counter[str] = Counter()
    for link in lineage.links:
        if any(is_below(one, path) for one in getattr(link, mine)):
            parents.update(parent for one in getattr(link, theirs) if (parent := other.by_path[one].parent))
    return (other, parents.most_common(1)[0][0]) if parents else None


def touches(link: Link, topic: Topic, old: Document, new: Document) -> bool:
    """Whether a link has a clause of the topic, or one above or below it, on either side."""
    for document, wanted in topic:
        paths = link.old if document is old else link.new if document is new else ()
        if any(is_below(path, wanted) or is_below(wanted, path) for path in paths):
            return True
    return False


def names_matter(words: str) -> bool:
    """Whether a question about changes is about a matter, and not about the editions as a whole.

    >>> names_matter("2.0和3.0在开源方面"), names_matter("from 2.0 to 3.0")
    (True, False)
    """
    return _is_particular(_without_frame(words))


_CHAPTERS = {
    "3": ("风险", "risk", "risks"),
    "4": ("技术措施", "技术应对措施", "technical measures", "technological measures", "countermeasures"),
    "5": ("治理措施", "综合治理措施", "governance measures"),
    "6": ("指引", "安全指引", "guidelines", "guideline"),
    "1": ("原则", "治理原则", "principles", "principle"),
}


_CLASSIFYING = re.compile(
    r"分类|类别|大类|细化|哪些|哪一|哪|一|里|"
    r"\b(?:famil(?:y|ies)|classif\w*|categor\w*|types?|new|come|become|became|into)\b",
    re.IGNORECASE,
)
"""Words that ask for the divisions of a subject, and for nothing else."""


def _chapter_asked(rest: str, old: Document, new: Document) -> list[tuple[Document, str]] | None:
    """The chapter that the question names by its subject alone: `新增了哪些风险`."""
    left = set(content_tokens(_CLASSIFYING.sub(" ", rest)))
    for path, words in _CHAPTERS.items():
        subject = {token for word in words for token in content_tokens(word)}
        if left and left <= subject:
            return [(document, path) for document in (old, new) if path in document.by_path]
    return None


_FRAME = re.compile(
    r"v?\d\.\d\s*版?|版本|版|两|二者|之间|比|较|相对|内容|条款|条文|主要|人工智能|框架|方面|要求|规定|义务|职责|责任要求|后来|怎么样|怎样|如何|有何|有无|有没有|什么|何种|分别|到底|究竟|存在|发生|"
    r"个|多了|没有的|改名|改叫|改称|挪|名字|名称|改成|变成|叫法|归到|放到|划到|跑到|去了|到了|那一?[类条块]|这一?[类条块]|差在|写法|说法|提法|讲法|表述|专门|啥|"
    r"总结|概述|概括|梳理|归纳|说明|介绍|哪些|哪一|那一条|这一条|一下|有关|相关|关于|被|"
    r"\b(?:two|both|either|editions?|versions?|framework|main|between|clauses?|provisions?|items?|requirements?|rules?|dut(?:y|ies)|obligations?|"
    r"summar(?:y|i[sz]e)|overview|outline|describe|explain|list|regarding|concerning|about|category|approach|describ(?:e|es|ed|ing)|renamed|called|moved|where|did|not|exist(?:ed)?|yet|absent|present|there|treat(?:s|ed|ment)?|get|got|become|became|happen(?:ed)?)\b",
    re.IGNORECASE,
)
"""Words that frame a question about changes and name no matter."""


def _without_frame(text: str) -> str:
    return _FRAME.sub(" ", text)


def _is_particular(rest: str) -> bool:
    """Whether words of substance are left when editions and difference words are gone."""
    general = set(content_tokens("框架 文本 内容 方面 地方 情况 总体 整体 相比 更新 分别 最大 上一版 新版 旧版"))
    general |= set(content_tokens("text content main major key overall biggest previous old new relative compared"))
    return any(token not in general and len(token) > 1 for token in content_tokens(rest))
