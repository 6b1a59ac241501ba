"""What a question names: language, editions, clauses, "latest"; with full-width input, in both languages."""

from __future__ import annotations

import pytest

from index.question import content_tokens, content_units, index_terms, understand

V1, V2, V3 = "aisgf@1.0", "aisgf@2.0", "aisgf@3.0"


@pytest.mark.parametrize(
    ("question", "editions"),
    [
        ("2.0版第5.4节讲什么", (V2,)),
        ("２．０版怎么规定开源？", (V2,)),
        ("1.0和2.0有什么不同", (V1, V2)),
        ("框架2.0与1.0相比", (V2, V1)),
        ("v3讲了什么", (V3,)),
        ("2024年版有几条原则", (V1,)),
        ("2025版的原则", (V2,)),
        ("1.0。有哪些原则", (V1,)),
        ("5.4节对开源有什么要求", ()),
        ("有哪些原则", ()),
        ("What changed between 1.0 and 2.0?", (V1, V2)),
        ("Does v2.0 mention agents?", (V2,)),
        ("What does V1 say?", (V1,)),
        ("in the 2026 edition", (V3,)),
        ("the 2024 framework", (V1,)),
        ("(version 2.0)", (V2,)),
        ("What does 5.4 require?", ()),
        ("Summarise the principles", ()),
        ("a 12.0 % rise", ()),
        ("Version 2.0.1", ()),
        ("List the principles of version 1.0.", (V1,)),
        ("第一版的治理原则", (V1,)),
        ("首版有几条原则", (V1,)),
        ("最早那一版是哪天出的", (V1,)),
        ("第二版和第一版有何不同", (V2, V1)),
        ("2024年9月那版怎么看这事", (V1,)),
        ("2025年发布的框架", (V2,)),
        ("第一次评估要做什么", ()),
        ("2024年发生了什么", ()),
        ("第九版讲什么", ()),
        ("the first edition's principles", (V1,)),
        ("What did the original version say?", (V1,)),
        ("the second version vs the 2024 one", (V2, V1)),
        ("the 2025 AI safety governance framework", (V2,)),
        ("头一版和修订版", (V1,)),
        ("老版里给公众的建议", (V1,)),
        ("首个人工智能安全治理框架是谁发布的", (V1,)),
        ("能不能退回老版本", ()),
        ("新旧版有何不同", ()),
        ("the original (first) framework", (V1,)),
        ("In the older (2024) version, how many principles?", (V1,)),
        ("the very first AI safety governance framework", (V1,)),
        ("Can we go back to the old version?", ()),
        ("the first step of an assessment", ()),
        ("What happened in 2024?", ()),
    ],
)
def test_editions(question: str, editions: tuple[str, ...]) -> None:
    query = understand(question)
    assert query.editions == editions
    assert query.unknown_versions == ()


@pytest.mark.parametrize(
    ("question", "unknown"),
    [("4.0版讲什么", ("4.0",)), ("v9怎么说", ("9.0",)), ("What is new in 4.0?", ("4.0",)), ("Is V7 out?", ("7.0",))],
)
def test_versions_that_no_catalogue_lists(question: str, unknown: tuple[str, ...]) -> None:
    assert understand(question).unknown_versions == unknown
    assert understand(question).editions == ()


@pytest.mark.parametrize(
    ("question", "paths"),
    [
        ("5.4写了什么", ("5.4",)),
        ("3.1.1(f)写了什么", ("3.1.1(f)",)),
        ("３．１．１（ｆ）写了什么", ("3.1.1(f)",)),
        ("2.0版6.3.6的要求", ("6.3.6",)),
        ("§5.10与5.11", ("5.10", "5.11")),
        ("附件二有几条准则", ("A2",)),
        ("附件1.2分几级", ("A1.2",)),
        ("A2.3讲什么", ("A2.3",)),
        ("A1.2.3讲什么", ("A1.2.3",)),
        ("T.3.1.1(a)对应什么", ("T.3.1.1(a)",)),
        ("附录3收了什么", ("A3",)),
        ("第三章讲什么", ("3",)),
        ("第6章讲什么", ("6",)),
        ("错误率低于5.5%", ()),
        ("2.0版", ()),
        ("What does 5.4 say?", ("5.4",)),
        ("What does 3.1.1(F) of version 2.0 say?", ("3.1.1(f)",)),
        ("Quote 6.3.6.", ("6.3.6",)),
        ("What is in Appendix 2?", ("A2",)),
        ("annex 1.3", ("A1.3",)),
        ("What does A3.14 say?", ("A3.14",)),
        ("Summarise chapter 4", ("4",)),
        ("Chapter 3 of 1.0", ("3",)),
        ("a rate of 5.5%", ()),
        ("version 2.0", ()),
    ],
)
def test_paths(question: str, paths: tuple[str, ...]) -> None:
    assert understand(question).paths == paths


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("最新版是哪一版", True),
        ("有没有新版", True),
        ("有更新的版本吗", True),
        ("哪些风险是新增的", False),
        ("What is the latest version?", True),
        ("Is there a newer edition?", True),
        ("the current version", True),
        ("Which risks are new?", False),
    ],
)
def test_latest(question: str, latest: bool) -> None:
    assert understand(question).latest is latest


@pytest.mark.parametrize(
    ("question", "lang"),
    [("什么是agent？", "zh"), ("What does 智能体 mean?", "en"), ("５．４？", "en"), ("", "en"), ("数据", "zh")],
)
def test_the_language_is_that_of_the_question_unless_told(question: str, lang: str) -> None:
    assert understand(question).lang == lang
    assert understand(question, "zh").lang == "zh"
    assert understand(question, "en").lang == "en"


@pytest.mark.parametrize(
    ("question", "kept", "dropped"),
    [
        ("请问什么是数据投毒？", {"数据", "投毒"}, {"请问", "什么"}),
        ("What are the rules for labelling?", {"label", "rule"}, {"what", "are", "the", "for"}),
    ],
)
def test_question_words_are_no_content(question: str, kept: set[str], dropped: set[str]) -> None:
    found = set(content_tokens(question))
    assert kept <= found
    assert not dropped & found


@pytest.mark.parametrize("question", ["", "？？？", "什么是", "What is the?"])
def test_a_question_of_question_words_alone_has_no_units(question: str) -> None:
    assert content_units(question) == ()


@pytest.mark.parametrize(
    ("zh", "en"),
    [("智能体", "agents"), ("数据投毒", "data poisoning"), ("开源", "open source"), ("护栏", "guardrails")],
)
def test_a_concept_has_one_index_term_in_both_languages(zh: str, en: str) -> None:
    shared = {term for term in index_terms(zh) if term.startswith("¶")} & set(index_terms(en))
    assert shared


def test_full_width_and_half_width_are_one_question() -> None:
    wide, narrow = understand("ＡＩ Ａｇｅｎｔ在２．０版５．４"), understand("AI Agent在2.0版5.4")
    assert (wide.editions, wide.paths, wide.terms, wide.units) == (
        narrow.editions,
        narrow.paths,
        narrow.terms,
        narrow.units,
    )
    assert wide.text == "ＡＩ Ａｇｅｎｔ在２．０版５．４"


@pytest.mark.parametrize(
    ("question", "outside"),
    [
        ("欧盟人工智能法罚多少钱", True),
        ("日志留存多久", False),
        ("What fine does the EU AI Act set?", True),
        ("How long are logs kept?", False),
    ],
)
def test_what_no_edition_deals_in_is_marked(question: str, outside: bool) -> None:
    assert understand(question).outside is outside


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("資料投毒是什麼風險？", "资料投毒是什么风险？"), ("第二版對開源有甚麼要求", "第二版对开源有什么要求")],
)
def test_a_question_in_traditional_characters_has_the_terms_of_the_simplified_one(
    traditional: str, simplified: str
) -> None:
    one, other = understand(traditional), understand(simplified)
    assert one.text == traditional
    assert one.lang == "zh"
    assert one.editions == other.editions
    assert set(other.content) - {"甚", "甚么"} <= {*one.content, "什", "什么"}
