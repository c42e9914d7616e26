"""One area's yearly history and what may come of it; and what a paper forecast of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.data import series, tables
from casebook.english import Change, Gap, Money, Noun, Number, Range, listed, number, percent, whole, written
from casebook.errors import InputError
from casebook.methods import forecast, intervals, panel
from casebook.methods.forecast import TooShortError
from casebook.methods.panel import Calibration
from casebook.methods.shares import WANDER, shares_ahead, shares_drawn, steadied, whole_parts
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found

LIMITS = ["central", "lower", "upper"]
_YEARS = Noun("year")
_OVER = 5  # Growth elsewhere is taken over so many years.
# Of 149 authorities' plans from 2020 to 2025, 14 of some 745 yearly changes lie outside these; small counts vary more.
_FALL, _RISE, _FEW = -0.05, 0.3, 100
_DOUBT = "So large a change can come from how they are counted: ask before relying on the forecast."


@dataclass(frozen=True)
class History:
    """What happened: an area's numbers by year, what is counted, what that is in full, and the month it is of.

    ``areas`` has the numbers of all authorities with one above 0 in each of these years, a row each; empty where this
    area is none of them. ``elsewhere`` has the yearly growth over the last five years that one in ten of the other
    authorities stayed below, and the one that one in ten exceeded; empty where few are held.
    """

    area: str
    noun: Noun
    measure: str
    month: str
    by_year: pd.Series
    areas: pd.DataFrame = field(default_factory=pd.DataFrame)
    elsewhere: tuple[float, ...] = ()

    @property
    def base(self) -> int:
        """The last year."""
        return int(self.by_year.index[-1])

    @property
    def now(self) -> Number:
        """The last number."""
        return Number(self.by_year.iloc[-1], unit=str(self.noun))

    @property
    def path(self) -> Change:
        """The first number and the last."""
        first = self.by_year.index[0]
        return Change(
            self.now.like(self.by_year.iloc[0]), self.now, (f"in {self.when(first)}", f"in {self.when(self.base)}")
        )

    @property
    def ranking(self) -> dict[str, str]:
        """What all areas are ranked by with the last number, and when it was."""
        return {"ranks": f"{self.noun} in force", "period": self.when(self.base)}

    @property
    def latest(self) -> str:
        """The last number beside that of the year before, as a sentence without its full stop."""
        said = f"In {self.when(self.base)} {self.now} {self.measure.replace('plans', 'plans were', 1)}"
        if len(self.by_year) == 1:
            return said
        more = Gap.between(self.now, self.now.like(self.by_year.iloc[-2]))
        return f"{said}, {more.share.replace('above', 'more than').replace('below', 'fewer than')} a year before"

    @cached_property
    def jumps(self) -> pd.Series:
        """The changes so large that the counting may have changed, of what was before, by year."""
        change = (self.by_year / self.by_year.shift() - 1)[self.by_year.shift() >= _FEW].dropna()
        return change[(change < _FALL) | (change > _RISE)]

    @property
    def just_jumped(self) -> bool:
        """Whether the last change is one of them."""
        return self.base in self.jumps.index

    @property
    def breaks(self) -> str:
        """Name the years of such changes, as a sentence; nothing if there is none."""
        if self.jumps.empty:
            return ""
        named = listed(f"{year} ({written(share, '+.0%')})" for year, share in self.jumps.items())
        return f"The number of {self.noun} changed unusually much in {named}. {_DOUBT}"

    def when(self, year: int) -> str:
        """Return a time as a sentence says it."""
        return f"{self.month} {year}"

    def years_to(self, end: int) -> range:
        """Return the years after it, up to one.

        Raises
        ------
        InputError
            If there is none.
        """
        if end <= self.base:
            raise InputError(f"horizon_year is {end}, expected a year after {self.base}, the last of the history.")
        return range(self.base + 1, end + 1)


def history(
    frame: pd.DataFrame, area: str, *, noun: Noun, measure: str, month: str, last: int | None = None
) -> History:
    """Return an area's history from a series, up to a year.

    Parameters
    ----------
    frame
        A series of all areas (``series.panel``), a row for each area and year.
    noun, measure, month
        What is counted, what the counts are in full, and the month they are of.
    last
        The last year to take; the last there is, if None.

    Raises
    ------
    InputError
        If the series has no value for the area or the last year, two of one year, or none of a year between.

    Examples
    --------
    >>> from casebook import series
    >>> held = series.panel("ehc-plans", "Cambridgeshire", vintage="ehcp_outturn")
    >>> plans = history(held, "Cambridgeshire", noun=Noun("plan"), measure="plans in force", month="January", last=2020)
    >>> plans.by_year.to_dict(), str(plans.path)
    ({2019: 4198.0, 2020: 4690.0}, 'rose from 4,198 in January 2019 to 4,690 in January 2020')
    """
    vintage = frame.attrs["vintage"]
    own = frame[frame["area"] == area].dropna(subset="value").sort_values("year")
    if own.empty:
        raise InputError(f"{vintage} has no {noun} of {area}: name another vintage, or another area.")
    years = own["year"].astype(int).tolist()
    if again := sorted({year for year in years if years.count(year) > 1}):
        raise InputError(
            f"{vintage} has more than one number of {noun} for {area} in {listed(again)}: delete all but one."
        )
    last = years[-1] if last is None else last
    if last not in years:
        raise InputError(
            f"base_year is {last}, but the {noun} held for {area} are of {listed(years)}: choose one of these."
        )
    if gaps := sorted(set(range(years[0], last + 1)) - set(years)):
        raise InputError(
            f"{vintage} has no {noun} for {area} in {listed(gaps)}: a forecast needs every year, so add them or start "
            "later."
        )
    numbers = pd.Series(own["value"].astype(float).to_numpy(), index=years).loc[:last]
    among = _in_all_areas(frame, area, numbers.index)
    return History(area, noun, measure, month, numbers, among, _growth_elsewhere(frame, area, last))


def _in_all_areas(frame: pd.DataFrame, area: str, years: pd.Index) -> pd.DataFrame:
    if frame["area"].nunique() < panel.FEWEST_AREAS:
        return pd.DataFrame()
    rows = pd.concat(tables.split(frame, area)).drop_duplicates(["area", "year"], keep=False)
    wide = rows.pivot(index="area", columns="year", values="value").reindex(columns=years).astype(float)
    whole = wide[(wide > 0).all(axis=1)]
    return whole if area in whole.index else pd.DataFrame()


def _growth_elsewhere(frame: pd.DataFrame, area: str, last: int) -> tuple[float, ...]:
    if frame["area"].nunique() < panel.FEWEST_AREAS:
        return ()
    wide = tables.split(frame, area)[1].pivot_table(index="area", columns="year", values="value")
    both = wide.reindex(columns=[last - _OVER, last]).dropna()
    both = both[(both > 0).all(axis=1)]
    if len(both) < panel.FEWEST_AREAS:
        return ()
    growth = (both[last] / both[last - _OVER]) ** (1 / _OVER) - 1
    return float(growth.quantile(0.1)), float(growth.quantile(0.9))


def in_step(past: History, end: int, with_what: pd.Series, called: str) -> pd.Series:
    """Return a history's last number by year to come, changing as something else does.

    Parameters
    ----------
    end
        The last year wanted.
    with_what
        By year; between the years given it goes in straight lines.
    called
        What it is, for the refusal.

    Raises
    ------
    InputError
        If it does not reach from the last year of the history to the last wanted.
    """
    years, held = past.years_to(end), with_what.sort_index().astype(float)
    if past.base < held.index[0] or end > held.index[-1]:
        raise InputError(
            f"horizon_year is {end}, expected a year after {past.base}, the last of the history, and up to "
            f"{held.index[-1]}, the last of {called}, which begins in {held.index[0]}."
        )
    course = forecast.between(held.index.tolist(), held, [past.base, *years])
    return pd.Series(past.now.value * course[1:] / course[0], index=years)


def rounded(limits: pd.DataFrame, finest: float = 1) -> tuple[pd.DataFrame, int]:
    """Round ``central``, ``lower`` and ``upper`` by their range, row by row; and return the decimals that they have.

    ``finest`` is the finest step, as in ``intervals.rounded``.
    """
    found = intervals.rounded(limits["central"], limits["lower"], limits["upper"], finest)
    return pd.DataFrame(dict(zip(LIMITS, found, strict=False)), index=limits.index), found.decimals


# --- Forecasts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlook:
    """What a forecaster says, and how.

    Parameters
    ----------
    frame
        ``central``, ``lower`` and ``upper`` by year.
    course
        What is taken to go on, to be said after "if".
    made_from
        What the range is made from.
    tested
        How often such ranges held in the past, or that nobody has tested it: a sentence.
    choice
        Why this method: a sentence or two.
    compared
        The methods tried: ``method``, ``central``, ``mase``, ``errors`` and ``used``; may be empty.
    distribution
        What the numbers lie below with some probabilities: a row a year, a column a probability.
    before
        What would have been forecast for the last year of the history: ``central``, ``lower`` and ``upper`` by the year
        whose past alone was known. As many such years as reach that far and could be forecast from; may be none.
    """

    frame: pd.DataFrame
    course: str
    made_from: str
    tested: str
    choice: str
    compared: pd.DataFrame
    distribution: pd.DataFrame = field(default_factory=pd.DataFrame)
    before: pd.DataFrame = field(default_factory=pd.DataFrame)


_LEVELS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98)


def _distribution(years: range, range_at: Callable[[float], tuple[Any, Any, Any]]) -> pd.DataFrame:
    """Return quantiles from ranges at several levels; a level that takes more of the past than there is is left out."""
    found = {}
    for level in _LEVELS:
        with suppress(ValueError):
            found[0.5], found[round(0.5 - level / 2, 3)], found[round(0.5 + level / 2, 3)] = range_at(level)
    return pd.DataFrame(found, index=years).sort_index(axis=1)


Forecaster = Callable[[History, range, float], Outlook]
"""Takes a history, the years wanted and the level of the range; raises ``TooShortError`` where it can make none."""

_METHODS = {
    "naive": (
        "the last value stays",
        "the number stays as it was in {month} {last}",
        "how much the yearly change varied",
    ),
    "drift": (
        "the mean yearly change goes on",
        "the mean yearly change of {month} {first} to {last} goes on",
        "how much the yearly change varied",
    ),
    "growth": (
        "the mean yearly growth goes on",
        "the mean yearly growth of {month} {first} to {last} goes on",
        "how much the yearly growth varied",
    ),
    "damped Holt": (
        "the recent trend goes on and fades",
        "the trend of {month} {first} to {last} goes on and fades",
        "how far the method was out one year ahead",
    ),
}


_TRIED = 7
# Of ranges widened by what was measured on one half of the authorities, in the other half (docs/methods.md).
_MEASURED = {
    level: f"Over 142 English authorities, seven values each, about {many} such ranges held the later number of plans "
    "(2020 to 2025). Plans rose everywhere in those years; where they do not, fewer may hold"
    for level, many in ((0.8, "8 of 10"), (0.95, "19 of 20"))
}


def beyond(years: int, tested: int) -> str:
    """Say that a forecast goes further than such ones were tested, as a further sentence; nothing if it does not."""
    if years <= tested:
        return ""
    return f" It was tested up to {_YEARS.count(tested)} ahead; this forecast goes {number(years)}."


def by_own_past(method: str = "auto") -> Forecaster:
    """Return a forecaster from a history alone: by a method of ``methods.forecast``, or by the one that chooses."""

    def made(history: History, years: range, level: float) -> Outlook:
        past = history.by_year
        used = forecast.choose(past) if method == "auto" else method
        usable = [name for name in forecast.METHODS if name != "growth" or past.min() > 0]
        if used not in usable:
            raise InputError(
                f"method is {used!r}, which needs {history.noun} above 0 in every year, and there are years without "
                "any: choose another method."
            )
        found = {name: forecast.ahead(past, len(years), name, level, forecast.WIDENING[name]) for name in usable}
        tried = {name: forecast.backtest(past, name) for name in usable}
        nearest = min(tried, key=lambda name: round(tried[name].mase, 10))
        meaning, course, made_from = _METHODS[used]
        held = _MEASURED.get(level, "How often ranges at this level hold has not been measured")
        untried = "" if past.size == _TRIED else f", and histories of {number(past.size)} values were not tried"

        def range_at(level: float) -> tuple[Any, Any, Any]:
            one = forecast.ahead(past, len(years), used, level, forecast.WIDENING[used])
            return one.central, one.lower, one.upper

        chosen = "The forecast uses the method" if method == "auto" else "The method was set for this run:"
        return Outlook(
            pd.DataFrame({part: getattr(found[used], part) for part in LIMITS}, index=years),
            course.format(month=history.month, first=past.index[0], last=past.index[-1]),
            made_from,
            f"The range is made from {made_from} (a statistical interval at the {percent(level)} level), and widens "
            f"with the years. {held}{untried}, so the range is not to be read as a chance."
            f"{beyond(len(years), len(forecast.WIDENING[used]))}",
            f'{chosen} "{used}": {meaning}. The table shows what the others say. Tried on the past of this series, '
            f'"{nearest}" came nearest, but {number(past.size)} values are too few to choose by, and a method chosen '
            "for coming nearest gives a range that is too narrow.",
            pd.DataFrame(
                {
                    "method": f"{name}: {_METHODS[name][0]}",
                    "central": intervals.rounded(one.central[-1], one.lower[-1], one.upper[-1]).value,
                    "mase": tried[name].mase, "errors": tried[name].errors,
                    "used": "used" if name == used else "for comparison",
                }
                for name, one in found.items()
            ),
            _distribution(years, range_at),
            _own_past(past, len(years), used, level),
        )  # fmt: skip

    return made


def _own_past(past: pd.Series, furthest: int, method: str, level: float) -> pd.DataFrame:
    """Return what a method would have forecast for the last year, by the years before it within so many."""
    made = {}
    for known in range(max(forecast.FEWEST, past.size - furthest), past.size):
        with suppress(ValueError):
            one = forecast.ahead(past.iloc[:known], past.size - known, method, level, forecast.WIDENING[method])
            made[past.index[known - 1]] = [one.central[-1], one.lower[-1], one.upper[-1]]
    return pd.DataFrame.from_dict(made, orient="index", columns=LIMITS)


def by_all_areas(method: str = "auto") -> Forecaster:
    """Return a forecaster from all areas that the history's table holds.

    Where these are fewer than 20, or their years than 11, or a method is named, it is one from the history alone.
    """
    alone = by_own_past(method)

    def made(history: History, years: range, level: float) -> Outlook:
        held = history.areas
        if method != "auto" or len(held) < panel.FEWEST_AREAS or held.shape[1] < panel.FEWEST_YEARS:
            return alone(history, years, level)
        found = panel.ahead(held, len(years), level)
        row, rule = list(held.index).index(history.area), found.rule
        over, of_own = (_over_the_last(length) for length in (rule.country_years, rule.own_years))
        apart = (
            f", plus {percent(rule.weight)} of {history.area}'s own difference from that {of_own}"
            if rule.weight
            else ""
        )
        whose = f"in {history.area} itself {of_own}" if rule.weight > 0.5 else f"in all {len(held)} areas {over}"
        # With the fewest years there is none before that a forecast could have been made in.
        counted = panel.calibration(held, len(years), level) if held.shape[1] > panel.FEWEST_YEARS else None

        def range_at(level: float) -> tuple[Any, Any, Any]:
            one = panel.ahead(held, len(years), level)
            return one.central[row], one.lower[row], one.upper[row]

        return Outlook(
            pd.DataFrame({part: getattr(found, part)[row] for part in LIMITS}, index=years),
            f"growth goes on much as {whose}",
            "all areas' past errors",
            "The range is made from all areas' past errors, and widens with the years. "
            + _calibration(held, len(years), counted),
            f"The forecast uses all {len(held)} areas with {history.noun} in every year from "
            f"{history.when(int(held.columns[0]))} to {history.base}. Growth goes on as in all of them together {over}"
            f"{apart}. Of all such rules this one came nearest over all areas' past.",
            pd.DataFrame(),
            _distribution(years, range_at),
            _panels_past(held, row, counted),
        )

    return made


def _panels_past(held: pd.DataFrame, row: int, counted: Calibration | None) -> pd.DataFrame:
    """Return what would have been forecast of one area for the last year, by the years before that reach it."""
    made = {}
    for known, one in enumerate(counted.made if counted else (), start=panel.FEWEST_YEARS):
        if known + one.central.shape[1] == held.shape[1]:
            made[held.columns[known - 1]] = [getattr(one, limit)[row, -1] for limit in LIMITS]
    return pd.DataFrame.from_dict(made, orient="index", columns=LIMITS)


def _over_the_last(years: int) -> str:
    return "over the last year" if years == 1 else f"over the last {_YEARS.count(years)}"


def _calibration(areas: pd.DataFrame, years: int, counted: Calibration | None) -> str:
    """Say how often such ranges held in the past."""
    if counted is None:
        return (
            f"The {_YEARS.count(areas.shape[1])} held leave none to test such ranges on, so it is not to be read as a "
            "chance."
        )
    held, made, last = counted.held, counted.forecasts, counted.furthest - 1

    def share(step: int) -> str:
        return f"{whole(100 * held[step] / made[step])} of 100"

    if round(counted.level * 10, 6) % 1 == 0:
        all_told = f"about {whole(10 * counted.share)} of 10"
    else:
        all_told = f"about {whole(100 * counted.share)} of 100"
    first = f"One year ahead {share(0)} held, from {_YEARS.count(int(counted.origins[0]))}"
    further = (
        f"; {_YEARS.count(last + 1)} ahead {share(last)}, from {number(int(counted.origins[last]))}" if last else ""
    )
    return (
        f"In the past, {all_told} such ranges held the later figure: {held.sum():,} of {made.sum():,}, over "
        f"{len(areas)} areas. Each was made only from what was known in its year. {first}{further}. All areas share "
        f"what befalls the country, so count the years, not the ranges.{beyond(years, counted.furthest)}"
    )


@dataclass(frozen=True)
class Scenario:
    """What else could happen: a name, what it takes (to go on a sentence with), its numbers by year, its grounds."""

    name: str
    meaning: str
    path: pd.Series
    assumed: Assumed | None = None


@dataclass(frozen=True)
class Projection:
    """A history, what a forecaster makes of it, and scenarios; where it makes nothing, the scenarios are the range.

    ``level`` is the share of outturns that the range is meant to hold.
    """

    past: History
    years: range
    scenarios: tuple[Scenario, ...]
    outlook: Outlook | None
    level: float

    @property
    def end(self) -> int:
        """The last year to come."""
        return self.years[-1]

    @property
    def too_few(self) -> str:
        """Why no forecast is made, to be said after "because"."""
        few = self.past.by_year.size
        verb = "is" if few == 1 else "are"
        return f"{_YEARS.count(few)} of history {verb} too few (it takes {number(forecast.FEWEST)})"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """``central``, ``lower`` and ``upper`` by year; without a forecast the first scenario and the span of all."""
        if self.outlook is not None:
            return self.outlook.frame
        each = pd.DataFrame({one.name: one.path for one in self.scenarios})
        return pd.DataFrame({"central": each.iloc[:, 0], "lower": each.min(axis=1), "upper": each.max(axis=1)})

    @property
    def distribution(self) -> pd.DataFrame:
        """What the numbers lie below with some probabilities: ``year``, ``probability`` and ``value``; may be empty."""
        if self.outlook is None or self.outlook.distribution.empty:
            return pd.DataFrame(columns=["year", "probability", "value"])
        found = self.outlook.distribution.rename_axis("year").reset_index()
        return found.melt("year", var_name="probability").astype({"probability": float})

    def rounded_alike(self, path: pd.Series) -> pd.Series:
        """Return other numbers for the years to come to as many figures as the range allows."""
        to_come = self.frame.loc[path.index]
        return pd.Series(intervals.rounded(path, to_come["lower"], to_come["upper"]).value, index=path.index)

    @property
    def value(self) -> Number:
        """The last year's central number, not rounded, to be followed from run to run."""
        what = f"{self.past.noun} in {self.past.when(self.end)}{'' if self.outlook else ', scenario'}"
        return Number(float(self.frame["central"].iloc[-1]), unit=what)

    @property
    def at_end(self) -> Range:
        """The last year's number with its range."""
        return self.at_end_times(1)

    @property
    def asked(self) -> str:
        """The last year's range, widened to what the method that came nearest in the past gives."""
        ends = [self.at_end.lower, self.at_end.upper]
        if (nearest := self.nearest) is not None:
            ends.append(self.past.now.like(float(nearest["central"])))
        return Range(min(ends, key=float), max(ends, key=float)).limits

    @property
    def nearest(self) -> pd.Series | None:
        """The method that came nearest in the past: ``central`` and ``used``; None where none was compared."""
        if self.outlook is None or self.outlook.compared.empty:
            return None
        compared = self.outlook.compared
        found: pd.Series = compared.iloc[int(compared["mase"].round(10).argmin())]
        return found

    @property
    def doubt(self) -> str:
        """What other methods give, and how far the one used was off when tried, a sentence each."""
        return " ".join(one for one in (self._others, self._tried) if one)

    @property
    def _others(self) -> str:
        if self.outlook is None or self.nearest is None:
            return ""
        compared = self.outlook.compared
        others = compared.loc[compared["used"] != "used", "central"]
        if others.empty:
            return ""
        least, most = whole(others.min()), whole(others.max())
        said = f"Other methods give {least} to {most}"
        if self.nearest["used"] == "used":
            return f"{said}."
        return f"{said}; the one that came nearest in the past gives {whole(self.nearest['central'])}."

    @property
    def _tried(self) -> str:
        if self.outlook is None or self.outlook.before.empty:
            return ""
        known, off = self.first_tried
        if round(abs(off) * 100) < 1:
            return ""
        how = f"{percent(abs(off))} too {'high' if off > 0 else 'low'}"
        return f"Tried from {self.past.when(known)}, the method used was {how} for {self.past.when(self.past.base)}."

    @property
    def first_tried(self) -> tuple[int, float]:
        """The earliest year that a forecast of the last was tried from, and by what share it was too high."""
        known = int(self.outlook.before.index[0])  # type: ignore[union-attr]
        tried = float(self.outlook.before["central"].iloc[0])  # type: ignore[union-attr]
        return known, tried / self.past.now.value - 1

    def at_end_times(self, factor: float, kind: type[Number] = Number) -> Range:
        """Return the last year's number with its range, times something; money to 0.1 million at the finest."""
        central, lower, upper = (float(self.frame[limit].iloc[-1]) * factor for limit in LIMITS)
        unit, finest = (1e6, 0.1) if kind is Money and upper >= 1e6 else (1, 1)
        last = intervals.rounded(central / unit, lower / unit, upper / unit, finest)
        return Range(*(kind(one * unit, last.decimals) for one in (last.lower, last.upper, last.value)))

    @property
    def assumptions(self) -> list[Assumed]:
        """What the forecast and its scenarios take as true, each with what it changes."""
        past, when = self.past, self.past.when(self.end)
        found = []
        if self.outlook is not None:
            first = past.when(past.by_year.index[0])
            found.append(Assumed(
                "The forces behind past growth go on. No change of law, threshold or funding is foreseen.",
                "amber", "high", f"what happened from {first} to {past.base}",
                f"Without further growth there would be {past.now} {past.noun} in {when}, not {self.at_end.roughly}.",
            ))  # fmt: skip
        for one in self.scenarios:
            if one.assumed is not None:
                reached = whole(float(self.rounded_alike(one.path)[self.end]))
                changes = f'It bears on the scenario "{one.name}" alone, which reaches {reached} {past.noun} in {when}.'
                found.append(replace(one.assumed, changes=changes))
        return found

    @property
    def names(self) -> dict[str, str]:
        """What the numbers of the last year are, as headers say it."""
        year = self.past.when(self.end)
        if self.outlook is not None:
            return {
                "central": f"{year}, forecast",
                "lower": "At the lower end of the range",
                "upper": "At the upper end of the range",
            }
        lowest, *_, highest = sorted(self.scenarios, key=lambda one: float(one.path[self.end]))
        ends = {"lower": lowest, "upper": highest}
        return {limit: f"{year}, {one.name}" for limit, one in ends.items()}

    def drawn(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers as they may come out: a row a score, a column a year; high in one year is high in all.

        Without a distribution, as of scenarios, the range is taken for one at the level.
        """
        known = self.outlook.distribution if self.outlook else pd.DataFrame()
        if known.empty:
            known = self.frame[["lower", "central", "upper"]].set_axis(
                [0.5 - self.level / 2, 0.5, 0.5 + self.level / 2], axis=1
            )
        return np.stack([forecast.drawn(known.columns, known.loc[year], scores) for year in self.years], axis=1)

    @property
    def total(self) -> pd.DataFrame:
        """The numbers of every year, whole: ``year`` and the limits."""
        return self.frame.round().astype(int).rename_axis("year").reset_index()


def make(
    past: History, end: int, *, forecaster: Forecaster, level: float, scenarios: Sequence[Scenario] = ()
) -> Projection:
    """Forecast a history to a year.

    Parameters
    ----------
    forecaster
        What makes the forecast: ``by_all_areas()`` or ``by_own_past()``.
    level
        Share of outturns the range is meant to hold.
    scenarios
        What else could happen. Where the history is too short for a forecast, two at least stand in for one, and those
        of growth as elsewhere are added.

    Raises
    ------
    InputError
        If the year is not after the history or too far, or the history is too short and no two scenarios are in its
        place.
    """
    years = past.years_to(end)
    try:
        outlook = forecaster(past, years, level)
    except TooShortError:
        outlook = None
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"No forecast of {past.noun} to {end} can be made for {past.area}: {error}.") from None
    if outlook is None:
        scenarios = [*scenarios, *_as_elsewhere(past, end)]
    made = Projection(past, years, tuple(scenarios), outlook, level)
    if outlook is None and len(scenarios) < 2:
        raise InputError(
            f"No forecast of {past.noun} can be made for {past.area}, because {made.too_few}, and there are no two "
            "scenarios to show in its place: name a table with a longer history."
        )
    return made


def _as_elsewhere(past: History, end: int) -> list[Scenario]:
    """Return scenarios of growing as slowly, and as fast, as few other areas did."""
    found = []
    for growth, how in zip(past.elsewhere, ("slow", "fast"), strict=False):
        path = pd.Series(forecast.path(past.now.value, growth, end - past.base), past.years_to(end))
        beyond = {"slow": "more slowly", "fast": "faster"}[how]
        meaning = (
            f"{past.noun} grow by {percent(growth, 1)} a year; one in ten of the other areas grew {beyond} over the "
            f"last {number(_OVER)} years"
        )
        found.append(Scenario(f"As {how} as elsewhere", meaning, path))
    return found


# --- Parts of a total -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Parts:
    """The parts of a total as last known, and in the years to come: ``frame`` has ``year``, the part, and the limits.

    ``central`` is whole and adds up to the total of each year; a part's limits are its own. Where no parts are held,
    ``served_by`` says which files would give them.
    """

    name: str
    last: pd.Series
    year: int
    said: str
    frame: pd.DataFrame
    served_by: Sequence[str] = ()

    def at(self, year: int) -> pd.DataFrame:
        """Return the limits of one year, by part."""
        return self.frame[self.frame["year"] == year].set_index(self.name)[LIMITS]


WORKED_BACK = "worked back"


def year_before(past: History, held: pd.DataFrame) -> list[tuple[int, str, pd.Series]]:
    """Work back plans by need a year before the last, where they are held of none, from new plans and leaving ages.

    Parameters
    ----------
    held
        The series ``ehc-plans-by-need`` of the area; see ``worked_back``.
    """
    new, leaving = (series.if_held(f"ehc-plans-by-need-{of}", past.area) for of in ("new", "leaving"))
    return worked_back(past, held, new, leaving)


def worked_back(
    plans: History, held: pd.DataFrame, new: pd.DataFrame, leaving: pd.DataFrame
) -> list[tuple[int, str, pd.Series]]:
    """Work back the parts of a total a year before the last, if only then all were counted; nothing where it cannot.

    Those that were not new had been there; the rest of that year's total has ended since, and is taken to have had the
    parts of the plans of those old enough to leave.

    Parameters
    ----------
    held, new, leaving
        The series of the parts: of all, of those in place for less than a year, and of those at leaving age.
    """
    years = {year: held[held["year"] == year].set_index("part")["value"] for year in map(int, held["year"].unique())}
    last = max(years, default=0)
    counted_before = any(not _not_counted(years[year], years[last]) for year in years if year < last)
    if not years or counted_before or new.empty or leaving.empty or last - 1 not in plans.by_year:
        return []
    counted, began, older = (
        one[one["year"] == last].set_index("part")["value"].astype(float).fillna(0) for one in (held, new, leaving)
    )
    stayed = (counted - began.reindex(counted.index).fillna(0)).clip(lower=0)
    ended, mix = plans.by_year[last - 1] - stayed.sum(), older.reindex(counted.index).fillna(0)
    if ended < 0 or not mix.sum() or not stayed.sum():
        return []
    return [(last - 1, WORKED_BACK, stayed + ended * mix / mix.sum())]


def _not_counted(before: pd.Series, after: pd.Series) -> list[str]:
    """Return the parts that are missing at one time and were counted at a later one: they stood under others then."""
    return [str(part) for part in before.index[before.isna()] if after.get(part, 0) > 0]


DRAWS = 4_000
FEW = 100
"""Of a smaller total, parts are of single people: they are not split, whoever publishes them."""


def parts(
    known: Sequence[tuple[int, str, pd.Series]], to_come: Projection, name: str, served_by: Sequence[str] = ()
) -> Parts:
    """Carry the parts of a total forward: their shares as they changed, with a brake; their limits from draws.

    Parameters
    ----------
    known
        The year, where from ("official") and the parts, of one time or more up to the last of the history: the shares
        change as between the first and the last. A time at which a part was not counted apart is left out. Of one time
        only, they stay; of none, or of fewer than a hundred in all, the whole is the one part, and also where the total
        has just jumped: so have the shares.
    to_come
        What is to be split. Each draw of the total is split by a draw of the shares, so its parts add up to it.
    name
        What a part is.
    served_by
        Files that would give the parts, where none is known.
    """
    years, when = to_come.years, to_come.past.when
    enough = to_come.past.now.value >= FEW and not to_come.past.just_jumped
    in_order = sorted((one for one in known if enough and one[0] <= to_come.past.base), key=lambda one: one[0])
    if not in_order:
        whole = to_come.total.assign(**{name: "All"})[["year", name, *LIMITS]]
        return Parts(name, pd.Series(dtype=float), 0, "", whole, served_by)
    last, source_of_last, after = in_order[-1]
    after = after[after > 0]
    apart = sorted({part for _, _, before in in_order for part in _not_counted(before, after)})
    first, source, before = next(one for one in in_order if not _not_counted(one[2], after))
    ahead, moving = [year - last for year in years], last > first
    earlier = steadied(before.reindex(after.index).fillna(0), after) if moving else None
    course = shares_ahead(earlier, after, (last - first) or 1, ahead)
    chance = np.random.default_rng(0)
    scores = chance.standard_normal((DRAWS, after.size))
    wander = WANDER["with a pace" if moving else "without"]
    drawn = to_come.drawn(chance.standard_normal(DRAWS))[:, :, None] * shares_drawn(
        course, after, ahead, scores, wander
    )
    ends = np.quantile(drawn, [0.5 - to_come.level / 2, 0.5 + to_come.level / 2], axis=0)
    each = []
    for year, total, shares, lower, upper in zip(years, to_come.total["central"], course, *ends, strict=True):
        central = whole_parts(int(total), shares)
        limits = {"lower": np.minimum(lower.round(), central), "upper": np.maximum(upper.round(), central)}
        each.append(pd.DataFrame({"year": year, name: after.index, "central": central, **limits}))
    if moving:
        said = (
            f"Each {name}'s share goes on changing as it did from {when(first)} ({source}) to {when(last)} "
            f"({source_of_last}), a fifth more slowly each year. The pace of a small {name} is mostly chance, so less "
            "of it goes on."
        )
    else:
        said = f"Each {name} keeps the share it had in {when(last)} ({source}), because no earlier shares are held."
    if apart:
        said += f" Before, {listed(apart)} {'was' if len(apart) == 1 else 'were'} not counted apart."
    return Parts(name, after, last, said, pd.concat(each, ignore_index=True).astype(dict.fromkeys(LIMITS, int)))


# --- What a paper forecast ------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """What a paper forecast: parts of a total in two years; between them the total is taken to grow evenly.

    ``parts`` has ``before`` and ``after`` by part, and ``made`` is the paper's own year.
    """

    parts: pd.DataFrame
    first: int
    last: int
    made: int

    @property
    def start(self) -> Number:
        """The total in the first year."""
        return Number(self.parts["before"].sum())

    @property
    def end(self) -> Number:
        """The total in the last year."""
        return Number(self.parts["after"].sum())

    def __bool__(self) -> bool:
        """Whether there is one."""
        return not self.parts.empty

    @property
    def growth(self) -> float:
        """The total's growth, as a share."""
        return self.end.value / self.start.value - 1

    @property
    def rate(self) -> float:
        """The same a year."""
        return forecast.yearly_growth(self.start.value, self.end.value, self.last - self.first)

    @property
    def path(self) -> pd.Series:
        """The total by year."""
        years = range(self.first, self.last + 1)
        return pd.Series([self.start.value, *forecast.path(self.start.value, self.rate, len(years) - 1)], index=years)

    def findings(self, past: History, counted: float | None) -> list[Found]:
        """Return how much of its growth had come when it was made, by its own count of then, and what it forecast.

        Parameters
        ----------
        past
            The history that it is a forecast of.
        counted
            How many the paper counts when it is made; None where it does not.
        """
        found = []
        if counted is not None and self.start.value < counted < self.end.value:
            now, added = self.start.like(counted), self.end.value - self.start.value
            come = (counted - self.start.value) / added
            found.append(Found(
                "growth-come",
                f"Of the growth that the council forecast in {self.made}, {percent(come)} had already come.",
                f"It counted {now} {past.noun} in autumn {self.made}. The {self.end} that it forecast for "
                f"{past.when(self.last)} are {percent(self.end.value / counted - 1)} more than those, not "
                f"{percent(self.growth)}.", Number(come * 100, unit="%"),
            ))  # fmt: skip
        if self:
            found.append(Found(
                "paper-forecast",
                f"In {self.made} the council forecast {self.end} {past.noun} by {past.when(self.last)}, "
                f"{percent(self.growth)} more than the {self.start} of {past.when(self.first)}.",
                f"That is growth of {percent(self.rate, 1)} a year.",
                Number(self.end.value, unit=f"{past.noun} in {past.when(self.last)}"),
            ))  # fmt: skip
        return found

    def passed(self, past: History) -> str:
        """Say whether and when what happened exceeded the total forecast for the last year, to be said after it."""
        beyond = past.by_year[past.by_year > self.end.value]
        if beyond.empty:
            return "had not been passed"
        when = int(beyond.index[0])
        early = f"{_YEARS.count(abs(self.last - when))} {'early' if when < self.last else 'late'}"
        due = "when they were forecast for" if when == self.last else early
        return f"were passed by {past.when(when)} ({whole(beyond[when])}), {due}"

    def passed_by(self, past: History) -> str:
        """Say the same as a sentence, with the last number there was; without a forecast, how the numbers went."""
        if not self:
            return f"The number of {past.noun} in force {past.path}."
        said = f"The {self.end} {past.noun} forecast for {past.when(self.last)} {self.passed(past)}"
        return f"{said}; by {past.when(past.base)} there were {past.now}."

    def against_now(self, past: History) -> str:
        """Say as a sentence what became of the forecast; without one, how the numbers went or that it is in doubt."""
        if not self:
            return _DOUBT if past.just_jumped else f"The number of {past.noun} {past.path}."
        return f"The {self.end} {past.noun} forecast for {past.when(self.last)} {self.passed(past)}."

    @property
    def aside(self) -> str:
        """What was forecast, to be said after what happened; nothing if nothing was."""
        return f"; the council forecast {self.end} by {self.last}" if self else ""

    def worse(self, past: History) -> list[str]:
        """Say, as a clause, if the last of what happened is above the forecast."""
        above = self and past.now.value > self.path.get(past.base, self.end.value)
        return ["above the council's forecast"] if above else []

    def against(self, past: History) -> pd.DataFrame:
        """Return what happened against the path: ``year``, ``happened``, ``forecast``, ``off`` and ``off_per_cent``."""
        both = pd.DataFrame({"happened": past.by_year, "forecast": self.path}).dropna()
        both["off"] = both["happened"] - both["forecast"]
        return both.assign(off_per_cent=both["off"] / both["forecast"] * 100).rename_axis("year").reset_index()


def as_printed(frame: pd.DataFrame, part: str) -> Printed:
    """Return the forecast of a paper's table, with a row a part and a column for each of two Januaries or the like.

    Parameters
    ----------
    frame
        A table of the catalogue without its totals. The columns are called by month and year, as ``january_2031``.
    part
        The column that names the parts.
    """
    when = {name: int(name[-4:]) for name in frame.columns if re.fullmatch(r"[a-z]+_\d{4}", name)}
    (before, first), (after, last) = sorted(when.items(), key=lambda one: one[1])
    parts = frame.set_index(part)[[before, after]].astype(float).set_axis(["before", "after"], axis=1)
    return Printed(parts, first, last, int(frame.attrs["table"].sources[0].date[:4]))
