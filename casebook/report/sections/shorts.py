"""A short series: the row that was mended, what happened and may come, and what that pays for."""

from __future__ import annotations

import pandas as pd

from casebook.english import Money, listed
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.short_series import ShortSeries


def course(of: ShortSeries) -> Section:
    """Draw what happened and the scenarios: ``chart``, ``too_few`` and ``grew``."""
    history, paths = of.history / 1000, {one.name: one.path / 1000 for one in of.scenarios}
    drawn = pd.DataFrame({"happened": history, **paths}).rename_axis("year").reset_index()
    unit = f"{of.item.capitalize()}, thousand pounds"
    ends = listed(f"{name}: {Money(float(path.iloc[-1]) * 1000)}" for name, path in paths.items())
    span = f"{FinancialYear(int(drawn['year'].iloc[0]))} to {FinancialYear(int(drawn['year'].iloc[-1]))}"
    return Section(
        chart=Chart(
            charts.fan(history, pd.DataFrame(), paths, unit, "Financial year, by the year it begins in"),
            of.start,
            f"{of.item.capitalize()} by financial year, and scenarios; {of.area}, {span}, in thousand pounds.",
            f"From {Money(float(of.history.iloc[0]))} to {of.last}; then {ends}.",
            drawn.assign(year=[str(FinancialYear(int(year))) for year in drawn["year"]]),
            {
                "year": "Financial year",
                "happened": ("What happened, thousand pounds", ",.0f"),
                **{name: (f"{name}, thousand pounds", ",.0f") for name in paths},
            },
            missing="not of this year",
        ),
        too_few=of.too_few,
        scenarios=" ".join(f'"{one.name}": {one.meaning}.' for one in of.scenarios),
    )


def pays(of: ShortSeries) -> Section:
    """Set what comes in against what it costs, by what is taken: ``table``, ``counted`` and ``by_year``."""
    years = [str(FinancialYear(int(year))) for year in of.costs.index]
    return Section(
        counted=of.counted,
        table=Sheet(
            of.outcomes.drop(columns="base"),
            f"What comes in {of.over}, by what is taken, against costs of {of.cost}",
            {
                "taken": "What is counted",
                "start": "Growth from",
                "gain": ("Comes in, pounds", ",.0f"),
                "net": ("More than the costs, pounds", "+,.0f"),
            },
        ),
        by_year=Sheet(
            pd.DataFrame({"year": years, "cost": of.costs.to_numpy(), "gain": of.gains.to_numpy()}),
            "Costs and what comes in, by year, as the paper has them",
            {"year": "Year", "cost": ("Costs, pounds", ",.0f"), "gain": ("Comes in, pounds", ",.0f")},
            folded=True,
        ),
    )


def mended(of: ShortSeries) -> Section:
    """Show the row with a repeat as printed, mended, and the difference, and all quarters: ``said`` and ``steps``."""
    quarters = of.quarters
    if quarters is None:
        return Section()
    names = {"q1": "First quarter", "q2": "Second", "q3": "Third", "q4": "Fourth"}
    spec = {name: (f"{title}, pounds", ",.0f") for name, title in names.items()}
    wrong = quarters.mended is not None
    return Section(
        said=f"{quarters.said} The years below are counted with the row corrected." if wrong else None,
        steps=Sheet(
            quarters.steps,
            f"The row of {quarters.year}, step by step",
            {"what": "Step", **spec, "total": ("Year, pounds", ",.0f")},
        ) if wrong else None,
        all=Sheet(
            quarters.by_quarter.rename_axis("year").reset_index().assign(
                year=lambda frame: [str(FinancialYear(int(year))) for year in frame["year"]]
            ),
            f"{of.item.capitalize()} by quarter",
            {"year": "Financial year", **spec},
            folded=True,
        ),
    )  # fmt: skip
