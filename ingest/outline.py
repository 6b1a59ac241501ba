"""From blocks to clauses: which lines carry a number of the document's own, what is heading, what is text.

A number opens a clause only where it continues the numbering (`_Numbering`), so that a reference at the start of a line
stays text. Headings come in three prints, told apart per group of siblings: on a line of their own, as a short first
sentence of every sibling, or not at all.

    "3.1.1 模型算法安全风险"  "（a）可解释性差的风险。以深度学习…"
    ->  3.1.1      heading 模型算法安全风险
        3.1.1(a)   heading 可解释性差的风险, text 以深度学习…
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.errors import UnreadableFile
from corpus.ids import of_framework, parent_path
from corpus.records import Clause, ClauseKind, Document, Lang, PageStart, Part, Reading, Span, Status
from ingest.flow import ends_sentence
from ingest.layout import Block
from ingest.numbering import Numbered, Numbering, glued
from ingest.rows import number_rows

VERSION = "2"
"""Changes whenever the same blocks would give other clauses."""

_HEADING_LIMIT = {"zh": 40, "en": 140}
_TITLE_LIMIT = {"zh": 32, "en": 110}


@dataclass
class _Draft:
    """A clause in the making: title lines above it, printed number, heading with what follows it, text blocks."""

    path: str
    kind: ClauseKind
    number: str
    opening: Block
    rest: str
    heading: str = ""
    after_heading: str = ""
    own_line: bool = False
    by_format: bool = False
    texts: list[Block] = field(default_factory=list)
    titles: list[Block] = field(default_factory=list)

    @property
    def group(self) -> tuple[str | None, str]:
        """Siblings of one kind share the print of their headings."""
        return parent_path(self.path), self.kind


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document is and where it comes from: all of a `Document` but its text."""

    edition: str
    part: Part
    lang: Lang
    status: Status
    reading: Reading
    url: str | None = None
    raw_sha256: str | None = None
    reader: str = ""
    note: str = ""


def outline(blocks: Sequence[Block], origin: Origin) -> Document:
    """Clauses and canonical text of one document.

    Raises `UnreadableFile` where a framework body shows no chapter: the file is not what it is said to be.
    """
    if origin.part == "notice":
        drafts = _paragraphs(blocks, "notice", titled=True)
    elif of_framework(origin.edition):
        drafts = _framework(blocks, origin.lang)
    else:
        drafts = _paragraphs(blocks, "p", titled=False)
    return _document(drafts, origin)


# --- the framework


def _framework(blocks: Sequence[Block], lang: Lang) -> list[_Draft]:
    numbering = Numbering(lang)
    titles: list[Block] = []
    drafts: list[_Draft] = []
    for block, found in _numbered(blocks, numbering):
        if found is not None:
            numbering.advance(found)
            drafts.append(_open(found, block))
        elif drafts:
            drafts[-1].texts.append(block)
        elif ends_sentence(block.text) or len(block.text) > _TITLE_LIMIT[lang]:
            numbering.advance(Numbered("preface", "preface", ""))
            drafts.append(_Draft("preface", "preface", "", Block(""), "", texts=[block]))
        else:
            titles.append(block)
    if drafts:
        drafts[0].titles = titles
    if sum(draft.kind == "chapter" for draft in drafts) < 2:
        raise UnreadableFile(
            "no numbered chapters were found in the text",
            way_out="check that the file holds the framework itself; an announcement needs --part notice",
        )
    formatted = any(block.level for block in blocks)
    _settle_headings(drafts, lang, formatted)
    return number_rows(_titled_appendices(drafts), lang, _row_draft)


def _numbered(blocks: Sequence[Block], numbering: Numbering) -> Iterator[tuple[Block, Numbered | None]]:
    """Blocks with the clause each opens; one that ends in the next section's heading is cut in two.

    `… information. 4.2.2 Addressing …` gives two blocks, of which the second is read when `numbering` stands at the first.
    """
    for block in blocks:
        found = numbering.read(block)
        cut = glued(block.text, found.path if found else numbering.path)
        if cut is None:
            yield block, found
            continue
        for part in (_slice(block, 0, cut), _slice(block, cut, len(block.text))):
            yield part, numbering.read(part)


def _slice(block: Block, start: int, end: int) -> Block:
    text = block.text[start:end].strip()
    inside = [piece for piece in block.pieces if piece[0] < end]
    before = [piece for piece in inside if piece[0] <= start][-1:]
    pieces = tuple(
        (max(0, at - start), page, label) for at, page, label in [*before, *(p for p in inside if p[0] > start)]
    )
    return Block(text, block.level, pieces, block.doubtful, block.cells)


def _open(found: Numbered, block: Block) -> _Draft:
    return _Draft(
        found.path, found.kind, found.printed, block, block.text[len(found.printed) :], by_format=block.level > 0
    )


def _settle_headings(drafts: Sequence[_Draft], lang: Lang, formatted: bool) -> None:
    """Decide for each group of siblings how its headings are printed, and cut heading from text."""
    groups: dict[tuple[str | None, str], list[_Draft]] = {}
    for draft in drafts:
        groups.setdefault(draft.group, []).append(draft)
    for group in groups.values():
        for draft in group:
            draft.own_line = draft.by_format or (not formatted and _is_own_line(draft, lang))
        plain = [draft for draft in group if not draft.own_line]
        inline = not formatted and bool(plain) and all(_inline_heading(draft, lang) for draft in plain)
        for draft in group:
            _cut(draft, lang, inline)


def _is_own_line(draft: _Draft, lang: Lang) -> bool:
    rest = draft.rest.strip()
    if draft.kind in ("preface", "chapter", "appendix", "table", "ack", "row"):
        return True
    if not rest or len(rest) > _HEADING_LIMIT[lang]:
        return False
    return not ends_sentence(rest) or (bool(draft.texts) and rest[-1] == "." and len(rest) < 60)


def _inline_heading(draft: _Draft, lang: Lang) -> tuple[str, str, str] | None:
    """Heading, what follows it, and text, if the block begins with a short sentence or term of its own.

    `可解释性差的风险。以深度学习…` -> heading, `。`, text; `预训练：通过…` likewise.
    """
    rest = draft.rest.lstrip()
    mark = re.search(r"[。：]" if lang == "zh" else r"(?:\.|:)(?=\s)", rest)
    if mark is None:
        return None
    heading, text = rest[: mark.start()], rest[mark.end() :]
    long = len(heading) > _HEADING_LIMIT[lang] or "，" in heading
    has_text = bool(text.strip() or draft.texts)
    return None if long or not has_text else (heading, rest[mark.start() : mark.end()], text)


def _cut(draft: _Draft, lang: Lang, inline: bool) -> None:
    indent = draft.rest[: len(draft.rest) - len(draft.rest.lstrip())]
    if draft.own_line:
        draft.heading = draft.rest.strip()
        draft.after_heading = ""
        draft.number += indent
        return
    parts = _inline_heading(draft, lang) if inline else None
    if parts is None:
        lead = draft.number + indent
        draft.texts.insert(0, _slice(draft.opening, len(draft.number + indent), len(draft.opening.text)))
        draft.number = lead
        return
    heading, mark, text = parts
    draft.number += indent
    draft.heading, draft.after_heading = heading, mark + text[: len(text) - len(text.lstrip())]
    start = len(draft.opening.text) - len(text.lstrip())
    if text.strip():
        draft.texts.insert(0, _slice(draft.opening, start, len(draft.opening.text)))


def _titled_appendices(drafts: list[_Draft]) -> list[_Draft]:
    """An appendix whose number stands on a line of its own takes the next line as its heading."""
    for draft in drafts:
        if draft.kind == "appendix" and not draft.heading and draft.texts and not ends_sentence(draft.texts[0].text):
            draft.heading = draft.texts.pop(0).text
            draft.number += "\n"
    return drafts


def _row_draft(path: str, block: Block) -> _Draft:
    """A table row: the first cell is its heading, the others its text."""
    heading, *others = block.cells
    text = " | ".join(others)
    draft = _Draft(path, "row", "", block, block.text, heading, " | ", own_line=True)
    draft.texts = [_slice(block, len(block.text) - len(text), len(block.text))]
    return draft


# --- announcements and other works: numbered by paragraph


def _paragraphs(blocks: Sequence[Block], prefix: str, *, titled: bool) -> list[_Draft]:
    drafts: list[_Draft] = []
    if titled:
        title, blocks = blocks[0], blocks[1:]
        drafts.append(_Draft(prefix, "notice", "", title, title.text, title.text, own_line=True))
    separator = "." if titled else ""
    for at, block in enumerate(blocks, start=1):
        drafts.append(_Draft(f"{prefix}{separator}{at}", "paragraph", "", block, "", texts=[block]))
    return drafts


# --- canonical text


class _Writer:
    """Canonical text growing block by block, with the pages on which its parts stand."""

    def __init__(self) -> None:
        self.text = ""
        self.pages: list[PageStart] = []

    def put(self, text: str) -> None:
        self.text += text

    def put_block(self, block: Block, text: str | None = None) -> None:
        start = len(self.text)
        self.text += block.text if text is None else text
        for at, page, label in block.pieces:
            if at and at >= len(self.text) - start:
                break
            if not self.pages or self.pages[-1].page != page:
                self.pages.append(PageStart(start + min(at, len(self.text) - start), page, label))


def _document(drafts: Sequence[_Draft], origin: Origin) -> Document:
    writer = _Writer()
    document_id = f"{origin.edition}/{origin.lang}"
    paths = {draft.path for draft in drafts}
    clauses = [_clause(draft, writer, document_id, paths) for draft in drafts]
    return Document(
        id=document_id,
        edition=origin.edition,
        part=origin.part,
        lang=origin.lang,
        status=origin.status,
        reading=origin.reading,
        translation=origin.lang == "en" and origin.status != "digest",
        text=writer.text,
        clauses=tuple(clauses),
        pages=tuple(writer.pages),
        url=origin.url,
        raw_sha256=origin.raw_sha256,
        reader=f"{origin.reader} outline/{VERSION}",
        note=origin.note,
    )


def _clause(draft: _Draft, writer: _Writer, document_id: str, paths: set[str]) -> Clause:
    start = len(writer.text)
    if writer.text:
        writer.put("\n" if draft.kind == "row" else "\n\n")
    for title in draft.titles:
        writer.put_block(title)
        writer.put("\n")
    printed = f"{draft.number}{draft.heading}{draft.after_heading}"
    writer.put_block(draft.opening, printed)
    if draft.texts and printed and draft.own_line and draft.kind != "row":
        writer.put("\n")
    opened = len(writer.text)
    for at, block in enumerate(draft.texts):
        writer.put("\n" if at else "")
        writer.put_block(block)
    parent = parent_path(draft.path)
    if draft.path.startswith("notice."):
        parent = "notice"
    return Clause(
        id=f"{document_id}#{draft.path}",
        path=draft.path,
        parent=parent if parent in paths else None,
        kind=draft.kind,
        number=draft.number.strip(),
        heading=draft.heading.strip(),
        lead=Span(start, opened),
        span=Span(opened, len(writer.text)),
        text=writer.text[opened:],
        flags=("low_confidence",) if any(block.doubtful for block in (draft.opening, *draft.texts)) else (),
    )
