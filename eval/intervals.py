"""How sure an average is: 95 % intervals. The one door to `scipy.stats`, opened late."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Interval = tuple[float, float] | None
"""Lower and upper end; None where the data say nothing about it."""

RESAMPLES = 2000
SEED = 20260914
_ENDS = (0.025, 0.975)


def wilson(successes: int, n: int) -> Interval:
    """Wilson's score interval for a share (Wilson, JASA 1927), None for no cases.

    Inside [0, 1], and of some width even at 0 of n and n of n, where the normal approximation has none.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if n == 0:
        return None
    from scipy.stats import binomtest

    low, high = binomtest(successes, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(low), float(high)


def of_mean(values: Sequence[float], clusters: Sequence[str]) -> Interval:
    """Percentile bootstrap of a mean (Field and Welsh, JRSS B 2007), drawing whole clusters: values and their clusters.

    A question and its translation are drawn together. None for fewer than two clusters. Values that are all equal give
    an interval without width: the bootstrap cannot see what did not occur.

    >>> [round(end, 2) for end in of_mean([1, 1, 0, 0, 1, 1], ["a", "a", "b", "b", "c", "c"])]
    [0.0, 1.0]
    """
    names = {name: at for at, name in enumerate(dict.fromkeys(clusters))}
    if len(names) < 2:
        return None
    member = [names[name] for name in clusters]
    sums = np.bincount(member, weights=np.asarray(values, dtype=np.float64), minlength=len(names))
    sizes = np.bincount(member, minlength=len(names)).astype(np.float64)

    def means(drawn: NDArray[np.int64]) -> Floats:
        return np.asarray(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), dtype=np.float64)

    return _bootstrap(len(names), means)


def quantile(values: Sequence[float], q: float) -> float:
    """The q-quantile by linear interpolation: `quantile([1, 2, 4], 0.5) == 2.0`."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), q))


def of_quantile(values: Sequence[float], q: float) -> Interval:
    """Percentile bootstrap of the q-quantile, q in [0, 1]; None for fewer than two values."""
    sample = np.asarray(values, dtype=np.float64)
    if len(sample) < 2:
        return None
    return _bootstrap(len(sample), lambda drawn: np.asarray(np.quantile(sample[drawn], q, axis=1), dtype=np.float64))


def _bootstrap(n: int, statistic: Callable[[NDArray[np.int64]], Floats]) -> Interval:
    """`statistic`: indices drawn with replacement, (RESAMPLES, n) -> one value a row. Always the same draws."""
    drawn = np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
    low, high = np.quantile(statistic(drawn), _ENDS)
    return float(low), float(high)
