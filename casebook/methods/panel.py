"""Forecasts of one area that borrow strength from all: the country's growth, and a part of the area's own.

A panel is an array of values above 0: a row for each area, a column for each year, the earliest first, without gaps.
Forecasts, limits and the rule by which they are made come from the columns given and from nothing else, so that
the panel of any past year gives the forecast that could have been made then; ``calibration`` does that for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods.forecast import Array, Forecast, asked

FEWEST_AREAS = 20
FEWEST_YEARS = 11
LEARNT_AHEAD = 5  # The rule and the limits are learnt from past forecasts of one to so many years.
_LONGEST = 3  # Growth is taken over one to so many years; the first past forecast is made after them.
_FEWEST_ERRORS = 5  # So many errors one year ahead make an area's usual error.


@dataclass(frozen=True)
class Rule:
    """How growth goes on: the country's over some years, plus a weight times the area's own deviation from it.

    Attributes
    ----------
    country_years, own_years
        Years over which the country's growth and the area's deviation are taken.
    weight
        0: every area grows as the country does; 1: as it did itself.
    """

    country_years: int
    own_years: int
    weight: float


@dataclass(frozen=True)
class PanelForecast(Forecast):
    """A forecast of every area of a panel: ``central``, ``lower`` and ``upper`` have a row an area, a column a year.

    Attributes
    ----------
    rule
        How growth goes on.
    exponent
        The limits widen as the years ahead to this power.
    errors
        The number of past errors that the limits come from.
    """

    rule: Rule
    exponent: float
    errors: int


@dataclass(frozen=True)
class Calibration:
    """How often ranges held what happened, each made only from what was known when it was made.

    Attributes
    ----------
    level
        The share they were meant to hold.
    held, forecasts, origins
        By years ahead: how many ranges held, of how many, from how many different years.
    made
        The forecasts, one from each of these years, the earliest first.
    """

    level: float
    held: NDArray[np.int64]
    forecasts: NDArray[np.int64]
    origins: NDArray[np.int64]
    made: tuple[PanelForecast, ...]

    @property
    def share(self) -> float:
        """The share that held."""
        return float(self.held.sum() / self.forecasts.sum())

    @property
    def furthest(self) -> int:
        """The most years ahead that could be tested."""
        return int(np.count_nonzero(self.origins))


def ahead(panel: ArrayLike, horizon: int, level: float = 0.8) -> PanelForecast:
    """Forecast every area of a panel some years ahead, with a range.

    In logarithms an area grows each year by ``g_k + w (a_m - g_m)``, where g is the growth of all areas together and a
    its own, a year, over the last k or m years. k, m and w are those that would have come nearest over all areas
    in the past: the least mean absolute error in logarithms, one to five years ahead from every year but the
    first three.

    The range is the forecast times ``exp(-/+ q s h^c)`` for h years ahead. s is the area's usual error: s^2 is the
    mean of its own mean squared error one year ahead and of the median area's. q is the quantile, at the level,
    of all areas' past errors, each divided by the s that was known when its forecast was made and by h^c; the slope of
    the logarithm of their mean on that of h is c, 0 at the least and 1 at the most.

    Parameters
    ----------
    panel
        At least 20 areas by 11 years, values above 0.
    horizon
        Years ahead, 1 to 30. The range is learnt from forecasts up to five years ahead, and only carried on beyond.
    level
        Share of outturns the range is meant to hold, between 0 and 1.

    Raises
    ------
    ValueError
        If the panel is none, or too small to forecast from or to name limits at this level; if the horizon or
        the level is none; or if the numbers become too large to hold.

    References
    ----------
    Duncan, Gorr and Szczypula, Forecasting analogous time series, in Armstrong (ed.), Principles of Forecasting, 2001
    (pooling). Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, Journal of the American Statistical Association
    2018; 113: 1094-1111 (the quantile, and errors scaled by their usual size); Barber, Candes, Ramdas and Tibshirani,
    Annals of Statistics 2023; 51: 816-845 (it promises less where years are not alike, so ``calibration`` counts).

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> panel = 1000 * np.exp(np.cumsum(chance.normal(0.05, 0.02, (30, 12)), axis=1))
    >>> made = ahead(panel, 3)
    >>> made.central.shape, bool((made.lower < made.central).all() and (made.central < made.upper).all())
    ((30, 3), True)
    """
    y = _checked(panel)
    horizon, level = asked(horizon, level)
    logs, country = np.log(y), np.log(y.sum(axis=0))
    rule = _nearest(y.tobytes(), y.shape)
    years = rule.country_years, rule.own_years
    errors = dict(_errors(logs, country, years, rule.weight))
    last = logs.shape[1] - 1
    # A row each year: the squared errors one year ahead that were known in it.
    one_year = np.array([errors[origin, 1] ** 2 for origin in range(_LONGEST, last)])
    scaled = {
        (origin, h): np.abs(error) / _usual(one_year[: origin - _LONGEST])
        for (origin, h), error in errors.items()
        if origin - _LONGEST >= _FEWEST_ERRORS
    }
    exponent = _exponent(scaled)
    sizes = np.sort(np.concatenate([size / h**exponent for (_, h), size in scaled.items()]))
    place = ceil((sizes.size + 1) * level)
    if place > sizes.size:
        raise ValueError(f"a level of {level} takes more past errors than the {sizes.size} of this panel: ask for less")
    steps = np.arange(1, horizon + 1)
    middle = logs[:, -1:] + _growth(logs, country, last, years, rule.weight)[:, None] * steps
    half = sizes[place - 1] * _usual(one_year)[:, None] * steps**exponent
    with np.errstate(over="ignore"):
        central, lower, upper = np.exp(middle), np.exp(middle - half), np.exp(middle + half)
    if not np.isfinite(upper).all():
        raise ValueError(f"{horizon} years ahead the range is too wide to be a number: ask for fewer years")
    return PanelForecast("panel", level, central, lower, upper, rule, exponent, sizes.size)


def calibration(panel: ArrayLike, horizon: int, level: float = 0.8) -> Calibration:
    """Count how often the ranges of ``ahead`` held what happened, from each past year with ten before it.

    Each forecast sees the panel up to its own year only, so no outturn took part in making the range that it is
    held against. Ranges of one year share what befell the whole country: count years, not ranges, as evidence.

    Parameters
    ----------
    panel
        At least 20 areas by 12 years, values above 0.
    horizon
        Years ahead, 1 to 30; how many could be tested is ``Calibration.furthest``.
    level
        Share of outturns the ranges are meant to hold.

    Raises
    ------
    ValueError
        As ``ahead``; or if the panel has 11 years, which leaves none to compare with.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.10 (rolling origin).

    Examples
    --------
    >>> chance = np.random.default_rng(1)
    >>> panel = 1000 * np.exp(np.cumsum(chance.normal(0.05, 0.02, (30, 13)), axis=1))
    >>> found = calibration(panel, 3)
    >>> found.forecasts.tolist(), found.furthest, 0.6 < found.share < 1
    ([60, 30, 0], 2, True)
    """
    y = _checked(panel)
    horizon, level = asked(horizon, level)
    years = y.shape[1]
    if years == FEWEST_YEARS:
        raise ValueError(f"{years} years leave none to compare a forecast with: it takes {FEWEST_YEARS + 1}")
    held, origins = np.zeros(horizon, np.int64), np.zeros(horizon, np.int64)
    made = []
    for known in range(FEWEST_YEARS, years):
        to_come = min(horizon, years - known)
        made.append(one := ahead(y[:, :known], to_come, level))
        happened = y[:, known : known + to_come]
        held[:to_come] += ((one.lower <= happened) & (happened <= one.upper)).sum(axis=0)
        origins[:to_come] += 1
    return Calibration(level, held, origins * len(y), origins, tuple(made))


def _growth(logs: Array, country: Array, origin: int, years: tuple[int, int], weight: float | Array) -> Array:
    """Return the yearly growth that a rule expects of every area after a year; for each of a column of weights."""

    def yearly(of: Array, back: int) -> Array:
        return np.asarray((of[..., origin] - of[..., origin - back]) / back)

    country_years, own_years = years
    own = yearly(logs, own_years) - yearly(country, own_years)
    return np.asarray(yearly(country, country_years) + weight * own)


def _errors(
    logs: Array, country: Array, years: tuple[int, int], weight: float | Array
) -> Iterator[tuple[tuple[int, int], Array]]:
    """Yield a past year, years ahead, and the error of every area in logarithms, for all that the panel holds."""
    last = logs.shape[1] - 1
    for origin in range(_LONGEST, last):
        growth = _growth(logs, country, origin, years, weight)
        for h in range(1, min(LEARNT_AHEAD, last - origin) + 1):
            yield (origin, h), logs[:, origin + h] - logs[:, origin] - h * growth


# Of one panel, ranges at several levels are asked for, and this is most of what they take.
@lru_cache(maxsize=32)
def _nearest(panel: bytes, shape: tuple[int, ...]) -> Rule:
    """Return the rule with the least mean absolute error over all areas, past years and years ahead."""
    y = np.frombuffer(panel).reshape(shape)
    logs, country = np.log(y), np.log(y.sum(axis=0))
    weights = np.arange(11) / 10
    best, least = Rule(1, 1, 0.0), np.inf
    some = range(1, _LONGEST + 1)
    for years in product(some, some):
        missed = [np.abs(error).mean(axis=1) for _, error in _errors(logs, country, years, weights[:, None])]
        mean = np.mean(missed, axis=0)
        if mean.min() < least:
            best, least = Rule(*years, float(weights[mean.argmin()])), mean.min()
    return best


def _usual(squared: Array) -> Array:
    """Return every area's usual error one year ahead from its squared errors, a row a year; never quite nothing."""
    own = squared.mean(axis=0)
    return np.asarray(np.sqrt((own + np.median(own)) / 2) + 1e-9)


def _exponent(scaled: dict[tuple[int, int], Array]) -> float:
    """Return the power of the years ahead with which scaled errors grow, from 0 to 1."""
    h = np.log([ahead for _, ahead in scaled])
    size = np.log([one.mean() + 1e-9 for one in scaled.values()])
    return float(np.clip(((h - h.mean()) * size).sum() / ((h - h.mean()) ** 2).sum(), 0, 1))


def _checked(panel: ArrayLike) -> Array:
    y = np.asarray(panel, float)
    if y.ndim != 2 or not np.isfinite(y).all() or (y <= 0).any():
        raise ValueError(
            "a panel is a table of values above 0, a row an area and a column a year: leave out areas with gaps"
        )
    if y.shape[0] < FEWEST_AREAS or y.shape[1] < FEWEST_YEARS:
        raise ValueError(
            f"{y.shape[0]} areas by {y.shape[1]} years are too few: a forecast from a panel takes {FEWEST_AREAS} by "
            f"{FEWEST_YEARS}"
        )
    return y
