"""Changes of a budget from year to year: what they come to where they recur, and in the prices of one year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given


def in_force(changes: Sequence[float]) -> NDArray[np.float64]:
    """Return what recurrent changes of several years together come to in each year.

    Parameters
    ----------
    changes
        What each year adds to the year before, pounds (incremental).

    Returns
    -------
    numpy.ndarray
        Pounds of each year (cumulative).

    Raises
    ------
    ValueError
        If one is missing or without end.

    References
    ----------
    None: a running sum.

    Examples
    --------
    >>> in_force([100, -20, 30]).tolist()
    [100.0, 80.0, 110.0]
    """
    known = _by_year(changes, "a change")
    return given.numbers(known.cumsum(), "a sum", missing=False)


def rebased(amounts: Sequence[float], rises: Sequence[float], base: int = 0) -> NDArray[np.float64]:
    """Return amounts of several years in the prices of one of them.

    Parameters
    ----------
    amounts
        Pounds of each year, in that year's prices.
    rises
        By what share prices are higher in each year than in the year before; the first is not used.
    base
        The position of the year whose prices are wanted.

    Raises
    ------
    ValueError
        If there are not as many rises as amounts, one is missing or without end, prices rise by less than -50% or more
        than 100%, or the base is none of the years.

    References
    ----------
    HM Treasury, The Green Book, 2022, chapter 5, adjusting for inflation.

    Examples
    --------
    >>> rebased([100, 102, 104.04], [0.05, 0.02, 0.02]).round(2).tolist()
    [100.0, 100.0, 100.0]
    >>> rebased([100, 102], [0, 0.02], base=1).tolist()
    [102.0, 102.0]
    """
    known = _by_year(amounts, "an amount")
    rising = _by_year(given.numbers(rises, "a rise of prices", -0.5, 1), "a rise of prices")
    if known.shape != rising.shape or not known.size:
        raise ValueError(f"{known.size} amounts and {rising.size} rises of prices do not go together")
    levels = np.cumprod(np.concatenate(([1.0], 1 + rising[1:])))
    at = given.whole(base, "the year of the prices", 0, known.size - 1)
    return given.numbers(known * (levels[at] / levels), "an amount", missing=False)


def levels(printed: Sequence[float], *, once: bool = False, added: bool = True) -> NDArray[np.float64]:
    """Return what amounts of several years come to in each year; NaN is where none is printed.

    Parameters
    ----------
    printed
        An amount a year, or NaN.
    once
        Whether each is for its own year only (one-off).
    added
        Whether each is a change on the year before (incremental), not what the year comes to (cumulative). What recurs
        and is cumulative stays where it was last printed.

    Raises
    ------
    ValueError
        If an amount is without end.

    References
    ----------
    None: amounts are laid out.

    Examples
    --------
    >>> nan = float("nan")
    >>> levels([100, nan, 50]).tolist(), levels([100, nan, 50], added=False).tolist()
    ([100.0, 100.0, 150.0], [100.0, 100.0, 50.0])
    >>> levels([100, nan, 50], once=True).tolist()
    [100.0, 0.0, 50.0]
    """
    known = _by_year(printed, "an amount", missing=True)
    there = np.nan_to_num(known, nan=0.0)
    if once:
        return there
    if added:
        return given.numbers(there.cumsum(), "a sum", missing=False)
    last = np.maximum.accumulate(np.where(np.isnan(known), 0, np.arange(known.size)))
    return np.asarray(there[last])


def _by_year(amounts: ArrayLike, what: str, *, missing: bool = False) -> NDArray[np.float64]:
    known = given.numbers(amounts, what, missing=missing)
    if known.ndim != 1:
        raise ValueError(f"{what} must be given for each year")
    return known
