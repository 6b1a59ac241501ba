"""`eval check`, `import`, `robustness`, `compare`, `retrieval`, `lineage`: cases, runs or gold in, measures out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.jsonform import answer_to_json
from corpus.records import Document

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from eval.cases import Case
    from eval.robustness import Robustness


def measure_robustness(session: Session, questions: Path) -> None:
    """Other wordings, noise, doctored clauses."""
    from eval.cases import read_cases
    from eval.robustness import as_json, sections
    from eval.sections import as_text

    found = robustness_of(session, open_assistant(session), read_cases(questions))
    session.out(as_json(found), lambda: as_text(sections(found), session.lang))


def robustness_of(session: Session, assistant: Assistant, cases: Sequence[Case]) -> Robustness:
    """What disturbs the answers of the live index; doctored corpora are built and asked in folders that do not stay."""
    from corpus.editorial import load_editorial
    from eval.doctored import answering_from
    from eval.robustness import robustness
    from eval.run import Ask

    retriever = assistant.retriever
    entries = load_editorial(session.home.editorial) if retriever.manifest["editorial"] else {}

    @contextmanager
    def ask_from(documents: Sequence[Document]) -> Iterator[Ask]:
        with answering_from(documents, retriever.manifest["encoder"]["spec"], entries) as other:
            yield partial(asked_json, other)

    return robustness(cases, partial(asked_json, assistant), list(retriever.documents.values()), ask_from)


def asked_json(assistant: Assistant, question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
    """The object that `ask --json` prints, within a case's scope."""
    wanted = scope or {}
    lang: Any = wanted.get("lang") or "auto"
    return answer_to_json(assistant.ask(question, wanted.get("edition"), lang))


def check_cases(session: Session, questions: Path) -> None:
    """What is wrong with a question set; exit 1 where a run of it would mean nothing."""
    from eval.cases import read_cases
    from eval.check import check

    cases = read_cases(questions)
    found = check(cases, open_assistant(session).retriever.documents.values())
    errors = sum(one.error for one in found)
    rows = [asdict(one) for one in found]
    counts = {"cases": len(cases), "errors": errors, "warnings": len(found) - errors}

    def told() -> str:
        lines = [
            f"{questions.name}: {one.case}: {tell('check_error' if one.error else 'check_warning', session.lang)}: {one.message}"
            for one in found
        ]
        return "\n".join([*lines, tell("checked", session.lang, **counts)])

    session.out({**counts, "findings": rows}, told)
    if errors:
        raise typer.Exit(1)


def import_cases(session: Session, file: Path, topics: Path | None, out: Path) -> None:
    """A table, or TREC judgements with their topics, as a file of cases; an existing file is not overwritten."""
    from eval.imports import as_jsonl, from_csv, from_trec

    cases = from_trec(topics, file) if topics else from_csv(file)
    try:
        with out.open("x", encoding="utf-8", newline="\n") as written:
            written.write(as_jsonl(cases))
    except OSError as error:
        message = tell("not_written", session.lang, file=out, reason=error.strerror)
        raise UnusableInput(message, way_out=tell("name_another", session.lang)) from error
    session.out({"cases": len(cases), "file": str(out)}, tell("imported", session.lang, count=len(cases), file=out))


def compare_runs(session: Session, a: Path, b: Path) -> None:
    """Two runs of the same questions, B against A."""
    from eval.compare import compare, read_run
    from eval.terminal import compared

    found = compare(read_run(a), read_run(b)).as_json()
    session.out(found, lambda: compared(found, session.lang))


def compare_retrieval(session: Session, questions: Path, against: str | None) -> None:
    """Our retrieval, its parts and stock systems on the cases of a file, over the live index."""
    from eval.cases import read_cases
    from eval.stock import systems
    from eval.systems import side_by_side, table
    from index.encoder import open_encoder

    cases = read_cases(questions)
    assistant = open_assistant(session)
    other = open_encoder(against) if against else None

    def editions_of(case: Case) -> tuple[str, ...]:
        return assistant.editions_asked(case.question, (case.scope or {}).get("edition"))

    found = side_by_side(cases, systems(assistant.retriever, other), editions_of)
    session.out(found, lambda: table(found))


def measure_lineage(session: Session, gold: Path, old: str, new: str, edits: bool) -> None:
    """The lineage of two editions against gold, in each language that both have, beside simpler ways."""
    from eval.lineage import table

    found = lineage_of(open_assistant(session), gold, old, new)
    if edits:
        from eval.metamorphic import metamorphic

        retriever = open_assistant(session).retriever
        texts = {lang: retriever.document(found["old"], lang) for lang in found["languages"]}
        found["metamorphic"] = {lang: metamorphic(text, retriever.encoder) for lang, text in texts.items() if text}
    session.out(found, lambda: table(found))


def lineage_of(assistant: Assistant, gold: Path, old: str = "1.0", new: str = "2.0") -> dict[str, Any]:
    """The measures of the live index's lineage against a gold file."""
    from eval.lineage import against, read_gold

    beads = read_gold(gold)
    pair = load_catalogue().edition(old).id, load_catalogue().edition(new).id
    return against(beads, assistant.retriever, *pair)
