"""Confidence intervals for proportions, counts, rates and means.

The methods are the Office for Health Improvement and Disparities' (Technical Guide: Confidence
Intervals, 2018): Wilson for a proportion; for a count, exact Poisson below ten and Byar's from ten.
"""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Not scipy.stats: its distributions take a second to load, and these are what they are made from.
from scipy import special

from casebook.methods import given

EXACT_BELOW = 10
Kind = Literal["proportion", "rate"]


class Interval(NamedTuple):
    """The two limits of an interval, each of the shape of the input."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def z_score(confidence: float) -> float:
    """Return the standard normal value that leaves ``1 - confidence`` in the two tails together.

    Raises
    ------
    ValueError
        Unless 0 < confidence < 1.

    References
    ----------
    Its inverse is the standard normal distribution (scipy's ``ndtri``).

    Examples
    --------
    >>> round(z_score(0.95), 6), round(z_score(0.998), 6)
    (1.959964, 3.090232)
    """
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}")
    return float(special.ndtri(0.5 + confidence / 2))


def wilson(count: ArrayLike, total: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion.

    Limits are ``(2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2))``.

    Parameters
    ----------
    count
        Number with the characteristic, x; any shape that broadcasts with ``total``. It need not be
        whole.
    total
        Number of people, n.
    confidence
        Between 0 and 1.

    Returns
    -------
    Interval
        Proportions between 0 and 1; missing where either input is missing or ``total`` is 0.

    Raises
    ------
    ValueError
        If a count is negative or above its total, a number is without end, or the confidence is none.

    References
    ----------
    Wilson, J Am Stat Assoc 1927; 22: 209-212. Newcombe and Altman, in Statistics with Confidence,
    2nd edition, 2000.

    Examples
    --------
    >>> lower, upper = wilson(65, 100)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.5525, 0.7364)
    """
    x, n = np.broadcast_arrays(given.numbers(count, "a count", 0), given.numbers(total, "a total", 0))
    if np.any(x > n):
        raise ValueError("a count must lie between 0 and its total")
    z = z_score(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = 2 * x + z**2
        spread = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
        below = 2 * (n + z**2)
        # Rounding can leave a limit a hair outside 0 and 1, where exact arithmetic gives 0 or 1.
        return Interval(np.clip((middle - spread) / below, 0, 1), np.clip((middle + spread) / below, 0, 1))


def poisson(count: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the interval of a count of events: exact Poisson below ten, Byar's from ten.

    Exact limits are ``chi2(alpha/2; 2x)/2`` and ``chi2(1 - alpha/2; 2x + 2)/2``. Byar's are
    ``x(1 - 1/(9x) - z/(3 sqrt x))^3`` and ``y(1 - 1/(9y) + z/(3 sqrt y))^3`` with ``y = x + 1``.

    Parameters
    ----------
    count
        Number of events, any shape; not negative.
    confidence
        Between 0 and 1.

    Returns
    -------
    Interval
        In events; missing where the count is missing. For no events the lower limit is 0.

    Raises
    ------
    ValueError
        If a count is negative or without end, or the confidence is none.

    References
    ----------
    Garwood, Biometrika 1936; 28: 437-442 (exact limits).
    Breslow and Day, Statistical Methods in Cancer Research, volume II, 1987, pages 68-70.

    Examples
    --------
    >>> lower, upper = poisson([0, 9, 10])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 4.1154, 4.7874], [3.6889, 17.0848, 18.3915])
    """
    x = given.numbers(count, "a count", 0)
    alpha, z = 1 - confidence, z_score(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact_lower = np.where(x == 0, 0.0, special.gammaincinv(x, alpha / 2))
        exact_upper = special.gammaincinv(x + 1, 1 - alpha / 2)
        # Below ten they are not used, and a count next to nothing would make them too large to hold.
        many = np.maximum(x, EXACT_BELOW)
        y = many + 1
        byar_lower = many * (1 - 1 / (9 * many) - z / (3 * np.sqrt(many))) ** 3
        byar_upper = y * (1 - 1 / (9 * y) + z / (3 * np.sqrt(y))) ** 3
    small = x < EXACT_BELOW
    missing = np.isnan(x)
    return Interval(
        np.where(missing, np.nan, np.where(small, exact_lower, byar_lower)),
        np.where(missing, np.nan, np.where(small, exact_upper, byar_upper)),
    )


def rate(count: ArrayLike, population: ArrayLike, multiplier: float, confidence: float = 0.95) -> Interval:
    """Return the interval of a crude rate: that of its count, over the population, times the multiplier.

    Parameters
    ----------
    count
        Number of events.
    population
        Population the events come from, taken as known without error.
    multiplier
        What the rate is for: 10,000 for a rate for every 10,000.
    confidence
        Between 0 and 1.

    Returns
    -------
    Interval
        In the unit of the rate; missing where the count or the population is missing, or both are 0.

    Raises
    ------
    ValueError
        If a count or a population is negative or without end, there are events and no people, the multiplier is not
        above 0, or the confidence is none.

    References
    ----------
    Office for Health Improvement and Disparities, Technical guide: confidence intervals, 2018.

    Examples
    --------
    >>> lower, upper = rate(65, 100_000, 10_000)
    >>> round(float(lower), 3), round(float(upper), 3)
    (5.016, 8.285)
    """
    n = given.numbers(population, "a population", 0)
    if np.any((n > 0) & (n < 1 / given.LARGEST)):
        raise ValueError("a population must be 0 or further from it")
    if np.any((n == 0) & (np.asarray(count, float) > 0)):
        raise ValueError("there cannot be events where there are no people")
    given.number(multiplier, "a multiplier", above=0)
    lower, upper = poisson(count, confidence)
    people = np.where(n == 0, np.nan, n)
    return Interval(lower / people * multiplier, upper / people * multiplier)


def of(
    kind: Kind,
    count: ArrayLike,
    people: ArrayLike,
    multiplier: float,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of an indicator in its own unit: Wilson's for a proportion, that of ``rate`` for a rate.

    Raises
    ------
    ValueError
        If the kind is neither, or as ``wilson`` and ``rate``.

    References
    ----------
    As ``wilson`` and ``rate``.

    Examples
    --------
    >>> lower, upper = of("proportion", 65, 100, multiplier=100)
    >>> round(float(lower), 2), round(float(upper), 2)
    (55.25, 73.64)
    """
    if given.word(kind, get_args(Kind), "kind of value") == "rate":
        return rate(count, people, multiplier, confidence)
    given.number(multiplier, "a multiplier", above=0)
    lower, upper = wilson(count, people, confidence)
    return Interval(lower * multiplier, upper * multiplier)


def mean(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return Student's t interval of a mean.

    Parameters
    ----------
    values
        One dimension; missing values are left out.
    confidence
        Between 0 and 1.

    Returns
    -------
    Interval
        In the unit of the values; missing where there are fewer than two.

    Raises
    ------
    ValueError
        If a value is without end, or the confidence is none.

    References
    ----------
    Student, Biometrika 1908; 6: 1-25.

    Examples
    --------
    >>> lower, upper = mean([9, 10, 11])
    >>> round(float(lower), 3), round(float(upper), 3)
    (7.516, 12.484)
    """
    x = given.numbers(values, "a value")
    x = x[~np.isnan(x)]
    z_score(confidence)
    if x.size < 2:
        return Interval(np.asarray(np.nan), np.asarray(np.nan))
    half = special.stdtrit(x.size - 1, 0.5 + confidence / 2) * x.std(ddof=1) / np.sqrt(x.size)
    return Interval(np.asarray(x.mean() - half), np.asarray(x.mean() + half))


_LARGEST_AREA = 10**10
"""Of more events than that, the Poisson distribution's quantiles are no longer to be had."""


def funnel(
    kind: Kind,
    baseline: float,
    size: ArrayLike,
    multiplier: float = 1.0,
    confidence: float = 0.95,
) -> Interval:
    """Return the limits within which chance alone keeps an area of a size, if its true value is the baseline.

    An area lies within its limits exactly if the baseline lies within the area's own interval: for a proportion the
    inverse of Wilson's, ``b -+ z sqrt(b (1 - b) / n)``; for a rate that of the exact Poisson interval, the
    counts at the quantiles of the Poisson distribution whose mean is the expected count.

    Parameters
    ----------
    kind
        Whether the values are rates or proportions.
    baseline
        The value of all areas together, in the unit of the values.
    size
        Denominators, above 0.
    multiplier
        What values are per, such as 100,000; 100 for per cent.
    confidence
        Between 0 and 1.

    Returns
    -------
    Interval
        In the unit of the values, for each size.

    Raises
    ------
    ValueError
        If the kind is neither, the baseline is negative or a proportion above its multiplier, a size is not above 0
        or more than ten billion, or the confidence is none.

    References
    ----------
    Spiegelhalter, Statistics in Medicine 2005; 24: 1185-1202. Public Health England, funnel plots for proportions
    and rates.

    Examples
    --------
    >>> lower, upper = funnel("proportion", 50.0, [100], 100)
    >>> round(float(lower[0]), 1), round(float(upper[0]), 1)
    (40.2, 59.8)
    """
    given.word(kind, get_args(Kind), "kind of value")
    n = given.numbers(size, "a size", above=0)
    if np.any(n > _LARGEST_AREA):
        raise ValueError(f"a size must be at most ten billion, found {np.nanmax(n):g}")
    given.number(multiplier, "a multiplier", above=0)
    z_score(confidence)
    share = given.number(baseline, "a baseline", 0, multiplier if kind == "proportion" else np.inf) / multiplier
    if kind == "proportion":
        half = z_score(confidence) * np.sqrt(share * (1 - share) / n)
        lower, upper = np.clip(share - half, 0, 1), np.clip(share + half, 0, 1)
    else:
        expected = share * n
        lower = _poisson_quantile(0.5 - confidence / 2, expected) / n
        upper = _poisson_quantile(0.5 + confidence / 2, expected) / n
    return Interval(np.asarray(lower * multiplier), np.asarray(upper * multiplier))


def _poisson_quantile(probability: float, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest count whose cumulative probability reaches one given."""
    # pdtrik solves for a real number, which may come out a hair too large.
    count = np.ceil(special.pdtrik(probability, mean))
    below = np.maximum(count - 1, 0)
    return np.asarray(np.where(special.pdtr(below, mean) >= probability, below, count), float)


# --- How many figures to give ---------------------------------------------------------------------


class Rounded(NamedTuple):
    """An estimate and its limits to the figures that mean something, and the decimals these take."""

    value: Any
    lower: Any
    upper: Any
    decimals: int


def rounded(value: ArrayLike, lower: ArrayLike, upper: ArrayLike, finest: float = 1.0) -> Rounded:
    """Round an estimate and its limits by the width of the interval.

    The half-width keeps two significant figures, and the estimate and its limits are rounded to the same step:
    a half-width of 2,687 gives hundreds, one of 10.2 whole numbers.

    Parameters
    ----------
    value, lower, upper
        In one unit; numbers, or arrays of one shape, of which each element is rounded by its own width. The value may
        lie outside: what is shown beside an estimate (a scenario, a part of it) is no better known than the estimate.
    finest
        The finest step, a power of ten: 1 for things counted, 0.1 for millions of pounds. It is the step where
        an interval has no width.

    Returns
    -------
    Rounded
        Numbers where numbers are given, arrays otherwise. ``decimals`` are those of the finest step taken.

    Raises
    ------
    ValueError
        If the limits are not in order, a number is missing or without end, or the finest step is not above 0.

    References
    ----------
    JCGM 100:2008, Guide to the Expression of Uncertainty in Measurement, 7.2.6: at most two significant digits.

    Examples
    --------
    >>> rounded(15272.4, 12820.1, 18193.9)
    Rounded(value=15300.0, lower=12800.0, upper=18200.0, decimals=0)
    >>> rounded(7.73, 7.46, 8.01, finest=0.1)
    Rounded(value=7.7, lower=7.5, upper=8.0, decimals=1)
    >>> rounded(11218.4, 12820.1, 18193.9).value
    11200.0
    """
    parts = [given.numbers(part, "what is rounded", missing=False) for part in (value, lower, upper)]
    given.number(finest, "the finest step", above=0)
    half = (parts[2] - parts[1]) / 2
    if not (half >= 0).all():
        raise ValueError("the upper limit must not lie below the lower one")
    smallest = round(np.log10(finest))
    with np.errstate(divide="ignore"):
        exponent = np.maximum(np.floor(np.log10(half)) - 1, smallest)
    step = 10.0**exponent
    middle, low, high = (float(one) if one.ndim == 0 else one for one in (_to_step(part, step) for part in parts))
    return Rounded(middle, low, high, max(0, -int(exponent.min())))


def _to_step(values: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.float64]:
    # Halves go up, as they do where numbers are written; ten decimals keep binary noise such as 57.800000000000004 out.
    steps = (np.abs(values) / step).round(10)
    return np.asarray((np.sign(values) * np.floor(steps + 0.5) * step).round(10))
