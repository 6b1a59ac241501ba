"""Substance: what changed between the two sides of a lineage link, by rules, each finding with the words that fired it.

    leaves old, new ─ duties, actors, objects, numbers, items, definitions, references ─> Finding(label, old, new)

A rule stays silent where it cannot tell. Swapping the sides swaps added and removed, stronger and weaker. What the rules
look for stands in `corpus/substance.toml` and in the glossary.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files
from typing import Any

from corpus.glossary import load_glossary
from corpus.records import Finding, Lang
from corpus.text import HAN, fold, squeeze, stem
from index.leaves import Leaf
from index.numbers import find_paths
from index.redline import redline

OBLIGATION_STRONGER, OBLIGATION_WEAKER = "obligation_stronger", "obligation_weaker"
"""The strongest modal word is another one of the ladder; a duty that became a bare imperative is neither."""
ACTOR_ADDED, ACTOR_REMOVED = "actor_added", "actor_removed"
"""A party that the other side and the headings above it do not name."""
OBJECT_ADDED, OBJECT_REMOVED = "object_added", "object_removed"
"""Concepts of the glossary that the other side has in no form, the rarest ones."""
NUMBER_CHANGED = "number_changed"
"""Numbers, durations, dates, shares, grades that one side alone has."""
ITEM_ADDED, ITEM_REMOVED = "item_added", "item_removed"
"""Members of an enumeration of three or more, of which at least half stand on both sides."""
DEFINITION_CHANGED = "definition_changed"
"""What a term is said to be, where both sides say it."""
REFERENCE_CHANGED = "reference_changed"
"""Chapters, clauses, appendices, documents and standards that one side alone names."""
_RARE, _COMMON = 4, 12
"""At most so many objects either way; a concept of more paragraphs of the bundled corpus says too little."""
_DUTY: Mapping[Lang, int] = {"zh": 2, "en": 1}
"""The rung from which on a word states a duty."""
_LINKS, _MOST = 3, 0.6
"""A substitution stands in so many links, and grows by the words around it as long as so great a share has them."""


OPPOSITE = {
    OBLIGATION_STRONGER: OBLIGATION_WEAKER, ACTOR_ADDED: ACTOR_REMOVED, OBJECT_ADDED: OBJECT_REMOVED, ITEM_ADDED: ITEM_REMOVED,
}  # fmt: skip
LABELS = (
    OBLIGATION_STRONGER, OBLIGATION_WEAKER, ACTOR_ADDED, ACTOR_REMOVED, OBJECT_ADDED, OBJECT_REMOVED, NUMBER_CHANGED,
    ITEM_ADDED, ITEM_REMOVED, DEFINITION_CHANGED, REFERENCE_CHANGED,
)  # fmt: skip
"""In the order of the findings."""
Alone = tuple[Sequence[str], Sequence[str]]
"""Folded words that the old and the new side alone have."""


def substance(old: Sequence[Leaf], new: Sequence[Leaf], lang: Lang) -> tuple[Finding, ...]:
    """What changed, at most one finding a label, always in the same order; nothing where a side is empty.

    >>> for found in substance([Leaf("1", None, "", "日志应留存六个月", ())], [Leaf("1", None, "", "日志须留存一年", ())], "zh"):
    ...     print(found.label, found.old, found.new)
    obligation_stronger ('应',) ('须',)
    number_changed ('六个月',) ('一年',)
    """
    if not old or not new:
        return ()
    a, b = _Side(old, lang), _Side(new, lang)
    rows: list[tuple[str, Sequence[str], Sequence[str]]] = [*_duties(a, b)]
    for come, gone, alone in (
        (ACTOR_ADDED, ACTOR_REMOVED, _actors(a, b)),
        (OBJECT_ADDED, OBJECT_REMOVED, _objects(a, b)),
        (NUMBER_CHANGED, None, _apart(_numbers(a), _numbers(b))),
        (ITEM_ADDED, ITEM_REMOVED, _items(a, b)),
        (DEFINITION_CHANGED, None, _definitions(a, b)),
        (REFERENCE_CHANGED, None, _apart(_references(a), _references(b))),
    ):
        rows += [(come, (), alone[1]), (gone, alone[0], ())] if gone else [(come, *alone)]
    return tuple(Finding(name, a.verbatim(x), b.verbatim(y)) for name, x, y in rows if x or y)


class _Side:
    """The leaves of one side of a link, folded. `body`: the texts; `whole`: headings and texts; `above`: headings above."""

    def __init__(self, leaves: Sequence[Leaf], lang: Lang) -> None:
        self.lang, self.leaves = lang, leaves
        self._copies = [(text, fold(text)) for leaf in leaves for text in (leaf.text, leaf.heading)]
        self.body = "\n".join(fold(leaf.text).text for leaf in leaves)
        self.whole = "\n".join(fold(f"{leaf.heading}\n{leaf.text}").text for leaf in leaves)
        self.above = fold("\n".join(place for leaf in leaves for place in leaf.places)).text
        self.phrases = _phrases(self.whole, lang)

    def verbatim(self, words: Sequence[str]) -> tuple[str, ...]:
        """Folded words as the texts have them, each once."""
        at = ((w, copy.text.find(w), copy, text) for w in words for text, copy in self._copies)
        return tuple(dict.fromkeys({w: c.span(i, i + len(w)).of(t) for w, i, c, t in at if i >= 0}.values()))

    def has(self, words: str) -> bool:
        """Whether a phrase has all parts of the words, in whatever order: "数据和个人信息泄露" has "数据泄露"."""
        parts = _parts(words)
        return any(parts <= _parts(p) if self.lang == "en" else all(part in p for part in parts) for p in self.phrases)


def _phrases(text: str, lang: Lang) -> list[str]:
    return [bare for phrase in re.split(_words()["phrases"][lang], text) if (bare := phrase.strip())]


@lru_cache(maxsize=8192)
def _parts(words: str) -> frozenset[str]:
    """`_parts("数据泄露") == {"数据", "泄露"}`; in English the beginnings of stems."""
    if HAN.search(words):
        bare = squeeze(words)
        return frozenset(bare[at : at + 2] for at in (*range(0, len(bare) - 1, 2), max(len(bare) - 2, 0)))
    return frozenset(stem(word)[:6] for word in re.findall(r"[a-z0-9]{3,}", words))


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    """The tables of `corpus/substance.toml`."""
    return tomllib.loads(files("corpus").joinpath("substance.toml").read_text(encoding="utf-8"))


def _apart(old: Mapping[str, str], new: Mapping[str, str]) -> Alone:
    return [old[key] for key in old if key not in new], [new[key] for key in new if key not in old]


@lru_cache(maxsize=65536)
def _alike(x: str, y: str) -> float:
    return SequenceMatcher(None, min(x, y), max(x, y), autojunk=False).ratio()


@lru_cache(maxsize=65536)
def _at_least(x: str, y: str, bar: float) -> bool:
    """Whether two words are so much alike: by their letters first, which settles most."""
    matcher = SequenceMatcher(None, min(x, y), max(x, y), autojunk=False)
    return matcher.real_quick_ratio() >= bar and matcher.quick_ratio() >= bar and matcher.ratio() >= bar


# --- one kind of evidence each


def _duties(old: _Side, new: _Side) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """The strongest words of both sides, unless the act that the stronger one demands stands bare on the other side."""
    modals = _modals(old), _modals(new)
    top = [max((level for level, *_ in side), default=-1) for side in modals]
    if min(top) < 0 or top[0] == top[1]:
        return
    high = int(top[1] > top[0])
    words = [Counter(word for _, word, _ in side) for side in modals]
    told = [act for _, _, act in modals[1 - high]]
    bare = [squeeze(phrase) for phrase in (old, new)[1 - high].phrases if not _modal(phrase, old.lang)]
    acts = [act for level, _, act in modals[high] if level == top[high]]
    near = [(max((_alike(act, x) for x in bare), default=0), max(_alike(act, x) for x in told)) for act in acts]
    dropped = any(plain >= max(0.6, stated) for plain, stated in near)
    if not dropped and (top[1 - high] >= _DUTY[old.lang] or not words[1 - high] <= words[high]):
        said = [[word for level, word, _ in side if level == top[at]] for at, side in enumerate(modals)]
        yield (OBLIGATION_WEAKER, OBLIGATION_STRONGER)[high], said[0], said[1]


def _modals(side: _Side) -> list[tuple[int, str, str]]:
    """Rung, word, and the rest of its phrase."""
    found = ((*one, phrase) for phrase in _phrases(side.body, side.lang) for one in _modal(phrase, side.lang))
    return [(level, m.group(), squeeze(phrase[: m.start()] + phrase[m.end() :])) for level, m, phrase in found]


def _modal(phrase: str, lang: Lang) -> list[tuple[int, re.Match[str]]]:
    return [(level, m) for level, words in enumerate(_words()["duties"][lang]) for m in re.finditer(words, phrase)]


def _actors(old: _Side, new: _Side) -> Alone:
    said = [parties(side.whole, side.lang) for side in (old, new)]
    above = [said[at] | parties(side.above, side.lang) for at, side in enumerate((old, new))]
    lone = [[name for name in said[at] if name not in above[1 - at]] for at in (0, 1)]
    return [said[0][name] for name in lone[0]], [said[1][name] for name in lone[1]]


def parties(text: str, lang: Lang) -> dict[str, str]:
    """Parties of a folded text, each with the words that name it first; bystanders are none.

    >>> list(parties("研发者和使用者应定期检查", "zh").values()), list(parties("developers should inform users", "en").values())
    (['研发者', '使用者'], ['developers', 'users'])
    """
    edge, around, found = r"\b" if lang == "en" else "", _words()["bystanders"], dict[str, str]()
    names = "|".join(f"(?P<g{at}>{row[lang]})" for at, row in enumerate(_words()["actors"]))
    for m in re.finditer(f"{edge}(?:{names}){edge}(?!{around['after']})", text):
        if not re.search(around["before"], text[: m.start()]):
            found.setdefault(str(m.lastgroup), m.group())
    return found


def _objects(old: _Side, new: _Side) -> Alone:
    said, rare = (_concepts(old), _concepts(new)), _rarity(old.lang)
    alone = [
        [n for n, form in said[at].items() if form and n not in said[1 - at] and not (new, old)[at].has(form)]
        for at in (0, 1)
    ]
    kept = [sorted((n for n in side if rare[n] <= _COMMON), key=lambda n: (rare[n], n))[:_RARE] for side in alone]
    return [said[0][name] for name in kept[0]], [said[1][name] for name in kept[1]]


def _concepts(side: _Side) -> dict[str, str]:
    """Concepts with the words that name them; "" where only a loose form does, or one within a longer one."""
    found, reach, skip = dict[str, str](), 0, _words()["objects"]
    for start, end, term in load_glossary().find(side.whole):
        form, name = side.whole[start:end], term.zh[0]
        own = form.startswith(fold(term.forms(side.lang)[0]).text)
        firm = own or (len(form) > 3 if HAN.search(form) else term.exact)
        told = name not in skip["without"].split() and side.whole[end - 1 : end + 1] not in skip["words"]
        found[name] = found.get(name) or (form if firm and told and end > reach else "")
        reach = max(reach, end)
    return found


@lru_cache(maxsize=2)
def _rarity(lang: Lang) -> Counter[str]:
    """In how many paragraphs of the bundled corpus a concept stands."""
    texts = [one for one in files("corpus").joinpath("bundled").iterdir() if one.name.endswith(f".body.{lang}.md")]
    lines = [line for one in texts for line in one.read_text(encoding="utf-8").split("\n")]
    return Counter(name[1:] for line in lines for name in set(load_glossary().concepts(line)))


def _numbers(side: _Side) -> dict[str, str]:
    """Numbers in one form: `6month` for 六个月, 半年 and six months; those of references aside."""
    table, refs = _words()["numbers"]["words"], _words()["references"]["is"]
    forms = re.compile("|".join(sorted(table, key=len, reverse=True)))
    found = [m.group() for m in re.finditer(_words()["numbers"]["is"], re.sub(refs, " ", side.whole))]
    return {forms.sub(lambda m: table[m.group()], words): words for words in found}


def _references(side: _Side) -> dict[str, str]:
    found = [m.group() for m in re.finditer(_words()["references"]["is"], side.whole)]
    written = "\n".join(f"{leaf.heading}\n{leaf.text}" for leaf in side.leaves)
    titles = [fold(m.group()).text for m in re.finditer(_words()["references"]["titles"], written)]
    return {" ".join(find_paths(words)) or squeeze(words): words for words in (*found, *titles)}


def _items(old: _Side, new: _Side) -> Alone:
    """Members that one alone has of two enumerations that are each other's likest."""
    lists, gone, come = (_enumerations(old), _enumerations(new)), list[str](), list[str]()
    common = {
        (i, j): min(sum(_in(a, y) for a in x), sum(_in(b, x) for b in y))
        for i, x in enumerate(lists[0])
        for j, y in enumerate(lists[1])
    }
    for (i, j), n in common.items():
        x, y = lists[0][i], lists[1][j]
        likest = all(n >= m for (k, h), m in common.items() if (k == i) != (h == j))
        if likest and n >= 2 and max(len(x), len(y)) >= 3 and 2 * n >= min(len(x), len(y)):
            reworded = {w for pair in zip(x, y, strict=False) for w in pair if _parts(pair[0]) & _parts(pair[1])}
            reworded = reworded if len(x) == len(y) else set()
            gone.extend(a for a in x if a not in reworded and not _in(a, y) and not new.has(a))
            come.extend(b for b in y if b not in reworded and not _in(b, x) and not old.has(b))
    return gone, come


def _in(x: str, members: Sequence[str]) -> bool:
    return any(x in y or y in x or _at_least(x, y, 0.75) for y in members if y)


def _enumerations(side: _Side) -> list[list[str]]:
    """Runs of members, without what leads in to the first and out of the last."""
    words, runs = _words()["items"][side.lang], [list[str]()]

    def led(piece: str, short: float) -> str:
        rest = re.sub(words["intro"], "", piece).strip()
        return rest if rest != piece.strip() or len(rest) <= short else ""

    for sentence in re.split(words["within"], side.body):
        for part in (part.strip() for part in re.split(words["comma"], sentence)):
            pieces = re.split(words["last"], part, maxsplit=1)
            fresh = not runs[-1] or bool(re.match(words["strong"], part))
            runs += [[led(pieces[0], words["longest"] / 2)]] if fresh else []
            ends = len(pieces) > 1 or (not fresh and len(part) > words["longest"])
            runs[-1] += [re.split(words["tail"], p)[0].strip() if ends else p for p in pieces[fresh:]]
            runs += [[led(pieces[-1], 0)]] if ends else []
        runs[-1][-1:] = [re.split(words["tail"], last)[0].strip() for last in runs[-1][-1:]]
        runs += [[]]
    kept = [[m for m in run if 1 < len(m) <= words["longest"] and not re.match(words["no"], m)] for run in runs]
    return [run for run in kept if len(run) > 1]


def _definitions(old: _Side, new: _Side) -> Alone:
    sides = list(_defined(old)), list(_defined(new))
    exact = {t for t, _ in sides[0]} & {t for t, _ in sides[1]}
    pairs = [(x, y) for t, x in sides[0] for u, y in sides[1] if t == u or (not {t, u} & exact and _akin(t, u))]
    changed = [pair for pair in pairs if squeeze(pair[0]) != squeeze(pair[1])]
    return [x for x, _ in changed], [y for _, y in changed]


def _akin(x: str, y: str) -> bool:
    """Whether two ways to name a term end alike."""
    shared = 2 if HAN.search(x) else 8
    return x[-shared:] == y[-shared:] or _at_least(x, y, 0.6)


def _defined(side: _Side) -> Iterator[tuple[str, str]]:
    """Terms and what they are said to be: by a defining word, or by their place in a glossary."""
    words = _words()["definitions"]
    for m in re.finditer(words[side.lang], side.body):
        yield squeeze(m["term"]), m["is"].strip()
    for leaf in side.leaves if re.search(words["places"], side.above) else ():
        entries = re.finditer(words["entry"][side.lang], leaf.text, re.MULTILINE)
        rows = [(leaf.heading, leaf.text)] if leaf.parent and leaf.heading else [(m["term"], m["is"]) for m in entries]
        yield from ((squeeze(term), fold(text).text.strip()) for term, text in rows)


# --- over a whole lineage


def substitutions(links_texts: Sequence[tuple[str, str]], lang: Lang) -> list[tuple[str, str, int]]:
    """Wordings replaced by the same other wording in three or more links, with the number of links, most frequent first.

    >>> substitutions([("买智能产品", "买智能应用"), ("查智能产品", "查智能应用"), ("智能产品下线", "智能应用下线")], "zh")
    [('智能产品', '智能应用', 3)]
    """
    places: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for link, texts in enumerate(links_texts):
        old, new = (re.sub(r"\s+", " ", text) for text in texts)
        pieces = [("=", ""), *redline(old, new, lang), ("=", "")]
        for before, (op, gone), (op2, come), after in zip(pieces, pieces[1:], pieces[2:], pieces[3:], strict=False):
            if (op, op2) == ("-", "+") and squeeze(gone) != squeeze(come):
                places[gone, come].append((link, before[1], after[1]))
    grown = [_grown(pair, where, lang) for pair, where in places.items() if len({n for n, *_ in where}) >= _LINKS]
    told = [one for one in grown if all(re.search(_words()["edges"][lang][2], words) for words in one[:2])]
    return sorted(told, key=lambda one: (-one[2], one))


def _grown(pair: tuple[str, str], where: Sequence[tuple[int, str, str]], lang: Lang) -> tuple[str, str, int]:
    """The replacement with the words around it that most of its links share."""
    gone, come = pair
    for before, edge in zip((True, False), _words()["edges"][lang], strict=False):
        while True:
            ends = [m.group() if (m := re.search(edge, b if before else a)) else "" for _, b, a in where]
            unit = max(sorted({*ends} - {""}), key=ends.count, default="")
            kept = [place for place, end in zip(where, ends, strict=True) if end == unit]
            links = [len({n for n, *_ in rows}) for rows in (kept, where)]
            if not unit or links[0] < max(_LINKS, _MOST * links[1]):
                break
            gone, come = (unit + gone, unit + come) if before else (gone + unit, come + unit)
            where = [(n, b.removesuffix(unit), a) if before else (n, b, a.removeprefix(unit)) for n, b, a in kept]
    return gone.strip(), come.strip(), len({n for n, *_ in where})


def turned(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings read from the newer side to the older, in the order of `substance`."""
    other = OPPOSITE | {b: a for a, b in OPPOSITE.items()}
    found = [Finding(other.get(one.label, one.label), one.new, one.old) for one in findings]
    return tuple(sorted(found, key=lambda one: LABELS.index(one.label)))
