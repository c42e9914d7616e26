"""Ledgers of all kinds, in the same three parts: where things stand, by service, and what else counts."""

from __future__ import annotations

from casebook.report.parts import Section
from casebook.report.sections import budgets
from casebook.studies.ledger import Ledger


def where_things_stand(of: Ledger) -> Section:
    """Show what a ledger comes to."""
    return budgets.gap(of)


def behind(of: Ledger) -> Section:
    """Show what it is made of."""
    return budgets.causes(of)


def besides(of: Ledger) -> Section:
    """Show what could be otherwise, or must be known besides."""
    return budgets.what_if(of)
