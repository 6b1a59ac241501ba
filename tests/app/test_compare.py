"""The table of comparison and its forms: every row a link, every cell a slice of its clause, nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from built import built_home, built_retriever
from docx import Document as WordDocument
from docx.enum.text import WD_UNDERLINE
from lineages import edition
from typer.testing import CliRunner

from app.answering.words import listed
from app.cli.main import app
from app.compare.page import page
from app.compare.sentences import sentences, substitutions_told
from app.compare.sheet import disarmed, sheet
from app.compare.table import Filters, Table, compared, name_of, ways
from app.compare.word import word_document
from app.compare.words import WORDS, path_in_words, say
from corpus.errors import UnusableInput
from corpus.records import LANGS, Lang
from index.encoder import open_encoder
from index.leaves import text_of
from index.lineage import compare, inverse

PAIR = ("aisgf@1.0", "aisgf@2.0")


def table(lang: Lang, filters: Filters | None = None, backwards: bool = False) -> Table:
    retriever = built_retriever()
    lineage = retriever.lineages[*PAIR, lang]
    old, new = (retriever.document(edition, lang) for edition in PAIR)
    assert old is not None and new is not None
    return compared(inverse(lineage), new, old, filters) if backwards else compared(lineage, old, new, filters)


def test_every_word_is_in_both_languages_with_the_same_parts() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh and en and zh != en, key
        assert sorted(re.findall(r"{(\w+)", zh)) == sorted(re.findall(r"{(\w+)", en)), key


@pytest.mark.parametrize(("lang", "joined"), [("zh", "5.1、5.2"), ("en", "5.1, 5.2")])
def test_parts_are_joined_as_the_language_does(lang: Lang, joined: str) -> None:
    assert listed(["5.1", "5.2"], lang) == joined


@pytest.mark.parametrize(
    ("path", "zh", "en"), [("preface", "前言", "preface"), ("A2", "附件2", "Appendix 2"), ("A2.1", "A2.1", "A2.1"), ("3.1.1(f)",) * 3]
)  # fmt: skip
def test_paths_in_words(path: str, zh: str, en: str) -> None:
    assert (path_in_words(path, "zh"), path_in_words(path, "en")) == (zh, en)


# --- rows


@pytest.mark.parametrize("lang", LANGS)
def test_without_filters_every_link_is_a_row_once(lang: Lang) -> None:
    found = table(lang)
    assert len(found.rows) == len(found.lineage.links)
    assert {id(row.link) for row in found.rows} == {id(link) for link in found.lineage.links}
    assert found.counts == found.lineage.counts


@pytest.mark.parametrize("lang", LANGS)
def test_rows_follow_the_new_edition_and_the_removed_stand_where_they_were(lang: Lang) -> None:
    found = table(lang)
    place = {clause.path: at for at, clause in enumerate(found.new.clauses)}
    news = [min(place[path] for path in row.link.new) for row in found.rows if row.link.new]
    assert news == sorted(news)
    removed = [at for at, row in enumerate(found.rows) if not row.link.new]
    assert removed and removed != list(range(len(found.rows) - len(removed), len(found.rows)))


@pytest.mark.parametrize("lang", LANGS)
def test_filters_leave_what_they_name(lang: Lang) -> None:
    added = table(lang, Filters(labels=("added",)))
    assert {row.link.label for row in added.rows} == {"added"}
    assert len(added.rows) == added.lineage.counts["added"] == added.counts["added"]
    chapter = table(lang, Filters(chapters=("5",)))
    paths = [path for row in chapter.rows for path in row.link.new]
    assert set(paths) == {f"5.{number}" for number in range(1, 15)}
    both = table(lang, Filters(labels=("added",), chapters=("5",)))
    assert {id(row.link) for row in both.rows} == {id(row.link) for row in added.rows} & {
        id(row.link) for row in chapter.rows
    }


def test_a_label_or_a_clause_that_does_not_exist_is_told() -> None:
    with pytest.raises(UnusableInput, match="there is no label 'new'; take one of: added, removed"):
        table("zh", Filters(labels=("new",)))
    with pytest.raises(UnusableInput, match=r"there is no clause '9' in either edition; name one"):
        table("en", Filters(chapters=("9",)))


@pytest.mark.parametrize("lang", LANGS)
def test_a_clause_is_called_by_its_heading_or_its_first_letters(lang: Lang) -> None:
    document = table(lang).new
    assert name_of(document, document.by_path["1.1"]) == document.by_path["1.1"].heading
    bare = document.by_path["6.3.6"]
    assert not bare.heading
    name = name_of(document, bare)
    assert name.endswith("…") and bare.text.replace("\n", " ").startswith(name[:-1])
    assert name_of(document, document.by_path["preface"]) == say("preface", lang)


# --- sentences


@pytest.mark.parametrize(("lang", "head"), [("zh", "增加了“"), ("en", "Added: “")])
def test_the_main_changes_are_told_and_small_ones_are_not(lang: Lang, head: str) -> None:
    found = table(lang)
    told = sentences(found)
    silent = found.counts["editorial"] + found.counts["unchanged"]
    assert len(told) == len(found.rows) - silent
    assert sum(one.startswith(head) for one in told) == found.counts["added"]


@pytest.mark.parametrize(
    ("lang", "told"),
    [("zh", "删除了“{name}”（见1.0版的{path}）"), ("en", "Removed: “{name}” (see 1.0 {path})")],
)
def test_a_sentence_says_what_and_where(lang: Lang, told: str) -> None:
    found = table(lang, Filters(labels=("removed",)))
    names = [(name_of(found.old, row.old[0]), row.old[0].path) for row in found.rows]
    assert sentences(found) == [told.format(name=name, path=path) for name, path in names]


@pytest.mark.parametrize("lang", LANGS)
def test_the_other_way_round_what_was_added_was_removed(lang: Lang) -> None:
    there, back = table(lang), table(lang, backwards=True)
    assert (back.version("old"), back.version("new")) == ("2.0", "1.0")
    assert back.counts["removed"] == there.counts["added"]


RULES = {
    "zh": "1. 规则\n1.1 测试\n人工智能{0}上线前先测试。\n1.2 日志\n定期检查人工智能{0}的日志。\n1.3 停机\n人工智能{0}出错时要能停下。\n2. 附则\n2.1 施行\n本规则自公布之日起施行。",
    "en": "1. Rules\n1.1 Tests\nTest AI {0} before they are released.\n1.2 Logs\nCheck the logs of AI {0} every month.\n"
    "1.3 Stops\nStop AI {0} when they fail.\n2. Final rules\n2.1 Entry into force\nThese rules apply from the day of publication.",
}


@pytest.mark.parametrize(
    ("lang", "old", "new", "told"),
    [
        ("zh", "产品", "应用", "“人工智能产品”改为“人工智能应用”（3处）"),
        ("en", "products", "applications", "“AI products” became “AI applications” (3 times)"),
    ],
)
def test_a_term_replaced_throughout_is_told_once(lang: Lang, old: str, new: str, told: str) -> None:
    sides = edition(lang, "1.0", RULES[lang].format(old)), edition(lang, "2.0", RULES[lang].format(new))
    found = compared(compare(*sides, open_encoder(None)), *sides)
    assert substitutions_told(found) == [told]
    assert page(found).count(told) == 1


# --- HTML


class Reader(HTMLParser):
    """Collects what a browser would load, run, or mark."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.cells: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href") or name.startswith("on")]


@pytest.mark.parametrize(("lang", "html_lang"), [("zh", "zh-CN"), ("en", "en")])
def test_the_page_is_whole_and_loads_nothing(lang: Lang, html_lang: str) -> None:
    text = page(table(lang))
    reader = Reader()
    reader.feed(text)
    assert f'<html lang="{html_lang}">' in text
    assert not reader.loaded and "script" not in reader.tags and "url(" not in text and "@import" not in text
    assert text.count("<tr data-label=") == len(table(lang).rows)
    assert {"ins", "del"} <= set(reader.tags)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_marked_in_the_page_gives_back_both_texts(lang: Lang) -> None:
    found = table(lang, Filters(labels=("reworded",)))
    rows = page(found).split("<tr data-label=")[1:]
    for row, html in zip(found.rows, rows, strict=True):
        old, new = (re.sub(r"<[^>]+>", "", text) for text in re.findall(r'<p class="text">(.*?)</p>', html, re.DOTALL))
        for text, document, clauses in ((old, found.old, row.old), (new, found.new, row.new)):
            whole = "\n".join(text_of(document, clause) for clause in clauses)
            assert _unescaped(text) == whole


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def test_words_of_a_text_are_never_markup() -> None:
    found = table("en", Filters(labels=("reworded",)))
    row = found.rows[0]
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    link = replace(row.link, redline=(("=", evil), ("-", evil), ("+", evil)))
    text = page(replace(found, rows=(replace(row, link=link),)))
    assert "<script" not in text and "<img" not in text and text.count("&lt;script&gt;") == 4


@pytest.mark.parametrize(("lang", "text"), [("zh", "日志\u2003留存"), ("en", "Keep\u2003logs")])
def test_other_spaces_are_not_marked_as_a_change(lang: Lang, text: str) -> None:
    found = table(lang, Filters(labels=("reworded",)))
    word, rest = text.split("\u2003")
    link = replace(found.rows[0].link, redline=(("=", word), ("-", "\u2003"), ("+", " "), ("=", rest)))
    html = page(replace(found, rows=(replace(found.rows[0], link=link),))).partition("<tbody>")[2]
    assert "<ins>" not in html and "<del>" not in html and f"{word}\u2003{rest}" in html and f"{word} {rest}" in html


# --- CSV


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_has_a_mark_for_excel_and_a_line_per_row(lang: Lang) -> None:
    data = sheet(table(lang))
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(lines) == 1 + len(table(lang).rows)
    assert {len(line) for line in lines} == {6}
    first = next(row for row in table(lang).rows if row.old and row.new)
    line = lines[1 + table(lang).rows.index(first)]
    assert line[2] == "\n".join(text_of(table(lang).old, clause) for clause in first.old)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=标题"])
def test_formulas_are_disarmed(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "1+1", "安全=底线", "a@b"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert disarmed(cell) == cell


# --- Word


@pytest.mark.parametrize("lang", LANGS)
def test_the_word_document_has_the_same_rows_with_changes_marked(lang: Lang) -> None:
    found = table(lang, Filters(chapters=("1",)))
    word: Any = WordDocument(io.BytesIO(word_document(found)))
    (grid,) = word.tables
    assert len(grid.rows) == 1 + len(found.rows)
    assert [cell.text for cell in grid.rows[0].cells][2:] == [say("kind", lang), say("substance", lang)]
    for row, printed in zip(found.rows, grid.rows[1:], strict=True):
        for clauses, document, cell, mark in (
            (row.old, found.old, printed.cells[0], "strike"),
            (row.new, found.new, printed.cells[1], "underline"),
        ):
            if clauses and row.link.redline:
                runs = cell.paragraphs[1].runs
                assert "".join(run.text for run in runs) == "\n".join(text_of(document, clause) for clause in clauses)
                ops = "-<" if mark == "strike" else "+>"
                marked = "".join(run.text for run in runs if getattr(run.font, mark) or run.font.double_strike)
                assert marked == "".join(text for kind, text in row.link.redline if kind in ops and text.strip())


# --- the command


@pytest.fixture
def diff(tmp_path: Path) -> Any:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--home", str(built_home().root), "diff", "1.0", "2.0", *arguments])

    return run


@pytest.mark.parametrize(("suffix", "start"), [("html", b"<!doctype html>"), ("csv", b"\xef\xbb\xbf"), ("docx", b"PK")])
@pytest.mark.parametrize("lang", LANGS)
def test_each_form_is_written_to_a_file(diff: Any, tmp_path: Path, suffix: str, start: bytes, lang: Lang) -> None:
    out = tmp_path / f"comparison.{suffix}"
    done = diff("--lang", lang, "--format", suffix, "-o", str(out))
    assert (done.exit_code, done.output) == (0, "")
    assert out.read_bytes().startswith(start)


def test_filters_work_from_the_command_line_in_both_languages(diff: Any) -> None:
    zh, en = diff("--lang", "zh", "--topic", "开源"), diff("--lang", "en", "--topic", "open source")
    assert "5.4" in zh.output and "5.4" in en.output
    narrow = diff("--lang", "zh", "--chapter", "5", "--label", "added", "--json")
    assert {link["label"] for link in json.loads(narrow.output)["links"]} == {"added"}


def test_a_topic_of_nothing_and_word_on_a_terminal_end_in_one_line(diff: Any) -> None:
    assert "name a file: -o comparison.docx" in str(diff("--format", "docx").exception)
    assert "nothing is about '的'" in str(diff("--lang", "zh", "--topic", "的").exception)


@pytest.mark.parametrize("lang", LANGS)
def test_what_a_link_rests_on_and_a_way_that_disagrees_stand_in_the_page(lang: Lang) -> None:
    found = table(lang, Filters(labels=("reworded",)))
    row = next(row for row in found.rows if row.link.terms)
    html = page(replace(found, rows=(replace(row, detour=True),)))
    assert say("shared_terms", lang, terms=listed(list(row.link.terms), lang)) in unescape(html)
    assert say("detour_differs", lang) in html
    assert f"<summary>{say('grounds', lang)}</summary>" in html


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("side", "arrow"), [("new", "←"), ("old", "→")])
def test_the_text_gives_tables_of_derivations_and_destinations(diff: Any, lang: Lang, side: str, arrow: str) -> None:
    out = diff("--lang", lang, "--by", side).output
    found = table(lang)
    for name, paths in ways(found, side):
        assert f"  {name}  {arrow}  {', '.join(paths) or say('none', lang)}\n" in f"{out}\n"
    assert len(ways(found, side)) == sum(len(getattr(row.link, side)) for row in found.rows)


@pytest.mark.parametrize("lang", LANGS)
def test_a_moved_sentence_is_marked_as_such(lang: Lang) -> None:
    found = table(lang, Filters(labels=("reworded",)))
    link = replace(found.rows[0].link, redline=(("<", "甲"), ("=", "乙"), (">", "甲")))
    moved = replace(found, rows=(replace(found.rows[0], link=link),))
    html = page(moved).partition("<tbody>")[2]
    assert '<del class="moved">甲</del>乙' in html and '乙<ins class="moved">甲</ins>' in html
    word: Any = WordDocument(io.BytesIO(word_document(moved)))
    cells = word.tables[0].rows[1].cells
    runs = [
        [(run.text, run.font.double_strike, run.font.underline) for run in cells[at].paragraphs[1].runs]
        for at in (0, 1)
    ]
    assert runs[0][0] == ("甲", True, False) and runs[1][1] == ("甲", False, WD_UNDERLINE.DOUBLE)
