"""Starting Ray on this machine, or connecting to a cluster; ending it, and removing what it wrote. Used by `fleet` alone.

A Ray of our own listens on the loopback address alone and takes a secret made for this process; it has no dashboard,
tells nobody that it is used, and writes into one folder, which is removed with it. When this process is killed, Ray ends
by itself (its workers at once, two agents that watch them a minute later), and the next start removes the folder: a lock
on it tells whether its process lives.

Ray's plain API has no option for three of these, so they go by environment variables that Ray documents or by the folder
we stand in; each is put back once Ray has started.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, chdir, closing, contextmanager, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any

from corpus.errors import RayUnavailable

try:
    import fcntl
except ImportError:  # Windows: folders of killed processes stay
    fcntl = None  # type: ignore[assignment]

PREFIX = "tiaowen-ray-"
_PATIENCE = 5
"""Seconds for one answer of a cluster while connecting to it."""
_IMPATIENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_NUM_REDIS_GET_RETRIES": "1",
    "RAY_py_gcs_connect_timeout_s": str(_PATIENCE),
}
"""Environment of connecting to a cluster: one try, where Ray would make twenty of half a minute each."""
_STORE = 256 * 2**20
"""Bytes of shared memory for results under way: some megabytes are, since few batches are."""
_WITHOUT = "do without --ray"


@contextmanager
def connected(workers: int | None, address: str | None) -> Iterator[tuple[Any, int]]:
    """The module `ray`, connected, and how many workers there are; disconnected behind the block."""
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        if address is not None:
            _knock(address)
        stack.enter_context(redirect_stdout(sys.stderr))  # where Ray tells of workers that ended, whatever it was asked
        ray = _opened(_of_our_own() if address is None else _IMPATIENT)
        _refuse_second(ray)
        stack.callback(ray.shutdown)
        if address is None:
            _started(ray, workers or _cores(), folder)
        else:
            _joined(ray, address, folder)
        cpus = int(ray.cluster_resources().get("CPU", 0))
        if cpus < 1:
            raise RayUnavailable(f"the Ray cluster at {address} has no processor", way_out=f"add one, or {_WITHOUT}")
        yield ray, cpus


@cache
def _secret() -> str:
    """What processes of our Ray know each other by; one for this process, since Ray reads it once."""
    return secrets.token_hex(32)


def _of_our_own() -> dict[str, str]:
    """Environment of a Ray that we start. The last, made for systems where Ray has no clusters, keeps it on loopback."""
    return {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": _secret(),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }


def _opened(variables: dict[str, str]) -> Any:
    """Import Ray under the variables that it reads then."""
    with _environment(variables):
        try:
            import ray
        except ImportError as error:
            raise RayUnavailable(
                f"--ray needs ray, which is not installed ({error})", way_out=f"pip install ray, or {_WITHOUT}"
            ) from None
    return ray


def _refuse_second(ray: Any) -> None:
    if ray.is_initialized():
        raise RayUnavailable("this process is connected to Ray already", way_out="disconnect first: ray.shutdown()")


def _started(ray: Any, workers: int, folder: Path) -> None:
    home = str(Path.home())
    try:
        with _environment({**_of_our_own(), "HOME": _incurious(folder)}), _standing_in(folder):
            context = ray.init(
                address="local",
                num_cpus=workers,
                num_gpus=0,
                include_dashboard=False,
                object_store_memory=_STORE,
                log_to_driver=False,
                configure_logging=False,
                runtime_env={"env_vars": {"HOME": home}},
                _temp_dir=str(folder),
            )
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise RayUnavailable(
            f"Ray cannot start here: {_first_line(error)}",
            way_out=f"set TMPDIR to a folder with a short path and space, or {_WITHOUT}",
        ) from error
    host = str(context.address_info["node_ip_address"])
    if host not in ("127.0.0.1", "::1"):
        raise RayUnavailable(
            f"Ray listens on {host}, not on this machine alone", way_out=f"do not import ray before, or {_WITHOUT}"
        )


def _incurious(folder: Path) -> str:
    """A home folder for Ray's own processes, workers apart, with the one file that keeps Ray from asking which cloud it is in.

    Without it Ray 2.60 asks the metadata addresses of three clouds, even where it is to tell nobody.
    """
    home = folder / "home"
    home.mkdir()
    (home / "ray_bootstrap_config.yaml").write_text("{}\n", encoding="utf-8")
    return str(home)


def _knock(address: str) -> None:
    """Whether anybody is there: Ray itself waits long for a host that is not, and says so in C++."""
    host, _, port = address.rpartition(":")
    try:
        with closing(socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE)):
            pass
    except OSError as error:
        raise _nobody(address, error) from error


def _joined(ray: Any, address: str, folder: Path) -> None:
    try:
        with _environment(_IMPATIENT), _standing_in(folder), _said_to(folder / "stderr"):
            ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise _nobody(address, error) from error


def _nobody(address: str, error: Exception) -> RayUnavailable:
    return RayUnavailable(
        f"no Ray answers at {address}: {_first_line(error)}",
        way_out=f"see that `ray start --head` runs there, with the same Ray and token, or {_WITHOUT}",
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Variables for what is started in the block; as they were behind it."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    """Ray's workers import first from where Ray was started: from an empty folder of ours, never from the user's."""
    empty = folder / "empty"
    empty.mkdir()
    with chdir(empty):
        yield


@contextmanager
def _said_to(file: Path) -> Iterator[None]:
    """What Ray's C++ writes to stderr while the block runs goes to a file."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with file.open("wb") as said:
            os.dup2(said.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder with a short path (Ray puts sockets into it), locked while it is in use, removed behind the block."""
    remove_left_over()
    made = Path(tempfile.mkdtemp(prefix="tiaowen-new-"))
    with _lock(made):
        folder = made.with_name(f"{PREFIX}{made.name.rpartition('-')[2]}")
        made.rename(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_left_over() -> None:
    """Remove the folders of processes that were killed: those of ours that nobody holds a lock on."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), _lock(folder):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Alone with a folder. It ends with this process, however that ends: its children do not have the handle."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
