"""A ledger of sums as papers print them; whatever it holds, one notebook reports on it."""

from __future__ import annotations

import pandas as pd

from casebook.studies import budget, proposals, savings
from casebook.studies.budget import Budget
from casebook.studies.proposals import Proposals
from casebook.studies.savings import Schedule

Ledger = Budget | Proposals | Schedule


def read(frame: pd.DataFrame, area: str, tax: float | None = None) -> Ledger:
    """Read a ledger by what its table holds: proposals, a budget over years or a schedule of savings.

    Parameters
    ----------
    frame
        A table of the catalogue, as ``proposals.read``, ``budget.read`` or ``savings.schedule`` takes it: with
        references, with a requirement, or with neither.
    area
        Whose it is.
    tax
        Of a budget, how much more than planned council tax rises each year, per cent; None for the limit.

    Raises
    ------
    InputError
        If the table lacks what it needs.

    Examples
    --------
    >>> from casebook.data import tables
    >>> read(tables.read("five_year_budget"), "Cambridgeshire").title
    'Five-year budget, 2018/19 to 2022/23'
    >>> read(tables.read("savings_schedule"), "Cambridgeshire").title
    'Savings from demand-led public health budgets, 2022-23'
    """
    if "reference" in frame:
        return proposals.read(frame, area)
    return budget.read(frame, area, tax) if "requirement" in set(frame["kind"]) else savings.schedule(frame)
