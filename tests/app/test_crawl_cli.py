"""`tiaowen crawl` from a page on loopback to an answer: bytes and provenance kept, announcement and attachment parsed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from loopback import Reply, Site, site
from printed_pdf import framework_pdf

from corpus.store import CorpusStore
from ingest.bundled import bundled_documents

__all__ = ["site"]


def tiaowen(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.cli", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def printed_digest() -> bytes:
    """Chapters 1 to 3 of the bundled Chinese digest of 2.0, set like the official file."""
    digest = next(d for d in bundled_documents() if d.id == "aisgf@2.0/zh" and d.part == "body")
    paragraphs: list[str] = []
    for clause in digest.clauses:
        if clause.path[0] in "123":
            mark = "" if clause.kind == "chapter" or not clause.text else "。"
            paragraphs.append(f"{clause.number}{clause.heading}" + (mark + clause.text if mark else ""))
            paragraphs += [clause.text] if clause.kind == "chapter" else []
    return framework_pdf(paragraphs)


def test_crawl_keeps_parses_and_answers(site: Site, tmp_path: Path) -> None:
    site.pages["/rootimages/uploadimg/1/1.pdf"] = Reply(printed_digest(), "application/pdf", etag='"p1"')
    words = ("crawl", "--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    done = tiaowen(tmp_path, *words, "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["fetches"]
    assert [row["status"] for row in rows] == [200, 200]
    assert [d["document"] for row in rows for d in row["documents"]] == ["aisgf@2.0/zh", "aisgf@2.0/zh"]
    assert [d["part"] for row in rows for d in row["documents"]] == ["notice", "body"]
    with CorpusStore(tmp_path / "corpus.db") as store:
        fetches = store.fetches()
        documents = {kept.document.part: kept.document for kept in store.current()}
    assert {fetch.url for fetch in fetches} == {row["url"] for row in rows}
    assert all((tmp_path / "raw" / str(fetch.sha256)).stat().st_size == fetch.size for fetch in fetches)
    body = documents["body"]
    assert body.status == "supplied", "a loopback site is no official host"
    assert sum(clause.path.startswith("3.") and clause.path.endswith(")") for clause in body.clauses) == 30
    assert documents["notice"].by_path["notice"].heading == "《人工智能安全治理框架》2.0版发布"
    assert tiaowen(tmp_path, "build").returncode == 0
    answer = json.loads(tiaowen(tmp_path, "ask", "开源让模型缺陷扩散得更快吗？", "--json").stdout)
    assert "aisgf@2.0/zh#3.1.1(f)" in [citation["clause"] for citation in answer["citations"]]
    assert {citation["status"] for citation in answer["citations"]} == {"supplied"}
    again = tiaowen(tmp_path, *words, "--json")
    assert again.returncode == 0 and {row["status"] for row in json.loads(again.stdout)["fetches"]} == {304}


def test_a_site_that_forbids_leaves_the_corpus_as_it_was(site: Site, tmp_path: Path) -> None:
    site.robots("User-agent: *\nDisallow: /\n")
    words = ("crawl", "--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    done = tiaowen(tmp_path, *words)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("tiaowen: ") and last.endswith("tiaowen add FILE --edition 2.0")
    with CorpusStore(tmp_path / "corpus.db") as store:
        assert store.current() == []
        assert [fetch.error for fetch in store.fetches()] == ["forbids it in robots.txt"]
    site_news = json.loads(tiaowen(tmp_path, "status", "--json").stdout)["site"]["news"]
    assert [(item["kind"], item["reason"]) for item in site_news] == [("unreached", "forbids it in robots.txt")]


def test_sites_that_cannot_be_reached_are_told_in_one_line(site: Site, tmp_path: Path) -> None:
    site.close()
    mirrors = [f"--mirror={host}=http://{site.host}" for host in ("www.cac.gov.cn", "www.tc260.org.cn")]
    done = tiaowen(tmp_path, "crawl", *mirrors, "--allow-host", "127.0.0.1", "--delay", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "tiaowen: 127.0.0.1 gives no robots.txt (did not answer (connection refused)), so nothing is fetched from it; "
        "download the file in a browser and run: tiaowen add FILE --edition EDITION"
    ]
    with CorpusStore(tmp_path / "corpus.db") as store:
        assert store.current() == []


def test_one_crawl_of_a_home_at_a_time(site: Site, tmp_path: Path) -> None:
    site.pages["/1.htm"] = site.silence
    words = ("crawl", "--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    command = [sys.executable, "-m", "app.cli", "--home", str(tmp_path), *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        assert site.waited_for("/1.htm")
        second = tiaowen(tmp_path, *words)
        running.kill()
    assert second.stderr == "tiaowen: another crawl of this home is running; wait for it to end\n"
    assert second.returncode == 1


def test_a_mirror_is_a_host_and_an_origin(tmp_path: Path) -> None:
    for written in ("www.cac.gov.cn", "www.cac.gov.cn=127.0.0.1", "=http://127.0.0.1", "a=file:///etc", "a=http://b/c"):
        done = tiaowen(tmp_path, "crawl", "--mirror", written)
        assert done.returncode == 2
        assert done.stderr == (
            f"tiaowen: --mirror {written!r} is not HOST=ORIGIN; "
            "write it like --mirror www.cac.gov.cn=http://127.0.0.1:8000\n"
        )


def test_a_seed_needs_its_edition(tmp_path: Path) -> None:
    done = tiaowen(tmp_path, "crawl", "--seed", "http://127.0.0.1:1/x.htm")
    assert done.returncode == 2
    assert done.stderr.strip() == "tiaowen: a seed needs its edition; add --edition, e.g. --edition 2.0"


def test_an_interrupt_ends_in_one_line_and_leaves_the_store_usable(site: Site, tmp_path: Path) -> None:
    site.pages["/1.htm"] = site.silence
    words = ("crawl", "--edition", "2.0", "--seed", site.url("/1.htm"), "--allow-host", "127.0.0.1", "--delay", "0")
    command = [sys.executable, "-m", "app.cli", "--home", str(tmp_path), "--ui-lang", "en", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert site.waited_for("/1.htm")
        running.send_signal(signal.SIGINT)
        site.released.set()
        _, errors = running.communicate()
    assert running.returncode == 130
    assert errors.strip().splitlines()[-1].startswith("interrupted; ")
    with CorpusStore(tmp_path / "corpus.db") as store:
        assert store.current() == []
