"""What people do in the chat, in a real browser: ask, follow a citation, refuse, switch language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from browsing import ask, served, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
HOSTILE = '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">'
CLAUSE = "aisgf@2.0/zh#3.1.1(f)"


@pytest.fixture(scope="module")
def url(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty home, where the command builds first."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with served(folder / "home", folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a browser in the language (and width) named by the parameter."""
    locale, width = getattr(request, "param", ("en-US", 1280))
    with visiting(browser, locale=locale, viewport={"width": width, "height": 800}) as context:
        yield context.new_page()


CHINESE, ENGLISH = ("zh-CN", 1280), ("en-US", 1280)


@pytest.mark.parametrize(
    ("page", "question", "badge", "place"),
    [
        (CHINESE, "3.1.1(f)写了什么？", "自编要点（非官方文本）", "2.0版 §3.1.1(f)"),
        (ENGLISH, "What does clause 3.1.1(f) say?", "our digest, not official text", "2.0 §3.1.1(f)"),
    ],
    indirect=["page"],
)
def test_a_citation_opens_its_clause_with_the_quotation_marked(
    page: Page, url: str, question: str, badge: str, place: str
) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    ask(page, question)
    chip = page.locator(".chip").first
    quotation = chip.get_attribute("title") or ""
    assert place in (chip.get_attribute("aria-label") or "")
    chip.click()
    pane = page.locator(".pane")
    expect(pane.locator("h2")).to_contain_text(place)
    expect(pane.locator(".text mark")).to_have_text(quotation)
    expect(pane.locator(".badge")).to_have_text(badge)
    expect(chip).to_have_attribute("aria-pressed", "true")
    source = pane.locator("a")
    assert (source.get_attribute("href") or "").startswith("https://")
    assert "noopener" in (source.get_attribute("rel") or "")
    own, other = ("zh-CN", "en") if "版" in place else ("en", "zh-CN")
    expect(pane.locator(".text")).to_have_attribute("lang", own)
    pane.locator(".twin").click()
    expect(pane.locator(".text")).to_have_attribute("lang", other)
    expect(pane.locator("mark")).to_have_count(0)
    pane.locator(".twin").click()
    expect(pane.locator(".text mark")).to_have_text(quotation)


def test_the_labels_switch_and_the_page_says_its_language(page: Page, url: str) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    expect(page.locator(".hint")).to_contain_text("Select a citation")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".hint")).to_contain_text("点按答复中的引文编号")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_placeholder("输入问题，中英文均可")).to_be_visible()
    page.goto(f"{url}/?ui=en")
    expect(page.locator(".hint")).to_contain_text("Select a citation")


@pytest.mark.parametrize(
    ("page", "question"),
    [(CHINESE, "今天天气怎么样？"), (ENGLISH, "Which football club won the cup in 1998?")],
    indirect=["page"],
)
def test_a_refusal_shows_no_citation_and_the_nearest_clauses_apart(page: Page, url: str, question: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{url}/?clause={quote(CLAUSE, safe='@/()')}")
    expect(page.locator(".pane code")).to_have_text(CLAUSE)
    ask(page, question)
    expect(page.locator(".refusal .reason")).to_be_visible()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator(".hint")).to_be_visible()
    page.locator(".nearest .clause").first.click()
    expect(page.locator(".pane h2")).to_be_visible()
    expect(page.locator(".pane mark")).to_have_count(0)


def test_markup_in_a_question_stays_text(page: Page, url: str) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    ask(page, HOSTILE)
    expect(page.locator(".question")).to_have_text(HOSTILE)
    expect(page.locator(".turn img, .turn script")).to_have_count(0)
    assert page.evaluate("window.hit") is None


def test_a_link_opens_its_clause_and_an_unknown_one_is_ignored(page: Page, url: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{url}/?clause={quote(CLAUSE, safe='@/()')}&ui=zh")
    expect(page.locator(".pane code")).to_have_text(CLAUSE)
    page.goto(f"{url}/?clause={quote('<img src=x>')}&ui=zh")
    expect(page.locator(".hint")).to_be_visible()


def test_the_keyboard_opens_and_closes_a_clause(page: Page, url: str) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    ask(page, "What are the principles of AI safety governance?")
    chip = page.locator(".chip").nth(1)
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pane h2")).to_be_focused()
    page.wait_for_url("**clause=**")
    page.keyboard.press("Escape")
    expect(page.locator(".hint")).to_be_visible()
    expect(chip).to_be_focused()


@pytest.mark.parametrize("page", [("zh-CN", 400), ("en-US", 400)], indirect=True)
def test_a_narrow_page_stacks_without_scrolling_sideways(page: Page, url: str) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    ask(page, "3.1.1(f)写了什么？")
    page.locator(".chip").first.click()
    pane = page.locator(".pane")
    expect(pane.locator("mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    pane.locator(".close").click()
    expect(pane.locator("h2")).to_have_count(0)
    expect(page.locator(".answer")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("page", "first", "typed", "read_as", "as_it_stands"),
    [
        (CHINESE, "治理原则一共有几条？", "1.0呢？", "1.0版中，治理原则一共有几条？", "按原话提问"),
        (
            ENGLISH,
            "How many principles are there?",
            "and in 1.0?",
            "In 1.0, how many principles are there?",
            "as they stand",
        ),
    ],
    indirect=["page"],
)
def test_a_follow_up_is_shown_as_read_and_one_click_takes_it_back(
    page: Page, url: str, first: str, typed: str, read_as: str, as_it_stands: str
) -> None:
    from playwright.sync_api import expect

    page.goto(url)
    ask(page, first)
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(typed)
    box.press("Enter")
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator(".question").last).to_have_text(typed)
    expect(page.locator(".reading")).to_contain_text(read_as)
    page.get_by_role("button", name=as_it_stands).click()
    expect(page.locator(".answer")).to_have_count(3)
    expect(page.locator(".question").last).to_have_text(typed)
    expect(page.locator(".reading")).to_have_count(1)
