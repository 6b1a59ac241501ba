"""Comparing documents in a process of its own while the build does the rest: it needs nothing but the documents.

    build ─┬─ passages, vectors, lexical indexes ─┬─> calibration
           └─ `python -m index.beside` lineages, twins ─┘

Only with the bundled encoder: another one is large, and would be loaded twice. JSON goes in and comes out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from corpus.jsonform import document_from_json, document_to_json
from corpus.records import Document
from index.build import comparisons
from index.encoder import Encoder, open_encoder


class Beside:
    """`index.build.comparisons` of some documents, begun at once; `result` waits for it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        with tempfile.TemporaryFile() as given:
            given.write(json.dumps([document_to_json(one) for one in documents]).encode())
            given.seek(0)
            command = [sys.executable, "-P", "-m", "index.beside"]
            self._process = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever became of the build, nothing goes on."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def result(self, encoder: Encoder) -> dict[str, bytes]:
        """The files; compared in this process where the other one ended early, so that what went wrong is told."""
        told, _ = self._process.communicate()
        if self._process.returncode == 0:
            return {name: text.encode() for name, text in json.loads(told).items()}
        return comparisons(self._documents, encoder)


def main() -> None:
    """The other process."""
    documents = [document_from_json(row) for row in json.load(sys.stdin.buffer)]
    files = comparisons(documents, open_encoder(None))
    print(json.dumps({name: data.decode() for name, data in files.items()}))


if __name__ == "__main__":
    main()
