"""The gate before display: a citation that is not what it says it is falls, and its statement with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from small import citation, document

from app.answering.verify import holds, verified
from corpus.records import Citation, Lang, Statement

DOCUMENTS = {(of.id, of.part): of for of in (document("zh"), document("en"))}
SCOPE = ("aisgf@2.0",)


def good(lang: Lang) -> Citation:
    return citation(lang)


def moved(of: Citation, by: int) -> dict[str, Any]:
    """The same quotation, said to stand elsewhere."""
    return {"start": of.start + by, "end": of.end + by}


def bad(lang: Lang) -> dict[str, Citation]:
    """One thing wrong at a time."""
    right = good(lang)
    other = "en" if lang == "zh" else "zh"
    lead = DOCUMENTS[f"aisgf@2.0/{lang}", "body"].by_path["1"].text
    return {
        "a word altered": replace(right, quote=right.quote.replace("六", "九").replace("six", "two")),
        "a letter's case altered": replace(
            right, quote=right.quote.swapcase() + "。"[: lang == "zh"], end=right.end + (lang == "zh")
        ),
        "another place": replace(right, **moved(right, -1)),
        "beyond the end": replace(right, **moved(right, 10_000)),
        "another digest": replace(right, document_sha256="0" * 64),
        "the other language's digest": replace(right, document_sha256=document(other).sha256),
        "a clause that is not there": replace(right, clause=right.clause.replace("#1.1", "#1.2")),
        "another clause": replace(right, clause=right.clause.replace("#1.1", "#1")),
        "a text of another clause": replace(right, quote=lead, start=right.start - 1, end=right.start - 1 + len(lead)),
        "another document": replace(right, clause=right.clause.replace("aisgf@2.0", "aisgf@1.0")),
        "the announcement": replace(right, clause=right.clause.replace("#1.1", "#notice.1")),
        "no language": replace(right, clause="aisgf@2.0#1.1"),
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_true_citation_holds(lang: Lang) -> None:
    right = good(lang)
    assert holds(right, DOCUMENTS)
    part = replace(right, quote=right.quote[2:5], start=right.start + 2, end=right.start + 5)
    assert holds(part, DOCUMENTS)
    heading = DOCUMENTS[f"aisgf@2.0/{lang}", "body"].by_path["1.1"]
    start = heading.lead.end - 1 - len(heading.heading)
    assert holds(replace(right, quote=heading.heading, start=start, end=start + len(heading.heading)), DOCUMENTS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wrong", bad("zh"))
def test_an_untrue_citation_falls_with_its_statement(lang: Lang, wrong: str) -> None:
    untrue = replace(bad(lang)[wrong], marker=2)
    assert not holds(untrue, DOCUMENTS)
    statements = [Statement("true [1]", (1,)), Statement("both [1][2]", (1, 2)), Statement("untrue [2]", (2,))]
    kept, cited = verified(statements, [good(lang), untrue], DOCUMENTS, SCOPE)
    assert kept == (statements[0],)
    assert cited == (good(lang),)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_edition_out_of_scope_falls(lang: Lang) -> None:
    assert verified([Statement("[1]", (1,))], [good(lang)], DOCUMENTS, ["aisgf@1.0"]) == ((), ())
    assert verified([Statement("[1]", (1,))], [good(lang)], DOCUMENTS, []) == ((), ())


def test_a_statement_without_its_citation_falls_and_unused_citations_go() -> None:
    unused = replace(good("en"), marker=7)
    kept, cited = verified([Statement("[1]", (1,)), Statement("[9]", (9,))], [good("zh"), unused], DOCUMENTS, SCOPE)
    assert [statement.text for statement in kept] == ["[1]"]
    assert cited == (good("zh"),)
