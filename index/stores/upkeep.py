"""Which store a home's vectors are in: chosen at a build, kept by later ones, looked at by `status` and `doctor`."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged, StoreUnavailable
from corpus.home import alone, write_whole
from index.generation import current_generation
from index.stores.filling import Filled, fill, sweep
from index.stores.place import Place, open_store, place_from_json, place_of
from index.vectors import Vectors

_OWNER = "owner"
_PATIENCE = 10.0
"""Seconds to wait while another process draws it."""
_UNREADABLE = (IndexDamaged, OSError, ValueError, KeyError, TypeError, AttributeError)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class State:
    """A live generation's store: how many vectors it should hold and does; `wrong` says why it cannot be used, "" if it can."""

    kind: str
    uri: str
    expected: int
    count: int | None
    reachable: bool
    wrong: str = ""


def chosen(root: Path, written: str | None) -> Place | None:
    """The store of the next build: the one that is written, else that of the live generation; None for files.

    Raises `UnusableInput` for what is no store.
    """
    place = live_place(root) if written is None else place_of(written)
    return place and replace(place, owner=_owner(root))


def live_place(root: Path) -> Place | None:
    """The store that the live generation names; None for files, for no generation, or one that cannot be read."""
    try:
        return _named(root)
    except _UNREADABLE:
        return None


def forgotten(root: Path) -> bool:
    """Whether this home has had a store, and the live generation cannot be read to say if it still has."""
    try:
        _named(root)
    except _UNREADABLE:
        return (root / _OWNER).exists()
    return False


def _named(root: Path) -> Place | None:
    folder = current_generation(root)
    return place_from_json(json.loads((folder / "manifest.json").read_bytes()).get("store")) if folder else None


def _owner(root: Path) -> str:
    """The home's own number, drawn once, by one process."""
    root.mkdir(parents=True, exist_ok=True)
    with alone(root / f"{_OWNER}.lock", "build", _PATIENCE):
        if not _drawn(root):
            write_whole(root / _OWNER, secrets.token_hex(8).encode())
    return _drawn(root)


def _drawn(root: Path) -> str:
    """The number that was drawn; "" before, or where its file holds none."""
    file = root / _OWNER
    kept = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""
    return kept if re.fullmatch(r"[0-9a-f]{16}", kept) else ""


class Moving:
    """What a build does with stores while its generation goes live. `filled`, `left`: what came of it, for the report."""

    def __init__(
        self, root: Path, place: Place | None, vectors: Vectors, kinds: NDArray[np.int32], progress: Progress
    ) -> None:
        self._root, self._place, self._vectors, self._kinds, self._progress = root, place, vectors, kinds, progress
        self.filled: Filled | None = None
        self.left = ""

    @contextmanager
    def around(self, generation: str) -> Iterator[None]:
        """Fill and verify; then, inside, the generation goes live; then drop what no generation of this home names any more.

        A store that was filled under another number is left alone: this home is a copy, and the other may live. What cannot be
        dropped, because that store does not answer, is told in `left`: the build stands.
        """
        before = live_place(self._root)
        if self._place is not None:
            store = open_store(self._place, generation, self._vectors.shape[1], len(self._vectors))
            self.filled = fill(store, self._vectors, self._kinds, self._progress)
            store.close()
        yield
        mine = _drawn(self._root)
        for place in {one for one in (before, self._place) if one is not None and one.owner == mine}:
            live = generation if place == self._place else ""
            try:
                self._swept(place, generation, live)
            except StoreUnavailable as error:
                self.left = error.message

    def _swept(self, place: Place, generation: str, live: str) -> None:
        store = open_store(place, generation, self._vectors.shape[1], len(self._vectors))
        sweep(store, place.prefix, live and place.collection(live))
        store.close()


def look(manifest: Mapping[str, Any], generation: str) -> State | None:
    """How the store of a generation is; None where its vectors are in files."""
    place = place_from_json(manifest.get("store"))
    if place is None:
        return None
    expected, count, reachable, wrong = int(manifest["passages"]), None, True, ""
    try:
        store = open_store(place, generation, int(manifest["encoder"]["dimension"]), expected)
        count = store.count()
        store.close()
    except StoreUnavailable as error:
        reachable, wrong = False, error.message
    except IndexDamaged as error:
        wrong = error.message
    return State(place.kind, place.uri, expected, count, reachable, wrong)
