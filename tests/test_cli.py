"""What a user types, what she sees, and what stays untouched when something is wrong."""

import json
import re
import subprocess
import sys

import pytest
from conftest import LONGEST, MADE, NOW

from casebook import commands

pytestmark = pytest.mark.slow


def refused(project, *arguments):
    """Run something that must be refused: exit code 2, one sentence, no traceback, nothing changed."""
    before = project.published()
    done = project.pipeline(*arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert project.published() == before
    assert not [path for path in project.root.iterdir() if path.name.startswith(".reports")]
    *progress, sentence = done.stderr.strip().split("\n")
    assert all(line.startswith("Running ") for line in progress), done.stderr
    return sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--area", "Atlantis"], "There is no area called 'Atlantis': there are 153, among them "),
        (["run", "--area", "Hertforshire"], "There is no area called 'Hertforshire': did you mean Hertfordshire?"),
        (["run", "--area", "England"], "England is a country, not a local authority: there are"),
        (
            ["run", "care-rates", "--area", "Luton"],
            "care-rates: No figures of care applications for every 10,000 children aged 0 to 17 are held for Luton: put",
        ),
        (["run", "care-rate"], "There is no report called 'care-rate': did you mean care-rates?"),
        (
            ["run", "care-rates", "-p", "frist_year=2018"],
            "care-rates has no parameter called 'frist_year': did you mean first_year?",
        ),
        (["run", "-p", "frist_year=2018"], "No report has a parameter called 'frist_year': did you mean first_year?"),
        (["run", "care-rates", "-p", "first_year=soon"], "care-rates: first_year is 'soon', expected a whole number"),
        (
            ["run", "care-rates", "-p", "average=mode"],
            "care-rates: average is 'mode', expected one of 'mean', 'median' and 'pooled'",
        ),
        (["run", "smoking", "-p", "indicator=areas"], "smoking: The table 'areas' has no 'indicator' entry"),
        (["run", "care-rates", "-p", "average"], "-p 'average' is not of the form name=value"),
        (["run", "--area", ""], "There is no area called '': there are"),
        (["run", "smoking", "-p", "area=Atlantis"], "There is no area called 'Atlantis'"),
        (["run", "--area", "Essex", "-p", "area=Luton"], "The area is given twice"),
        (
            ["run", "-p", "denominator=100000"],
            "-p denominator would go to several reports of one notebook: name the report, chlamydia or",
        ),
    ],
)
def test_a_mistake_on_the_command_line_gets_one_sentence(copy_of_pack, arguments, sentence):
    assert refused(copy_of_pack, *arguments).startswith(sentence)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2017,6.50", "2017,-6.50", "row 2, column rate: found -6.5, expected at least 0"),
        ("year,rate", "year", "row 1: the column 'rate' is missing"),
        (
            "Hertfordshire,2018",
            "Hertfordshire,2017",
            "row 3, column area and year: area Hertfordshire and year 2017 already stands in row 2",
        ),
        ("2017,6.50", "2017,six", "row 2, column rate: found 'six', expected a number"),
    ],
)
def test_a_mistake_in_a_table_stops_the_run_before_a_notebook_starts(copy_of_pack, old, new, sentence):
    copy_of_pack.replace("data/raw/care_applications.csv", old, new)
    said = refused(copy_of_pack, "run")
    assert said.startswith(f"data/raw/care_applications.csv, {sentence}")


def test_a_table_that_is_not_utf8_stops_the_run(copy_of_pack):
    path = copy_of_pack.raw("smoking_prevalence.csv")
    path.write_bytes(path.read_bytes().replace(b"Bedford", b"B\xe9dford", 1))
    assert "row 4, column area: found the byte 0xE9, which is not UTF-8 text" in refused(copy_of_pack, "run")


def test_a_notebook_that_raises_publishes_nothing_and_exits_with_1(copy_of_pack):
    before = copy_of_pack.published()
    copy_of_pack.replace("notebooks/care-rates.ipynb", "PER = 10_000", "PER = 10_000 / 0")
    done = copy_of_pack.pipeline("run", "care-rates")
    assert done.returncode == 1
    assert "care-rates failed in cell 3 of notebooks/care-rates.ipynb: ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
    assert copy_of_pack.published() == before


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(0)", "care-rates ended early in cell 3: its process ended itself with the exit code 0"),
        ("import sys; sys.exit()", "care-rates ended early in cell 3"),
        (
            "from IPython.display import display; "
            "display({'application/vnd.casebook.headline+json': {}, 'text/plain': ''}, raw=True)",
            "care-rates cannot be published: cell 3 shows a block that Casebook did not make: show it with the",
        ),
        (
            "area = 'Hertfordshire'",
            "its title names Hertfordshire, and the run is for Cambridgeshire: write report.title(",
        ),
        (
            "report.title('x', area=area, as_of='z')",
            "care-rates cannot be published: it has 2 titles (cell 3 and cell 5)",
        ),
    ],
)
def test_a_notebook_that_does_not_end_as_a_report_must_is_no_success(copy_of_pack, code, words):
    before = copy_of_pack.published()
    copy_of_pack.replace("notebooks/care-rates.ipynb", '"PER = 10_000\\n"', f'"PER = 10_000\\n", "{code}\\n"')
    done = copy_of_pack.pipeline("run", "care-rates")
    assert done.returncode == 1, done.stderr
    assert words in done.stderr
    assert copy_of_pack.published() == before


def test_one_report_can_be_made_anew_and_the_others_stay(copy_of_pack):
    before = copy_of_pack.published()
    # Later than the pack, so that every page that says when it was published changes.
    done = copy_of_pack.pipeline("run", "care-rates", "-p", "average=median", "-p", "first_year=2019", at=NOW + 86_400)
    assert done.returncode == 0, done.stderr
    *changes, last = done.stdout.strip().splitlines()
    assert all(line.startswith("Changed: care-rates, Cambridgeshire: ") for line in changes)
    assert last.startswith("1 report for Cambridgeshire published in")
    assert last.endswith("Open reports/index.html")
    entry = copy_of_pack.report("care-rates")
    assert entry["parameters"] == {
        "area": "Cambridgeshire",
        "first_year": 2019,
        "last_year": None,
        "average": "median",
        "child_population": None,
    }
    path = copy_of_pack.headline("care-rates", "care-applications-path")
    assert "The median of its ten similar councils rose from 9.2 to 9.7" in path["basis"]
    after = copy_of_pack.published()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {
        "cambridgeshire/care-rates.html",
        "cambridgeshire/care-rates.xlsx",
        "accessibility.html",
        "cambridgeshire/care-rates.ipynb",
        "cambridgeshire/index.html",
        "cambridgeshire/pack.json",
        "index.html",
        "pack.json",
        "reconciliation.html",
    }
    assert copy_of_pack.pack()["published"] == "2 May 2026 at 09:00"
    assert copy_of_pack.report("care-rates")["finished"] == "2 May 2026 at 09:00"
    assert {copy_of_pack.report(name)["finished"] for name in ("register", "smoking")} == {MADE}
    index = (copy_of_pack.root / "reports" / "index.html").read_text(encoding="utf-8")
    assert "<strong>Made with other settings than usual:</strong> average median; first year 2019.</p>" in index
    assert index.count("Made with other settings") == 1


def test_a_pack_of_a_stated_area_is_found_by_its_printed_spelling(copy_of_pack):
    assert copy_of_pack.pipeline("run", "smoking", "--area", "Central Beds").returncode == 0
    assert copy_of_pack.report("smoking", "Central Bedfordshire")["html"] == "central-bedfordshire/smoking.html"


def test_an_authority_that_is_not_printed_gets_a_report_that_says_so(copy_of_pack):
    done = copy_of_pack.pipeline("run", "chlamydia", "--area", "Thurrock")
    assert done.returncode == 0, done.stderr
    said = copy_of_pack.headline("chlamydia", "area-not-printed", "Thurrock")
    assert (
        said["text"] == "The paper gives no figure for chlamydia detection in Thurrock, so Thurrock cannot be compared."
    )
    assert said["basis"] == "The others can: the ten other authorities of the East of England."


def test_a_damaged_pack_is_left_alone_and_named(copy_of_pack):
    (copy_of_pack.root / "reports" / "pack.json").write_text("{")
    assert refused(copy_of_pack, "run", "smoking").startswith("reports/pack.json does not describe what is in reports")


@pytest.mark.long
def test_a_file_that_somebody_put_into_reports_is_kept(copy_of_pack):
    (copy_of_pack.root / "reports" / "notes.txt").write_text("mine")
    # Nor does a pack published before pack.json said which parameters were overridden stop a run.
    own = copy_of_pack.root / "reports" / "cambridgeshire" / "pack.json"
    older = json.loads(own.read_text(encoding="utf-8"))
    for entry in older["reports"]:
        del entry["overrides"]
    own.write_text(json.dumps(older), encoding="utf-8")
    assert copy_of_pack.pipeline("run", "smoking", "-p", "area=E10000003").returncode == 0
    assert (copy_of_pack.root / "reports" / "notes.txt").read_text() == "mine"
    assert copy_of_pack.report("smoking")["parameters"]["area"] == "Cambridgeshire"


def test_list_shows_reports_parameters_with_types_and_defaults_and_tables(pack):
    done = pack.pipeline("list")
    assert done.returncode == 0
    words = " ".join(done.stdout.split())
    assert "care-rates notebooks/care-rates.ipynb area Area = 'Cambridgeshire' first_year Year | None = None" in words
    assert """average Literal["mean", "median", "pooled"] = 'mean'""" in words
    assert "reads children_in_care series care-applications, children-in-care-rate, children" in words
    assert (
        "chlamydia notebooks/benchmark.ipynb area Area = 'Cambridgeshire' indicator str = 'chlamydia_detection'"
        in words
    )
    assert "reads chlamydia_detection, savings_schedule" in words
    assert "ot-demand notebooks/ot-demand.ipynb" in words
    assert "builds on ehcp-forecast" in words


def test_check_finds_every_mistake_without_running_anything(project):
    described = len(project.raw("SHA256SUMS").read_text().splitlines())
    figures = len(project.raw("published_figures.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert re.fullmatch(
        rf"{described} tables, \d+ reports and {figures} printed figures are in order\.\n",
        project.pipeline("check").stdout,
    )
    project.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,-1")
    project.replace("notebooks/care-rates.ipynb", "last_year: Year | None = None", "last_year: Year = None")
    project.replace("pipeline.py", '"health_checks"', '"health_cheks"')
    done = project.pipeline("check")
    assert done.returncode == 2
    said = done.stderr.strip().split("\n")
    assert [sentence.split(":")[0] for sentence in said] == [
        "data/raw/smoking_prevalence.csv, row 9, column value",
        "care-rates.ipynb, parameters cell, line 3",
        "There is no table called 'health_cheks' in data/raw/SHA256SUMS",
    ]
    assert not (project.root / "reports" / "index.html").exists()


def test_the_pipeline_runs_from_another_folder(pack, tmp_path):
    done = subprocess.run(
        [sys.executable, pack.root / "pipeline.py", "list"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr


def test_help_names_every_command_with_a_sentence(pack):
    lines = [line.strip(" │") for line in pack.pipeline("--help").stdout.splitlines()]
    listed = dict(line.split(maxsplit=1) for line in lines if re.match(r"[a-z]+ +[A-Z]", line))
    # A group of one command.
    listed["docs build"] = listed.pop("docs")
    documented = re.search(r"Here: (.+?)\.", commands.__doc__, re.DOTALL)[1].replace("\n", " ").split(", ")
    assert set(listed) == set(documented)
