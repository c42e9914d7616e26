"""Costs and benefits over years, as HM Treasury's Green Book appraises them: pounds in, pounds, years and ratios out.

Year 0 is the first year and is not discounted. Amounts are in the prices of year 0, unless they are deflated first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given
from casebook.methods.capacity import triangular

STANDARD, HEALTH = 0.035, 0.015
"""The Green Book's real discount rates: of most effects, and of effects on health or life."""
LATER = {STANDARD: (0.03, 0.025), HEALTH: (0.0129, 0.0107)}
"""What each falls to in years 31 to 75, and after them."""
LONGEST = 125
"""Years: the Green Book's rates reach no further."""


def discount_factors(years: int, rate: float = STANDARD) -> NDArray[np.float64]:
    """Return what a pound of each year is worth in year 0.

    The Green Book's two rates fall in years 31 and 76; any other rate stays as it is.

    Parameters
    ----------
    years
        How many, from year 0 on: 1 to 125.
    rate
        A year; 0.035 for 3.5%.

    Raises
    ------
    ValueError
        If the years are not a whole number from 1 to 125, or the rate is not from 0 up to 1.

    References
    ----------
    HM Treasury, The Green Book, 2022, annex 6 (discounting).

    Examples
    --------
    >>> discount_factors(3).round(4).tolist(), round(float(discount_factors(32)[31] / discount_factors(32)[30]), 5)
    ([1.0, 0.9662, 0.9335], 0.97087)
    """
    given.whole(years, "years", 1, LONGEST)
    given.number(rate, "a discount rate", 0, 1)
    middle, last = LATER.get(rate, (rate, rate))
    rates = np.array([0.0] + [rate if year <= 30 else middle if year <= 75 else last for year in range(1, years)])
    return np.asarray(np.cumprod(1 / (1 + rates)))


def present_value(amounts: Sequence[float], rate: float = STANDARD) -> float:
    """Return what amounts of several years, from year 0 on, are worth together in year 0.

    Of benefits less costs it is the net present value.

    Raises
    ------
    ValueError
        If there are none, one is missing or without end, or the rate is not from 0 up to 1.

    References
    ----------
    HM Treasury, The Green Book, 2003, chapter 5, discounting: the example below is its option B, in million pounds.

    Examples
    --------
    >>> round(present_value([-5, 1.5, 1.5, 1.5, 1.5]), 2)
    0.51
    """
    known = _by_year(amounts)
    return float(known @ discount_factors(known.size, rate))


def recurring(amount: float, first: int, last: int, years: int) -> NDArray[np.float64]:
    """Return an amount in each year from a first to a last one, and nothing in the others; years beyond are cut off.

    Raises
    ------
    ValueError
        If the amount is missing or without end, or a year is not a whole number.

    References
    ----------
    None: they are laid out, not changed.

    Examples
    --------
    >>> recurring(5, 1, 9, 3).tolist()
    [0.0, 5.0, 5.0]
    """
    given.number(amount, "an amount")
    given.whole(years, "years", 1, LONGEST)
    at = np.arange(years)
    within = (at >= given.whole(first, "a first year", 0)) & (at <= given.whole(last, "a last year", 0))
    return np.where(within, float(amount), 0.0)


def price_levels(years: int, inflation: float) -> NDArray[np.float64]:
    """Return the price level of each year, of which year 0 has 1: cash of a year divided by its level is real.

    Raises
    ------
    ValueError
        If the years are not a whole number from 1 to 125, or inflation is below -50% or above 100%.

    References
    ----------
    HM Treasury, The Green Book, 2022, chapter 5, adjusting for inflation.

    Examples
    --------
    >>> price_levels(3, 0.02).round(4).tolist()
    [1.0, 1.02, 1.0404]
    """
    given.whole(years, "years", 1, LONGEST)
    return np.asarray((1 + given.number(inflation, "inflation", -0.5, 1)) ** np.arange(years))


def with_optimism_bias(costs: ArrayLike, uplift: float) -> NDArray[np.float64]:
    """Return costs raised by the share by which such estimates have proved too low.

    Raises
    ------
    ValueError
        If a cost is negative or without end, or the uplift is not from 0 up to 20.

    References
    ----------
    HM Treasury, Supplementary Green Book guidance: optimism bias, 2013.

    Examples
    --------
    >>> with_optimism_bias([100, 0], 0.24).tolist()
    [124.0, 0.0]
    """
    return np.asarray(given.numbers(costs, "a cost", 0) * (1 + given.number(uplift, "an uplift", 0, 20)))


def benefit_cost_ratio(benefits: float, costs: float) -> float | None:
    """Return the present value of benefits for each pound of costs; None where nothing is spent.

    Raises
    ------
    ValueError
        If one is missing or without end, or costs are negative.

    References
    ----------
    HM Treasury, The Green Book, 2022, chapter 5.

    Examples
    --------
    >>> benefit_cost_ratio(150, 100), benefit_cost_ratio(150, 0)
    (1.5, None)
    """
    gained, spent = given.number(benefits, "benefits"), given.number(costs, "costs", 0)
    return _finite(gained / spent) if spent else None


def payback(net: Sequence[float], rate: float = 0.0) -> float | None:
    """Return the years until what was put in has come back and stays back; None if it has not by the last year.

    Each year's amount is spread evenly over it. 0 means that nothing is ever outstanding at the end of a year.

    Parameters
    ----------
    net
        Benefits less costs of each year, from year 0 on.
    rate
        With one, years are discounted first (discounted payback).

    Raises
    ------
    ValueError
        If there is no year, an amount is missing or without end, or the rate is not from 0 up to 1.

    References
    ----------
    HM Treasury, Green Book guidance on business cases, 2018: payback period.

    Examples
    --------
    >>> payback([-100, 40, 40, 40]), payback([-100, 40]), payback([5, 5])
    (3.5, None, 0.0)
    """
    known = _by_year(net)
    worth = known * discount_factors(known.size, rate)
    outstanding = np.cumsum(worth)
    # What rounding in binary leaves of nothing is nothing.
    behind = np.flatnonzero(outstanding < -1e-9 * np.abs(worth).sum())
    if not behind.size:
        return 0.0
    last = int(behind[-1])
    if last == known.size - 1:
        return None
    return float(last + 1 - outstanding[last] / worth[last + 1])


def switching_factor(net: float, part: float) -> float | None:
    """Return what a part of a net present value must be multiplied with for the whole to be nothing.

    Parameters
    ----------
    net
        The net present value, the part among it.
    part
        The part: above 0 if it is a benefit, below 0 if it is a cost.

    Returns
    -------
    float or None
        0.4 if 40% of a benefit is enough; below 0 if the rest is positive by itself; None where the part is nothing.

    Raises
    ------
    ValueError
        If one is missing or without end.

    References
    ----------
    HM Treasury, The Green Book, 2022, chapter 5 and annex 5, switching values.

    Examples
    --------
    >>> switching_factor(50, 100), switching_factor(50, -50), switching_factor(150, 100)
    (0.5, 2.0, -0.5)
    """
    whole, one = given.number(net, "a net present value"), given.number(part, "a part")
    return _finite(1 - whole / one) if one else None


def combined(parts: Sequence[float], factors: ArrayLike, uses: ArrayLike) -> NDArray[np.float64]:
    """Return a net present value where inputs are some factor of their central ones.

    Parameters
    ----------
    parts
        Present values of the parts where all inputs are central, costs below 0.
    factors
        Of each input, in the last dimension: 1 where it is central.
    uses
        A row a part, a column an input: 1 where the part is in proportion to the input, otherwise 0.

    Raises
    ------
    ValueError
        If a number is missing or without end, or ``uses`` has not a row for each part and a column for each input.

    References
    ----------
    None: each part is a product, and parts are added.

    Examples
    --------
    >>> combined([-100, 60, 90], [[1, 1], [0.5, 1]], [[0, 0], [1, 0], [1, 1]]).tolist()
    [50.0, -25.0]
    """
    worth = given.numbers(parts, "a part", missing=False)
    moved, used = given.numbers(factors, "a factor", missing=False), given.numbers(uses, "a use", 0, 1, missing=False)
    if used.ndim != 2 or moved.ndim == 0 or used.shape != (worth.size, moved.shape[-1]):
        raise ValueError(f"{worth.size} parts and factors of shape {moved.shape} do not go with uses of {used.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.where(used > 0, moved[..., None, :], 1.0).prod(axis=-1) @ worth
    return given.numbers(found, "a result", missing=False)


@dataclass(frozen=True)
class Outcomes:
    """Net present values of many simulated futures, and the share of them that at least break even."""

    values: NDArray[np.float64]
    breaking_even: float


def simulate(parts: Sequence[float], ranges: ArrayLike, uses: ArrayLike, runs: int = 10_000, seed: int = 0) -> Outcomes:
    """Simulate a net present value whose inputs lie anywhere in their ranges, each by itself.

    Parameters
    ----------
    parts, uses
        As in ``combined``.
    ranges
        A row an input: its lowest, central and highest factor; values near the central one are drawn most often.
    runs, seed
        Size and seed of the simulation; the same seed gives the same result.

    Raises
    ------
    ValueError
        If a range is not in order, or ``combined`` refuses.

    References
    ----------
    HM Treasury, The Green Book, 2022, annex 5, Monte Carlo analysis.

    Examples
    --------
    >>> simulate([-100, 150], [[1, 1, 1]], [[0], [1]], runs=4).breaking_even
    1.0
    """
    generator = np.random.default_rng(given.whole(seed, "a seed", 0))
    known = given.numbers(ranges, "a factor", missing=False)
    if known.ndim != 2 or known.shape[1] != 3:
        raise ValueError(f"ranges must have a lowest, a central and a highest factor each, found shape {known.shape}")
    given.whole(runs, "runs", 1, 10**7)
    drawn = [triangular(low, central, high, runs, generator) for low, central, high in known]
    values = combined(parts, np.column_stack(drawn) if drawn else np.empty((runs, 0)), uses)
    return Outcomes(values, float((values >= 0).mean()))


def _by_year(amounts: Sequence[float]) -> NDArray[np.float64]:
    known = given.numbers(list(amounts), "an amount", missing=False)
    if known.ndim != 1:
        raise ValueError("amounts must be one for each year")
    return known


def _finite(value: float) -> float:
    return given.number(value, "a result")
