"""What scenarios avoid in cost, month by month, and what a child costs in another placement."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from casebook.english import Change, Money, Noun, Number, Range, listed
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Columns, Section, Sheet
from casebook.studies.placements import Prices, Scenarios


def cost_avoided(of: Scenarios) -> Section:
    """Set scenarios side by side over a year: ``chart``, ``enough`` (when the target is met) and ``table``."""
    return Section(chart=_course(of), enough=_enough(of), table=_by_month(of))


def _course(of: Scenarios) -> Chart:
    running = of.avoided.cumsum()
    first = [of.best, *(name for name in running if name != of.best)][:4]
    drawn = {str(name): running[name] for name in first}
    line = (f"To reach the target: {of.left}", of.left.value) if of.left.value else None
    level = {"To reach the target": of.left.value} if line else {}
    courses = listed(f"{name} {Change(Money(running[name].iloc[0], 2), end).briefly}" for name, end in of.ends.items())
    return Chart(
        charts.paths(drawn, line, f"End of each month, {of.year}", "Cost avoided so far, million pounds", scale=1e6),
        f"{of.best} avoids most, {of.ends[of.best]}; a child who leaves in April counts for most of the year.",
        f"Cumulative cost avoided by fewer children in care, million pounds, one-off in {of.year}; {of.area}; "
        f"{Money(of.weekly_cost)} a week for each child.",
        f"From the end of {of.months[0]} to that of {of.months[-1]} {courses}. Recruitment leaves {of.left} to reach.",
        running.assign(**level).reset_index(names="month"),
        _pounds(running.assign(**level)),
    )


def _enough(of: Scenarios) -> str:
    if not of.left.value:
        return f"Recruitment alone avoids {of.recruited}, which reaches the target of {of.target}."
    by_month = {name: of.enough_by(name) for name in of.falls}
    each = "; ".join(
        f"{name} has made the changes it takes by the end of {month}" if month else f"{name} does not avoid as much"
        for name, month in by_month.items()
    )
    return f"Recruitment avoids {of.recruited} and leaves {of.left} of the target. {each}."


def _by_month(of: Scenarios) -> Sheet:
    return Sheet(
        of.avoided.reset_index(names="month"),
        f"Cost avoided by the change of each month, by scenario, {of.year}",
        _pounds(of.avoided),
        (f"Change in the number of children x {Money(of.weekly_cost)} x weeks left.",),
    )


def _pounds(frame: pd.DataFrame) -> Columns:
    return {"month": "End of", **{str(name): (f"{name}, pounds", ",.0f") for name in frame}}


def late_start(avoided: Sequence[Money], caption: str) -> Sheet:
    """List what is avoided with a start on time, a month late, two months late and so on."""
    month, frame = Noun("month"), pd.DataFrame({"avoided": map(float, avoided)})
    frame.insert(0, "slip", [f"{slip} {month.for_number(slip)}" for slip in range(len(frame))])
    return Sheet(
        frame.assign(lost=frame["avoided"] - frame["avoided"][0]),
        caption,
        {
            "slip": "Start late by",
            "avoided": ("Cost avoided, pounds", ",.0f"),
            "lost": ("Against a start on time, pounds", "+,.0f"),
        },
    )


def weeks_left(year: FinancialYear) -> Sheet:
    """List the weeks of a financial year that are left after the end of each month."""
    ends = year.month_ends
    return Sheet(
        pd.DataFrame(
            {
                "month": [f"{end:%b %Y}" for end in ends],
                "end": [f"{end:%A} {end.day} {end:%B %Y}" for end in ends],
                "weeks": year.weeks_left,
            }
        ),
        f"Weeks left after the end of each month, {year}",
        {"month": "Month", "end": "Last day", "weeks": ("Mondays left to 31 March", ",")},
        (f"The whole year has {year.weeks} Mondays.",),
    )


def what_happened(of: Scenarios, in_care: pd.Series) -> Section:
    """Set how each scenario ends against the children in care there were, by year to March: ``sentence``, if any."""
    end = of.year.last_day
    if of.year != of.own_year or end.year not in in_care.index:
        return Section()
    planned = listed(f"{of.start - sum(fewer):,.0f} ({name})" for name, fewer in of.falls.items())
    return Section(
        sentence=f"On {end.day} {end:%B %Y} {of.area} had {in_care[end.year]:,.0f} children in care; by then the "
        f"scenarios have {planned}."
    )


def weekly_costs(of: Prices) -> Section:
    """Say what a week of each kind of placement costs, and what moves change: ``table`` and ``moves``."""
    if not of:
        return Section(sentence=f"No weekly costs by kind of placement are held for {of.area}.")
    shown = [
        f"over {low:,}" if pd.isna(high) else Range(Number(low), Number(high)).limits
        for low, high in zip(of.printed["lowest"], of.printed["highest"], strict=True)
    ]
    return Section(
        table=Sheet(
            of.printed.assign(shown=shown),
            f"{of.printed.attrs['table'].title}, as printed",
            {
                "placement": "Placement",
                "shown": "Pounds a week for one child",
                "printed": "As printed",
                "paper": "Paper",
                "line": ("Line", "d"),
            },
        ),
        moves=Sheet(
            of.moves,
            f"What moving one child to another placement changes, at the printed weekly costs, {of.year}",
            {
                "move": "Move",
                "week": ("Pounds a week", "+,"),
                "year": (f"Pounds in a whole year ({of.year.weeks} weeks)", "+,"),
            },
            tuple(f"{kind} is printed as a least cost, so a move there costs at least this." for kind in of.least),
        ),
    )
