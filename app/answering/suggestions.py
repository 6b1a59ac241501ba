"""Questions to go on with after an answer, each known to be answered: its changes, its risk, its group.

They are made from the clauses an answer cites and asked once before they are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.answering.assistant import Assistant
from app.answering.words import say
from corpus.catalogue import load_catalogue
from corpus.ids import of_framework, parse_id
from corpus.records import Answer, Clause, Document, Lang, part_of
from index.lineage import between

MOST = 3
_RISKS, _MEASURES = ("3.",), ("4.",)


def suggestions(assistant: Assistant, answer: Answer, most: int = MOST) -> list[str]:
    """At most so many questions in the answer's language; none after a refusal."""
    found: list[str] = []
    for question in dict.fromkeys(_candidates(assistant, answer)):
        if question != answer.question and assistant.ask(question, None, answer.lang).declined is None:
            found.append(question)
        if len(found) == most:
            break
    return found


def _candidates(assistant: Assistant, answer: Answer) -> Iterator[str]:
    lang = answer.lang
    for citation in answer.citations[:2]:
        wanted = parse_id(citation.clause)
        document = assistant.retriever.documents.get((f"{wanted.edition}/{lang}", part_of(wanted.path)))
        clause = document.by_path.get(wanted.path) if document else None
        if document is None or clause is None or document.part != "body" or not of_framework(wanted.edition):
            continue
        yield from _of_clause(assistant, document, clause, answer.type, lang)


def _of_clause(assistant: Assistant, document: Document, clause: Clause, kind: str, lang: Lang) -> Iterator[str]:
    version = load_catalogue().edition(document.edition).version
    told = {"version": version, "path": clause.path, "heading": _name(clause)}
    if clause.path.startswith(_RISKS) and clause.heading and kind != "mapping":
        yield say("ask_measures", lang, **told)
    if clause.path.startswith(_MEASURES) and clause.heading and kind != "mapping":
        yield say("ask_risks", lang, **told)
    other = _other_edition(assistant, document)
    if other and kind != "diff" and not clause.path.startswith("A3."):
        yield say("ask_change", lang, old=min(other, version), new=max(other, version), **told)
    parents = document.ancestors(clause)
    if parents and parents[-1].heading and kind != "list":
        yield say("ask_group", lang, version=version, heading=_name(parents[-1]))


def _name(clause: Clause) -> str:
    return " ".join(clause.heading.split())


def _other_edition(assistant: Assistant, document: Document) -> str | None:
    """The version of another edition that this one has a lineage with."""
    for edition in assistant.retriever.editions_with_text:
        if edition != document.edition and between(
            assistant.retriever.lineages, edition, document.edition, (document.lang,)
        ):
            return load_catalogue().edition(edition).version
    return None
