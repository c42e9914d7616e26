"""One area's history and what may come of it, what a paper forecast, and the sections made of them."""

import dataclasses
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from casebook import InputError, english, forecast, projection, sections, tables
from casebook.english import Money, Noun, Number, Range
from casebook.methods import panel
from casebook.studies.projection import Outlook, Printed, Scenario

PLANS = [100, 110, 125, 131, 150, 158]  # of Essex, made up, from January 2020


def history(numbers=PLANS, first=2020, area="Essex", last=None, years=None):
    frame = pd.DataFrame({"area": area, "year": years or range(first, first + len(numbers)), "value": numbers})
    return history_among(frame, last)


def scenarios(past, end=2031, **rates):
    return [
        Scenario(name, f"plans grow by {rate:.0%}", pd.Series(forecast.path(past.now.value, rate, end - past.base), past.years_to(end)))
        for name, rate in rates.items()
    ]  # fmt: skip


def by_growth(past, years, level):
    """A forecaster of one method: none is tried beside it, which takes time."""
    found = forecast.ahead(past.by_year, len(years), "growth", level)
    frame = pd.DataFrame({part: getattr(found, part) for part in projection.LIMITS}, index=years)
    return Outlook(frame, "growth goes on", "its past", "Nobody has tested it.", "It is given.", pd.DataFrame())


def made(past=None, forecaster=by_growth, **rates):
    past = past or history()
    return projection.make(past, 2031, forecaster=forecaster, level=0.8, scenarios=scenarios(past, **rates))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"years": [2020, 2021, 2022, 2024, 2025, 2026]}, "has no plans for Essex in 2023: a forecast needs every year"),
        ({"years": [2020, 2021, 2022, 2022, 2023, 2024]}, "has more than one number of plans for Essex in 2022: delete all"),
        ({"area": "Suffolk"}, "The export has no plans of Essex: name another vintage, or another area"),
        ({"last": 2031}, "base_year is 2031, but the plans held for Essex are of 2020, 2021"),
        ({"numbers": [1, np.nan, 3]}, "has no plans for Essex in 2021"),
    ],
)  # fmt: skip
def test_a_series_that_gives_no_history_is_refused_in_a_sentence(given, words):
    with pytest.raises(InputError, match=words):
        history(**given)


def test_a_history_ends_where_it_is_told_to():
    past = history(last=2022)
    assert past.by_year.to_dict() == {2020: 100, 2021: 110, 2022: 125}
    assert str(past.path) == "rose from 100 in January 2020 to 125 in January 2022"
    assert str(history(years=[2025], numbers=[7]).path) == "was 7 in January 2025"


def test_a_number_goes_in_step_with_something_else_as_far_as_that_is_held():
    children = pd.Series([200, 210, 230], [2020, 2025, 2035])
    path = projection.in_step(history(), 2030, children, "the population forecast")
    assert path.index.tolist() == [2026, 2027, 2028, 2029, 2030]
    assert path[2030] == pytest.approx(158 * 220 / 210)
    with pytest.raises(
        InputError, match="a year after 2025, the last of the history, and up to 2035, the last of the pop"
    ):
        projection.in_step(history(), 2036, children, "the population forecast")
    with pytest.raises(InputError, match="horizon_year is 2025, expected a year after 2025"):
        projection.in_step(history(), 2025, children, "the population forecast")


@pytest.mark.parametrize("method", ["auto", "naive", "drift", "growth"])
def test_a_range_is_said_as_what_it_is(method, monkeypatch):
    used = "growth" if method == "auto" else method
    monkeypatch.setattr(forecast, "METHODS", {name: forecast.METHODS[name] for name in {"naive", used}})
    new = made(forecaster=projection.by_own_past(method))
    assert new.outlook.made_from in new.outlook.tested
    assert (
        "Over 142 English authorities, seven values each, about 8 of 10 such ranges held the later number of plans"
        in new.outlook.tested
    )
    assert "so the range is not to be read as a chance." in new.outlook.tested
    assert new.outlook.tested.endswith(" It was tested up to five years ahead; this forecast goes six.")
    assert new.outlook.compared.set_index("used").loc["used", "method"].startswith(f"{used}: ")
    assert new.frame["upper"].tolist() == pytest.approx(
        forecast.ahead(PLANS, 6, used, 0.8, forecast.WIDENING[used]).upper.tolist()
    )
    near = projection.make(history(), 2030, forecaster=projection.by_own_past(method), level=0.9)
    assert "How often ranges at this level hold has not been measured" in near.outlook.tested
    assert near.outlook.tested.endswith("so the range is not to be read as a chance.")


REGIONS = ["East of England", "South East", "South West", "West Midlands"]


def of_all_areas(years=13, areas=20, first=2013, seed=1):
    """A table of authorities whose plans grow by 4% to 8% a year, the same for all, and by a little of their own."""
    chance = np.random.default_rng(seed)
    names = ["Essex", *(name for region in REGIONS for name in tables.authorities_in(region) if name != "Essex")]
    growth = chance.uniform(0.04, 0.08, years) + chance.normal(0, 0.02, (areas, years))
    grown = np.round(1500 * np.exp(growth.cumsum(axis=1)))
    frame = pd.DataFrame(grown, names[:areas], range(first, first + years)).rename_axis("area")
    return frame.reset_index().melt("area", var_name="year", value_name="value").astype({"year": int})


def history_among(frame, last=None):
    frame.attrs["vintage"] = "The export"
    return projection.history(
        frame, "Essex", noun=Noun("plan"), measure="plans in force", month="January", last=last
    )  # fmt: skip


def test_where_all_areas_are_held_they_make_the_forecast_and_say_how_often_such_ranges_held():
    frame = of_all_areas()
    new = made(history_among(frame), projection.by_all_areas())
    wide = frame.pivot(index="area", columns="year", values="value")
    found, counted = panel.ahead(wide, 6), panel.calibration(wide, 6)
    row = wide.index.get_loc("Essex")
    for limit in projection.LIMITS:
        assert new.frame[limit].tolist() == pytest.approx(getattr(found, limit)[row].tolist())
    assert new.outlook.course.startswith("growth goes on much as in all 20 areas over the last ")
    assert "all 20 areas with plans in every year from January 2013 to 2025." in new.outlook.choice
    assert (" 0% of Essex's own" in new.outlook.choice, "of Essex's own" in new.outlook.choice) == (
        False,
        found.rule.weight > 0,
    )
    tested = new.outlook.tested
    assert (
        f"about {round(10 * counted.share)} of 10 such ranges held the later figure: {counted.held.sum()} of 60,"
        in tested
    )
    assert f"One year ahead {100 * counted.held[0] / 40:.0f} of 100 held, from two years; two years ahead" in tested
    assert tested.endswith("It was tested up to two years ahead; this forecast goes six.")


def test_all_areas_are_taken_as_they_were_known_in_the_last_year_of_the_history():
    frame = of_all_areas()
    later = frame.copy()
    later.loc[later["year"] == 2025, "value"] *= 2
    before, after = (made(history_among(one, last=2024), projection.by_all_areas()).frame for one in (frame, later))
    pd.testing.assert_frame_equal(before, after)


def test_a_forecast_is_set_against_what_it_would_have_said_in_earlier_years():
    frame = of_all_areas(years=14)
    new = projection.make(history_among(frame), 2031, forecaster=projection.by_all_areas(), level=0.8)
    before, last = new.outlook.before, new.past.base
    assert before.index.tolist() == [last - 3, last - 2, last - 1]
    for year, row in before.iterrows():
        # Made from what was known in that year, and from nothing later.
        known = history_among(frame, year)
        then = panel.ahead(known.areas, last - year, 0.8)
        assert row["central"] == pytest.approx(then.central[list(known.areas.index).index("Essex"), -1])
    section = sections.backtest(new)
    held = sum(low <= new.past.now.value <= high for low, high in zip(before["lower"], before["upper"], strict=True))
    assert (
        f"{english.some_of(held, 3, 'range', 'ranges', 'holds', 'hold')} the {new.past.now} plans"
        in section.chart.title
    )
    assert section.chart.data["happened"].eq(new.past.now.value).all()


def test_a_range_that_missed_is_named_with_how_far_the_forecast_was_off():
    new = made(history([1000, 1100, 1300, 1500, 1800, 2100, 2050]), projection.by_own_past("growth"))
    known, off = new.first_tried
    before = new.outlook.before.loc[known]
    assert (known, off) == (2024, pytest.approx(before["central"] / 2050 - 1)) and before["lower"] > 2050
    assert sections.backtest(new).chart.title.endswith(f"; that of 2024 was {off:.0%} too high.")
    assert f"Tried from January 2024, the method used was {off:.0%} too high for January 2026." in new.doubt


def test_what_is_asked_for_reaches_to_what_the_method_gives_that_came_nearest():
    new = made(history([1000, 1100, 1200, 1300, 1400, 1500]), projection.by_own_past("growth"))
    assert new.nearest["central"] == 2100 and new.nearest["used"] != "used"
    assert new.asked.startswith("2,100 to ") and new.at_end.lower.value > 2100
    assert "the one that came nearest in the past gives 2,100." in new.doubt


def test_a_history_alone_is_tried_on_its_own_past_as_far_as_it_goes(monkeypatch):
    past = history()
    new = projection.make(past, 2026, forecaster=projection.by_own_past(), level=0.8)
    assert new.outlook.before.index.tolist() == [past.base - 1]
    one = forecast.ahead(PLANS[:5], 1, "growth", 0.8, forecast.WIDENING["growth"])
    assert new.outlook.before.iloc[0].tolist() == [one.central[0], one.lower[0], one.upper[0]]
    shortest = projection.make(history(PLANS[:5]), 2026, forecaster=projection.by_own_past(), level=0.8)
    assert list(sections.backtest(shortest)) == ["The history is too short to try the forecast on its own past."]
    assert not list(sections.backtest(made(history([7, 8]), projection.by_own_past(), slow=0.01, fast=0.02)))


def test_what_a_forecast_takes_as_true_says_what_it_changes():
    past = history()
    alone, other = scenarios(past, slow=0.01, fast=0.1)
    alone = dataclasses.replace(alone, assumed=projection.Assumed("Children grow evenly.", "red", "low", "the paper"))
    new = projection.make(past, 2031, forecaster=by_growth, level=0.8, scenarios=[alone, other])
    going_on, even = sections.assumptions(new, new)
    assert going_on.source == "what happened from January 2020 to 2025"
    assert (
        going_on.changes
        == f"Without further growth there would be 158 plans in January 2031, not {new.at_end.roughly}."
    )
    reached = new.rounded_alike(alone.path)[2031]
    assert even.changes == f'It bears on the scenario "slow" alone, which reaches {reached:,.0f} plans in January 2031.'
    none = projection.make(
        history([7, 8]),
        2031,
        forecaster=projection.by_own_past(),
        level=0.8,
        scenarios=scenarios(history([7, 8]), slow=0.01, fast=0.1),
    )
    assert not list(sections.assumptions(none))


def test_a_forecast_near_nothing_is_said_as_one():
    said = Range(Number(0), Number(8), Number(0.3))
    assert f"There could be {said.roughly} plans ({said.limits})." == "There could be close to 0 plans (up to 8)."
    assert Range(Number(0.2), Number(0.4), Number(0.3)).limits == "0"


def test_a_panel_of_eleven_years_says_that_its_ranges_are_untested():
    new = made(history_among(of_all_areas(11, first=2015)), projection.by_all_areas())
    assert "leave none to test such ranges on, so it is not to be read as a chance." in new.outlook.tested


@pytest.mark.parametrize(
    "frame",
    [
        of_all_areas(areas=19),
        pd.concat([of_all_areas(areas=19), of_all_areas(areas=1).replace("Essex", "England")]),
        of_all_areas(years=10, first=2016),
        of_all_areas().query("not (area == 'Norfolk' and year == 2020)"),
        of_all_areas().assign(value=lambda one: one["value"].where((one["area"] != "Essex") | (one["year"] > 2015), 0)),
        pd.concat([of_all_areas(), of_all_areas().query("area == 'Norfolk' and year == 2020")]),
    ],
    ids=["few areas", "few and their sum", "few years", "a gap of another", "a year without any", "a year twice"],
)
def test_where_too_few_areas_are_held_the_history_alone_makes_the_forecast(frame, monkeypatch):
    monkeypatch.setattr(forecast, "METHODS", {name: forecast.METHODS[name] for name in ("drift", "growth")})
    past = history_among(frame)
    new = made(past, projection.by_all_areas())
    assert new.outlook.course.startswith("the mean yearly ")
    assert new.frame["central"].tolist() == pytest.approx(
        made(past, projection.by_own_past()).frame["central"].tolist()
    )


def test_a_method_that_is_named_is_used_though_all_areas_are_held(monkeypatch):
    monkeypatch.setattr(forecast, "METHODS", {"drift": forecast.drift})
    new = made(history_among(of_all_areas()), projection.by_all_areas("drift"))
    assert new.outlook.course == "the mean yearly change of January 2013 to 2025 goes on"


@pytest.mark.parametrize("forecaster", [projection.by_own_past(), projection.by_all_areas()])
def test_a_year_too_far_ahead_is_refused_in_a_sentence(forecaster):
    with pytest.raises(InputError, match="No forecast of plans to 2060 can be made for Essex: horizon must be a whole"):
        projection.make(history_among(of_all_areas()), 2060, forecaster=forecaster, level=0.8)


def test_growth_is_refused_where_a_year_has_nothing(monkeypatch):
    monkeypatch.setattr(forecast, "METHODS", {name: forecast.METHODS[name] for name in ("drift", "growth")})
    nothing = history([0, *PLANS[1:]])
    course = made(nothing, projection.by_own_past()).outlook.course
    assert course == "the mean yearly change of January 2020 to 2025 goes on"
    with pytest.raises(InputError, match="method is 'growth', which needs plans above 0 in every year"):
        made(nothing, projection.by_own_past("growth"))


def test_another_forecaster_speaks_for_its_own_range():
    tested = "In the past, eight of ten such ranges held the later figure."

    def by_all_areas(past, years, level):
        frame = pd.DataFrame({"central": 200.0, "lower": 150.0, "upper": 260.0}, index=years)
        return Outlook(frame, "all areas' growth goes on", "past errors", tested, "All are used.", pd.DataFrame())

    # It needs no long history of the area's own.
    new = projection.make(history([100, 104]), 2031, forecaster=by_all_areas, level=0.8)
    section = sections.forecast(new)
    assert section.how.paragraphs == (tested, "All are used.")
    assert str(new.at_end) == "200 (150 to 260)"
    assert section.chart.title.endswith("could be about 200 by 2031.")
    assert {"how", "chart"} == set(dir(section)) - {"but", "without"}


def test_scenarios_and_ends_have_no_more_figures_than_the_range_allows():
    past = history([value * 100 for value in PLANS])
    new = made(past, steady=0.0317, falling=-0.021)
    half = (new.frame["upper"] - new.frame["lower"]).iloc[-1] / 2
    assert 1000 < half < 10_000
    chart = sections.forecast(new).chart
    for shown in (*chart.data.iloc[-1][["central", "lower", "upper", "steady", "falling"]], new.at_end.central.value):
        assert shown % 100 == 0
    exact = new.scenarios[0].path[2031]
    assert exact % 100 != 0
    assert f"{round(exact, -2):,.0f}" in chart.alt
    assert f"{exact:,.0f}" not in chart.alt


def test_scenarios_stand_in_for_a_forecast_of_a_short_history():
    new = made(history([100, 104, 110]), slow=0.01, fast=0.05)
    assert new.outlook is None
    assert new.too_few == "three years of history are too few (it takes five)"
    assert new.names == {"lower": "January 2031, slow", "upper": "January 2031, fast"}
    slow, fast = (one.path[2031] for one in new.scenarios)
    assert new.frame.loc[2031].tolist() == [slow, slow, fast]
    assert str(new.at_end) == f"{slow:.0f} ({slow:.0f} to {fast:.0f})"
    section = sections.forecast(new)
    assert section.scenarios.startswith('Two scenarios show what else could happen. "slow": plans grow by 1%.')
    assert "Forecast" not in str(section.chart.columns)
    assert made(history([100]), slow=0.01, fast=0.05).too_few.startswith("one year of history is too few")


@pytest.mark.parametrize("rates", [{}, {"slow": 0.01}])
def test_a_short_history_with_nothing_in_its_place_is_refused(rates):
    with pytest.raises(InputError, match="No forecast of plans can be made for Essex, because three years of history"):
        made(history([100, 104, 110]), **rates)


BEFORE, AFTER = pd.Series({"a": 50.0, "b": 50.0}), pd.Series({"a": 94.0, "b": 60.0, "c": 4.0})


def test_parts_go_on_changing_and_add_up_in_every_year():
    new = made()
    split = projection.parts([(2025, "official", AFTER), (2020, "as printed", BEFORE)], new, "need")
    assert split.said == (
        "Each need's share goes on changing as it did from January 2020 (as printed) to January 2025 (official), a "
        "fifth more slowly each year. The pace of a small need is mostly chance, so less of it goes on."
    )
    assert split.frame.columns.tolist() == ["year", "need", "central", "lower", "upper"]
    assert split.frame.groupby("year")["central"].sum().tolist() == new.total["central"].tolist()
    last = split.at(2031)
    total = new.frame.loc[2031, "central"]
    assert last.loc["a", "central"] / total > 94 / 158 and last.loc["b", "central"] / total < 60 / 158


def test_a_part_has_a_range_of_its_own_wider_than_its_share_of_the_totals():
    new = made()
    split = projection.parts([(2020, "as printed", BEFORE), (2025, "official", AFTER)], new, "need").at(2031)
    assert (split["lower"] < split["central"]).all() and (split["central"] < split["upper"]).all()
    total = new.frame.loc[2031]
    for limit in ("lower", "upper"):
        assert (abs(split[limit] / split["central"] - 1) > abs(total[limit] / total["central"] - 1)).all()
    # Not all parts are high at once.
    assert split["lower"].sum() < total["lower"] and split["upper"].sum() > total["upper"]


def test_the_page_says_which_parts_are_most_and_its_table_adds_up():
    new = made()
    split = projection.parts([(2020, "as printed", BEFORE), (2025, "official", AFTER)], new, "need")
    section = sections.by_part(new, split)
    assert re.match(
        r"By January 2031 the most plans could be for a: about \d+ \(\d+ to \d+\), now 94. Next is b: about \d+",
        section.sentence,
    )
    shown = section.chart.data.set_index("part")
    assert shown.index.tolist() == ["a", "b", "c", "All plans"] and shown["now"].tolist() == [94, 60, 4, 158]
    assert shown["central"].iloc[:-1].sum() == shown["central"].iloc[-1] == new.at_end.central.value


def test_nobody_is_nobody_of_every_part():
    nobody = made(slow=-1, fast=-0.99)
    nobody = replace(nobody, outlook=None)
    shown = sections.by_part(nobody, projection.parts([(2025, "official", AFTER)], nobody, "need")).chart.data
    assert shown["central"].tolist() == [0, 0, 0, 0]


def test_scenarios_without_chances_give_parts_a_range_too():
    new = made(history([110, 130, 158]), slow=0.01, fast=0.05)
    split = projection.parts([(2022, "official", AFTER), (2025, "after it", BEFORE)], new, "need").at(2031)
    assert split.index.tolist() == ["a", "b", "c"]
    assert (split["lower"] < split["central"]).all() and (split["central"] < split["upper"]).all()
    assert split["lower"].sum() < new.frame.loc[2031, "lower"] < new.frame.loc[2031, "upper"] < split["upper"].sum()


def test_the_year_before_is_worked_back_from_new_plans_and_from_those_of_leaving_age():
    def by_part(year=2025, **numbers):
        return pd.DataFrame({"year": year, "part": list(numbers), "value": list(numbers.values())})

    plans = history([104, 110, 121, 130, 150, 158])
    held, new, leaving = by_part(a=94, b=60, c=4), by_part(a=20, b=10, c=4), by_part(a=1, b=3)
    # 124 were there already, so 26 of the 150 of 2024 have ended: a quarter of them were of a.
    ((year, source, parts),) = projection.worked_back(plans, held, new, leaving)
    assert (year, source, parts.to_dict()) == (2024, "worked back", {"a": 80.5, "b": 69.5, "c": 0})
    split = projection.parts(
        [(year, source, parts), (2025, "official", held.set_index("part")["value"])], made(), "need"
    )
    assert split.said.startswith(
        "Each need's share goes on changing as it did from January 2024 (worked back) to January"
    )
    nothing, several = held.iloc[:0], pd.concat([held, by_part(2024, a=90, b=50)])
    too_many = by_part(a=194, b=60, c=4)
    for case in ((nothing, new, leaving), (held, nothing, leaving), (held, new, nothing), (several, new, leaving),
                 (too_many, new, leaving), (held, new, by_part(a=0))):  # fmt: skip
        assert projection.worked_back(plans, *case) == []
    assert projection.worked_back(history([158]), held, new, leaving) == []


def test_a_year_in_which_a_part_was_not_counted_apart_tells_no_change_of_shares():
    held = pd.DataFrame(
        [(2024, "a", 90.0), (2024, "b", 60.0), (2024, "c", float("nan")), (2025, "a", 84.0), (2025, "b", 60.0), (2025, "c", 14.0)],
        columns=["year", "part", "value"],
    )  # fmt: skip
    plans = history([104, 110, 121, 130, 150, 158])
    new = pd.DataFrame({"year": 2025, "part": ["a", "b", "c"], "value": [20, 10, 4]})
    leaving = pd.DataFrame({"year": 2025, "part": ["a", "b"], "value": [1, 3]})
    # What the last year tells of the year before has all parts.
    ((year, source, parts),) = projection.worked_back(plans, held, new, leaving)
    assert (year, source, round(parts.sum()), parts["c"]) == (2024, "worked back", 150, 10)
    known = [(year, "official", rows.set_index("part")["value"]) for year, rows in held.groupby("year")]
    split = projection.parts([(year, source, parts), *known], made(), "need")
    assert "from January 2024 (worked back) to January 2025 (official)" in split.said
    assert split.said.endswith(" Before, c was not counted apart.")
    alone = projection.parts(known, made(), "need")
    assert alone.said.startswith("Each need keeps the share it had in January 2025")
    shares = alone.at(2031)["central"]
    assert (shares / shares.sum()).tolist() == pytest.approx([84 / 158, 60 / 158, 14 / 158], abs=0.01)


def test_parts_known_once_keep_their_share_and_unknown_ones_are_one():
    new = made()
    once = projection.parts([(2025, "official", pd.Series({"a": 100.0, "b": 58.0}))], new, "need")
    assert "keeps the share it had in January 2025 (official), because no earlier shares are held." in once.said
    last = once.at(2031)["central"]
    assert (last / last.sum()).tolist() == pytest.approx([100 / 158, 58 / 158], abs=0.005)
    nothing = projection.parts([], new, "need")
    assert nothing.frame["need"].unique().tolist() == ["All"]
    assert nothing.frame["central"].tolist() == new.total["central"].tolist()
    assert list(sections.by_part(new, nothing)) == ["No plans by primary need are held for Essex."]


@pytest.mark.parametrize(
    ("total", "due", "words"),
    [
        (120, 2031, "were passed by January 2022 (125), nine years early"),
        (120, 2023, "were passed by January 2022 (125), one year early"),
        (120, 2021, "were passed by January 2022 (125), one year late"),
        (120, 2022, "were passed by January 2022 (125), when they were forecast for"),
        (158, 2031, "had not been passed"),
    ],
)
def test_when_a_forecast_was_passed_is_said_against_when_it_was_due(total, due, words):
    printed = Printed(
        pd.DataFrame({"before": [40.0, 60.0], "after": [50.0, total - 50.0]}, ["a", "b"]), 2020, due, 2021
    )
    assert printed.passed(history()) == words


def test_a_papers_path_grows_evenly_and_is_set_against_what_happened():
    printed = projection.as_printed(tables.read("ehcps_by_need").query("need != 'Total'"), "need")
    assert (printed.first, printed.last, printed.made) == (2020, 2031, 2021)
    assert printed.path.iloc[[0, -1]].tolist() == pytest.approx([4662, 6866])
    ratios = printed.path.to_numpy()[1:] / printed.path.to_numpy()[:-1]
    assert ratios == pytest.approx(np.full(11, 1 + printed.rate))
    against = printed.against(history())
    assert against["off"].tolist() == pytest.approx(
        [value - printed.path[year] for year, value in history().by_year.items()]
    )
    assert sections.against_outturn(printed, history(last=2020, first=2015)) is not None
    assert sections.against_outturn(printed, history(numbers=[5.0], first=2019)) is None
    assert not projection.as_printed(tables.read("ehcps_by_need", "Essex"), "need")


def test_a_paper_that_forecasts_fewer_is_not_said_to_forecast_growth():
    printed = Printed(pd.DataFrame({"before": [40.0, 60.0], "after": [30.0, 45.0]}, ["a", "b"]), 2020, 2031, 2021)
    section = sections.as_printed(printed, history(), "need")
    assert section.chart.title == "The forecast fell from 100 in January 2020 to 75 in January 2031."
    assert not hasattr(section, "sentence")


def test_what_follows_is_rounded_by_its_own_range():
    new = made()
    sheet = sections.follows(new, "What", {"Million pounds": 0.5, "Children": 0.1}, "What follows", finest=0.1)
    assert sheet.columns["central"] == ("2031", ",.1f")
    assert sheet.frame["now"].tolist() == pytest.approx([79, 15.8])
    cost = new.at_end_times(0.5e6, Money)
    assert f"{cost.central}" == f"£{sheet.frame['central'][0]:.0f} million"
    small = new.at_end_times(100, Money)
    assert str(small.central).endswith("00") or str(small.central).endswith("50")
    assert "million" not in str(small)


@pytest.mark.parametrize(
    ("numbers", "side"), [([100, 104, 109, 112, 118], "above"), ([100, 101, 101, 102, 101], "below")]
)
def test_a_chart_says_how_far_what_happened_is_from_an_older_forecast(numbers, side):
    new = made(history(numbers))
    older = pd.Series([100.0, 103, 106, 109, 112, 115], range(2020, 2026))
    title = sections.forecast(new, {"the paper's path": older}).chart.title
    assert f"{side} the paper's path, and could be about" in title


@pytest.mark.parametrize(("share", "worse"), [(0.9, ["above the council's forecast"]), (1.0, []), (1.1, [])])
def test_plans_above_the_papers_path_are_a_sign_for_the_index(share, worse):
    past = history()
    start = past.now.value * share
    paper = Printed(pd.DataFrame({"before": [start], "after": [5000.0]}), past.base, past.base + 5, past.base)
    assert paper.worse(past) == worse
    assert paper.aside == f"; the council forecast 5,000 by {past.base + 5}"
    nothing = Printed(paper.parts.iloc[:0], 0, 0, 0)
    assert (nothing.worse(past), nothing.aside) == ([], "")


def test_an_authority_too_young_for_a_forecast_gets_scenarios_of_growing_as_elsewhere():
    frame = of_all_areas(areas=25)
    young = frame[(frame["area"] != "Essex") | (frame["year"] >= 2024)]
    new = projection.make(history_among(young), 2031, forecaster=projection.by_all_areas(), level=0.8)
    assert new.outlook is None
    assert [one.name for one in new.scenarios] == ["As slow as elsewhere", "As fast as elsewhere"]
    wide = frame[frame["area"] != "Essex"].pivot(index="area", columns="year", values="value")
    slow, fast = np.quantile((wide[2025] / wide[2020]) ** (1 / 5), [0.1, 0.9])
    now = frame.set_index(["area", "year"])["value"]["Essex", 2025]
    assert [one.path[2031] for one in new.scenarios] == pytest.approx([now * slow**6, now * fast**6])


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            [1000, 1100, 480],
            r"changed unusually much in 2022 \(-56%\). So large a change can come from how they are",
        ),
        ([1000, 1400, 1800], r"changed unusually much in 2021 \(\+40%\). So large"),
        ([1000, 1100, 1200], "^$"),
        ([10, 20, 8], "^$"),
    ],
)
def test_a_change_so_large_that_the_count_may_have_changed_is_named(numbers, said):
    assert re.search(said, history(numbers).breaks)


def test_where_the_count_has_just_jumped_the_page_doubts_it_and_does_not_split_it_by_need():
    jumped = made(history([1000, 1050, 1100, 1150, 1200, 500]))
    nothing = Printed(pd.DataFrame({"before": [], "after": []}), 2020, 2031, 2021)
    assert nothing.against_now(jumped.past).startswith("So large a change can come from how they are counted")
    parts = projection.parts([(2020, "as printed", BEFORE), (2025, "official", AFTER)], jumped, "need")
    assert parts.last.empty
    assert sections.by_part(jumped, parts).sentence == (
        "No forecast by primary need is made: what changed the number of plans so much in January 2025 may have "
        "changed their shares too."
    )
