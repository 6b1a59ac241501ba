"""Courtesies say nothing of a question's matter: they are left out, and nothing else is."""

from __future__ import annotations

import pytest
from built import built_assistant

from index.question import understand, without_courtesies


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("您好，请问一下，日志要留存多久？麻烦了，谢谢！", "日志要留存多久"),
        ("你好！想咨询一下：有哪些治理原则？", "有哪些治理原则？"),
        (
            "Hi, could you please tell me: how long must logs be kept? Thank you very much!",
            "how long must logs be kept?",
        ),
        ("Good morning, which principles are there? Thanks in advance.", "which principles are there?"),
        ("请问2.0有哪些原则？", "请问2.0有哪些原则？"),
        ("致谢名单里感谢了哪些单位？", "致谢名单里感谢了哪些单位？"),
        ("Who is thanked in the acknowledgements?", "Who is thanked in the acknowledgements?"),
        ("What can you tell me about minors?", "What can you tell me about minors?"),
        ("谢谢", "谢谢"),
        ("Thanks!", "Thanks!"),
        ("", ""),
    ],
)
def test_only_courtesies_are_left_out(typed: str, left: str) -> None:
    assert without_courtesies(typed) == left


@pytest.mark.parametrize(
    ("polite", "plain"),
    [
        ("您好，请问一下，2.0版5.9讲什么？谢谢！", "2.0版5.9讲什么？"),
        ("Hello, could you kindly tell me: what does 5.9 of 2.0 say? Many thanks!", "what does 5.9 of 2.0 say?"),
    ],
)
def test_a_polite_question_is_read_and_answered_as_a_plain_one(polite: str, plain: str) -> None:
    one, other = understand(polite), understand(plain)
    assert (one.paths, one.editions, one.content) == (other.paths, other.editions, other.content)
    assert one.text == polite
    answer = built_assistant().ask(polite)
    assert answer.declined is None
    assert answer.text == built_assistant().ask(plain).text
