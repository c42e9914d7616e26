"""One area's rate against that of others and England over years: everything a report says of it, worked out once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from casebook.data import series, tables
from casebook.data.catalogue import TableEntry
from casebook.data.series import Neighbours
from casebook.english import (
    Change,
    Difference,
    Gap,
    Group,
    Judgement,
    Moved,
    Noun,
    Number,
    Period,
    Place,
    Rate,
    capital,
    listed,
    number,
    possessive,
    the_region,
    whole,
)
from casebook.errors import InputError, and_list
from casebook.methods import benchmark, intervals, trends
from casebook.methods.benchmark import AverageKind, Polarity
from casebook.methods.intervals import Interval
from casebook.studies.course import OwnCourse

SIMILAR = Noun("similar council")
OTHERS = Noun("other authority", "other authorities")
AVERAGES: dict[AverageKind, str] = {"mean": "mean", "median": "median", "pooled": "pooled rate"}

_FEW = 3  # Of fewer, how many differ says nothing.


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
        The series ``children``.
    child_population
        A number to take instead of the official one.

    Raises
    ------
    InputError
        If the number given is not above 0, or none is held for the area.
    """
    if child_population is not None and child_population <= 0:
        raise InputError(
            f"child_population is {child_population}, expected a whole number above 0, or None for the official "
            "estimate."
        )
    own = population[population["area"] == area].sort_values("year").set_index("year")["value"].dropna()
    if own.empty:
        raise InputError(
            f"{population.attrs['vintage']} has no number of children for {area}, so a rate cannot be put as one: add "
            "it."
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
    region: Rate | None
    place: Place
    in_events: Difference | None
    """The distance from the average in things counted; None where that would tell a small number that is not shown."""
    compared: int

    @property
    def gap(self) -> Gap:
        """How far it lies from the average."""
        return Gap.between(self.rate, self.average)

    @property
    def england_gap(self) -> Gap:
        """How far it lies from England."""
        return Gap.between(self.rate, self.england)

    @property
    def region_gap(self) -> Gap | None:
        """How far it lies from its region; None where the region's rate is not held."""
        return Gap.between(self.rate, self.region) if self.region else None


@dataclass(frozen=True)
class Measure:
    """A rate of the series and the words for it: what it counts, one word for that, who does it, and what it is called.

    ``meaning`` explains what is counted, where readers may not know.

    Examples
    --------
    >>> Measure("care-applications", Noun("care application"), "applications", verb="made").called
    'rate'
    """

    series: str
    counted: Noun
    briefly: str
    verb: str = "had"
    called: str = "rate"
    meaning: str = ""


@dataclass(frozen=True)
class OtherList:
    """What another list of similar councils would make of the last year."""

    list: Neighbours
    average: Rate
    shared: int
    side: str

    def changes_sides(self, side: str) -> bool:
        """Whether the area lies below this list's average and above the one used, or the other way round."""
        return {self.side, side} == {"above", "below"}


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
    measure: Measure
    period: Period
    per: int
    from_paper: bool
    region: str
    values: pd.DataFrame
    england: pd.Series
    years: tuple[Standing, ...]
    with_rate: dict[int, int]
    left_out: dict[str, list[int]]
    children: Children
    held_years: tuple[int, ...]
    chosen: Neighbours | None = None
    """The list of similar councils that the others are from."""
    other_lists: tuple[OtherList, ...] = ()
    counts: tuple[int, int] | None = None
    """The count behind the area's last rate and how many it is of, where they are held."""
    hides_below: int = 0
    """Counts from 1 to one less are not shown."""

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
    def counted(self) -> Noun:
        """What the rate counts."""
        return self.measure.counted

    @property
    def briefly(self) -> str:
        """One word for it, as many."""
        return self.measure.briefly

    @property
    def source(self) -> str:
        """What the rates are from."""
        return "the paper" if self.from_paper else "the source"

    @property
    def when(self) -> str:
        """When the last rate was."""
        return self.period.when(self.last.year)

    @property
    def key(self) -> str:
        """What its findings' names begin with."""
        return self.measure.series

    @property
    def briefly_said(self) -> str:
        """Its last rate, and how far that lies from the others, as a sentence."""
        if self.small:
            return f"{self.area} {self.measure.verb} {self.behind} {self.when}: too few to judge."
        return (
            f"{self.area} {self.measure.verb} {self.last.rate} {self.counted} {self.last.rate.for_every} {self.when}, "
            f"{self.last.gap.share} {possessive(self.whom)} {self.kind}."
        )

    @property
    def path_basis(self) -> str:
        """What goes with its way over the years: its places and the average's way; not where it is too few to judge."""
        unit = f"For every {self.last.rate.per}, {self.period.each}"
        average = f"The {self.kind} of {self.group} {self.average_path.briefly}."
        return f"{unit}. {self.remark} {average}" if self.small else f"{unit}: {self.places}. {average}"

    @property
    def gap_said(self) -> str:
        """How far the last rate lies from the average, as a sentence; or that it is too few to be compared."""
        if self.small:
            few = f"{possessive(self.area)} rate of {self.counted} {self.when} rests on too few to be compared"
            return f"{capital(few)} with other councils'."
        return f"{self.when_it_was} the {self.measure.called} was {self.last.gap} the {self.kind} of {self.group}."

    @property
    def gap_basis(self) -> str:
        """What goes with that distance."""
        if self.small:
            return f"{capital(self.behind)} stand behind it, so one more or fewer would change it a good deal."
        return f"{self.remark} It was {self.against_england_and_region}."

    @property
    def against_england_and_region(self) -> str:
        """How far the last rate lies from England's and its region's, to be said after "it was"."""
        england = f"{self.last.england_gap} England's"
        region = self.last.region_gap
        return f"{england} and {region} {possessive(the_region(self.region))}" if region else england

    @property
    def ranking(self) -> dict[str, str]:
        """What all areas are ranked by with the last rate, and when it was; nothing where it is too few to judge."""
        return {} if self.small else {"ranks": f"rate of {self.counted}", "period": self.when}

    @property
    def ranking_of_gap(self) -> dict[str, str]:
        """The same with its distance from the average."""
        if self.small:
            return {}
        return self.ranking | {"ranks": f"rate of {self.counted} less the {self.kind} of similar councils"}

    @property
    def when_it_was(self) -> str:
        """When the last rate was, to begin a sentence with."""
        return capital(self.when)

    @property
    def alert(self) -> float:
        """How far the rate may move from one run to the next before somebody must look."""
        return max(0.5, round(self.last.england.value / 20))

    @property
    def question(self) -> str:
        """What to ask about it."""
        if self.events < 10:
            return f"With so few {self.counted} in {self.area}, what stands behind each?"
        if not self.several_years:
            return f"What explains {self.area}'s {self.measure.called}?"
        apart = self.against_average.verdict not in ("similar", "cannot be judged")
        if apart and not (self.course.change and self.course.moved):
            return f"What explains a rate of {self.counted} {self.last.gap.share} {possessive(self.whom)} {self.kind}?"
        before = self.years[-2]
        what = f"{self.counted} since {self.period.month(before.year)}"
        return Change(before.rate, self.last.rate).asked(
            what, more_than_chance=self.course.moved if self.course.change else None
        )

    @property
    def list_used(self) -> str:
        """Which list of similar councils is used, as a sentence."""
        if self.chosen is None:
            return f"The others are those of {the_region(self.region)}, because no list of similar councils is held."
        return "The similar councils are those of the Department for Education's newest list held here."

    @property
    def list_matters(self) -> bool:
        """Whether another list would put the area on the other side of the average."""
        return any(one.changes_sides(self.last.gap.side) for one in self.other_lists)

    @property
    def kind(self) -> str:
        """What the average is called."""
        return AVERAGES[self.average]

    @property
    def whom(self) -> str:
        """What the others are called for short."""
        if self.chosen:
            return str(self.group.noun)
        return str(SIMILAR) if self.own_group else "others"

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
        return f"for {self.period.named(self.held_years[0])} only" if len(self.held_years) == 1 else "for other years"

    @property
    def frame(self) -> pd.DataFrame:
        """A row a year: rate, averages, distances and places."""
        return pd.DataFrame(
            {
                "year": one.year, "rate": one.rate.value, "compared": one.compared, "place": str(one.place),
                **{name: one.averages[name].value if name in one.averages else float("nan") for name in AVERAGES},
                "gap": one.gap.value, "gap_per_cent": one.gap.per_cent,
                "in_events": one.in_events.value if one.in_events else float("nan"),
                "england": one.england.value, "england_gap": one.england_gap.value,
                "region": one.region.value if one.region else float("nan"),
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
        """The count behind the last rate: as held, or worked back from it and the official number of children."""
        if self.counts:
            return self.counts[0]
        return self.last.rate.value * self.children.official / self.per

    @property
    def small(self) -> bool:
        """Whether the count behind the last rate is one that is not shown."""
        return 0 < self.events < self.hides_below

    @cached_property
    def interval(self) -> Interval | None:
        """The 95% interval of the last rate (Byar's); None where it would tell a hidden count, or no count is known."""
        if self.small:
            return None
        if self.counts:
            return intervals.rate(*self.counts, self.per)
        if self.last.year != self.children.year + 1:
            return None
        return intervals.rate(self.events, self.children.official, self.per)

    @cached_property
    def course(self) -> OwnCourse:
        """The area's own rates over the years, with the intervals of those whose number of children is held."""
        own = self.values[self.values["area"] == self.area].set_index("year").astype({"rate": float, "children": float})
        counts = own["rate"] * own["children"] / self.per
        # An interval of a count that is not shown would tell it.
        shown = own["children"].mask((counts > 0) & (counts < self.hides_below))
        limits = intervals.rate(counts, shown, self.per)
        frame = pd.DataFrame({"value": own["rate"], "lower": limits.lower, "upper": limits.upper})
        return OwnCourse("rate", self.last.rate, frame.reindex(range(self.first.year, self.last.year + 1)))

    @cached_property
    def apart(self) -> list[Interval]:
        """The 95% intervals of how far each of the others lies above the area; none where children are not held."""
        there = self.values[self.values["year"] == self.last.year].dropna(subset=["rate", "children"]).set_index("area")
        if self.small or self.area not in there.index:
            return []
        limits = intervals.rate(there["rate"] * there["children"] / self.per, there["children"], self.per)
        found = {
            name: (float(rate), Interval(lower, upper))
            for name, rate, lower, upper in zip(there.index, there["rate"], *limits, strict=True)
        }
        own = found.pop(self.area)
        return [trends.difference(*one, *own) for one in found.values()]

    @property
    def beside_each(self) -> str:
        """How many of the others differ from the area by more than chance, as a sentence; or nothing."""
        ways = {"higher": sum(one.lower > 0 for one in self.apart), "lower": sum(one.upper < 0 for one in self.apart)}
        said = listed(f"{number(int(many))} {'is' if many == 1 else 'are'} {way}" for way, many in ways.items() if many)
        if len(self.apart) < _FEW:
            return ""
        differ = said if any(ways.values()) else "none is higher or lower"
        if len(self.apart) in ways.values():
            way = next(way for way, many in ways.items() if many)
            return f"All {number(len(self.apart))} compared are {way} by more than chance would explain."
        return f"Of the {number(len(self.apart))} compared, {differ} by more than chance would explain."

    @property
    def by_chance(self) -> str:
        """How often chance alone would make any of them differ, as a sentence; or nothing."""
        if len(self.apart) < _FEW:
            return ""
        any_of_them = trends.several(np.ones(len(self.apart))).at_least_one
        return (
            f"If none of the {number(len(self.apart))} truly differed from {self.area}, at least one would still seem "
            f"to in up to {whole(100 * any_of_them)} of 100 such tables."
        )

    @property
    def behind(self) -> str:
        """The same in words: a count that is worked back is about so many."""
        if self.small:
            return f"fewer than {number(self.hides_below)} {self.counted}"
        if self.counts:
            return self.counted.count(self.counts[0]) if self.counts[0] <= 20 else f"{self.counts[0]:,} {self.counted}"
        return f"about {whole(self.events)} {self.briefly}"

    @property
    def aside(self) -> str:
        """What goes with the distance from the average if chance could explain it; nothing where there is none."""
        return "" if self.last.gap.nothing else self.against_average.aside

    @property
    def against_average(self) -> Judgement:
        """Whether the last rate differs from the average by more than chance."""
        return self._judged(self.last.average, f"the {self.kind} of {self.group}")

    @property
    def remark(self) -> str:
        """What chance has to do with the distance from the average, as a sentence; nothing where there is none."""
        if self.small:
            return f"{capital(self.behind)} stand behind it: too few to judge."
        return "" if self.last.gap.nothing else self.against_average.remark

    @property
    def against_england(self) -> Judgement:
        """Whether it differs from England's by more than chance."""
        return self._judged(self.last.england, "England's rate")

    def _judged(self, other: Rate, called: str) -> Judgement:
        return judged(self.interval, other, called)

    def _change(self, before: Rate, after: Rate) -> Change:
        return Change(before, after, (self.period.when(self.first.year), self.period.when(self.last.year)))


def judged(
    interval: Interval | None, other: Number, called: str, polarity: Polarity = "no judgement",
    wider: Interval | None = None,
) -> Judgement:  # fmt: skip
    """Say whether a value differs from another by more than chance, from its 95% interval and a wider one."""
    return Judgement(str(benchmark.compare(interval, other.value, polarity, wider)), called)


def of_series(
    measures: Sequence[Measure], area: str, *, average: AverageKind, first_year: int | None = None,
    last_year: int | None = None, child_population: int | None = None,
) -> list[Comparison]:  # fmt: skip
    """Compare an area's rates of several series with those of others, as far as they are held; see ``over_years``.

    The others are the area's similar councils where a list of them is held, otherwise those of the table that the
    rates are from or, where they are from an export, the other authorities of its region.

    Raises
    ------
    InputError
        If none of them can be compared, or as ``over_years`` does.
    """
    found = series.panels([*(one.series for one in measures), "children"], area)
    held = [one for one in measures if one.series in found]
    # What is asked for and not held is refused where it is read.
    if not held:
        series.panel(measures[0].series, area)
    population = found["children"] if "children" in found else series.panel("children", area)
    lists = series.neighbour_lists(area)
    return [
        over_years(
            found[one.series], area, measure=one, average=average, population=population, lists=lists,
            first_year=first_year, last_year=last_year, child_population=child_population,
        )
        for one in [one for one in held if _comparable(found[one.series], area, first_year, last_year)] or held[:1]
    ]  # fmt: skip


def _comparable(frame: pd.DataFrame, area: str, first_year: int | None, last_year: int | None) -> bool:
    own, others = tables.split(frame.dropna(subset="value"), area)
    years = sorted(set(own["year"]) & set(others["year"]))
    return bool(years) and (first_year or years[-1]) <= years[-1] and (last_year or years[0]) >= years[0]


def over_years(
    frame: pd.DataFrame, area: str, *, measure: Measure, average: AverageKind, population: pd.DataFrame,
    lists: Sequence[Neighbours] = (), first_year: int | None = None, last_year: int | None = None,
    child_population: int | None = None,
) -> Comparison:  # fmt: skip
    """Compare an area's rate with that of other authorities and England, year by year.

    A rate of a year that ends in March, or of 31 March, belongs to the children there were in the middle of the
    calendar year before.

    Parameters
    ----------
    frame
        A series of rates for so many children, as ``series.panel`` returns it.
    area
        The area; it is never part of the average.
    measure
        The words for what the rate counts.
    average
        ``mean``, ``median`` or ``pooled`` (see ``benchmark.average``).
    population
        The series ``children``, for the pooled average and to put a distance in things counted.
    lists
        The area's statistical neighbours, the list to use first.
    first_year, last_year
        The years to compare, or what is held of them; None for the last years in which the area has a rate without a
        gap, as many as leave most of the others with a rate in every one, and five at least.
    child_population
        The area's children, in place of the official number.

    Raises
    ------
    InputError
        If a rate is missing that the comparison needs, the years are not held, no other authority has a rate in
        every year, or ``pooled`` is asked for without the others' populations.
    """
    described, held = frame.attrs["series"], frame.attrs["table"]
    where = f"data/raw/{held.path}" if held else frame.attrs["vintage"]
    per, period, decimals = int(described.per), Period(described.period), described.decimals
    below = described.disclosure.hides_below
    here, others = tables.split(frame, area)
    england = frame[frame["area"] == "England"].set_index("year")["value"]
    region = tables.authority(area).region
    chosen = lists[0] if lists and held is None else None
    if chosen:
        others = others[others["area"].isin(chosen.names)]
    elif held is None:
        others = others[others["area"].isin(tables.authorities_in(region))]
    by_area = others.pivot(index="area", columns="year", values="value")
    if chosen:
        by_area = by_area.reindex(list(chosen.names))
    if by_area.isna().all(axis=None):
        raise InputError(f"{where} has no authority besides {area} to compare it with: add the rows of others.")
    rate_of = here.set_index("year")["value"]
    years = years_to_compare(rate_of, england, by_area, first_year, last_year)
    for name, rates in ((area, rate_of.reindex(years)), ("England", england.reindex(years))):
        if rates.isna().any():
            raise InputError(
                f"{where} has no rate for {name} in {listed(rates.index[rates.isna()])}: choose first_year and "
                "last_year without it."
            )
    by_area = by_area.reindex(columns=years)
    left_out = benchmark.gaps(by_area)
    if len(left_out) == len(by_area):
        raise InputError(
            f"{where} has no authority besides {area} with a rate in every year from {years[0]} to {years[-1]}: choose "
            "first_year and last_year so that one has."
        )
    among = children(population, area, years[-1] - 1, child_population)
    people = population.dropna(subset="value").assign(year=lambda rows: rows["year"] + 1)
    rows = frame[frame["year"].isin(years)].merge(
        people[["area", "year", "value"]].rename(columns={"value": "children"}), how="left", on=["area", "year"]
    )
    # Where counts are held, the pooled rate is made of them and not of rounded rates.
    counted = rows["count"].notna() & rows["denominator"].notna()
    rows["children"] = rows["denominator"].where(counted, rows["children"])
    rows["rate"] = (rows["count"] / rows["denominator"] * per).where(counted, rows["value"])
    compared = rows[rows["area"].isin(by_area.index.drop(list(left_out)))]
    own_people = people[people["area"] == compared["area"].iloc[0]]["year"]
    held_years = tuple(sorted(int(year) for year in own_people))
    if average == "pooled" and compared["children"].isna().any():
        raise InputError(
            f"average is 'pooled', which needs the others' child populations, held for "
            f"{listed(period.named(year) for year in held_years)} only: choose mean or median, or set first_year and "
            f"last_year to {listed(held_years)}."
        )
    regional = frame[frame["area"] == region].set_index("year")["value"]

    def standing(year: int) -> Standing:
        there = compared[compared["year"] == year]
        averages = _averages(there, Rate(float(rate_of[year]), decimals, str(measure.counted), f"{per:,} children"))
        rate = averages["mean"].like(float(rate_of[year]))
        gap = benchmark.in_people(Gap.between(rate, averages[average]).value, among.number, per)
        small = 0 < rate.value * among.official / per < below
        beside = float(regional.get(year, float("nan")))
        return Standing(
            year, rate, averages[average], averages, rate.like(float(england[year])),
            None if math.isnan(beside) else rate.like(beside),
            Place.like(benchmark.place(rate.value, there["value"])),
            None if small else Difference(gap, unit=f"{measure.counted} {period.unit}".rstrip(), noun=measure.counted),
            len(there),
        )  # fmt: skip

    standings = tuple(standing(year) for year in years)
    names = tuple(sorted(compared["area"].unique()))
    own = frame[(frame["area"] == area) & (frame["year"] == years[-1])].iloc[0]
    counts = None if own[["count", "denominator"]].isna().any() else (int(own["count"]), int(own["denominator"]))
    return Comparison(
        area, _group(area, names, len(by_area), chosen, held, region),
        area if held is None else held.neighbours_of or "", average, measure, period, per, held is not None, region,
        rows[rows["area"].isin([area, *names])].assign(rate=rows["value"])[["area", "year", "rate", "children"]],
        england, standings, {year: int(by_area[year].notna().sum()) for year in years}, left_out, among, held_years,
        chosen, tuple(_other_lists(rows[rows["year"] == years[-1]], standings[-1], average, lists)) if chosen else (),
        counts, below,
    )  # fmt: skip


def years_to_compare(
    rates: pd.Series, england: pd.Series, others: pd.DataFrame, first: int | None, last: int | None
) -> list[int]:
    """Return the years to compare: those from ``first`` to ``last``, or the last without a gap that keep most others.

    Parameters
    ----------
    rates, england
        By year.
    others
        A row for each, a column for each year.
    first, last
        As chosen; None for what is held.

    Raises
    ------
    InputError
        If a year is not held, or the first is after the last.
    """
    known = list(range(int(rates.index.min()), int(rates.index.max()) + 1))
    for name, year in (("first_year", first), ("last_year", last)):
        if year is not None and not known[0] <= year <= known[-1]:
            raise InputError(
                f"{name} is {year}, but the years held are {known[0]} to {known[-1]}: choose one of these."
            )
    if first is not None and last is not None and first > last:
        raise InputError(f"first_year is {first}, after last_year, {last}: exchange them.")
    some = others.notna().any()
    whole = [
        year for year in known if all((pd.notna(rates.get(year)), pd.notna(england.get(year)), some.get(year, False)))
    ]
    end = last or (whole[-1] if whole else known[-1])
    if first is not None:
        return [year for year in known if first <= year <= end]
    run = [year for year in known if year <= end]
    while gap := next((year for year in run[:-1][::-1] if year not in whole), None):
        run = [year for year in run if year > gap]
    starts = run[: max(len(run) - 4, 1)]
    # Most of the others first, then as many years as there are.
    start = max(starts, key=lambda year: (len(others.reindex(columns=range(year, end + 1)).dropna()), -year))
    return [year for year in run if year >= start]


def _averages(rows: pd.DataFrame, like: Rate) -> dict[AverageKind, Rate]:
    """Return the averages of rates (``value``): the pooled one (of ``rate`` and ``children``) where these are held."""
    kinds: list[AverageKind] = [one for one in AVERAGES if one != "pooled" or rows["children"].notna().all()]
    per = int(like.per.split()[0].replace(",", ""))
    return {
        one: like.like(
            benchmark.average(one, rows["rate" if one == "pooled" else "value"], rows["children"], multiplier=per).value
        )
        for one in kinds
    }


def _group(
    area: str, names: tuple[str, ...], of: int, chosen: Neighbours | None, held: TableEntry | None, region: str
) -> Group:
    if chosen:
        return Group(SIMILAR, names, of, "its")
    if held is None:
        return Group(OTHERS, names, of, where=f"of {the_region(region)}")
    own = area == held.neighbours_of
    return Group(
        SIMILAR if own else OTHERS, names, of, "its" if own else "the",
        "" if own else "in the table",
    )  # fmt: skip


def _other_lists(
    rows: pd.DataFrame, last: Standing, average: AverageKind, lists: Sequence[Neighbours]
) -> Iterator[OtherList]:
    """Yield what the average of the last year would be by the lists that are not used."""
    for one in lists[1:]:
        there = rows[rows["area"].isin(one.names)].dropna(subset="value")
        averages = _averages(there, last.rate) if len(there) else {}
        if found := averages.get(average):
            shared = len(set(one.names) & set(lists[0].names))
            yield OtherList(one, found, shared, Gap.between(last.rate, found).side)


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

    @property
    def question(self) -> str:
        """What to ask about the last change of care applications, of which no counts are held."""
        return self.rate.asked("care applications", more_than_chance=None)

    def against(self, aim: float) -> str:
        """Say where the rate of children in care stands now against a target, as a clause."""
        now = Number(float(self.in_care["rate"].iloc[-1]))
        return f"March {self.in_care.index[-1]}'s {now} is {Gap.between(now, Number(aim)).side} it"


def target_signs(rates: pd.Series, aim: float, year: int) -> dict[str, list[str]]:
    """Return on which side of a target for a year the last rate is, as what is worse or better.

    Parameters
    ----------
    rates
        Rates by year; a low one was aimed for.
    aim, year
        The target, and the March it was for.

    Examples
    --------
    >>> target_signs(pd.Series({2023: 46.0, 2025: 49.0}), 47, 2023)
    {'worse': ['above the target for March 2023, which was met then']}
    """
    if rates.iloc[-1] <= aim:
        return {"better": [f"within the target for March {year}"]}
    then = ", which was met then" if year in rates.index and rates[year] <= aim < rates.iloc[-1] else ""
    return {"worse": [f"above the target for March {year}{then}"]}


def against_aim(rates: pd.Series, aim: float, year: int) -> str:
    """Return the last rate beside a target for a year, and whether that was met in its year, as a short sentence.

    Parameters
    ----------
    rates
        Rates of children in care per 10,000 by year; a low one was aimed for.
    aim, year
        The target, and the March it was for.

    Examples
    --------
    >>> against_aim(pd.Series({2023: 46.0, 2025: 49.0}), 47, 2023)
    '49 per 10,000 children in care in 2025; the aim, 47, was met in 2023.'
    >>> against_aim(pd.Series({2023: 48.0, 2025: 49.0}), 47, 2023)
    '49 per 10,000 children in care in 2025; the aim for 2023 was 47.'
    """
    now = f"{whole(rates.iloc[-1])} per 10,000 children in care in {rates.index[-1]}"
    if year in rates.index and rates[year] <= aim:
        return f"{now}; the aim, {whole(aim)}, was met in {year}."
    return f"{now}; the aim for {year} was {whole(aim)}."


def standing_out(held: Sequence[Comparison]) -> list[str]:
    """Return which rates lie off the average by more than chance, where nobody can say that it is good or bad."""
    return [
        f"rate of {of.counted} {of.last.gap.share} the {of.kind} of {of.others}, by more than chance"
        for of in held
        if not of.from_paper and of.against_average.verdict not in ("similar", "cannot be judged")
    ]


def other_sides(held: Sequence[Comparison]) -> str:
    """Say for which rates an older list of similar councils would change the side of the average; or nothing."""
    moved = [f"rate of {of.counted}" for of in held if of.list_matters]
    lie = "lies" if len(moved) == 1 else "lie"
    return f" By an older list the {and_list(moved)} {lie} on the other side of the average." if moved else ""


def _last_two(by_year: pd.Series, like: Number) -> Change:
    held = by_year.dropna()
    before, now = (like.like(float(held.iloc[at])) for at in (max(-2, -len(held)), -1))
    return Change(before, now)


def as_of(of: Comparison, since: Later | None) -> str:
    """Return the date of the latest figures and, where it is another, that of the comparison."""
    against = f"31 March {of.last.year}"
    return f"31 March {since.year}; against other authorities, {against}" if since else against


def lacking(measures: Sequence[Measure], area: str) -> list[str]:
    """Say of which series nothing is held for an area."""
    found = series.panels((one.series for one in measures), area)
    return [f"No figures of {one.counted} are held for {area}." for one in measures if one.series not in found]


def in_care(area: str) -> pd.DataFrame:
    """Return the children in care of an area on 31 March (``children``) and their ``rate``, by year; may be empty."""
    columns = {"children-in-care": "children", "children-in-care-rate": "rate"}
    held = {
        columns[name]: frame[frame["area"] == area].set_index("year")["value"]
        for name, frame in series.panels(columns, area).items()
    }
    return pd.DataFrame(held, columns=["children", "rate"]).dropna().sort_index()


def later(of: Comparison) -> Later | None:
    """Return the official figures of an area after those that are compared; None if there are none."""
    rates = series.read(of.measure.series, of.area, beside=["England"]).dropna(subset="value")
    by_year = rates.pivot(index="year", columns="area", values="value")
    since = by_year[by_year.index > of.last.year].reindex(columns=[of.area, "England"]).dropna()
    return Later(of.area, of.last.rate, since, in_care(of.area)) if len(since) else None


@dataclass(frozen=True)
class NumbersAtRate:
    """Numbers printed for an area, beside those there would be at the rate of similar councils, as printed too.

    ``counted`` and ``at_rate`` are rows of the table, the earliest first; ``pairs`` those of one paper and date.
    """

    area: str
    noun: Noun
    counted: pd.DataFrame
    at_rate: pd.DataFrame
    pairs: pd.DataFrame

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
    return NumbersAtRate(area, noun, first, second, pairs)
