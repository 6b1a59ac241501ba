"""Works, editions and sources as data (`catalogue.toml`). Nothing else in the code knows which editions exist."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit

from corpus.errors import UnknownEdition
from corpus.ids import DEFAULT_WORK
from corpus.records import Edition, Lang, Source

OFFICIAL_HOSTS = ("cac.gov.cn", "tc260.org.cn")
"""Publishers' sites: a document fetched from one of them, or from a subdomain, is `official`."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page that lists publications; `paging` and `channel`: where its further pages come from, if it has any."""

    url: str
    publisher: str
    sure: str
    paging: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Editions by id, oldest first within a work; `copies`: sha256 of published files -> edition id.

    `about`: works that interpret another -> that work; `lists`: pages to watch for what is not listed here.
    """

    editions: Mapping[str, Edition]
    copies: Mapping[str, str]
    works: Mapping[str, Mapping[Lang, str]]
    about: Mapping[str, str]
    lists: tuple[ListPage, ...]

    def edition(self, written: str, work: str = DEFAULT_WORK) -> Edition:
        """The edition a user names: `2.0`, `v2`, `2.0版`, `aisgf@2.0`.

        Raises `UnknownEdition`, whose way out lists the known ones.
        """
        name = unicodedata.normalize("NFKC", written).strip().lower()
        if "@" not in name:
            name = f"{work}@{_version(name)}"
        if name in self.editions:
            return self.editions[name]
        known = ", ".join(e.version for e in self.of_work(name.partition("@")[0])) or ", ".join(self.editions)
        raise UnknownEdition(f"edition {written!r} is not in the catalogue", way_out=f"known editions: {known}")

    def of_work(self, work: str = DEFAULT_WORK) -> tuple[Edition, ...]:
        """The editions of a work, oldest first."""
        return tuple(e for e in self.editions.values() if e.work == work)

    def subject(self, edition: str) -> str:
        """The work that an edition is of, or that its work is about: `aisgf` of `reading-20250926-1@1`."""
        work = edition.partition("@")[0]
        return self.about.get(work, work)

    def newest(self, work: str = DEFAULT_WORK) -> Edition:
        """The newest published edition, whether or not its text is in the corpus."""
        return max(self.of_work(work), key=lambda e: e.released)


def _version(name: str) -> str:
    bare = re.sub(r"^(?:version|v|版本)\s*|\s*版$", "", name)
    return f"{bare}.0" if bare.isdigit() and len(bare) == 1 else bare


def is_official_host(url: str) -> bool:
    """Whether a URL is on a publisher's site: `is_official_host("https://www.cac.gov.cn/a.htm")`."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in OFFICIAL_HOSTS)


def address(url: str) -> str:
    """A URL without what does not tell pages apart: scheme, case of the host, the mobile view.

    >>> address("https://www.CAC.gov.cn/a.htm?type=h5") == address("http://www.cac.gov.cn/a.htm")
    True
    """
    try:
        parts = urlsplit(url)
        query = urlencode([pair for pair in parse_qsl(parts.query) if pair != ("type", "h5")])
        return f"{parts.netloc.lower()}{parts.path or '/'}{f'?{query}' if query else ''}"
    except ValueError:
        return url


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The bundled catalogue."""
    data = tomllib.loads(files("corpus").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    sources: dict[str, list[Source]] = {}
    for row in data["source"]:
        sources.setdefault(row["edition"], []).append(Source(**{**row, "langs": tuple(row["langs"])}))
    editions = {
        row["id"]: Edition(
            row["id"], {"zh": row["zh"], "en": row["en"]}, row["released"], tuple(sources.get(row["id"], ()))
        )
        for row in sorted(data["edition"], key=lambda row: row["released"])
    }
    works: dict[str, Mapping[Lang, str]] = {row["id"]: {"zh": row["zh"], "en": row["en"]} for row in data["work"]}
    about = {row["id"]: row["about"] for row in data["work"] if "about" in row}
    lists = tuple(ListPage(**row) for row in data["list"])
    return Catalogue(editions, {row["sha256"]: row["edition"] for row in data["copy"]}, works, about, lists)
