"""What a week of care costs in an area, beside others and over the years."""

from __future__ import annotations

import pandas as pd

from casebook.english import PER_CENT, Money, capital
from casebook.methods import benchmark
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.unit_costs import UnitCost

_UNIT = "Pounds a week, in the prices of each year"


def unit_cost(of: UnitCost, index: pd.Series) -> Section:
    """Set what a week costs against others and England: ``chart``, ``path`` and ``table``.

    Parameters
    ----------
    of
        The cost.
    index
        An index of prices by year, for the change in real terms; may be empty.
    """
    return Section(chart=_course(of), path=_path(of, index), table=_by_year(of))


def _course(of: UnitCost) -> Chart:
    (first, last), average = of.years, f"{capital(of.kind)} of {of.group.noun}"
    england = of.england[of.england.index.isin(of.own.index)]
    levels = {average: of.averages, "England": england}
    if last > first:
        figure = charts.over_years(of.values, of.area, of.averages, england, average, _UNIT, ",.0f")
        alt = f"{of.area}'s cost {of.path.briefly}, England's {of.england_path.briefly}"
    else:
        ends = {name: float(pounds.iloc[-1]) for name, pounds in levels.items()}
        figure = charts.ranked_bars(of.values.set_index("area")["value"], of.area, _UNIT, ends, spec=",.0f")
        alt = f"{of.area}'s cost was {of.last}, England's {Money(ends['England'])}"
    lines = [one.rename("value").rename_axis("year").reset_index().assign(area=name) for name, one in levels.items()]
    data = pd.concat([of.values, *lines]).pivot(index="area", columns="year", values="value")
    side = "" if of.few else f", {of.gap.side} the {of.kind} of {of.group.noun}"
    return Chart(
        figure,
        f"{of.when} {of.what} cost {of.last}{side}.",
        f"{capital(of.what)}: pounds, in the prices of each year; grey: {of.group}; {of.period.span(first, last)}.",
        f"{alt}; the {of.kind} of {of.group} in {of.period.named(last)} was {of.mean_or_median}.",
        data.reset_index().rename(columns=str),
        {
            "area": "Authority",
            **{str(year): (f"{of.period.named(year)}, pounds a week", ",.0f") for year in of.own.index},
        },
    )


def _path(of: UnitCost, index: pd.Series) -> str:
    first, last = of.years
    if first == last:
        return f"{capital(of.what)} can be compared for {of.period.named(last)} only."
    real = of.in_real_terms(index)
    return (
        f"In {of.area} {of.what} {of.path}. England's cost {of.england_path.by}; had {of.area}'s gone the same way, it "
        f"would be {of.as_england}." + (f" In the prices of {of.period.named(last)} it {real.by}." if real else "")
    )


def _by_year(of: UnitCost) -> Sheet:
    gap, share = benchmark.distance(of.own, of.averages)
    england = of.england.reindex(of.own.index)
    years = [of.period.named(year) for year in of.own.index]
    frame = {"year": years, "own": of.own, "others": of.averages, "england": england, "gap": gap, "share": share}
    return Sheet(
        pd.DataFrame(frame).reset_index(drop=True),
        f"{capital(of.what)}, by year",
        {
            "year": "Financial year",
            "own": (f"{of.area}, pounds", ",.0f"),
            "others": (f"{capital(of.kind)} of {of.group}, pounds", ",.0f"),
            "england": ("England, pounds", ",.0f"),
            "gap": (f"Distance from the {of.kind}, pounds", "+,.0f"),
            "share": (f"Distance from the {of.kind}, per cent", PER_CENT),
        },
        ("Recurrent gross spending over children, in the prices of each year and rounded to five pounds.",),
        folded=True,
    )
