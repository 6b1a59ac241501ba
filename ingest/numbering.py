"""The numbers of the framework and their order: which number may follow which.

preface   1  1.1  3.1.1  3.1.1(a)  6.3.6   T   A1  A1.1  A1.1.1  A2.1  A3.15   ack
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.ids import normal_path, parent_path
from corpus.records import ClauseKind, Lang
from ingest.flow import ends_sentence, runs_on
from ingest.layout import Block
from ingest.table import TITLE as TABLE_TITLE

_PREFACE = re.compile(r"^(?:前\s*言|Preface)\s*$", re.IGNORECASE)
_ACK = re.compile(r"^(?:致\s*谢|Acknowledge?ments?)\s*$", re.IGNORECASE)
_APPENDIX = re.compile(r"^(?:附件|附录|Appendix|Annex)\s*(\d)\s*[.．、:：]?\s*", re.IGNORECASE)
_DOTTED = re.compile(r"^(\d{1,2}(?:[.．]\d{1,2}){1,2})(?![.．、]?\d|[%％])[.．、]?\s*")
_CHAPTER = re.compile(r"^(\d{1,2})[.．、]\s*(?!\d)")
_LETTER = re.compile(r"^[(（]\s*([a-zａ-ｚ])\s*(?:[)）]|(?=[“\"]))\s*")
_HAN_NUMBER = re.compile(r"^([一二三四五六七八九])、\s*")
_ROMAN = re.compile(r"^([IVXlπΠⅠⅡⅢⅣⅤ]{1,4})[.．、]\s*(?=[A-Z])")
_HAN_DIGITS = "一二三四五六七八九"
_MOST_SKIPPED = 2


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number found at the start of a block: its path, its kind, and the characters it takes."""

    path: str
    kind: ClauseKind
    printed: str


class Numbering:
    """Reads the numbers of one document in order; remembers where it stands."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.path: str | None = None
        self.seen: set[str] = set()
        self.section: str | None = None
        """The section of the current appendix, printed `一、` or `I.`, if it has sections."""

    def read(self, block: Block) -> Numbered | None:
        """The clause that a block opens, or None where it goes on with the one before."""
        text = block.text
        candidates = (
            self._named(text),
            self._appendix(text),
            *self._in_appendix(text),
            *self._in_chapters(text, block),
        )
        return next((found for found in candidates if found is not None and found.path not in self.seen), None)

    def advance(self, found: Numbered) -> None:
        """Stand at `found`: later numbers are judged from there."""
        self.path = found.path
        self.seen.add(found.path)
        if found.kind == "appendix":
            self.section = None
        elif found.path.startswith("A") and found.kind == "section":
            self.section = found.path

    def follows(self, path: str) -> bool:
        """Whether `path` may come next: the first child, or a later sibling of the current clause or of one above it.

        From 3.1.1(c): (d), 3.1.2, 3.2, 4 and, a number or two being lost, (e), (f), 3.1.3 …
        """
        parent, number = _split(path)
        if number is None:
            return False
        if self.path is None:
            return parent is None and number == 1
        if parent == self.path:
            return number <= 1 + _MOST_SKIPPED
        elder = _elder(self.path, parent)
        if elder is not None:
            return elder < number <= elder + 1 + _MOST_SKIPPED
        return parent is None and self.path in ("preface", "ack") and number == 1

    # --- the kinds of numbers

    def _named(self, text: str) -> Numbered | None:
        if _PREFACE.match(text) and self.path is None:
            return Numbered("preface", "preface", "")
        if _ACK.match(text):
            return Numbered("ack", "ack", "")
        if TABLE_TITLE.search(text) and len(text) < 160 and "T" not in self.seen:
            return Numbered("T", "table", "")
        return None

    def _appendix(self, text: str) -> Numbered | None:
        match = _APPENDIX.match(text)
        if match is None or ends_sentence(text) or len(text) > 120:
            return None
        return Numbered(f"A{int(match[1])}", "appendix", match.group().rstrip())

    def _in_appendix(self, text: str) -> list[Numbered | None]:
        if self.path is None or not self.path.startswith("A"):
            return []
        appendix = self.path.split(".")[0]
        return [self._appendix_section(text, appendix), self._appendix_item(text, appendix)]

    def _appendix_section(self, text: str, appendix: str) -> Numbered | None:
        """`一、主要分级要素`, `II. Risk levels`: counted, not read, since a scan gives `π.` for `II.`."""
        match = _HAN_NUMBER.match(text) if self.lang == "zh" else _ROMAN.match(text)
        if match is None or ends_sentence(text) or len(text) > 80:
            return None
        done = sum(path.startswith(f"{appendix}.") and path.count(".") == 1 for path in self.seen)
        if self.lang == "zh" and _HAN_DIGITS.index(match[1]) != done:
            return None
        return Numbered(f"{appendix}.{done + 1}", "section", match.group().rstrip())

    def _appendix_item(self, text: str, appendix: str) -> Numbered | None:
        match = _CHAPTER.match(text)
        if match is None:
            return None
        path = f"{self.section or appendix}.{int(match[1])}"
        return Numbered(path, "item", match.group().rstrip()) if self.follows(path) else None

    def _in_chapters(self, text: str, block: Block) -> list[Numbered | None]:
        if self.path is not None and self.path.startswith(("A", "ack")):
            return []
        return [self._dotted(text), self._chapter(text, block), self._lettered(text)]

    def _dotted(self, text: str) -> Numbered | None:
        match = _DOTTED.match(text)
        if match is None or runs_on(text[len(match.group().rstrip()) :]):
            return None
        path = normal_path(match[1])
        kind: ClauseKind = "item" if self._is_item(path, text) else "section"
        return Numbered(path, kind, match.group().rstrip()) if self.follows(path) else None

    def _is_item(self, path: str, text: str) -> bool:
        return path.count(".") == 2 and (ends_sentence(text) or len(text) > 120)

    def _chapter(self, text: str, block: Block) -> Numbered | None:
        match = _CHAPTER.match(text)
        if match is None or len(text) > 110 or (ends_sentence(text) and not block.level):
            return None
        path = str(int(match[1]))
        return Numbered(path, "chapter", match.group().rstrip()) if self.follows(path) else None

    def _lettered(self, text: str) -> Numbered | None:
        match = _LETTER.match(text)
        above = self._section_above()
        if match is None or above is None:
            return None
        path = normal_path(f"{above}({match[1]})")
        return Numbered(path, "item", match.group().rstrip()) if self.follows(path) else None

    def _section_above(self) -> str | None:
        current = self.path
        if current is not None and current.endswith(")"):
            current = parent_path(current)
        return current if current and "." in current else None


def glued(text: str, before: str | None) -> int | None:
    """Where a block's end is the next section's heading, glued on: the offset of its number.

    `before`: the clause that the block opens or goes on with, from which `(b) … 4.2.2 Addressing …` is judged.
    """
    for match in re.finditer(r"(?<=[.。;；]\s)(\d\.\d\.\d)\s+(?=[A-Z\u4e00-\u9fff])", text):
        rest = text[match.end() :]
        parent, number = _split(match[1])
        elder = _elder(before, parent)
        short = len(rest.strip()) < 90 and not ends_sentence(rest)
        if short and elder is not None and number == elder + 1:
            return match.start()
    return None


def _elder(path: str | None, parent: str | None) -> int | None:
    """The number, among the children of `parent`, of the clause at `path` or of one above it.

    >>> _elder("4.2.1(b)", "4.2"), _elder("4.2.1(b)", "4.2.1"), _elder("4.2.1(b)", "5")
    (1, 2, None)
    """
    while path is not None:
        above, own = _split(path)
        if above == parent and own is not None:
            return own
        path = above
    return None


def _split(path: str) -> tuple[str | None, int | None]:
    """Parent and number among siblings: `3.1.1(c)` -> (`3.1.1`, 3), `5` -> (None, 5), `preface` -> (None, None)."""
    parent = parent_path(path)
    if path.endswith(")"):
        return parent, ord(path[-2]) - ord("a") + 1
    last = path.rpartition(".")[2].lstrip("A")
    return parent, int(last) if last.isdigit() else None
