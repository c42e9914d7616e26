"""The published pack: complete, and every headline true by a calculation of its own.

The calculations here read the raw CSV files with the standard library and share no code with Casebook.
"""

import csv
import hashlib
import re
import statistics
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import openpyxl
import pytest
from bs4 import BeautifulSoup
from conftest import MADE, ROOT

from casebook.data import catalogue

pytestmark = pytest.mark.slow

EVERYWHERE = ["register", "care-rates", "chlamydia", "health-checks", "smoking"]
NAMES = [
    *EVERYWHERE,
    "public-health-savings",
    "savings-ledger",
    "five-year-budget",
    "ehcp-forecast",
    "ot-demand",
    "placement-costs",
    "care-home-support",
    "enhanced-response",
    "informal-carers",
    "independent-living-buy",
    "independent-living-make",
    "safe-team",
    "interim-beds",
    "bus-gates",
    "transport-workstreams",
    "multi-systemic-therapy",
    "victoria-road",
    "young-adults-team",
    "think-communities",
    "real-living-wage",
    "members-allowances",
    "county-farms",
    "direct-payments",
    "transport-demand",
    "disability",
    "active-parks",
    "care-together",
    "send-transformation",
    "biodiversity",
    "flood-action",
    "climate-risk",
    "portfolio",
]
EAST = {"Bedford", "Cambridgeshire", "Central Beds", "Essex", "Hertfordshire", "Luton", "Norfolk", "Peterborough", "Southend-on-Sea", "Suffolk", "Thurrock"}  # fmt: skip


def rows(name):
    with (ROOT / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def care():
    return {
        (row["area"], int(row["year"])): float(row["rate"]) for row in rows("care_applications") if row["rate"] != "-"
    }


def others_in_2020(area):
    outside = {area, "England", "Statistical Neighbours", "East of England"}
    return [rate for (name, year), rate in care().items() if year == 2020 and name not in outside]


def values(indicator):
    return {row["area"]: float(row["value"]) for row in rows(indicator)}


def test_a_pack_has_every_report_of_the_pipeline_in_its_order(pack):
    for area, names in (("Cambridgeshire", NAMES), ("Hertfordshire", EVERYWHERE)):
        entries = [entry for entry in pack.pack()["reports"] if entry["area"] == area]
        assert [entry["name"] for entry in entries] == names
        assert {entry["status"] for entry in entries} == {"succeeded"}


def test_every_entry_says_what_it_was_made_from_and_where_it_is(pack):
    for entry in pack.pack()["reports"]:
        assert (pack.root / "reports" / entry["html"]).is_file()
        assert (pack.root / "reports" / entry["notebook"]).is_file()
        assert entry["html"] == f"{entry['area'].lower()}/{entry['name']}.html"
        assert entry["seconds"] > 0
        # What is published does not tell where it was made.
        assert str(pack.root) not in (pack.root / "reports" / entry["notebook"]).read_text(encoding="utf-8")
        assert entry["inputs"]
        for read in entry["inputs"]:
            if read["path"].startswith("reports/"):
                continue
            assert hashlib.sha256((pack.root / read["path"]).read_bytes()).hexdigest() == read["sha256"]
        assert 2 <= len(entry["headlines"]) <= 5
        assert 2 <= len(entry["summary"]) <= 3
        assert entry["summary"][-1].endswith("?")
        said = [*entry["summary"], *(headline["text"] for headline in entry["headlines"])]
        assert max(len(one.split()) for one in said) <= 25
        for headline in entry["headlines"]:
            assert set(headline) == {"id", "text", "value", "unit", "alert_threshold", "basis", "ranks", "period"}
            assert headline["text"].endswith(".")


def test_summaries_say_the_latest_figures_that_are_held(pack):
    assert pack.report("care-rates")["summary"] == [
        "In the year to March 2025 care applications rose to 7.6 for every 10,000 children, and children in care rose to 705.",
        "The target of 47 in care for every 10,000 was met in March 2023; March 2025's 49 is above it.",
        "Is the rise in care applications more than chance, and will it last?",
    ]
    assert "no later figures are held" in pack.report("care-rates", "Hertfordshire")["summary"][2]
    assert pack.report("placement-costs")["summary"][0] == (
        "On 31 March 2021 Cambridgeshire had 640 children in care, fewer than the scenarios foresaw (650 to 720)."
    )
    assert pack.report("ehcp-forecast")["summary"][0] == (
        "In January 2025 8,007 plans were in force, 9% more than a year before."
    )


def half_up(value, decimals=0):
    return f"{Decimal(f'{value:.10f}').quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"


def test_care_rates_draws_applications_and_children_in_care_to_the_latest_year_first(pack):
    page = BeautifulSoup(pack.page("care-rates"), "html5lib")
    first, second = (page("figure")[place].details.table for place in (0, 1))
    assert page.find("figure").find_previous("h2").text == "Where things stand"
    headers = [cell.text for cell in first.thead("th")]
    rows_of = {row.th.text: [cell.text for cell in row("td")] for row in first.tbody("tr")}
    assert headers[-1] == "Year to March 2025, per 10,000 children"
    assert (rows_of["Cambridgeshire"][-1], rows_of["England"][-1]) == ("7.6", "9.1")
    assert rows_of["Mean of the similar councils"][3:5] == ["9.0", "[x]"]
    assert "Official figures 31 March 2025 705" in " ".join(second.get_text(" ").split())


def test_care_rates_says_what_the_table_says_of_cambridgeshire(pack):
    headline = pack.headline("care-rates", "care-applications-path")
    assert headline["said"] == (
        "Cambridgeshire's rate of care applications fell from 12.0 in 2017 to 8.0 in 2020. For every 10,000 children, in "
        "years to March: from second highest to eighth highest of the eleven authorities. The mean of its ten similar "
        "councils stayed at 9.0."
    )
    assert headline["value"] == care()["Cambridgeshire", 2020]


@pytest.mark.parametrize(
    ("area", "group"),
    [("Cambridgeshire", "its ten similar councils"), ("Hertfordshire", "the ten other authorities in the table")],
)
def test_the_distance_from_the_average_is_true(pack, area, group):
    rate, mean, england = care()[area, 2020], statistics.mean(others_in_2020(area)), care()["England", 2020]
    children = next(int(row["children"]) for row in rows("child_population") if row["area"] == area)
    # Byar's upper limit for the count worked back from the rate: does the interval hold the mean?
    count = rate * children / 10_000 + 1
    upper = count * (1 - 1 / (9 * count) + 1.959963984540054 / (3 * count**0.5)) ** 3 / children * 10_000
    similar = upper >= mean
    assert similar == (area == "Cambridgeshire")
    headline = pack.headline("care-rates", "care-applications-gap", area)
    assert headline["value"] == pytest.approx(rate - mean)
    assert headline["text"] == (
        f"In the year to March 2020 the rate was {half_up(mean - rate, 1)} ({half_up((mean - rate) / mean * 100)}%) below the mean of {group}."
    )
    assert ("Chance could explain the difference." in headline["basis"]) == similar
    assert ("Chance alone would not explain it." in headline["basis"]) != similar
    assert (
        f"{half_up(england - rate, 1)} ({half_up((england - rate) / england * 100)}%) below England's."
        in headline["basis"]
    )


@pytest.mark.parametrize("area", ["Cambridgeshire", "Hertfordshire"])
def test_the_distance_in_applications_is_true(pack, area):
    children = next(int(row["children"]) for row in rows("child_population") if row["area"] == area)
    gap = (care()[area, 2020] - statistics.mean(others_in_2020(area))) * children / 10_000
    headline = pack.headline("care-rates", "care-applications-in-numbers", area)
    assert headline["value"] == pytest.approx(gap)
    own = area == "Cambridgeshire"
    whom, group = (
        ("similar councils", "its ten similar councils")
        if own
        else ("others", "the ten other authorities in the table")
    )
    assert headline["said"].startswith(
        f"In the year to March 2020 {area} made about {abs(gap):.0f} fewer care applications than at the mean of the "
        f"{whom}. The comparison is with {group}, and for {children:,} children ("
    )


def test_children_in_care_against_the_neighbours_rate_is_true(pack):
    headline = pack.headline("care-rates", "children-in-care-gap")
    assert headline["value"] == 780 - 630
    assert "about 780 children in care, about 150 more than at the rate of similar councils" in headline["text"]
    assert "it would have had about 630" in headline["basis"]
    assert f"a year before it was about {715 - 610} more" in headline["basis"]


def test_the_target_of_2023_is_set_against_what_happened(pack):
    happened = {
        (row["measure"], row["year"]): float(row["value"])
        for row in rows("care_outturn")
        if row["area"] == "Cambridgeshire"
    }
    headline = pack.headline("care-rates", "target-2023")
    assert headline["value"] == happened["rate", "2023"] == 46
    assert headline["said"] == (
        "The target of 47 children in care for every 10,000 by March 2023 was met. Cambridgeshire had 46 (632 children). "
        "In March 2025 it was 49."
    )


def test_hertfordshires_report_says_that_the_group_is_not_its_own(pack):
    page = pack.page("care-rates", "Hertfordshire")
    assert "They are not those similar to Hertfordshire, which the source does not print" in page.replace("&#39;", "'")


def test_a_page_of_an_area_that_no_paper_is_about_says_nothing_of_papers(pack):
    page = BeautifulSoup(pack.page("care-rates", "Hertfordshire"), "html5lib")
    headings = [heading.text for heading in page(["h2", "h3"])]
    assert "How it came about" in headings and "Assumptions and limits" in headings
    assert not {"What the papers said", "The target for March 2023"} & set(headings)
    there = BeautifulSoup(pack.page("care-rates"), "html5lib")
    assert "What the papers said" in [heading.text for heading in there("h2")]


@pytest.mark.parametrize("area", ["Cambridgeshire", "Hertfordshire"])
@pytest.mark.parametrize(
    ("report", "indicator", "decimals"),
    [
        ("chlamydia", "chlamydia_detection", 0),
        ("health-checks", "health_checks", 1),
        ("smoking", "smoking_prevalence", 1),
    ],
)
def test_an_indicator_is_set_against_region_england_and_the_others(pack, report, indicator, decimals, area):
    printed = values(indicator)
    region = printed.get("East of England", printed.get("East of England region"))
    here, england = printed[area], printed["England"]
    text = pack.headline(report, "value-and-place", area)["said"]
    higher = sum(value > here for name, value in printed.items() if name in EAST)
    lower = sum(value < here for name, value in printed.items() if name in EAST)
    ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
    words = (
        {0: "highest"}.get(higher)
        or {0: "lowest"}.get(lower)
        or (f"{ordinals[lower]} lowest" if lower < 3 else f"{ordinals[higher]} highest")
    )
    joint = sum(value == here for name, value in printed.items() if name in EAST) > 1
    number = {10: "ten", 11: "eleven"}[len(EAST & set(printed))]
    assert f"the {'joint ' if joint else ''}{words}" in text
    assert f"of the {number} authorities of the East of England" in text
    assert ("with a figure" in text) == (number == "ten")
    for other, label in ((region, "the region"), (england, "England")):
        side = "above" if here > other else "below"
        assert f"({half_up(abs(here - other) / other * 100)}%) {side} {label} ({other:,.{decimals}f})" in text
        assert f"{abs(here - other):,.{decimals}f}" in text


def test_who_meets_the_goal_is_true(pack):
    headline = pack.headline("chlamydia", "goal")
    meeting = [name for name, value in values("chlamydia_detection").items() if name in EAST and value >= 2300]
    assert (headline["value"], meeting) == (1, ["Peterborough"])
    assert (
        "one of the ten authorities printed meets it. Cambridgeshire does not: it is 1,200 (52%) below it. It is met by "
        "Peterborough." in headline["said"]
    )


def test_no_goal_is_applied_where_none_is_held(pack):
    for report in ("health-checks", "smoking"):
        assert "goal" not in {headline["id"] for headline in pack.report(report)["headlines"]}
        assert "No national goal is held for this indicator" in pack.page(report)


@pytest.mark.parametrize(
    ("report", "indicator", "event"),
    [
        ("health-checks", "health_checks", "people offered a check"),
        ("smoking", "smoking_prevalence", "adults surveyed"),
    ],
)
def test_the_smallest_number_for_a_real_difference_is_true(pack, report, indicator, event):
    # Wilson's interval of a count k leaves out b exactly when (k - b n)^2 > z^2 b (1 - b) n; k is the nearest to p n.
    p, b = values(indicator)["Cambridgeshire"] / 100, values(indicator)["England"] / 100
    many = np.arange(1, 10**5)
    chance = (np.rint(p * many) - b * many) ** 2 <= 1.959963984540054**2 * b * (1 - b) * many
    people = int(many[chance][-1]) + 1
    text = pack.headline(report, "significance")["said"]
    assert text.startswith(
        f"The paper gives no count for Cambridgeshire, so its difference from England was not tested for chance. With about {float(f'{people:.2g}'):,.0f} {event} "
    )
    assert " or more behind it, chance would not explain its gap to England." in text
    assert text.endswith("not a simple random sample.") == (report == "smoking")
    assert f">{people:,}<" in pack.page(report)


@pytest.mark.parametrize(
    ("report", "service"),
    [("chlamydia", "Chlamydia Screening"), ("health-checks", "Health Checks"), ("smoking", "Stop smoking service")],
)
def test_what_the_savings_schedule_takes_is_true(pack, report, service):
    pounds = lambda text: int(text.replace("£", "").replace(",", ""))  # noqa: E731
    items = [
        pounds(row["amount"]) for row in rows("savings_schedule") if (row["service"], row["kind"]) == (service, "item")
    ]
    headline = pack.headline(report, "savings")
    assert headline["value"] == sum(items)
    assert f"£{sum(items):,} every year from" in headline["text"]
    assert f"{sum(items) / 220_000:.0%} of the £220,000" in headline["basis"]


def test_an_authority_that_is_not_printed_is_named_as_missing(pack):
    assert "The paper gives no value for Thurrock: [x]." in pack.page("chlamydia")
    for report in ("health-checks", "smoking"):
        assert "The paper gives no value for" not in pack.page(report)
        assert "Thurrock" in pack.page(report)


def test_the_register_counts_what_is_there(pack):
    tables = [rows(path.stem) for path in (ROOT / "data" / "raw").glob("*.csv")]
    headline = pack.headline("register", "tables-in-order")
    assert headline["value"] == sum(len(table) for table in tables)
    assert f"All {len(tables)} tables" in headline["text"]
    blank, absent = 0, 0
    for table in catalogue.load(ROOT).tables:
        lines = rows(table.name)
        fields = [one.name for one in table.columns if one.type != "string" and one.role is None]
        # In a list of what a case or a budget is made of a cell is blank that does not apply.
        if table.name != "areas" and not {"id", "item"} <= set(table.column_names):
            blank += sum(line[name] in table.missing for line in lines for name in fields)
        if table.indicator:
            assert table.indicator.region == "East of England", "this test knows the authorities of no other region"
            absent += len(EAST - {line["area"] for line in lines})
    assert blank > 0
    assert absent > 0
    assert pack.headline("register", "gaps")["value"] == blank + absent
    assert not re.search(r"\blines? \d|\b[Pp]aper \d{3}", pack.page("register"))
    spellings = {row["spelling"] for row in rows("area_spellings")}
    cells = sum(row.get("area") in spellings for table in tables for row in table)
    assert pack.headline("register", "corrections")["value"] == cells > 0


def test_the_pack_says_when_it_was_published(pack):
    assert pack.pack()["published"] == MADE
    assert MADE in (pack.root / "reports" / "index.html").read_text(encoding="utf-8")


def test_processed_tables_are_left_for_other_programs(pack):
    written = {path.stem for path in (pack.root / "data" / "processed").glob("*.csv")}
    assert written == {path.stem for path in (ROOT / "data" / "raw").glob("*.csv")}


def test_the_ranking_of_all_cases_is_data_for_programs_and_says_what_the_page_and_its_spreadsheet_say(pack):
    report = pack.report("portfolio")
    (ranking,) = [one for one in report["data"] if one["name"] == "ranking"]
    cases = ranking["rows"]
    units = {column["name"]: column["unit"] for column in ranking["columns"]}
    assert {units[name] for name in ("asked", "saved", "stake")} == {"pounds"}
    assert (units["payback"], units["chance"], units["stands"]) == ("years", "per cent", "per cent")
    assert all(list(case) == list(units) for case in cases)
    assert all(
        case[name] is None or type(case[name]) in (int, float) for case in cases for name in units if units[name]
    )
    assert [case["place"] for case in cases] == list(range(1, len(cases) + 1))
    assert {case["report"] for case in cases if case["report"]} < set(NAMES)
    lacking = [case["case"] for case in cases if not case["report"]]
    assert lacking == [case["case"] for case in cases if case["kind"] == "too little printed"]

    caption = "All cases, those with most at stake first; sums in thousand pounds a year"
    page = BeautifulSoup(pack.page("portfolio"), "html.parser")
    table = next(one for one in page("table") if one.caption and caption in one.caption.text)
    shown = [[cell.get_text(strip=True) for cell in row(["th", "td"])] for row in table.tbody("tr")]
    book = openpyxl.load_workbook(pack.root / "reports" / report["spreadsheet"])
    sheet = next(one for one in book if one["A1"].value == caption)
    written = [list(row) for row in sheet.iter_rows(values_only=True)]
    first = next(number for number, row in enumerate(written) if row[:2] == ["Case", "Asked for"]) + 1
    assert len(shown) == len(cases) == len(written) - first
    for case, of_page, of_sheet in zip(cases, shown, written[first:], strict=True):
        for name, said, cell in zip(
            ("case", "asked", "saved", "payback", "chance", "stands", "matters", "right"),
            of_page,
            of_sheet,
            strict=True,
        ):
            value = case[name]
            if name == "payback" and case["pays_back"] is False:
                assert (value, said, cell) == (None, "never", "never")
            elif value is None:
                assert said == cell == "[x]"
            elif units[name]:
                exact = value / 1000 if units[name] == "pounds" else value
                half = 0.05 if name == "payback" else 0.5
                assert abs(float(said.replace(",", "")) - exact) <= half and abs(cell - exact) <= half
            else:
                assert said == cell == value
