"""Comparing an area: averages of similar areas, distance, rank, and whether a difference is real."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given, intervals
from casebook.methods.intervals import Interval, Kind

AverageKind = Literal["mean", "median", "pooled"]
Polarity = Literal["high is good", "low is good", "no judgement"]


# --- Averages -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Average:
    """An average of areas: its value, which average it is, and how many areas have data."""

    value: float
    kind: AverageKind
    areas: int


def average(
    kind: AverageKind,
    rates: ArrayLike,
    populations: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    multiplier: float = 10_000,
) -> Average:
    """Return the average of the areas an area is compared with. The area itself is not among them.

    The three can lie on different sides of an area, so a report says which it uses.

    Parameters
    ----------
    kind
        ``mean``: of the published rates, as the Department for Education's LAIT gives it.
        ``median``: of the published rates, as its dashboard gives it. ``pooled``: all events over all
        people, ``sum(count) / sum(population) * multiplier``.
    rates
        Published rates, one for each area; missing ones are left out.
    populations
        For ``pooled``: the population of each area.
    counts
        For ``pooled``: the events of each area; where they are not known, they are taken as
        rate x population / multiplier, which the rounding of the rate limits.
    multiplier
        What the rates are for.

    Raises
    ------
    ValueError
        If the kind is none, ``pooled`` is asked for without a population for each rate, a rate, count or population is
        negative or without end, nobody lives in the areas, or no area has data.

    References
    ----------
    Department for Education, Local Authority Interactive Tool (mean of the published rates).

    Examples
    --------
    >>> average("mean", [5.20, 6.10, 11.20]).value
    7.5
    >>> average("pooled", [5.20, 6.10, 11.20], populations=[268_144, 35_061, 127_169]).areas
    3
    """
    given.word(kind, get_args(AverageKind), "kind of average")
    values = given.numbers(rates, "a rate", 0)
    use = ~np.isnan(values)
    if kind == "pooled":
        if populations is None:
            raise ValueError("a pooled average needs the population of each area")
        people = given.numbers(populations, "a population", 0)
        given.number(multiplier, "a multiplier", above=0)
        events = values * people / multiplier if counts is None else given.numbers(counts, "a count", 0)
        if not values.shape == people.shape == events.shape:
            raise ValueError("a pooled average needs a population, and a count where any is given, for each rate")
        use = ~np.isnan(people) & ~np.isnan(events)
        if use.any() and not people[use].sum():
            raise ValueError("nobody lives in the areas, so they have no pooled average")
    if not use.any():
        raise ValueError("no area has data to average")
    if kind == "mean":
        value = values[use].mean()
    elif kind == "median":
        value = np.median(values[use])
    else:
        value = events[use].sum() / people[use].sum() * multiplier
    return Average(round(float(value), 10), kind, int(use.sum()))


def gaps(rates: pd.DataFrame) -> dict[Any, list[Any]]:
    """Return the areas that lack a rate in some year, each with these years.

    An average that is compared over years is taken over the other areas: of a set that changes, it would move
    because the set does.

    Parameters
    ----------
    rates
        A row for each area and a column for each year; missing values are NaN.

    Raises
    ------
    ValueError
        If an area has two rows.

    References
    ----------
    None: it counts what is missing.

    Examples
    --------
    >>> gaps(pd.DataFrame({2019: [5.2, 6.1], 2020: [5.4, np.nan]}, index=["Essex", "Kent"]))
    {'Kent': [2020]}
    """
    if not rates.index.is_unique:
        raise ValueError(f"{rates.index[rates.index.duplicated()][0]} has two rows, expected one for each area")
    missing = rates.isna()
    return {area: [year for year in rates if missing.at[area, year]] for area in rates.index[missing.any(axis=1)]}


# --- Distance and rank ----------------------------------------------------------------------------


class Distance(NamedTuple):
    """How far values lie from others: in their own unit, and as a percentage of the other."""

    points: Any
    per_cent: Any


def distance(value: ArrayLike, benchmark: ArrayLike) -> Distance:
    """Return how far values lie above (positive) or below (negative) a benchmark.

    Parameters
    ----------
    value, benchmark
        In the same unit; each one number, or several of one shape.

    Returns
    -------
    Distance
        Numbers where both are numbers, arrays otherwise. The percentage is missing where the
        benchmark is 0.

    Raises
    ------
    ValueError
        If a number is without end, or a benchmark so near 0 that the percentage would be.

    References
    ----------
    Relative difference, ``(value - benchmark) / benchmark``.

    Examples
    --------
    >>> distance(8.0, 8.95)
    Distance(points=-0.95, per_cent=-10.6145251397)
    >>> distance([12.0, 8.0], [9.03, 8.95]).points
    array([ 2.97, -0.95])
    """
    of = given.numbers(benchmark, "a benchmark")
    points = given.numbers(value, "a value") - of
    with np.errstate(over="ignore"):
        per_cent = points / np.where(of == 0, np.nan, of) * 100
    if (np.abs(per_cent) > given.LARGEST).any():
        raise ValueError("a benchmark is too near 0 for a percentage of it to be a number")
    # Ten decimals is far beyond what is printed, and keeps binary noise such as 0.9499999999999993 out.
    return Distance(*(x.round(10) if x.ndim else float(x.round(10)) for x in (points, per_cent)))


def in_people(points: float, population: float, multiplier: float) -> float:
    """Return how many people or events a difference between rates means in a population.

    Raises
    ------
    ValueError
        If a number is missing or without end, the population is negative, or the multiplier is not above 0.

    References
    ----------
    The definition of a rate: events over population, times the multiplier.

    Examples
    --------
    >>> round(in_people(-0.95, population=132_820, multiplier=10_000), 1)
    -12.6
    """
    people = given.number(population, "a population", 0)
    found = given.number(points, "a difference") * people / given.number(multiplier, "a multiplier", above=0)
    return given.number(found, "what a difference means in people")


@dataclass(frozen=True)
class Rank:
    """The place of one value among several, counted from the highest; equal values share a place."""

    rank: int
    rank_from_lowest: int
    of: int
    tied_with: int


def ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Rank values from the highest, 1; equal values share the better place (1, 2, 2, 4).

    Missing values have no rank.

    Raises
    ------
    ValueError
        If a value is without end.

    References
    ----------
    Standard competition ranking ("1224").

    Examples
    --------
    >>> ranks([12.9, 8.0, 12.9, np.nan, 7.0]).tolist()
    [1.0, 3.0, 1.0, nan, 4.0]
    """
    x = given.numbers(values, "a value")
    result = np.full(x.shape, np.nan)
    present = ~np.isnan(x)
    result[present] = pd.Series(-x[present]).rank(method="min")
    return result


def place(value: float, others: ArrayLike) -> Rank:
    """Return the place of a value among others; missing others are left out.

    Raises
    ------
    ValueError
        If the value itself is missing, or one is without end.

    References
    ----------
    As ``ranks``.

    Examples
    --------
    >>> place(8.0, [5.2, 6.1, 7.2, 8.5, 9.2, 10.1, 10.2, 10.8, 11.0, 11.2])
    Rank(rank=8, rank_from_lowest=4, of=11, tied_with=0)
    """
    if np.isnan(value):
        raise ValueError("a missing value has no place")
    given.number(value, "a value")
    x = given.numbers(others, "a value")
    x = x[~np.isnan(x)]
    return Rank(
        rank=int((x > value).sum()) + 1,
        rank_from_lowest=int((x < value).sum()) + 1,
        of=x.size + 1,
        tied_with=int((x == value).sum()),
    )


def bands(values: ArrayLike, of: int = 4, *, highest_first: bool = False) -> NDArray[np.float64]:
    """Return the band of each value: of four, the quartile, 1 for the lowest; equal values share one.

    ``of + 1 - ceil((N + 1 - rank) of / N)`` for the rank of N values from the lowest, equal ones at the lowest place.

    Parameters
    ----------
    values
        One dimension; missing values have no band.
    of
        How many bands, two at least.
    highest_first
        Whether band 1 holds the highest.

    Returns
    -------
    numpy.ndarray
        Missing throughout where there are fewer values than bands.

    Raises
    ------
    ValueError
        If a value is without end, or there are fewer than two bands.

    References
    ----------
    Office for Health Improvement and Disparities, PHEindicatormethods (``phe_quantile``).

    Examples
    --------
    >>> bands([10, 20, 30, 40, 50, 60, 70, 80]).tolist()
    [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]
    """
    x = given.numbers(values, "a value")
    given.whole(of, "bands", 2)
    held = int((~np.isnan(x)).sum())
    if held < of:
        return np.full(x.shape, np.nan)
    place = ranks(x if highest_first else -x)
    return np.asarray(np.maximum(of + 1 - np.ceil((held + 1 - place) * of / held), 1))


# --- Judgement ------------------------------------------------------------------------------------


class Judged(StrEnum):
    """How an area compares with a benchmark, in the words of the Office for Health Improvement and Disparities."""

    BEST = "best"
    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    WORST = "worst"
    HIGHEST = "highest"
    HIGHER = "higher"
    LOWER = "lower"
    LOWEST = "lowest"
    NOT_JUDGED = "cannot be judged"


def compare(interval: Interval | None, benchmark: float, polarity: Polarity, wider: Interval | None = None) -> Judged:
    """Compare an area with a benchmark: similar where the benchmark lies within the area's interval.

    The limits count as within. The benchmark is taken as known without error.

    Parameters
    ----------
    interval
        The area's 95% interval (one value each side), or None where there is none.
    benchmark
        The value compared with, in the same unit.
    polarity
        Whether a high value is good, a low one is, or neither is judged.
    wider
        The area's 99.8% interval, for the five-way verdict: outside it too is best or worst (highest
        or lowest where nothing is judged).

    Returns
    -------
    Judged
        ``NOT_JUDGED`` where there is no interval or the benchmark is missing.

    Raises
    ------
    ValueError
        If the polarity is none of the three, a limit or the benchmark is more than one number or without end, or an
        interval's lower limit lies above its upper one.

    References
    ----------
    Fingertips' comparison of confidence intervals with a reference value, at one and at two levels
    (ukhsa-collaboration/fingertips-open, BenchmarkComparisonEngine).

    Examples
    --------
    >>> lower, upper = intervals.wilson(514, 1000)
    >>> str(compare(Interval(lower * 100, upper * 100), 46.5, "high is good"))
    'better'
    """
    given.word(polarity, get_args(Polarity), "polarity")
    for one in (interval, wider):
        if one is None:
            continue
        limits = given.numbers(np.concatenate([np.ravel(limit) for limit in one]), "a limit")
        if limits.size != 2:
            raise ValueError("an interval to compare has one lower and one upper limit")
        if limits[0] > limits[1]:
            raise ValueError("an interval's lower limit lies above its upper one: exchange them")
    given.numbers(benchmark, "a benchmark")
    if interval is None or np.isnan([float(np.ravel(limit)[0]) for limit in interval] + [benchmark]).any():
        return Judged.NOT_JUDGED
    side = _side(interval, benchmark)
    if side == 0:
        return Judged.SIMILAR
    far = wider is not None and _side(wider, benchmark) == side
    if polarity == "no judgement":
        above = Judged.HIGHEST if far else Judged.HIGHER
        below = Judged.LOWEST if far else Judged.LOWER
        return above if side > 0 else below
    if (side > 0) == (polarity == "high is good"):
        return Judged.BEST if far else Judged.BETTER
    return Judged.WORST if far else Judged.WORSE


def _side(interval: Interval, benchmark: float) -> int:
    lower, upper = (np.asarray(limit, float).item() for limit in interval)
    if lower > benchmark:
        return 1
    return -1 if upper < benchmark else 0


class GoalVerdict(StrEnum):
    """How a value stands against a goal with a lower and an upper threshold."""

    MET = "met"
    NEAR = "near"
    NOT_MET = "not met"


class GoalMismatchError(ValueError):
    """A series was compared with a goal set for another sex or age group."""


@dataclass(frozen=True)
class Goal:
    """A published target, bound to one sex and one age group; a single value is both thresholds.

    Raises
    ------
    ValueError
        If a threshold is missing or without end, the lower one lies above the upper one, or the polarity says neither
        which is good.
    """

    lower: float
    upper: float
    sex: str
    age: str
    polarity: Polarity = "high is good"

    def __post_init__(self) -> None:
        """Refuse thresholds that are none."""
        given.word(self.polarity, ["high is good", "low is good"], "polarity of a goal")
        given.number(self.upper, "the upper threshold of a goal")
        given.number(self.lower, "the lower threshold of a goal", most=self.upper)


def against_goal(value: float, goal: Goal, sex: str, age: str, interval: Interval | None = None) -> GoalVerdict:
    """Compare a value with a goal: below ``lower`` not met, from ``lower`` near, from ``upper`` met.

    Where low is good, below ``lower`` is met and from ``upper`` not met. Where a goal is judged on the interval, it is
    met if all of the interval would meet it, not met if all would not, and near otherwise.

    Parameters
    ----------
    value
        The value itself.
    goal
        The goal.
    sex, age
        What the value is for, in the goal's own words.
    interval
        Its limits, if the goal is judged on them and not on the value.

    Raises
    ------
    GoalMismatchError
        If the value is for another sex or age group than the goal.
    ValueError
        If the value or a limit is missing or without end, or the limits are not in order.

    References
    ----------
    Fingertips' SingleValueTargetComparer and RangeTargetComparer (red, amber, green).

    Examples
    --------
    >>> goal = Goal(lower=1900, upper=2300, sex="Persons", age="15-24")
    >>> str(against_goal(2459, goal, sex="Persons", age="15-24"))
    'met'
    """
    if (sex, age) != (goal.sex, goal.age):
        raise GoalMismatchError(
            f"the goal is for {goal.sex.lower()} aged {goal.age}, the figures are for {sex.lower()} aged {age}: "
            "they cannot be compared"
        )
    if np.isnan(value):
        raise ValueError("a missing value cannot be compared with a goal")
    given.number(value, "a value")
    if interval is not None:
        upper = given.number(interval.upper, "an upper limit")
        lower = given.number(interval.lower, "a lower limit", most=upper)
        ends = {against_goal(one, goal, sex, age) for one in (lower, upper)}
        return ends.pop() if len(ends) == 1 else GoalVerdict.NEAR
    if goal.lower <= value < goal.upper:
        return GoalVerdict.NEAR
    return GoalVerdict.MET if (value < goal.lower) == (goal.polarity == "low is good") else GoalVerdict.NOT_MET


# --- How many would be needed ---------------------------------------------------------------------

_STRIDE = 100_000


@dataclass(frozen=True)
class Needed:
    """The smallest count, and the people it comes from, at which a difference would be significant."""

    count: int
    people: int


def smallest_significant(
    value: float, benchmark: float, kind: Kind, multiplier: float, confidence: float = 0.95
) -> Needed | None:
    """Return how large a count must be for a difference of this size to be significant.

    It answers the question that a table without counts leaves open: how many events or people must
    stand behind the printed value for its interval to leave out the benchmark?

    For a proportion p against b, n people are the fewest from which on Wilson's interval of the nearest whole number
    to p n leaves out b: about ``z^2 b(1 - b) / (p - b)^2``, because it is the inverse of the score test. For a rate,
    the count x is the smallest from which on the interval of x, scaled by value / x, leaves out the benchmark; the
    people are rounded away from the benchmark, so that the interval of the count over them leaves it out too.

    Parameters
    ----------
    value, benchmark
        In the unit printed: per cent for a proportion with multiplier 100.
    kind
        ``proportion`` (Wilson's interval) or ``rate`` (exact Poisson and Byar's).
    multiplier
        What the values are for.
    confidence
        Between 0 and 1.

    Returns
    -------
    Needed or None
        None where the two are equal, or so near that it would take more than a quadrillion.

    Raises
    ------
    ValueError
        If the kind is neither, a value is missing, without end, negative or, of a proportion, above its multiplier,
        the multiplier is not above 0, or the confidence is none.

    References
    ----------
    Wilson's and Byar's intervals, inverted; see ``intervals``.

    Examples
    --------
    >>> smallest_significant(13.2, 13.9, "proportion", 100)
    Needed(count=1257, people=9520)
    """
    given.word(kind, get_args(Kind), "kind of value")
    given.number(multiplier, "a multiplier", above=0)
    most = multiplier if kind == "proportion" else np.inf
    for one, what in ((value, "a value"), (benchmark, "a benchmark")):
        given.number(one, what, 0, most)
    z = intervals.z_score(confidence)
    if value == benchmark:
        return None
    if kind == "proportion":
        return _smallest_proportion(value / multiplier, benchmark / multiplier, z)
    return _smallest_rate(value, benchmark, multiplier, confidence)


def _smallest_proportion(p: float, b: float, z: float) -> Needed | None:
    apart, spread = abs(p - b), z * (b * (1 - b)) ** 0.5
    # A count is out by half a person at the most. From so many people on, not even that brings it back to chance.
    root = (spread + (spread**2 + 2 * apart) ** 0.5) / (2 * apart)
    # One more, because half a person is rounded to the even number.
    people = floor(min(root**2, given.LARGEST)) + 2
    if 0 < p < 1:
        # So few that none or all of them were counted are not the value.
        people = max(people, floor(min(0.5 / min(p, 1 - p), given.LARGEST)) + 2)
    if people > given.LARGEST:
        return None
    # Below that, go down in strides to the last number of people from which it does.
    while people > 1:
        tried = np.arange(max(people - _STRIDE, 1), people, dtype=float)
        count = np.rint(p * tried)
        off = count - b * tried
        chance = ~((np.abs(off) > spread * np.sqrt(tried)) & ((off > 0) == (p > b)))
        chance |= (0 < p < 1) & ((count == 0) | (count == tried))
        if chance.any():
            people = int(tried[chance][-1]) + 1
            break
        people = int(tried[0])
    return Needed(count=round(p * people), people=people)


def _smallest_rate(value: float, benchmark: float, multiplier: float, confidence: float) -> Needed | None:
    if value == 0:
        # No events at all: the upper limit is fixed, so the population must be large enough.
        upper = float(intervals.poisson(0, confidence).upper)
        return _needed(0, floor(_times(upper / benchmark, multiplier)) + 1)
    whole = floor if value > benchmark else ceil

    def behind(count: float) -> Needed | None:
        return _needed(int(count), whole(_times(count / value, multiplier)))

    ratio = benchmark / value

    def significant(count: NDArray[np.float64]) -> NDArray[np.bool_]:
        lower, upper = intervals.poisson(count, confidence)
        return (upper / count < ratio) if ratio > 1 else (lower / count > ratio)

    # Below the change of method at ten the interval can jump, so small counts are all tried; from
    # there on it only narrows, so the boundary is found by halving.
    small = np.arange(1.0, 2 * intervals.EXACT_BELOW + 1)
    failing = small[~significant(small)]
    # There is one person at least.
    first = max(1.0, min(ceil(value / multiplier), given.LARGEST))
    if not failing.size:
        return behind(first)
    fails, holds = float(failing[-1]), float(failing[-1]) + 1
    while not significant(np.asarray([holds]))[0]:
        fails, holds = holds, holds * 2
        if holds > given.LARGEST:
            return None
    while holds - fails > 1:
        middle = float(floor((fails + holds) / 2))
        fails, holds = (fails, middle) if significant(np.asarray([middle]))[0] else (middle, holds)
    return behind(max(holds, first))


def _times(one: float, other: float) -> float:
    return min(one * other, 2.0 * given.LARGEST)


def _needed(count: int, people: int) -> Needed | None:
    return Needed(count, people) if people <= given.LARGEST else None
