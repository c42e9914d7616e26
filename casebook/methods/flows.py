"""Stock and flow: what was there, what came, what ended, and what the records leave unexplained.

In published figures the stock of a year is not that of the year before plus what came less what ended: people move
between authorities, and records are put right late. The difference stands by itself, as the residual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given
from casebook.methods.forecast import asked

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """Each year's account, a row an area and a column a year: ``opening + started - ended + residual = closing``."""

    opening: Array
    started: Array
    ended: Array
    residual: Array
    closing: Array


def balance(stock: ArrayLike, started: ArrayLike, ended: ArrayLike) -> Balance:
    """Set out what came and what ended against how the stock changed; the residual is what these leave unexplained.

    Parameters
    ----------
    stock
        At the start of each year and at the end of the last: a row an area, or one area's alone.
    started, ended
        In each of these years, so one fewer than the stocks.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a number is below 0, missing or without end.

    References
    ----------
    The accounting identity of stocks and flows, as in United Nations, System of National Accounts 2008, chapter 12
    (other changes in volume).

    Examples
    --------
    >>> found = balance([100, 115, 130], [20, 22], [8, 9])
    >>> found.residual.tolist()
    [[3.0, 2.0]]
    """
    held = given.numbers(np.atleast_2d(np.asarray(stock, float)), "a stock", 0, given.LARGEST, missing=False)
    came, went = (
        given.numbers(np.atleast_2d(np.asarray(one, float)), what, 0, given.LARGEST, missing=False)
        for one, what in ((started, "what started"), (ended, "what ended"))
    )
    if held.ndim != 2 or held.shape[1] < 2 or not came.shape == went.shape == (held.shape[0], held.shape[1] - 1):
        raise ValueError("flows have a row for each area and a column for each year, and stocks one column more")
    return Balance(held[:, :-1], came, went, np.diff(held) - came + went, held[:, 1:])


def ahead(stock: ArrayLike, started: ArrayLike, ended: ArrayLike, horizon: int) -> Balance:
    """Forecast stocks from their flows, with the residual as a flow of its own.

    What starts is the mean of the area's last two years, and grows by as much a year as in all areas together since the
    first year. Of the stock, as large a share ends each year as the mean of the area's own over the last two years and
    of all areas' over the last; the residual's share likewise. No stock falls below 0.

    Parameters
    ----------
    stock, started, ended
        As ``balance`` takes them, of two years at least.
    horizon
        Years ahead, 1 to 30.

    Returns
    -------
    Balance
        A column for each year ahead.

    Raises
    ------
    ValueError
        As ``balance``; or if a stock is 0, nothing started in the first year or the last, or the numbers become too
        large to hold.

    References
    ----------
    Forrester, Industrial Dynamics, 1961 (stocks from flows). How near it came: ``benchmarks/forecasts.py``.

    Examples
    --------
    >>> made = ahead([100, 110, 121], [20, 22], [10, 11], 2)
    >>> made.closing.round(1).tolist()
    [[133.1, 146.5]]
    """
    known, (horizon, _) = balance(stock, started, ended), asked(horizon)
    years = known.started.shape[1]
    total = known.started.sum(axis=0)
    if years < 2 or (known.opening <= 0).any() or total[0] <= 0 or total[-1] <= 0:
        raise ValueError("a forecast from flows takes two years, stocks above 0, and something that started")
    growth = (total[-1] / total[0]) ** (1 / (years - 1))

    def share(flow: Array) -> Array:
        own = flow[:, -2:].sum(axis=1) / known.opening[:, -2:].sum(axis=1)
        return np.asarray((own + flow[:, -1].sum() / known.opening[:, -1].sum()) / 2)

    ending, unexplained = np.minimum(share(known.ended), 1), share(known.residual)
    # The mean of two years stands half a year before the last.
    begins, there = known.started[:, -2:].mean(axis=1) * growth**0.5, known.closing[:, -1]
    columns = []
    with np.errstate(over="ignore", invalid="ignore"):
        for year in range(1, horizon + 1):
            begin, end = begins * growth**year, there * ending
            rest = np.maximum(there * unexplained, -(there + begin - end))
            columns.append((there, begin, end, rest, there + begin - end + rest))
            there = columns[-1][-1]
    found = [np.stack(one, axis=1) for one in zip(*columns, strict=True)]
    if not all(np.isfinite(one).all() for one in found):
        raise ValueError("the forecast is too large to be a number: ask for fewer years")
    return Balance(*found)
