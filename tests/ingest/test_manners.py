"""What may be asked of a site, and when: without a network."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.manners import Pace, explain, is_public, may_ask, read_robots, retry_after

OFFICIAL = ("cac.gov.cn", "tc260.org.cn")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://www.cac.gov.cn/2025-09/15/c_1.htm", True),
        ("http://TC260.org.cn./", True),
        ("https://notcac.gov.cn/", False),
        ("https://cac.gov.cn@127.0.0.1/", False),
        ("https://user@www.cac.gov.cn/", False),
        ("ftp://www.cac.gov.cn/", False),
        ("https://[broken/", False),
        ("框架.pdf", False),
    ],
)
def test_hosts(url, allowed):
    assert may_ask(url, OFFICIAL) is allowed


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "0.0.0.0", "198.18.0.5", "224.0.0.1", "::1", "fe80::1"])
def test_private_addresses(address):
    assert not is_public(address)


def test_public_addresses():
    assert is_public("1.1.1.1")
    assert is_public("2606:4700:4700::1111")
    assert not is_public("www.cac.gov.cn")


def test_rules_for_us_win_over_rules_for_all():
    rules = read_robots(200, b"User-agent: *\nDisallow:\n\nUser-agent: Tiaowen\nDisallow: /*.pdf$\n")
    assert rules.refusal("https://www.tc260.org.cn/upload/1.pdf") == "forbids it in robots.txt"
    assert rules.refusal("https://www.tc260.org.cn/upload/1.htm") == ""


def test_rules_in_chinese():
    rules = read_robots(200, "User-agent: *\nDisallow: /内部/\n".encode("utf-8-sig"))
    assert rules.refusal("https://www.tc260.org.cn/%E5%86%85%E9%83%A8/1.pdf") == "forbids it in robots.txt"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503, 302, 204])
def test_no_rules_no_permission(status):
    assert f"(status {status})" in read_robots(status, b"").refusal("https://www.cac.gov.cn/")


@pytest.mark.parametrize("status", [404, 410])
def test_a_site_without_rules_may_be_asked(status):
    assert read_robots(status, b"").refusal("https://www.cac.gov.cn/") == ""


def test_retry_after_in_the_past_or_unreadable():
    now = datetime(2026, 9, 14, tzinfo=UTC)
    assert retry_after("Sun, 13 Sep 2026 00:00:00 GMT", now) == 0.0
    assert [retry_after(said, now) for said in ("", "-5", "十", "٣")] == [None] * 4


def test_pace_books_turns_in_order():
    clock = [0.0]
    pace = Pace(clock=lambda: clock[0])
    assert [pace.turn("a", 8) for _ in range(3)] == [0, 8, 16]
    clock[0] = 100.0
    assert pace.turn("a", 8) == 0
    pace.hold("a", 3)
    assert pace.turn("a", 8) == 8


def test_unknown_failures_keep_their_name():
    assert explain("SomethingNew the line is dead", 1 << 20) == "did not answer (SomethingNew)"
