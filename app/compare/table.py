"""The table of comparison: a row for every link of a lineage that the filters leave, in the order of the new edition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.answering.topic import Topic, touches
from app.answering.words import listed
from app.compare.words import say
from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.ids import is_below
from corpus.records import Clause, Document, Lang, Lineage, Link
from index.leaves import text_of
from index.parity import disputed

UNSURE = 0.4
"""A link of less confidence asks to be checked."""
_NAME: dict[Lang, int] = {"zh": 24, "en": 60}
"""Letters of a clause without a heading by which it is called."""


@dataclass(frozen=True)
class Filters:
    """Which links are shown: labels, clauses that they lie under (`5`, `A1`, `3.2.1`), a topic; empty: all."""

    labels: Collection[str] = ()
    chapters: Sequence[str] = ()
    topic: Topic | None = None


@dataclass(frozen=True)
class Row:
    """One link with the clauses of either side. `differs`: the lineage of the other language joins them otherwise; `detour`: so
    does the way through the editions between."""

    link: Link
    old: tuple[Clause, ...]
    new: tuple[Clause, ...]
    differs: bool = False
    detour: bool = False

    def marks(self, lang: Lang) -> list[str]:
        """The label, then the facets it does not tell, then what there is to check."""
        link = self.link
        found = [say(link.label, lang)]
        if link.moved and link.label != "moved":
            found.append(say("moved_too", lang))
        if link.heading_changed and link.old and link.new:
            found.append(say("heading_changed", lang))
        if link.reviewed:
            return [*found, say("reviewed", lang, note=link.reviewed)]
        if link.old and link.new and link.confidence < UNSURE:
            found.append(say("low_confidence", lang, confidence=link.confidence))
        if self.differs:
            found.append(say("languages_differ", lang))
        if self.detour:
            found.append(say("detour_differs", lang))
        return found

    def substance(self, lang: Lang) -> list[str]:
        """The changes of substance in words, each with the words that show it."""
        return [f"{say(one.label, lang)}{_shown_words(one.old, one.new, lang)}" for one in self.link.evidence]


@dataclass(frozen=True)
class Table:
    """Rows, and what they were taken from."""

    lineage: Lineage
    old: Document
    new: Document
    rows: tuple[Row, ...]

    @property
    def lang(self) -> Lang:
        """The language of the texts."""
        return self.lineage.lang

    @property
    def counts(self) -> dict[str, int]:
        """Rows by label, zero included."""
        return {label: sum(row.link.label == label for row in self.rows) for label in self.lineage.counts}

    def version(self, side: str) -> str:
        """`1.0`: the version of the `old` or the `new` side."""
        return load_catalogue().edition(getattr(self.lineage, side)).version


def compared(lineage: Lineage, old: Document, new: Document, filters: Filters | None = None) -> Table:
    """The table of a lineage. Raises `UnusableInput` for a label that does not exist or a clause in neither text."""
    filters = filters or Filters()
    for label in filters.labels:
        if label not in lineage.counts:
            raise UnusableInput(f"there is no label {label!r}", way_out=f"take one of: {', '.join(lineage.counts)}")
    for path in filters.chapters:
        if path not in old.by_path and path not in new.by_path:
            raise UnusableInput(f"there is no clause {path!r} in either edition", way_out="name one, e.g. --chapter 5")
    links = [link for link in _in_order(lineage, old, new) if _shown(link, filters, old, new)]
    rows = tuple(
        Row(
            link,
            tuple(old.by_path[path] for path in link.old),
            tuple(new.by_path[path] for path in link.new),
            disputed(link, lineage.parity.get("disagree", ())),
            disputed(link, lineage.parity.get("composed", {}).get("disagree", ())),
        )
        for link in links
    )
    return Table(lineage, old, new, rows)


def _shown_words(old: Sequence[str], new: Sequence[str], lang: Lang) -> str:
    """`：六个月 → 一年`; one side alone where the other is empty."""
    sides = [listed(list(words), lang) for words in (old, new) if words]
    return f"{'：' if lang == 'zh' else ': '}{' → '.join(sides)}" if sides else ""


def _shown(link: Link, filters: Filters, old: Document, new: Document) -> bool:
    paths = (*link.old, *link.new)
    return (
        (not filters.labels or link.label in filters.labels)
        and (not filters.chapters or any(is_below(path, above) for path in paths for above in filters.chapters))
        and (filters.topic is None or touches(link, filters.topic, old, new))
    )


def _in_order(lineage: Lineage, old: Document, new: Document) -> Iterator[Link]:
    """Links in the order of the new edition; what was removed stands after what came before it in the old one."""
    places = [{clause.path: at for at, clause in enumerate(document.clauses)} for document in (old, new)]
    at_new: dict[int, tuple[int, int]] = {}
    last = -1
    for link in sorted(lineage.links, key=lambda link: min((places[0][path] for path in link.old), default=-1)):
        if link.new:
            last = min(places[1][path] for path in link.new)
            at_new[id(link)] = (last, 0)
        else:
            at_new[id(link)] = (last, 1 + min(places[0][path] for path in link.old))
    yield from sorted(lineage.links, key=lambda link: at_new[id(link)])


def name_of(document: Document, clause: Clause) -> str:
    """What a clause is called: its heading, else the first letters of its text, else its path."""
    if clause.path == "preface":
        return say("preface", document.lang)
    if clause.heading:
        return clause.heading.replace("\n", " ")
    text = clause.text.replace("\n", " ")
    most = _NAME[document.lang]
    return f"{text[:most]}…" if len(text) > most else text or clause.path


def named(document: Document, clauses: Sequence[Clause]) -> list[str]:
    """Each clause by its path and its name."""
    return [f"{clause.path} {name_of(document, clause)}" for clause in clauses]


def ways(table: Table, side: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each clause of a side (`old`, `new`) in its own order, by path and name, and the paths it went to, or came from."""
    other = "old" if side == "new" else "new"
    document: Document = getattr(table, side)
    found = {path: getattr(row.link, other) for row in table.rows for path in getattr(row.link, side)}
    here = [clause for clause in document.clauses if clause.path in found]
    return [(name, found[clause.path]) for clause, name in zip(here, named(document, here), strict=True)]


def texts_of(document: Document, clauses: Sequence[Clause]) -> str:
    """The texts of one side of a link, one below the other."""
    return "\n".join(text_of(document, clause) for clause in clauses)
