"""From pages of lines to running text: paragraphs and headings as blocks, with nothing of the printed page left in.

Dropped, each under its name (`ingest.furniture`): covers, contents pages, running heads and feet, page numbers. Joined:
the lines of a paragraph, also where a page ends inside it.
A line opens a new block when it carries a number, is indented, follows a gap, or a line that stops short of the margin
(unless an English sentence plainly goes on: no full stop before, a small letter after).
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.records import LANGS, Lang
from corpus.text import HAN, han_share
from ingest.furniture import sort_out
from ingest.layout import Block, Line, Page
from ingest.table import split_tables

DOUBTFUL = 0.90
"""An OCR line that scored below this makes its block doubtful."""

NUMBERED = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2}){1,2}(?![\d%])|\d{1,2}[.．、](?!\d)|[(（][a-z](?:[)）]|(?=[“\"]))|附件\s*\d|Appendix\s+\d"
    r"|[一二三四五六七八九十]{1,2}、|[IVXlπⅠ-Ⅻ]{1,4}\.\s|[(（]\d[)）])"
)
_BULLET = re.compile(r"^[-–•·●]\s?(?=[A-Z\u4e00-\u9fff])")
_RUNS_ON = re.compile(
    r"\.\d|[%％]|\s*(?:[的、，,]|和(?![平谐])|(?:and|or|to|of)\b)"
    r"|年(?![度龄])|月|日(?![志常])|个(?![人体性])|项(?!目)|条(?![件例])|版(?!权)|[万亿倍]"
)
_RUNS_INTO = re.compile(r"(?:(?<![偏意])见|[按照至和、,，及§]|\b(?:the|see|section))\s*$", re.IGNORECASE)
_SENTENCE_END = "。！？.!?：:；;"


def split_languages(pages: Sequence[Page]) -> dict[Lang, tuple[Page, ...]]:
    """Pages by language; a language with fewer than three pages of text does not make a document of its own.

    Pages without letters are dropped. A monolingual file keeps every page.
    """
    with_text = [page for page in pages if page.lines]
    share = {page.number: han_share("".join(line.text for line in page.lines)) for page in with_text}
    by: dict[Lang, tuple[Page, ...]] = {
        "zh": tuple(page for page in with_text if share[page.number] >= 0.5),
        "en": tuple(page for page in with_text if share[page.number] < 0.5),
    }
    if all(len(by[lang]) >= 3 for lang in LANGS):
        return by
    main: Lang = "zh" if len(by["zh"]) >= len(by["en"]) else "en"
    return {main: tuple(with_text)}


def flow(pages: Sequence[Page], lang: Lang) -> tuple[Block, ...]:
    """Blocks of the running text of `pages`, in reading order."""
    body, table = split_tables(running_text(pages), lang)
    blocks = list(_join(_Joined(lang), body))
    if table:
        page = table[0].pieces[0][1]
        at = next((i for i, block in enumerate(blocks) if block.pieces[0][1] > page), len(blocks))
        blocks[at:at] = table
    return tuple(blocks)


def running_text(pages: Sequence[Page]) -> list[Page]:
    """The pages of the text without what belongs to the print: covers, contents, running heads, page numbers."""
    return sort_out(pages)[0]


# --- paragraphs


@dataclass(frozen=True, slots=True)
class _Measure:
    """The text area of a page: its margins, and the size of a character and the usual step between lines."""

    left: float
    right: float
    em: float
    step: float

    @classmethod
    def of(cls, page: Page) -> _Measure:
        left = (
            statistics.quantiles([line.x0 for line in page.lines], n=10)[0] if len(page.lines) > 2 else page.lines[0].x0
        )
        right = max(line.x1 for line in page.lines)
        wide = [line.x1 for line in page.lines if line.x1 > left + 0.8 * (right - left)]
        em = statistics.median(line.y1 - line.y0 for line in page.lines) * 0.85
        steps = [b.y0 - a.y0 for a, b in zip(page.lines, page.lines[1:], strict=False) if b.y0 - a.y0 > em]
        return cls(left, statistics.median(wide) if wide else right, em, statistics.median(steps) if steps else 2 * em)


class _Joined:
    """Lines gathered into one block."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.text = ""
        self.pieces: list[tuple[int, int, str | None]] = []
        self.doubtful = False

    def add(self, line: Line, page: Page) -> None:
        joint = self._joint(line.text)
        if not self.pieces or self.pieces[-1][1] != page.number:
            self.pieces.append((len(self.text) + len(joint), page.number, page.label))
        self.text += joint + line.text.strip()
        self.doubtful |= page.ocr and line.score < DOUBTFUL

    def _joint(self, following: str) -> str:
        if not self.text:
            return ""
        last, first = self.text[-1], following.strip()[:1]
        if HAN.match(last) or HAN.match(first) or not last.isascii() or not first.isascii():
            return "" if self.lang == "zh" else " "
        return "" if last == "-" else " "

    def block(self) -> Block:
        return Block(self.text, pieces=tuple(self.pieces), doubtful=self.doubtful)


def _join(current: _Joined, pages: Sequence[Page]) -> Iterable[Block]:
    lang = current.lang
    previous: tuple[Line, _Measure, int] | None = None
    for page in pages:
        measure = _Measure.of(page)
        for line in page.lines:
            if current.text and (previous is None or _opens(line, measure, page.number, previous, lang)):
                yield current.block()
                current = _Joined(lang)
            current.add(line, page)
            previous = (line, measure, page.number)
    if current.text:
        yield current.block()


def _opens(line: Line, measure: _Measure, page: int, previous: tuple[Line, _Measure, int], lang: Lang) -> bool:
    """Whether `line` starts a new block after `previous`."""
    before, its_measure, its_page = previous
    if _is_numbered(line.text, before.text) or _BULLET.match(line.text):
        return True
    short = before.x1 < its_measure.right - _shortfall(before.text, line.text, lang) * its_measure.em
    indented = lang == "zh" and line.x0 > measure.left + 1.2 * measure.em
    gap = page == its_page and line.y0 - before.y0 > 1.35 * measure.step
    return short or indented or gap


def _shortfall(before: str, after: str, lang: Lang) -> float:
    """By how many characters a line must stop short of the margin to end its paragraph.

    English is justified: a sentence that plainly goes on (no full stop before, a small letter after) goes on however
    short the line is; between a full stop and a capital a quarter of a character is enough.
    """
    if lang == "zh":
        return 1.5
    if ends_sentence(before):
        return 0.25 if after[:1].isupper() else 0.45
    return float("inf") if after[:1].islower() else 0.45


def _is_numbered(text: str, before: str) -> bool:
    """Whether a line opens with a number of its own, not with one that the sentence before runs into.

    >>> _is_numbered("11.5.14.2的要求同样适用", "并且"), _is_numbered("5.4 强化供应链安全", "安全。")
    (False, True)
    >>> _is_numbered("5.4 also applies", "as required by the"), _is_numbered("5.4 Audit", "Computing infrastructure")
    (False, True)
    """
    match = NUMBERED.match(text)
    if match is None:
        return False
    return not runs_on(text[match.end() :]) and not _RUNS_INTO.search(before)


def runs_on(rest: str) -> bool:
    """Whether what follows a number, white space included, makes it part of a sentence and not of a heading.

    >>> [runs_on(rest) for rest in ("的要求", " and 5.5", "条所列", "%", ".2")]
    [True, True, True, True, True]
    >>> [runs_on(rest) for rest in (" 日志留存", "日志留存", "个人信息", " 条款", " Anders")]
    [False, False, False, False, False]
    """
    return bool(_RUNS_ON.match(rest))


def ends_sentence(text: str) -> bool:
    """Whether a block ends like a sentence and not like a heading.

    >>> ends_sentence("先评估。"), ends_sentence("3.1 Inherent risks"), ends_sentence("最后一公里”")
    (True, False, False)
    """
    bare = text.rstrip().rstrip("”’」』）)\"'")
    return bool(bare) and bare[-1] in _SENTENCE_END
