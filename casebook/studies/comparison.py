"""One area's rate against that of others and England over years: everything a report says of it, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from casebook.data import tables
from casebook.english import (
    Change,
    Difference,
    Gap,
    Group,
    Judgement,
    Moved,
    Noun,
    Number,
    Place,
    Rate,
    capital,
    listed,
)
from casebook.errors import InputError
from casebook.methods import benchmark, intervals
from casebook.methods.benchmark import AverageKind, Polarity
from casebook.methods.intervals import Interval

AVERAGES: dict[AverageKind, str] = {"mean": "mean", "median": "median", "pooled": "pooled rate"}


@dataclass(frozen=True)
class Children:
    """How many children an area has: the number taken, the official one, and the year that one is for."""

    number: int
    official: int
    year: int
    given: bool

    def __str__(self) -> str:
        """Write the number taken."""
        return f"{self.number:,}"

    @property
    def source(self) -> str:
        """Where the number taken is from."""
        return "as given for this run" if self.given else f"the official estimate for mid-{self.year}"


def children(population: pd.DataFrame, area: str, year: int, child_population: int | None = None) -> Children:
    """Return the children of an area in the middle of a year; those of the earliest year held where there are none.

    Parameters
    ----------
    population
        Columns ``area``, ``year`` and ``children``.
    child_population
        A number to take instead of the official one.

    Raises
    ------
    InputError
        If the number given is not above 0, or the table has no row for the area.
    """
    if child_population is not None and child_population <= 0:
        raise InputError(
            f"child_population is {child_population}, expected a whole number above 0, or None for the official "
            "estimate."
        )
    own = population[population["area"] == area].sort_values("year").set_index("year")["children"]
    if own.empty:
        raise InputError(
            f"data/raw/child_population.csv has no row for {area}, so a rate cannot be put as a number of children: "
            "add the row."
        )
    held = year if year in own.index else int(own.index[0])
    return Children(child_population or int(own[held]), int(own[held]), held, child_population is not None)


@dataclass(frozen=True)
class Standing:
    """The area in one year: its rate, the averages of the others (those there are), England's rate and its place."""

    year: int
    rate: Rate
    average: Rate
    averages: dict[AverageKind, Rate]
    england: Rate
    place: Place
    in_events: Difference
    compared: int

    @property
    def gap(self) -> Gap:
        """How far it lies from the average."""
        return Gap.between(self.rate, self.average)

    @property
    def england_gap(self) -> Gap:
        """How far it lies from England."""
        return Gap.between(self.rate, self.england)


@dataclass(frozen=True)
class Comparison:
    """An area's rate against that of others and England, in one or several years.

    Over years only the same authorities are compared, those with a rate in every year; ``left_out`` has the others,
    each with the years it lacks.
    """

    area: str
    group: Group
    chosen_for: str
    average: AverageKind
    counted: Noun
    briefly: str
    per: int
    values: pd.DataFrame
    england: pd.Series
    years: tuple[Standing, ...]
    with_rate: dict[int, int]
    left_out: dict[str, list[int]]
    children: Children
    held_years: tuple[int, ...]

    @property
    def first(self) -> Standing:
        """The first year."""
        return self.years[0]

    @property
    def last(self) -> Standing:
        """The last year."""
        return self.years[-1]

    @property
    def several_years(self) -> bool:
        """Whether there is more than one."""
        return len(self.years) > 1

    @property
    def own_group(self) -> bool:
        """Whether the others were chosen for this area."""
        return self.area == self.chosen_for

    @property
    def kind(self) -> str:
        """What the average is called."""
        return AVERAGES[self.average]

    @property
    def whom(self) -> str:
        """What the others are called for short."""
        return "neighbours" if self.own_group else "others"

    @property
    def others(self) -> str:
        """The same with its article."""
        return f"the {self.whom}"

    @property
    def average_name(self) -> str:
        """What the average is called in charts."""
        return f"{capital(self.kind)} of {self.others}"

    @property
    def path(self) -> Change:
        """The area's rate, first and last."""
        return self._change(self.first.rate, self.last.rate)

    @property
    def in_years(self) -> Change:
        """The same, with the years alone."""
        return replace(self.path, when=(f"in {self.first.year}", f"in {self.last.year}"))

    @property
    def average_path(self) -> Change:
        """The average of the others, first and last."""
        return self._change(self.first.average, self.last.average)

    @property
    def england_path(self) -> Change:
        """England's rate, first and last."""
        return self._change(self.first.england, self.last.england)

    @property
    def places(self) -> Moved:
        """The area's place, first and last."""
        return Moved(self.first.place, self.last.place, not self.several_years)

    @property
    def held(self) -> str:
        """The years for which the others' numbers of children are held."""
        return f"for the year to March {listed(self.held_years)} only"

    @property
    def frame(self) -> pd.DataFrame:
        """A row a year: rate, averages, distances and places."""
        return pd.DataFrame(
            {
                "year": one.year, "rate": one.rate.value, "compared": one.compared, "place": str(one.place),
                **{name: one.averages[name].value if name in one.averages else float("nan") for name in AVERAGES},
                "gap": one.gap.value, "gap_per_cent": one.gap.per_cent, "in_events": one.in_events.value,
                "england": one.england.value, "england_gap": one.england_gap.value,
                "england_gap_per_cent": one.england_gap.per_cent,
            }
            for one in self.years
        )  # fmt: skip

    @cached_property
    def moves(self) -> pd.DataFrame:
        """A row an authority: rate before and after, and the change, the largest fall first."""
        ends = self.values.pivot(index="area", columns="year", values="rate")[[self.first.year, self.last.year]]
        return _moved(ends.set_axis(["before", "after"], axis=1).reset_index())

    def moves_with(self, lines: dict[str, Change]) -> pd.DataFrame:
        """Return the same with averages among the authorities, by name."""
        more = [{"area": name, "before": path.before.value, "after": path.after.value} for name, path in lines.items()]
        return _moved(pd.concat([self.moves[["area", "before", "after"]], pd.DataFrame(more)], ignore_index=True))

    @property
    def rank_of_change(self) -> int:
        """The place of the area's change among the authorities', the largest in its own direction first."""
        change = self.moves.set_index("area")["change"]
        where = benchmark.place(-change[self.area], -change.drop(self.area))
        return where.rank if change[self.area] <= 0 else where.rank_from_lowest

    @property
    def rose(self) -> int:
        """In how many of the others the rate rose."""
        return int((self.moves.loc[self.moves["area"] != self.area, "change"] > 0).sum())

    @property
    def events(self) -> float:
        """The count behind the last rate, worked back from it and the official number of children."""
        return self.last.rate.value * self.children.official / self.per

    @cached_property
    def interval(self) -> Interval | None:
        """The 95% interval of the last rate (Byar's); None where the number of children held is for another year."""
        if self.last.year != self.children.year + 1:
            return None
        return intervals.rate(self.events, self.children.official, self.per)

    @property
    def against_average(self) -> Judgement:
        """Whether the last rate differs from the average by more than chance."""
        return self._judged(self.last.average, f"the {self.kind} of {self.group}")

    @property
    def against_england(self) -> Judgement:
        """Whether it differs from England's by more than chance."""
        return self._judged(self.last.england, "England's rate")

    def _judged(self, other: Rate, called: str) -> Judgement:
        return judged(self.interval, other, called)

    def _change(self, before: Rate, after: Rate) -> Change:
        first, last = (f"in the year to March {one.year}" for one in (self.first, self.last))
        return Change(before, after, (first, last))


def judged(
    interval: Interval | None, other: Number, called: str, polarity: Polarity = "no judgement",
    wider: Interval | None = None,
) -> Judgement:  # fmt: skip
    """Say whether a value differs from another by more than chance, from its 95% interval and a wider one."""
    return Judgement(str(benchmark.compare(interval, other.value, polarity, wider)), called)


def over_years(
    frame: pd.DataFrame, area: str, *, average: AverageKind, per: int, counted: Noun, briefly: str,
    population: pd.DataFrame, child_population: int | None = None,
) -> Comparison:  # fmt: skip
    """Compare an area's rate with that of the other authorities of a table and England, year by year.

    A rate for the year to March belongs to the children there were in the middle of the calendar year before.

    Parameters
    ----------
    frame
        A table of the catalogue: ``area``, ``year`` and ``rate``, England among the areas. The column's description
        says with how many decimals a rate is written.
    area
        The area; it is never part of the average.
    average
        ``mean``, ``median`` or ``pooled`` (see ``benchmark.average``).
    per
        How many children the rate is for.
    counted, briefly
        What the rate counts, and one word for it in the plural.
    population
        ``area``, ``year`` and ``children``, for the pooled average and to put a distance in things counted.
    child_population
        The area's children, in place of the official number.

    Raises
    ------
    InputError
        If the area is not in the table, a rate is missing that the comparison needs, no other authority has one in
        every year, or ``pooled`` is asked for without the others' populations.
    """
    here, others = tables.split(frame, area)
    described = frame.attrs["table"]
    by_area = others.pivot(index="area", columns="year", values="rate").reindex(columns=sorted(here["year"]))
    left_out = benchmark.gaps(by_area)
    others = others[~others["area"].isin(left_out)]
    if others.empty:
        raise InputError(
            f"data/raw/{described.path} has no authority besides {area} with a rate in every year from "
            f"{by_area.columns[0]} to {by_area.columns[-1]}: choose first_year and last_year so that one has."
        )
    among = children(population, area, int(here["year"].max()) - 1, child_population)
    others = others.merge(population.assign(year=population["year"] + 1)[["area", "year", "children"]], how="left")
    held = population[population["area"] == others["area"].iloc[0]]["year"]
    held_years = tuple(sorted(int(year) + 1 for year in held))
    if average == "pooled" and others["children"].isna().any():
        years = listed(held_years)
        raise InputError(
            f"average is 'pooled', which needs the others' child populations, held for the year to March {years} only: "
            f"choose mean or median, or set first_year and last_year to {years}."
        )
    england = frame[frame["area"] == "England"].set_index("year")["rate"]
    for name, rates in ((area, here.set_index("year")["rate"]), ("England", england.reindex(list(here["year"])))):
        if rates.isna().any():
            raise InputError(
                f"data/raw/{described.path} has no rate for {name} in {listed(rates.index[rates.isna()])}: choose "
                "first_year and last_year without it."
            )
    own = area == described.neighbours_of
    decimals = described.column("rate").decimals
    group = Group(
        Noun("statistical neighbour") if own else Noun("other authority", "other authorities"),
        tuple(sorted(others["area"].unique())), len(by_area), "its" if own else "the", "" if own else "in the table",
    )  # fmt: skip
    rate_of = here.set_index("year")["rate"]
    others_with = {int(year): int(by_area[year].notna().sum()) for year in by_area.columns}

    def standing(year: Any, rows: pd.DataFrame) -> Standing:
        kinds: list[AverageKind] = [one for one in AVERAGES if one != "pooled" or rows["children"].notna().all()]
        rate = Rate(float(rate_of[year]), decimals, str(counted), f"{per:,} children")
        averages = {
            one: rate.like(benchmark.average(one, rows["rate"], rows["children"], multiplier=per).value)
            for one in kinds
        }
        gap = benchmark.in_people(Gap.between(rate, averages[average]).value, among.number, per)
        return Standing(
            int(year), rate, averages[average], averages, rate.like(float(england[year])),
            Place.like(benchmark.place(rate.value, rows["rate"])),
            Difference(gap, unit=f"{counted} in the year", noun=counted), len(rows),
        )  # fmt: skip

    return Comparison(
        area, group, described.neighbours_of or "", average, counted, briefly, per,
        pd.concat([here, others])[["area", "year", "rate"]], england,
        tuple(standing(year, rows) for year, rows in others.groupby("year")),
        others_with, left_out, among, held_years,
    )  # fmt: skip


def _moved(ends: pd.DataFrame) -> pd.DataFrame:
    change, per_cent = benchmark.distance(ends["after"], ends["before"])
    return ends.assign(change=change, per_cent=per_cent).sort_values("change", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Later:
    """The newest official figures of an area, beside those of the year before.

    ``by_year`` has the area's rate and England's by year, ``in_care`` the children in care (``children``) and their
    ``rate`` by year; it may be empty. A rate is written as ``like`` is.
    """

    area: str
    like: Number
    by_year: pd.DataFrame
    in_care: pd.DataFrame

    @property
    def year(self) -> int:
        """The last year."""
        return int(self.by_year.index[-1])

    @property
    def rate(self) -> Change:
        """The rate, the year before and now."""
        return _last_two(self.by_year[self.area], self.like)

    @property
    def england(self) -> Number:
        """England's rate now."""
        return self.like.like(float(self.by_year["England"].iloc[-1]))

    @property
    def against_england(self) -> str:
        """How far the rate lies from England's, and what that is, to be said after "that is"."""
        return f"{Gap.between(self.rate.after, self.england)} England's {self.england}"

    @property
    def with_children(self) -> str:
        """What the number in care did, to go on a sentence with; nothing if it is not held."""
        return (
            f", and children in care {_last_two(self.in_care['children'], Number(0)).to}" if len(self.in_care) else ""
        )

    def against(self, aim: float) -> str:
        """Say where the rate of children in care stands now against a target, as a clause."""
        now = Number(float(self.in_care["rate"].iloc[-1]))
        return f"March {self.in_care.index[-1]}'s {now} is {Gap.between(now, Number(aim)).side} it"


def _last_two(by_year: pd.Series, like: Number) -> Change:
    held = by_year.dropna()
    before, now = (like.like(float(held.iloc[at])) for at in (max(-2, -len(held)), -1))
    return Change(before, now)


def later(outturn: pd.DataFrame, area: str, measure: str, like: Number) -> Later | None:
    """Return the official figures of an area after those printed; None if there are none.

    Parameters
    ----------
    outturn
        ``area``, ``measure``, ``year`` and ``value``: the measure named, England's too, and ``children`` and ``rate``.
    measure
        The rate that is compared with England's.
    like
        A number of its kind: one measure is written in one way, whichever source it is from.
    """
    rates = outturn[outturn["measure"] == measure].pivot(index="year", columns="area", values="value")
    if area not in rates:
        return None
    other = outturn[(outturn["area"] == area) & (outturn["measure"] != measure)]
    in_care = other.pivot(index="year", columns="measure", values="value")
    return Later(area, like, rates[[area, "England"]], in_care)


@dataclass(frozen=True)
class NumbersAtRate:
    """Numbers printed for an area, beside those there would be at its neighbours' rate, as printed too.

    ``counted`` and ``at_rate`` are rows of the table, the earliest first; ``pairs`` those of one paper and date.
    """

    area: str
    noun: Noun
    counted: pd.DataFrame
    at_rate: pd.DataFrame
    pairs: pd.DataFrame
    elsewhere: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything is printed for the area."""
        return not self.pairs.empty

    @property
    def last(self) -> pd.Series:
        """The last pair: ``when``, ``value``, ``value_at_rate`` and ``gap``."""
        return self.pairs.iloc[-1]

    @property
    def papers(self) -> list[int]:
        """The years of the papers that give a number as of their own date."""
        own = self.counted["date_printed"].str.startswith("date of the paper")
        return sorted(set(self.counted.loc[own, "date"].dt.year))

    @property
    def gap(self) -> Difference:
        """How many more or fewer there were the last time."""
        return Difference(float(self.last["gap"]), unit="children", noun=self.noun)

    @property
    def earlier(self) -> str:
        """What the gap was the time before, to go on a sentence with; nothing if there is none."""
        return "".join(f"; a year before it was about {Difference(gap).more}" for gap in self.pairs["gap"].iloc[-2:-1])


def numbers_at_rate(prose: pd.DataFrame, area: str, counted: str, at_rate: str, noun: Noun) -> NumbersAtRate:
    """Pair two measures of a table of figures in prose, by paper and date: as counted, and at another rate.

    Parameters
    ----------
    prose
        ``area``, ``measure``, ``date``, ``date_printed``, ``paper``, ``value`` and ``printed``.
    counted, at_rate
        The two measures.
    noun
        What they count.
    """
    own = prose[prose["area"] == area].sort_values("date", kind="stable")
    first, second = own[own["measure"] == counted], own[own["measure"] == at_rate]
    pairs = first.merge(second, on=["paper", "date"], suffixes=("", "_at_rate"))
    pairs["when"] = pairs["date_printed"].str.removeprefix("date of the paper, ")
    pairs["gap"] = pairs["value"] - pairs["value_at_rate"]
    elsewhere = prose.loc[prose["measure"] == at_rate, "area"]
    return NumbersAtRate(area, noun, first, second, pairs, tuple(sorted(elsewhere.unique())))
