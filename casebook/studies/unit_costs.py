"""What a week of a child's care costs an area, beside similar councils and England, in the prices of each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from casebook.data import series, tables
from casebook.data.series import Neighbours
from casebook.english import (
    Change,
    Gap,
    Group,
    Money,
    Period,
    Place,
    capital,
    listed,
    percent,
    possessive,
    the_region,
)
from casebook.errors import InputError
from casebook.methods import benchmark
from casebook.methods.benchmark import AverageKind
from casebook.studies.comparison import AVERAGES, OTHERS, SIMILAR, years_to_compare

FEW = 50
"""With fewer children in care, one dear placement moves what an average week costs."""
ROUNDED = 5
"""The pounds to which the costs are rounded; what lies nearer is level."""
JUMPS = (0.6, 1.6)
"""A cost that falls below or rises above so much of what it was in one year jumps."""


@dataclass(frozen=True)
class CostOf:
    """A unit cost of the series, what it is of ("a week in a foster placement"), and what those are called."""

    series: str
    what: str
    called: str


@dataclass(frozen=True)
class UnitCost:
    """What a week costs in an area and among others, year by year; the same others in every year.

    ``values`` has ``area``, ``year`` and ``value`` of the area and those it is compared with, ``england`` and
    ``regional`` pounds by year; ``older`` the others' average by older lists of
    similar councils; ``few`` is whether too few children are in care to judge it; ``jumps`` are the share
    of all authorities' yearly changes that are jumps, and ``lacking`` those without a value in the last year.
    """

    area: str
    measure: CostOf
    period: Period
    average: AverageKind
    group: Group
    region: str
    values: pd.DataFrame
    england: pd.Series
    regional: pd.Series
    older: tuple[Money, ...]
    few: bool
    usual_jumps: float
    lacking: tuple[str, ...]

    @property
    def key(self) -> str:
        """What its findings' names begin with."""
        return self.measure.series.removesuffix("-cost")

    @property
    def what(self) -> str:
        """What it is of: "a week in a foster placement"."""
        return self.measure.what

    @cached_property
    def own(self) -> pd.Series:
        """The area's pounds a week, by year."""
        return self.values[self.values["area"] == self.area].set_index("year")["value"]

    @property
    def years(self) -> tuple[int, int]:
        """The first year and the last."""
        return int(self.own.index[0]), int(self.own.index[-1])

    @property
    def when(self) -> str:
        """When the last cost was, to begin a sentence with."""
        return capital(self.period.when(self.years[1]))

    @cached_property
    def averages(self) -> pd.Series:
        """The others' average, by year."""
        others = self.values[self.values["area"] != self.area].groupby("year")["value"]
        return pd.Series({year: benchmark.average(self.average, rows).value for year, rows in others})

    @property
    def kind(self) -> str:
        """What the average is called."""
        return AVERAGES[self.average]

    @property
    def last(self) -> Money:
        """What a week cost last."""
        return Money(float(self.own.iloc[-1]))

    @property
    def mean_or_median(self) -> Money:
        """The others' average then."""
        return Money(float(self.averages.iloc[-1]))

    @property
    def gap(self) -> Gap:
        """How far the last cost lies from the average."""
        return self.from_(self.mean_or_median)

    def from_(self, other: Money) -> Gap:
        """Return how far the last cost lies from another."""
        return Gap.between(self.last, self.last if abs(self.last.value - other.value) < ROUNDED else other)

    @property
    def against_england_and_region(self) -> str:
        """How far it lies from England's cost and its region's, to be said after "it was"."""
        ends = {"England": self.england, the_region(self.region): self.regional}
        last = self.years[1]
        return listed(
            f"{self.from_(Money(float(cost[last]))).share} {possessive(name)} {Money(float(cost[last]))}"
            for name, cost in ends.items()
            if last in cost.index
        )

    @property
    def said(self) -> str:
        """The last cost and how far it lies from the average, as a sentence; where few stand behind, not how far."""
        far = "" if self.few else f", {self.gap.share} the {self.kind} of {self.group.noun}"
        return f"{self.when} {self.what} cost {self.area} {self.last}{far}."

    @property
    def place(self) -> Place:
        """The area's place among the others in the last year."""
        there = self.values[(self.values["year"] == self.years[1]) & (self.values["area"] != self.area)]
        return Place.like(benchmark.place(self.last.value, there["value"]))

    @property
    def path(self) -> Change:
        """The area's cost in the first year and the last, in the prices of each."""
        return self._path(self.own)

    @property
    def england_path(self) -> Change:
        """England's."""
        return self._path(self.england)

    def _path(self, pounds: pd.Series) -> Change:
        first, last = self.years
        when = (self.period.when(first), self.period.when(last))
        return Change(Money(float(pounds[first])), Money(float(pounds[last])), when)

    @property
    def as_england(self) -> Money:
        """What it would be if it had moved as England's cost did since the first year; general inflation is in both."""
        first, last = self.years
        return Money(round(float(self.own[first] * self.england[last] / self.england[first]) / ROUNDED) * ROUNDED)

    def in_real_terms(self, index: pd.Series) -> Change | None:
        """Return the change in the prices of the last year, by an index of prices by year; None where it has a gap."""
        first, last = self.years
        if not {first, last} <= set(index.dropna().index):
            return None
        before = Money(float(self.own[first] * index[last] / index[first]))
        return Change(before, self.last, (self.period.when(first), self.period.when(last)))

    @property
    def list_used(self) -> str:
        """Whom it is compared with, and whether another list of similar councils would matter, as sentences."""
        if self.group.whose != "its":
            return f"The others are those of {the_region(self.region)}, because no list of similar councils is held."
        said = "The similar councils are those of the Department for Education's newest list held here."
        if {self.gap.side, *(self.from_(one).side for one in self.older)} >= {"above", "below"}:
            said += f" By an older list {self.what} would lie on the other side of the {self.kind}."
        return said

    @property
    def jumps(self) -> list[int]:
        """The years in which the area's cost jumped."""
        ratio = self.own / self.own.shift()
        return [int(year) for year in ratio.index[(ratio < JUMPS[0]) | (ratio > JUMPS[1])]]

    @property
    def briefly(self) -> str:
        """The finding of the report's card."""
        beside = "" if self.few else f"; the {self.kind} of {self.group.noun} is {self.mean_or_median}"
        return f"{capital(self.what)} costs {self.last}{beside}."

    @property
    def basis(self) -> str:
        """What goes with the cost: how far it lies from others, and what has to be known of it."""
        if self.few:
            return self.remark
        return f"It was {self.against_england_and_region}, and the {self.place.among} compared. {self.remark}"

    @property
    def ranking(self) -> dict[str, str]:
        """What all areas are ranked by with the last cost, and when it was; nothing where it is too few to judge."""
        return {} if self.few else {"ranks": f"what {self.what} costs", "period": self.period.when(self.years[1])}

    @property
    def remark(self) -> str:
        """What keeps the last cost from being judged, or the years from being compared, as a sentence; or nothing."""
        if self.few:
            return f"Fewer than {FEW} children are in care in {self.area}, so one placement moves it."
        if self.jumps:
            when = listed(self.period.named(year) for year in self.jumps)
            return (
                f"It jumped in {when}, as {percent(self.usual_jumps)} of such costs do in a year. Was spending moved "
                "from one line of the return to another?"
            )
        return ""


def of_series(
    measures: Sequence[CostOf], area: str, *, average: AverageKind = "median", first_year: int | None = None,
    last_year: int | None = None,
) -> list[UnitCost]:  # fmt: skip
    """Compare what a week of an area's care costs with others, as far as it is held.

    The others are the area's similar councils where a list of them is held, otherwise those of its region, in the years
    in which most of them have a cost every time.

    Raises
    ------
    InputError
        If none of the costs is held for the area, no other authority can be compared, or a year is not held.
    """
    found = series.panels((one.series for one in measures), area)
    if not found:
        series.panel(measures[0].series, area)
    lists = series.neighbour_lists(area)
    in_care = series.if_held("children-in-care", area)
    return [
        _unit_cost(found[one.series], area, one, average, lists, in_care, first_year, last_year)
        for one in measures
        if one.series in found
    ]


def _unit_cost(
    frame: pd.DataFrame, area: str, measure: CostOf, average: AverageKind, lists: Sequence[Neighbours],
    in_care: pd.DataFrame, first_year: int | None, last_year: int | None,
) -> UnitCost:  # fmt: skip
    pounds = frame.pivot(index="year", columns="area", values="value")
    region = tables.authority(area).region
    authorities = [name for name in tables.authorities_in() if name in pounds]
    names = lists[0].names if lists else tables.authorities_in(region)
    others = pounds.reindex(columns=[name for name in names if name != area]).T
    if others.isna().all(axis=None):
        raise InputError(f"{frame.attrs['vintage']} has no authority besides {area} to compare it with.")
    years = years_to_compare(pounds[area], pounds["England"], others, first_year, last_year)
    compared = others[years].dropna()
    if compared.empty or pounds.loc[years, [area, "England"]].isna().any(axis=None):
        raise InputError(
            f"{frame.attrs['vintage']} has no {frame.attrs['series'].is_} from {years[0]} to {years[-1]} of {area}, "
            "England and another authority: choose first_year and last_year so that it has."
        )
    group = Group(
        SIMILAR if lists else OTHERS, tuple(compared.index), len(others), "its" if lists else "the",
        "" if lists else f"of {the_region(region)}",
    )  # fmt: skip
    values = pounds.loc[years, [area, *compared.index]].melt(ignore_index=False, var_name="area").reset_index()
    children = in_care[in_care["year"] == years[-1]]["value"]
    yearly = (pounds[authorities] / pounds[authorities].shift()).to_numpy()
    yearly = yearly[~np.isnan(yearly)]
    return UnitCost(
        area, measure, Period(frame.attrs["series"].period), average, group, region, values,
        pounds["England"].dropna(), pounds[region].dropna() if region in pounds else pd.Series(dtype="float64"),
        tuple(
            Money(benchmark.average(average, there).value)
            for one in lists[1:]
            if (there := pounds.reindex(columns=one.names).loc[years[-1]].dropna()).size
        ),
        bool(len(children)) and not float(children.iloc[0]) >= FEW,
        float(np.mean((yearly < JUMPS[0]) | (yearly > JUMPS[1]))),
        tuple(pounds.loc[years[-1], authorities].isna()[lambda none: none].index),
    )  # fmt: skip
