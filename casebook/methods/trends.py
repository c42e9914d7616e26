"""Change over time and differences between areas: whether more than chance, and how many would differ by chance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods import given, intervals
from casebook.methods.intervals import Interval, Kind

Array = NDArray[np.float64]
_FEWEST = 3
_SURE = 0.998
_RUN, _COURSE = 7, 6
_FEWEST_IN_PROCESS = 8

# --- Trend ----------------------------------------------------------------------------------------


class Direction(StrEnum):
    """What a trend test finds."""

    INCREASING = "increasing"
    DECREASING = "decreasing"
    NO_CHANGE = "no significant change"
    CANNOT = "cannot be calculated"


@dataclass(frozen=True)
class Trend:
    """A trend test: what it finds, its statistic, and the change a year; the last two are missing where it cannot."""

    direction: Direction
    chi_squared: float
    slope: float


_NONE = Trend(Direction.CANNOT, float("nan"), float("nan"))


def recent_trend(values: ArrayLike, interval: Interval, years: int = 5, confidence: float = 0.95) -> Trend:
    """Test the last years of a series of rates, ratios or means for a trend.

    A line is fitted with weights ``1 / se^2``, ``se = (upper - lower) / (2 z)``. There is a trend if
    ``chi^2 = (slope / its se)^2`` is above 9.55, what chance exceeds in 1 of 500, and the slope keeps its sign
    whichever one year is left out.

    Parameters
    ----------
    values
        One a year, the earliest first, no year left out; missing where there is none.
    interval
        The limits of each, at the confidence given.
    years
        How many of the last years; Fingertips takes 5. At least 3.
    confidence
        Of the limits; Fingertips takes 0.95.

    Returns
    -------
    Trend
        That it cannot be calculated, where there are fewer years, or one of them lacks its value or limits.

    Raises
    ------
    ValueError
        If there are not as many limits as values, limits are not in order, a number is without end, or fewer than three
        years are asked for.

    References
    ----------
    Office for Health Improvement and Disparities, Fingertips trend markers (Public health technical guidance).

    Examples
    --------
    >>> values = np.array([70, 74, 77, 82, 86])
    >>> str(recent_trend(values, Interval(values - 3, values + 3)).direction)
    'increasing'
    """
    given.whole(years, "years", _FEWEST)
    y, lower, upper = (given.numbers(one, "a value and its limits") for one in (values, *interval))
    z = intervals.z_score(confidence)
    if not (y.ndim == 1 and y.shape == lower.shape == upper.shape) or (upper < lower).any():
        raise ValueError("a trend takes a value, a lower and an upper limit for each year, the limits in order")
    last = slice(-years, None)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        y, se = y[last], (upper - lower)[last] / (2 * z)
    if y.size < years or np.isnan(y + se).any() or not (se > 0).all():
        return _NONE
    with np.errstate(over="ignore", divide="ignore"):
        t, weights = np.arange(1.0, years + 1), 1 / se**2

    def line(of: NDArray[np.bool_]) -> tuple[float, float]:
        w, x, at = weights[of], y[of], t[of]
        off = at - (w * at).sum() / w.sum()
        return float((w * off * x).sum() / (w * off**2).sum()), float((w * off**2).sum())

    # Limits that touch, or lie beyond what numbers hold, make weights that say nothing.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        slope, information = line(np.ones(years, bool))
        slopes = [line(t != one)[0] for one in t]
    if not np.isfinite([slope**2 * information, *slopes]).all():
        return _NONE
    return _judged(slope, slope**2 * information, slopes)


def recent_trend_of_counts(counts: ArrayLike, totals: ArrayLike, years: int = 5) -> Trend:
    """Test the last years of a series of proportions for a trend.

    ``chi^2 = N (N sum(x t) - sum(x) sum(n t))^2 / (sum(x) (N - sum(x)) (N sum(n t^2) - sum(n t)^2))`` with counts x of
    n in the years t and N all n; and the slope of the logits keeps its sign whichever one year is left out.

    Parameters
    ----------
    counts, totals
        One a year, the earliest first, no year left out; missing where there is none.
    years
        How many of the last years; Fingertips takes 5. At least 3.

    Returns
    -------
    Trend
        Its slope is that of the logits. That it cannot be calculated, where there are fewer years, or in one of them
        nobody or everybody was counted, or the count is missing.

    Raises
    ------
    ValueError
        If a count is negative or above its total, there are not as many totals as counts, or fewer than three years are
        asked for.

    References
    ----------
    Armitage, Biometrics 1955; 11: 375-386. Office for Health Improvement and Disparities, Fingertips trend markers.

    Examples
    --------
    >>> found = recent_trend_of_counts([200, 230, 260, 290, 330], [1000] * 5)
    >>> str(found.direction), round(found.chi_squared, 1)
    ('increasing', 53.0)
    """
    given.whole(years, "years", _FEWEST)
    x, n = given.numbers(counts, "a count", 0), given.numbers(totals, "a total", 0)
    if x.ndim != 1 or x.shape != n.shape or (x > n).any():
        raise ValueError("a trend takes a count and a total for each year, no count above its total")
    x, n = x[-years:], n[-years:]
    if x.size < years or np.isnan(x + n).any() or not ((x > 0) & (x < n)).all():
        return _NONE
    t, all_of_them = np.arange(1.0, years + 1), n.sum()
    off = t - (n * t).sum() / all_of_them
    share = x.sum() / all_of_them
    chi_squared = (off * x).sum() ** 2 / (share * (1 - share) * (n * off**2).sum())
    logits = np.log(x / (n - x))
    slopes = [float(np.polyfit(t[t != one], logits[t != one], 1)[0]) for one in (0, *t)]
    return _judged(slopes[0], float(chi_squared), slopes[1:])


def _judged(slope: float, chi_squared: float, without_one: list[float]) -> Trend:
    # As Fingertips has it, a slope of 0 counts as one upwards.
    steady = len({one < 0 for one in (slope, *without_one)}) == 1
    direction = Direction.NO_CHANGE
    if steady and chi_squared > intervals.z_score(_SURE) ** 2:
        direction = Direction.INCREASING if slope > 0 else Direction.DECREASING
    return Trend(direction, chi_squared, slope)


# --- Differences ----------------------------------------------------------------------------------


def difference(value: float, interval: Interval, other: float, of_other: Interval) -> Interval:
    """Return the interval of the difference of two independent values: two years of an area, or two areas.

    ``d - sqrt((v - l)^2 + (U - V)^2)`` to ``d + sqrt((u - v)^2 + (V - L)^2)`` with d = v - V and the limits l, u and
    L, U of the two. It leaves out 0 where the two differ by more than chance; two intervals may overlap and yet do so.

    Parameters
    ----------
    value, interval, other, of_other
        The later or nearer value with its limits, and the one to compare with; in one unit, at one confidence.

    Returns
    -------
    Interval
        Of ``value - other``, at the same confidence.

    Raises
    ------
    ValueError
        If a number is missing or without end, or a value lies outside its limits.

    References
    ----------
    Newcombe, Statistics in Medicine 1998; 17: 873-890, method 10 (from Wilson's limits); Zou and Donner, Statistics in
    Medicine 2008; 27: 1693-1702 (from any).

    Examples
    --------
    >>> lower, upper = difference(56 / 70, intervals.wilson(56, 70), 48 / 80, intervals.wilson(48, 80))
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0524, 0.3339)
    """
    (v, low, high), (w, low_w, high_w) = ((one, *limits) for one, limits in ((value, interval), (other, of_other)))
    for one, lowest, highest in ((v, low, high), (w, low_w, high_w)):
        most = given.number(highest, "an upper limit")
        given.number(one, "a value", given.number(lowest, "a lower limit"), most)
    d, up, down = v - w, np.hypot(high - v, w - low_w), np.hypot(v - low, high_w - w)
    return Interval(np.asarray(d - down, float).reshape(()), np.asarray(d + up, float).reshape(()))


def p_value(kind: Kind, count: ArrayLike, people: ArrayLike, benchmark: float, multiplier: float) -> Array:
    """Return the chance of a count at least as far from a benchmark, if the benchmark is the area's true value.

    Two-sided: of a proportion the score test, of a rate twice the smaller tail of the Poisson distribution.

    Parameters
    ----------
    kind
        Whether the values are rates or proportions.
    count, people
        Of one shape; people above 0.
    benchmark
        In the unit of the values, above 0.
    multiplier
        What the values are for.

    Raises
    ------
    ValueError
        If the kind is neither, a count is negative or, of a proportion, above its people, or a number is outside its
        bounds.

    References
    ----------
    The tests whose inverses are Wilson's and the exact Poisson interval; see ``intervals``.

    Examples
    --------
    >>> p_value("proportion", [65, 50], [100, 100], 50, 100).round(4).tolist()
    [0.0027, 1.0]
    """
    proportion = given.word(kind, get_args(Kind), "kind of value") == "proportion"
    x, n = np.broadcast_arrays(given.numbers(count, "a count", 0), given.numbers(people, "people", above=0))
    given.number(multiplier, "a multiplier", above=0)
    b = given.number(benchmark, "a benchmark", above=0, most=multiplier if proportion else np.inf) / multiplier
    if proportion:
        if (x > n).any():
            raise ValueError("a count must lie between 0 and its total")
        spread = np.sqrt(n * b * (1 - b))
        z = np.divide(np.abs(x - n * b), spread, out=np.where(x == n, 0.0, np.inf), where=spread > 0)
        return np.asarray(2 * special.ndtr(-z))
    whole = np.floor(x)
    tails = np.minimum(special.pdtr(whole, n * b), np.where(whole > 0, special.pdtrc(whole - 1, n * b), 1.0))
    return np.asarray(np.where(np.isnan(x), np.nan, np.minimum(2 * tails, 1)))


@dataclass(frozen=True)
class Several:
    """Several comparisons at once.

    Attributes
    ----------
    of, by_chance, at_least_one
        How many comparisons, how many of them chance alone calls different on average, and the chance of any.
    single, bonferroni, discovered
        Which differ: each tested alone; so that chance calls any different no more often than the level; so that of
        those called different no greater share than the level is by chance (Benjamini and Hochberg).
    """

    of: int
    by_chance: float
    at_least_one: float
    single: NDArray[np.bool_]
    bonferroni: NDArray[np.bool_]
    discovered: NDArray[np.bool_]


def several(p_values: ArrayLike, level: float = 0.05) -> Several:
    """Judge several comparisons at once: of enough of them, chance alone calls some different.

    Parameters
    ----------
    p_values
        One a comparison; missing ones are left out of the count and never differ.
    level
        0.05 for 95% intervals.

    Raises
    ------
    ValueError
        If a chance does not lie between 0 and 1, or the level is none.

    References
    ----------
    Benjamini and Hochberg, Journal of the Royal Statistical Society B 1995; 57: 289-300.

    Examples
    --------
    >>> found = several([0.001, 0.02, 0.03, 0.2, 0.9])
    >>> found.by_chance, found.single.sum().item(), found.bonferroni.sum().item(), found.discovered.sum().item()
    (0.25, 3, 1, 3)
    """
    p = given.numbers(p_values, "a chance", 0, 1).ravel()
    intervals.z_score(1 - level)
    known = ~np.isnan(p)
    count, order = int(known.sum()), np.sort(p[known])
    passed = np.flatnonzero(order <= level * np.arange(1, count + 1) / max(count, 1))
    most = order[passed[-1]] if passed.size else -1.0
    return Several(count, count * level, 1 - (1 - level) ** count, p <= level, p <= level / max(count, 1), p <= most)


# --- Processes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Process:
    """A series against its own variation: mean, limits, and which points each rule picks out."""

    mean: float
    limits: Interval
    outside: NDArray[np.bool_]
    one_side: NDArray[np.bool_]
    one_way: NDArray[np.bool_]
    near_limit: NDArray[np.bool_]


def process(values: ArrayLike) -> Process:
    """Set a series against the variation from point to point (an XmR chart).

    Limits are the mean -/+ 2.66 times the mean of the absolute changes, three standard deviations of a process that is
    in control. Picked out are points outside them, seven or more in a row on one side of the mean, six or more in a row
    that each rise or each fall, and two of three in a row beyond two thirds of the way to one limit.

    Parameters
    ----------
    values
        Eight at least, in order of time, without gaps.

    Raises
    ------
    ValueError
        If there are fewer, or one is missing or without end.

    References
    ----------
    Shewhart, Economic Control of Quality, 1931; Provost and Murray, The Health Care Data Guide, 2011; NHS England,
    Making data count (the rules).

    Examples
    --------
    >>> found = process([50, 52, 49, 51, 50, 48, 51, 50, 70])
    >>> round(found.mean, 1), found.outside.tolist().index(True)
    (52.3, 8)
    """
    x = given.numbers(values, "a value", missing=False)
    if x.ndim != 1 or x.size < _FEWEST_IN_PROCESS:
        raise ValueError(f"{x.size} values are too few to tell how a process varies: it takes {_FEWEST_IN_PROCESS}")
    middle, reach = x.mean(), 2.66 * np.abs(np.diff(x)).mean()
    off, steps = x - middle, np.sign(np.diff(x))
    one_side = _in_a_row(np.sign(off), _RUN)
    turning = _in_a_row(steps, _COURSE - 1)
    one_way = np.append(turning, False) | np.insert(turning, 0, False)
    near = np.zeros(x.size, bool)
    far = np.where(np.abs(off) > reach * 2 / 3, np.sign(off), 0)
    for start in range(x.size - 2):
        three = far[start : start + 3]
        for side in (-1, 1):
            if (three == side).sum() >= 2:
                near[start : start + 3] |= three == side
    limits = Interval(np.asarray(middle - reach), np.asarray(middle + reach))
    return Process(float(middle), limits, np.abs(off) > reach, one_side, one_way, near)


def _in_a_row(signs: Array, fewest: int) -> NDArray[np.bool_]:
    """Return which belong to so many in a row of one sign, not 0."""
    found, start = np.zeros(signs.size, bool), 0
    for end in range(1, signs.size + 1):
        if end == signs.size or signs[end] != signs[start]:
            found[start:end] = end - start >= fewest and signs[start] != 0
            start = end
    return found


# --- Overdispersion -------------------------------------------------------------------------------

How = Literal["multiplicative", "additive"]


@dataclass(frozen=True)
class Overdispersion:
    """How much more areas differ than chance makes them: ``phi``, 1 for chance alone, and ``tau``, their own spread.

    ``tau`` is in the unit of the values.
    """

    phi: float
    tau: float


def overdispersion(
    kind: Kind, values: ArrayLike, baseline: float, size: ArrayLike, multiplier: float = 1.0
) -> Overdispersion:
    """Return how much more areas differ from a baseline than chance makes them.

    ``phi`` is the mean squared z of the areas, the outer tenths drawn in to the 10% and 90% points (winsorised) so that
    outliers do not hide themselves; ``tau^2 = (n phi - (n - 1)) / (sum w - sum w^2 / sum w)``, w = 1 / se^2, and 0
    where it would be negative.

    Parameters
    ----------
    kind
        Whether the values are rates or proportions.
    values, baseline
        Of each area and of all together, in one unit; the baseline above 0.
    size
        Denominators, above 0.
    multiplier
        What the values are per.

    Raises
    ------
    ValueError
        If the kind is neither, there are fewer than three areas, or a number is missing or outside its bounds.

    References
    ----------
    Spiegelhalter, Statistics in Medicine 2005; 24: 1185-1202, and Quality and Safety in Health Care 2005; 14: 347-351.

    Examples
    --------
    >>> found = overdispersion("proportion", [40, 50, 60, 45, 55], 50, [400] * 5, 100)
    >>> round(found.phi, 1), round(found.tau, 1)
    (5.7, 6.2)
    """
    x, se = given.numbers(values, "a value", 0, missing=False), _se(kind, baseline, size, multiplier)
    if x.ndim != 1 or x.shape != se.shape or x.size < _FEWEST:
        raise ValueError("overdispersion takes the values of three areas at least, and the size of each")
    z = (x - baseline) / se
    phi = float((np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2).mean())
    w = 1 / se**2
    between = (x.size * phi - (x.size - 1)) / (w.sum() - (w**2).sum() / w.sum())
    return Overdispersion(phi, float(np.sqrt(max(between, 0))))


def overdispersed_funnel(
    kind: Kind, baseline: float, size: ArrayLike, more: Overdispersion, how: How = "additive",
    multiplier: float = 1.0, confidence: float = 0.95,
) -> Interval:  # fmt: skip
    """Return funnel limits widened for areas that differ by more than chance.

    Multiplicative: ``b -/+ z se sqrt(phi)``, phi not below 1. Additive: ``b -/+ z sqrt(se^2 + tau^2)``, which leaves
    large areas their own spread. None below 0, and of a proportion none above its multiplier.

    Parameters
    ----------
    kind, baseline, size, multiplier
        As in ``overdispersion``.
    more
        What that returns.
    how
        Which of the two.
    confidence
        Between 0 and 1.

    Raises
    ------
    ValueError
        As ``overdispersion``; or if there is no such way, or no such confidence.

    References
    ----------
    As ``overdispersion``.

    Examples
    --------
    >>> more = Overdispersion(phi=4.0, tau=5.0)
    >>> [overdispersed_funnel("proportion", 50, [100], more, how, 100).upper.round(1).item() for how in get_args(How)]
    [69.6, 63.9]
    """
    se, z = _se(kind, baseline, size, multiplier), intervals.z_score(confidence)
    factor, tau = given.number(more.phi, "phi", 0), given.number(more.tau, "tau", 0)
    if given.word(how, get_args(How), "kind of overdispersion") == "additive":
        half = z * np.sqrt(se**2 + tau**2)
    else:
        half = z * se * np.sqrt(max(factor, 1.0))
    most = multiplier if kind == "proportion" else np.inf
    return Interval(np.asarray(np.clip(baseline - half, 0, most)), np.asarray(np.clip(baseline + half, 0, most)))


def _se(kind: Kind, baseline: float, size: ArrayLike, multiplier: float) -> Array:
    """Return the standard error of areas of some sizes if the baseline is their true value, in its unit."""
    proportion = given.word(kind, get_args(Kind), "kind of value") == "proportion"
    n = given.numbers(size, "a size", above=0, missing=False)
    given.number(multiplier, "a multiplier", above=0)
    b = given.number(baseline, "a baseline", above=0, most=multiplier if proportion else np.inf) / multiplier
    if proportion and b == 1:
        raise ValueError("a baseline of all leaves nothing to chance")
    with np.errstate(over="ignore"):
        se = np.sqrt(b * (1 - b if proportion else 1) / n) * multiplier
    if not (np.isfinite(se) & (se > 0)).all():
        raise ValueError("a size or the baseline is too small or too large for a spread to be a number")
    return np.asarray(se)
