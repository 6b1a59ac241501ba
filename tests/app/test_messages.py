"""Every message in both languages, none unused, none undefined."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from app.messages import MESSAGES, tell, ui_language
from corpus.ledger import SightingKind
from corpus.records import Part, Status
from ingest.furniture import REASONS

APP = Path(__file__).parents[2] / "app"
BY_VALUE = {
    *get_args(Status),
    *get_args(Part),
    *get_args(SightingKind),
    *(f"dropped_{reason}" for reason in REASONS),
}
"""Keys that are values of records: `tell(citation.status, lang)`."""


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for file in sorted(APP.rglob("*.py")):
        if file.name != "messages.py":
            yield str(file.relative_to(APP)), ast.parse(file.read_text(encoding="utf-8"))


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", MESSAGES)
def test_a_message_has_both_languages_with_equal_placeholders(key: str) -> None:
    zh, en = MESSAGES[key]
    assert zh.strip() and en.strip()
    assert _fields(zh) == _fields(en)
    assert not _fields(zh) & {"key", "lang"}, "tell has parameters of these names"


def test_every_message_is_used() -> None:
    words = {
        node.value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    begun = tuple(
        node.values[0].value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and str(node.values[0].value).endswith("_")
    )  # `f"screen_{name}"`
    unused = set(MESSAGES) - words - BY_VALUE
    assert sorted(key for key in unused if not key.startswith(begun)) == []


def test_every_message_told_is_defined() -> None:
    told = [
        (file, call.args[0].value)
        for file, tree in _trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and (getattr(call.func, "id", None) == "tell" or ast.unparse(call.func) == "session.say")
    ]
    assert told and [(file, key) for file, key in told if key not in MESSAGES] == []


def test_the_language_is_the_one_chosen() -> None:
    assert ui_language("zh-CN") == ui_language("zh") == "zh"
    assert ui_language("en-US") == ui_language("de") == "en"
    assert (tell("question", "zh"), tell("question", "en")) == ("提问", "Question")
