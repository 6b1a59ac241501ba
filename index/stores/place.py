"""Which store, from what a user writes: `faiss`, `http://host:19530`, `milvus-lite:PATH`, `postgresql://user@host/database`.

Passwords stand in the environment alone, never in a URI: that is kept in manifests, shown by `status` and seen by others in
the list of processes.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from corpus.errors import BrokenInvariant, StoreUnavailable, UnusableInput
from index.stores.store import RemoteStore

FAISS = "faiss"
LITE = "milvus-lite:"
PASSWORD = "TIAOWEN_STORE_PASSWORD"
_SCHEMES = {"http": "milvus", "https": "milvus", "postgresql": "postgres", "postgres": "postgres"}
_SECRET = re.compile(r"pass|token|secret|key$", re.IGNORECASE)
_COLLECTION = re.compile(r"tiaowen_[0-9a-f]{16}_[0-9a-f]{16}")
_ELSEWHERE = {"milvus": "MILVUS_TOKEN", "postgres": "PGPASSWORD"}


@dataclass(frozen=True, slots=True)
class Place:
    """An engine and where it is. `owner`: the home's number on it, sixteen hexadecimal digits."""

    kind: str
    uri: str
    owner: str = ""

    def collection(self, generation: str) -> str:
        """The name of a generation's collection."""
        return checked(f"{self.prefix}{generation}")

    @property
    def prefix(self) -> str:
        """What the names of this home's collections begin with."""
        return f"tiaowen_{self.owner}_"

    def password(self) -> str:
        """Of the environment, for this engine; "" where there is none. For Milvus a token, or `user:password`."""
        return os.environ.get(PASSWORD) or os.environ.get(_ELSEWHERE[self.kind]) or ""

    def as_json(self) -> dict[str, Any]:
        """As a manifest holds it."""
        return {"kind": self.kind, "uri": self.uri, "owner": self.owner}


def is_ours(name: str) -> bool:
    """Whether a collection has a name as we give them."""
    return bool(_COLLECTION.fullmatch(name))


def checked(name: str) -> str:
    """The name of a collection as it is; raises `BrokenInvariant` for one that is not ours."""
    if not is_ours(name):
        raise BrokenInvariant(f"{name!r} is no collection of ours")
    return name


def place_of(written: str) -> Place | None:
    """The place that a user names; None for `faiss`, the index in files.

    Raises `UnusableInput` for what is none of them, or holds a password; the message never repeats one.

    >>> place_of("postgresql://li@db.example.org/tiaowen").kind, place_of("faiss")
    ('postgres', None)
    """
    if written == FAISS:
        return None
    if written.startswith(LITE) and len(written) > len(LITE):
        return Place("milvus", f"{LITE}{Path(written.removeprefix(LITE)).expanduser().resolve()}")
    parts, kind = _split(written)
    if parts.password is not None or any(_SECRET.search(key) for key, _ in parse_qsl(parts.query, True)):
        raise UnusableInput(
            "the URI of a store must hold no password", way_out=f"leave it out of the URI and put it into {PASSWORD}"
        )
    if not kind or (kind == "milvus" and not parts.hostname) or parts.fragment:
        raise UnusableInput(
            f"{_shown(written)} is no store",
            way_out="write faiss, http://HOST:19530, milvus-lite:PATH or postgresql://USER@HOST:5432/DATABASE",
        )
    return Place(kind, written)


def _split(written: str) -> tuple[Any, str]:
    """The parts of a URI, and the kind of store by its scheme, "" for none."""
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    return parts, _SCHEMES.get(parts.scheme, "")


def _shown(written: str) -> str:
    """What was written, for a message; nothing of it where it may hold a password."""
    return "what was written" if "@" in written else repr(written)


def place_from_json(kept: dict[str, Any] | None) -> Place | None:
    """The inverse of `Place.as_json`; None where a manifest names no store."""
    return Place(kept["kind"], kept["uri"], kept["owner"]) if kept else None


def open_store(place: Place, generation: str, dimension: int, rows: int) -> RemoteStore:
    """The collection of a generation, to be of so many rows; nothing is asked of the engine yet.

    Raises `StoreUnavailable` where the engine's package is not installed.
    """
    name = place.collection(generation)
    if place.kind == "milvus":
        from index.stores.milvus import MilvusStore

        return MilvusStore(place, name, dimension, rows)
    from index.stores.postgres import PostgresStore

    return PostgresStore(place, name, dimension, rows)


def quiet(*loggers: str) -> None:
    """What goes wrong is told once, by us."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def unreachable(place: Place, said: str) -> StoreUnavailable:
    """One line, without what may be secret."""
    secret = place.password()
    said = " ".join(said.split()).replace(secret, "…") if secret else " ".join(said.split())
    return StoreUnavailable(
        f"the vector store {place.uri} does not answer as it should ({said[:160]})",
        way_out="start it, or go back to the index in files: tiaowen build --store faiss",
    )
