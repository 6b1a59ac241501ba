"""A conversation to keep: Markdown, JSON or Word. Citations carry clause ids, so that copied answers never collide on [1].

[(question, answer or None, error)] ─> markdown / as_json / word
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.answering.citing import escaped
from app.messages import tell
from corpus.jsonform import answer_to_json
from corpus.records import Answer, Citation, Lang
from corpus.text import printable


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was typed, what it was read as, and its answer or the reason why there is none."""

    question: str
    answer: Answer | None
    error: str = ""
    read_as: str = ""


def markdown(exchanges: Sequence[Exchange], lang: Lang) -> str:
    """The conversation as Markdown that shows text as it is."""
    parts = [f"# {tell('app_title', lang)}"]
    for one in exchanges:
        parts.append(f"## {escaped(one.question)}")
        if one.read_as:
            parts.append(f"*{escaped(tell('read_as', lang, text=one.read_as))}*")
        parts += [escaped(line) for line in _lines(one, lang)]
        parts += [_source(citation, lang) for citation in _citations(one)]
    return "\n\n".join(parts) + "\n"


def as_json(exchanges: Sequence[Exchange]) -> str:
    """The conversation as JSON: a list of `{"question", "read_as", "error", "answer"}`, answers as `ask --json` prints them."""
    rows: list[dict[str, Any]] = [
        {
            "question": one.question,
            "read_as": one.read_as or None,
            "error": one.error or None,
            "answer": answer_to_json(one.answer) if one.answer else None,
        }
        for one in exchanges
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def word(exchanges: Sequence[Exchange], lang: Lang) -> bytes:
    """The conversation as the bytes of a .docx file."""
    from docx import Document as WordDocument

    document: Any = WordDocument()
    document.add_heading(tell("app_title", lang), 0)
    for one in exchanges:
        document.add_heading(printable(one.question), 1)
        if one.read_as:
            document.add_paragraph(printable(tell("read_as", lang, text=one.read_as)))
        for line in _lines(one, lang):
            document.add_paragraph(printable(line))
        for citation in _citations(one):
            document.add_paragraph(printable(_plain_source(citation, lang)), style="List Bullet")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _lines(one: Exchange, lang: Lang) -> list[str]:
    """The answer, the refusal or the failure, then the notes."""
    if one.answer is None:
        return [f"{tell('failed', lang)}: {one.error}"]
    answer = one.answer
    told = answer.text.splitlines()
    if answer.declined:
        told = [f"{tell('declined', answer.lang)}: {answer.declined.message}"]
    return [line for line in [*told, *(note.message for note in answer.notes)] if line.strip()]


def _citations(one: Exchange) -> tuple[Citation, ...]:
    if one.answer is None:
        return ()
    return one.answer.declined.evidence if one.answer.declined else one.answer.citations


def _plain_source(citation: Citation, lang: Lang) -> str:
    nature = tell(citation.status, lang)
    address = f" {citation.url}" if citation.url else ""
    return f"[{citation.marker}] {citation.clause} ({citation.locator}; {nature}){address}: “{citation.quote}”"


def _source(citation: Citation, lang: Lang) -> str:
    return f"- {escaped(_plain_source(citation, lang))}".replace("\n", " ")
