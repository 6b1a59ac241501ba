"""Retrieval over the bundled corpus: numbers, both languages, across languages, scopes, and hits that explain themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from built import built_retriever, chinese_only

from corpus.ids import neutral, short
from corpus.records import LANGS, Lang
from index.build import build
from index.retrieve import Retriever
from ingest.bundled import bundled_documents
from ingest.layout import Block
from ingest.outline import Origin, outline

LISTS = {f"{field}.{lang}" for field in ("dense", "lexical", "heading", "editorial", "asked") for lang in LANGS}
LISTS |= {"alike", "number"}
FIELD_OF = {"alike": "editorial", "asked.zh": "editorial", "asked.en": "editorial"}
FOUND_BY = {"dense", "lexical", "heading", "editorial", "number"}
ASKED = [
    ("3.2.4(a)", "智能推荐让人陷入信息茧房", "information cocoons created by recommendations"),
    ("5.12", "人工智能安全人才培养", "cultivating AI safety talent"),
    ("6.3.6", "运行日志留存六个月", "operation logs kept for six months"),
    ("A3.12", "什么是数据投毒", "what is data poisoning"),
    ("A2.2", "尊重国家主权", "respect for national sovereignty"),
]
"""A 2.0 clause, a question for it in Chinese and in English."""


@pytest.mark.parametrize(("path", "zh", "en"), ASKED)
def test_a_question_in_either_language_finds_its_clause(path: str, zh: str, en: str) -> None:
    for lang, question in (("zh", zh), ("en", en)):
        found = built_retriever().search(question, editions=["aisgf@2.0"], parts=["body"])
        assert f"aisgf@2.0/{lang}#{path}" in [hit.passage.clause for hit in found.hits[:3]]
        assert found.answerable
        assert 0 <= found.judgement.confidence <= 1


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("How long must operation logs be kept?", "6.3.6"),
        ("What is data poisoning?", "A3.12"),
        ("safety guardrails", "A3.15"),
        ("supply chain safety", "3.2.1(c)"),
        ("emotional addiction to anthropomorphic interaction", "3.3.2(d)"),
    ],
)
def test_an_english_question_finds_the_chinese_clause_where_only_chinese_is_there(question: str, path: str) -> None:
    found = chinese_only().retriever.search(question)
    assert f"aisgf@2.0/zh#{path}" in [hit.passage.clause for hit in found.hits[:3]]
    assert found.answerable
    assert {hit.passage.lang for hit in found.hits} == {"zh"}


@pytest.mark.parametrize(("question", "path"), [("谁负责人才培养", "5.12"), ("什么是护栏", "A3.15")])
def test_a_chinese_question_finds_the_english_clause(question: str, path: str) -> None:
    found = built_retriever().search(question, lang="en", editions=["aisgf@2.0"])
    assert f"aisgf@2.0/en#{path}" in [hit.passage.clause for hit in found.hits[:3]]
    assert {hit.passage.lang for hit in found.hits} == {"en"}


# --- numbers


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("5.4", ("5.4",)),
        ("３．１．１（ｆ）写了什么", ("3.1.1(f)",)),
        ("附件2有几条", ("A2", "A2.1", "A2.2")),
        ("第三章", ("3", "3.1", "3.1.1")),
        ("What does 6.3.6 say?", ("6.3.6",)),
        ("Appendix 1", ("A1", "A1.1", "A1.1.1")),
    ],
)
def test_a_number_finds_its_clause_first_and_then_what_is_below(question: str, paths: tuple[str, ...]) -> None:
    hits = built_retriever().search(question, k=40, editions=["aisgf@2.0"]).hits
    assert short(hits[0].passage.clause) == f"2.0#{paths[0]}"
    ranks = {short(hit.passage.clause): hit.ranks.get("number") for hit in hits}
    assert ranks[f"2.0#{paths[0]}"] == 1
    below = [ranks[f"2.0#{path}"] for path in paths[1:]]
    assert all(rank is not None and rank > 1 for rank in below)
    assert len({rank for rank in ranks.values() if rank}) == len([rank for rank in ranks.values() if rank])


@pytest.mark.parametrize(
    ("question", "path"),
    [("附件3里“数据投毒”是怎么定义的", "A3.12"), ("How is fine-tuning defined in Appendix 3?", "A3.6")],
)
def test_below_a_number_the_clause_comes_first_that_the_rest_of_the_question_means(question: str, path: str) -> None:
    hits = built_retriever().search(question, editions=["aisgf@2.0"]).hits
    below = sorted((hit.ranks["number"], short(hit.passage.clause)) for hit in hits if "number" in hit.ranks)
    assert [clause for _, clause in below[:2]] == ["2.0#A3", f"2.0#{path}"]


@pytest.mark.parametrize("question", ["9.9写了什么", "What does 3.9.9 say?"])
def test_a_number_that_is_not_there_finds_nothing_by_number(question: str) -> None:
    assert not any("number" in hit.ranks for hit in built_retriever().search(question).hits)


@pytest.mark.parametrize(
    "question",
    [
        "T.3.1.1(a)",
    ],
)
def test_a_row_of_the_table_is_found_by_its_path(question: str) -> None:
    assert any("number" in hit.ranks for hit in built_retriever().search(question).hits)


# --- scope


@pytest.mark.parametrize("question", ["开源模型的风险", "risks of open source models"])
def test_only_the_editions_in_scope_are_found(question: str) -> None:
    for edition in ("aisgf@1.0", "aisgf@2.0"):
        hits = built_retriever().search(question, editions=[edition]).hits
        assert hits
        assert {hit.passage.edition for hit in hits} == {edition}
    both = built_retriever().search(question, k=30, editions=["aisgf@1.0", "aisgf@2.0"]).hits
    assert {hit.passage.edition for hit in both} == {"aisgf@1.0", "aisgf@2.0"}
    assert built_retriever().search(question, editions=["aisgf@9.0"]).hits == ()


@pytest.mark.parametrize(("question", "lang"), [("发布时间", "zh"), ("date of publication", "en")])
def test_only_the_parts_and_languages_in_scope_are_found(question: str, lang: Lang) -> None:
    hits = built_retriever().search(question, lang=lang, parts=["notice"]).hits
    assert hits
    assert {(hit.passage.part, hit.passage.lang) for hit in hits} == {("notice", lang)}


@pytest.mark.parametrize("k", [1, 3, 25])
def test_as_many_hits_as_wanted(k: int) -> None:
    for question in ("数据安全", "data security"):
        assert len(built_retriever().search(question, k=k).hits) == k


# --- hits


@pytest.mark.parametrize("question", [pair for _, *pairs in ASKED for pair in pairs])
def test_twins_are_one_hit_in_the_language_of_the_question(question: str) -> None:
    found = built_retriever().search(question, k=20)
    clauses = [neutral(hit.passage.clause) for hit in found.hits]
    assert len(set(clauses)) == len(clauses)
    assert found.hits[0].passage.lang == found.query.lang


@pytest.mark.parametrize("question", [pair for _, *pairs in ASKED for pair in pairs])
def test_ranks_explain_hits(question: str) -> None:
    hits = built_retriever().search(question, k=20).hits
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.ranks and set(hit.ranks) <= LISTS
        assert all(1 <= rank <= 60 for rank in hit.ranks.values())
        assert hit.found_by and set(hit.found_by) <= FOUND_BY and len(set(hit.found_by)) == len(hit.found_by)
        best = min(hit.ranks.values())
        assert hit.found_by[0] in {
            FIELD_OF.get(name, name.partition(".")[0]) for name, rank in hit.ranks.items() if rank == best
        }
        assert 0 <= hit.relevance <= 1
    assert min(hits[0].ranks.values()) == 1


@pytest.mark.parametrize("question", ["", "？？？", "!!!", "什么是", "what is the", "😀", "\x00"])
def test_a_question_without_content_finds_no_answer(question: str) -> None:
    found = built_retriever().search(question)
    assert not found.answerable
    assert all("lexical" not in hit.ranks for hit in found.hits)


@pytest.mark.parametrize("question", ["红烧排骨要炖多久", "How long does a marathon take?"])
def test_a_question_about_something_else_is_off_topic(question: str) -> None:
    found = built_retriever().search(question)
    assert (found.answerable, found.judgement.off_topic) == (False, True)


@pytest.mark.parametrize("question", ["开源", "guardrails"])
def test_the_same_question_finds_the_same(question: str) -> None:
    once, again = (built_retriever().search(question, k=20) for _ in range(2))
    assert once == again


# --- other works


@pytest.mark.parametrize(
    ("lang", "text", "question"),
    [
        ("zh", "锦鲤要用软水养，水温不可骤变。", "锦鲤怎么养"),
        pytest.param("en", "Koi carp thrive in soft water.", "how do koi carp thrive", marks=pytest.mark.soak),
    ],
)
def test_words_of_another_work_are_unknown_to_the_framework(
    tmp_path: Path, lang: Lang, text: str, question: str
) -> None:
    edition = "reading-20250926-1@1"
    origin = Origin(edition, "body", lang, "supplied", "text")
    reading = outline([Block(text)], origin)
    build([*(d for d in bundled_documents() if d.id == f"aisgf@2.0/{lang}"), reading], tmp_path)
    retriever = Retriever.open(tmp_path)
    inside = retriever.search(question, editions=["aisgf@2.0"])
    assert inside.signals.known < 0.5 and not inside.answerable
    of_its_own = retriever.search(question, editions=[edition])
    assert of_its_own.signals.known > 0.9
    assert [hit.passage.clause for hit in of_its_own.hits] == [f"{edition}/{lang}#p1"]


@pytest.mark.parametrize(
    ("question", "path"),
    [("留底留多久", "6.3.6"), ("给图片打标签的人乱标怎么办", "4.1.2(c)"), ("kill switch for rogue systems", "A2.1")],
)
def test_readers_own_words_find_the_clause_and_are_the_reason_of_the_hit(question: str, path: str) -> None:
    hits = built_retriever().search(question, editions=["aisgf@2.0"]).hits
    hit = next(hit for hit in hits if hit.passage.clause.endswith(f"#{path}"))
    assert "editorial" in hit.found_by


def test_without_the_editorial_index_nothing_is_found_by_it(tmp_path: Path) -> None:
    documents = [d for d in bundled_documents() if d.edition == "aisgf@2.0"]
    build(documents, tmp_path, editorial={})
    retriever = Retriever.open(tmp_path)
    assert retriever.manifest["editorial"] == 0
    for question in ("日志留存", "log retention"):
        hits = retriever.search(question).hits
        assert hits and not any("editorial" in hit.found_by for hit in hits)
