"""Which clauses of two editions a topic is about, and which links of their lineage it touches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.ids import is_below
from corpus.records import Document, Lang, Link
from index.question import content_tokens, understand
from index.retrieve import Retriever

_DEPTH = 12
_TOPICAL = 0.72
"""A clause is about the topic if its relevance is at least this share of the best one's."""

Topic = Sequence[tuple[Document, str]]
"""Clauses of either edition by path; those above and below are meant, too."""


def clauses_about(retriever: Retriever, words: str, old: Document, new: Document, lang: Lang) -> Topic | None:
    """The clauses that words are about, in both editions; None where they are about the editions as a whole."""
    query = understand(words, lang)
    if query.paths:
        return [(document, path) for path in query.paths for document in (old, new) if path in document.by_path]
    chapter = _chapter_asked(words, old, new)
    if chapter:
        return chapter
    if not _is_particular(words):
        return None
    found = []
    for document in (old, new):
        hits = retriever.search(query, k=_DEPTH, editions=[document.edition], parts=["body"]).hits
        close = [hit for hit in hits if hit.relevance >= _TOPICAL * max(hit.relevance for hit in hits)]
        found += [(document, hit.passage.clause.partition("#")[2]) for hit in close]
    return [(document, path) for document, path in found if not path.startswith("T")]


def touches(link: Link, topic: Topic, old: Document, new: Document) -> bool:
    """Whether a link has a clause of the topic, or one above or below it, on either side."""
    for document, wanted in topic:
        paths = link.old if document is old else link.new if document is new else ()
        if any(is_below(path, wanted) or is_below(wanted, path) for path in paths):
            return True
    return False


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
    left = set(content_tokens(_CLASSIFYING.sub(" ", _without_editions(rest))))
    for path, words in _CHAPTERS.items():
        subject = {token for word in words for token in content_tokens(word)}
        if left and left <= subject:
            return [(document, path) for document in (old, new) if path in document.by_path]
    return None


_EDITIONS = re.compile(
    r"v?\d\.\d\s*版?|版本|版|两|二者|之间|比|较|相对|内容|条款|主要|人工智能|框架|"
    r"\b(?:editions?|versions?|framework|main|between|clauses?|provisions?|items?)\b",
    re.IGNORECASE,
)


def _without_editions(text: str) -> str:
    return _EDITIONS.sub(" ", text)


def _is_particular(rest: str) -> bool:
    """Whether words of substance are left when editions and difference words are gone."""
    general = set(content_tokens("框架 文本 内容 方面 地方 情况 总体 整体 相比 更新 分别 最大 上一版 新版 旧版"))
    general |= set(content_tokens("text content main major key overall biggest previous old new relative compared"))
    return any(token not in general and len(token) > 1 for token in content_tokens(_without_editions(rest)))
