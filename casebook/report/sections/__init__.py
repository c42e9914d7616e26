"""What recurs in reports: a result goes in, a section of sentences, charts and tables comes out.

``report.show(section)`` shows all of it; ``section.chart`` and the like are its parts, ``section.but(chart=...)`` puts
another in the place of one and ``section.without("table")`` leaves one out.
"""

from casebook.report.sections.appraisals import conditions, side_by_side, simulated, worth
from casebook.report.sections.build_ups import built, sums
from casebook.report.sections.caseloads import (
    appointments,
    by_need,
    cost_of_posts,
    demand,
    futures,
    loads,
    referrals,
    staffing,
    waiting,
)
from casebook.report.sections.comparisons import certainty, change, numbers_at_rate, over_years
from casebook.report.sections.costs import cost_avoided, late_start, weekly_costs, weeks_left, what_happened
from casebook.report.sections.grounds import assumptions
from casebook.report.sections.in_steps import in_step
from casebook.report.sections.ledgers import behind, besides, where_things_stand
from casebook.report.sections.portfolios import portfolio
from casebook.report.sections.projections import against_outturn, as_printed, backtest, by_part, follows, forecast
from casebook.report.sections.rankings import chance, gap_in_people, in_region
from casebook.report.sections.registers import register
from casebook.report.sections.schedules import savings, savings_by_service, savings_totals
from casebook.report.sections.sensitivities import sensitivity
from casebook.report.sections.shorts import course, mended, pays
from casebook.report.sections.teams import room, waiting_list, ways
from casebook.report.sections.unit_costs import unit_cost

__all__ = [
    "against_outturn",
    "appointments",
    "as_printed",
    "assumptions",
    "backtest",
    "behind",
    "besides",
    "built",
    "by_need",
    "by_part",
    "certainty",
    "chance",
    "change",
    "conditions",
    "cost_avoided",
    "cost_of_posts",
    "course",
    "demand",
    "follows",
    "forecast",
    "futures",
    "gap_in_people",
    "in_region",
    "in_step",
    "late_start",
    "loads",
    "mended",
    "numbers_at_rate",
    "over_years",
    "pays",
    "portfolio",
    "referrals",
    "register",
    "room",
    "savings",
    "savings_by_service",
    "savings_totals",
    "sensitivity",
    "side_by_side",
    "simulated",
    "staffing",
    "sums",
    "unit_cost",
    "waiting",
    "waiting_list",
    "ways",
    "weekly_costs",
    "weeks_left",
    "what_happened",
    "where_things_stand",
    "worth",
]
