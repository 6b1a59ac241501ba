"""The chat page without a browser: labels, scope, answers, refusals, links, and that foreign text stays text."""

from __future__ import annotations

import json
import socket
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from built import copied_home
from streamlit.testing.v1 import AppTest

from app.cli.app_command import OPTIONS, command, free_port, url_of
from app.messages import tell
from app.screens.clause_view import safe_url, segments
from app.screens.turn_view import statement_parts
from corpus.errors import TiaowenError, UnusableInput
from corpus.home import Home
from corpus.receipts import find
from corpus.records import Citation, Lang, Span, Statement
from index.generation import current_generation

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "app" / "screens" / "start.py"
HOSTILE = "<script>window.hit=1</script> **开源** <img src=x onerror=alert(1)>"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose index the page itself builds, the first time it is opened."""
    root = Home(tmp_path_factory.mktemp("screens"))
    with pytest.MonkeyPatch.context() as env:
        env.setenv("TIAOWEN_HOME", str(root.root))
        page = AppTest.from_file(str(SCRIPT), default_timeout=300).run()
    assert not page.exception
    assert current_generation(root.index) is not None
    return root


@pytest.fixture
def opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A fresh session with an address line: `opened(ui="zh")`."""
    monkeypatch.setenv("TIAOWEN_HOME", str(home.root))

    def open_page(**address: str) -> AppTest:
        page = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return open_page


def drawn(page: AppTest, key: str) -> dict[str, Any]:
    """What a component was given to draw."""
    found = next(one for one in page.get("bidi_component") if one.key == key)
    view: dict[str, Any] = json.loads(found.proto.json)
    return view["view"] if key.startswith("turn-") else view


def asked(page: AppTest, question: str) -> dict[str, Any]:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return drawn(page, "turn-1")


# --- labels


@pytest.mark.parametrize(
    ("ui", "title", "labels"),
    [
        ("zh", "条文 Tiaowen", ["版本", "答复语言", "文本性质"]),
        ("en", "Tiaowen 条文", ["Edition", "Answer language", "Kind of text"]),
    ],
)
def test_labels_are_in_the_language_of_the_interface(opened: Open, ui: Lang, title: str, labels: list[str]) -> None:
    page = opened(ui=ui)
    assert page.title[0].value == title
    assert [box.label for box in page.selectbox] == labels
    assert page.chat_input[0].placeholder == tell("ask_placeholder", ui)
    assert drawn(page, "clause")["labels"]["clause_hint"] == tell("clause_hint", ui)
    assert drawn(page, "clause")["ui"] == {"zh": "zh-CN", "en": "en"}[ui]


def test_the_switch_changes_every_label_and_the_address(opened: Open) -> None:
    page = opened(ui="zh")
    page.button(key="switch").click().run()
    assert page.title[0].value == "Tiaowen 条文"
    assert page.query_params["ui"] in ("en", ["en"])
    page.button(key="switch").click().run()
    assert page.title[0].value == "条文 Tiaowen"


def test_an_unknown_language_in_the_address_is_ignored(opened: Open) -> None:
    assert opened(ui="<b>").title[0].value in ("Tiaowen 条文", "条文 Tiaowen")


@pytest.mark.parametrize("ui", ["zh", "en"])
def test_a_corpus_of_digests_says_so_and_names_the_command(opened: Open, ui: Lang) -> None:
    captions = [caption.value for caption in opened(ui=ui).caption]
    assert tell("only_digests", ui, version="2.0") in captions
    assert any("3.0" in caption and "2026-09-14" in caption for caption in captions)


# --- questions and answers


@pytest.mark.parametrize("ui", ["zh", "en"])
@pytest.mark.parametrize("example", ["example_1", "example_2", "example_3", "example_4"])
def test_every_example_is_answered_in_its_language(opened: Open, ui: Lang, example: str) -> None:
    page = opened(ui=ui)
    page.button(key=example).click().run()
    view = drawn(page, "turn-1")
    assert view["question"]["text"] == tell(example, ui)
    assert view["declined"] is None and view["statements"]
    assert view["lang"] == {"zh": "zh-CN", "en": "en"}[ui]
    chips = {part["chip"] for parts in view["statements"] for part in parts if "chip" in part}
    assert {str(chip) for chip in chips} == set(view["citations"])


def test_the_scope_goes_with_the_question(opened: Open) -> None:
    page = opened(ui="en")
    assert [*page.selectbox(key="edition").options] == [
        "Newest with text (2.0)",
        "Edition 2.0",
        "Edition 1.0",
        "All editions",
    ]
    page.selectbox(key="edition").select("aisgf@1.0")
    page.selectbox(key="answers").select("zh")
    view = asked(page, "What are the principles of AI safety governance?")
    assert view["lang"] == "zh-CN"
    assert {cited["clause"].partition("#")[0] for cited in view["citations"].values()} == {"aisgf@1.0/zh"}


@pytest.mark.parametrize(("question", "lang"), [("什么是预训练？", "en"), ("What is pre-training?", "zh")])
def test_an_answer_of_the_chat_can_be_given_again(
    opened: Open, home: Home, tiaowen: Any, question: str, lang: Lang
) -> None:
    page = opened(ui="en")
    page.selectbox(key="edition").select("aisgf@2.0")
    page.selectbox(key="answers").select(lang)
    view = asked(page, question)
    (kept,) = (one for one in find(home.receipts, "") if one.question == question)
    assert (kept.edition, kept.lang) == ("aisgf@2.0", lang)
    done = tiaowen("replay", kept.id, "--json", home=home)
    assert (done.code, done.err, done.json["answer_id"]) == (0, "", kept.id)
    shown = [cited["clause"] for cited in view["citations"].values()]
    assert [cited["clause"] for cited in done.json["citations"]] == shown


def test_a_home_that_takes_no_receipt_answers_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = copied_home(tmp_path / "home")
    home.receipts.mkdir()
    monkeypatch.setenv("TIAOWEN_HOME", str(home.root))
    page = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert asked(page, "什么是微调？")["citations"]
    (line,) = (row.getMessage() for row in caplog.records if row.name == "tiaowen.answers")
    assert "was not noted: the receipts" in line and "receipts.db" in line


@pytest.mark.parametrize(
    ("ui", "question"), [("zh", "今天天气怎么样？"), ("en", "Which football club won the cup in 1998?")]
)
def test_a_refusal_shows_its_reason_and_no_citation(opened: Open, ui: Lang, question: str) -> None:
    view = asked(opened(ui=ui), question)
    assert view["declined"]["message"]
    assert view["statements"] == [] and view["citations"] == {}
    assert view["labels"]["declined"] == tell("declined", ui)
    assert all(link["clause"].startswith("aisgf@") for link in view["declined"]["nearest"])


def test_nothing_is_asked_for_an_empty_question(opened: Open) -> None:
    page = opened()
    page.chat_input[0].set_value("   ").run()
    assert [one.key for one in page.get("bidi_component")] == ["clause"]


def test_markup_in_a_question_travels_as_a_value_only(opened: Open) -> None:
    page = opened()
    assert asked(page, HOSTILE)["question"]["text"] == HOSTILE
    rendered = [element.value for kind in ("markdown", "caption", "title", "text") for element in getattr(page, kind)]
    assert not any("script" in text or "onerror" in text for text in rendered)


def test_sessions_do_not_see_each_other(opened: Open) -> None:
    asked(opened(), "3.1.1(f)写了什么？")
    assert [one.key for one in opened().get("bidi_component")] == ["clause"]


# --- follow-ups


def then(page: AppTest, question: str) -> None:
    page.chat_input[0].set_value(question).run()
    assert not page.exception


def mounted(page: AppTest) -> list[str]:
    return [one.key for one in page.get("bidi_component")]


@pytest.mark.parametrize(
    ("ui", "first", "typed", "read_as", "answered"),
    [
        ("zh", "治理原则一共有几条？", "1.0呢？", "1.0版中，治理原则一共有几条？", "aisgf@1.0/zh"),
        (
            "en",
            "How many principles are there?",
            "and in 1.0?",
            "In 1.0, how many principles are there?",
            "aisgf@1.0/en",
        ),
    ],
)
def test_a_follow_up_is_shown_as_typed_and_as_read(
    opened: Open, ui: Lang, first: str, typed: str, read_as: str, answered: str
) -> None:
    page = opened(ui=ui)
    then(page, first)
    then(page, typed)
    assert mounted(page) == ["turn-1", "turn-2-asked", "turn-2", "clause"]
    shown = drawn(page, "turn-2-asked")
    assert shown["question"]["text"] == typed
    assert shown["read_as"] == {
        "label": tell("read_as", ui, text="").strip(),
        "text": read_as,
        "lang": {"zh": "zh-CN", "en": "en"}[ui],
    }
    view = drawn(page, "turn-2")
    assert view["question"] is None and view["statements"]
    assert {cited["clause"].partition("#")[0] for cited in view["citations"].values()} == {answered}


@pytest.mark.parametrize(
    ("ui", "first", "typed"),
    [("zh", "3.1.1(f)写的什么？", "展开讲讲"), ("en", "What is written in clause 3.1.1(f)?", "tell me more")],
)
def test_one_click_asks_the_words_as_they_stand(opened: Open, ui: Lang, first: str, typed: str) -> None:
    page = opened(ui=ui)
    then(page, first)
    then(page, typed)
    button = page.button(key="as-it-stands-2")
    assert button.label == tell("as_it_stands", ui)
    button.click().run()
    assert not page.exception
    assert mounted(page) == ["turn-1", "turn-2-asked", "turn-2", "turn-3", "clause"]
    view = drawn(page, "turn-3")
    assert view["question"]["text"] == typed
    assert view["read_as"] is None
    assert view["statements"] != drawn(page, "turn-2")["statements"]


@pytest.mark.parametrize(
    ("ui", "first", "typed", "told"),
    [
        ("zh", "系统日志得保存多长时间？", "用英文回答", "系统日志得保存多长时间？ （用英文回答）"),
        ("en", "How long are logs kept?", "in Chinese please", "How long are logs kept? (answer in Chinese)"),
    ],
)
def test_another_language_is_asked_for_in_words(opened: Open, ui: Lang, first: str, typed: str, told: str) -> None:
    page = opened(ui=ui)
    page.selectbox(key="answers").select(ui)
    then(page, first)
    then(page, typed)
    assert drawn(page, "turn-2-asked")["read_as"]["text"] == told
    assert drawn(page, "turn-2")["lang"] == {"zh": "en", "en": "zh-CN"}[ui]


@pytest.mark.parametrize(
    ("first", "typed", "edition"),
    [("治理原则一共有几条？", "那2.0呢", "aisgf@2.0"), ("How many principles are there?", "and 2.0?", "aisgf@2.0")],
)
def test_an_edition_asked_for_in_words_wins_over_the_choice_on_top(
    opened: Open, first: str, typed: str, edition: str
) -> None:
    page = opened()
    page.selectbox(key="edition").select("aisgf@1.0")
    then(page, first)
    then(page, typed)
    assert {cited["clause"].partition("/")[0] for cited in drawn(page, "turn-2")["citations"].values()} == {edition}


@pytest.mark.parametrize(
    ("first", "second"),
    [("3.1.1(f)写的什么？", "什么是安全护栏？"), ("What is written in clause 3.1.1(f)?", "What are guardrails for?")],
)
def test_a_question_of_its_own_is_asked_as_typed(opened: Open, first: str, second: str) -> None:
    page = opened()
    then(page, first)
    then(page, second)
    assert mounted(page) == ["turn-1", "turn-2", "clause"]
    assert drawn(page, "turn-2")["question"]["text"] == second
    assert not [button.key for button in page.button if button.key.startswith("as-it-stands")]


@pytest.mark.parametrize("typed", ["1.0呢？", "and in 1.0?"])
def test_a_follow_up_goes_on_from_its_own_session_only(opened: Open, typed: str) -> None:
    then(opened(), "治理原则一共有几条？")
    other = opened()
    then(other, typed)
    assert mounted(other) == ["turn-1", "clause"]


# --- the clause


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("aisgf@2.0/zh#3.1.1(f)", "aisgf@2.0/zh#3.1.1(f)"),
        ("aisgf@2.0/en#3.1.1(f)", "aisgf@2.0/en#3.1.1(f)"),
        ("2.0#3.1.1（f）", "aisgf@2.0/zh#3.1.1(f)"),
        ("aisgf@3.0/zh#notice.1", "aisgf@3.0/zh#notice.1"),
    ],
)
def test_a_link_opens_its_clause(opened: Open, link: str, found: str) -> None:
    page = opened(ui="zh", clause=link)
    view = drawn(page, "clause")["view"]
    assert view["id"] == found
    assert view["badges"] == [{"kind": "digest", "label": tell("digest", "zh")}]
    assert view["twin"]["clause"].partition("#")[2] == found.partition("#")[2]
    assert view["source"].startswith("https://")


@pytest.mark.parametrize("link", ["aisgf@2.0/zh#9.9.9", "aisgf@9.9/zh#1", "javascript:alert(1)", "<script>", ""])
def test_an_unknown_clause_in_a_link_is_ignored(opened: Open, link: str) -> None:
    assert drawn(opened(clause=link), "clause")["view"] is None


def test_marking_cuts_a_text_in_three() -> None:
    assert [piece["text"] for piece in segments("先备份，再上线", 10, Span(11, 13))] == ["先", "备份", "，再上线"]
    assert segments("Back up first", 5, None) == [{"text": "Back up first", "mark": False}]
    assert segments("Back up first", 5, Span(50, 60)) == [{"text": "Back up first", "mark": False}]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://host/x", "http://", "http://[", None]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert safe_url(url) is None
    assert safe_url("https://www.cac.gov.cn/a.htm") == "https://www.cac.gov.cn/a.htm"


@pytest.mark.parametrize("quote", ["见脚注[1]，先备份", "see note [1], back up first"])
def test_a_mark_inside_a_quotation_is_no_citation(quote: str) -> None:
    citation = Citation(
        1, "aisgf@2.0/zh#5.4", "2.0版 §5.4", "", quote, 0, len(quote), None, None, "digest", "text", False, None, ""
    )
    parts = statement_parts(Statement(f"§5.4：“{quote}”[1]", (1,)), {1: citation})
    assert parts == [{"text": "§5.4：“"}, {"quote": quote}, {"text": "”"}, {"chip": 1}]


# --- what goes wrong


def test_a_damaged_index_is_named_and_can_be_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(tmp_path))
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "CURRENT").write_text("gone", encoding="utf-8")
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    page.query_params["ui"] = "zh"
    page.run()
    assert not page.exception
    assert [text.value for text in page.text] == [
        "无法打开索引",
        "the live index 'gone' is not there; run: tiaowen build",
    ]
    assert page.button(key="rebuild").label == "重建索引"


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(TiaowenError, match=rf"port {port} on 127\.0\.0\.1 is in use; .*tiaowen app --port"):
            free_port("127.0.0.1", port)
    assert free_port("127.0.0.1", 0) > 0


@pytest.mark.parametrize("address", ["192.0.2.1", "no such host.invalid"])
def test_an_address_of_another_machine_is_refused(address: str) -> None:
    with pytest.raises(UnusableInput, match="leave --address out"):
        free_port(address, 0)


def test_the_address_printed_is_one_a_browser_can_open() -> None:
    assert url_of("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert url_of("0.0.0.0", 1) == "http://127.0.0.1:1"
    assert url_of("::1", 1) == url_of("::", 1) == "http://[::1]:1"


# --- settings


def test_the_settings_file_and_the_flags_are_the_same() -> None:
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        tables = tomllib.load(file)
    assert dict(flat(tables)) == OPTIONS


def flat(tables: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by their dotted names."""
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def test_the_child_never_reports_usage_and_listens_where_it_was_told() -> None:
    words = command("127.0.0.1", 8765)
    assert {"--browser.gatherUsageStats=false", "--server.address=127.0.0.1", "--server.port=8765"} <= {*words}
    assert Path(words[words.index("run") + 1]) == SCRIPT
