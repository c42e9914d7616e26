"""Forecasts from all areas, against a panel whose truth is known and against what really happened."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.methods import panel
from casebook.methods.panel import Rule


def made_up(areas=60, years=16, *, seed=0, own=0.3, spread=0.02):
    """A country that grows by 4% to 8% a year; the areas keep a part of their deviation, and vary by an amount of their own."""
    chance = np.random.default_rng(seed)
    country = chance.uniform(0.04, 0.08, years)
    sizes = spread * chance.uniform(0.5, 2, areas)
    deviation = chance.normal(0, sizes)
    growth = np.empty((areas, years))
    for year in range(years):
        deviation = own * deviation + chance.normal(0, sizes)
        growth[:, year] = country[year] + deviation
    return np.exp(chance.normal(7, 0.6, areas))[:, None] * np.exp(np.cumsum(growth, axis=1))


def by_hand(y, rule, area, horizon):
    """The rule for one area, written out."""
    total = [sum(row[year] for row in y) for year in range(len(y[0]))]
    country = (total[-1] / total[-1 - rule.country_years]) ** (1 / rule.country_years)
    alike = (total[-1] / total[-1 - rule.own_years]) ** (1 / rule.own_years)
    own = (y[area][-1] / y[area][-1 - rule.own_years]) ** (1 / rule.own_years)
    return [y[area][-1] * (country * (own / alike) ** rule.weight) ** h for h in range(1, horizon + 1)]


def test_an_area_grows_as_the_country_does_and_by_a_part_of_its_own_deviation():
    y = made_up()
    made = panel.ahead(y, 5)
    for area in (0, 17, 59):
        np.testing.assert_allclose(made.central[area], by_hand(y.tolist(), made.rule, area, 5))


@pytest.mark.parametrize(("own", "least", "most"), [(0.0, 0.0, 0.2), (1.0, 0.8, 1.0)])
def test_the_weight_is_what_the_past_of_all_areas_says(own, least, most):
    # Deviations that do not last are given no weight, deviations that stay are given all of it.
    assert least <= panel.ahead(made_up(200, own=own, seed=3), 1).rule.weight <= most


def test_the_rule_is_the_one_that_would_have_come_nearest():
    y = made_up(25, 12, seed=5)

    def missed(rule):
        means = []
        for origin in range(3, 11):
            for h in range(1, min(5, 11 - origin) + 1):
                known = y[:, : origin + 1].tolist()
                off = [abs(np.log(y[area, origin + h] / by_hand(known, rule, area, h)[-1])) for area in range(25)]
                means.append(np.mean(off))
        return np.mean(means)

    chosen = panel.ahead(y, 1).rule
    others = [Rule(k, m, w) for k in (1, 2, 3) for m in (1, 2, 3) for w in (0.0, 1.0)]
    assert missed(chosen) <= min(missed(one) for one in others) + 1e-12


def test_the_range_is_the_quantile_of_all_areas_scaled_past_errors():
    y = made_up(25, 12, seed=6)
    made = panel.ahead(y, 4, 0.8)

    def errors(origin, h):
        known = y[:, : origin + 1].tolist()
        return np.array([np.log(y[area, origin + h] / by_hand(known, made.rule, area, h)[-1]) for area in range(25)])

    def usual(year):
        own = np.mean([errors(origin, 1) ** 2 for origin in range(3, year)], axis=0)
        return np.sqrt((own + np.median(own)) / 2)

    scaled = {(o, h): np.abs(errors(o, h)) / usual(o) for o in range(8, 11) for h in range(1, 12 - o)}
    slope = np.polyfit(np.log([h for _, h in scaled]), np.log([one.mean() for one in scaled.values()]), 1)[0]
    assert made.exponent == pytest.approx(np.clip(slope, 0, 1), abs=1e-6)
    sizes = sorted(size for (_, h), one in scaled.items() for size in one / h**made.exponent)
    assert made.errors == len(sizes) == 150
    half = sizes[121 - 1] * usual(11)[:, None] * np.arange(1, 5) ** made.exponent  # 121 = ceil(151 x 0.8)
    np.testing.assert_allclose(np.log(made.upper / made.central), half, rtol=1e-6)
    np.testing.assert_allclose(np.log(made.central / made.lower), half, rtol=1e-6)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_ranges_hold_about_what_they_say_where_the_years_are_alike(level):
    found = [panel.calibration(made_up(40, seed=seed), 3, level) for seed in range(4)]
    held, forecasts = (np.sum([getattr(one, part) for one in found], axis=0) for part in ("held", "forecasts"))
    assert (found[0].origins, forecasts[0]) == (pytest.approx([5, 4, 3]), 4 * 5 * 40)
    assert held.sum() / forecasts.sum() == pytest.approx(level, abs=0.05)


def test_no_range_is_made_from_what_it_is_held_against():
    y = made_up(30, 13, seed=8)
    before = panel.calibration(y, 5)
    # Had the outturn taken part, a shock of the last year would have widened the ranges that it falls out of.
    shocked = y.copy()
    shocked[:, -1] *= 3
    assert panel.calibration(shocked, 5).held.tolist() == [before.held[0] - _held(y, 12), 0, 0, 0, 0]
    assert before.origins.tolist() == [2, 1, 0, 0, 0]
    assert before.furthest == 2


def _held(y, known):
    made = panel.ahead(y[:, :known], 1)
    return int(((made.lower[:, 0] <= y[:, known]) & (y[:, known] <= made.upper[:, 0])).sum())


def test_years_and_areas_to_come_do_not_depend_on_how_many_are_asked_for():
    y = made_up(30, 14)
    near, far = panel.ahead(y, 1), panel.ahead(y, 6)
    np.testing.assert_array_equal(near.upper[:, 0], far.upper[:, 0])
    turned = panel.ahead(y[::-1], 6)
    np.testing.assert_allclose(turned.lower[::-1], far.lower)
    np.testing.assert_allclose(panel.ahead(y * 1000, 6).upper, far.upper * 1000)


@settings(max_examples=20)
@given(
    st.integers(0, 10**6),
    st.integers(20, 40),
    st.integers(11, 16),
    st.integers(1, 30),
    st.floats(0.01, 0.99),
    st.sampled_from([0.0, 1e-12, 0.02, 0.5, 3.0]),
)
def test_any_panel_has_finite_limits_in_order_or_is_refused(seed, areas, years, horizon, level, spread):
    try:
        made = panel.ahead(made_up(areas, years, seed=seed, spread=spread), horizon, level)
    except ValueError as error:
        assert "\n" not in str(error)
        return
    assert all(np.isfinite(part).all() for part in (made.lower, made.central, made.upper))
    assert (made.lower >= 0).all()
    assert (made.lower <= made.central).all()
    assert (made.central <= made.upper).all()
    assert (np.diff(np.log(made.upper / made.central), axis=1) >= -1e-9).all()


@pytest.mark.parametrize(
    ("values", "arguments", "said"),
    [
        (np.ones(16), (3,), "a row an area and a column a year"),
        (np.where(np.arange(16) == 4, 0, made_up()), (3,), "values above 0"),
        (np.where(np.arange(16) == 4, np.nan, made_up()), (3,), "leave out areas with gaps"),
        (made_up(19), (3,), "19 areas by 16 years are too few"),
        (made_up(60, 10), (3,), "60 areas by 10 years are too few"),
        (made_up(), (0,), "horizon must be a whole number of years from 1 to 30, found 0"),
        (made_up(), (31,), "found 31"),
        (made_up(), (2.5,), "found 2.5"),
        (made_up(), (3, 1.5), "level must lie between 0 and 1, found 1.5"),
        (made_up(), (3, float("nan")), "level must lie between 0 and 1"),
        (made_up(20, 11), (3, 0.99), "more past errors than the 60 of this panel"),
        (made_up(spread=20), (30, 0.99), "too wide to be a number"),
    ],
)
def test_what_gives_no_forecast_is_refused_in_a_sentence(values, arguments, said):
    with pytest.raises(ValueError, match=said):
        panel.ahead(values, *arguments)


def test_a_panel_that_leaves_nothing_to_compare_with_has_no_calibration():
    with pytest.raises(ValueError, match="11 years leave none to compare"):
        panel.calibration(made_up(30, 11), 3)


@pytest.mark.parametrize(("level", "least", "most"), [(0.8, 0.77, 0.84), (0.95, 0.93, 0.97)])
def test_over_the_authorities_ranges_held_what_they_say(plans, level, least, most):
    found = panel.calibration(plans, 5, level)
    assert len(plans) >= 140
    assert found.origins.tolist() == [5, 4, 3, 2, 1]
    assert least <= found.share <= most
    if level == 0.8:
        share = found.held / found.forecasts
        assert ((share[:2] >= 0.72) & (share[:2] <= 0.88)).all()
        assert (share[2:] >= 0.72).all()


def test_over_the_authorities_forecasts_come_nearer_than_any_of_one_series_alone(plans):
    scaled, quarters = [], {quarter: [] for quarter in range(4)}
    for known in range(11, 16):
        made = panel.ahead(plans[:, :known], 16 - known)
        happened, history = plans[:, known:], plans[:, known - 7 : known]
        scaled += list((np.abs(made.central - happened) / np.abs(np.diff(history)).mean(axis=1, keepdims=True)).flat)
        held = (made.lower <= happened) & (happened <= made.upper)
        size = np.searchsorted(np.quantile(history[:, -1], (0.25, 0.5, 0.75)), history[:, -1])
        for quarter, into in quarters.items():
            into += list(held[size == quarter].flat)
    assert len(scaled) == 15 * len(plans)
    assert np.mean(scaled) <= 1.30
    assert all(np.mean(one) >= 0.72 for one in quarters.values())
