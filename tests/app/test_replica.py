"""The crawl of the replica: every document, alias, sighting and fetch; what changed since; what a kill leaves."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from replica import (
    CAC,
    COLUMN,
    DOWNLOAD,
    ENDLESS,
    ENGLISH,
    INITIATIVE,
    JSON_LIST,
    LIST,
    MOVED,
    NEXT_EDITION,
    NEXT_EDITION_PAGE,
    NOTICES,
    OTHER_COPY,
    PAGE_3,
    PDF_3,
    PDFS,
    READINGS,
    Replica,
    article,
    body_pdf,
    digest_of,
    notice,
    replica,
    served,
)

from corpus.ledger import Ledger
from corpus.store import CorpusStore

COMMAND = [sys.executable, "-m", "app.cli", "--ui-lang", "en", "--home"]
DOCUMENTS = {
    *{(f"aisgf@{version}/zh", "notice") for version in NOTICES},
    *{("aisgf@1.0/zh", "body"), ("aisgf@1.0/en", "body"), ("aisgf@2.0/zh", "body"), ("aisgf@2.0/en", "body")},
    *{("gaigi@2023/zh", "body"), ("gaigi@2023/en", "body")},
    *{("reading-20250926-1@1/zh", "body"), ("reading-20250928-1@1/zh", "body")},
}


@pytest.fixture(name="sites")
def _sites() -> Iterator[Replica]:
    with replica() as sites:
        yield sites


def tiaowen(home: Path, *words: str) -> Any:
    """The JSON of a command that succeeds."""
    done = subprocess.run([*COMMAND, str(home), *words, "--json"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def by_path(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {"/" + row["url"].split("/", 3)[3]: row for row in rows}


def kept(home: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """Revision and digest of every current document."""
    with CorpusStore(home / "corpus.db") as store:
        return {(k.document.id, k.document.part): (k.revision, k.document.sha256) for k in store.current()}


def test_the_crawl_of_the_replica(sites: Replica, tmp_path: Path) -> None:
    first = by_path(tiaowen(tmp_path, "crawl", *sites.options)["fetches"])
    before = kept(tmp_path)
    check_what_was_fetched(first)
    assert before.keys() == DOCUMENTS
    check_what_was_kept(tmp_path, first)
    check_status(tiaowen(tmp_path, "status"))

    sites.forget()
    sites.tc260.pages.pop(PAGE_3)
    second = by_path(tiaowen(tmp_path, "crawl", *sites.options)["fetches"])
    assert kept(tmp_path) == before
    asked_with_a_form = {path for path in second if path.startswith(JSON_LIST)}
    assert {second[path]["status"] for path in second.keys() - asked_with_a_form if not second[path]["error"]} == {304}
    assert not any(row["documents"] for row in second.values())
    failures = {path: row["error"] for path, row in first.items()} | {PAGE_3: "answered 404"}
    assert {path: row["error"] for path, row in second.items()} == failures

    third = change_the_sites(sites, tmp_path)
    check_the_changes(tmp_path, before, third)


def check_what_was_fetched(rows: dict[str, dict[str, Any]]) -> None:
    failed = {path: row["error"] for path, row in rows.items() if row["outcome"] == "failed"}
    assert failed == {
        PDFS["3.0"]: "answered 404",
        ENDLESS: "sent more than 4 MB",
        MOVED: "is not an allowed host",
        PAGE_3: "did not answer (timeout)",
        READINGS[1]: "forbids it in robots.txt",
    }
    assert rows[MOVED]["final_url"] == "http://169.254.169.254/latest/"
    outcomes = {path: row["outcome"] for path, row in rows.items() if path not in failed}
    assert outcomes == {
        **dict.fromkeys((*NOTICES.values(), PDFS["1.0"], PDFS["2.0"], ENGLISH, INITIATIVE), "added"),
        **{READINGS[0]: "added", READINGS[2]: "added", READINGS[3]: "same", PDF_3: "unusable"},
        **{OTHER_COPY: "same", DOWNLOAD: "same"},
        **{LIST: "list", COLUMN: "list"},
        **{path: "list" for path in rows if path.startswith(JSON_LIST)},
    }
    assert sum(path.startswith(JSON_LIST) for path in rows) == 2
    assert rows[PDF_3]["note"].startswith("the PDF is cut off")
    assert rows[NOTICES["1.0"]]["date"] == "2024-09-09" and rows[READINGS[0]]["date"] == "2025-09-27"
    assert rows[DOWNLOAD]["media_type"] == rows[ENGLISH]["media_type"] == "application/pdf"


def check_what_was_kept(home: Path, rows: dict[str, dict[str, Any]]) -> None:
    with CorpusStore(home / "corpus.db") as store:
        ledger = Ledger(store)
        fetches, copies, crawls = store.fetches(), ledger.copies(), ledger.crawls()
        documents = {(k.document.id, k.document.part): k.document for k in store.current()}
    assert {document.status for document in documents.values()} == {"supplied"}, "a mirror is no official site"
    assert len(fetches) == len(rows) == len({fetch.url for fetch in fetches})
    for fetch in fetches:
        assert (fetch.outcome is None) == (fetch.error is not None)
        assert bool(fetch.sha256) == (fetch.error is None)
        assert not fetch.sha256 or (home / "raw" / fetch.sha256).stat().st_size == fetch.size
    assert [crawl.ended_at is not None for crawl in crawls] == [True]
    same = {f"/{c.url.split('/', 3)[3]}": c.document for c in copies if c.relation == "same" and c.lang == "zh"}
    assert same == {**dict.fromkeys((OTHER_COPY, DOWNLOAD), "aisgf@2.0/zh"), READINGS[3]: "reading-20250928-1@1/zh"}
    gbk = documents["aisgf@1.0/zh", "notice"]
    assert (gbk.by_path["notice"].heading, gbk.by_path["notice.1"].text) == (notice("1.0")[0], notice("1.0")[1][0])
    for lang in ("zh", "en"):
        assert [c.path for c in documents[f"gaigi@2023/{lang}", "body"].clauses] == ["p1", "p2"]
        for version in ("1.0", "2.0"):
            printed = documents[f"aisgf@{version}/{lang}", "body"].by_path
            ours = {c.path: squeezed(c.text) for c in digest_of(version, lang, "body").clauses if c.path[0] in "123"}
            assert {path: squeezed(clause.text) for path, clause in printed.items()} == ours
    assert [c.path for c in documents["reading-20250928-1@1/zh", "body"].clauses] == ["p1", "p2", "p3"]


def squeezed(text: str) -> str:
    return "".join(text.split())


def check_status(status: dict[str, Any]) -> None:
    news = [(item["kind"], item["edition"]) for item in status["site"]["news"]]
    assert sorted(news) == [
        ("date_differs", "reading-20250926-1@1"),
        ("related", "aisgf@2.0"),
        ("text_missing", "aisgf@3.0"),
        ("text_missing", "reading-20250927-1@1"),
        ("unreadable", "aisgf@3.0"),
    ]
    assert "example.org" not in json.dumps(status["site"]), "only the publishers' own pages are reported"
    assert status["site"]["lists_read"] and status["site"]["last_crawl"]["ended"]
    assert status["newest"] == {"edition": "aisgf@3.0", "released": "2026-09-14", "has_text": False}


def change_the_sites(sites: Replica, home: Path) -> dict[str, Any]:
    sites.publish_text_of_3()
    sites.list_next_edition()
    title, texts = notice("2.0")
    changed = served(article(title, [*texts, "以上为修订后的公告。"], "2025年09月15日").encode())
    sites.cac.pages |= {
        NOTICES["2.0"]: changed,
        READINGS[0]: served("<html><body>请稍候</body></html>".encode()),
        READINGS[2]: served(article("专家解读", ["《人工智能安全治理框架》。"], "2025年09月28日").encode()),
        INITIATIVE: served(article("《全球人工智能治理倡议》", [], "2023年10月18日").encode()),
        PDFS["1.0"]: served(body_pdf("1.0")[:4000], "application/pdf"),
        NOTICES["1.0"]: served(article(*notice("3.0"), "2026年09月14日").encode()),
    }
    sites.tc260.pages[COLUMN] = served("<html><body>请稍候</body></html>".encode())
    return tiaowen(home, "crawl", *sites.options)


def check_the_changes(home: Path, before: dict[Any, Any], crawled: dict[str, Any]) -> None:
    after, rows = kept(home), by_path(crawled["fetches"])
    revised = {key for key in after if after[key] != before.get(key)}
    assert revised == {("aisgf@2.0/zh", "notice"), ("aisgf@3.0/zh", "body"), ("aisgf@3.0/en", "body")}
    assert after["aisgf@2.0/zh", "notice"][0] == 2
    notes = {path: row["note"] for path, row in rows.items() if row["outcome"] == "unusable"}
    assert notes.keys() == {READINGS[0], READINGS[2], INITIATIVE, PDFS["1.0"], NOTICES["1.0"], COLUMN}
    assert notes[READINGS[0]] == "what was fetched does not name 人工智能安全治理框架"
    assert notes[READINGS[2]].startswith("what was fetched holds ")
    assert notes[NOTICES["1.0"]] == "what was fetched is about 3.0, not 1.0"
    assert (rows[PDFS["3.0"]]["outcome"], rows[PDF_3]["outcome"]) == ("added", "same")
    site = tiaowen(home, "status")["site"]
    assert crawled["news"] == site["news"]
    (new,) = [item for item in site["news"] if item["kind"] == "new_edition"]
    told = {key: new[key] for key in ("edition", "title", "url", "date", "found_on")}
    assert told == {
        "edition": "aisgf@4.0",
        "title": NEXT_EDITION,
        "url": NEXT_EDITION_PAGE,
        "date": "2027-09-13",
        "found_on": f"https://{CAC}{LIST}",
    }
    unread = [item["reason"] for item in site["news"] if item["kind"] == "list_missing"]
    assert len(unread) == 1 and "no list of publications was found" in unread[0]
    changed = {item["edition"] for item in site["news"] if item["kind"] == "changed"}
    assert changed == {"reading-20250926-1@1", "reading-20250928-1@1", "gaigi@2023", "aisgf@1.0"}
    answer = tiaowen(home, "ask", "开源让模型缺陷扩散得更快吗？")
    assert [citation["clause"] for citation in answer["citations"]] == ["aisgf@3.0/zh#3.1.1(f)"]
    told = tiaowen(home, "ask", "清单告诉人什么，体系告诉人什么？")
    assert not any(citation["clause"].startswith("reading-") for citation in told["citations"])
    read = tiaowen(home, "ask", "清单告诉人什么，体系告诉人什么？", "--edition", "reading-20250928-1@1")
    assert [c["locator"].rpartition(" ")[2] for c in read["citations"]] == ["§p2"]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(7))
def test_a_crawl_that_is_killed_again_and_again_completes(sites: Replica, tmp_path: Path, seed: int) -> None:
    for site in (sites.cac, sites.tc260):
        site.pages = {path: without_validators(page) for path, page in site.pages.items()}
    sites.tc260.pages.pop(PAGE_3)
    moments, held = random.Random(seed), set()
    for _ in range(3):
        sites.forget()
        told = killed_after(moments.randrange(1, 9), [*COMMAND, str(tmp_path), "crawl", *sites.options])
        assert not held & set(sites.asked)
        held |= told
        assert tiaowen(tmp_path, "status")["site"]["last_crawl"]["ended"] is None
    assert held
    assert tiaowen(tmp_path, "ask", "开源让模型缺陷扩散得更快吗？")["citations"]
    sites.forget()
    tiaowen(tmp_path, "crawl", *sites.options)
    assert not held & set(sites.asked)
    assert kept(tmp_path).keys() == DOCUMENTS
    with CorpusStore(tmp_path / "corpus.db") as store:
        (crawl,) = Ledger(store).crawls()
    assert crawl.ended_at


def without_validators(page: Any) -> Any:
    if isinstance(page, list):
        page = page[-1]
    return served(page.body, page.media_type, etag=False) if hasattr(page, "body") and page.etag else page


def killed_after(lines: int, command: list[str]) -> set[str]:
    """The paths that a crawl said it had fetched before it was killed, after so many lines on stderr."""
    told = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stderr
        for line in running.stderr:
            told.append(line.split())
            if len(told) == lines:
                running.kill()
        running.wait()
    return {f"/{words[1].split('/', 3)[3]}" for words in told if words[0] == "fetched"}
