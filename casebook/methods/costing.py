"""What a change in the number of placements avoids in cost over the rest of a financial year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MONTHS = 12
_MONDAY = 0


@dataclass(frozen=True)
class FinancialYear:
    """A financial year, 1 April to 31 March, named by the calendar year in which it starts.

    Weeks are counted as the council's papers count them: the weeks that remain after a day are the
    Mondays after it, up to and including 31 March. The rule was found by trying the counting rules of a
    calendar against the papers' figures (paper 000, lines 91 to 127); it is the only one that fits.

    Examples
    --------
    >>> FinancialYear(2020).weeks_left
    (48, 44, 39, 35, 30, 26, 22, 17, 13, 9, 5, 0)
    >>> FinancialYear(2020).weeks
    52
    >>> str(FinancialYear(1999))
    '1999/00'
    """

    starts: int

    def __str__(self) -> str:
        """Write both calendar years."""
        return f"{self.starts}/{(self.starts + 1) % 100:02d}"

    @property
    def first_day(self) -> date:
        """1 April."""
        return date(self.starts, 4, 1)

    @property
    def last_day(self) -> date:
        """31 March of the next calendar year."""
        return date(self.starts + 1, 3, 31)

    @property
    def month_ends(self) -> tuple[date, ...]:
        """The last day of each month, April to March."""
        firsts = [date(self.starts + (month > MONTHS), (month - 1) % MONTHS + 1, 1) for month in range(5, 17)]
        return tuple(first - timedelta(days=1) for first in firsts)

    @property
    def weeks(self) -> int:
        """Mondays in the whole year: 52 or 53."""
        return self.mondays_after(self.first_day - timedelta(days=1))

    @property
    def weeks_left(self) -> tuple[int, ...]:
        """Mondays after the end of each month, April to March; 0 after March."""
        return tuple(self.mondays_after(end) for end in self.month_ends)

    def mondays_after(self, day: date) -> int:
        """Return the number of Mondays after a day, up to and including 31 March; 0 if there are none."""
        to_monday = (_MONDAY - day.weekday() - 1) % 7 + 1
        first = day + timedelta(days=to_monday)
        return max(0, (self.last_day - first).days // 7 + 1)


def cost_avoided(changes: ArrayLike, weekly_cost: ArrayLike, weeks_left: ArrayLike) -> NDArray[np.float64]:
    """Return the cost avoided in the rest of the year by changes made at the end of each month.

    ``change x weekly cost x weeks left``.

    Parameters
    ----------
    changes
        Placements fewer (or cheaper) from the end of each month; negative where they rise.
    weekly_cost
        Pounds a week that one of them avoids.
    weeks_left
        Weeks of the year left after each month end.

    Returns
    -------
    numpy.ndarray
        Pounds, for each month; one-off, for the year.

    Examples
    --------
    >>> cost_avoided([5, 5], 850, [48, 44]).tolist()
    [204000.0, 187000.0]
    """
    avoided = np.asarray(changes, float) * np.asarray(weekly_cost, float) * np.asarray(weeks_left, float)
    return np.asarray(avoided)


def steady_reduction(target: float, weekly_cost: float, weeks_left: Sequence[float]) -> float:
    """Return the number fewer each month, the same every month, that avoids a target cost in the year.

    Raises
    ------
    ValueError
        If a week costs nothing or no week is left, so that no reduction reaches the target.

    Examples
    --------
    >>> round(steady_reduction(2_000_000, 850, FinancialYear(2020).weeks_left), 2)
    8.17
    """
    weeks = sum(weeks_left)
    if weekly_cost <= 0 or weeks <= 0:
        raise ValueError("a target can only be reached where a week costs something and a week is left")
    return target / (weekly_cost * weeks)


def slipped(changes: Sequence[float], months: int) -> list[float]:
    """Return monthly changes that happen some months later; those that fall after the year are lost.

    Examples
    --------
    >>> slipped([5, 5, 10], 1)
    [0, 5, 5]
    """
    return ([0] * months + list(changes))[: len(changes)]


def changes(numbers: Iterable[float]) -> list[float]:
    """Return how far each number is below the one before.

    Examples
    --------
    >>> changes([780, 775, 770])
    [5, 5]
    """
    listed = list(numbers)
    return [before - after for before, after in pairwise(listed)]


@dataclass(frozen=True)
class Simulated:
    """Cost avoided in many simulated years, and how many of them reach the target."""

    totals: NDArray[np.float64]
    probability: float


def simulate(
    reductions: Sequence[float],
    weekly_cost: float,
    weeks_left: Sequence[float],
    target: float,
    *,
    already: float = 0.0,
    monthly_spread: float,
    cost_spread: float,
    most_slippage: int,
    runs: int = 10_000,
    seed: int = 0,
) -> Simulated:
    """Simulate the cost avoided when months, prices and the start are uncertain.

    Each month's reduction is normal round its plan; the weekly cost is normal round the one given; the
    start slips by 0 to ``most_slippage`` months, each equally likely.

    Parameters
    ----------
    reductions
        Planned reduction at the end of each month, children.
    weekly_cost, weeks_left, target
        As in ``cost_avoided``; pounds.
    already
        Cost avoided that is certain, pounds.
    monthly_spread
        Standard deviation of a month's reduction, children.
    cost_spread
        Standard deviation of the weekly cost, as a share of it.
    most_slippage
        Months.
    runs, seed
        Size and seed of the simulation; the same seed gives the same result.

    Examples
    --------
    >>> certain = dict(monthly_spread=0, cost_spread=0, most_slippage=0)
    >>> simulate([5] * 12, 850, FinancialYear(2020).weeks_left, 1e6, **certain).probability
    1.0
    """
    generator: Any = np.random.default_rng(seed)
    planned = np.array([slipped(reductions, months) for months in range(most_slippage + 1)])
    drawn = planned[generator.integers(0, most_slippage + 1, runs)]
    drawn = drawn + generator.normal(0, monthly_spread, drawn.shape) * (drawn != 0)
    costs = np.maximum(0, weekly_cost * (1 + generator.normal(0, cost_spread, runs)))
    totals = already + (drawn * np.asarray(weeks_left, float)).sum(axis=1) * costs
    return Simulated(totals, float((totals >= target).mean()))
