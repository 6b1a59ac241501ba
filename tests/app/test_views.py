"""The other screens without a browser: labels in both languages, links, filters, what operators may do, foreign text stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from built import built_assistant, built_home, copied_home
from streamlit.testing.v1 import AppTest

from app.answering.citing import cited
from app.answering.occurrences import occurrences
from app.answering.suggestions import suggestions
from app.cli.app_command import OPTIONS, access_of
from app.compare.table import Table, compared
from app.messages import MESSAGES, tell
from app.screens import tasks
from app.screens.compare import INK
from app.screens.feedback import keep_feedback, place_of_feedback
from app.screens.nodes import marked, node
from app.screens.structure import COLOURS, SECTIONS, flows
from app.screens.terms import AROUND, around
from app.transcript import Exchange, as_json, markdown, word
from corpus.errors import TiaowenError, UnusableInput
from corpus.home import Home
from corpus.records import Lang

SCRIPT = Path(__file__).parents[2] / "app" / "screens" / "start.py"
LANGS: tuple[Lang, ...] = ("zh", "en")
HOSTILE = "<script>window.hit=1</script>"
Open = Callable[..., AppTest]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("TIAOWEN_HOME", str(built_home().root))
    monkeypatch.delenv("TIAOWEN_ACCESS", raising=False)

    def open_page(**address: str) -> AppTest:
        page = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return open_page


def drawn(page: AppTest, key: str) -> str:
    """What a component was given, as JSON text."""
    return str(
        json.dumps(
            json.loads(next(one for one in page.get("bidi_component") if one.key == key).proto.json), ensure_ascii=False
        )
    )


@pytest.mark.parametrize("ui", LANGS)
@pytest.mark.parametrize("view", ["ask", "compare", "read", "terms", "evaluation", "library"])
def test_every_screen_opens_in_both_languages(opened: Open, ui: Lang, view: str) -> None:
    page = opened(ui=ui, view=view)
    assert page.title[0].value == tell("app_title", ui)
    assert page.session_state["view"] == view


def test_every_message_has_both_languages() -> None:
    assert all(zh.strip() and en.strip() for zh, en in MESSAGES.values())


@pytest.mark.parametrize(("question", "lang"), [("日志要留存多久？", "zh"), ("How long must logs be kept?", "en")])
def test_a_link_asks_its_question(opened: Open, question: str, lang: Lang) -> None:
    page = opened(q=question, ui=lang)
    assert question in drawn(page, "turn-1") and "6.3.6" in drawn(page, "turn-1")
    page.run()
    assert len([one for one in page.get("bidi_component") if one.key.startswith("turn-")]) == 1


def test_a_comparison_is_restored_by_its_link(opened: Open) -> None:
    page = opened(view="compare", old="1.0", new="2.0", text="en", labels="removed", ui="en")
    changes = drawn(page, "changes")
    assert "label removed" in changes and "label added" not in changes
    assert page.query_params["labels"] in ("removed", ["removed"])


@pytest.mark.parametrize(("find", "lang"), [("开源", "zh"), ("open-source", "en")])
def test_a_clause_is_read_in_both_languages_with_words_found(opened: Open, find: str, lang: Lang) -> None:
    page = opened(view="read", clause="aisgf@2.0#5.4", find=find, ui=lang)
    columns = drawn(page, "columns")
    assert '"data-path": "5.4"' in columns and "row here" in columns
    assert '"tag": "mark"' in columns and '"lang": "zh-CN"' in columns and '"lang": "en"' in columns


@pytest.mark.parametrize(("words", "other"), [("开源", "open source"), ("open source", "开源")])
def test_terms_count_in_both_languages_zero_included(opened: Open, words: str, other: str) -> None:
    shown = drawn(opened(view="terms", words=words, ui="en"), "terms")
    assert words in shown and other in shown and '"0"' in shown


def test_markup_in_words_stays_text(opened: Open) -> None:
    page = opened(view="terms", words=HOSTILE)
    assert HOSTILE in drawn(page, "terms")
    assert all(HOSTILE not in one.value for one in page.markdown)


def test_readers_behind_a_proxy_may_not_change_the_corpus(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(button.key == "build_index" for button in opened(view="library").button)
    assert any(button.key == "to_library" for button in opened().button)
    monkeypatch.setenv("TIAOWEN_ACCESS", "proxy")
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    page.query_params["view"] = "library"
    page.run()
    assert not any(button.key in ("build_index", "fetch", "add_this") for button in page.button)
    page.query_params["view"] = "ask"
    page.run()
    assert page.session_state["view"] == "ask" and not any(button.key == "to_library" for button in page.button)


def test_questions_are_limited_in_a_session(opened: Open) -> None:
    page = opened(ui="en")
    for at in range(31):
        page.chat_input[0].set_value(f"What is pre-training? {at}").run()
    assert "Too many questions" in drawn(page, "turn-31")
    assert "Too many questions" not in drawn(page, "turn-30")


@pytest.mark.parametrize("ui", LANGS)
def test_the_kind_of_text_goes_with_the_question(opened: Open, ui: Lang) -> None:
    question = "日志要留存多久？" if ui == "zh" else "How long must logs be kept?"
    page = opened(ui=ui, q=question, status="official")
    assert page.selectbox(key="status").value == "official"
    assert tell("official", ui) in drawn(page, "turn-1") and '"statements": []' in drawn(page, "turn-1")
    assert page.query_params["status"] in ("official", ["official"])


@pytest.mark.parametrize(
    ("question", "cited", "ui"),
    [("治理原则有哪些？", "aisgf@1.0/zh", "zh"), ("What are the principles?", "aisgf@1.0/en", "en")],
)
def test_a_link_restores_the_scope_of_its_question(opened: Open, question: str, cited: str, ui: Lang) -> None:
    for edition in ("1.0", "aisgf@1.0"):
        page = opened(ui=ui, q=question, edition=edition, answers=ui)
        assert page.selectbox(key="edition").value == "aisgf@1.0" and page.selectbox(key="answers").value == ui
        assert cited in drawn(page, "turn-1")
    page.session_state["going"] = ("ask", {"q": question})
    page.run()
    assert page.selectbox(key="edition").value == "" and page.selectbox(key="answers").value == "auto"
    assert "aisgf@2.0" in drawn(page, "turn-2")


@pytest.mark.parametrize("ui", LANGS)
def test_an_announcement_can_be_read(opened: Open, ui: Lang) -> None:
    page = opened(ui=ui, view="read", clause="aisgf@3.0#notice.1")
    assert tell("notice", ui) in str(page.selectbox(key="read_edition").format_func(("aisgf@3.0", "notice")))
    assert '"data-path": "notice.1"' in drawn(page, "columns")


@pytest.mark.parametrize("ui", LANGS)
def test_the_language_of_the_interface_is_read_first(opened: Open, ui: Lang) -> None:
    columns = drawn(opened(ui=ui, view="read", clause="aisgf@2.0#5.4"), "columns")
    own, other = ("zh-CN", "en") if ui == "zh" else ("en", "zh-CN")
    assert columns.index(f'"lang": "{own}"') < columns.index(f'"lang": "{other}"')


@pytest.mark.parametrize("ui", LANGS)
def test_the_structure_goes_down_to_sections(opened: Open, ui: Lang) -> None:
    page = opened(ui=ui, view="compare")
    assert "3.1 " not in drawn(page, "structure_table")
    page.session_state["structure_depth"] = SECTIONS
    page.run()
    assert "3.1 " in drawn(page, "structure_table") and "5.4 " in drawn(page, "structure_table")
    counted = flows(table_of(ui), SECTIONS)
    assert any(flow.new == "3.1" for flow in counted) and sum(flow.count for flow in counted) == len(table_of(ui).rows)


# --- without a page


def table_of(lang: Lang) -> Table:
    """The bundled editions compared."""
    retriever = built_assistant().retriever
    documents = [retriever.document(edition, lang) for edition in ("aisgf@1.0", "aisgf@2.0")]
    assert documents[0] and documents[1]
    return compared(retriever.lineages["aisgf@1.0", "aisgf@2.0", lang], documents[0], documents[1])


def test_the_colours_of_the_picture_are_those_of_the_page() -> None:
    css = (SCRIPT.parent / "sheet.css").read_text(encoding="utf-8")
    assert dict(re.findall(r"\.sheet \.(\w+) \{ --tone: (#\w+); \}", css)) == COLOURS
    assert list(INK.values()) == [OPTIONS["theme.light.textColor"], OPTIONS["theme.dark.textColor"]]
    page = (SCRIPT.parent / "page.css").read_text(encoding="utf-8")
    grounds = re.findall(r"--ground: (#\w+);", page)
    assert grounds == [OPTIONS["theme.light.backgroundColor"], OPTIONS["theme.dark.backgroundColor"]]


@pytest.mark.parametrize(("words", "lang"), [("开源", "zh"), ("open source", "en")])
def test_an_occurrence_is_shown_with_what_stands_around_it_in_its_clause(words: str, lang: Lang) -> None:
    document = built_assistant().retriever.documents[f"aisgf@2.0/{lang}", "body"]
    for one in occurrences(document, words):
        before, after = around(document, one)
        line = f"{before}{one.span.of(document.text)}{after}".replace("\n", " ").strip("…")
        assert line in document.text.replace("\n", " ")
        assert len(before) <= AROUND[lang] + 1 and len(after) <= AROUND[lang] + 1
        if lang == "en":
            assert not re.match(r"…\S*[a-z]$", before) and not re.search(r"\s…$", after)


def test_how_far_a_task_is_counts_its_steps_and_what_its_last_line_says() -> None:
    task = tasks.Task("task_add", [["add"], ["build"]], step=1)
    assert task.share == 0
    for line, share in (("reading page 3 of 12, about 9 s left", 0.125), ("识别第6/12页，约剩3秒", 0.25), ("done", 0)):
        task.lines = [line]
        assert task.share == share
    task.step = 2
    assert task.share == 0.5


def test_others_reach_the_app_only_where_somebody_signs_them_in(tmp_path: Path) -> None:
    assert access_of("::1", False, None) == "local"
    assert access_of("0.0.0.0", True, None) == "proxy"
    with pytest.raises(UnusableInput, match=r"nobody would sign in; .*--auth FILE, or --trust-proxy"):
        access_of("0.0.0.0", False, None)
    bad = tmp_path / "secrets.toml"
    bad.write_text("[auth]\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match="has no \\[auth\\] with redirect_uri and cookie_secret"):
        access_of("127.0.0.1", False, bad)
    bad.write_text('[auth]\nredirect_uri = "x"\ncookie_secret = "y"\n', encoding="utf-8")
    assert access_of("127.0.0.1", False, bad) == "oidc"


@pytest.mark.parametrize(("question", "lang"), [("日志要留存多久？", "zh"), ("How long must logs be kept?", "en")])
def test_suggestions_are_answered_and_none_follow_a_refusal(question: str, lang: Lang) -> None:
    ours = built_assistant()
    found = suggestions(ours, ours.ask(question))
    assert found and all(ours.ask(one).declined is None for one in found)
    assert suggestions(ours, ours.ask("红烧肉怎么做？")) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_digest_is_cited_as_what_it_is(lang: Lang) -> None:
    document = built_assistant().retriever.documents[f"aisgf@2.0/{lang}", "body"]
    clause = document.by_path["6.3.6"]
    forms = cited(document, clause, clause.text.strip(), lang, "2026-11-26")
    assert set(forms) == {"plain", "markdown", "gbt7714"}
    word_for = {"zh": "非官方文本", "en": "not official text"}[lang]
    assert all(word_for in form for form in forms.values())
    assert "[2026-11-26]" in forms["gbt7714"] and clause.id in forms["markdown"] and "§6.3.6" in forms["plain"]


@pytest.mark.parametrize(("question", "lang"), [("日志要留存多久？", "zh"), ("How long must logs be kept?", "en")])
def test_a_conversation_is_kept_with_clause_ids(question: str, lang: Lang) -> None:
    told = [Exchange(question, built_assistant().ask(question)), Exchange(HOSTILE, None, "no")]
    text = markdown(told, lang)
    assert f"aisgf@2.0/{lang}" in text and "\\<script\\>" in text and HOSTILE not in text
    rows = json.loads(as_json(told))
    assert rows[0]["answer"]["citations"][0]["clause"] == f"aisgf@2.0/{lang}#6.3.6" and rows[1]["error"] == "no"
    assert word(told, lang).startswith(b"PK")


def test_feedback_stays_in_the_home(tmp_path: Path) -> None:
    home = copied_home(tmp_path / "home")
    answer = built_assistant().ask("日志要留存多久？")
    keep_feedback(home, answer, False, "少了<审计>")
    keep_feedback(home, answer, True, "")
    rows = [json.loads(line) for line in place_of_feedback(home).read_text(encoding="utf-8").splitlines()]
    assert [(row["good"], row["reason"]) for row in rows] == [(False, "少了<审计>"), (True, "")]


def test_nodes_take_known_tags_and_safe_addresses() -> None:
    assert "href" not in node("a", "x", href="javascript:alert(1)")
    with pytest.raises(ValueError, match="'script' is not drawn"):
        node("script", "x")
    assert marked("AI and ai", "AI")[1] == {"tag": "mark", "children": ["AI"]}
    assert marked("开源", "开") == ["", {"tag": "mark", "children": ["开"]}, "源"]


def test_tasks_run_in_turn_one_at_a_time_and_stop(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    task = tasks.start(home, "task_build", [tasks.command(home, "--version"), tasks.command(home, "--help")])
    assert task.wait(60) and task.state == "done" and task.step == 2
    failed = tasks.start(home, "task_add", [tasks.command(home, "show", "nonsense"), tasks.command(home, "--version")])
    assert failed.wait(60) and (failed.state, failed.step) == ("failed", 1) and failed.lines
    rest = tasks.start(
        home, "task_fetch", [tasks.command(home, "show", "nonsense"), tasks.command(home, "--version")], go_on=True
    )
    assert rest.wait(60) and (rest.state, rest.step) == ("failed", 2) and rest.printed.startswith("tiaowen ")
    waiting = tasks.start(home, "task_eval", [tasks.command(home, "eval", "answer")] * 2)
    with pytest.raises(TiaowenError, match="other work is running; wait for it, or stop it"):
        tasks.start(home, "task_build", [])
    waiting.stop()
    assert waiting.wait(60) and waiting.state == "stopped"


def test_a_text_without_pages_has_none_to_show(tiaowen: Any, home: Home, tmp_path: Path) -> None:
    done = tiaowen("page", "2.0#5.4", "-o", str(tmp_path / "p.png"), home=home)
    assert done.code == 2 and done.line.endswith("has no pages to show; add the PDF: tiaowen add FILE --edition ...")
