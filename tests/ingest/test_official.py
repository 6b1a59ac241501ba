"""Edition 1.0 as published, read as `tiaowen add` reads it. No sentence of it is here: digests and a few characters."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter

import pytest
from golden import (
    MEASURES,
    assert_clauses,
    assert_every_line_in_one_clause,
    bare,
    body_and_table,
    digest,
    dropped,
    headings_digest,
    table_letters,
)
from official import EN_10, INITIATIVE, ZH_10, official_bytes, official_document, official_extract
from pypdf import PdfReader
from tally import EDITION_1, GOVERNANCE_1, TABLE_1, governance, measures, over, tally, under

from corpus.catalogue import load_catalogue
from corpus.mapping import rows as mapping_rows
from corpus.records import Clause, Document
from corpus.text import squeeze
from ingest.accounting import Account, account
from ingest.bundled import bundled_documents
from ingest.intake import status_of

pytestmark = pytest.mark.official

CLAUSES = {
    ZH_10: """
        preface 213f246fff7b0d96 人工智能是人类发
        1 fe57d605ee4c6cfd 秉持共同、综合、
        1.2 3d79584e5a204412 密切跟踪人工智能
        1.4 5170d4d3565a0a9f 在全球范围推动人
        2 0f43803c6490eb08 基于风险管理理念
        2.2 3f117cad303cc34f 针对模型算法、训
        2.4 dfd4258592c21512 明确模型算法研发
        3 d7c85200efa00c6e 人工智能系统设计
        3.1.3(c) 8d1d58854819f07d 人工智能产业链呈
        3.2.4(c) 0a01250d13fbf50d 随着人工智能技术
        4 f6e245adc195d36a 针对上述安全风险
        4.1.3(c) 80202085e343a99e 加强人工智能算力
        4.2.4(b) db27ab43a1ce1701 应用于政府部门、
        5 d5d502fe3259e1ec 在采取技术应对措
        5.5 a30e21482465c674 推动共享人工智能
        5.10 6af419f7a625c478 积极与各国就人工
        6.1(a) e67fcb45e8af7bf0 研发者应在需求分
        6.2(h) b6c8e7b69385bdae 服务提供者应将人
        6.4(f) f9e49817fd2d6f49 社会公众应注意人
        T.3.1.1(a) 95279c725d18761b 4.1.1（a）
        T.3.2.1(a) 2602d2cf4d0fd239 4.2.1（a）
        T.3.2.4(c) da60db594d3cbd61 4.2.4（b）
    """,
    EN_10: """
        preface 66bfc16df4194160 Artificial
        1 c5bed0b64a369a15 -Commit
        1.2 6bbe6cad68599016 By
        1.4 f6b3433193ddeb7b We
        2 963dfc0f2fa66427 Based
        2.2 a3267f27f3ea0346 Regarding
        2.4 951e97fc221d635f We
        3 91fe7164bb7cc234 Safety
        3.1.3(c) 022ed9d394528642 The
        3.2.4(c) 5da75aeb402bd540 With
        4 6300c2637fdcd42c Responding
        4.1.3(c) dfa619b868712ca5 To
        4.2.4(b) f525748e9c400764 AI
        5 98d4e33c0dff1efd While
        5.5 8503d9a49402a259 We
        5.10 d6b5b2aa2b431d40 We
        6.1(a) 839219e7ba38d91c Developers
        6.2(h) 688cb870c80b3fd8 Service
        6.4(f) 094978dfd8307c80 Users
    """,
}


def zh() -> Document:
    return official_document(ZH_10)


def en() -> Document:
    return official_document(EN_10)


def body_paths(document: Document) -> list[str]:
    return [clause.path for clause in document.clauses if clause.kind != "row"]


def pieces(document: Document, clause: Clause) -> list[tuple[int, str]]:
    """The text of a clause page by page."""
    starts = [at for at in range(clause.span.start, clause.span.end)]
    found: dict[int, str] = {}
    for at in starts:
        page = document.page_at(at)
        assert page is not None
        found[page.page] = found.get(page.page, "") + document.text[at]
    return list(found.items())


@pytest.mark.parametrize("name", [ZH_10, EN_10])
def test_the_files_are_the_ones_these_tests_were_written_for(name: str) -> None:
    digests = {
        ZH_10: "5e16d652fd701c39cb15453c0d428285f87cb1190f4cb9e663e07deba13d5cea",
        EN_10: "89948f53f92913dbbc300bac9288b1a4b4bd0e1b215c87368d7e47b6df91db04",
    }
    assert hashlib.sha256(official_bytes(name)).hexdigest() == digests[name]


def test_provenance() -> None:
    assert (zh().id, zh().status, zh().reading, zh().translation) == ("aisgf@1.0/zh", "official", "text", False)
    assert (en().id, en().status, en().reading, en().translation) == ("aisgf@1.0/en", "supplied", "text", True)
    assert load_catalogue().copies[zh().raw_sha256 or ""] == "aisgf@1.0"
    assert status_of(official_bytes(ZH_10), "aisgf@2.0", None) == "supplied"


def test_clauses_of_every_sort_and_group() -> None:
    assert tally(zh()) == EDITION_1 | {"rows": 26}
    assert tally(en()) == EDITION_1
    for document in (zh(), en()):
        assert under(document, "3.1", "3.2", "6.1", "6.2", "6.3", "6.4") == [13, 13, 10, 10, 9, 6]


def test_both_languages_and_the_digest_have_the_same_paths() -> None:
    assert body_paths(zh()) == body_paths(en())
    for ours in bundled_documents():
        if ours.edition == "aisgf@1.0" and ours.part == "body":
            assert [clause.path for clause in ours.clauses] == [clause.path for clause in zh().clauses]


@pytest.mark.parametrize("name", [ZH_10, EN_10])
def test_first_middle_and_last_clause_of_every_chapter(name: str) -> None:
    assert_clauses(official_document(name), CLAUSES[name])


@pytest.mark.parametrize("name", [ZH_10, EN_10])
def test_the_headings_are_those_of_the_digest(name: str) -> None:
    document = official_document(name)
    (ours,) = [d for d in bundled_documents() if (d.id, d.part) == (document.id, "body")]
    named = [clause for clause in document.clauses if clause.kind != "row" and clause.path != "preface"]
    assert [squeeze(clause.heading) for clause in named] == [squeeze(ours.by_path[c.path].heading) for c in named]
    assert headings_digest(document) == {ZH_10: "d9c4fa37ee93d967", EN_10: "4720b97eaa469bb8"}[name]


def test_every_line_of_the_pdf_is_in_exactly_one_clause_or_dropped_under_a_name() -> None:
    """The lines dropped were read by eye, all of them."""
    extract = official_extract(ZH_10)
    body, table = body_and_table(extract, zh())
    assert_every_line_in_one_clause(zh(), body)
    printed = [line.text for line in table if not MEASURES.fullmatch(line.text)]
    assert Counter(filter(str.isalpha, "".join(printed))) == table_letters(zh())
    told = {"cover": 4, "contents": 15, "running_head": 17, "page_number": 17}
    assert account(extract, "zh") == Account(19, 498, len(body) + len(table), told)
    gone = {(one.reason, one.page) for one in dropped(extract, zh())}
    assert gone == {
        ("cover", 1),
        ("contents", 2),
        *((reason, page) for reason in ("running_head", "page_number") for page in range(3, 20)),
    }
    heads = {one.line.text for one in dropped(extract, zh()) if one.reason == "running_head"}
    assert heads == {"人工智能安全治理框架"}


@pytest.mark.parametrize("name", [EN_10, INITIATIVE])
def test_every_character_of_a_transcription_is_in_exactly_one_clause(name: str) -> None:
    extract, document = official_extract(name), official_document(name)
    assert bare(document.text) == bare(official_bytes(name).decode("utf-8"))
    found = account(extract, "en")
    assert (found.pages, found.kept, sum(found.dropped.values())) == (0, len(extract.blocks), 0)


def test_the_initiative_is_numbered_by_paragraph() -> None:
    document = official_document(INITIATIVE)
    assert (document.id, document.status) == ("gaigi@2023/en", "supplied")
    assert [clause.path for clause in document.clauses] == [f"p{number}" for number in range(1, 17)]
    assert [digest(document.by_path[path].text) for path in ("p1", "p8", "p16")] == [
        "3f27b28ce467fcfd",
        "8cb7a974df723309",
        "e6712c09b8045518",
    ]


def test_the_preamble_is_one_paragraph_in_chinese_and_a_list_in_english() -> None:
    assert "\n" not in zh().by_path["1"].text
    aims = en().by_path["1"].text.split("\n")
    assert len(aims) == 11
    assert all(re.match(r"-[A-Z]", aim) for aim in aims)


def test_the_english_transcription_omits_the_table_and_says_so() -> None:
    assert en().by_path["T"].text == "[Omitted.]"
    assert en().children("T") == ()


def test_an_english_item_with_a_tab_after_its_letter() -> None:
    raw = official_bytes(EN_10).decode("utf-8")
    tabbed = [clause for clause in en().clauses if re.match(r"4\..*\)", clause.path) and f"\n{clause.number}\t" in raw]
    assert len(tabbed) >= 10
    assert all(clause.text[0].isupper() and "\t" not in clause.text for clause in tabbed)


def test_every_chinese_clause_is_what_another_reader_finds_on_its_page() -> None:
    reader = PdfReader(io.BytesIO(official_bytes(ZH_10)))
    pages = [squeeze(page.extract_text()) for page in reader.pages]
    split = 0
    for clause in zh().clauses:
        found = pieces(zh(), clause) if clause.path[0] != "T" else []
        split += len(found) > 1
        for page, text in found:
            assert squeeze(text) in pages[page - 1], (clause.path, page)
    assert split == 8


def test_pages_and_their_printed_labels() -> None:
    of = {clause.path: zh().page_at(clause.span.start) for clause in zh().clauses}
    told = {path: (page.page, page.label) for path, page in of.items() if page}
    assert len(told) == len(zh().clauses)
    wanted = {"preface": (3, "1"), "1.2": (4, "2"), "3.1.1(d)": (6, "4"), "4.1.1(a)": (9, "7"), "5.9": (14, "12")}
    wanted |= {"6.4(f)": (18, "16"), "T": (19, "17"), "T.3.2.4(c)": (19, "17")}
    assert {path: told[path] for path in wanted} == wanted
    assert [told[clause.path] for clause in zh().clauses] == sorted(told[clause.path] for clause in zh().clauses)
    assert en().pages == ()


def test_page_starts_ascend() -> None:
    pages = [page.page for page in zh().pages]
    assert pages == sorted(set(pages))


def test_no_running_head_and_no_page_number_is_left() -> None:
    head = "人工智能安全治理框架"
    for clause in zh().clauses:
        lines = f"{clause.heading}\n{clause.text}".split("\n")
        assert not any(re.fullmatch(r"[-—\s]*\d{1,3}[-—\s]*", line) for line in lines), clause.path
        assert not re.search(r"-\s*\d{1,2}\s*-", clause.text), clause.path
        assert head not in lines, clause.path
    assert zh().text.count(head) <= 3


def test_chinese_sentences_are_whole() -> None:
    for clause in zh().clauses:
        assert "\n" not in clause.text or clause.path == "T", clause.path
        if clause.text and clause.kind not in ("row", "table"):
            assert clause.text.endswith("。"), clause.path
            assert not re.search(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", clause.text), clause.path


def test_the_english_heading_glued_to_the_item_before_is_a_section() -> None:
    of = en().by_path
    assert of["4.2.2"].heading == "Addressing real-world risks"
    assert "4.2.2" not in of["4.2.1(b)"].text and of["4.2.1(b)"].text.rstrip().endswith(".")
    assert [clause.path for clause in en().children("4.2.2")] == ["4.2.2(a)", "4.2.2(b)"]


def test_the_english_item_without_a_space_after_its_letter() -> None:
    item = en().by_path["3.2.2(a)"]
    assert (item.number, item.heading.split()[0]) == ("(a)", "Inducing")
    assert item.text.startswith("AI is used")


@pytest.mark.parametrize("name", [ZH_10, EN_10])
def test_risks_have_headings_and_measures_have_none(name: str) -> None:
    document = official_document(name)
    assert all(clause.heading for clause in document.below("3"))
    assert not any(clause.heading for clause in document.clauses if re.fullmatch(r"[46].*\)", clause.path))
    assert all(clause.heading and clause.text for clause in document.children("5"))


def test_the_mapping_table_of_the_pdf() -> None:
    assert measures(zh()) == TABLE_1
    rows = zh().children("T")
    assert [row.heading for row in rows] == [
        zh().by_path[row.path.removeprefix("T.")].heading.replace(" ", "") for row in rows
    ]
    assert all(re.fullmatch(r"4\.\d\.\d(（[a-f]）)+ \| .+", row.text) for row in rows)
    assert {row.path[:7]: row.text.count("；") for row in rows}["T.3.2.4"] >= 3
    assert not any(row.flags for row in rows)
    assert governance(zh()) == over(GOVERNANCE_1, TABLE_1)
    assert [row.unresolved for row in mapping_rows(zh())] == [()] * 26
    assert mapping_rows(en()) == ()
