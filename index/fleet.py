"""Work for many processes, on this machine or several, by Ray (extra `ray`). The only door to Ray, with `fleet_start`.

    batches ─> map(work, …) ─> Ray tasks in worker processes ─> results, in the order of the batches

A batch whose worker ends (killed, out of memory, its machine gone) is given to another one, as Ray's own `max_retries`
has it; a result is taken once, by the conductor, which alone writes anything. So a killed worker loses nothing and
doubles nothing.

What travels is plain: texts, numbers, dicts, numpy arrays, and for the work itself the name of a module's function, which
a worker imports. Ray packs these by cloudpickle between its own processes; nothing of ours goes by value, and nothing
packed is kept.

    >>> Place.read("local:4"), Place.read("10.0.0.5:6379")
    (Place(workers=4, address=None), Place(workers=None, address='10.0.0.5:6379'))
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from corpus.errors import RayFailed, TiaowenError, UnusableInput

T = TypeVar("T")
RETRIES = 5
"""How often a batch goes to another worker after the first one ended; a batch that ends six of them is at fault itself."""
_AHEAD = 4
"""Batches under way for each worker: one at work, and the next ones, so that a slow batch holds up no other worker."""
_LOCAL = re.compile(r"local(?::([1-9]\d?))?")
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where Ray works: processes on this machine, as many as it has cores or as named, or a cluster that runs already."""

    workers: int | None = None
    address: str | None = None

    @classmethod
    def read(cls, written: str) -> Place:
        """`local`, `local:4` or `HOST:PORT`. Raises `UnusableInput`."""
        if found := _LOCAL.fullmatch(written):
            return cls(workers=int(found[1]) if found[1] else None)
        if (found := _ADDRESS.fullmatch(written)) and 0 < int(found["port"]) < 2**16:
            return cls(address=written)
        raise UnusableInput(
            f"--ray is {written!r}", way_out="write local, local:4 for four processes, or HOST:PORT of a Ray cluster"
        )


class Fleet:
    """Worker processes, as long as Ray is connected. Made by `fleet_at`."""

    def __init__(self, ray: Any, workers: int, retries: int = RETRIES) -> None:
        self._ray = ray
        self._retries = retries
        self.workers = workers
        self.processes: set[int] = set()
        """Ids of the processes whose results were taken; processes of different machines may share one."""

    def map(self, work: Callable[..., T], batches: Iterable[Any], *before: Any) -> Iterator[T]:
        """`work(*before, batch)` of each batch, in the order of the batches; few are under way at a time.

        `work`: a function of a module that workers can import. Raises what it raises, if that is a `TiaowenError`, else
        `RayFailed`.
        """
        task = self._ray.remote(num_cpus=1, max_retries=self._retries)(_done_by)
        waiting: deque[Any] = deque()
        for batch in batches:
            waiting.append(task.remote(work, *before, batch))
            if len(waiting) >= self.workers * _AHEAD:
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def _result(self, waited: Any) -> Any:
        try:
            process, found = self._ray.get(waited)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, TiaowenError):
                raise error.cause from None
            raise RayFailed(
                f"a Ray worker cannot do its work: {_last_line(error)}",
                way_out="see that this version of Tiaowen is installed where it runs, or do without --ray",
            ) from None
        except self._ray.exceptions.RayError as error:
            raise RayFailed(
                f"Ray lost a batch of work {self._retries + 1} times ({type(error).__name__})",
                way_out="give its workers more memory, or do without --ray",
            ) from None
        self.processes.add(process)
        return found


def _done_by(work: Callable[..., T], *arguments: Any) -> tuple[int, T]:
    """In a worker: which process it is, and the result."""
    return os.getpid(), work(*arguments)


def _last_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()


@contextmanager
def fleet_at(place: Place) -> Iterator[Fleet]:
    """Workers at a place; what was started for them ends with the block.

    Raises `RayUnavailable` where Ray is not installed, does not start, or does not answer at the address.
    """
    from index.fleet_start import connected

    with connected(place.workers, place.address) as (ray, workers):
        yield Fleet(ray, workers)
