"""What goes in step with a forecast: its path with a range, and the paper's own."""

from __future__ import annotations

from casebook.report import charts
from casebook.report.parts import Chart, Section
from casebook.studies.in_step import InStep


def in_step(of: InStep) -> Section:
    """Draw it beside the paper's path: ``chart``."""
    unit, scale, spec = ("Million pounds a year", 1e6, ",.1f") if of.money else (of.noun.capitalize(), 1.0, ",.0f")
    names = {"central": f"In step with {of.driver.noun}", "lower": "At the least", "upper": "At the most"}
    limits = names if of.driver.ranged else {"central": names["central"]}
    rows = (of.path[list(limits)] / scale).assign(paper=of.course / scale).loc[: of.end]
    limits = {**limits, "paper": "As the paper has it"}
    drawn = {called: rows[name] for name, called in limits.items()}
    columns: dict[str, str | tuple[str, str]] = {"year": "Year"}
    columns |= {name: (f"{called}, {unit.lower()}", spec) for name, called in limits.items()}
    rows = rows.reset_index(names="year")
    return Section(
        chart=Chart(
            charts.paths(drawn, None, "Year", unit, spec=spec),
            of.verdict,
            f"{of.item}, in step with {of.driver.noun} and as the paper of {of.area} has it.",
            f"{of.verdict} {of.paper}",
            rows,
            columns,
        ),
    )
