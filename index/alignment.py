"""Aligning the leaves of two editions: which clauses of the one have to do with which of the other.

    similarity of pairs ─> assignment with a null cost ─> pairs undone whose one side another clause explains far better
            ↑                                            ─> clauses left over: to each other, or to a link that holds them
            │                                            ─> links that share a phrase word for word become one
            └─ once more, less between parents that no other link joins ─┘

Similarity is a weighted mean of channels: weighted overlap of index terms (text and heading), heading alone, encoder, place
in the tree. What is left over after the assignment (Kuhn–Munkres) is held against the phrases of the others: a clause that
was taken up in another one often keeps no more than a phrase. Thresholds were tuned on some chapters of the gold
(`eval.lineage.TUNED`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.records import Lang
from corpus.text import squeeze
from index.encoder import Encoder
from index.leaves import Leaf, phrases
from index.likeness import Bags, Matrix, likenesses, term_weights, terms_of

_CHANNELS = {"terms": 0.45, "heading": 0.25, "encoder": 0.15, "place": 0.15}
NULL: dict[Lang, float] = {"zh": 0.36, "en": 0.38}
"""A pair less similar than this is rather one removed and one added clause. English texts share more words by chance."""
WHOLE, BETTER = 0.6, 0.6
"""A pair is released where another clause holds this share of one of its sides, and the pair's other side less than this share
of that: the half of a split clause is not free for a stranger."""
JOIN = 0.42
"""A clause left over joins a link whose other side holds this share of its weighted terms."""
KIN: dict[Lang, float] = {"zh": 0.63, "en": 0.73}
"""It also joins, or makes a pair with another left over, from this sum of similarity and phrase on (`_kinship`)."""
NAMED = 0.8
"""Or that says this share of its heading's weighted terms."""
_PHRASE: dict[Lang, float] = {"zh": 0.5, "en": 0.4}
"""What a phrase counts there; English ones, cut at commas, are alike by chance more often."""
_SAME_PLACE, _BOTH_LEFT = 0.06, 0.05
STRAY = 0.035
"""What a pair loses under parents that no other link joins: one round of smoothing over the tree."""
SHARED = 0.95
"""Phrases this much alike, letter by letter, are the same: the clauses that hold them belong together."""
_LONG: dict[Lang, int] = {"zh": 8, "en": 40}
"""From how many letters on a phrase that two clauses share is no chance."""
_SAME_CHAPTER = 0.45
"""Chapters whose headings are at least this much alike deal with the same subject: risks, measures, guidelines …"""
_OTHER_CHAPTER = 0.6
"""What is left of a similarity across subjects: a risk is not the measure against it."""


@dataclass
class Group:
    """Rows of old and of new leaves that belong together; one side may be empty."""

    old: list[int]
    new: list[int]


@dataclass(frozen=True)
class Pairs:
    """All pairs of old and new leaves, each matrix `(old, new)` float64: `similarity` in [0, 1]; `phrase`, of their likest
    phrases, in [0, 1]; `held_old`, `held_new`: share of the one's terms that the other holds; `same`: whether they share a
    phrase; `named_old`, `named_new`: whether the other says what the one's heading names; `apart`: whether their chapters deal
    with other subjects."""

    similarity: Matrix
    phrase: Matrix
    held_old: Matrix
    held_new: Matrix
    same: NDArray[np.bool_]
    named_old: NDArray[np.bool_]
    named_new: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    places: tuple[Sequence[Leaf], Sequence[Leaf]] = field(repr=False)


def align(old: Sequence[Leaf], new: Sequence[Leaf], lang: Lang, encoder: Encoder) -> tuple[list[Group], Pairs]:
    """Groups that hold every leaf exactly once, and what they rest on."""
    pairs = pairs_of_leaves(old, new, lang, encoder)
    pairs = _smoothed(pairs, _grouped(pairs, lang))
    return _grouped(pairs, lang), pairs


def _grouped(pairs: Pairs, lang: Lang) -> list[Group]:
    return _joined(_released(assign(pairs.similarity, NULL[lang]), pairs), pairs, lang)


def _smoothed(pairs: Pairs, groups: Sequence[Group]) -> Pairs:
    """The pairs, less similar where the old parent's other children went elsewhere, as far as two or more tell."""
    old, new = pairs.places
    links = {(i, j) for group in groups for i in group.old for j in group.new}
    votes = Counter((old[i].parent, new[j].parent) for i, j in links)
    sums: Counter[str | None] = Counter()
    for (parent, _), count in votes.items():
        sums[parent] += count
    stray = np.zeros(pairs.similarity.shape, dtype=bool)
    for i, x in enumerate(old):
        for j, y in enumerate(new):
            own = (i, j) in links
            stray[i, j] = sums[x.parent] - own >= 2 and votes[x.parent, y.parent] == own
    return replace(pairs, similarity=np.maximum(pairs.similarity - STRAY * stray, 0.0))


# --- pairs


def pairs_of_leaves(old: Sequence[Leaf], new: Sequence[Leaf], lang: Lang, encoder: Encoder) -> Pairs:
    """How much every old leaf has to do with every new one."""
    terms, weights = _bags(old, new)
    apart = np.array([[_alike(x.places[0], y.places[0]) < _SAME_CHAPTER for y in new] for x in old])
    shared, named = terms[0].shared(terms[1]), _named((old, new), terms, weights, apart)
    places = np.array([[_place(x, y) for y in new] for x in old])
    dense = np.clip(_encoded(old, encoder) @ _encoded(new, encoder).T, 0.0, 1.0).astype(np.float64)
    heading = np.array([[_alike(x.heading, y.heading) for y in new] for x in old])
    total = (
        _CHANNELS["terms"] * terms[0].dice(terms[1])
        + _CHANNELS["heading"] * heading
        + _CHANNELS["encoder"] * dense
        + _CHANNELS["place"] * places
    )
    bare = np.array([[not (x.heading and y.heading) for y in new] for x in old])
    without = (total - _CHANNELS["heading"] * heading) / (1 - _CHANNELS["heading"])
    similarity = np.where(bare, without, total) * np.where(apart, _OTHER_CHAPTER, 1.0)
    cut = [[phrases(leaf.text, lang) for leaf in side] for side in (old, new)]
    phrase = _likest_phrase(cut, weights, encoder)
    return Pairs(
        similarity,
        phrase,
        shared / np.maximum(terms[0].sums[:, None], 1e-9),
        shared / np.maximum(terms[1].sums[None, :], 1e-9),
        _share_a_phrase(cut, phrase, _LONG[lang]) & ~apart,
        *named,
        apart,
        (old, new),
    )


def _bags(old: Sequence[Leaf], new: Sequence[Leaf]) -> tuple[tuple[Bags, Bags], dict[str, float]]:
    """The index terms of every leaf, heading and text, and their weights over both editions."""
    sides = [[terms_of(f"{leaf.heading}\n{leaf.text}") for leaf in side] for side in (old, new)]
    weights = term_weights([bag for side in sides for bag in side])
    return (Bags(sides[0], weights), Bags(sides[1], weights)), weights


def _named(
    sides: Sequence[Sequence[Leaf]], terms: Sequence[Bags], weights: Mapping[str, float], apart: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """`(old, new)` for either side: whether the other clause has nearly all terms of its heading, as one that was taken up."""
    heads = [Bags([terms_of(leaf.heading) for leaf in side], weights) for side in sides]
    forth = heads[0].shared(terms[1]) / np.maximum(heads[0].sums[:, None], 1e-9)
    back = terms[0].shared(heads[1]) / np.maximum(heads[1].sums[None, :], 1e-9)
    return (forth >= NAMED) & ~apart, (back >= NAMED) & ~apart


def _likest_phrase(cut: Sequence[Sequence[Sequence[str]]], weights: Mapping[str, float], encoder: Encoder) -> Matrix:
    """`(old, new)` in [0, 1]: the greatest likeness of a phrase of the one and a phrase of the other."""
    flat = [[phrase for leaf in side for phrase in leaf] for side in cut]
    likeness = likenesses(flat[0], flat[1], weights, encoder)
    starts = [np.cumsum([0, *(len(leaf) for leaf in side[:-1])]) for side in cut]
    return np.asarray(np.maximum.reduceat(np.maximum.reduceat(likeness, starts[0], axis=0), starts[1], axis=1))


def _share_a_phrase(cut: Sequence[Sequence[Sequence[str]]], phrase: Matrix, long: int) -> NDArray[np.bool_]:
    bare = [[[short for one in leaf if len(short := squeeze(one)) >= long] for leaf in side] for side in cut]
    found = np.zeros(phrase.shape, dtype=bool)
    for i, j in zip(*np.nonzero(phrase >= 0.7), strict=True):
        found[i, j] = any(_same(x, y) for x in bare[0][i] for y in bare[1][j])
    return found


def _same(x: str, y: str) -> bool:
    matcher = SequenceMatcher(None, x, y, autojunk=False)
    return matcher.real_quick_ratio() >= SHARED and matcher.quick_ratio() >= SHARED and matcher.ratio() >= SHARED


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


# --- groups


def assign(similarity: Matrix, null: float) -> list[Group]:
    """One-to-one pairs of the best total similarity; a pair below `null` is left apart."""
    from scipy.optimize import linear_sum_assignment

    n, m = similarity.shape
    cost = np.full((n + m, n + m), 0.0)
    cost[:n, :m] = -(similarity - null)
    rows, columns = linear_sum_assignment(cost)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if i < n and j < m]
    kept = [(i, j) for i, j in pairs if similarity[i, j] >= null]
    groups = [Group([i], [j]) for i, j in kept]
    groups += [Group([i], []) for i in range(n) if i not in {i for i, _ in kept}]
    groups += [Group([], [j]) for j in range(m) if j not in {j for _, j in kept}]
    return groups


def _released(groups: Sequence[Group], pairs: Pairs) -> list[Group]:
    """The groups, pairs undone whose one side is far better explained by another clause: it may be part of that."""
    found = []
    for group in groups:
        if group.old and group.new and _explained(group.old[0], group.new[0], pairs):
            found += [Group(group.old, []), Group([], group.new)]
        else:
            found.append(group)
    return found


def _explained(i: int, j: int, pairs: Pairs) -> bool:
    held_new, held_old = (np.where(pairs.apart, 0.0, held) for held in (pairs.held_new, pairs.held_old))
    for shares, own in ((held_new[:, j], i), (held_old[i, :], j)):
        best = int(shares.argmax())
        if best != own and shares[best] >= WHOLE and shares[own] < BETTER * shares[best]:
            return True
    return False


def successors(groups: Iterable[Group], old: Sequence[Leaf], new: Sequence[Leaf]) -> dict[str | None, str | None]:
    """For each parent of the old edition its successor: of the same headings, else that to which most of its children went."""
    votes: dict[str | None, Counter[str | None]] = defaultdict(Counter)
    for group in groups:
        for i in group.old:
            votes[old[i].parent].update(new[j].parent for j in group.new)
    found = {parent: count.most_common(1)[0][0] for parent, count in votes.items() if count}
    same = {leaf.places: leaf.parent for leaf in reversed(new) if leaf.parent}
    return found | {leaf.parent: same[leaf.places] for leaf in old if leaf.parent and leaf.places in same}


def _kinship(groups: Sequence[Group], pairs: Pairs, lang: Lang) -> Matrix:
    """`(old, new)`: similarity and phrase together, more under parents that succeed each other and where both are left over."""
    old, new = pairs.places
    parents = successors(groups, old, new)
    place = np.array([[parents.get(x.parent) == y.parent and "." in (x.parent or "") for y in new] for x in old])
    left = np.zeros(place.shape, dtype=bool)
    rows = [i for group in groups if not group.new for i in group.old]
    columns = [j for group in groups if not group.old for j in group.new]
    left[np.ix_(rows, columns)] = True
    total = pairs.similarity + _PHRASE[lang] * pairs.phrase + _SAME_PLACE * place + _BOTH_LEFT * left
    return np.asarray(np.where(pairs.apart, 0.0, total))


def _joined(groups: Sequence[Group], pairs: Pairs, lang: Lang) -> list[Group]:
    kin = _kinship(groups, pairs, lang)
    linked = [group for group in groups if group.old and group.new]
    left = [group for group in groups if not (group.old and group.new)]
    linked += _paired(left, kin, KIN[lang])
    rest: list[Group] = []
    alone = [group for group in left if bool(group.old) != bool(group.new)]
    for group, host in [(group, _host(group, linked, pairs, kin, lang)) for group in alone]:
        if host is None:
            rest.append(group)
        else:
            host.old += group.old
            host.new += group.new
    return [*_united(linked, pairs), *rest]


def _paired(left: Sequence[Group], kin: Matrix, bar: float) -> list[Group]:
    """Pairs of clauses that were both left over, the nearest first; each is the nearest that the other has."""
    old = {group.old[0]: group for group in left if group.old}
    new = {group.new[0]: group for group in left if group.new}
    near = sorted(((i, j) for i in old for j in new if kin[i, j] >= bar), key=lambda pair: (-kin[pair], pair))
    found = []
    for i, j in near:
        if i in old and j in new and kin[i, j] >= kin[i].max():
            one, other = old.pop(i), new.pop(j)
            one.new, other.new = other.new, []
            found.append(one)
    return found


def _host(group: Group, linked: Sequence[Group], pairs: Pairs, kin: Matrix, lang: Lang) -> Group | None:
    """The link that a clause left over joins: that makes merged and split."""
    held, named = (pairs.held_old, pairs.named_old) if group.old else (pairs.held_new, pairs.named_new)

    def nearness(host: Group) -> float:
        best = 0.0
        for i in group.old or host.old:
            for j in group.new or host.new:
                if pairs.similarity[i, j] >= 0.8 * NULL[lang] and (held[i, j] >= JOIN or named[i, j]):
                    best = max(best, 1.0 + held[i, j])
                if kin[i, j] >= KIN[lang] or pairs.same[i, j]:
                    best = max(best, kin[i, j])
        return float(best)

    best = max(linked, key=nearness, default=None)
    return best if best is not None and nearness(best) > 0 else None


def _united(linked: Sequence[Group], pairs: Pairs) -> list[Group]:
    """Links of which one's old clause shares a phrase with the other's new one, as one link."""
    groups = list(linked)
    at = 0
    while at < len(groups):
        one = groups[at]
        other = next((two for two in groups if two is not one and _share(one, two, pairs)), None)
        if other is None:
            at += 1
            continue
        one.old += other.old
        one.new += other.new
        groups = [group for group in groups if group is not other]
        at = 0
    return groups


def _share(one: Group, other: Group, pairs: Pairs) -> bool:
    return any(pairs.same[i, j] for i in one.old for j in other.new) or any(
        pairs.same[i, j] for i in other.old for j in one.new
    )


def plain_assignment(old: Sequence[Leaf], new: Sequence[Leaf], null: float = 0.3) -> list[tuple[str, str]]:
    """Pairs of paths by the best total overlap of index terms alone, one to one; a pair below `null` is none."""
    bags, _ = _bags(old, new)
    pairs = [group for group in assign(bags[0].dice(bags[1]), null) if group.old and group.new]
    return [(old[group.old[0]].path, new[group.new[0]].path) for group in pairs]
