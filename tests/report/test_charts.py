"""Charts show every value, name every area and leave matplotlib as they found it."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from casebook.pages import gates, render
from casebook.report import charts, svg

VALUES = pd.Series({"Essex": 13.2, "Luton": 16.8, "Suffolk": 16.1})


def texts(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def test_ranked_bars_start_at_zero_are_in_order_and_show_each_value():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {"England": 13.9})
    (axes,) = figure.axes
    assert axes.get_xlim()[0] == 0
    assert [bar.get_width() for bar in axes.patches] == [16.8, 16.1, 13.2]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Luton", "Suffolk", "Essex"]
    assert {"16.8", "16.1", "13.2", "England 13.9"} <= set(texts(figure))


def test_the_area_stands_out_by_weight_as_well_as_colour():
    (axes,) = charts.ranked_bars(VALUES, "Essex", "per cent", {}).axes
    weights = {label.get_text(): label.get_fontweight() for label in axes.get_yticklabels()}
    assert weights == {"Luton": "normal", "Suffolk": "normal", "Essex": "bold"}


def test_an_area_without_a_value_is_named_without_a_bar():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {}, missing=["Thurrock"])
    assert "Thurrock" in texts(figure)
    assert "[x] not printed" in texts(figure)
    assert len(figure.axes[0].patches) == 3


def test_the_lines_a_chart_is_about_stand_out_from_white():
    for colour in (charts.AREA, charts.BENCHMARK, charts.COUNTRY, *charts._PATHS):
        assert gates.contrast(colour, "#ffffff") >= 3, colour
    # Grey, for context alone, does not, and the accessibility statement says how little.
    grey = gates.contrast(charts.CONTEXT, "#ffffff")
    assert grey < 3
    assert f"a contrast of {grey:.1f} to 1 with white" in render.accessibility_page({"published": "today"})


def test_intervals_are_drawn_whole():
    intervals = pd.DataFrame({"lower": [10.0, 12, 14], "upper": [16.0, 30, 18]}, index=VALUES.index)
    (axes,) = charts.ranked_bars(VALUES, "Essex", "per cent", {"England": 13.9}, intervals=intervals).axes
    drawn = {tuple(line.get_xdata()) for line in axes.lines}
    assert {(10.0, 16.0), (12.0, 30.0), (14.0, 18.0)} <= drawn
    assert axes.get_xlim()[1] > 30


def test_years_are_whole_and_every_line_is_labelled_where_it_ends():
    series = pd.DataFrame(
        {"area": ["Essex"] * 3 + ["Luton"] * 3, "year": [2018, 2019, 2020] * 2, "value": [3.0, 2, 1, 4, 5, 6]}
    )
    average = pd.Series({2018: 4.0, 2019: 5.0, 2020: 6.0})
    figure = charts.over_years(series, "Essex", average, average + 0.1, "Mean of the others", "per 10,000")
    assert {"Essex", "Mean of the others", "England", "2018", "2019", "2020"} <= set(texts(figure))


def test_an_average_that_is_missing_everywhere_is_not_labelled():
    series = pd.DataFrame({"area": ["Essex", "Luton"], "year": [2020, 2020], "value": [3.0, 4.0]})
    nothing = pd.Series({2020: np.nan})
    figure = charts.over_years(series, "Essex", nothing, pd.Series({2020: 5.0}), "Mean of the others", "per 10,000")
    assert "Mean of the others" not in texts(figure)


def test_drawing_leaves_matplotlibs_settings_alone():
    before = dict(mpl.rcParams)
    charts.ranked_bars(VALUES, "Essex", "per cent", {})
    assert dict(mpl.rcParams) == before


def test_a_chart_of_eleven_areas_over_four_years_is_under_sixty_kilobytes():
    areas = [f"Authority {number}" for number in range(11)]
    series = pd.DataFrame(
        {"area": a, "year": y, "value": 5.0 + i} for i, a in enumerate(areas) for y in range(2017, 2021)
    )
    average = pd.Series(9.0, index=range(2017, 2021))
    figure = charts.over_years(series, areas[0], average, average, "Mean", "per 10,000")
    assert len(svg.inline(figure, "chart", "title", "description")) < 60_000


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.floats(0.1, 10))
def test_labels_are_apart_and_in_order(values, gap):
    placed = charts.spread(values, gap)
    order = sorted(range(len(values)), key=lambda i: values[i])
    for below, above in pairwise(order):
        assert placed[above] - placed[below] >= gap - 1e-6


def test_a_slope_has_a_line_for_each_area_and_names_the_area_and_the_averages():
    before, after = pd.Series({"Essex": 12.0, "Luton": 8.0}), pd.Series({"Essex": 8.0, "Luton": 9.0})
    figure = charts.slope(before, after, "Essex", ("2017", "2020"), {"Mean": (9.0, 8.9)}, "per 10,000")
    (axes,) = figure.axes
    assert [list(line.get_ydata()) for line in axes.lines] == [[8.0, 9.0], [12.0, 8.0], [9.0, 8.9]]
    assert {"2017", "2020", "Essex 8.00", "Mean 8.90"} <= set(texts(figure))
    assert axes.get_ylim()[0] == 0


def test_a_funnel_names_the_area_and_those_beyond_the_limits():
    sizes = pd.Series({"Essex": 100.0, "Luton": 1000.0, "Suffolk": 500.0})
    values = pd.Series({"Essex": 50.0, "Luton": 70.0, "Suffolk": 51.0})
    grid = np.array([50.0, 2000.0])
    limits = {"95%": pd.DataFrame({"lower": [40.0, 40], "upper": [60.0, 60]}, index=grid)}
    figure = charts.funnel(values, sizes, "Essex", 50.0, limits, "per cent", "People")
    shown = set(texts(figure))
    assert {"Essex", "Luton", "95% limits", "People"} <= shown
    assert "Suffolk" not in shown
