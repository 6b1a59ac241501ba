"""The examples in the docstrings of corpus, ingest, index and app run as they are printed."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("corpus", "ingest", "index", "app")
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]
OURS = ("corpus", "ingest", "index", "app")


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_run(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in OURS:
            raise
        pytest.skip(f"{name} needs {missing.name}, of an extra that is not installed")
    result = doctest.testmod(module)
    assert result.attempted > 0, f"{name} has examples that doctest does not see"
    assert result.failed == 0


def test_the_modules_of_text_functions_have_examples() -> None:
    assert {"corpus.text", "corpus.ids", "ingest.flow", "ingest.table", "ingest.plain"} <= set(WITH_EXAMPLES)
