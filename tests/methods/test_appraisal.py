"""Appraisal by the Green Book: its worked example, numpy-financial's values, and the edges."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import appraisal

AMOUNTS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


def test_the_worked_example_of_the_green_book_is_reproduced():
    # HM Treasury, The Green Book, 2003, chapter 5, discounting: £10m for £2.5m a year over four years, £5m for £1.5m.
    assert appraisal.discount_factors(5).round(4).tolist() == [1, 0.9662, 0.9335, 0.9019, 0.8714]
    assert round(appraisal.present_value([-10, 2.5, 2.5, 2.5, 2.5]), 2) == -0.82
    assert round(appraisal.present_value([-5, 1.5, 1.5, 1.5, 1.5]), 2) == 0.51


@pytest.mark.parametrize(
    ("rate", "amounts", "npv"),
    [
        (0.035, [-10, 2.5, 2.5, 2.5, 2.5], -0.8173019784694384),
        (0.035, [-5, 1.5, 1.5, 1.5, 1.5], 0.5096188129183377),
        (0.015, [-120000, 35000, 40000, 0, 62000, -5000, 18000], 23545.10868264567),
        (0.08, [-40000, 5000, 8000, 12000, 30000], 3065.2226681795255),
    ],
)
def test_a_net_present_value_is_that_of_numpy_financial(rate, amounts, npv):
    # numpy_financial.npv, version 1.0.0.
    assert appraisal.present_value(amounts, rate) == pytest.approx(npv, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "rates"), [(appraisal.STANDARD, (0.035, 0.03, 0.025)), (appraisal.HEALTH, (0.015, 0.0129, 0.0107))]
)
def test_the_green_books_rates_fall_after_30_and_75_years_and_others_do_not(first, rates):
    factors = appraisal.discount_factors(125, first)
    found = [before / after - 1 for before, after in pairwise(factors)]
    assert found == pytest.approx([rates[0]] * 30 + [rates[1]] * 45 + [rates[2]] * 49)
    other = appraisal.discount_factors(125, 0.04)
    assert other[124] == pytest.approx(1.04**-124)


@given(AMOUNTS, st.floats(0, 0.2))
def test_a_present_value_is_the_sum_year_by_year_and_costs_alone_never_pay_back(amounts, rate):
    if rate not in appraisal.LATER:
        assert appraisal.present_value(amounts, rate) == pytest.approx(
            sum(amount / (1 + rate) ** year for year, amount in enumerate(amounts)), abs=1e-3
        )
    costs = [-abs(amount) for amount in amounts]
    assert appraisal.present_value(costs, rate) <= 0
    assert appraisal.payback(costs, rate) == (None if any(costs) else 0.0)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.integers(1, 60))
def test_an_even_return_pays_back_when_it_has_summed_to_what_was_spent(spent, gained, years):
    found = appraisal.payback([-spent] + [gained] * years)
    if gained * years < spent * (1 - 1e-6):
        assert found is None
    elif gained * years > spent * (1 + 1e-6):
        assert found == pytest.approx(1 + spent / gained)


def test_payback_is_for_good_and_longer_when_it_is_discounted():
    # It comes back in year 1, is lost again in year 2 and back in year 3.
    assert appraisal.payback([-100, 150, -100, 100]) == 3.5
    assert appraisal.payback([-100, 50, 60], 0.0) == pytest.approx(2 + 50 / 60)
    assert appraisal.payback([-100, 50, 55], 0.035) is None
    assert appraisal.payback([-100, 150], 0.035) == pytest.approx(1 + 100 / (150 / 1.035))
    assert appraisal.payback([10]) == appraisal.payback([0, 0]) == 0.0 and appraisal.payback([-10]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=5), st.integers(0, 4))
def test_at_its_switching_factor_a_part_leaves_nothing(parts, at):
    at %= len(parts)
    net = sum(parts)
    if abs(parts[at]) > 1:
        factor = appraisal.switching_factor(net, parts[at])
        assert net + (factor - 1) * parts[at] == pytest.approx(0, abs=1e-6 * sum(map(abs, parts)))


def test_without_costs_there_is_no_ratio_and_without_benefits_it_is_nothing():
    assert appraisal.benefit_cost_ratio(100, 0) is None and appraisal.benefit_cost_ratio(0, 100) == 0
    assert appraisal.switching_factor(-100, 0) is None
    # A part that is nothing beside the rest could never make it up: that is said by a factor far above 1.
    assert appraisal.switching_factor(-100, 1) == 101


def test_nominal_amounts_deflated_are_worth_what_real_ones_are():
    real = appraisal.recurring(100, 1, 9, 10)
    cash = real * appraisal.price_levels(10, 0.02)
    # Fisher: cash discounted at (1 + real)(1 + inflation) - 1 is worth the same as real amounts at the real rate.
    nominal = 1.05 * 1.02 - 1
    assert appraisal.present_value(real, 0.05) == pytest.approx(appraisal.present_value(cash, nominal))
    assert (cash / appraisal.price_levels(10, 0.02)).tolist() == pytest.approx(real.tolist())


def test_what_recurs_stands_in_its_years_alone():
    assert appraisal.recurring(7, 0, 0, 3).tolist() == [7, 0, 0]
    assert appraisal.recurring(7, 2, 50, 4).tolist() == [0, 0, 7, 7]
    assert appraisal.recurring(7, 5, 9, 3).tolist() == [0, 0, 0]


PARTS, USES = [-100.0, 60.0, 90.0], [[1, 0, 0], [0, 1, 0], [0, 1, 1]]


def test_an_input_that_two_parts_use_moves_both():
    grid = np.stack(np.meshgrid([0.5, 1, 2], [0, 1], indexing="ij"), axis=-1)
    factors = np.concatenate([np.ones((3, 2, 1)), grid], axis=-1)
    assert appraisal.combined(PARTS, factors, USES).tolist() == [[-70, -25], [-40, 50], [20, 200]]


def test_a_simulation_agrees_with_its_mean_and_says_how_many_break_even():
    ranges = [[0.9, 1, 1.1], [0, 1, 1], [0.5, 1, 1.2]]
    found = appraisal.simulate(PARTS, ranges, USES, runs=200_000, seed=1)
    means = [sum(one) / 3 for one in ranges]
    mean = -100 * means[0] + 60 * means[1] + 90 * means[1] * means[2]
    assert found.values.mean() == pytest.approx(mean, abs=0.5)
    assert found.breaking_even == (found.values >= 0).mean() and 0.2 < found.breaking_even < 0.5
    again = appraisal.simulate(PARTS, ranges, USES, runs=200_000, seed=1)
    assert (again.values == found.values).all()
    assert appraisal.simulate(PARTS, ranges, USES, runs=200_000, seed=2).breaking_even == pytest.approx(
        found.breaking_even, abs=0.01
    )


def test_what_is_certain_breaks_even_always_or_never_and_exactly_even_counts():
    certain = [[1, 1, 1]] * 3
    assert appraisal.simulate(PARTS, certain, USES, 10).breaking_even == 1
    assert appraisal.simulate([-151, 60, 90], certain, USES, 10).breaking_even == 0
    assert appraisal.simulate([-150, 60, 90], certain, USES, 10).breaking_even == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: appraisal.discount_factors(0), "years must be a whole number from 1 to 125, found 0"),
        (lambda: appraisal.discount_factors(5, 3.5), "a discount rate must be .* from 0 to 1, found 3.5"),
        (lambda: appraisal.present_value([1, float("nan")]), "an amount must be a finite number, found nan"),
        (lambda: appraisal.present_value([]), "years must be a whole number from 1"),
        (lambda: appraisal.with_optimism_bias([-1], 0.1), "a cost must be .* from 0 on, found -1"),
        (lambda: appraisal.simulate(PARTS, [[1, 0, 2]] * 3, USES), "must be in order, found 1.0, 0.0, 2.0"),
        (lambda: appraisal.simulate(PARTS, [[1, 1]] * 3, USES), "a lowest, a central and a highest factor each"),
        (lambda: appraisal.combined(PARTS, [1, 1], USES), "3 parts and factors of shape .* do not go with uses"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)
