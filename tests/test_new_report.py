"""docs/analysts.md, done: a new indicator is one CSV, one entry and one line."""

import pytest

from casebook.data import catalogue

CSV = """\
line,area,value,count,denominator
1,England,60.0,600000,1000000
2,East of England,62.0,62000,100000
3,Cambridgeshire,70.0,700,1000
4,Essex,59.0,590,1000
5,Luton,50.0,5,10
"""


INDICATOR = {
    "measure": "school readiness", "label": "Ready for school, per cent of children aged 5", "kind": "proportion",
    "multiplier": 100, "unit": "per cent of children aged 5", "people": "children aged 5",
    "event": "children ready for school", "polarity": "high is good", "sex": "Persons", "age": "5", "period": "2019",
    "region": "East of England", "decimals": 1,
}  # fmt: skip


def add_report(project, content, fields):
    """One CSV, one entry, one line."""
    project.raw("school_readiness.csv").write_text(content)
    like = project.description("health_checks")
    number = {"type": "number", "description": "As published.", "unit": "children", "minimum": 0}
    entry = {
        **like, "title": "Children ready for school", "misprints": [], "indicator": INDICATOR,
        "columns": {**like["columns"], **{name: {"title": name, **number} for name in fields}},
    }  # fmt: skip
    project.describe("school_readiness", entry)
    catalogue.accept(project.root, ["school_readiness"])
    project.replace(
        "pipeline.py", "PACK = [", 'PACK = [\n    Report("readiness", "benchmark", {"indicator": "school_readiness"}),'
    )


@pytest.mark.slow
def test_published_intervals_are_used_where_there_are_no_counts(project):
    add_report(
        project,
        "line,area,value,lower,upper\n1,England,60.0,59.9,60.1\n2,East of England,62.0,61.0,63.0\n"
        "3,Cambridgeshire,58.0,55.0,60.0\n4,Essex,57.0,56.0,58.0\n",
        ["lower", "upper"],
    )
    done = project.pipeline("run", "readiness")
    assert done.returncode == 0, done.stderr
    # England's 60.0 lies on the upper limit, and a limit counts as within.
    assert project.headline("readiness", "significance")["said"] == (
        "Cambridgeshire is similar to England (chance could explain the difference). Its 95% interval is 55.0 to 60.0, and "
        "England's value is 60.0."
    )
    essex = project.page("readiness")
    assert ">worse<" in essex[essex.index('<th scope="row">Essex</th>') :]


@pytest.mark.slow
def test_a_new_indicator_is_one_csv_one_entry_and_one_line(project):
    add_report(project, CSV, ["count", "denominator"])
    done = project.pipeline("run", "readiness")
    assert done.returncode == 0, done.stderr
    report = project.report("readiness")
    assert report["title"] == "School readiness"
    assert "School readiness in Cambridgeshire: 70.0%, the highest of the three" in report["headlines"][0]["text"]
    # 700 of 1,000: Wilson's 95% interval is 67.1 to 72.8 per cent, and its 99.8% interval leaves out 60 too.
    significance = project.headline("readiness", "significance")["said"]
    assert (
        significance
        == "Cambridgeshire is better than England by more than chance would explain, even at the 99.8% level. Its 95% interval is 67.1 to 72.8, and England's value is 60.0."
    )
    page = project.page("readiness")
    assert (
        "Among the 1,000 children aged 5 in Cambridgeshire, the distance from England means 100 more children ready for school"
        in page
    )
    assert "The savings schedule for 2022-23 has no line for this service." in page
    assert "The paper gives no count" not in page


CASE = """\
id,paper,line,item,kind,of,cashable,starts,until,amount,low,high,unit,price_base,range_line,range,printed
set_up,004,3,Fitting out,cost,,,2022,2022,100000,,,pounds,not stated,,,"£100,000 to fit it out"
staff,004,4,Staff,cost,,,2023,,50000,,,pounds a year,not stated,,,"£50,000 a year"
stays,004,5,Stays avoided,benefit,,yes,2023,,100000,,,pounds a year,not stated,,,"£100,000 a year"
people,004,6,People at home,input,stays,,,,20,10,25,people,,6,10 to 25,"20 people, 10 to 25"
"""


@pytest.mark.slow
def test_a_new_case_that_spends_to_save_is_one_csv_one_description_and_one_line(project):
    project.raw("day_centre.csv").write_text(CASE, encoding="utf-8")
    like = project.raw("care_home_support.yaml").read_text(encoding="utf-8").split("sources:")[1]
    words = "title: Day centre\ndescription: A centre for people who live at home.\nsources:"
    project.raw("day_centre.yaml").write_text(words + like, encoding="utf-8")
    project.replace(
        "pipeline.py", "PACK = [", 'PACK = [\n    Report("day-centre", "appraisal", {"case": "day_centre"}, figures=2),'
    )
    assert project.pipeline("accept", "day_centre").returncode == 0
    done = project.pipeline("run", "day-centre")
    assert done.returncode == 0, done.stderr
    report = project.report("day-centre")
    assert report["title"] == "Day centre"
    # 100,000 at once and 50,000 in each of four years against 100,000 in each of four, at 3.5% a year.
    later = sum(1.035**-year for year in range(1, 5))
    assert project.headline("day-centre", "worth")["value"] == pytest.approx(50_000 * later - 100_000)
    assert project.headline("day-centre", "needed")["value"] == pytest.approx(50 + 100 / later)
    page = project.page("day-centre")
    assert "comes back after three years; with later years counting less, after 3.1 years" in page
    assert "all of it is cash by which a budget can be cut" in page and "That is 16 of the 20 people." in page
