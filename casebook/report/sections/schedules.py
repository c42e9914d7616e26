"""A schedule of savings: where it is printed, its lines, and its totals."""

from __future__ import annotations

import pandas as pd

from casebook.english import Money, listed
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Columns, Section, Sheet
from casebook.studies.savings import Savings, Schedule

_AMOUNTS: Columns = {
    "amount": ("Saving, pounds a year", ",.0f"),
    "share": ("Share of all savings, per cent", ".1f"),
}


def savings(of: Savings, area: str, fund: str | None = None) -> Section:
    """Show lines of a schedule of savings: all, or those of one service.

    Its parts are ``lines``, ``fund`` and ``about``; only ``none`` where there is nothing to show.

    Parameters
    ----------
    of
        The lines.
    area
        Whose page it is: another area's schedule is not shown on it.
    fund
        A line, by its words, that is for the same service and stands under another heading.
    """
    schedule = of.schedule
    if schedule.area != area:
        return Section(none=f"No savings schedule is held for {area}; the one that is held is {schedule.area}'s.")
    if not of:
        return Section(none=f"The savings schedule for {schedule.period} has no line for this service.")
    besides = None
    if fund is not None:
        row = schedule.lines.set_index("item").to_dict("index")[fund]
        besides = (
            f'The schedule also gives up {Money(float(row["amount"]))} held for this service under "{row["service"]}": '
            f'"{fund}". It is not part of the sum above.'
        )
    several: Columns = {"service": "Service or fund"} if of.lines["service"].nunique() > 1 else {}
    lines = pd.concat([of.lines, pd.DataFrame([{"item": "All these lines", "amount": float(of.total)}])])
    return Section(
        lines=Sheet(
            _shared(lines, schedule),
            f"Savings from {of.service} in {schedule.period}, as printed, with their sum",
            {"item": "Line of the schedule", **several, **_AMOUNTS},
            missing="the sum is of several",
        ),
        fund=besides,
        about=Aside(
            "Where the schedule is from",
            (f"The schedule is in {schedule.table.sources[0].citation()}. {schedule.table.description}",),
        ),
    )


def savings_by_service(of: Schedule, heading: str) -> Chart:
    """Draw what each service under a heading gives up."""
    given, unit = of.by_service(heading), "Saving, thousand pounds a year"
    drawn = given / 1000
    each = listed(f"{Money(amount)} ({name})" for name, amount in given.items())
    return Chart(
        charts.ranked_bars(drawn, str(given.index[0]), unit, {}, spec=",.1f"),
        f"{given.index[0]} gives up most, {Money(given.iloc[0])} a year.",
        f"{unit}, recurrent; services paid for each use, {of.area}, from {of.period}.",
        f"Services give up {each}.",
        drawn.rename_axis("service").rename("amount").reset_index(),
        {"service": "Service", "amount": (unit, ".1f")},
    )


def savings_totals(of: Schedule) -> Sheet:
    """Show the totals of a schedule of savings."""
    return Sheet(
        _shared(of.totals.rename_axis("heading").reset_index(), of),
        f"Totals of the savings schedule, {of.period}, as printed",
        {"heading": "Total", **_AMOUNTS},
        (f"{of.unlisted} of all savings is given as a total without lines.",),
    )


def _shared(frame: pd.DataFrame, of: Schedule) -> pd.DataFrame:
    return frame.assign(share=frame["amount"] / float(of.total) * 100)
