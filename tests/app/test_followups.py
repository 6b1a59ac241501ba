"""Follow-ups: read as they are meant after the last answer, and nothing else touched.

The table `followups.jsonl`: what was typed after which question, whether it goes on from it, and what it then asks. The rules
were written with the rows `seen` at hand. The rows `unseen` were written afterwards, met once, and are not learned from:
then 56 of their 60 follow-ups were read as meant, one wrongly, and one of their 30 questions of their own was rewritten
(28 of 30 in Chinese, 28 of 30 in English); what was wrong has been mended since. Of four earlier rounds, now among `seen`,
55 of 60, 41 of 56, 59 of 76 and 34 of 52 had been read as meant when they were met, and none of 209 other questions rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from built import built_assistant

from app.answering.followups import FollowUp, follow_up
from app.answering.fragment import read_fragment
from corpus.records import LANGS, Answer, Lang
from corpus.text import squeeze
from eval.cases import read_cases
from index.calibrate import calibration_questions
from index.question import understand

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


TABLE = rows(HERE / "followups.jsonl")
HALVES = ("seen", "unseen")


@cache
def answer(question: str, edition: str | None = None, lang: Lang | None = None) -> Answer:
    """What the assistant answers, over the bundled corpus."""
    return built_assistant().ask(question, edition, lang or "auto")


def read(row: dict[str, Any]) -> FollowUp | None:
    return follow_up(row["typed"], answer(row["last"]) if row["last"] else None)


def is_meant(row: dict[str, Any], found: FollowUp | None) -> bool:
    """Whether a reading has the words, the editions, the clauses, the language and the reason that the row asks for."""
    if found is None:
        return False
    query, words = understand(found.question), squeeze(found.question)
    versions = sorted(edition.partition("@")[2] for edition in query.editions)
    return (
        all(squeeze(said) in words for said in row.get("has", ()))
        and not any(squeeze(said) in words for said in row.get("lacks", ()))
        and versions == row.get("editions", versions)
        and sorted(query.paths) == row.get("paths", sorted(query.paths))
        and found.lang == row["answer"]
        and found.why == row.get("why", found.why)
    )


# --- the table


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("half", "least"), [("seen", 0.95), ("unseen", 0.85)])
def test_most_follow_ups_are_read_as_they_are_meant_and_none_otherwise(half: str, lang: Lang, least: float) -> None:
    mine = [row for row in TABLE if row["follows"] and (row["half"], row["lang"]) == (half, lang)]
    found = [(row, read(row)) for row in mine]
    meant = [row["id"] for row, reading in found if is_meant(row, reading)]
    assert len(meant) >= least * len(mine)
    assert [row["id"] for row, reading in found if reading and row["id"] not in meant] == []


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_question_of_its_own_is_never_rewritten(half: str, lang: Lang) -> None:
    own = [row for row in TABLE if not row["follows"] and (row["half"], row["lang"]) == (half, lang)]
    assert [(row["id"], reading.question) for row in own if (reading := read(row))] == []


@pytest.mark.parametrize("lang", LANGS)
def test_questions_asked_elsewhere_stand_by_themselves(lang: Lang) -> None:
    """Every calibration and tuning question, after answers of four kinds; those that lack a context are ambiguous there, too."""
    asked = {row["question"] for row in calibration_questions() if row["lang"] == lang}
    asked |= {
        case.question
        for name in ("brief", "tuning")
        for case in read_cases(ROOT / "eval" / "questions" / f"{name}.jsonl")
        if case.lang == lang and case.refusal != "ambiguous"
    }
    before: dict[Lang, tuple[str, ...]] = {
        "zh": (
            "3.1.1(f)说的是什么内容？",
            "治理原则一共有几条？",
            "对未成年人有什么要求？",
            "开源这块，两个版本有什么不一样？",
        ),
        "en": (
            "What is clause 3.1.1(f) about?",
            "How many governance principles are there?",
            "What has to be observed for minors?",
            "How did labelling change between the editions?",
        ),
    }
    lasts = [answer(question) for question in before[lang]]
    assert len(asked) > 400
    assert [question for question in sorted(asked) if any(follow_up(question, last) for last in lasts)] == []


def test_the_table_is_balanced_and_no_row_is_asked_elsewhere() -> None:
    for half in HALVES:
        for lang in LANGS:
            follows = [row["follows"] for row in TABLE if (row["half"], row["lang"]) == (half, lang)]
            assert sum(follows) >= 30
            assert len(follows) - sum(follows) >= 15
    assert len({(row["last"], row["typed"]) for row in TABLE}) == len(TABLE)
    assert len({row["id"] for row in TABLE}) == len(TABLE)
    mine = {squeeze(said) for row in TABLE for said in (row["last"], row["typed"]) if said}
    for file in sorted((ROOT / "eval" / "questions").glob("*.jsonl")):
        assert not {squeeze(case.question) for case in read_cases(file)} & mine
    for file in sorted((ROOT / "corpus" / "calibration").glob("*.jsonl")):
        assert not {squeeze(row["question"]) for row in rows(file)} & mine


# --- rule by rule

CLAUSE: dict[Lang, str] = {"zh": "3.1.1(f)写的什么？", "en": "What is written in clause 3.1.1(f)?"}
LOGS: dict[Lang, str] = {"zh": "系统日志得保存多长时间？", "en": "How long do system logs have to be kept?"}
LIST: dict[Lang, str] = {"zh": "治理原则一共有几条？", "en": "How many governance principles are there?"}


@pytest.mark.parametrize(
    ("last", "typed", "asked"),
    [
        # another edition: in the place of the one named, before the question, or what became of the clause
        ("1.0版的原则有哪些？", "2.0呢？", "2.0版的原则有哪些？"),
        ("Which principles does edition 1.0 set out?", "and 2.0?", "Which principles does edition 2.0 set out?"),
        ("首版的原则有哪些？", "下一版呢", "2.0版的原则有哪些？"),
        (LOGS["zh"], "上一版呢？", f"1.0版中，{LOGS['zh']}"),
        (LOGS["en"], "what about the previous edition?", "In 1.0, how long do system logs have to be kept?"),
        (CLAUSE["zh"], "1.0呢", "2.0版§3.1.1(f)“模型缺陷扩散”与1.0版相比有什么变化？"),
        (CLAUSE["en"], "and in 1.0?", "What changed from 1.0 in 2.0 §3.1.1(f) “Model defect propagation”?"),
        ("开源这块，两个版本有什么不一样？", "1.0里怎么说？", "1.0版对开源怎么说？"),
        ("How do the two editions differ on open source?", "what did 1.0 say?", "What does 1.0 say about open source?"),
        # what it says in full
        (CLAUSE["zh"], "展开讲讲", "2.0版§3.1.1(f)“模型缺陷扩散”的全文是什么？"),
        (CLAUSE["en"], "tell me more", "What is the full text of 2.0 §3.1.1(f) “Model defect propagation”?"),
        (LIST["zh"], "展开讲讲", "2.0版§1.1、§1.2、§1.3、§1.4、§1.5的全文是什么？"),
        (LIST["en"], "tell me more", "What is the full text of 2.0 §1.1, §1.2, §1.3, §1.4, §1.5?"),
        # one of those listed, by number, by mark, by its path
        (LIST["zh"], "第二条具体说了什么？", "2.0版§1.2“风险导向、敏捷治理”的全文是什么？"),
        (
            LIST["en"],
            "more on the second one",
            "What is the full text of 2.0 §1.2 “Identify risks with agile governance”?",
        ),
        (LIST["zh"], "[1]的原文", "2.0版第1章“人工智能安全治理原则”的全文是什么？"),
        (LIST["en"], "what does [3] say?", "What is the full text of 2.0 §1.2 “Identify risks with agile governance”?"),
        ("1.0版的原则有哪些？", "展开说说1.3", "1.0版§1.3“技管结合、协同应对”的全文是什么？"),
        (
            "What does version 1.0 say on supply chain security?",
            "more on 5.5",
            "What is the full text of 1.0 §5.5 “To strengthen AI supply chain security”?",
        ),
        # measures, and who sees to it
        (CLAUSE["zh"], "它的措施呢？", "2.0版§3.1.1(f)“模型缺陷扩散”对应哪些措施？"),
        (CLAUSE["en"], "which measures answer it?", "Which measures address 2.0 §3.1.1(f) “Model defect propagation”?"),
        ("认知战是什么风险？", "有什么对策？", "2.0版中认知战对应哪些措施？"),
        (
            "What dangers come with open-source models?",
            "any safeguards?",
            "Which measures in 2.0 address open-source models?",
        ),
        ("什么叫对抗攻击？", "怎么防？", "2.0版中“对抗攻击”对应哪些措施？"),
        (CLAUSE["zh"], "谁负责？", "谁负责应对2.0版“模型缺陷扩散”这一风险？"),
        (CLAUSE["en"], "who is responsible?", "Who is responsible for the risk “Model defect propagation” in 2.0?"),
        (LOGS["zh"], "谁负责？", "谁负责2.0版§6.3.6？"),
        (LOGS["en"], "who has to do that?", "Who is responsible for 2.0 §6.3.6?"),
        # what changed
        (LOGS["zh"], "有什么变化？", "2.0版§6.3.6与1.0版相比有什么变化？"),
        (LOGS["en"], "what changed since 1.0?", "What changed from 1.0 in 2.0 §6.3.6?"),
        ("对未成年人有什么要求？", "变严了吗", "关于未成年人，2.0版的要求比1.0版变严了吗？"),
        (
            "What has to be observed for minors?",
            "is it stricter now?",
            "Did the requirements on minors become stricter from 1.0 to 2.0?",
        ),
        # why: of a publication, or of all that changed
        ("2.0版框架是哪一天发布的？", "为什么？", "为什么发布2.0版？"),
        ("What changed overall from 1.0 to 2.0?", "why did it change?", "Why was edition 2.0 published?"),
        (CLAUSE["zh"], "为什么？", None),
        (CLAUSE["en"], "why?", None),
        # another matter, another clause
        ("开源方面两版说的一样吗", "那供应链呢？", "供应链方面两版说的一样吗"),
        (
            "How did open source evolve in the two editions?",
            "and for minors?",
            "How did minors evolve in the two editions?",
        ),
        ("How are deepfakes to be prevented?", "and data poisoning?", "How is data poisoning to be prevented?"),
        ("2.0版§3.1.1(f)“模型缺陷扩散”的全文是什么？", "3.1.1(a)呢", "2.0版§3.1.1(a)的全文是什么？"),
        ("What is section 5.9 about?", "and 5.10?", "What is 5.10 about?"),
        ("开源方面两版说的一样吗", "那其他国家呢？", None),
        ("How did open source evolve in the two editions?", "and other countries?", None),
        # pointing
        (LOGS["zh"], "这条对小公司也一样吗？", "2.0版§6.3.6对小公司也一样吗？"),
        (LOGS["en"], "Does this requirement burden start-ups?", "Does 2.0 §6.3.6 burden start-ups?"),
        (LOGS["zh"], "这个风险为什么危险？", None),
        (LOGS["en"], "Why is this principle new to start-ups?", None),
    ],
)
def test_a_follow_up_asks_in_full(last: str, typed: str, asked: str | None) -> None:
    found = follow_up(typed, answer(last))
    assert (found.question if found else None) == asked


@pytest.mark.parametrize(
    ("last", "typed", "lang"),
    [(LOGS["zh"], "用英文回答", "en"), (LOGS["en"], "in Chinese please", "zh"), (LOGS["zh"], "English?", "en")],
)
def test_another_language_is_the_same_question(last: str, typed: str, lang: Lang) -> None:
    assert follow_up(typed, answer(last)) == FollowUp(last, (), lang, "language")


@pytest.mark.parametrize(
    ("last", "typed", "lang"), [(LOGS["zh"], "and 1.0?", "en"), (LOGS["en"], "1.0呢", "zh"), (LOGS["zh"], "1.0?", "zh")]
)
def test_the_answer_is_in_the_language_typed(last: str, typed: str, lang: Lang) -> None:
    found = follow_up(typed, answer(last))
    assert found and (found.lang, found.editions) == (lang, ("aisgf@1.0",))


@pytest.mark.parametrize(
    ("talk", "clause"),
    [
        (("3.1.1(f)写的什么？", "3.1.1(a)呢", "它的措施呢？", "有什么变化？"), "3.1.1(a)"),
        (("What is written in clause 3.1.1(f)?", "and 3.1.1(a)?", "how is it addressed?", "what changed?"), "3.1.1(a)"),
        (("1.0版的治理原则有哪些？", "2.0呢", "第五条具体说了什么", "用英文回答", "这是新增的吗"), "1.5"),
        (
            (
                "How many governance principles are there in 1.0?",
                "and 2.0?",
                "explain the fifth",
                "in Chinese",
                "is it new?",
            ),
            "1.5",
        ),
    ],
)
def test_a_talk_goes_on_from_question_to_question(talk: tuple[str, ...], clause: str) -> None:
    last = answer(talk[0])
    for typed in talk[1:]:
        found = follow_up(typed, last)
        assert found, typed
        last = answer(found.question, None, found.lang)
    assert last.type == "diff"
    assert f"aisgf@2.0/{last.lang}#{clause}" in {citation.clause for citation in last.citations}


@pytest.mark.parametrize(
    "typed", ["它的措施呢？", "1.0呢？", "用英文回答", "which measures answer it?", "and in 1.0?", "English?"]
)
def test_the_first_question_is_never_rewritten(typed: str) -> None:
    assert read_fragment(typed)
    assert follow_up(typed, None) is None


@pytest.mark.parametrize(
    ("refused", "typed"), [("今天天气怎么样？", "谁负责？"), ("Will it rain tomorrow?", "what does it say?")]
)
def test_a_refusal_gives_nothing_to_point_at(refused: str, typed: str) -> None:
    assert answer(refused).declined
    assert follow_up(typed, answer(refused)) is None


@pytest.mark.parametrize(("last", "typed"), [(LOGS["zh"], "展开讲讲"), (LOGS["en"], "tell me more")])
def test_a_clause_that_no_question_can_name_is_not_named(last: str, typed: str) -> None:
    before = answer(last)
    for clause in ("gaigi@2023/zh#p1", "aisgf@2.0/zh#preface", "aisgf@2.0/zh#notice.1"):
        citations = tuple(replace(citation, clause=clause) for citation in before.citations)
        assert follow_up(typed, replace(before, citations=citations)) is None


@pytest.mark.parametrize(
    ("last", "typed", "heading", "asked"),
    [
        (CLAUSE["zh"], "展开讲讲", "1.0版新增的变化", "2.0版§3.1.1(f)的全文是什么？"),
        (CLAUSE["en"], "tell me more", "New in 1.0, see 5.4", "What is the full text of 2.0 §3.1.1(f)?"),
    ],
)
def test_a_heading_that_would_be_misread_is_left_out(last: str, typed: str, heading: str, asked: str) -> None:
    before = answer(last)
    citations = tuple(replace(citation, heading=heading) for citation in before.citations)
    found = follow_up(typed, replace(before, citations=citations))
    assert found and found.question == asked


@pytest.mark.parametrize(
    "make", [lambda: "的" * 1000, lambda: "a " * 500, lambda: "(" * 1000, lambda: f"那{'x' * 990}呢？"]
)
def test_long_nonsense_is_left_as_it_is(make: Callable[[], str]) -> None:
    assert follow_up(make(), answer(CLAUSE["zh"])) is None


# --- measures by the number of a risk


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("2.0版3.1.1(f)对应哪些措施？", ["aisgf@2.0/zh#T.3.1.1(f)", "aisgf@2.0/zh#4.1.1(d)"]),
        ("Which measures address 2.0 §3.1.1(f)?", ["aisgf@2.0/en#T.3.1.1(f)", "aisgf@2.0/en#4.1.1(d)"]),
        ("Which measures address 2.0 §3.2.2(b)?", ["aisgf@2.0/zh#T.3.2.2(b)", "aisgf@2.0/en#4.2.2(c)"]),
        ("2.0版5.4对应哪些措施？", ["aisgf@2.0/zh#5.4"]),
    ],
)
def test_measures_of_a_numbered_risk_come_from_its_row_in_either_language(question: str, cited: list[str]) -> None:
    assert [citation.clause for citation in answer(question).citations] == cited
