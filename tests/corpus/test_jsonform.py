"""Records as JSON and back: nothing lost, nothing that contradicts itself read, the shapes of the design."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from small import answer, citation, document, passage

from corpus.errors import BrokenInvariant
from corpus.jsonform import (
    answer_to_json,
    citation_to_json,
    document_from_json,
    document_to_json,
    lineage_from_json,
    lineage_to_json,
    link_from_json,
    link_to_json,
    passage_from_json,
    passage_to_json,
)
from corpus.records import Citation, Declined, Lineage, Link, Note, Search, Statement

LINK = Link(
    *(("3.1.1(d)", "3.1.1(f)"), ("3.1.1(e)",), "merged", "rewritten", False, True, 0.93),
    substance=("object_added",),
    redline=(("=", "安全"), ("-", "窃取"), ("+", "theft")),
    terms=("模型窃取", "theft"),
    sentences=(("防止窃取。", "Prevent theft."),),
)
ADDED = Link((), ("1.5",), "added", None, False, False, 1.0)


def stored(plain: object) -> object:
    """What a file gives back."""
    return json.loads(json.dumps(plain, ensure_ascii=False))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_document_comes_back_equal_and_its_clauses_carry_no_second_copy_of_the_text(lang: str) -> None:
    of = document(lang, url="https://www.cac.gov.cn/a", note="注")
    flagged = replace(of, clauses=(replace(of.clauses[0], flags=("low_confidence",)), *of.clauses[1:]))
    plain = document_to_json(flagged)
    assert document_from_json(stored(plain)) == flagged
    assert json.dumps(plain, ensure_ascii=False).count(of.clauses[1].text) == 1


def test_a_document_changed_on_the_way_is_refused() -> None:
    plain = document_to_json(document())
    with pytest.raises(BrokenInvariant, match="the last 1 characters belong to no clause"):
        document_from_json({**plain, "text": plain["text"] + "。"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_passage_comes_back_equal(lang: str) -> None:
    assert passage_from_json(stored(passage_to_json(passage(lang)))) == passage(lang)


@pytest.mark.parametrize("link", [LINK, ADDED])
def test_a_link_comes_back_equal_in_the_shape_of_diff(link: Link) -> None:
    plain = link_to_json(link)
    assert link_from_json(stored(plain)) == link
    assert list(plain) == [
        *(
            "from",
            "to",
            "label",
            "text",
            "moved",
            "renumbered",
            "heading_changed",
            "confidence",
            "substance",
            "evidence",
            "reviewed",
            "terms",
            "sentences",
            "redline",
        ),
    ]


def test_a_lineage_comes_back_equal_in_the_shape_of_diff() -> None:
    lineage = Lineage("aisgf@1.0", "aisgf@2.0", "zh", (LINK, ADDED), {"agree": 1, "disagree": ["1.5"]})
    plain = lineage_to_json(lineage)
    assert lineage_from_json(stored(plain)) == lineage
    assert list(plain) == ["old", "new", "lang", "counts", "links", "parity"]
    assert (plain["counts"]["merged"], plain["counts"]["added"], plain["counts"]["moved"]) == (1, 1, 0)


def test_a_citation_has_every_field_of_its_record() -> None:
    plain = stored(citation_to_json(citation("en")))
    assert Citation(**plain) == citation("en")
    assert list(plain) == [field.name for field in fields(Citation)]


def test_an_answer_in_the_shape_of_ask() -> None:
    counted = Statement("没有。", (), Search("开源", ("aisgf@1.0",), 0))
    given = answer(
        statements=(*answer().statements, counted),
        notes=(Note("digest", "要点", ("aisgf@2.0/zh#1.1",)),),
        ms={"r": 1.5},
    )
    plain = stored(answer_to_json(given))
    assert list(plain) == [
        *("answer_id", "question", "lang", "editions", "type", "text", "statements", "citations", "declined"),
        *("notes", "hits", "ms"),
    ]
    assert plain["statements"] == [
        {"text": "日志留六个月。", "citations": [1], "search": None},
        {"text": "没有。", "citations": [], "search": {"pattern": "开源", "editions": ["aisgf@1.0"], "count": 0}},
    ]
    assert plain["declined"] is None
    assert plain["notes"] == [{"kind": "digest", "message": "要点", "clauses": ["aisgf@2.0/zh#1.1"]}]
    hit = plain["hits"][0]
    assert (hit["clause"], hit["score"], hit["rank"]) == ("aisgf@2.0/zh#1.1", 0.5, 1)
    assert hit["found_by"] == ["dense", "lexical"]
    assert plain["ms"] == {"r": 1.5}


def test_a_refusal_in_the_shape_of_ask() -> None:
    no = Declined("false_premise", "Edition 2.0 has it.", (citation("en"),), ("aisgf@2.0/en#1.1",))
    plain = stored(answer_to_json(answer("en", text="", statements=(), citations=(), declined=no)))
    assert (plain["text"], plain["statements"], plain["citations"]) == ("", [], [])
    assert list(plain["declined"]) == ["reason", "message", "evidence", "nearest"]
    assert plain["declined"]["evidence"][0]["quote"] == "Keep logs for six months."
    assert plain["declined"]["nearest"] == ["aisgf@2.0/en#1.1"]
