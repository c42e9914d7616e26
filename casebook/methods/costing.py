"""What a change in the number of placements avoids in cost over the rest of a financial year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given

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
        """Return the number of Mondays after a day, up to and including 31 March; 0 if there are none.

        Raises
        ------
        Nothing: any day will do.

        References
        ----------
        None: it counts days.
        """
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
        Pounds, for each month; one-off, for the year; missing where a number is.

    Raises
    ------
    ValueError
        If a number is without end, the weeks are negative, or there are not as many of one as of the other.

    References
    ----------
    The council's paper 000, lines 91 to 127.

    Examples
    --------
    >>> cost_avoided([5, 5], 850, [48, 44]).tolist()
    [204000.0, 187000.0]
    """
    fewer, weeks = given.numbers(changes, "a change"), given.numbers(weeks_left, "weeks left", 0)
    return np.asarray(fewer * given.numbers(weekly_cost, "a weekly cost") * weeks)


def steady_reduction(target: float, weekly_cost: float, weeks_left: Sequence[float]) -> float:
    """Return the number fewer each month, the same every month, that avoids a target cost in the year.

    Raises
    ------
    ValueError
        If a number is missing or without end, or a week costs nothing or no week is left, so that no reduction reaches
        the target.

    References
    ----------
    ``cost_avoided``, solved for the change.

    Examples
    --------
    >>> round(steady_reduction(2_000_000, 850, FinancialYear(2020).weeks_left), 2)
    8.17
    """
    weeks = float(given.numbers(weeks_left, "weeks left", 0, missing=False).sum())
    given.number(target, "a target")
    given.number(weekly_cost, "a weekly cost")
    if weekly_cost <= 0 or weeks <= 0:
        raise ValueError("a target can only be reached where a week costs something and a week is left")
    return target / (weekly_cost * weeks)


def slipped(changes: Sequence[float], months: int) -> list[float]:
    """Return monthly changes that happen some months later; those that fall after the year are lost.

    Raises
    ------
    ValueError
        If the months are not a whole number from 0 on, or a change is without end.

    References
    ----------
    None: they are moved, not changed.

    Examples
    --------
    >>> slipped([5, 5, 10], 1)
    [0, 5, 5]
    """
    given.numbers(list(changes), "a change")
    later = min(given.whole(months, "months later", 0), len(changes))
    return [0] * later + list(changes)[: len(changes) - later]


def changes(numbers: Iterable[float]) -> list[float]:
    """Return how far each number is below the one before.

    Raises
    ------
    ValueError
        If a number is without end.

    References
    ----------
    None: differences.

    Examples
    --------
    >>> changes([780, 775, 770])
    [5, 5]
    """
    listed = list(numbers)
    given.numbers(listed, "a number")
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
    together: float = 0.5,
    runs: int = 10_000,
    seed: int = 0,
) -> Simulated:
    """Simulate the cost avoided when months, prices and the start are uncertain.

    Each month's reduction is normal round its plan, also where the plan has slipped past it. Months go together: what
    puts one of them off its plan goes on, so their correlation is ``together``; taken for independent, the year would
    vary too little. The weekly cost is normal round the one given, and 0 at the least; the start slips by 0 to
    ``most_slippage`` months, each equally likely. Without slippage the sum of reductions times weeks left has the
    variance ``s^2 ((1 - r) sum of w^2 + r (sum of w)^2)``, with weeks left w, spread s and correlation r.

    Parameters
    ----------
    reductions
        Planned reduction at the end of each month, children.
    weekly_cost, weeks_left, target
        As in ``cost_avoided``; pounds. As many reductions as weeks.
    already
        Cost avoided that is certain, pounds.
    monthly_spread
        Standard deviation of a month's reduction, children.
    cost_spread
        Standard deviation of the weekly cost, as a share of it.
    most_slippage
        Months, no more than there are.
    together
        Correlation of one month's deviation from the plan with another's: 0 independent, 1 all alike.
    runs, seed
        Size, a million at most, and seed of the simulation; the same seed gives the same result.

    Raises
    ------
    ValueError
        If a number is missing or without end, a spread, the weekly cost or the slippage is negative, the correlation
        lies outside 0 to 1, there are not as many reductions as weeks, or no run is asked for.

    References
    ----------
    HM Treasury, The Green Book, Monte Carlo analysis; the variance of a sum of equally correlated variables.

    Examples
    --------
    >>> certain = dict(monthly_spread=0, cost_spread=0, most_slippage=0)
    >>> simulate([5] * 12, 850, FinancialYear(2020).weeks_left, 1e6, **certain).probability
    1.0
    """
    weeks = given.numbers(weeks_left, "weeks left", 0, missing=False)
    if given.numbers(reductions, "a reduction", missing=False).shape != weeks.shape:
        raise ValueError(f"{len(reductions)} reductions and {weeks.size} weeks left: give one for each month")
    for value, what in ((weekly_cost, "a weekly cost"), (monthly_spread, "a spread"), (cost_spread, "a spread")):
        given.number(value, what, 0)
    for value, what in ((target, "a target"), (already, "what is avoided already")):
        given.number(value, what)
    given.whole(most_slippage, "months later", 0, weeks.size)
    given.whole(runs, "runs", 1, 10**6)
    alike = given.number(together, "a correlation", 0, 1)
    generator: Any = np.random.default_rng(given.whole(seed, "a seed", 0))
    planned = np.array([slipped(reductions, months) for months in range(most_slippage + 1)])
    drawn = planned[generator.integers(0, most_slippage + 1, runs)]
    shared, own = generator.normal(0, monthly_spread, (runs, 1)), generator.normal(0, monthly_spread, drawn.shape)
    drawn = drawn + alike**0.5 * shared + (1 - alike) ** 0.5 * own
    costs = np.maximum(0, weekly_cost * (1 + generator.normal(0, cost_spread, runs)))
    totals = already + (drawn * weeks).sum(axis=1) * costs
    return Simulated(totals, float((totals >= target).mean()))
