"""What a link rests on, to be read: the terms that both of its sides have, and which sentence became which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.glossary import load_glossary
from corpus.records import Lang
from corpus.text import fold, sentences
from index.encoder import Encoder
from index.leaves import Leaf
from index.likeness import Matrix, likenesses, term_weights, terms_of
from index.redline import units

_MOST_TERMS = 6
_ALIGNED = 0.4
"""Two sentences less alike than this are rather two."""
_SHORTEST_WORD: dict[Lang, int] = {"zh": 2, "en": 4}
Aligned = tuple[tuple[str, str], ...]


class Grounds:
    """Of the links between two editions: `terms` and `sentences` of either side's leaves."""

    def __init__(self, old: Sequence[Leaf], new: Sequence[Leaf], lang: Lang, encoder: Encoder) -> None:
        self._lang, self._encoder = lang, encoder
        self.weights: Mapping[str, float] = term_weights([terms_of(_whole([leaf])) for leaf in (*old, *new)])

    def terms(self, old: Sequence[Leaf], new: Sequence[Leaf]) -> tuple[str, ...]:
        """The terms of the glossary and words that both sides have, at most six, the rarest in the editions first."""
        both = self._words(old) & self._words(new)
        whole = {term for term in both if not any(term != other and term in other for other in both)}
        weight = {term: round(sum(self.weights.get(part, 0.0) for part in sorted(terms_of(term))), 6) for term in whole}
        found = sorted((term for term in whole if weight[term] > 0), key=lambda term: (-weight[term], term))
        return tuple(found[:_MOST_TERMS])

    def _words(self, side: Sequence[Leaf]) -> set[str]:
        text = fold(_whole(side)).text
        found = {text[start:end] for start, end, _ in load_glossary().find(text)}
        words = (word for word in units(text, self._lang) if word.isalpha())
        return found | {word for word in words if len(word) >= _SHORTEST_WORD[self._lang]}

    def sentences(self, old: Sequence[Leaf], new: Sequence[Leaf]) -> Aligned:
        """Pairs of sentences each of which is the likest that the other has, in the order of the old side."""
        a, b = (self._cut(side) for side in (old, new))
        if not a or not b:
            return ()
        likeness = likenesses(a, b, self.weights, self._encoder)
        return tuple((a[i], b[j]) for i, j in _mutual(likeness) if likeness[i, j] >= _ALIGNED)

    def _cut(self, side: Sequence[Leaf]) -> list[str]:
        return [span.of(leaf.text) for leaf in side for span in sentences(leaf.text, self._lang)]


def _mutual(likeness: Matrix) -> list[tuple[int, int]]:
    rows, columns = likeness.argmax(axis=1), likeness.argmax(axis=0)
    return [(int(i), int(j)) for i, j in enumerate(rows) if columns[j] == i]


def _whole(side: Sequence[Leaf]) -> str:
    return "\n".join(f"{leaf.heading}\n{leaf.text}" for leaf in side)
