"""A quotation as others cite it: in a sentence, in Markdown, and by GB/T 7714—2015. A digest is never cited as official text.

plain      “…”, AI Safety Governance Framework 2.0, §5.4, p. 56 (official text), https://…
markdown   > …  and below it the place, linked, with the clause id
gbt7714    全国网络安全标准化技术委员会. 《人工智能安全治理框架》2.0版[EB/OL]. (2025-09-15)[2026-11-26]. https://…
"""

from __future__ import annotations

import re

from app.answering.evidence import place_of
from app.answering.words import say
from corpus.catalogue import load_catalogue
from corpus.ids import DEFAULT_WORK
from corpus.records import Clause, Document, Lang

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|])")
_ISSUER: dict[Lang, str] = {
    "zh": "全国网络安全标准化技术委员会",
    "en": "National Technical Committee 260 on Cybersecurity of SAC",
}


def cited(document: Document, clause: Clause, quote: str, lang: Lang, today: str) -> dict[str, str]:
    """The forms by name. `quote`: a slice of the document; `today`: the day it was looked up, `2026-11-26`."""
    place = _located(document, clause, quote, lang)
    title = load_catalogue().edition(document.edition).title[lang]
    where = say("cited_where", lang, title=title, place=place, nature=say(f"cited_{document.status}", lang))
    address = document.url or ""
    plain = say("cited_plain", lang, quote=" ".join(quote.split()), where=where)
    lines = [f"> {escaped(line)}" for line in quote.strip().splitlines() if line.strip()]
    link = f"[{escaped(where)}](<{address}>)" if address else escaped(where)
    return {
        "plain": f"{plain} {address}".strip(),
        "markdown": "\n".join([*lines, ">", f"> — {link} `{clause.id}`"]),
        "gbt7714": _standard(document, lang, today),
    }


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: `escaped("a*b") == "a\\\\*b"`."""
    return _MARKDOWN.sub(r"\\\1", text)


def _located(document: Document, clause: Clause, quote: str, lang: Lang) -> str:
    """The place without the edition, which the title names: `§5.4，第56页`."""
    place = place_of(document, clause, lang)
    version = load_catalogue().edition(document.edition).version
    place = place.removeprefix(f"{version}版").removeprefix(version).strip()
    start = document.text.find(quote, clause.lead.start)
    page = document.page_at(start if start >= 0 else clause.span.start)
    return say("locator", lang, place=place, page=page.label or page.page) if page else place


def _standard(document: Document, lang: Lang, today: str) -> str:
    """GB/T 7714—2015, 8.6: an electronic document with its date and the day it was looked up."""
    edition = load_catalogue().edition(document.edition)
    title = edition.title[lang]
    if document.status == "digest":
        title = say("cited_digest_of", lang, title=title)
        issuer = "条文" if lang == "zh" else "Tiaowen"
    else:
        issuer = (
            _ISSUER[lang]
            if edition.work == DEFAULT_WORK
            else "中国网信网"
            if lang == "zh"
            else "Cyberspace Administration of China"
        )
    kind = "[EB/OL]" if document.url else "[Z]"
    return f"{issuer}. {title}{kind}. ({edition.released})[{today}].{f' {document.url}' if document.url else ''}"
