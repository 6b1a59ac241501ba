"""Another encoder in place of ours: build, ask and evaluate with a sentence-transformers model made on the spot."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lineages import both

from app.answering.assistant import Assistant
from corpus.errors import IndexDamaged
from corpus.home import Home
from corpus.jsonform import answer_to_json
from corpus.records import Part
from eval.cases import read_cases
from eval.run import one_by_one, run
from index.build import build

pytestmark = pytest.mark.skipif(
    find_spec("sentence_transformers") is None or find_spec("torch") is None,
    reason="sentence-transformers or torch (extra `models`) is absent",
)
CASES = [
    {"id": "energy-zh", "lang": "zh", "question": "2.3写了什么？", "clauses": ["2.0#2.3"], "versions": ["2.0"]},
    {"id": "energy-en", "lang": "en", "question": "What does 2.3 say?", "clauses": ["2.0#2.3"], "versions": ["2.0"]},
    {"id": "old", "lang": "en", "question": "What is in 4.0?", "answerable": False, "refusal": "no_text"},
]


def test_build_ask_and_evaluate(tiny: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    built = build([*both("zh"), *both("en")], home.index, str(tiny))
    assert built.encoder.startswith("tiny:")
    assistant = Assistant.open(home)
    manifest = assistant.retriever.manifest
    assert manifest["encoder"] == {"spec": str(tiny), "id": built.encoder, "dimension": 32}

    for question, lang in (("数据泄露的风险", "zh"), ("risk of data leakage", "en")):
        hits = assistant.retriever.search(question, editions=["aisgf@2.0"]).hits
        assert any("dense" in hit.found_by for hit in hits)
        assert f"aisgf@2.0/{lang}#1.2" in [hit.passage.clause for hit in hits[:3]]
        assert assistant.ask(question).citations or assistant.ask(question).declined

    summary = evaluated(assistant, tmp_path)
    assert summary["n"] == 3
    measures = {name: row["value"] for name, row in summary["measures"].items()}
    assert (measures["accuracy"], measures["citation_validity"], measures["refusal_recall"]) == (1.0, 1.0, 1.0)

    settings = tiny / "config_sentence_transformers.json"
    settings.write_text(json.dumps(json.loads(settings.read_text("utf-8")) | {"prompts": {}}), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"built with the encoder tiny:.*, this one is tiny:.*; run: tiaowen build$"):
        Assistant.open(home)


def evaluated(assistant: Assistant, folder: Path) -> dict[str, Any]:
    """`eval run --json` over the cases."""
    questions = folder / "cases.jsonl"
    questions.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in CASES), encoding="utf-8")

    def ask(question: str, scope: Any) -> dict[str, Any]:
        return answer_to_json(assistant.ask(question))

    def text_of(document: str, part: Part) -> str:
        return assistant.retriever.documents[document, part].text

    meta = {"encoder": assistant.retriever.manifest["encoder"]}
    return run(read_cases(questions), one_by_one(ask), folder / "run", text_of=text_of, meta=meta).as_json()
