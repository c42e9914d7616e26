"""A schedule of savings as a paper prints it: its lines, the totals they add up to, and what one service gives up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Noun, Number, listed
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found


@dataclass(frozen=True)
class Schedule:
    """The lines of a schedule, each with the heading of the total it is part of; the totals, the last one of all."""

    table: TableEntry
    lines: pd.DataFrame
    totals: pd.Series

    @property
    def area(self) -> str | None:
        """Whose schedule it is."""
        return self.table.area

    @property
    def period(self) -> str:
        """The year it is for."""
        return self.table.period or ""

    @property
    def total(self) -> Money:
        """All savings."""
        return Money(float(self.totals.iloc[-1]))

    @property
    def unlisted(self) -> Money:
        """What is given as a total without lines."""
        return Money(float(self.total) - float(self.lines["amount"].sum()))

    @property
    def title(self) -> str:
        """What it is called."""
        return self.table.title

    @property
    def heading(self) -> str:
        """The heading under which most services stand."""
        return str(self.lines.groupby("heading", sort=False)["service"].nunique().idxmax())

    @property
    def largest(self) -> Savings:
        """What the service under that heading gives up that gives up most."""
        return self.of(str(self.by_service(self.heading).index[0]))

    def total_of(self, heading: str) -> Money:
        """Return the total printed under a heading."""
        return Money(float(self.totals[heading]))

    def by_service(self, heading: str) -> pd.Series:
        """Return what each service under a heading gives up, the most first."""
        under = self.lines[self.lines["heading"] == heading]
        return under.groupby("service", sort=False)["amount"].sum().sort_values(ascending=False, kind="stable")

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def summary(self) -> tuple[str, str, str]:
        """What it takes, from whom most, and what to ask."""
        most = self.largest
        return (
            f"The {self.period} savings schedule takes {self.total} every year from public health budgets.",
            f'Of services paid for each use, "{most.service}" gives up most: {most.total} ({most.share}%).',
            "Did fewer people come because fewer needed the service, or because it was harder to reach?",
        )

    @property
    def findings(self) -> list[Found]:
        """What is taken in all, and from which service most."""
        services, under, most = self.by_service(self.heading), self.total_of(self.heading), self.largest
        others = listed(f'{Money(amount)} ("{name}")' for name, amount in services.iloc[1:].items())
        return [
            Found(
                "all-savings",
                f"The {self.period} schedule saves {self.total} every year: {under} from services paid for each use, "
                f"and {Money(self.total.value - under.value)} from funds set aside.",
                "",
                self._yearly(self.total),
            ),
            Found(
                "largest-service",
                f'Of the {Noun("service").count(len(services))} paid for each use, "{most.service}" gives up the '
                f"largest part: {most.total} of {under} ({most.share.with_unit}).",
                f"The others give up {others}.",
                self._yearly(most.total),
            ),
        ]

    def _yearly(self, amount: Money) -> Money:
        return replace(amount, unit="pounds a year, recurrent")

    @property
    def glance(self) -> str:
        """The finding of the report's card."""
        return f"{self.total} is taken every year, {self.largest.total} of it from one service."

    @property
    def trend(self) -> tuple[pd.Series, str]:
        """What the card draws, and of what it is."""
        return self.by_service(self.heading), "taken every year"

    @property
    def cautions(self) -> list[str]:
        """What has to be known before it is relied on: nothing."""
        return []

    @property
    def assumptions(self) -> list[Assumed]:
        """What is taken as true."""
        return [
            Assumed("Every saving recurs.", "green", "medium", "the paper says that the new budgets are ongoing"),
            Assumed(
                "The savings follow from low use and not from a decision to offer less.",
                "amber", "high", "the paper says so and gives no numbers of users",
            ),
        ]  # fmt: skip

    @property
    def all(self) -> Savings:
        """All lines."""
        return Savings(self, "all services and funds", self.lines)

    def of(self, service: str | None) -> Savings:
        """Return the lines of a service; there may be none."""
        return Savings(self, service or "", self.lines[self.lines["service"] == service])


@dataclass(frozen=True)
class Savings:
    """Lines of a schedule: those of one service, or all."""

    schedule: Schedule
    service: str
    lines: pd.DataFrame

    def __bool__(self) -> bool:
        """Whether there are any."""
        return not self.lines.empty

    @property
    def total(self) -> Money:
        """What they add up to."""
        return Money(float(self.lines["amount"].sum()))

    @property
    def heading(self) -> str:
        """The heading of the total that the first is part of."""
        return str(self.lines["heading"].iloc[0])

    @property
    def heading_total(self) -> Money:
        """That total."""
        return self.schedule.total_of(self.heading)

    @property
    def share(self) -> Number:
        """Their share of that total, per cent."""
        return Number(float(self.total) / float(self.heading_total) * 100, unit="%")


def schedule(printed: pd.DataFrame) -> Schedule:
    """Read a schedule of savings: each line is part of the next total below it, and the last total is of all.

    Parameters
    ----------
    printed
        A table of the catalogue in the order printed: ``line``, ``service`` (the heading), ``item``, ``amount`` in
        pounds a year, and ``kind``, "item" or "total".

    Examples
    --------
    >>> from casebook import tables
    >>> read = schedule(tables.read("savings_schedule"))
    >>> str(read.total), str(read.unlisted), read.of("Health Checks").share.with_unit
    ('£328,000', '£57,000', '23%')
    """
    totals = printed["kind"] == "total"
    lines = printed.assign(heading=printed["service"].where(totals).bfill())[~totals]
    return Schedule(printed.attrs["table"], lines, printed[totals].set_index("service")["amount"].astype(float))
