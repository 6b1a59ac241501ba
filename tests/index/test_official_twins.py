"""The twins of the official 1.0: what differs is told, and little that does not."""

from __future__ import annotations

from functools import cache

import pytest
from official import EN_10, ZH_10, official_document

from corpus.records import Disagreement
from index.encoder import open_encoder
from index.twins import disagreements

pytestmark = pytest.mark.official


@cache
def told() -> tuple[Disagreement, ...]:
    return disagreements(official_document(ZH_10), official_document(EN_10), open_encoder(None))


def test_what_differs_in_1_is_found() -> None:
    found = {(one.path, one.kind) for one in told()}
    assert ("1", "form") in found, "a paragraph in Chinese, a list in English"
    assert ("3.2.1(c)", "terms") in found, "a large model in Chinese, a model in English"
    assert ("6.3(f)", "length") in found, "the English names neither AI systems nor key areas"
    assert [(one.path, one.kind) for one in told() if one.path.startswith("T")] == [("T", "missing")]


def test_few_clauses_of_1_are_flagged() -> None:
    flagged = {one.path for one in told()}
    assert flagged - {"1", "3.2.1(c)", "6.3(f)", "T"} <= {"1.3"}, "1.3 is worded at greater length in English"
