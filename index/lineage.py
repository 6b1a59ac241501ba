"""Lineage: what became of every clause of one edition in another, by content, never by number.

Similarity of two leaves is a weighted mean of channels: weighted overlap of index terms (text and heading), heading
alone, encoder, place in the tree. An assignment with a null cost (Kuhn–Munkres) gives the one-to-one links; a residual
pass then lets a clause left over join the link that contains it (split, merged). The rest are added and removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

import numpy as np

from corpus.errors import UnusableInput
from corpus.ids import sort_key
from corpus.overrides import Override, load_overrides
from corpus.records import Document, Lang, Lineage, Link
from corpus.text import squeeze
from index.alignment import Group, align, successors
from index.encoder import Encoder
from index.grounds import Grounds
from index.leaves import Leaf, leaves
from index.likeness import Matrix
from index.parity import turned_parity
from index.redline import redline
from index.redline import turned as turned_pieces
from index.substance import substance, turned

_EDITORIAL, _REWORDED = 0.9, 0.45
"""Shares of letters kept, from which on a change is editorial, or a rewording and no rewriting."""
TextFacet = Literal["identical", "editorial", "reworded", "rewritten"]
Label = Literal["added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged"]


def compare(old: Document, new: Document, encoder: Encoder, overrides: Sequence[Override] | None = None) -> Lineage:
    """The lineage of two editions in one language; every leaf of both in exactly one link.

    `overrides`: what a reviewer decided, by default `corpus/lineage-overrides.toml`.
    """
    a, b = leaves(old), leaves(new)
    groups, pairs = align(a, b, old.lang, encoder)
    decided = load_overrides() if overrides is None else overrides
    mine = [one for one in decided if (one.old, one.new) == (old.edition, new.edition) and old.lang in one.langs]
    reviewed = [_decided(groups, one, a, b) for one in mine]
    groups = [group for group in groups if group.old or group.new]
    make = _Links(
        a, b, pairs.similarity, successors([*groups, *reviewed], a, b), Grounds(a, b, old.lang, encoder), old.lang
    )
    links = [make.link(group) for group in groups]
    links += [replace(make.link(group), reviewed=one.note) for group, one in zip(reviewed, mine, strict=True)]
    links.sort(key=lambda link: (not link.old, sort_key((link.old or link.new)[0])))
    return Lineage(old.edition, new.edition, old.lang, tuple(links))


def _decided(groups: Sequence[Group], one: Override, a: Sequence[Leaf], b: Sequence[Leaf]) -> Group:
    """The group that a reviewer decided, its leaves taken out of the others. Raises `UnusableInput` for one that is no leaf."""
    found = Group([], [])
    for paths, side, name, taken in ((one.sources, a, "old", found.old), (one.targets, b, "new", found.new)):
        rows = {leaf.path: row for row, leaf in enumerate(side)}
        for path in paths:
            if path not in rows:
                raise UnusableInput(
                    f"lineage-overrides.toml: {getattr(one, name)} has no leaf clause {path!r}",
                    way_out="correct its path",
                )
            taken.append(rows[path])
        for group in groups:
            rest = [row for row in getattr(group, name) if row not in taken]
            getattr(group, name)[:] = rest
    return found


# --- links


@dataclass(frozen=True)
class _Links:
    """Makes links of groups: `old` and `new` leaves, how alike they are, which parents succeed each other."""

    old: Sequence[Leaf]
    new: Sequence[Leaf]
    similarity: Matrix
    parents: Mapping[str | None, str | None]
    grounds: Grounds
    lang: Lang

    def link(self, group: Group) -> Link:
        """The link of a group, with all that is told of it."""
        old = sorted((self.old[i] for i in group.old), key=lambda leaf: sort_key(leaf.path))
        new = sorted((self.new[j] for j in group.new), key=lambda leaf: sort_key(leaf.path))
        paths = tuple(leaf.path for leaf in old), tuple(leaf.path for leaf in new)
        if not old or not new:
            best = self.similarity[group.old[0]].max() if old else self.similarity[:, group.new[0]].max()
            return Link(*paths, "removed" if old else "added", None, False, False, round(float(1 - best), 4))
        texts = "\n".join(leaf.text for leaf in old), "\n".join(leaf.text for leaf in new)
        headings = "\n".join(leaf.heading for leaf in old), "\n".join(leaf.heading for leaf in new)
        whole = text_facet(*(f"{heading}\n{text}" for heading, text in zip(headings, texts, strict=True)))
        moved = all(self.parents.get(x.parent) != y.parent for x in old for y in new)
        found = substance(old, new, self.lang)
        return Link(
            *paths,
            label=_label(len(old), len(new), whole, moved),
            text=text_facet(*texts),
            moved=moved,
            renumbered=paths[0] != paths[1],
            confidence=round(float(np.mean(self.similarity[np.ix_(group.old, group.new)])), 4),
            redline=redline(*texts, self.lang),
            heading_changed=squeeze(headings[0]) != squeeze(headings[1]),
            substance=tuple(finding.label for finding in found),
            evidence=found,
            terms=self.grounds.terms(old, new),
            sentences=self.grounds.sentences(old, new),
        )


def text_facet(old: str, new: str) -> TextFacet:
    """How far the wording went, white space, punctuation and case aside.

    >>> text_facet("先评估，再上线。", "先评估、再上线"), text_facet("Log all access.", "Train every member of staff.")
    ('identical', 'rewritten')
    """
    x, y = squeeze(old), squeeze(new)
    if x == y:
        return "identical"
    ratio = SequenceMatcher(None, x, y, autojunk=False).ratio()
    return "editorial" if ratio >= _EDITORIAL else "reworded" if ratio >= _REWORDED else "rewritten"


def _label(old: int, new: int, facet: TextFacet, moved: bool) -> Label:
    if old > 1 or new > 1:
        return _many(old, new)
    if facet in ("reworded", "rewritten"):
        return "reworded"
    if moved:
        return "moved"
    return "editorial" if facet == "editorial" else "unchanged"


# --- read backwards


def _turned(link: Link) -> Label:
    """The label of a link read backwards."""
    if link.label in ("split", "merged"):
        return _many(len(link.new), len(link.old))
    return {"added": "removed", "removed": "added"}.get(link.label, link.label)  # type: ignore[return-value]


def _many(old: int, new: int) -> Label:
    """`merged` where there are fewer clauses on the new side, else `split`."""
    return "merged" if new < old else "split"


def between(
    lineages: Mapping[tuple[str, str, Lang], Lineage], old: str, new: str, langs: Iterable[Lang]
) -> Lineage | None:
    """The lineage of two editions by id, in the first of the languages that has it: as computed, or the inverse of it."""
    for lang in langs:
        if (there := lineages.get((old, new, lang))) is not None:
            return there
        if (back := lineages.get((new, old, lang))) is not None:
            return inverse(back)
    return None


def inverse(lineage: Lineage) -> Lineage:
    """The same lineage read from the newer edition to the older."""
    links = tuple(
        replace(
            link,
            old=link.new,
            new=link.old,
            label=_turned(link),
            redline=turned_pieces(link.redline),
            substance=tuple(finding.label for finding in turned(link.evidence)),
            evidence=turned(link.evidence),
            sentences=tuple((new, old) for old, new in link.sentences),
        )
        for link in lineage.links
    )
    return replace(lineage, old=lineage.new, new=lineage.old, links=links, parity=turned_parity(lineage.parity))


def counterparts(lineages: Iterable[Lineage], clauses: Mapping[str, int]) -> dict[int, list[int]]:
    """The clauses that each clause became, or was, in other editions."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for lineage in lineages:
        for link in lineage.links:
            olds = [clauses.get(f"{lineage.old}#{path}", -1) for path in link.old]
            news = [clauses.get(f"{lineage.new}#{path}", -1) for path in link.new]
            for old in olds:
                for new in news:
                    if old >= 0 <= new:
                        found[old].add(new)
                        found[new].add(old)
    return {row: sorted(others) for row, others in found.items()}
