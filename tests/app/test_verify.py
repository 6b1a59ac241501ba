"""The gate before display: what is not as it is cited, counted or quoted falls, and what is left empty is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest
from built import built_assistant, built_retriever
from small import citation, document

from app.answering.assistant import Assistant
from app.answering.recount import Basis
from app.answering.verify import Failure, Verified, holds, report, verified
from app.answering.work import Work
from corpus.records import LANGS, Answer, Citation, Document, Lang, Statement

DOCUMENTS = {(of.id, of.part): of for of in (document("zh"), document("en"))}
BASIS: dict[Lang, Basis] = {lang: Basis(DOCUMENTS, {}, ("aisgf@2.0",), lang) for lang in LANGS}


def good(lang: Lang) -> Citation:
    return citation(lang)


def stating(lang: Lang, *markers: int) -> Statement:
    """The quotation with its place and marks, as a composer states it."""
    place = {"zh": "2.0版 §1.1“日志”：“{}”", "en": "2.0 §1.1 “Logs”: “{}”"}[lang]
    return Statement(place.format(good(lang).quote) + "".join(f"[{marker}]" for marker in markers), markers)


def moved(of: Citation, by: int) -> dict[str, Any]:
    """The same quotation, said to stand elsewhere."""
    return {"start": of.start + by, "end": of.end + by}


def bad(lang: Lang) -> dict[str, Citation]:
    """One thing wrong at a time."""
    right = good(lang)
    other = "en" if lang == "zh" else "zh"
    lead = DOCUMENTS[f"aisgf@2.0/{lang}", "body"].by_path["1"].text
    return {
        "a word altered": replace(right, quote=right.quote.replace("六", "九").replace("six", "two")),
        "a letter's case altered": replace(
            right, quote=right.quote.swapcase() + "。"[: lang == "zh"], end=right.end + (lang == "zh")
        ),
        "another place": replace(right, **moved(right, -1)),
        "beyond the end": replace(right, **moved(right, 10_000)),
        "another digest": replace(right, document_sha256="0" * 64),
        "the other language's digest": replace(right, document_sha256=document(other).sha256),
        "a clause that is not there": replace(right, clause=right.clause.replace("#1.1", "#1.2")),
        "another clause": replace(right, clause=right.clause.replace("#1.1", "#1")),
        "a text of another clause": replace(right, quote=lead, start=right.start - 1, end=right.start - 1 + len(lead)),
        "another document": replace(right, clause=right.clause.replace("aisgf@2.0", "aisgf@1.0")),
        "the announcement": replace(right, clause=right.clause.replace("#1.1", "#notice.1")),
        "no language": replace(right, clause="aisgf@2.0#1.1"),
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_true_citation_holds(lang: Lang) -> None:
    right = good(lang)
    assert holds(right, DOCUMENTS)
    part = replace(right, quote=right.quote[2:5], start=right.start + 2, end=right.start + 5)
    assert holds(part, DOCUMENTS)
    heading = DOCUMENTS[f"aisgf@2.0/{lang}", "body"].by_path["1.1"]
    start = heading.lead.end - 1 - len(heading.heading)
    assert holds(replace(right, quote=heading.heading, start=start, end=start + len(heading.heading)), DOCUMENTS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wrong", bad("zh"))
def test_an_untrue_citation_falls_with_its_statement(lang: Lang, wrong: str) -> None:
    untrue = replace(bad(lang)[wrong], marker=2)
    assert not holds(untrue, DOCUMENTS)
    told = [stating(lang, 1), stating(lang, 1, 2), stating(lang, 2)]
    found = verified(told, [good(lang), untrue], BASIS[lang])
    assert (found.statements, found.citations) == ((told[0],), (good(lang),))
    assert [(failure.check, failure.statement) for failure in found.failures] == [
        ("citation", told[1]),
        ("citation", told[2]),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("other", [{"heading": "Other"}, {"status": "official"}, {"reading": "ocr"}])
def test_a_citation_has_the_heading_and_the_nature_of_its_document(lang: Lang, other: dict[str, Any]) -> None:
    assert not holds(replace(good(lang), **other), DOCUMENTS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scope", [("aisgf@1.0",), ()])
def test_an_edition_out_of_scope_falls(lang: Lang, scope: tuple[str, ...]) -> None:
    found = verified([stating(lang, 1)], [good(lang)], replace(BASIS[lang], editions=scope))
    assert (found.statements, found.citations, [one.check for one in found.failures]) == ((), (), ["citation"])


def test_a_statement_without_its_citation_falls_and_unused_citations_go() -> None:
    unused = replace(good("en"), marker=7)
    told = [stating("zh", 1), stating("zh", 9)]
    found = verified(told, [good("zh"), unused], BASIS["zh"])
    assert (found.statements, found.citations) == ((told[0],), (good("zh"),))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_statement_shows_no_mark_that_it_does_not_cite(lang: Lang) -> None:
    told = stating(lang, 1)
    found = verified([replace(told, text=f"{told.text}[2]")], [good(lang)], BASIS[lang])
    assert [one.check for one in found.failures] == ["citation"]


# --- what answers say in their own words

QUESTIONS = {
    "zh": [
        *(
            "什么是微调？",
            "可信人工智能有哪些准则？",
            "风险分为哪五级？",
            "1.0版3.2.4(c)讲什么？",
            "哪些措施应对“就业结构”风险？",
        ),
        *(
            "2.0版出现了几次“沙箱”？",
            "2.0提到区块链了吗？",
            "供应链方面2.0版相比1.0版有什么变化？",
            "2.0版与1.0版相比有哪些变化？",
        ),
        *(
            "从1.0版到2.0版，5.8变成了什么？",
            "2.0版新增了哪些风险？",
            "1.0版是什么时候发布的？",
            "从1.0到2.0要求变严了吗？",
        ),
    ],
    "en": [
        *("What is fine-tuning?", "Name the principles for trustworthy AI.", "What are the five risk levels?"),
        *("What does 3.2.4(c) of version 1.0 state?", "Which measures counter information cocoons?"),
        *("How many times does sandbox occur in 2.0?", "Does 2.0 mention blockchain?", "What changed from 1.0 to 2.0?"),
        *("How did the provisions on supply chain change from 1.0 to 2.0?", "What became of 5.8 of 1.0 in 2.0?"),
        *("Which risks are new in 2.0?", "When was version 1.0 published?", "Are duties stricter in 2.0 than in 1.0?"),
    ],
}
ASKED = [(lang, question) for lang in LANGS for question in QUESTIONS[lang]]


def asked(question: str) -> tuple[Answer, Basis]:
    retriever = built_retriever()
    answer = built_assistant().ask(question)
    assert answer.declined is None
    return answer, Basis(retriever.documents, retriever.lineages, answer.editions, answer.lang)


def failed(answer: Answer, basis: Basis, statement: Statement) -> str:
    found = verified([statement], answer.citations, basis)
    return found.failures[0].check if found.failures else ""


@pytest.mark.parametrize(("lang", "question"), ASKED)
def test_answers_as_they_are_composed_pass(lang: Lang, question: str) -> None:
    answer, basis = asked(question)
    found = verified(answer.statements, answer.citations, basis)
    assert found.failures == ()
    assert (found.statements, set(found.citations)) == (answer.statements, set(answer.citations))


@pytest.mark.parametrize(("lang", "question"), ASKED)
def test_answers_with_one_thing_altered_fall(lang: Lang, question: str) -> None:
    answer, basis = asked(question)
    for statement in answer.statements[:4]:
        for altered in alterations(statement.text, lang):
            assert failed(answer, basis, replace(statement, text=altered)), altered


def alterations(text: str, lang: Lang) -> Iterator[str]:
    """The text with another digit, letter or edition, with a negation, a duty or a word put in: one at a time."""
    own = re.sub(r"\[\d+\]", lambda mark: " " * len(mark[0]), text)
    for at in [match.start() for match in re.finditer(r"\d", own)][::9]:
        yield f"{text[:at]}{(int(text[at]) + 3) % 10}{text[at + 1 :]}"
    for at in [match.start() for match in re.finditer(r"[^\W\d]", own)][::97]:
        yield f"{text[:at]}{'们' if lang == 'zh' else 'q'}{text[at + 1 :]}"
    for at, word in zip(range(0, len(text), 41), cycle(PUT_IN[lang]), strict=False):
        place = next((i for i in range(at, len(text)) if own[i] == text[i] and own[i - 1 : i] == text[i - 1 : i]), 0)
        yield f"{text[:place]}{word}{text[place:]}"
    for version in ("1.0", "2.0"):
        if version in text:
            yield text.replace(version, "3.0", 1)
            yield text.replace(version, "2.0" if version == "1.0" else "1.0", 1)


PUT_IN = {"zh": ["不", "必须", "区块链", "三个月"], "en": [" not ", " must ", " blockchain ", " three months "]}


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("2.0版出现了几次“沙箱”？", 3),
        ("How many times does sandbox occur in 2.0?", 3),
        ("What changed from 1.0 to 2.0?", 9),
    ],
)
def test_a_count_that_does_not_come_out_again_falls(question: str, count: int) -> None:
    answer, basis = asked(question)
    counted = [one for one in answer.statements if one.search]
    assert counted
    for statement in counted:
        assert statement.search
        assert failed(answer, basis, statement) == ""
        other = replace(statement.search, count=statement.search.count + count)
        assert failed(answer, basis, replace(statement, search=other)) == "count"
        elsewhere = replace(statement.search, editions=("aisgf@3.0",))
        assert failed(answer, basis, replace(statement, search=elsewhere)) == "count"


def test_a_count_of_a_part_of_the_lineage_is_no_more_than_the_whole_and_adds_up() -> None:
    answer, basis = asked("供应链方面2.0版相比1.0版有什么变化？")
    (statement,) = (one for one in answer.statements if one.search)
    assert statement.search and statement.search.count < 100
    text, count = "与此有关的共{}组：新增{}。其中原样保留或仅有文字调整的{}组。", statement.search.count

    def fails(*numbers: int, count: int = count) -> str:
        search = replace(statement.search, count=count) if statement.search else None
        return failed(answer, basis, replace(statement, text=text.format(*numbers), search=search))

    assert fails(count, count, 0) == fails(count, count - 1, 1) == ""
    assert fails(count, count, 1) == fails(count + 1, count, 0) == fails(1000, 1000, 0, count=1000) == "count"
    assert failed(answer, basis, replace(statement, text=statement.text + "必须执行。")) == "count"


def test_a_label_is_that_of_the_link() -> None:
    answer, basis = asked("What became of 5.8 of 1.0 in 2.0?")
    pair = next(one for one in answer.statements if one.text.startswith("Reworded"))
    assert failed(answer, basis, replace(pair, text=pair.text.replace("Reworded", "Merged"))) == "words"
    group = next(one for one in asked("2.0版新增了哪些风险？")[0].statements if one.text.startswith("新增（"))
    answer, basis = asked("2.0版新增了哪些风险？")
    assert failed(answer, basis, replace(group, text=group.text.replace("新增（", "删除（", 1)))


# --- what becomes of a statement that fell


def broken_assistant(path: str) -> Assistant:
    """An assistant over the built corpus in which, when answers are verified, one clause has another heading."""
    whole = built_retriever()

    class Altered(Assistant):
        def _basis(self, work: Work) -> Basis:
            basis = super()._basis(work)
            return replace(basis, documents={key: altered(of, path) for key, of in basis.documents.items()})

    return Altered(whole)


def altered(of: Document, path: str) -> Document:
    """The document, one clause with another heading than the one that is cited."""
    clauses = (replace(clause, heading="某") if clause.path == path else clause for clause in of.clauses)
    return replace(of, clauses=tuple(clauses))


@pytest.mark.parametrize("question", ["什么是微调？", "What is fine-tuning?"])
def test_what_is_left_empty_is_refused_and_both_are_logged(question: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken_assistant("A3.6").ask(question)
    assert answer.declined and answer.declined.reason == "not_in_framework"
    assert (answer.text, answer.statements, answer.citations) == ("", (), ())
    lines = [(row.name, row.levelname, row.getMessage()) for row in caplog.records]
    (removed, refused) = lines
    assert removed[:2] == refused[:2] == ("tiaowen.answers", "WARNING")
    assert re.fullmatch(rf"answer {answer.answer_id}: citation: '.{{40,80}}'", removed[2])
    assert refused[2] == f"answer {answer.answer_id}: refused, no statement is left"


@pytest.mark.parametrize("question", ["可信人工智能有哪些准则？", "Name the principles for trustworthy AI."])
def test_the_other_statements_stay(question: str, caplog: pytest.LogCaptureFixture) -> None:
    whole = built_assistant().ask(question)
    answer = broken_assistant("A2.3").ask(question)
    assert answer.declined is None
    assert [one for one in whole.statements if one not in answer.statements] == [
        whole.statements[0],
        whole.statements[3],
    ]
    assert {citation.clause.partition("#")[2] for citation in answer.citations} == {
        f"A2.{item}" for item in (1, 2, 4, 5, 6, 7, 8)
    }
    assert len(caplog.records) == 2


def test_the_log_is_one_line_of_the_first_characters(caplog: pytest.LogCaptureFixture) -> None:
    long = Statement("第一行\n" + "字" * 200, (1,))
    report("abc", Verified((), (), (Failure("words", long),)))
    assert [row.getMessage() for row in caplog.records] == [
        f"answer abc: words: '第一行\\n{'字' * 76}'",
        "answer abc: refused, no statement is left",
    ]
