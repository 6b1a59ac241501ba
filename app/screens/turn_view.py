"""From a turn to what its component draws: statements cut into words, quotations and citation chips."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.answering.evidence import place_of
from app.messages import tell
from app.screens.clause_view import TAGS, Documents, clause_label, find_clause, safe_url
from app.screens.state import Opened, Turn
from corpus.ids import neutral
from corpus.records import Answer, Citation, Hit, Lang, Note, Statement

Part = dict[str, Any]
_MARK = re.compile(r"\[(\d+)\]")
_URL = re.compile(r"https?://[^\s，。；、）)]+[^\s，。；、）).,;]")
_HAN = re.compile(r"[\u3400-\u9fff]")


_LABELS = (
    "question", "answer", "notes", "nearest", "declined", "failed", "evidence", "show_more", "how_found", "found_by",
    "copy_answer", "copy_link", "good", "bad", "why", "send", "thanks", "stages",
)  # fmt: skip


def turn_view(turn: Turn, documents: Documents, opened: Opened | None, lang: Lang, newest: bool) -> dict[str, Any]:
    """What a turn shows. Labels are in `lang`, the answer is in its own language."""
    own = turn.answer.lang if turn.answer else lang
    view: dict[str, Any] = {
        "turn": turn.number,
        "newest": newest,
        "labels": {key: tell(key, lang) for key in _LABELS},
        "ui": TAGS[lang],
        "lang": TAGS[own],
        "question": {"text": turn.question, "lang": _tag(turn.question)},
        "read_as": _read_as(turn, lang),
        "answered": True,
        "error": turn.error,
        "open": _pressed(turn, opened),
        "judged": turn.judged,
        "link": f"?{urlencode({'q': turn.follow_up.question if turn.follow_up else turn.question})}",
    }
    return view | (_answer(turn.answer, documents, lang) if turn.answer else {})


_IN: dict[Lang, str] = {"zh": "in_zh", "en": "in_en"}


def _tag(text: str) -> str:
    return TAGS["zh" if _HAN.search(text) else "en"]


def _read_as(turn: Turn, lang: Lang) -> dict[str, str] | None:
    """What a follow-up was read as, the language of the answer with it where that was asked for."""
    meant = turn.follow_up
    if meant is None:
        return None
    wanted = f" {tell(_IN[meant.lang], lang)}" if meant.why == "language" else ""
    return {
        "label": tell("read_as", lang, text="").strip(),
        "text": f"{meant.question}{wanted}",
        "lang": _tag(meant.question),
    }


def _pressed(turn: Turn, opened: Opened | None) -> dict[str, int | None] | None:
    """Whether this turn opened the pane, and by which citation; its twin in the pane counts as the same clause."""
    if opened is None or opened.turn != turn.number:
        return None
    cited = opened.citation
    return {"marker": cited.marker if cited and neutral(cited.clause) == neutral(opened.clause) else None}


def _answer(answer: Answer, documents: Documents, lang: Lang) -> dict[str, Any]:
    cited = {citation.marker: citation for citation in answer.citations}
    declined = answer.declined
    return {
        "statements": [statement_parts(statement, cited) for statement in answer.statements],
        "citations": {str(marker): _chip(citation, lang) for marker, citation in cited.items()},
        "declined": declined
        and {
            "message": declined.message,
            "evidence": [{**_chip(c, lang), "locator": c.locator} for c in declined.evidence],
            "nearest": [link for id_ in declined.nearest if (link := _link(documents, id_, lang))],
        },
        "hits": [_hit(hit, documents, lang) for hit in answer.hits],
        "stages": [tell(f"stage_{name}", lang, ms=f"{ms:.1f}") for name, ms in answer.ms.items()],
        "plain": answer_with_sources(answer),
        "notes": [_note(note, cited, documents, lang) for note in answer.notes],
    }


def answer_with_sources(answer: Answer) -> str:
    """The answer to paste: its text, and what each marker stands for by clause id, so that copies never collide on [1]."""
    told = answer.declined.message if answer.declined else answer.text
    sources = [f"[{one.marker}] {one.locator}  {one.clause}" for one in answer.citations]
    return "\n".join([told, *([""] if sources else []), *sources])


def _hit(hit: Hit, documents: Documents, lang: Lang) -> dict[str, Any]:
    """A clause that was found, with the lists that found it and its rank in each."""
    link = _link(documents, hit.passage.clause, lang) or {"place": hit.passage.clause, "label": "", "lang": TAGS[lang]}
    lists = ", ".join(f"{name} {rank}" for name, rank in sorted(hit.ranks.items(), key=lambda item: item[1]))
    return {**link, "lists": lists, "because": hit.because or "", "relevance": f"{hit.relevance:.2f}"}


def _chip(citation: Citation, lang: Lang) -> dict[str, str]:
    name = f"{citation.locator} {citation.heading}".strip().replace("\n", " ")
    return {
        "clause": citation.clause,
        "label": tell("citation", lang, marker=citation.marker, place=name),
        "quote": citation.quote,
    }


def statement_parts(statement: Statement, cited: dict[int, Citation]) -> list[Part]:
    """A statement cut into `text`, `quote` and `chip` parts; a "[1]" inside a quotation stays text."""
    parts: list[Part] = []
    for kind, text in _quotes(statement.text, [cited[marker].quote for marker in statement.citations]):
        if kind == "quote":
            parts.append({"quote": text})
        else:
            parts += _chips(text, statement.citations)
    return parts


def _quotes(text: str, quotes: list[str]) -> Iterator[tuple[str, str]]:
    """Pieces of `text` in order, quotations apart: `("text", …)`, `("quote", …)`."""
    at = 0
    while at < len(text):
        found = [(start, quote) for quote in quotes if quote and (start := text.find(quote, at)) >= 0]
        if not found:
            break
        start, quote = min(found, key=lambda item: (item[0], -len(item[1])))
        if start > at:
            yield "text", text[at:start]
        yield "quote", quote
        at = start + len(quote)
    if at < len(text):
        yield "text", text[at:]


def _chips(text: str, markers: tuple[int, ...]) -> Iterator[Part]:
    at = 0
    for match in _MARK.finditer(text):
        if int(match[1]) not in markers:
            continue
        if match.start() > at:
            yield {"text": text[at : match.start()]}
        yield {"chip": int(match[1])}
        at = match.end()
    if at < len(text):
        yield {"text": text[at:]}


def _note(note: Note, cited: dict[int, Citation], documents: Documents, lang: Lang) -> dict[str, Any]:
    """A note with its web addresses as links, and the clauses it names that the answer does not cite."""
    known = {citation.clause for citation in cited.values()}
    links = [link for id_ in note.clauses if id_ not in known and (link := _link(documents, id_, lang))]
    return {"kind": note.kind, "parts": list(_addresses(note.message)), "links": links[:6]}


def _addresses(message: str) -> Iterator[Part]:
    at = 0
    for match in _URL.finditer(message):
        url = safe_url(match[0])
        if url is None:
            continue
        yield {"text": message[at : match.start()]}
        yield {"url": url, "label": urlsplit(url).hostname}
        at = match.end()
    if at < len(message):
        yield {"text": message[at:]}


def _link(documents: Documents, clause_id: str, lang: Lang) -> dict[str, str] | None:
    found = find_clause(documents, clause_id, lang)
    if found is None:
        return None
    document, clause = found
    where = place_of(document, clause, lang)
    named = clause_label(clause)
    named = named.removeprefix(clause.path).strip() if clause.path.removeprefix("T.") in where else named
    return {"clause": clause.id, "place": where, "label": named, "lang": TAGS[document.lang]}
