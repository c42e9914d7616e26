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


@pytest.mark.long
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


def test_published_values_of_the_capacity_that_keeps_a_target():
    # NHSRwaitinglist's tests of calc_target_capacity, with the factor 3 of each put into the weeks.
    for demand, weeks, cvd, cvc, expected in ((30, 52 / 3 * 4, 1.1, 1.2, 30.076442), (35, 50 * 4, 1.3, 1.6, 35.0425)):
        state = capacity.waiting_list(demand, 1, 0, weeks, variability=(cvd**2 + cvc**2) / 2)
        assert state.target_capacity == pytest.approx(expected, abs=1e-6)


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=60),
    st.floats(0, 500), st.floats(1, 200), st.floats(1, 200) | st.just(math.inf), st.floats(0, 500), st.floats(0, 1),
)  # fmt: skip
def test_every_child_of_a_stepped_list_waits_has_a_place_or_has_gone(referrals, places, stay, need, waiting, full):
    found = capacity.stepped(referrals, places, stay, need, waiting, places * full)
    before = np.concatenate([[waiting], found.waiting[:-1]])
    np.testing.assert_allclose(before + referrals - found.started - found.left, found.waiting, atol=1e-6)
    assert (found.placed <= places + 1e-6).all() and (found.waiting >= -1e-9).all() and (found.left >= 0).all()
    waited = found.wait[~np.isnan(found.wait)]
    assert ((waited >= -1e-9) & (waited <= len(referrals) + 1e-9)).all()


@given(st.floats(10, 500), st.floats(0, 500), st.floats(2, 100))
def test_where_need_lasts_as_long_as_a_stay_those_with_and_without_a_place_are_the_demand(demand, places, stay):
    found = capacity.stepped([demand / stay] * 30, places, stay, stay, max(demand - places, 0), min(demand, places))
    np.testing.assert_allclose(found.waiting + found.placed, demand)


def test_a_list_that_nobody_leaves_comes_down_to_its_target_with_the_relief_capacity():
    state = capacity.waiting_list(demand=30, capacity=27, queue=1200, target_wait=52, relief_weeks=26)
    places = state.relief_capacity * 50
    found = capacity.stepped([30] * 26, places, 50, waiting=1200, placed=places)
    assert found.waiting[-1] == pytest.approx(state.target_queue)


def test_children_without_a_place_by_chance_are_counted_as_the_distribution_has_them():
    drawn = np.random.default_rng(0).poisson(100, 400_000)
    for places in (0, 60, 99.5, 100, 130):
        expected = np.maximum(drawn - places, 0).mean()
        assert capacity.without_place(100, places) == pytest.approx(expected, rel=0.02, abs=0.001)


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


def test_lists_stepped_by_chance_have_the_stepped_list_for_their_mean():
    generator = np.random.default_rng(7)
    drawn = capacity.by_chance(np.full(4000, 9.0), 100, 12.0, 40, generator, waiting=60, placed=100)
    sure = capacity.stepped(np.full(40, 9.0), 100, 12.0, waiting=60, placed=100)
    assert drawn[:, 1:].mean(axis=0) == pytest.approx(sure.waiting, rel=0.02)
    # What comes varies as Poisson has it, what leaves as a share of 100: of one week both together.
    assert np.diff(drawn[:, :2]).var() == pytest.approx(9 + 100 / 12 * 11 / 12, rel=0.06)


def test_futures_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one number for all futures, or one for each"):
        capacity.by_chance([1.0, 2.0], 5, [3.0, 4.0, 5.0], 2, np.random.default_rng(0))
