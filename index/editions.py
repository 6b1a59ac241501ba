"""Which editions a question names: by version, by ordinal, by the year of publication.

"第一版的原则", "the 2024 one", "v2" ─ find_editions ─> editions of the catalogue, versions it does not know, the rest
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.catalogue import load_catalogue

_VERSION = re.compile(r"(?<![\d.])v?\s?(\d\.0)(?!\d|\.\d)|(?<![a-z\d])v\s?(\d)(?!\d|\.\d)", re.IGNORECASE)
_THING_EN = r"(?:edition|version|framework|text|document|one|paper|release)\b"
_QUALIFIED = rf"(?:ai\s+)?(?:safety\s+)?(?:governance\s+)?{_THING_EN}"
_ORDINAL = re.compile(
    r"第\s*([一二三四五1-5])\s*版|(首版|初版|头一?版|最早(?:的|那|一|个)*版本?|最初(?:的|那|一|个)*版本?|第一个版本"
    r"|(?<!新)[老旧]版本?(?=里|中|框架|写|规定|怎么说|是怎么说|的?(?:规定|要求|原则|框架|说法|条款))|(?:第一|首)[个份部](?:人工智能)?(?:安全)?(?:治理)?框架|(?:最早|最初)的?(?:人工智能)?(?:安全)?(?:治理)?框架)"
    r"|\b(first|second|third|fourth|fifth)\s+(?:edition|version)\b"
    rf"|\b(original|initial|earliest|debut|very first)\s+(?:\(\w+\)\s+)?{_QUALIFIED}"
    rf"|\b(?:in|of|under|from|by)\s+the\s+(older?)\s+{_QUALIFIED}"
    r"|\b(first)\s+(?:ai\s+)?(?:safety\s+)?(?:governance\s+)?framework\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"[(（]?(20[12]\d)[)）]?\s*年?(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?\s*"
    rf"(?:(?:那|这|发布|公布|出台|推出|的|一|个|份){{0,4}}\s*(?:版本?|框架|文件|文本)|{_QUALIFIED})",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(r"(?:\bthe )?\b(?:edition|version)\s+$|\bthe $")
_NOUN_AFTER = re.compile(r"\s*(?:版本?(?!权)|(?:edition|version|text|framework|one)\b)")
_COUNTED = {
    **{word: at for at, word in enumerate("一二三四五", 1)},
    **{word: at for at, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)},
}


@dataclass(frozen=True, slots=True)
class Named:
    """Editions and unknown versions in the order in which they are named, and the text without those names."""

    editions: tuple[str, ...]
    unknown: tuple[str, ...]
    rest: str


def find_editions(folded: str) -> Named:
    """The editions that a folded question names.

    >>> find_editions("第一版和2025年那版").editions, find_editions("the original version vs the 2025 one").editions
    (('aisgf@1.0', 'aisgf@2.0'), ('aisgf@1.0', 'aisgf@2.0'))
    >>> find_editions("9.0版的原则")
    Named(editions=(), unknown=('9.0',), rest=' 版的原则')
    """
    found = sorted(_mentions(folded), key=lambda named: named[0])
    rest = folded
    for pattern in (_YEAR, _ORDINAL, _VERSION):
        rest = pattern.sub(" ", rest)
    known = dict.fromkeys(name for _, _, name, is_known in found if is_known)
    return Named(tuple(known), tuple(dict.fromkeys(name for _, _, name, is_known in found if not is_known)), rest)


def edition_places(folded: str) -> tuple[tuple[int, int], ...]:
    """Where a folded question names editions, each with the 版 or "edition" that stands beside its number.

    >>> [[text[start:end] for start, end in edition_places(text)] for text in ("1.0版和第二版", "edition 2.0, the 2024 one")]
    [['1.0版', '第二版'], ['edition 2.0', 'the 2024 one']]
    """
    places: list[tuple[int, int]] = []
    for start, end, _, _ in sorted(_mentions(folded)):
        if places and start < places[-1][1]:
            places[-1] = places[-1][0], max(end, places[-1][1])
        else:
            places.append((start, end))
    return tuple(_with_noun(folded, *place) for place in places)


def _with_noun(folded: str, start: int, end: int) -> tuple[int, int]:
    start += len(folded[start:end]) - len(folded[start:end].lstrip())
    before, after = _NOUN_BEFORE.search(folded[:start]), _NOUN_AFTER.match(folded, end)
    return (before.start() if before else start), (after.end() if after else end)


def _mentions(folded: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end, edition or unknown version, whether it is known."""
    editions = load_catalogue().of_work()
    for match in _VERSION.finditer(folded):
        version = match[1] or f"{match[2]}.0"
        edition = next((e.id for e in editions if e.version == version), None)
        yield *match.span(), edition or version, edition is not None
    for match in _ORDINAL.finditer(folded):
        if edition := _nth(match, [e.id for e in editions]):
            yield *match.span(), edition, True
    for match in _YEAR.finditer(folded):
        yield from ((*match.span(), e.id, True) for e in editions if e.released.startswith(match[1]))


def _nth(match: re.Match[str], editions: Sequence[str]) -> str | None:
    counted = (match[1] or match[3] or "").lower()
    at = int(counted) if counted.isdecimal() else _COUNTED.get(counted, 1)
    return editions[at - 1] if at <= len(editions) else None
