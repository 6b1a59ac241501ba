"""`diff`: what became of every clause, as text, JSON, HTML, CSV or a Word document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.answering.topic import clauses_about
from app.cli.read_commands import documents_of, langs_of, tell_label
from app.cli.session import Session, open_assistant
from app.compare.table import Filters, Table, compared, named, ways
from app.compare.words import say
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.home import write_whole
from corpus.jsonform import lineage_to_json
from corpus.records import LANGS, Clause, Document, Lang, Lineage
from index.retrieve import Retriever


@dataclass(frozen=True)
class Wanted:
    """What is to be shown, and as what."""

    format: str = "text"
    topic: str | None = None
    labels: Sequence[str] = ()
    chapters: Sequence[str] = ()
    by: str = "label"
    output: Path | None = None


def print_diff(session: Session, old: str, new: str, lang: str, wanted: Wanted) -> None:
    """The lineage between two editions, in either direction, as far as the filters leave it."""
    catalogue = load_catalogue()
    pair = catalogue.edition(old).id, catalogue.edition(new).id
    if pair[0] == pair[1]:
        raise UnusableInput(f"{old} and {new} are the same edition", way_out="name two editions")
    retriever = open_assistant(session).retriever
    for edition in pair:
        documents_of(retriever, edition, LANGS)
    table = _table(retriever, _lineage(retriever, pair, langs_of(lang, session)), wanted)
    if wanted.format == "docx" and wanted.output is None:
        raise UnusableInput("a Word document is not for the terminal", way_out="name a file: -o comparison.docx")
    data = _WAYS["json" if session.json else wanted.format](session, table, wanted)
    if wanted.output is not None:
        write_whole(wanted.output, data)
    else:
        print(data.decode("utf-8-sig" if wanted.format == "csv" else "utf-8"))


def _lineage(retriever: Retriever, pair: tuple[str, str], langs: Sequence[Lang]) -> Lineage:
    from index.lineage import between

    if (found := between(retriever.lineages, *pair, langs=(*langs, *LANGS))) is not None:
        return found
    old, new = (edition.partition("@")[2] for edition in pair)
    raise UnusableInput(
        f"{old} and {new} have no text in a common language", way_out="add the missing text, then: tiaowen build"
    )


def _table(retriever: Retriever, lineage: Lineage, wanted: Wanted) -> Table:
    old, new = (retriever.document(edition, lineage.lang) for edition in (lineage.old, lineage.new))
    assert old is not None and new is not None
    topic = None
    if wanted.topic is not None:
        topic = clauses_about(retriever, wanted.topic, lineage, old, new)
        if not topic:
            raise UnusableInput(f"nothing is about {wanted.topic!r}", way_out="name a matter, e.g. --topic 开源")
    return compared(lineage, old, new, Filters(wanted.labels, wanted.chapters, topic))


def _as_json(session: Session, table: Table, wanted: Wanted) -> bytes:
    shown = replace(table.lineage, links=tuple(row.link for row in table.rows))
    whole = len(shown.links) == len(table.lineage.links)
    return json.dumps(lineage_to_json(table.lineage if whole else shown), ensure_ascii=False, indent=1).encode()


def _as_text(session: Session, table: Table, wanted: Wanted) -> bytes:
    lang, lineage = table.lang, table.lineage
    lines = [f"{lineage.old} → {lineage.new} ({lang})"]
    lines.append("  ".join(f"{tell_label(label, lang)} {count}" for label, count in table.counts.items()))
    if lineage.parity.get("agree") is not None:
        lines.append(tell("parity", session.lang, agree=f"{lineage.parity['agree']:.0%}"))
    if (way := lineage.parity.get("composed")) and way["agree"] is not None:
        lines.append(tell("composed", session.lang, through=", ".join(way["through"]), agree=f"{way['agree']:.0%}"))
    lines += _by_label(table) if wanted.by == "label" else _by_clause(table, wanted.by)
    return "\n".join(lines).encode()


def _by_label(table: Table) -> Iterator[str]:
    for label in table.counts:
        mine = [row for row in table.rows if row.link.label == label]
        if mine:
            yield from ("", f"## {tell_label(label, table.lang)} ({len(mine)})")
        for row in mine:
            yield f"  {_side(table.old, row.old)}  →  {_side(table.new, row.new)}"
            told = [*row.marks(table.lang)[1:], *row.substance(table.lang)]
            yield from (f"      {line}" for line in told)


def _by_clause(table: Table, side: str) -> Iterator[str]:
    """The table of derivations (`new`), or of destinations (`old`)."""
    key = "derivations" if side == "new" else "destinations"
    yield from ("", f"## {say(key, table.lang, old=table.version('old'), new=table.version('new'))}")
    for name, paths in ways(table, side):
        yield f"  {name}  {'←' if side == 'new' else '→'}  {', '.join(paths) or say('none', table.lang)}"


def _side(document: Document, clauses: Sequence[Clause]) -> str:
    return "; ".join(named(document, clauses)) or "—"


def _as_html(session: Session, table: Table, wanted: Wanted) -> bytes:
    from app.compare.page import page

    return page(table).encode()


def _as_csv(session: Session, table: Table, wanted: Wanted) -> bytes:
    from app.compare.sheet import sheet

    return sheet(table)


def _as_docx(session: Session, table: Table, wanted: Wanted) -> bytes:
    from app.compare.word import word_document

    return word_document(table)


_WAYS: dict[str, Callable[[Session, Table, Wanted], bytes]] = {
    "text": _as_text, "json": _as_json, "html": _as_html, "csv": _as_csv, "docx": _as_docx,
}  # fmt: skip
