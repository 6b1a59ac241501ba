"""An encoder whose bulk work is done by a fleet: the same vectors, batch for batch, from as many processes as there are.

Single texts (questions, a lineage's clauses) are encoded here; only `encode_batches`, which the build uses, goes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import RayFailed
from index.encoder import Encoder, Kind, open_encoder
from index.fleet import Fleet

TOGETHER = 16
"""Batches in one task, so that sending it costs little beside encoding it: about a thousand texts."""


class FleetEncoder:
    """The encoder of `spec`, here and in every worker."""

    def __init__(self, fleet: Fleet, spec: str | None) -> None:
        self._here: Encoder = open_encoder(spec)
        self._fleet = fleet
        self._spec = _found_anywhere(spec)

    @property
    def id(self) -> str:
        """That of the encoder itself."""
        return self._here.id

    @property
    def dimension(self) -> int:
        """That of the encoder itself."""
        return self._here.dimension

    def encode(self, texts: Sequence[str], *, kind: Kind = "passage") -> NDArray[np.float32]:
        """`(n, dimension)` float32, in this process."""
        return self._here.encode(texts, kind=kind)

    def encode_batches(self, batches: Sequence[Sequence[str]], kind: Kind) -> Iterator[NDArray[np.float32]]:
        """The rows of all batches in order, an array a task. Raises `RayFailed`."""
        tasks = ([list(batch) for batch in batches[at : at + TOGETHER]] for at in range(0, len(batches), TOGETHER))
        yield from self._fleet.map(encoded, tasks, self._spec, self.id, kind)


def encoded(spec: str | None, wanted: str, kind: Kind, batches: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """In a worker: the rows of some batches by the encoder `wanted`. Raises `RayFailed` where another one is there."""
    encoder = _kept(spec)
    if encoder.id != wanted:
        raise RayFailed(
            f"a Ray worker has the encoder {encoder.id!r}, not {wanted!r}",
            way_out="install the same Tiaowen and the same model on every machine of the cluster",
        )
    return np.vstack([encoder.encode(batch, kind=kind) for batch in batches])


@lru_cache(maxsize=1)
def _kept(spec: str | None) -> Encoder:
    """Opened once in a worker."""
    return open_encoder(spec)


def _found_anywhere(spec: str | None) -> str | None:
    """Workers stand in another folder, so a model's folder is named from the root."""
    path = Path(spec).expanduser() if spec else None
    return str(path.resolve()) if path and path.exists() else spec
