"""The crawler against a site on loopback: what it fetches, what it leaves alone, and what it says of either."""

from __future__ import annotations

import datetime
import hashlib
import json
import ssl
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_address
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

import pytest

from corpus.errors import SourceUnreachable, TiaowenError, UnusableInput
from ingest.crawl import Bounds, Fetched, Job, Seed, at_mirror, crawl
from ingest.listing import paging_form

LOOPBACK = frozenset({"127.0.0.1"})
QUICK = Bounds(max_bytes=1 << 16, timeout=1.5, robots_timeout=1.0, retries=1, backoff=0.01, patience=2)


@pytest.fixture
def fetch(site, tmp_path):
    """Crawl paths of the site as announcements of 2.0, without delay."""

    def run(*paths: str, **changed) -> list[Fetched]:
        seeds = [Seed(site.url(path), "aisgf@2.0", "notice") for path in paths]
        named = {"home_raw": tmp_path / "raw", "allow_hosts": LOOPBACK, "delay": 0.0, "bounds": QUICK, **changed}
        return crawl(seeds, **named)

    return run


def by_path(rows: list[Fetched]) -> dict[str, Fetched]:
    return {urlsplit(row.url).path: row for row in rows}


def test_announcement_leads_to_its_pdf(site, fetch, tmp_path):
    rows = fetch("/1.htm")
    notice, body = rows
    assert (notice.part, notice.status, notice.media_type, notice.etag) == ("notice", 200, "text/html", '"a1"')
    assert (body.part, body.edition, body.media_type) == ("body", "aisgf@2.0", "application/pdf")
    assert body.referrer == notice.final_url == site.url("/1.htm")
    assert body.fetched_at.endswith("Z")
    for row in rows:
        kept = (tmp_path / "raw" / row.sha256).read_bytes()
        assert (hashlib.sha256(kept).hexdigest(), len(kept)) == (row.sha256, row.size)


def test_introduces_itself_and_asks_robots_first(site, fetch, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the child finds its package from anywhere
    fetch("/1.htm")
    assert site.paths == ["/robots.txt", "/1.htm", "/rootimages/uploadimg/1/1.pdf"]
    for asked in site.asked:
        assert asked.headers["User-Agent"].startswith("Tiaowen/")
        assert asked.headers["User-Agent"].endswith("(+document crawler; contact in the README)")
    assert site.asked[2].headers["Referer"] == site.url("/1.htm")
    assert "Cookie" not in site.asked[2].headers


def test_second_crawl_is_conditional_and_still_follows(site, fetch):
    first = fetch("/1.htm")
    second = fetch("/1.htm", known=first)
    assert [row.status for row in second] == [304, 304]
    assert [(row.sha256, row.size, row.media_type) for row in second] == [
        (row.sha256, row.size, row.media_type) for row in first
    ]
    third = fetch("/1.htm", known=[*first, *second])
    assert [row.status for row in third] == [304, 304]


def test_what_a_crawl_holds_is_followed_and_not_asked_for(site, fetch, tmp_path):
    first = fetch("/1.htm")
    (tmp_path / "raw" / first[1].sha256).unlink()
    site.asked.clear()
    rest = fetch("/1.htm", "/none", held=first)
    assert {path: row.status for path, row in by_path(rest).items()} == {"/none": 404, urlsplit(first[1].url).path: 200}
    assert "/1.htm" not in site.paths
    assert fetch("/1.htm", held=[*first, *rest]) == []


def test_a_mirror_stands_in_for_a_host_in_seeds_and_in_links(site, tmp_path, reply):
    site.pages["/1.htm"] = reply(b"<a href=//www.cac.gov.cn/a.pdf>x</a><a href=/b.pdf>x</a>")
    seed = Seed(at_mirror("https://www.cac.gov.cn/1.htm", {"www.cac.gov.cn": site.url("")}), "aisgf@2.0", "notice")
    mirror = {"www.cac.gov.cn": site.url("")}
    rows = crawl([seed], home_raw=tmp_path / "raw", allow_hosts=LOOPBACK, delay=0, mirror=mirror, bounds=QUICK)
    assert {row.url for row in rows} == {site.url(path) for path in ("/1.htm", "/a.pdf", "/b.pdf")}


@pytest.mark.parametrize(
    ("rows_on_page", "pages", "asked"), [(20, 3, [2, 3]), (5, 1, [1]), (20, 1, []), (20, 9, [2, 3])]
)
def test_a_list_is_followed_page_by_page_up_to_its_end_or_the_limit(site, tmp_path, reply, rows_on_page, pages, asked):
    def forms(page):
        return urlencode(paging_form("A1", page))

    items = "".join(f"<li><a href=/{n}.htm>第{n}号</a></li>" for n in range(rows_on_page))
    site.pages["/list.htm"] = reply(f"<ul class=inList>{items}</ul>".encode())
    for page in range(1, 9):
        told = {"list": [{"topic": "件", "infourl": "/x.htm", "pubtime": "2026-09-14"}], "totalRec": 50}
        site.pages[f"/cms/JsonList?{forms(page)}"] = reply(json.dumps(told).encode(), "application/json")
    seed = Seed(site.url("/list.htm"), "", "list", site.url("/cms/JsonList"), "A1")
    bounds = replace(QUICK, pages=pages)
    rows = crawl([seed], home_raw=tmp_path / "raw", allow_hosts=LOOPBACK, delay=0, bounds=bounds)
    assert [row.url for row in rows] == [
        site.url("/list.htm"), *(site.url(f"/cms/JsonList?{forms(page)}") for page in asked)
    ]  # fmt: skip
    assert all((row.edition, row.part, row.error) == ("", "list", None) for row in rows)
    posted = [request for request in site.asked if request.form]
    assert [request.form for request in posted] == [forms(page) for page in asked]
    assert {request.headers["Referer"] for request in posted[:1]} <= {site.url("/list.htm")}


def test_of_many_attachments_only_so_many_are_followed(site, fetch, reply):
    links = "".join(f"<a href=/{n}.pdf>附件{n}</a>" for n in range(30))
    site.pages["/1.htm"] = reply(links.encode())
    assert len(fetch("/1.htm", bounds=replace(QUICK, attachments=2))) == 3
    assert site.paths == ["/robots.txt", "/1.htm", "/0.pdf", "/1.pdf"]


def test_a_site_that_stops_answering_is_left_alone(site, fetch):
    for number in range(12):
        site.pages[f"/{number}"] = site.silence
    told: list[Fetched] = []
    with pytest.raises(SourceUnreachable, match=r"^127\.0\.0\.1 did not answer \(timeout\); "):
        fetch(
            *(f"/{number}" for number in range(12)), bounds=replace(QUICK, timeout=0.3, retries=0), on_event=told.append
        )
    assert [row.error for row in told] == ["did not answer (timeout)"] * 3 + ["stopped answering"] * 9
    assert len(site.paths) == 1 + 3, "robots.txt, and three pages that failed"


def test_the_child_ends_with_its_parent(site, tmp_path):
    site.pages["/1.htm"] = site.silence
    job = Job((Seed(site.url("/1.htm"), "aisgf@2.0", "notice"),), str(tmp_path), (), ("127.0.0.1",), 0.0)
    command = [sys.executable, "-m", "ingest.spider"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdin
        child.stdin.write(job.dumps() + "\n")
        child.stdin.flush()
        assert site.waited_for("/1.htm")
        child.stdin.close()
        assert child.wait(60) == 1


def test_lost_bytes_are_fetched_again(fetch, tmp_path):
    first = fetch("/1.htm")
    (tmp_path / "raw" / first[1].sha256).unlink()
    assert [row.status for row in fetch("/1.htm", known=first)] == [304, 200]


def test_twenty_forbidden_requests_at_once_send_none(site, fetch):
    site.robots("User-agent: *\nDisallow: /closed/\n")
    rows = fetch(*(f"/closed/{n}.htm" for n in range(20)), "/1.htm")
    assert len(rows) == 22
    assert {row.error for row in rows if "/closed/" in row.url} == {"forbids it in robots.txt"}
    assert site.paths == ["/robots.txt", "/1.htm", "/rootimages/uploadimg/1/1.pdf"]


@pytest.mark.parametrize("status", [503, 403, 429])
def test_no_permission_without_robots(site, fetch, status):
    site.robots("", status=status)
    with pytest.raises(SourceUnreachable) as caught:
        fetch("/1.htm")
    assert str(caught.value) == (
        f"127.0.0.1 gives no robots.txt (status {status}), so nothing is fetched from it; "
        "download the file in a browser and run: tiaowen add FILE --edition 2.0"
    )
    assert site.paths == ["/robots.txt"]


def test_silent_robots_forbids(site, fetch):
    site.pages["/robots.txt"] = site.silence
    with pytest.raises(SourceUnreachable, match=r"gives no robots.txt \(did not answer \(timeout\)\)"):
        fetch("/1.htm", "/2.htm")
    assert site.paths == ["/robots.txt"]


def test_each_failure_is_a_row_with_its_reason(site, fetch, reply, bomb, tmp_path):
    def found(where: str):
        return reply(status=302, headers={"Location": where})

    site.pages |= {
        "/large": reply(b"x" * (QUICK.max_bytes + 1)),
        "/endless": site.endless,
        "/bomb": bomb(QUICK.max_bytes + 1),
        "/slow": site.silence,
        "/cut": site.broken,
        "/foreign": found("http://localhost/"),
        "/private": found("http://169.254.169.254/latest/"),
        "/file": found("file:///etc/hostname"),
        "/circle": found("/circle"),
        "/moved": found("/1.htm"),
        "/empty": reply(b""),
        "/busy": reply(status=503),
        "/later": [reply(status=429, headers={"Retry-After": "1"}), reply("<p>好</p>".encode())],
        "/much-later": reply(status=429, headers={"Retry-After": "86400"}),
        "/wall.htm": reply(b"<body>text <a href=/wall.pdf>x</a></body>"),
        "/wall.pdf": reply("<html><body>请稍候</body></html>".encode()),
    }
    paths = [path for path in site.pages if path.startswith("/") and path not in {"/robots.txt", "/1.htm", "/wall.pdf"}]
    rows = by_path(fetch(*paths, "/none"))
    assert {path: row.error for path, row in rows.items() if row.error} == {
        "/none": "answered 404",
        "/large": "sent more than 0.0625 MB",
        "/endless": "sent more than 0.0625 MB",
        "/bomb": "sent more than 0.0625 MB",
        "/slow": "did not answer (timeout)",
        "/cut": "broke off",
        "/foreign": "is not an allowed host",
        "/private": "is not an allowed host",
        "/file": "answered 302",
        "/circle": "redirects without end",
        "/empty": "sent nothing",
        "/busy": "answered 503",
        "/much-later": "answered 429",
        "/wall.pdf": "sent text/html, not a PDF",
    }
    assert rows["/foreign"].final_url == "http://localhost/"
    assert rows["/moved"].final_url == site.url("/1.htm")
    assert rows["/later"].status == 200
    assert [site.paths.count(path) for path in ("/busy", "/later", "/much-later", "/slow")] == [2, 2, 1, 2]
    again = [asked.at for asked in site.asked if asked.path == "/later"]
    assert again[1] - again[0] >= 1.0
    kept = {row.sha256 for row in rows.values() if not row.error}
    assert {path.name for path in (tmp_path / "raw").iterdir()} == kept


def test_leaves_the_delay_between_requests(site, fetch):
    fetch("/1.htm", delay=0.4)
    times = [asked.at for asked in site.asked]
    assert len(times) == 3
    assert all(later - earlier >= 0.38 for earlier, later in pairwise(times))


def test_crawl_delay_of_the_site_counts(site, fetch):
    site.robots("User-agent: Tiaowen\nCrawl-delay: 0.5\n")
    fetch("/1.htm")
    assert site.asked[2].at - site.asked[1].at >= 0.48


def test_crawl_delay_beyond_patience_is_refused(site, fetch):
    site.robots("User-agent: *\nCrawl-delay: 86400\n")
    with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1 asks for 86400 s between requests"):
        fetch("/1.htm")


def test_host_must_be_allowed(site, fetch):
    with pytest.raises(SourceUnreachable, match=r"127\.0\.0\.1 is not an allowed host"):
        fetch("/1.htm", allow_hosts=frozenset())
    assert site.paths == []


def test_official_name_at_a_private_address_is_refused(site, tmp_path):
    seed = Seed(site.url("/1.htm").replace("127.0.0.1", "localhost"), "aisgf@2.0", "notice")
    with pytest.raises(SourceUnreachable, match=r"localhost resolves to 127\.0\.0\.1, which is not a public address"):
        crawl([seed], home_raw=tmp_path / "raw", delay=0, domains=["localhost"], bounds=QUICK)
    assert site.paths == []


def test_nobody_there(site, fetch):
    site.close()
    with pytest.raises(SourceUnreachable, match=r"did not answer \(connection refused\)"):
        fetch("/1.htm")


def test_other_works_are_named_in_the_way_out(site, fetch, tmp_path):
    seed = Seed(site.url("/none"), "gaigi@2023", "body")
    with pytest.raises(SourceUnreachable, match=r"answered 404; .* --edition 2023 --work gaigi$"):
        crawl([seed], home_raw=tmp_path / "raw", allow_hosts=LOOPBACK, delay=0)


def test_certificate_must_be_valid(site, fetch, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    with pytest.raises(SourceUnreachable, match="has no valid certificate"):
        crawl(
            [Seed(site.url("/1.htm", "https"), "aisgf@2.0", "notice")],
            home_raw=certificate.parent / "raw",
            allow_hosts=LOOPBACK,
            delay=0,
            bounds=QUICK,
        )


def test_tells_each_row_as_it_comes_and_stops_with_its_caller(site, fetch):
    site.pages["/slow"] = site.silence
    told: list[Fetched] = []

    def stop(row: Fetched) -> None:
        told.append(row)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("/none", "/slow", on_event=stop, bounds=replace(QUICK, timeout=60))
    assert by_path(told).keys() == {"/none"}


def test_what_was_not_reached_in_time_is_told(site, fetch):
    rows = by_path(fetch("/1.htm", "/2.htm", delay=3.0, bounds=replace(QUICK, total=5.0)))
    assert (rows["/1.htm"].status, rows["/2.htm"].error) == (200, "was not reached within 5 s")
    assert site.paths == ["/robots.txt", "/1.htm"]


def test_failing_child_says_why(fetch, tmp_path):
    known = fetch("/1.htm")
    kept = tmp_path / "raw" / known[0].sha256
    kept.unlink()
    kept.mkdir()
    with pytest.raises(TiaowenError, match=r"the crawler stopped with status 1 \(IsADirectoryError.*; run it again"):
        fetch("/1.htm", known=known)


def test_seeds_are_checked(tmp_path):
    assert crawl([], home_raw=tmp_path) == []
    with pytest.raises(UnusableInput, match=r"'框架\.pdf' is not a web address; write it with https://"):
        crawl([Seed("框架.pdf", "aisgf@2.0", "body")], home_raw=tmp_path)


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody has signed but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path
