"""One value of an area among the authorities of its region and England: all a report says of it, worked out once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from casebook.data import series, tables
from casebook.data.catalogue import GoalEntry, Indicator
from casebook.english import (
    Difference,
    Gap,
    Group,
    Judgement,
    Noun,
    Number,
    Period,
    Place,
    Range,
    about,
    capital,
    listed,
    the_region,
    those_that,
    whole,
)
from casebook.errors import InputError
from casebook.methods import benchmark, intervals, trends
from casebook.methods.benchmark import GoalVerdict
from casebook.methods.intervals import Interval
from casebook.methods.trends import Several
from casebook.studies.comparison import judged
from casebook.studies.course import OwnCourse

PRINTED = Noun("authority printed", "authorities printed")
HELD = Noun("authority with a figure", "authorities with a figure")
JUDGED = Noun("authority that can be judged", "authorities that can be judged")
_WHOM = {"Persons": "people", "Female": "women", "Male": "men"}
_REACHED = {GoalVerdict.MET: "goal met", GoalVerdict.NEAR: "goal nearly met", GoalVerdict.NOT_MET: "goal missed"}
_GOALS = {GoalVerdict.MET: "meets", GoalVerdict.NEAR: "is near", GoalVerdict.NOT_MET: "misses"}
_FEWEST = 3  # Of fewer, how much they differ says nothing.
_WAYS = {"above": "higher", "below": "lower"}
_METHODS = {"proportion": "Wilson score intervals", "rate": "Byar's intervals, exact Poisson for counts below ten"}


@dataclass(frozen=True)
class Enough:
    """How many must stand behind a value for its distance from another to be more than chance (95%)."""

    needed: benchmark.Needed | None
    of: Indicator

    @property
    def count(self) -> int | None:
        """The smallest such count; None where the two values are equal."""
        return self.needed.count if self.needed else None

    @property
    def people(self) -> int | None:
        """The people it comes from."""
        return self.needed.people if self.needed else None

    def reached_by(self, people: int) -> bool:
        """Return whether a number of people is enough."""
        return self.needed is not None and people >= self.needed.people

    def __str__(self) -> str:
        """Write the count of a rate and the people behind it, or the people of a proportion."""
        if self.needed is None:
            return f"any number of {self.of.people}"
        people = f"{about(self.needed.people)} {self.of.people}"
        if self.of.kind == "rate" and self.needed.count:
            return f"{about(self.needed.count)} {self.of.event} (among {people})"
        return people

    @property
    def aside(self) -> str:
        """What it takes for granted, as a sentence that goes on; nothing for what is not a sample."""
        return " It takes more if the survey was not a simple random sample." if self.of.sampled else ""


@dataclass(frozen=True)
class Position:
    """Where the area's value stands: its place, its distances from region and England, and what is known of chance."""

    value: Number
    place: Place
    level_with: tuple[str, ...]
    gap: Gap
    england_gap: Gap
    interval: Range | None
    against_england: Judgement
    enough: dict[str, Enough]

    @property
    def tied(self) -> str:
        """Who has the same value, in brackets; nothing if nobody has."""
        return f" (level with {listed(self.level_with)})" if self.level_with else ""

    @property
    def told_apart(self) -> bool:
        """Whether the value differs from England's by more than one step of the last decimal printed."""
        return bool(round(abs(self.england_gap.value), self.value.decimals) > 10**-self.value.decimals)


@dataclass(frozen=True)
class AgainstGoal:
    """A goal's thresholds, near it and meeting it, the verdict of each authority, and how far the area lies from it.

    Where low is good, ``lower`` is the higher one.
    """

    area: str
    noun: Noun
    lower: Number
    upper: Number
    verdicts: dict[str, GoalVerdict]
    gap: Gap | None
    too_few: str = ""

    @property
    def thresholds(self) -> str:
        """From where it is met, as a sentence."""
        if self.lower.value == self.upper.value:
            return f"From {self.upper} it is met (green); below, it is not (red)."
        return (
            f"Below {self.lower} it is not met (red), from {self.lower} it is near (amber), from {self.upper} it is "
            "met (green)."
        )

    @property
    def met_by(self) -> tuple[str, ...]:
        """Those that meet it."""
        return tuple(name for name, verdict in self.verdicts.items() if verdict == GoalVerdict.MET)

    @property
    def how_many(self) -> str:
        """How many meet it."""
        return f"{self.noun.some_of(len(self.met_by), len(self.verdicts), 'meets', 'meet')} it"

    @property
    def meeting(self) -> str:
        """How many meet it, and which."""
        return f"{self.how_many} ({listed(self.met_by)})" if self.met_by else self.how_many

    @property
    def by_name(self) -> str:
        """Which meet it, as a sentence; nothing if none does."""
        return f"It is met by {listed(self.met_by)}." if set(self.met_by) - {self.area} else ""

    @property
    def here(self) -> str:
        """What the area's own value is to the goal, as a sentence; nothing if there is none."""
        if self.gap is None:
            return self.too_few
        verdict = self.verdicts[self.area]
        if verdict == GoalVerdict.MET:
            return f"{self.area} meets it."
        return f"{self.area} {'is near it' if verdict == GoalVerdict.NEAR else 'does not'}: it is {self.gap} it."


@dataclass(frozen=True)
class Funnel:
    """Authorities by size between the limits that chance alone would keep them in, about all of them together.

    ``times`` is how many times further they lie from it than chance puts them; where that is more than once, ``points``
    has besides ``lower`` and ``upper`` the limits ``least`` and ``most`` widened for it.
    """

    together: Number
    limits: dict[str, pd.DataFrame]
    points: pd.DataFrame
    times: float = 1.0

    @property
    def beyond(self) -> tuple[str, ...]:
        """Those outside the wider limits."""
        return self._outside("lower", "upper")

    @property
    def spread(self) -> str:
        """That authorities differ more than chance makes them, and who still stands out, as sentences; or nothing."""
        if self.times <= 1:
            return ""
        left = self._outside("least", "most")
        who = those_that(left, "lies", "lie") if left else "none lies"
        return (
            f"These authorities lie {Number(self.times, 1)} times as far from the average as chance alone would put "
            f"them, so more than chance is at work. Allowing for that (overdispersion), {who} beyond the limits."
        )

    def _outside(self, lower: str, upper: str) -> tuple[str, ...]:
        within = self.points["value"].between(self.points[lower], self.points[upper])
        return tuple(self.points.loc[~within, "area"])


@dataclass(frozen=True)
class Ranking:
    """An area's value among those of the authorities of its region.

    ``held`` has a row for each authority with a value, the highest first: ``value``, ``count``, ``denominator``, and
    the limits of its 95% interval (``lower``, ``upper``) and of its 99.8% interval (``lowest``, ``highest``), missing
    where they are not known; ``missing`` are the authorities without a value; ``source`` says where intervals are from,
    if there are any; ``given`` is the area's denominator as given for this run; ``past`` has
    the area's own values by year, with their limits, where a series of them is held.
    """

    area: str
    about: Indicator
    held: pd.DataFrame
    missing: tuple[str, ...]
    region: Number
    england: Number
    source: str | None
    given: int | None
    from_paper: bool = True
    past: pd.DataFrame = field(default_factory=pd.DataFrame)
    few: tuple[str, ...] = ()
    """Authorities whose values rest on so few, by an estimate of their people, that they are not judged."""

    @property
    def origin(self) -> str:
        """What gives the values, to begin a sentence with."""
        return "The paper" if self.from_paper else "The source"

    @property
    def given_in(self) -> str:
        """Where the values stand."""
        return "in the paper" if self.from_paper else "in the source"

    @property
    def grounds(self) -> str:
        """Why the figures are taken to be for these people."""
        return "The paper's heading says so or implies it." if self.from_paper else "The source says so."

    @property
    def noun(self) -> Noun:
        """The authorities that have a value."""
        return PRINTED if self.from_paper else HELD

    @property
    def without(self) -> str:
        """What an authority without a value is not."""
        return "not printed" if self.from_paper else "without a figure"

    @property
    def too_few(self) -> str:
        """Why the area's value is not judged, as a sentence; nothing if it is."""
        return f"Fewer than ten {self.about.event} stand behind it: too few to judge." if self.area in self.few else ""

    @property
    def ranking(self) -> dict[str, str]:
        """What all areas are ranked by with the value, and when it was; nothing where it is too few to judge."""
        return {} if self.too_few else {"ranks": self.about.measure, "period": self.about.period}

    @property
    def would_tell(self) -> str:
        """What behind the value would tell its distance from England's from chance: a sentence or two, or nothing."""
        assert self.here is not None
        if self.too_few:
            return ""
        if not self.here.told_apart:
            return "Its difference from England is too small for the decimals printed."
        needed = self.here.enough["England"]
        return f"With {needed} or more behind it, chance would not explain its gap to England.{needed.aside}"

    @property
    def stands(self) -> str:
        """The area's place or, where its value is not judged, that."""
        assert self.here is not None
        return f"too few {self.about.event} to rank" if self.too_few else f"the {self.here.place.among}"

    @property
    def its_region(self) -> str:
        """The region, as a sentence names it."""
        return the_region(self.about.region)

    @property
    def whom(self) -> str:
        """Whom the values are for."""
        age = self.about.age.replace("-", " to ").replace("+", " and over")
        return f"{_WHOM.get(self.about.sex, self.about.sex)} aged {age}"

    @property
    def dated(self) -> bool:
        """Whether the period is printed."""
        return "not printed" not in self.about.period

    @property
    def same_period(self) -> str:
        """That all values are for one period, as a sentence."""
        period = f": {self.about.period}" if self.dated else ", which is not printed"
        return f"All areas are for the same period{period}."

    @property
    def others(self) -> Group:
        """The other authorities of the region with a value."""
        names = self.held.index.drop(self.area, errors="ignore")
        return Group(Noun("other authority", "other authorities"), tuple(names), where=f"of {self.its_region}")

    @property
    def people(self) -> int | None:
        """The area's denominator, as given or as printed, if it is either."""
        printed = self.held["denominator"].get(self.area, np.nan)
        return self.given or (None if np.isnan(printed) else int(printed))

    @property
    def briefly(self) -> str:
        """The finding of the report's card."""
        assert self.here is not None
        place = "" if self.too_few else f": {self.here.place} of {len(self.held)} in {self.its_region}"
        return f"{self.sized(self.here.value)} against England's {self.sized(self.england)}{place}."

    @property
    def worrying(self) -> str:
        """Whether the area's value is worrying, as a sentence: the goal, and better or worse than England."""
        assert self.here is not None
        if self.too_few:
            return self.too_few
        against, side = self.here.against_england, self.here.england_gap.side
        way = f"{_WAYS[side]} than" if side in _WAYS else side
        aside = {"similar": against.aside, "cannot be judged": ", not tested for chance"}.get(against.verdict)
        if aside is None:
            way = f"clearly {against.way} than"
        goal = ""
        if self.goal:
            goal = f"{_GOALS[self.goal.verdicts[self.area]]} the goal of {self.sized(self.goal.upper)} and "
        chance = aside if aside and side in _WAYS else ""
        return f"That {goal}is {way} England's {self.sized(self.england)}{chance}."

    @property
    def question(self) -> str:
        """What to ask: what keeps it better than England or, where it is not or misses the goal, what is done."""
        assert self.here is not None
        what, side = f"{self.about.measure} in {self.area}", self.here.england_gap.side
        missed = self.goal and self.goal.verdicts.get(self.area) != GoalVerdict.MET
        if not missed and (side, self.about.polarity) in (("above", "high is good"), ("below", "low is good")):
            if self.here.against_england.verdict in ("similar", "cannot be judged"):
                return f"Is {what} really {side} England's, or is that chance?"
            return f"What keeps {what} {side} England's, and will it last?"
        return f"What is being done about {what}, and is it working?"

    @property
    def region_gap(self) -> Gap:
        """How far the region lies from England."""
        return self._gap(self.region, self.england)

    @cached_property
    def here(self) -> Position | None:
        """Where the area stands; None where it has no value."""
        if self.area not in self.held.index:
            return None
        row, values, of = self._row(self.area), self.held["value"].drop(self.area), self.about
        own = self.number(row["value"])
        return Position(
            own, self.place(self.area), tuple(values.index[values == own.value]),
            self._gap(own, self.region), self._gap(own, self.england),
            None if np.isnan(row["lower"]) else Range(self.number(row["lower"]), self.number(row["upper"])),
            self._judged(self.area),
            {
                name: Enough(benchmark.smallest_significant(own.value, other.value, of.kind, of.multiplier), of)
                for name, other in (("the region", self.region), ("England", self.england))
            },
        )  # fmt: skip

    @cached_property
    def goal(self) -> AgainstGoal | None:
        """The goal, where one is held for this indicator."""
        if self.about.goal is None:
            return None
        low = self.about.polarity == "low is good"
        polarity: benchmark.Polarity = "low is good" if low else "high is good"
        goal = benchmark.Goal(**self.about.goal.model_dump(exclude={"source"}), polarity=polarity)
        near, upper = (self.number(one) for one in ((goal.upper, goal.lower) if low else (goal.lower, goal.upper)))
        verdicts = {
            str(name): benchmark.against_goal(value, goal, self.about.sex, self.about.age)
            for name, value in self.held["value"].items()
            if name not in self.few
        }
        gap = self._gap(self.here.value, upper) if self.here and not self.too_few else None
        noun = JUDGED if self.few else self.noun
        return AgainstGoal(self.area, noun, near, upper, verdicts, gap, self.too_few)

    @property
    def signs(self) -> dict[str, list[str]]:
        """What is ``worse`` and ``better``, than England and by the goal, and what is ``unsure``, as clauses."""
        found: dict[str, list[str]] = {"worse": [], "better": [], "unsure": []}
        if self.here is None:
            return found
        if self.too_few:
            found["unsure"].append(f"too few {self.about.event} to judge")
            return found
        verdict = self.here.against_england.way
        if way := _WAYS.get(self.here.england_gap.side):
            if verdict in found:
                found[verdict].append(f"{way} than England")
            elif verdict == "cannot be judged" and self.about.polarity != "no judgement":
                found["unsure"].append(f"{way} than England, not tested for chance")
        if self.goal:
            reached = self.goal.verdicts[self.area]
            found["better" if reached == GoalVerdict.MET else "worse"].append(_REACHED[reached])
        return found

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row an authority of the region, those without a value last: value, place, distances, limits, verdicts."""
        values, here = self.held["value"], self.here.value.value if self.here else np.nan
        frame = self.held[["value", "lower", "upper"]].assign(
            place=[str(self.place(name)) for name in values.index],
            verdict=[self._judged(name).verdict for name in values.index],
            goal=[str(self.goal.verdicts.get(name, "too few to judge")) for name in values.index]
            if self.goal
            else None,
        )
        for label, other in (("region", self.region.value), ("england", self.england.value), ("here", here)):
            frame[f"{label}_points"], frame[f"{label}_per_cent"] = benchmark.distance(values, other)
        return frame.reindex([*values.index, *self.missing]).rename_axis("area").reset_index()

    @property
    def comparisons(self) -> Several:
        """The comparisons of all authorities with England, at once; without counts, how many they are."""
        of, rows = self.about, self.held
        found = np.ones(len(rows))
        if self.counted and self.england.value > 0:
            found = trends.p_value(of.kind, rows["count"], rows["denominator"], self.england.value, of.multiplier)
        return trends.several(found)

    @property
    def course(self) -> OwnCourse | None:
        """The area's own values over the years; None where no series is held."""
        if self.here is None or self.past.empty:
            return None
        return OwnCourse("rate" if self.about.kind == "rate" else "value", self.here.value, self.past)

    @property
    def counted(self) -> bool:
        """Whether every authority with a value has its count."""
        return bool(self.held[["count", "denominator"]].notna().all(axis=None))

    @cached_property
    def funnel(self) -> Funnel | None:
        """The region's funnel; None where fewer than two authorities have counts."""
        of, held = self.about, self.held.dropna(subset=["count", "denominator"])
        if len(held) < 2:
            return None
        sizes = held["denominator"]
        together = float(held["count"].sum() / sizes.sum() * of.multiplier)

        def limits(at: pd.Index | pd.Series, level: float) -> pd.DataFrame:
            return pd.DataFrame(intervals.funnel(of.kind, together, at, of.multiplier, level)._asdict(), index=at)

        grid = pd.Index(np.linspace(sizes.min() / 2, sizes.max() * 1.05, 60))
        points = limits(sizes, 0.998).set_axis(held.index).assign(size=sizes, value=held["value"])
        times = 1.0
        if len(held) >= _FEWEST and together > 0 and (of.kind == "rate" or together < of.multiplier):
            more = trends.overdispersion(of.kind, held["value"], together, sizes, of.multiplier)
            if more.tau > 0:
                times = max(more.phi, 1.0) ** 0.5
                wide = trends.overdispersed_funnel(of.kind, together, sizes, more, "additive", of.multiplier, 0.998)
                points = points.assign(least=wide.lower, most=wide.upper)
        return Funnel(
            self.number(together), {"95%": limits(grid, 0.95), "99.8%": limits(grid, 0.998)},
            points.rename_axis("area").reset_index(), times,
        )  # fmt: skip

    def in_people(self, gap: Gap) -> Difference:
        """Return what a distance means among the area's people, or among 10,000 where their number is not known."""
        return Difference(benchmark.in_people(gap.value, self.people or 10_000, self.about.multiplier))

    def number(self, value: float) -> Number:
        """Return a number as the indicator's values are written."""
        return Number(float(value), self.about.decimals, self.about.unit)

    def short(self, value: Number) -> str:
        """Return a value with as much of its unit as a headline takes: "51.4%", "1,100 for every 100,000"."""
        return self.sized(value) if self._per_cent else f"{value} for every {whole(self.about.multiplier)}"

    def sized(self, value: Number) -> str:
        """Return a value that says only that it is per cent, where it is: "51.4%", "1,100"."""
        return f"{value}%" if self._per_cent else str(value)

    @property
    def _per_cent(self) -> bool:
        return self.about.kind == "proportion" and self.about.multiplier == 100

    def place(self, name: str) -> Place:
        """Return the place of an authority with a value."""
        region = f"{self.its_region}{' with a figure' if self.missing else ''}"
        noun = Noun(f"authority of {region}", f"authorities of {region}")
        return Place.like(benchmark.place(self._row(name)["value"], self.held["value"].drop(name)), noun)

    def _row(self, name: str) -> dict[str, float]:
        return {str(column): float(self.held[column][name]) for column in self.held}

    def _gap(self, value: Number, other: Number) -> Gap:
        return Gap.between(value, other, " percentage points" if self.about.kind == "proportion" else "")

    def _judged(self, name: str) -> Judgement:
        row = {limit: np.asarray(value) for limit, value in self._row(name).items()}
        narrow, wide = Interval(row["lower"], row["upper"]), Interval(row["lowest"], row["highest"])
        return judged(narrow, self.england, "England", self.about.polarity, wide)


def latest(indicator: str, area: str, people: int | None = None) -> Ranking:
    """Rank an area's value of an indicator: of the series that continues a printed table, or as printed there.

    A series has its own sex, age and goal, which need not be the table's; its region is the area's own.

    Parameters
    ----------
    indicator
        The name of a table of the catalogue with an ``indicator`` entry.
    area, people
        As ``in_region`` takes them.

    Raises
    ------
    InputError
        As ``in_region`` does.
    """
    frame = series.continuing(indicator, area)
    if frame is None:
        return in_region(tables.read(indicator), area, people)
    one, table = frame.attrs["series"], tables.Tables().catalogue.table(indicator)
    words, printed = one.about, table.indicator
    year = int(frame.loc[(frame["area"] == area) & frame["value"].notna(), "year"].max())
    goal = one.goal and GoalEntry(
        lower=one.goal.at_least or one.goal.at_most, upper=one.goal.at_least or one.goal.at_most,
        sex=one.goal.sex, age=one.goal.age, source=one.goal.source,
    )  # fmt: skip
    of = Indicator(
        measure=words.measure, label=words.label or capital(words.unit), kind=one.kind, multiplier=one.per or 100,
        unit=words.unit, people=words.people, event=words.event, polarity=one.polarity, sex=one.sex, age=one.age,
        period=Period(one.period).named(year), region=tables.authority(area).region, decimals=one.decimals,
        basis=words.basis, sampled=words.sampled, goal=goal, service=printed and printed.service,
        fund=printed and printed.fund,
    )  # fmt: skip
    found = _ranked(frame[frame["year"] == year], of, area, people, frame.attrs["vintage"], from_paper=False)
    own = frame[(frame["area"] == area) & (frame["year"] <= year)].set_index("year").sort_index()
    past = _with_limits(own, of)[0].reindex(range(int(own.index[0]), year + 1))
    return replace(found, past=past, few=_few(found, year))


def _few(of: Ranking, year: int) -> tuple[str, ...]:
    """Return the authorities of which fewer than ten events stand behind a rate of young people, as far as is known.

    Where no counts are held, the people are taken to be as many for each year of age as there are children.
    """
    ages = re.fullmatch(r"(\d+)-(\d+)", of.about.age)
    known = of.held["count"].copy()
    children = series.panels(["children"], of.area).get("children")
    if of.about.kind == "rate" and ages and int(ages[2]) <= 25 and children is not None:
        latest = children[children["year"] <= year].dropna(subset="value").groupby("area")["value"].last()
        share = (int(ages[2]) + 1 - int(ages[1])) / 18 * (1 if of.about.sex == "Persons" else 0.5)
        known = known.fillna(of.held["value"] * latest.reindex(of.held.index) * share / of.about.multiplier)
    return tuple(known.index[known.between(0, 10, inclusive="neither")])


def in_region(printed: pd.DataFrame, area: str, people: int | None = None) -> Ranking:
    """Rank an area's value among those of the authorities of its region, and set it against region, England and goal.

    Parameters
    ----------
    printed
        A table of the catalogue with an ``indicator`` entry: ``area`` and ``value``, the region and England among the
        areas; if they are there ``count`` and ``denominator``, from which intervals are worked out, or ``lower`` and
        ``upper``, published 95% limits.
    area
        The area.
    people
        The area's denominator, in place of a printed one.

    Raises
    ------
    InputError
        If the table has no ``indicator`` entry, the area is not in its region, or there is no value to compare with.
    """
    table = printed.attrs["table"]
    of = table.indicator
    if of is None:
        raise InputError(
            f"The table {table.name!r} has no 'indicator' entry in data/raw/{table.name}.yaml, so its unit, polarity "
            "and region are not known: add one, as docs/analysts.md says."
        )
    names = tables.authorities_in(of.region)
    if area not in names:
        raise InputError(
            f"{area} is not in {the_region(of.region)}, which the table {table.name!r} is for: choose {listed(names)}."
        )
    return _ranked(printed, of, area, people, f"data/raw/{table.path}", from_paper=bool(table.sources[0].paper))


def _ranked(
    printed: pd.DataFrame, of: Indicator, area: str, people: int | None, where: str, from_paper: bool
) -> Ranking:
    names = tables.authorities_in(of.region)
    rows = printed.dropna(subset="value").set_index("area")
    for name in (of.region, "England"):
        if name not in rows.index:
            raise InputError(f"{where} has no value for {name}, which areas are compared with: add it.")
    if not rows.index.isin(names).any():
        raise InputError(
            f"{where} has no authority of {the_region(of.region)}, so there is none to compare: add their rows."
        )
    region, england = (Number(float(rows["value"][name]), of.decimals, of.unit) for name in (of.region, "England"))
    rows, source = _with_limits(rows, of)
    held = rows[rows.index.isin(names)].sort_values("value", ascending=False, kind="stable")
    missing = tuple(name for name in names if name not in held.index)
    return Ranking(area, of, held, missing, region, england, source, people, from_paper)


def _with_limits(rows: pd.DataFrame, of: Indicator) -> tuple[pd.DataFrame, str | None]:
    """Return values with the limits of their intervals, and where these are from."""
    rows = rows.dropna(axis="columns", how="all")
    printed = {"lower", "upper"} <= set(rows.columns)
    counted = {"count", "denominator"} <= set(rows.columns)
    rows = rows.reindex(columns=["value", "count", "denominator", "lower", "upper", "lowest", "highest"]).astype(float)
    if counted:
        for level, limits in ((0.95, ["lower", "upper"]), (0.998, ["lowest", "highest"])):
            found = intervals.of(of.kind, rows["count"], rows["denominator"], of.multiplier, level)
            rows[limits[0]], rows[limits[1]] = found
        return rows, _METHODS[of.kind]
    return rows, "those published with the values" if printed else None
