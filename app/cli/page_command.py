"""`page`: the page of a PDF on which a clause stands, as a picture, from the bytes as they were fetched or added."""

from __future__ import annotations

from pathlib import Path

from app.cli.read_commands import documents_of, langs_of
from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnknownClause, UnusableInput
from corpus.home import write_whole
from corpus.ids import parse_id
from corpus.records import part_of


def write_page(session: Session, written: str, lang: str, output: Path) -> None:
    """Write the picture; raises `UnknownClause`, and `UnusableInput` for a text that has no pages."""
    from ingest.pdf import page_png

    wanted = parse_id(written)
    load_catalogue().edition(wanted.edition)
    langs = (wanted.lang,) if wanted.lang else langs_of(lang, session)
    part = part_of(wanted.path)
    document = documents_of(open_assistant(session).retriever, wanted.edition, langs, part)[0]
    clause = document.by_path.get(wanted.path)
    if clause is None:
        raise UnknownClause(
            f"there is no clause {wanted.path!r} in {document.id}",
            way_out=f"see: tiaowen outline {wanted.edition.partition('@')[2]}",
        )
    page = document.page_at(clause.lead.end)
    raw = session.home.raw / document.raw_sha256 if document.raw_sha256 else None
    if page is None or raw is None or not raw.is_file():
        raise UnusableInput(
            f"{document.id} has no pages to show", way_out="add the PDF: tiaowen add FILE --edition ..."
        )
    write_whole(output, page_png(raw.read_bytes(), page.page))
    session.out(
        {"clause": clause.id, "page": page.page, "page_label": page.label, "file": str(output)},
        tell("page_written", session.lang, page=page.label or page.page, file=output),
    )
