"""The rule for counting weeks, found in the papers' figures, and the costs that follow from it."""

import calendar
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import costing
from casebook.methods.costing import FinancialYear

# Paper 000, lines 93 to 104: cost avoided by 2.5 placements at £400 a week is £1,000 a week, so these are weeks.
PRINTED_WEEKS = (48, 44, 39, 35, 30, 26, 22, 17, 13, 9, 5, 0)


def test_the_rule_gives_the_papers_weeks():
    assert FinancialYear(2020).weeks_left == PRINTED_WEEKS
    assert FinancialYear(2020).weeks == 52


def ends():
    return [
        date(
            2020 + (m > 12),
            (m - 1) % 12 + 1,
            calendar.monthrange(2020, (m - 1) % 12 + 1)[1] if m <= 12 else calendar.monthrange(2021, m - 12)[1],
        )
        for m in range(4, 16)
    ]


@pytest.mark.parametrize("weekday", range(1, 7))
def test_no_other_day_of_the_week_fits(weekday):
    def counted(end):
        days = (end + timedelta(days=n) for n in range(1, 366))
        return sum(day <= date(2021, 3, 31) and day.weekday() == weekday for day in days)

    assert tuple(counted(end) for end in ends()) != PRINTED_WEEKS


@pytest.mark.parametrize("rounding", [np.floor, np.ceil, np.round])
def test_no_rounding_of_days_over_seven_fits(rounding):
    weeks = [int(rounding((date(2021, 3, 31) - end).days / 7)) for end in ends()]
    assert tuple(weeks) != PRINTED_WEEKS


@given(st.integers(2000, 2049))
def test_weeks_agree_with_counting_every_day_in_any_year(starts):
    year = FinancialYear(starts)
    days = [
        date(starts, 4, 1) + timedelta(days=n) for n in range((date(starts + 1, 3, 31) - date(starts, 4, 1)).days + 1)
    ]
    mondays = [day for day in days if day.weekday() == 0]
    assert year.weeks == len(mondays)
    assert year.weeks in (52, 53)
    assert year.weeks_left == tuple(sum(day > end for day in mondays) for end in year.month_ends)
    assert [end.month for end in year.month_ends] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert all((end + timedelta(days=1)).day == 1 for end in year.month_ends)


def test_a_leap_year_has_its_29_february():
    assert date(2020, 2, 29) in FinancialYear(2019).month_ends


def test_a_steady_reduction_reaches_its_target_exactly():
    weeks = FinancialYear(2020).weeks_left
    each = costing.steady_reduction(2_000_000, 850, weeks)
    assert costing.cost_avoided([each] * 12, 850, weeks).sum() == pytest.approx(2_000_000)
    assert costing.steady_reduction(4_000_000, 850, weeks) == pytest.approx(2 * each)
    assert costing.steady_reduction(2_000_000, 1_700, weeks) == pytest.approx(each / 2)


def test_a_target_that_nothing_reaches_is_refused():
    with pytest.raises(ValueError, match="only be reached"):
        costing.steady_reduction(1, 0, [1])


def test_slippage_loses_what_falls_after_the_year():
    assert costing.slipped([1, 2, 3], 0) == [1, 2, 3]
    assert costing.slipped([1, 2, 3], 3) == [0, 0, 0]


def test_without_uncertainty_every_simulated_year_is_the_plan():
    weeks = FinancialYear(2020).weeks_left
    done = costing.simulate([5] * 12, 850, weeks, 1, monthly_spread=0, cost_spread=0, most_slippage=0, runs=10)
    np.testing.assert_allclose(done.totals, 1_224_000)


def test_simulated_years_have_the_mean_and_spread_of_their_formula():
    weeks = np.array(FinancialYear(2020).weeks_left)
    for together in (0, 0.5, 1):
        done = costing.simulate(
            [5] * 12, 850, weeks, 1, monthly_spread=3, cost_spread=0, most_slippage=0, together=together, runs=200_000
        )
        assert done.totals.mean() == pytest.approx(1_224_000, rel=0.005)
        spread = np.sqrt((1 - together) * (weeks**2).sum() + together * weeks.sum() ** 2)
        assert done.totals.std() == pytest.approx(850 * 3 * spread, rel=0.01)


def test_months_that_a_late_start_leaves_without_a_plan_vary_as_the_others_do():
    certain = {"cost_spread": 0, "most_slippage": 3, "together": 0, "runs": 50_000}
    done = costing.simulate([0] * 11 + [0], 850, [1] * 12, 1, monthly_spread=3, **certain)
    assert done.totals.std() == pytest.approx(850 * 3 * np.sqrt(12), rel=0.02)


def test_the_same_seed_gives_the_same_years_and_a_higher_target_a_smaller_chance():
    def chance(target, seed=0):
        return costing.simulate(
            [5] * 12,
            850,
            FinancialYear(2020).weeks_left,
            target,
            monthly_spread=3,
            cost_spread=0.05,
            most_slippage=3,
            seed=seed,
        ).probability

    assert chance(1e6) == chance(1e6)
    assert chance(0.9e6) > chance(1e6) > chance(1.1e6)
