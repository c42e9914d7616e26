"""All cases side by side: which pay, by the years that each is looked at, and what is announced without a case."""

import csv

import pytest

from casebook import appraisal, portfolio, sections, tables
from casebook.data import project
from casebook.errors import InputError


@pytest.fixture(scope="module")
def of():
    return portfolio.of(
        tables.read_all(),
        tables.read("portfolio_missing"),
        tables.read("portfolio_missing_posts"),
        "Cambridgeshire",
        appraisal.Basis(),
    )


def test_every_table_of_a_case_is_in_it_over_the_years_of_its_description(of):
    frame = of.frame.set_index("case")
    assert frame.loc["Independent Living, built by the council", "years"] == 60
    assert frame.loc["Interim and respite beds", "years"] == 4
    beds = sum((799_000 - (387_000 if year == 0 else 457_500)) * 1.035**-year for year in range(4))
    assert frame.loc["Interim and respite beds", "net"] == pytest.approx(beds)
    home = (600_000 - 4_400 * 52) * sum(1.035**-year for year in range(5))
    assert frame.loc["Closing Victoria Road children's home", "net"] == pytest.approx(home)
    assert list(frame["costs"]) == sorted(frame["costs"], reverse=True)


def test_transport_saves_what_three_years_reviews_add_up_to(of):
    transport = next(one for one in of.cases if one.table.name == "transport_workstreams")
    saved = [380, 950, 1295, 1295, 1295]
    net = sum(1000 * (now - (161 if year < 3 else 0)) * 1.035**-year for year, now in enumerate(saved))
    assert transport.net.value == pytest.approx(net)
    # The pupils placed nearer are no cash: £120,000 more in each of the last two years.
    assert transport.cash == "84% of it is cash by which a budget can be cut"


def test_the_cases_that_lose_are_named_the_worst_first(of):
    assert [one.table.name for one in of.losing] == ["independent_living_make", "informal_carers"]
    assert len(of.paying) + 2 == len(of.cases) and of.lost.startswith('Even then, "Independent Living, built by')
    assert all(one.chance.value < 90 for one in of.unsure) and of.unsure
    assert sections.portfolio(of).chart.title == of.verdict


def test_what_is_announced_without_a_case_adds_up(of):
    with (project.root() / "data" / "raw" / "portfolio_missing.csv").open(encoding="utf-8", newline="") as file:
        known = sum(int(row["saving"]) for row in csv.DictReader(file))
    assert of.announced.value == known
    assert of.without.startswith("Twelve proposals announce £2.52 million")


def test_staff_asked_for_without_a_caseload_is_named_and_no_saving(of):
    shown = sections.portfolio(of).posts.frame
    assert shown["asked"].tolist() == [562_200, 268_000] and of.announced.value < 2.6e6
    assert shown["missing"].str.len().min() > 20 and shown["takes"].str.contains("caseload").all()


def test_an_area_without_cases_is_refused():
    with pytest.raises(InputError, match="no table of the catalogue is a case of Essex"):
        portfolio.of(
            tables.read_all(),
            tables.read("portfolio_missing"),
            tables.read("portfolio_missing_posts"),
            "Essex",
            appraisal.Basis(),
        )


def test_each_sum_that_is_built_up_stands_beside_what_its_rows_come_to(of):
    sums = of.sums.set_index("case")
    assert len(sums) == len(of.built) >= 9
    farms = sums.loc["Rents of county farms"]
    assert farms["proposed"] == 252_000 and farms["rebuilt"] == pytest.approx(205_000 + 45_769.02)
    think = sums.loc["Think Communities"]
    assert (think["follow"], think["of"], think["off"]) == (8, 10, 975_292 - 821_087)
    assert list(of.sums["proposed"]) == sorted(of.sums["proposed"], reverse=True)
