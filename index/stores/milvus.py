"""Milvus, or a Milvus Lite file, behind `RemoteStore`: LlamaIndex's `MilvusVectorStore` writes, `pymilvus` does the rest.

Why the rest: the integration searches without a deadline, so that a server which went away holds an `ask` for minutes; it asks
no count, lists no collections and loads none, and Milvus searches only what was loaded since its server started. We create
with inner product, which of unit vectors is the cosine, compare exactly (FLAT) up to as many rows as the file index does, and
by HNSW above. The only filter is `kind in [0, 2]`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from corpus.errors import IndexDamaged, StoreUnavailable
from index.generation import MEND
from index.limits import Where
from index.stores.place import LITE, Place, checked, quiet, unreachable
from index.stores.store import BATCH, MORE, Found, in_order
from index.vectors import EXACT, Vectors

_DEADLINE = 8.0
"""Seconds for one answer."""
_LONG = 600.0
"""Seconds for what may take long: loading, flushing, writing a batch."""
_PAGE = 10_000
_HNSW = {"index_type": "HNSW", "M": 16, "efConstruction": 200}
_EF = 400
"""How many neighbours HNSW looks at, at least."""
_NOT_LOADED, _FAILED = 101, 1
"""Milvus's codes: not in memory; reached, and it could not."""


class MilvusStore:
    """One collection; `rows` decides how it is indexed when it is made."""

    kind = "milvus"

    def __init__(self, place: Place, name: str, dimension: int, rows: int, exact: int = EXACT) -> None:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        _import(place)
        self._place, self.name, self._dimension = place, checked(name), dimension
        self._hnsw = rows > exact

    @cached_property
    def _client(self) -> Any:
        from pymilvus import MilvusClient

        with self._told():
            return MilvusClient(**self._access())

    def _access(self) -> dict[str, Any]:
        """A connection of our own: shared ones remember for a while that the server did not answer."""
        alone = {"dedicated": True, "grpc_options": {"grpc.use_local_subchannel_pool": 1}, "timeout": _DEADLINE}
        return {**access(self._place), **alone}

    def put(self, rows: Sequence[int], vectors: Vectors, kinds: Sequence[int]) -> None:
        """Add or replace rows, the collection made where it is not there."""
        from index.stores.nodes import nodes_of

        with self._told():
            writer = self._writer()
            for at in range(0, len(rows), BATCH):
                part = slice(at, at + BATCH)
                writer.add(nodes_of(rows[part], vectors[part], kinds[part]))

    def _writer(self) -> Any:
        from llama_index.vector_stores.milvus import MilvusVectorStore
        from pymilvus import DataType

        if self.dimension() not in (None, self._dimension):
            raise self._unfit()
        return MilvusVectorStore(
            **self._access(),
            collection_name=self.name,
            dim=self._dimension,
            similarity_metric="IP",
            index_config=dict(_HNSW) if self._hnsw else {"index_type": "FLAT"},
            scalar_field_names=["kind", "digest"],
            scalar_field_types=[DataType.INT64, DataType.INT64],
            upsert_mode=True,
            batch_size=BATCH,
            use_async_client=False,
        )

    def delete(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        with self._told():
            for at in range(0, len(rows), _PAGE):
                ids = [str(int(row)) for row in rows[at : at + _PAGE]]
                self._client.delete(self.name, ids=ids, timeout=_LONG)

    def search(self, vector: Vectors, k: int, where: Where | None = None) -> Found:
        """The nearest rows, of the kinds in `where`."""
        if k <= 0 or (where is not None and not where.kinds):
            return []
        if len(vector) != self._dimension:
            raise self._unfit()
        ef = {"params": {"ef": max(_EF, 2 * k)}} if self._hnsw else {}
        asked: dict[str, Any] = {
            "data": [vector.tolist()],
            "anns_field": "embedding",
            "limit": k + MORE,
            "filter": _filter(where),
            "search_params": {"metric_type": "IP", **ef},
            "timeout": _DEADLINE,
        }
        with self._told():
            hits = self._loaded(lambda: self._client.search(self.name, **asked))[0]
        return in_order([(int(hit["id"]), float(hit["distance"])) for hit in hits], k)

    def count(self) -> int:
        """As the server counts, everything written included."""
        asked = {"filter": "", "output_fields": ["count(*)"], "consistency_level": "Strong", "timeout": _LONG}
        with self._told():
            (told,) = self._loaded(lambda: self._client.query(self.name, **asked))
        return int(told["count(*)"])

    def held(self) -> Mapping[int, int]:
        """Digests by row."""
        asked = {"output_fields": ["id", "digest"], "consistency_level": "Strong", "timeout": _LONG}
        found: dict[int, int] = {}
        with self._told():
            pages = self._loaded(lambda: self._client.query_iterator(self.name, batch_size=_PAGE, **asked))
            while page := pages.next():
                found |= {int(one["id"]): int(one["digest"]) for one in page}
            pages.close()
        return found

    def dimension(self) -> int | None:
        """Of the vectors of the collection."""
        with self._told():
            if not self._client.has_collection(self.name, timeout=_DEADLINE):
                return None
            fields = self._client.describe_collection(self.name, timeout=_DEADLINE)["fields"]
        return next((int(one["params"]["dim"]) for one in fields if "dim" in one["params"]), 0)

    def settle(self) -> None:
        """Flushed: searching what was not is slower by an order of magnitude."""
        with self._told():
            self._client.flush(self.name, timeout=_LONG)

    def size(self) -> int | None:
        """Milvus does not tell; a Milvus Lite file is a folder of ours to look at."""
        from pathlib import Path

        if not self._place.uri.startswith(LITE):
            return None
        folder = Path(self._place.uri.removeprefix(LITE))
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    def collections(self, prefix: str) -> list[str]:
        """Names that begin so."""
        with self._told():
            names = self._client.list_collections(timeout=_DEADLINE)
        return sorted(name for name in names if name.startswith(prefix))

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self._told():
            self._client.drop_collection(checked(name), timeout=_LONG)

    def close(self) -> None:
        """End the connection; of a Milvus Lite file also its server in this process."""
        if "_client" in self.__dict__:
            self._client.close()
            del self.__dict__["_client"]
        if self._place.uri.startswith(LITE):
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self._place.uri.removeprefix(LITE))

    def _loaded(self, ask: Callable[[], Any]) -> Any:
        """What is asked, again after loading where the server has not got the collection in memory, as after its start.

        Raises `IndexDamaged` where it cannot load it: Milvus Lite killed in the middle of writing leaves files cut short.
        """
        from pymilvus.exceptions import MilvusException

        try:
            return ask()
        except MilvusException as error:
            if error.code != _NOT_LOADED:
                raise
            try:
                self._client.load_collection(self.name, timeout=_LONG)
            except MilvusException as failed:
                if failed.code != _FAILED:
                    raise
                said = " ".join(str(failed.message).split())[:160]
                raise IndexDamaged(f"the collection {self.name} cannot be loaded ({said})", way_out=MEND) from failed
            return ask()

    def _unfit(self) -> IndexDamaged:
        return IndexDamaged(
            f"the collection {self.name} is not of dimension {self._dimension}, as the index is", way_out=MEND
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Milvus's errors as ours."""
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            said = " ".join(str(getattr(error, "message", "") or error).split())
            if "not found" in said or "not exist" in said:
                raise IndexDamaged(f"the collection {self.name} is not in {self._place.uri}", way_out=MEND) from error
            self.__dict__.pop("_client", None)  # one that has failed never connects again
            raise unreachable(self._place, said) from error


def access(place: Place) -> dict[str, str]:
    """Address and token as `pymilvus` takes them: a user in the URI goes with the password of the environment."""
    if place.uri.startswith(LITE):
        return {"uri": place.uri.removeprefix(LITE), "token": ""}
    user, at, host = place.uri.partition("://")[2].rpartition("@")
    scheme, password = place.uri.partition("://")[0], place.password()
    return {"uri": f"{scheme}://{host}", "token": f"{user}:{password}" if at and ":" not in password else password}


def _filter(where: Where | None) -> str:
    return "" if where is None else f"kind in [{', '.join(str(int(kind)) for kind in where.kinds)}]"


def _import(place: Place) -> None:
    """Raises `StoreUnavailable` where the extra is not installed."""
    try:
        import pymilvus  # noqa: F401

        if place.uri.startswith(LITE):
            import milvus_lite  # noqa: F401
    except ImportError as error:
        raise StoreUnavailable(
            f"the vector store {place.uri} needs the package {error.name}", way_out="run: pip install 'tiaowen[milvus]'"
        ) from error
    quiet("pymilvus", "milvus_lite", "grpc", "llama_index.vector_stores.milvus")
