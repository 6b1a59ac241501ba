"""What must hold of any text, in either language: ids, spans, folding, redlines, lineages. Few examples here, many in `make soak`."""

from __future__ import annotations

import os
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineages import NEW, OLD, edition

from corpus.ids import neutral, normal_path, parent_path, parse_id, sort_key
from corpus.records import LANGS, Lang, Span
from corpus.text import fold, sentences, squeeze
from index.encoder import open_encoder
from index.leaves import leaves
from index.lineage import compare, inverse
from index.redline import NEW_MARKS, OLD_MARKS, redline, turned

MANY = os.environ.get("TIAOWEN_SOAK") == "1"
LETTERS: dict[Lang, str] = {
    "zh": "安全风险数据模型應當評估日志留存《》（），。；“”、 \n\u3000\u200b第五章ａ１①…⻚",
    "en": "abcdefgh AI'’-.,;:()\n\t\u00a0\u200bé\u0301ÉﬁK\u202e0123",
}
both = pytest.mark.parametrize("lang", LANGS)


def of(lang: Lang) -> st.SearchStrategy[str]:
    """Text as it stands in such a language, and any other."""
    return st.one_of(st.text(st.sampled_from(LETTERS[lang]), max_size=80), st.text(max_size=40))


def examples(few: int, many: int) -> settings:
    """The same examples on every run."""
    return settings(max_examples=many if MANY else few, derandomize=True, deadline=None, database=None)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Clause paths: `3.1.1(f)`, `A2`, `A1.2.1`, `T.3.1(a)`."""
    numbers = ".".join(str(draw(st.integers(1, 30))) for _ in range(draw(st.integers(1, 4))))
    item = draw(st.sampled_from(["", *(f"({letter})" for letter in "abcdefghij")]))
    return draw(st.sampled_from(["", "A", "T."])) + numbers + item


@examples(100, 5000)
@given(paths(), st.sampled_from(["aisgf@2.0", "gaigi@2023", "aisgf@1.0"]), st.sampled_from(["", "/zh", "/en"]))
def test_an_id_that_is_written_is_read_back(path: str, edition_id: str, lang: str) -> None:
    read = parse_id(f"{edition_id}{lang}#{path}")
    assert (read.edition, read.path, read.lang) == (edition_id, path, lang.removeprefix("/") or None)
    assert neutral(f"{edition_id}{lang}#{path}") == f"{edition_id}#{path}"
    assert normal_path(normal_path(path)) == normal_path(path)
    parent = parent_path(path)
    assert parent is None or (path.startswith(parent) and sort_key(parent) < sort_key(path))


@both
def test_spans_of_sentences_are_slices_in_order_that_lose_nothing(lang: Lang) -> None:
    @examples(60, 5000)
    @given(of(lang))
    def holds(text: str) -> None:
        found = sentences(text, lang)
        assert all(span.of(text) == text[span.start : span.end].strip() != "" for span in found)
        assert all(one.end <= other.start for one, other in pairwise(found))
        left = [
            text[a:b] for a, b in zip([0, *(s.end for s in found)], [*(s.start for s in found), len(text)], strict=True)
        ]
        assert not "".join(left).strip()

    holds()


@both
def test_folding_twice_is_folding_once_and_spans_lead_back(lang: Lang) -> None:
    @examples(60, 5000)
    @given(of(lang), st.data())
    def holds(text: str, data: st.DataObject) -> None:
        folded = fold(text)
        assert fold(folded.text).text == folded.text
        assert squeeze(folded.text) == squeeze(text)
        assert len(folded.offsets) == len(folded.text) and list(folded.offsets) == sorted(folded.offsets)
        if folded.text:
            start = data.draw(st.integers(0, len(folded.text) - 1))
            end = data.draw(st.integers(start + 1, len(folded.text)))
            span = folded.span(start, end)
            assert 0 <= span.start < span.end <= len(text)
            assert folded.text[start:end] in fold(span.of(text)).text

    holds()


@both
def test_a_redline_applied_to_the_old_wording_gives_the_new(lang: Lang) -> None:
    @examples(60, 3000)
    @given(of(lang), of(lang))
    def holds(old: str, new: str) -> None:
        pieces = redline(old, new, lang)
        assert "".join(text for mark, text in pieces if mark in OLD_MARKS) == old
        assert "".join(text for mark, text in pieces if mark in NEW_MARKS) == new
        assert turned(turned(pieces)) == pieces

    holds()


def shuffled(text: str, seed: int) -> str:
    """An edition with some of its clauses gone, moved, repeated or cut short, numbered anew."""
    rng = random.Random(seed)
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line[:1].isdigit():
            blocks.append([line.partition(" ")[2]])
        else:
            blocks[-1].append(line)
    kept = [block for block in blocks if rng.random() > 0.2] or blocks[:2]
    rng.shuffle(kept)
    kept += rng.sample(kept, min(len(kept), rng.randrange(3)))
    titles = ("总则", "措施") if "。" in text else ("General", "Measures")
    lines = []
    for chapter, title in enumerate(titles, start=1):
        lines.append(f"{chapter}. {title}")
        for number, (heading, *own) in enumerate(kept[chapter - 1 :: 2], start=1):
            body = "\n".join(own) or heading
            lines += [
                f"{chapter}.{number} {heading}",
                body[: rng.randrange(5, len(body) + 1)] if len(body) > 5 else body,
            ]
    return "\n".join(lines)


@both
def test_a_lineage_uses_every_leaf_of_both_editions_once(lang: Lang) -> None:
    encoder = open_encoder(None)

    @examples(6, 300)
    @given(st.integers(0, 2**32))
    def holds(seed: int) -> None:
        old = edition(lang, "1.0", shuffled(OLD[lang], seed))
        new = edition(lang, "2.0", shuffled(NEW[lang], seed + 1))
        lineage = compare(old, new, encoder, overrides=())
        for side, document in (("old", old), ("new", new)):
            used = Counter(path for link in lineage.links for path in getattr(link, side))
            assert used == Counter(leaf.path for leaf in leaves(document))
        back = inverse(lineage)
        assert [(link.new, link.old) for link in back.links] == [(link.old, link.new) for link in lineage.links]

    holds()


@both
def test_a_span_is_what_is_sliced(lang: Lang) -> None:
    @examples(30, 1000)
    @given(of(lang), st.integers(0, 80), st.integers(0, 80))
    def holds(text: str, start: int, length: int) -> None:
        span = Span(start, start + length)
        assert span.of(text) == text[start : start + length] and len(span) == length

    holds()
