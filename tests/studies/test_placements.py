"""What scenarios of children in care avoid in cost, and the sections made of it."""

import pandas as pd
import pytest

from casebook import placements, report, sections, tables
from casebook.english import Money
from casebook.errors import InputError
from casebook.methods.costing import FinancialYear

YEAR = FinancialYear(2020)
# Mondays after the end of each month to 31 March 2021, counted in a calendar.
WEEKS = (48, 44, 39, 35, 30, 26, 22, 17, 13, 9, 5, 0)


def read(name="care_scenarios", altered=None):
    frame = tables.read(name)
    if altered is not None:
        described = frame.attrs["table"]
        frame = altered(frame)
        frame.attrs["table"] = described
    return frame


def made(frame=None, weekly_cost=850.0, recruited=766_400.0, target=2e6, year=YEAR, **given):
    frame = read() if frame is None else frame
    return placements.scenarios(frame, "Cambridgeshire", year, weekly_cost, Money(recruited, 2), target, **given)


def test_each_fall_avoids_its_cost_for_the_weeks_left():
    of = made()
    low = [5] * 12
    assert of.avoided["Low Optimism"].tolist() == [850 * fall * weeks for fall, weeks in zip(low, WEEKS, strict=True)]
    assert of.ends["Middle Optimism"].value == 1_946_500 and of.best == "High Optimism"
    assert of.with_recruitment["Low Optimism"].value == 1_990_400
    assert (of.start, of.examined, of.dated) == (780, "Middle Optimism", "autumn 2019")


def test_scenarios_that_reach_the_target_are_named_with_their_verb():
    assert made().reaching == "Middle Optimism and High Optimism reach"
    assert made(target=3e6).reaching == "High Optimism reaches"
    assert made(target=9e6).reaching == "none reaches"
    assert made(target=1e6).so_many_reach == "all three scenarios reach"
    assert made(target=3e6).so_many_reach == "one of the three scenarios reaches"


def test_the_month_from_which_on_the_changes_are_enough():
    of = made()
    assert [of.enough_by(name) for name in of.falls] == [None, "August 2020", "August 2020"]
    # 27 fewer in April avoid 1,101,600 and in May 224,400 more; a rise in June undoes it.
    lost = made(path=[753, 747, 760, *[760] * 9])
    assert lost.avoided["Path given"].cumsum().iloc[1] > of.left.value > lost.avoided["Path given"].sum()
    assert lost.enough_by("Path given") is None


def test_a_path_given_for_the_run_is_the_one_looked_at_closely():
    of = made(path=[775.0] * 12, start=785)
    assert of.examined == "Path given" and of.falls["Path given"] == [10.0, *[0.0] * 11]
    assert made(steady=2.5).falls["Steady reduction given"] == [2.5] * 12


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": [1.0] * 12, "steady": 1.0}, "are both given.*care_scenarios.csv alone"),
        ({"start": 50}, "start_number is 50, fewer than the 60 children that the scenario 'Low Optimism'"),
        ({"steady": 70.0}, "fewer than the 840 children that the scenario 'Steady reduction given'"),
    ],
)
def test_scenarios_that_make_no_sense_are_refused_in_a_sentence(given, words):
    with pytest.raises(InputError, match=words):
        made(**given)


@pytest.mark.parametrize(
    ("altered", "words"),
    [
        (lambda rows: rows.iloc[:-1], "has 12 months for High Optimism, expected thirteen"),
        (
            lambda rows: rows.assign(month=rows["month"].where(rows.index < 36, pd.Timestamp("2022-05-31"))),
            "reaches from March 2020 to May 2022, expected one financial year",
        ),
    ],
)
def test_a_table_that_is_not_of_one_year_is_refused_in_a_sentence(altered, words):
    with pytest.raises(InputError, match=words):
        made(read(altered=altered))


def test_the_year_is_the_tables_own_unless_another_is_to_be_counted():
    assert placements.financial_year(read()) == placements.financial_year(read(), 2020) == YEAR
    early = read(altered=lambda rows: rows.assign(month=rows["month"] - pd.DateOffset(years=1)))
    assert placements.financial_year(early) == FinancialYear(2019)
    assert made(early).avoided.equals(made().avoided)


def test_recruitment_lasts_for_the_weeks_left_and_that_before_the_year_for_all_of_them():
    assert placements.placement_weeks(read("foster_recruitment"), YEAR) == 23 * 52 + 2.5 * sum(WEEKS)


def test_a_steady_fall_larger_than_there_are_children_is_said_to_be():
    assert made().steadily(8.169) == "must fall by 8.2 children every month, from 780 to about 682"
    assert made(start=132).steadily(12.5) == (
        "would have to fall by 12.5 children every month, and the 132 there are do not last the year"
    )


def test_the_section_says_which_scenario_has_changed_enough_and_what_happened():
    of = made()
    section = sections.cost_avoided(of)
    assert section.enough == (
        "Recruitment avoids £766,400 and leaves £1.23 million to fewer children in care. Low Optimism falls short of it. "
        "Middle Optimism and High Optimism reach it by the changes up to the end of August 2020."
    )
    assert section.chart.title == (
        "With foster recruitment Middle Optimism and High Optimism reach the target of £2 million."
    )
    assert "£1.99 million (Low Optimism)" in section.chart.alt
    drawn = section.chart.data.set_index("scenario")["value"]
    assert section.table.frame["High Optimism"].sum() + 766_400 == pytest.approx(drawn["High Optimism"] * 1e6)
    assert drawn["Target"] == 2
    alone = sections.cost_avoided(made(target=5e5))
    assert alone.enough == "Recruitment alone avoids £766,400, which reaches the target of £500,000."
    happened = sections.what_happened(of, pd.Series({2021: 640.0, 2022: 593.0, 2025: 705.0}))
    assert happened.chart.title == "640 children were in care when 2020/21 ended; 650 to 720 were foreseen."
    assert happened.chart.data["value"].tolist() == [720, 680, 650, 640, 780]
    assert happened.sentence == (
        "The number came down by 140 from the 780 that the scenarios begin with. What that saved cannot be "
        "calculated, because no numbers by month are held. There were 593 in March 2022 and 705 in March 2025."
    )
    assert "There were" not in sections.what_happened(of, pd.Series({2021: 640.0})).sentence
    assert not list(sections.what_happened(of, pd.Series({2022: 593.0})))
    assert not list(sections.what_happened(made(year=FinancialYear(2021)), pd.Series({2022: 593.0})))


def test_a_path_above_the_start_is_drawn_below_nothing():
    chart = sections.cost_avoided(made(path=[800.0] * 12)).chart
    left, right = chart.figure.axes[0].get_xlim()
    assert left == pytest.approx(-0.816 + 0.7664) and right > 3.06  # 20 more children for 48 weeks; the most avoided


def test_a_late_start_is_set_against_one_on_time():
    sheet = sections.late_start([Money(300.0), Money(200.0), Money(50.0)], "Late")
    assert sheet.frame["slip"].tolist() == ["0 months", "1 month", "2 months"]
    assert sheet.frame["lost"].tolist() == [0, -100, -250]


def test_weeks_left_are_listed_by_month():
    sheet = sections.weeks_left(YEAR)
    assert tuple(sheet.frame["weeks"]) == WEEKS and sheet.frame["end"].iloc[1] == "Sunday 31 May 2020"


class TestPrices:
    KINDS = ("In-house fostering", "Independent fostering agency", "Residential")

    def of(self, kinds=KINDS, frame=None):
        return placements.prices(
            read("placement_weekly_costs") if frame is None else frame, "Cambridgeshire", list(kinds), YEAR
        )

    def test_a_move_changes_the_difference_of_the_first_costs_printed(self):
        moves = self.of().moves.set_index("move")
        assert moves.loc["In-house fostering to independent fostering agency"].tolist() == [500, 26_000]
        assert moves.loc["Residential to in-house fostering"].tolist() == [-2650, -137_800]
        assert len(moves) == 6

    def test_a_least_cost_is_said_to_be_one(self, capsys):
        section = sections.weekly_costs(self.of())
        assert section.moves.notes == ("Residential is printed as a least cost, so a move there costs at least this.",)
        assert not sections.weekly_costs(self.of(self.KINDS[:2])).moves.notes
        shown = dict(zip(section.table.frame["printed"], section.table.frame["shown"], strict=True))
        assert shown["over £3,000 per week"] == "over 3,000" and shown["£1,500-£2,000 per week"] == "1,500 to 2,000"
        report.show(section)
        assert "Residential | over 3,000" in capsys.readouterr().out

    def test_a_kind_that_the_table_lacks_is_refused_with_the_nearest(self):
        with pytest.raises(
            InputError, match=r"'Residental', which .*_costs.csv does not price: did you mean Residential"
        ):
            self.of(["Residental"])

    def test_without_costs_of_the_area_there_is_one_sentence(self):
        none = self.of(frame=tables.read("placement_weekly_costs", "Essex"))
        assert not none
        assert list(sections.weekly_costs(none)) == [
            "No weekly costs by kind of placement are held for Cambridgeshire."
        ]


def test_the_printed_costs_that_differ_are_counted_and_placed():
    figures = report.reconciliation("placement-costs").figures
    costs = placements.printed_costs(figures)
    assert costs.reproduced == "45 of the 49 costs" and costs.right == 45
    assert costs.exceptions.startswith("Four differ, in High Optimism, where the printed numbers")
    fine = placements.printed_costs(one for one in figures if one.verdict != "differs")
    assert (fine.reproduced, fine.exceptions, fine.elsewhere) == ("all 45 costs", "", "")
    assert not placements.printed_costs(())
