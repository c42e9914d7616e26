"""The raw tables say what the papers print. Skipped where the papers or the exports are not to hand."""

import re

import pandas as pd
import pytest
from conftest import ROOT

RAW = ROOT / "data" / "raw"


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(RAW / f"{name}.csv", dtype="str", keep_default_na=False)


def test_every_care_rate_is_the_cell_of_its_line(papers):
    header = papers["004"][193].split("\t")
    for row in raw("care_applications").itertuples():
        number, area, *cells = papers["004"][int(row.line)].split("\t")
        assert (number, area) == (row.la_number, row.area)
        assert cells[header.index(row.year) - 2] == row.rate


def test_no_line_of_the_care_table_is_left_out(papers):
    assert sorted(raw("care_applications")["line"].astype(int).unique()) == list(range(194, 208))
    assert len(raw("care_applications")) == 14 * 4


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("chlamydia_detection", range(2842, 2854)),
        ("health_checks", range(2866, 2879)),
        ("smoking_prevalence", range(2893, 2906)),
    ],
)
def test_every_indicator_is_the_cell_of_its_line(papers, name, lines):
    table = raw(name)
    assert table["line"].astype(int).tolist() == list(lines)
    for row in table.itertuples():
        assert papers["004"][int(row.line)] == f"{row.area}\t{row.value}"


def test_every_saving_is_the_amount_of_its_line(papers):
    for row in raw("savings_schedule").itertuples():
        item, amount, total = papers["004"][int(row.line)].split("\t")
        assert item == row.item
        assert (total if row.kind == "total" else amount) == row.amount


def test_no_amount_of_the_savings_schedule_is_left_out(papers):
    printed = [amount for line in papers["004"][3014:3035] for amount in re.findall(r"£[\d,]+", line)]
    assert sorted(raw("savings_schedule")["amount"]) == sorted(printed)


def test_every_number_of_children_stands_in_its_line_in_the_words_given(papers):
    for row in raw("children_in_care").itertuples():
        line = papers[row.paper][int(row.line)]
        assert row.printed in line
        assert row.value in re.sub(r"(?<=\d),(?=\d)", "", row.printed)


def test_child_populations_are_the_official_estimates(exports):
    official = pd.read_csv(exports / "dfe" / "ons_mid-year_population_estimates_2012_to_2024.csv", dtype="str")
    official["area"] = official["la_name"].where(
        official["geographic_level"] == "Local authority", official["country_name"]
    )
    official = official[official["geographic_level"].isin(["Local authority", "National"])]
    official = official.set_index(["area", "time_period"])["population_estimate"]
    for row in raw("child_population").itertuples():
        assert official[row.area, row.year] == row.children


def test_area_codes_and_numbers_are_the_official_ones(exports):
    official = pd.read_csv(exports / "dfe" / "ons_mid-year_population_estimates_2012_to_2024.csv", dtype="str")
    official = official.drop_duplicates("la_name").set_index("la_name")
    for row in raw("areas").query("kind == 'authority'").itertuples():
        found = official.loc[row[1]]
        assert (found["new_la_code"], found["old_la_code"], found["region_name"]) == (
            row.code,
            row.la_number,
            row.region,
        )


def test_children_in_care_since_are_as_published(exports):
    published = pd.read_csv(exports / "dfe" / "cla_number_and_rate_per_10k_children.csv", dtype="str")
    published = published[published["population_type"] == "Children looked after on 31 March each year"]
    published = published.set_index(["la_name", "time_period"])
    columns = {"children": "children_count", "rate": "rate_per_10000"}
    rows = [row for row in raw("care_outturn").itertuples() if row.measure in columns]
    assert len(rows) == 10
    for row in rows:
        assert published.loc[(row.area, row.year), columns[row.measure]] == row.value


def test_care_applications_since_are_as_published(exports):
    published = pd.read_parquet(exports / "lait" / "bds_long_0.parquet")
    published = published[published["Short Desc"] == "CareApplications"].set_index(["LA and Regions", "Years"])[
        "Values"
    ]
    rows = [row for row in raw("care_outturn").itertuples() if row.measure == "care_applications_rate"]
    assert len(rows) == 10
    for row in rows:
        assert round(float(published[row.area, row.year]), 1) == float(row.value)
