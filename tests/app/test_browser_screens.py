"""What people do on all screens, in a real browser: compare, read, add a file, evaluate; by keyboard, in three widths, accessibly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from browsing import BUILDING, ask, served, visiting
from built import copied_home
from printed_pdf import framework_pdf
from scripted_llm import PATIENCE, Reply, serving

from app.messages import tell
from corpus.home import Home
from corpus.records import Lang

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LONG = 180_000
"""Milliseconds that a file may take to be read and indexed on a busy machine."""
VIEWS = ("ask", "compare", "read", "terms", "evaluation", "library")
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
SEEN = [
    (1440, "zh", "light"),
    (1024, "en", "dark"),
    (390, "zh", "dark"),
    pytest.param(390, "en", "light", marks=pytest.mark.soak),
]
"""Width, language, scheme."""
LINKS: dict[str, str] = {
    "ask": f"q={quote('日志要留存多久？')}",
    "compare": "view=compare&text=both",
    "read": f"view=read&clause={quote('aisgf@2.0#5.4')}&find={quote('开源')}",
    "terms": f"view=terms&words={quote('开源')}",
    "evaluation": "view=evaluation",
    "library": "view=library",
}
SHOWN = {
    "ask": ".answer .chip",
    "compare": ".change",
    "read": ".row.here",
    "terms": ".kwic",
    "evaluation": "table",
    "library": "table",
}
"""What a screen is ready with."""


WRONG = {
    "id": "wrong-en",
    "lang": "en",
    "type": "lookup",
    "question": "How long must logs be kept?",
    "versions": ["2.0"],
    "clauses": ["2.0#5.4"],
    "nuggets": [{"vital": True, "any": ["until the cows come home"]}],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A built home in which one case was evaluated, whose gold no answer can hold."""
    folder = tmp_path_factory.mktemp("screens")
    home = copied_home(folder / "home")
    (folder / "set.jsonl").write_text(json.dumps(WRONG), encoding="utf-8")
    command = [
        sys.executable,
        "-P",
        "-m",
        "app.cli",
        "--home",
        str(home.root),
        "eval",
        "run",
        str(folder / "set.jsonl"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return home


@pytest.fixture(scope="module")
def url(browser: Browser, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(home.root, tmp_path_factory.mktemp("elsewhere")) as address:
        yield address


def person(browser: Browser, lang: Lang = "en", width: int = 1280, scheme: str = "light") -> Any:
    """One person's browser."""
    return visiting(browser, locale=LOCALES[lang], viewport={"width": width, "height": 800}, color_scheme=scheme)


@pytest.mark.parametrize(("width", "lang", "scheme"), SEEN)
def test_every_screen_is_sound_and_accessible(browser: Browser, url: str, width: int, lang: Lang, scheme: str) -> None:
    """No sideways scrolling, no serious finding of axe-core, the language of the interface throughout."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    with person(browser, lang, width, scheme) as context:
        page = context.new_page()
        for view in VIEWS:
            page.goto(f"{url}/?{LINKS[view]}")
            expect(page.locator(SHOWN[view]).first).to_be_visible()
            expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[lang])
            expect(page.locator(".st-key-view")).to_contain_text(tell(f"screen_{view}", lang))
            if view == "ask":
                page.locator(".chip").first.click()
                expect(page.locator(".pane h2")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, view
            found = Axe().run(page).response["violations"]
            grave = [
                (one["id"], one["nodes"][0]["target"]) for one in found if one["impact"] in ("serious", "critical")
            ]
            assert grave == [], view


@pytest.mark.parametrize("lang", LOCALES)
def test_editions_are_compared_filtered_kept_and_linked(browser: Browser, url: str, lang: Lang) -> None:
    from playwright.sync_api import expect

    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(f"{url}/?view=compare")
        removed = {"zh": "删除", "en": "Removed"}[lang]
        counted = page.locator(".st-key-compare_labels button", has_text=removed)
        count = int(re.sub(r"\D", "", counted.inner_text()))
        counted.click()
        expect(page.locator(".change .label")).to_have_count(count)
        expect(page.locator(".change .label.removed")).to_have_count(count)
        with page.expect_download() as download:
            page.locator(".st-key-compare_csv button").click()
        assert download.value.suggested_filename == f"aisgf-1.0-2.0-{lang}.csv"
        table = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert len(table.splitlines()) > count
        page.wait_for_url("**labels=removed**")
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator(".change .label.removed")).to_have_count(count)
        other.locator(".change .link").first.click()
        expect(other.locator(".row.here")).to_be_visible()
        other.wait_for_url("**view=read**clause=aisgf**1.0**")


@pytest.mark.parametrize(("lang", "words"), [("zh", "供应链"), ("en", "supply chain")])
def test_an_edition_is_read_by_its_tree_and_its_words(browser: Browser, url: str, lang: Lang, words: str) -> None:
    from playwright.sync_api import expect

    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(f"{url}/?view=read")
        page.locator(".tree .link", has_text=re.compile(r"^5 ")).click()
        expect(page.locator(".row.here")).to_have_attribute("data-path", "5")
        page.locator(".tree .link", has_text=re.compile(r"^5\.4 ")).click()
        expect(page.locator(".row.here")).to_have_attribute("data-path", "5.4")
        expect(page.locator(".row.here")).to_be_in_viewport()
        expect(page.locator(".tree [aria-current]")).to_have_count(1)
        page.locator(".st-key-read_find input").fill(words)
        page.locator(".st-key-read_find input").press("Enter")
        expect(page.locator(".row mark").first).to_have_text(re.compile(words, re.IGNORECASE))
        page.wait_for_url("**clause=aisgf**5.4**find=**")
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator(".row.here")).to_have_attribute("data-path", "5.4")
        expect(other.locator(".row mark").first).to_be_visible()


@pytest.mark.parametrize("lang", LOCALES)
def test_a_screen_is_left_and_come_back_to(browser: Browser, url: str, lang: Lang) -> None:
    """The conversation stays while other screens are looked at; the language changes on any of them."""
    from playwright.sync_api import expect

    other: Lang = "en" if lang == "zh" else "zh"
    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(url)
        ask(page, "日志要留存多久？")
        page.get_by_role("radio", name=tell("screen_terms", lang)).click()
        page.locator(".st-key-terms_words input").fill("开源")
        page.locator(".st-key-terms_words input").press("Enter")
        expect(page.locator(".kwic").first).to_be_visible()
        page.get_by_role("button", name=tell("switch", lang)).click()
        expect(page.locator(".st-key-view")).to_contain_text(tell("screen_terms", other))
        expect(page.locator(".kwic").first).to_be_visible()
        page.get_by_role("radio", name=tell("screen_ask", other)).click()
        expect(page.locator(".answer")).to_have_count(1)


@pytest.mark.parametrize("lang", LOCALES)
def test_the_keyboard_alone_asks_follows_a_citation_and_changes_the_screen(
    browser: Browser, url: str, lang: Lang
) -> None:
    from playwright.sync_api import expect

    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(url)
        expect(page.locator(".hint")).to_be_visible()
        tab_to(page, '[data-testid="stChatInputTextArea"]')
        page.keyboard.type("日志要留存多久？")
        page.keyboard.press("Enter")
        expect(page.locator(".chip").first).to_be_visible()
        tab_to(page, ".chip", "Shift+Tab")
        assert outlined(page)
        page.keyboard.press("Enter")
        expect(page.locator(".pane h2")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator(".chip").first).to_be_focused()
        tab_to(page, ".st-key-view button", "Shift+Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        expect(page.locator(".change").first).to_be_visible()


def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Press a key until something is focused, within components too."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(
            """selector => {
                let node = document.activeElement;
                while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                return node?.matches(selector) ?? false;
            }""",
            selector,
        ):
            return
    raise AssertionError(f"{selector} was not reached by {key}")


def outlined(page: Page) -> bool:
    """Whether what is focused can be seen to be."""
    seen: bool = page.evaluate(
        """() => {
            let node = document.activeElement;
            while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
            return getComputedStyle(node).outlineStyle !== "none";
        }"""
    )
    return seen


def test_two_people_do_not_see_each_other(browser: Browser, url: str) -> None:
    from playwright.sync_api import expect

    with person(browser, "zh") as first, person(browser, "en") as second:
        one, two = first.new_page(), second.new_page()
        one.goto(url)
        two.goto(url)
        ask(one, "日志要留存多久？")
        ask(two, "What is data poisoning?")
        two.reload()
        expect(one.locator(".question")).to_have_text(["日志要留存多久？"])
        expect(one.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(two.locator("html")).to_have_attribute("lang", "en")
        expect(two.locator(".question")).to_have_text(["What is data poisoning?"])


@pytest.mark.parametrize("lang", LOCALES)
def test_a_wrong_answer_of_a_run_opens_in_the_chat(browser: Browser, url: str, lang: Lang) -> None:
    from playwright.sync_api import expect

    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(f"{url}/?view=evaluation")
        expect(page.locator("table").first).to_contain_text("accuracy")
        page.locator("li .link").first.click()
        expect(page.locator(".question")).to_have_text("How long must logs be kept?")
        expect(page.locator(".answer .chip").first).to_be_visible()


def test_a_file_is_added_while_somebody_asks(browser: Browser, tmp_path: Path) -> None:
    """Upload, progress, a parse report, the new index; whoever asks meanwhile gets answers, before and after the swap."""
    from playwright.sync_api import expect

    home = copied_home(tmp_path / "home")
    paragraphs = ["1. 总则", "紫金藤蔓应当每年修剪两次，并登记修剪日期。" * 3, "2. 措施", "先评估，再上线。" * 9] * 6
    file = {"name": "../../框架.PDF", "mimeType": "application/pdf", "buffer": framework_pdf(paragraphs)}
    with (
        served(home.root, tmp_path) as url,
        person(browser, "zh") as operator,
        person(browser, "en") as reader,
    ):
        page, asking = operator.new_page(), reader.new_page()
        page.goto(f"{url}/?view=library")
        asking.goto(url)
        page.locator("summary", has_text=tell("add_file", "zh")).click()
        page.locator('input[type="file"]').set_input_files(file)  # type: ignore[arg-type]
        page.locator(".st-key-add_this button").click()
        expect(page.locator(".st-key-task_stop button")).to_be_visible()
        ask(asking, "What is data poisoning?")
        done = page.get_by_text(tell("task_done", "zh", name=tell("task_add", "zh")))
        expect(done).to_be_visible(timeout=BUILDING)
        expect(page.locator("pre")).to_contain_text(re.compile(r"\d+页\d+行：正文\d+行"))
        expect(page.locator("table")).to_contain_text(tell("supplied", "zh"))
        ask(asking, "2.0版中1写了什么？")
        expect(asking.locator(".answer").last).to_contain_text("总则")
        assert [one.name for one in home.root.iterdir() if "框架" in one.name] == []


def test_work_is_stopped_and_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    home = copied_home(tmp_path / "home")
    with served(home.root, tmp_path) as url, person(browser, "en") as operator:
        page = operator.new_page()
        page.goto(f"{url}/?view=library")
        page.locator(".st-key-build_index button").click()
        page.locator(".st-key-task_stop button").click()
        expect(page.get_by_text(tell("task_stopped", "en", name=tell("task_build", "en")))).to_be_visible()
        page.goto(url)
        ask(page, "How long must logs be kept?")
        expect(page.locator(".answer .chip").first).to_be_visible()


@pytest.mark.parametrize("lang", LOCALES)
def test_a_judgement_with_its_reason_stays_on_the_machine(browser: Browser, home: Home, url: str, lang: Lang) -> None:
    from playwright.sync_api import expect

    with person(browser, lang) as context:
        page = context.new_page()
        page.goto(url)
        ask(page, "日志要留存多久？")
        page.get_by_role("button", name=tell("bad", lang)).click()
        page.locator(".why input").fill(f"少了审计 <b> {lang}")
        page.locator(".why input").press("Enter")
        expect(page.get_by_text(tell("thanks", lang))).to_be_visible()
        assert f"少了审计 <b> {lang}" in (home.root / "feedback.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lang", "question"),
    [("zh", "日志要留存多久？"), pytest.param("en", "How long must logs be kept?", marks=pytest.mark.soak)],
)
def test_a_model_writes_sentence_by_sentence_until_it_is_stopped(
    browser: Browser, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: Lang, question: str
) -> None:
    """Stopped half way, the quoted answer stands."""
    from playwright.sync_api import expect

    stopped = threading.Event()

    def script(reply: Reply) -> None:
        reply.begin()
        told = reply.asked.quotations[1].splitlines()[-1]
        reply.say(f"{told}[1]\n")
        reply.say(told[:4])
        stopped.wait(PATIENCE)

    with serving(script) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        with served(home.root, tmp_path) as url, person(browser, lang) as context:
            page = context.new_page()
            page.goto(url)
            page.locator(".st-key-llm label").click()
            box = page.get_by_test_id("stChatInputTextArea")
            box.fill(question)
            box.press("Enter")
            expect(page.locator(".st-key-writing")).to_contain_text("[1]")
            page.get_by_role("button", name=tell("stop", lang), exact=True).click()
            expect(page.locator(".answer .chip")).to_have_count(1)
            expect(page.locator(".answer .quote")).to_be_visible()
            stopped.set()
