"""Parts of a total: their shares as they go on changing, how far they may stray, and whole numbers that add up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given

Array = NDArray[np.float64]

BRAKE = 0.8
"""Of a share's yearly pace so much is left each year: over all years to come it goes four years' way, no further."""
WANDER = {"with a pace": 0.055, "without": 0.08}
"""How far a share strays from its course for each year ahead, in logarithms: with a pace from the past, and without.

Measured as ``CHANCE`` on plans by primary need of 147 English authorities, 2020 to 2025: ``benchmarks/forecasts.py``.
"""
CHANCE = 0.15
"""The variance of a part's logarithm for each year ahead, times its number: people come and go one by one."""


def shares_ahead(
    before: ArrayLike | None, after: ArrayLike, years_between: float, years_ahead: ArrayLike, brake: float = BRAKE
) -> Array:
    """Carry the change of shares between two years forward with a brake, so that they stay shares.

    The logarithm of each share moves on at its yearly pace times ``b + b^2 + ... + b^h`` after h years; the shares are
    then scaled to add up to one. The pace is that among the parts with people in both years: one that is new, such as
    by a changed classification, keeps its place among the others, and one that is 0 stays 0.

    Parameters
    ----------
    before, after
        Parts in two years, in one order; counts or shares. Without the earlier ones the shares stay.
    years_between
        Years from one to the other.
    years_ahead
        Years after the later one, from 0 on.
    brake
        b: 1 for no brake, 0 for shares that stay.

    Returns
    -------
    numpy.ndarray
        A row for each year ahead, adding up to 1.

    Raises
    ------
    ValueError
        If a part is below 0 or not finite, all of a year are 0, the years have not the same parts, the number of
        years between is not above 0, one ahead is below 0, or the brake is not 0 to 1.

    References
    ----------
    Aitchison, The Statistical Analysis of Compositional Data, 1986 (powering, closure to one, parts among others);
    Gardner and McKenzie, Management Science 1985; 31: 1237-1246 (the brake).

    Examples
    --------
    >>> shares_ahead([50, 50], [60, 40], 5, [0, 5, 100]).round(3).tolist()
    [[0.6, 0.4], [0.651, 0.349], [0.675, 0.325]]
    """
    last, ahead = _shares(after), given.numbers(np.atleast_1d(years_ahead), "years ahead", 0, missing=False)
    given.number(brake, "a brake", 0, 1)
    pace = np.zeros(last.size)
    if before is not None:
        first = _shares(before)
        if first.shape != last.shape or not 0 < years_between < np.inf:
            raise ValueError("shares change between two years with the same parts, the later one second")
        both = (first > 0) & (last > 0)
        if both.any():
            pace[both] = np.log(_shares(last[both]) / _shares(first[both])) / years_between
    way = ahead if brake == 1 else brake * (1 - brake**ahead) / (1 - brake)
    with np.errstate(over="ignore", invalid="ignore"):
        moves = np.outer(way, pace)
    if not np.isfinite(moves).all():
        raise ValueError("the pace of a share is too large to be held: give more years between, or fewer ahead")
    return _moved(last, moves)


FEW = 10
"""People in a part from whom on half of its pace is believed; measured as ``WANDER``."""


def steadied(before: ArrayLike, after: ArrayLike) -> Array:
    """Draw earlier numbers of small parts towards those of a share that stayed: their pace is mostly chance.

    In logarithms a number goes ``n / (n + FEW)`` of the way from that of a share that stayed to its own, n being the
    lesser of the part's two numbers. So a part that came from nobody has the share it has now.

    Parameters
    ----------
    before, after
        People in each part in two years, in one order.

    Raises
    ------
    ValueError
        If a number is below 0 or not finite, all of a year are 0, or the years have not the same parts.

    References
    ----------
    Efron and Morris, Journal of the American Statistical Association 1975; 70: 311-319 (shrinkage by size).

    Examples
    --------
    >>> steadied([100, 100, 1], [100, 100, 5]).round(1).tolist()
    [99.8, 99.8, 4.2]
    """
    first, last = _shares(before), _shares(after)
    if first.shape != last.shape:
        raise ValueError("earlier numbers are drawn in between two years with the same parts")
    stayed, least = last * np.sum(before), np.minimum(np.asarray(before, float), np.asarray(after, float))
    there = least > 0
    way = np.log(np.where(there, first, 1) / np.where(there, last, 1)) * least / (least + FEW)
    return np.asarray(stayed * np.exp(way))


def shares_drawn(
    course: ArrayLike, numbers: ArrayLike, years_ahead: ArrayLike, scores: ArrayLike, wander: float
) -> Array:
    """Return shares as they may come out around their course, adding up to one in every draw.

    The logarithm of a share strays by its score times ``sqrt((w h)^2 + c h / n)``, h years ahead: w is how far its pace
    may be wrong, c is ``CHANCE`` and n the number of people in the part. Then the shares are scaled to add up to one.

    Parameters
    ----------
    course
        Shares by year ahead (rows) and part (columns), as ``shares_ahead`` returns them.
    numbers
        People in each part in the last year.
    years_ahead
        The years ahead, from 0 on, one a row of the course.
    scores
        Standard normal, a row a draw and a column a part.
    wander
        w, as in ``WANDER``.

    Returns
    -------
    numpy.ndarray
        By draw, year ahead and part.

    Raises
    ------
    ValueError
        If these have not the shapes said, a number is not finite, or one is below 0.

    References
    ----------
    Aitchison and Shen, Biometrika 1980; 67: 261-272 (logistic-normal distributions); its spread: ``WANDER``.

    Examples
    --------
    >>> drawn = shares_drawn([[0.6, 0.4]], [60, 40], [5], [[0, 0], [1, 0]], 0.055)
    >>> drawn.round(3).tolist()
    [[[0.6, 0.4]], [[0.669, 0.331]]]
    """
    shares = given.numbers(course, "a share", 0, 1, missing=False)
    count = given.numbers(numbers, "a number of people", 0, missing=False)
    ahead = given.numbers(years_ahead, "years ahead", 0, missing=False)
    score = given.numbers(scores, "a score", missing=False)
    given.number(wander, "wander", 0)
    if shares.ndim != 2 or (ahead.shape, count.shape) != ((shares.shape[0],), (shares.shape[1],)):
        raise ValueError("a course has a row for each year ahead and a column for each part")
    if score.ndim != 2 or score.shape[1] != count.size:
        raise ValueError("scores have a row for each draw and a column for each part")
    if not (np.abs(shares.sum(axis=1) - 1) < 1e-6).all():
        raise ValueError("the shares of a year must add up to one")
    # Half a person at the least: what chance does to a part of nobody is not without end.
    spread = np.sqrt((wander * ahead[:, None]) ** 2 + CHANCE * ahead[:, None] / np.maximum(count, 0.5))
    moves = score[:, None, :] * spread
    return _moved(shares, moves)


def _moved(shares: Array, moves: Array) -> Array:
    """Add to the logarithms of shares, and scale them to add up to one."""
    there = shares > 0
    logs = np.where(there, moves + np.log(np.where(there, shares, 1)), -np.inf)
    # The largest becomes 0, so that none grows too large; scaling to add up to one takes it out again.
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def _shares(parts: ArrayLike) -> Array:
    numbers = np.asarray(parts, float)
    if numbers.ndim != 1 or not (np.isfinite(numbers) & (numbers >= 0)).all() or not 0 < numbers.sum() < np.inf:
        raise ValueError("parts are numbers from 0 on, one at least above it")
    return np.asarray(numbers / numbers.sum())


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
