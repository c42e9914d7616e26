"""Tables for analysis: official names and codes, honest gaps, and a file in data/processed."""

import pandas as pd
import pytest

from casebook.data import tables
from casebook.data.tables import Tables
from casebook.errors import InputError


@pytest.fixture
def here(project, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    return project


def test_areas_have_one_spelling_and_an_official_code(here):
    frame = tables.read("health_checks")
    central = frame[frame["area"] == "Central Bedfordshire"].iloc[0]
    assert (central["area_code"], central["value"]) == ("E06000056", 49.8)
    assert "Central Beds" not in set(frame["area"])
    assert frame.loc[frame["area"] == "East of England", "area_code"].item() == "E12000006"


def test_each_change_of_a_name_is_recorded_with_its_row(here):
    (change,) = Tables(here.root).prepare("smoking_prevalence").corrections
    assert (change.row, change.column, change.printed, change.used) == (
        6,
        "area",
        "Central Beds",
        "Central Bedfordshire",
    )


def test_a_figure_printed_as_a_dash_is_missing_and_not_zero(here):
    frame = tables.read("care_applications")
    region = frame[frame["area"] == "East of England"]
    assert len(region) == 4
    assert region["rate"].isna().all()


def test_amounts_are_numbers_whether_printed_with_a_comma_or_not(here):
    frame = tables.read("savings_schedule").set_index("line")
    assert frame.loc[[3019, 3020], "amount"].tolist() == [5000, 20000]


def test_a_table_of_one_area_is_no_other_areas(here):
    with pytest.raises(InputError, match="savings_schedule.csv is of Cambridgeshire, not of Norfolk: choose Cambridge"):
        tables.own(tables.read("savings_schedule"), "Norfolk")
    here.replace("data/raw/savings_schedule.yaml", "area: Cambridgeshire", "area: Cambridgshire")
    with pytest.raises(InputError, match="no area called 'Cambridgshire': did you mean Cambridgeshire"):
        tables.read("savings_schedule")


def test_a_table_read_for_an_area_has_its_rows_and_none_where_it_is_anothers(here):
    assert tables.read("ot_posts", "Essex").empty
    assert tables.read("ot_posts", "Cambridgeshire").equals(tables.read("ot_posts"))
    assert set(tables.read("children_in_care", "Cambridgeshire")["area"]) == {"Cambridgeshire"}


def test_reading_leaves_the_same_table_in_processed(here):
    frame = tables.read("children_in_care")
    written = pd.read_csv(
        here.root / "data/processed/children_in_care.csv", dtype={"paper": "str"}, parse_dates=["date"]
    )
    assert written["value"].tolist() == frame["value"].tolist()
    assert written["area_code"].tolist() == frame["area_code"].tolist()
    assert written["date"].isna().tolist() == frame["date"].isna().tolist()


def test_reading_follows_the_raw_file_and_never_an_older_processed_one(here):
    tables.read("smoking_prevalence")
    here.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,17.1")
    here.pipeline("accept")
    frame = tables.read("smoking_prevalence")
    assert frame.loc[frame["area"] == "Luton", "value"].item() == 17.1
    assert "17.1" in (here.root / "data/processed/smoking_prevalence.csv").read_text()


@pytest.mark.parametrize(
    ("row", "area"), [("2893,England,13.9\n", "England"), ("2894,East of England,13.7\n", "East of England")]
)
def test_a_table_without_the_area_its_reports_compare_with_is_refused(here, row, area):
    here.replace("data/raw/smoking_prevalence.csv", row, "")
    with pytest.raises(
        InputError, match=f"smoking_prevalence.csv has no row for {area}, which its reports compare with: add the row"
    ):
        tables.read("smoking_prevalence")


def test_a_year_left_out_for_one_area_is_named(here):
    here.replace("data/raw/care_applications.csv", "195,869,West Berkshire,2018,10.00\n", "")
    with pytest.raises(InputError, match="no row for West Berkshire in 2018"):
        tables.read("care_applications")


def test_a_number_beyond_belief_is_refused(here):
    here.replace("data/raw/savings_schedule.csv", "£5000,item", f"£{'9' * 30},item")
    with pytest.raises(InputError, match="expected a whole number"):
        tables.read("savings_schedule")


def test_raw_files_are_never_written(here):
    def content():
        return {path: path.read_bytes() for path in (here.root / "data/raw").rglob("*") if path.is_file()}

    before = content()
    tables.read_all()
    assert content() == before


def test_an_area_is_split_from_the_other_authorities_only(here):
    own, others = tables.split(tables.read("care_applications"), "Cambridgeshire")
    assert set(own["area"]) == {"Cambridgeshire"}
    assert others["area"].nunique() == 10
    assert not {"England", "East of England", "Statistical neighbours"} & set(others["area"])


def test_an_area_that_a_table_lacks_is_refused_with_those_it_has(here):
    with pytest.raises(InputError, match="Luton is not in the table 'Care applications.*Wiltshire"):
        tables.split(tables.read("care_applications"), "Luton")


@pytest.mark.parametrize(("first", "last", "words"), [(2015, 2020, "first_year is 2015"), (2017, 2031, "last_year is 2031"), (2019, 2018, "after last_year")])  # fmt: skip
def test_years_outside_the_table_are_refused(here, first, last, words):
    with pytest.raises(InputError, match=words):
        tables.between(tables.read("care_applications"), first, last)


def test_an_area_is_found_by_name_code_or_printed_spelling(here):
    assert {tables.authority(name).la_number for name in ("Central Bedfordshire", "E06000056", "Central Beds")} == {823}


def test_a_region_is_not_an_authority(here):
    with pytest.raises(InputError, match="East of England is a region, not a local authority"):
        tables.authority("East of England")


def test_the_project_is_found_from_the_notebooks_folder(here, monkeypatch):
    monkeypatch.delenv("CASEBOOK_PROJECT")
    monkeypatch.chdir(here.root / "notebooks")
    assert Tables().root == here.root
