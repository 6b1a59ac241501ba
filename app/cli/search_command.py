"""`search`: clauses for a query, each with its rank in every list, so that a wrong one can be explained."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from app.cli.session import Session, open_assistant
from app.messages import tell
from corpus.catalogue import load_catalogue
from corpus.errors import UnusableInput
from corpus.ids import DEFAULT_WORK
from corpus.jsonform import hit_to_json
from corpus.records import Hit, Lang, Status, lang_of
from index.found import Found
from index.rerank import Reranker


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched: a version or `all`, a language of the text, how many, a work, statuses, a cross-encoder."""

    edition: str | None
    lang: str
    k: int
    work: str | None
    statuses: Sequence[Status]
    reranker: str | None


def search_clauses(session: Session, query: str, wanted: Wanted) -> None:
    """Hits of the framework's editions, unless `wanted` names another edition, a work, or `all`."""
    editions = _editions(wanted)
    assistant = open_assistant(session)
    found = assistant.retriever.search(
        query,
        k=wanted.k,
        editions=editions,
        lang=lang_of(wanted.lang),
        statuses=wanted.statuses or None,
        reranker=_reranker(wanted.reranker),
    )
    session.out(_json(query, found), lambda: _lines(found, session.lang))


def _reranker(spec: str | None) -> Reranker | None:
    from index.encoder import CrossEncoder

    return CrossEncoder(spec) if spec else None


def _editions(wanted: Wanted) -> list[str] | None:
    catalogue = load_catalogue()
    if wanted.work is not None and wanted.work not in catalogue.works:
        raise UnusableInput(f"{wanted.work!r} is no work", way_out=f"known: {', '.join(catalogue.works)}")
    if wanted.edition == "all" and wanted.work is None:
        return None
    if wanted.edition in (None, "all"):
        return [one.id for one in catalogue.of_work(wanted.work or DEFAULT_WORK)]
    return [catalogue.edition(str(wanted.edition)).id]


def _json(query: str, found: Found) -> dict[str, object]:
    return {
        "query": query,
        "read": found.query.read,
        "confidence": round(found.judgement.confidence, 4),
        "hits": [{**hit_to_json(hit), "because": hit.because} for hit in found.hits],
    }


def _lines(found: Found, lang: Lang) -> str:
    lines = [tell("read_as", lang, text=found.query.read)] if found.query.read != found.query.text else []
    return "\n".join([*lines, *(_hit(hit, lang) for hit in found.hits)])


def _hit(hit: Hit, lang: Lang) -> str:
    ranks = ", ".join(f"{name} {rank}" for name, rank in sorted(hit.ranks.items(), key=lambda item: item[1]))
    text = textwrap.shorten(hit.passage.text.replace("\n", " "), 160, placeholder="…")
    lines = [f"{hit.rank:>2}. {hit.passage.clause}  {hit.passage.context}", f"    {text}", f"    ({ranks})"]
    if hit.because:
        lines.append(f"    {tell('because', lang, question=hit.because)}")
    return "\n".join(lines)
