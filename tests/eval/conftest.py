"""Hand-made answers in the shape of `ask --json`, over two tiny documents. No assistant, nothing patched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from corpus.records import part_of

TEXTS = {
    ("aisgf@2.0/zh", "body"): "5.4 备份\n上线前先备份，再留好日志。\n",
    ("aisgf@2.0/en", "body"): "5.4 Backups\nTake a backup first, then keep the logs.\n",
    ("aisgf@1.0/zh", "body"): "5.4 旧规\n旧版只讲日志。\n",
    ("aisgf@2.0/en", "notice"): "Notice\nThe new edition is out.\n",
}
Make = Callable[..., dict[str, Any]]


def _text_of(document: str, part: str) -> str:
    return TEXTS[document, part]


def _citation(clause: str, quote: str, marker: int = 1) -> dict[str, Any]:
    document, _, path = clause.partition("#")
    text = TEXTS[document, part_of(path)]
    start = text.index(quote)
    return {
        "marker": marker,
        "clause": clause,
        "locator": f"{clause}, p. 1",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "document_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _answer(text: str = "", *, cite: tuple[tuple[str, str], ...] = (), hits: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "text": text,
        "citations": [_citation(clause, quote, marker) for marker, (clause, quote) in enumerate(cite, start=1)],
        "declined": None,
        "hits": [{"clause": clause, "rank": rank} for rank, clause in enumerate(hits, start=1)],
        "ms": {"retrieve": 2.0, "compose": 1.0},
    }


def _refusal(reason: str = "off_topic", message: str = "Not covered.") -> dict[str, Any]:
    declined = {"reason": reason, "message": message, "evidence": [], "nearest": []}
    return {**_answer(), "declined": declined}


@pytest.fixture
def text_of() -> Callable[[str, str], str]:
    return _text_of


@pytest.fixture
def citation() -> Make:
    return _citation


@pytest.fixture
def answer() -> Make:
    return _answer


@pytest.fixture
def refusal() -> Make:
    return _refusal
