"""What is installed may be used with our licence, is listed, and is locked."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """`scripts/licences.py`."""
    spec = importlib.util.spec_from_file_location("licences", ROOT / "scripts" / "licences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_dependency_declares_a_licence_that_may_be_used(licences: ModuleType) -> None:
    found = licences.needed()
    assert {"streamlit", "faiss-cpu", "llama-index-core", "pypdf", "beautifulsoup4"} <= set(found)
    wrong = {
        name: licences.licence(one) for name, one in found.items() if not licences.ALLOWED.search(licences.licence(one))
    }
    assert wrong == {}


def test_a_licence_that_may_not_be_used_would_be_found(licences: ModuleType) -> None:
    assert not licences.ALLOWED.search("GNU General Public License v3 (GPLv3)") and not licences.ALLOWED.search(
        "not declared"
    )


def test_every_dependency_is_listed_and_locked(licences: ModuleType) -> None:
    listed = set(
        re.findall(r"^\| ([\w.-]+) \| ", (ROOT / "docs" / "licences.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    locked = set(re.findall(r"^([a-z\d.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
    names = set(licences.needed())
    assert names - listed == set()
    locked = {canonicalize_name(name) for name in locked}
    assert names - locked <= {"torch", "setuptools"}, "torch is pinned in pyproject.toml and installed first"
