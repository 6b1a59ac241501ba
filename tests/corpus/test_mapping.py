"""The mapping table as structure: measures by number, governance by name, and nothing dropped in silence."""

from __future__ import annotations

import pytest
from small import clause

from corpus.mapping import MappingRow, governance_names, likeness, measure_paths, row_of, rows
from corpus.records import Document, Lang, Span

SECTIONS = {
    "zh": (
        ("4.1.1(a)", ""),
        ("4.1.1(b)", ""),
        ("5.1", "推进可解释性研究"),
        ("5.2", "健全数据安全规范"),
        ("6.1", "研发指引"),
    ),
    "en": (
        *(("4.1.1(a)", ""), ("4.1.1(b)", ""), ("5.1", "Advancing research on explainability")),
        *(("5.2", "Improving data security rules"), ("6.1", "Guidelines for developers")),
    ),
}
ROWS = {
    "zh": (
        ("T.3.1.1(a)", "4.1.1（a）（b） | 健全数据安全规范；推进人工智能可解释研究"),
        ("T.3.1.1(b)", "4.1.1（c）、4.1.9 | 5.2 数据；培养顶尖人才"),
        ("T.3.1.1(c)", "4.1.1（a） | "),
    ),
    "en": (
        ("T.3.1.1(a)", "4.1.1 (a)(b) | Improving data security rules; Research on AI explainability"),
        ("T.3.1.1(b)", "4.1.1 (c), 4.1.9 | 5.2 Data; Zzz"),
        ("T.3.1.1(c)", "4.1.1 (a) | "),
    ),
}


def table(lang: Lang) -> Document:
    """Risks, measures, governance and the table, every clause on a line of its own; 3.1.1(c) is no clause."""
    own = [("3.1.1(a)", "甲"), ("3.1.1(b)", "乙"), *SECTIONS[lang]]
    lines = [(path, "chapter", "") for path in ("3", "4", "5", "6")]
    lines += [(path, "item" if path.endswith(")") else "section", heading) for path, heading in own]
    text, clauses = "", []
    for path, kind, heading, told in [
        *((*line, "") for line in lines),
        *((path, "row", "", t) for path, t in ROWS[lang]),
    ]:
        lead = Span(len(text), len(text) + len(heading) + 1)
        text += f"{heading}\n{told}"
        parent = path[0] if kind == "section" else "T" if kind == "row" else None
        span = Span(lead.end, len(text))
        flags = ("low_confidence",) if path == "T.3.1.1(b)" else ()
        other = {"kind": kind, "heading": heading, "parent": parent, "flags": flags, "document": f"aisgf@2.0/{lang}"}
        clauses.append(clause(path, lead, span, told, **other))
    return Document(f"aisgf@2.0/{lang}", "aisgf@2.0", "body", lang, "supplied", "text", False, text, tuple(clauses))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_row_names_the_clauses_it_joins(lang: Lang) -> None:
    assert rows(table(lang))[0] == MappingRow("T.3.1.1(a)", "3.1.1(a)", ("4.1.1(a)", "4.1.1(b)"), ("5.2", "5.1"))


@pytest.mark.parametrize(("lang", "stranger"), [("zh", "培养顶尖人才"), ("en", "Zzz")])
def test_what_is_no_clause_of_the_document_is_told(lang: Lang, stranger: str) -> None:
    _, second, third = rows(table(lang))
    assert (second.measures, second.governance) == ((), ("5.2",))
    assert second.unresolved == ("4.1.1(c)", "4.1.9", stranger)
    assert (third.measures, third.governance, third.unresolved) == (("4.1.1(a)",), (), ("3.1.1(c)",))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_doubtful_row_stays_flagged(lang: Lang) -> None:
    assert [row.doubtful for row in rows(table(lang))] == [False, True, False]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_row_by_its_path(lang: Lang) -> None:
    assert row_of(table(lang), "T.3.1.1(b)") == rows(table(lang))[1]
    assert row_of(table(lang), "3.1.1(b)") is row_of(table(lang), "T.9.9.9(a)") is None


@pytest.mark.parametrize(
    ("printed", "paths"),
    [
        ("4.1.2（b）（c）", ["4.1.2(b)", "4.1.2(c)"]),
        ("4.1.2 (b) (c); 4.2.1 (a)", ["4.1.2(b)", "4.1.2(c)", "4.2.1(a)"]),
        ("4.1.2", ["4.1.2"]),
        ("无", []),
    ],
)
def test_the_paths_of_a_cell_of_measures(printed: str, paths: list[str]) -> None:
    assert list(measure_paths(printed)) == paths


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("偏见、歧视", "偏见、歧视风险", True),
        ("信息茧房", "“信息茧房”", True),
        ("数据泄露", "供应链", False),
        ("Data leakage", "data-leakage", True),
        ("Supply chain", "Data leakage", False),
    ],
)
def test_likeness_of_headings(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) > 0.35) is alike
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("zh", {"5.2": "健全数据安全规范", "5.1": "推进人工智能可解释研究"}),
        ("en", {"5.2": "Improving data security rules", "5.1": "Research on AI explainability"}),
    ],
)
def test_what_the_table_calls_a_governance_measure(lang: Lang, names: dict[str, str]) -> None:
    assert governance_names(table(lang)) == names
