"""Caseloads, posts and waiting: how many staff a demand needs, and what happens with fewer.

Flows and waits are in weeks throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp, lgamma, log

import numpy as np
from numpy.typing import NDArray


def wte_needed(children: float, caseload: float) -> float:
    """Return the whole-time equivalent staff that a number of children needs at a caseload for each.

    Raises
    ------
    ValueError
        If the caseload is not positive.

    References
    ----------
    Kolehmainen and others, caseload management in children's occupational therapy, 2012.

    Examples
    --------
    >>> round(wte_needed(768, 23), 1)
    33.4
    """
    if caseload <= 0:
        raise ValueError("a caseload must be positive")
    return children / caseload


def caseload_each(children: float, wte: float, waiting: float = 0.0) -> float:
    """Return the caseload of one whole-time equivalent, children waiting included.

    Raises
    ------
    ValueError
        If there is no staff.

    Examples
    --------
    >>> round(caseload_each(768, 25.3), 1)
    30.4
    """
    if wte <= 0:
        raise ValueError("there must be some staff to carry a caseload")
    return (children + waiting) / wte


def union(shares: Mapping[frozenset[str], float], agency: str) -> float:
    """Return the share of referrals in which an agency is concerned, alone or with others.

    ``shares`` holds exclusive groups, so the union is the sum of the groups with the agency.

    Examples
    --------
    >>> union({frozenset({"Health"}): 12, frozenset({"Health", "Social Care"}): 8}, "Health")
    20
    """
    return sum(share for agencies, share in shares.items() if agency in agencies)


def inclusion_exclusion(shares: Mapping[frozenset[str], float]) -> float:
    """Return the share in which any agency is concerned, by inclusion and exclusion over the agencies.

    Sum over agencies, less the sum over pairs, plus that over threes, and so on; it equals the sum of the
    exclusive groups, which is the check that a table of unions and overlaps hangs together.

    Examples
    --------
    >>> inclusion_exclusion({frozenset("A"): 12, frozenset("B"): 20, frozenset("AB"): 36})
    68
    """
    agencies = sorted(set().union(*shares))
    total = 0.0
    for size in range(1, len(agencies) + 1):
        for chosen in combinations(agencies, size):
            both = sum(share for group, share in shares.items() if set(chosen) <= group)
            total += both if size % 2 else -both
    return int(total) if float(total).is_integer() else total


# --- Waiting lists --------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingList:
    """A waiting list's arithmetic, in children and weeks."""

    load: float
    growth: float
    target_queue: float
    relief_capacity: float | None


def waiting_list(
    demand: float, capacity: float, queue: float, target_wait: float, relief_weeks: float = 26.0
) -> WaitingList:
    """Return what a waiting list does, and what would bring it down.

    Load is demand / capacity; above 1 the list grows by demand - capacity a week. The queue at which a
    target wait is kept, with a factor 4 because waits spread round their mean, is
    ``demand x target wait / 4``; the capacity that brings the queue there in so many weeks is
    ``demand + (queue - target queue) / weeks``.

    Parameters
    ----------
    demand, capacity
        Children a week.
    queue
        Children waiting now.
    target_wait, relief_weeks
        Weeks.

    Raises
    ------
    ValueError
        If a figure is negative, or there is no capacity.

    References
    ----------
    Fong and others, 2022, as in NHSRwaitinglist (``queue_load``, ``target_queue_size``,
    ``relief_capacity``).

    Examples
    --------
    >>> waiting_list(demand=30, capacity=27, queue=1200, target_wait=52, relief_weeks=26)
    WaitingList(load=1.1111111111111112, growth=3, target_queue=390.0, relief_capacity=61.15384615384615)
    """
    if min(demand, queue, target_wait, relief_weeks) < 0 or capacity <= 0:
        raise ValueError("demand, queue and weeks cannot be negative, and there must be some capacity")
    target_queue = demand * target_wait / 4
    relief = demand + (queue - target_queue) / relief_weeks if queue > target_queue else None
    return WaitingList(demand / capacity, demand - capacity, target_queue, relief)


def mean_wait(queue: float, demand: float) -> float:
    """Return the mean wait in weeks by Little's law: queue / demand a week (L = lambda W).

    Examples
    --------
    >>> mean_wait(queue=60, demand=12)
    5.0
    """
    if demand <= 0:
        raise ValueError("Little's law needs some demand")
    return queue / demand


@dataclass(frozen=True)
class AppointmentQueue:
    """A queue for appointments that is in balance: chance of waiting at all, mean wait and length."""

    probability_of_waiting: float
    mean_wait: float
    mean_queue: float


def erlang_c(arrivals: float, service_time: float, staff: int) -> AppointmentQueue:
    """Return the waiting for appointments with several staff, by Erlang's C formula.

    Arrivals are random (Poisson), appointments of exponential length, staff interchangeable, and nobody
    gives up (the queue M/M/c). With offered load a = arrivals x service time and c staff,
    ``C = (a^c / c!) (c / (c - a)) / (sum of a^k / k! for k < c, plus the numerator)``; the mean wait is
    ``C x service time / (c - a)``.

    Parameters
    ----------
    arrivals
        A week.
    service_time
        Weeks.
    staff
        A whole number.

    Raises
    ------
    ValueError
        If the load is not below the staff: the queue then has no balance, it grows.

    References
    ----------
    Erlang, 1917; Gross and others, Fundamentals of Queueing Theory, 2.3.

    Examples
    --------
    >>> round(erlang_c(arrivals=2, service_time=1, staff=3).probability_of_waiting, 6)
    0.444444
    """
    load = arrivals * service_time
    if staff < 1 or arrivals < 0 or service_time <= 0:
        raise ValueError("there must be staff, and times must be positive")
    if load >= staff:
        raise ValueError(f"a load of {load:.2f} is not below {staff} staff: the queue only grows")
    if load == 0:
        return AppointmentQueue(0.0, 0.0, 0.0)
    terms = [exp(k * log(load) - lgamma(k + 1)) for k in range(staff)]
    last = exp(staff * log(load) - lgamma(staff + 1)) * staff / (staff - load)
    waits = last / (sum(terms) + last)
    wait = waits * service_time / (staff - load)
    return AppointmentQueue(waits, wait, arrivals * wait)


# --- Uncertainty ----------------------------------------------------------------------------------


def triangular(
    low: float, central: float, high: float, runs: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Draw values between a low and a high one, most often near the central one.

    Where the three are equal every value is that one.

    Examples
    --------
    >>> triangular(1, 1, 1, 2, np.random.default_rng(0)).tolist()
    [1.0, 1.0]
    """
    if not low <= central <= high:
        raise ValueError(f"low, central and high must be in order, found {low}, {central}, {high}")
    return np.full(runs, float(central)) if low == high else generator.triangular(low, central, high, runs)
