"""Named arrays in one file: what is written is read back without a copy, and a torn file is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.arrays import dump_arrays, dump_words, load_arrays, load_words, mapped

ARRAYS = {
    "rows": np.array([3, 1, 2], np.int32),
    "marks": np.array([1, 0, 1], np.uint8),
    "scores": np.array([[0.5, -1.0]], np.float32),
    "starts": np.array([0, 9], np.int64),
    "none": np.zeros((0, 4), np.float16),
    "size": np.array(7, np.int64),
}


def test_what_is_written_is_read_back() -> None:
    found = load_arrays(dump_arrays(ARRAYS))
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)


def test_a_mapped_file_is_read_without_a_copy_and_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "arrays").write_bytes(dump_arrays(ARRAYS))
    found = load_arrays(mapped(tmp_path / "arrays"))
    assert not found["rows"].flags.owndata and not found["rows"].flags.writeable
    assert all(array.ctypes.data % array.itemsize == 0 for array in found.values() if array.size)


def test_an_empty_file_is_mapped_as_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert bytes(mapped(tmp_path / "empty")) == b""


def test_a_torn_file_is_refused() -> None:
    with pytest.raises(ValueError, match="truncated"):
        load_arrays(dump_arrays(ARRAYS)[:-1])


@pytest.mark.parametrize("words", [[], ["日志", "审计"], ["log", "“quoted”\n"]])
def test_words_in_either_language_are_read_back(words: list[str]) -> None:
    assert load_words(dump_words(words)) == words
