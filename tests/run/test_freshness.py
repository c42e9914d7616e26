"""A run does what is stale, says why, and leaves the rest alone."""

import json

import pytest
from small_reports import BEGIN, GOOD, PARAMETERS, SAY, SHOW, events, write

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
def small(project):
    """Three reports: one that keeps a result, one that builds on it and one that opens a file of its own."""
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
    return project


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
    assert why(small) == {"third": "note.txt changed"}
    write(small, {"first": (*GOOD, KEEPS), "second": (BEGIN, BUILDS, SAY, SHOW), "third": ("# Words", BEGIN, OWN_FILE, "1;", SAY, SHOW)})  # fmt: skip
    assert why(small) == {"third": "its code changed"}
    small.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    small.pipeline("seal")
    changed = "data/raw/smoking_prevalence.csv changed"
    assert why(small) == {"first": changed, "second": changed, "third": changed}
    # Another table is sealed, and none of these read it.
    small.replace("data/raw/care_applications.csv", "2017,6.50", "2017,6.51")
    small.pipeline("seal")
    assert why(small) == {}
    descriptor = small.descriptor()
    table = next(one for one in descriptor["resources"] if one["name"] == "smoking_prevalence")
    table["title"] += "!"
    small.describe(descriptor)
    assert set(why(small).values()) == {"the description of smoking_prevalence changed"}


@pytest.mark.long
def test_what_builds_on_a_stale_report_is_stale_and_comes_after_it(small):
    write(small, {"first": (*GOOD, KEEPS, "1;"), "second": (BEGIN, BUILDS, SAY, SHOW), "third": ("# Words", BEGIN, OWN_FILE, SAY, SHOW)})  # fmt: skip
    assert why(small) == {"first": "its code changed", "second": "first, which it builds on, is made anew"}
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
    assert why(small, "--force") == dict.fromkeys(("first", "second", "third"), "--force")
    assert why(small, "third", "--force") == {"third": "--force"}


@pytest.mark.long
def test_the_record_says_why_and_the_page_too(small):
    (small.root / "note.txt").write_text("two")
    why(small)
    entry = small.report("third")
    assert entry["opened"] == [{"path": "note.txt", "sha256": entry["opened"][0]["sha256"]}]
    assert "Why it was run: note.txt changed." in small.page("third")
    assert json.loads((small.root / ".casebook" / "fresh.json").read_text())["opened"] == ["note.txt"]
