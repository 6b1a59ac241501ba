"""The crawler's tables: runs that end or are cut short, copies, sightings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.ledger import Copy, Ledger, Sighting
from corpus.store import CorpusStore, Fetch

DAY, LATER, YESTERDAY = "2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z", "2026-11-22T03:00:00Z"
URL = "https://www.cac.gov.cn/a.htm"
COPY = Copy(
    URL, "aisgf@2.0", "body", "zh", "source", "aisgf@2.0/zh", "ab" * 32, "html/1 outline/1", "2025-09-15", None, DAY
)
SIGHTING = Sighting(
    URL, "new_edition", "aisgf@4.0", "《框架》4.0版", "2027-09-13", "https://www.cac.gov.cn/l", DAY, DAY
)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[CorpusStore]:
    with CorpusStore(tmp_path / "corpus.db") as store:
        yield store


def test_a_crawl_cut_short_goes_on_and_one_that_ended_or_is_old_does_not(store: CorpusStore) -> None:
    ledger = Ledger(store)
    first = ledger.begin("all", DAY, YESTERDAY)
    assert ledger.begin("all", LATER, YESTERDAY) == first
    assert ledger.begin("2.0", LATER, YESTERDAY) != first
    ledger.end(first, LATER)
    second = ledger.begin("all", LATER, YESTERDAY)
    assert second != first
    third = ledger.begin("all", "2026-12-01T00:00:00Z", "2026-11-30T00:00:00Z")
    assert third != second
    assert [crawl.ended_at for crawl in ledger.crawls() if crawl.scope == "all"] == [
        LATER,
        "2026-12-01T00:00:00Z",
        None,
    ]


def test_the_rows_of_a_crawl_are_its_own_the_last_of_each_address(store: CorpusStore) -> None:
    ledger = Ledger(store)
    failed = Fetch("aisgf@2.0", "body", URL, URL, DAY, error="broke off")
    good = replace(failed, error=None, status=200, sha256="ab" * 32)
    other = replace(good, url=f"{URL}?b")
    store.record(good)
    for fetch in (failed, other, good):
        store.record(fetch, 7)
    assert [fetch for _, fetch in ledger.fetched(7)] == [other, good]
    assert ledger.fetched(8) == []
    number = ledger.fetched(7)[1][0]
    ledger.settle(number, "added", "2025-09-15")
    assert store.fetches()[-1] == replace(good, outcome="added", date="2025-09-15")


def test_an_unusable_copy_leaves_what_stood_and_a_usable_one_takes_its_place(store: CorpusStore) -> None:
    ledger = Ledger(store)
    english = replace(COPY, lang="en", document="aisgf@2.0/en")
    broken = replace(COPY, lang="", relation="unusable", document=None, note="the PDF is cut off")
    ledger.put_copies([COPY, english])
    ledger.put_copies([broken])
    assert ledger.copies() == [broken, english, COPY]
    again = replace(COPY, raw_sha256="cd" * 32)
    ledger.put_copies([again])
    assert ledger.copies() == [again]
    ledger.yield_place("aisgf@2.0/zh", "body", "aisgf@3.0/zh")
    assert ledger.copies() == [replace(again, relation="same", document="aisgf@3.0/zh")]
    ledger.replaced("aisgf@3.0/zh", "notice")
    assert [copy.relation for copy in ledger.copies()] == ["same"]
    ledger.replaced("aisgf@3.0/zh", "body")
    assert [(copy.relation, copy.note) for copy in ledger.copies()] == [("other", "another text than the one in use")]


@pytest.mark.parametrize("title", ["《框架》4.0版（修订）", "Framework 4.0 (revised)"])
def test_a_sighting_is_kept_once_and_remembers_when_it_was_first_seen(store: CorpusStore, title: str) -> None:
    ledger = Ledger(store)
    older = replace(SIGHTING, url=f"{URL}?b", date="2026-01-01")
    ledger.sight([older, SIGHTING])
    ledger.sight([replace(SIGHTING, title=title, seen_at=LATER, last_seen_at=LATER)])
    assert ledger.sightings() == [replace(SIGHTING, title=title, last_seen_at=LATER), older]
