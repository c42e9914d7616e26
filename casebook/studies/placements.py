"""What fewer children in care and cheaper placements avoid in cost over a financial year, by scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, capital, count, listed, some_of, those_that, whole, written
from casebook.errors import InputError, one_of
from casebook.methods import costing
from casebook.methods.costing import MONTHS, FinancialYear
from casebook.reconcile.cases import Reconciliation


@dataclass(frozen=True)
class Scenarios:
    """Courses of the number in care over a year, and what each avoids in cost beside what recruitment avoids.

    ``falls`` has, by scenario, how far the number falls by the end of each month, April to March; ``examined`` is the
    one to look at closely, and ``own_year`` the financial year that the source is for.
    """

    area: str
    dated: str
    year: FinancialYear
    own_year: FinancialYear
    start: int
    falls: dict[str, list[float]]
    examined: str
    weekly_cost: float
    recruited: Money
    target: Money

    @property
    def months(self) -> list[str]:
        """The months, by their ends."""
        return [f"{end:%B %Y}" for end in self.year.month_ends]

    @cached_property
    def avoided(self) -> pd.DataFrame:
        """Pounds that the change of each month avoids over the rest of the year; a row a month, a column a scenario."""
        by_scenario = {
            name: costing.cost_avoided(fewer, self.weekly_cost, self.year.weeks_left)
            for name, fewer in self.falls.items()
        }
        return pd.DataFrame(by_scenario, index=self.months)

    @property
    def numbers(self) -> pd.Series:
        """The children in care that each scenario ends with."""
        return pd.Series({name: float(self.start - sum(fewer)) for name, fewer in self.falls.items()})

    @property
    def foreseen(self) -> str:
        """The numbers that the scenarios end with, from the smallest to the largest."""
        ends = self.numbers
        return " to ".join(whole(number) for number in dict.fromkeys((ends.min(), ends.max())))

    @property
    def ends(self) -> dict[str, Money]:
        """What each scenario avoids in the year."""
        return {str(name): Money(float(pounds)) for name, pounds in self.avoided.sum().items()}

    @property
    def with_recruitment(self) -> dict[str, Money]:
        """The same, with recruitment."""
        return {name: Money(end.value + self.recruited.value) for name, end in self.ends.items()}

    @property
    def best(self) -> str:
        """The scenario that avoids most."""
        return max(self.ends, key=lambda name: self.ends[name].value)

    @property
    def most(self) -> Money:
        """What it avoids, with recruitment."""
        return self.with_recruitment[self.best]

    @property
    def each(self) -> str:
        """What each avoids with recruitment, as a sentence lists it."""
        return listed(f"{pounds} ({name})" for name, pounds in self.with_recruitment.items())

    @property
    def reaching(self) -> str:
        """Those that reach the target with recruitment, with their verb."""
        return those_that(self._enough, "reaches", "reach")

    @property
    def so_many_reach(self) -> str:
        """How many reach the target with recruitment, with their verb."""
        return some_of(len(self._enough), len(self.with_recruitment), "scenario", "scenarios", "reaches", "reach")

    @property
    def _enough(self) -> list[str]:
        return [name for name, pounds in self.with_recruitment.items() if pounds.value >= self.target.value]

    def happened(self, in_care: pd.Series) -> str:
        """Say how many were in care when the year ended against the scenarios; if not known, how far these go."""
        end, ends = self.year.last_day, self.numbers
        if self.year != self.own_year or end.year not in in_care.index:
            return f"In {self.year} the scenarios take the number in care from {self.start:,} to {self.foreseen}."
        there = in_care[end.year]
        beside = "fewer than" if there < min(ends) else "more than" if there > max(ends) else "within"
        return (
            f"On {end.day} {end:%B %Y} {self.area} had {whole(there)} children in care, {beside} the scenarios foresaw "
            f"({self.foreseen})."
        )

    @property
    def left(self) -> Money:
        """What recruitment leaves of the target."""
        return Money(max(self.target.value - self.recruited.value, 0.0))

    def enough_by(self, name: str) -> str | None:
        """Return the month from whose end on a scenario's changes avoid what is left; None if they do not."""
        enough = (self.avoided[name].cumsum() >= self.left.value)[::-1].cummin()[::-1]
        return str(enough.idxmax()) if enough.any() else None

    def steadily(self, each: float) -> str:
        """Say how far a fall that is the same every month takes the number, to be said after "the number in care"."""
        end, fall = self.start - MONTHS * each, f"fall by {written(each, ',.1f')} children every month"
        if end < 0:
            return f"would have to {fall}, and the {self.start:,} there are do not last the year"
        return f"must {fall}, from {self.start:,} to about {whole(end)}"


def financial_year(frame: pd.DataFrame, starts: int | None = None) -> FinancialYear:
    """Return the financial year of a table of months, or another that is to be counted in its place.

    Raises
    ------
    InputError
        If the table has no months.
    """
    _need(frame, "month")
    return FinancialYear(_begins(frame) if starts is None else starts)


def scenarios(
    frame: pd.DataFrame, area: str, year: FinancialYear, weekly_cost: float, recruited: Money, target: float, *,
    start: int | None = None, path: list[float] | None = None, steady: float | None = None,
) -> Scenarios:  # fmt: skip
    """Work out what scenarios avoid in cost over a financial year.

    Parameters
    ----------
    frame
        A table of the catalogue: ``scenario``, ``month`` (its last day) and ``children``, from the end of the March
        before the year to the next.
    area
        Whose children they are.
    year
        The year whose weeks are counted.
    weekly_cost
        Pounds a week that one child fewer avoids.
    recruited, target
        Pounds that recruitment avoids in the year, and that are to be avoided in all.
    start
        The children in care when the year begins (the notebook's ``start_number``); None for the table's.
    path, steady
        One more scenario: the children at the end of each month (``monthly_path``), or how many fewer there are every
        month (``steady_reduction``).

    Raises
    ------
    InputError
        If the table has other columns or not thirteen months a scenario, both scenarios are given, or more children
        leave care than there are.
    """
    described = _need(frame, "scenario", "month", "children")
    if path is not None and steady is not None:
        raise InputError(
            "monthly_path and steady_reduction are both given: give one of them, or neither for the scenarios of "
            f"data/raw/{described.path} alone."
        )
    own = financial_year(frame)
    falls = {}
    for name, rows in frame.assign(at=_months_in(frame)).groupby("scenario", sort=False):
        numbers = rows.set_index("at")["children"].sort_index()
        if list(numbers.index) != list(range(MONTHS + 1)):
            raise InputError(
                f"data/raw/{described.path} has {len(numbers)} months for {name}, expected thirteen, from the end of "
                f"March {own.starts} to that of March {own.starts + 1}: add or correct rows."
            )
        falls[str(name)] = costing.changes(float(number) for number in numbers)
    if start is None:
        start = int(frame.sort_values("month", kind="stable")["children"].iloc[0])
    if path is not None:
        falls["Path given"] = costing.changes([start, *path])
    elif steady is not None:
        falls["Steady reduction given"] = [steady] * MONTHS
    for name, fewer in falls.items():
        if (most := max(np.cumsum(fewer))) > start:
            raise InputError(
                f"start_number is {start:,}, fewer than the {whole(most)} children that the scenario '{name}' takes "
                "out of care in the year: give a larger number, or a smaller reduction."
            )
    # The one given for this run, otherwise the middle one.
    examined = list(falls)[len(falls) // 2 if path is None and steady is None else -1]
    dated = described.sources[0].date_in_words
    return Scenarios(area, dated, year, own, start, falls, examined, weekly_cost, recruited, Money(target))


def placement_weeks(recruitment: pd.DataFrame, year: FinancialYear) -> float:
    """Return the weeks of a financial year that placements last which are added by the end of its months or before it.

    Raises
    ------
    InputError
        If the table has other columns, or months of another year.

    Examples
    --------
    >>> from casebook.data import tables
    >>> placement_weeks(tables.read("foster_recruitment"), FinancialYear(2020))
    1916.0
    """
    _need(recruitment, "month", "placements")
    weeks = np.array([year.weeks, *year.weeks_left])
    return float((recruitment["placements"] * weeks[_months_in(recruitment)]).sum())


def _need(frame: pd.DataFrame, *columns: str) -> TableEntry:
    table: TableEntry = frame.attrs["table"]
    if not set(columns) <= set(frame):
        raise InputError(
            f"data/raw/{table.path} has the columns {listed(frame)}, expected {listed(columns)} among them: "
            "name a table that has them."
        )
    return table


def _begins(frame: pd.DataFrame) -> int:
    first = frame["month"].min()
    return int(first.year - (first.month < 3))


def _months_in(frame: pd.DataFrame) -> pd.Series:
    """Return how many months of the table's financial year have passed in each row, 0 to 12."""
    months = frame["month"].dt
    passed = (months.year - _begins(frame)) * MONTHS + months.month - 3
    if (passed > MONTHS).any():
        raise InputError(
            f"data/raw/{frame.attrs['table'].path} reaches from {frame['month'].min():%B %Y} to "
            f"{frame['month'].max():%B %Y}, expected one financial year, from the end of March before it: delete the "
            "other rows."
        )
    return pd.Series(passed)


@dataclass(frozen=True)
class Prices:
    """What a week of each kind of placement costs, and what a move from one kind to another changes.

    ``printed`` has all rows of the table; ``price`` the first printed of each kind that is compared, and ``least`` the
    kinds of which that is a least cost.
    """

    area: str
    year: FinancialYear
    printed: pd.DataFrame
    price: dict[str, int]
    least: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything is held for the area."""
        return bool(self.price)

    def change(self, before: str, after: str) -> Money:
        """Return what one child costs more in a week after a move."""
        return Money(self.price[after] - self.price[before])

    @property
    def moves(self) -> pd.DataFrame:
        """A row a move: ``move``, and what it changes in a ``week`` and in a whole ``year``, pounds."""
        return pd.DataFrame(
            {"move": f"{before} to {after[:1].lower()}{after[1:]}", "week": week, "year": week * self.year.weeks}
            for before, after in permutations(self.price, 2)
            for week in [int(self.change(before, after).value)]
        )


def prices(weekly: pd.DataFrame, area: str, kinds: list[str], year: FinancialYear) -> Prices:
    """Take from a table what a week of some kinds of placement costs.

    Parameters
    ----------
    weekly
        ``placement``, ``lowest`` and ``highest`` (missing where the lowest is a least cost), pounds a week.
    area
        Whose costs they are.
    kinds
        The placements to compare.
    year
        The year whose weeks are counted.

    Raises
    ------
    InputError
        If the table has other columns, or rows and none for one of the kinds.
    """
    described = _need(weekly, "placement", "lowest", "highest")
    first = weekly.drop_duplicates("placement").set_index("placement")
    for kind in kinds if len(first) else ():
        if kind not in first.index:
            raise InputError(
                f"kinds names {kind!r}, which data/raw/{described.path} does not price: {one_of(first.index, kind)}"
            )
    held = first.loc[kinds if len(first) else []]
    least = tuple(held.index[held["highest"].isna()])
    return Prices(area, year, weekly, {str(kind): int(cost) for kind, cost in held["lowest"].items()}, least)


@dataclass(frozen=True)
class PrintedCosts:
    """How the costs printed in tables compare with those worked out again."""

    costs: tuple[Reconciliation, ...]

    def __bool__(self) -> bool:
        """Whether any are recorded."""
        return bool(self.costs)

    @property
    def wrong(self) -> list[Reconciliation]:
        """Those that differ."""
        return [cost for cost in self.costs if cost.verdict == "differs"]

    @property
    def right(self) -> int:
        """How many do not."""
        return len(self.costs) - len(self.wrong)

    @property
    def reproduced(self) -> str:
        """How many of how many do not differ."""
        return some_of(self.right, len(self.costs), "cost", "costs")

    @property
    def exceptions(self) -> str:
        """Which differ, as a sentence; nothing if none does."""
        if not self.wrong:
            return ""
        where = listed(dict.fromkeys(cost.cell.split("/")[1].split("; ")[-1] for cost in self.wrong))
        differ = count(len(self.wrong), "differs", "differ")
        return f"{capital(differ)}, in {where}, where the printed numbers of children do not give the printed costs."

    @property
    def elsewhere(self) -> str:
        """That those which differ fit other numbers, to go on a sentence with; nothing if none does."""
        fit = count(len(self.wrong), "fits", "fit")
        return f"; {fit} other numbers of children than those printed beside them" if self.wrong else ""


def printed_costs(figures: Iterable[Reconciliation]) -> PrintedCosts:
    """Take from a report's printed figures those that are costs of a table."""
    return PrintedCosts(tuple(one for one in figures if one.cell.endswith("/cost_avoided")))
