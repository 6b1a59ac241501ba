"""The command line: every command, its exit codes, its JSON, and one line that ends in the way out where it fails."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer
from built import built_home, built_retriever, bundled, copied_home
from lineages import NEW
from printed_pdf import framework_pdf
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from app.cli.main import app
from app.cli.workers import WorkerFailed, answered
from corpus.catalogue import load_catalogue
from corpus.home import Home
from corpus.mapping import rows as mapping_rows
from corpus.records import Lang
from corpus.store import CorpusStore

ROOT = Path(__file__).parents[2]
VERSIONS = [edition.version for edition in load_catalogue().of_work()]
OPPOSITE = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}


# --- asking


@pytest.mark.parametrize(
    ("question", "lang", "words"),
    [("什么是微调？", "zh", ("引文", "说明")), ("What is fine-tuning?", "en", ("Quotations", "Notes"))],
)
def test_ask(tiaowen: Any, home: Home, question: str, lang: Lang, words: tuple[str, ...]) -> None:
    done = tiaowen("ask", question, home=home)
    assert (done.code, done.err) == (0, "")
    clause = bundled("aisgf@2.0", lang).by_path["A3.6"]
    assert clause.text in done.out
    assert "[1] " in done.out and clause.id in done.out
    assert all(word in done.out for word in words)
    assert "tiaowen crawl --edition 2.0" in done.out


@pytest.mark.parametrize(("question", "lang"), [("什么是微调？", "zh"), ("What is fine-tuning?", "en")])
def test_ask_json_has_the_shape_agreed(tiaowen: Any, home: Home, question: str, lang: Lang) -> None:
    answer = tiaowen("ask", question, "--json", home=home).json
    assert list(answer) == [
        *("answer_id", "question", "lang", "editions", "type", "text", "statements", "citations"),
        *("declined", "notes", "hits", "ms"),
    ]
    assert (answer["question"], answer["lang"], answer["editions"], answer["type"], answer["declined"]) == (
        *(question, lang, ["aisgf@2.0"], "definition", None),
    )
    (statement,) = answer["statements"]
    assert list(statement) == ["text", "citations", "search"]
    (citation,) = answer["citations"]
    assert set(citation) == {
        *("marker", "clause", "locator", "heading", "quote", "start", "end", "page", "page_label"),
        *("status", "reading", "translation", "url", "document_sha256"),
    }
    assert all({"clause", "score", "rank", "found_by"} <= set(hit) for hit in answer["hits"])
    assert all(set(note) == {"kind", "message", "clauses"} for note in answer["notes"])
    assert set(answer["ms"]) == {"retrieve", "compose"}
    text = tiaowen("text", f"aisgf@2.0/{lang}", home=home).out
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert hashlib.sha256(text.encode()).hexdigest() == citation["document_sha256"]


@pytest.mark.parametrize(
    ("question", "word"), [("怎么修自行车？", "未作回答"), ("How do I fix a flat tire?", "No answer")]
)
def test_a_refusal_is_a_success(tiaowen: Any, home: Home, question: str, word: str) -> None:
    done = tiaowen("ask", question, home=home)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(word)
    answer = tiaowen("ask", question, "--json", home=home).json
    assert (answer["text"], answer["citations"], answer["statements"]) == ("", [], [])
    assert set(answer["declined"]) == {"reason", "message", "evidence", "nearest"}


def test_ask_takes_edition_and_language(tiaowen: Any, home: Home) -> None:
    answer = tiaowen("ask", "供应链安全", "--edition", "1.0", "--lang", "en", "--json", home=home).json
    assert (answer["lang"], answer["editions"]) == ("en", ["aisgf@1.0"])
    assert all(citation["clause"].startswith("aisgf@1.0/en#") for citation in answer["citations"])
    assert tiaowen("ask", "供应链安全", "--edition", "all", "--json", home=home).json["citations"]
    assert tiaowen("ask", "第四章", "--edition", "3.0", "--json", home=home).json["declined"]["reason"] == "no_text"


@pytest.mark.parametrize(("query", "path"), [("数据投毒", "A3.12"), ("data poisoning", "A3.12")])
def test_search(tiaowen: Any, home: Home, query: str, path: str) -> None:
    found = tiaowen("search", query, "--edition", "2.0", "-k", "4", "--json", home=home).json
    assert list(found) == ["query", "read", "confidence", "hits"]
    assert len(found["hits"]) == 4
    assert path in [hit["clause"].partition("#")[2] for hit in found["hits"]]
    text = tiaowen("search", query, "--edition", "2.0", "-k", "4", home=home).out
    assert all(f" {hit['rank']}. {hit['clause']}" in text for hit in found["hits"])
    only = tiaowen("search", query, "--lang", "zh", "--json", home=home).json
    assert all("/zh#" in hit["clause"] for hit in only["hits"])


# --- reading the corpus


@pytest.mark.parametrize("document", ["aisgf@2.0/en", "aisgf@2.0/zh", "aisgf@1.0/zh", "1.0/en"])
def test_text_is_exactly_the_canonical_text(tiaowen: Any, home: Home, document: str) -> None:
    done = tiaowen("text", document, home=home)
    edition, _, lang = document.rpartition("/")
    of = bundled(f"aisgf@{edition.removeprefix('aisgf@')}", "zh" if lang == "zh" else "en")
    assert (done.code, done.err, done.out) == (0, "", of.text)
    notice = tiaowen("text", document, "--part", "notice", home=home)
    assert notice.out == bundled(of.edition, of.lang, "notice").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_outline(tiaowen: Any, home: Home, lang: Lang) -> None:
    rows = tiaowen("outline", "2.0", "--lang", lang, "--json", home=home).json
    of = bundled("aisgf@2.0", lang)
    keys = ["id", "heading", "parent", "page", "chars"]
    assert [list(row) for row in rows] == [[*keys, "mapping"] if c.kind == "row" else keys for c in of.clauses]
    assert [row["mapping"]["risk"] for row in rows if "mapping" in row] == [row.risk for row in mapping_rows(of)]
    assert [(row["id"], row["heading"], row["parent"], row["chars"]) for row in rows] == [
        (clause.path, clause.heading, clause.parent, len(clause.text)) for clause in of.clauses
    ]
    lines = tiaowen("outline", "2.0", "--lang", lang, home=home).out.splitlines()
    assert [line.split()[0] for line in lines] == [row["id"] for row in rows]
    assert next(line for line in lines if "3.1.1(f)" in line).startswith("      3.1.1(f)  ")
    notice = tiaowen("outline", "3.0", "--part", "notice", "--lang", lang, "--json", home=home).json
    assert [row["id"] for row in notice] == [clause.path for clause in bundled("aisgf@3.0", lang, "notice").clauses]


@pytest.mark.parametrize(("lang", "word"), [("zh", "映射"), ("en", "Mapping")])
def test_show_gives_a_row_of_the_table_by_clause_paths(tiaowen: Any, home: Home, lang: Lang, word: str) -> None:
    value = tiaowen("show", "2.0#T.3.1.2(a)", "--lang", lang, "--json", home=home).json
    assert [row["mapping"] for row in value["texts"]] == [
        {
            "risk": "3.1.2(a)",
            "measures": ["4.1.2(a)"],
            "governance": ["5.3", "5.8", "5.10"],
            "unresolved": [],
            "doubtful": False,
        }
    ]
    out = tiaowen("--ui-lang", lang, "show", "2.0#T.3.1.2(a)", "--lang", lang, home=home).out
    assert f"{word}  3.1.2(a) → 4.1.2(a) → 5.3, 5.8, 5.10\n" in out
    other = tiaowen("show", "2.0#3.1.2(a)", "--lang", lang, "--json", home=home).json
    assert [row["mapping"] for row in other["texts"]] == [None]
    assert word not in tiaowen("--ui-lang", lang, "show", "2.0#3.1.2(a)", "--lang", lang, home=home).out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_diff_json_has_the_shape_agreed_and_counts_its_links(tiaowen: Any, home: Home, lang: Lang) -> None:
    value = tiaowen("diff", "1.0", "2.0", "--lang", lang, "--json", home=home).json
    assert list(value) == ["old", "new", "lang", "counts", "links", "parity"]
    assert (value["old"], value["new"], value["lang"]) == ("aisgf@1.0", "aisgf@2.0", lang)
    labels = ["added", "removed", "split", "merged", "reworded", "moved", "editorial", "unchanged"]
    assert value["counts"] == {label: sum(link["label"] == label for link in value["links"]) for label in labels}
    for link in value["links"]:
        assert list(link) == [
            *(
                "from",
                "to",
                "label",
                "text",
                "moved",
                "renumbered",
                "heading_changed",
                "confidence",
                "substance",
                "evidence",
                "reviewed",
                "terms",
                "sentences",
                "redline",
            ),
        ]
        assert link["from"] or link["to"]
        assert {op for op, _ in link["redline"]} <= {"=", "-", "+", "<", ">"}
    assert set(value["parity"]) == {"agree", "disagree"}
    assert value == tiaowen("diff", "v1", "v2", "--lang", lang, "--format", "json", home=home).json


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_diff_the_other_way_round_is_the_inverse(tiaowen: Any, home: Home, lang: Lang) -> None:
    there = tiaowen("diff", "1.0", "2.0", "--lang", lang, "--json", home=home).json
    back = tiaowen("diff", "2.0", "1.0", "--lang", lang, "--json", home=home).json
    assert (back["old"], back["new"]) == ("aisgf@2.0", "aisgf@1.0")

    def key(link: dict[str, Any]) -> tuple[Any, ...]:
        return (link["from"], link["to"], link["label"], link["text"], link["moved"], link["confidence"])

    turned = [
        {**k, "from": k["to"], "to": k["from"], "label": OPPOSITE.get(k["label"], k["label"])} for k in there["links"]
    ]
    assert sorted(map(key, back["links"]), key=str) == sorted(map(key, turned), key=str)


def test_diff_as_text_and_into_a_file(tiaowen: Any, home: Home, tmp_path: Path) -> None:
    text = tiaowen("diff", "1.0", "2.0", "--lang", "en", home=home).out
    assert text.startswith("aisgf@1.0 → aisgf@2.0 (en)\n")
    assert "1.5 Ensure trustworthy application and prevent loss of control" in text
    done = tiaowen("diff", "1.0", "2.0", "--lang", "en", "-o", str(tmp_path / "d.txt"), home=home)
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "d.txt").read_text("utf-8") == text.rstrip("\n")
    tiaowen("diff", "1.0", "2.0", "--lang", "en", "--json", "-o", str(tmp_path / "d.json"), home=home)
    assert json.loads((tmp_path / "d.json").read_text("utf-8"))["lang"] == "en"


@pytest.mark.parametrize("written", ["2.0#3.2.1(c)", "２.0#３.２.１（ｃ）", "aisgf@2.0#3.2.1(C)"])
def test_show(tiaowen: Any, home: Home, written: str) -> None:
    value = tiaowen("show", written, "--json", home=home).json
    assert value["clause"] == "aisgf@2.0#3.2.1(c)"
    assert [row["id"] for row in value["texts"]] == ["aisgf@2.0/zh#3.2.1(c)", "aisgf@2.0/en#3.2.1(c)"]
    for row, lang in zip(value["texts"], ("zh", "en"), strict=True):
        of = bundled("aisgf@2.0", "zh" if lang == "zh" else "en")
        assert (row["text"], row["heading"]) == (of.by_path["3.2.1(c)"].text, of.by_path["3.2.1(c)"].heading)
        assert of.text[row["start"] : row["end"]] == row["text"]
        assert (row["status"], row["document_sha256"]) == ("digest", of.sha256)
    assert [(link["from"], link["to"]) for link in value["lineage"]] == [(["3.1.3(c)"], ["3.2.1(c)"])]
    text = tiaowen("show", written, "--lang", "en", home=home).out
    assert value["texts"][1]["text"] in text and value["texts"][0]["text"] not in text


def test_show_the_announcement_and_one_language(tiaowen: Any, home: Home) -> None:
    value = tiaowen("show", "aisgf@3.0/zh#notice.1", "--json", home=home).json
    assert [row["id"] for row in value["texts"]] == ["aisgf@3.0/zh#notice.1"]
    assert value["lineage"] == []


@pytest.mark.parametrize(("pattern", "counted"), [("智能体", "aisgf@2.0/zh"), ("guardrail", "aisgf@2.0/en")])
def test_terms_counts_in_every_document_zero_included(tiaowen: Any, home: Home, pattern: str, counted: str) -> None:
    value = tiaowen("terms", pattern, "--json", home=home).json
    rows = {(row["document"], row["part"]): row for row in value["documents"]}
    assert set(rows) == set(built_retriever().documents)
    text = built_retriever().documents[counted, "body"].text
    row = rows[counted, "body"]
    assert row["count"] == len(row["places"]) == text.lower().count(pattern) > 0
    assert all(pattern in text[place["start"] : place["end"]].lower() for place in row["places"])
    assert rows[counted.replace("2.0", "1.0"), "body"]["count"] == 0
    shown = tiaowen("terms", pattern, "--edition", "2.0", home=home).out
    assert "⟦" in shown and "aisgf@1.0" not in shown


# --- status, add, build


def test_status_before_and_after_a_text_is_added_and_built(tiaowen: Any, file: Any, tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    before = tiaowen("status", "--json", home=home).json
    framework = [row["edition"] for row in before["editions"] if row["edition"].startswith("aisgf@")]
    assert framework == [f"aisgf@{version}" for version in VERSIONS]
    assert not before["index"]["behind"]
    assert before["newest"] == {"edition": "aisgf@3.0", "released": "2026-09-14", "has_text": False}
    assert {d["status"] for row in before["editions"] for d in row["documents"]} == {"digest"}
    zh = bundled("aisgf@2.0", "zh")
    assert document_row(before, "aisgf@2.0/zh")["sha256"] == zh.sha256

    mine = file("mine.txt", NEW["zh"])
    added = tiaowen("add", mine, "--edition", "2.0", "--json", home=home)
    assert (added.code, added.err) == (0, "")
    (row,) = added.json["added"]
    assert (row["document"], row["status"], row["reading"], row["revision"]) == ("aisgf@2.0/zh", "supplied", "text", 1)
    raw = hashlib.sha256(NEW["zh"].encode()).hexdigest()
    assert (home.raw / raw).read_bytes() == NEW["zh"].encode()

    after = tiaowen("status", "--json", home=home).json
    assert after["index"]["behind"]
    assert after["index"]["generation"] == before["index"]["generation"]
    assert document_row(after, "aisgf@2.0/zh")["raw_sha256"] == raw
    assert document_row(after, "aisgf@2.0/en") == document_row(before, "aisgf@2.0/en")
    assert "run: tiaowen build" in tiaowen("status", home=home).out
    assert "请运行 tiaowen build" in tiaowen("--ui-lang", "zh", "status", home=home).out

    answer = tiaowen("ask", "什么是微调？", "--json", home=home).json
    assert answer["notes"][-1]["kind"] == "index_behind"
    assert answer["citations"][0]["status"] == "digest"

    again = tiaowen("add", mine, "--edition", "2.0", home=home)
    assert (again.code, again.out) == (0, "this file is in the corpus already, nothing changed\n")
    assert tiaowen("add", mine, "--edition", "2.0", "--json", home=home).json == {"added": [], "same": True}
    assert tiaowen("status", "--json", home=home).json == after

    built = tiaowen("build", "--json", home=home)
    assert (built.code, built.err) == (0, "")
    assert built.json["documents"] == 10
    whole = tiaowen("status", "--json", home=home).json
    assert not whole["index"]["behind"]
    assert whole["index"]["generation"] == built.json["generation"] != before["index"]["generation"]
    answer = tiaowen("ask", "2.0版2.3写了什么？", "--json", home=home).json
    assert [citation["status"] for citation in answer["citations"]] == ["supplied"]
    assert "index_behind" not in [note["kind"] for note in answer["notes"]]
    assert tiaowen("text", "aisgf@2.0/zh", home=home).out != zh.text


PRINTED = ["1. 总则", "本章说明如何评估风险，并说明评估之后如何记录。" * 6, "2. 措施", "先评估，再上线。" * 9]


def test_adding_a_file_tells_what_became_of_every_line(tiaowen: Any, file: Any, empty: Home) -> None:
    name = file("framework.pdf", framework_pdf(PRINTED * 10))
    done = tiaowen("add", name, "--edition", "2.0", "--json", home=empty)
    (row,) = done.json["added"]
    told = row["parsed"]
    assert list(told) == ["pages", "blank_pages", "lines", "kept", "dropped", "doubtful_clauses", "table_rows"]
    assert told["dropped"] == {"cover": 0, "contents": 0, "running_head": told["pages"], "page_number": told["pages"]}
    assert told["lines"] == told["kept"] + sum(told["dropped"].values()) > 0
    assert (told["blank_pages"], told["doubtful_clauses"], told["table_rows"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "3段：正文3段；未收无；存疑条款0个，映射表0行"),
        ("en", "3 paragraphs: 3 of text; dropped nothing; 0 doubtful clauses, 0 table rows"),
    ],
)
def test_the_account_of_a_file_in_one_line(tiaowen: Any, file: Any, empty: Home, lang: Lang, said: str) -> None:
    zh, en = "1. 总则\n先评估，再上线。\n2. 措施\n", "1. General\nAssess first.\n2. Rules\n"
    name = file("mine.txt", zh if lang == "zh" else en)
    out = tiaowen("--ui-lang", lang, "add", name, "--edition", "2.0", "--lang", lang, home=empty).out
    assert f"  {said}\n" in out


def document_row(status: dict[str, Any], document: str) -> Any:
    """The body of a document in `status --json`."""
    rows = [row for edition in status["editions"] for row in edition["documents"]]
    return next(row for row in rows if (row["document"], row["part"]) == (document, "body"))


def test_status_of_an_empty_home_has_digests_and_no_index(tiaowen: Any, empty: Home) -> None:
    value = tiaowen("status", "--json", home=empty).json
    assert value["index"] is None
    assert document_row(value, "aisgf@1.0/en")["status"] == "digest"
    assert "none yet, run: tiaowen build" in tiaowen("status", home=empty).out
    assert not empty.index.exists()


def test_status_as_text_names_every_document(tiaowen: Any, home: Home) -> None:
    out = tiaowen("status", home=home).out
    for document in built_retriever().documents.values():
        assert document.sha256[:12] in out
    assert "The newest edition is 3.0, published 2026-09-14: its text is not in the corpus" in out
    assert "我们" not in out and "our digest, not official text" in out


def test_a_gbk_page_labelled_gb2312_is_read_as_an_announcement(tiaowen: Any, file: Any, empty: Home) -> None:
    page = '<html><head><meta charset="gb2312"><title>发布</title></head><body><h1>框架发布</h1><p>朱镕基路旁的囍字。</p></body></html>'
    name = file("notice.htm", page.encode("gbk"))
    done = tiaowen("add", name, "--edition", "2.0", "--part", "notice", "--lang", "zh", "--json", home=empty)
    assert (done.code, done.err) == (0, "")
    (row,) = done.json["added"]
    assert (row["document"], row["part"], row["status"]) == ("aisgf@2.0/zh", "notice", "supplied")
    with CorpusStore(empty.store) as store:
        (kept,) = store.current()
    assert "朱镕基路旁的囍字。" in kept.document.text


# --- files that cannot be read


def pdf(password: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for _ in range(4):
        canvas.drawString(72, 700, "Article of text that fills a page. " * 3)
        canvas.showPage()
    canvas.save()
    if not password:
        return out.getvalue()
    writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


BAD = {
    "half.pdf": (pdf()[:1000], "cut off"),
    "locked.pdf": (pdf("geheim"), "encrypted"),
    "empty.pdf": (b"", "empty"),
    "empty.txt": (b"", "empty"),
    "photo.pdf": (bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9"), "image/jpeg"),
    "zeros.txt": (bytes(500), ""),
    "other.txt": ("只有一句话，没有章节。".encode(), "no numbered chapters"),
    "other.md": (b"# A title\n\nJust a sentence without chapters.\n", "no numbered chapters"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(tiaowen: Any, file: Any, empty: Home, name: str) -> None:
    data, said = BAD[name]
    done = tiaowen("add", file(name, data), "--edition", "2.0", home=empty)
    assert (done.code, done.out) == (2, "")
    assert said in done.line
    assert done.line.startswith("tiaowen: ") and "; " in done.line
    failed = tiaowen("add", file(name, data), "--edition", "2.0", "--json", home=empty)
    assert (failed.code, set(failed.json)) == (2, {"error", "way_out"})
    assert failed.line == f"tiaowen: {failed.json['error']}; {failed.json['way_out']}"
    assert not empty.raw.exists()
    status = tiaowen("status", "--json", home=empty).json
    assert {row["status"] for edition in status["editions"] for row in edition["documents"]} == {"digest"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("add", "no-such.pdf", "--edition", "2.0"),
            "'no-such.pdf' cannot be read: No such file or directory; name a file",
        ),
        (("add", "/", "--edition", "2.0"), "'/' is a folder; name a file in it"),
        (("add", "/dev/null", "--edition", "2.0"), "'/dev/null' is no regular file; name a file"),
        (("add", "/proc/self/mem", "--edition", "2.0"), "cannot be read: Input/output error; name a file that exists"),
        (("show", "2.0#9.9"), "there is no clause '9.9' in aisgf@2.0; see: tiaowen outline 2.0"),
        (("show", "gibberish"), "'gibberish' is not a clause id; write it like '2.0#3.1.1(f)', in quotes"),
        (("text", "gibberish"), "'gibberish' is not a document; write it like aisgf@2.0/en"),
        (("text", "aisgf@3.0/en"), "the text of edition 3.0 is not in the corpus; run: tiaowen crawl --edition 3.0"),
        (("outline", "3.0"), "the text of edition 3.0 is not in the corpus; run: tiaowen crawl --edition 3.0"),
        (("diff", "2.0", "3.0"), "the text of edition 3.0 is not in the corpus; run: tiaowen crawl --edition 3.0"),
        (("diff", "2.0", "v2"), "are the same edition; name two editions"),
        (("terms", "  "), "nothing to look for; name a word"),
        (("crawl", "--seed", "http://127.0.0.1:1/"), "a seed needs its edition; add --edition"),
        (
            ("eval", "run", "no-such.jsonl"),
            "'no-such.jsonl' cannot be read: No such file or directory; name a JSONL file",
        ),
    ],
)
def test_wrong_use_is_told_in_one_line(tiaowen: Any, home: Home, arguments: tuple[str, ...], said: str) -> None:
    done = tiaowen(*arguments, home=home)
    assert (done.code, done.out) == (2, "")
    assert said in done.line
    if arguments[0] != "text":
        failed = tiaowen(*arguments, "--json", home=home)
        assert (failed.code, set(failed.json)) == (2, {"error", "way_out"})
        assert failed.json["way_out"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "开源", "--edition", "4.0"),
        ("search", "开源", "--edition", "4.0"),
        ("add", str(ROOT / "README.md"), "--edition", "4.0"),
        ("outline", "4.0"),
        ("diff", "1.0", "4.0"),
        ("diff", "4.0", "1.0"),
        ("show", "4.0#1.1"),
        ("terms", "开源", "--edition", "4.0"),
        ("crawl", "--edition", "4.0"),
    ],
)
def test_an_unknown_edition_is_wrong_use(tiaowen: Any, home: Home, arguments: tuple[str, ...]) -> None:
    done = tiaowen(*arguments, home=home)
    assert (done.code, done.out) == (2, "")
    assert re.fullmatch(
        r"tiaowen: edition '(aisgf@)?4\.0' is not in the catalogue; known editions: 1\.0, 2\.0, 3\.0", done.line
    )
    assert tiaowen(*arguments, "--json", home=home).json["way_out"] == "known editions: 1.0, 2.0, 3.0"


@pytest.mark.parametrize(
    "arguments",
    [
        *(("status",), ("ask", "开源"), ("search", "开源"), ("outline", "2.0"), ("diff", "1.0", "2.0"), ("build",)),
        *(("show", "2.0#1.1"), ("terms", "开源"), ("add", str(ROOT / "README.md"), "--edition", "2.0")),
        ("crawl", "--edition", "2.0"),
    ],
)
def test_a_home_that_cannot_be_written_is_told_in_one_line(tiaowen: Any, file: Any, arguments: tuple[str, ...]) -> None:
    below = Home(Path(file("regular", "a file, no folder")) / "home")
    done = tiaowen(*arguments, home=below)
    assert (done.code, done.out) == (1, "")
    last = done.err.splitlines()[-1]
    assert last.startswith("tiaowen: ") and "another" in last and "--home DIR" in last
    failed = tiaowen(*arguments, "--json", home=below)
    assert (failed.code, set(failed.json)) == (1, {"error", "way_out"})
    assert below.root.parent.read_text() == "a file, no folder"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['{"id": "a", "lang": "zh", "question": "？"}', "{"], "cases.jsonl:2: "),
        (["", '{"id": "a", "lang": "fr", "question": "?"}'], "cases.jsonl:2: \"lang\" is 'fr'"),
        (['{"id": "a", "lang": "en"}'], 'cases.jsonl:1: "question" is missing'),
        (["[]"], "cases.jsonl:1: '[]' is not an object"),
        ([""], "cases.jsonl:1: the file holds no case"),
    ],
)
def test_a_malformed_line_is_named(tiaowen: Any, home: Home, file: Any, lines: list[str], said: str) -> None:
    done = tiaowen("eval", "run", file("cases.jsonl", "\n".join(lines)), home=home)
    assert (done.code, done.out) == (2, "")
    assert said in done.line
    assert not home.runs.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        *(("gibberish",), ("ask",), ("ask", "q", "--lang", "fr"), ("search", "q", "-k", "0"), ("add", "f")),
        *(
            ("--ui-lang", "fr", "status"),
            ("text", "2.0/zh", "--part", "cover"),
            ("diff", "1.0", "2.0", "--format", "doc"),
        ),
        ("eval", "gibberish"),
    ],
)
def test_a_wrong_command_line_says_where_help_is(tiaowen: Any, home: Home, arguments: tuple[str, ...]) -> None:
    done = tiaowen(*arguments, home=home)
    assert (done.code, done.out) == (2, "")
    assert "--help" in done.err and "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments", [("ask", "--json"), ("ask", "q", "--lang", "fr", "--json"), ("outline", "--json")]
)
def test_a_wrong_command_line_with_json_is_one_json_value(tiaowen: Any, home: Home, arguments: tuple[str, ...]) -> None:
    done = tiaowen(*arguments, home=home)
    assert (done.code, set(done.json)) == (2, {"error", "way_out"})


@pytest.mark.parametrize("damaged", ["vectors.faiss", "documents.jsonl", "lexical.zh.safetensors"])
def test_a_damaged_index_names_the_command_that_mends_it(tiaowen: Any, tmp_path: Path, damaged: str) -> None:
    home = copied_home(tmp_path / "home")
    path = home.index / (home.index / "CURRENT").read_text("utf-8") / damaged
    path.write_bytes(path.read_bytes()[:-1] + b"\x01\x02")
    for arguments in (("ask", "开源"), ("diff", "1.0", "2.0", "--json")):
        done = tiaowen(*arguments, home=home)
        assert done.code == 1
        assert done.line.startswith(f"tiaowen: {damaged} has digest") and done.line.endswith("; run: tiaowen build")
    told = tiaowen("status", "--json", home=home)
    assert told.code == 0
    assert told.json["index"]["damaged"].startswith(f"{damaged} has digest")
    assert "; run: tiaowen build\n" in tiaowen("status", home=home).out


def test_an_encoder_that_is_not_there_leaves_the_index(tiaowen: Any, tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    done = tiaowen("build", "--encoder", "./no such folder", home=home)
    assert (done.code, done.out) == (1, "")
    assert done.line.endswith("leave out --encoder for the bundled one")
    assert tiaowen("status", "--json", home=home).json["index"]["generation"] == built_retriever().generation


# --- evaluation


def test_eval_run(tiaowen: Any, home: Home, file: Any, tmp_path: Path) -> None:
    cases = [
        {"id": "a", "lang": "zh", "question": "什么是微调？", "clauses": ["2.0#A3.6"], "versions": ["2.0"]},
        {"id": "b", "lang": "en", "question": "What is in 4.0?", "answerable": False, "refusal": "no_text"},
        {"id": "c", "lang": "en", "question": "Open source?", "scope": {"edition": "1.0"}, "clauses": ["1.0#5.5"]},
    ]
    questions = file("cases.jsonl", "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases))
    done = tiaowen("eval", "run", questions, "--out", str(tmp_path / "run"), "--json", home=home)
    assert (done.code, done.err) == (0, "")
    assert (list(done.json), done.json["n"]) == (["n", "measures", "by", "sentinels", "beaten_by"], 3)
    assert set(done.json["sentinels"]) == {"refuse", "echo", "three", "random"}
    assert {"accuracy", "citation_validity", "wrong_edition", "R@5"} <= set(done.json["measures"])
    assert done.json["measures"]["citation_validity"]["value"] == 1.0
    assert json.loads((tmp_path / "run" / "meta.json").read_text("utf-8"))["questions"] == "cases.jsonl"
    answers = [json.loads(line) for line in (tmp_path / "run" / "answers.jsonl").read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert answers[2]["editions"] == ["aisgf@1.0"]
    text = tiaowen("eval", "run", questions, "--out", str(tmp_path / "run"), home=home).out
    assert "accuracy" in text and str(tmp_path / "run") in text


PAIR = [
    {
        "id": "l-zh",
        "pair": "l",
        "lang": "zh",
        "question": "日志要留存多久？",
        "clauses": ["2.0#6.3.6"],
        "versions": ["2.0"],
    },
    {
        "id": "l-en",
        "pair": "l",
        "lang": "en",
        "question": "How long must logs be kept?",
        "clauses": ["2.0#6.3.6"],
        "versions": ["2.0"],
    },
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize(("least", "code"), [(1.0, 0), (1.01, 3)])
def test_a_gate_closes_on_a_bound_that_is_missed(
    tiaowen: Any, home: Home, file: Any, tmp_path: Path, least: float, code: int
) -> None:
    questions = file("pair.jsonl", lines(PAIR))
    gate = file("gates.toml", f'[[bound]]\nmeasure = "citation_recall"\nleast = {least}\n')
    done = tiaowen("eval", "run", questions, "--out", str(tmp_path / "run"), "--gate", gate, home=home)
    assert done.code == code
    assert ("gate missed: citation_recall >= 1.01, measured 1.000" in done.err) == bool(code)
    assert (tmp_path / "run" / "summary.json").exists()


def test_several_processes_answer_as_one_does(tiaowen: Any, home: Home, file: Any, tmp_path: Path) -> None:
    odd = {"id": "x-en", "lang": "en", "question": "Open source?", "scope": {"edition": "9.9"}, "clauses": ["2.0#5.4"]}
    questions = file("pair.jsonl", lines([*PAIR, odd]))
    for jobs in ("1", "3"):
        assert tiaowen("eval", "run", questions, "--out", str(tmp_path / jobs), "--jobs", jobs, home=home).code == 0
    rows = [(tmp_path / jobs / "rows.jsonl").read_bytes() for jobs in ("1", "3")]
    assert rows[0] == rows[1]


def test_a_worker_that_ends_early_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", "utf-8")
    with pytest.raises(WorkerFailed, match="a worker ended early") as error:
        list(answered(tmp_path / "home", [("日志留多久？", None)], 2))
    assert "--jobs 1" in error.value.way_out


def test_eval_check_tells_faults_and_a_sound_set(tiaowen: Any, home: Home, file: Any) -> None:
    sound = tiaowen("eval", "check", file("pair.jsonl", lines(PAIR)), home=home)
    assert (sound.code, sound.out.strip()) == (0, "2 cases, 0 errors, 0 warnings")
    wrong = file("wrong.jsonl", lines([{**PAIR[0], "clauses": ["2.0#6.3.99"]}, PAIR[1]]))
    done = tiaowen("eval", "check", wrong, "--json", home=home)
    assert (done.code, done.json["errors"]) == (1, 3)
    assert {one["kind"] for one in done.json["findings"]} == {"clause", "pair"}
    told = tiaowen("--ui-lang", "zh", "eval", "check", wrong, home=home).out
    assert "wrong.jsonl: l-zh: 错误: 2.0#6.3.99" in told


def test_eval_compare_tells_two_runs_apart(tiaowen: Any, home: Home, file: Any, tmp_path: Path) -> None:
    changed = [PAIR[0], {**PAIR[1], "clauses": ["2.0#6.3.7"]}]
    for name, rows in (("a", PAIR), ("b", changed)):
        questions = file(f"{name}.jsonl", lines(rows))
        assert tiaowen("eval", "run", questions, "--out", str(tmp_path / name), home=home).code == 0
    done = tiaowen("eval", "compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json", home=home)
    assert done.code == 0
    recall = next(one for one in done.json["differences"] if one["measure"] == "citation_recall")
    assert (recall["a"], recall["b"], recall["difference"], recall["n"]) == (1.0, 0.5, -0.5, 2)
    assert ("l-en", "citation_recall", False) in {
        (one["case"], one["measure"], one["better"]) for one in done.json["changes"]
    }
    missing = tiaowen("eval", "compare", str(tmp_path / "a"), str(tmp_path / "nowhere"), home=home)
    assert missing.code == 2
    assert "tiaowen eval run" in missing.line


# --- crawling


@pytest.fixture
def site() -> Iterator[str]:
    """A page of ours on loopback: an announcement."""
    page = "<html><head><title>发布</title></head><body><h1>《人工智能安全治理框架》2.0版发布</h1><p>今天发布框架。它有新内容。</p></body></html>"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/1.htm"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode() if found else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_crawl_keeps_what_it_fetched_and_reads_it(tiaowen: Any, site: str, empty: Home) -> None:
    arguments = ("crawl", "--edition", "2.0", "--seed", f"{site}/1.htm", "--allow-host", "127.0.0.1", "--delay", "0")
    done = tiaowen(*arguments, "--json", home=empty)
    assert done.code == 0
    (row,) = done.json["fetches"]
    assert (row["url"], row["status"], row["error"]) == (f"{site}/1.htm", 200, None)
    assert (empty.raw / row["sha256"]).exists()
    assert [(d["document"], d["part"], d["status"]) for d in row["documents"]] == [
        ("aisgf@2.0/zh", "notice", "supplied")
    ]
    status = tiaowen("status", "--json", home=empty).json
    kept = next(d for e in status["editions"] for d in e["documents"] if d["raw_sha256"] == row["sha256"])
    assert kept["fetched"]
    assert kept["source"] == f"{site}/1.htm"


def test_crawl_refuses_a_host_that_is_not_allowed(tiaowen: Any, site: str, empty: Home) -> None:
    done = tiaowen("crawl", "--edition", "2.0", "--seed", f"{site}/1.htm", "--delay", "0", home=empty)
    assert (done.code, done.out) == (1, "")
    assert done.line.endswith("download the file in a browser and run: tiaowen add FILE --edition 2.0")


# --- in a process of its own


def child(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "app.cli"]
    where = {**os.environ, "TIAOWEN_HOME": str(built_home().root), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*command, *arguments], capture_output=True, encoding="utf-8", env=where, cwd="/", check=False
    )


def test_the_version_is_printed() -> None:
    done = child("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"tiaowen \d+\.\d+\.\d+\n", done.stdout)


def test_failures_of_a_real_process() -> None:
    done = child("ask", "开源", "--edition", "4.0", "--json")
    assert (done.returncode, set(json.loads(done.stdout))) == (2, {"error", "way_out"})
    assert done.stderr == "tiaowen: edition '4.0' is not in the catalogue; known editions: 1.0, 2.0, 3.0\n"


ALONE = """
import socket, sys

def refuse(*_):
    raise AssertionError("the network was asked")

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse
sys.argv = ["tiaowen", "ask", *sys.argv[1:], "--json"]
from app.cli import main

main()
heavy = {"torch", "llama_index", "scrapy", "streamlit", "pandas", "sentence_transformers", "bm25s", "scipy", "twisted"}
heavy |= {"ray", "pymilvus", "milvus_lite", "grpc", "psycopg2", "sqlalchemy"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("question", ["什么是微调？", "What is fine-tuning?"])
def test_ask_needs_neither_network_nor_a_heavy_library(question: str) -> None:
    code = ALONE.replace(
        "main()\nheavy =", "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\nheavy ="
    )
    done = child(question, code=code)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    answer = json.loads(done.stdout)
    assert [citation["clause"].partition("#")[2] for citation in answer["citations"]] == ["A3.6"]


def test_another_process_gives_the_same_bytes(tiaowen: Any, home: Home) -> None:
    question = "供应链方面2.0版相比1.0版有什么变化？"
    theirs, ours = (
        json.loads(child("ask", question, "--json").stdout),
        tiaowen("ask", question, "--json", home=home).json,
    )
    assert {**theirs, "ms": {}} == {**ours, "ms": {}}


# --- the READMEs

READMES = ("README.md", "README.zh-CN.md")


def commands(command: Any = None, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it, groups included."""
    command = command or typer.main.get_command(app)
    yield above, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*above, name))


def written(readme: str) -> Iterator[str]:
    """Every `tiaowen …` line of code, without what explains it."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    for found in re.finditer(r"^ {4}(?:\$ )?(tiaowen .*)$|`(tiaowen [^`]+)`", text, re.MULTILINE):
        yield re.split(r"\s{2,}|\s#", found[1] or found[2])[0]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for words, command in commands():
        if words and not hasattr(command, "commands"):
            assert f"tiaowen {' '.join(words)}" in text
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("-"):
                    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), f"{words}: {option}"


@pytest.mark.parametrize("readme", READMES)
def test_every_command_line_in_the_readme_parses(readme: str) -> None:
    lines = list(written(readme))
    assert len(lines) >= 13
    for line in lines:
        arguments = shlex.split(line)[1:]
        if arguments in (["--version"], ["--help"]):
            continue
        parse(typer.main.get_command(app), arguments)


def parse(command: Any, arguments: list[str]) -> None:
    """Parse without running; fails with what typer would say."""
    below = getattr(command, "commands", None)
    if below is None:
        command.make_context(command.name, list(arguments))
        return
    at = next((at for at, word in enumerate(arguments) if word in below), None)
    assert at is not None, f"no command in {arguments}"
    parse(below[arguments[at]], arguments[at + 1 :])
