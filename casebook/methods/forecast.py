"""Forecasts of short annual series: simple methods with prediction intervals, and how they would have done.

A series is one value a year, without gaps, the earliest first. With fewer than five values no statistical
forecast is made: what happened in three or four years says too little, and a report shows scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.errors import one_of

Method = Literal["naive", "drift", "growth", "damped Holt"]
FEWEST = 5
SHORTEST_TRAINING = 3
FURTHEST = 30
Array = NDArray[np.float64]


class TooShortError(ValueError):
    """A series has too few values for a statistical forecast."""


# --- The methods ----------------------------------------------------------------------------------


def naive(series: ArrayLike, horizon: int) -> Array:
    """Forecast the last value for every year.

    Raises
    ------
    ValueError
        If there is no value, one is not finite, or the horizon is not 1 to 30 years; as every method does.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2.

    Examples
    --------
    >>> naive([4198, 4690, 5292], 2).tolist()
    [5292.0, 5292.0]
    """
    return np.full(asked(horizon)[0], _values(series, 1)[-1])


def drift(series: ArrayLike, horizon: int) -> Array:
    """Forecast the last value plus the mean yearly change: ``y + h (y_T - y_1) / (T - 1)``.

    Raises
    ------
    ValueError
        If there are fewer than two values, or as ``naive``.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2.

    Examples
    --------
    >>> drift([10, 12, 16], 2).tolist()
    [19.0, 22.0]
    """
    y = _values(series, 2)
    return _held(y[-1] + np.arange(1, asked(horizon)[0] + 1) * ((y[-1] - y[0]) / (y.size - 1)))


def growth(series: ArrayLike, horizon: int) -> Array:
    """Forecast with the mean yearly growth: drift of the logarithms.

    Raises
    ------
    ValueError
        If a value is not positive, or as ``drift``.

    References
    ----------
    Hyndman and Athanasopoulos, 5.2 (drift) and 5.6 (forecasts through a transformation).

    Examples
    --------
    >>> growth([100, 110, 121], 2).round(2).tolist()
    [133.1, 146.41]
    """
    y = _values(series, 2)
    if np.any(y <= 0):
        raise ValueError("growth needs values above 0")
    with np.errstate(over="ignore"):
        return _held(np.exp(drift(np.log(y), horizon)))


def damped_holt(series: ArrayLike, horizon: int) -> Array:
    """Forecast a level with a trend that fades: Holt's method with a damped trend.

    ``l_t = a y_t + (1 - a)(l_{t-1} + p b_{t-1})``, ``b_t = b (l_t - l_{t-1}) + (1 - b) p b_{t-1}``,
    forecast ``l_T + (p + p^2 + ... + p^h) b_T``. It starts from the first value and the first change; a,
    b (0 to 1) and the damping p (0.8 to 0.98) minimise the squared one-year errors.

    Raises
    ------
    ValueError
        If there are fewer than two values, or as ``naive``.

    References
    ----------
    Gardner and McKenzie, Management Science 1985; Hyndman and Athanasopoulos, 8.2.

    Examples
    --------
    >>> damped_holt([10, 12, 14, 16, 18], 2).round(2).tolist()
    [19.96, 21.88]
    """
    y = _values(series, 2)
    steps = np.arange(1, asked(horizon)[0] + 1)
    a, b, p = _fitted(y)
    level, trend, _ = _holt(y, a, b, p)
    return _held(level + trend * np.cumsum(p**steps))


def _fitted(y: Array) -> tuple[float, float, float]:
    """Return the smoothing of level and trend and the damping with the least squared errors."""

    def squared_errors(parameters: Array) -> float:
        return float((_holt(y, *parameters.tolist())[2] ** 2).sum())

    # Loaded here: only this method needs it, and it takes its time.
    from scipy import optimize

    bounds = [(0.0, 1.0), (0.0, 1.0), (0.8, 0.98)]
    # The errors have several valleys: look at all of the range at once, and go down where it is lowest.
    axes = [np.linspace(*bound, points) for bound, points in zip(bounds, (21, 21, 7), strict=True)]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes)])
    lowest = np.argsort((_holt(y, *grid)[2] ** 2).sum(axis=0), kind="stable")[:3]
    fits = [optimize.minimize(squared_errors, grid[:, one], bounds=bounds, method="L-BFGS-B") for one in lowest]
    smoothing, slope, damping = min(fits, key=lambda fit: fit.fun).x.tolist()
    return smoothing, slope, damping


def _holt(y: Array, a: Any, b: Any, p: Any) -> tuple[Any, Any, Array]:
    """Return the last level and trend and the errors, a row each; for one number or many in each of a, b and p."""
    # Python's own numbers are the same as numpy's, and one by one several times as fast.
    first, *rest = y.tolist()
    level, trend, errors = first, (rest[0] - first) / p, []
    for value in rest:
        before = level
        errors.append(value - (level + p * trend))
        level = a * value + (1 - a) * (level + p * trend)
        trend = b * (level - before) + (1 - b) * p * trend
    return level, trend, np.array(errors)


METHODS: Mapping[str, Callable[[ArrayLike, int], Array]] = {
    "naive": naive,
    "drift": drift,
    "growth": growth,
    "damped Holt": damped_holt,
}


def asked(horizon: int, level: float = 0.8) -> tuple[int, float]:
    """Return years ahead and level of a range, or refuse them.

    Raises
    ------
    ValueError
        If the horizon is not a whole number from 1 to 30, or the level does not lie between 0 and 1.

    References
    ----------
    None: a check, no formula.

    Examples
    --------
    >>> asked(6, 0.95)
    (6, 0.95)
    """
    if not isinstance(horizon, int | np.integer) or not 1 <= horizon <= FURTHEST:
        raise ValueError(f"horizon must be a whole number of years from 1 to {FURTHEST}, found {horizon}")
    if not isinstance(level, Real) or not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, found {level}")
    return int(horizon), float(level)


def _values(series: ArrayLike, fewest: int) -> Array:
    y = np.asarray(series, float)
    if y.ndim != 1 or not np.isfinite(y).all():
        raise ValueError("a series is one finite value a year, without gaps")
    if y.size < fewest:
        raise TooShortError(f"{y.size} values are too few for a statistical forecast: it takes {fewest}")
    return y


def _held(values: ArrayLike) -> Array:
    if not np.isfinite(values).all():
        raise ValueError("the forecast is too large to be a number: ask for fewer years")
    return np.asarray(values, float)


def _known(method: str) -> Callable[[ArrayLike, int], Array]:
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}: {one_of(METHODS, method)}")
    return METHODS[method]


# --- Choosing, and testing on the past ------------------------------------------------------------


@dataclass(frozen=True)
class Backtest:
    """How a method would have done: forecasts from each past year on, against what came.

    ``mase`` is the mean of the absolute errors, each over the mean absolute change of the series it was
    forecast from: below 1 is better than the last value repeated one year ahead.
    """

    method: str
    mase: float
    errors: int


def backtest(series: ArrayLike, method: str) -> Backtest:
    """Forecast from every past year that has at least three values before it, and compare.

    Raises
    ------
    TooShortError
        If the series has fewer than five values.
    ValueError
        If the method is none, a value is not finite, growth is asked for and a value is not above 0, or an error is
        too large to be held.

    References
    ----------
    Hyndman and Koehler, International Journal of Forecasting 2006; 22: 679-688 (MASE); Hyndman and
    Athanasopoulos, 5.10 (rolling origin).

    Examples
    --------
    >>> backtest([10, 12, 14, 16, 18], "drift")
    Backtest(method='drift', mase=0.0, errors=3)
    """
    y, forecast = _values(series, FEWEST), _known(method)
    scaled: list[float] = []
    for origin in range(SHORTEST_TRAINING, y.size):
        past, future = y[:origin], y[origin:]
        # All values equal so far: any error would be infinite on this scale, so it is taken as it is.
        scale = np.abs(np.diff(past)).mean() or 1.0
        with np.errstate(over="ignore"):
            scaled += list(np.abs(forecast(past, future.size) - future) / scale)
    if not np.isfinite(scaled).all():
        raise ValueError(
            "the errors are too large beside the changes of the series to be held: leave out its first values"
        )
    return Backtest(method, float(np.mean(scaled)), len(scaled))


def choose(series: ArrayLike) -> Method:
    """Choose growth where all values are above 0, and drift otherwise.

    The errors in the series' own past do not choose: a short series leaves about ten, which overlap, and the
    least of them is mostly luck. Intervals from the errors that chose a method are then too narrow: over 142
    English authorities' plans they held 67% of outturns at the 80% level, those of growth 80% (docs/methods.md).

    Raises
    ------
    TooShortError
        If the series has fewer than five values.
    ValueError
        If it is not one finite value a year.

    References
    ----------
    ``benchmarks/forecasts.py``, whose figures stand in docs/methods.md.

    Examples
    --------
    >>> choose([10, 12, 14, 16, 18]), choose([0, 2, 4, 6, 8])
    ('growth', 'drift')
    """
    return "growth" if (_values(series, FEWEST) > 0).all() else "drift"


# --- Forecast with interval -----------------------------------------------------------------------


@dataclass(frozen=True)
class Forecast:
    """A forecast for each year ahead, with the limits of its prediction interval: in order, none below 0."""

    method: str
    level: float
    central: Array
    lower: Array
    upper: Array


WIDENING: Mapping[str, tuple[float, ...]] = {
    "naive": (1.3, 1.85, 2.25, 2.75, 3.4),
    "drift": (1.65, 2.0, 2.25, 2.35, 2.6),
    "growth": (1.1, 1.15, 1.1, 1.0, 1.0),
    "damped Holt": (1.2, 1.55, 1.85, 1.8, 1.45),
}
"""What the half-widths of ranges must be multiplied by, one to five years ahead, to hold what they say.

Measured on the plans in force of 142 English authorities (Department for Education, SEN2, January 2010 to 2025; seven
values each, forecast from 2020 to 2024, 2,130 forecasts): the greater of the factors with which 80% and 95% held, not
below 1, rounded up to 0.05. ``python benchmarks/forecasts.py`` works them out again.
"""


def ahead(
    series: ArrayLike, horizon: int, method: str, level: float = 0.8, widening: Sequence[float] = (1.0,)
) -> Forecast:
    """Forecast some years ahead with a prediction interval.

    The interval comes from the errors the method made one year ahead in the series itself, s, with n
    errors: ``forecast -/+ t(n - p) s f(h) sqrt(k(h))`` with ``s^2 = sum of e^2 / (n - p)``. p is 1 for drift and
    growth, whose mean change is estimated from the same years, and 0 otherwise; k is h for the naive
    method and ``h (1 + h / (T - 1))`` for drift, growth (in logarithms) and, as an approximation, damped
    Holt. Student's t takes account of how few errors there are; f is the widening. Numbers of people vary by
    chance, however straight the line they lie on: s^2 is no less than the mean yearly change, as for a count of
    independent people (over the last value squared in logarithms), and than 1 person. Forecast and limits end
    at 0, below which nothing is counted. Changes that go on from year to year make the interval of drift too narrow,
    if it is not widened.

    Parameters
    ----------
    series
        At least five counts of people or the like, a year each; of a rate, forecast the count behind it.
    horizon
        Years ahead, 1 to 30.
    method
        A name of ``METHODS``.
    level
        Share of outturns the interval is meant to hold, between 0 and 1.
    widening
        A factor for each year ahead, as in ``WIDENING``; the last also for those after it.

    Raises
    ------
    TooShortError
        If the series has fewer than five values.
    ValueError
        If the method, the horizon, the level or the widening is none, a value is not finite, growth is asked for and a
        value is not above 0, or the numbers become too large to hold.

    References
    ----------
    Hyndman and Athanasopoulos, 5.5 (the multipliers of naive and drift).

    Examples
    --------
    >>> made = ahead([10, 12, 15, 16, 18], 2, "drift")
    >>> made.central.tolist(), (made.lower < made.central).all().item()
    ([20.0, 22.0], True)
    """
    y = _values(series, FEWEST)
    horizon, level = asked(horizon, level)
    wider = np.asarray(widening, float)
    if wider.ndim != 1 or not wider.size or not (np.isfinite(wider) & (wider > 0)).all():
        raise ValueError(f"widening must be a factor above 0 for each year ahead, found {widening}")
    central = _known(method)(y, horizon)
    errors = one_year_errors(y, method)
    steps = np.arange(1, horizon + 1)
    spread = steps if method == "naive" else steps * (1 + steps / (y.size - 1))
    freedom = errors.size - (method in ("drift", "growth"))
    chance = max(abs(y[-1] - y[0]) / (y.size - 1), 1.0)
    with np.errstate(over="ignore"):
        usual = max((errors**2).sum() / freedom, chance / max(y[-1], 1.0) ** 2 if method == "growth" else chance)
        half = special.stdtrit(freedom, 0.5 + level / 2) * np.sqrt(usual * spread)
        half *= wider[np.minimum(steps, wider.size) - 1]
        if method == "growth":
            limits = central, central * np.exp(-half), central * np.exp(half)
        else:
            # Nothing is counted below 0; a course that would go there leaves the range as wide as it is above.
            central = np.maximum(central, 0)
            limits = central, central - half, central + half
    return Forecast(method, level, *(np.maximum(_held(part), 0) for part in limits))


def one_year_errors(series: ArrayLike, method: str) -> Array:
    """Return the errors of a method one year ahead within the series: in logarithms for growth.

    For naive, drift and growth they are the yearly changes less their mean (less nothing for naive).

    Raises
    ------
    ValueError
        If the method is none, there are fewer than three values, one is not finite, or growth is asked for and a value
        is not above 0.

    References
    ----------
    Hyndman and Athanasopoulos, 5.4 (residuals).

    Examples
    --------
    >>> one_year_errors([10, 12, 16], "drift").tolist()
    [-1.0, 1.0]
    """
    y = _values(series, 3)
    _known(method)
    if method == "growth" and np.any(y <= 0):
        raise ValueError("growth needs values above 0")
    if method == "damped Holt":
        return np.array([y[t] - damped_holt(y[:t], 1)[0] for t in range(2, y.size)])
    changes = np.diff(np.log(y) if method == "growth" else y)
    return changes if method == "naive" else changes - changes.mean()


def drawn(probabilities: ArrayLike, quantiles: ArrayLike, scores: ArrayLike) -> Array:
    """Return the values of a distribution, known by some quantiles, at standard normal scores.

    Between the quantiles it goes in straight lines over the scores, and beyond the first and last it goes on as between
    the last two, ending at 0: draws are not held within any range.

    Parameters
    ----------
    probabilities, quantiles
        Two at least, both in rising order.
    scores
        Standard normal: 0 gives the median, 1.2816 what nine of ten lie below.

    Raises
    ------
    ValueError
        If they are not as said, or a number is not finite.

    References
    ----------
    Hyndman and Fan, American Statistician 1996; 50: 361-365 (quantiles between those known).

    Examples
    --------
    >>> drawn([0.1, 0.5, 0.9], [80, 100, 130], [0, 1.2816, 2.5631]).round(1).tolist()
    [100.0, 130.0, 160.0]
    """
    known, values, at = _values(special.ndtri(probabilities), 2), _values(quantiles, 2), np.asarray(scores, float)
    if known.shape != values.shape or np.any(np.diff(known) <= 0) or np.any(np.diff(values) < 0):
        raise ValueError("quantiles must rise with their probabilities, one for each")
    if not np.isfinite(at).all():
        raise ValueError("a score is missing or without end")
    found, (below, *_, above) = np.interp(at, known, values), np.diff(values) / np.diff(known)
    found = found + np.minimum(at - known[0], 0) * below + np.maximum(at - known[-1], 0) * above
    return np.maximum(_held(found), 0)


# --- Scenarios ------------------------------------------------------------------------------------


def yearly_growth(first: float, last: float, years: float) -> float:
    """Return the yearly growth, as a share, from one value to another: ``(last / first)^(1 / years) - 1``.

    Raises
    ------
    ValueError
        If a value or the number of years is not above 0, or not finite.

    References
    ----------
    Hyndman and Athanasopoulos, 5.2 (drift, of logarithms).

    Examples
    --------
    >>> round(yearly_growth(4662, 6866, 11), 4)
    0.0358
    """
    if not all(0 < one < np.inf for one in (first, last, years)):
        raise ValueError(f"growth needs values above 0 and some years, found {first}, {last} and {years}")
    with np.errstate(over="ignore"):
        return float(_held(np.expm1((np.log(last) - np.log(first)) / years)))


def path(first: float, rate: float, years: int) -> Array:
    """Return a value grown at a yearly rate, for each year ahead.

    Raises
    ------
    ValueError
        If the years are not whole, below 0 or more than 100, the rate is below -1, or a number is not finite or becomes
        too large to hold.

    References
    ----------
    Compound growth, as ``yearly_growth``.

    Examples
    --------
    >>> path(100, 0.1, 2).round(2).tolist()
    [110.0, 121.0]
    """
    if not isinstance(years, int | np.integer) or not 0 <= years <= 100 or not rate >= -1:
        raise ValueError(f"a path takes 0 to 100 years and a rate from -1 on, found {years} and {rate}")
    with np.errstate(over="ignore", invalid="ignore"):
        return _held(first * (1 + rate) ** np.arange(1, years + 1))


def between(years: Sequence[float], values: ArrayLike, wanted: ArrayLike) -> Array:
    """Return values on straight lines between the years given.

    Raises
    ------
    ValueError
        If a wanted year lies outside them, or they are not in order, a finite value each.

    References
    ----------
    Linear interpolation, as ``numpy.interp``.

    Examples
    --------
    >>> between([2021, 2026], [200, 210], [2021, 2023]).tolist()
    [200.0, 204.0]
    """
    known, numbers, within = _values(years, 1), _values(values, 1), np.asarray(wanted, float)
    if known.shape != numbers.shape or np.any(np.diff(known) <= 0):
        raise ValueError("years must be in order, each once, with a value each")
    if not ((within >= known[0]) & (within <= known[-1])).all():
        raise ValueError(f"years must lie between {years[0]} and {years[-1]}")
    return np.asarray(np.interp(within, known, numbers), float)
