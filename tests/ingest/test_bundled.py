"""The bundled digests, read by the reader and the outline that official texts go through: what they must hold."""

from __future__ import annotations

import re
from functools import cache

import pytest
from tally import (
    EDITION_1,
    EDITION_2,
    GOVERNANCE_1,
    GOVERNANCE_2,
    TABLE_1,
    TABLE_2,
    TABLE_2_EN,
    Table,
    governance,
    measures,
    over,
    tally,
    under,
)

from corpus.catalogue import is_official_host, load_catalogue
from corpus.records import Document
from corpus.text import HAN, han_share
from ingest.bundled import bundled_documents


@cache
def bundled() -> dict[tuple[str, str], Document]:
    return {(document.id, document.part): document for document in bundled_documents()}


def body(edition: str, lang: str) -> Document:
    return bundled()[f"aisgf@{edition}/{lang}", "body"]


def paths(document: Document) -> list[str]:
    return [clause.path for clause in document.clauses]


BODIES = [("1.0", "zh"), ("1.0", "en"), ("2.0", "zh"), ("2.0", "en")]
EVERY = [(f"aisgf@{edition}/{lang}", "body") for edition, lang in BODIES]
EVERY += [(f"aisgf@{edition}/{lang}", "notice") for edition in ("1.0", "2.0", "3.0") for lang in ("zh", "en")]


def test_these_and_no_other_digests_are_bundled() -> None:
    assert sorted(bundled()) == sorted(EVERY)


@pytest.mark.parametrize(
    ("edition", "lang", "counts"),
    [
        ("1.0", "zh", EDITION_1 | {"rows": 26}),
        ("1.0", "en", EDITION_1 | {"rows": 26}),
        ("2.0", "zh", EDITION_2 | {"rows": 30}),
        ("2.0", "en", EDITION_2 | {"rows": 29}),
    ],
)
def test_clauses_of_every_sort(edition: str, lang: str, counts: dict[str, int]) -> None:
    assert tally(body(edition, lang)) == counts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_clauses_of_every_group(lang: str) -> None:
    assert under(body("1.0", lang), "3.1", "3.2", "6.1", "6.2", "6.3", "6.4") == [13, 13, 10, 10, 9, 6]
    assert under(body("2.0", lang), "3.1", "3.2", "3.3", "6.1", "6.2", "6.3", "6.4") == [10, 12, 8, 14, 7, 17, 6]


def test_both_languages_have_the_same_paths_but_for_one_row_of_the_table() -> None:
    assert paths(body("1.0", "zh")) == paths(body("1.0", "en"))
    chinese = paths(body("2.0", "zh"))
    chinese.remove("T.3.2.2(b)")
    assert chinese == paths(body("2.0", "en"))


@pytest.mark.parametrize(
    ("edition", "lang", "table"),
    [("1.0", "zh", TABLE_1), ("1.0", "en", TABLE_1), ("2.0", "zh", TABLE_2), ("2.0", "en", TABLE_2_EN)],
)
def test_the_mapping_table_gives_every_risk_the_measures_of_the_official_one(
    edition: str, lang: str, table: Table
) -> None:
    assert measures(body(edition, lang)) == table
    assert governance(body(edition, lang)) == over(GOVERNANCE_1 if edition == "1.0" else GOVERNANCE_2, table)


@pytest.mark.parametrize(("edition", "lang"), BODIES)
def test_the_measures_of_the_table_exist(edition: str, lang: str) -> None:
    document = body(edition, lang)
    for row in document.children("T"):
        technical, _, governance = row.text.partition(" | ")
        section = technical[:5]
        assert {f"{section}({letter})" for letter in re.findall(r"[（(](\w)[)）]", technical)} <= set(paths(document))
        named = re.findall(r"5\.\d+", governance)
        assert named and set(named) <= set(paths(document)), row.id


@pytest.mark.parametrize(("document_id", "part"), EVERY)
def test_every_leaf_clause_has_text(document_id: str, part: str) -> None:
    document = bundled()[document_id, part]
    leaves = [clause for clause in document.clauses if not document.children(clause.path)]
    assert len(leaves) > 8
    assert [clause.id for clause in leaves if not clause.text.strip()] == []


@pytest.mark.parametrize(("document_id", "part"), EVERY)
def test_every_digest_says_what_it_is(document_id: str, part: str) -> None:
    document = bundled()[document_id, part]
    assert (document.status, document.reading, document.translation) == ("digest", "text", False)
    assert document.edition in load_catalogue().editions
    assert document.url and is_official_host(document.url)
    assert ("不是官方" in document.note) if document.lang == "zh" else ("not" in document.note)
    assert document.raw_sha256 is None and document.pages == ()


@pytest.mark.parametrize(("document_id", "part"), EVERY)
def test_every_clause_is_in_the_language_of_its_document(document_id: str, part: str) -> None:
    document = bundled()[document_id, part]
    for clause in document.clauses:
        if clause.text:
            share = han_share(clause.text)
            assert share > 0.5 if document.lang == "zh" else not HAN.search(clause.text), clause.id


@pytest.mark.parametrize(
    ("lang", "levels"),
    [
        ("zh", ["低安全风险", "一般安全风险", "较大安全风险", "重大安全风险", "特别重大安全风险"]),
        (
            "en",
            [f"{level} security risk" for level in ("Low", "Moderate", "Considerable", "Major", "Extremely serious")],
        ),
    ],
)
def test_all_five_levels_of_risk(lang: str, levels: list[str]) -> None:
    document = body("2.0", lang)
    found = [document.by_path[f"A1.2.{number}"] for number in range(1, 6)]
    assert [clause.heading for clause in found] == levels
    assert len({clause.text for clause in found}) == 5


@pytest.mark.parametrize(("edition", "lang"), BODIES)
def test_the_risks_have_headings_and_no_two_the_same(edition: str, lang: str) -> None:
    headings = [clause.heading for clause in body(edition, lang).below("3") if clause.path.endswith(")")]
    assert all(headings) and len(set(headings)) == len(headings) == tally(body(edition, lang))["risks"]


@pytest.mark.parametrize("edition", ["1.0", "2.0", "3.0"])
def test_announcements_have_equal_paths_in_both_languages(edition: str) -> None:
    zh, en = (bundled()[f"aisgf@{edition}/{lang}", "notice"] for lang in ("zh", "en"))
    assert paths(zh) == paths(en)
    assert paths(zh)[:2] == ["notice", "notice.1"]
    assert all(edition in clause.text for document in (zh, en) for clause in document.children("notice"))


def test_announcements_give_the_day_of_the_catalogue() -> None:
    for edition in load_catalogue().of_work():
        year, month, day = (int(part) for part in edition.released.split("-"))
        chinese = bundled()[f"{edition.id}/zh", "notice"].by_path["notice.1"].text
        english = bundled()[f"{edition.id}/en", "notice"].by_path["notice.1"].text
        assert f"{year}年{month}月{day}日" in chinese
        assert f"{day} September {year}" in english and month == 9


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_outline_of_the_digest_does_not_change_between_readings(lang: str) -> None:
    first, second = (
        [found for found in bundled_documents() if found.id == f"aisgf@2.0/{lang}" and found.part == "body"]
        for _ in range(2)
    )
    assert first == second and len(first) == 1
