"""Intervals against second implementations and published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from casebook.methods import intervals


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@given(total=st.integers(1, 10_000), share=st.floats(0, 1))
def test_wilson_agrees_with_statsmodels(confidence, total, share):
    count = round(total * share)
    expected = proportion_confint(count, total, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose(intervals.wilson(count, total, confidence), expected, atol=1e-9)


@pytest.mark.parametrize(("count", "total", "lower", "upper"), [(0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0)])
def test_wilson_at_none_and_all(count, total, lower, upper):
    found = intervals.wilson(count, total)
    assert round(float(found.lower), 4) == lower
    assert round(float(found.upper), 4) == upper


@given(count=st.integers(0, 9))
def test_counts_below_ten_agree_with_the_exact_garwood_interval_of_scipy(count):
    lower, upper = intervals.poisson(count)
    exact = (stats.gamma.ppf(0.025, count) if count else 0.0, stats.gamma.ppf(0.975, count + 1))
    np.testing.assert_allclose((lower, upper), exact, rtol=1e-9)


def test_no_events_have_the_published_upper_limit():
    lower, upper = intervals.poisson(0)
    assert float(lower) == 0
    assert round(float(upper), 4) == 3.6889


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    # Breslow and Day 1987, worked by hand from the printed formula, term by term.
    [(10, 10 * (1 - 1 / 90 - 1.959963984540054 / (3 * 10**0.5)) ** 3, 11 * (1 - 1 / 99 + 1.959963984540054 / (3 * 11**0.5)) ** 3)],
)  # fmt: skip
def test_byars_formula_is_used_from_ten(count, lower, upper):
    np.testing.assert_allclose(intervals.poisson(count), (lower, upper), rtol=1e-12)


@pytest.mark.parametrize(("confidence", "tolerance"), [(0.95, 0.01), (0.998, 0.03)])
@given(count=st.integers(10, 100_000))
def test_byars_limits_are_close_to_exact_ones(confidence, tolerance, count):
    alpha = 1 - confidence
    exact = np.array([stats.gamma.ppf(alpha / 2, count), stats.gamma.ppf(1 - alpha / 2, count + 1)])
    np.testing.assert_allclose(intervals.poisson(count, confidence), exact, rtol=tolerance)


def test_a_rate_is_its_counts_interval_over_the_population():
    lower, upper = intervals.rate([65, 0], [100_000, 1_000], 10_000)
    count_lower, count_upper = intervals.poisson([65, 0])
    np.testing.assert_allclose(lower, count_lower / [10, 0.1])
    np.testing.assert_allclose(upper, count_upper / [10, 0.1])


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1))
def test_the_mean_agrees_with_scipys_t_interval(values):
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    np.testing.assert_allclose(intervals.mean(values), expected, rtol=1e-7, atol=1e-6)


def test_one_value_has_no_interval_and_equal_values_have_one_of_no_width():
    assert np.isnan(intervals.mean([9.0])).all()
    assert intervals.mean([9.0, 9.0, np.nan]) == (9.0, 9.0)


def test_missing_counts_have_missing_limits():
    assert np.isnan(intervals.poisson([np.nan, 12]).lower).tolist() == [True, False]
    assert np.isnan(intervals.wilson([np.nan, 12], [20, 20]).upper).tolist() == [True, False]
    assert np.isnan(intervals.wilson(0, 0).lower)


@pytest.mark.parametrize(
    "call",
    [
        lambda: intervals.wilson(21, 20),
        lambda: intervals.wilson(-1, 20),
        lambda: intervals.poisson(-1),
        lambda: intervals.rate(1, 0, 10_000),
        lambda: intervals.z_score(95),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match="must|cannot"):
        call()


@pytest.mark.parametrize("size", [40, 200, 1_000, 20_000])
@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_an_area_lies_in_the_funnel_exactly_if_the_baseline_lies_in_its_interval(size, confidence):
    for share in (0.02, 0.3, 0.9):
        for kind, own in (
            ("proportion", lambda x: intervals.wilson(x, size, confidence)),
            ("rate", lambda x: exact(x, size, confidence)),
        ):
            lower, upper = (float(limit) for limit in intervals.funnel(kind, share * 100, size, 100, confidence))
            for count in {round(size * (share + step / 200)) for step in range(-15, 16)}:
                if 0 <= count <= size:
                    low, high = (float(limit) for limit in own(count))
                    assert (lower - 1e-9 <= count / size * 100 <= upper + 1e-9) == (
                        low - 1e-12 <= share <= high + 1e-12
                    ), (kind, count)


def exact(count, size, confidence):
    """Garwood's limits of a count, from the chi-square distribution, over a size."""
    tail = (1 - confidence) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return low / size, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2 / size


@pytest.mark.parametrize(
    ("given", "shown", "decimals"),
    [
        ((15272.4, 12820.1, 18193.9), (15300, 12800, 18200), 0),
        ((11816, 10809, 12823), (11800, 10800, 12800), 0),
        ((57.73, 48.46, 68.77), (58, 48, 69), 0),
        ((8.42, 8.11, 8.74), (8.42, 8.11, 8.74), 2),
        ((3, 1, 6), (3.0, 1.0, 6.0), 1),
        ((18.004, 18.004, 18.004), (18.0, 18.0, 18.0), 2),
    ],
)
def test_an_estimate_is_rounded_by_the_width_of_its_interval(given, shown, decimals):
    rounded = intervals.rounded(*given, finest=0.01)
    assert (rounded.value, rounded.lower, rounded.upper) == pytest.approx(shown)
    assert rounded.decimals == decimals


def test_counts_are_never_given_finer_than_whole():
    assert intervals.rounded(3.4, 1.2, 6.1) == (3, 1, 6, 0)


@given(st.floats(0, 1e7), st.floats(0, 1e6), st.floats(0, 1e6))
def test_rounding_by_the_interval_keeps_the_order_and_moves_nothing_far(value, below, above):
    rounded = intervals.rounded(value, value - below, value + above)
    assert rounded.lower <= rounded.value <= rounded.upper
    # Two figures of the half-width are kept: the step is between 1% and 10% of it.
    for before, after in zip((value, value - below, value + above), rounded, strict=False):
        assert abs(before - after) <= max(0.5, (below + above) / 2 / 10 / 2) * 1.001


def test_each_row_is_rounded_by_its_own_interval():
    rounded = intervals.rounded([8_918, 15_272], [8_700, 12_820], [9_141, 18_194])
    assert rounded.value.tolist() == [8_920, 15_300]


@pytest.mark.parametrize(
    ("found", "published"),
    [
        # Typed in from PHEindicatormethods (OHID, tests/testthat/testdata_Proportion.xlsx, testdata_Rate.xlsx,
        # testdata_Mean.xlsx and testdata_funnel_prop_outputs.csv), its own test data.
        (intervals.of("proportion", 5, 100, 100), (2.154368, 11.175047)),
        (intervals.of("proportion", 9856, 12345, 100, 0.998), (78.699241, 80.930614)),
        (intervals.rate(5, 100, 100_000), (1623.486390, 11668.332079)),
        (intervals.rate(5, 100, 100_000, 0.998), (739.371732, 16454.745204)),
        (intervals.rate(65, 100, 100_000), (50163.187710, 82849.138546)),
        (intervals.rate(222, 3215, 100, 0.998), (5.560738, 8.461047)),
        (
            intervals.mean([33.09375, 48.38596, 64.83495, 67.98475, 22.93556, 71.23587, 38.78465, 82.37927]),
            (36.168325, 71.240365),
        ),
        (intervals.funnel("proportion", 80.642448, 1, 100), (3.204264, 100)),
        (intervals.funnel("proportion", 80.642448, 4, 100, 0.998), (19.594903, 100)),
    ],
)
def test_intervals_and_funnel_limits_have_their_published_values(found, published):
    assert [float(limit) for limit in found] == pytest.approx(published, rel=1e-6)
