"""The language model from end to end: the command line, the settings, the chat."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from built import built_assistant, built_home
from scripted_llm import breaks_off, lead_to, refuses, says, serving
from streamlit.testing.v1 import AppTest
from written import ASKED, DRAFT, FALSE

from app.messages import tell
from corpus.home import Home
from corpus.records import LANGS, Lang

both = pytest.mark.parametrize("lang", LANGS)
KEY = "sk-7f3a-do-not-show"
SCRIPT = Path(__file__).parents[2] / "app" / "screens" / "start.py"


# --- the command line


@both
def test_ask_with_a_model(tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    with serving(says(*DRAFT[lang])) as server:
        lead_to(server, monkeypatch, key=KEY)
        done = tiaowen("ask", ASKED[lang], "--llm", "--json", home=home)
        text = tiaowen("ask", ASKED[lang], "--llm", home=home)
    assert (done.code, done.err, text.code, text.err) == (0, "", 0, "")
    assert done.json["notes"][0]["kind"] == "llm"
    assert set(done.json["ms"]) == {"retrieve", "compose", "write"}
    (statement,) = done.json["statements"]
    assert statement["text"] == done.json["text"] == DRAFT[lang].replace(" [", "[")
    plain = built_assistant().ask(ASKED[lang])
    assert done.json["citations"][0]["quote"] == plain.citations[0].quote
    assert done.json["answer_id"] != plain.answer_id
    assert done.json["text"] in text.out and f"“{plain.citations[0].quote}”" in text.out


@both
def test_ask_falls_back_and_says_so(tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    plain = tiaowen("ask", ASKED[lang], "--json", home=home).json
    for script in (refuses(500), says(FALSE[lang]), breaks_off(DRAFT[lang][:9])):
        with serving(script) as server:
            lead_to(server, monkeypatch)
            done = tiaowen("ask", ASKED[lang], "--llm", "--json", home=home)
        assert (done.code, done.err.count("\n")) == (0, 0)
        note, *others = done.json["notes"]
        assert note["kind"] == "llm_fallback"
        assert {**done.json, "ms": 0, "answer_id": 0, "notes": others} == {**plain, "ms": 0, "answer_id": 0}


def test_without_the_option_the_bytes_are_the_same(tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for question in (*ASKED.values(), "今天天气怎么样？", "How many principles are there?"):
        before = tiaowen("ask", question, "--json", home=home).json
        with serving(says("x")) as server:
            lead_to(server, monkeypatch)
            after = tiaowen("ask", question, "--json", home=home).json
            assert server.asked == []
        assert {**after, "ms": 0} == {**before, "ms": 0}


@pytest.mark.parametrize(
    "question", ["今天天气怎么样？", "人工智能安全治理原则有哪些？", "What changed from 1.0 to 2.0?"]
)
def test_what_no_model_may_write_is_as_without(
    tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    plain = tiaowen("ask", question, "--json", home=home).json
    with serving(says("x")) as server:
        lead_to(server, monkeypatch)
        done = tiaowen("ask", question, "--llm", "--json", home=home)
        assert server.asked == []
    assert (done.code, {**done.json, "ms": 0}) == (0, {**plain, "ms": 0})


BAD_SETTINGS = [
    ({}, 1, "no language model is configured; set TIAOWEN_LLM_URL (such as http://127.0.0.1:11434/v1) and "),
    ({"URL": "http://127.0.0.1:1/v1"}, 1, "TIAOWEN_LLM_MODEL is not set; set it to the name of the model"),
    ({"URL": f"127.0.0.1/{KEY}", "MODEL": "m"}, 2, "TIAOWEN_LLM_URL is no web address; write it like http://"),
    ({"URL": f"http://:{KEY}@127.0.0.1/", "MODEL": "m"}, 2, "TIAOWEN_LLM_URL holds more than an address; put the key"),
    ({"URL": f"http://127.0.0.1/?k={KEY}", "MODEL": "m"}, 2, "TIAOWEN_LLM_URL holds more than an address; put the key"),
    ({"URL": "http://127.0.0.1:99999999/v1", "MODEL": "m"}, 2, "TIAOWEN_LLM_URL is no web address"),
    ({"URL": "http://h/v1", "MODEL": "m", "TIMEOUT": "soon"}, 2, "TIAOWEN_LLM_TIMEOUT is 'soon'; give seconds"),
    ({"URL": "http://h/v1", "MODEL": "m", "TIMEOUT": "-1"}, 2, "TIAOWEN_LLM_TIMEOUT is '-1'; give seconds"),
    ({"CLASS": "os.system('x')", "MODEL": "m"}, 2, "TIAOWEN_LLM_CLASS is \"os.system('x')\"; write it like"),
    (
        {"CLASS": "no.such.module:Llm", "MODEL": "m"},
        1,
        "the language model needs no, which is not installed; install the package of no.such.module:Llm",
    ),
    (
        {"CLASS": "json:loads", "MODEL": "m", "KEY": KEY},
        1,
        "the language model 'm' cannot be opened (TypeError); compare",
    ),
]


@pytest.mark.parametrize(("given", "code", "said"), BAD_SETTINGS)
def test_a_model_that_cannot_be_had_is_told_in_one_line(
    tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], code: int, said: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TIAOWEN_LLM_{name}", value)
    done = tiaowen("ask", "日志", "--llm", home=home)
    assert (done.code, done.out) == (code, "")
    assert done.line.startswith(f"tiaowen: {said}") and KEY not in done.line
    failed = tiaowen("ask", "日志", "--llm", "--json", home=home)
    assert (failed.code, set(failed.json)) == (code, {"error", "way_out"}) and failed.json["way_out"]


def test_a_missing_package_is_told_in_one_line(tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    monkeypatch.setenv("TIAOWEN_LLM_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("TIAOWEN_LLM_MODEL", "m")
    done = tiaowen("ask", "日志", "--llm", home=home)
    assert (done.code, done.out) == (1, "")
    assert "which is not installed; pip install llama-index-llms-openai-like, or do without the model" in done.line


# --- models


def test_any_llama_index_class_will_do(tiaowen: Any, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIAOWEN_LLM_CLASS", "scripted_llm:Parrot")
    monkeypatch.setenv("TIAOWEN_LLM_MODEL", DRAFT["en"])
    monkeypatch.setenv("TIAOWEN_LLM_KEY", KEY)
    done = tiaowen("ask", ASKED["en"], "--llm", "--json", home=home)
    assert done.json["text"] == DRAFT["en"].replace(" [", "[")
    assert done.json["notes"][0]["kind"] == "llm" and KEY not in done.out


# --- the chat


def page(ui: Lang) -> AppTest:
    """The chat over the built home."""
    opened = AppTest.from_file(str(SCRIPT), default_timeout=60)
    opened.query_params["ui"] = ui
    opened.run()
    assert not opened.exception
    return opened


def turn(opened: AppTest) -> dict[str, Any]:
    """What the first turn shows."""
    found = next(one for one in opened.get("bidi_component") if one.key == "turn-1")
    view: dict[str, Any] = json.loads(found.proto.json)["view"]
    return view


@both
def test_the_switch_is_there_only_where_a_model_is_configured(monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(built_home().root))
    assert not page(lang).toggle
    monkeypatch.setenv("TIAOWEN_LLM_URL", "http://127.0.0.1:1/v1")
    half = page(lang)
    assert not half.toggle and "TIAOWEN_LLM_MODEL is not set" in half.text[0].value
    monkeypatch.setenv("TIAOWEN_LLM_MODEL", "m")
    (switch,) = page(lang).toggle
    assert (switch.label, switch.value) == (tell("scope_llm", lang), False)


@both
def test_the_chat_shows_what_was_verified(monkeypatch: pytest.MonkeyPatch, lang: Lang) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(built_home().root))
    for draft, kind in ((DRAFT[lang], "llm"), (FALSE[lang], "llm_fallback")):
        with serving(says(*draft)) as server:
            lead_to(server, monkeypatch)
            opened = page(lang)
            opened.toggle[0].set_value(True)
            opened.chat_input[0].set_value(ASKED[lang]).run()
            assert not opened.exception and len(server.asked) == 1
        view = turn(opened)
        shown = json.dumps(view["statements"], ensure_ascii=False)
        assert view["notes"][0]["kind"] == kind
        assert not {"9", "nine"} & set(re.findall(r"\d|[a-z]+", shown))
        assert set(view["citations"]) == {"1"}


def test_without_the_switch_no_model_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIAOWEN_HOME", str(built_home().root))
    with serving(says("x")) as server:
        lead_to(server, monkeypatch)
        opened = page("zh")
        opened.chat_input[0].set_value(ASKED["zh"]).run()
        assert server.asked == []
    assert "llm" not in json.dumps(turn(opened)["notes"])
