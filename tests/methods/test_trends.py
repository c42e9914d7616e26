"""Trends, differences, several comparisons, processes and overdispersion: published values and second implementations."""

import numpy as np
import pytest
from anything import ANY, SOME, finite_or_refused
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from casebook.methods import intervals, trends
from casebook.methods.intervals import Interval

VALUES = np.array([70.0, 74, 77, 82, 86])


def around(values, half=3.0):
    return Interval(np.asarray(values) - half, np.asarray(values) + half)


def test_the_slope_of_a_trend_is_that_of_a_weighted_regression():
    y, half = np.array([70.0, 79, 77, 82, 86]), np.array([1.0, 2, 3, 2, 1])
    found = trends.recent_trend(y, Interval(y - half, y + half))
    se = half / intervals.z_score(0.95)
    design = np.column_stack([np.ones(5), np.arange(5)]) / se[:, None]
    slope = np.linalg.lstsq(design, y / se, rcond=None)[0][1]
    variance = np.linalg.inv(design.T @ design)[1, 1]
    assert (found.slope, found.chi_squared) == pytest.approx((slope, slope**2 / variance))


def test_a_trend_in_counts_has_the_published_statistic():
    # R's help of prop.trend.test: smokers 83, 90, 129, 70 of 86, 93, 136, 82 patients; chi-squared 8.2249.
    found = trends.recent_trend_of_counts([83, 90, 129, 70], [86, 93, 136, 82], years=4)
    assert found.chi_squared == pytest.approx(8.2249, abs=1e-4)
    # Below the 9.55 that chance exceeds in one of 500.
    assert found.direction == "no significant change"


@pytest.mark.parametrize(
    ("values", "half", "direction"),
    [
        (VALUES, 3, "increasing"),
        (VALUES[::-1], 3, "decreasing"),
        (VALUES, 30, "no significant change"),
        # One far value makes the slope; without it the others fall.
        ([80, 79, 78, 77, 120], 3, "no significant change"),
        (VALUES[:4], 3, "cannot be calculated"),
        ([70, 74, np.nan, 82, 86], 3, "cannot be calculated"),
        ([np.nan, *VALUES], 3, "increasing"),
    ],
)
def test_a_trend_is_one_where_it_is_more_than_chance_and_no_single_year_makes_it(values, half, direction):
    assert trends.recent_trend(values, around(values, half)).direction == direction


def test_chance_alone_makes_a_trend_about_twice_in_a_thousand():
    chance = np.random.default_rng(0)
    made = [
        trends.recent_trend(one, around(one, 1.959964)).direction != "no significant change"
        for one in chance.normal(0, 1, (4000, 5))
    ]
    assert 0 < np.mean(made) <= 0.005


def test_the_difference_of_two_shares_has_newcombes_interval():
    for x, n, y, m in ((56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 5, 30)):
        found = trends.difference(x / n, intervals.wilson(x, n), y / m, intervals.wilson(y, m))
        expected = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
        assert (float(found.lower), float(found.upper)) == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_a_difference_of_rates_holds_what_it_says():
    chance, held = np.random.default_rng(0), 0
    for first, second in chance.poisson((40, 60), (2000, 2)):
        found = trends.difference(first, intervals.poisson(first), second, intervals.poisson(second))
        held += found.lower <= -20 <= found.upper
    assert 0.94 <= held / 2000 <= 0.975


def test_the_chance_of_a_count_is_that_of_its_test():
    found = trends.p_value("proportion", [65, 40], [100, 90], 50, 100)
    expected = [proportions_ztest(x, n, 0.5, prop_var=0.5)[1] for x, n in ((65, 100), (40, 90))]
    np.testing.assert_allclose(found, expected)
    rate = trends.p_value("rate", [3, 30], [1000, 1000], 10, 1000)
    np.testing.assert_allclose(rate, [2 * stats.poisson.cdf(3, 10), 2 * stats.poisson.sf(29, 10)])


@given(st.integers(0, 60), st.floats(0.5, 60))
def test_a_rate_differs_exactly_where_its_exact_interval_leaves_out_the_benchmark(count, benchmark):
    if count < 10:
        lower, upper = intervals.poisson(count)
        chance = trends.p_value("rate", count, 1, benchmark, 1)
        assert (chance > 0.05) == (lower < benchmark < upper) or chance == pytest.approx(0.05, rel=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_several_comparisons_are_judged_as_statsmodels_does(chances):
    found = trends.several(chances)
    for method, own in (("bonferroni", found.bonferroni), ("fdr_bh", found.discovered)):
        np.testing.assert_array_equal(own, multipletests(chances, 0.05, method=method)[0])
    assert (found.bonferroni <= found.discovered).all() and (found.discovered <= found.single).all()


def test_of_eleven_comparisons_chance_calls_half_a_one_different():
    found = trends.several([0.5] * 11 + [np.nan])
    assert (found.of, found.by_chance) == (11, pytest.approx(0.55))
    assert found.at_least_one == pytest.approx(1 - 0.95**11)


def test_a_process_has_the_limits_of_its_moving_range_and_each_rule_picks_its_points():
    steady = [50, 52, 49, 51, 50, 48, 51, 50]
    found = trends.process([*steady, 70])
    moving = np.abs(np.diff([*steady, 70])).mean()
    assert float(found.limits.upper) == pytest.approx(np.mean([*steady, 70]) + 2.66 * moving)
    assert np.flatnonzero(found.outside).tolist() == [8]
    shifted = trends.process([1, 2, 1, 2, 1, 2, 1, 8, 9, 8, 9, 8, 9, 8])
    assert shifted.one_side.all() and not shifted.one_way.any()
    rising = trends.process([5, 4, 1, 2, 3, 4, 5, 6, 5, 4])
    assert np.flatnonzero(rising.one_way).tolist() == [2, 3, 4, 5, 6, 7]
    two_of_three = trends.process([*[0, 1, 0, -1] * 12, 2.6, 0, 2.5, 0, -1, 0])
    assert np.flatnonzero(two_of_three.near_limit).tolist() == [48, 50] and not two_of_three.outside.any()


def test_areas_that_differ_by_chance_are_not_overdispersed_and_others_by_their_spread():
    chance = np.random.default_rng(0)
    size = chance.integers(500, 5000, 400)
    by_chance = chance.binomial(size, 0.3) / size * 100
    found = trends.overdispersion("proportion", by_chance, 30, size, 100)
    assert 0.6 < found.phi < 1 and found.tau == 0
    apart = chance.normal(by_chance, 4)
    more = trends.overdispersion("proportion", apart, 30, size, 100)
    # Winsorised, it is somewhat below the 4 it was made with.
    assert more.phi > 5 and 2.8 < more.tau < 4.2
    lower, upper = trends.overdispersed_funnel("proportion", 30, size, more, "additive", 100)
    assert 0.85 < ((lower <= apart) & (apart <= upper)).mean() < 0.97
    plain = intervals.funnel("proportion", 30, size, 100)
    same = trends.overdispersed_funnel("proportion", 30, size, trends.Overdispersion(0.7, 0), "multiplicative", 100)
    np.testing.assert_allclose(same, plain)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: trends.recent_trend([1, 2, 3], Interval([1, 2, 3], [0, 3, 4]), 3), "the limits in order"),
        (lambda: trends.recent_trend(VALUES, around(VALUES), years=2), "years must be a whole number from 3"),
        (lambda: trends.recent_trend_of_counts([5], [4]), "no count above its total"),
        (lambda: trends.difference(5, Interval(1, 4), 2, Interval(1, 3)), "a value must be .* from 1 to 4, found 5"),
        (lambda: trends.several([1.2]), "a chance must be a finite number from 0 to 1, found 1.2"),
        (lambda: trends.several([0.2], 1), "confidence must lie between 0 and 1"),
        (lambda: trends.process([1, 2, 3]), "3 values are too few"),
        (lambda: trends.p_value("rates", 1, 2, 3, 4), "did you mean rate?"),
        (lambda: trends.overdispersion("rate", [1, 2], 1, [1, 2]), "three areas at least"),
        (lambda: trends.overdispersed_funnel("rate", 1, [1], trends.Overdispersion(1, 1), "additiv"), "did you mean additive?"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@given(SOME, SOME, SOME, ANY)
def test_whatever_is_given_is_answered_in_order_or_refused(values, lower, upper, one):
    finite_or_refused(lambda: trends.process(values).limits)
    finite_or_refused(lambda: trends.several(values).by_chance)
    limits = Interval(*(values + upper + [1, 2])[:2])
    made = finite_or_refused(lambda: trends.difference(one, limits, one, limits))
    for call in (
        lambda: trends.recent_trend(values, Interval(lower, upper)),
        lambda: trends.recent_trend_of_counts(values, upper),
        lambda: trends.overdispersion("rate", values, one, upper),
        lambda: trends.p_value("proportion", values, upper, one, 100),
        lambda: trends.overdispersed_funnel("rate", one, values, trends.Overdispersion(2, 1)),
    ):
        try:
            call()
        except ValueError as refused:
            assert "\n" not in str(refused)
    assert made is None or made.lower <= made.upper
