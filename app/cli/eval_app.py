"""Commands and options of `tiaowen eval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from app.cli.choices import OnRay
from app.cli.session import Json, of_command

evaluation = typer.Typer(help="Evaluate answers in batches.", no_args_is_help=True, rich_markup_mode=None)


@evaluation.command("run")
def run(
    ctx: typer.Context,
    questions: Path,
    out: Annotated[Optional[Path], typer.Option("--out", help="Folder of the run.")] = None,  # noqa: UP045
    gate: Annotated[Optional[Path], typer.Option("--gate", help="Bounds to keep; exit 3 if one is missed.")] = None,  # noqa: UP045
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that answer.")] = 1,
    ray: OnRay = None,
    llm: Annotated[bool, typer.Option("--llm", help="Answers as the configured language model writes them.")] = False,
    judge: Annotated[
        bool, typer.Option("--judge", help="One more column: what the configured model thinks of each answer.")
    ] = False,
    lineage: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--lineage", help="Also the lineage of 1.0 and 2.0 against this gold."),
    ] = None,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Also other wordings, noise, doctored clauses.")
    ] = False,
    bench: Annotated[bool, typer.Option("--bench", help="Also speed and memory.")] = False,
    json_: Json = False,
) -> None:
    """Ask every case of a file, measure the answers beside four sentinels, write a report."""
    from app.cli.run_command import Wanted, run_cases

    wanted = Wanted(questions, out, gate, jobs, llm, judge, lineage, robustness, bench, ray)
    run_cases(of_command(ctx, json_), wanted)


@evaluation.command("answer")
def answer(
    ctx: typer.Context,
    llm: Annotated[bool, typer.Option("--llm", help="As the configured language model writes them.")] = False,
) -> None:
    """Answer questions from stdin, JSON line by JSON line; what `eval run --jobs` starts."""
    from app.cli.run_command import answer_lines

    answer_lines(of_command(ctx), llm)


@evaluation.command("check")
def check(ctx: typer.Context, questions: Path, json_: Json = False) -> None:
    """Check a question set against the corpus: clause ids, pairs, nuggets."""
    from app.cli.eval_commands import check_cases

    check_cases(of_command(ctx, json_), questions)


@evaluation.command("import")
def import_(
    ctx: typer.Context,
    file: Path,
    out: Annotated[Path, typer.Option("--out", help="The file of cases to write.")],
    topics: Annotated[Optional[Path], typer.Option("--topics", help="Of TREC qrels in FILE: their topics.")] = None,  # noqa: UP045
    json_: Json = False,
) -> None:
    """Turn a table (CSV), or TREC qrels with their topics, into a file of cases."""
    from app.cli.eval_commands import import_cases

    import_cases(of_command(ctx, json_), file, topics, out)


@evaluation.command("robustness")
def robustness_(ctx: typer.Context, questions: Path, json_: Json = False) -> None:
    """What is lost when questions are typed otherwise, irrelevant passages are mixed in, or a clause says something else."""
    from app.cli.eval_commands import measure_robustness

    measure_robustness(of_command(ctx, json_), questions)


@evaluation.command("compare")
def compare(ctx: typer.Context, a: Path, b: Path, json_: Json = False) -> None:
    """Compare two runs of the same questions: paired differences, what got better, what got worse."""
    from app.cli.eval_commands import compare_runs

    compare_runs(of_command(ctx, json_), a, b)


@evaluation.command("retrieval")
def retrieval(
    ctx: typer.Context,
    questions: Path,
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--against", help="Also a stock LlamaIndex pipeline with this sentence-transformers id or path."),
    ] = None,
    json_: Json = False,
) -> None:
    """Retrieval alone on every case of a file: ours, its parts, and stock systems on the same passages."""
    from app.cli.eval_commands import compare_retrieval

    compare_retrieval(of_command(ctx, json_), questions, against)


@evaluation.command("lineage")
def lineage_(
    ctx: typer.Context,
    gold: Path,
    old: Annotated[str, typer.Option("--old", help="The older edition.")] = "1.0",
    new: Annotated[str, typer.Option("--new", help="The newer one.")] = "2.0",
    metamorphic: Annotated[
        bool, typer.Option("--metamorphic", help="Also known edits, injected into the older edition.")
    ] = False,
    json_: Json = False,
) -> None:
    """The lineage of two editions against gold beads, beside matching by number, difflib and plain assignment."""
    from app.cli.eval_commands import measure_lineage

    measure_lineage(of_command(ctx, json_), gold, old, new, metamorphic)


@evaluation.command("bench")
def bench_(
    ctx: typer.Context,
    sizes: Annotated[
        str, typer.Option("--sizes", help="Synthetic passages, parted by commas: 1000,10000,100000,1000000.")
    ] = "1000,10000",
    scan: Annotated[Optional[Path], typer.Option("--scan", help="A scanned PDF, to time OCR.")] = None,  # noqa: UP045
    json_: Json = False,
) -> None:
    """Speed and memory: warm and cold answers, a build, OCR, and search by size, beside raw FAISS and stock LlamaIndex."""
    from app.cli.bench_commands import measure_speed, read_sizes

    measure_speed(of_command(ctx, json_), read_sizes(sizes), scan)


@evaluation.command("stores")
def stores(
    ctx: typer.Context,
    uris: Annotated[list[str], typer.Argument(help="Stores as `build --store` has them.")],
    passages: Annotated[
        int, typer.Option("--passages", min=10, max=10_000_000, help="Synthetic passages to fill them with.")
    ] = 10_000,
    json_: Json = False,
) -> None:
    """What vector stores cost beside the file index: to fill, to search, to answer from. They are emptied again."""
    from app.cli.bench_commands import measure_stores

    measure_stores(of_command(ctx, json_), uris, passages)


@evaluation.command("scale")
def scale(
    ctx: typer.Context,
    passages: Annotated[int, typer.Argument(min=1, max=10_000_000)],
    ray: OnRay = None,
    json_: Json = False,
) -> None:
    """Search over so many synthetic passages; what `eval bench` starts for each size."""
    from app.cli.bench_commands import measure_size

    measure_size(of_command(ctx, json_), passages, ray)


@evaluation.command("load")
def load(
    ctx: typer.Context,
    sessions: Annotated[int, typer.Option("--sessions", min=1, max=1000, help="People at once.")] = 50,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between the questions of one.")] = 10.0,
    seconds: Annotated[float, typer.Option("--seconds", min=1.0, help="How long.")] = 300.0,
    until_it_breaks: Annotated[
        bool, typer.Option("--until-it-breaks", help="Then more and more people, until it is too slow or fails.")
    ] = False,
    json_: Json = False,
) -> None:
    """Start the app and let many people ask it at once, over WebSockets: times, errors, memory, answers as for one alone."""
    from app.cli.load_command import measure_load

    measure_load(of_command(ctx, json_), sessions, every, seconds, until_it_breaks)
