"""Fetching official sources: the parent's side. Scrapy runs in a child process, because its reactor cannot restart.

seeds ─job (JSON, stdin)─> python -m ingest.spider ─┬─ bytes ─> home/raw/<sha256>, written once
                                                    └─ one JSON line per fetch (stdout) ─> Fetched

Fetches every seed; from an announcement (`part="notice"`) the PDF files it links to, as the edition's `body`; from a
list page (`part="list"`) its next pages. Nothing is written to the corpus store here: the caller records what it is told.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import urlsplit

from corpus.catalogue import OFFICIAL_HOSTS
from corpus.errors import SourceUnreachable, TiaowenError, UnusableInput
from corpus.home import is_whole
from corpus.ids import DEFAULT_WORK
from corpus.records import Part
from corpus.store import Fetch as Fetched
from corpus.store import utc_now
from ingest.child import environment, stopped_after

__all__ = ["LEFT_ALONE", "Bounds", "Fetched", "Job", "Seed", "Validators", "crawl"]


LEFT_ALONE = "stopped answering"
"""The error of a fetch that was not tried because the ones before it had failed."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A URL to fetch, and what is behind it: `Seed("https://www.cac.gov.cn/…htm", "aisgf@2.0", "notice")`.

    A list page is of no edition (""). `paging`, `channel`: where its further pages come from, by POST; `page`: which of
    them this is (0: the first page itself).
    """

    url: str
    edition: str
    part: Part | Literal["list"]
    paging: str = ""
    channel: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a crawl may cost: bytes of one answer; seconds for one answer, one robots.txt, and everything together.

    After a failure it waits `backoff` seconds, then twice that, `retries` times in all; a site that asks to wait longer
    than `patience` seconds is left alone. Of a list at most `pages` further pages are asked for, of the
    files that an announcement links to `attachments`.
    """

    max_bytes: int = 64 << 20
    timeout: float = 180.0
    robots_timeout: float = 30.0
    total: float = 3600.0
    retries: int = 2
    backoff: float = 10.0
    patience: float = 300.0
    pages: int = 3
    attachments: int = 20


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier fetch left for a conditional request, and the bytes that stand if nothing changed.

    `final_url`: where they came from in the end.
    """

    etag: str | None
    last_modified: str | None
    sha256: str
    size: int | None
    media_type: str | None
    final_url: str


@dataclass(frozen=True, slots=True)
class Job:
    """All that the child process is told. `held`: what is not fetched at all; `mirror`: host -> origin to ask instead."""

    seeds: tuple[Seed, ...]
    home_raw: str
    domains: tuple[str, ...]
    allow_hosts: tuple[str, ...] = ()
    delay: float = 8.0
    bounds: Bounds = Bounds()
    known: Mapping[str, Validators] = field(default_factory=dict)
    held: Mapping[str, Validators] = field(default_factory=dict)
    mirror: Mapping[str, str] = field(default_factory=dict)

    def dumps(self) -> str:
        """As one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> Job:
        """The job that `dumps` wrote.

        >>> job = Job((Seed("https://www.cac.gov.cn/", "aisgf@2.0", "notice"),), "raw", ("cac.gov.cn",))
        >>> Job.loads(job.dumps()) == job
        True
        """
        told: dict[str, Any] = json.loads(text)
        return cls(
            seeds=tuple(Seed(**seed) for seed in told["seeds"]),
            home_raw=told["home_raw"],
            domains=tuple(told["domains"]),
            allow_hosts=tuple(told["allow_hosts"]),
            delay=told["delay"],
            bounds=Bounds(**told["bounds"]),
            known={url: Validators(**kept) for url, kept in told["known"].items()},
            held={url: Validators(**kept) for url, kept in told["held"].items()},
            mirror=told["mirror"],
        )


def at_mirror(url: str, mirror: Mapping[str, str]) -> str:
    """The URL to ask for: with the scheme and host of the mirror where its host has one.

    >>> at_mirror("https://www.cac.gov.cn/a.htm?b=1", {"www.cac.gov.cn": "http://127.0.0.1:8000"})
    'http://127.0.0.1:8000/a.htm?b=1'
    """
    parts = urlsplit(url)
    origin = mirror.get(parts.netloc.lower())
    return url.replace(f"{parts.scheme}://{parts.netloc}", origin, 1) if origin else url


def crawl(
    seeds: Sequence[Seed],
    *,
    home_raw: Path,
    allow_hosts: frozenset[str] = frozenset(),
    delay: float = 8.0,
    on_event: Callable[[Fetched], None] = lambda row: None,
    known: Sequence[Fetched] = (),
    held: Sequence[Fetched] = (),
    mirror: Mapping[str, str] | None = None,
    bounds: Bounds | None = None,
    domains: Sequence[str] = tuple(OFFICIAL_HOSTS),
) -> list[Fetched]:
    """Fetch the seeds and what they lead to; one row per fetch, failures included, each told to `on_event` as it comes.

    `delay`: seconds between two requests to one host, at least. `allow_hosts`: hosts fetched from beside the official
    domains, even at a private address. `known`: rows of earlier crawls, oldest first; what they brought is asked for
    conditionally, and a row with status 304 repeats its sha256. `held`: rows of this same crawl before it was cut short;
    what they brought is not asked for and not told again, only followed. `mirror`: host -> origin (`at_mirror`).

    Raises SourceUnreachable when nothing at all could be fetched, UnusableInput for a seed that is no web address.
    """
    if not seeds:
        return []
    home_raw.mkdir(parents=True, exist_ok=True)
    unique = {_checked(seed).url: seed for seed in reversed(seeds)}
    here = _kept(held, home_raw)
    job = Job(
        seeds=tuple(reversed(unique.values())),
        home_raw=str(home_raw),
        domains=tuple(domains),
        allow_hosts=tuple(sorted(allow_hosts)),
        delay=delay,
        bounds=bounds or Bounds(),
        known=_validators(known, home_raw),
        held=here,
        mirror=dict(mirror or {}),
    )
    rows: list[Fetched] = []
    with closing(_all_rows(job)) as told:
        for row in told:
            rows.append(row)
            on_event(row)
    if all(row.error for row in rows) and not here:
        raise _unreachable(job, rows)
    return rows


def _checked(seed: Seed) -> Seed:
    parts = urlsplit(seed.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnusableInput(f"{seed.url!r} is not a web address", way_out="write it with https://")
    return seed


def _validators(known: Sequence[Fetched], home_raw: Path) -> dict[str, Validators]:
    return _kept([row for row in known if row.etag or row.last_modified], home_raw)


def _kept(rows: Sequence[Fetched], home_raw: Path) -> dict[str, Validators]:
    """By URL, the newest fetch whose bytes are still here, and whole."""
    return {
        row.url: Validators(row.etag, row.last_modified, row.sha256, row.size, row.media_type, row.final_url)
        for row in rows
        if row.sha256 and not row.error and is_whole(home_raw / row.sha256)
    }


def _all_rows(job: Job) -> Generator[Fetched, None, None]:
    """What the child tells, and a row for each seed that it did not come to."""
    told: set[str] = set(job.held)
    for row in _child_rows(job):
        told.add(row.url)
        yield row
    for seed in job.seeds:
        if seed.url not in told:
            error = f"was not reached within {job.bounds.total:g} s"
            yield Fetched(seed.edition, seed.part, seed.url, seed.url, utc_now(), error=error)


def _child_rows(job: Job) -> Iterator[Fetched]:
    limit = job.bounds.total + job.bounds.timeout + job.bounds.patience
    with tempfile.TemporaryFile() as complaints, _spider(complaints) as child, stopped_after(child, limit) as passed:
        assert child.stdin and child.stdout
        child.stdin.write(job.dumps() + "\n")  # left open: where it ends, we are gone, and the child ends too
        child.stdin.flush()
        for line in child.stdout:
            yield Fetched(**json.loads(line))
        if child.wait() and not passed.is_set():
            raise TiaowenError(
                f"the crawler stopped with status {child.returncode} ({_last_line(complaints)})",
                way_out="run it again: what was fetched is kept",
            )


@contextmanager
def _spider(complaints: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """The child process, ended with the block."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "ingest.spider"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env=environment(),
        encoding="utf-8",
    )
    try:
        with child:
            try:
                yield child
            finally:
                child.kill()
    except BrokenPipeError:
        raise TiaowenError("the crawler did not start", way_out="run: tiaowen doctor") from None


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def _unreachable(job: Job, rows: Sequence[Fetched]) -> SourceUnreachable:
    """Each host with its reason, once; the way out is a browser."""
    told = [row for row in rows if row.error != LEFT_ALONE] or rows
    reasons = dict.fromkeys(f"{urlsplit(row.final_url).hostname} {row.error}" for row in told)
    work, _, version = job.seeds[0].edition.partition("@")
    elsewhere = "" if work == DEFAULT_WORK else f" --work {work}"
    several = len({seed.edition for seed in job.seeds}) > 1
    named = "EDITION" if several else f"{version}{elsewhere}"
    return SourceUnreachable(
        ", ".join(list(reasons)[:3]),
        way_out=f"download the file in a browser and run: tiaowen add FILE --edition {named}",
    )
