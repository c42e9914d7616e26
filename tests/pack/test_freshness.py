"""A run does what is stale, says why, and leaves the rest alone."""

import json
import py_compile
import re
from types import SimpleNamespace

import pytest
from conftest import copied
from small_reports import BEGIN, GOOD, PARAMETERS, SAY, SHOW, events, write

from casebook import report
from casebook.pack import freshness
from casebook.pack.models import Pack
from casebook.pages import manifest

pytestmark = pytest.mark.slow

OWN_FILE = "from pathlib import Path\nnote = Path('note.txt').read_text()\n"
KEEPS = "report.result('kept', frame[['area', 'value']])\n"
BUILDS = "from casebook import results\nkept = results.read('first', 'kept', area)\n"


def why(project, *arguments: str) -> dict[str, str]:
    """Run, and return which reports were made and why."""
    done = project.pipeline("run", *arguments)
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("Running ").split(" (Cambridgeshire): ") for line in done.stderr.splitlines()]
    return dict(lines)


@pytest.fixture
def small(once, tmp_path):
    """Three reports: one that keeps a result, one that builds on it and one that opens a file of its own."""

    def make(project):
        write(
            project,
            {
                "first": (*GOOD, KEEPS),
                "second": (BEGIN, BUILDS, SAY, SHOW),
                "third": ("# Words", BEGIN, OWN_FILE, SAY, SHOW),
            },
        )
        (project.root / "note.txt").write_text("one")
        assert why(project) == dict.fromkeys(("first", "second", "third"), "it was not in the pack")

    return copied(once("three-small-reports", make), tmp_path)


def test_a_second_run_starts_nothing_and_is_over_at_once(small):
    before = small.published()
    done = small.pipeline("run")
    assert done.stdout.startswith("Nothing has changed since the pack was published on ")
    assert done.stderr == ""
    assert small.published() == before
    # Nor where the command is another and each report is looked at by itself.
    assert why(small, "first", "third") == {}
    assert [one["status"] for one in events(small) if one["event"] == "run ended"] == [
        "published",
        *["nothing to do"] * 2,
    ]


def test_each_thing_a_report_is_made_from_makes_it_stale_and_no_other(small):
    (small.root / "note.txt").write_text("two")
    before, log = small.published(), events(small)
    assert small.pipeline("run", "--dry-run").stdout == "Would run third (Cambridgeshire): note.txt changed\n"
    assert (small.published(), events(small)) == (before, log)
    assert why(small) == {"third": "note.txt changed"}
    write(small, {"first": (*GOOD, KEEPS), "second": (BEGIN, BUILDS, SAY, SHOW), "third": ("# Words", BEGIN, OWN_FILE, "1;", SAY, SHOW)})  # fmt: skip
    assert why(small) == {"third": "its code changed"}
    small.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    small.pipeline("accept")
    changed = "data/raw/smoking_prevalence.csv changed"
    assert why(small) == {"first": changed, "second": changed, "third": changed}
    # Another table is accepted, and none of these read it.
    small.replace("data/raw/care_applications.csv", "2017,6.50", "2017,6.51")
    small.pipeline("accept")
    assert why(small) == {}
    small.replace("data/raw/smoking_prevalence.yaml", "title: ", "title: Of ")
    assert set(why(small).values()) == {"the description of smoking_prevalence changed"}


@pytest.mark.long
def test_what_builds_on_a_stale_report_is_stale_and_comes_after_it(small):
    write(small, {"first": (*GOOD, KEEPS, "1;"), "second": (BEGIN, BUILDS, SAY, SHOW), "third": ("# Words", BEGIN, OWN_FILE, SAY, SHOW)})  # fmt: skip
    assert why(small) == {"first": "its code changed", "second": "first, which it builds on, is rebuilt"}
    began = [one["report"] for one in events(small) if one["event"] in ("report began", "report ended")]
    assert began[-4:] == ["first", "first", "second", "second"]
    # Made by itself, the first leaves the second stale.
    write(small, {"first": (*GOOD, KEEPS, "2;"), "second": (BEGIN, BUILDS, SAY, SHOW), "third": ("# Words", BEGIN, OWN_FILE, SAY, SHOW)})  # fmt: skip
    assert why(small, "first") == {"first": "its code changed"}
    assert why(small) == {"second": "first, which it builds on, changed"}


def test_an_edit_of_words_alone_is_rendered_without_running_a_cell(small):
    small.replace("notebooks/third.ipynb", "# Words", "# Other words")
    assert why(small) == {"third": "its words changed"}
    ended = [one for one in events(small) if one["event"] == "report ended"][-1]
    assert "cells" not in ended
    assert "Other words" in small.page("third")
    assert ">Words<" not in small.page("third")


@pytest.mark.long
def test_parameters_and_their_return_are_noticed(small):
    write(small, {"first": (*GOOD, "first;")}, parameters=PARAMETERS + "\nfirst: int = 2018")
    assert "first" in why(small)
    assert why(small, "first", "-p", "first=2019") == {"first": "its parameters changed (first)"}
    assert why(small, "first", "-p", "first=2019") == {}
    assert why(small, "first") == {"first": "its parameters changed (first)"}


@pytest.mark.long
def test_a_page_that_was_changed_by_hand_is_made_anew(small):
    page = small.root / "reports" / "cambridgeshire" / "third.html"
    page.write_text(page.read_text().replace("A small report", "A great report"))
    assert why(small) == {"third": "reports/cambridgeshire/third.html is not as it was published"}
    (small.root / "reports" / "cambridgeshire" / "first.xlsx").unlink()
    assert "first" in why(small)


@pytest.mark.long
def test_force_makes_everything(small):
    (small.root / ".casebook" / "fresh.json").unlink()
    assert why(small, "--force") == dict.fromkeys(("first", "second", "third"), "--force")
    # The command is obeyed again, but the data it checked need no checking.
    assert freshness.were_checked(small.root, freshness.data(small.root))
    assert why(small, "third", "--force") == {"third": "--force"}


@pytest.mark.long
def test_the_record_says_why_and_the_page_too(small):
    (small.root / "note.txt").write_text("two")
    why(small)
    entry = small.report("third")
    assert entry["opened"] == [{"path": "note.txt", "sha256": entry["opened"][0]["sha256"]}]
    assert "Why it was run: note.txt changed." in small.page("third")
    assert json.loads((small.root / ".casebook" / "fresh.json").read_text())["opened"] == ["note.txt"]


WORDS = """
import nbformat
from pathlib import Path
own = Path("notebooks/one.ipynb")
written = nbformat.read(own, 4)
if not Path("saved").exists():
    Path("saved").touch()
    written.cells.append(nbformat.v4.new_markdown_cell("Saved while it ran."))
    nbformat.write(written, own)
"""


def test_what_is_saved_while_a_run_goes_on_is_seen_by_the_next(project):
    write(project, {"one": (*GOOD, WORDS)})
    assert why(project) == {"one": "it was not in the pack"}
    assert why(project) == {"one": "its words changed"}
    assert "Saved while it ran." in project.page("one")


def test_files_in_the_home_folder_helpers_and_files_beside_notebooks_count_too(project, monkeypatch):
    # As for an analyst whose projects lie in the home folder.
    monkeypatch.setenv("HOME", str(project.root.parent))
    helper, beside = project.root / "helper.py", project.root / "notebooks" / "extra.csv"
    helper.write_text("NUMBER = 1\n")
    # A module that is compiled already is not opened any more.
    py_compile.compile(str(helper))
    beside.write_text("a\n1\n")
    (project.root / "note.txt").write_text("one")
    write(project, {"one": (*GOOD, OWN_FILE, "import helper", "extra = open('notebooks/extra.csv').read()")})
    why(project)
    for path, text in ((helper, "NUMBER = 20\n"), (beside, "a\n2\n"), (project.root / "note.txt", "two")):
        path.write_text(text)
        assert why(project) == {"one": f"{path.relative_to(project.root)} changed"}


@pytest.mark.long
def test_temporary_files_of_a_notebook_are_nobodys_input(project):
    unpacks = "import tempfile\nfrom pathlib import Path\npath = Path(tempfile.mkdtemp()) / 'x.csv'\npath.write_text('1')\npath.read_text();"
    write(project, {"one": (*GOOD, unpacks)})
    why(project)
    assert project.report("one")["opened"] == []


ALONE = """
from casebook import report, results
report.title("A small report", area=area, as_of="1 May 2026")
frame = results.read("first", "kept", area)
"""


def test_other_results_of_the_report_built_on_make_a_report_stale_whenever_they_were_made(project):
    write(project, {"first": (*GOOD, KEEPS), "second": (ALONE, SAY, SHOW)})
    why(project)
    project.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    project.pipeline("accept")
    assert set(why(project, "first")) == {"first"}
    assert why(project) == {"second": "first, which it builds on, changed"}
    assert why(project) == {}


@pytest.mark.long
def test_a_report_may_compare_with_what_it_kept_last_time(project):
    compares = "from casebook import InputError, results\ntry:\n    last = len(results.read('one', 'kept', area))\nexcept InputError:\n    last = 0\n"
    says = "report.headline('last', f'Last time there were {last}.', value=last, unit='rows')"
    write(project, {"one": (*GOOD, KEEPS, compares, says)})
    assert why(project) == {"one": "it was not in the pack"}
    assert project.headline("one", "last")["value"] == 0
    why(project, "--force")
    assert project.headline("one", "last")["value"] == project.headline("one", "rows")["value"]


@pytest.mark.long
def test_results_for_another_area_are_those_published_for_it(project):
    write(project, {"first": (*GOOD, "report.result('whose', frame.assign(area=area)[['area']].head(1))")})
    assert project.pipeline("run", "--area", "Hertfordshire").returncode == 0
    reads = "from casebook import results\nwhose = results.read('first', 'whose', 'Hertfordshire')['area'][0]\nassert whose == 'Hertfordshire', whose"
    write(
        project,
        {
            "first": (*GOOD, "report.result('whose', frame.assign(area=area)[['area']].head(1))"),
            "second": (*GOOD, reads),
        },
    )
    assert set(why(project)) == {"first", "second"}


@pytest.mark.long
def test_that_other_settings_are_named_is_said_and_so_is_their_return(project):
    write(project, {"one": GOOD}, parameters=PARAMETERS + "\nfirst: int = 2018")
    why(project)
    named = "other settings were named for this run"
    assert why(project, "one", "-p", "first=2018") == {"one": named}
    assert project.report("one")["overrides"] == ["first"]
    assert why(project, "one", "-p", "first=2018") == {}
    assert why(project, "one") == {"one": named}
    assert why(project) == {}


@pytest.mark.long
def test_a_report_that_is_new_puts_the_committee_pack_out_of_date(project):
    write(project, {"one": GOOD})
    why(project)
    printed = project.root / "reports" / "cambridgeshire" / "committee-pack.pdf"
    printed.write_bytes(b"%PDF")
    packs = {"cambridgeshire": "cambridgeshire/committee-pack.pdf"}
    manifest.write(project.root / "reports", Pack.model_validate(project.pack() | {"committee_packs": packs}))
    write(project, {"one": GOOD, "two": GOOD})
    assert set(why(project)) == {"two"}
    assert project.pack()["committee_packs"] == {}
    assert not printed.exists()


@pytest.fixture
def two_areas(project):
    """Two reports, one of which builds on the other, for two areas."""
    write(project, {"first": (*GOOD, KEEPS), "second": (BEGIN, BUILDS, SAY, SHOW)})
    why(project)
    assert project.pipeline("run", "--area", "Hertfordshire").returncode == 0
    return project


def made(project, *arguments: str) -> dict[tuple[str, str], str]:
    """Run, and return which reports were made for which areas, and why."""
    done = project.pipeline("run", *arguments)
    assert done.returncode == 0, done.stderr
    found = [re.fullmatch(r"Running (\S+) \((.+)\): (.+)", line) for line in done.stderr.splitlines()]
    return {(one[1], one[2]): one[3] for one in found if one}


OLDER = "This page is older than its data"


def test_every_area_of_the_pack_is_kept_fresh_with_the_settings_it_was_made_with(project):
    write(
        project,
        {"first": (*GOOD, KEEPS), "second": (BEGIN, BUILDS, SAY, SHOW)},
        parameters=PARAMETERS + "\nyear: int = 2018",
    )
    why(project)
    assert project.pipeline("run", "second", "--area", "Hertfordshire", "-p", "year=2020").returncode == 0
    project.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    project.pipeline("accept")
    everywhere = {(name, area) for name in ("first", "second") for area in ("Cambridgeshire", "Hertfordshire")}
    assert made(project).keys() == everywhere
    assert project.report("second", "Hertfordshire")["parameters"] == {"area": "Hertfordshire", "year": 2020}
    assert project.report("second", "Hertfordshire")["overrides"] == ["year"]
    assert project.report("second", "Cambridgeshire")["parameters"]["year"] == 2018
    assert made(project) == {}
    assert project.pipeline("run").stdout.startswith("Nothing has changed")


def test_a_run_of_one_report_marks_the_others_that_are_older_than_their_data(two_areas):
    two_areas.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    two_areas.pipeline("accept")
    done = two_areas.pipeline("run", "first")
    said = "Marked as older than its data: second, Hertfordshire: data/raw/smoking_prevalence.csv changed"
    assert said in done.stdout.splitlines()
    assert [entry["name"] for entry in two_areas.pack()["reports"] if not entry["older"]] == ["first"]
    for name, area in (("first", "Hertfordshire"), ("second", "Hertfordshire"), ("second", "Cambridgeshire")):
        assert OLDER in two_areas.page(name, area)
    assert OLDER not in two_areas.page("first")
    assert (two_areas.root / "reports" / "index.html").read_text().count(OLDER) == 3
    # Where what changed is undone, the marks go without a cell being run.
    assert made(two_areas, "first") == {}
    assert len(made(two_areas)) == 3
    assert not any(
        OLDER in two_areas.page(name, area)
        for name in ("first", "second")
        for area in ("Cambridgeshire", "Hertfordshire")
    )


def test_a_pack_whose_record_was_deleted_is_made_anew_and_what_it_names_no_more_is_told_of(two_areas):
    for name in ("pack.json", "hertfordshire/pack.json"):
        (two_areas.root / "reports" / name).unlink()
    done = two_areas.pipeline("run")
    assert done.returncode == 0, done.stderr
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("reports/pack.json was not there")]
    assert "kept true by nobody: areas.html, hertfordshire/" in said
    assert said.endswith("make its area with `run --area`, or delete it.")
    assert two_areas.pipeline("run", "--area", "Hertfordshire").stderr.count("kept true") == 0


def test_a_mark_goes_when_the_data_are_again_what_they_were(two_areas):
    table = two_areas.raw("smoking_prevalence.csv")
    before = table.read_bytes(), two_areas.raw("SHA256SUMS").read_bytes()
    two_areas.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    two_areas.pipeline("accept")
    made(two_areas, "first")
    table.write_bytes(before[0])
    two_areas.raw("SHA256SUMS").write_bytes(before[1])
    assert made(two_areas)["first", "Hertfordshire"] == "it was marked as older than its data, and is not"
    assert OLDER not in two_areas.page("first", "Hertfordshire")


def test_a_report_that_is_no_longer_listed_is_taken_out_by_a_whole_run_which_says_so(project):
    write(project, {"one": GOOD, "two": GOOD})
    why(project)
    write(project, {"one": GOOD})
    before = project.published()
    assert "Marked as older" not in project.pipeline("run", "one", "--force").stdout
    assert project.published()["cambridgeshire/two.html"] == before["cambridgeshire/two.html"]
    taken = "two (Cambridgeshire): not in pipeline.py"
    assert f"Would take out {taken}" in project.pipeline("run", "--dry-run").stdout
    assert f"Taken out: {taken}" in project.pipeline("run").stdout
    assert "cambridgeshire/two.html" not in project.published()


def test_an_area_is_removed_by_name_and_another_is_not_touched(two_areas):
    before = two_areas.published()
    done = two_areas.pipeline("run", "--remove", "Hertfordshire")
    assert done.returncode == 0, done.stderr
    assert "Taken out: first (Hertfordshire): asked for with --remove\n" in done.stdout
    assert {entry["area"] for entry in two_areas.pack()["reports"]} == {"Cambridgeshire"}
    after = two_areas.published()
    assert not any("hertfordshire" in name for name in after)
    assert "Hertfordshire" not in after["index.html"].decode()
    # Its pages lead to no other area any more; that is all.
    own = {name for name in after if name.startswith("cambridgeshire/") and after[name] != before[name]}
    assert own == {"cambridgeshire/first.html", "cambridgeshire/second.html", "cambridgeshire/pack.json"}
    way = rb'<span class="onscreen"> <a href="../areas.html#\w+">This report for other areas</a>.</span>'
    for name in own - {"cambridgeshire/pack.json"}:
        assert re.sub(way, b"", before[name]) == after[name] != before[name]
    for words, said in (
        (["--remove", "Hertfordshire"], "No report is published for Hertfordshire: "),
        (["--remove", "Cambridgeshire"], "--remove Cambridgeshire would take out what this run makes: "),
    ):
        refused = two_areas.pipeline("run", *words)
        assert (refused.returncode, refused.stderr.startswith(said)) == (2, True), refused.stderr


def test_a_report_of_another_area_that_fails_keeps_its_page_marked(two_areas):
    fails = "assert area == 'Cambridgeshire'"
    write(two_areas, {"first": (*GOOD, KEEPS), "second": (BEGIN, BUILDS, SAY, SHOW, fails)})
    assert two_areas.pipeline("run").returncode == 1
    assert [one["kept_since"] for one in two_areas.pack()["reports"]] == [""] * 4
    assert two_areas.pipeline("run", "--keep-going").returncode == 1
    kept = {(one["name"], one["area"]): bool(one["kept_since"]) for one in two_areas.pack()["reports"]}
    assert [key for key, marked in kept.items() if marked] == [("second", "Hertfordshire")]
    assert "This is the last page that was made" in two_areas.page("second", "Hertfordshire")


def test_a_report_of_another_area_that_cannot_be_planned_is_refused_by_name_or_kept(project):
    write(project, {"one": GOOD}, parameters=PARAMETERS + "\nyear: int = 2018")
    why(project)
    assert project.pipeline("run", "one", "--area", "Hertfordshire", "-p", "year=2020").returncode == 0
    write(project, {"one": GOOD})
    refused = project.pipeline("run")
    assert refused.returncode == 2
    assert "one stands in the pack for Hertfordshire: mend it, or take" in refused.stderr
    assert project.pipeline("run", "--keep-going").returncode == 1
    assert project.report("one", "Hertfordshire")["kept_since"]
    assert not project.report("one")["kept_since"]
    assert made(project, "--remove", "Hertfordshire") == {}


def test_what_pipeline_says_a_report_must_contain_is_checked_of_a_page_that_is_fresh(project):
    write(project, {"one": GOOD}, {"one": "headlines=2"})
    why(project)
    project.replace("pipeline.py", "headlines=2", "headlines=3")
    done = project.pipeline("run")
    assert done.returncode == 1
    assert "2 headlines" in done.stderr


def test_pages_about_all_reports_are_written_again_where_they_were_altered(project):
    write(project, {"one": GOOD})
    why(project)
    before = project.published()
    (project.root / "reports" / "index.html").unlink()
    (project.root / "reports" / "accessibility.html").write_text("altered")
    done = project.pipeline("run")
    assert "Written again: reports/index.html, which was not as it was published" in done.stdout
    assert project.published() == before


UNSEEN = {
    "child": ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'pass']);", "what the process python"),
    "shell": ("!true", "what the process "),
    "system": ("import os\nos.system('true');", "what the process true reads"),
    "network": ("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9));", "what 127.0.0.1 answers"),
    "environment": ("import os\nlen(dict(os.environ));", "the whole environment"),
    "declared": ("report.source('Live feed', publisher='Council', date='now', unseen=True)", "Live feed"),
}


@pytest.fixture(scope="module", params=["forked", pytest.param("kernels", marks=pytest.mark.long)])
def unseen(request, once):
    def make(project):
        write(project, {name: (*GOOD, cell) for name, (cell, _) in UNSEEN.items()} | {"plain": GOOD})
        done = project.pipeline("run", *(["--ordinary-kernels"] if request.param == "kernels" else []))
        assert done.returncode == 0, done.stderr
        done = project.pipeline("run")
        (project.root.parent / "told.txt").write_text(done.stderr)

    project = once(f"unseen-{request.param}", make)
    return (project.root.parent / "told.txt").read_text()


@pytest.mark.parametrize("name", UNSEEN)
def test_a_report_whose_inputs_nobody_can_see_is_always_made_anew(unseen, name):
    line = next(line for line in unseen.splitlines() if line.startswith(f"Running {name} "))
    assert f": nobody can see whether {UNSEEN[name][1]}" in line
    assert "Running plain" not in unseen


def test_another_area_in_a_notebook_is_told_of(project):
    project.replace(
        "notebooks/care-rates.ipynb", 'area: Area = \\"Cambridgeshire\\"', 'area: Area = \\"Hertfordshire\\"'
    )
    checked = project.pipeline("check")
    assert checked.returncode == 0
    said = "pipeline.py's area Cambridgeshire is used, not Hertfordshire, which {}.ipynb names: "
    assert said.format("care-rates") in checked.stderr
    write(project, {"one": GOOD}, parameters='area: str = "Hertfordshire"')
    assert said.format("one") in project.pipeline("run").stderr
    assert said.format("one") not in project.pipeline("run", "--area", "Hertfordshire").stderr
    # Another spelling of the same area is the same area.
    write(project, {"one": GOOD}, parameters='area: str = "E10000003"')
    assert "is used, not" not in project.pipeline("run").stderr


def test_jupyterlab_says_that_another_area_is_published(project, monkeypatch, capsys):
    from IPython.core import getipython

    write(project, {"one": GOOD})
    why(project)
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    monkeypatch.setattr(getipython, "get_ipython", lambda: SimpleNamespace(kernel="a kernel"))
    report.title("A small report", area="Essex", as_of="1 May 2026")
    said = "This is about Essex, and the pipeline publishes Cambridgeshire: "
    assert said in capsys.readouterr().err
    report.title("A small report", area="Cambridgeshire", as_of="1 May 2026")
    assert capsys.readouterr().err == ""
