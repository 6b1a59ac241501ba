"""The records: what they tell, and every invariant broken once."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable

import pytest
from small import answer, citation, clause, document, passage

from corpus.errors import BrokenInvariant
from corpus.records import Citation, Declined, Document, Edition, Hit, Lineage, Link, Search, Span, Statement

NO = Declined("off_topic", "我不谈天气。")


def link(old: tuple[str, ...], new: tuple[str, ...], label: str = "reworded") -> Link:
    return Link(old, new, label, "reworded" if old and new else None, False, False, 1.0)


def overlapping() -> Document:
    first = clause("1", Span(0, 0), Span(0, 3), "一二三")
    return document(text="一二三", clauses=(first, clause("2", Span(2, 2), Span(2, 3), "三")))


def twice() -> Document:
    return document(
        text="一二", clauses=tuple(clause("1", Span(at, at), Span(at, at + 1), "一二"[at]) for at in range(2))
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Span(3, 2), "span [3, 2) is not a range"),
        (lambda: Span(-1, 2), "span [-1, 2) is not a range"),
        (
            lambda: clause("5.4", Span(0, 2), Span(3, 5), "安全"),
            "aisgf@2.0/zh#5.4: heading and text are not adjacent",
        ),
        (lambda: clause("5.4", Span(0, 2), Span(2, 5), "安全"), "aisgf@2.0/zh#5.4: text and span differ in length"),
        (
            lambda: dataclasses.replace(clause("5.4", Span(0, 0), Span(0, 2), "安全"), path="5.5"),
            "aisgf@2.0/zh#5.4 does not name the path 5.5",
        ),
        (lambda: document(id="aisgf@2.0/en"), "document id aisgf@2.0/en is not edition/language"),
        (lambda: document(clauses=document().clauses[1:]), "aisgf@2.0/zh#1.1: text from 0 to 14 is nobody's"),
        (overlapping, "aisgf@2.0/zh#2: text from 3 to 2 is nobody's"),
        (lambda: document(text=document().text.replace("留", "存")), "aisgf@2.0/zh#1.1: its text is not its slice"),
        (lambda: document(text=document().text + "多余"), "aisgf@2.0/zh: the last 2 characters belong to no clause"),
        (twice, "aisgf@2.0/zh: a clause id occurs twice"),
        (lambda: citation(quote="日志"), "citation of aisgf@2.0/zh#1.1: quote and offsets differ"),
        (lambda: citation(quote="", end=citation().start), "citation of aisgf@2.0/zh#1.1: quote and offsets differ"),
        (lambda: Statement("日志留六个月。", ()), "statement '日志留六个月。' rests on nothing"),
        (lambda: answer(statements=(), citations=()), "an answer has statements or a refusal"),
        (lambda: answer(declined=NO), "an answer has statements or a refusal"),
        (lambda: answer(statements=(), citations=(), declined=NO), "a refusal shows no citation"),
        (lambda: answer(statements=(), text="", declined=NO), "a refusal shows no citation"),
        (lambda: answer(statements=(Statement("一", (1, 2)),)), "markers [2] are not both used and defined"),
        (
            lambda: answer(citations=(citation(), citation(marker=3))),
            "markers [3] are not both used and defined",
        ),
        (lambda: link((), ()), "a link joins at least one clause"),
        (
            lambda: Lineage("aisgf@1.0", "aisgf@2.0", "zh", (link(("1.1",), ("1.1",)), link(("1.1",), ("1.2",)))),
            "a clause of aisgf@1.0 stands in two links",
        ),
        (
            lambda: Lineage("aisgf@1.0", "aisgf@2.0", "en", (link(("1.1",), ("5.4",)), link((), ("5.4",)))),
            "a clause of aisgf@2.0 stands in two links",
        ),
    ],
)
def test_a_record_that_contradicts_itself_cannot_be_made(make: Callable[[], object], message: str) -> None:
    with pytest.raises(BrokenInvariant) as broken:
        make()
    assert str(broken.value) == message


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_records_that_hold_together(lang: str) -> None:
    assert answer(lang).statements[0].text == document(lang).by_path["1.1"].text
    assert document(lang).clauses[-1].span.end == len(document(lang).text)


def test_records_do_not_change() -> None:
    for record in (Span(0, 1), document(), document().clauses[0], citation(), passage(), answer()):
        name = dataclasses.fields(record)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, "x")


def test_a_refusal_may_show_evidence_and_a_statement_may_rest_on_a_search() -> None:
    refused = answer(text="", statements=(), citations=(), declined=dataclasses.replace(NO, evidence=(citation(),)))
    assert refused.declined and refused.declined.evidence[0].quote == "日志留六个月。"
    counted = Statement("没有出现。", (), Search("开源", ("aisgf@1.0",), 0))
    assert answer(statements=(counted,), citations=(), text="没有出现。").statements == (counted,)


@pytest.mark.parametrize(("lang", "text"), [("zh", "日志"), ("en", "Logs")])
def test_a_span_counts_code_points(lang: str, text: str) -> None:
    of = document(lang)
    assert of.by_path["1.1"].lead.of(of.text) == f"\n\n1.1 {text}\n"
    assert len(Span(1, 3)) == len(Span(1, 3).of("𠮷𠮷𠮷𠮷")) == 2


def test_the_digest_is_that_of_the_text_in_utf_8() -> None:
    assert document().sha256 == hashlib.sha256(document().text.encode("utf-8")).hexdigest()
    assert document().sha256 != document("en").sha256


def test_the_clause_tree() -> None:
    of = document()
    assert [c.path for c in of.children(None)] == ["1"]
    assert [c.path for c in of.children("1")] == [c.path for c in of.below("1")] == ["1.1"]
    assert of.children("1.1") == ()
    assert [c.path for c in of.ancestors(of.by_path["1.1"])] == ["1"]


def test_the_page_of_a_place() -> None:
    of = document()
    second = of.pages[1].start
    pages = [page and (page.page, page.label) for page in map(of.page_at, (0, second - 1, second, len(of.text)))]
    assert pages == [(3, "1"), (3, "1"), (4, "2"), (4, "2")]
    assert document(pages=()).page_at(0) is None
    assert document(pages=of.pages[1:]).page_at(0) is None


def test_an_edition_knows_its_work_and_version() -> None:
    edition = Edition("aisgf@2.0", {"zh": "二", "en": "Two"}, "2025-09-15")
    assert (edition.work, edition.version) == ("aisgf", "2.0")


def test_who_found_a_hit_best_first() -> None:
    assert Hit(passage(), 0.1, 1, {"number": 2, "lexical": 1, "dense": 2}).found_by == ("lexical", "dense", "number")


def test_counts_of_a_lineage_hold_every_label_in_order_of_precedence() -> None:
    links = (link((), ("1.5",), "added"), link(("1.1",), ("1.1",)), link(("1.2",), ("1.2",)))
    counts = Lineage("aisgf@1.0", "aisgf@2.0", "zh", links).counts
    assert list(counts) == ["added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged"]
    assert (counts["added"], counts["removed"], counts["reworded"]) == (1, 0, 2)


def test_a_citation_keeps_what_it_was_given() -> None:
    assert isinstance(citation("en"), Citation)
    assert (citation("en").translation, citation("en").quote) == (True, "Keep logs for six months.")
