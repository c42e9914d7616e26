"""Capacity against simulation, exact results and the edges."""

import math
import random

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import capacity


def simulated_wait(arrivals, service_time, staff, people, seed):
    """Mean wait and share who wait, by a discrete-event simulation of the same queue."""
    generator, waits = random.Random(seed), []
    environment = simpy.Environment()
    desk = simpy.Resource(environment, capacity=staff)

    def person():
        came = environment.now
        with desk.request() as turn:
            yield turn
            waits.append(environment.now - came)
            yield environment.timeout(generator.expovariate(1 / service_time))

    def door():
        for _ in range(people):
            yield environment.timeout(generator.expovariate(arrivals))
            environment.process(person())

    environment.process(door())
    environment.run()
    settled = waits[people // 10 :]
    return sum(settled) / len(settled), sum(wait > 1e-12 for wait in settled) / len(settled)


@pytest.mark.parametrize(("arrivals", "service_time", "staff"), [(0.7, 1, 1), (2, 1, 3), (8, 1, 10), (3, 0.5, 2)])
def test_erlang_c_agrees_with_a_simulation_of_the_queue(arrivals, service_time, staff):
    found = capacity.erlang_c(arrivals, service_time, staff)
    wait, waiting = simulated_wait(arrivals, service_time, staff, people=60_000, seed=1)
    assert found.mean_wait == pytest.approx(wait, rel=0.15)
    assert found.probability_of_waiting == pytest.approx(waiting, abs=0.02)


@given(st.floats(0.01, 0.99))
def test_with_one_member_of_staff_erlang_c_is_the_queue_m_m_1(load):
    found = capacity.erlang_c(load, 1, 1)
    assert found.probability_of_waiting == pytest.approx(load)
    assert found.mean_wait == pytest.approx(load / (1 - load))


@given(st.floats(0.5, 20), st.integers(1, 25))
def test_littles_law_joins_the_queue_and_the_wait(load, staff):
    if load >= staff:
        with pytest.raises(ValueError, match="only grows"):
            capacity.erlang_c(load, 1, staff)
        return
    found = capacity.erlang_c(load, 1, staff)
    if found.mean_wait > 0:
        assert capacity.mean_wait(found.mean_queue, load) == pytest.approx(found.mean_wait)


def test_erlang_c_for_many_staff_does_not_overflow():
    assert 0 < capacity.erlang_c(480, 1, 500).probability_of_waiting < 1


def test_nobody_waits_where_nobody_comes():
    assert capacity.erlang_c(0, 1, 1) == capacity.AppointmentQueue(0.0, 0.0, 0.0)


def test_a_waiting_list_above_capacity_grows_by_the_difference_in_a_simulation_too():
    state = capacity.waiting_list(demand=30, capacity=27, queue=100, target_wait=18)
    queue = 100.0
    for _ in range(52):
        queue = max(0.0, queue + 30 - 27)
    assert queue == pytest.approx(100 + 52 * state.growth)
    assert state.load > 1


def test_relief_capacity_brings_the_queue_to_its_target_in_the_weeks_given():
    state = capacity.waiting_list(demand=30, capacity=27, queue=1200, target_wait=52, relief_weeks=26)
    assert 1200 + 26 * (30 - state.relief_capacity) == pytest.approx(state.target_queue)


def test_published_values_of_the_waiting_list_formulas():
    # NHSRwaitinglist's own examples: queue_load(30, 27), target_queue_size(30, 52, 4), relief_capacity(30, 1200, 390, 26).
    state = capacity.waiting_list(demand=30, capacity=27, queue=1200, target_wait=52, relief_weeks=26)
    assert (round(state.load, 2), state.target_queue, round(state.relief_capacity, 2)) == (1.11, 390, 61.15)


def test_a_queue_within_its_target_needs_no_relief():
    assert capacity.waiting_list(demand=30, capacity=30, queue=390, target_wait=52).relief_capacity is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: capacity.wte_needed(1, 0),
        lambda: capacity.caseload_each(1, 0),
        lambda: capacity.waiting_list(1, 0, 0, 1),
        lambda: capacity.mean_wait(1, 0),
        lambda: capacity.triangular(2, 1, 3, 1, np.random.default_rng(0)),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"must|cannot|needs"):
        call()


def test_caseload_and_staff_are_each_others_inverse():
    assert capacity.caseload_each(768, capacity.wte_needed(768, 23)) == pytest.approx(23)


@given(st.dictionaries(st.frozensets(st.sampled_from("ABC"), min_size=1), st.integers(0, 100), min_size=1))
def test_inclusion_and_exclusion_count_every_referral_once(shares):
    assert capacity.inclusion_exclusion(shares) == sum(shares.values())


def test_triangular_draws_have_the_mean_of_their_formula():
    drawn = capacity.triangular(1, 2, 6, 200_000, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(3, rel=0.01)
    assert drawn.min() >= 1
    assert drawn.max() <= 6
    assert math.isclose(np.median(capacity.triangular(5, 5, 5, 3, np.random.default_rng(0))), 5)
