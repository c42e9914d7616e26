"""Rates and ratios as if areas had one age structure, and inequality across an area, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given, intervals
from casebook.methods.intervals import Interval


@dataclass(frozen=True)
class Standardised:
    """A standardised value and its interval, in one unit; missing where there are too few events to give it."""

    value: float
    interval: Interval


def direct(
    counts: ArrayLike, people: ArrayLike, standard: ArrayLike, multiplier: float, confidence: float = 0.95
) -> Standardised:
    """Return the rate that the standard population would have with an area's own rate at each age.

    ``sum(w x / n) / sum(w)``; Dobson's interval: the value ``+ sqrt(V / O) (L - O)``, with all events O, V the variance
    ``sum(w^2 x / n^2) / sum(w)^2`` and L the lower or the upper limit of O (Byar's).

    Parameters
    ----------
    counts, people, standard
        Events, people of the area and people of the standard population, a number an age band, in one order.
    multiplier
        What the rate is for.
    confidence
        Between 0 and 1.

    Returns
    -------
    Standardised
        Missing below ten events: the office gives no such rate then.

    Raises
    ------
    ValueError
        If there are not as many of one as of the other, a count is negative, a band has no people, the standard
        population is nobody, or a number is missing or without end.

    References
    ----------
    Dobson, Kuulasmaa, Eberle and Scherer, Statistics in Medicine 1991; 10: 457-462. Office for Health Improvement and
    Disparities, PHEindicatormethods (``calculate_dsr``).

    Examples
    --------
    >>> found = direct([20, 40], [1000, 800], [6000, 4000], 1000)
    >>> round(found.value, 2), round(float(found.interval.lower), 2), round(float(found.interval.upper), 2)
    (32.0, 24.39, 41.23)
    """
    x, n, w = _bands(counts, people, standard)
    if w.sum() <= 0:
        raise ValueError("the standard population is nobody")
    given.number(multiplier, "a multiplier", above=0)
    events, scale = x.sum(), multiplier / w.sum()
    value = float((w * x / n).sum() * scale)
    limits = intervals.poisson(events, confidence)
    if events < intervals.EXACT_BELOW:
        missing = np.asarray(np.nan)
        return Standardised(float("nan"), Interval(missing, missing))
    spread = np.sqrt((w**2 * x / n**2).sum() / events) * scale
    return Standardised(value, Interval(*(np.asarray(value + spread * (one - events)) for one in limits)))


def indirect(
    count: float,
    people: ArrayLike,
    reference_counts: ArrayLike,
    reference_people: ArrayLike,
    multiplier: float = 1.0,
    confidence: float = 0.95,
) -> Standardised:
    """Return how many events an area had over those it would have had with the reference's rate at each age.

    ``O / E``, ``E = sum(n X / N)``; the limits are those of the count O (exact below ten, Byar's from ten) over E.

    Parameters
    ----------
    count
        All events of the area, O.
    people
        Of the area, a number an age band.
    reference_counts, reference_people
        Events X and people N of the reference, in the same order.
    multiplier
        1 for a ratio, 100 for a ratio of 100; the reference's own crude rate for an indirectly standardised rate.
    confidence
        Between 0 and 1.

    Raises
    ------
    ValueError
        If there are not as many of one as of the other, a number is negative, missing or without end, a reference band
        has no people, or no event is to be expected.

    References
    ----------
    Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, chapter 2. Office for Health Improvement
    and Disparities, PHEindicatormethods (``calculate_ISRatio``, ``calculate_ISRate``).

    Examples
    --------
    >>> found = indirect(60, [1000, 800], [200, 500], [10_000, 10_000])
    >>> round(found.value, 2), round(float(found.interval.lower), 2), round(float(found.interval.upper), 2)
    (1.0, 0.76, 1.29)
    """
    expected_counts, rates_of, n = _bands(reference_counts, reference_people, people)
    events = given.number(count, "a count", 0)
    given.number(multiplier, "a multiplier", above=0)
    expected = float((n * expected_counts / rates_of).sum())
    if expected <= 0:
        raise ValueError("with the reference's rates no event is to be expected, so there is no ratio")
    scale = multiplier / expected
    limits = intervals.poisson(events, confidence)
    return Standardised(events * scale, Interval(*(np.asarray(one * scale) for one in limits)))


@dataclass(frozen=True)
class Inequality:
    """The slope index of inequality, its interval, and the value of the most over that of the least deprived."""

    slope: float
    interval: Interval
    relative: float


def slope_index(
    values: ArrayLike, standard_errors: ArrayLike, people: ArrayLike, confidence: float = 0.95
) -> Inequality:
    """Return how much a value differs between the two ends of a population ranked by deprivation.

    A line is fitted to the groups' values, each at the middle of its share of the ranked population and weighted by
    that share. The index is its slope; it is linear in the values, so its variance is the sum of theirs times the
    squared weights with which they enter (the office simulates the same). Relative is the line at the end over that at
    the start.

    Parameters
    ----------
    values, standard_errors, people
        A number a group (five to a hundred), the most deprived first.
    confidence
        Between 0 and 1.

    Returns
    -------
    Inequality
        In the unit of the values; above 0 where the least deprived have more. ``relative`` is missing where the line
        starts at 0.

    Raises
    ------
    ValueError
        If there are fewer than five or more than a hundred groups, or not as many of one as of the other, a group has
        no people, a standard error is negative, or a number is missing or without end.

    References
    ----------
    Regidor, Journal of Epidemiology and Community Health 2004; 58: 895-903. Office for Health Improvement and
    Disparities, PHEindicatormethods (``phe_sii``).

    Examples
    --------
    >>> found = slope_index([70, 72, 74, 76, 78], [1] * 5, [1000] * 5)
    >>> round(found.slope, 2), round(float(found.interval.lower), 2), round(found.relative, 3)
    (10.0, 6.9, 1.145)
    """
    y, se = (
        given.numbers(values, "a value", missing=False),
        given.numbers(standard_errors, "a standard error", 0, missing=False),
    )
    n = given.numbers(people, "people", above=0, missing=False)
    if y.ndim != 1 or not y.shape == se.shape == n.shape or not 5 <= y.size <= 100:
        raise ValueError(
            "a slope index takes five to a hundred groups: a value, a standard error and the people of each"
        )
    share = n / n.sum()
    middle = np.cumsum(share) - share / 2
    off = middle - (share * middle).sum()
    weights = share * off / (share * off**2).sum()
    slope, half = float((weights * y).sum()), intervals.z_score(confidence) * np.sqrt((weights**2 * se**2).sum())
    start = float((share * y).sum() - slope * (share * middle).sum())
    relative = (start + slope) / start if start else float("nan")
    return Inequality(slope, Interval(np.asarray(slope - half), np.asarray(slope + half)), relative)


def _bands(counts: ArrayLike, people: ArrayLike, others: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    x, n, w = (
        given.numbers(one, what, least, above=above, missing=False)
        for one, what, least, above in (
            (counts, "a count", 0, -np.inf),
            (people, "the people of an age band", 0, 0),
            (others, "people", 0, -np.inf),
        )
    )
    if x.ndim != 1 or not x.size or not x.shape == n.shape == w.shape:
        raise ValueError("give one number an age band, as many of each, in one order")
    return x, n, w
