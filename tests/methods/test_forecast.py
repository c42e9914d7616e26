"""Forecasts against statsmodels, formulas and what really happened."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from anything import ANY, SOME, finite_or_refused
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.holtwinters import Holt

from casebook.methods import forecast
from casebook.methods.forecast import METHODS, TooShortError

# Plans in force in Cambridgeshire, January 2019 to 2025 (DfE, SEN2).
PLANS = [4198, 4690, 5292, 6100, 6972, 7318, 8007]
series = st.lists(st.integers(50, 10_000), min_size=5, max_size=12)


def test_drift_and_growth_are_the_published_formulas():
    assert forecast.drift(PLANS, 6)[-1] == pytest.approx(8007 + 6 * (8007 - 4198) / 6)
    assert forecast.growth(PLANS, 6)[-1] == pytest.approx(8007 * (8007 / 4198))


@given(series)
def test_drift_is_the_line_through_the_first_and_last_value(values):
    steps = np.arange(1, 4)
    line = np.polyfit([1, len(values)], [values[0], values[-1]], 1)
    np.testing.assert_allclose(forecast.drift(values, 3), np.polyval(line, len(values) + steps), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("values", [PLANS, [120, 111, 103, 80, 59, 55, 60, 58], [10, 12, 11, 15, 14, 18, 17, 21]])
def test_damped_holt_fits_as_well_as_statsmodels_and_forecasts_the_same(values):
    y = np.asarray(values, float)

    def squared_errors(a, b, p):
        return (forecast._holt(y, a, b, p)[2] ** 2).sum()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The same start as ours: level y1, and a trend whose damped value is the first change.
        results = [
            Holt(
                y, damped_trend=True, initialization_method="known", initial_level=y[0], initial_trend=(y[1] - y[0]) / p
            ).fit(smoothing_level=a, smoothing_trend=b, damping_trend=p, optimized=False)
            for a, b, p in ((0.3, 0.2, 0.9), (0.8, 0.5, 0.95))
        ]
    for (a, b, p), theirs in zip(((0.3, 0.2, 0.9), (0.8, 0.5, 0.95)), results, strict=True):
        level, trend = y[0], (y[1] - y[0]) / p
        errors = []
        for value in y:
            errors.append(value - (level + p * trend))
            before = level
            level = a * value + (1 - a) * (level + p * trend)
            trend = b * (level - before) + (1 - b) * p * trend
        np.testing.assert_allclose(theirs.resid, errors, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(theirs.forecast(4), level + trend * np.cumsum(p ** np.arange(1, 5)), rtol=1e-6)
    # Ours starts after the first value; no point of a fine grid fits better than what it finds.
    grid = min(
        squared_errors(a, b, p)
        for a in np.linspace(0, 1, 21)
        for b in np.linspace(0, 1, 21)
        for p in np.linspace(0.8, 0.98, 7)
    )
    assert squared_errors(*forecast._fitted(y)) <= grid * 1.001


@settings(max_examples=8)
@given(series)
def test_the_trend_of_damped_holt_fades(values):
    changes = np.abs(np.diff(forecast.damped_holt(values, 6)))
    assert (np.diff(changes) <= 1e-6).all()


def test_the_backtest_is_that_of_a_plain_loop():
    scaled = []
    for origin in (3, 4, 5, 6):
        past, future = PLANS[:origin], PLANS[origin:]
        scale = np.mean([abs(b - a) for a, b in pairwise(past)])
        slope = (past[-1] - past[0]) / (origin - 1)
        scaled += [abs(past[-1] + (h + 1) * slope - actual) / scale for h, actual in enumerate(future)]
    found = forecast.backtest(PLANS, "drift")
    assert (found.mase, found.errors) == (pytest.approx(np.mean(scaled)), len(scaled))


@pytest.mark.parametrize(
    ("values", "method"),
    [(PLANS, "growth"), ([9, 7, 4, 2, 1], "growth"), ([0, 3, 5, 9, 12], "drift"), ([0, 0, 0, 0, 0], "drift")],
)
def test_yearly_growth_goes_on_wherever_it_can_be_calculated(values, method):
    assert forecast.choose(values) == method


@pytest.mark.parametrize("method", ["growth", "drift", "naive"])
def test_widened_ranges_held_as_many_outturns_as_they_say_over_the_authorities(plans, method):
    for level, least, most in ((0.8, 0.77, 0.86), (0.95, 0.93, 0.995)):
        held = []
        for values in plans:
            for origin in range(11, 16):
                happened = values[origin:]
                known = values[origin - 7 : origin]
                made = forecast.ahead(known, happened.size, method, level, forecast.WIDENING[method])
                held += list((made.lower <= happened) & (happened <= made.upper))
        assert len(held) == 15 * len(plans)
        assert least < np.mean(held) < most


@pytest.mark.parametrize("last", [2023, 2024])
def test_refitted_on_a_shorter_history_drift_comes_closest_to_what_then_happened(last):
    known, happened = PLANS[: last - 2018], np.array(PLANS[last - 2018 :])
    off = {method: np.abs(METHODS[method](known, happened.size) / happened - 1).max() for method in METHODS}
    assert off["drift"] < 0.05
    assert off["drift"] < off["naive"]
    assert off["drift"] < off["growth"]
    assert METHODS["naive"](known, happened.size)[-1] < happened[-1] < METHODS["growth"](known, happened.size)[-1]


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_forecast_and_widen_with_the_years_and_the_level(method):
    narrow, wide = (forecast.ahead(PLANS, 6, method, level) for level in (0.8, 0.95))
    assert (narrow.lower < narrow.central).all()
    assert (narrow.central < narrow.upper).all()
    assert (np.diff(narrow.upper - narrow.lower) > 0).all()
    assert (wide.upper > narrow.upper).all()


def test_the_interval_of_drift_is_the_published_formula():
    from scipy import stats

    changes = np.diff(PLANS)
    sigma = changes.std(ddof=1)
    h, points = 3, len(PLANS)
    half = stats.t.ppf(0.9, changes.size - 1) * sigma * np.sqrt(h * (1 + h / (points - 1)))
    made = forecast.ahead(PLANS, h, "drift", 0.8)
    assert made.upper[-1] - made.central[-1] == pytest.approx(half)


def test_an_interval_holds_about_as_many_outturns_as_it_says():
    generator = np.random.default_rng(0)
    held = total = 0
    for _ in range(300):
        walk = 1000 + np.cumsum(generator.normal(30, 20, 12))
        made = forecast.ahead(walk[:9], 3, "drift", 0.8)
        held += int(((made.lower <= walk[9:]) & (walk[9:] <= made.upper)).sum())
        total += 3
    assert held / total == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize(
    "values",
    [[50, 30, 20, 8, 3], [500, 400, 300, 200, 100], [7] * 5, [0] * 6, [10, 12, 14, 16, 18], [1, 1, 1, 1, 10**6]],
)
@pytest.mark.parametrize("method", METHODS)
def test_limits_are_in_order_and_not_below_nothing(values, method):
    if method == "growth" and 0 in values:
        return
    for level in (0.8, 0.95):
        _in_order(forecast.ahead(values, 11, method, level))


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 10_000), min_size=5, max_size=16)
    | st.tuples(st.integers(0, 9_000), st.integers(-2_000, 2_000)).map(
        lambda line: [max(0, line[0] + line[1] * year) for year in range(7)]
    ),
    st.integers(1, 15),
    st.sampled_from([0.5, 0.8, 0.95, 0.998]),
)
def test_limits_of_any_series_are_in_order_finite_and_not_below_nothing(values, horizon, level):
    _in_order(forecast.ahead(values, horizon, forecast.choose(values), level))
    _in_order(forecast.ahead(values, horizon, "drift", level))


def _in_order(made):
    assert all(np.isfinite(part).all() for part in (made.central, made.lower, made.upper))
    assert (made.lower >= 0).all()
    assert (made.lower <= made.central).all()
    assert (made.central <= made.upper).all()


@pytest.mark.parametrize(
    ("values", "method"),
    [([10, 12, 14, 16, 18], "drift"), ([7] * 6, "naive"), ([0] * 6, "drift"), ([2, 4, 8, 16, 32], "growth")],
)
def test_a_straight_line_is_not_certain_to_go_on(values, method):
    made = forecast.ahead(values, 3, method)
    assert (made.upper - made.central >= 1).all()
    assert (np.diff(made.upper) > 0).all()


def test_what_a_range_is_widened_by_goes_on_after_the_last_year_given():
    plain, wider = forecast.ahead(PLANS, 4, "drift"), forecast.ahead(PLANS, 4, "drift", widening=(1.5, 2))
    ratio = (wider.upper - wider.central) / (plain.upper - plain.central)
    np.testing.assert_allclose(ratio, [1.5, 2, 2, 2])
    wider, plain = (forecast.ahead(PLANS, 1, "growth", widening=(factor,)) for factor in (2, 1))
    assert np.log(wider.upper / wider.central) == pytest.approx(2 * np.log(plain.upper / plain.central))


def test_every_method_has_a_widening_for_the_years_it_was_measured_over():
    assert set(forecast.WIDENING) == set(METHODS)
    assert {len(factors) for factors in forecast.WIDENING.values()} == {5}
    assert all(factor >= 1 for factors in forecast.WIDENING.values() for factor in factors)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PLANS, 3, "trend"), "there is no method 'trend': there are naive, drift, growth and damped Holt"),
        ((PLANS, 3, "Growth "), "did you mean growth?"),
        ((PLANS, 3, "damped holt"), "did you mean damped Holt?"),
        ((PLANS, 3, "drift", 1.5), "level must lie between 0 and 1, found 1.5"),
        ((PLANS, 3, "drift", 0), "level"),
        ((PLANS, 3, "drift", np.nan), "level"),
        ((PLANS, 3, "drift", np.inf), "level"),
        ((PLANS, 0, "drift"), "horizon must be a whole number of years from 1 to 30, found 0"),
        ((PLANS, 31, "drift"), "horizon"),
        ((PLANS, 2.5, "drift"), "horizon"),
        ((PLANS, 3, "drift", 0.8, ()), "widening must be a factor above 0"),
        ((PLANS, 3, "drift", 0.8, (1, 0)), "widening"),
        (([5, 5, np.inf, 5, 5], 3, "drift"), "finite"),
        (([0, 5, 5, 5, 5], 3, "growth"), "growth needs values above 0"),
        (([1, 1, 1, 1, 1e60], 30, "growth"), "too large to be a number"),
    ],
)
def test_a_forecast_that_cannot_be_made_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        forecast.ahead(*arguments)


@settings(max_examples=40)
@given(
    SOME | st.lists(st.integers(1, 900), min_size=1, max_size=8),
    st.integers(-1, 31) | ANY,
    st.sampled_from(list(METHODS)),
)
def test_a_method_gives_finite_numbers_or_refuses(values, horizon, method):
    finite_or_refused(lambda: METHODS[method](values, horizon))
    finite_or_refused(lambda: forecast.one_year_errors(values, method))
    finite_or_refused(lambda: forecast.backtest(values, method).mase)


def test_changes_that_are_next_to_nothing_beside_the_errors_are_refused():
    with pytest.raises(ValueError, match="too large beside the changes of the series"):
        forecast.backtest([0, 0, 0, 1e-300, 59923105.0], "naive")


@settings(max_examples=40)
@given(
    st.lists(ANY, min_size=5, max_size=7) | SOME,
    st.integers(1, 30),
    st.floats(0.001, 0.999),
    st.sampled_from(list(METHODS)),
)
def test_a_range_is_finite_and_in_order_or_refused(values, horizon, level, method):
    try:
        made = forecast.ahead(values, horizon, method, level, forecast.WIDENING[method])
    except ValueError as error:
        assert "\n" not in str(error)
        return
    _in_order(made)


@given(ANY, ANY, ANY, st.lists(ANY, min_size=2, max_size=2), st.lists(ANY, min_size=2, max_size=2))
def test_growth_paths_and_lines_arefinite_or_refused(first, last, years, known, values):
    rate = finite_or_refused(lambda: forecast.yearly_growth(first, last, years))
    finite_or_refused(lambda: forecast.path(first, last if rate is None else rate, years))
    finite_or_refused(lambda: forecast.between(known, values, [first, last]))


@pytest.mark.parametrize("call", [forecast.choose, lambda values: forecast.ahead(values, 1, "naive")])
@pytest.mark.parametrize("values", [[], [4], [1, 2, 3, 4]])
def test_fewer_than_five_values_make_no_forecast(call, values):
    with pytest.raises(TooShortError, match="too few"):
        call(values)


def test_a_gap_is_refused():
    with pytest.raises(ValueError, match="without gaps"):
        forecast.choose([1, 2, np.nan, 4, 5])


def test_growth_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        forecast.growth([0, 1, 2, 3, 4], 1)


def test_a_path_at_the_implied_growth_ends_where_the_paper_does():
    rate = forecast.yearly_growth(4662, 6866, 11)
    assert forecast.path(4662, rate, 11)[-1] == pytest.approx(6866)


def test_years_outside_a_forecast_population_are_refused():
    with pytest.raises(ValueError, match="between 2021 and 2026"):
        forecast.between([2021, 2026], [1, 2], [2027])
