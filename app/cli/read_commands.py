"""`show`, `text`, `outline`, `terms`: reading the corpus itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnknownClause, UnknownEdition, UnusableInput
from corpus.ids import parse_id
from corpus.jsonform import link_to_json
from corpus.mapping import MappingRow, row_of
from corpus.mapping import rows as mapping_rows
from corpus.records import LANGS, Clause, Disagreement, Document, Lang, Part, lang_of, part_of
from corpus.store import CorpusStore
from index.retrieve import Retriever


def langs_of(chosen: str, session: Session) -> tuple[Lang, ...]:
    if chosen == "both":
        return LANGS
    return (lang_of(chosen) or session.lang,)


def documents_of(retriever: Retriever, edition: str, langs: Sequence[Lang], part: Part = "body") -> list[Document]:
    """The documents of an edition in the languages asked for, or in the other where there is none in these."""
    found = [d for lang in langs if (d := retriever.document(edition, lang, part))]
    found = found or [d for lang in LANGS if (d := retriever.document(edition, lang, part))]
    if not found:
        raise _missing(edition.partition("@")[2])
    return found


def _missing(version: str) -> UnknownEdition:
    return UnknownEdition(
        f"the text of edition {version} is not in the corpus",
        way_out=f"run: tiaowen crawl --edition {version}, or: tiaowen add FILE --edition {version}",
    )


def show_clause(session: Session, written: str, lang: str) -> None:
    """A clause in one or both languages with its place and lineage."""
    wanted = parse_id(written)
    load_catalogue().edition(wanted.edition)
    retriever = open_assistant(session).retriever
    part = part_of(wanted.path)
    langs = (wanted.lang,) if wanted.lang else langs_of(lang, session)
    documents = [d for d in documents_of(retriever, wanted.edition, langs, part) if wanted.path in d.by_path]
    if not documents:
        raise UnknownClause(
            f"there is no clause {wanted.path!r} in {wanted.edition}",
            way_out=f"see: tiaowen outline {wanted.edition.partition('@')[2]}",
        )
    twins = retriever.twins.get((wanted.edition, part))
    value = {
        "clause": f"{wanted.edition}#{wanted.path}",
        "texts": [_clause_row(document, document.by_path[wanted.path]) for document in documents],
        "disagreements": [asdict(found) for found in twins.about(wanted.path)] if twins else [],
        "lineage": list(_links_of(retriever, wanted.edition, wanted.path, documents[0].lang)),
    }
    session.out(value, lambda: _clause_text(session, value))


def _clause_row(document: Document, clause: Clause) -> dict[str, Any]:
    page = document.page_at(clause.span.start)
    return {
        "id": clause.id,
        "heading": clause.heading,
        "text": clause.text,
        "place": [parent.heading for parent in document.ancestors(clause)],
        "children": [child.path for child in document.children(clause.path)],
        "start": clause.span.start,
        "end": clause.span.end,
        "page": page.page if page else None,
        "page_label": page.label if page else None,
        "status": document.status,
        "reading": document.reading,
        "translation": document.translation,
        "flags": list(clause.flags),
        "mapping": _mapping_row(row_of(document, clause.path)),
        "url": document.url,
        "document_sha256": document.sha256,
    }


def _mapping_row(row: MappingRow | None) -> dict[str, Any] | None:
    """A row of the mapping table by bare paths; None for every other clause."""
    if row is None:
        return None
    return {
        "risk": row.risk,
        "measures": list(row.measures),
        "governance": list(row.governance),
        "unresolved": list(row.unresolved),
        "doubtful": row.doubtful,
    }


def _links_of(retriever: Retriever, edition: str, path: str, lang: Lang) -> Iterator[dict[str, Any]]:
    for (old, new, of), lineage in sorted(retriever.lineages.items()):
        if of != lang or edition not in (old, new):
            continue
        for link in lineage.links:
            if path in (link.old if edition == old else link.new):
                yield {"old": old, "new": new, **{k: v for k, v in link_to_json(link).items() if k != "redline"}}


def _clause_text(session: Session, value: dict[str, Any]) -> str:
    from app.answering.reasons import reasons

    lines = []
    for row in value["texts"]:
        kinds = [row["status"], *(["ocr"] if row["reading"] == "ocr" else [])]
        kinds += ["low_confidence"] if "low_confidence" in row["flags"] else []
        nature = [tell(kind, session.lang) for kind in kinds]
        page = f"  {tell('page', session.lang, page=row['page_label'] or row['page'])}" if row["page"] else ""
        lines.append(f"{row['id']}  ({', '.join(nature)}){page}")
        lines += [f"  {' › '.join([*row['place'], row['heading']])}".rstrip(" ›"), "", row["text"], ""]
        if row["mapping"]:
            lines += [_mapping_line(session, row["mapping"]), ""]
    for told in reasons([Disagreement(**found) for found in value["disagreements"]], session.lang):
        lines.append(f"{tell('disagrees', session.lang)}  {told}")
    for link in value["lineage"]:
        label = tell_label(link["label"], session.lang)
        lines.append(
            f"{tell('lineage', session.lang)}  {link['old']} {', '.join(link['from']) or '—'} → "
            f"{link['new']} {', '.join(link['to']) or '—'}  {label}  {link['confidence']:.2f}"
        )
    return "\n".join(lines).rstrip()


def _mapping_line(session: Session, row: dict[str, Any]) -> str:
    """`mapping  3.2.1(a) → 4.2.1(b), 4.2.1(c) → 5.4`; names that are no clause follow in brackets."""
    parts = " → ".join(", ".join(found) or "—" for found in ([row["risk"]], row["measures"], row["governance"]))
    unresolved = f"  ({', '.join(row['unresolved'])})" if row["unresolved"] else ""
    return f"{tell('mapping', session.lang)}  {parts}{unresolved}"


def tell_label(label: str, lang: Lang) -> str:
    """A lineage label in a language."""
    from app.answering.words import say

    return say(label, lang)


def print_text(session: Session, written: str, part: Part, digest: str = "") -> None:
    """The canonical text on stdout, byte for byte, in the language asked for and no other.

    `digest`: the sha256 of the revision wanted, or how it begins; superseded and removed ones are found too.
    """
    edition, _, lang = written.partition("/")
    chosen = lang_of(lang)
    if chosen is None:
        raise UnusableInput(f"{written!r} is not a document", way_out="write it like aisgf@2.0/en")
    found = load_catalogue().edition(edition)
    retriever = open_assistant(session).retriever
    document = retriever.document(found.id, chosen, part)
    if digest and not (document and document.sha256.startswith(digest.lower())):
        document = _revision(session, f"{found.id}/{chosen}", part, digest)
    if document is None:
        raise _missing(found.version)
    sys.stdout.buffer.write(document.text.encode())
    sys.stdout.buffer.flush()


def _revision(session: Session, name: str, part: Part, digest: str) -> Document:
    kept = None
    if session.home.store.exists():
        with CorpusStore(session.home.store) as store:
            kept = store.revision(name, part, digest.lower())
    if kept is None:
        raise UnusableInput(f"no revision of {name} has the sha256 {digest!r}", way_out="see: tiaowen status --json")
    return kept.document


def print_outline(session: Session, edition: str, lang: str, part: Part) -> None:
    """The clause tree."""
    found = load_catalogue().edition(edition)
    retriever = open_assistant(session).retriever
    document = documents_of(retriever, found.id, langs_of(lang, session), part)[0]
    table = {row.path: row for row in mapping_rows(document)}
    rows = [
        {
            "id": clause.path,
            "heading": clause.heading,
            **({"flags": list(clause.flags)} if clause.flags else {}),
            "parent": clause.parent,
            "page": page.page if (page := document.page_at(clause.lead.end)) else None,
            "chars": len(clause.text),
            **({"mapping": _mapping_row(table[clause.path])} if clause.path in table else {}),
        }
        for clause in document.clauses
    ]
    session.out(rows, lambda: "\n".join(_outline_line(document, clause) for clause in document.clauses))


def _outline_line(document: Document, clause: Clause) -> str:
    shown = clause.heading or f"{clause.text[:40]}{'…' if len(clause.text) > 40 else ''}"
    return f"{'  ' * len(document.ancestors(clause))}{clause.path}  {shown}".replace("\n", " ")


# --- words


def print_terms(session: Session, pattern: str, edition: str | None) -> None:
    """Concordance: occurrences per edition and language."""
    from app.answering.occurrences import occurrences

    if not pattern.strip():
        raise UnusableInput("nothing to look for", way_out="name a word, e.g. tiaowen terms 开源")
    retriever = open_assistant(session).retriever
    wanted = None if edition in (None, "all") else load_catalogue().edition(str(edition)).id
    rows = []
    for document in sorted(retriever.documents.values(), key=lambda d: (d.edition, d.part, d.lang)):
        if wanted in (None, document.edition):
            found = list(occurrences(document, pattern))
            rows.append(
                {
                    "document": document.id,
                    "part": document.part,
                    "status": document.status,
                    "count": len(found),
                    "places": [
                        {
                            "clause": o.clause.id,
                            "start": o.span.start,
                            "end": o.span.end,
                            "line": _kwic(document, o.span.start, o.span.end),
                        }
                        for o in found
                    ],
                }
            )
    value = {"pattern": pattern, "documents": rows}
    session.out(value, lambda: "\n".join(_terms_lines(session, rows)))


def _kwic(document: Document, start: int, end: int, width: int = 24) -> str:
    left, right = document.text[max(0, start - width) : start], document.text[end : end + width]
    return f"{left}⟦{document.text[start:end]}⟧{right}".replace("\n", " ")


def _terms_lines(session: Session, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['document']}  {tell(row['part'], session.lang)}  ({tell(row['status'], session.lang)})  {row['count']}"
        for place in row["places"]:
            yield f"  {place['clause'].partition('#')[2]:<12} {place['line']}"
