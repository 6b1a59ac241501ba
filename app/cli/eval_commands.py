"""`eval run`, `check`, `import`, `compare`, `retrieval`, `lineage`: cases, runs or gold in, measures out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from app.answering.evidence import make_citation
from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.jsonform import answer_to_json, citation_to_json
from corpus.records import Document, Part, part_of

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from eval.cases import Case


GATE_CLOSED = 3
"""Exit code of a run that misses a bound."""


def run_cases(session: Session, questions: Path, out: Path | None, gate: Path | None, jobs: int) -> None:
    """Run a file of cases against the live index; with `gate`, exit 3 and name the bounds that are missed."""
    from importlib.metadata import version

    from app.cli.workers import answered
    from eval.cases import read_cases
    from eval.gates import missed, read_bounds
    from eval.run import run
    from eval.sentinels import sentinels
    from eval.terminal import table

    bounds = read_bounds(gate) if gate else []
    assistant = open_assistant(session)
    documents = assistant.retriever.documents

    ask = partial(_asked, assistant)

    def text_of(document: str, part: str) -> str:
        return documents[document, cast(Part, part)].text

    meta = {
        "questions": questions.name,
        "generation": assistant.retriever.generation,
        "corpus_digest": assistant.retriever.manifest["corpus_digest"],
        "encoder": assistant.retriever.manifest["encoder"],
        "version": version("tiaowen"),
    }
    folder = out or session.home.runs / f"{questions.stem}-{assistant.retriever.generation}"
    clauses = [f"{key[0]}#{clause.path}" for key, document in sorted(documents.items()) for clause in document.clauses]
    four = sentinels(partial(_whole_clause, documents), clauses)

    def ask_all(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
        return answered(session.home.root, [(case.question, case.scope) for case in cases], jobs)

    several = ask_all if jobs > 1 else None
    found = run(read_cases(questions), ask, folder, text_of=text_of, meta=meta, sentinels=four, ask_all=several)
    summary = found.as_json()
    session.out(summary, lambda: f"{table(summary, session.lang)}\n{folder}")
    if fallen := missed(bounds, summary):
        for one in fallen:
            value = "–" if one.value is None else f"{one.value:.3f}"
            session.say("gate_missed", bound=str(one.bound), value=value)
        raise typer.Exit(GATE_CLOSED)


def _asked(assistant: Assistant, question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
    """The object that `ask --json` prints, within a case's scope."""
    wanted = scope or {}
    lang: Any = wanted.get("lang") or "auto"
    return answer_to_json(assistant.ask(question, wanted.get("edition"), lang))


def answer_lines(session: Session) -> None:
    """A worker: a JSON object with question and scope a line on stdin, the answer a line on stdout."""
    from eval.run import asked

    ask = partial(_asked, open_assistant(session))
    for line in sys.stdin:
        wanted = json.loads(line)
        print(json.dumps(asked(ask, wanted["question"], wanted["scope"]), ensure_ascii=False), flush=True)


def measure_variants(session: Session, questions: Path) -> None:
    """What typos, traditional characters, mixed languages, keywords and courtesies cost."""
    from eval.cases import read_cases
    from eval.robustness import as_json, losses, table

    found = losses(read_cases(questions), partial(_asked, open_assistant(session)))
    session.out(as_json(found), lambda: table(found))


def _whole_clause(documents: Mapping[tuple[str, Part], Document], clause_id: str) -> dict[str, Any] | None:
    """A citation of a whole clause, as `ask --json` has them; None for one without text."""
    name, _, path = clause_id.partition("#")
    document = documents.get((name, part_of(path)))
    clause = document.by_path.get(path) if document else None
    if document is None or clause is None or not clause.text.strip():
        return None
    return citation_to_json(make_citation(document, clause, clause.span, 1, document.lang))


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
    from eval.lineage import against, read_gold, table

    beads = read_gold(gold)
    pair = load_catalogue().edition(old).id, load_catalogue().edition(new).id
    retriever = open_assistant(session).retriever
    found = against(beads, retriever, *pair)
    if edits:
        from eval.metamorphic import metamorphic

        texts = {lang: retriever.document(pair[0], lang) for lang in found["languages"]}
        found["metamorphic"] = {lang: metamorphic(text, retriever.encoder) for lang, text in texts.items() if text}
    session.out(found, lambda: table(found))
