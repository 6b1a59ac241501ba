"""Answers about what changed: from the lineage alone, grouped by label, complete for their topic."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.compose import Desk, Draft, named, whole_heading
from app.answering.evidence import own_sentences, place_of, whole
from app.answering.kinds import asked_labels, asks_stricter, diff_words
from app.answering.overview import (
    LABELS,
    Sides,
    add_counts,
    add_group,
    add_overview,
    add_structure,
    enumerated,
)
from app.answering.topic import Topic, clauses_about, touches
from app.answering.words import listed, mark, say
from corpus.catalogue import load_catalogue
from corpus.ids import is_below
from corpus.records import Clause, Document, Lang, Lineage, Link, Span
from index.substance import OBLIGATION_STRONGER, OBLIGATION_WEAKER

_MOST_PAIRS = 12
"""Up to so many links are quoted from both sides; of more, the clauses are named."""
_LONG: dict[Lang, int] = {"zh": 400, "en": 1300}
"""Characters up to which a clause is quoted whole."""


def answer_difference(desk: Desk, draft: Draft, lineage: Lineage) -> None:
    """A summary of all changes, or every link that the question's topic touches."""
    read = desk.query.read
    sides = Sides.of(desk, lineage)
    topic = clauses_about(desk.retriever, diff_words(read), lineage, sides.old, sides.new)
    if topic is None:
        add_overview(desk, draft, sides, asked_labels(read))
    else:
        _topical(desk, draft, sides, topic)


def _topical(desk: Desk, draft: Draft, sides: Sides, topic: Topic) -> None:
    links = [link for link in sides.lineage.links if touches(link, topic, sides.old, sides.new)]
    asked = asked_labels(desk.query.read)
    shown = [link for link in links if link.label in asked] or links
    shown.sort(key=lambda link: LABELS.index(link.label))
    if not shown:
        return
    add_structure(desk, draft, sides, sorted({path for _, path in topic if path.isdigit()}), asked)
    _add_sections(desk, draft, sides, topic)
    first = len(draft.statements)
    chapters = any(path.isdigit() for _, path in topic)
    if len(shown) > _MOST_PAIRS or (asked and chapters):
        for label in LABELS:
            if mine := [link for link in shown if link.label == label]:
                add_group(desk, draft, sides, label, mine, brief=False)
    else:
        for link in shown:
            _pair(desk, draft, sides, topic, link)
    if desk.query.paths:
        _other_clause(desk, draft, first, sides, topic)
    else:
        add_counts(desk, draft, first, links, "diff_counts")
    if asks_stricter(desk.query.read):
        _duties(desk, draft, 0, links)


def _add_sections(desk: Desk, draft: Draft, sides: Sides, topic: Topic) -> None:
    """Which sections the topic is, where it is some in both editions: `1.0 §3.1.3 “…” → 2.0 §3.2.1 “…”`."""
    told, markers = [], []
    for document in (sides.old, sides.new):
        own = [document.by_path[path] for where, path in topic if where is document]
        parts = [
            named(desk, document, clause)
            for clause in own
            if clause.kind == "section" and document.children(clause.path)
        ]
        markers += [marker for _, marker in parts]
        told.append(listed([text for text, _ in parts], desk.lang) if parts else "")
    if all(told):
        draft.add(say("diff_arrow", desk.lang, old=told[0], new=told[1]), markers)


def _other_clause(desk: Desk, draft: Draft, at: int, sides: Sides, topic: Topic) -> None:
    """That a number is another clause in the other edition, where both are asked about and it is."""
    for path in desk.query.paths:
        both = sum(where == path for _, where in topic) == 2
        if both and (told := other_clause(path, sides.lineage, desk.lang)):
            markers = [named(desk, document, document.by_path[path])[1] for document in (sides.old, sides.new)]
            draft.insert(at, told + mark(*markers), markers)


def other_clause(path: str, lineage: Lineage, lang: Lang) -> str:
    """What became of a number's clause, and what its clause was before; "" where it is the same in both editions."""
    links = [link for link in lineage.links if path in link.old or path in link.new]
    if len(links) != 2 or any(path in link.old and path in link.new for link in links):
        return ""
    went, came = sorted(links, key=lambda link: path not in link.old)
    old, new = (load_catalogue().edition(edition).version for edition in (lineage.old, lineage.new))
    told = {"went": _there(went.new, lang), "came": _there(came.old, lang)}
    return say("diff_other_clause", lang, path=path, old=old, new=new, mark="", **told)


def _there(paths: Sequence[str], lang: Lang) -> str:
    """Where a clause is in the other edition: `对应§5.12`, or that it is nowhere."""
    places = listed([f"§{path}" for path in paths], lang)
    return say("diff_there", lang, paths=places) if paths else say("diff_nowhere", lang)


def _duties(desk: Desk, draft: Draft, at: int, links: Sequence[Link]) -> None:
    """Whether duties grew, by what the rules found in the wording."""
    counts = {
        "stronger": sum(OBLIGATION_STRONGER in link.substance for link in links),
        "weaker": sum(OBLIGATION_WEAKER in link.substance for link in links),
        "added": sum(len(link.new) for link in links if link.label == "added"),
        "removed": sum(len(link.old) for link in links if link.label == "removed"),
    }
    sought = (OBLIGATION_STRONGER, OBLIGATION_WEAKER, "added", "removed")
    draft.insert(at, say("diff_duties", desk.lang, **counts), (), enumerated(desk, sought, sum(counts.values())))


def _pair(desk: Desk, draft: Draft, sides: Sides, topic: Topic, link: Link) -> None:
    """One link with both quotations."""
    told, markers = [], []
    for document, paths in ((sides.old, link.old), (sides.new, link.new)):
        clauses = [one for path in paths for one in _meant(document, path, topic)]
        text, marks = _quoted(desk, document, clauses)
        told.append(text)
        markers += marks
        draft.clauses += [clause.id for clause in clauses]
    key = {"added": "diff_added", "removed": "diff_removed"}.get(link.label, "diff_pair")
    draft.add(say(key, desk.lang, label=_label(link, desk.lang), old=told[0], new=told[1], mark=""), markers)


def _meant(document: Document, path: str, topic: Topic) -> list[Clause]:
    """The clause, or of a whole appendix what is about the topic."""
    below = [one for where, one in topic if where is document and one != path and is_below(one, path)]
    return [document.by_path[one] for one in below or [path]]


def _label(link: Link, lang: Lang) -> str:
    """The label, with what changed in substance: `改写（要求加强、增加主体）`."""
    label = say(link.label, lang)
    substance = listed([say(one, lang) for one in link.substance], lang)
    return say("with_substance", lang, label=label, substance=substance) if substance else label


def _quoted(desk: Desk, document: Document, clauses: Sequence[Clause]) -> tuple[str, list[int]]:
    parts, markers = [], []
    for clause in clauses:
        span = _to_quote(document, clause)
        if span is None:
            continue
        head = whole_heading(document, clause)
        marker = desk.evidence.cite(document, clause, span)
        markers.append(marker)
        heading = f" {head.of(document.text)}" if head and clause.heading else ""
        quoted = f"“{span.of(document.text)}”"
        parts.append(
            f"{place_of(document, clause, desk.lang)}{heading}{'：' if desk.lang == 'zh' else ': '}{quoted}{mark(marker)}"
        )
    return ("；" if desk.lang == "zh" else "; ").join(parts), markers


def _to_quote(document: Document, clause: Clause) -> Span | None:
    """A clause whole, or its first sentence where it is long."""
    span = whole(document, clause)
    return own_sentences(document, clause)[0] if span and len(span) > _LONG[document.lang] and clause.text else span
