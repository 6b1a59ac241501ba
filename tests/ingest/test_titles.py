"""What titles and texts say they are: editions known and unknown, in Chinese and English."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small import document

from corpus.catalogue import address, load_catalogue
from corpus.records import Document, Span
from ingest.listing import Row
from ingest.titles import contradiction, names_work, sighting_of, versions_named

KNOWN = load_catalogue()
NOW = "2026-11-23T03:00:00Z"


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("《人工智能安全治理框架》4.0版发布", ("4.0",)),
        ("《人工智能安全治理框架4.0》发布", ("4.0",)),
        ("《人工智能安全治理框架（4.0版）》", ("4.0",)),
        ("人工智能安全治理\n框架 ４.０ 版", ("4.0",)),
        ("《人工智能安全治理框架》第四版", ("4.0",)),
        ("《人工智能安全治理框架》4版", ("4.0",)),
        ("AI Safety Governance Framework 4.0 released", ("4.0",)),
        ("Artificial Intelligence Safety Governance Framework (Version 4.0)", ("4.0",)),
        ("AI  SAFETY\nGovernance Framework, edition 4.1; AI Safety Governance Framework v1.0", ("4.1", "1.0")),
        ("《人工智能安全治理框架》2026年发布", ()),
        ("《人工智能安全治理框架》发布，附件2", ()),
        ("AI Safety Governance Framework of 2026", ()),
        ("网络安全标准4.0版", ()),
    ],
)
def test_versions_stand_after_the_name_of_the_work(text: str, versions: tuple[str, ...]) -> None:
    assert versions_named(text, KNOWN, "aisgf") == versions


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("《人工智能安全治理框架》4.0版发布", ("new_edition", "aisgf@4.0")),
        ("AI Safety Governance Framework 4.0 published", ("new_edition", "aisgf@4.0")),
        ("专家解读｜《人工智能安全治理框架》2.0版", ("related", "aisgf@2.0")),
        ("Experts on the AI Safety Governance Framework", ("related", "aisgf")),
        ("《人工智能安全治理框架》从2.0版到4.0版", ("related", "aisgf")),
        ("《全球人工智能治理倡议》发布三周年", ("related", "gaigi")),
        ("The Global AI Governance Initiative, three years on", ("related", "gaigi")),
        ("人工智能标准征求意见", None),
        ("Call for comments on AI standards", None),
    ],
)
def test_a_row_about_a_work_at_an_unknown_address_is_seen(title: str, seen: tuple[str, str] | None) -> None:
    row = Row(title, "https://www.cac.gov.cn/2027-09/13/c_2.htm", "2027-09-13")
    found = sighting_of(row, KNOWN, set(), "https://www.cac.gov.cn/list.htm", NOW)
    assert (found and (found.kind, found.edition)) == seen
    assert found is None or (found.title, found.url, found.date, found.seen_at) == (title, row.url, row.date, NOW)


@pytest.mark.parametrize("listed", ["https://www.cac.gov.cn/a.htm", "http://WWW.cac.gov.cn/a.htm?type=h5"])
def test_a_known_address_is_no_news(listed: str) -> None:
    row = Row("《人工智能安全治理框架》4.0版发布", listed, "")
    assert sighting_of(row, KNOWN, {address("https://www.cac.gov.cn/a.htm")}, "x", NOW) is None
    assert sighting_of(row, KNOWN, {address("https://www.cac.gov.cn/b.htm")}, "x", NOW) is not None


def named(lang: str, title: str, **other: object) -> Document:
    """The small document with its first heading replaced by a title line of its own."""
    of = document(lang)
    first = of.clauses[0]
    added = len(title) - first.lead.end
    moved = tuple(
        replace(c, lead=Span(max(0, c.lead.start + added) if c is not first else 0, c.lead.end + added), span=Span(c.span.start + added, c.span.end + added))
        for c in of.clauses
    )  # fmt: skip
    return replace(of, text=title + of.text[first.lead.end :], clauses=moved, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lang", "title", "said"),
    [
        ("zh", "人工智能安全治理框架2.0版", None),
        ("zh", "目录", None),
        ("zh", "人工智能安全治理框架3.0版", "is about 3.0, not 2.0"),
        ("en", "AI Safety Governance Framework 2.0", None),
        ("en", "AI Safety Governance Framework 3.0", "is about 3.0, not 2.0"),
    ],
)
def test_a_body_is_another_edition_only_where_its_first_lines_say_so(lang: str, title: str, said: str | None) -> None:
    assert contradiction("", named(lang, title), KNOWN) == said


@pytest.mark.parametrize(
    ("lang", "title", "said"),
    [
        ("zh", "《人工智能安全治理框架》2.0版发布", None),
        ("zh", "《人工智能安全治理框架》3.0版发布", "is about 3.0, not 2.0"),
        ("zh", "请稍候", "does not name 人工智能安全治理框架"),
        ("en", "AI Safety Governance Framework 2.0 released", None),
        ("en", "Please wait", "does not name AI Safety Governance Framework"),
    ],
)
def test_an_announcement_names_its_edition(lang: str, title: str, said: str | None) -> None:
    assert contradiction(title, document(lang, part="notice"), KNOWN) == said


def test_an_interpretation_names_the_work_it_is_about_and_any_edition_of_it() -> None:
    edition = "reading-20250926-1@1"
    of = document("zh")
    clauses = tuple(replace(c, id=f"{edition}/zh#{c.path}") for c in of.clauses)
    of = replace(of, id=f"{edition}/zh", edition=edition, clauses=clauses)
    assert contradiction("《人工智能安全治理框架》3.0版解读", of, KNOWN) is None
    assert contradiction("别的文章", of, KNOWN) == "does not name 人工智能安全治理框架"
    assert names_work("谈谈人工智能安全治理框架", KNOWN, "aisgf") and not names_work("谈谈框架", KNOWN, "aisgf")
