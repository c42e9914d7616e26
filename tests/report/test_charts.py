"""Charts show every value, name every area and leave matplotlib as they found it."""

from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from casebook.pack.models import Pack
from casebook.pages import gates, render
from casebook.report import charts, drawing, svg

VALUES = pd.Series({"Essex": 13.2, "Luton": 16.8, "Suffolk": 16.1})


def texts(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def test_ranked_bars_start_at_zero_are_in_order_and_show_each_value():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {"England": 13.9})
    (axes,) = figure.axes
    assert axes.get_xlim()[0] == 0
    assert [bar.get_width() for bar in axes.patches] == [16.8, 16.1, 13.2]
    assert [name.get_text() for name in figure.names] == ["Luton", "Suffolk", "Essex"]
    assert {"16.8", "16.1", "13.2", "England 13.9"} <= set(texts(figure))


def test_the_area_stands_out_by_weight_as_well_as_colour():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {})
    weights = {name.get_text(): name.get_fontweight() for name in figure.names}
    assert weights == {"Luton": "normal", "Suffolk": "normal", "Essex": "bold"}


def test_an_area_without_a_value_is_named_without_a_bar():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {}, missing=["Thurrock"])
    assert "Thurrock" in texts(figure)
    assert "[x] not printed" in texts(figure)
    assert len(figure.axes[0].patches) == 3


def test_the_lines_a_chart_is_about_stand_out_from_white():
    for look in drawing.LOOKS:
        assert gates.contrast(look.colour, "#ffffff") >= 4.5, look
    # Grey, for context alone, does not, and the accessibility statement says how little.
    grey = gates.contrast(drawing.CONTEXT, "#ffffff")
    assert grey < 3
    assert f"a contrast of {grey:.1f} to 1 with white" in render.accessibility_page(Pack(published="today"))


def test_intervals_are_drawn_whole():
    intervals = pd.DataFrame({"lower": [10.0, 12, 14], "upper": [16.0, 30, 18]}, index=VALUES.index)
    (axes,) = charts.ranked_bars(VALUES, "Essex", "per cent", {"England": 13.9}, intervals=intervals).axes
    drawn = [line.get_xdata().reshape(-1, 3)[:, :2].tolist() for line in axes.lines if line.get_marker() == "|"]
    # In the order of the bars, white below black.
    assert drawn == [[[12.0, 30.0], [14.0, 18.0], [10.0, 16.0]]] * 2
    assert axes.get_xlim()[1] > 30


def test_years_are_whole_and_every_line_is_labelled_where_it_ends():
    series = pd.DataFrame(
        {"area": ["Essex"] * 3 + ["Luton"] * 3, "year": [2018, 2019, 2020] * 2, "value": [3.0, 2, 1, 4, 5, 6]}
    )
    average = pd.Series({2018: 4.0, 2019: 5.0, 2020: 6.0})
    figure = charts.over_years(series, "Essex", average, average + 0.1, "Mean of the others", "per 10,000")
    assert {"Essex", "Mean of the others", "England", "2018", "2019", "2020"} <= {said for said, *_ in drawn(figure)}


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
    placed = drawing.spread(values, gap)
    order = sorted(range(len(values)), key=lambda i: values[i])
    for below, above in pairwise(order):
        assert placed[above] - placed[below] >= gap - 1e-6


def test_moves_have_a_row_for_each_area_the_largest_fall_first_and_name_them_all():
    before, after = pd.Series({"Essex": 12.0, "Luton": 8.0}), pd.Series({"Essex": 8.0, "Luton": 9.0})
    figure = charts.slope(before, after, "Essex", ("2017", "2020"), {"Mean": (9.0, 8.9)}, "per 10,000")
    assert [name.get_text() for name in figure.names] == ["Essex", "Mean", "Luton"]
    assert [one for marks in figure.told.values() for one in marks] == [
        "Essex, 2017: 12.00", "Essex, 2020: 8.00", "Mean, 2017: 9.00", "Mean, 2020: 8.90",
        "Luton, 2017: 8.00", "Luton, 2020: 9.00",
    ]  # fmt: skip
    assert {"12.00 to 8.00", "9.00 to 8.90", "8.00 to 9.00"} <= set(texts(figure))


def test_a_funnel_names_the_area_and_those_beyond_the_limits():
    sizes = pd.Series({"Essex": 100.0, "Luton": 1000.0, "Suffolk": 500.0})
    values = pd.Series({"Essex": 50.0, "Luton": 70.0, "Suffolk": 51.0})
    grid = np.array([50.0, 2000.0])
    limits = {"95%": pd.DataFrame({"lower": [40.0, 40], "upper": [60.0, 60]}, index=grid)}
    figure = charts.funnel(values, sizes, "Essex", 50.0, limits, "per cent", "People")
    shown = set(texts(figure))
    assert {"Essex", "Luton", "95% limits", "People"} <= shown
    assert "Suffolk" not in shown


PATHS = {"High": pd.Series([1e6, 2e6], ["April", "May"]), "Low": pd.Series([5e5, 1e6], ["April", "May"])}
YEARS = pd.Series({year: 3000.0 + year for year in range(2015, 2026)})
SERIES = pd.DataFrame(
    {"area": ["Essex", "Luton", "Kent"] * 2, "year": [2019] * 3 + [2020] * 3, "value": [3.0, 2, 9, 3, 8, 1]}
)
AHEAD = pd.DataFrame({"central": [5100.0, 5200], "lower": [5000.0, 5000], "upper": [5200.0, 5500]}, index=[2026, 2027])
LIMITS = pd.DataFrame({"lower": [12.0, 13.0], "upper": [17.0, 16.0]}, index=[100, 900])
MEAN = pd.Series({2019: 4.0, 2020: 5.0})
EVERY = {
    "over_years": lambda: charts.over_years(SERIES, "Essex", MEAN, MEAN + 1, "Mean of the others", "Applications per 10,000 children"),
    "over_years_since": lambda: charts.over_years(
        pd.concat([SERIES, pd.DataFrame({"area": "Essex", "year": [2021, 2022], "value": [2.0, 3.0]})]), "Essex", MEAN,
        pd.Series({2019: 9.0, 2020: 9.5, 2021: 9.8, 2022: 10}), "Mean", "Applications", until=("The paper ends", 2020),
    ),
    "ranked_bars": lambda: charts.ranked_bars(
        VALUES, "Essex", "Diagnoses per 100,000 people aged 15 to 24 in each year", {"East of England": 16.0, "England": 15.0, "Goal": 17.0},
        ["Southend-on-Sea"], pd.DataFrame({"lower": VALUES - 1, "upper": VALUES + 5}),
    ),
    "against_equivalent": lambda: charts.against_equivalent("Essex", YEARS, YEARS - 500, pd.Series({2026.25: 4800.0}), (2027.25, 4000.0)),
    "fan": lambda: charts.fan(YEARS, AHEAD, {"The path between the printed numbers of the paper": YEARS + 90}, "Plans"),
    "fan of scenarios": lambda: charts.fan(YEARS, pd.DataFrame(), {"As before": YEARS[-2:] + 90, "Less": YEARS[-2:] - 900}, "Plans"),
    "paths": lambda: charts.paths(PATHS, ("To reach the target: £1.23 million", 1.23e6), "End of month", "Million pounds", scale=1e6),
    "tried": lambda: charts.tried(
        pd.DataFrame({"central": [5100.0, 5300], "lower": [4900.0, 5200], "upper": [5500.0, 5400]}, index=[2023, 2024]), 5250.0,
        "Last January known to the forecast", "Plans in force",
    ),
    "changes": lambda: charts.changes(pd.Series({"Speech, Language and Communication Needs": 1200.0, "Other": -30}), "Plans"),
    "tornado": lambda: charts.tornado([("A start that is three months later than it was planned", 1.0, 3.0), ("Prices", 1.5, 2.5)], 2.0, "Million pounds", ",.2f"),
    "slope": lambda: charts.slope(VALUES, VALUES + 1, "Essex", ("2017", "2020"), {"Mean": (9.0, 8.9)}, "per 10,000"),
    "funnel": lambda: charts.funnel(VALUES, VALUES * 50, "Essex", 15.0, {"95%": LIMITS}, "per cent", "Adults"),
}  # fmt: skip
every_chart = pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)


@every_chart
@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_a_chart_is_drawn_whole_at_both_widths_and_no_two_labels_overlap(draw, width):
    figure = draw()
    figure.fit(width)
    shown = drawn(figure)
    for said, size, box in shown:
        assert size >= 12
        assert box.x0 >= -1 and box.x1 <= width + 1, (said, box)
        assert box.y0 >= -1 and box.y1 <= figure.get_figheight() * 72 + 1, (said, box)
    for (one, _, a), (other, _, b) in combinations(shown, 2):
        if one != other:
            across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or down < 3, (one, other)
    assert figure.plot.bbox.width > 0.4 * width


def drawn(figure):
    """Return every text as it is drawn: what it says, its size and where it stands."""
    shown = []

    def draw(text, renderer):
        if text.get_visible() and text.get_text():
            shown.append((text.get_text(), text.get_fontsize(), text.get_window_extent(renderer)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mpl.text.Text, "draw", draw)
        figure.draw_without_rendering()
    return shown


@every_chart
def test_every_mark_says_its_values_where_the_pointer_rests_at_both_widths(draw):
    figure = draw()
    page = BeautifulSoup(svg.inline(figure, "chart", "The title", "The description"), "html5lib")
    said = sorted("; ".join(marks) for marks in figure.told.values())
    wide, narrow = ([title.text for title in one("title")[1:]] for one in page("svg"))
    assert wide == narrow
    assert sorted("; ".join(wide).split("; ")) == sorted("; ".join(said).split("; "))
    assert len(wide) >= 3 - (draw is EVERY["changes"])


def test_a_chart_that_was_added_to_shows_the_addition_at_both_widths():
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {})
    figure.plot.text(5, 0, "Our own note")
    assert svg.inline(figure, "chart", "title", "description").count("Our own note</text>") == 2


def test_lines_differ_in_lightness_dashes_and_marker_so_that_a_grey_print_keeps_them_apart():
    for one, other in combinations(drawing.LOOKS, 2):
        assert gates.contrast(one.colour, other.colour) >= 1.3, (one, other)
        assert one.dashes != other.dashes and one.marker != other.marker


def test_the_line_of_a_tornado_is_seen_on_its_bars():
    figure = EVERY["tornado"]()
    line = next(line for line in figure.plot.lines if line.get_color() == "white")
    assert line.get_zorder() > max(bar.get_zorder() for bar in figure.plot.patches)
    assert {tuple(bar.get_facecolor()) for bar in figure.plot.patches} == {mpl.colors.to_rgba(drawing.AREA)}
    assert gates.contrast("#ffffff", drawing.AREA) >= 3


def test_changes_are_bars_from_zero_the_largest_growth_first_and_a_fall_is_hatched():
    figure = EVERY["changes"]()
    assert [(bar.get_x(), bar.get_width()) for bar in figure.plot.patches] == [(0, 1200), (0, -30)]
    assert [bar.get_hatch() for bar in figure.plot.patches] == ["", "///"]
    assert {"+1,200", "-30"} <= set(texts(figure))


def test_the_others_are_a_band_whose_ends_are_named_for_the_last_year():
    figure = EVERY["over_years"]()
    assert {"Highest: Luton", "Lowest: Kent"} <= set(texts(figure))
    (band,) = figure.plot.collections
    assert {tuple(map(float, corner)) for corner in band.get_paths()[0].vertices} == {
        (2019, 2),
        (2019, 9),
        (2020, 1),
        (2020, 8),
    }


@pytest.mark.parametrize(("last", "above"), [(7000.0, True), (3000.0, False)])
def test_what_happened_is_named_where_it_ends_and_clear_of_its_line_where_only_scenarios_go_on(last, above):
    history = pd.Series({2019: 4900.0, 2020: 5000.0, 2021: last})
    figure = charts.fan(history, pd.DataFrame(), {"As before": pd.Series({2022: 5000.0, 2026: 6000.0})}, "Plans")
    figure.fit(drawing.WIDE)
    (box,) = [box for said, _, box in drawn(figure) if said == "What happened"]
    x, y = figure.plot.transData.transform((2021, last))
    assert x - 20 < box.x1 < x
    assert box.y0 > y if above else box.y1 < y


def test_scales_have_thousands_separators():
    assert "4,000" in svg.inline(EVERY["fan"](), "chart", "title", "description")


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_a_value_stands_in_its_bar_or_beside_one_that_is_too_short_where_it_can_be_read(width):
    values = pd.Series({"Luton": 16.8, "Essex": 0.2, "Kent": -3.0})
    figure = charts.ranked_bars(values, "Essex", "per cent", {})
    figure.fit(width)
    notes = {note.get_text(): note for note in figure.plot.texts}
    assert (notes["16.8"].xy[0], notes["16.8"].get_color()) == (0, "black")
    assert (notes["0.2"].xy[0], notes["0.2"].get_color()) == (0.2, "black")
    assert notes["-3.0"].xy[0] == 0
    figure = charts.ranked_bars(VALUES, "Essex", "per cent", {})
    figure.fit(width)
    own = next(note for note in figure.plot.texts if note.get_fontweight() == "bold" and note.get_color() == "white")
    assert own.xy[0] == 0


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.steps(pd.Series({"Pay": 880.0, "Rent": 20.0}), "All", "pounds", {"Budget": 910.0}),
        lambda: charts.ranked_bars(pd.Series({"All": 4803.0, "Routes": 20.0}), "All", "pounds", {"Costs": 210.0}),
    ],
    ids=["steps", "ranked bars"],
)
def test_no_line_strikes_out_a_number_or_a_name_that_it_runs_through(draw, width):
    figure = draw()
    figure.fit(width)
    level = next(line for line in figure.plot.lines if line.get_color() != "white")
    at = figure.plot.transData.transform((level.get_xdata()[0], 0))[0]
    where = {said: box for said, _, box in drawn(figure)}
    crossed = []
    for text in figure.plot.texts:
        box = where.get(text.get_text())
        if box and box.x0 < at < box.x1 and box.y1 < figure.plot.bbox.y1:
            crossed.append(text)
    assert crossed
    for text in crossed:
        assert text.get_bbox_patch().get_facecolor()[3] == 1 and text.get_zorder() > level.get_zorder(), text
