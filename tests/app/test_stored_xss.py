"""Texts full of markup, in the corpus, in questions and in a run of an evaluation: on no screen and in no file do they act."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from browsing import ask, served, visiting
from lineages import NEW, OLD, edition

from corpus.home import Home
from corpus.records import LANGS, Lang
from index.build import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
HARM = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "[more](javascript:window.hit=1)",
    "![seen](http://tracker.invalid/seen.png)",
    "<style>body{display:none}</style>",
    "</script><script>window.hit=1</script>",
    "{{constructor.constructor('window.hit=1')()}}",
    ":material/home: :red[red] $x^2$ `code`",
)
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
QUESTION = {"zh": "数据泄露有什么风险？", "en": "What is data leakage?"}


def poisoned(text: str) -> str:
    """Every line, headings included, with something that would act in a page."""
    return "\n".join(f"{line} {HARM[at % len(HARM)]}" for at, line in enumerate(text.split("\n")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two editions of such texts, and a run of cases whose every word is such a text."""
    folder = tmp_path_factory.mktemp("xss")
    home = Home(folder / "home").make()
    texts = [
        edition(lang, version, poisoned(of[lang])) for version, of in (("1.0", OLD), ("2.0", NEW)) for lang in LANGS
    ]
    build(texts, home.index, editorial={})
    case = {
        "id": HARM[1], "pair": HARM[0], "lang": "en", "type": "lookup", "question": f"What is data leakage? {HARM[1]}",
        "versions": ["2.0"], "clauses": ["2.0#1.2"], "nuggets": [{"vital": True, "any": [HARM[2]]}], "slices": [HARM[0]],
    }  # fmt: skip
    (folder / "set.jsonl").write_text(json.dumps(case), encoding="utf-8")
    tiaowen(home, "eval", "run", str(folder / "set.jsonl"))
    return home


def tiaowen(home: Home, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-P", "-m", "app.cli", "--home", str(home.root), *arguments], check=True, capture_output=True
    )


@pytest.fixture(scope="module")
def url(browser: Browser, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(home.root, tmp_path_factory.mktemp("elsewhere")) as address:
        yield address


def unharmed(page: Page) -> None:
    """Nothing ran, nothing was loaded, no link would act, and the page is still there."""
    assert page.evaluate("window.hit") is None
    assert page.locator("iframe[srcdoc], img[src='x'], img[src*=tracker], svg[onload]").count() == 0
    assert page.locator("[href^='javascript:' i]").count() == 0
    assert page.locator("body").evaluate("node => getComputedStyle(node).display") != "none"


@pytest.mark.parametrize("lang", LANGS)
def test_no_screen_runs_what_texts_say(browser: Browser, url: str, lang: Lang) -> None:
    from playwright.sync_api import expect

    with visiting(browser, locale=LOCALES[lang], viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        page.goto(url)
        ask(page, QUESTION[lang])
        ask(page, HARM[1] + " " + QUESTION[lang])
        expect(page.locator(".question").last).to_contain_text(HARM[1])
        page.locator(".chip").first.click()
        expect(page.locator(".pane h2")).to_be_visible()
        assert any(harm in page.locator(".pane").inner_text() for harm in HARM[:4])
        unharmed(page)
        for address, shown in (
            ("view=compare&text=both", ".change"),
            (f"view=read&clause={quote('aisgf@2.0#1.2')}&find={quote(HARM[0])}", ".row.here"),
            (f"view=terms&words={quote('window.hit')}", ".kwic"),
            (f"view=terms&words={quote(HARM[1])}", ".sheet"),
            ("view=evaluation", "table"),
            ("view=library", "table"),
            (f"q={quote(HARM[0])}", ".turn"),
            (f"view={quote(HARM[0])}&clause={quote(HARM[1])}&edition={quote(HARM[2])}", ".st-key-examples"),
        ):
            page.goto(f"{url}/?{address}")
            expect(page.locator(shown).first).to_be_visible()
            unharmed(page)


def test_the_report_and_the_comparison_run_nothing(browser: Browser, home: Home, tmp_path: Path) -> None:
    compared = tmp_path / "compared.html"
    tiaowen(home, "diff", "1.0", "2.0", "--format", "html", "-o", str(compared))
    (report,) = home.runs.glob("*/report.html")
    context = browser.new_context(java_script_enabled=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for file in (compared, report):
        page = context.new_page()
        page.goto(file.as_uri())
        assert "window.hit" in (page.locator("body").text_content() or "")
        unharmed(page)
    context.close()
    assert all(one.startswith("file:") for one in asked), asked


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_starts_no_formula_and_markdown_no_html(home: Home, tmp_path: Path, lang: Lang) -> None:
    sheet = tmp_path / "compared.csv"
    tiaowen(home, "diff", "1.0", "2.0", "--lang", lang, "--format", "csv", "-o", str(sheet))
    assert not re.search(r'(?:^|,)"?[=+@]', sheet.read_text(encoding="utf-8-sig"), re.MULTILINE)
    name = "report.zh.md" if lang == "zh" else "report.md"
    (markdown,) = home.runs.glob(f"*/{name}")
    assert not re.search(r"(?<!\\)<(?:script|img|svg|iframe|style)", markdown.read_text(encoding="utf-8"))
