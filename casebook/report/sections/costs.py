"""What scenarios avoid in cost, month by month, and what a child costs in another placement."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from casebook.english import Money, Noun, Number, Range, decimals_of_millions, listed, those_that, whole
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Columns, Section, Sheet
from casebook.studies.placements import Prices, Scenarios


def what_happened(of: Scenarios, in_care: pd.Series) -> Section:
    """Set the children in care there were, by year to March, against the scenarios: ``chart``, ``sentence``, if any."""
    end = of.year.last_day
    if of.year != of.own_year or end.year not in in_care.index:
        return Section()
    there, unit, start = float(in_care[end.year]), f"Children in care, {of.area}", {"At the start": float(of.start)}
    ends = pd.concat([of.numbers, pd.Series({"What happened": there})])
    later = in_care[in_care.index > end.year]
    since = f" There were {_in_march(later.iloc[[0, -1]])}." if len(later) > 1 else ""
    return Section(
        chart=Chart(
            charts.ranked_bars(ends, "What happened", unit, start, spec=",.0f"),
            f"{whole(there)} children were in care when {of.year} ended; {of.foreseen} were foreseen.",
            f"Children in care in {of.area} on {end.day} {end:%B %Y}: what happened, and the paper's scenarios.",
            f"{listed(f'{name}: {whole(number)}' for name, number in ends.items())}. All begin with {of.start:,}.",
            pd.concat([ends, pd.Series(start)]).rename_axis("what").rename("value").reset_index(),
            {"what": "Scenario", "value": (unit, ",.0f")},
        ),
        sentence=f"The number came down by {whole(of.start - there)} from the {of.start:,} that the scenarios begin "
        f"with. What that saved cannot be calculated, because no numbers by month are held.{since}",
    )


def _in_march(numbers: pd.Series) -> str:
    return listed(f"{whole(number)} in March {year}" for year, number in numbers.items())


def cost_avoided(of: Scenarios) -> Section:
    """Set what scenarios avoid against the target: ``chart``, ``enough`` (when it is met) and ``table``, by month."""
    return Section(chart=_ends(of), enough=_enough(of), table=_by_month(of))


def _ends(of: Scenarios) -> Chart:
    unit = "Cost avoided with foster recruitment, million pounds"
    ends = pd.Series({name: end.value / 1e6 for name, end in of.with_recruitment.items()})
    target = of.target.value / 1e6
    spec = f",.{decimals_of_millions(of.most.value)}f"
    return Chart(
        charts.ranked_bars(ends, of.best, unit, {"Target": target}, spec=spec),
        f"With foster recruitment {of.reaching} the target of {of.target}.",
        f"{unit}, one-off in {of.year}; {of.area}; {of.recruited} from recruitment, and {Money(of.weekly_cost)} a week "
        "for each child fewer in care.",
        f"With recruitment the scenarios avoid {of.each}. The target is {of.target}.",
        pd.concat([ends, pd.Series({"Target": target})]).rename_axis("scenario").rename("value").reset_index(),
        {"scenario": "Scenario", "value": (unit, spec)},
    )


def _enough(of: Scenarios) -> str:
    if not of.left.value:
        return f"Recruitment alone avoids {of.recruited}, which reaches the target of {of.target}."
    by_month: dict[str | None, list[str]] = {}
    for name in of.falls:
        by_month.setdefault(of.enough_by(name), []).append(name)
    each = " ".join(
        f"{those_that(names, 'reaches', 'reach')} it by the changes up to the end of {month}."
        if month
        else f"{those_that(names, 'falls', 'fall')} short of it."
        for month, names in by_month.items()
    )
    return f"Recruitment avoids {of.recruited} and leaves {of.left} to fewer children in care. {each}"


def _by_month(of: Scenarios) -> Sheet:
    return Sheet(
        of.avoided.reset_index(names="month"),
        f"Cost avoided by the change of each month, by scenario, {of.year}",
        _pounds(of.avoided),
        (f"Change in the number of children x {Money(of.weekly_cost)} x weeks left.",),
        folded=True,
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
        folded=True,
    )


def weeks_left(year: FinancialYear) -> Sheet:
    """List the weeks of a financial year that are left after the end of each month."""
    ends = year.month_ends
    return Sheet(
        pd.DataFrame(
            {
                "month": [f"{end:%B %Y}" for end in ends],
                "end": [f"{end:%A} {end.day} {end:%B %Y}" for end in ends],
                "weeks": year.weeks_left,
            }
        ),
        f"Weeks left after the end of each month, {year}",
        {"month": "Month", "end": "Last day", "weeks": ("Mondays left to 31 March", ",")},
        (f"The whole year has {year.weeks} Mondays.",),
    )


def weekly_costs(of: Prices) -> Section:
    """Say what a week of each kind of placement costs, and what moves change: ``sentence``, ``table`` and ``moves``."""
    if not of:
        return Section(sentence=f"No weekly costs by kind of placement are held for {of.area}.")
    shown = [
        f"over {low:,}" if pd.isna(high) else Range(Number(low), Number(high)).limits
        for low, high in zip(of.printed["lowest"], of.printed["highest"], strict=True)
    ]
    costs = listed(f"{'at least ' * (kind in of.least)}{Money(cost)} ({kind})" for kind, cost in of.price.items())
    first, second = list(of.price)[:2]
    change = of.change(first, second)
    way = f"{second} to {first}" if change.value > 0 else f"{first} to {second}"
    return Section(
        sentence=f"A week in a placement costs {costs}. A child who moves from {way} costs "
        f"{Money(abs(change.value) * of.year.weeks)} less in a year.",
        table=Sheet(
            of.printed.assign(shown=shown),
            f"{of.printed.attrs['table'].title}, as printed",
            {
                "placement": "Placement",
                "shown": "Pounds a week for one child",
                "printed": "As printed",
            },
            folded=True,
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
            folded=True,
        ),
    )
