"""Proposals of five papers, added up again in plain Python from the table as it was transcribed."""

import csv

import pandas as pd
import pytest

from casebook import ledger, sections, tables
from casebook.data import project
from casebook.errors import InputError


@pytest.fixture(scope="module")
def of():
    return ledger.read(tables.read("savings_ledger"), "Cambridgeshire")


def plain():
    with (project.root() / "data" / "raw" / "savings_ledger.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["amount"] and row["status"] == "counted"]


def in_year(year, kinds):
    """What the rows of the paper of 2021 come to in a year, one line after the other."""
    total, seen = 0.0, {}
    for row in plain():
        if (
            row["paper"] != "004"
            or row["kind"] not in kinds
            or row["basis"] == "several years"
            or int(row["year"]) < 2022
        ):
            continue
        amount, when = float(row["amount"]), int(row["year"])
        if row["recurs"] == "one-off":
            total += amount if when == year else 0
        elif row["basis"] == "incremental":
            total += amount if when <= year else 0
        elif when <= year:
            # What a year comes to takes the place of what the years before came to.
            seen[row["subject"], row["item"], row["kind"]] = amount
    return total + sum(seen.values())


def test_each_year_of_the_newest_plan_is_what_its_lines_come_to(of):
    assert of.years == [2022, 2023, 2024, 2025, 2026]
    for year in of.years:
        assert of.at(year, "taken").value == pytest.approx(-in_year(year, ["saving", "income"]))
        assert of.at(year, "added").value == pytest.approx(in_year(year, ["investment", "pressure"]))
    assert of.at(2022, "taken").value == 4_984_853 and of.at(2022, "added").value == 8_235_831
    # The Real Living Wage alone comes to 1,187 + 4,408 + 3,619 + 409 + 543 thousand by then.
    assert of.at(2026, "added").value > 10_166_000


def test_what_each_paper_proposes_is_added_up_for_its_own_budget(of):
    rounds = of.rounds.set_index("year")
    assert rounds["proposals"].to_dict() == {2018: 20, 2019: 12, 2020: 5, 2021: 4, 2022: 45}
    assert rounds["silent"].to_dict() == {2018: 1, 2019: 6, 2020: 1, 2021: 0, 2022: 0}
    # 2,000 + 594 + 96 + 100 + 342 + 104 + 100 + 110 + 94 + 21 + 168 + 324 + 500 + 300 thousand, and 500 + 80 of income.
    assert (rounds["saving"][2018], rounds["income"][2018]) == (-4_853_000, -580_000)
    assert (rounds["saving"][2020], rounds["saving"][2021]) == (-2_680_000, -1_350_000)


def test_services_add_up_to_the_whole_and_the_budgets_own_columns_agree(of):
    assert of.by_service["net"].sum() == pytest.approx(of.at(2022, "net").value)
    assert of.by_budget[2022].sum() == pytest.approx(of.at(2022, "net").value)
    assert of.proposals["amount"].sum() == pytest.approx(of.at(2022, "net").value)


def test_what_is_in_no_sum_is_told_with_its_amount(of):
    # Line 4932: 3,161 + 15,597 + 14,955 + 6,435 thousand.
    assert of.capital == (
        'Capital is not in these sums: "Independent living, new builds" from 2024/25 to 2027/28 costs £40.1 million.'
    )
    assert of.unspread == (
        'Of costs avoided the paper gives no years for "SEND transformation", £19.7 million: it is in no row.'
    )
    assert sections.where_things_stand(of).table.notes[1:] == (of.capital, of.unspread)


def test_what_stands_twice_is_counted_once(of):
    assert of.twice["reference"].tolist() == ["B/R.4.015", "C/R.6.107"]
    assert sum(of.proposals["reference"] == "B/R.4.015") == 1
    assert of.proposals.set_index("reference")["amount"]["C/R.6.107"] == -100_000


def test_references_reused_for_different_things_are_named_and_those_for_one_thing_are_not(of):
    assert list(dict.fromkeys(of.reused["reference"])) == ["A/R.6.210", "A/R.6.214", "A/R.6.269"]
    # A/R.6.268 is about transport in 2021/22 and in 2022/23.
    assert sections.besides(of).reused.frame["budget"].tolist()[:2] == ["2018/19", "2021/22"]


def test_how_a_proposal_changed_from_paper_to_paper_is_told(of):
    changed = of.changed / 1000
    assert changed.loc["Placements of children in care"].dropna().to_dict() == {2018: 2_000, 2020: 2_000, 2022: 600}
    assert changed.loc["Home to school transport"].dropna().to_dict() == {2018: 852, 2020: 600, 2021: 300, 2022: 380}
    assert pd.isna(changed.loc["Placements of children in care", 2019])
    assert sections.besides(of).replanned.endswith("£390,000 in 2022/23, where £583,000 was planned.")


def test_the_summary_asks_for_what_pays_for_more_than_is_saved(of):
    assert of.summary == (
        "The proposals for 2022/23 save or earn £4.98 million and add £8.24 million to costs.",
        'By 2026/27 they add £14.8 million a year and save or earn £6.16 million; "Real Living Wage" alone adds £10.2 million.',
        "What pays for the £8.66 million a year that these proposals cost more than they save by 2026/27?",
    )
    # 10,166 of 14,820 thousand pounds.
    assert of.findings[1].basis.startswith('Of what is added £10.2 million (69%) is "Real Living Wage". ')
    assert [one.id for one in of.findings] == ["balance", "later", "twice", "reused", "silent"]


def test_a_plan_that_saves_more_than_it_adds_is_told_so():
    frame = tables.read("savings_ledger")
    described = frame.attrs["table"]
    frame = frame[~frame["kind"].isin(["investment", "pressure"]) & (frame["status"] == "counted")].copy()
    frame.attrs["table"] = described
    of = ledger.read(frame, "Cambridgeshire")
    assert of.glance == "The proposals for 2022/23 cost £4.98 million less than they save." and not of.cautions
    assert of.summary[2] == "Who will count whether the £4.98 million are saved?"
    assert [one.id for one in of.findings] == ["balance", "later", "reused", "silent"]


def test_proposals_without_one_that_counts_are_refused():
    frame = tables.read("savings_ledger")
    described = frame.attrs["table"]
    frame = frame.assign(status="part of a sum")
    frame.attrs["table"] = described
    with pytest.raises(InputError, match="savings_ledger.csv has no row with the status counted"):
        ledger.read(frame, "Cambridgeshire")
