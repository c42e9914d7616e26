"""A budget over years: what must be saved and is found, what adds to costs, and what council tax and prices change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casebook.english import Money, Number, listed
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.budget import CAUSES, Budget

_FROM = "Financial year that begins in"


def gap(of: Budget) -> Section:
    """Set what must be saved against what is found: ``chart``, ``sentence`` and ``table``."""
    by_year = of.by_year
    lines = {"Not found": "gap", "Must be saved": "requirement", "Found": "found"}
    return Section(
        chart=_paths(of, lines, _finding(of), "What must be saved in each year, and what had been found of it"),
        sentence=f"Each year's savings go on. So the budget of {FinancialYear(of.years[-1])} must be "
        f"{of.total('requirement')} lower than without savings; {of.total('found')} of that had been found.",
        table=Sheet(
            _named(by_year),
            f"What must be saved and what had been found, {of.period}, thousand pounds",
            {
                "year": "Financial year",
                "requirement": ("Must be saved", ",.0f"),
                "saving": ("Savings found", ",.0f"),
                "income": ("Income found", ",.0f"),
                "gap": ("Not found", ",.0f"),
            },
        ),
    )


def _finding(of: Budget) -> str:
    most = [year for year in of.years if of.at(year, "gap").value > of.at(year, "found").value]
    if not most:
        return "In each year most of it had been found."
    tail = len(most) > 1 and most == of.years[-len(most) :]
    when = f"From {FinancialYear(most[0])} on" if tail else f"In {listed(map(FinancialYear, most))}"
    return f"{when} most of what must be saved had not been found."


def causes(of: Budget) -> Section:
    """Set what adds to costs against what must be saved: ``chart``, ``sentence``, ``passing`` and three tables."""
    by_year, services = of.by_year, of.by_service
    passing = listed(f'"{name.partition(": ")[2] or name}"' for name in of.passing)
    top, share = services.index[0], Number(services["all"].iloc[0] / services["all"].sum() * 100, unit="%")
    lines = {"Must be saved": "requirement", "Costs listed": "costs"}
    return Section(
        chart=_paths(of, lines, of.unexplained, "What must be saved in each year, and the costs listed that add to it"),
        sentence=f"{of.explained} Of the costs {share.with_unit} are added in {top}.",
        passing=f"Some pressures are taken out again within the years: {passing}." if of.passing else None,
        table=Sheet(
            _named(by_year),
            f"What adds to costs, and what it leaves unexplained, {of.period}, thousand pounds",
            {
                "year": "Financial year",
                **{kind: (name, ",.0f") for kind, name in CAUSES.items()},
                "costs": ("All three", ",.0f"),
                "requirement": ("Must be saved", ",.0f"),
                "unexplained": ("Not explained", "+,.0f"),
            },
            ("The pressures are added up here: where the paper has their totals it has a dash.",),
        ),
        services=Sheet(
            (services / 1000).reset_index(),
            f"What is added to costs by service, all years together, {of.period}, thousand pounds",
            {"service": "Service", **{kind: (name, ",.0f") for kind, name in CAUSES.items()}, "all": ("All", ",.0f")},
            folded=True,
        ),
        pressures=Sheet(
            (of.pressures.rename(columns=str) / 1000).reset_index(),
            f"Each pressure, {of.period}, thousand pounds",
            {
                "item": "Pressure",
                **{str(year): (str(FinancialYear(year)), ",.0f") for year in of.years},
                "all": ("Added in all", ",.0f"),
            },
            folded=True,
        ),
    )


def what_if(of: Budget) -> Section:
    """Say what council tax would change, ``tax``, and what prices and recurring savings do: ``said`` and ``prices``."""
    taxed, real, force = of.with_tax, of.in_first_prices, of.in_force
    first = FinancialYear(of.years[0])
    return Section(
        said=f"In the prices of {first} all that must be saved is {_sum(real, 'requirement')}, and the gap is "
        f"{_sum(real, 'gap')}. Even with the rise, {_sum(taxed, 'without')} would be missing if the precept ended "
        f"after {of.precept_until}.",
        tax=Sheet(
            _named(taxed[["gap", "raised", "without"]]).assign(closes=[*taxed["closes"], np.nan]),
            f"What is not found if council tax rises {of.rise.with_unit} more each year than planned, thousand pounds",
            {
                "year": "Financial year",
                "gap": ("Not found", ",.0f"),
                "raised": (f"With {of.rise.with_unit} more", ",.0f"),
                "without": ("And without the precept", ",.0f"),
                "closes": ("Rise that would close it, per cent", ".1f"),
            },
            (
                "Below 0: more than is needed in that year, which goes on into the next.",
                f"A rise of more than {of.limit.with_unit} needed a referendum.",
            ),
            missing="does not apply",
        ),
        prices=Sheet(
            pd.concat([real.add_prefix("real_"), force], axis=1).div(1000).assign(year=_names(of.years)),
            f"In prices of {first}, and with all savings up to the year, {of.period}, thousand pounds",
            {
                "year": "Financial year",
                "real_requirement": (f"Must be saved, prices of {first}", ",.0f"),
                "real_gap": (f"Not found, prices of {first}", ",.0f"),
                "requirement": ("All that must be saved up to then, a year", ",.0f"),
                "found": ("All that is found up to then, a year", ",.0f"),
            },
            folded=True,
        ),
    )


def _sum(frame: pd.DataFrame, column: str) -> Money:
    return Money(float(frame[column].sum()))


def _names(years: list[int]) -> list[str]:
    return [str(FinancialYear(year)) for year in years]


def _named(by_year: pd.DataFrame) -> pd.DataFrame:
    """Return thousand pounds, each year by its name, with their sum."""
    years = by_year.div(1000).assign(year=_names(list(by_year.index)))
    together = pd.DataFrame([{**by_year.sum().div(1000), "year": "All years"}])
    return pd.concat([years, together], ignore_index=True)


def _paths(of: Budget, lines: dict[str, str], title: str, what: str) -> Chart:
    millions = of.by_year / 1e6
    unit = "Million pounds, change on the year before"
    said = (
        f"{name}: {listed(f'{of.at(year, column)} in {FinancialYear(year)}' for year in of.years)}."
        for name, column in lines.items()
    )
    return Chart(
        charts.paths({name: millions[column] for name, column in lines.items()}, None, _FROM, unit, spec=",.1f"),
        title,
        f"{what}; {of.area}, {of.period}.",
        " ".join(said),
        millions[list(lines.values())].assign(year=_names(of.years)),
        {"year": "Financial year", **{column: (f"{name}, million pounds", ".1f") for name, column in lines.items()}},
    )
