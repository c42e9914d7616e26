"""The raw tables say what the papers print.

The papers are not in the repository: the lines that the tables quote are, and they are compared with the papers where
those are at hand. The official exports are not kept; what they are compared with is skipped where they are missing.
"""

import re

import pandas as pd
import pytest
from papers import PAPERS, RAW, ROOT, Lines, full, kept, quoted

from casebook.data import catalogue

CASES = [table.name for table in catalogue.load(ROOT).tables if "cashable" in table.column_names]


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(RAW / f"{name}.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def papers() -> dict[str, Lines]:
    return kept()


@pytest.fixture(scope="module")
def papers_in_full() -> dict[str, Lines]:
    if not PAPERS.is_dir():
        pytest.skip(f"the papers are not at {PAPERS} (set CASEBOOK_PAPERS to compare them)")
    return full()


def test_exactly_the_lines_that_the_tables_quote_are_kept(papers):
    assert {(paper, line) for paper, lines in papers.items() for line in lines} == quoted()


@pytest.mark.skipif(not PAPERS.is_dir(), reason=f"the papers are not at {PAPERS} (set CASEBOOK_PAPERS to compare them)")
def test_the_lines_kept_are_the_papers_own(papers):
    printed = full()
    for paper, lines in papers.items():
        for line, words in lines.items():
            assert words == printed[paper][line], f"paper {paper}, line {line}"


def test_no_question_that_figures_stand_under_is_left_out_of_the_headings(papers_in_full):
    # The papers ask the same eight questions of every case; a figure is told by the one that it answers.
    asked = re.compile(r"\d\. (Please|What|Has|Could|Are|Scope)")
    headings = {(row.paper, int(row.line)) for row in raw("paper_sections").itertuples()}
    figures = {(row.paper, int(row.line)) for row in raw("published_figures").itertuples()}
    for paper, lines in papers_in_full.items():
        questions = [line for line, words in lines.items() if asked.match(words)]
        known = sorted({line for one, line in headings if one == paper} | set(questions))
        for line in questions:
            until = next((one for one in known if one > line), max(lines) + 1)
            under = [one for one in range(line, until) if (paper, one) in figures]
            assert (paper, line) in headings or not under, f"paper {paper}, line {line}: {lines[line]}"


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
    printed = [amount for line in range(3014, 3035) for amount in re.findall(r"£[\d,]+", papers["004"][line])]
    assert sorted(raw("savings_schedule")["amount"]) == sorted(printed)


def test_every_sum_of_the_five_year_budget_is_the_cell_of_its_line(papers):
    years = ["2018", "2019", "2020", "2021", "2022"]
    table = raw("five_year_budget")
    for row in table.itertuples():
        item, *cells = papers["002"][int(row.line)].split("\t")
        if cells:
            assert (row.item, row.amount) == (item, cells[years.index(row.year)])
        else:
            assert row.amount in papers["002"][int(row.line)]


def test_no_line_of_the_five_year_budgets_tables_is_left_out():
    of_years = raw("five_year_budget").groupby("line")["year"].nunique()
    lines = [*range(71, 75), *range(79, 86), *range(90, 93), *range(99, 111), *range(112, 118), *range(119, 124)]
    assert of_years[of_years == 5].index.astype(int).tolist() == sorted([*lines, *range(130, 134)], key=str)


def test_every_amount_proposed_stands_on_its_line_in_the_words_given(papers):
    scales = {"pounds": 1, "thousand pounds": 1_000, "million pounds": 1_000_000, "": 1}
    for row in raw("savings_ledger").itertuples():
        assert row.printed in papers[row.paper][int(row.line)], row.item
        numbers = [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", row.printed)]
        stands = any(abs(one * scales[row.unit] - abs(float(row.amount or "nan"))) < 0.5 for one in numbers)
        assert stands if row.amount else row.status == "counted", row.item


def test_what_takes_off_a_budget_is_below_nothing_and_what_adds_to_it_above():
    signs = {"saving": -1, "income": -1, "cost avoidance": -1, "investment": 1, "pressure": 1, "capital": 1}
    rows = [row for row in raw("savings_ledger").itertuples() if row.amount]
    turned = {row.item for row in rows if float(row.amount) * signs[row.kind] < 0}
    # Savings planned before: one is given up, the other brought forward.
    assert turned == {
        "Children's Disability 0-25 Service: saving planned before, given up",
        "Children's Disability 0 - 25 Service, less what is brought forward",
    }


def test_every_head_of_a_proposal_for_2022_23_has_its_sum(papers_in_full):
    heads = [
        line
        for line, words in papers_in_full["004"].items()
        if re.match(r"202[2-4]-\d\d (Savings|Investment|Income|income|Pressure|Revenue)[^£]*£|202[34]-\d\d -£", words)
    ]
    ledger = raw("savings_ledger")
    kept = set(ledger.loc[ledger["paper"] == "004", "line"].astype(int))
    # These sums are taken from the line of the case that says more of them.
    elsewhere = {268, 270, 987, 2202, 2489, 2692, 3801, 4066, 4399, 4401, 4770, 5992}
    assert set(heads) - kept == elsewhere and len(heads) > 40


def test_every_part_of_a_proposal_is_the_cell_of_its_line(papers):
    for row in raw("proposal_parts").itertuples():
        assert row.amount in papers[row.paper][int(row.line)]


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
    official = pd.read_csv(exports / "dfe" / "cla_number_and_rate_per_10k_children.csv", dtype="str")
    official = official.drop_duplicates("la_name").dropna(subset="la_name").set_index("old_la_code")
    spelt = dict(raw("area_spellings")[["spelling", "name"]].itertuples(index=False))
    known = raw("areas").query("kind == 'authority'")
    assert len(known) == 153
    for row in known.itertuples():
        found = official.loc[row.la_number]
        region = found["region_name"].removeprefix("Inner ").removeprefix("Outer ")
        name = spelt.get(found["la_name"], found["la_name"])
        assert (name, found["new_la_code"], region) == (row[1], row.code, row.region)


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


def test_every_plan_by_need_is_the_cell_of_its_line(papers):
    table = raw("ehcps_by_need")
    assert table["line"].astype(int).tolist() == list(range(795, 807))
    for row in table.itertuples():
        assert papers["004"][int(row.line)].split("\t") == [
            row.need,
            row.january_2020,
            row.january_2031,
            row.change,
            row.change_per_cent,
        ]


def test_every_population_is_the_cell_of_its_line(papers):
    for row in raw("population_forecast").itertuples():
        assert papers["004"][int(row.line)].split("\t") == [
            row.year,
            row.age_0_4,
            row.age_5_14,
            row.age_15_17,
            row.age_0_17,
            row.increase_on_2016,
            row.prevalence,
        ]


def test_every_figure_of_the_text_stands_in_its_line_in_the_words_given(papers):
    for row in raw("prose_figures").itertuples():
        line = papers[row.paper][int(row.line)]
        assert row.printed in line, row.id
        numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", "", row.printed))}
        in_words = dict(
            zip(["two", "three", "four", "five", "six", "seven", "eight", "nine"], range(2, 10), strict=True)
        )
        in_words |= {"twice": 2, "fourteen": 14, "twenty-eight": 28}
        numbers |= {number for word, number in in_words.items() if re.search(rf"\b{word}\b", row.printed)}
        assert (
            numbers & {float(row.value) / scale for scale in (1, 1_000, 1_000_000)}
            or row.printed == "at least a third of children and young people on existing case loads"
        ), row.id


def test_every_referral_share_is_the_cell_of_its_line(papers):
    for row in raw("ot_referrals").itertuples():
        assert papers["004"][int(row.line)].split("\t")[:2] == [row.agencies, row.share]
    for row in raw("ot_referral_reasons").itertuples():
        assert f"in {row.share} of all referrals" in papers["004"][int(row.line)]


def test_every_post_and_sum_of_funding_stands_in_its_line(papers):
    for row in raw("ot_posts").itertuples():
        line = papers["004"][int(row.line)].lower()
        assert f"{row.posts} x band {row.band}" in line
        assert row.service.lower() in line
    for row in raw("ot_funding").itertuples():
        assert row.printed in papers["004"][int(row.line)]
        digits = int(re.sub(r"\D", "", row.printed)) * (1000 if row.printed.endswith("k") else 1)
        assert digits == int(row.amount)


def test_every_month_of_recruitment_is_the_cell_of_its_line(papers):
    table = raw("foster_recruitment")
    assert table["line"].astype(int).tolist() == list(range(92, 105))
    for row in table.itertuples():
        assert papers["000"][int(row.line)].split("\t")[1:] == [row.placements, row.cost_avoided]


def test_every_cell_of_the_scenarios_is_that_of_its_line(papers):
    table = raw("care_scenarios")
    order = ["Low Optimism", "Middle Optimism", "High Optimism"]
    assert len(table) == 13 * 3
    for row in table.itertuples():
        cells = papers["000"][int(row.line)].split("\t")
        position = order.index(row.scenario)
        assert (cells[1 + position], cells[4 + position]) == (row.children, row.cost_avoided)


def test_months_of_both_tables_are_those_of_their_lines(papers):
    for name in ("foster_recruitment", "care_scenarios"):
        for row in raw(name).itertuples():
            words = papers["000"][int(row.line)].split("\t")[0]
            if row.month != "2020-03-31":
                month = pd.Timestamp(row.month)
                assert month.strftime("%b") in words
                assert str(month.year) in words


def test_every_total_of_cost_avoided_stands_in_its_line(papers):
    for row in raw("cost_avoided_totals").itertuples():
        assert row.amount in papers["000"][int(row.line)].split("\t")


def test_every_weekly_cost_stands_in_its_line_in_the_words_given(papers):
    for row in raw("placement_weekly_costs").itertuples():
        assert row.printed in papers[row.paper][int(row.line)]
        numbers = [
            int(number.replace(",", "")) * (1000 if k else 1) for number, k in re.findall(r"£([\d,]+)(k?)", row.printed)
        ]
        assert int(row.lowest) == numbers[0]
        if row.highest:
            assert int(row.highest) == numbers[-1]


def test_plans_since_are_as_published(exports):
    published = pd.read_parquet(exports / "lait" / "bds_long_0.parquet")
    published = published[published["Short Desc"] == "SEN_CASES_JAN"].set_index(["LA and Regions", "Years"])["Values"]
    for row in raw("ehcp_outturn").itertuples():
        assert float(published[row.area, row.year]) == float(row.plans)


def test_plans_by_need_since_are_as_published(exports):
    published = pd.read_csv(exports / "sen2" / "sen_needs_all_plans.csv", dtype="str", encoding="utf-8-sig")
    published = published[
        (published["la_name"] == "Cambridgeshire") & (published["breakdown_topic"] == "All EHC plans")
    ].iloc[0]
    columns = dict(
        zip(
            raw("ehcps_by_need_outturn")["need"],
            ("asd", "semh", "mld", "slcn", "pd", "sld", "pmld", "spld", "hi", "vi", "msi", "oth"),
            strict=True,
        )
    )
    table = raw("ehcps_by_need_outturn")
    for row in table.itertuples():
        assert published[f"number_{columns[row.need]}"] == row.plans
    assert table["plans"].astype(int).sum() == int(published["ehc_plans"]) == 8007


def test_every_saving_without_a_case_stands_in_its_line_in_the_words_given(papers):
    for row in raw("portfolio_others").itertuples():
        line = int(row.line)
        assert row.printed in papers[row.paper][line], row.subject
        here = row.printed_once in papers[row.paper][line]
        assert here or row.printed_once in papers[row.paper][line + 1], row.subject


@pytest.mark.parametrize("case", CASES)
def test_every_row_of_a_case_stands_in_its_line_in_the_words_given(papers, case):
    for row in raw(case).itertuples():
        assert row.printed in papers[row.paper][int(row.line)], row.id
        assert not row.range or row.range in papers[row.paper][int(row.range_line)], row.id
        assert bool(row.amount) != (row.kind == "missing") or row.kind == "benefit"
        assert bool(row.range) == bool(row.low or row.high)


@pytest.mark.parametrize("table", ["young_adults_team", "direct_payments"])
def test_every_row_of_a_team_or_a_short_series_stands_in_its_line_in_the_words_given(papers, table):
    for row in raw(table).itertuples():
        assert row.printed in papers[row.paper][int(row.line)], row.id
        assert bool(row.amount) != (row.kind in ("missing", "unusual")), row.id


def test_clawbacks_are_every_cell_of_their_lines(papers):
    for row in raw("direct_payment_clawbacks").itertuples():
        cells = papers["004"][int(row.line)].split("\t")[-6:]
        assert [row.period.replace("Total", ""), row.q1, row.q2, row.q3, row.q4, row.total] == cells, row.line
        assert ("Count" in papers["004"][int(row.line)] or int(row.line) in range(4872, 4876)) == (
            row.measure == "number"
        )


def test_every_published_figure_stands_in_its_line_as_printed(papers):
    for row in raw("published_figures").itertuples():
        line = papers[row.paper][int(row.line)]
        if row.table in (
            "care_applications",
            "ehcps_by_need",
            "population_forecast",
            "foster_recruitment",
            "care_scenarios",
            "cost_avoided_totals",
            "five_year_budget",
        ):
            assert row.printed in line.split("\t"), row.id
        else:
            assert row.printed in line, row.id
