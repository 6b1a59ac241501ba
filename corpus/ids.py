"""Clause ids: how a printed number becomes a path, and how users may write an id.

document clause   aisgf@2.0/zh#3.1.1(f)
neutral           aisgf@2.0#3.1.1(f)
short             2.0#3.1.1(f)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from corpus.errors import UnusableInput
from corpus.records import Lang, lang_of

_ID = re.compile(r"(?:(?P<work>[a-z][\w-]*)@)?(?P<version>[\w.-]+?)(?:/(?P<lang>zh|en))?#(?P<path>.+)")
_APPENDIX = re.compile(r"^(?:附件|附录|appendix|annex)\s*(\d)", re.IGNORECASE)
DEFAULT_WORK = "aisgf"


@dataclass(frozen=True, slots=True)
class ClauseId:
    """A parsed id: `ClauseId("aisgf@2.0", None, "3.1.1(f)")`."""

    edition: str
    lang: Lang | None
    path: str


def normal_path(printed: str) -> str:
    """The path of a printed number.

    >>> normal_path("３.１.１（ｆ）"), normal_path("§5.4."), normal_path("第5.4节"), normal_path("附件2")
    ('3.1.1(f)', '5.4', '5.4', 'A2')
    """
    text = unicodedata.normalize("NFKC", printed).strip().lstrip("§").strip()
    text = re.sub(r"^第\s*|\s*[章节条款]$", "", text)
    if appendix := _APPENDIX.match(text):
        text = f"A{appendix[1]}{text[appendix.end() :]}"
    text = re.sub(r"\s+", "", text).rstrip(".")
    return re.sub(r"\(([A-Z])\)", lambda letter: f"({letter[1].lower()})", text)


def parse_id(written: str) -> ClauseId:
    """Read an id as users write it: `2.0#3.1.1(f)`, `aisgf@2.0/zh#3.1.1（f）`.

    Raises `UnusableInput` for anything else.
    """
    match = _ID.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if match is None:
        raise UnusableInput(f"{written!r} is not a clause id", way_out="write it like '2.0#3.1.1(f)', in quotes")
    return ClauseId(
        f"{match['work'] or DEFAULT_WORK}@{match['version']}", lang_of(match["lang"]), normal_path(match["path"])
    )


def neutral(clause_id: str) -> str:
    """`aisgf@2.0/zh#5.4` -> `aisgf@2.0#5.4`: the same clause in any language."""
    document, _, path = clause_id.partition("#")
    return f"{document.partition('/')[0]}#{path}"


def short(clause_id: str) -> str:
    """`aisgf@2.0/zh#5.4` -> `2.0#5.4`; ids of other works keep their work."""
    bare = neutral(clause_id)
    return bare.removeprefix(f"{DEFAULT_WORK}@")


def of_framework(clause_or_edition: str) -> bool:
    """Whether an id is of the framework and not of another work: `of_framework("aisgf@2.0/zh#5.4")`."""
    return clause_or_edition.startswith(f"{DEFAULT_WORK}@")


def parent_path(path: str) -> str | None:
    """The path one level up by its form: `3.1.1(f)` -> `3.1.1`, `A1.2.1` -> `A1.2`, `T.3.1` -> `T`, `3` -> None."""
    if path.startswith("T."):
        return "T"
    if path.endswith(")"):
        return path[: path.rindex("(")]
    return path.rpartition(".")[0] or None


def is_below(path: str, other: str) -> bool:
    """Whether `path` is `other` or stands below it: `is_below("3.1.1(f)", "3.1")`."""
    if path.startswith("T."):
        return other in (path, "T")
    return path.startswith(other) and path[len(other) : len(other) + 1] in ("", ".", "(")


def within_any(path: str, others: Container[str]) -> bool:
    """Whether `path` is one of `others` or stands below one: `within_any("3.1.1(f)", {"3.1", "4"})`."""
    current: str | None = path
    while current is not None and current not in others:
        current = parent_path(current)
    return current is not None


def sort_key(path: str) -> tuple[object, ...]:
    """Text order: `preface`, chapters (`5.10` after `5.9`), `T`, appendices, `ack`."""
    rank = {"p": 0, "T": 2, "A": 3, "a": 4, "n": 5}.get(path[0], 1)
    parts = re.findall(r"\d+|[a-z]+", path.lower())
    return (rank, *((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts))
