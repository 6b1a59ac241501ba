"""The home folder: where raw bytes, the corpus store, index generations and runs live, and how files are written.

Every file is written under a temporary name and renamed, so that a crash leaves the old one or none. What a killed
process left unfinished is removed by the next command that writes.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from corpus.errors import HomeUnusable

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed, and so needs no lock
    fcntl = None  # type: ignore[assignment]

_PARTIAL = "partial"
_UNFINISHED = ".part"


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
    def editorial(self) -> Path:
        """The user's own additions to the editorial index, TOML files."""
        return self.root / "editorial"

    @property
    def runs(self) -> Path:
        """Evaluation runs."""
        return self.root / "runs"

    @property
    def receipts(self) -> Path:
        """What was asked, by answer id (`corpus.receipts`); safe to delete."""
        return self.root / "receipts.db"

    @property
    def ocr(self) -> Path:
        """OCR results by page digest; safe to delete, costly to make again."""
        return self.root / "ocr"

    def make(self) -> Home:
        """Create the folder, remove what was left unfinished in it; raises `HomeUnusable` where it cannot be written."""
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
        for folder in (self.root / _PARTIAL, self.ocr, self.index):
            _sweep(folder)
        return self


def find_home(named: str | Path | None = None) -> Home:
    """The home in use: the argument, else `TIAOWEN_HOME`, else the platform's user data folder."""
    chosen = named or os.environ.get("TIAOWEN_HOME") or user_data_path("tiaowen", appauthor=False)
    return Home(Path(chosen).expanduser().resolve())


def write_whole(path: Path, data: bytes, partial: Path | None = None) -> None:
    """Write a file completely or not at all: temporary name, fsync, rename.

    The unfinished file stands in the folder `partial` (on the same disk), or beside `path`.
    """
    folder = partial or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _in_use(folder):
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{path.name[:40]}.", suffix=_UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


@contextmanager
def _in_use(folder: Path, alone: bool = False) -> Iterator[None]:
    """Hold a lock on a folder, with others or `alone`; `BlockingIOError` where one cannot be alone. None on Windows."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with nullcontext() if alone else suppress(OSError):  # a disk that knows no locks is written all the same
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def alone(lock: Path, what: str, seconds: float = 0.0) -> Iterator[None]:
    """Hold a lock file: one `what` of a home at a time. SQLite's lock ends with the process, however it ends.

    Raises `HomeUnusable` where another process holds it for longer than so many seconds.
    """
    with closing(_locked(lock, what, seconds)):
        yield


def _locked(lock: Path, what: str, seconds: float) -> sqlite3.Connection:
    try:
        held = sqlite3.connect(lock, timeout=seconds, isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
        return held
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise HomeUnusable(f"another {what} of this home is running", way_out="wait for it to end") from error
        raise HomeUnusable(
            f"the home {str(lock.parent)!r} cannot be written ({error})",
            way_out=f"delete {lock.name} there if it is no lock of ours, or name another with --home DIR or TIAOWEN_HOME",
        ) from error


def _sweep(folder: Path) -> None:
    """Remove what a killed process left unfinished; nothing where another process is writing just now."""
    left = list(folder.glob(f".*{_UNFINISHED}"))
    with suppress(OSError):
        if left:
            with _in_use(folder, alone=True):
                for path in folder.glob(f".*{_UNFINISHED}"):
                    path.unlink(missing_ok=True)


def keep_raw(raw: Path, data: bytes) -> str:
    """Keep bytes in the folder `raw` (`Home.raw`) under their sha256, once, or again where they were damaged; the digest.

    What is unfinished stands in `partial` beside it, so that `raw` holds nothing but whole files.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = raw / digest
    if not is_whole(path):
        write_whole(path, data, raw.parent / _PARTIAL)
    return digest


def is_whole(raw: Path) -> bool:
    """Whether a file of the folder `raw` is there, with the bytes that its name is the digest of."""
    return raw.is_file() and hashlib.sha256(raw.read_bytes()).hexdigest() == raw.name
