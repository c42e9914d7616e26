"""Sums built up from their rows, by a calculation of its own on the raw tables, and refusals."""

import csv

import pytest

from casebook import build_up, sections, tables
from casebook.data import catalogue, project
from casebook.errors import InputError

CASES = [table.name for table in catalogue.load(project.root()).tables if "step" in table.column_names]


def made(name):
    return build_up.read(tables.read(name), "Cambridgeshire")


def raw(name):
    with (project.root() / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def added(name, year=None, part="All"):
    """Add rows up: those of a year and what recurs of those before, or all."""
    total = 0.0
    for row in raw(name):
        if row["step"] != "row":
            continue
        mine = part in ("All", row["part"], row["item"])
        when = (
            year is None
            or int(row["for_year"]) == year
            or (row["recurs"] in ("yes", "permanent") and int(row["for_year"]) < year)
        )
        if mine and when:
            total += float(row["times"] or 1) * float(row["sum"])
    return total


def with_rows(frame, keep):
    found = frame[keep(frame)]
    found.attrs["table"] = frame.attrs["table"]
    return found


@pytest.mark.parametrize("name", CASES)
def test_each_case_comes_to_what_its_rows_add_up_to(name):
    of = made(name)
    assert of.total(of.year).value == pytest.approx(added(name, of.year))
    steps = of.shown
    assert len(steps) <= build_up.MOST
    whole = added(name, of.years[-1]) if of.recurs else added(name, of.year)
    assert steps.sum() == pytest.approx(whole)
    for year in of.years if len(of.years) > 1 else []:
        assert of.by_year.loc["All", year] == pytest.approx(added(name, year))


@pytest.mark.parametrize("name", CASES)
def test_each_case_fits_its_page(name):
    of = made(name)
    for sentence in of.summary:
        assert len(sentence.split()) <= 25, sentence
    for one in of.findings:
        assert len(one.text.split()) <= 25, one.text
    assert len(of.glance.split()) <= 15
    shown = sections.built(of)
    assert shown.chart.data["pounds"].iloc[: len(of.shown)].sum() * 1000 == pytest.approx(of.shown.sum())


def test_two_subtotals_of_think_communities_are_too_large():
    wrong = made("think_communities").wrong
    staff = {year: added("think_communities", year, "Staff") for year in (2023, 2024)}
    assert staff == {2023: 804_985, 2024: 821_087}
    assert list(wrong["off"]) == [975_292 - 821_087, 956_168 - 804_985]
    assert list(wrong["item"]) == ["Subtotal staffing"] * 2
    drawn = sections.sums(made("think_communities")).chart.data
    assert list(drawn["off"]) == [154.205, 151.183]


def test_staff_grow_by_two_per_cent_a_year_and_all_else_stays():
    growth = sections.built(made("think_communities")).by_year.frame.set_index("part")["rise"]
    assert growth["Staff"] == pytest.approx(((821_087 / 789_204) ** 0.5 - 1) * 100)
    assert list(growth[["Travel", "Grants to groups", "Direct awards"]]) == [0, 0, 0]


def test_a_table_without_rows_is_refused():
    frame = with_rows(tables.read("think_communities"), lambda rows: rows["step"] != "row")
    with pytest.raises(InputError, match=r"think_communities.csv has no row with the step row"):
        build_up.read(frame, "Cambridgeshire")


def test_a_table_that_says_nothing_of_the_whole_is_refused():
    frame = with_rows(tables.read("think_communities"), lambda rows: rows["step"] != "said")
    with pytest.raises(InputError, match=r"no row with the step said, rise or left"):
        build_up.read(frame, "Cambridgeshire")


def test_a_table_with_other_columns_is_refused():
    frame = tables.read("think_communities").drop(columns=["times"])
    with pytest.raises(InputError, match="has no column times"):
        build_up.read(frame, "Cambridgeshire")


def test_what_rounding_allows_is_no_error():
    frame = tables.read("think_communities")
    described = frame.attrs["table"]
    frame = frame.copy()
    frame.loc[frame["id"] == "total_2022", "sum"] += 6.0
    frame.attrs["table"] = described
    assert "All revenue funding" not in list(build_up.read(frame, "Cambridgeshire").wrong["item"])
    frame.loc[frame["id"] == "total_2022", "sum"] += 1.0
    assert list(build_up.read(frame, "Cambridgeshire").wrong["item"])[-1] == "All revenue funding"


def test_the_proposals_that_do_not_follow_are_those_a_calculator_finds():
    off = {name: {row.item: row.off for row in made(name).wrong.itertuples()} for name in CASES}
    assert {name: wrong for name, wrong in off.items() if wrong} == {
        "think_communities": {"Subtotal staffing": 956_168 - 804_985},
        "members_allowances": {"Group leaders": -6340},
        "county_farms": {"The rise of income": pytest.approx(252_000 - 250_769.02)},
        "active_parks": {"The running cost of the pilot year": 200_000 - 197_099},
        "biodiversity": {"The yearly delivery": -10_000, "Programme": -10_000},
        "climate_risk": {"The investment": -100_000},
    }


def test_a_total_that_does_not_add_up_is_told_with_what_it_is_and_what_its_parts_are():
    assert made("climate_risk").added == (
        'One of the eleven totals does not add up: "The investment" (2024/25) is £50,000, and its parts £150,000.'
    )
    assert made("think_communities").added == (
        'Two of the ten totals do not add up; the furthest off, "Subtotal staffing" (2024/25), is £975,292, and its parts £821,087.'
    )
    assert made("care_together").added == "All six totals add up."


def test_a_rise_that_is_off_is_told_with_what_makes_most_of_it():
    # £205,000 of £250,769 are an allowance that ends, and no rent.
    assert made("county_farms").summary[:2] == (
        "The rise of income in 2022/23 is £252,000; its parts add up to £250,769, £1,231 less.",
        'The largest part of the rise is "End of the Covid impairment" (82% of all in 2022/23).',
    )


def test_what_a_case_is_said_to_avoid_is_in_its_summary():
    # £19.7 million for £909,696.
    assert made("send_transformation").summary[1] == (
        "The case is said to avoid £19.7 million, 22 pounds for each pound asked for; no part of it shows how."
    )


def test_a_saving_is_what_a_budget_leaves():
    assert made("members_allowances").comes_to == "£900,121 of a budget of £940,290 leaves £40,169, as proposed."
    room = next(one for one in made("members_allowances").findings if one.id == "room")
    assert room.value.value == pytest.approx((629_215 + 311_075) / 900_121 * 100 - 100)


def test_a_saving_that_stands_is_said_first_with_what_it_comes_from_and_what_would_use_it_up():
    of = made("members_allowances")
    unclaimed = -sum(
        float(row["times"]) * float(row["sum"]) for row in raw("members_allowances") if row["id"].endswith("_not")
    )
    left = 629_215 + 311_075 - 900_121
    assert of.summary[0] == "£900,121 of a budget of £940,290 leaves £40,169, as proposed."
    assert of.summary[1].startswith(f"Of the £40,169, £{unclaimed:,.0f} ({unclaimed / left:.0%}) comes from")
    assert of.glance == "The saving of £40,169 is right; one total does not add up, by £6,340."
    assert of.findings[0].id == "comes-to" and of.findings[-1].id == "sums"
    room = next(one for one in of.findings if one.id == "room")
    assert f"that is {1.5 * (1 + left / 13_192):.1f}%, not 1.5%" in room.basis
    assert room.basis.endswith(f"1.5% twice would take off £{13_192 * 1.015:,.0f}.")


def test_a_head_that_names_the_first_year_alone_is_set_beside_the_last():
    of = made("real_living_wage")
    last = added("real_living_wage", 2026)
    said = (
        f"The head of the case names £1.19 million; by 2026/27 it is £10.2 million a year, {last / 1_187_000:.1f} times"
    )
    assert of.summary[0].startswith(said) and of.findings[0].text.startswith(said)
    assert "table" not in dir(sections.sums(of)), "one sum that repeats its only row is no table"
    assert "rise" not in sections.built(of).by_year.columns
    grounds = {name: made(name).assumptions[-1] for name in ("real_living_wage", "county_farms")}
    assert grounds["real_living_wage"].source == "the paper calls it permanent"
    assert [one.quality for one in grounds.values()] == ["green", "amber"]


def test_a_head_that_asks_for_other_sums_than_its_rows_is_told_first_and_once():
    of = made("climate_risk")
    said = "The head has £50,000 in 2024/25, its table £150,000: £650,000 or £750,000 over three years."
    assert of.summary[0] == of.findings[0].text == said
    assert "sums" not in [one.id for one in of.findings]
    assert of.glance == "The head has £650,000 over three years, its table £750,000."
    assert "chart" not in dir(sections.sums(of)), "a chart of one bar says nothing more"
    assert made("climate_risk").share.endswith("(35% of all in 2022/23)")


def test_a_rise_is_made_of_what_its_own_year_adds():
    parts = made("county_farms").by_part
    assert dict(parts) == {"End of the Covid impairment": 205_000, "Farm rents": 45_769.02}
