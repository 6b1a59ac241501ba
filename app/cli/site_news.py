"""What is newer on the publishers' sites than in the corpus, as far as the last crawl saw; nothing here asks a site.

sightings ─┐
copies ────┼─> news: new_edition, related, changed, unreadable, other_text, date_differs,
fetches ───┘         text_missing, list_missing, unreached
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from app.messages import tell
from corpus.catalogue import Catalogue, address
from corpus.ledger import Copy, Ledger
from corpus.records import Lang
from corpus.store import CorpusStore, Fetch

NOTHING_SEEN: dict[str, Any] = {"last_crawl": None, "lists_read": None, "news": [], "copies": [], "fetches": 0}
"""What there is to tell before the first crawl."""


def site_news(store: CorpusStore, catalogue: Catalogue) -> dict[str, Any]:
    """`{"last_crawl": {"began", "ended"}, "lists_read": …, "news": […], "copies": […], "fetches": n}`.

    `lists_read`: when a list page was last looked at, None if never; `copies`: every URL and its text.
    """
    ledger = Ledger(store)
    crawls, copies = ledger.crawls(), ledger.copies()
    if not crawls:
        return NOTHING_SEEN
    last = crawls[-1]
    tried = [fetch for _, fetch in ledger.fetched(last.id)]
    reached = any(not fetch.error for fetch in tried)
    news = [*_sightings(ledger, catalogue), *_pages(copies, catalogue)]
    if reached:
        news += [*_missing(store, copies, catalogue), *_lists(tried)]
    elif tried:
        news.append(_unreached(tried[0]))
    fetches = store.fetches()
    return {
        "last_crawl": {"began": last.began_at, "ended": last.ended_at},
        "lists_read": max((fetch.fetched_at for fetch in fetches if fetch.outcome == "list"), default=None),
        "news": list({(item["kind"], item["edition"], item["url"]): item for item in news}.values()),
        "copies": [asdict(copy) for copy in copies],
        "fetches": len(fetches),
    }


def news_lines(site: dict[str, Any], lang: Lang) -> list[str]:
    """The news as text, nothing before the first crawl."""
    if site["last_crawl"] is None:
        return []
    checked = (site["last_crawl"]["ended"] or site["last_crawl"]["began"])[:10]
    lists = (site["lists_read"] or tell("never", lang))[:10]
    lines = [_line(item, lang) for item in site["news"]]
    return [
        tell("site", lang, checked=checked, lists=lists),
        *(f"  {line}" for line in lines or [tell("site_nothing", lang)]),
    ]


def _line(item: dict[str, Any], lang: Lang) -> str:
    shown = {key: value or "—" for key, value in item.items()}
    if item["kind"] == "text_missing" and not item["reason"]:
        shown["reason"] = tell("not_fetched", lang)
    return tell(item["kind"], lang, **shown)


def _item(kind: str, edition: str, url: str | None, seen_at: str | None, **more: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": kind, "edition": edition, "url": url, "title": None, "date": None, "reason": None}
    return {**row, "seen_at": seen_at, **more}


def _unreached(fetch: Fetch) -> dict[str, Any]:
    """That the last crawl got nothing at all: of editions whose text is missing there is no fresh word then."""
    return _item("unreached", fetch.edition, fetch.url, fetch.fetched_at, reason=fetch.error)


def _lists(tried: list[Fetch]) -> Iterator[dict[str, Any]]:
    """List pages that could not be looked at: what they would have shown is not known."""
    for fetch in tried:
        if fetch.part == "list" and fetch.outcome != "list":
            reason = fetch.error or "no list of publications was found"
            yield _item("list_missing", "", fetch.url, fetch.fetched_at, reason=reason)


def _sightings(ledger: Ledger, catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Rows of list pages, but those that the catalogue has learnt of since."""
    known = {address(source.url) for edition in catalogue.editions.values() for source in edition.sources}
    for row in ledger.sightings():
        kind = "related" if row.edition in catalogue.editions else row.kind
        if address(row.url) not in known:
            yield _item(
                kind, row.edition, row.url, row.last_seen_at, title=row.title, date=row.date, found_on=row.found_on
            )


def _pages(copies: list[Copy], catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Pages of known editions that are not what they were, or not what the catalogue says."""
    sources = {(copy.url, copy.edition) for copy in copies if copy.relation == "source"}
    for copy in (copy for copy in copies if copy.edition in catalogue.editions):
        dates = {source.date for source in catalogue.editions[copy.edition].sources}
        if copy.relation == "unusable":
            kind = "changed" if (copy.url, copy.edition) in sources else "unreadable"
            yield _item(kind, copy.edition, copy.url, copy.seen_at, reason=copy.note, date=copy.date)
        elif copy.relation == "other":
            yield _item("other_text", copy.edition, copy.url, copy.seen_at, reason=copy.note, date=copy.date)
        if copy.date and copy.date not in dates:
            reason = ", ".join(sorted(dates))
            yield _item("date_differs", copy.edition, copy.url, copy.seen_at, date=copy.date, reason=reason)


def _missing(store: CorpusStore, copies: list[Copy], catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Editions that a crawl asked for and whose text is not in the corpus, with what stood in the way."""
    have = {kept.document.edition for kept in store.current() if kept.document.part == "body"}
    have |= {copy.edition for copy in copies if (copy.relation, copy.part) == ("same", "body")}
    asked = store.fetches()
    for edition in catalogue.editions:
        mine = [fetch for fetch in asked if fetch.edition == edition]
        if not mine or edition in have:
            continue
        bad = next((copy for copy in copies if copy.edition == edition and copy.relation == "unusable"), None)
        body = next((fetch for fetch in reversed(mine) if fetch.part == "body"), mine[-1])
        reason = bad.note if bad else body.error
        yield _item("text_missing", edition, bad.url if bad else body.url, body.fetched_at, reason=reason)
