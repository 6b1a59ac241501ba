"""Passages: within one clause, cut at sentence ends, found by heading where a clause has no text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from built import built_retriever
from small import document

from corpus.records import Clause, Document, Lang, Span
from index.passages import LIMIT, context_of, heading_span, passages_of

SENTENCES = {
    "zh": "第{n}条日志应当留存六个月以上并且定期检查。",
    "en": "Log number {n} is kept for at least six months and checked again at intervals. ",
}


def one_clause(lang: Lang, text: str, heading: str = "") -> Document:
    """A document of a single clause whose text is given."""
    lead = f"1. {heading}\n" if heading else ""
    clause = Clause(
        *(f"aisgf@2.0/{lang}#1", "1", None, "chapter", "1."),
        heading=heading,
        lead=Span(0, len(lead)),
        span=Span(len(lead), len(lead) + len(text)),
        text=text,
    )
    return document(lang, text=lead + text, clauses=(clause,), pages=())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_short_clause_is_one_passage_with_its_heading_path(lang: Lang) -> None:
    of = document(lang)
    found = list(passages_of(of, of.by_path["1.1"]))
    own = of.by_path["1.1"]
    assert [(p.id, p.clause, p.span, p.text) for p in found] == [(f"{own.id}~0", own.id, own.span, own.text)]
    assert found[0].context == {"zh": "总则 › 日志", "en": "General › Logs"}[lang]
    assert (found[0].edition, found[0].lang, found[0].part, found[0].status) == ("aisgf@2.0", lang, "body", "supplied")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_long_clause_is_cut_at_sentence_ends_with_one_sentence_of_overlap(lang: Lang) -> None:
    sentences = [SENTENCES[lang].format(n=n) for n in range(60)]
    of = one_clause(lang, "".join(sentences).rstrip())
    found = list(passages_of(of, of.clauses[0]))
    assert len(found) > 2
    assert all(len(p.text) <= LIMIT[lang] for p in found)
    assert all(p.text == p.span.of(of.text) for p in found)
    assert all(p.text[-1] in "。." and p.text.startswith(("第", "Log")) for p in found)
    assert (found[0].span.start, found[-1].span.end) == (0, len(of.text))
    for before, after in pairwise(found):
        shared = of.text[after.span.start : before.span.end]
        assert shared.strip() in {sentence.strip() for sentence in sentences}
    assert [p.id for p in found] == [f"{of.clauses[0].id}~{at}" for at in range(len(found))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sentence_beyond_the_limit_is_one_passage(lang: Lang) -> None:
    long = {"zh": "很" * 1000 + "长。", "en": f"It is {'very ' * 500}long. "}[lang]
    parts = [SENTENCES[lang].format(n=1), long, SENTENCES[lang].format(n=2)]
    of = one_clause(lang, "".join(parts).rstrip())
    assert [p.text.strip() for p in passages_of(of, of.clauses[0])] == [part.strip() for part in parts]


@pytest.mark.parametrize(("lang", "heading"), [("zh", "附则"), ("en", "Final provisions")])
def test_a_clause_without_text_is_found_by_its_heading(lang: Lang, heading: str) -> None:
    of = one_clause(lang, "", heading)
    (found,) = passages_of(of, of.clauses[0])
    assert found.text == heading == found.span.of(of.text)
    assert heading_span(of, of.clauses[0]) == found.span


def test_a_clause_with_neither_text_nor_heading_gives_nothing() -> None:
    of = one_clause("zh", "  \n ")
    assert list(passages_of(of, of.clauses[0])) == []
    assert heading_span(of, of.clauses[0]) is None
    assert context_of(of, of.clauses[0]) == ""


def test_every_passage_of_the_bundled_corpus_is_a_slice_of_one_clause() -> None:
    retriever = built_retriever()
    for passage in retriever.passages:
        of = retriever.documents[passage.clause.partition("#")[0], passage.part]
        own = of.by_path[passage.clause.partition("#")[2]]
        assert passage.span.of(of.text) == passage.text
        assert own.lead.start <= passage.span.start <= passage.span.end <= own.span.end
    assert len({p.id for p in retriever.passages}) == len(retriever.passages)


def test_every_bundled_clause_with_words_can_be_found() -> None:
    retriever = built_retriever()
    with_words = {c.id for d in retriever.documents.values() for c in d.clauses if c.heading or c.text.strip()}
    assert {p.clause for p in retriever.passages} == with_words
