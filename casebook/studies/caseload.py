"""A service's caseload, now and to come: the staff that children need, and what fewer staff do to loads and waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.english import (
    Gap,
    Noun,
    Number,
    Odds,
    Range,
    Shortfall,
    capital,
    count,
    listed,
    percent,
    those_that,
    whole,
    written,
)
from casebook.errors import InputError
from casebook.methods import capacity, forecast
from casebook.studies.assumed import Assumed
from casebook.studies.projection import LIMITS, rounded

_POSTS = Noun("post")
_NEAR = 1e-9
"""What binary arithmetic may add to a caseload that is exactly as recommended."""


@dataclass(frozen=True)
class Service:
    """What is known of a service in one year.

    ``children`` are on its caseload, ``with_plan`` of them have a plan, of ``plans`` in force; ``wte`` is its staff,
    ``recommended`` the children that each should have, and ``printed`` whether a paper gives the caseload; a paper may
    also print the share of plans whose children use the service. ``staffed`` says where the staff is from.
    """

    area: str
    year: int
    children: float
    with_plan: float
    plans: float
    wte: float
    recommended: float
    staff: Noun
    printed: bool
    printed_share: float | None
    staffed: str

    @property
    def without_plan(self) -> float:
        """The children on the caseload who have no plan."""
        return self.children - self.with_plan

    @property
    def share(self) -> float:
        """The share of plans whose children use the service."""
        return self.with_plan / self.plans

    @property
    def there(self) -> Number:
        """The staff there are."""
        return Number(self.wte, 1, f"whole-time equivalent {self.staff}")

    @property
    def each(self) -> Number:
        """The children that each of the staff has."""
        return Number(capacity.caseload_each(self.children, self.wte))

    @property
    def needed(self) -> Number:
        """The staff that the children need."""
        staff = capacity.wte_needed(self.children, self.recommended)
        return Number(staff, 1, f"whole-time equivalent {self.staff}")

    @property
    def finding(self) -> str:
        """The staff there are and the staff that the children need, as a short sentence."""
        there = f"About {whole(self.wte)} {self.staff} in {self.year}"
        return f"{there}; {whole(self.children)} children need {whole(self.needed.value)}."

    @property
    def worse(self) -> list[str]:
        """Say, as a clause, if each has more children than recommended."""
        return ["more children each than recommended"] if self.wte < self.needed.value else []

    @property
    def excess(self) -> Gap:
        """How far each has more children than recommended."""
        return Gap.between(Number(self.each.value, 1), Number(self.recommended, 1))

    def against_claim(self, up_to: float | None) -> str:
        """Say whether a printed caseload's excess is within what the paper says of it; otherwise nothing."""
        if up_to is None or not self.printed or self.excess.per_cent is None:
            return ""
        within = "within" if self.excess.per_cent <= up_to else "not"
        return f', {within} the "up to {up_to:g}%" that the paper prints'


def service(
    area: str, prose: Mapping[str, float], called: tuple[str, Noun], plans: Mapping[int, float], recommended: float,
    known: tuple[float | None, float | None] = (None, None), staff: tuple[float | None, float | None] = (None, None),
) -> Service:  # fmt: skip
    """Return what is known of a service, from a paper or as given for a run.

    Parameters
    ----------
    prose
        What a paper prints for the area, by name; there may be nothing.
    called
        What the service's names begin with, and its staff: with ``ot`` the names are ``ot-caseload``,
        ``ot-caseload-with-plan``, ``ot-caseload-each`` and ``ot-access-rate``.
    plans
        Plans in force by year: the first are of the year of a printed caseload, the last of that of a given one.
    recommended
        The children that each of the staff should have.
    known
        The children on the caseload and those of them with a plan, in place of a paper's.
    staff
        The whole-time equivalents or, where they are not known, the children that each has, in place of a paper's.

    Raises
    ------
    InputError
        If the caseload or the staff is neither printed nor given, or more children have a plan than there can be.
    """
    (children, with_plan), (wte, each), (begin, noun) = known, staff, called
    name = f"{begin}-caseload"
    printed = children is None and with_plan is None and name in prose
    if printed:
        children, with_plan = prose[name], prose[f"{name}-with-plan"]
    if children is None or with_plan is None:
        raise InputError(
            f"No caseload is printed for {area}, or half of one is given: give children and children_with_plan, those "
            f"on the caseload in {max(plans)} and those of them who have a plan."
        )
    year = min(plans) if printed else max(plans)
    if with_plan > (most := min(children, plans[year])):
        raise InputError(
            f"children_with_plan is {with_plan:g}, expected at most {most:g}, the children on the caseload or, if they "
            f"are fewer, the plans in force in {year}: correct it, or children."
        )
    each = prose.get(f"{name}-each") if each is None else each
    if wte is None and each is None:
        raise InputError(
            f"No staff is printed for {area}: give current_wte, or caseload_per_wte, the children that each of the "
            f"{noun} has."
        )
    staffed = "as given for this run"
    if wte is None:
        wte = capacity.wte_needed(children, each or 0)
        staffed = f"the caseload over {each:g} children each; no number of posts is known"
    share = prose[f"{begin}-access-rate"] / 100 if printed else None
    return Service(area, year, children, with_plan, plans[year], wte, recommended, noun, printed, share, staffed)


def to_come(plans: pd.DataFrame, end: int) -> pd.DataFrame:
    """Return the plans to come, up to a year: ``central``, ``lower`` and ``upper`` by year.

    Parameters
    ----------
    plans
        What the report ehcp-forecast keeps of the total: ``year`` and the limits.
    end
        The last year wanted.

    Raises
    ------
    InputError
        If the forecast does not reach it.
    """
    years = plans.set_index("year")[LIMITS].astype(float)
    if end not in years.index:
        raise InputError(
            f"horizon_year is {end}, but the report ehcp-forecast reaches from {years.index[0]} to {years.index[-1]}: "
            "choose one of these years, or give ehcp-forecast a later horizon_year."
        )
    return years.loc[:end]


def drawn(to_come: pd.DataFrame, distribution: pd.DataFrame, scores: NDArray[np.float64]) -> pd.DataFrame:
    """Return simulated plans: a column a year, a row a future. A future that is high in one year is high in all.

    Parameters
    ----------
    to_come
        As ``to_come`` returns them.
    distribution
        What the report ehcp-forecast keeps of its forecast: ``year``, ``probability`` and ``value``. Where it made
        none, because its history was too short, the limits are taken for those of 80 of 100 futures.
    scores
        Standard normal, one a future.
    """
    plans = {}
    for year in to_come.index:
        one = distribution[distribution["year"] == year].sort_values("probability")
        points, values = one["probability"], one["value"]
        if one.empty:
            points, values = pd.Series([0.1, 0.5, 0.9]), to_come.loc[year, ["lower", "central", "upper"]]
        plans[year] = forecast.drawn(points.astype(float), values.astype(float), scores)
    return pd.DataFrame(plans)


@dataclass(frozen=True)
class Futures:
    """Simulated futures: children with a plan who would use a service, a column a year, and loads carried by its staff.

    ``carried`` is the load of the present staff in each future, as a share of the load that is taken for it.
    """

    with_plan: pd.DataFrame
    carried: NDArray[np.float64]

    def limits(self, central: pd.Series) -> pd.DataFrame:
        """Return a central course, with what one of ten futures lies below and one of ten above."""
        ends = self.with_plan.quantile([0.1, 0.9])
        low, high = (np.clip(ends.iloc[row], *ends_of) for row, ends_of in ((0, (0, central)), (1, (central, None))))
        return pd.DataFrame({"central": central, "lower": low, "upper": high})


def simulate(to_come: pd.DataFrame, distribution: pd.DataFrame, access: Access, runs: int, seed: int) -> Futures:
    """Simulate the children with a plan who would use a service, and the load that its staff carry.

    Plans are drawn from the whole distribution of the forecast; the share who use the service, within its limits, and
    the load, within 10% either way, each most often near the central value.

    Parameters
    ----------
    to_come, distribution
        As in ``drawn``.
    access
        The share who use the service.
    runs, seed
        How many futures; the same seed gives the same ones.
    """
    generator = np.random.default_rng(seed)
    low, central, high = access.limits[["lower", "central", "upper"]].tolist()
    share = capacity.triangular(low, central, high, runs, generator)
    carried = capacity.triangular(0.9, 1, 1.1, runs, generator)
    plans = drawn(to_come, distribution, generator.standard_normal(runs))
    return Futures(plans.mul(share, axis=0), carried)


def growth(held: pd.Series, since: int, years: Sequence[int]) -> pd.Series:
    """Return how many times as many children there are as in a year; 1 where no numbers are held.

    Parameters
    ----------
    held
        Children by year, in straight lines between. The year to count from is the nearest one held.
    since
        The year to count from.
    years
        The years wanted.

    Raises
    ------
    InputError
        If the numbers do not reach to the years wanted.

    Examples
    --------
    >>> growth(pd.Series({2021: 200.0, 2026: 210.0}), since=2020, years=[2022, 2026]).round(6).to_dict()
    {2022: 1.01, 2026: 1.05}
    """
    if held.empty:
        return pd.Series(1.0, index=list(years))
    if not held.index[0] <= years[0] <= years[-1] <= held.index[-1]:
        raise InputError(
            f"The demand is for {years[0]} to {years[-1]}, but the forecast of children reaches from {held.index[0]} "
            f"to {held.index[-1]}: choose a horizon_year within it."
        )
    nearest = min(held.index, key=lambda year: abs(year - since))
    wanted = list(years)
    return pd.Series(forecast.between(held.index.tolist(), held, wanted) / held[nearest], index=wanted)


@dataclass(frozen=True)
class Access:
    """The share of children with a plan who use a service: its limits, and what they rest on."""

    limits: pd.Series
    said: str

    @property
    def range(self) -> str:
        """The lower and the upper share."""
        return f"{percent(self.limits['lower'], 1)} to {percent(self.limits['upper'], 1)}"


def access(of: Service, low: float | None = None, central: float | None = None, high: float | None = None) -> Access:
    """Return the share of children with a plan who use a service, with what it may be at least and at most.

    Where they are not given, the central share is that of the service, the low one the share that a paper prints (a
    tenth less where none does), and the high one as far above as the low one lies below.

    Raises
    ------
    InputError
        If the three are not in order.
    """
    printed = of.printed_share
    own = f"the {whole(of.with_plan)} of {whole(of.plans)} of {of.year}"
    said = f"a tenth below {own} and a tenth above"
    if printed is not None:
        said = f"the printed {percent(printed)}, and as far above {own} as that lies below"
    if not low is central is high is None:
        said = "as set for this run"
    middle = of.share if central is None else central
    if low is None:
        low = 0.9 * middle if printed is None else min(printed, middle)
    high = min(1.0, 2 * middle - low) if high is None else high
    if not low <= middle <= high:
        raise InputError(
            f"The access rates are {low:g}, {middle:g} and {high:g}, expected low, central and high in this "
            "order: change access_rate_low, access_rate or access_rate_high."
        )
    return Access(pd.Series(dict(zip(LIMITS, (middle, low, high), strict=True))), said)


@dataclass(frozen=True)
class Staffing:
    """A service without and with the posts asked for, year by year; ``posts`` are by year."""

    service: Service
    posts: pd.Series

    @property
    def asked(self) -> float:
        """All posts asked for."""
        return float(self.posts.sum())

    @property
    def said(self) -> str:
        """The posts as a sentence names them: "the nine posts"."""
        return f"the {_POSTS.count(self.asked)}" if self.asked else "no new posts"

    @property
    def options(self) -> dict[str, float]:
        """The staff without new posts, and after each year's."""
        after = [0.0, *self.posts.cumsum().astype(float)]
        return {capital(count(new, "new post", "new posts")): self.service.wte + new for new in after}

    @property
    def last(self) -> str:
        """The option with all posts."""
        return list(self.options)[-1]

    @property
    def shortfall(self) -> Shortfall:
        """The staff that is missing with all posts."""
        return Shortfall(self.service.needed.value - self.options[self.last], 1)

    @property
    def effect(self) -> str:
        """What the posts make, as a sentence; or that none are asked for."""
        if not self.asked:
            return f"No new posts are asked for, so the service is {self.shortfall}."
        after = self.options[self.last]
        each = capacity.caseload_each(self.service.children, after)
        makes = "makes" if self.asked == 1 else "make"
        said = f"{capital(self.said)} asked for {makes} {written(after, '.1f')}, which is {self.shortfall}"
        return f"{said}: {whole(each)} children each."

    @property
    def frame(self) -> pd.DataFrame:
        """A row an option, and the staff that would be enough: ``option``, ``wte``, ``each`` and ``short``."""
        needed = self.service.needed.value
        staff = pd.Series({**self.options, "Enough for the recommendation": needed})
        found = pd.DataFrame({"wte": staff, "each": self.service.children / staff, "short": needed - staff})
        return found.rename_axis("option").reset_index()


def staffing(of: Service, held: pd.Series, given: Sequence[float | None]) -> Staffing:
    """Return a service with the posts asked for.

    Parameters
    ----------
    held
        Posts by year, as a table has them; may be empty.
    given
        Posts of the first year, the second and so on, in place of those. Where none are left there are no years.
    """
    first = int(held.index[0]) if len(held) else of.year + 1
    set_here = {first + n: posts for n, posts in enumerate(given) if posts is not None}
    years = range(first, max([first - 1, *held.index, *set_here]) + 1)
    posts = pd.Series({year: float(set_here.get(year, held.get(year, 0))) for year in years}, dtype=float)
    return Staffing(of, posts if posts.any() else posts.iloc[:0])


WEEKS = 52
"""Weeks of a year."""


@dataclass(frozen=True)
class Flows:
    """What comes to a service and leaves it.

    Parameters
    ----------
    stay, need
        How long a child stays on the caseload, and how long a child waits before its need ends, in weeks, on average.
    variability
        As in ``capacity.waiting_list``.
    referrals, waiting
        Children referred a week and children waiting at the beginning, where they were counted. Otherwise so many are
        referred that those who need a place are the demand, and those wait who then find none.
    counted
        What was counted, as a sentence says it; nothing if all is taken.
    """

    stay: float
    need: float
    variability: float = 1.0
    referrals: float | None = None
    waiting: float | None = None
    counted: str = ""

    @property
    def source(self) -> str:
        """Where they are from, as a clause."""
        return "the counts that the service gave" if self.counted else "chosen here, because no paper gives counts"

    def referred(self, weekly: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the children referred in each week, from those who need a place: before the first, and after each."""
        if self.referrals is None:
            return np.maximum(weekly[1:] - weekly[:-1] * (1 - 1 / self.stay), 0)
        return np.asarray(self.referrals * weekly[1:] / weekly[0])

    def course(self, weekly: NDArray[np.float64], places: float, need: float) -> capacity.Course:
        """Step a list whose children wait until their need ends after so many weeks."""
        queue = max(0.0, float(weekly[0]) - places) if self.waiting is None else self.waiting
        placed = min(places, float(weekly[0]))
        return capacity.stepped(self.referred(weekly), places, self.stay, need, queue, placed)


def flows(weeks_on_caseload: float, counted: pd.DataFrame | None = None) -> Flows:
    """Return what comes to a service and leaves it: as its records count it or, without them, as taken.

    Parameters
    ----------
    weeks_on_caseload
        How long a child needs the service, in weeks; where nothing is counted it is so with a place or without.
    counted
        A table of the catalogue, a row a month in order: ``referrals``, ``discharges`` and ``left`` (the children who
        stopped waiting without a place) in the month, and ``waiting`` and ``caseload`` at its end.

    Raises
    ------
    InputError
        If the table has not these columns, fewer than six months, a gap, or nobody who was referred and discharged.

    Examples
    --------
    >>> months = pd.DataFrame({"referrals": [26, 30, 22, 26, 28, 24], "discharges": 26, "left": 13, "waiting": 120,
    ...                        "caseload": 600})
    >>> found = flows(52, months)
    >>> round(found.referrals, 1), round(found.stay), round(found.need), round(found.variability, 2)
    (6.0, 100, 40, 0.15)
    """
    if counted is None:
        return Flows(weeks_on_caseload, weeks_on_caseload)
    columns = ["referrals", "discharges", "left", "waiting", "caseload"]
    name = f"The table {counted.attrs['table'].name!r}" if "table" in counted.attrs else "The table of flows"
    if missing := [column for column in columns if column not in counted]:
        raise InputError(f"{name} has no column {listed(missing)}: a table of flows has {listed(columns)}.")
    rows = counted[columns].astype(float)
    if len(rows) < _FEWEST_MONTHS or rows.isna().any(axis=None) or (rows < 0).any(axis=None):
        raise InputError(
            f"{name} has {len(rows)} months, a gap or a number below 0: give {_FEWEST_MONTHS} whole months."
        )
    a_week, mean = WEEKS / 12, rows.mean()
    if not (mean["referrals"] and mean["discharges"]):
        raise InputError(f"{name} counts nobody referred, or nobody discharged: nothing can be worked out from it.")
    uneven = rows[["referrals", "discharges"]].var() / rows[["referrals", "discharges"]].mean()
    return Flows(
        max(mean["caseload"] / mean["discharges"] * a_week, 1.0),
        max(mean["waiting"] / mean["left"] * a_week, 1.0) if mean["left"] else np.inf,
        float(uneven.mean()),
        float(mean["referrals"] / a_week),
        float(rows["waiting"].iloc[-1]),
        f"the {len(rows)} months of referrals and discharges that the service counted",
    )


_FEWEST_MONTHS = 6


@dataclass(frozen=True)
class DemandOutlook:
    """The children to come, against the staff of each option.

    Parameters
    ----------
    staffing, access
        The service and its options, and the share of children with a plan who use it.
    with_plan
        Children with a plan who would use the service: ``central``, ``lower`` and ``upper`` by year.
    without_plan
        Children without one, by year.
    """

    staffing: Staffing
    access: Access
    with_plan: pd.DataFrame
    without_plan: pd.Series

    @cached_property
    def demand(self) -> pd.DataFrame:
        """All children who would use the service: ``central``, ``lower`` and ``upper`` by year."""
        return self.with_plan.add(self.without_plan, axis=0)

    @property
    def end(self) -> int:
        """The last year."""
        return int(self.demand.index[-1])

    @property
    def recommended(self) -> float:
        """The children that each of the staff should have."""
        return self.staffing.service.recommended

    @property
    def value(self) -> Number:
        """The children of the last year, not rounded, to be followed from run to run."""
        return Number(float(self.demand["central"].iloc[-1]), unit=f"children in {self.end}")

    @property
    def children(self) -> Range:
        """The children of the last year."""
        return self.for_each(1)

    @property
    def needed(self) -> Range:
        """The staff that the children of the last year need."""
        return self.for_each(self.recommended)

    @property
    def times(self) -> Number:
        """How many times as many children there are as were known."""
        return Number(self.value.value / self.staffing.service.children, 1)

    @property
    def trend(self) -> pd.Series:
        """The children to come by year; named, as more of them are neither better nor worse."""
        return self.demand["central"].rename(index=str)

    @property
    def assumptions(self) -> list[Assumed]:
        """What the demand and the staff that it takes rest on, each with what it changes."""
        service, shares, staff = self.staffing.service, self.access.limits, self.staffing.service.staff
        with_plan, without = float(self.with_plan["central"].iloc[-1]), float(self.without_plan.iloc[-1])
        low, high = (
            Number((with_plan * shares[end] / shares["central"] + without) / self.recommended)
            for end in ("lower", "upper")
        )
        between = " and ".join(percent(shares[end], 1) for end in ("lower", "upper"))
        found = [
            Assumed(
                f"The share of children with a plan who use the service lies between {between}.",
                "red", "high", self.access.said,
                f"In {self.end} the lower share would take {low} whole-time {staff}, the upper one {high}.",
            ),
            Assumed(
                f"There were {service.there} whole-time {staff} in {service.year}.", "amber", "high", service.staffed,
                f"The children needed {service.needed}: one more or fewer changes what is missing by one.",
            ),
        ]  # fmt: skip
        if self.staffing.asked:
            ends = self.loads.iloc[-1]
            now, then = (Number(float(ends[option])) for option in (ends.index[0], self.staffing.last))
            found.append(Assumed(
                "Posts are filled and stay filled; assistants carry a caseload as therapists do.", "red", "high",
                "chosen here, because no paper says how many are filled",
                f"In {self.end} each {staff.one} would carry about {then} children with {self.staffing.said}, and "
                f"about {now} without.",
            ))  # fmt: skip
        if self.without_plan.eq(service.without_plan).all():
            found.append(Assumed(
                f"Children without a plan stay as many as they were in {service.year}.", "red", "low",
                f"no forecast of the number of children is held for {service.area}",
                f"They are {whole(without)} of {self.children.roughly} children in {self.end}.",
            ))  # fmt: skip
        return found

    def for_each(self, staff: float) -> Range:
        """Return the children of the last year for each of so many staff, rounded by their range."""
        found, decimals = rounded(self.demand.iloc[[-1]] / staff)
        return Range(*(Number(float(found[limit].iloc[0]), decimals) for limit in ("lower", "upper", "central")))

    @property
    def enough(self) -> str:
        """What the staff is called that would be enough in the last year."""
        return f"Enough for {self.end}"

    @property
    def options(self) -> dict[str, float]:
        """The staff of each option, and the staff that would be enough in the last year."""
        return {**self.staffing.options, self.enough: capacity.wte_needed(self.value.value, self.recommended)}

    @property
    def loads(self) -> pd.DataFrame:
        """The children for each of the staff, a row a year, a column an option."""
        return pd.DataFrame({option: self.demand["central"] / wte for option, wte in self.options.items()})

    @property
    def course(self) -> str:
        """From when on the load of each option is above the recommended one, as sentences."""
        above = self.loads > self.recommended + _NEAR
        first = above.idxmax().where(above.any(), 0).astype(int)
        sentences = []
        for year in dict.fromkeys(first):
            options = [f'"{option}"' for option in first.index[first == year]]
            already = ", the first year shown" if year == above.index[0] else ""
            does = "is", "are", f"above the recommendation from {year}{already}"
            is_, are, what = does if year else ("stays", "stay", "within the recommendation")
            sentences.append(f"{those_that(options, is_, are)} {what}.")
        return " ".join(sentences)

    def waiting(self, flows: Flows, target: float) -> tuple[pd.DataFrame, dict[str, int]]:
        """Step a list week by week to the last year, by option, if staff keep to the recommended load.

        Each figure is rounded by what it is at the ends of the range of children.

        Parameters
        ----------
        flows
            What comes and goes.
        target
            How long a child may wait, in weeks.

        Returns
        -------
        tuple
            ``option``; ``queue``, the children without a place; ``reached``, how many of 100 who stopped waiting in the
            last year got one; ``wait``, how long these had waited, in weeks; ``kept``, the children without a place if
            none ever stopped waiting without one; ``relief``, the staff that brings the list down, missing where none
            is needed. And the decimals of each column.
        """
        found = {limit: self._waiting(limit, flows, target) for limit in LIMITS}
        central, decimals = found["central"].copy(), {}
        for column in central:
            each = pd.DataFrame({limit: one[column].fillna(central[column]) for limit, one in found.items()}).dropna()
            ends = pd.DataFrame(
                {"central": each["central"], "lower": each.min(axis=1), "upper": each.max(axis=1)}, index=each.index
            )
            decimals[str(column)] = 0
            if len(ends):
                shown, decimals[str(column)] = rounded(ends)
                central[column] = shown["central"].reindex(central.index)
        return central.rename_axis("option").reset_index(), decimals

    def _waiting(self, limit: str, flows: Flows, target: float) -> pd.DataFrame:
        weekly, rows = self._weekly(limit), {}
        for option, wte in self.options.items():
            places = wte * self.recommended
            course, kept = (flows.course(weekly, places, need) for need in (flows.need, np.inf))
            queue, year = float(course.waiting[-1]), slice(-WEEKS, None)
            started, left = course.started[year].sum(), course.left[year].sum()
            state = self._list(flows, weekly, places, queue, target)
            relief = np.nan if state.relief_capacity is None else state.relief_capacity * flows.stay / self.recommended
            reached = 100 * started / (started + left) if len(weekly) > 2 and started else np.nan
            wait = float(course.wait[-1]) if len(weekly) > 2 else np.nan
            rows[option] = [queue, reached, wait, float(kept.waiting[-1]), relief]
        return pd.DataFrame(rows, index=["queue", "reached", "wait", "kept", "relief"]).T

    def _weekly(self, limit: str) -> NDArray[np.float64]:
        """Return the children of every week from the first January to the last; of one week, if they are the same."""
        demand = self.demand[limit]
        weeks = np.arange(max(WEEKS * (len(demand) - 1), 1) + 1) / WEEKS
        return np.asarray(np.interp(weeks, np.arange(len(demand)), demand))

    def _list(
        self, flows: Flows, weekly: NDArray[np.float64], places: float, queue: float, target: float
    ) -> capacity.WaitingList:
        referrals = float(weekly[-1]) / flows.stay
        if flows.referrals is not None:
            referrals = float(flows.referred(weekly)[-1])
        return capacity.waiting_list(referrals, places / flows.stay, queue, target, variability=flows.variability)

    def in_balance(self, flows: Flows, target: float) -> tuple[float, float, float]:
        """Return what keeps nearly all waits under a target in the last year, and what chance leaves without a place.

        Returns
        -------
        tuple
            The longest list, in children; the staff that keeps it there; and the children who have no place at a time
            with the staff that is just enough, because referrals come by chance.
        """
        needed, weekly = self.options[self.enough], self._weekly("central")
        state = self._list(flows, weekly, needed * self.recommended, 0, target)
        staff = state.target_capacity * flows.stay / self.recommended
        chance = capacity.without_place(self.value.value, needed * self.recommended)
        return state.target_queue, staff, chance

    def futures(self, simulated: Futures) -> pd.DataFrame:
        """Return in how many of 100 simulated futures the staff keep within the recommended load.

        Returns
        -------
        pandas.DataFrame
            A row a year, a column an option.
        """
        now, limit, found = self.staffing.service.wte, self.recommended + _NEAR, {}
        children = simulated.with_plan + self.without_plan
        for option, wte in self.options.items():
            staff = wte if option == self.enough else now / simulated.carried + (wte - now)
            found[option] = children.div(staff, axis=0).le(limit).mean() * 100
        return pd.DataFrame(found).rename_axis("year")

    def odds(self, futures: pd.DataFrame, runs: int) -> Odds:
        """Return how often the option with all posts is enough in the last year."""
        return Odds(float(futures[self.staffing.last].iloc[-1]), runs=runs)


# --- Who refers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Referrals:
    """The agencies that referrals concern, each alone or with others.

    ``frame`` has ``agency``, ``alone``, ``shared`` and ``all``, the largest share first, and ``once`` is the share of
    referrals that concern any.
    """

    frame: pd.DataFrame
    once: float

    def with_share(self, share: float) -> str:
        """Name the agencies with a share."""
        return listed(self.frame.loc[self.frame["all"] == share, "agency"])


def referrals(frame: pd.DataFrame) -> Referrals | None:
    """Count the agencies of a table of exclusive groups: ``agencies``, joined by "and", and ``share``; None of none.

    Examples
    --------
    >>> found = referrals(pd.DataFrame({"agencies": ["Health", "Health and Care", "Care"], "share": [10, 60, 30]}))
    >>> found.frame.to_numpy().tolist(), found.once, found.with_share(90)
    ([['Care', 30, 60, 90], ['Health', 10, 60, 70]], 100, 'Care')
    """
    groups = {
        frozenset(one.split(" and ")): share for one, share in zip(frame["agencies"], frame["share"], strict=True)
    }
    if not groups:
        return None
    agencies = sorted({agency for group in groups for agency in group})
    alone = [groups.get(frozenset([agency]), 0) for agency in agencies]
    found = pd.DataFrame({"agency": agencies, "alone": alone, "all": [capacity.union(groups, one) for one in agencies]})
    found.insert(2, "shared", found["all"] - found["alone"])
    found = found.sort_values("all", ascending=False, kind="stable", ignore_index=True)
    return Referrals(found, capacity.inclusion_exclusion(groups))
