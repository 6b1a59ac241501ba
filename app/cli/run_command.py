"""`eval run`: a question set against the live index, with what stands beside it in the report; and its workers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from app.answering.evidence import make_citation
from app.cli.eval_commands import asked_json, lineage_of, robustness_of
from app.cli.session import Session, open_assistant
from corpus.errors import UnusableInput
from corpus.home import Home
from corpus.jsonform import answer_to_json, citation_to_json
from corpus.receipts import running_version
from corpus.records import Document, Part, part_of

if TYPE_CHECKING:
    from app.answering.assistant import Assistant
    from app.writing.settings import Settings
    from eval.cases import Case
    from eval.run import Ask, AskAll
    from eval.sections import Section

GATE_CLOSED = 3
"""Exit code of a run that misses a bound."""
_STEPS = 20
"""A line of progress after every so many-th part of a run, where nobody watches a terminal."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments and options of `eval run`."""

    questions: Path
    out: Path | None = None
    gate: Path | None = None
    jobs: int = 1
    llm: bool = False
    judge: bool = False
    lineage: Path | None = None
    robustness: bool = False
    bench: bool = False
    ray: str | None = None


def run_cases(session: Session, wanted: Wanted) -> None:
    """Run a file of cases against the live index; with a gate, exit 3 and name the bounds that are missed."""
    from eval.cases import read_cases
    from eval.gates import missed, read_bounds
    from eval.needed import with_gold_quotes
    from eval.run import run
    from eval.sentinels import sentinels
    from eval.terminal import table

    bounds = read_bounds(wanted.gate) if wanted.gate else []
    cases = read_cases(bundled_set(wanted.questions))
    model = _model() if wanted.llm or wanted.judge else None
    assistant = open_assistant(session)
    documents = assistant.retriever.documents

    def text_of(document: str, part: str) -> str:
        return documents[document, cast(Part, part)].text

    folder = wanted.out or session.home.runs / f"{wanted.questions.stem}-{assistant.retriever.generation}"
    clauses = [f"{key[0]}#{clause.path}" for key, document in sorted(documents.items()) for clause in document.clauses]
    found = run(
        with_gold_quotes(cases, documents),
        _ask_all(session, assistant, wanted, model),
        folder,
        text_of=text_of,
        meta=_meta(assistant, wanted, model),
        sentinels=sentinels(partial(_whole_clause, documents), clauses),
        extra=_judges(model) if wanted.judge else (),
        beside=partial(_beside, session, assistant, wanted, cases),
        on_case=progress(session),
    )
    summary = found.as_json()
    session.out(summary, lambda: f"{table(summary, session.lang)}\n{folder}")
    if fallen := missed(bounds, summary):
        for one in fallen:
            value = "–" if one.value is None else f"{one.value:.3f}"
            session.say("gate_missed", bound=str(one.bound), value=value)
        raise typer.Exit(GATE_CLOSED)


def bundled_set(named: Path) -> Path:
    """The file named, or the bundled set of that name: `bundled_set(Path("brief"))` is `eval/questions/brief.jsonl`."""
    from importlib.resources import files

    bundled = Path(str(files("eval"))) / "questions" / f"{named.name}.jsonl"
    return bundled if not named.exists() and len(named.parts) == 1 and bundled.is_file() else named


def _meta(assistant: Assistant, wanted: Wanted, model: Settings | None) -> dict[str, Any]:
    """What was measured, without a time. The generation's name is the digest of its manifest."""
    manifest = assistant.retriever.manifest
    return {
        "questions": wanted.questions.name,
        "generation": assistant.retriever.generation,
        "corpus_digest": manifest["corpus_digest"],
        "encoder": manifest["encoder"],
        "version": running_version(),
        "code": code_digest(),
        "llm": model.model if model and wanted.llm else None,
        "judge": model.model if model and wanted.judge else None,
    }


def code_digest() -> str:
    """Digest of the code and data that answer: every file of `corpus`, `index` and `app.answering`, model weights apart
    (the encoder's id names those)."""
    import hashlib
    from importlib.resources import files

    digest = hashlib.sha256()
    for package in ("corpus", "index", "app.answering"):
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*")):
            if (
                path.is_file()
                and path.suffix in (".py", ".toml", ".jsonl", ".json", ".txt")
                and "model" not in path.parts
            ):
                digest.update(f"{package}/{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _ask_all(session: Session, assistant: Assistant, wanted: Wanted, model: Settings | None) -> AskAll:
    from eval.run import one_by_one

    if wanted.ray:
        return _by_ray(session, assistant, wanted)
    if wanted.jobs == 1:
        return one_by_one(_ask(assistant, model if wanted.llm else None))

    from app.cli.workers import answered

    options = ["--llm"] if wanted.llm else []

    def ask_all(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
        questions = [(case.question, case.scope) for case in cases]
        return answered(session.home.root, questions, wanted.jobs, options)

    return ask_all


def _by_ray(session: Session, assistant: Assistant, wanted: Wanted) -> AskAll:
    from app.cli.fleet_answers import answered
    from index.fleet import Place

    place = Place.read(str(wanted.ray))
    if wanted.jobs != 1:
        raise UnusableInput("--jobs and --ray are two ways of one thing", way_out="name processes as --ray local:4")
    made_from = assistant.retriever.generation, code_digest()

    def ask_all(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
        return answered(session, place, [(case.question, case.scope) for case in cases], made_from, wanted.llm)

    return ask_all


def asking(home: Path, llm: bool) -> tuple[Assistant, Ask]:
    """What a worker elsewhere answers with: the assistant over a home's live index, and how it is asked."""
    from app.answering.assistant import Assistant
    from corpus.store import store_digest

    assistant = Assistant.open(Home(home), store_digest(Home(home).store))
    return assistant, _ask(assistant, _model() if llm else None)


def _ask(assistant: Assistant, model: Settings | None) -> Ask:
    """How one question is asked: as it stands, or put into sentences by the model."""
    if model is None:
        return partial(asked_json, assistant)

    from app.writing.draft import write
    from app.writing.settings import open_model

    writer = open_model(model)

    def ask(question: str, scope: Mapping[str, str] | None) -> dict[str, Any]:
        given = scope or {}
        lang: Any = given.get("lang") or "auto"
        return answer_to_json(write(assistant.ask(question, given.get("edition"), lang), writer, model.limits))

    return ask


def _model() -> Settings:
    """The configured model; raises before anything is asked where there is none."""
    from app.writing.settings import required

    return required()


def _judges(model: Settings | None) -> tuple[Any, ...]:
    from app.writing.llama import open_llama
    from eval.judge import correctness
    from eval.measures import judged_by_model

    return (judged_by_model(correctness(open_llama(model))),) if model else ()


def _beside(session: Session, assistant: Assistant, wanted: Wanted, cases: Sequence[Case]) -> Sequence[Section]:
    """The further tables that were asked for."""
    found: list[Section] = []
    if wanted.lineage:
        from eval.lineage import section

        session.say("eval_lineage")
        found.append(section(lineage_of(assistant, wanted.lineage)))
    if wanted.robustness:
        from eval.robustness import sections as robust

        session.say("eval_robustness")
        found += robust(robustness_of(session, assistant, cases))
    if wanted.bench:
        from app.cli.bench_commands import SIZES, bench
        from eval.bench import sections as measured

        session.say("eval_bench")
        found += measured(bench(session, SIZES, None))
    return found


def progress(session: Session) -> Callable[[int, int], None]:
    """Tells how far a run is: on a terminal in one line that is written over, else a line for every twentieth."""
    on_terminal = sys.stderr.isatty()

    def told(done: int, of: int) -> None:
        step = max(of // _STEPS, 1)
        if on_terminal:
            print(f"\r{done}/{of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif done % step == 0 and of >= _STEPS:
            session.say("eval_progress", done=done, of=of)

    return told


def answer_lines(session: Session, llm: bool) -> None:
    """A worker: a JSON object with question and scope a line on stdin, the answer a line on stdout."""
    from eval.run import asked

    ask = _ask(open_assistant(session), _model() if llm else None)
    for line in sys.stdin:
        wanted = json.loads(line)
        print(json.dumps(asked(ask, wanted["question"], wanted["scope"]), ensure_ascii=False), flush=True)


def _whole_clause(documents: Mapping[tuple[str, Part], Document], clause_id: str) -> dict[str, Any] | None:
    """A citation of a whole clause, as `ask --json` has them; None for one without text."""
    name, _, path = clause_id.partition("#")
    document = documents.get((name, part_of(path)))
    clause = document.by_path.get(path) if document else None
    if document is None or clause is None or not clause.text.strip():
        return None
    return citation_to_json(make_citation(document, clause, clause.span, 1, document.lang))
