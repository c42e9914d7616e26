"""What a week of care costs: against others and England, in the prices of each year, from the section 251 outturn."""

import pandas as pd
import pytest
from test_english import UNFINISHED

from casebook import InputError, sections, unit_costs
from casebook.english import Money

HOME = unit_costs.CostOf("residential-placement-cost", "a week in a residential placement", "residential placements")
SIMILAR = {886: "Kent", 919: "Hertfordshire", 873: "Cambridgeshire"}
NUMBERS = {"Essex": 881, "England": 970, "East of England": 985} | {name: number for number, name in SIMILAR.items()}
COSTS = {
    "Essex": (3000, 3000, 5200, 6000), "Kent": (3000, 3500, 4000, 5000), "Hertfordshire": (3000, 3500, 4500, 7000),
    "Cambridgeshire": (2000, 2500, 3000, 4000), "England": (3000, 3500, 4000, 4500), "East of England": (3100, 3600, 4100, 4600),
}  # fmt: skip
LIST = (
    "old_la_code,la_name," + ",".join(f"SN_{n}" for n in range(1, 11)) + "\n"
    "881,Essex,886,919,873,,,,,,,\n"
)  # fmt: skip
IN_CARE = (
    "time_period,geographic_level,region_code,country_code,old_la_code,new_la_code,"
    "population_type,population_estimate,children_count,rate_per_10000\n"
    "2024,Local authority,,,881,E10000012,Children looked after on 31 March each year,300000,60,37\n"
    "2025,Local authority,,,881,E10000012,Children looked after on 31 March each year,300000,{},37\n"
)


def lait(costs, first=2021):
    lines = ["Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region"]
    for name, pounds in costs.items():
        for year, value in enumerate(pounds, first):
            lines.append(f"RescareFinance,Cost,{year}-{year % 100 + 1} (OT),{name},{value},{NUMBERS[name]}.0,")
    return "\n".join(lines) + "\n"


@pytest.fixture
def compared(project, monkeypatch):
    """Compare Essex with three similar councils, with other costs or another number of children in care."""
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    folder = project.root / "data/raw/exports"
    folder.mkdir()

    def of(in_care=1100, more="", **costs):
        folder.joinpath("lait.csv").write_text(lait(COSTS | costs), encoding="utf-8")
        folder.joinpath("list.csv").write_text(LIST, encoding="utf-8")
        folder.joinpath("in_care.csv").write_text(IN_CARE.format(in_care), encoding="utf-8")
        if more:
            folder.joinpath("own.csv").write_text(more, encoding="utf-8")
        (one,) = unit_costs.of_series([HOME], "Essex")
        chart, path, table = sections.unit_cost(one, pd.Series(dtype=float))
        for sentence in (chart.title, chart.subtitle, chart.alt, path, table.caption, one.said, one.remark):
            assert not UNFINISHED.search(sentence), sentence
        return one

    return of


def test_a_cost_stands_against_the_middle_of_similar_councils_england_and_its_region(compared):
    one = compared()
    assert one.said == (
        "In 2024-25 a week in a residential placement cost Essex £6,000, 20% above the median of similar councils."
    )
    assert str(one.gap) == "£1,000 (20%) above" and one.place.among == "second highest of the four authorities"
    assert one.against_england_and_region == "33% above England's £4,500 and 30% above the East of England's £4,600"


def test_without_inflation_a_rise_is_set_against_englands(compared):
    one = compared()
    assert str(one.path) == "rose from £3,000 in 2021-22 to £6,000 in 2024-25"
    assert one.as_england == Money(4500)


def test_real_terms_need_an_index_of_prices_that_a_council_gives(compared):
    index = "series,area,year,value\nprice-index,England,2022,80\nprice-index,England,2025,100\n"
    one = compared(more=index)
    from casebook import series

    prices = series.if_held("price-index", "England").set_index("year")["value"]
    # 3,000 pounds of 2021-22 are 3,750 of 2024-25.
    assert str(one.in_real_terms(prices)) == "rose from £3,750 in 2021-22 to £6,000 in 2024-25"
    assert "In the prices of 2024-25 it rose by £2,250 (60%)." in sections.unit_cost(one, prices).path
    assert one.in_real_terms(prices.drop(2022)) is None


def test_a_jump_of_one_year_is_named_with_how_rare_it_is(compared):
    # Of the twelve yearly changes of the four authorities 3,000 to 5,200 is the only one by more than 60 per cent.
    assert "It jumped in 2023-24, as 8% of such costs do in a year" in compared().remark
    assert compared(Essex=(3000, 3000, 4700, 6000)).remark == ""


@pytest.mark.parametrize("in_care", [49, "c"])
def test_where_few_children_are_in_care_or_their_number_is_hidden_the_cost_is_not_judged(compared, in_care):
    one = compared(in_care)
    assert one.said == "In 2024-25 a week in a residential placement cost Essex £6,000."
    assert one.remark == "Fewer than 50 children are in care in Essex, so one placement moves it."
    assert "median" not in sections.unit_cost(one, pd.Series(dtype=float)).chart.title
    assert not compared(50).few


def test_costs_are_rounded_so_what_lies_nearer_than_that_is_level(compared):
    assert compared(Kent=(1, 1, 1, 5997)).gap.side == "level with"
    assert compared(Kent=(1, 1, 1, 5995)).gap.side == "above"


def test_a_zero_and_a_dash_are_no_costs(compared):
    one = compared(Kent=(3000, 3500, 4000, 0), Hertfordshire=(3000, 3500, 4500, "-"))
    assert one.group.names == ("Cambridgeshire",) and one.group.of == 3
    assert {"Kent", "Hertfordshire"} <= set(one.lacking)


def test_a_year_that_is_not_held_and_an_area_alone_are_refused_in_one_sentence(compared, project):
    compared()
    with pytest.raises(InputError, match="first_year is 2010, but the years held are 2022 to 2025"):
        unit_costs.of_series([HOME], "Essex", first_year=2010)
    none = dict.fromkeys(SIMILAR.values(), ("-",) * 4)
    with pytest.raises(InputError, match="has no authority besides Essex to compare it with"):
        compared(**none)
    with pytest.raises(InputError, match="No figures of weekly cost of a residential placement are held for Luton; "):
        unit_costs.of_series([HOME], "Luton")
    assert (project.root / "data/processed/templates/residential-placement-cost-luton.csv").is_file()


def test_without_the_exports_the_pack_of_the_councils_own_area_is_as_it_was(pack):
    assert not [report for report in pack.pack()["reports"] if report["name"] == "unit-costs"]


@pytest.mark.long
def test_with_the_exports_costs_of_norfolk_are_published_to_the_last_year(project, exports):
    import shutil

    folder = project.root / "data/raw/exports"
    folder.mkdir()
    for name in ("lait/bds_long_0.parquet", "lait/sn_may_2025.xlsx", "dfe/cla_number_and_rate_per_10k_children.csv"):
        shutil.copy(exports / name, folder)
    done = project.pipeline("run", "unit-costs", "--area", "Norfolk")
    assert done.returncode == 0, done.stderr
    raw = pd.read_parquet(folder / "bds_long_0.parquet")
    for name, measure in (("residential-placement", "RescareFinance"), ("foster-placement", "FosteringFinance")):
        row = raw[
            (raw["Short Desc"] == measure) & (raw["LA and Regions"] == "Norfolk") & (raw["Years"] == "2024-25 (OT)")
        ]
        assert project.headline("unit-costs", f"{name}-cost", "Norfolk")["value"] == float(row["Values"].iloc[0])
    assert "prices of each year" in project.page("unit-costs", "Norfolk")
