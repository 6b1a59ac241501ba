"""Composing statements from clauses: which sentences of which clause answer, and how a clause or a list is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.answering.evidence import Evidence, own_sentences, place_of, runs, whole
from app.answering.selection import selected
from app.answering.words import mark, say
from corpus.glossary import load_glossary
from corpus.ids import neutral
from corpus.records import Clause, Document, Hit, Lang, Note, Search, Span, Statement, part_of
from index.passages import heading_span
from index.question import Query, index_terms
from index.retrieve import Retriever

_SHORT: dict[Lang, int] = {"zh": 260, "en": 760}
"""A clause up to this many characters is quoted whole."""
_ALONE = 1.8
"""A clause that is the whole answer may be longer by this factor."""
_MOST_BELOW = 16
"""Up to so many clauses below one are shown with it, level by level."""
_NAME: dict[Lang, int] = {"zh": 30, "en": 80}
"""Characters of a clause without a heading by which it is named."""
_MOST_SENTENCES = 3
_OF_ACCOUNT, _ABOUT_AS = 4, 0.6
"""So many paragraphs of an announcement at most, each with this share of the relevance of the most relevant."""


@dataclass
class Draft:
    """An answer in the making."""

    statements: list[Statement] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, text: str, markers: Sequence[int], search: Search | None = None) -> None:
        """One statement; its text ends with its marks."""
        self.statements.append(Statement(text, tuple(dict.fromkeys(markers)), search))

    def insert(self, at: int, text: str, markers: Sequence[int], search: Search | None = None) -> None:
        """A statement put in before the one at that place, which tells of those that follow."""
        self.statements.insert(at, Statement(text, tuple(dict.fromkeys(markers)), search))


@dataclass(frozen=True)
class Desk:
    """What composing needs at hand: the corpus, the question, the answer's language, the editions in scope."""

    retriever: Retriever
    query: Query
    lang: Lang
    editions: tuple[str, ...]
    evidence: Evidence

    @property
    def body(self) -> Document | None:
        """The first edition's body, in the question's language where there is one."""
        own = self.retriever.document(self.editions[0], self.query.lang)
        bodies = (d for d in self.retriever.documents.values() if d.edition == self.editions[0] and d.part == "body")
        return own or next(bodies, None)

    def find(self, clause_id: str) -> tuple[Document, Clause]:
        """A clause in the answer's language where it has a twin, else as it was found."""
        document_id, _, path = clause_id.partition("#")
        edition = document_id.partition("/")[0]
        part = part_of(path)
        document = self.retriever.documents[document_id, part]
        twin = self.retriever.document(edition, self.lang, part)
        if twin is not None and path in twin.by_path:
            document = twin
        return document, document.by_path[path]


def quote_account(desk: Desk, draft: Draft, hits: Sequence[Hit]) -> None:
    """The paragraphs of an announcement that are about as relevant as the most relevant: they are parts of one account."""
    most = max((hit.relevance for hit in hits), default=0.0)
    about = [hit for at, hit in enumerate(hits) if at == 0 or hit.relevance >= _ABOUT_AS * most]
    for hit in about[:_OF_ACCOUNT]:
        document, clause = desk.find(hit.passage.clause)
        add_quotation(desk, draft, document, clause, pick(desk, document, clause))


def quote_clauses(desk: Desk, draft: Draft, hits: Sequence[Hit]) -> None:
    """The sentences that answer, from the clauses that probably do.

    A heading alone answers little: such clauses come in only where nothing else was found, and then with what is below.
    """
    found = {hit.passage.clause: desk.find(hit.passage.clause) for hit in hits}
    with_text = [hit for hit in hits if _says_something(found[hit.passage.clause][1])] or list(hits)
    chosen = [found[hit.passage.clause] for hit in selected(with_text, desk.query.lang)]
    for document, clause in chosen:
        if clause.text.strip():
            add_quotation(desk, draft, document, clause, pick(desk, document, clause, alone=len(chosen) == 1))
            quote_twin(desk, draft, document, clause)
        else:
            list_children(desk, draft, document, clause, counted=False)


def _says_something(clause: Clause) -> bool:
    return bool(clause.text.strip()) and not clause.path.startswith("T")


_NATURE = "¶技术文件"
"""The concept by which an announcement says what an edition is in law."""


def nature_clause(announcement: Document) -> Clause | None:
    """The paragraph of an announcement that says what its edition is in law."""
    told = (one for one in announcement.clauses if one.text.strip() and _NATURE in load_glossary().concepts(one.text))
    return next(told, None)


def quote_nature(desk: Desk, draft: Draft, announcement: Document) -> None:
    """What an announcement says of the legal nature of its edition, unless the answer quotes it already."""
    clause = nature_clause(announcement)
    if clause is not None and clause.id not in draft.clauses:
        add_quotation(desk, draft, announcement, clause, pick(desk, announcement, clause))


def pick(desk: Desk, document: Document, clause: Clause, alone: bool = False) -> list[Span]:
    """The spans of a clause to quote: all of a short one, the best sentences of a long one; more where it stands alone."""
    everything = whole(document, clause)
    if everything is None:
        return []
    if not clause.text or len(everything) <= _SHORT[document.lang] * (_ALONE if alone else 1.0):
        return [everything]
    order = own_sentences(document, clause)
    scores = _sentence_scores(desk, document, order)
    chosen = sorted(range(len(order)), key=lambda i: (-scores[i], i))[:_MOST_SENTENCES]
    floor = 0.55 * max(scores)
    return runs([order[i] for i in chosen if scores[i] >= floor], order)


def _sentence_scores(desk: Desk, document: Document, order: Sequence[Span]) -> list[float]:
    """Half the question's words that a sentence holds, half its cosine with the question."""
    texts = [span.of(document.text) for span in order]
    query = desk.retriever.query_vector(desk.query.read)
    cosine = np.asarray(desk.retriever.encoder.encode(texts, kind="passage") @ query)
    wanted = dict(desk.query.terms)
    total = sum(wanted.values()) or 1.0
    held = [
        sum(w for t, w in wanted.items() if t in have) / total for have in (set(index_terms(text)) for text in texts)
    ]
    return [0.5 * h + 0.5 * max(float(c), 0.0) for h, c in zip(held, cosine, strict=True)]


def add_quotation(desk: Desk, draft: Draft, document: Document, clause: Clause, spans: Sequence[Span]) -> None:
    """A statement that quotes `spans` of a clause, with its place and heading."""
    if not spans:
        return
    markers = [desk.evidence.cite(document, clause, span) for span in spans]
    quote = " … ".join(span.of(document.text) for span in spans)
    place = place_of(document, clause, desk.lang)
    named = clause.heading and clause.heading != quote and clause.path != "preface"
    key = "quote" if named else "quote_bare"
    draft.add(say(key, desk.lang, place=place, heading=clause.heading, quote=quote, mark=mark(*markers)), markers)
    draft.clauses.append(clause.id)


def list_children(desk: Desk, draft: Draft, document: Document, clause: Clause, counted: bool) -> None:
    """Every child of a clause, each with its citation: its heading, or its text where it has none."""
    children = document.children(clause.path)
    head = whole_heading(document, clause)
    marker = desk.evidence.cite(document, clause, head) if head else None
    marks = [marker] if marker else []
    place = place_of(document, clause, desk.lang)
    leaves = len(document.leaves(clause.path))
    nested = counted and leaves > len(children)
    key = "count_nested" if nested else "count_head" if counted else "list_head"
    counts = {"count": len(children), "leaves": leaves}
    text = say(key, desk.lang, place=place, heading=clause.heading, mark=mark(*marks), **counts)
    for child in children:
        line, marker = item(desk, draft, document, child)
        below = len(document.leaves(child.path)) if nested else 0
        draft.add(line + (say("item_count", desk.lang, count=below) if below else ""), [marker])
        marks.append(marker)
    draft.statements.insert(len(draft.statements) - len(children), Statement(text, tuple(dict.fromkeys(marks))))
    draft.clauses.append(clause.id)


def quote_twin(desk: Desk, draft: Draft, document: Document, clause: Clause) -> None:
    """The clause in the other language, too, where its own text repeats another clause by error."""
    twins = desk.retriever.twins.get((document.edition, document.part))
    wrong = twins and any(one.kind == "repeats" and getattr(one, document.lang) for one in twins.about(clause.path))
    other = desk.retriever.document(document.edition, "en" if document.lang == "zh" else "zh", document.part)
    if wrong and other is not None and clause.path in other.by_path:
        add_quotation(desk, draft, other, other.by_path[clause.path], pick(desk, other, other.by_path[clause.path]))


def whole_heading(document: Document, clause: Clause) -> Span | None:
    """The heading's span, or the text's where there is no heading."""
    return heading_span(document, clause) or whole(document, clause)


def item(desk: Desk, draft: Draft, document: Document, clause: Clause) -> tuple[str, int]:
    """One line of a list, place and heading or place and text, and its marker."""
    span = whole_heading(document, clause)
    if span is None:
        span = clause.lead
    marker = desk.evidence.cite(document, clause, span)
    place = place_of(document, clause, desk.lang)
    if clause.heading:
        text = say("item", desk.lang, place=place, heading=span.of(document.text), mark=mark(marker))
    else:
        text = say("quote_bare", desk.lang, place=place, quote=span.of(document.text), mark=mark(marker))
    draft.clauses.append(clause.id)
    return text, marker


def show_clause(desk: Desk, draft: Draft, document: Document, clause: Clause) -> None:
    """A clause as it stands: heading, text, and the headings of what is below it."""
    span = whole(document, clause)
    if span is not None:
        add_quotation(desk, draft, document, clause, [span])
        quote_twin(desk, draft, document, clause)
    children = document.children(clause.path)
    if children:
        list_children(desk, draft, document, clause, counted=False)
    if len(list(document.below(clause.path))) <= _MOST_BELOW:
        for child in children:
            if document.children(child.path):
                list_children(desk, draft, document, child, counted=False)


_COMPOSITION = "2"
"""The chapter in which the framework says what it is made of."""


def show_edition(desk: Desk, draft: Draft, document: Document) -> None:
    """An edition in short: its chapters and appendices, and what it says itself of what it is made of."""
    roots = [clause for clause in document.children(None) if clause.heading and clause.kind in ("chapter", "appendix")]
    lines, markers = names(desk, [(document, clause) for clause in roots])
    version = document.edition.partition("@")[2]
    draft.add(say("edition_parts", desk.lang, version=version, names=lines), markers)
    draft.clauses += [clause.id for clause in roots]
    for clause in document.children(_COMPOSITION) if _COMPOSITION in document.by_path else ():
        add_quotation(desk, draft, document, clause, [span for span in (whole(document, clause),) if span])


def names(desk: Desk, clauses: Sequence[tuple[Document, Clause]]) -> tuple[str, list[int]]:
    """Clauses by place and heading, one a line, with their markers."""
    parts = [named(desk, document, clause) for document, clause in clauses if whole_heading(document, clause)]
    return "\n".join(f"- {text}" for text, _ in parts), [marker for _, marker in parts]


def named(desk: Desk, document: Document, clause: Clause, whole_sentence: bool = False) -> tuple[str, int]:
    """A clause by place and heading, or the start of its text, or its first sentence, and its marker."""
    span = whole_heading(document, clause) or clause.lead
    if not clause.heading:
        first = own_sentences(document, clause)[0]
        span = first if whole_sentence else _start(document.text, first, document.lang)
    marker = desk.evidence.cite(document, clause, span)
    shown = "" if clause.path == "preface" else f" {span.of(document.text)}"
    goes_on = not clause.heading and clause.path != "preface" and document.text[span.end : clause.span.end].strip()
    more = "…" if goes_on else ""
    return f"{place_of(document, clause, desk.lang)}{shown}{more}{mark(marker)}", marker


def placed(desk: Desk, document: Document, clause: Clause) -> tuple[str, int]:
    """A clause by its place alone, and the marker by which it is named."""
    _, marker = named(desk, document, clause)
    return f"{place_of(document, clause, desk.lang)}{mark(marker)}", marker


def _start(text: str, span: Span, lang: Lang) -> Span:
    """The first words of a sentence by which a clause without a heading is known."""
    most = _NAME[lang]
    if len(span) <= most:
        return span
    piece = span.of(text)[:most]
    ends = [m.end() for m in re.finditer(r"[，、；：]" if lang == "zh" else r"[,;:]?(?=\s)", piece)]
    far = [end for end in ends if end >= most // 2]
    cut = piece[: far[-1]] if far else piece
    return Span(span.start, span.start + len(cut.rstrip("，、；：,;: ")))


def clause_ids(draft: Draft) -> list[str]:
    """The clauses an answer is about, each once, in order."""
    return list(dict.fromkeys(neutral(clause) for clause in draft.clauses))
