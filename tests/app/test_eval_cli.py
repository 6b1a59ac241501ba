"""`eval run` with what stands beside it, and the benchmarks' commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scripted_llm import lead_to, obeys, serving

from corpus.home import Home

ROOT = Path(__file__).parents[2]
PAIR = [
    {
        "id": "l-zh",
        "pair": "l",
        "lang": "zh",
        "question": "日志要留存多久？",
        "clauses": ["2.0#6.3.6"],
        "versions": ["2.0"],
    },
    {"id": "l-en", "pair": "l", "lang": "en", "question": "How long must logs be kept?", "clauses": ["2.0#6.3.6"]},
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_eval_run_takes_other_tables_into_its_report_and_tells_how_far_it_is(
    tiaowen: Any, home: Home, file: Any, tmp_path: Path
) -> None:
    gold = str(ROOT / "eval" / "gold" / "lineage-1.0-2.0.jsonl")
    questions = file("pair.jsonl", lines([one | {"id": f"{at}-{one['id']}"} for at in range(10) for one in PAIR]))
    run = tmp_path / "run"
    done = tiaowen("eval", "run", questions, "--out", str(run), "--lineage", gold, home=home)
    assert done.code == 0
    assert "20 of 20 cases answered" in done.err and "measuring the lineage" in done.err
    assert [one["name"] for one in json.loads((run / "sections.json").read_text("utf-8"))] == ["lineage"]
    for name, words in (("report.html", "Lineage aisgf@1.0"), ("report.zh.md", "沿革 aisgf@1.0")):
        assert words in (run / name).read_text(encoding="utf-8")
    meta = json.loads((run / "meta.json").read_text("utf-8"))
    assert (meta["llm"], meta["judge"], len(meta["code"])) == (None, None, 16)


def test_eval_run_answers_and_judges_by_the_model_that_is_configured(
    tiaowen: Any, home: Home, file: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = file("pair.jsonl", lines(PAIR))
    wanted = ("eval", "run", questions, "--out", str(tmp_path / "run"), "--llm", "--judge")
    assert tiaowen(*wanted, home=home).line.startswith("tiaowen: no language model is configured")
    with serving(obeys("")) as server:
        lead_to(server, monkeypatch)
        done = tiaowen(*wanted, "--json", home=home)
    assert done.code == 0 and server.asked
    assert done.json["measures"]["llm_correctness"]["n"] == 0
    meta = json.loads((tmp_path / "run" / "meta.json").read_text("utf-8"))
    assert (meta["llm"], meta["judge"]) == ("scripted:7b", "scripted:7b")


def test_eval_scale_and_bad_sizes(tiaowen: Any, home: Home) -> None:
    assert tiaowen("eval", "scale", "60", "--json", home=home).json["passages"] == 60
    done = tiaowen("eval", "bench", "--sizes", "1000,viele", home=home)
    assert (done.code, done.line) == (
        2,
        "tiaowen: --sizes is '1000,viele'; write numbers parted by commas, such as 1000,10000",
    )
