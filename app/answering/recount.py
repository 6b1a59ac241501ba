"""Counting again what a statement counts: items of a list, occurrences of a word, links of a lineage.

statement ─┬─ search of words ──> every occurrence in the document, and the sentence said anew
           ├─ search of a lineage ─> its links by label; the parts must add up to the whole
           └─ no search ──> `vouched`: the wordings and numbers that its citations, documents and lineage bear out
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answering.claims import bare_words, marked, marks_off, only_counts
from app.answering.differences import other_clause
from app.answering.evidence import place_of
from app.answering.figures import figures
from app.answering.occurrences import occurrences
from app.answering.overview import LABELS, chapters_told, counts_told, heading_of, parts, version_of
from app.answering.terms import told
from app.answering.words import pieces, say
from corpus.records import LANGS, Citation, Clause, Document, Lang, Lineage, Link, Part, Search, Statement, part_of
from corpus.text import fold, language
from index.lineage import between
from index.substance import LABELS as SUBSTANCE

Documents = Mapping[tuple[str, Part], Document]
Lineages = Mapping[tuple[str, str, Lang], Lineage]


@dataclass(frozen=True)
class Basis:
    """What an answer may rest on: the corpus, the editions in scope (of a comparison the older first), its language."""

    documents: Documents
    lineages: Lineages
    editions: tuple[str, ...]
    lang: Lang

    @cached_property
    def lineage(self) -> Lineage | None:
        """The lineage of the two editions compared."""
        if len(self.editions) != 2:
            return None
        return between(self.lineages, *self.editions, (self.lang, *LANGS))

    def bodies(self, edition: str) -> list[Document]:
        """The texts of an edition in either language."""
        return [of for lang in LANGS if (of := self.documents.get((f"{edition}/{lang}", "body")))]


def recounted(statement: Statement, search: Search, basis: Basis) -> bool:
    """Whether counting again gives what a statement that rests on an exhaustive search says."""
    if len(search.editions) == 1:
        return _occurs(statement, search, basis)
    lineage = basis.lineage
    return lineage is not None and search.editions == basis.editions and _links(statement, search, lineage, basis)


# --- occurrences of words


def _occurs(statement: Statement, search: Search, basis: Basis) -> bool:
    """Said anew from the text, a sentence on occurrences must be the one it was."""
    said = marks_off(statement.text)
    (edition,) = search.editions
    own = sorted(basis.bodies(edition), key=lambda of: of.lang != language(search.pattern))
    for document in own if edition in basis.editions else ():
        count = sum(1 for _ in occurrences(document, search.pattern))
        if count == search.count and told(document, search.pattern, count, basis.lang) == said:
            return True
    return False


# --- links of a lineage


def _links(statement: Statement, search: Search, lineage: Lineage, basis: Basis) -> bool:
    """The whole lineage is counted again and said anew; of a part the count is no more, and the numbers add up to it."""
    labels = search.pattern.split(" | ")
    if not all(label in LABELS or label in SUBSTANCE for label in labels):
        return False
    total = _total(lineage, labels)
    if search.count == total and set(labels) <= set(LABELS):
        return statement.text in _told(lineage, labels, basis.lang)
    return search.count <= total and _adds_up(statement.text, search, labels, basis.lang)


def _told(lineage: Lineage, labels: Sequence[str], lang: Lang) -> list[str]:
    """The whole lineage counted, in all words that it may be told in."""
    links = [link for link in lineage.links if link.label in labels]
    if labels == ["reworded"]:
        return [chapters_told(links, lang)]
    return [counts_told(links, key, lang) for key in ("diff_counts", "diff_counts_all")]


def _adds_up(text: str, search: Search, labels: Sequence[str], lang: Lang) -> bool:
    """Whether a text has nothing but our words and numbers, and these are the count and its parts, or its parts."""
    said = bare_words(text, (), pieces(lang, counting=True))
    counts = [int(one.value) for one in figures(fold(said).text) if one.value.isdigit()]
    if not only_counts(said, lang):
        return False
    if set(labels) & set(SUBSTANCE):
        return sum(counts) == search.count
    return counts[:1] == [search.count] and sum(counts[1:]) == search.count


def _total(lineage: Lineage, labels: Sequence[str]) -> int:
    """How many links have these labels; beside labels of substance, how many clauses were added or removed."""
    if set(labels) <= set(LABELS):
        return sum(link.label in labels for link in lineage.links)
    changed = sum(label in link.substance for link in lineage.links for label in labels)
    come = sum(len(link.new) for link in lineage.links if link.label == "added")
    gone = sum(len(link.old) for link in lineage.links if link.label == "removed")
    return changed + ("added" in labels) * come + ("removed" in labels) * gone


# --- everything else


def vouched(statement: Statement, cited: Sequence[Citation], basis: Basis) -> tuple[str, ...]:
    """The wordings around its quotations that the corpus bears out, counts and labels of a comparison said anew."""
    own = list(_clauses(cited, basis))
    near = [*own, *((document, document.by_path[clause.parent]) for document, clause in own if clause.parent)]
    places = {place_of(document, clause, basis.lang) for document, clause in near}
    words = (*pieces(basis.lang), *places, *_lists(near, basis.lang))
    return (*words, *_compared(statement, own, basis.lineage, basis)) if basis.lineage else words


def _clauses(cited: Iterable[Citation], basis: Basis) -> Iterator[tuple[Document, Clause]]:
    """The clauses cited, each once."""
    for document_id, path in dict.fromkeys((of, path) for of, _, path in (one.clause.partition("#") for one in cited)):
        document = basis.documents[document_id, part_of(path)]
        yield document, document.by_path[path]


def placed(text: str, cited: Sequence[Citation], basis: Basis) -> bool:
    """Whether the place before each run of marks is that of a clause cited there, or of the one above it."""
    places: dict[str, set[int]] = {}
    for one in cited:
        ((document, clause),) = _clauses([one], basis)
        above = document.ancestors(clause)[-1:]
        for where in (place_of(document, of, basis.lang) for of in (clause, *above)):
            places.setdefault(where, set()).add(one.marker)
    for before, markers in marked(text, cited):
        at, said = max(((before.rfind(where), where) for where in places), key=lambda row: (row[0], len(row[1])))
        if at >= 0 and not places[said] & markers:
            return False
    return True


def _lists(own: Iterable[tuple[Document, Clause]], lang: Lang) -> Iterator[str]:
    """The head of the list of each clause, said anew with the number of its children."""
    for document, clause in own:
        if count := len(document.children(clause.path)):
            place = place_of(document, clause, lang)
            leaves = len(document.leaves(clause.path))
            for key in ("list_head", "count_head", "count_nested"):
                yield say(key, lang, place=place, heading=clause.heading, count=count, leaves=leaves, mark="")
            yield say("item_count", lang, count=leaves)


# --- comparisons


def _compared(
    statement: Statement, own: Sequence[tuple[Document, Clause]], lineage: Lineage, basis: Basis
) -> Iterator[str]:
    cited = {place for document, clause in own for place in _around(document, clause)}
    sides = ((lineage.old, "old"), (lineage.new, "new"))
    links = [
        link for link in lineage.links if any((of, path) in cited for of, side in sides for path in getattr(link, side))
    ]
    yield from _labels(links, statement, basis.lang)
    yield from _structure(own, lineage, basis)
    yield from _substance(lineage, basis.lang)
    yield from (other_clause(clause.path, lineage, basis.lang) for _, clause in own)


def _around(document: Document, clause: Clause) -> Iterator[tuple[str, str]]:
    """A clause, those above it and those below it, by edition and path."""
    for one in (*document.ancestors(clause), clause, *document.below(clause.path)):
        yield document.edition, one.path


def _labels(links: Sequence[Link], statement: Statement, lang: Lang) -> Iterator[str]:
    """The labels of the links that a statement is about, alone and at the head of a group of so many lines."""
    lines = statement.text.count("\n- ")
    for label in dict.fromkeys(link.label for link in links):
        yield say(label, lang)
        yield say("diff_group", lang, label=say(label, lang), count=lines, names="").strip()
    yield from dict.fromkeys(say(one, lang) for link in links for one in link.substance)


def _structure(own: Iterable[tuple[Document, Clause]], lineage: Lineage, basis: Basis) -> Iterator[str]:
    """How many chapters and appendices, or sections of the chapter cited, both editions have, said anew."""
    old, new = (basis.documents[f"{edition}/{lineage.lang}", "body"] for edition in (lineage.old, lineage.new))
    for parent in {clause.parent for _, clause in own}:
        if parent is None or (parent in old.by_path and parent in new.by_path):
            what, counts = heading_of(new, parent, basis.lang), (len(parts(old, parent)), len(parts(new, parent)))
            told_of = {"old": version_of(old), "new": version_of(new), "what": what, "names": ""}
            for key in ("diff_structure", "diff_structure_now"):
                yield say(key, basis.lang, old_count=counts[0], new_count=counts[1], **told_of).strip()


def _substance(lineage: Lineage, lang: Lang) -> Iterator[str]:
    """How the clauses with a change of substance are led in to, said anew with the number of reworded links."""
    reworded = [link for link in lineage.links if link.label == "reworded"]
    for label in SUBSTANCE:
        if count := sum(label in link.substance for link in reworded):
            yield say("diff_substance", lang, label=say(label, lang), count=count, names="").strip()
