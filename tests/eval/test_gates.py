"""Gates: read with their faults told, and each kind of bound missed and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UnreadableFile, UnusableInput
from eval.gates import Bound, missed, read_bounds

ROOT = Path(__file__).parents[2]


def measured(value: float | None) -> dict[str, Any]:
    return {"value": value, "lo": None, "hi": None, "n": 9}


def summary(**values: float | None) -> dict[str, Any]:
    measures = {name: measured(value) for name, value in values.items()}
    return {"n": 9, "measures": measures, "by": {"lang": {"zh": measures}, "type": {}, "edition": {}}}


@pytest.mark.parametrize(
    ("bound", "value", "kept"),
    [
        (Bound("accuracy", 0.5, None), 0.5, True),
        (Bound("accuracy", 0.5, None), 0.49, False),
        (Bound("accuracy", 0.5, None), None, False),
        (Bound("false_refusal", None, 0.05), 0.05, True),
        (Bound("false_refusal", None, 0.05), 0.06, False),
        (Bound("accuracy", 0.5, None, "lang", "zh"), 0.6, True),
        (Bound("accuracy", 0.5, None, "lang", "en"), 0.6, False),
    ],
)
def test_a_bound_is_kept_or_missed(bound: Bound, value: float | None, kept: bool) -> None:
    told = missed([bound], summary(accuracy=value, false_refusal=value))
    assert [one.bound for one in told] == ([] if kept else [bound])


def test_a_bound_reads_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(
        '[[bound]]\nmeasure = "accuracy"\nleast = 0.9\ngroup = {lang = "zh"}\n\n[[bound]]\nmeasure = "R@7"\nmost = 1\n',
        "utf-8",
    )
    assert list(map(str, read_bounds(path))) == ["accuracy (lang zh) >= 0.9", "R@7 <= 1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no bound"),
        ("bound = 3", "holds no bound"),
        ('[[bound]]\nmeasure = "accuracy"', "bound 1"),
        ('[[bound]]\nmeasure = "accuracy"\nleast = 1\nmost = 1', "bound 1"),
        ('[[bound]]\nmeasure = "accuracy"\nleast = true', "bound 1"),
        ('[[bound]]\nmeasure = "准确"\nleast = 1', "准确"),
        ('[[bound]]\nmeasure = "accuracy"\nleast = 1\ngroup = {colour = "red"}', "bound 1"),
        ("not toml", "gates.toml"),
    ],
)
def test_a_malformed_file_says_where_and_how(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=said) as error:
        read_bounds(path)
    assert error.value.way_out


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.toml"):
        read_bounds(tmp_path / "nowhere.toml")


def test_the_committed_gates_are_sound() -> None:
    bounds = read_bounds(ROOT / "eval" / "gates.toml")
    assert {"accuracy", "citation_validity", "refusal_recall", "false_refusal", "wrong_edition"} <= {
        one.measure for one in bounds
    }
    assert next(one.least for one in bounds if one.measure == "citation_validity") == 1.0
