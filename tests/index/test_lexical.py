"""The lexical index: BM25 over bilingual tokens, zero scores dropped."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.text import tokens
from index.lexical import LexicalIndex

TEXTS = {
    "zh": ["运行日志留存六个月。", "数据投毒会影响模型输出。", "公布举报电话，限期答复。"],
    "en": ["Operation logs are kept for six months.", "Data poisoning affects output.", "Publish a complaint hotline."],
}
ASKED = {
    "zh": [("日志怎么保存", 0), ("被投毒的数据", 1), ("举报", 2)],
    "en": [("keeping logs", 0), ("poisoned data", 1), ("complaints", 2)],
}
ALL = np.ones(3, bool)


def index_of(lang: str) -> LexicalIndex:
    return LexicalIndex.build([tokens(text) for text in TEXTS[lang]])


def weighted(text: str, weight: float = 1.0) -> list[tuple[str, float]]:
    return [(token, weight) for token in tokens(text)]


@pytest.mark.parametrize(("lang", "query", "wanted"), [(lang, *row) for lang, rows in ASKED.items() for row in rows])
def test_the_text_that_holds_the_words_is_best(lang: str, query: str, wanted: int) -> None:
    assert index_of(lang).best(weighted(query), 3, ALL)[0][0] == wanted


@pytest.mark.parametrize(("lang", "query"), [("zh", "日志"), ("en", "log")])
def test_texts_without_any_of_the_words_are_dropped(lang: str, query: str) -> None:
    found = index_of(lang).best(weighted(query), 3, ALL)
    assert [row for row, _ in found] == [0]
    assert all(score > 0 for _, score in found)


@pytest.mark.parametrize("query", ["红烧肉", "sourdough", "", "？!"])
def test_unknown_words_find_nothing(query: str) -> None:
    for lang in TEXTS:
        assert index_of(lang).best(weighted(query), 3, ALL) == []


def test_a_row_that_is_not_allowed_is_not_found() -> None:
    assert index_of("zh").best(weighted("日志"), 3, np.array([False, True, True])) == []


def test_weights_scale_scores_and_equal_scores_keep_the_order() -> None:
    index = LexicalIndex.build([tokens("日志"), tokens("日志"), tokens("备份")])
    once, twice = (index.scores(weighted("日志", weight)) for weight in (1.0, 2.0))
    np.testing.assert_allclose(twice, 2 * once)
    assert [row for row, _ in index.best(weighted("日志"), 3, ALL)] == [0, 1]
    assert len(index.best(weighted("日志"), 1, ALL)) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_dumped_and_loaded_it_is_the_same(lang: str) -> None:
    index = index_of(lang)
    again = LexicalIndex.load(index.dump())
    for query, _ in ASKED[lang]:
        assert again.best(weighted(query), 3, ALL) == index.best(weighted(query), 3, ALL)
    assert (again.size, again.dump()) == (3, index.dump())


@pytest.mark.parametrize(("lang", "rare", "common"), [("zh", "投毒", "数"), ("en", "poison", "log")])
def test_rarity_falls_with_the_number_of_holders(lang: str, rare: str, common: str) -> None:
    index = LexicalIndex.build([[rare, common], [common], [common]])
    assert (index.holders(rare).tolist(), sorted(index.holders(common).tolist())) == ([0], [0, 1, 2])
    assert index.rarity("nowhere") > index.rarity(rare) > index.rarity(common) > 0
    assert rare in index and "nowhere" not in index
    assert index.holders("nowhere").tolist() == []


@pytest.mark.parametrize("texts", [[], [[], []]])
def test_an_index_of_nothing_finds_nothing(texts: list[list[str]]) -> None:
    index = LexicalIndex.load(LexicalIndex.build(texts).dump())
    assert index.best(weighted("日志 log"), 3, np.ones(index.size, bool)) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_texts_without_tokens_keep_their_rows(lang: str) -> None:
    index = LexicalIndex.build([[], tokens(TEXTS[lang][0]), []])
    assert index.size == 3
    assert [row for row, _ in index.best(weighted(TEXTS[lang][0]), 3, ALL)] == [1]


def test_tokens_that_many_documents_of_a_large_index_hold_score_as_in_a_small_one() -> None:
    texts = [["日志", "log"] if row % 3 else ["审计"] for row in range(30_000)]
    large, asked = LexicalIndex.build(texts), [("日志", 1.0), ("审计", 0.5), ("log", 2.0)]
    plain = LexicalIndex(large._vocabulary, large._data, large._rows, large._starts)
    np.testing.assert_array_equal(large.scores(asked), plain.scores(asked))
    again = LexicalIndex.load(large.dump())
    np.testing.assert_array_equal(again.scores(asked), plain.scores(asked))
    assert again.dump() == large.dump() != plain.dump()


@pytest.mark.parametrize("k", [1, 3, 7, 100])
def test_the_best_are_the_first_of_all_in_order(k: int) -> None:
    index = LexicalIndex.build([[f"词{row % 5}", "log"] for row in range(40)])
    asked, allowed = [("词1", 1.0), ("词2", 1.0), ("log", 0.1)], np.arange(40) % 4 != 0
    scores = np.where(allowed, index.scores(asked), 0)
    wanted = [row for row in np.argsort(-scores, kind="stable")[:k] if scores[row] > 0]
    assert [row for row, _ in index.best(asked, k, allowed)] == wanted
