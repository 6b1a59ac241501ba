"""`ask` and `replay`: answers as text or JSON, and the receipts by which an answer is given again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import HomeUnusable, UnknownAnswer
from corpus.jsonform import answer_to_json
from corpus.receipts import Receipt, find, keep, receipt_of, running_version
from corpus.records import Answer, Citation, Lang, Status, lang_of, statuses_of

if TYPE_CHECKING:
    from app.answering.assistant import Assistant

_SHORTEST = 6
"""So many digits of an id name it, if no other begins with them."""
_MOST_SHOWN = 4


def ask_question(
    session: Session,
    question: str,
    edition: str | None,
    lang: str,
    llm: bool = False,
    statuses: Sequence[Status] = (),
) -> None:
    """Answer one question. `llm`: the language model of the environment puts the answer into sentences; `statuses`: the kinds
    of text that may answer, none named: all."""
    if edition not in (None, "all"):
        load_catalogue().edition(str(edition))
    put = _writer() if llm else None
    answer_and_keep(session, open_assistant(session).only(tuple(statuses)), question, edition, lang, put)


def replay(session: Session, written: str) -> None:
    """Give an answer again by its id; says so where it is not the same because the index or the version changed."""
    receipt = _receipt(session, written)
    assistant = open_assistant(session).only(statuses_of(receipt.statuses))
    answer = answer_and_keep(session, assistant, receipt.question, receipt.edition, receipt.lang)
    now = (assistant.retriever.generation, running_version())
    if (receipt.generation, receipt.version) != now:
        then = {"old": receipt.generation, "old_version": receipt.version}
        session.say("replay_changed", **then, new=now[0], new_version=now[1])
    elif answer.answer_id != receipt.id:
        session.say("replay_behind", new=now[0])


def answer_and_keep(
    session: Session,
    assistant: Assistant,
    question: str,
    edition: str | None,
    lang: str,
    put: Callable[[Answer], Answer] | None = None,
) -> Answer:
    """Answer, print, and keep the receipt; a home that takes no receipt costs a line on stderr and nothing else.

    The receipt is that of the quoted answer: what a model makes of it (`put`) may differ the next time.
    """
    answer = assistant.ask(question, edition, lang_of(lang) or "auto")
    shown = put(answer) if put else answer
    session.out(answer_to_json(shown), lambda: answer_text(shown))
    try:
        found = assistant.retriever
        keep(session.home.receipts, [receipt_of(answer, edition, lang, found.generation, found.statuses)])
    except HomeUnusable as error:
        session.say("receipt_lost", reason=error.message, way_out=error.way_out)
    return answer


def _receipt(session: Session, written: str) -> Receipt:
    """The receipt that an id, or the beginning of one, names; raises `UnknownAnswer` for none and for several."""
    lang, named = session.lang, repr(written)
    prefix = unicodedata.normalize("NFKC", written).strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST},}}", prefix):
        way_out = tell("answer_id_form", lang, shortest=_SHORTEST)
        raise UnknownAnswer(tell("no_answer_id", lang, written=named), way_out=way_out)
    found = find(session.home.receipts, prefix)
    if not found:
        raise UnknownAnswer(tell("answer_unknown", lang, written=named), way_out=tell("answer_elsewhere", lang))
    if len(found) > 1:
        shown = ", ".join(receipt.id for receipt in found[:_MOST_SHOWN])
        message = tell("answer_ambiguous", lang, written=named, count=len(found))
        raise UnknownAnswer(message, way_out=tell("more_digits", lang, shown=shown))
    return found[0]


def _writer() -> Callable[[Answer], Answer]:
    """What puts an answer into sentences; raises before anything is asked where no model can be had."""
    from app.writing.draft import write
    from app.writing.settings import open_model, required

    settings = required()
    return partial(write, model=open_model(settings), limits=settings.limits)


def answer_text(answer: Answer) -> str:
    """An answer as a person reads it: text, quotations with their places, notes."""
    lang = answer.lang
    if answer.declined:
        lines = [f"{tell('declined', lang)}: {answer.declined.message}"]
        if answer.declined.evidence:
            lines += ["", f"{tell('evidence', lang)}:"]
            lines += [line for citation in answer.declined.evidence for line in _quoted(citation, lang)]
        if answer.declined.nearest:
            lines += ["", f"{tell('nearest', lang)}: {', '.join(answer.declined.nearest)}"]
        return "\n".join([*lines, *_notes(answer), *_id(answer)])
    lines = [answer.text]
    if answer.citations:
        lines += ["", f"{tell('sources', lang)}:"]
        lines += [line for citation in answer.citations for line in _citation_lines(citation, answer)]
    return "\n".join([*lines, *_notes(answer), *_offer(answer), *_id(answer)])


def _citation_lines(citation: Citation, answer: Answer) -> list[str]:
    """Where a quotation stands; and its words, where those of the answer are a model's."""
    written = any(note.kind == "llm" for note in answer.notes)
    return _quoted(citation, answer.lang) if written else [_citation_line(citation, answer.lang)]


def _quoted(citation: Citation, lang: Lang) -> list[str]:
    return [_citation_line(citation, lang), f"      “{citation.quote}”"]


def _citation_line(citation: Citation, lang: Lang) -> str:
    nature = tell(citation.status, lang)
    if citation.reading == "ocr":
        nature += f", {tell('ocr', lang)}"
    if citation.translation:
        nature += f", {tell('translation', lang)}"
    return f"  [{citation.marker}] {citation.locator}  {citation.clause}  ({nature})"


def _notes(answer: Answer) -> list[str]:
    if not answer.notes:
        return []
    return ["", f"{tell('notes', answer.lang)}:", *(f"  - {note.message}" for note in answer.notes)]


def _offer(answer: Answer) -> list[str]:
    digest = next((c for c in answer.citations if c.status == "digest" and "#notice" not in c.clause), None)
    if digest is None:
        return []
    version = digest.clause.partition("@")[2].partition("/")[0]
    return ["", tell("offer", answer.lang, version=version)]


def _id(answer: Answer) -> list[str]:
    if any(note.kind in ("llm", "llm_fallback") for note in answer.notes):
        return []
    return ["", tell("answer_id", answer.lang, id=answer.answer_id)]
