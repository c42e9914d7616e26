"""A schedule of savings as a paper prints it: its lines, the totals they add up to, and what one service gives up."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Number


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

    def total_of(self, heading: str) -> Money:
        """Return the total printed under a heading."""
        return Money(float(self.totals[heading]))

    def by_service(self, heading: str) -> pd.Series:
        """Return what each service under a heading gives up, the most first."""
        under = self.lines[self.lines["heading"] == heading]
        return under.groupby("service", sort=False)["amount"].sum().sort_values(ascending=False, kind="stable")

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
