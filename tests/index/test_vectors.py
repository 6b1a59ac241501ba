"""The FAISS door: cosine order, filtering by id, stable ids, and an index that is empty."""

from __future__ import annotations

import numpy as np
import pytest

from index.vectors import VectorIndex, Vectors, vector_id

IDS = [vector_id(f"aisgf@2.0/zh#{n}~0") for n in range(5)]


def rows() -> Vectors:
    """Five unit vectors in a plane, 0°, 20°, 40°, 60°, 80°."""
    angles = np.radians(np.arange(5) * 20)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def index() -> VectorIndex:
    return VectorIndex.build(IDS, rows())


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    found = index.search(rows()[1], 3)
    assert [i for i, _ in found][:1] == [IDS[1]]
    assert {i for i, _ in found} == {IDS[0], IDS[1], IDS[2]}
    np.testing.assert_allclose([score for _, score in found], np.cos(np.radians([0, 20, 20])), atol=1e-6)


def test_only_allowed_ids_are_found(index: VectorIndex) -> None:
    allowed = np.array([IDS[4], IDS[3]], np.int64)
    assert [i for i, _ in index.search(rows()[0], 5, allowed)] == [IDS[3], IDS[4]]


@pytest.mark.parametrize("allowed", [[], [12345]])
def test_no_or_foreign_ids_allowed_find_nothing(index: VectorIndex, allowed: list[int]) -> None:
    assert index.search(rows()[0], 5, np.array(allowed, np.int64)) == []


def test_more_wanted_than_there_are_gives_all(index: VectorIndex) -> None:
    assert len(index.search(rows()[0], 99)) == len(index) == 5
    assert index.search(rows()[0], 0) == []


def test_an_empty_index_finds_nothing() -> None:
    empty = VectorIndex.build([], np.zeros((0, 2), np.float32))
    assert len(empty) == 0
    assert empty.search(rows()[0], 3) == []
    assert VectorIndex.load(empty.dump()).search(rows()[0], 3) == []


def test_dumped_and_loaded_it_is_the_same(index: VectorIndex) -> None:
    again = VectorIndex.load(index.dump())
    assert again.search(rows()[2], 5) == index.search(rows()[2], 5)
    assert again.dump() == index.dump() == VectorIndex.build(IDS, rows()).dump()


def test_ids_are_the_same_in_every_process_and_fit_a_signed_integer() -> None:
    assert vector_id("aisgf@2.0/zh#3.1.1(f)~0") == 5710891533079984229
    assert len(set(IDS)) == 5
    assert all(0 <= i < 2**63 for i in IDS)
