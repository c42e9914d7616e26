"""Runs of many areas: each published when it is made, stopped and gone on with, right in whatever order."""

import signal

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import running, wait_for
from small_reports import GOOD, events, write

from casebook.data import executed, results

AREAS = ("Essex", "Leeds", "Norfolk", "Rutland", "Kent", "Luton", "Devon", "Surrey", "Halton", "Bury")
READS = """\
from casebook import report, results
report.title("A second report", area=area, as_of="1 May 2026")
rows = results.read("first", "rows", area=area)
"""
KEEPS = 'report.result("rows", frame)\n'
SECOND = (
    READS,
    GOOD[3].replace("frame", "rows"),
    GOOD[4].replace('frame[["area", "value"]]', 'rows[["area", "value"]]'),
)


def of(*areas):
    return [word for area in areas for word in ("--area", area)]


def made(project) -> set[tuple[str, str]]:
    """What the last run made, of which area."""
    run = events(project)[-1]["run"]
    return {
        (one["report"], one["area"]) for one in events(project) if one["run"] == run and one["event"] == "report ended"
    }


@pytest.fixture
def two(project):
    """A project of two reports, of which the second builds on the first."""
    write(project, {"first": (*GOOD, KEEPS), "second": SECOND})
    return project


def test_an_area_made_after_another_leaves_it_fresh_and_in_the_pack_whatever_the_order(two):
    for area in ("Norfolk", "Essex"):
        assert two.pipeline("run", "--area", area).returncode == 0
        assert made(two) == {("first", area), ("second", area)}
    done = two.pipeline("run", *of("Essex", "Norfolk"))
    assert done.returncode == 0
    assert made(two) == set(), two.report("second", "Kent")["why"]
    assert two.pack()["areas"] == ["Essex", "Norfolk"]
    assert {(one["name"], one["area"]) for one in two.pack()["reports"]} == {
        (name, area) for name in ("first", "second") for area in ("Essex", "Norfolk")
    }


def ways(project, area):
    """Where the pages of an area lead for other areas."""
    pages = [BeautifulSoup(project.page(name, area), "lxml") for name in ("first", "second")]
    return [link["href"] for page in pages for link in page.select("main .about a")]


def test_a_page_leads_to_the_same_report_of_other_areas_where_there_are_any(two):
    hub = two.root / "reports" / "areas.html"
    assert two.pipeline("run", "--area", "Essex").returncode == 0
    assert (ways(two, "Essex"), hub.exists()) == ([], False)
    assert two.pipeline("run", "--area", "Norfolk").returncode == 0
    both = ["../areas.html#first", "../areas.html#second"]
    assert (ways(two, "Essex"), ways(two, "Norfolk")) == (both, both)
    led = [
        link["href"] for link in BeautifulSoup(hub.read_text(encoding="utf-8"), "lxml").select("main #second + nav a")
    ]
    assert led == ["essex/second.html", "norfolk/second.html"]
    assert two.pipeline("run", "--remove", "Norfolk", "--area", "Essex").returncode == 0
    assert (ways(two, "Essex"), hub.exists()) == ([], False)


def test_areas_come_from_a_region_or_a_file_and_all_wrong_names_are_told_at_once(project):
    write(project, {"one": GOOD})
    names = project.root / "areas.txt"
    names.write_text("Essex\n\n# neighbours\nE06000055  # Bedford\n", encoding="utf-8")
    assert project.pipeline("run", "--area-file", "areas.txt").returncode == 0
    assert project.pack()["areas"] == ["Bedford", "Essex"]
    assert project.pipeline("run", *of("Essex", "Leeds")).returncode == 0
    assert project.report("one", "Leeds")["why"] == "it was not in the pack"
    dry = project.pipeline("run", "--region", "North East", "--dry-run")
    assert dry.stdout.count("Would run one") == 12
    assert dry.stdout.count("(Durham)") + dry.stdout.count("(County Durham)") == 1
    assert project.pipeline("run", "--area", "all", "--dry-run").stdout.count("Would run one") == 150
    names.write_text("Essecks\nLeeds\nNorfork\n", encoding="utf-8")
    refused = project.pipeline("run", "--area-file", "areas.txt")
    assert (refused.returncode, "'Essecks'" in refused.stderr, "'Norfork'" in refused.stderr) == (2, True, True)
    assert "Did you mean Essex" in refused.stderr or "Essex" in refused.stderr


def test_an_area_that_fails_stops_no_other_is_named_and_ends_in_an_exit_code(project):
    fails = 'assert area != "Leeds", "the figures of Leeds are wrong"'
    write(project, {"one": (fails, *GOOD), "two": GOOD})
    done = project.pipeline("run", *of("Essex", "Leeds", "Norfolk"))
    assert done.returncode == 1
    assert "the figures of Leeds are wrong" in done.stderr
    pack = project.pack()
    assert {(one["name"], one["area"]) for one in pack["reports"]} == {
        ("one", "Essex"), ("two", "Essex"), ("two", "Leeds"), ("one", "Norfolk"), ("two", "Norfolk")
    }  # fmt: skip
    assert [(one["name"], one["area"], one["kept"]) for one in pack["failed"]] == [("one", "Leeds", False)]
    assert "one, Leeds: failed." in (project.root / "reports" / "index.html").read_text(encoding="utf-8")
    # Mended, the one area is made again and nothing else.
    write(project, {"one": ("1", *GOOD), "two": GOOD})
    assert project.pipeline("run", *of("Leeds", "Essex", "Norfolk")).returncode == 0
    assert made(project) == {("one", area) for area in ("Essex", "Leeds", "Norfolk")}


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_run_stopped_in_the_middle_goes_on_where_it_was(two, number):
    slow = f'import pathlib, time\nwhile area == "Bury" and not pathlib.Path({str(two.root)!r}, "go").exists(): time.sleep(0.05)'
    write(two, {"first": (*GOOD, KEEPS, slow), "second": SECOND})
    with running(two, "run", *of(*AREAS)) as run:
        wait_for(two.root / ".casebook" / "runs.jsonl", '"area": "Bury"')
        # The first areas stand published, whole, while the last are being made.
        published = sorted(path.parent.name for path in (two.root / "reports").glob("*/pack.json"))
        assert len(published) == 8
        kept = two.published()
        run.send(number)
        said = run.ended()
    assert said.returncode == (-number if number == signal.SIGKILL else 130)
    if number == signal.SIGINT:
        assert "the areas that were finished are published; the same command goes on" in said.stderr
    assert two.published() == kept
    (two.root / "go").touch()
    assert two.pipeline("run", *of(*AREAS)).returncode == 0
    again = {area for _, area in made(two)}
    assert again == {"Halton", "Bury"}
    assert two.pack()["areas"] == sorted(AREAS)
    assert {(one["area"], one["kind"]) for one in two.pack()["changes"]} == set()
    assert not list(two.root.glob(".reports-*"))
    # And there is nothing left to do, for this command or for another.
    assert two.pipeline("run", *of(*AREAS[::-1])).stdout.startswith("Nothing has changed")
    assert {path: content for path, content in two.published().items() if path.split("/")[0] in published} == {
        path: content for path, content in kept.items() if "/" in path
    }


def test_no_page_of_any_area_is_older_than_its_data(two):
    assert two.pipeline("run", *of(*AREAS[:3])).returncode == 0
    two.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    two.pipeline("accept")
    assert two.pipeline("run", *of(*AREAS[3:5])).returncode == 0
    assert made(two) == {(name, area) for name in ("first", "second") for area in AREAS[:5]}


def test_the_index_of_many_areas_leads_to_each_by_region_and_to_the_areas_own(project):
    write(project, {"one": GOOD})
    project.pipeline("run", *of(*AREAS))
    index = BeautifulSoup((project.root / "reports" / "index.html").read_text(encoding="utf-8"), "lxml")
    listed = index.select(".areas li a")
    assert {link.text for link in listed} == set(AREAS)
    for link in listed:
        own = BeautifulSoup((project.root / "reports" / link["href"]).read_text(encoding="utf-8"), "lxml")
        assert own.h1.text == f"Reports for {link.text}"
        target = (project.root / "reports" / link["href"]).parent / own.select_one("main h3 a")["href"]
        assert target.is_file()
    regions = {heading.text for heading in index.select(".areas h3")}
    assert {"East of England", "Yorkshire and The Humber"} <= regions
    for link in index.select("nav a"):
        assert index.find(id=link["href"][1:]) is not None


def test_what_an_area_lacks_is_left_out_and_its_page_says_what_is_missing(project):
    write(project, {"one": GOOD, "savings": GOOD}, {"savings": 'needs=["savings_schedule"]'})
    done = project.pipeline("run", *of("Cambridgeshire", "Leeds", "Essex"))
    assert done.returncode == 0, done.stderr
    assert "Left out for 2 of 3 areas: savings (Leeds and Essex)." in done.stderr
    page = (project.root / "reports" / "leeds" / "index.html").read_text(encoding="utf-8")
    assert "savings_schedule.csv is of Cambridgeshire" in page
    assert "cannot be made" not in (project.root / "reports" / "cambridgeshire" / "index.html").read_text(
        encoding="utf-8"
    )


def test_a_report_builds_on_one_that_an_earlier_sweep_left_compressed_and_stays_fresh_after_it(two, monkeypatch):
    (two.root / "areas.txt").write_text("Essex\nKent\n", encoding="utf-8")
    assert two.pipeline("run", "first", "--area-file", "areas.txt").returncode == 0
    assert two.report("first", "Kent")["notebook"] == "kent/first.ipynb.gz"
    done = two.pipeline("run", "second", "--area", "Kent")
    assert (done.returncode, made(two)) == (0, {("second", "Kent")}), done.stderr
    # In JupyterLab the published one is read.
    monkeypatch.setenv("CASEBOOK_PROJECT", str(two.root))
    assert len(results.read("first", "rows", "Kent"))
    assert two.pipeline("run", "--area", "Kent").returncode == 0
    assert made(two) == set()


@pytest.mark.long
def test_executed_notebooks_of_a_sweep_are_compressed_but_for_the_pipelines_own_area(two):
    (two.root / "areas.txt").write_text("Cambridgeshire\nEssex\nKent\n", encoding="utf-8")
    assert two.pipeline("run", "--area", "Essex").returncode == 0
    done = two.pipeline("run", "--force", "--area-file", "areas.txt")
    assert done.returncode == 0, done.stderr
    kept = {one["notebook"] for one in two.pack()["reports"]}
    assert kept == {
        "cambridgeshire/first.ipynb", "cambridgeshire/second.ipynb", "essex/first.ipynb.gz", "essex/second.ipynb.gz",
        "kent/first.ipynb.gz", "kent/second.ipynb.gz",
    }  # fmt: skip
    there = {path.relative_to(two.root / "reports").as_posix() for path in (two.root / "reports").rglob("*.ipynb*")}
    assert there == kept
    packed = two.root / "reports/kent/second.ipynb.gz"
    assert executed.read(packed).cells
    assert '<a href="second.ipynb.gz">as it was run</a>, compressed;' in two.page("second", "Kent")
    said = two.pipeline("explain", "second", "two", "--area", "Kent")
    assert said.returncode == 0, said.stderr
    # Words alone are changed in what was run, and a report that fails keeps its last good page, in the same form.
    book = two.root / "notebooks/second.ipynb"
    words = nbformat.read(book, as_version=4)
    words.cells.insert(1, nbformat.v4.new_markdown_cell("## Other words"))
    nbformat.write(words, book)
    assert two.pipeline("run", "--area-file", "areas.txt").returncode == 0
    assert "Other words" in two.page("second", "Kent")
    words.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(words, book)
    assert two.pipeline("run", "--area-file", "areas.txt").returncode != 0
    assert two.report("second", "Kent")["kept_since"]
    assert executed.read(packed).cells
    # Asked for by its name, an area has its notebooks as they are.
    words.cells.pop()
    nbformat.write(words, book)
    assert two.pipeline("run", "--area", "Kent").returncode == 0
    assert two.report("second", "Kent")["notebook"] == "kent/second.ipynb"
    assert not packed.exists()
