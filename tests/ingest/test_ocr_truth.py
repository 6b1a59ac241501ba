"""Character error rate of the scan of 2.0 on pages transcribed by eye, before and after repair, page by page.

    TIAOWEN_OCR_TRUTH=/tmp/truth TIAOWEN_OCR_CACHE=~/…/ocr pytest -s tests/ingest/test_ocr_truth.py

The truth is official text and stays outside the repository: files `page-<physical page>.<zh|en>.txt`, one printed line
a line, without running head and page number; full-width marks in Chinese text, (a) and 1.1 with a space after them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from error_rate import ErrorRate, error_rate, raw, squeezed
from official import official_folder

from corpus.records import Lang, lang_of
from ingest import ocr
from ingest.flow import running_text, split_languages
from ingest.layout import Page
from ingest.pdf import read_pdf

SCAN = "framework-2.0.zh-en.scan.pdf"
MOST: dict[Lang, float] = {"zh": 0.005, "en": 0.01}


def transcribed(folder: Path) -> dict[tuple[int, Lang], str]:
    """The truth by physical page and language."""
    found: dict[tuple[int, Lang], str] = {}
    for path in sorted(folder.glob("page-*.txt")):
        named = re.fullmatch(r"page-(\d+)\.(zh|en)\.txt", path.name)
        assert named, f"{path.name} is not page-<number>.<zh|en>.txt"
        lang = lang_of(named[2])
        assert lang is not None
        found[int(named[1]), lang] = path.read_text(encoding="utf-8")
    return found


def texts(pages: Iterable[Page]) -> dict[int, str]:
    """The running text of every page, a line a line."""
    return {
        page.number: "\n".join(line.text for line in page.lines)
        for mine in split_languages(list(pages)).values()
        for page in running_text(mine)
    }


def test_the_error_rate_on_pages_transcribed_by_eye(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named, cache = os.environ.get("TIAOWEN_OCR_TRUTH"), Path(os.environ.get("TIAOWEN_OCR_CACHE", tmp_path))
    if not named:
        pytest.skip("no transcribed pages here: set TIAOWEN_OCR_TRUTH to their folder")
    pytest.importorskip("rapidocr", reason="extra `ocr` is absent")
    truth = transcribed(Path(named))
    assert truth, f"{named} holds no page-<number>.<zh|en>.txt"
    data = (official_folder() / SCAN).read_bytes()
    pages = read_pdf(data, cache=cache).pages
    scan = ocr.Scan(hashlib.sha256(data).hexdigest(), tuple(range(len(pages))), len(pages))
    seen = ocr.recognised(scan, render=lambda _: (_ for _ in ()), cache=cache)  # all of them are in the cache by now
    before = texts(replace(page, lines=tuple(seen[page.number - 1])) for page in pages)
    read = {"before": before, "after": texts(pages)}
    sums: dict[tuple[str, Lang, str], list[ErrorRate]] = defaultdict(list)
    with capsys.disabled():
        for (number, lang), printed in truth.items():
            for when, by_page in read.items():
                for form in (raw, squeezed):
                    rate = error_rate([(printed, by_page[number])], form)
                    sums[when, lang, form.__name__].append(rate)
                    print(f"\npage {number} {lang} {when} repair, {form.__name__}: {rate}", end="")
        totals = {key: ErrorRate(sum(r.errors for r in of), sum(r.characters for r in of)) for key, of in sums.items()}
        for (when, lang, how), total in totals.items():
            print(f"\nall {lang} {when} repair, {how}: {total}", end="")
    assert {key: total for key, total in totals.items() if key[0] == "after" and total.rate > MOST[key[1]]} == {}
