"""Ledgers of all kinds, in the same three parts: where things stand, what is behind it, and what else counts."""

from __future__ import annotations

from casebook.report.parts import Section
from casebook.report.sections import budgets, proposals, schedules
from casebook.studies.budget import Budget
from casebook.studies.ledger import Ledger
from casebook.studies.proposals import Proposals


def where_things_stand(of: Ledger) -> Section:
    """Show what a ledger comes to."""
    if isinstance(of, Proposals):
        return proposals.balance(of)
    return budgets.gap(of) if isinstance(of, Budget) else Section(chart=schedules.savings_by_service(of, of.heading))


def behind(of: Ledger) -> Section:
    """Show what it is made of."""
    if isinstance(of, Proposals):
        return proposals.services(of)
    return budgets.causes(of) if isinstance(of, Budget) else schedules.savings(of.all, of.area or "")


def besides(of: Ledger) -> Section:
    """Show what could be otherwise, or must be known besides."""
    if isinstance(of, Proposals):
        return proposals.history(of)
    return budgets.what_if(of) if isinstance(of, Budget) else Section(table=schedules.savings_totals(of))
