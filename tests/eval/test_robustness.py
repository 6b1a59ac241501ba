"""Doctored corpora: documents stay whole, noise disturbs only what it may, a replaced fact is told as it stands now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from built import built_assistant, bundled

from app.cli.eval_commands import asked_json
from corpus.records import Document, Lang
from eval.cases import Case, Nugget
from eval.doctored import NOISE_PATH, answering_from, edited, with_noise
from eval.noise import HEADING, noise
from eval.robustness import Doctored, as_json, counterfactual, doctor, facts_to_replace, robustness, sections
from eval.run import Ask
from eval.sections import Section, as_text

LANGS: tuple[Lang, ...] = ("zh", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_an_edited_document_is_whole_and_supplied(lang: Lang) -> None:
    before = bundled("aisgf@2.0", lang)
    after = edited(before, {"5.4": "换了。\n" if lang == "zh" else "Replaced.\n"})
    assert after.by_path["5.4"].text in ("换了。\n", "Replaced.\n")
    assert after.status == "supplied" and after.url is None and after.sha256 != before.sha256
    assert [clause.path for clause in after.clauses] == [clause.path for clause in before.clauses]
    assert all(after.by_path[c.path].text == c.text for c in before.clauses if c.path != "5.4")
    with pytest.raises(KeyError, match=r"has no clause 99"):
        edited(before, {"99": ""})


def test_pages_move_with_their_clauses() -> None:
    plain = bundled("aisgf@2.0", "zh")
    from corpus.records import PageStart

    at = plain.by_path["5.5"].span.start
    paged = replace(plain, pages=(PageStart(0, 1, None), PageStart(at, 2, "1")))
    moved = edited(paged, {"5.4": "短。\n"})
    assert moved.pages[1].start == moved.by_path["5.5"].span.start


@pytest.mark.parametrize("lang", LANGS)
def test_noise_is_an_appendix_of_its_own(lang: Lang) -> None:
    before = bundled("aisgf@2.0", lang)
    after = with_noise(before, HEADING[lang], noise(lang))
    assert len(noise(lang)) == len(set(noise(lang))) == 96
    assert after.clauses[: len(before.clauses)] == before.clauses
    assert [c.text.strip() for c in after.children(NOISE_PATH)] == noise(lang)
    assert "{" not in "".join(noise(lang))


CASES = [
    Case("l-zh", "日志要保存多久？", "zh", "l", "lookup", ("2.0",), ("2.0#6.3.6",), nuggets=(Nugget(True, ("6个月",)),)),
    Case("l-en", "How long must logs be kept?", "en", "l", "lookup", ("2.0",), ("2.0#6.3.6",), nuggets=(Nugget(True, ("six months",)),)),
    Case("o-zh", "汽车年检要多少钱？", "zh", "o", "lookup", answerable=False, refusal="off_topic"),
    Case("d-zh", "5.4在两版中有什么变化？", "zh", "d", "diff", ("1.0", "2.0"), nuggets=(Nugget(True, ("供应链",)),)),
]  # fmt: skip


def test_a_fact_is_replaced_wherever_it_stands_at_once() -> None:
    zh = bundled("aisgf@2.0", "zh")
    facts = [
        Doctored("a", zh.id, "6.3.6", "日志", "账本"),
        Doctored("b", zh.id, "6.3.6", "账本", "日志"),
    ]
    (after,) = doctor([zh], facts)
    assert "账本" in after.by_path["6.3.6"].text and "日志" not in after.by_path["6.3.6"].text


def test_leaks_and_missing_provenance_are_counted() -> None:
    fact = Doctored("l-zh", "aisgf@2.0/zh", "6.3.6", "6个月", "三年")
    quote = {"clause": "aisgf@2.0/zh#6.3.6", "quote": "保存三年", "heading": "", "status": "supplied", "marker": 1}

    def told(text: str, **change: str) -> Any:
        return counterfactual(CASES, [fact], lambda *_: {"text": text, "citations": [quote | change]})

    right = told("保存三年[1]")
    assert (right.n, right.found, right.quoted, right.supplied, right.leaked) == (1, 1, 1, 1, ())
    assert told("保存6个月[1]").leaked == ("l-zh",)
    assert told("保存三年[1]", status="official").supplied == 0
    assert told("保存[1]", quote="保存").unquoted == ("l-zh",)
    assert told("保存三年[1]", clause="aisgf@2.0/zh#5.4").found == 0


def test_the_assistant_is_robust_on_a_small_set() -> None:
    """Two facts change places, and noise changes nothing; a question on changes is not asked with noise."""
    ours = built_assistant()
    asked: list[str] = []

    def ask(question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
        return asked_json(ours, question, scope)

    @contextmanager
    def ask_from(documents: Sequence[Document]) -> Iterator[Ask]:
        noisy = any(NOISE_PATH in document.by_path for document in documents)
        with answering_from(documents, None, {}) as other:

            def one(question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
                asked.append(question if noisy else "")
                return asked_json(other, question, scope)

            yield one

    found = robustness(CASES, ask, list(ours.retriever.documents.values()), ask_from)
    noisy = next(one for one in found.losses if one.variant == "noise")
    assert noisy.n == 3 and not noisy.lost
    assert CASES[3].question not in asked
    assert found.counterfactual.leaked == ()
    assert found.counterfactual.supplied == found.counterfactual.quoted == found.counterfactual.found
    told = as_json(found)
    assert [one["variant"] for one in told["variants"]][-1] == "noise"
    for lang, word in (("zh", "被改动的条款"), ("en", "Doctored clauses")):
        assert word in as_text(sections(found), lang)


def test_facts_that_the_question_names_are_left() -> None:
    ours = built_assistant()
    documents = list(ours.retriever.documents.values())
    named = replace(CASES[0], id="n-zh", question="日志要保存6个月吗？")
    answers = {case.id: asked_json(ours, case.question, None) for case in (*CASES[:2], named)}
    assert facts_to_replace([named], answers, documents) == []


def test_a_table_has_as_many_cells_as_heads() -> None:
    with pytest.raises(ValueError, match="section 'x': a row has other than 2 cells"):
        Section("x", {"zh": "", "en": ""}, {"zh": "", "en": ""}, ("a", "b"), (("1",),))
    shown = as_text([Section("x", {"zh": "表", "en": "T"}, {"zh": "注", "en": "N"}, ("词", "n"), (("ab", "1"),))], "zh")
    assert shown == "表\n词  n\nab  1\n注"
