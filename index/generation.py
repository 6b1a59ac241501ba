"""Index generations: a folder complete in itself, named by its content, live once `CURRENT` names it.

Built under a temporary name, renamed when whole, then `CURRENT` is replaced atomically and older ones are removed, by one
process at a time; who meets one that is just being removed reads `CURRENT` again. Every file's SHA-256 stands in
`manifest.json` and is checked on opening: neither FAISS nor numpy would notice a flipped byte.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from corpus.errors import IndexDamaged
from corpus.home import alone, write_whole
from index.arrays import Buffer, mapped

FORMAT = 8
MEND = "run: tiaowen build"
_PATIENCE = 120.0
"""Seconds to wait while another build writes what it has made."""


def write_generation(
    root: Path,
    files: Mapping[str, bytes],
    manifest: Mapping[str, Any],
    around: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> str:
    """Write a generation and make it live; returns its name. The same content has the same name and is kept as it is.

    `around`: entered with the name before the generation is live, left after; where it raises, the one before stays.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    full = {"format": FORMAT, **manifest, "files": digests}
    text = json.dumps(full, ensure_ascii=False, indent=1, sort_keys=True)
    name = _name(text.encode())
    root.mkdir(parents=True, exist_ok=True)
    with alone(root / "build.lock", "build", _PATIENCE):
        if not _is_whole(root / name):
            _write(root / name, {**files, "manifest.json": text.encode()})
        with around(name):
            write_whole(root / "CURRENT", name.encode())
        for folder in leftovers(root):
            shutil.rmtree(folder, ignore_errors=True)
    return name


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".building-"))
    try:
        for file, data in files.items():
            write_whole(temporary / file, data)
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _name(manifest: bytes) -> str:
    """A generation's name: what its manifest says, in sixteen hexadecimal digits."""
    return hashlib.sha256(manifest).hexdigest()[:16]


def _is_whole(folder: Path) -> bool:
    try:
        open_generation(folder)
    except IndexDamaged:
        return False
    return True


def leftovers(root: Path) -> list[Path]:
    """The folders that are not the live generation: of builds that were killed, or older."""
    live = _live_name(root)
    return [folder for folder in root.iterdir() if folder.is_dir() and folder.name != live] if live else []


def current_generation(root: Path) -> Path | None:
    """The folder of the live generation, or None if nothing was built yet."""
    while (name := _live_name(root)) is not None:
        folder = root / name
        if name and "/" not in name and folder.is_dir():
            return folder
        if _live_name(root) == name:
            raise IndexDamaged(f"the live index {name!r} is not there", way_out=MEND)
    return None


def open_current(root: Path) -> tuple[Path, dict[str, Any], dict[str, memoryview]] | None:
    """Folder, manifest and files of the live generation, None before the first build; raises as `open_generation`."""
    while (folder := current_generation(root)) is not None:
        try:
            return folder, *open_generation(folder)
        except IndexDamaged:
            if _live_name(root) == folder.name:
                raise
    return None


def _live_name(root: Path) -> str | None:
    try:
        return (root / "CURRENT").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged("the name of the live index cannot be read", way_out=MEND) from error


def open_generation(folder: Path) -> tuple[dict[str, Any], dict[str, memoryview]]:
    """Manifest and files of a generation, mapped into memory, digests checked; raises `IndexDamaged` where one does not match."""
    try:
        text = (folder / "manifest.json").read_bytes()
        manifest = json.loads(text)
        files = {name: mapped(folder / name) for name in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"the index in {folder.name} cannot be read ({error})", way_out=MEND) from error
    if manifest["format"] != FORMAT:
        raise IndexDamaged(f"the index has format {manifest['format']}, this version reads {FORMAT}", way_out=MEND)
    if _name(text) != folder.name:
        raise IndexDamaged(f"the manifest of the index {folder.name} was changed", way_out=MEND)
    for name, expected in manifest["files"].items():
        found = hashlib.sha256(files[name]).hexdigest()
        if found != expected:
            raise IndexDamaged(f"{name} has digest {found[:12]}…, its manifest says {expected[:12]}…", way_out=MEND)
    return manifest, files


def rows_of(data: Buffer) -> list[dict[str, Any]]:
    """The objects of a JSONL file of a generation."""
    return [json.loads(line) for line in str(data, "utf-8").split("\n") if line]
