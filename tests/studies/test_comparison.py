"""An area against others over years, and the sections made of it."""

import pandas as pd
import pytest

from casebook import InputError, comparison, report, sections
from casebook.data import project, series
from casebook.english import Noun
from casebook.report.parts import Chart, Sheet

APPLICATIONS = comparison.Measure("care-applications", Noun("care application"), "applications", verb="made")


def compared(area="Cambridgeshire", first=2017, last=2020, average="mean", altered=None, given=None, decimals=None):
    frame = series.panel("care-applications", area, vintage="care_applications")
    if decimals is not None:
        frame.attrs["series"] = frame.attrs["series"].model_copy(update={"decimals": decimals})
    if altered is not None:
        attrs = frame.attrs
        frame = frame.assign(value=[altered(row) for row in frame.itertuples()])
        frame.attrs = attrs
    return comparison.over_years(
        frame, area, measure=APPLICATIONS, average=average, population=series.panel("children", area),
        first_year=first, last_year=last, child_population=given,
    )  # fmt: skip


def test_the_comparison_is_that_of_the_printed_table():
    rates = compared()
    others = [9.2, 5.2, 6.1, 7.2, 8.5, 10.1, 10.2, 10.8, 11.0, 11.2]
    assert rates.last.average.value == pytest.approx(sum(others) / 10)
    assert str(rates.last.gap) == "1.0 (11%) below"
    assert rates.last.in_events.value == pytest.approx(-0.95 * rates.children.number / 10_000)
    assert str(rates.places) == "from second highest to eighth highest of the eleven authorities"
    assert str(rates.group) == "its ten similar councils" and rates.own_group


def test_only_authorities_with_a_rate_in_every_year_are_compared():
    without = compared(altered=lambda row: float("nan") if (row.area, row.year) == ("Hampshire", 2018) else row.value)
    assert without.left_out == {"Hampshire": [2018]}
    assert {one.compared for one in without.years} == {9} and "Hampshire" not in without.group.names
    assert "left out: Hampshire (none in 2018)." in "".join(sections.over_years(without).average.paragraphs)


@pytest.mark.parametrize(
    ("decimals", "rate", "gap", "interval"),
    [(None, "8.0", "1.0 (", "6.6 to 9.7"), (2, "8.00", "0.95 (", "6.55 to 9.67")],
)
def test_rates_are_rounded_everywhere_as_the_column_is_described(decimals, rate, gap, interval):
    rates = compared(decimals=decimals)
    assert str(rates.path.after) == rate and str(rates.last.gap).startswith(gap)
    parts = [sections.over_years(rates), sections.change(rates), sections.certainty(rates)]
    formats = [
        how[1] for part in parts[:2] for name in ("chart", "table") if (one := getattr(part, name, None))
        for how in one.columns.values() if isinstance(how, tuple)
    ]  # fmt: skip
    # Besides rates there are whole numbers: places, per cent, children.
    assert {one.strip("+,") for one in formats} <= {f".{decimals or 1}f", ".0f", "d"}
    assert f"runs from {interval} for every" in parts[2].how.paragraphs[0]
    said = [one for marks in parts[1].chart.figure.told.values() for one in marks]
    assert f"Cambridgeshire, Year to March 2020: {rate}" in said


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("Cambridgeshire", "has no rate for Cambridgeshire in 2020: choose"),
        ("England", "has no rate for England in 2020: choose"),
    ],
)
def test_a_missing_rate_is_refused_in_a_sentence(missing, words):
    with pytest.raises(InputError, match=words):
        compared(altered=lambda row: float("nan") if (row.area, row.year) == (missing, 2020) else row.value)


def test_a_number_of_children_that_is_none_is_refused():
    with pytest.raises(InputError, match="child_population is 0, expected a whole number above 0"):
        compared(given=0)


def test_rates_that_stay_are_not_ranked_by_their_change():
    section = sections.change(compared(altered=lambda row: 9.0 if row.area == "Cambridgeshire" else row.value))
    assert section.sentence == "From 2017 to 2020 Cambridgeshire's rate stayed as it was."


def test_an_interval_is_given_only_where_the_children_are_those_of_the_year():
    assert "the 95% interval runs from" in sections.certainty(compared()).how.paragraphs[0]
    assert "no interval can be given for 2019" in sections.certainty(compared(last=2019)).sentence


def test_a_section_is_taken_apart_changed_and_shown(capsys):
    section = sections.over_years(compared())
    assert isinstance(section.chart, Chart) and isinstance(section.table, Sheet)
    assert {"who", "chart", "but"} <= set(dir(section))
    report.show(section.without("chart", "table").but(who="Ten are compared."), None)
    said = capsys.readouterr().out
    assert said.startswith("Ten are compared.\nWhich average, and whether it matters\n\nThe average is the mean:")
    assert "Year to March" not in said
    report.show(
        section.chart.but(
            title="A title of the analyst's own.", data=pd.DataFrame({"area": ["Essex"]}), columns={"area": "Area"}
        )
    )
    assert capsys.readouterr().out.startswith("A title of the analyst's own.\n")
    with pytest.raises(AttributeError, match="this section has chart, who, table, average, not chrat"):
        section.chrat  # noqa: B018


CARE = comparison.Measure(
    "children-in-care-rate", Noun("child in care", "children in care"), "children in care",
    called="rate of children in care",
)  # fmt: skip
NEW = series.Neighbours("Norfolk", ("Suffolk", "Devon", "Kent"), "The new list", 3)
OLD = series.Neighbours("Norfolk", ("Essex", "Kent", "Luton"), "The old list", 3)


def exported(rates, counts=None, measure=CARE):
    """Make the panel of an export: rates by area, from 2021 on."""
    rows = [
        {"area": area, "year": 2021 + at, "value": rate}
        for area, path in rates.items()
        for at, rate in enumerate(path)
        if rate is not None
    ]
    frame = pd.DataFrame(rows).assign(count=float("nan"), denominator=float("nan"))
    for area, (count, among) in (counts or {}).items():
        frame.loc[frame["area"] == area, ["count", "denominator"]] = count, among
    frame.attrs = {"series": series.load(project.root())[measure.series], "vintage": "An export", "table": None}
    return frame


def against_others(rates, lists=(NEW, OLD), counts=None, **options):
    people = pd.DataFrame(
        [{"area": area, "year": year, "value": 100_000.0} for area in rates for year in range(2020, 2025)]
    )
    people.attrs = {"vintage": "Estimates"}
    return comparison.over_years(
        exported(rates, counts), "Norfolk", measure=CARE, average=options.pop("average", "mean"), population=people,
        lists=lists, **options,
    )  # fmt: skip


RATES = {
    "Norfolk": [65, 64, 62], "Suffolk": [60, 61, 63], "Devon": [56, 57, 58], "Kent": [50, 51, 52],
    "Essex": [70, 70, 70], "Luton": [80, 80, 80], "England": [67, 67, 67], "East of England": [50, 50, 49],
}  # fmt: skip


def test_an_export_is_compared_with_the_areas_own_similar_councils_its_region_and_england():
    found = against_others(RATES)
    assert str(found.group) == "its three similar councils" and found.group.names == ("Devon", "Kent", "Suffolk")
    assert found.last.average.value == pytest.approx((63 + 58 + 52) / 3)
    assert found.against_england_and_region == "5 (7%) below England's and 13 (27%) above the East of England's"
    assert found.briefly_said == (
        "Norfolk had 62 children in care for every 10,000 children on 31 March 2023, 8% above similar councils' mean."
    )
    # One child for each 10,000 fewer is no more than chance, so nobody is asked what explains it.
    assert not found.course.moved and "which chance could explain" in found.course.over_time
    assert (
        found.question
        == "The fall in children in care since March 2022 could be chance: what would show whether it lasts?"
    )


def test_a_list_of_similar_councils_that_changes_the_side_of_the_average_is_said():
    section = sections.over_years(against_others(RATES))
    assert section.list == (
        "The choice of list matters: by an older list of similar councils Norfolk would be below the mean, which "
        "would be 67."
    )
    folded = section.average.paragraphs
    assert "those of the newest list held, the one that knows most of today's authorities (The new list)." in folded[-2]
    assert folded[-1] == (
        "One of the three councils is in the older list too (The old list). By that list the mean would be 67 and "
        "Norfolk below it, not above it."
    )
    same = sections.over_years(against_others(RATES | {"Norfolk": [90, 90, 90]}))
    assert not hasattr(same, "list") and "would be 67 and Norfolk above it too." in same.average.paragraphs[-1]


def test_without_a_list_the_others_are_those_of_the_areas_own_region():
    found = against_others(RATES, lists=())
    assert str(found.group) == "the three other authorities of the East of England"
    assert found.group.names == ("Essex", "Luton", "Suffolk")


def test_the_years_are_the_last_ones_without_a_gap_in_which_most_of_the_others_have_a_rate():
    young = RATES | {"Devon": [None, None, 58]}
    assert [one.year for one in against_others(young).years] == [2021, 2022, 2023]
    assert str(against_others(young).group) == "two of its three similar councils"
    long = {area: [*path, *path] for area, path in RATES.items()} | {"Devon": [None, 57, 58, 56, 57, 58]}
    assert [one.year for one in against_others(long).years] == [2022, 2023, 2024, 2025, 2026]
    gap = RATES | {"Norfolk": [65, None, 62]}
    assert [one.year for one in against_others(gap).years] == [2023]


def test_the_latest_year_of_an_area_whose_last_figure_is_hidden_is_the_one_before():
    assert against_others(RATES | {"Norfolk": [65, 64, None]}).last.year == 2022


def test_counts_that_are_held_give_the_interval_and_the_pooled_rate():
    found = against_others(
        RATES, average="pooled", counts={"Norfolk": (1069, 171_830), "Kent": (10, 1_000), "Devon": (0, 9_000)}
    )
    assert found.last.average.value == pytest.approx((10 + 0 + 630) / (1_000 + 9_000 + 100_000) * 10_000)
    assert found.interval.lower == pytest.approx(58.54, abs=0.01)
    assert "Norfolk had 1,069 children in care on 31 March 2023." in sections.certainty(found).how.paragraphs[0]


def test_a_count_worked_back_from_a_small_rate_is_not_given_away():
    few = against_others(RATES | {"Norfolk": [3, 3, 0.3]})
    assert few.behind == "fewer than six children in care"
    assert few.question == "With so few children in care in Norfolk, what stands behind each?"


def test_what_is_too_few_to_judge_is_neither_compared_nor_ranked():
    few = against_others(RATES | {"Norfolk": [3, 3, 0.3]})
    said = f"{few.path_basis} {few.gap_said} {few.gap_basis}"
    assert "rests on too few to be compared with other councils'." in few.gap_said
    assert not any(word in said for word in ("above", "below", "lowest", "England"))
    assert few.ranking == {} == few.ranking_of_gap
    enough = against_others(RATES)
    assert enough.ranking["ranks"] == "rate of children in care" and "above England's" not in enough.gap_basis
    assert enough.ranking_of_gap["ranks"] == "rate of children in care less the mean of similar councils"


def test_a_rate_far_from_similar_councils_is_asked_about_rather_than_a_change_that_chance_could_explain():
    far = against_others(RATES | {"Norfolk": [91, 91, 90]})
    assert far.question == "What explains a rate of children in care 56% above similar councils' mean?"


def test_all_of_the_others_that_differ_are_not_counted_of_themselves():
    counts = {name: (round(path[-1] * 10), 100_000) for name, path in RATES.items()}
    far = against_others(RATES | {"Norfolk": [150, 150, 150]}, counts=counts | {"Norfolk": (1500, 100_000)})
    assert far.beside_each == "All three compared are lower by more than chance would explain."


def test_a_rate_level_with_an_average_is_no_difference_that_chance_could_explain():
    level = against_others(RATES | {"Norfolk": [65, 64, 58]}, lists=(NEW,))
    assert "and was level with the mean of the similar councils." in sections.over_years(level).chart.title
    assert level.briefly_said.endswith("on 31 March 2023, level with similar councils' mean.")


def test_averages_on_different_sides_are_each_said():
    found = against_others(RATES | {"Norfolk": [60, 60, 60], "Kent": [50, 51, 70], "Devon": [56, 57, 20]}, lists=(NEW,))
    said = found and sections.over_years(found).average.paragraphs[1]
    assert said.startswith(
        "The choice of average matters: on 31 March 2023, Norfolk's 60 was above the mean and the pooled rate and below the median"
    )


def test_years_in_which_no_other_authority_has_every_rate_are_refused():
    gaps = RATES | {"Suffolk": [None, 61, 63], "Devon": [56, None, 58], "Kent": [50, 51, None]}
    with pytest.raises(InputError, match="no authority besides Norfolk with a rate in every year from 2021 to 2023"):
        against_others(gaps, first_year=2021)


def byar(count):
    """Both 95% limits of a count, by the formula."""
    low, high = (
        at * (1 - 1 / (9 * at) + side * 1.959964 / (3 * at**0.5)) ** 3 for at, side in ((count, -1), (count + 1, 1))
    )
    return low, high


def over_five_years(rates, known=range(2015, 2020)):
    held = series.panel("care-applications", "Cambridgeshire", vintage="care_applications")
    frame = pd.concat([held[held["year"] == 2017].assign(year=2016), held], ignore_index=True)
    by_year = dict(zip(range(2016, 2021), rates, strict=True))
    frame["value"] = frame["value"].mask(frame["area"] == "Cambridgeshire", frame["year"].map(by_year))
    frame.attrs = held.attrs
    one = series.panel("children", "Cambridgeshire").drop_duplicates("area")
    people = pd.concat([one.assign(year=year, value=150_000) for year in known])
    people.attrs = one.attrs
    return comparison.over_years(frame, "Cambridgeshire", measure=APPLICATIONS, average="mean", population=people)


@pytest.mark.parametrize(
    ("rates", "chance", "trend"),
    [
        ((8, 9, 10, 11, 12), "which chance could explain", "It rose in the five years to 2020, by more than chance"),
        ((12, 11, 10, 9, 8), "which chance could explain", "It fell in the five years to 2020, by more than chance"),
        ((12, 12, 12, 12, 6), "more than chance would explain", "It has no trend over the five years to 2020 that"),
    ],
)
def test_a_change_and_a_trend_are_told_from_chance(rates, chance, trend):
    of = over_five_years(rates)
    (low, high), (low_before, high_before) = (byar(rate * 15) for rate in (rates[-1], rates[-2]))
    now, before = rates[-1] * 15, rates[-2] * 15
    least = (now - before - ((now - low) ** 2 + (high_before - before) ** 2) ** 0.5) / 15
    most = (now - before + ((high - now) ** 2 + (before - low_before) ** 2) ** 0.5) / 15
    assert of.course.over_time.startswith(
        f"Since 2019 the rate {'rose' if rates[-1] > rates[-2] else 'fell'} by {abs(rates[-1] - rates[-2]):.1f} (95% interval {least:+.1f} to {most:+.1f}), "
        f"{chance}. {trend}"
    )
    assert sections.certainty(of).over_time == of.course.over_time


def test_each_of_the_others_is_told_from_chance_and_how_many_chance_alone_would_find():
    # Of 100,000 children each: 620 in care, beside 630, 580 and 520. Only the last is more than 1.96 of its spread away.
    found = against_others(RATES, lists=(NEW,))
    assert found.beside_each == "Of the three compared, one is lower by more than chance would explain."
    # 100 - 95 ** 3 / 100 ** 2 = 14.
    assert (
        "If none of the three truly differed from Norfolk, at least one would still seem to in up to 14 of 100 such"
        in (" ".join(sections.certainty(found).how.paragraphs))
    )
    alike = against_others(RATES | {"Kent": [60, 60, 60]}, lists=(NEW,))
    assert alike.beside_each == "Of the three compared, none is higher or lower by more than chance would explain."
    apart = against_others(RATES | {"Devon": [90, 90, 90]}, lists=(NEW,))
    assert sections.certainty(apart).beside_each == (
        "Of the three compared, one is higher and one is lower by more than chance would explain."
    )
    assert over_five_years((8, 9, 10, 11, 12), known=[2018]).beside_each == ""


def test_without_the_children_of_two_years_nothing_is_said_of_change():
    of = over_five_years((8, 9, 10, 11, 12), known=[2019])
    assert of.course.over_time == ""
