"""The catalogue: names of editions as users write them, official hosts, and data that agrees with itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from corpus.catalogue import address, is_official_host, load_catalogue
from corpus.errors import UnknownEdition


@pytest.mark.parametrize(
    ("written", "edition"),
    [
        *[
            (name, "aisgf@2.0")
            for name in ("2.0", "2", "v2", "V2.0", "version 2.0", "2.0版", "版本 2.0", "２.０", " 2.0 ")
        ],
        ("aisgf@1.0", "aisgf@1.0"),
        ("AISGF@3.0", "aisgf@3.0"),
        ("gaigi@2023", "gaigi@2023"),
    ],
)
def test_an_edition_has_many_names(written: str, edition: str) -> None:
    assert load_catalogue().edition(written).id == edition


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("9.9", "1.0, 2.0, 3.0"),
        ("二版", "1.0, 2.0, 3.0"),
        ("", "1.0, 2.0, 3.0"),
        ("gaigi@1", "2023"),
        ("nothing@1", "aisgf@1.0, gaigi@2023, aisgf@2.0, aisgf@3.0"),
    ],
)
def test_an_unknown_edition_is_answered_with_the_known_ones(written: str, known: str) -> None:
    with pytest.raises(UnknownEdition) as refused:
        load_catalogue().edition(written)
    if written == "nothing@1":
        known = ", ".join(load_catalogue().editions)
    assert str(refused.value) == f"edition {written!r} is not in the catalogue; known editions: {known}"


def test_editions_of_a_work_are_oldest_first_and_the_newest_is_the_latest_published() -> None:
    catalogue = load_catalogue()
    assert [edition.version for edition in catalogue.of_work()] == ["1.0", "2.0", "3.0"]
    assert [edition.id for edition in catalogue.of_work("gaigi")] == ["gaigi@2023"]
    assert catalogue.newest().id == "aisgf@3.0"
    assert (catalogue.newest().work, catalogue.newest().released) == ("aisgf", "2026-09-14")


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://www.cac.gov.cn/2025-09/15/c_1.htm", True),
        ("HTTPS://TC260.ORG.CN/a.pdf", True),
        ("https://cac.gov.cn:8443/a", True),
        ("https://evilcac.gov.cn/", False),
        ("https://cac.gov.cn.example.org/", False),
        ("https://www.cac.gov.cn@example.org/", False),
        ("https://example.org/cac.gov.cn", False),
        ("http://[cac.gov.cn", False),
        ("网信办", False),
    ],
)
def test_only_the_publishers_own_hosts_are_official(url: str, official: bool) -> None:
    assert is_official_host(url) is official


def test_every_source_and_copy_belongs_to_an_edition() -> None:
    catalogue = load_catalogue()
    assert set(catalogue.copies.values()) <= set(catalogue.editions)
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in catalogue.copies)
    for edition in catalogue.editions.values():
        assert edition.sources, edition.id
        for source in edition.sources:
            assert source.edition == edition.id
            assert source.part in ("body", "notice")
            assert set(source.langs) <= {"zh", "en"} and source.langs
            assert is_official_host(source.url), source.url
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", source.date)


def test_every_work_and_edition_has_a_title_in_both_languages() -> None:
    catalogue = load_catalogue()
    assert set(catalogue.works) == {edition.work for edition in catalogue.editions.values()}
    for titles in (*catalogue.works.values(), *(edition.title for edition in catalogue.editions.values())):
        assert set(titles) == {"zh", "en"} and all(titles.values())


def test_an_address_is_listed_once() -> None:
    catalogue = load_catalogue()
    urls = [source.url for edition in catalogue.editions.values() for source in edition.sources]
    urls += [page.url for page in catalogue.lists]
    assert len({address(url) for url in urls}) == len(urls)


def test_interpretations_are_works_of_their_own_named_after_their_day_and_about_the_framework() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.about) == 4
    for work, subject in catalogue.about.items():
        (edition,) = catalogue.of_work(work)
        day, _, number = work.removeprefix("reading-").partition("-")
        assert (edition.released.replace("-", ""), edition.version, subject) == (day, "1", "aisgf")
        assert number.isdigit() and {source.date for source in edition.sources} == {edition.released}
        assert catalogue.subject(edition.id) == "aisgf"
    assert catalogue.subject("gaigi@2023") == "gaigi"
    assert catalogue.newest().id == "aisgf@3.0"


def test_lists_are_the_publishers_own_and_page_on_their_own_site() -> None:
    for page in load_catalogue().lists:
        assert is_official_host(page.url) and bool(page.paging) == bool(page.channel)
        assert not page.paging or urlsplit(page.paging).netloc == urlsplit(page.url).netloc
