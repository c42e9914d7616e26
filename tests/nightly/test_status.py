"""`status`: how old the pack and its inputs are, when runs were and will be, and what waits for somebody."""

import json
from datetime import date

import pytest
from conftest import NOW
from small_reports import GOOD, write

from casebook.engine import lock
from casebook.nightly import status

DAY = 86_400


def told(project, at=NOW):
    done = project.pipeline("status", "--json", at=at)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_before_the_first_run_status_says_what_to_do(project):
    write(project, {"one": GOOD})
    found = told(project)
    assert found["warnings"] == ["No pack is published: run `python pipeline.py run`."]
    said = project.pipeline("status").stdout.splitlines()
    assert "Next run: none is written down; `schedule --at 02:00 --using systemd` writes one." in said


@pytest.mark.long
def test_status_tells_ages_runs_and_troubles_and_says_when_nights_have_stopped(project):
    write(project, {"one": GOOD})
    assert project.pipeline("schedule", "--at", "02:00", "--using", "cron", at=NOW).returncode == 0
    assert project.pipeline("run", "--scheduled", at=NOW).returncode == 0
    found = told(project, at=NOW + 3 * DAY)
    # 1 May 2026, 09:00 of UTC, and three days later.
    assert (found["published"], found["days_old"], found["reports"], found["areas"]) == ("1 May 2026 at 09:00", 3, 1, 1)
    assert (found["next_run"], found["next_run_from"]) == ("2026-05-05T02:00+00:00", "build/schedule/casebook.cron")
    assert found["last_run_ended"] == "published"
    assert found["last_run"] == found["last_scheduled_run"]
    assert found["troubles"] == []
    # A report that fails.
    write(project, {"one": (*GOOD, "1 / 0")})
    assert project.pipeline("run", "--scheduled", at=NOW + 4 * DAY).returncode == 1
    found = told(project, at=NOW + 4 * DAY)
    assert len(found["troubles"]) == 1
    assert "ZeroDivisionError" in found["troubles"][0]
    assert found["troubles_since"].startswith("2026-05-05T09:00")
    said = project.pipeline("status", at=NOW + 4 * DAY).stdout
    assert "Not published (since 5 May 2026 at 09:00): one failed in cell 7" in said


def test_a_run_that_gave_way_to_another_is_no_trouble_of_the_pack(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    with lock.held(project.root / ".casebook/lock"):
        assert project.pipeline("run", "--force").returncode == 2
    found = told(project)
    assert (found["last_run_ended"], found["troubles"]) == ("gave way", [])


@pytest.mark.parametrize(
    ("published", "months", "due"),
    [("2025-11", 12, date(2026, 11, 30)), ("2025", 12, date(2026, 12, 31)), ("2024-02-10", 1, date(2024, 3, 31))],
)
def test_a_release_is_due_at_the_end_of_the_month_in_which_the_last_one_is_so_many_months_old(published, months, due):
    assert status._later(published, months) == due


def test_an_input_is_late_once_its_publisher_should_have_published_again(project):
    write(project, {"one": GOOD})
    plans = {one["title"]: one for one in told(project)["inputs"]}
    # June 2025 and twelve months; on 1 May 2026 there is nothing to expect yet.
    name = "Education, health and care plans (SEN2), January 2025 release"
    assert (plans[name]["every_months"], plans[name]["due"], plans[name]["late"]) == (12, "2026-06-30", False)
    assert "ehcps_by_need_outturn" in plans[name]["tables"]
    paper = plans["Cambridgeshire County Council, Business cases for the 2021-22 budget"]
    assert (paper["due"], paper["late"]) == ("", False)
    later = project.pipeline("status", at=NOW + 61 * DAY).stdout
    assert f"A newer release is due since 30 June 2026: Department for Education, {name} (June 2025); tables: " in later
