"""Lineage: what became of every clause of one edition in another, by content, never by number.

Similarity of two leaves is a weighted mean of channels: weighted overlap of index terms (text and heading), heading
alone, encoder, place in the tree. An assignment with a null cost (Kuhn–Munkres) gives the one-to-one links; a residual
pass then lets a clause left over join the link that contains it (split, merged). The rest are added and removed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.ids import sort_key
from corpus.records import Clause, Document, Lang, Lineage, Link
from corpus.text import squeeze, tokens
from index.encoder import Encoder
from index.redline import redline

_WHOLE = ("A1", "A2", "A3", "preface")
_OUTSIDE = ("T", "ack", "notice")
_CHANNELS = {"terms": 0.45, "heading": 0.25, "encoder": 0.15, "place": 0.15}
NULL: dict[Lang, float] = {"zh": 0.36, "en": 0.42}
"""A pair less similar than this is rather one removed and one added clause. English texts share more words by chance."""
JOIN = 0.42
"""A clause left over joins a link whose other side holds this share of its weighted terms."""
_SAME_CHAPTER = 0.45
"""Chapters whose headings are at least this much alike deal with the same subject: risks, measures, guidelines …"""
_OTHER_CHAPTER = 0.6
"""What is left of a similarity across subjects: a risk is not the measure against it."""
_EDITORIAL, _REWORDED = 0.93, 0.45

Matrix = NDArray[np.float64]
TextFacet = Literal["identical", "editorial", "reworded", "rewritten"]
Label = Literal["added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged"]


@dataclass(frozen=True)
class Leaf:
    """A unit of the lineage: a clause without children, or a whole appendix."""

    path: str
    parent: str | None
    heading: str
    text: str
    places: tuple[str, ...]


def leaves(document: Document) -> list[Leaf]:
    """Clauses without children, with preface, A1, A2, A3 each as a whole, and without table, thanks and notice."""
    found = []
    for clause in document.clauses:
        top = clause.path.split(".")[0]
        if top in _OUTSIDE or (top in _WHOLE and clause.path != top):
            continue
        if clause.path in _WHOLE or not document.children(clause.path):
            found.append(_leaf(document, clause))
    return found


def _leaf(document: Document, clause: Clause) -> Leaf:
    below = list(document.below(clause.path)) if clause.path in _WHOLE else []
    text = "\n".join([clause.text, *(f"{c.heading} {c.text}" for c in below)]).strip()
    above = tuple(a.heading for a in document.ancestors(clause))
    places = above or (clause.path if clause.kind == "preface" else clause.heading,)
    return Leaf(clause.path, clause.parent, clause.heading, text, places)


def compare(old: Document, new: Document, encoder: Encoder) -> Lineage:
    """The lineage of two editions in one language; every leaf of both in exactly one link."""
    a, b = leaves(old), leaves(new)
    weights = _weights([*a, *b])
    bags = [_bag(leaf, weights) for leaf in a], [_bag(leaf, weights) for leaf in b]
    similarity = _similarity(a, b, bags, encoder)
    null = NULL[old.lang]
    groups = _join_left_over(_assign(similarity, null), bags, similarity - 0.8 * null)
    parents = _linked_parents(groups, a, b)
    links = [_link(group, a, b, similarity, parents, old.lang) for group in groups]
    links.sort(key=lambda link: (not link.old, sort_key((link.old or link.new)[0])))
    return Lineage(old.edition, new.edition, old.lang, tuple(links))


# --- similarity


def _weights(all_leaves: Sequence[Leaf]) -> dict[str, float]:
    """Inverse document frequency of the index terms over both editions."""
    counts = Counter(token for leaf in all_leaves for token in set(_terms(leaf)))
    return {token: math.log(1 + len(all_leaves) / count) for token, count in counts.items()}


def _terms(leaf: Leaf) -> list[str]:
    """Bigrams and words; single Han characters say too little here."""
    return [token for token in tokens(f"{leaf.heading}\n{leaf.text}") if len(token) > 1]


def _bag(leaf: Leaf, weights: Mapping[str, float]) -> dict[str, float]:
    return {token: weights[token] for token in _terms(leaf)}


def _overlap(x: Mapping[str, float], y: Mapping[str, float]) -> float:
    """Weighted Dice coefficient of two bags."""
    shared = sum(weight for token, weight in x.items() if token in y)
    total = sum(x.values()) + sum(y.values())
    return 2 * shared / total if total else 0.0


def _held(x: Mapping[str, float], y: Mapping[str, float]) -> float:
    """Share of the weight of `x` that `y` holds."""
    total = sum(x.values())
    return sum(weight for token, weight in x.items() if token in y) / total if total else 0.0


def _similarity(
    a: Sequence[Leaf], b: Sequence[Leaf], bags: tuple[list[dict[str, float]], list[dict[str, float]]], encoder: Encoder
) -> Matrix:
    """`(len(a), len(b))` float64 in [0, 1]."""
    dense = np.clip(_encoded(a, encoder) @ _encoded(b, encoder).T, 0.0, 1.0).astype(np.float64)
    channels = {
        "terms": np.array([[_overlap(x, y) for y in bags[1]] for x in bags[0]]),
        "heading": np.array([[_alike(x.heading, y.heading) for y in b] for x in a]),
        "encoder": dense,
        "place": np.array([[_place(x, y) for y in b] for x in a]),
    }
    total = np.asarray(sum(weight * channels[name] for name, weight in _CHANNELS.items()))
    bare = np.array([[not (x.heading and y.heading) for y in b] for x in a])
    without = (total - _CHANNELS["heading"] * channels["heading"]) / (1 - _CHANNELS["heading"])
    apart = np.array([[_alike(x.places[0], y.places[0]) < _SAME_CHAPTER for y in b] for x in a])
    return np.where(bare, without, total) * np.where(apart, _OTHER_CHAPTER, 1.0)


def _encoded(found: Sequence[Leaf], encoder: Encoder) -> NDArray[np.float32]:
    return encoder.encode([f"{leaf.heading}\n{leaf.text}" for leaf in found], kind="passage")


@lru_cache(maxsize=65536)
def _alike(x: str, y: str) -> float:
    """Likeness of two headings; the same few hundred are compared many thousand times."""
    return SequenceMatcher(None, _squeezed(x), _squeezed(y), autojunk=False).ratio() if x and y else 0.0


@lru_cache(maxsize=4096)
def _squeezed(heading: str) -> str:
    return squeeze(heading)


def _place(x: Leaf, y: Leaf) -> float:
    """Likeness of the headings above, the nearest counting most."""
    pairs = zip(reversed(x.places), reversed(y.places), strict=False)
    scored = [(2.0**-i, _alike(p, q)) for i, (p, q) in enumerate(pairs)]
    total = sum(weight for weight, _ in scored)
    return sum(weight * value for weight, value in scored) / total if total else 0.0


# --- links


@dataclass
class _Group:
    old: list[int]
    new: list[int]


def _assign(similarity: Matrix, null: float) -> list[_Group]:
    """One-to-one pairs of the best total similarity; a pair below `null` is left apart."""
    from scipy.optimize import linear_sum_assignment

    n, m = similarity.shape
    cost = np.full((n + m, n + m), 0.0)
    cost[:n, :m] = -(similarity - null)
    rows, columns = linear_sum_assignment(cost)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if i < n and j < m]
    kept = [(i, j) for i, j in pairs if similarity[i, j] >= null]
    groups = [_Group([i], [j]) for i, j in kept]
    groups += [_Group([i], []) for i in range(n) if i not in {i for i, _ in kept}]
    groups += [_Group([], [j]) for j in range(m) if j not in {j for _, j in kept}]
    return groups


def _join_left_over(
    groups: list[_Group], bags: tuple[list[dict[str, float]], list[dict[str, float]]], nearness: Matrix
) -> list[_Group]:
    """Let a clause that was left over join the link whose other side holds it: that makes merged and split.

    `nearness`: similarity less the bar below which two clauses have nothing to do with each other.
    """
    linked = [group for group in groups if group.old and group.new]
    rest = []
    for group in groups:
        if group.old and group.new:
            continue
        host = _host(group, linked, bags, nearness)
        if host is None:
            rest.append(group)
        else:
            host.old += group.old
            host.new += group.new
    return [*linked, *rest]


def _host(
    group: _Group,
    linked: Sequence[_Group],
    bags: tuple[list[dict[str, float]], list[dict[str, float]]],
    similarity: Matrix,
) -> _Group | None:
    from_old = bool(group.old)
    own = bags[0][group.old[0]] if from_old else bags[1][group.new[0]]

    def held(candidate: _Group) -> float:
        others = [bags[1][j] for j in candidate.new] if from_old else [bags[0][i] for i in candidate.old]
        pairs = [similarity[i, j] for i in (group.old or candidate.old) for j in (group.new or candidate.new)]
        return max(_held(own, other) for other in others) if max(pairs) >= 0 else 0.0

    best = max(linked, key=held, default=None)
    return best if best is not None and held(best) >= JOIN else None


def _linked_parents(groups: Iterable[_Group], a: Sequence[Leaf], b: Sequence[Leaf]) -> dict[str | None, str | None]:
    """For each parent of the old edition the new parent to which most of its children went."""
    votes: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for group in groups:
        for i in group.old:
            votes[a[i].parent].update(b[j].parent for j in group.new)
    return {parent: count.most_common(1)[0][0] for parent, count in votes.items() if count}


def _link(
    group: _Group,
    a: Sequence[Leaf],
    b: Sequence[Leaf],
    similarity: Matrix,
    parents: Mapping[str | None, str | None],
    lang: Lang,
) -> Link:
    old = sorted((a[i] for i in group.old), key=lambda leaf: sort_key(leaf.path))
    new = sorted((b[j] for j in group.new), key=lambda leaf: sort_key(leaf.path))
    paths = tuple(leaf.path for leaf in old), tuple(leaf.path for leaf in new)
    if not old or not new:
        best = similarity[group.old[0]].max() if old else similarity[:, group.new[0]].max()
        return Link(*paths, "removed" if old else "added", None, False, False, round(float(1 - best), 4))
    texts = "\n".join(leaf.text for leaf in old), "\n".join(leaf.text for leaf in new)
    facet = text_facet(*texts)
    moved = all(parents.get(x.parent) != y.parent for x in old for y in new)
    confidence = round(float(np.mean([similarity[i, j] for i in group.old for j in group.new])), 4)
    return Link(
        *paths,
        label=_label(len(old), len(new), facet, moved),
        text=facet,
        moved=moved,
        renumbered=paths[0] != paths[1],
        confidence=confidence,
        redline=redline(*texts, lang),
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


# --- the two languages against each other


def pairs_of(lineage: Lineage) -> set[tuple[str, str]]:
    """Every (old, new) pair of paths that a link joins; `""` for the empty side."""
    return {(i, j) for link in lineage.links for i in (link.old or ("",)) for j in (link.new or ("",))}


def with_parity(lineages: Sequence[Lineage]) -> list[Lineage]:
    """The Chinese and the English lineage of one pair of editions, each with how far they agree."""
    if len(lineages) < 2:
        return [replace(lineage, parity={"agree": None, "disagree": []}) for lineage in lineages]
    zh, en = (pairs_of(lineage) for lineage in lineages)
    disagree = sorted(zh ^ en)
    agree = round(len(zh & en) / len(zh | en), 4)
    rows = [{"from": i or None, "to": j or None, "in": "zh" if (i, j) in zh else "en"} for i, j in disagree]
    return [replace(lineage, parity={"agree": agree, "disagree": rows}) for lineage in lineages]


def _turned(link: Link) -> Label:
    """The label of a link read backwards."""
    if link.label in ("split", "merged"):
        return _many(len(link.new), len(link.old))
    return {"added": "removed", "removed": "added"}.get(link.label, link.label)  # type: ignore[return-value]


def _many(old: int, new: int) -> Label:
    """`merged` where there are fewer clauses on the new side, else `split`."""
    return "merged" if new < old else "split"


def inverse(lineage: Lineage) -> Lineage:
    """The same lineage read from the newer edition to the older."""
    links = tuple(
        replace(
            link,
            old=link.new,
            new=link.old,
            label=_turned(link),
            redline=tuple(({"-": "+", "+": "-"}.get(op, op), text) for op, text in link.redline),
        )
        for link in lineage.links
    )
    rows = [{**row, "from": row["to"], "to": row["from"]} for row in lineage.parity.get("disagree", [])]
    return replace(lineage, old=lineage.new, new=lineage.old, links=links, parity={**lineage.parity, "disagree": rows})
