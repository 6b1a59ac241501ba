"""The FAISS door: cosine order, filtering by row, and an index that is empty."""

from __future__ import annotations

import numpy as np
import pytest

from index.arrays import Mask
from index.encoder import unit_rows
from index.vectors import VectorIndex, Vectors, exact_rows, parts


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


# --- above the size up to which every vector is looked at


N = 30_000
PARTS = [np.arange(N) % 6 != 0, np.arange(N) < 22_000, np.arange(N) % 3 == 0, None]
"""Marked by the quantiser, twice; so few that they are compared exactly; all."""


def scattered(n: int, seed: int) -> Vectors:
    """Unit vectors around sixty points, as texts lie around subjects."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(60, 32))
    return unit_rows((centres[random.integers(0, 60, n)] + 0.5 * random.normal(size=(n, 32))).astype(np.float32))


@pytest.fixture(scope="module")
def large() -> VectorIndex:
    return VectorIndex.build(scattered(N, 1), exact=1000)


@pytest.mark.parametrize("part", PARTS)
def test_a_large_index_finds_nearly_what_looking_at_every_vector_finds(large: VectorIndex, part: Mask | None) -> None:
    asked, rows = scattered(50, 3), scattered(N, 1)
    exact = exact_rows(rows, asked, 10, part)
    found = [[row for row, _ in large.search(one, 10, part)] for one in asked]
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact, strict=True)]) >= 0.99
    assert part is None or all(part[found[0]])
    assert (large.kind, VectorIndex.build(rows).kind) == ("pq4", "exact")


def test_a_large_index_finds_all_that_is_wanted_where_the_quantiser_sees_little_of_it(large: VectorIndex) -> None:
    rows = scattered(N, 1)
    asked = rows[0]
    far = np.argsort(rows @ asked)[: N - 8_000]
    part = np.zeros(N, bool)
    part[far] = True
    found = [row for row, _ in large.search(asked, 500, part)]
    assert len(found) == 500 and all(part[found])
    nearest = exact_rows(rows, asked[None], 1, part)[0][0]
    assert rows[found[0]] @ asked == pytest.approx(rows[nearest] @ asked, abs=1e-3)


def test_a_large_index_tells_cosines_best_first_and_is_the_same_when_loaded(large: VectorIndex) -> None:
    asked, rows = scattered(1, 4)[0], scattered(N, 1)
    found = large.search(asked, 10)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    np.testing.assert_allclose([score for _, score in found], [rows[row] @ asked for row, _ in found], atol=2e-3)
    again = VectorIndex.load(large.dump())
    assert (again.search(asked, 10), again.kind) == (found, "pq4")
    assert VectorIndex.build(rows, exact=1000).dump() == large.dump()
    np.testing.assert_allclose(again.rows(), rows, atol=1e-3)
    assert large.search(asked, 10, np.zeros(N, bool)) == []


def test_exact_rows_are_the_nearest_by_every_inner_product() -> None:
    rows, asked = scattered(200, 6), scattered(3, 8)
    assert exact_rows(rows, asked, 4) == [list(np.argsort(-(rows @ one), kind="stable")[:4]) for one in asked]
    assert exact_rows(rows[:2], asked, 4, np.array([False, True])) == [[1]] * 3


def test_a_vector_is_cut_into_parts_that_fit() -> None:
    for dimension in (1, 2, 7, 32, 256, 300, 384, 768, 1024, 1536):
        assert dimension % parts(dimension) == 0 and 1 <= parts(dimension) <= 256
