"""What goes wrong in our dependencies and is held off by how we declare, install and call them, not by code that could be run wrong.

The rest of what is known to go wrong has its test where our code meets it: crawling, PDF, pages, generations, lexical index, nodes,
stores, the app.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("corpus", "ingest", "index", "app", "eval")
NEVER = {
    r"llama_index\.vector_stores\.faiss": "its stores cannot delete or filter, or give another node's text",
    r"llama_index\.retrievers": "its BM25 scores Chinese 0.0",
    r"SentenceSplitter|TokenTextSplitter": "they cut Chinese badly and overwrite offsets",
    r"faiss\.write_index|\.persist\(|\.save_local\(": "written in place, a kill leaves half a file",
    r"rouge_score|sacrebleu|ragas": "a Chinese sentence is no token to them, or one",
    r"lancedb": "re-adding doubles rows, filters are built as text",
    r"\bpickle\b|\bmarshal\b|allow_pickle=True": "reading one runs what it holds",
}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", one, maxsplit=1)[0].lower() for one in requirements}


def test_the_core_of_llama_index_is_asked_for_and_never_the_whole() -> None:
    """The meta package resolves silently to one of 2023 beside some connectors."""
    asked = names(PROJECT["project"]["dependencies"])
    asked |= {name for extra in PROJECT["project"]["optional-dependencies"].values() for name in names(extra)}
    assert "llama-index-core" in asked and "llama-index" not in asked
    assert not re.search(r"^llama-index==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


def test_torch_is_pinned_installed_first_and_in_one_extra_alone() -> None:
    """Unpinned it brings gigabytes of CUDA libraries."""
    with_torch = [
        name for name, extra in PROJECT["project"]["optional-dependencies"].items() if "torch" in names(extra)
    ]
    assert with_torch == ["models"] and "torch==2.13.0" in PROJECT["project"]["optional-dependencies"]["models"]
    script = (ROOT / "scripts" / "set-up.sh").read_text(encoding="utf-8")
    assert 0 < script.index('"torch==2.13.0"') < script.index('".[models]"')


def test_uv_copies_files() -> None:
    """nltk refuses a file that is linked more than once."""
    assert PROJECT["tool"]["uv"]["link-mode"] == "copy"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_pip_audit_is_told_not_to_take_silence_for_safety(name: str) -> None:
    """Offline it says that it found nothing, having looked up nothing."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"pip-audit[^`]*", text) == ["pip-audit --strict -r constraints.txt"]


@pytest.mark.parametrize("pattern", NEVER, ids=NEVER.values())
def test_what_is_known_to_go_wrong_is_not_used(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(pattern, line)
        and re.match(r"\s*(?:from|import)\b|.*\w\(", line)
        and not line.lstrip().startswith("#")
    ]
    assert found == []


def test_a_command_computes_with_one_thread() -> None:
    """On two shared cores OpenMP makes 0.2 ms into 16 ms, and OpenBLAS spins."""
    code = """
import os
import app.cli
import faiss
import numpy as np
from index.vectors import VectorIndex
rows = np.eye(4, dtype=np.float32)
VectorIndex.load(VectorIndex.build(rows).dump())
print(os.environ["OPENBLAS_NUM_THREADS"], faiss.omp_get_max_threads())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    assert done.stdout.split() == ["1", "1"]
