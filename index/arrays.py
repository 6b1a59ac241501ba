"""Named arrays in one file that is mapped into memory, not read: processes that open it share the pages.

The format is safetensors: a little-endian u64 (length of the header), a JSON header, then the arrays' bytes.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Buffer = bytes | memoryview
_TYPES = {"F16": "<f2", "F32": "<f4", "I16": "<i2", "I32": "<i4", "I64": "<i8", "U8": "|u1"}
_NAMES = {np.dtype(written): name for name, written in _TYPES.items()}
_LENGTH = 8


def mapped(path: Path) -> memoryview:
    """A file's bytes, mapped read-only; an empty file, which cannot be mapped, gives none."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b"")


def dump_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as bytes, the widest first so that each begins at a multiple of its width; for `load_arrays`."""
    header: dict[str, Any] = {}
    at = 0
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0]))
    for name, array in ordered:
        header[name] = {"dtype": _NAMES[array.dtype], "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)
    return b"".join(
        [len(text).to_bytes(_LENGTH, "little"), text, *(np.ascontiguousarray(array).tobytes() for _, array in ordered)]
    )


def load_arrays(data: Buffer) -> dict[str, NDArray[Any]]:
    """The inverse of `dump_arrays`, without a copy; raises `ValueError` where bytes are missing."""
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    header = json.loads(bytes(data[_LENGTH:start]))
    return {name: _array(data, start, entry) for name, entry in header.items() if name != "__metadata__"}


def _array(data: Buffer, start: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    first, end = entry["data_offsets"]
    if len(data) < start + end:
        raise ValueError("the file is truncated")
    shape = tuple(entry["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(data, _TYPES[entry["dtype"]], count, start + first).reshape(shape)


def dump_words(words: Sequence[Any]) -> NDArray[np.uint8]:
    """Strings, or rows of them, as an array, to be kept with others."""
    return np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), np.uint8)


def load_words(array: NDArray[np.uint8]) -> list[Any]:
    """The inverse of `dump_words`."""
    words: list[Any] = json.loads(array.tobytes().decode())
    return words
