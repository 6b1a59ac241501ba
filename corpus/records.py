"""The nouns: every record that packages share. Who has read this file can read every other.

    Source -> Edition -> Document -> Clause -> Passage -> Hit -> Citation -> Statement -> Answer
                                     Clause -> Link -> Lineage

Offsets are code points into the document's canonical text, half-open. A record checks its invariant where it is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from corpus.errors import BrokenInvariant

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")
Part = Literal["body", "notice"]
Status = Literal["official", "supplied", "digest"]
STATUSES: tuple[Status, ...] = ("official", "supplied", "digest")
Reading = Literal["text", "ocr"]
ClauseKind = Literal["preface", "chapter", "section", "item", "appendix", "table", "row", "ack", "notice", "paragraph"]

DisagreementKind = Literal[
    "missing", "form", "length", "repeats", "strays", "terms", "rendering", "force", "numbers", "mapping"
]


def part_of(path: str) -> Part:
    """Which part of an edition a clause path belongs to: `notice.2` to the announcement, all others to the body."""
    return "notice" if path.split(".", maxsplit=1)[0] == "notice" else "body"


def lang_of(written: str | None) -> Lang | None:
    """The language that an option or an id names: `lang_of("zh") == "zh"`; None for `auto` and everything else."""
    return next((lang for lang in LANGS if lang == written), None)


def statuses_of(written: str) -> tuple[Status, ...]:
    """The statuses that a list with commas names, in one order: `statuses_of("digest,official") == ("official", "digest")`."""
    named = written.split(",")
    return tuple(status for status in STATUSES if status in named)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BrokenInvariant(message)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        _require(0 <= self.start <= self.end, f"span [{self.start}, {self.end}) is not a range")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The slice of `text` that this span names: `Span(1, 3).of("一二三四") == "二三"`."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Source:
    """One place an edition can be had from. `sure`: A (two sources or opened), B (one), C (inferred), as researched."""

    edition: str
    part: Part
    url: str
    langs: tuple[Lang, ...]
    media_type: str
    publisher: str
    date: str
    sure: Literal["A", "B", "C"]
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of a work: `aisgf@2.0`."""

    id: str
    title: Mapping[Lang, str]
    released: str
    sources: tuple[Source, ...] = ()

    @property
    def work(self) -> str:
        """`aisgf` of `aisgf@2.0`."""
        return self.id.partition("@")[0]

    @property
    def version(self) -> str:
        """`2.0` of `aisgf@2.0`."""
        return self.id.partition("@")[2]


@dataclass(frozen=True, slots=True)
class PageStart:
    """From code point `start` on, the text stands on physical page `page` (from 1), printed as `label`."""

    start: int
    page: int
    label: str | None


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered unit with its heading. It owns its heading and its own text, not its children's.

    `lead` covers what stands before the text (blank lines, number, heading), `span` the text; the two are adjacent.
    """

    id: str
    path: str
    parent: str | None
    kind: ClauseKind
    number: str
    heading: str
    lead: Span
    span: Span
    text: str
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require(self.lead.end == self.span.start, f"{self.id}: heading and text are not adjacent")
        _require(len(self.text) == len(self.span), f"{self.id}: text and span differ in length")
        _require(self.id.endswith(f"#{self.path}"), f"{self.id} does not name the path {self.path}")


@dataclass(frozen=True)
class Document:
    """The text of one part of one edition in one language, clause by clause.

    `text` is canonical: what `tiaowen text` prints. A clause's `flags`: `low_confidence` (doubtful OCR), and the like.
    """

    id: str
    edition: str
    part: Part
    lang: Lang
    status: Status
    reading: Reading
    translation: bool
    text: str
    clauses: tuple[Clause, ...]
    pages: tuple[PageStart, ...] = ()
    url: str | None = None
    raw_sha256: str | None = None
    reader: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _require(self.id == f"{self.edition}/{self.lang}", f"document id {self.id} is not edition/language")
        at = 0
        for clause in self.clauses:
            _require(clause.lead.start == at, f"{clause.id}: text from {at} to {clause.lead.start} is nobody's")
            _require(clause.span.of(self.text) == clause.text, f"{clause.id}: its text is not its slice")
            at = clause.span.end
        _require(at == len(self.text), f"{self.id}: the last {len(self.text) - at} characters belong to no clause")
        _require(len({c.path for c in self.clauses}) == len(self.clauses), f"{self.id}: a clause id occurs twice")

    @cached_property
    def sha256(self) -> str:
        """Digest of the canonical text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def by_path(self) -> Mapping[str, Clause]:
        """Clauses by path: `document.by_path["3.1.1(f)"]`."""
        return {clause.path: clause for clause in self.clauses}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Clause, ...]]:
        grouped: dict[str | None, list[Clause]] = {}
        for clause in self.clauses:
            grouped.setdefault(clause.parent, []).append(clause)
        return {parent: tuple(clauses) for parent, clauses in grouped.items()}

    def children(self, path: str | None) -> tuple[Clause, ...]:
        """Clauses directly below `path`, in text order; `None`: the top level."""
        return self._children.get(path, ())

    def ancestors(self, clause: Clause) -> tuple[Clause, ...]:
        """From the chapter down to the clause's parent."""
        chain: list[Clause] = []
        parent = clause.parent
        while parent is not None:
            chain.append(self.by_path[parent])
            parent = chain[-1].parent
        return tuple(reversed(chain))

    def below(self, path: str) -> Iterator[Clause]:
        """The clauses under `path`, at any depth, in text order."""
        for child in self.children(path):
            yield child
            yield from self.below(child.path)

    def leaves(self, path: str) -> list[Clause]:
        """The clauses under `path` that hold no others, in text order."""
        return [clause for clause in self.below(path) if not self.children(clause.path)]

    def page_at(self, start: int) -> PageStart | None:
        """The page on which code point `start` stands, if the source had pages."""
        found = None
        for page in self.pages:
            if page.start > start:
                break
            found = page
        return found


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where a clause and its twin say different things: the kind of evidence, and what either side has ("" if nothing).

    `missing` the clause itself; `form` lines of a paragraph or list; `length` characters; `repeats` the clause whose text
    is said again; `strays` the clause whose text it rather is; `terms` a term; `rendering` a term and its renderings;
    `force` the word that states a duty; `numbers` quantities; `mapping` measures or governance measures of a table row.
    """

    path: str
    kind: Literal["missing", "form", "length", "repeats", "strays", "terms", "rendering", "force", "numbers", "mapping"]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Twins:
    """The clauses that one part of an edition has in both languages, and where these disagree, in text order."""

    edition: str
    part: Part
    pairs: int
    disagreements: tuple[Disagreement, ...]

    def about(self, path: str) -> tuple[Disagreement, ...]:
        """The disagreements of one clause."""
        return tuple(found for found in self.disagreements if found.path == path)


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit retrieved: a clause, or part of a long one. `context` is the heading path that is searched with it."""

    id: str
    clause: str
    edition: str
    lang: Lang
    part: Part
    status: Status
    span: Span
    text: str
    context: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage returned for a question. `score`: fused ranks; `ranks`: its place (from 1) in every list that found it,
    by the list's name (`dense.zh`); `relevance`: half the share of the question it holds, half its cosine with the
    question, in [0, 1]; `because`: the reader's question, written for its clause, that is nearest to the one asked."""

    passage: Passage
    score: float
    rank: int
    ranks: Mapping[str, int]
    relevance: float = 0.0
    because: str | None = None

    @property
    def found_by(self) -> tuple[str, ...]:
        """What found it, best first: `("dense", "editorial")`; the lists of readers' questions count as editorial."""
        best: dict[str, int] = {}
        for name, rank in self.ranks.items():
            field = name.partition(".")[0]
            field = "editorial" if field in ("asked", "alike") else field
            best[field] = min(best.get(field, rank), rank)
        return tuple(sorted(best, key=lambda field: (best[field], field)))


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker tied to a verified quotation: `quote` is the slice `[start, end)` of its document."""

    marker: int
    clause: str
    locator: str
    heading: str
    quote: str
    start: int
    end: int
    page: int | None
    page_label: str | None
    status: Status
    reading: Reading
    translation: bool
    url: str | None
    document_sha256: str

    def __post_init__(self) -> None:
        _require(len(self.quote) == self.end - self.start > 0, f"citation of {self.clause}: quote and offsets differ")


@dataclass(frozen=True, slots=True)
class Search:
    """An exhaustive search on which a count or a "does not occur" rests."""

    pattern: str
    editions: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer; it rests on citations or on an exhaustive search."""

    text: str
    citations: tuple[int, ...]
    search: Search | None = None

    def __post_init__(self) -> None:
        _require(bool(self.citations) or self.search is not None, f"statement {self.text!r} rests on nothing")


@dataclass(frozen=True, slots=True)
class Declined:
    """A refusal with its reason. `evidence` corrects a false premise; `nearest` is not an answer."""

    reason: Literal["off_topic", "not_in_framework", "not_in_edition", "false_premise", "ambiguous", "no_text"]
    message: str
    evidence: tuple[Citation, ...] = ()
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader should know beside the answer."""

    kind: str
    message: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements or a refusal, never both, with the hits and the notes that explain them."""

    answer_id: str
    question: str
    lang: Lang
    editions: tuple[str, ...]
    type: str
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    declined: Declined | None
    notes: tuple[Note, ...]
    hits: tuple[Hit, ...]
    ms: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require(bool(self.statements) != (self.declined is not None), "an answer has statements or a refusal")
        _require(self.declined is None or (not self.text and not self.citations), "a refusal shows no citation")
        markers = {citation.marker for citation in self.citations}
        used = {marker for statement in self.statements for marker in statement.citations}
        _require(used == markers, f"markers {sorted(used ^ markers)} are not both used and defined")


@dataclass(frozen=True, slots=True)
class Finding:
    """A change of substance in a link, by label. `old`, `new`: the words of either side that show it, slices of its texts."""

    label: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Zero or more clauses of one edition ↔ zero or more of another. `text` is None where one side is empty; `reviewed`: the
    note of a reviewer who decided it, else ""; `substance`: the labels of `evidence`; `terms`: what both sides have in common,
    the rarest first; `sentences`: which old sentence became which new one, where that can be told."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    label: Literal["added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged"]
    text: Literal["identical", "editorial", "reworded", "rewritten"] | None
    moved: bool
    renumbered: bool
    confidence: float
    substance: tuple[str, ...] = ()
    redline: tuple[tuple[str, str], ...] = ()
    heading_changed: bool = False
    reviewed: str = ""
    evidence: tuple[Finding, ...] = ()
    terms: tuple[str, ...] = ()
    sentences: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _require(bool(self.old or self.new), "a link joins at least one clause")


@dataclass(frozen=True, slots=True)
class Lineage:
    """How the leaf clauses of `old` became those of `new`; every leaf of both stands in exactly one link."""

    old: str
    new: str
    lang: Lang
    links: tuple[Link, ...]
    parity: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for side in ("old", "new"):
            paths = [path for link in self.links for path in getattr(link, side)]
            _require(len(set(paths)) == len(paths), f"a clause of {getattr(self, side)} stands in two links")

    @property
    def counts(self) -> dict[str, int]:
        """Links per label, labels in order of precedence, zero included."""
        labels = ("added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged")
        return {label: sum(link.label == label for link in self.links) for label in labels}
