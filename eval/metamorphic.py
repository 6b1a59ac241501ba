"""Known edits of an edition, so that the right lineage is known without gold, and how well ours finds it.

    edition ─> a fate for every leaf ─> a new edition, renumbered ─> compare ─> measured against the beads made
                                     └> the beads made

Gold is scarce, and the lineage was tuned on some of it. Here the truth is had by construction, as often as wanted, and shows
which edit is missed at which rate of rewording (Chen et al., "Metamorphic Testing", ACM Computing Surveys 51(1), 2018).

Leaves keep their order; removed, moved and added ones shift the numbers of the others. Table, thanks and notice are left
out, since they are no leaves. A whole appendix becomes one clause. What stands at the top is reworded, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from statistics import mean
from typing import Literal

from corpus.ids import parent_path
from corpus.records import Clause, Document, Lang, Span
from eval.lineage import BASELINES, Bead, beads_of, measured
from index.encoder import Encoder
from index.leaves import Leaf, leaves
from index.lineage import compare, text_facet

EDITION = "aisgf@2.0"
"""What an edited edition is called, whatever it was made of."""
Fate = Literal["stays", "moved", "merged", "taken", "split", "removed"]
SHARES: dict[Fate, float] = {"moved": 0.15, "merged": 0.08, "split": 0.08, "removed": 0.12}
"""So many of all leaves draw another fate than to stay; one that is merged takes the next leaf with it."""
ADDED, AS_IT_WAS = 0.25, 6
"""New leaves for each old one; of the leaves that stay or move, one in so many keeps its wording."""
Measures = dict[str, float | None]
_UNIT = {"zh": re.compile(r"([\u4e00-\u9fff]{1,2}|[A-Za-z0-9]+)"), "en": re.compile(r"(\w+(?:['’-]\w+)*)")}
_BETWEEN = {"zh": "", "en": " "}
_ENDS = re.compile(r"[。；！？]|[.;!?](?=\s)"), re.compile(r"，|,(?=\s)")
_SHORTEST_PART = {"zh": 15, "en": 40}
"""Characters that either part of a split clause has at least."""


@dataclass(eq=False)
class _Made:
    """A clause of the new edition, with kind and number like those of `form`. A leaf has the old ones it was made of."""

    form: Clause
    heading: str
    text: str
    made_of: tuple[Leaf, ...] = ()
    moved: bool = False
    path: str = ""


Places = dict[str | None, list[_Made]]
"""What stands below each old clause that holds leaves, at any depth, and below None."""


def metamorphic(
    document: Document, encoder: Encoder, rates: Sequence[float] = (0.1, 0.3, 0.5), seeds: Sequence[int] = (1, 2, 3)
) -> dict[float, dict[str, Measures]]:
    """By rate and way (`ours`, and the simpler ones) the mean over the seeds of every measure of `eval.lineage.measured`.

    `metamorphic(document, encoder)[0.3]["ours"]["link_F1"]` is in [0, 1]; None where no seed had anything to count.
    """
    ways = {"ours": lambda old, new: beads_of(compare(old, new, encoder)), **BASELINES}
    found = {}
    for rate in rates:
        made = [edited(document, rate, seed) for seed in seeds]
        rows = {name: [measured(true, way(document, new)) for new, true in made] for name, way in ways.items()}
        found[rate] = {name: _means(measures) for name, measures in rows.items()}
    return found


def _means(rows: Sequence[Measures]) -> Measures:
    counted = {name: [value for row in rows if (value := row[name]) is not None] for name in rows[0]}
    return {name: round(mean(values), 4) if values else None for name, values in counted.items()}


def edited(document: Document, rate: float, seed: int) -> tuple[Document, list[Bead]]:
    """A new edition made of this one, and the beads that join the two; the same for the same seed.

    `rate`, in [0, 1]: share of the words (in Chinese: of two characters) that are replaced, deleted or given a neighbour.
    A seed gives every leaf the same fate at every rate.
    """
    rng, old, lang = Random(seed), leaves(document), document.lang
    fates = _fates(old, lang, rng)
    places = _placed(document, old, fates, rng)
    made = [one for below in places.values() for one in below if one.form.path not in places]
    free = [one for one in made if [fates[leaf.path] for leaf in one.made_of] in (["stays"], ["moved"])]
    for one in rng.sample(free, len(free) - round(len(free) / AS_IT_WAS)):
        others = _units([leaf for leaf in old if leaf not in one.made_of], lang)
        heading, _, text = reworded(f"{one.heading}\n{one.text}", rate, lang, others, rng).partition("\n")
        one.heading, one.text = heading.strip(), text.strip()
    return _written(document, places), _beads(old, made)


def _fates(old: Sequence[Leaf], lang: Lang, rng: Random) -> dict[str, Fate]:
    """One for each leaf, by its path. No parent loses all its leaves, or it would become one itself."""
    following = {x.path: y.path for x, y in pairwise(old) if x.parent == y.parent}
    parents = Counter(chapter for chapter, _ in {(leaf.places[0], leaf.parent) for leaf in old})
    left = Counter(leaf.parent for leaf in old)
    fates: dict[str, Fate] = {}

    may: dict[Fate, Callable[[Leaf], bool]] = {
        "moved": lambda leaf: left[leaf.parent] > 1 and parents[leaf.places[0]] > 1,
        "merged": lambda leaf: following.get(leaf.path, leaf.path) not in {leaf.path, *fates},
        "split": lambda leaf: _parts(leaf.text, lang) is not None,
        "removed": lambda leaf: left[leaf.parent] > 1,
    }
    for fate, share in SHARES.items():
        wanted = round(share * len(old))
        for leaf in rng.sample(old, len(old)):
            if wanted and leaf.parent and leaf.path not in fates and may[fate](leaf):
                wanted -= 1
                fates[leaf.path] = fate
                left[leaf.parent] -= fate in ("moved", "removed")
                if fate == "merged":
                    fates[following[leaf.path]] = "taken"
    return {leaf.path: fates.get(leaf.path, "stays") for leaf in old}


def _parts(text: str, lang: Lang) -> tuple[str, str] | None:
    """The text in two, at the sentence end, else the clause end, that is nearest to its middle; None if it is too short.

    >>> _parts("定期评估全部安全风险并公布其结果，及时修复。妥善留存半年以上的全部运行日志。", "zh")
    ('定期评估全部安全风险并公布其结果，及时修复。', '妥善留存半年以上的全部运行日志。')
    """
    for end in _ENDS:
        parts = [(text[: cut.end()].strip(), text[cut.end() :].strip()) for cut in end.finditer(text)]
        long = [pair for pair in parts if min(map(len, pair)) >= _SHORTEST_PART[lang]]
        if long:
            return min(long, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return None


def reworded(text: str, rate: float, lang: Lang, others: Sequence[str], rng: Random) -> str:
    """The text with that share of its words, rounded, replaced by one of `others`, deleted, or followed by one.

    >>> reworded("留存日志，定期审计。", 0.5, "zh", ["评估"], Random(3))
    '留存，定期评估审计。'
    """
    pieces = _UNIT[lang].split(text)
    at = range(1, len(pieces), 2)
    for i in rng.sample(at, round(rate * len(at))):
        other = rng.choice(others)
        pieces[i] = rng.choice((other, "", f"{pieces[i]}{_BETWEEN[lang]}{other}"))
    return re.sub(r" +(?=[ ,.;:\n])", "", "".join(pieces))


def _units(side: Sequence[Leaf], lang: Lang) -> list[str]:
    """The words of the texts, `['留存', '日志']`; a single Han character left over is none."""
    found = [unit for leaf in side for unit in _UNIT[lang].split(leaf.text)[1::2]]
    return [unit for unit in found if lang == "en" or len(unit) > 1]


def _placed(document: Document, old: Sequence[Leaf], fates: Mapping[str, Fate], rng: Random) -> Places:
    """Every leaf of the new edition below its parent, in order, those that move or are new at any place."""
    holding = {above.path for leaf in old for above in document.ancestors(document.by_path[leaf.path])}
    leaf_at, next_of = {leaf.path: leaf for leaf in old}, {x.path: y for x, y in pairwise(old)}
    places: Places = {parent: [] for parent in [None, *(c.path for c in document.clauses if c.path in holding)]}
    for clause in document.clauses:
        if clause.path in holding:
            places[clause.parent].append(_Made(clause, clause.heading, clause.text))
        elif leaf := leaf_at.get(clause.path):
            places[leaf.parent] += _made(clause, leaf, next_of.get(leaf.path), fates[leaf.path], document.lang)

    def put(heading: str, text: str, beside: Leaf, made_of: tuple[Leaf, ...] = ()) -> None:
        below = places[beside.parent]
        made = _Made(document.by_path[beside.path], heading, text, made_of, moved=bool(made_of))
        below.insert(rng.randint(0, len(below)), made)

    for one in (leaf for leaf in old if fates[leaf.path] == "moved"):
        beside = rng.choice([leaf for leaf in old if leaf.places[0] == one.places[0] and leaf.parent != one.parent])
        put(one.heading, one.text, beside, (one,))
    for model in rng.sample([leaf for leaf in old if leaf.parent], round(ADDED * len(old))):
        pieces = _UNIT[document.lang].split(f"{model.heading}\n{model.text}")
        words = _units([leaf for leaf in old if leaf is not model], document.lang)
        pieces[1::2] = rng.sample(words, len(pieces) // 2)
        heading, _, text = "".join(pieces).partition("\n")
        put(heading, text, model)
    return places


def _made(form: Clause, leaf: Leaf, following: Leaf | None, fate: Fate, lang: Lang) -> list[_Made]:
    """What a leaf becomes where it stood; the second part of a split one is headed by its first words."""
    if fate == "split" and (parts := _parts(leaf.text, lang)):
        heading = _BETWEEN[lang].join(_UNIT[lang].split(parts[1])[1:9:2]) if leaf.heading else ""
        return [_Made(form, leaf.heading, parts[0], (leaf,)), _Made(form, heading, parts[1], (leaf,))]
    if fate == "merged" and following:
        heading = {"zh": "、", "en": "; "}[lang].join(filter(None, (leaf.heading, following.heading)))
        return [_Made(form, heading, f"{leaf.text}{_BETWEEN[lang]}{following.text}", (leaf, following))]
    return [_Made(form, leaf.heading, leaf.text, (leaf,))] if fate == "stays" else []


def _written(document: Document, places: Places) -> Document:
    """The new edition: its text anew, clause by clause."""
    text, clauses, name = "", [], f"{EDITION}/{document.lang}"
    for made, number in _numbered(places, document.lang):
        start = len(text)
        text += f"\n\n{number} {made.heading}".rstrip(" ") + "\n"
        spans = Span(start, len(text)), Span(len(text), len(text) + len(made.text))
        text += made.text
        place = f"{name}#{made.path}", made.path, parent_path(made.path)
        clauses.append(Clause(*place, made.form.kind, number, made.heading, *spans, made.text))
    return replace(
        document, id=name, edition=EDITION, status="supplied", reading="text", text=text, clauses=tuple(clauses),
        pages=(), url=None, raw_sha256=None, reader="metamorphic/1", note="",
    )  # fmt: skip


def _numbered(places: Places, lang: Lang, old: str | None = None, new: str = "") -> Iterator[tuple[_Made, str]]:
    """Every clause below an old one, now `new`, in text order, with the number printed; told its path."""
    count: Counter[str] = Counter()
    for made in places[old]:
        count[made.form.kind] += 1
        n, letter = count[made.form.kind], chr(ord("a") + count[made.form.kind] - 1)
        made.path, number = made.form.path, made.form.number
        if made.form.kind == "item":
            made.path, number = f"{new}({letter})", {"zh": f"（{letter}）", "en": f"({letter})"}[lang]
        elif new or made.form.kind == "chapter":
            made.path, number = (f"{new}.{n}",) * 2 if new else (str(n), f"{n}.")
        yield made, number
        if made.form.path in places:
            yield from _numbered(places, lang, made.form.path, made.path)


def _beads(old: Sequence[Leaf], made: Sequence[_Made]) -> list[Bead]:
    """The beads, labelled as `index.lineage` labels them: by the letters kept of heading and text."""
    by_origin: dict[frozenset[str], list[_Made]] = defaultdict(list)
    for one in made:
        by_origin[frozenset(leaf.path for leaf in one.made_of)].append(one)
    none: frozenset[str] = frozenset()
    beads = [Bead(none, frozenset({one.path}), "added") for one in by_origin.pop(none, [])]
    for origin, ones in by_origin.items():
        beads.append(Bead(origin, frozenset(one.path for one in ones), _label(ones), ones[0].moved))
    gone = {leaf.path for leaf in old}.difference(*by_origin)
    return beads + [Bead(frozenset({path}), none, "removed") for path in sorted(gone)]


def _label(ones: Sequence[_Made]) -> str:
    made, was = ones[0], ones[0].made_of
    if len(ones) > 1 or len(was) > 1:
        return "split" if len(ones) > 1 else "merged"
    facet = text_facet(f"{was[0].heading}\n{was[0].text}", f"{made.heading}\n{made.text}")
    kept = {"identical": "unchanged", "editorial": "editorial"}.get(facet, "reworded")
    return "moved" if made.moved and kept != "reworded" else kept
