"""What is newer on the sites, as `status` and `crawl` tell it: before any crawl, of every kind, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small import document

from app.cli.site_news import NOTHING_SEEN, news_lines, site_news
from corpus.catalogue import load_catalogue
from corpus.ledger import Copy, Ledger, Sighting
from corpus.records import Lang
from corpus.store import CorpusStore, Fetch

DAY = "2026-11-23T03:00:00Z"
CAC = "https://www.cac.gov.cn"
BODY = f"{CAC}/2.pdf"
COPY = Copy(BODY, "aisgf@2.0", "body", "zh", "source", "aisgf@2.0/zh", "ab" * 32, "pdf/1 outline/1", None, None, DAY)
SEEN = Sighting(
    f"{CAC}/4.htm", "new_edition", "aisgf@4.0", "《框架》4.0版", "2027-09-13", f"{CAC}/l.htm", DAY, DAY
)  # fmt: skip


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[CorpusStore]:
    with CorpusStore(tmp_path / "corpus.db") as store:
        yield store


def fetched(store: CorpusStore, *fetches: Fetch) -> None:
    ledger = Ledger(store)
    run = ledger.begin("all", DAY, DAY)
    for fetch in fetches:
        store.record(fetch, run)
    ledger.end(run, DAY)


def kinds(store: CorpusStore) -> list[tuple[str, str]]:
    return [(item["kind"], item["edition"]) for item in site_news(store, load_catalogue())["news"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_the_first_crawl_nothing_is_claimed(store: CorpusStore, lang: Lang) -> None:
    assert site_news(store, load_catalogue()) == NOTHING_SEEN
    assert news_lines(NOTHING_SEEN, lang) == []


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("zh", ["网站动态（上次爬取：2026-11-23；上次查看发布列表：从未）：", "  没有语料之外的新内容"]),
        (
            "en",
            [
                "On the sites (last crawl: 2026-11-23; lists of publications last looked at: never):",
                "  nothing that the corpus lacks",
            ],
        ),
    ],
)
def test_a_crawl_that_brought_all_says_so_and_which_lists_it_saw(
    store: CorpusStore, lang: Lang, lines: list[str]
) -> None:
    store.put([document()], DAY)
    fetched(store, Fetch("aisgf@2.0", "body", BODY, BODY, DAY, 200, sha256="ab" * 32, outcome="added"))
    Ledger(store).put_copies([COPY])
    assert news_lines(site_news(store, load_catalogue()), lang) == lines


def test_every_kind_of_news(store: CorpusStore) -> None:
    store.put([document()], DAY)
    ledger = Ledger(store)
    ledger.put_copies([COPY])
    ledger.put_copies([replace(COPY, lang="", relation="unusable", document=None, note="the PDF is cut off")])
    ledger.put_copies([replace(COPY, url=f"{CAC}/x.pdf", relation="other", lang=lang) for lang in ("zh", "en")])
    ledger.put_copies([replace(COPY, url=f"{CAC}/y.htm", relation="same", date="2025-10-05")])
    notice = replace(COPY, url=f"{CAC}/3.htm", edition="aisgf@3.0", part="notice", relation="same")
    ledger.put_copies([notice])
    ledger.put_copies([replace(COPY, url=f"{CAC}/z.htm", lang="", relation="unusable", document=None, note="no text")])
    ledger.sight([SEEN, replace(SEEN, url=f"{CAC}/5.htm", kind="related", edition="aisgf@2.0")])
    row = Fetch("aisgf@2.0", "body", BODY, BODY, DAY, 200, sha256="ab" * 32, outcome="unchanged")
    missing = Fetch("aisgf@3.0", "body", f"{CAC}/3.pdf", f"{CAC}/3.pdf", DAY, error="answered 404")
    fetched(store, row, missing, Fetch("", "list", f"{CAC}/l.htm", f"{CAC}/l.htm", DAY, error="answered 503"))
    site = site_news(store, load_catalogue())
    assert sorted(kinds(store)) == [
        ("changed", "aisgf@2.0"),
        ("date_differs", "aisgf@2.0"),
        ("list_missing", ""),
        ("new_edition", "aisgf@4.0"),
        ("other_text", "aisgf@2.0"),
        ("related", "aisgf@2.0"),
        ("text_missing", "aisgf@3.0"),
        ("unreadable", "aisgf@2.0"),
    ]
    for lang in ("zh", "en"):
        told = news_lines(site, lang)
        assert len(told) == 1 + len(site["news"])
        assert not any("None" in line or "{" in line for line in told)
        assert all(item["url"] in line for item, line in zip(site["news"], told[1:], strict=True))


def test_a_sighting_that_the_catalogue_has_learnt_of_is_no_news(store: CorpusStore) -> None:
    listed = load_catalogue().edition("3.0").sources[0].url
    fetched(store)
    Ledger(store).sight([replace(SEEN, url=f"{listed}?type=h5"), SEEN])
    assert kinds(store) == [("new_edition", "aisgf@4.0")]


def test_where_nothing_was_reached_only_that_is_told_of_missing_texts(store: CorpusStore) -> None:
    fetched(store, Fetch("aisgf@3.0", "body", BODY, BODY, DAY, error="did not answer (timeout)"))
    Ledger(store).sight([SEEN])
    assert kinds(store) == [("new_edition", "aisgf@4.0"), ("unreached", "aisgf@3.0")]
