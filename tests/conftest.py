"""In CI nothing that matters is skipped: a browser, OCR or official-file test that would skip is a failure there."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `tiaowen` sets it, before numpy is imported
NEVER_SKIPPED = {"browser", "ocr", "official"}
SOAK = os.environ.get("TIAOWEN_SOAK") == "1"
READ_THE_SCAN = (
    "tests/app/test_official_scan.py",
    "tests/eval/test_official_lineage.py",
    "tests/index/test_official_twins.py",
    "tests/ingest/test_official_scan.py",
)
"""They share minutes of OCR, so one process runs them all."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under `-n`: a file's tests in one process, and so those of the files that read the scan."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "scan" if file in READ_THE_SCAN else file

    return ByFile(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `soak` is for `make soak` alone, in CI too; one marked `scan` also runs where the scan was read before."""
    if item.get_closest_marker("soak") and not SOAK:
        pytest.skip("a heavy count: make soak")
    if item.get_closest_marker("scan") and not (SOAK or os.environ.get("TIAOWEN_OCR_CACHE")):
        pytest.skip("reading the whole scan takes minutes: make soak, or name a cache with TIAOWEN_OCR_CACHE")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip of such a test into a failure where `CI` is true."""
    report = yield
    names = {mark.name for mark in item.iter_markers()}
    marked = NEVER_SKIPPED & names if SOAK or not names & {"soak", "scan"} else set()
    if report.skipped and marked and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where tests marked {sorted(marked)} must run: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test touches the user's home, asks a model hub or the user's language model, or knows the passwords of the user's stores."""
    monkeypatch.setenv("TIAOWEN_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("URL", "MODEL", "KEY", "TIMEOUT", "CLASS"):
        monkeypatch.delenv(f"TIAOWEN_LLM_{name}", raising=False)
    for name in ("TIAOWEN_STORE_PASSWORD", "PGPASSWORD", "MILVUS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
