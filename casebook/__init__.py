"""Casebook: the figures behind a council's business cases, reproduced as reports.

Notebooks import from here: ``report`` (what a report says), its ``sections`` and ``charts``, ``tables`` (validated
data), ``results`` (what other reports kept), the studies, the methods, ``english`` (values that say themselves) and
``InputError``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casebook import english, report
    from casebook.data import results, tables
    from casebook.errors import InputError
    from casebook.methods import benchmark, capacity, costing, forecast, intervals
    from casebook.report import charts, sections
    from casebook.studies import (
        appraisal,
        build_up,
        caseload,
        comparison,
        holdings,
        in_step,
        latest,
        ledger,
        placements,
        portfolio,
        projection,
        ranking,
        savings,
        sensitivity,
        short_series,
        team,
        unit_costs,
    )

__all__ = [
    "InputError",
    "appraisal",
    "benchmark",
    "build_up",
    "capacity",
    "caseload",
    "charts",
    "comparison",
    "costing",
    "english",
    "forecast",
    "holdings",
    "in_step",
    "intervals",
    "latest",
    "ledger",
    "placements",
    "portfolio",
    "projection",
    "ranking",
    "report",
    "results",
    "savings",
    "sections",
    "sensitivity",
    "short_series",
    "tables",
    "team",
    "unit_costs",
]

_HOMES = {
    "appraisal": "casebook.studies.appraisal",
    "benchmark": "casebook.methods.benchmark",
    "build_up": "casebook.studies.build_up",
    "capacity": "casebook.methods.capacity",
    "caseload": "casebook.studies.caseload",
    "charts": "casebook.report.charts",
    "comparison": "casebook.studies.comparison",
    "costing": "casebook.methods.costing",
    "english": "casebook.english",
    "forecast": "casebook.methods.forecast",
    "holdings": "casebook.studies.holdings",
    "ledger": "casebook.studies.ledger",
    "intervals": "casebook.methods.intervals",
    "in_step": "casebook.studies.in_step",
    "latest": "casebook.studies.latest",
    "placements": "casebook.studies.placements",
    "portfolio": "casebook.studies.portfolio",
    "projection": "casebook.studies.projection",
    "ranking": "casebook.studies.ranking",
    "report": "casebook.report",
    "results": "casebook.data.results",
    "savings": "casebook.studies.savings",
    "sections": "casebook.report.sections",
    "sensitivity": "casebook.studies.sensitivity",
    "series": "casebook.data.series",
    "short_series": "casebook.studies.short_series",
    "tables": "casebook.data.tables",
    "team": "casebook.studies.team",
    "unit_costs": "casebook.studies.unit_costs",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: the command line must not wait for the charts.
    from importlib import import_module

    if name == "InputError":
        return import_module("casebook.errors").InputError
    if name in _HOMES:
        return import_module(_HOMES[name])
    raise AttributeError(f"module 'casebook' has no attribute {name!r}")
