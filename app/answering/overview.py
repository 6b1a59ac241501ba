"""All changes between two editions at a glance: the skeleton first, then counts, then what is new, gone, split, merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.answering.compose import Desk, Draft, named, names, placed
from app.answering.words import listed, say
from corpus.catalogue import load_catalogue
from corpus.ids import is_below
from corpus.records import Clause, Document, Lang, Lineage, Link, Search
from index.substance import LABELS as SUBSTANCE

LABELS = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
"""In the order in which they are told."""
_COUNTED = ("reworded",)
"""Told by chapter and by substance, where all changes are asked for: they are most clauses."""


@dataclass(frozen=True)
class Sides:
    """A lineage with the documents of its editions."""

    lineage: Lineage
    old: Document
    new: Document

    @classmethod
    def of(cls, desk: Desk, lineage: Lineage) -> Sides:
        """The documents from the index; raises LookupError where it lacks one."""
        found = [desk.retriever.document(edition, lineage.lang) for edition in (lineage.old, lineage.new)]
        if found[0] is None or found[1] is None:
            raise LookupError(f"{lineage.old}–{lineage.new}: a document of the lineage is not in the index")
        return cls(lineage, found[0], found[1])

    def clauses(self, link: Link) -> list[tuple[Document, Clause]]:
        """The clauses of a link, the old ones first."""
        pairs = ((self.old, link.old), (self.new, link.new))
        return [(document, document.by_path[path]) for document, paths in pairs for path in paths]


def add_overview(desk: Desk, draft: Draft, sides: Sides, asked: Collection[str]) -> None:
    """Structure, counts and groups; of the labels asked for, where some are, the groups alone."""
    links = sides.lineage.links
    add_structure(desk, draft, sides, (None, "1", "3", "5"), asked)
    first = len(draft.statements)
    for label in LABELS:
        mine = [link for link in links if link.label == label]
        if mine and not asked and label in _COUNTED:
            _add_counted(desk, draft, sides, mine)
        elif mine and (not asked or label in asked):
            add_group(desk, draft, sides, label, mine)
    if not asked or len(draft.statements) == first:
        add_counts(desk, draft, first, links, "diff_counts_all")


def add_counts(desk: Desk, draft: Draft, at: int, links: Sequence[Link], key: str) -> None:
    """How many links of each label there are, put in at a place of the draft."""
    draft.insert(at, counts_told(links, key, desk.lang), (), enumerated(desk, LABELS, len(links)))


def counts_told(links: Sequence[Link], key: str, lang: Lang) -> str:
    """How many links of each label there are, and how many kept their substance, in words."""
    counts: Counter[str] = Counter(link.label for link in links)
    several = [label for label in LABELS[:-2] if counts[label]]
    told = [say("diff_counted", lang, label=say(label, lang), count=counts[label]) for label in several]
    kept = say("diff_kept", lang, count=counts["editorial"] + counts["unchanged"])
    text = say(key, lang, count=len(links), counts=listed(told, lang) or say("nothing", lang))
    return f"{text}{'' if lang == 'zh' else ' '}{kept}"


def enumerated(desk: Desk, sought: Sequence[str], count: int) -> Search:
    """What a count of links rests on: the whole lineage, gone through for these labels."""
    return Search(" | ".join(sought), desk.editions, count)


def add_structure(
    desk: Desk, draft: Draft, sides: Sides, chapters: Sequence[str | None], asked: Collection[str]
) -> None:
    """The skeleton first: of how many parts an edition and its chapters consist, and which of them are new or gone.

    A part is new where at least half of its leaves were added. What was not asked for is not named.
    """
    if asked and not {"added", "removed"} & set(asked):
        return
    for path in chapters:
        pair = [parts(document, path) for document in (sides.old, sides.new)]
        if not all(pair):
            continue
        links = sides.lineage.links
        come = [
            (sides.new, clause)
            for clause in pair[1]
            if _mostly(links, "added", "new", clause) and (not asked or "added" in asked)
        ]
        gone = [
            (sides.old, clause)
            for clause in pair[0]
            if (not asked or "removed" in asked) and _mostly(links, "removed", "old", clause)
        ]
        if not come and not gone and (asked or len(pair[0]) == len(pair[1])):
            continue
        text, markers = names(desk, [*come, *gone] or [(sides.new, clause) for clause in pair[1]])
        draft.add(
            say(
                "diff_structure" if come or gone else "diff_structure_now",
                desk.lang,
                old=version_of(sides.old),
                new=version_of(sides.new),
                old_count=len(pair[0]),
                new_count=len(pair[1]),
                what=heading_of(sides.new, path, desk.lang),
                names=text,
            ),
            markers,
        )
        draft.clauses += [clause.id for _, clause in (*come, *gone)]


def version_of(document: Document) -> str:
    """The version of a document's edition: `1.0`."""
    return load_catalogue().edition(document.edition).version


def _mostly(links: Sequence[Link], label: str, side: str, clause: Clause) -> bool:
    """Whether at least half of the leaves in a clause were added, or removed."""
    labels = [link.label for link in links for path in getattr(link, side) if is_below(path, clause.path)]
    return bool(labels) and labels.count(label) * 2 >= len(labels)  # type: ignore[arg-type]


def parts(document: Document, path: str | None) -> list[Clause]:
    """The chapters and appendices of a document, or the sections of a chapter."""
    kinds = ("chapter", "appendix") if path is None else ("section",)
    return [clause for clause in document.children(path) if clause.kind in kinds]


def heading_of(document: Document, path: str | None, lang: Lang) -> str:
    """What these are parts of, in words: `第3章“人工智能安全风险分类”`."""
    if path is None:
        return say("diff_parts", lang)
    return say("diff_part", lang, path=path, heading=document.by_path[path].heading)


def add_group(desk: Desk, draft: Draft, sides: Sides, label: str, links: Sequence[Link], brief: bool = True) -> None:
    """All links of one label, one a line: what it was and what it became, and what changed in substance.

    `brief`: a clause without a heading by its first words, not by its first sentence.
    """
    lines, markers = [], []
    for link in links:
        told = []
        for document, paths in ((sides.old, link.old), (sides.new, link.new)):
            parts = [named(desk, document, document.by_path[path], not brief) for path in paths]
            markers += [marker for _, marker in parts]
            told += [listed([text for text, _ in parts], desk.lang)] if parts else []
        substance = listed([say(one, desk.lang) for one in link.substance], desk.lang)
        line = say("diff_arrow", desk.lang, old=told[0], new=told[1]) if len(told) > 1 else told[0]
        lines.append(f"- {say('with_substance', desk.lang, label=line, substance=substance) if substance else line}")
    text = say("diff_group", desk.lang, label=say(label, desk.lang), count=len(links), names="\n".join(lines), mark="")
    draft.add(text, markers)
    draft.clauses += [clause.id for link in links for _, clause in sides.clauses(link)]


def _add_counted(desk: Desk, draft: Draft, sides: Sides, links: Sequence[Link]) -> None:
    """Links by chapter, and the clauses of each change of substance."""
    draft.add(chapters_told(links, desk.lang), (), enumerated(desk, ("reworded",), len(links)))
    draft.clauses += [clause.id for link in links for _, clause in sides.clauses(link)]
    for label in SUBSTANCE:
        mine = [link for link in links if label in link.substance]
        if mine:
            _add_substance(desk, draft, sides, label, mine)


def chapters_told(links: Sequence[Link], lang: Lang) -> str:
    """How many links each chapter of the newer edition has, in words."""
    by_chapter = Counter(link.new[0].partition(".")[0] for link in links)
    plain = sorted(chapter for chapter in by_chapter if chapter.isdigit())
    told = [say("diff_chapter", lang, chapter=chapter, count=by_chapter[chapter]) for chapter in plain]
    if other := sum(count for chapter, count in by_chapter.items() if not chapter.isdigit()):
        told.append(say("diff_chapter_other", lang, count=other))
    return say("diff_reworded", lang, count=len(links), chapters=listed(told, lang))


def _add_substance(desk: Desk, draft: Draft, sides: Sides, label: str, links: Sequence[Link]) -> None:
    clauses = [pair for link in links for pair in sides.clauses(link) if pair[0] is sides.new]
    parts = [placed(desk, *pair) for pair in clauses]
    told = listed([text for text, _ in parts], desk.lang)
    draft.add(
        say("diff_substance", desk.lang, label=say(label, desk.lang), count=len(links), names=told),
        [marker for _, marker in parts],
    )
