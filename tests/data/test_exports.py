"""Official exports dropped into data/raw/exports: recognised by their columns, made tidy, and served as series."""

import math
import shutil

import pandas as pd
import pytest

from casebook import InputError, series, tables
from casebook.data import exports, formats
from casebook.pack import plan
from casebook.pack.report_spec import Report

PLACE = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name"


def place(year, name, number, code):
    return f"{year},Reporting year,Local authority,E92000001,England,E12000006,East of England,{number},{code},{name}"


# Made up, in the layouts that publishers use.
LAIT = """Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region
CareApplications,Care applications,2024,Essex,5.7999999999999998,881.0,East of England
CareApplications,Care applications,2025,Essex,7.6,881.0,East of England
CareApplications,Care applications,2025,England,9.1,970.0,
CareApplications,Care applications,2024,Dorset,-,838.0,South West
CareApplications,Care applications,2024,Dorset (Pre LG),9.3,835.0,South West
CareApplications,Care applications,2019,Dorset (Pre LG),11.3,835.0,South West
CareApplications,Care applications,2024,Northamptonshire,8.2,928.0,East Midlands
CareApplications,Care applications,2024,London (Inner),8.2,987.0,
Chlamydia_Diagnosis,Chlamydia,2024,Essex,1000,881.0,East of England
Chlamydia_Diagnosis,Chlamydia,2024,Suffolk,0,935.0,East of England
Chlamydia_Diagnosis,Chlamydia,2016,Cumberland,0,942.0,North West
FosteringFinance,Fostering,2016-17,Essex,"1,050",881.0,East of England
FosteringFinance,Fostering,2024-25,Essex,1200,881.0,East of England
"""
LOOKED_AFTER = f"""{PLACE},population_type,population_estimate,children_count,rate_per_10000
{place(2025, "Essex", 881, "E10000012")},Children looked after on 31 March each year,300000,1100,37
{place(2025, "City of London", 201, "E09000001")},Children looked after on 31 March each year,c,c,c
{place(2025, "Essex", 881, "E10000012")},Children ceasing to be looked after each year,300000,500,17
"""
MID_YEAR = f"""{PLACE},age_group,population_estimate
{place(2024, "Essex", 881, "E10000012")},Children aged 0 to 17 years,300000
{place(2024, "Buckinghamshire", 825, "E10000002")},Children aged 0 to 17 years,125000
"""
NEEDS = f"""{PLACE},breakdown_topic,breakdown,ehc_plans,number_asd
{place(202425, "Essex", 881, "E10000012")},All EHC plans,All EHC plans,13000,4000
{place(202425, "Essex", 881, "E10000012")},Child or young persons age,age 10,900,300
{place(202425, "Essex", 881, "E10000012")},Child or young persons age,age 18,500,100
{place(202425, "Essex", 881, "E10000012")},Child or young persons age,age 25,50,20
{place(202425, "Essex", 881, "E10000012")},Years EHC plan in place,Less than a year,2000,700
{place(202425, "Essex", 881, "E10000012")},Years EHC plan in place,1,1900,600
"""
JANUARY = f"""{PLACE},breakdown_topic,breakdown,ehcplans,special_total
{place(201819, "Essex", 881, "E10000012")},All EHC plans,All EHC plans,7000,2000
{place(202526, "Essex", 881, "E10000012")},All EHC plans,All EHC plans,10500,3000
{place(202526, "Essex", 881, "E10000012")},Child or young persons age,age 10,900,300
"""
PLANS = "year,new_la_code,la_name,plans,release\n" + "".join(
    f"{year},E10000012,Essex,{5000 + 500 * (year - 2015)},2025\n" for year in range(2015, 2026)
)
FINGERTIPS = """Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Count,Denominator
90776,Chlamydia,,,E92000001,England,England,Female,15-24 yrs,,,2024,1589.4,1580,1600,52000,3270000
90776,Chlamydia,E92000001,England,E92000001,England,England,Female,15-24 yrs,,,2024,1589.4,1580,1600,52000,3270000
90776,Chlamydia,E92000001,England,E06000010,Kingston upon Hull,UA,Female,15-24 yrs,,,2024,2000,1900,2100,400,20000
90776,Chlamydia,E92000001,England,E06000010,Kingston upon Hull,UA,Female,15-24 yrs,Deprivation,Most,2024,2500,1900,2100,400,20000
"""
WIDE = "old_la_code,la_name,region_ind,region_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11)) + "\n"
WIDE += "881,Essex,1,East of England," + ",".join(
    f"{n},Close" for n in (886, 919, 873, 850, 938, 916, 935, 931, 909, 926)
)
WIDE += "\n"


def drop(project, **files):
    folder = project.root / exports.FOLDER
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")


@pytest.fixture
def held(project, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    drop(project, a=LAIT, b=LOOKED_AFTER, c=MID_YEAR, d=NEEDS, e=PLANS, f=FINGERTIPS, g=WIDE)
    return project


def values(frame):
    return dict(zip(frame["year"].tolist(), frame["value"].tolist(), strict=True))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LAIT, "lait"), (LOOKED_AFTER, "children-looked-after"), (MID_YEAR, "mid-year"), (NEEDS, "sen2-needs"),
        (JANUARY, "sen2-plans"), (PLANS, "plans"), (FINGERTIPS, "fingertips"), (WIDE, "neighbours"),
    ],
)  # fmt: skip
def test_an_export_is_known_by_its_columns_whatever_it_is_called_and_wherever_they_stand(content, name, tmp_path):
    path = tmp_path / "download (3).csv"
    path.write_text("\ufeff" + content, encoding="utf-8")
    assert formats.recognise(path)[0].name == name
    path.write_text("Published by somebody\n,,\n" + content, encoding="utf-8")
    found, frame = formats.read(path)
    assert (found.name, list(frame.columns), len(frame) > 0) == (name, formats.TIDY, True)


def test_a_workbook_whose_first_rows_look_like_headers_is_known_by_the_real_one(tmp_path):
    columns = ["LA num", "LA Name", *(f"SN{n}" for n in range(1, 11))]
    rows = [["A", "B", *range(10)], [1, 2, *range(10)], columns, [881, "Essex", 886, *[919] * 9], [None] * 12]
    path = tmp_path / "list.xlsx"
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    found, frame = formats.read(path)
    assert found.name == "neighbours"
    assert frame.loc[frame["measure"] == "neighbour 1", ["area", "value"]].to_numpy().tolist() == [["881", 886.0]]


def test_each_number_is_as_published_without_what_binary_numbers_add(held):
    assert values(series.read("care-applications", "Essex")) == {2024: 5.8, 2025: 7.6}
    assert values(series.read("foster-placement-cost", "Essex")) == {2017: 1050, 2025: 1200}


def test_count_denominator_and_interval_come_with_the_value(held):
    row = series.read("children-in-care-rate", "Essex").iloc[0]
    assert row[["value", "count", "denominator"]].tolist() == [37, 1100, 300_000]
    row = series.read("chlamydia-detection-women", "Kingston upon Hull").iloc[0]
    assert row[["value", "lower", "upper", "count"]].tolist() == [2000, 1900, 2100, 400]


def test_a_hidden_value_is_missing_and_says_with_what_mark(held):
    frame = series.panel("children-in-care", "Essex")
    hidden = frame[frame["area"] == "City of London"].iloc[0]
    assert math.isnan(hidden["value"])
    assert hidden["status"] == "c"
    with pytest.raises(
        InputError, match="No figures of children in care on 31 March are held for the City of London; Children"
    ):
        series.read("children-in-care", "City of London")


def test_a_zero_that_means_missing_is_missing(held):
    frame = series.panel("chlamydia-detection-women", "Essex").set_index("area")
    assert math.isnan(frame.loc["Suffolk", "value"])
    assert frame.loc["Suffolk", "status"] == "zero"
    assert frame.loc["Cumberland", "status"] == "no such authority"


def test_figures_given_under_the_name_of_an_authority_that_ended_are_its_successors(held):
    assert values(series.read("care-applications", "Dorset")) == {2024: 9.3}
    frame = series.panel("care-applications", "Essex")
    assert values(frame[frame["area"] == "Dorset (to 2019)"]) == {2019: 11.3}


def test_nothing_is_believed_of_an_authority_after_it_ended(held):
    frame = series.panel("care-applications", "Essex").set_index("area")
    assert math.isnan(frame.loc["Northamptonshire", "value"])
    assert frame.loc["Northamptonshire", "status"] == "no such authority"


def test_an_authority_is_the_same_under_its_earlier_code(held):
    frame = series.panel("children", "Essex").set_index("area")
    assert frame.loc["Buckinghamshire", ["area_code", "value"]].tolist() == ["E06000060", 125_000]


def test_rows_of_england_that_stand_there_again_and_of_groups_of_people_are_not_taken_twice(held):
    frame = series.panel("chlamydia-detection-women", "Kingston upon Hull")
    assert values(frame[frame["area"] == "England"]) == {2024: 1589.4}
    assert len(frame) == 2


def test_the_latest_vintage_is_the_one_that_reaches_furthest_for_the_area(held):
    assert (
        series.read("care-applications", "Essex").attrs["vintage"].startswith("Local Authority Interactive Tool, file ")
    )
    # Cambridgeshire is in no export here, and its table of later figures goes on to 2025.
    latest = series.read("care-applications", "Cambridgeshire")
    assert latest.attrs["vintage"] == "Care applications and children in care, what happened next"
    printed = series.read("care-applications", "Cambridgeshire", vintage="care_applications")
    assert values(printed) == {2017: 12, 2018: 11.1, 2019: 10.3, 2020: 8}


def test_one_of_two_files_of_a_format_is_named_by_the_first_digits_of_its_hash(held):
    drop(held, h=PLANS.replace("5000", "5001"))
    both = [one for one in series.Held.of_project().vintages if one.format.name == "plans"]
    assert len(both) == 2
    found = {series.read("ehc-plans", "Essex", vintage=one.digits)["value"].iloc[0] for one in both}
    assert found == {5000, 5001}
    with pytest.raises(InputError, match="The series 'ehc-plans' has no vintage '00000000' here"):
        series.read("ehc-plans", "Essex", vintage="00000000")


def test_neighbours_are_in_order_and_without_those_that_ended(held):
    found = series.neighbours("Essex")
    assert found.names[:3] == ("Kent", "Hertfordshire", "Cambridgeshire")
    assert (len(found.names), found.of_number) == (9, 10)  # Cumbria (909) ended in 2023.
    with pytest.raises(InputError, match="names no neighbours of Suffolk"):
        series.neighbours("Suffolk")


def test_of_two_lists_of_neighbours_the_one_that_knows_more_of_the_present_authorities_counts(held):
    drop(held, h=WIDE.replace("909,Close", "926,Close"))
    assert len(series.neighbours("Essex").names) == 10


def test_without_any_list_of_neighbours_it_says_what_to_supply(project, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    with pytest.raises(InputError, match="No list of statistical neighbours is held, so Essex .* put the Department"):
        series.neighbours("Essex")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.parquet", b"<html>Not found</html>"),
        ("cut.xlsx", b"<html>Not found</html>"),
        ("locked.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)),
        ("latin.csv", PLANS.encode() + b"2024,E06000017,Rutl\xe9nd,5,2025\n"),
        ("short.csv", b"time_period,geographic_level,age_group,population_estimate\n2024,x,y,5\n"),
        ("ragged.csv", PLANS.encode() + b"1,2,3,4,5,6,7,8,9\n"),
        ("no list.csv", b"old_la_code,SN_1,SN_10\n881,886,919\n"),
    ],
)
def test_an_export_that_cannot_be_read_gets_one_sentence(held, name, content):
    (held.root / exports.FOLDER / name).write_bytes(content)
    with pytest.raises(InputError, match=f"data/raw/exports/{name} cannot be read .*: download it again as published"):
        series.read("ehc-plans", "Essex")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026,E10000012,Essex,-5,2025\n", "'plans' for Essex in 2026: found -5, expected a whole number from 0"),
        ("2026,E10000012,Essex,5.5,2025\n", "found 5.5, expected a whole number from 0"),
        ("2025,E10000012,Essex,5,2025\n", "has two values of 'plans' for Essex in 2025: download it again"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_file_area_and_year(held, row, words):
    drop(held, e=PLANS + row)
    with pytest.raises(InputError, match=words):
        series.read("ehc-plans", "Essex")


def test_what_lies_in_the_folder_and_is_not_used_is_named(held):
    folder = held.root / exports.FOLDER
    (folder / "UPPER.CSV").write_text(PLANS.replace("E10000012", "E10000020"), encoding="utf-8")
    (folder / "old.xls").write_bytes(b"x")
    (folder / "a folder.csv").mkdir()
    (folder / "nowhere.csv").symlink_to("nothing")
    assert values(series.read("ehc-plans", "Norfolk"))[2025] == 10_000
    named = [sentence.partition(" is no ")[0] for sentence in exports.not_recognised(held.root)]
    assert named == [f"data/raw/exports/{name}" for name in ("a folder.csv", "nowhere.csv", "old.xls")]


def test_check_lists_what_was_recognised_for_which_series_and_what_was_not(held):
    drop(held, other="a,b\n1,2\n")
    done = held.pipeline("check")
    assert done.returncode == 0, done.stderr
    assert "care-applications of 2 authorities from 2019 to 2025" in done.stdout
    assert "ehc-plans of one authority from 2015 to 2025" in done.stdout
    assert "the neighbours of one authority" in done.stdout
    assert "data/raw/exports/other.csv has no columns that Casebook knows in its first 12 rows" in done.stderr


def test_a_series_that_judges_the_other_way_round_than_its_tools_dictionary_is_named(held):
    told = (
        "Measure_code,Measure_short,Polarity,Next Update\n1,CareApplications,-,46174\n2,Chlamydia_Diagnosis,{},46174\n"
    )
    drop(held, dictionary=told.format("Low"))
    done = held.pipeline("check")
    assert "Local Authority Interactive Tool, data dictionary" in done.stdout
    assert "which way is good, of the tool's measures" in done.stdout
    assert (
        "chlamydia-detection-women: high is good, but the dictionary dictionary.csv has 'Chlamydia_Diagnosis' as 'Low'"
        in done.stderr
    )
    drop(held, dictionary=told.format("High"))
    assert "has 'Chlamydia_Diagnosis'" not in held.pipeline("check").stderr


def test_check_says_which_source_names_a_measure_that_its_export_lacks(held):
    held.replace(str(series.DESCRIBED), "measure: plans}", "measure: planz}")
    assert "ehc-plans: no file of plans has the measure 'planz'" in held.pipeline("check").stderr


def test_a_report_whose_series_lacks_the_area_is_left_out_and_says_which_file_to_supply(held):
    done = held.pipeline("run", "--area", "Suffolk", "--dry-run")
    assert (
        "Left out: ehcp-forecast. No figures of education, health and care plans in force in January are held for"
        in done.stderr
    )
    assert (
        "Left out: ot-demand. data/raw/ot_posts.csv is of Cambridgeshire: put Suffolk's own in its place" in done.stderr
    )


def test_parts_of_a_whole_come_under_their_names(held):
    parts = series.read("ehc-plans-by-need", "Essex")
    assert parts[["year", "part", "value"]].to_numpy().tolist() == [[2025, "Autistic spectrum disorder", 4000]]
    for of, number in (("new", 700), ("leaving", 120)):
        some = series.read(f"ehc-plans-by-need-{of}", "Essex")
        assert some[["year", "part", "value"]].to_numpy().tolist() == [[2025, "Autistic spectrum disorder", number]]
    printed = series.read("ehc-plans-by-need", "Cambridgeshire").set_index("part")["value"]
    assert (printed["Visual impairment"], printed.sum()) == (80, 8007)


def test_plans_as_at_january_are_of_the_year_that_their_school_year_ends_in(held):
    drop(held, j=JANUARY)
    read = series.read("ehc-plans", "Essex")
    assert dict(zip(read["year"], read["value"], strict=True)) == {2019: 7000, 2026: 10500}


def test_where_no_parts_are_held_the_page_says_which_file_has_them_and_takes_it_when_it_comes(held):
    (held.root / exports.FOLDER / "d.csv").unlink()
    none = series.if_held("ehc-plans-by-need", "Essex")
    assert none.empty and none.attrs["served_by"] == [
        "Education, health and care plans, by primary need, Department for Education"
    ]
    assert held.pipeline("run", "ehcp-forecast", "--area", "Essex").returncode == 0
    page = (held.root / "reports/essex/ehcp-forecast.html").read_text(encoding="utf-8")
    assert (
        "No plans by primary need are held for Essex. They are in: Education, health and care plans, by primary need, "
        "Department for Education." in page
    )
    drop(held, d=NEEDS.replace("ehc_plans,number_asd", "ehc_plans,number_asd,number_vi").replace("0,4000", "0,4000,20"))
    assert "Nothing has changed" not in held.pipeline("run", "ehcp-forecast", "--area", "Essex").stdout
    page = (held.root / "reports/essex/ehcp-forecast.html").read_text(encoding="utf-8")
    assert "Next is Visual impairment: about" in page


def test_what_is_held_is_read_once_until_a_file_comes_or_goes(held):
    first = series.Held.of_project()
    rows = [one.frame for one in first.sources(first.series("care-applications"))]
    again = series.Held.of_project()
    assert all(
        one.frame is frame for one, frame in zip(again.sources(again.series("care-applications")), rows, strict=True)
    )
    own = "series,area,year,value\ncare-applications,Luton,2025,9\n"
    (held.root / exports.FOLDER / "own.csv").write_text(own)
    assert series.read("care-applications", "Luton")["value"].tolist() == [9.0]
    (held.root / exports.FOLDER / "own.csv").unlink()
    with pytest.raises(InputError, match="No figures"):
        series.read("care-applications", "Luton")


def test_a_series_that_lacks_an_area_writes_a_template_and_reads_what_a_council_fills_in(held):
    with pytest.raises(InputError, match="or fill in (data/processed/templates/care-applications-luton.csv) and put"):
        series.read("care-applications", "Luton")
    written = held.root / "data/processed/templates/care-applications-luton.csv"
    rows = pd.read_csv(written)
    assert list(rows) == ["series", "area", "year", "value", "lower", "upper", "count", "denominator"]
    assert {"Luton", "England"} == set(rows["area"]) and rows["year"].max() == 2025 and rows["value"].isna().all()
    drop(held, own=rows.assign(value=rows["value"].mask(rows["area"] == "Luton", 7.5)).to_csv(index=False))
    read = series.read("care-applications", "Luton")
    assert values(read) == dict.fromkeys(rows["year"].unique().tolist(), 7.5)
    assert read.attrs["vintage"].startswith("Figures of the council's own, file ")
    # Where an official figure reaches the same year, that one is taken.
    assert series.read("care-applications", "Essex").attrs["vintage"].startswith("Local Authority")


def test_a_run_of_many_areas_says_what_is_missing_and_writes_no_template(held):
    shutil.rmtree(held.root / "data/processed/templates", ignore_errors=True)
    reports = [Report("care-rates", needs=["care-applications"]), Report("register")]
    _, without = plan.make(reports, held.root, [], ["Luton", "Suffolk", "Essex"], {}, tables.Tables(held.root))
    assert {area: list(names) for area, names in without.items() if names} == {
        "Luton": ["care-rates"], "Suffolk": ["care-rates"],
    }  # fmt: skip
    assert without["Luton"]["care-rates"].endswith("or run it for this area alone, which writes a table to fill in.")
    assert not (held.root / "data/processed/templates").exists()
    _, without = plan.make(reports, held.root, [], ["Luton"], {}, tables.Tables(held.root))
    assert "fill in data/processed/templates/care-applications-luton.csv" in without["Luton"]["care-rates"]
    assert [one.name for one in (held.root / "data/processed/templates").iterdir()] == ["care-applications-luton.csv"]


def test_the_template_names_the_areas_similar_councils(held):
    held.root.joinpath("data/raw/exports/a.csv").unlink()
    with pytest.raises(InputError, match="foster-placement-cost-essex.csv"):
        series.read("foster-placement-cost", "Essex")
    rows = pd.read_csv(held.root / "data/processed/templates/foster-placement-cost-essex.csv")
    assert rows["area"].tolist()[0] == "Essex" and {"Kent", "England"} <= set(rows["area"])


def test_an_export_dropped_in_extends_the_report_and_a_newer_one_makes_it_stale(held):
    done = held.pipeline("run", "ehcp-forecast", "--area", "Essex")
    assert done.returncode == 0, done.stderr
    said = held.headline("ehcp-forecast", "plans-now", "Essex")["text"]
    assert said == "The number of plans in force rose from 5,000 in January 2015 to 10,000 in January 2025."
    assert "Nothing has changed" in held.pipeline("run", "ehcp-forecast", "--area", "Essex").stdout
    drop(held, h=PLANS + "2026,E10000012,Essex,10500,2026\n")
    again = held.pipeline("run", "ehcp-forecast", "--area", "Essex", "--accept")
    assert again.returncode == 0, again.stderr
    assert "10,500 in January 2026" in held.headline("ehcp-forecast", "plans-now", "Essex")["text"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("export: plans,", "export: plan,", "ehc-plans.* there is no export 'plan': did you mean plans?"),
        ("kind: rate\n  per: 10000", "kind: rate", "care-applications.* a rate, and nothing else, needs per"),
        (
            "goal: {at_least: 3250, sex: Female",
            "goal: {at_least: 2300, sex: Persons",
            "the goal is for Persons aged 15-24",
        ),
        ("polarity: high is good", "polarity: high", "chlamydia-detection-women, polarity: "),
        ("polarity: high is good", "polarity: low is good", "with a goal of at_least, high is good"),
        ("ehc-plans:", "ehc-plans:\n  is: plans", "'is' stands here a second time"),
        ("Dorset (to 2019): Dorset}", "Narnia: Dorset}", "care-applications, lait: there is no area 'Narnia'"),
        (
            "{table: ehcp_outturn, value: plans}",
            "{table: ehcp_outturn, value: plan}",
            "there is no column 'plan': did you",
        ),
        ("measure: plans}", "parts: {}}", "ehc-plans, sources, 0: an export needs either its measure or its parts"),
        ("value: plans, part: need}", "value: plans, part: ned}", "there is no column 'ned': did you mean need"),
        ("measure: plans}", "measure: plans, value: nope}", "ehc-plans, plans: there is no column 'nope'"),
    ],
)
def test_a_series_described_wrongly_gets_one_sentence(project, monkeypatch, old, new, words):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    project.replace(str(series.DESCRIBED), old, new)
    with pytest.raises(InputError, match=words) as refused:
        series.Held.of_project()
    assert str(refused.value).startswith("data/raw/series.yaml")


def test_real_exports_serve_their_series_for_the_whole_country(exports, project, monkeypatch):
    import shutil

    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    folder = project.root / "data/raw/exports"
    folder.mkdir()
    for path in (
        "dfe/cla_number_and_rate_per_10k_children.csv",
        "sen2/plans_by_authority.csv",
        "lait/sn_may_2025.xlsx",
    ):
        shutil.copy(exports / path, folder)
    whole = series.panel("ehc-plans", "Norfolk")
    last = whole[(whole["year"] == 2025) & whole["area"].isin(series.Held.of_project().areas.authorities_of("London"))]
    assert len(last) == 33
    raw = pd.read_csv(exports / "dfe/cla_number_and_rate_per_10k_children.csv", dtype="str").dropna(subset="la_name")
    raw = raw[(raw["population_type"] == "Children looked after on 31 March each year")]
    known = tables.Tables().areas
    read = series.panel("children-in-care", "Norfolk").dropna(subset="value").set_index(["area", "year"])["value"]
    for row in raw.itertuples():
        if row.children_count.isdigit():
            area = known.find(row.la_name)
            assert read[area.name, int(row.time_period)] == int(row.children_count)
    assert series.neighbours("Norfolk").names[0] == "Suffolk"
