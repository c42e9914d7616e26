"""Caseloads, posts and waiting: how many staff a demand needs, and what happens with fewer.

Flows and waits are in weeks throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import floor, inf, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from casebook.methods import given

_MOST_AGENCIES = 12
_MOST_STAFF = 100_000


def wte_needed(children: float, caseload: float) -> float:
    """Return the whole-time equivalent staff that a number of children needs at a caseload for each.

    Raises
    ------
    ValueError
        If the caseload is not above 0, the children are negative, or a number is missing or without end.

    References
    ----------
    Kolehmainen and others, caseload management in children's occupational therapy, 2012.

    Examples
    --------
    >>> round(wte_needed(768, 23), 1)
    33.4
    """
    staff = given.number(children, "a number of children", 0) / given.number(caseload, "a caseload", above=0)
    return given.number(staff, "the staff needed")


def caseload_each(children: float, wte: float, waiting: float = 0.0) -> float:
    """Return the caseload of one whole-time equivalent, children waiting included.

    Raises
    ------
    ValueError
        If there is no staff, there are fewer children than none, or a number is missing or without end.

    References
    ----------
    As ``wte_needed``.

    Examples
    --------
    >>> round(caseload_each(768, 25.3), 1)
    30.4
    """
    for value in (children, waiting):
        given.number(value, "a number of children", 0)
    caseload = (children + waiting) / given.number(wte, "the staff that carries a caseload", above=0)
    return given.number(caseload, "a caseload")


def union(shares: Mapping[frozenset[str], float], agency: str) -> float:
    """Return the share of referrals in which an agency is concerned, alone or with others.

    ``shares`` holds exclusive groups, so the union is the sum of the groups with the agency.

    Raises
    ------
    ValueError
        If a share is negative, missing or without end.

    References
    ----------
    The addition rule of exclusive events.

    Examples
    --------
    >>> union({frozenset({"Health"}): 12, frozenset({"Health", "Social Care"}): 8}, "Health")
    20
    """
    _checked(shares)
    return sum(share for agencies, share in shares.items() if agency in agencies)


def inclusion_exclusion(shares: Mapping[frozenset[str], float]) -> float:
    """Return the share in which any agency is concerned, by inclusion and exclusion over the agencies.

    Sum over agencies, less the sum over pairs, plus that over threes, and so on; it equals the sum of the
    exclusive groups, which is the check that a table of unions and overlaps hangs together.

    Raises
    ------
    ValueError
        If a share is negative, missing or without end, or there are more than twelve agencies.

    References
    ----------
    The inclusion-exclusion principle (Feller, An Introduction to Probability Theory, volume I, IV.1).

    Examples
    --------
    >>> inclusion_exclusion({frozenset("A"): 12, frozenset("B"): 20, frozenset("AB"): 36})
    68
    """
    _checked(shares)
    agencies = sorted(set().union(*shares))
    if len(agencies) > _MOST_AGENCIES:
        raise ValueError(f"{len(agencies)} agencies overlap in too many ways to be counted: group them")
    total = 0.0
    for size in range(1, len(agencies) + 1):
        for chosen in combinations(agencies, size):
            both = sum(share for group, share in shares.items() if set(chosen) <= group)
            total += both if size % 2 else -both
    return int(total) if float(total).is_integer() else total


def _checked(shares: Mapping[frozenset[str], float]) -> None:
    given.numbers(list(shares.values()), "a share", 0, missing=False)


# --- Waiting lists --------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingList:
    """A waiting list's arithmetic, in children and weeks."""

    load: float
    growth: float
    target_queue: float
    target_capacity: float
    relief_capacity: float | None


def waiting_list(
    demand: float,
    capacity: float,
    queue: float,
    target_wait: float,
    relief_weeks: float = 26.0,
    variability: float = 1.0,
) -> WaitingList:
    """Return what a waiting list does, and what would bring it down.

    Load is demand / capacity; above 1 the list grows by demand - capacity a week. The queue at which a
    target wait is kept, with a factor 4 because waits spread round their mean, is
    ``demand x target wait / 4``; the capacity that brings the queue there in so many weeks is
    ``demand + (queue - target queue) / weeks``, and the one that keeps it there is
    ``demand + variability x 4 / target wait``, above the demand, because both sides vary.

    Parameters
    ----------
    demand, capacity
        Children a week.
    queue
        Children waiting now.
    target_wait, relief_weeks
        Weeks.
    variability
        ``(C_d^2 + C_c^2) / 2`` with the coefficients of variation of the times between arrivals and between treatments:
        1 where both come by chance, 0 where both keep a timetable.

    Raises
    ------
    ValueError
        If a number is negative, missing or without end, or there is no capacity, no target wait or no week to come
        down in.

    References
    ----------
    Fong and others, 2022, as in NHSRwaitinglist (``calc_queue_load``, ``calc_target_queue_size``,
    ``calc_relief_capacity``, ``calc_target_capacity``); the last is Kingman's formula, solved for capacity.

    Examples
    --------
    >>> state = waiting_list(demand=30, capacity=27, queue=1200, target_wait=52, relief_weeks=26)
    >>> state.target_queue, round(state.target_capacity, 2), round(state.relief_capacity, 2)
    (390.0, 30.08, 61.15)
    """
    for value, what in ((demand, "demand"), (queue, "a queue"), (variability, "variability")):
        given.number(value, what, 0)
    weeks = "the weeks in which a queue comes down"
    for value, what in ((capacity, "capacity"), (target_wait, "a target wait"), (relief_weeks, weeks)):
        given.number(value, what, above=0)
    target_queue = demand * target_wait / 4
    relief = demand + (queue - target_queue) / relief_weeks if queue > target_queue else None
    steady = demand + variability * 4 / target_wait
    return WaitingList(demand / capacity, demand - capacity, target_queue, steady, relief)


@dataclass(frozen=True)
class Course:
    """A service and its list at the end of each week, in children; and how long those taken on had waited, in weeks.

    ``left`` are those whose need ended while they waited. ``wait`` is missing where nobody was taken on.
    """

    waiting: NDArray[np.float64]
    placed: NDArray[np.float64]
    started: NDArray[np.float64]
    left: NDArray[np.float64]
    wait: NDArray[np.float64]


def stepped(
    referrals: ArrayLike,
    places: float,
    stay: float,
    need: float = inf,
    waiting: float = 0.0,
    placed: float = 0.0,
) -> Course:
    """Step a service and its waiting list week by week; those who wait longest are taken on first.

    In each week 1 of ``stay`` of those with a place leave it and 1 of ``need`` of those who wait leave the list; then
    that week's referrals join the list, and the first in it take the free places. It holds for any load: where
    more come than can be taken on, the list grows, or settles where as many leave it. If need and stay are equal,
    those with and without a place together are as many as if there were places for all.

    Parameters
    ----------
    referrals
        Children that each week brings, a week each; the length of the course.
    places
        Children that the staff can have on its caseload.
    stay, need
        How long a child stays on the caseload, and how long one waits before its need ends, in weeks, on average; 1 at
        the least. ``inf``: nobody leaves the list without a place.
    waiting, placed
        Children on the list, and with a place, at the beginning.

    Returns
    -------
    Course
        A value each week.

    Raises
    ------
    ValueError
        If a number is negative or missing, a time below a week, there is no week, or more have a place than there are.

    References
    ----------
    Garnett, Mandelbaum and Reiman, Manufacturing and Service Operations Management 2002; 4: 208-227, and Whitt,
    Operations Research 2006; 54: 37-54 (queues that people leave, as flows).

    Examples
    --------
    >>> course = stepped([3, 3, 3], places=10, stay=10, waiting=2, placed=10)
    >>> course.waiting.tolist(), course.wait.tolist()
    ([4.0, 6.0, 8.0], [1.0, 2.0, 2.0])
    """
    each = given.numbers(referrals, "referrals", 0, missing=False)
    if each.ndim != 1 or not each.size:
        raise ValueError("referrals are one number for each week, for one week at least")
    given.number(stay, "a stay", 1)
    given.number(min(need, given.LARGEST), "the weeks that a need lasts", 1)
    room = given.number(places, "places", 0)
    held, queue = given.number(placed, "children with a place", 0, room), np.zeros(each.size + 1)
    queue[0] = given.number(waiting, "children waiting", 0)
    first, rows = 0, []
    for week, came in enumerate(each, 1):
        held -= held / stay
        left = queue[first:week].sum() / need
        queue[first:week] *= 1 - 1 / need
        queue[week] = came
        free = max(room - held, 0.0)
        # Of each week's children, the oldest first, as many as there is room for.
        taken = np.minimum(np.cumsum(queue[first : week + 1]), free)
        taken[1:] -= taken[:-1].copy()
        queue[first : week + 1] = np.maximum(queue[first : week + 1] - taken, 0)
        started = float(taken.sum())
        wait = float(taken @ np.arange(week - first, -1, -1)) / started if started else nan
        while first < week and queue[first] <= 0:
            first += 1
        held += started
        rows.append((queue.sum(), held, started, left, wait))
    return Course(*np.array(rows).T)


def by_chance(
    referrals: ArrayLike,
    places: float,
    stay: ArrayLike,
    weeks: int,
    generator: np.random.Generator,
    waiting: float = 0.0,
    placed: float = 0.0,
) -> NDArray[np.float64]:
    """Step lists as ``stepped`` does, with whole children who come and leave by chance.

    So many children are referred in a week as a Poisson distribution gives, and each of those with a place leaves it
    in a week with the chance 1 / ``stay``. Nobody leaves the list without a place.

    Parameters
    ----------
    referrals, stay
        Children a week and weeks on the caseload, on average: one of each for all futures, or one a future.
    places, waiting, placed
        As ``stepped`` takes them; of parts of a child the whole ones count.
    weeks
        How many weeks are stepped, 2,600 at the most.

    Returns
    -------
    numpy.ndarray
        Children on the list, a row a future, a column a week, the first before any week has passed.

    Raises
    ------
    ValueError
        As ``stepped``; or if referrals and stays are not as many, or more than a million children come a week.

    References
    ----------
    As ``stepped``; the Poisson distribution of arrivals and geometric stays.

    Examples
    --------
    >>> by_chance([0.0, 0.0], 10, 1, 2, np.random.default_rng(0), waiting=15, placed=10).tolist()
    [[15.0, 5.0, 0.0], [15.0, 5.0, 0.0]]
    """
    came = np.atleast_1d(given.numbers(referrals, "referrals", 0, 10**6, missing=False))
    ends = 1 / np.atleast_1d(given.numbers(stay, "a stay", 1, missing=False))
    futures = max(came.size, ends.size)
    if {came.ndim, ends.ndim} != {1} or {came.size, ends.size} - {1, futures} or not futures:
        raise ValueError("referrals and stays are one number for all futures, or one for each")
    given.whole(weeks, "weeks", 1, 2600)
    room = floor(given.number(places, "places", 0, 10**9))
    held = np.full(futures, floor(given.number(placed, "children with a place", 0, places)))
    queue = np.full(futures, floor(given.number(waiting, "children waiting", 0, 10**9)))
    course = [queue]
    for _ in range(weeks):
        held = held - generator.binomial(held, ends)
        queue = queue + generator.poisson(came, futures)
        taken = np.minimum(queue, np.maximum(room - held, 0))
        held, queue = held + taken, queue - taken
        course.append(queue)
    return np.stack(course, axis=1).astype(float)


def without_place(demand: float, places: float) -> float:
    """Return how many have no place at a time, on average, where those in need of one vary by chance.

    ``E(N - places)+`` with N of the Poisson distribution: if referrals come by chance and a child needs the service as
    long with a place as without, then the number in need is of that distribution at any time, whatever the load.

    Parameters
    ----------
    demand
        Children in need of a place, on average.
    places
        Children that the staff can have.

    Raises
    ------
    ValueError
        If a number is negative, missing or without end.

    References
    ----------
    Eick, Massey and Whitt, Operations Research 1993; 41: 731-742 (the Poisson distribution at any time).

    Examples
    --------
    >>> round(without_place(100, 100), 1), round(without_place(300, 100), 1)
    (4.0, 200.0)
    """
    mean, room = given.number(demand, "demand", 0), given.number(places, "places", 0)
    least = floor(room) + 1  # The fewest that are more than the places.
    more, most = special.pdtrc(least - 1, mean), special.pdtrc(least - 2, mean) if least > 1 else 1.0
    return float(max(mean * most - room * more, mean - room, 0.0))


def mean_wait(queue: float, demand: float) -> float:
    """Return the mean wait in weeks by Little's law: queue / demand a week (L = lambda W).

    Raises
    ------
    ValueError
        If there is no demand, the queue is negative, or a number is missing or without end.

    References
    ----------
    Little, Operations Research 1961; 9: 383-387.

    Examples
    --------
    >>> mean_wait(queue=60, demand=12)
    5.0
    """
    wait = given.number(queue, "a queue", 0) / given.number(demand, "the demand of Little's law", above=0)
    return given.number(wait, "a wait")


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
    ``C = (a^c / c!) (c / (c - a)) / (sum of a^k / k! for k < c, plus the numerator)``, worked out by the
    recursion of Erlang's B, ``B_k = a B_(k-1) / (k + a B_(k-1))`` and ``C = B / (1 - (a / c)(1 - B))``, which never
    overflows; the mean wait is ``C x service time / (c - a)``.

    Parameters
    ----------
    arrivals
        A week.
    service_time
        Weeks.
    staff
        A whole number, 100,000 at most.

    Raises
    ------
    ValueError
        If the load is not below the staff: the queue then has no balance, it grows. If the staff is not whole, a number
        is missing or without end, arrivals are negative or there is no service time.

    References
    ----------
    Erlang, 1917; Gross and others, Fundamentals of Queueing Theory, 2.3.

    Examples
    --------
    >>> round(erlang_c(arrivals=2, service_time=1, staff=3).probability_of_waiting, 6)
    0.444444
    """
    given.whole(staff, "the staff", 1, _MOST_STAFF)
    load = given.number(arrivals, "arrivals", 0) * given.number(service_time, "a service time", above=0)
    if load >= staff:
        raise ValueError(f"a load of {load:.2f} is not below {staff} staff: the queue only grows")
    busy = 1.0
    for k in range(1, staff + 1):
        busy = load * busy / (k + load * busy)
    waits = busy / (1 - load / staff * (1 - busy))
    wait = waits * service_time / (staff - load)
    return AppointmentQueue(waits, wait, arrivals * wait)


# --- Uncertainty ----------------------------------------------------------------------------------


def triangular(
    low: float, central: float, high: float, runs: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Draw values between a low and a high one, most often near the central one.

    Where the three are equal every value is that one.

    Raises
    ------
    ValueError
        If they are not in order, one is missing or without end, or no run is asked for.

    References
    ----------
    Kotz and van Dorp, Beyond Beta, 2004, chapter 1 (the triangular distribution).

    Examples
    --------
    >>> triangular(1, 1, 1, 2, np.random.default_rng(0)).tolist()
    [1.0, 1.0]
    """
    for value in (low, central, high):
        given.number(value, "each of low, central and high")
    given.whole(runs, "runs", 1, 10**7)
    if not low <= central <= high:
        raise ValueError(f"low, central and high must be in order, found {low}, {central}, {high}")
    return np.full(runs, float(central)) if low == high else generator.triangular(low, central, high, runs)
