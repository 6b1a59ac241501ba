"""Answers about what changed: from the lineage alone, grouped by label, complete for their topic."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.compose import Desk, Draft, names, whole_heading
from app.answering.evidence import own_sentences, place_of, whole
from app.answering.kinds import asked_label, diff_words
from app.answering.topic import clauses_about, touches
from app.answering.words import listed, mark, say
from corpus.catalogue import load_catalogue
from corpus.ids import is_below
from corpus.records import Clause, Document, Lang, Lineage, Link

_LABELS = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
_MOST_PAIRS = 12


def answer_difference(desk: Desk, draft: Draft, lineage: Lineage) -> None:
    """A summary of all changes, or every link that the question's topic touches."""
    label = asked_label(desk.query.read)
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    topic = clauses_about(desk.retriever, diff_words(desk.query.read), old, new, desk.lang)
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

    A part is new where at least half of its leaves were added. `only`: the label asked for; what it is not is not named.
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
                "diff_structure" if come or gone else "diff_structure_now",
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
    """Whether at least half of the leaves in a clause were added, or removed."""
    labels = [link.label for link in links for path in getattr(link, side) if is_below(path, clause.path)]
    return bool(labels) and labels.count(label) * 2 >= len(labels)  # type: ignore[arg-type]


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


def _topical(
    desk: Desk, draft: Draft, lineage: Lineage, topic: Sequence[tuple[Document, str]], only: str | None
) -> None:
    old, new = _side(desk, lineage, "old"), _side(desk, lineage, "new")
    links = [link for link in lineage.links if touches(link, topic, old, new)]
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


def _pair(desk: Desk, draft: Draft, old: Document, new: Document, link: Link) -> None:
    """One link with both quotations."""
    sides, markers = [], []
    for document, paths in ((old, link.old), (new, link.new)):
        text, marks = _quoted(desk, document, [document.by_path[path] for path in paths])
        sides.append(text)
        markers += marks
        draft.clauses += [document.by_path[path].id for path in paths]
    key = {"added": "diff_added", "removed": "diff_removed"}.get(link.label, "diff_pair")
    draft.add(say(key, desk.lang, label=_label(link, desk.lang), old=sides[0], new=sides[1], mark=""), markers)


def _label(link: Link, lang: Lang) -> str:
    """The label, with what changed in substance: `改写（要求加强、增加主体）`."""
    label = say(link.label, lang)
    substance = listed([say(one, lang) for one in link.substance], lang)
    return say("with_substance", lang, label=label, substance=substance) if substance else label


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
