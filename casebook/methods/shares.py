"""Parts of a total: their shares as they go on changing, and whole numbers that add up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given

Array = NDArray[np.float64]


def shares_ahead(before: ArrayLike, after: ArrayLike, years_between: float, years_ahead: ArrayLike) -> Array:
    """Carry the change of shares between two years forward, so that they stay shares.

    The logarithm of each share moves on at its own yearly pace; the shares are then scaled to add up to
    one. A share that is 0 in either year keeps its later value.

    Parameters
    ----------
    before, after
        Parts in two years, in one order; counts or shares.
    years_between
        Years from one to the other.
    years_ahead
        Years after the later one, any number of them.

    Returns
    -------
    numpy.ndarray
        A row for each year ahead, adding up to 1.

    Raises
    ------
    ValueError
        If a part is below 0 or not finite, all of a year are 0, the years have not the same parts, or the number of
        years between is not above 0.

    References
    ----------
    Aitchison, The Statistical Analysis of Compositional Data, 1986 (powering, then closure to one).

    Examples
    --------
    >>> shares_ahead([50, 50], [60, 40], 5, [0, 5]).round(3).tolist()
    [[0.6, 0.4], [0.692, 0.308]]
    """
    first, last = _shares(before), _shares(after)
    if first.shape != last.shape or not 0 < years_between < np.inf:
        raise ValueError("shares change between two years with the same parts, the later one second")
    both = (first > 0) & (last > 0)
    pace = np.zeros(last.size)
    pace[both] = np.log(last[both] / first[both]) / years_between
    with np.errstate(over="ignore", invalid="ignore"):
        power = np.where(last > 0, _finite(np.outer(_finite(years_ahead), pace)), -np.inf)
    # The largest power becomes 0, so that none grows too large; scaling to add up to one takes it out again.
    moved = last * np.exp(power - power.max(axis=1, keepdims=True))
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))


def _shares(parts: ArrayLike) -> Array:
    numbers = np.asarray(parts, float)
    if numbers.ndim != 1 or not (np.isfinite(numbers) & (numbers >= 0)).all() or not 0 < numbers.sum() < np.inf:
        raise ValueError("parts are numbers from 0 on, one at least above it")
    return np.asarray(numbers / numbers.sum())


def _finite(values: ArrayLike) -> Array:
    numbers = np.atleast_1d(np.asarray(values, float))
    if not np.isfinite(numbers).all():
        raise ValueError("a number is missing or without end: give finite ones")
    return numbers


def whole_parts(total: int, shares: ArrayLike) -> NDArray[np.int64]:
    """Split a whole number by shares into whole parts that add up to it: the largest remainders round up.

    Raises
    ------
    ValueError
        If the total is not a whole number from 0 to a quadrillion, a share is below 0 or not finite, or all are 0.

    References
    ----------
    Balinski and Young, Fair Representation, 1982 (Hamilton's method).

    Examples
    --------
    >>> whole_parts(10, [0.55, 0.25, 0.2]).tolist()
    [6, 2, 2]
    """
    given.whole(total, "a total", 0)
    exact = _shares(shares) * total
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return np.asarray(parts)
