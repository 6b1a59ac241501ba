"""The home folder: where raw bytes, the corpus store, index generations and runs live, and how files are written.

Every file is written under a temporary name in its own folder and renamed, so that a crash leaves the old one or none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from corpus.errors import HomeUnusable


@dataclass(frozen=True, slots=True)
class Home:
    """`TIAOWEN_HOME`, or `--home`, or the platform's user data folder."""

    root: Path

    @property
    def raw(self) -> Path:
        """Bytes as fetched, named by their sha256, written once."""
        return self.root / "raw"

    @property
    def store(self) -> Path:
        """The SQLite corpus store."""
        return self.root / "corpus.db"

    @property
    def index(self) -> Path:
        """Index generations and `CURRENT`."""
        return self.root / "index"

    @property
    def runs(self) -> Path:
        """Evaluation runs."""
        return self.root / "runs"

    @property
    def ocr(self) -> Path:
        """OCR results by page digest; safe to delete, costly to make again."""
        return self.root / "ocr"

    def make(self) -> Home:
        """Create the folder; raises `HomeUnusable` where it cannot be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise HomeUnusable(
                f"the home {str(self.root)!r} cannot be written ({reason})",
                way_out="name another with --home DIR or TIAOWEN_HOME",
            ) from error
        return self


def find_home(named: str | Path | None = None) -> Home:
    """The home in use: the argument, else `TIAOWEN_HOME`, else the platform's user data folder."""
    chosen = named or os.environ.get("TIAOWEN_HOME") or user_data_path("tiaowen", appauthor=False)
    return Home(Path(chosen).expanduser().resolve())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file completely or not at all: temporary name, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def keep_raw(raw: Path, data: bytes) -> str:
    """Keep bytes in the folder `raw` (`Home.raw`) under their sha256, once; returns the digest."""
    digest = hashlib.sha256(data).hexdigest()
    path = raw / digest
    if not path.exists():
        write_whole(path, data)
    return digest
