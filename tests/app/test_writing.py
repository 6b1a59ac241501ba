"""What a language model may do to an answer, and that what it may not do is never shown."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from scripted_llm import PATIENCE, Reply, Said, Script, breaks_off, garbles, refuses, says, serving
from written import BACKUPS, FILES, GOOD, LOGS, WRONG, answer

from app.writing.draft import WRITTEN, drafts, may_write, write
from app.writing.judge import judge
from app.writing.model import Limits, ModelFailed
from app.writing.settings import open_model, required
from corpus.records import LANGS, Answer, Declined, Lang, Note, Search, Statement

both = pytest.mark.parametrize("lang", LANGS)


def served(script: Script, of: Answer, seconds: float = PATIENCE) -> Answer:
    """An answer written by a scripted server."""
    with serving(script) as server:
        settings = required(server.environment("sk-key", seconds))
        return write(of, open_model(settings), settings.limits)


def kinds(of: Answer) -> list[str]:
    return [note.kind for note in of.notes]


def stands(written: Answer, before: Answer, reason: str) -> bool:
    """Whether the extractive answer is what is shown, with one note that says why."""
    (note,) = written.notes
    assert (note.kind, reason in note.message) == ("llm_fallback", True), note
    return replace(written, answer_id="", notes=(), ms={}) == replace(before, answer_id="", notes=(), ms={})


# --- a good draft


@both
def test_a_good_draft_takes_the_place_of_the_statements(lang: Lang) -> None:
    before = answer(lang, notes=(Note("digest", "…"),))
    written = served(says(*GOOD[lang]), before)
    assert [statement.text for statement in written.statements] == GOOD[lang].splitlines()
    assert written.text == GOOD[lang].strip()
    assert written.citations == before.citations
    assert kinds(written) == ["llm", "digest"]
    assert "scripted:7b" in written.notes[0].message
    assert written.answer_id not in ("", before.answer_id)
    assert written.answer_id != write(before, Said(GOOD[lang])).answer_id
    assert set(written.ms) == {"retrieve", "compose", "write"}


@both
def test_a_draft_may_order_connect_and_shorten(lang: Lang) -> None:
    before = answer(lang)
    written = write(before, Said(f"{BACKUPS[lang]}{' ' * (lang == 'en')}{LOGS[lang]}"))
    assert [statement.citations for statement in written.statements] == [(3,), (1,)]
    assert written.citations == (before.citations[0], before.citations[2])


@pytest.mark.parametrize(
    ("lang", "draft", "wanted"),
    [
        ("zh", "运行日志应当至少留存六个月。【1】\n\n- 备份不得存放在本机 [3]。", [(1,), (3,)]),
        ("zh", "<think>先看引文[1]。</think>运行日志应当至少留存六个月，重要文件每天备份到异地机房［1，2］。", [(1, 2)]),
        ("en", "Operation logs should be kept for at least six months. [1] Backups must not be stored on the machine itself. [3]", [(1,), (3,)]),
        ("en", "1. **Operation logs** should be kept for at least six months [1].\n2) Backups must not be stored on the machine [3].", [(1,), (3,)]),
        ("en", "<think>\nSee [1].\n</think>\n* Operation logs should be kept for at least six months [1, 1].", [(1,)]),
    ],
)  # fmt: skip
def test_marks_are_read_as_models_write_them(lang: Lang, draft: str, wanted: list[tuple[int, ...]]) -> None:
    written = write(answer(lang), Said(draft))
    assert kinds(written) == ["llm"]
    assert [statement.citations for statement in written.statements] == wanted


@both
def test_sentences_come_as_they_are_verified(lang: Lang) -> None:
    """The server says the second sentence only after the first one has been shown."""
    shown = threading.Event()

    def script(reply: Reply) -> None:
        reply.begin()
        reply.say(LOGS[lang] + " ")
        reply.say(FILES[lang][:4])
        assert shown.wait(PATIENCE)
        reply.say(FILES[lang][4:])
        reply.end()

    with serving(script) as server:
        settings = required(server.environment())
        growing = drafts(answer(lang), open_model(settings), settings.limits)
        first = next(growing)
        assert (first.text, first.notes) == (LOGS[lang], ())
        shown.set()
        assert [one.text for one in growing] == [f"{LOGS[lang]}\n{FILES[lang]}"] * 2


# --- what is dropped


@both
@pytest.mark.parametrize("wrong", WRONG)
def test_what_no_quotation_says_is_never_shown(lang: Lang, wrong: str) -> None:
    before = answer(lang)
    draft = f"{LOGS[lang]}\n{WRONG[wrong][lang]}\n{BACKUPS[lang]}\n"
    growing = list(drafts(before, Said(draft)))
    for one in growing:
        assert {statement.text for statement in one.statements} <= {LOGS[lang], BACKUPS[lang]}
    assert kinds(growing[-1]) == ["llm"]
    assert stands(write(before, Said(WRONG[wrong][lang])), before, "")


@both
@pytest.mark.parametrize("wrong", ["no mark", "an invented citation", "HTML", "hardly a word"])
def test_a_sentence_dropped_has_a_reason(lang: Lang, wrong: str) -> None:
    reasons = {"no mark": "no_marker", "an invented citation": "unknown_marker", "HTML": "markup"}
    cited = {citation.marker: citation for citation in answer(lang).citations}
    assert judge(WRONG[wrong][lang], cited, lang).reason == reasons.get(wrong, "short")
    assert judge(LOGS[lang], cited, lang).reason == ""


@both
def test_less_than_half_verified_is_nothing(lang: Lang) -> None:
    before, bad = answer(lang), WRONG["a changed number"][lang]
    half = write(before, Said("\n".join([LOGS[lang], bad])))
    assert (kinds(half), len(half.statements)) == (["llm"], 1)
    assert stands(write(before, Said("\n".join([LOGS[lang], bad, bad]))), before, "1")
    assert stands(write(before, Said("\n".join([LOGS[lang]] * 3))), before, "1")


@both
def test_an_empty_draft_is_nothing(lang: Lang) -> None:
    before = answer(lang)
    for nothing in ("", " \n\n", "<think>" + LOGS[lang]):
        assert stands(write(before, Said(nothing)), before, {"zh": "草稿为空", "en": "was empty"}[lang])


# --- models that fail


FAILED: dict[Lang, str] = {"zh": "模型或其服务出错", "en": "the model or its server failed"}
LATE: dict[Lang, str] = {"zh": "未在限时内写完", "en": "not finished in time"}
CUT: dict[Lang, str] = {"zh": "草稿中断", "en": "broke off"}


@both
@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 429, 500, 503])
def test_a_server_that_refuses(lang: Lang, status: int) -> None:
    before = answer(lang)
    with serving(says(GOOD[lang])) as elsewhere:
        away = refuses(status, "sk-key", {"Location": f"{elsewhere.url}/chat/completions", "Retry-After": "9"})
        assert stands(served(away, before), before, f"{FAILED[lang]} (HTTP {status})")
        assert elsewhere.asked == []


@both
def test_a_server_that_is_not_there(lang: Lang) -> None:
    before = answer(lang)
    with serving(says(GOOD[lang])) as server:
        settings = required(server.environment())
    assert stands(write(before, open_model(settings), settings.limits), before, FAILED[lang])


@both
@pytest.mark.parametrize("script", [garbles, lambda _: refuses(200, "<html>"), lambda _: refuses(200, "{")])
def test_a_server_that_talks_nonsense(lang: Lang, script: Any) -> None:
    before = answer(lang)
    assert stands(served(script(GOOD[lang]), before), before, "")


@both
@pytest.mark.parametrize("begun", [False, True])
def test_a_server_that_hangs_is_left(lang: Lang, begun: bool) -> None:
    """It would hang as long as the test does: that `write` comes back is the proof."""
    before = answer(lang)
    release = threading.Event()

    def script(reply: Reply) -> None:
        if begun:
            reply.begin()
            reply.say(GOOD[lang])
        release.wait(PATIENCE)

    with serving(script) as server:
        settings = required(server.environment(seconds=0.5))
        written = write(before, open_model(settings), settings.limits)
        assert not release.is_set()
        release.set()
    assert stands(written, before, LATE[lang])


@both
def test_a_server_that_dribbles_is_left(lang: Lang) -> None:
    """Every piece comes in time, the end never."""
    before = answer(lang)
    enough = threading.Event()

    def script(reply: Reply) -> None:
        reply.begin()
        while not enough.wait(0.01):
            reply.say(" ")

    with serving(script) as server:
        settings = required(server.environment(seconds=0.5))
        assert stands(write(before, open_model(settings), Limits(total=0.5, piece=PATIENCE)), before, LATE[lang])
        enough.set()


@both
def test_a_draft_without_end_is_left(lang: Lang) -> None:
    before = answer(lang)
    draft = Said("x" * 5000)
    assert stands(write(before, draft, Limits(characters=1000)), before, CUT[lang])


@both
@pytest.mark.parametrize(
    "cut", [breaks_off, lambda *said: says(*said, ended=None), lambda *said: says(*said, ended="length")]
)
def test_a_draft_cut_off_counts_only_if_it_leaves_no_quotation_out(lang: Lang, cut: Any) -> None:
    before = answer(lang)
    whole = served(cut(GOOD[lang]), before)
    assert (kinds(whole), whole.text) == (["llm"], GOOD[lang].strip())
    part = f"{LOGS[lang]}\n{FILES[lang]}\n{BACKUPS[lang][:5]}"
    assert stands(served(cut(part), before), before, CUT[lang])
    assert stands(served(cut(LOGS[lang][:5]), before), before, "")


@both
def test_any_error_of_a_model_leaves_the_answer(lang: Lang, caplog: pytest.LogCaptureFixture) -> None:
    before = answer(lang)
    assert stands(write(before, Said("", ValueError("sk-key"))), before, FAILED[lang])
    assert stands(write(before, Said(GOOD[lang], ModelFailed("failed", 500))), before, "HTTP 500")
    assert "ValueError" in caplog.text and "sk-key" not in caplog.text


# --- what is never given to a model


class Unasked:
    """A model that must not be asked."""

    name = "unasked"

    def pieces(self, _: object) -> Any:
        raise AssertionError("the model was asked")


@both
def test_answers_that_must_be_complete_stay_as_they_are(lang: Lang) -> None:
    right = answer(lang)
    assert may_write(right)
    counted = Statement("…", (), Search("x", ("aisgf@2.0",), 0))
    refusal = {"text": "", "statements": (), "citations": (), "declined": Declined("off_topic", "…")}
    other = replace(answer("en" if lang == "zh" else "zh"), lang=lang)
    for one in (
        *(replace(right, type=kind) for kind in ("list", "count", "diff", "clause", "mapping")),
        replace(right, statements=(*right.statements, counted)),
        answer(lang, **refusal),
        other,
    ):
        assert write(one, Unasked()) is one
    assert sorted(WRITTEN) == ["definition", "lookup", "scenario", "summary", "who_when", "yes_no"]
