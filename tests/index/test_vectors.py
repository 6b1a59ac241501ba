"""The FAISS door: cosine order, filtering by row, and an index that is empty."""

from __future__ import annotations

import numpy as np
import pytest

from index.vectors import VectorIndex, Vectors


def rows() -> Vectors:
    """Five unit vectors in a plane, 0°, 20°, 40°, 60°, 80°."""
    angles = np.radians(np.arange(5) * 20)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def index() -> VectorIndex:
    return VectorIndex.build(rows())


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    found = index.search(rows()[1], 3)
    assert [row for row, _ in found][:1] == [1]
    assert {row for row, _ in found} == {0, 1, 2}
    np.testing.assert_allclose([score for _, score in found], np.cos(np.radians([0, 20, 20])), atol=1e-6)


def test_only_allowed_rows_are_found(index: VectorIndex) -> None:
    allowed = np.array([False, False, False, True, True])
    assert [row for row, _ in index.search(rows()[0], 5, allowed)] == [3, 4]
    assert index.search(rows()[0], 5, np.zeros(5, bool)) == []


def test_more_wanted_than_there_are_gives_all(index: VectorIndex) -> None:
    assert len(index.search(rows()[0], 99)) == len(index) == 5
    assert index.search(rows()[0], 0) == []


def test_an_empty_index_finds_nothing() -> None:
    empty = VectorIndex.build(np.zeros((0, 2), np.float32))
    assert len(empty) == 0
    assert empty.search(rows()[0], 3) == []
    assert VectorIndex.load(empty.dump()).search(rows()[0], 3) == []


def test_dumped_and_loaded_it_is_the_same(index: VectorIndex) -> None:
    again = VectorIndex.load(index.dump())
    assert again.search(rows()[2], 5) == index.search(rows()[2], 5)
    np.testing.assert_array_equal(again.rows(), rows())
    assert again.dump() == index.dump() == VectorIndex.build(rows()).dump()
