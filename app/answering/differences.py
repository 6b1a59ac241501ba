"""Answers about what changed: from the lineage alone, grouped by label, complete for their topic."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.compose import Desk, Draft, names, whole_heading
from app.answering.evidence import own_sentences, place_of, whole
from app.answering.kinds import asked_label, diff_words
from app.answering.words import mark, say
from corpus.catalogue import load_catalogue
from corpus.ids import is_below
from corpus.records import Clause, Document, Lineage, Link
from index.lineage import inverse
from index.question import content_tokens, understand

_LABELS = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
_TOPIC_DEPTH = 12
_TOPICAL = 0.72
"""A clause is about the topic if its relevance is at least this share of the best one's."""
_MOST_PAIRS = 12


def lineage_between(desk: Desk, old: str, new: str) -> Lineage | None:
    """The lineage of two editions, in the answer's language or else the other, older to newer or the inverse."""
    for lang in (desk.lang, "en" if desk.lang == "zh" else "zh"):
        found = desk.retriever.lineages.get((old, new, lang))
        if found is not None:
            return found
        backwards = desk.retriever.lineages.get((new, old, lang))
        if backwards is not None:
            return inverse(backwards)
    return None


def answer_difference(desk: Desk, draft: Draft, lineage: Lineage) -> None:
    """A summary of all changes, or every link that the question's topic touches."""
    label = asked_label(desk.query.read)
    topic = _topic(desk, lineage)
    if topic is None:
        _summary(desk, draft, lineage, label)
    else:
        _topical(desk, draft, lineage, topic, label)


def _side(desk: Desk, lineage: Lineage, side: str) -> Document:
    document = desk.retriever.document(getattr(lineage, side), lineage.lang)
    if document is None:
        raise LookupError(f"{lineage.old}–{lineage.new}: a document of the lineage is not in the index")
    return document


def _version(edition: str) -> str:
    return load_catalogue().edition(edition).version


# --- summary


def _summary(desk: Desk, draft: Draft, lineage: Lineage, only: str | None) -> None:
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    if only is None:
        _structure(desk, draft, lineage, (None, "1", "3", "5"), None)
    for label in _LABELS if only is None else (only,):
        links = [link for link in lineage.links if link.label == label]
        if links:
            _group(desk, draft, old, new, label, links)


def _structure(desk: Desk, draft: Draft, lineage: Lineage, chapters: Sequence[str | None], only: str | None) -> None:
    """The skeleton first: of how many parts an edition and its chapters consist, and which of them are new or gone.

    A part is new where most of its leaves were added. `only`: the label asked for; what it is not is not named.
    """
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    for path in chapters:
        pair = [_children(document, path) for document in (old, new)]
        if not all(pair):
            continue
        come = [
            (new, clause) for clause in pair[1] if _mostly(lineage.links, "added", "new", clause) and only != "removed"
        ]
        gone = [
            (old, clause) for clause in pair[0] if only != "added" and _mostly(lineage.links, "removed", "old", clause)
        ]
        if not come and not gone and len(pair[0]) == len(pair[1]):
            continue
        text, markers = names(desk, [*come, *gone] or [(new, clause) for clause in pair[1]])
        draft.add(
            say(
                "diff_structure",
                desk.lang,
                old=_version(old.edition),
                new=_version(new.edition),
                old_count=len(pair[0]),
                new_count=len(pair[1]),
                what=_heading_of(new, path, desk),
                names=text,
            ),
            markers,
        )
        draft.clauses += [clause.id for _, clause in (*come, *gone)]


def _mostly(links: Sequence[Link], label: str, side: str, clause: Clause) -> bool:
    """Whether more than half of the leaves in a clause were added, or removed."""
    labels = [link.label for link in links for path in getattr(link, side) if is_below(path, clause.path)]
    return bool(labels) and labels.count(label) * 2 > len(labels)  # type: ignore[arg-type]


def _children(document: Document, path: str | None) -> list[Clause]:
    kinds = ("chapter", "appendix") if path is None else ("section",)
    return [clause for clause in document.children(path) if clause.kind in kinds]


def _heading_of(document: Document, path: str | None, desk: Desk) -> str:
    if path is None:
        return "章与附件" if desk.lang == "zh" else "Chapters and appendices"
    heading = document.by_path[path].heading
    return f"第{path}章“{heading}”" if desk.lang == "zh" else f"Chapter {path}, “{heading}”"


def _group(desk: Desk, draft: Draft, old: Document, new: Document, label: str, links: Sequence[Link]) -> None:
    """All links of one label: added and removed by heading, merged and split in pairs, the others counted by place."""
    clauses = [
        (document, document.by_path[path])
        for link in links
        for document, paths in ((old, link.old), (new, link.new))
        for path in paths
        if label not in ("reworded", "moved", "editorial", "unchanged") or document is new
    ]
    text, markers = names(desk, clauses)
    name = say(label, desk.lang)
    draft.add(say("diff_group", desk.lang, label=name, count=len(links), names=text, mark=""), markers)
    draft.clauses += [clause.id for _, clause in clauses]


# --- one topic


def _topic(desk: Desk, lineage: Lineage) -> list[tuple[Document, str]] | None:
    """The clauses that the question is about, in both editions; None where it is about the editions as a whole."""
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    if desk.query.paths:
        return [(document, path) for path in desk.query.paths for document in (old, new) if path in document.by_path]
    rest = diff_words(desk.query.read)
    chapter = _chapter_asked(rest, old, new)
    if chapter:
        return chapter
    if not _is_particular(rest):
        return None
    found = []
    query = understand(rest, desk.lang)
    for document in (old, new):
        hits = desk.retriever.search(query, k=_TOPIC_DEPTH, editions=[document.edition], parts=["body"]).hits
        close = [hit for hit in hits if hit.relevance >= _TOPICAL * max(hit.relevance for hit in hits)]
        found += [(document, hit.passage.clause.partition("#")[2]) for hit in close]
    return [(document, path) for document, path in found if not path.startswith("T")]


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


def _topical(
    desk: Desk, draft: Draft, lineage: Lineage, topic: Sequence[tuple[Document, str]], only: str | None
) -> None:
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    links = [link for link in lineage.links if _touches(link, topic, old, new)]
    shown = [link for link in links if only is None or link.label == only] or links
    _structure(desk, draft, lineage, sorted({path for _, path in topic if path.isdigit()}), only)
    if len(shown) > _MOST_PAIRS or only is not None:
        for label in _LABELS:
            mine = [link for link in shown if link.label == label]
            if mine:
                _group(desk, draft, old, new, label, mine)
        return
    for link in sorted(shown, key=lambda link: _LABELS.index(link.label)):
        _pair(desk, draft, old, new, link)


def _touches(link: Link, topic: Sequence[tuple[Document, str]], old: Document, new: Document) -> bool:
    for document, wanted in topic:
        paths = link.old if document is old else link.new if document is new else ()
        if any(is_below(path, wanted) or is_below(wanted, path) for path in paths):
            return True
    return False


def _pair(desk: Desk, draft: Draft, old: Document, new: Document, link: Link) -> None:
    """One link with both quotations."""
    sides, markers = [], []
    for document, paths in ((old, link.old), (new, link.new)):
        text, marks = _quoted(desk, document, [document.by_path[path] for path in paths])
        sides.append(text)
        markers += marks
        draft.clauses += [document.by_path[path].id for path in paths]
    key = {"added": "diff_added", "removed": "diff_removed"}.get(link.label, "diff_pair")
    draft.add(say(key, desk.lang, label=say(link.label, desk.lang), old=sides[0], new=sides[1], mark=""), markers)


def _quoted(desk: Desk, document: Document, clauses: Sequence[Clause]) -> tuple[str, list[int]]:
    parts, markers = [], []
    for clause in clauses:
        span = whole(document, clause)
        if span is None:
            continue
        if len(span) > 400 and clause.text:
            span = own_sentences(document, clause)[0]
        head = whole_heading(document, clause)
        marker = desk.evidence.cite(document, clause, span)
        markers.append(marker)
        heading = f" {head.of(document.text)}" if head and clause.heading else ""
        quoted = f"“{span.of(document.text)}”"
        parts.append(
            f"{place_of(document, clause, desk.lang)}{heading}{'：' if desk.lang == 'zh' else ': '}{quoted}{mark(marker)}"
        )
    return ("；" if desk.lang == "zh" else "; ").join(parts), markers
