"""All cases in one view: one ranking, by what each asks for or saves, whether its figures stand, and what is missing."""

import csv

import pandas as pd
import pytest

from casebook import appraisal, portfolio, sections, tables
from casebook.data import catalogue, project
from casebook.errors import InputError
from casebook.studies.portfolio import Entry

OTHERS = project.root() / "data" / "raw" / "portfolio_others.csv"


@pytest.fixture(scope="module")
def of():
    return portfolio.of(tables.read_all(), tables.read("portfolio_others"), "Cambridgeshire", appraisal.Basis())


@pytest.fixture(scope="module")
def ranking(of):
    return of.ranking.set_index("case")


def others(kind):
    with OTHERS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


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
    # Direct payments bring less than they cost, too; their report compares scenarios and appraises nothing.
    assert of.verdict.startswith("Nine of twelve cases that spend to save") and len(of.paying) == 9
    assert of.cautions[0] == "3 cost more than they bring"
    assert len(of.paying) + 2 == len(of.cases) and of.lost.startswith('Even then, "Independent Living, built by')
    assert all(one.chance.value < 90 for one in of.unsure) and of.unsure


def test_every_kind_of_case_is_in_one_ranking_and_none_twice(of, ranking):
    pack = project.root() / "pipeline.py"
    listed = [
        line for line in pack.read_text(encoding="utf-8").splitlines() if '"case": ' in line and '"in-step"' not in line
    ]
    assert len(ranking) == len(listed) + len(others("too little printed")) + len(others("own report"))
    assert set(ranking["kind"]) == {
        "spends to save", "sum of parts", "staff for a list", "series", "ledger", "too little printed", "own report",
    }  # fmt: skip
    assert ranking.index.is_unique and list(ranking["stake"]) == sorted(ranking["stake"], reverse=True)
    assert all(ranking["missing"].str.len() > 4)


def test_what_is_at_stake_is_the_larger_of_what_is_asked_for_and_saved_in_the_year_when_it_is_most(ranking):
    carers = ranking.loc["Support for informal carers"]
    assert (carers["asked"], carers["saved"], carers["stake"]) == (323_420, 219_143, 323_420)
    beds = ranking.loc["Interim and respite beds"]
    assert (beds["asked"], beds["saved"], beds["stake"]) == (457_500, 799_000, 799_000)
    farms, allowances = ranking.loc["Rents of county farms"], ranking.loc["Members' allowances"]
    assert (farms["saved"], allowances["saved"]) == (252_000, 40_000)
    # £19.7 million "over three years" is how much lower the overspend of the third alone is; the plan costs most in the second.
    special = ranking.loc["Changing support for special needs"]
    assert (special["asked"], special["saved"]) == (528_291, 19_700_000)
    # The wage rises every year until 2026/27, and what is asked for once counts in the first year.
    assert ranking.loc["Real Living Wage in adult social care", "asked"] == 10_166_000
    assert ranking.loc["Managing climate risk", "asked"] == 340_000
    assert ranking.loc["Special needs: casework, psychology and planning", "asked"] == 562_200 + 325_000
    assert ranking.loc["Fund for health impact assessments", "asked"] == 125_000 + 45_000
    assert ranking.loc["Young Adults Team", "asked"] == 148_834
    # Clawbacks of £234,117 to £311,610 never make up for the £456,450 and £251,450 spent, over four years.
    assert ranking.loc["Direct payments", ["asked", "saved", "pays_back"]].tolist() == [456_450, 311_610, False]


def test_a_measure_that_does_not_apply_has_no_number(ranking):
    spends = ranking["kind"] == "spends to save"
    assert ranking.loc[spends, "chance"].notna().all() and ranking.loc[~spends, "chance"].isna().all()
    assert ranking.loc[~spends & (ranking["kind"] != "series"), "payback"].isna().all()
    assert ranking.loc["Independent Living, built by the council", "pays_back"] is False
    assert pd.isna(ranking.loc["Independent Living, built by the council", "payback"])
    assert ranking.loc["Cameras at two bus gates in Cambridge", "payback"] == 0


def test_the_figure_that_matters_most_is_told_with_whether_it_is_right(of, ranking):
    assert ranking.loc["Managing climate risk", ["matters", "right"]].tolist() == ["Climate risk, 2024/25", "wrong"]
    assert ranking.loc["Care Home Support Team, shared with Peterborough", "right"] == "right"
    assert ranking.loc["Cameras at two bus gates in Cambridge", "right"] == "cannot be calculated"
    assert pd.isna(ranking.loc["Short breaks for disabled children", "right"])
    assert of.decisive.startswith(
        f"Five of the {ranking['right'].notna().sum()} figures that matter most are wrong, and three cannot"
    )


def test_the_share_that_stands_is_of_the_figures_that_can_be_calculated(ranking):
    # 16 of the 62 figures can be calculated, and 2 differ.
    assert ranking.loc["Enhanced Response Service, one more vehicle", "stands"] == pytest.approx(1400 / 16)
    none = Entry("a", "too little printed", 1.0, None, None, None, None, "")
    assert none.stands is None and none.worst is None and none.right is None


def test_what_the_latest_papers_announce_and_say_too_little_of_adds_up(of):
    rows = others("too little printed")
    latest = [row for row in rows if row["paper"] == "004"]
    assert {row["begins"] for row in latest} == {"2022"} and len(latest) < len(rows)
    assert of.announced.value == sum(int(row["saving"]) for row in latest if row["saving"])
    assert of.without == (
        "For 2022/23 sixteen proposals announce £3.32 million of savings and six ask for £1.93 million, with too little "
        "printed to appraise them."
    )
    assert of.unknown["pounds"].is_monotonic_decreasing and len(of.unknown) == len(rows)


def test_an_area_without_cases_is_refused():
    with pytest.raises(InputError, match="no table of the catalogue is a case of Essex"):
        portfolio.of(tables.read_all(), tables.read("portfolio_others"), "Essex", appraisal.Basis())


def test_the_page_says_in_thousands_what_the_ranking_has_in_pounds(of):
    shown = sections.portfolio(of)
    assert shown.table.frame["asked"].iloc[0] == pytest.approx(of.entries[0].asked / 1000)
    # Ledgers hold the sums of other cases, so the chart leaves them out.
    assert shown.chart.title == 'Most is at stake in "Changing support for special needs": £19.7 million in a year.'
    assert {"missing", "worst"} <= set(shown.gaps.columns) and "takes" in shown.lacking.columns


# The subjects of the five papers that have numbers, and a passage of each: paper, first and last line.
SUBJECTS = {
    "care applications": ("004", 189, 258),
    "children in care": ("001", 377, 399),
    "placement costs": ("000", 59, 138),
    "plans by need": ("004", 785, 812),
    "population and disability": ("004", 812, 837),
    "occupational therapy": ("004", 698, 979),
    "chlamydia, health checks, smoking": ("004", 2797, 2905),
    "public health savings": ("004", 3005, 3034),
    "school transport": ("004", 264, 564),
    "school transport, 2019": ("000", 531, 656),
    "special needs transformation": ("004", 1335, 1809),
    "special needs capacity": ("004", 983, 1108),
    "five-year budget": ("002", 60, 154),
    "unaccompanied young people": ("003", 3, 70),
    "unaccompanied young people, 2021": ("004", 620, 685),
    "multi-systemic therapy": ("001", 910, 1070),
    "Victoria Road": ("001", 530, 604),
    "SAFE": ("004", 1222, 1327),
    "Think Communities": ("004", 2028, 2182),
    "block beds": ("004", 2196, 2294),
    "interim beds": ("004", 2483, 2611),
    "equipment": ("004", 2613, 2684),
    "homecare cars": ("004", 2686, 2795),
    "Young Adults Team": ("004", 3078, 3240),
    "Care Home Support Team": ("004", 3372, 3583),
    "Enhanced Response Service": ("004", 3585, 3793),
    "informal carers": ("004", 3795, 4058),
    "Real Living Wage": ("004", 4060, 4230),
    "Independent Living, bought": ("004", 4393, 4541),
    "Independent Living, built": ("004", 4913, 5076),
    "Care Together": ("004", 4543, 4762),
    "direct payments": ("004", 4764, 4911),
    "bus gates": ("004", 5078, 5253),
    "highways": ("004", 5255, 5348),
    "recycling": ("004", 5426, 5517),
    "street lighting": ("004", 5519, 5618),
    "national infrastructure consents": ("004", 5719, 5885),
    "biodiversity": ("004", 5986, 6134),
    "flood action": ("004", 6136, 6271),
    "Active Parks": ("004", 6281, 6664),
    "climate risk": ("004", 6666, 6871),
    "members' allowances": ("004", 6881, 7008),
    "county farms": ("004", 7010, 7099),
    "staff structure": ("004", 7101, 7254),
}


def test_every_subject_of_the_papers_that_has_numbers_has_a_report_or_a_row_of_the_ranking():
    rows = [(row["paper"], int(row["line"])) for kind in ("too little printed", "own report") for row in others(kind)]
    for table in catalogue.load(project.root()).tables:
        if table.name not in (
            "portfolio_others",
            "savings_ledger",
            "paper_sections",
            "published_figures",
            "prose_figures",
        ):
            for source in table.sources:
                lines = [part.split("-") for part in (source.lines or "").split(", ") if part]
                rows += [(source.paper, line) for ends in lines for line in range(int(ends[0]), int(ends[-1]) + 1)]
    known = set(rows)
    lacking = [
        subject
        for subject, (paper, first, last) in SUBJECTS.items()
        if known.isdisjoint((paper, line) for line in range(first, last + 1))
    ]
    assert lacking == []
