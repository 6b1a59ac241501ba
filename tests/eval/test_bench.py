"""Benchmarks: synthetic corpora are the same on every run, figures are figures, nothing about how fast."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from built import built_assistant, built_home

from app.cli.bench_commands import questions
from corpus.records import LANGS
from eval.bench import Bench, Figure, growth, machine, process, sections, warm
from eval.scale import Scale, scale, synthetic
from eval.sections import as_text
from eval.throughput import searches_a_second


def test_synthetic_passages_are_of_the_corpus_in_both_languages_and_repeat() -> None:
    known = built_assistant().retriever.passages
    made = synthetic(known, 400)
    assert made == synthetic(known, 400)
    assert len({passage.id for passage in made}) == 400
    assert {passage.lang for passage in made} == set(LANGS)
    zh = "".join(passage.text for passage in known if passage.lang == "zh")
    assert all(phrase in zh for phrase in made[0].text.rstrip("。").split("，"))


def test_a_size_is_built_searched_and_exact() -> None:
    ours = built_assistant().retriever
    found = scale(ours.passages, 300, ours.encoder, questions()[:6])
    assert (found.passages, found.recall) == (300, 1.0)
    assert found.index_bytes > 300 and found.memory_mb > found.second_mb > 10
    assert found.vectors == "exact" and found.open_s > 0
    assert found.p50_ms > found.floor_p50_ms > 0
    assert Scale(**found.as_json()) == found


def test_warm_figures_stand_beside_the_floor_and_the_stock_pipeline() -> None:
    found = {one.name: one for one in warm(built_assistant(), questions()[:3])}
    assert found["answer p50"].target == 15 and found["answer p99"].target == 60
    answer, floor = found["answer p50"].value, found["floor p50"].value
    assert answer and floor and answer > floor
    assert "LlamaIndex" in found["stock p50"].note


def test_a_process_is_measured_and_its_failure_is_one() -> None:
    time, memory = process("version", ["--version"], seconds=1.0, repeats=1)
    assert time.value and memory.value and (time.target, time.unit, memory.unit) == (1.0, "s", "MB")


def test_searches_a_second_are_those_of_all_processes() -> None:
    assert searches_a_second(built_home().index, questions()[:4], processes=2, seconds=0.2) > 0


def test_a_process_that_cannot_search_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        searches_a_second(tmp_path, questions()[:1], processes=1, seconds=0.1)


def test_a_target_is_told_as_a_bound_above_or_below() -> None:
    bench = Bench(machine(), (Figure("a", 1, "s", 1, 2.0), Figure("b", 400, "1/s", 1, 300, least=True)), ())
    text = as_text(sections(bench), "en")
    assert "≤ 2" in text and "≥ 300" in text


def size(n: int, build_s: float, index_bytes: int, p50_ms: float) -> Scale:
    return Scale(n, "exact", build_s, index_bytes, p50_ms, 9, 1, 1, memory_mb=50, open_s=0.1, second_mb=30)


def test_growth_is_an_exponent() -> None:
    one, ten = (size(n, n / 10, n * 100, float(n)) for n in (1_000, 10_000))
    assert growth([one, ten]) == {"build": 1.0, "p50": 1.0, "size": 1.0, "memory": 0.0}
    assert growth([one]) == {}


def test_figures_are_shown_in_both_languages_with_what_was_not_measured() -> None:
    bench = Bench(
        machine(),
        (Figure("OCR, a page", None, "s", 0, note="name a scan"),),
        (size(1000, 1, 2**20, 1),),
    )
    for lang, words in (("zh", ("速度与内存", "规模")), ("en", ("Speed and memory", "Size"))):
        text = as_text(sections(bench), lang)
        assert all(word in text for word in words) and "–" in text and "1,000" in text
    assert set(bench.as_json()) == {"machine", "figures", "scales"}
