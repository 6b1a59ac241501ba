"""`ask`: answers as text or JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.jsonform import answer_to_json
from corpus.records import Answer, Citation, Lang, lang_of


def ask_question(session: Session, question: str, edition: str | None, lang: str, llm: bool = False) -> None:
    """Answer one question. `llm`: the language model of the environment puts the answer into sentences."""
    if edition not in (None, "all"):
        load_catalogue().edition(str(edition))
    put = _writer() if llm else None
    assistant = open_assistant(session)
    answer = assistant.ask(question, edition, lang_of(lang) or "auto")
    if put is not None:
        answer = put(answer)
    session.out(answer_to_json(answer), lambda: answer_text(answer))


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
        if answer.declined.nearest:
            lines += ["", f"{tell('nearest', lang)}: {', '.join(answer.declined.nearest)}"]
        return "\n".join([*lines, *_notes(answer)])
    lines = [answer.text]
    if answer.citations:
        lines += ["", f"{tell('sources', lang)}:"]
        lines += [line for citation in answer.citations for line in _citation_lines(citation, answer)]
    return "\n".join([*lines, *_notes(answer), *_offer(answer)])


def _citation_lines(citation: Citation, answer: Answer) -> list[str]:
    """Where a quotation stands; and its words, where those of the answer are a model's."""
    place = _citation_line(citation, answer.lang)
    written = any(note.kind == "llm" for note in answer.notes)
    return [place, f"      “{citation.quote}”"] if written else [place]


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
