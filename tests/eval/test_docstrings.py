"""The examples in docstrings run, heavy libraries stay closed on import, and the sets in the repository can be read."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import eval as package
from eval.cases import read_cases

MODULES = ["eval", *(found.name for found in pkgutil.walk_packages(package.__path__, "eval."))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_importing_opens_no_heavy_library() -> None:
    code = (
        f"import sys, {', '.join(MODULES)}; print(*sorted({{'scipy', 'ir_measures', 'streamlit'}} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


def test_the_question_sets_of_the_repository_can_be_read() -> None:
    for path in Path(package.__path__[0]).glob("questions/**/*.jsonl"):
        assert read_cases(path), path.name
