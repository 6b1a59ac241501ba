"""What a title or a text says it is: which edition of which work. Reported and checked, never guessed at.

row of a list ─ sighting_of ─> new_edition | related | None        page, PDF ─ contradiction ─> why it is not what it was
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from corpus.catalogue import Catalogue, address
from corpus.ids import DEFAULT_WORK
from corpus.ledger import Sighting
from corpus.records import Document
from ingest.listing import Row

_VERSION = (
    r"[\s》〉\"”'’(（,，:：]*(?:version|edition|ed\.|v)?\s*"
    r"(?:(\d{1,2}\.\d{1,2})|(\d{1,2})\s*版|第?([一二三四五六七八九])版)"
)
_HAN_DIGITS = "一二三四五六七八九"
HEAD = 600
"""Characters from the start of a text in which it says what it is."""


def versions_named(text: str, catalogue: Catalogue, work: str) -> tuple[str, ...]:
    """The versions that follow the work's name in a text, as printed.

    >>> from corpus.catalogue import load_catalogue
    >>> known = load_catalogue()
    >>> versions_named("《人工智能安全治理框架》3.0版发布", known, "aisgf")
    ('3.0',)
    >>> versions_named("《人工智能安全治理框架（4.0版）》与AI Safety Governance Framework 4.1", known, "aisgf")
    ('4.0', '4.1')
    >>> versions_named("《人工智能安全治理框架》2024年发布", known, "aisgf")
    ()
    """
    found = []
    for match in _after_name(*catalogue.works[work].values()).finditer(_folded(text)):
        exact, whole, han = match.groups()
        found.append(exact or f"{whole or _HAN_DIGITS.index(han) + 1}.0")
    return tuple(dict.fromkeys(found))


def names_work(text: str, catalogue: Catalogue, work: str) -> bool:
    """Whether a text has the name of a work in it, in either language."""
    folded = _folded(text)
    return any(re.search(_spaced(name), folded) for name in catalogue.works[work].values())


def sighting_of(row: Row, catalogue: Catalogue, known: Collection[str], found_on: str, now: str) -> Sighting | None:
    """A row of a list page that names a work of the catalogue at an address not `known` (as `address` writes them).

    An edition that the catalogue lacks is `new_edition`, anything else about the work `related`.
    """
    if address(row.url) in known:
        return None
    subjects = [work for work in catalogue.works if work not in catalogue.about]
    work = next((work for work in subjects if names_work(row.title, catalogue, work)), None)
    if work is None:
        return None
    versions = versions_named(row.title, catalogue, work)
    editions = [f"{work}@{version}" for version in versions]
    new = next((edition for edition in editions if edition not in catalogue.editions), None)
    subject = new or (editions[0] if editions else work)
    return Sighting(row.url, "new_edition" if new else "related", subject, row.title, row.date, found_on, now, now)


def contradiction(title: str, document: Document, catalogue: Catalogue) -> str | None:
    """Why a text is not the edition it was fetched as: it names another version, or the work nowhere; None if it may be.

    Read after "what was fetched". The framework itself is known by its chapters: its name may be lost to OCR.
    """
    work = catalogue.subject(document.edition)
    outlined = document.part == "body" and document.edition.startswith(f"{DEFAULT_WORK}@")
    if not outlined and not names_work(f"{title}\n{document.text}", catalogue, work):
        return f"does not name {catalogue.works[work][document.lang]}"
    if document.edition.partition("@")[0] != work:
        return None
    version = document.edition.partition("@")[2]
    head = document.text[: HEAD if document.part == "notice" else document.clauses[0].span.start]
    named = versions_named(title, catalogue, work) or versions_named(head, catalogue, work)
    return f"is about {' and '.join(named)}, not {version}" if named and version not in named else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _spaced(name: str) -> str:
    """A pattern of a folded name whose characters or words may be parted by blanks, as line ends part them."""
    words = [r"\s*".join(map(re.escape, word)) if ord(word[0]) > 0x2E80 else re.escape(word) for word in name.split()]
    return r"\s+".join(word.lower() for word in words).replace(r"ai\s+", r"(?:ai|artificial\s+intelligence)\s+")


@lru_cache(maxsize=8)
def _after_name(*names: str) -> re.Pattern[str]:
    either = "|".join(_spaced(_folded(name)) for name in names)
    return re.compile(f"(?:{either}){_VERSION}")
