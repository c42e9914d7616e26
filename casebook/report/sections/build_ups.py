"""A sum built up from its rows, step by step, and what the paper's own sums come to."""

from __future__ import annotations

import pandas as pd

from casebook.english import Money, capital, listed
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.build_up import ALL, SAID, BuildUp


def built(of: BuildUp) -> Section:
    """Show how the sum is built up: ``chart``, ``rows`` and, over several years, ``by_year``."""
    return Section(chart=_steps(of), rows=_rows(of), by_year=_by_year(of))


def _steps(of: BuildUp) -> Chart:
    steps, said = of.shown, of.sums.loc[of.sums["step"] == "said", "printed"]
    line = {"What the paper says": float(said.iloc[0])} if len(said) and not of.recurs else {}
    if of.budget.value:
        line = {"Budget": float(of.budget)}
    unit, whole = "Thousand pounds", Money(float(steps.sum()))
    ends = pd.Series([whole.value, *line.values()], index=["All together", *line])
    drawn = pd.concat([steps, ends]).div(1000).rename_axis("step").rename("pounds").reset_index()
    period = of.period if not of.recurs else f"up to {FinancialYear(of.years[-1])}"
    return Chart(
        charts.steps(steps / 1000, "All together", unit, {name: value / 1000 for name, value in line.items()}),
        of.comes_to,
        f"What each step adds, {period}, {of.area}, in thousand pounds.",
        f"From nothing to {whole}: {_amounts(steps)}"
        + (f"; to be set against {_amounts(pd.Series(line))}." if line else "."),
        drawn,
        {"step": "Step", "pounds": (unit, ",.1f")},
    )  # fmt: skip


def _amounts(of: pd.Series) -> str:
    return listed(f"{name}, {Money(float(pounds))}" for name, pounds in of.items())


def _rows(of: BuildUp) -> Sheet:
    rows = of.rows[of.rows["step"] == "row"]
    frame = pd.DataFrame(
        {
            "item": rows["item"],
            "part": rows["part"],
            "year": [str(FinancialYear(int(year))) if pd.notna(year) else "all years" for year in rows["for_year"]],
            "pounds": rows["pounds"],
        }
    )
    return Sheet(
        frame,
        "All parts, as the paper has them",
        {"item": "What", "part": "Part of", "year": "Year", "pounds": ("Pounds", ",.0f")},
        folded=True,
    )


def _by_year(of: BuildUp) -> Sheet | None:
    frame = of.by_year
    if frame.empty:
        return None
    named = {f"year{year}": frame[year].to_numpy() for year in of.years}
    # What a part of every year escalates by; a sum that begins or ends on the way has no such rate.
    rise = [
        ((row.iloc[-1] / row.iloc[0]) ** (1 / (of.years[-1] - of.years[0])) - 1) * 100
        if row.notna().all() and row.iloc[0] * row.iloc[-1] > 0 and part != ALL
        else None
        for part, row in frame.iterrows()
    ]
    columns: dict[str, str | tuple[str, str]] = {
        f"year{year}": (f"{FinancialYear(year)}, pounds", ",.0f") for year in of.years
    }
    grows = len(frame) > 1
    if grows:
        columns["rise"] = ("Growth a year, compounded, per cent", ".1f")
    return Sheet(
        pd.DataFrame({"part": frame.index, **named, "rise": rise}),
        f"What the parts come to in each year{', and how fast they grow' * grows}",
        {"part": "Part", **columns},
        missing="no sum printed, or does not apply",
    )  # fmt: skip


def sums(of: BuildUp) -> Section:
    """Set the paper's sums against the rows: ``chart`` of those that differ, ``table``, and what is ``missing``."""
    frame = of.sums.assign(
        kind=["what is proposed" if step in SAID else "a total of the table" for step in of.sums["step"]],
        says=["yes" if follows else "no" for follows in of.sums["follows"]],
    )
    said = [f"{'The paper' if not place else 'It'} does not say {one}." for place, one in enumerate(of.missing)]
    return Section(
        chart=_errors(of) if len(of.wrong) > 1 else None,
        table=None
        if len(frame) == 1 and frame["off"].iloc[0] == 0
        else Sheet(
            frame[["item", "kind", "period", "printed", "rebuilt", "off", "says"]],
            "The paper's totals against their parts",
            {
                "item": "Total",
                "kind": "What it is",
                "period": "Year",
                "printed": ("The paper says, pounds", ",.0f"),
                "rebuilt": ("Its parts add up to, pounds", ",.0f"),
                "off": ("Difference, pounds", ",.0f"),
                "says": "Adds up",
            },
        ),
        missing=capital(" ".join(said)) or None,
    )


def _errors(of: BuildUp) -> Chart:
    unit = "Thousand pounds more than the parts"
    off = of.wrong.set_index(of.wrong["item"] + ", " + of.wrong["period"])["off"]
    return Chart(
        charts.changes(off / 1000, unit, "+,.1f"),
        of.added,
        f"How far the paper's totals are from their parts, {of.area}, in thousand pounds.",
        f"The paper's totals are more than their parts, or less where below 0: {_amounts(off)}.",
        (off / 1000).rename_axis("sum").rename("off").reset_index(),
        {"sum": "Total", "off": (unit, "+,.1f")},
    )
