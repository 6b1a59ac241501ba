"""PostgreSQL with pgvector behind `RemoteStore`: LlamaIndex's `PGVectorStore` makes the table and writes, SQL does the rest.

Why the rest: the integration compares metadata as text inside JSON, by SQL that it formats from values; it cannot replace a
row, counts none and sets no deadline. We add three columns that follow from its own, row, kind and digest as integers, and ask
with parameters. The table is compared exactly up to as many rows as the file index is, by HNSW above, searched on until enough
rows of the wanted kinds are found (`hnsw.iterative_scan`, pgvector 0.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from corpus.errors import IndexDamaged, StoreUnavailable
from index.generation import MEND
from index.limits import Where
from index.stores.place import Place, checked, quiet, unreachable
from index.stores.store import BATCH, MORE, Found, in_order
from index.vectors import EXACT, Vectors

_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 15_000}
"""Seconds to connect; milliseconds until a host that went away in the middle is given up."""
_OPTIONS = "-c statement_timeout=600000 -c hnsw.ef_search=400 -c hnsw.iterative_scan=strict_order"
_COLUMNS = {
    "row bigint": "node_id::bigint",
    "kind int": "(metadata_->>'kind')::int",
    "digest bigint": "(metadata_->>'digest')::bigint",
}
"""Ours, each with what it is reckoned from."""
_MISSING = "42P01"
"""PostgreSQL's code for a table that is not there."""


class PostgresStore:
    """One table of the schema `public`, `data_` and the collection's name; `rows` decides how it is indexed when it is filled."""

    kind = "postgres"

    def __init__(self, place: Place, name: str, dimension: int, rows: int, exact: int = EXACT) -> None:
        _import(place)
        self._place, self.name, self._dimension = place, checked(name), dimension
        self._hnsw = rows > exact

    @property
    def _table(self) -> str:
        return f"public.data_{self.name}"

    @cached_property
    def _engine(self) -> Any:
        """Connections, each tried before it is used: the server may have been restarted."""
        from sqlalchemy import create_engine

        password = self._place.password()
        access = {"password": password} if password else {}
        return create_engine(
            self._url("psycopg2"),
            pool_pre_ping=True,
            connect_args={**_PATIENCE, "options": _OPTIONS, **access},
        )

    def _url(self, driver: str) -> str:
        return f"postgresql+{driver}://{self._place.uri.partition('://')[2]}"

    def put(self, rows: Sequence[int], vectors: Vectors, kinds: Sequence[int]) -> None:
        """Add or replace rows, the table made where it is not there."""
        from index.stores.nodes import nodes_of

        if vectors.shape[1] != self._dimension or self.dimension() not in (None, self._dimension):
            raise self._unfit()
        with self._told():
            writer = self._writer()
            for at in range(0, len(rows), BATCH):
                part = slice(at, at + BATCH)
                self._remove(rows[part])
                writer.add(nodes_of(rows[part], vectors[part], kinds[part]))

    def _writer(self) -> Any:
        from llama_index.vector_stores.postgres import PGVectorStore
        from sqlalchemy.ext.asyncio import create_async_engine

        writer = PGVectorStore(
            table_name=self.name,
            embed_dim=self._dimension,
            initialization_fail_on_error=True,
            engine=self._engine,
            async_engine=create_async_engine(self._url("asyncpg")),  # demanded beside the other, never connected
        )
        writer.add([])  # makes schema, extension and table
        with self._asking() as ask:
            for column, from_theirs in _COLUMNS.items():
                ask(
                    f"ALTER TABLE {self._table} ADD COLUMN IF NOT EXISTS {column} GENERATED ALWAYS AS ({from_theirs}) STORED"
                )
            ask(f"CREATE UNIQUE INDEX IF NOT EXISTS {self.name}_row ON {self._table} (row)")
        return writer

    def delete(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        with self._told():
            self._remove(rows)

    def _remove(self, rows: Sequence[int]) -> None:
        with self._asking() as ask:
            ask(f"DELETE FROM {self._table} WHERE row = ANY(:rows)", rows=[int(row) for row in rows])

    def search(self, vector: Vectors, k: int, where: Where | None = None) -> Found:
        """The nearest rows, of the kinds in `where`."""
        if k <= 0 or (where is not None and not where.kinds):
            return []
        if len(vector) != self._dimension:
            raise self._unfit()
        limit, kinds = ("", []) if where is None else ("WHERE kind = ANY(:kinds)", list(where.kinds))
        asked = (
            f"SELECT row, 1 - (embedding <=> CAST(:vector AS vector)) FROM {self._table} {limit} "
            "ORDER BY embedding <=> CAST(:vector AS vector) LIMIT :k"
        )
        with self._told(), self._asking() as ask:
            parameters = {"kinds": kinds} if limit else {}
            found = ask(asked, vector=str(vector.tolist()), k=k + MORE, **parameters).all()
        return in_order([(int(row), float(score)) for row, score in found], k)

    def count(self) -> int:
        """How many rows the table has."""
        with self._told(), self._asking() as ask:
            return int(ask(f"SELECT count(*) FROM {self._table}").scalar_one())

    def held(self) -> Mapping[int, int]:
        """Digests by row."""
        with self._told(), self._asking() as ask:
            found = ask(f"SELECT row, digest FROM {self._table}").all()
        return {int(row): int(digest) for row, digest in found}

    def dimension(self) -> int | None:
        """Of the vectors of the table; None also where a killed writer has made it without our columns."""
        asked = "SELECT attname, atttypmod FROM pg_attribute WHERE attrelid = to_regclass(:table)"
        with self._told(), self._asking() as ask:
            columns = {name: int(kept) for name, kept in ask(asked, table=self._table).all()}
        return columns["embedding"] if "digest" in columns else None

    def settle(self) -> None:
        """Indexed, and its statistics taken; every batch was on disk when it was written."""
        with self._told(), self._asking() as ask:
            if self._hnsw:
                ask("SET LOCAL statement_timeout = 0")
                ask(
                    f"CREATE INDEX IF NOT EXISTS {self.name}_hnsw ON {self._table} "
                    "USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 128)"
                )
            ask(f"ANALYZE {self._table}")

    def size(self) -> int | None:
        """Of the table, its indexes included."""
        with self._told(), self._asking() as ask:
            return int(ask("SELECT pg_total_relation_size(to_regclass(:table))", table=self._table).scalar_one())

    def collections(self, prefix: str) -> list[str]:
        """Names that begin so."""
        with self._told(), self._asking() as ask:
            names = ask(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, :prefix)",
                prefix=f"data_{prefix}",
            ).all()
        return sorted(str(name).removeprefix("data_") for (name,) in names)

    def drop(self, name: str) -> None:
        """Remove a table."""
        with self._told(), self._asking() as ask:
            ask(f"DROP TABLE IF EXISTS public.data_{checked(name)}")

    def close(self) -> None:
        """End the connections."""
        if "_engine" in self.__dict__:
            self._engine.dispose()
            del self.__dict__["_engine"]

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """A transaction: a function that runs SQL with parameters."""
        from sqlalchemy import text

        with self._engine.begin() as connection:
            yield lambda sql, **parameters: connection.execute(text(sql), parameters)

    def _unfit(self) -> IndexDamaged:
        return IndexDamaged(
            f"the table {self._table} is not of dimension {self._dimension}, as the index is", way_out=MEND
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """PostgreSQL's errors as ours; SQLAlchemy's own text would repeat statement and parameters."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            theirs = getattr(error, "orig", error)
            if getattr(theirs, "pgcode", None) == _MISSING:
                raise IndexDamaged(f"the table {self._table} is not in {self._place.uri}", way_out=MEND) from None
            raise unreachable(self._place, str(theirs)) from None


def _import(place: Place) -> None:
    """Raises `StoreUnavailable` where the extra is not installed."""
    quiet("llama_index.vector_stores.postgres")
    try:
        import psycopg2  # noqa: F401
        import sqlalchemy  # noqa: F401
    except ImportError as error:
        raise StoreUnavailable(
            f"the vector store {place.uri} needs the package {error.name}",
            way_out="run: pip install 'tiaowen[postgres]'",
        ) from error
