"""Twins: a clause and its counterpart in the other language, paired by path and verified by content.

    documents zh, en ─ same path ─> pair ─ rules ─> Disagreement(path, kind, what either side says)

Each rule looks at one kind of evidence and stays silent where it cannot tell: a translation may word a thing freely.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import permutations, product
from typing import Any

import numpy as np

from corpus.glossary import concept, load_glossary, stands
from corpus.ids import sort_key
from corpus.mapping import governance_names, likeness
from corpus.mapping import rows as mapping_rows
from corpus.quantities import quantities
from corpus.records import LANGS, Clause, Disagreement, DisagreementKind, Document, Lang, Twins
from corpus.text import fold, sentences, squeeze
from index.encoder import Encoder

_SHORT = 12
"""Squeezed Chinese characters below which a text is too short to be judged by its length."""
_LONG: Mapping[Lang, int] = {"zh": 18, "en": 60}
"""Squeezed characters from which on a text is like no other by chance."""
_UNUSUAL, _DOUBTFUL = 3.0, 2.0
"""Robust deviations from the usual length of a translation; the second counts where the longer text has a sentence more."""
_ALIKE = 0.85
"""Two wordings at least this much alike say the same."""
_STRAYED = 0.1
"""How much nearer, in cosine, a text is to another clause than to its twin when it is taken for that clause's."""
_DUTY: Mapping[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"必须|应当|不得|严禁"),
    "en": re.compile(
        r"\b(?:(?:be|are|is) (?:required|obliged|obligated) to|must|shall|prohibited from)\b", re.IGNORECASE
    ),
}
"""What states a duty beyond doubt."""
_ANY_FORCE: Mapping[Lang, re.Pattern[str]] = {
    "zh": re.compile(r"应|必|须|需|要|不得|不能|不可|禁|勿|强制|确保|保证|保障|避免|防止"),
    "en": re.compile(
        r"\b(?:should|shall|must|requir\w+|need\w*|prohibit\w*|forbid\w*|not|ensur\w+|avoid\w*|prevent\w*)\b",
        re.IGNORECASE,
    ),
}
"""What may render a duty."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause in both languages."""

    path: str
    zh: Clause
    en: Clause

    def of(self, lang: Lang) -> Clause:
        """The clause in one language."""
        return self.zh if lang == "zh" else self.en

    @property
    def sides(self) -> tuple[tuple[Lang, Clause], ...]:
        """Both clauses with their language."""
        return ("zh", self.zh), ("en", self.en)


def find_twins(documents: Sequence[Document], encoder: Encoder) -> list[Twins]:
    """The twins of every edition and part that is there in both languages.

    An official text is not held against our digest of it: they differ by design.
    """
    by_key = {(document.edition, document.part, document.lang): document for document in documents}
    found = []
    for edition, part in sorted({(document.edition, document.part) for document in documents}):
        zh, en = by_key.get((edition, part, "zh")), by_key.get((edition, part, "en"))
        if zh and en and (zh.status == "digest") == (en.status == "digest"):
            pairs = len(zh.by_path.keys() & en.by_path.keys())
            found.append(Twins(edition, part, pairs, disagreements(zh, en, encoder)))
    return found


def disagreements(zh: Document, en: Document, encoder: Encoder) -> tuple[Disagreement, ...]:
    """Where two documents of one edition and part say different things, in text order, each with its reason."""
    pairs = [Pair(clause.path, clause, en.by_path[clause.path]) for clause in zh.clauses if clause.path in en.by_path]
    prose = [pair for pair in pairs if pair.zh.kind not in ("row", "table", "ack")]
    found = [
        *_missing(zh, en),
        *_form(prose),
        *_length(prose),
        *_repeats(prose, encoder),
        *_strays(prose, encoder),
        *_terms(prose),
        *_rendering(prose),
        *_force(prose),
        *_numbers(prose),
        *_mapping(zh, en),
        *_table_names(zh, en),
    ]
    return tuple(sorted(found, key=lambda d: (sort_key(d.path), d.kind, d.zh, d.en)))


# --- one kind of evidence each


def _missing(zh: Document, en: Document) -> Iterator[Disagreement]:
    """Clauses that one language alone has; where a whole group is missing, its parent."""
    for here, there in ((zh, en), (en, zh)):
        told: set[str] = set()
        for clause in here.clauses:
            if clause.path in there.by_path:
                continue
            whole = clause.parent if clause.parent and not there.children(clause.parent) else clause.path
            if whole not in told:
                told.add(whole)
                yield _of_side(whole, "missing", here.lang, here.by_path[whole].heading or whole)


def _of_side(path: str, kind: DisagreementKind, lang: Lang, said: str) -> Disagreement:
    return Disagreement(path, kind, *((said, "") if lang == "zh" else ("", said)))


def _form(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """One paragraph on one side, a list of three or more on the other."""
    for pair in pairs:
        zh, en = (sum(bool(line.strip()) for line in clause.text.split("\n")) for clause in (pair.zh, pair.en))
        if min(zh, en) == 1 and max(zh, en) >= 3:
            yield Disagreement(pair.path, "form", str(zh), str(en))


def _length(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """Texts much longer or shorter than their twins, by the measure of the other pairs.

    A text and its translation are proportional, with a variance that grows with length: Gale and Church, "A program for
    aligning sentences in bilingual corpora", Computational Linguistics 19 (1993).
    """
    sizes = {pair.path: (len(squeeze(pair.zh.text)), len(squeeze(pair.en.text))) for pair in pairs}
    long = {path: size for path, size in sizes.items() if size[0] >= _SHORT and size[1]}
    if len(long) < 10:
        return
    ratios = {path: math.log(en / zh) for path, (zh, en) in long.items()}
    middle = statistics.median(ratios.values())
    surplus = {pair.path: len(sentences(pair.en.text, "en")) - len(sentences(pair.zh.text, "zh")) for pair in pairs}
    off = {path: (ratios[path] - middle) * math.sqrt(long[path][0]) for path in long}
    spread = 1.4826 * statistics.median(abs(value) for value in off.values())
    for path, value in off.items():
        if abs(value) > (_DOUBTFUL if math.copysign(1, value) * surplus[path] > 0 else _UNUSUAL) * spread:
            yield Disagreement(path, "length", str(long[path][0]), str(long[path][1]))


def _repeats(pairs: Sequence[Pair], encoder: Encoder) -> Iterator[Disagreement]:
    """A text that says again, in one language alone, what it or another clause has said."""
    again = {lang: _repeated(pairs, lang, encoder) for lang in LANGS}
    for here, there in permutations(LANGS):
        for first, second in again[here] - again[there]:
            yield _of_side(second, "repeats", here, first)


def _repeated(pairs: Sequence[Pair], lang: Lang, encoder: Encoder) -> set[tuple[str, str]]:
    """Pairs of paths whose texts are alike, and `(path, path)` of texts that say a thing twice."""
    long = [(pair.path, pair.of(lang).text) for pair in pairs if len(squeeze(pair.of(lang).text)) >= _LONG[lang]]
    found = {(pair.path, pair.path) for pair in pairs if _says_twice(pair.of(lang), lang)}
    if long:
        rows = encoder.encode([text for _, text in long])
        for x, y in np.argwhere(np.triu(rows @ rows.T, k=1) > _ALIKE):
            if _alike(squeeze(long[x][1]), squeeze(long[y][1])):
                found.add((long[x][0], long[y][0]))
    return found


def _alike(x: str, y: str) -> bool:
    matcher = SequenceMatcher(None, x, y, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _says_twice(clause: Clause, lang: Lang) -> bool:
    """Whether a passage of some length stands twice in a text."""
    text, size = squeeze(clause.text), _LONG[lang]
    starts: dict[str, int] = {}
    return any(at - starts.setdefault(text[at : at + size], at) >= size for at in range(len(text) - size + 1))


def _strays(pairs: Sequence[Pair], encoder: Encoder) -> Iterator[Disagreement]:
    """Texts that are much nearer to another clause of the other language than to their twin."""
    long = [pair for pair in pairs if all(len(squeeze(pair.of(lang).text)) >= _LONG[lang] for lang in LANGS)]
    if len(long) < 2:
        return
    zh, en = (encoder.encode([pair.of(lang).text for pair in long]) for lang in ("zh", "en"))
    cosine = zh @ en.T
    own = np.diag(cosine)
    tables: Mapping[Lang, Any] = {"zh": cosine, "en": cosine.T}
    for lang, table in tables.items():
        for at, row in enumerate(table):
            best = int(row.argmax())
            if row[best] - own[at] > _STRAYED:
                yield _of_side(long[at].path, "strays", lang, long[best].path)


def _terms(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """Terms with a settled translation whose own form stands on one side, and none of its forms on the other."""
    exact = [term for term in load_glossary().terms if term.exact]
    for pair in pairs:
        texts = {lang: fold(f"{pair.of(lang).heading}\n{pair.of(lang).text}").text for lang in LANGS}
        for term, (here, there) in product(exact, permutations(LANGS)):
            own = term.forms(here)[0]
            if stands(own, texts[here]) and not any(stands(form, texts[there]) for form in term.forms(there)):
                yield _of_side(pair.path, "terms", here, own)


def _rendering(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """Headings in which a Chinese term is rendered otherwise than in the heading where it stands first."""
    first: dict[str, str] = {}
    for pair in pairs:
        zh, en = (fold(clause.heading).text for clause in (pair.zh, pair.en))
        said = {concept(term): en[start:end] for start, end, term in load_glossary().find(en) if term.exact}
        for _, _, term in load_glossary().find(zh):
            name = concept(term)
            form = _lemma(said.get(name, ""))
            if form and first.setdefault(name, form) != form:
                yield Disagreement(pair.path, "rendering", term.zh[0], f"{form} / {first[name]}")


def _lemma(form: str) -> str:
    return form.removesuffix("s")


def _force(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """A duty stated in one language where the same sentence states none in the other."""
    for pair in pairs:
        for zh, en in _sentence_pairs(pair):
            duty = {"zh": _DUTY["zh"].search(zh), "en": _DUTY["en"].search(en)}
            bare = {"zh": not _ANY_FORCE["zh"].search(zh), "en": not _ANY_FORCE["en"].search(en)}
            for here, there in permutations(LANGS):
                match = duty[here]
                if match and bare[there]:
                    yield _of_side(pair.path, "force", here, match.group())


def _sentence_pairs(pair: Pair) -> list[tuple[str, str]]:
    """Sentences one to one where both texts have equally many, else both texts whole."""
    zh, en = ([span.of(clause.text) for span in sentences(clause.text, lang)] for lang, clause in pair.sides)
    return list(zip(zh, en, strict=True)) if len(zh) == len(en) else [(pair.zh.text, pair.en.text)]


def _numbers(pairs: Sequence[Pair]) -> Iterator[Disagreement]:
    """Quantities that stand on one side only."""
    for pair in pairs:
        zh, en = (quantities(clause.text) for _, clause in pair.sides)
        if zh != en:
            yield Disagreement(pair.path, "numbers", *(", ".join(sorted(side)) for side in (zh - en, en - zh)))


def _mapping(zh: Document, en: Document) -> Iterator[Disagreement]:
    """Rows of the mapping table with other measures; a row read in doubt says nothing."""
    rows = {row.path: row for row in mapping_rows(en)}
    for row in mapping_rows(zh):
        other = rows.get(row.path)
        if other is None or row.doubtful or other.doubtful:
            continue
        for one, two in ((row.measures, other.measures), (row.governance, other.governance)):
            if set(one) != set(two):
                yield Disagreement(row.path, "mapping", ", ".join(one), ", ".join(two))


def _table_names(zh: Document, en: Document) -> Iterator[Disagreement]:
    """Governance measures that the table names by their heading in Chinese, and otherwise in English."""
    names = {"zh": governance_names(zh), "en": governance_names(en)}
    for path, name in names["zh"].items():
        heading, other = en.by_path[path].heading if path in en.by_path else "", names["en"].get(path, "")
        if heading and other and likeness(name, zh.by_path[path].heading) >= _ALIKE > likeness(other, heading):
            yield Disagreement(path, "rendering", zh.by_path[path].heading, f"{other} / {heading}")
