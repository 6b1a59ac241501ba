"""How good a lineage is: its links against gold, beside what simpler ways would find.

    gold: {"lang": "zh", "from": ["3.1.1(d)"], "to": ["3.1.1(e)"], "label": "merged", "moved": false}, one bead a line

A *bead* is a set of old clauses and the set of new ones that they became (Bertalign's and Vecalign's term); a *link* is one
old and one new clause of a bead. Added and removed clauses are beads with an empty side: they hold no link and are counted
apart. Every share is in [0, 1], None where there is nothing to count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from corpus.errors import MalformedLine, UnreadableFile, UnusableInput
from corpus.records import LANGS, Document, Lang, Lineage
from corpus.text import squeeze
from eval.sections import Section
from index.alignment import plain_assignment
from index.leaves import Leaf, leaves
from index.retrieve import Retriever

TUNED = ("1", "3", "5", "6")
"""Chapters of the gold that were looked at while the lineage was built; the others are reported apart."""


@dataclass(frozen=True, slots=True)
class Bead:
    """Old clauses and the new ones that they became, with the label shown and whether the parent is another."""

    old: frozenset[str]
    new: frozenset[str]
    label: str = ""
    moved: bool = False

    @property
    def chapter(self) -> str:
        """The chapter it is counted under: that of an old clause, else of a new one."""
        return min(self.old or self.new).partition(".")[0]

    @property
    def links(self) -> set[tuple[str, str]]:
        """Its pairs of old and new clauses."""
        return {(old, new) for old in self.old for new in self.new}


def read_gold(path: Path) -> dict[Lang, list[Bead]]:
    """The beads by language. Raises `MalformedLine` with the number of a line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{str(path)!r} cannot be read: {error}", way_out="name a gold file, eval/gold/…"
        ) from None
    found: dict[Lang, list[Bead]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            lang, bead = _bead(path, number, line)
            found.setdefault(lang, []).append(bead)
    if not found:
        raise UnusableInput(f"{str(path)!r} holds no bead", way_out="name a gold file, eval/gold/…")
    return found


def _bead(path: Path, number: int, line: str) -> tuple[Lang, Bead]:
    try:
        row = json.loads(line)
        lang, old, new = row["lang"], frozenset(row["from"]), frozenset(row["to"])
        bead = Bead(old, new, row["label"], bool(row["moved"]))
        if lang not in LANGS or not (old or new) or not all(isinstance(one, str) for one in old | new):
            raise ValueError("not a bead")
    except (ValueError, KeyError, TypeError):
        raise MalformedLine(
            f"{path}, line {number}: not a bead", way_out='write {"lang", "from", "to", "label", "moved"}'
        ) from None
    return lang, bead


def beads_of(lineage: Lineage) -> list[Bead]:
    """The beads of a lineage."""
    return [Bead(frozenset(link.old), frozenset(link.new), link.label, link.moved) for link in lineage.links]


def measured(gold: Sequence[Bead], found: Sequence[Bead]) -> dict[str, float | None]:
    """The measures of a lineage; `found` without labels leaves those of labels None.

    `link_*`: of pairs. `bead_*`: of beads with both sides, exactly as in the gold; `bead_lax_F1`: one that shares a clause
    with one of the gold on both sides counts. `added_*`, `removed_*`: of clauses with no counterpart. `label_accuracy`: of
    gold beads found exactly; `label_joint`: of all gold beads, bead and label. `moved_reworded_recall`: links of reworded
    clauses under another parent.
    """
    links = [set().union(*(bead.links for bead in beads)) for beads in (gold, found)]
    both = [{(bead.old, bead.new) for bead in beads if bead.old and bead.new} for beads in (gold, found)]
    label = {(bead.old, bead.new): bead.label for bead in found}
    exact = [bead for bead in gold if (bead.old, bead.new) in label]
    right = [bead for bead in exact if label[bead.old, bead.new] == bead.label]
    hard = set().union(*(bead.links for bead in gold if bead.moved and bead.label == "reworded"))
    lax = [_touching(both[1], both[0]), _touching(both[0], both[1])]
    labelled = any(bead.label for bead in found)
    return {
        **_prf("link", *links),
        **_prf("bead", *both),
        "bead_lax_F1": _harmonic(_share(lax[0], len(both[1])), _share(lax[1], len(both[0]))),
        **_prf("added", *(_single(beads, "new") for beads in (gold, found))),
        **_prf("removed", *(_single(beads, "old") for beads in (gold, found))),
        "label_accuracy": _share(len(right), len(exact)) if labelled else None,
        "label_joint": _share(len(right), len(gold)) if labelled else None,
        "moved_reworded_recall": _share(len(hard & links[1]), len(hard)),
    }


def of_chapters(beads: Iterable[Bead], tuned: bool) -> list[Bead]:
    """The beads of the chapters that were looked at, or of the others."""
    return [bead for bead in beads if (bead.chapter in TUNED) is tuned]


def _single(beads: Iterable[Bead], side: str) -> set[str]:
    other = "old" if side == "new" else "new"
    return {path for bead in beads if not getattr(bead, other) for path in getattr(bead, side)}


def _touching(one: Iterable[tuple[frozenset[str], frozenset[str]]], other: Sequence[Any] | set[Any]) -> int:
    return sum(any(old & x and new & y for x, y in other) for old, new in one)


def _prf(name: str, gold: set[Any], found: set[Any]) -> dict[str, float | None]:
    precision, recall = _share(len(gold & found), len(found)), _share(len(gold & found), len(gold))
    return {f"{name}_P": precision, f"{name}_R": recall, f"{name}_F1": _harmonic(precision, recall)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _harmonic(x: float | None, y: float | None) -> float | None:
    if x is None or y is None:
        return None
    return round(2 * x * y / (x + y), 4) if x + y else 0.0


def against(gold: Mapping[Lang, Sequence[Bead]], retriever: Retriever, old: str, new: str) -> dict[str, Any]:
    """`{"old", "new", "languages": {lang: {"ours": {"all", "tuned", "rest"}, baseline: {"all"}}}, "zh_en_agreement"}`.

    Raises `UnusableInput` where no language of the gold has both texts, or the gold names a clause that they do not have.
    """
    languages: dict[str, Any] = {}
    for lang, beads in gold.items():
        lineage = retriever.lineages.get((old, new, lang))
        texts = retriever.document(old, lang), retriever.document(new, lang)
        if lineage is None or texts[0] is None or texts[1] is None:
            continue
        _check(beads, texts[0], texts[1])
        found = beads_of(lineage)
        parts = {"all": measured(beads, found)}
        for name, tuned in (("tuned", True), ("rest", False)):
            parts[name] = measured(of_chapters(beads, tuned), of_chapters(found, tuned))
        simpler = {name: {"all": measured(beads, way(texts[0], texts[1]))} for name, way in BASELINES.items()}
        languages[lang] = {"ours": parts, **simpler}
    if not languages:
        raise UnusableInput(f"{old} and {new} have no lineage here", way_out="add both texts, then: tiaowen build")
    agree = next(
        (one.parity.get("agree") for one in retriever.lineages.values() if (one.old, one.new) == (old, new)), None
    )
    return {"old": old, "new": new, "languages": languages, "zh_en_agreement": agree}


def _check(beads: Sequence[Bead], old: Document, new: Document) -> None:
    for document, side in ((old, "old"), (new, "new")):
        wanted = {path for bead in beads for path in getattr(bead, side)}
        if missing := sorted(wanted - _paths(leaves(document))):
            raise UnusableInput(
                f"{document.id} has no leaf {missing[0]}", way_out="correct the gold, or name its editions"
            )


SHOWN = (
    "link_P",
    "link_R",
    "link_F1",
    "bead_F1",
    "bead_lax_F1",
    "added_F1",
    "removed_F1",
    "label_accuracy",
    "label_joint",
)


def table(found: Mapping[str, Any]) -> str:
    """The measures for a terminal, a row per language, way and part."""
    lines = [f"{'':24}" + "".join(f"{name:>15}" for name in SHOWN)]
    for lang, ways in found["languages"].items():
        for way, parts in ways.items():
            for part, values in parts.items():
                lines.append(_line(lang, way, part, values))
    for lang, rates in found.get("metamorphic", {}).items():
        for rate, ways in rates.items():
            for way, values in ways.items():
                lines.append(_line(lang, way, f"{rate:.0%}", values))
    agree = found["zh_en_agreement"]
    return "\n".join([*lines, f"zh–en agreement: {'–' if agree is None else f'{agree:.3f}'}"])


def _line(lang: str, way: str, part: str, values: Mapping[str, float | None]) -> str:
    cells = ["–" if values[name] is None else f"{values[name]:.3f}" for name in SHOWN]
    return f"{lang:3}{way:14}{part:7}" + "".join(f"{cell:>15}" for cell in cells)


def section(found: Mapping[str, Any]) -> Section:
    """The measures as a table of a report."""
    rows = tuple(
        (f"{lang} {way} {part}", *("–" if values[name] is None else f"{values[name]:.3f}" for name in SHOWN))
        for lang, ways in found["languages"].items()
        for way, parts in ways.items()
        for part, values in parts.items()
    )
    agree = found["zh_en_agreement"]
    said = "–" if agree is None else f"{agree:.3f}"
    return Section(
        "lineage",
        {"zh": f"沿革 {found['old']} → {found['new']}", "en": f"Lineage {found['old']} → {found['new']}"},
        {"zh": f"中英沿革一致率 {said}", "en": f"Chinese and English lineages agree: {said}"},
        ("", *SHOWN),
        rows,
    )


# --- simpler ways


def by_number(old: Document, new: Document) -> list[Bead]:
    """Clauses of one number taken for the same."""
    paths = [_paths(leaves(document)) for document in (old, new)]
    return _completed([(path, path) for path in paths[0] & paths[1]], paths)


def by_difflib(old: Document, new: Document) -> list[Bead]:
    """`difflib` over the list of clauses: equal runs, and replaced runs paired in order."""
    sides = leaves(old), leaves(new)
    one, other = ([squeeze(leaf.text) for leaf in side] for side in sides)
    pairs = []
    for tag, i, i2, j, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag in ("equal", "replace"):
            pairs += [(x.path, y.path) for x, y in zip(sides[0][i:i2], sides[1][j:j2], strict=False)]
    return _completed(pairs, [_paths(side) for side in sides])


def by_assignment(old: Document, new: Document) -> list[Bead]:
    """The assignment of the greatest overlap of words, one to one."""
    sides = leaves(old), leaves(new)
    return _completed(plain_assignment(*sides), [_paths(side) for side in sides])


BASELINES = {"by number": by_number, "difflib": by_difflib, "assignment": by_assignment}


def _paths(side: Iterable[Leaf]) -> set[str]:
    return {leaf.path for leaf in side}


def _completed(pairs: Sequence[tuple[str, str]], paths: Sequence[set[str]]) -> list[Bead]:
    found = [Bead(frozenset({old}), frozenset({new})) for old, new in pairs]
    found += [Bead(frozenset({path}), frozenset()) for path in sorted(paths[0] - {old for old, _ in pairs})]
    return found + [Bead(frozenset(), frozenset({path})) for path in sorted(paths[1] - {new for _, new in pairs})]
