"""`eval run`, `eval retrieval`, `eval lineage`: cases or gold in, measures out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.session import Session, open_assistant
from corpus.catalogue import load_catalogue
from corpus.jsonform import answer_to_json

if TYPE_CHECKING:
    from eval.cases import Case


def run_cases(session: Session, questions: Path, out: Path | None) -> None:
    """Run a file of cases against the live index; the folder of the run is named on stderr."""
    from importlib.metadata import version

    from eval.run import run_file
    from eval.terminal import table

    assistant = open_assistant(session)
    documents = assistant.retriever.documents

    def ask(question: str, scope: dict[str, Any] | None) -> dict[str, Any]:
        wanted = scope or {}
        return answer_to_json(assistant.ask(question, wanted.get("edition"), wanted.get("lang") or "auto"))

    def text_of(document: str, part: str) -> str:
        return documents[document, part].text

    meta = {
        "generation": assistant.retriever.generation,
        "corpus_digest": assistant.retriever.manifest["corpus_digest"],
        "encoder": assistant.retriever.manifest["encoder"],
        "version": version("tiaowen"),
    }
    folder = out or session.home.runs / f"{questions.stem}-{assistant.retriever.generation}"
    summary = run_file(questions, ask, folder, text_of, meta)
    session.out(summary, lambda: f"{table(summary, session.lang)}\n{folder}")


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
