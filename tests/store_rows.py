"""Vectors and collections for the tests of vector stores."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import numpy as np
from store_servers import Engines

from index.encoder import unit_rows
from index.stores.local import LocalStore
from index.stores.place import Place, open_store, place_of
from index.stores.store import RemoteStore, VectorStore
from index.vectors import VectorIndex, Vectors

D = 32
KINDS = ("faiss", "milvus", "postgres")
REMOTE = KINDS[1:]
PATIENCE = 60.0


def vectors(n: int, seed: int = 1, d: int = D) -> Vectors:
    """Unit vectors around sixty points, as texts lie around subjects."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(60, d))
    return unit_rows((centres[random.integers(0, 60, n)] + 0.5 * random.normal(size=(n, d))).astype(np.float32))


def kinds(n: int) -> Any:
    return (np.arange(n) % 6).astype(np.int32)


def place(engines: Engines, kind: str) -> Place:
    """The engine, for a home of its own."""
    found = place_of(engines[kind].uri)
    assert found is not None
    return replace(found, owner=secrets.token_hex(8))


def remote(where: Place, generation: str = "1" * 16, rows: int = 10, d: int = D) -> RemoteStore:
    return open_store(where, generation, d, rows)


def opened(engines: Engines, kind: str, rows: int = 10, d: int = D) -> VectorStore:
    """An empty store."""
    if kind == "faiss":
        return LocalStore(VectorIndex.build(np.zeros((0, d), np.float32)), np.zeros(0, np.int32))
    return remote(place(engines, kind), rows=rows, d=d)
