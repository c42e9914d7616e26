"""`new`: from a table to a page, and what keeps it from being written."""

import pytest

from casebook.analyst import drafting
from casebook.errors import InputError

MEALS = """School meals taken,,
Area,Year,Meals each week
Cambridgeshire,2023,"31,000"
Cambridgeshire,2024,"29,500"
Norfolk,2023,"28,000"
Norfolk,2024,"30,100"
Suffolk,2023,"26,400"
Suffolk,2024,"25,900"
"""


@pytest.mark.long
def test_a_file_becomes_a_page_in_the_pack_by_the_commands_of_the_docs(project):
    (project.root / "meals.csv").write_text(MEALS, encoding="utf-8")
    for words in (
        ("describe", "meals.csv", "--from", "sen2"), ("accept", "meals"),
        ("new", "school-meals", "--table", "meals", "--title", "School meals"),
        ("run", "school-meals"), ("check",),
    ):  # fmt: skip
        done = project.pipeline(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    said = {one["id"]: one for one in project.report("school-meals")["headlines"]}
    assert said["value"]["value"] == 29500
    assert (
        said["value"]["text"] == "Cambridgeshire's value is 29,500, 1,500 (5%) above the median of the others, 28,000."
    )
    assert said["place"]["value"] == 2
    page = (project.root / "reports/cambridgeshire/school-meals.html").read_text(encoding="utf-8")
    assert "From the year before it fell by 1,500" in page


def new(project, name="meals", **said):
    return drafting.draft(project.root, name, "smoking_prevalence", "Cambridgeshire", column="value", **said)


def test_its_line_stands_at_the_end_of_the_pack_and_the_rest_of_the_program_stays(project):
    before = (project.root / "pipeline.py").read_text(encoding="utf-8")
    after = drafting.with_line(before, new(project))
    line = '    Report("meals", needs=["smoking_prevalence"], figures=1),\n'
    assert after.replace(line, "") == before
    assert f"{line}]\n" in after


def test_a_last_line_without_a_comma_gets_one(project):
    program = 'PACK = [\n    Report("one")\n]\n'
    assert 'Report("one"),\n    Report("meals",' in drafting.with_line(program, new(project))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("smoking", "a report 'smoking' already"),
        ("benchmark", "notebooks/benchmark.ipynb is there already"),
        ("School meals", "A report cannot be called 'School meals'"),
        ("../x", "A report cannot be called"),
    ],
)
def test_a_name_that_is_taken_or_is_none_is_refused_and_nothing_is_written(project, name, said):
    with pytest.raises(InputError, match=said):
        new(project, name)


def test_a_table_without_areas_is_refused_before_anything_is_written(project):
    with pytest.raises(InputError, match="has no column of areas"):
        drafting.draft(project.root, "savings", "savings_schedule", "Cambridgeshire")


@pytest.mark.parametrize("program", ["PACK = [Report('one')]\n", "PACK = []\n", "OTHER = [\n    1,\n]\n"])
def test_a_pipeline_written_in_another_way_is_refused(project, program):
    with pytest.raises(InputError, match="PACK"):
        drafting.with_line(program, new(project))
