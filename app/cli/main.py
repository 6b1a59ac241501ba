"""Commands and options of `tiaowen`; how it starts and ends: `app.cli.entry`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from app.cli.choices import DiffFormat, DiffOrder, LangChoice, OnRay, PartChoice, Statuses, statuses_named
from app.cli.eval_app import evaluation
from app.cli.session import Json, Session, of_command
from app.messages import ui_language
from corpus.home import find_home

app = typer.Typer(
    name="tiaowen",
    help="Answers about China's AI Safety Governance Framework, every sentence tied to its clause. "
    "《人工智能安全治理框架》问答，每句均可核对条款。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(evaluation, name="eval")

Edition = Annotated[Optional[str], typer.Option("--edition", help="A version such as 2.0, or `all`.")]  # noqa: UP045
K = Annotated[int, typer.Option("-k", min=1, max=200, help="How many.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"tiaowen {version('tiaowen')}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    home: Annotated[Optional[Path], typer.Option("--home", help="Where data is kept (else TIAOWEN_HOME).")] = None,  # noqa: UP045
    ui_lang: Annotated[Optional[str], typer.Option("--ui-lang", help="Language of messages: zh or en.")] = None,  # noqa: UP045
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print version.")
    ] = False,
) -> None:
    if ui_lang not in (None, "zh", "en"):
        raise typer.BadParameter(f"{ui_lang!r} is neither zh nor en", param_hint="--ui-lang")
    ctx.obj = Session(find_home(home), ui_language(ui_lang))


@app.command()
def status(ctx: typer.Context, json_: Json = False) -> None:
    """What is in the corpus, per edition and language; the index; whether a newer edition exists."""
    from app.cli.status_command import show_status

    show_status(of_command(ctx, json_))


@app.command()
def add(
    ctx: typer.Context,
    file: Path,
    edition: Annotated[str, typer.Option("--edition", help="Which edition the file is: 1.0, 2.0, 3.0 ...")],
    lang: Annotated[
        LangChoice, typer.Option("--lang", help="Language of the text; auto splits bilingual files.")
    ] = LangChoice.auto,
    work: Annotated[str, typer.Option("--work", help="Which work: aisgf, gaigi.")] = "aisgf",
    part: Annotated[
        PartChoice, typer.Option("--part", help="The framework itself or its announcement.")
    ] = PartChoice.body,
    json_: Json = False,
) -> None:
    """Add a copy you already have (pdf, html, txt, md)."""
    from app.cli.corpus_commands import add_file

    add_file(of_command(ctx, json_), file, edition, lang.value, work, part.value)


@app.command()
def remove(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(help="A document such as aisgf@2.0/en, or an edition for both languages.")],
    part: Annotated[
        PartChoice, typer.Option("--part", help="The framework itself or its announcement.")
    ] = PartChoice.body,
    json_: Json = False,
) -> None:
    """Take a text that was added or fetched out of the answers; our digest takes its place again."""
    from app.cli.corpus_commands import remove_document

    remove_document(of_command(ctx, json_), document, part.value)


@app.command()
def doctor(ctx: typer.Context, json_: Json = False) -> None:
    """Is everything in the home whole and of one piece? Changes nothing, says what mends it; exit 1 if something is wrong."""
    from app.cli.doctor_command import examine_home

    examine_home(of_command(ctx, json_))


@app.command()
def crawl(
    ctx: typer.Context,
    edition: Annotated[Optional[str], typer.Option("--edition", help="Only this edition.")] = None,  # noqa: UP045
    seed: Annotated[Optional[list[str]], typer.Option("--seed", help="Start here instead of the catalogue.")] = None,  # noqa: UP045
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A further host that may be fetched.")
    ] = None,
    delay: Annotated[float, typer.Option("--delay", min=0.0, help="Least seconds between requests to one host.")] = 8.0,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Most seconds for one answer.")] = 180.0,
    max_mb: Annotated[float, typer.Option("--max-mb", min=0.01, help="Most megabytes of one answer.")] = 64.0,
    list_pages: Annotated[int, typer.Option("--list-pages", min=0, max=50, help="Pages of each list to look at.")] = 3,
    mirror: Annotated[
        list[str] | None,
        typer.Option("--mirror", help="HOST=ORIGIN: ask there instead; needs --allow-host; never official."),
    ] = None,
    json_: Json = False,
) -> None:
    """Fetch official sources politely, then parse them. The only command that uses the network by itself."""
    from app.cli.crawl_commands import CrawlOptions, crawl_sources

    hosts = frozenset(allow_host or [])
    options = CrawlOptions(edition, seed or [], hosts, delay, timeout, max_mb, list_pages, mirror or [])
    crawl_sources(of_command(ctx, json_), options)


@app.command()
def build(
    ctx: typer.Context,
    encoder: Annotated[Optional[str], typer.Option("--encoder", help="sentence-transformers id or path.")] = None,  # noqa: UP045
    no_editorial: Annotated[
        bool, typer.Option("--no-editorial", help="Leave out the editorial index, to measure what it brings.")
    ] = False,
    store: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--store",
            help="Where vectors are searched: faiss (files), http://HOST:19530, milvus-lite:PATH, "
            "postgresql://USER@HOST/DATABASE; else as before.",
        ),
    ] = None,
    ray: OnRay = None,
    json_: Json = False,
) -> None:
    """Build the index from the corpus and make it live."""
    from app.cli.corpus_commands import build_now

    build_now(of_command(ctx, json_), encoder, not no_editorial, store, ray)


@app.command()
def ask(
    ctx: typer.Context,
    question: str,
    edition: Edition = None,
    lang: Annotated[LangChoice, typer.Option("--lang", help="Language of the answer.")] = LangChoice.auto,
    status: Statuses = None,
    llm: Annotated[
        bool,
        typer.Option("--llm", help="Let the language model of TIAOWEN_LLM_URL and TIAOWEN_LLM_MODEL put it in words."),
    ] = False,
    json_: Json = False,
) -> None:
    """Answer a question with verified citations, or say why not."""
    from app.cli.ask_commands import ask_question

    ask_question(of_command(ctx, json_), question, edition, lang.value, llm, statuses_named(status))


@app.command()
def replay(
    ctx: typer.Context,
    answer_id: Annotated[str, typer.Argument(help="The id of an answer, or its first digits, six at least.")],
    json_: Json = False,
) -> None:
    """Give an answer again by its id: the same bytes, unless the index or the version changed since."""
    from app.cli.ask_commands import replay as give_again

    give_again(of_command(ctx, json_), answer_id)


@app.command()
def search(
    ctx: typer.Context,
    query: str,
    edition: Edition = None,
    lang: Annotated[LangChoice, typer.Option("--lang", help="Language of the text searched.")] = LangChoice.auto,
    k: K = 10,
    work: Annotated[Optional[str], typer.Option("--work", help="Only this work: aisgf, gaigi.")] = None,  # noqa: UP045
    status: Statuses = None,
    reranker: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--reranker", help="Order the best anew with this cross-encoder: id or path; needs extra `models`."
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Clauses for a query, with their rank in every list that found them."""
    from app.cli.search_command import Wanted, search_clauses

    wanted = Wanted(edition, lang.value, k, work, statuses_named(status), reranker)
    search_clauses(of_command(ctx, json_), query, wanted)


@app.command()
def show(
    ctx: typer.Context,
    clause: Annotated[str, typer.Argument(help="A clause id such as '2.0#3.1.1(f)', in quotes.")],
    lang: Annotated[LangChoice, typer.Option("--lang", help="zh, en or both.")] = LangChoice.both,
    json_: Json = False,
) -> None:
    """A clause, its place, its twin, its lineage."""
    from app.cli.read_commands import show_clause

    show_clause(of_command(ctx, json_), clause, lang.value)


@app.command()
def text(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(help="A document such as aisgf@2.0/en.")],
    part: Annotated[
        PartChoice, typer.Option("--part", help="The framework itself or its announcement.")
    ] = PartChoice.body,
    sha256: Annotated[
        str, typer.Option("--sha256", help="The revision with this digest, as citations name it; superseded ones too.")
    ] = "",
) -> None:
    """The canonical text of a document, exactly: what citations' offsets and digests refer to."""
    from app.cli.read_commands import print_text

    print_text(of_command(ctx), document, part.value, sha256)


@app.command()
def page(
    ctx: typer.Context,
    clause: Annotated[str, typer.Argument(help="A clause such as '2.0#5.4' or 'aisgf@2.0/en#5.4'.")],
    output: Annotated[Path, typer.Option("-o", help="The PNG file to write.")],
    lang: Annotated[LangChoice, typer.Option("--lang", help="zh or en.")] = LangChoice.auto,
    json_: Json = False,
) -> None:
    """The page of the PDF on which a clause stands, as a picture."""
    from app.cli.page_command import write_page

    write_page(of_command(ctx, json_), clause, lang.value, output)


@app.command()
def outline(
    ctx: typer.Context,
    edition: str,
    lang: Annotated[LangChoice, typer.Option("--lang", help="zh or en.")] = LangChoice.auto,
    part: Annotated[
        PartChoice, typer.Option("--part", help="The framework itself or its announcement.")
    ] = PartChoice.body,
    json_: Json = False,
) -> None:
    """The clause tree of an edition."""
    from app.cli.read_commands import print_outline

    print_outline(of_command(ctx, json_), edition, lang.value, part.value)


@app.command()
def diff(
    ctx: typer.Context,
    old: str,
    new: str,
    lang: Annotated[LangChoice, typer.Option("--lang", help="zh or en.")] = LangChoice.auto,
    format_: Annotated[DiffFormat, typer.Option("--format", help="text, json, html, csv or docx.")] = DiffFormat.text,
    topic: Annotated[Optional[str], typer.Option("--topic", help="Only what is about this.")] = None,  # noqa: UP045
    label: Annotated[Optional[list[str]], typer.Option("--label", help="Only links with this label.")] = None,  # noqa: UP045
    chapter: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--chapter", help="Only what lies under this clause of either edition."),
    ] = None,
    by: Annotated[
        DiffOrder,
        typer.Option("--by", help="Text in order of label, or as table of derivations (new) or destinations (old)."),
    ] = DiffOrder.label,
    output: Annotated[Optional[Path], typer.Option("-o", help="Write to this file.")] = None,  # noqa: UP045
    json_: Json = False,
) -> None:
    """What became of every clause between two editions."""
    from app.cli.diff_commands import Wanted, print_diff

    wanted = Wanted(format_.value, topic, tuple(label or ()), tuple(chapter or ()), by.value, output)
    print_diff(of_command(ctx, json_ or format_ is DiffFormat.json), old, new, lang.value, wanted)


@app.command()
def terms(
    ctx: typer.Context,
    pattern: str,
    edition: Edition = None,
    json_: Json = False,
) -> None:
    """Every occurrence of words, per edition and language, counts including zero."""
    from app.cli.read_commands import print_terms

    print_terms(of_command(ctx, json_), pattern, edition)


@app.command("app")
def app_(
    ctx: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8501,
    address: Annotated[str, typer.Option("--address")] = "127.0.0.1",
    trust_proxy: Annotated[
        bool, typer.Option("--trust-proxy", help="A reverse proxy signs people in and names them in X-Forwarded-Email.")
    ] = False,
    auth: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--auth", help="Sign in by OIDC as this file says (Streamlit's secrets, [auth])."),
    ] = None,
) -> None:
    """Start the chat and the other screens, headless; prints their address when they are ready."""
    from app.cli.app_command import serve

    serve(of_command(ctx), port, address, trust_proxy, auth)
