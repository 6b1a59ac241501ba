"""A child process that reads mutants as `tiaowen add` would: numbers on stdin, one JSON line for each on stdout.

    {"number": 7, "outcome": "documents" | "refused" | "fault", "told": …, "peak": …, "used": …}

`used`: processor seconds, `peak`: the most memory in MB that this process or a PDF reader started by it have taken so far.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import traceback
from pathlib import Path

from mutants import Mutant, mutant

from app.cli.parse_report import parse_row
from corpus.errors import BrokenInvariant, TiaowenError
from corpus.jsonform import document_from_json, document_to_json
from corpus.records import Document
from ingest import ocr
from ingest.intake import documents_from, read_file
from ingest.layout import Line

LIMIT = 1024
"""Megabytes that reading any of these files may take, in this process and in the PDF reader each."""


class Echo:
    """Reads of every bitmap one line, so that pages without text are rendered but no model is needed."""

    version = "echo 1"

    def __call__(self, bitmap: ocr.Bitmap) -> list[Line]:
        """One line as wide as the page."""
        assert len(bitmap.grey) == bitmap.width * bitmap.height
        width, height = bitmap.width / bitmap.scale, bitmap.height / bitmap.scale
        return [Line(f"{bitmap.page + 1}. 第{bitmap.page + 1}页 as read", 0, 0.3 * height, width, 0.4 * height, 0.8)]


def outcome(given: Mutant, cache: Path) -> tuple[str, str]:
    """What became of a file, and what was told of it."""
    try:
        extract = read_file(given.data, given.name, cache, recogniser=Echo())
        documents = documents_from(extract, given.data, given.edition, given.part, given.lang)
        for document in documents:
            check(document)
            json.dumps(parse_row(extract, document))
        assert documents
    except BrokenInvariant:
        return "fault", traceback.format_exc()
    except TiaowenError as error:
        line = str(error)
        good = line.isprintable() and error.message and error.way_out and len(line) < 300
        return ("refused" if good else "fault"), line
    except BaseException:
        return "fault", traceback.format_exc()
    return "documents", " ".join(f"{document.id} {len(document.clauses)}" for document in documents)


def check(document: Document) -> None:
    """What a `Document` does not check by itself: it can be written down, and its pages follow the text."""
    plain = json.loads(json.dumps(document_to_json(document), ensure_ascii=False).encode())
    assert document_from_json(plain) == document
    assert document.text.strip() and document.sha256
    odd = {char for char in document.text if ord(char) < 32} - {"\n", "\t"}
    assert not odd, f"control characters in the text: {odd!r}"
    starts = [page.start for page in document.pages]
    assert starts == sorted(set(starts)) and all(0 <= start < len(document.text) for start in starts)
    numbers = [page.page for page in document.pages]
    assert all(number > 0 for number in numbers)


def peak() -> int:
    """Megabytes. Of this process from `/proc`, where there is one: `ru_maxrss` begins with the parent's on Linux."""
    shift = 20 if sys.platform == "darwin" else 10
    status = Path("/proc/self/status")
    if status.exists():
        own = int(next(row.split()[1] for row in status.read_text("utf-8").splitlines() if row.startswith("VmHWM")))
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) >> shift


def main() -> None:
    """Until stdin ends."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT << 20, LIMIT << 20))
    print(json.dumps({"outcome": "ready"}), flush=True)
    with tempfile.TemporaryDirectory() as cache:
        for line in sys.stdin:
            number = int(line)
            what, told = outcome(mutant(number), Path(cache))
            used = sum(os.times()[:4])
            print(
                json.dumps({"number": number, "outcome": what, "told": told, "peak": peak(), "used": used}), flush=True
            )


if __name__ == "__main__":
    main()
