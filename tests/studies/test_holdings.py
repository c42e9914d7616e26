"""What the catalogue's tables hold, and the register made of it."""

import dataclasses

import pytest

from casebook import sections, tables
from casebook.studies.holdings import Holdings


@pytest.fixture
def prepared(monkeypatch):
    known = tables.Tables()
    return {
        name: known.prepare(name) for name in ("care_applications", "health_checks", "needs", "placement_weekly_costs")
    }


def test_tables_rows_and_corrections_are_counted(prepared):
    held = Holdings(list(prepared.values()))
    assert (
        str(held) == "four tables"
        and held.rows == sum(held.overview["rows"]) == 56 + 13 + len(prepared["needs"].frame) + 12
    )
    assert held.changed == held.corrections["cells"].sum() == sum(held.overview["corrected"]) > 0
    assert held.carry.endswith("cells carry") and held.carry[0].isupper()
    assert held.with_areas("Hertfordshire") == "both tables" and held.naming("Hertfordshire") == 2
    assert Holdings([prepared["needs"]]).with_areas("Hertfordshire") == "no tables"


def test_a_value_that_is_not_there_is_named_with_its_areas_and_counted(prepared):
    rates = prepared["care_applications"]
    frame = rates.frame.copy()
    frame.loc[frame["area"] == "England", "rate"] = float("nan")
    held = Holdings([dataclasses.replace(rates, frame=frame)])
    (gap,) = held.gaps.itertuples()
    assert gap.missing == f"{rates.table.columns[4].title}: East of England and England"
    assert (gap.values, held.missing, held.blank, held.absent) == (8, 8, "Eight values are", "no authorities are")


def test_an_authority_of_the_region_that_is_not_listed_is_named(prepared):
    checks = prepared["health_checks"]
    whole = Holdings([checks])
    fewer = Holdings([dataclasses.replace(checks, frame=checks.frame[checks.frame["area"] != "Luton"])])
    assert fewer.missing == whole.missing + 1
    assert "The whole area: Luton" in set(fewer.gaps["missing"]) - set(whole.gaps["missing"])


def test_without_corrections_no_cell_carries_another_name(prepared):
    held = Holdings([prepared["needs"]])
    assert (held.changed, held.carry) == (0, "No cells carry") and held.corrections.empty


def test_ranges_are_of_numbers_and_years_stand_apart(prepared):
    shown = sections.register(Holdings(list(prepared.values())))
    ranges, years = (part.frame.set_index("field") for part in (shown.ranges, shown.years))
    cost = ranges.loc["Weekly cost of a placement, by type: Lowest"]
    assert (cost["smallest"], cost["largest"]) == (350, 10_000)
    assert years[["smallest", "largest"]].to_numpy().tolist() == [[2017, 2020]]
    assert not any("Line of the paper" in field for field in ranges.index)
