"""Reports made on a Dask cluster: a real scheduler and workers on this machine, each with folders of its own."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import pytest
from bs4 import BeautifulSoup
from conftest import LONGEST, running
from small_reports import GOOD, write
from test_many_areas import KEEPS, SECOND

from casebook.engine import cluster as bridge
from casebook.errors import InputError

pytestmark = pytest.mark.long

DASK = [sys.executable, "-m", "dask"]


def until(holds):
    """Wait until something holds."""
    for _ in range(LONGEST * 10):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to be")


def ended(processes):
    for one in processes:
        for child in [*psutil.Process(one.pid).children(recursive=True)] if one.poll() is None else []:
            child.kill()
        one.kill()
        one.wait()


@contextmanager
def worker(address, folder):
    words = [*DASK, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    with folder.with_suffix(".log").open("wb") as log:
        started = subprocess.Popen(
            [*words, "--local-directory", str(folder)], stdout=log, stderr=log, cwd=folder.parent
        )
    try:
        yield started
    finally:
        ended([started])


@contextmanager
def scheduling(there):
    """A scheduler, by its address."""
    written = there / "scheduler.json"
    scheduler = subprocess.Popen(
        [*DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(written)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=there,
    )  # fmt: skip
    try:
        until(lambda: written.is_file() and written.read_text(encoding="utf-8").strip().endswith("}"))
        yield json.loads(written.read_text(encoding="utf-8"))["address"]
    finally:
        ended([scheduler])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with one worker; its address and the folder of both."""
    there = tmp_path_factory.mktemp("cluster")
    with scheduling(there) as address, worker(address, there / "one"):
        yield address, there


def stations():
    return [one for one in psutil.process_iter(["cmdline"]) if "casebook.engine.station" in (one.info["cmdline"] or [])]


def left(there):
    return [path for path in there.rglob("casebook-station-*") if path.is_dir()]


def told(project):
    """What the pack says and the first table of each page, without when and where they were made."""
    return [
        (
            *(one[key] for key in ("name", "area", "title", "summary", "headlines", "parameters")),
            BeautifulSoup((project.root / "reports" / one["html"]).read_text(encoding="utf-8"), "lxml").table.text,
        )
        for one in project.pack()["reports"]
    ]


def test_a_cluster_makes_what_this_machine_makes_with_results_that_others_build_on(cluster, project):
    address, there = cluster
    write(project, {"first": (*GOOD, KEEPS), "second": SECOND})
    of_two = ["run", "--area", "Essex", "--area", "Norfolk"]
    done = project.pipeline(*of_two, "--scheduler", address)
    assert done.returncode == 0, done.stderr
    there_made = told(project)
    assert len(there_made) == 4
    assert (stations(), left(there)) == ([], [])
    # What was made there is fresh here, and made anew here it is the same.
    again = project.pipeline(*of_two, "--scheduler", address)
    assert "Running" not in again.stderr
    assert project.pipeline(*of_two, "--force").returncode == 0
    assert told(project) == there_made


def test_a_report_that_fails_there_says_so_here_and_leaves_its_notebook_here(cluster, project):
    address, _ = cluster
    write(project, {"good": GOOD, "bad": (*GOOD[:3], "raise ValueError('no such luck')", *GOOD[3:])})
    done = project.pipeline("run", "--keep-going", "--scheduler", address)
    assert done.returncode == 1
    assert "no such luck" in done.stderr
    assert [one["name"] for one in project.pack()["reports"]] == ["good"]
    failed = list((project.root / ".casebook" / "failed").rglob("bad.ipynb"))
    assert len(failed) == 1 and "no such luck" in failed[0].read_text(encoding="utf-8")


def test_a_worker_that_is_killed_half_way_loses_nothing(cluster, project, tmp_path):
    address, _ = cluster
    slow = (*GOOD, "import time\ntime.sleep(2)")
    write(project, {f"report-{number}": slow for number in range(6)})
    with worker(address, tmp_path / "two") as second:
        until(lambda: "Registered to" in (tmp_path / "two.log").read_text(encoding="utf-8"))
        with running(project, "run", "--scheduler", address) as run:
            mine = psutil.Process(second.pid)
            until(lambda: [one for one in mine.children(recursive=True) if one in stations()])
            time.sleep(1)
            own = mine.children(recursive=True)
            second.kill()
            assert run.ended().returncode == 0
        # Its station did not outlive it.
        assert not psutil.wait_procs(own, 10)[1]
    assert len(project.pack()["reports"]) == 6


def test_a_run_whose_only_machine_is_killed_ends_and_says_so(project, tmp_path):
    write(project, {"one": (*GOOD, "import time\ntime.sleep(600)")})
    with (
        scheduling(tmp_path) as address,
        worker(address, tmp_path / "alone") as alone,
        running(project, "run", "--scheduler", address) as run,
    ):
        mine = psutil.Process(alone.pid)
        until(lambda: [one for one in mine.children(recursive=True) if one in stations()])
        # Its station has hardly begun.
        own = mine.children(recursive=True)
        alone.kill()
        done = run.ended()
        assert not psutil.wait_procs(own, 10)[1]
    assert done.returncode == 1
    assert "all machines that had the project's files were lost" in done.stderr


def test_a_run_that_is_stopped_leaves_no_station_and_the_pack_as_it_was(cluster, project):
    address, there = cluster
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    before = project.published()
    write(project, {"one": (*GOOD, "import time\ntime.sleep(600)")})
    with running(project, "run", "--scheduler", address) as run:
        until(stations)
        time.sleep(1)
        run.send(signal.SIGINT)
        assert run.ended().returncode != 0
    until(lambda: not stations() and not left(there))
    assert project.published() == before
    assert not list(project.root.glob(".reports-*"))


def test_a_worker_with_another_version_of_a_package_is_refused_by_name():
    own = {"Python": "3.11", "numpy": "2.2", "pandas": "3.0"}
    bridge._refuse_others(own, {"tcp://a": dict(own)})
    with pytest.raises(
        InputError, match=r"The worker tcp://b has numpy 1\.9, not 2\.2 and pandas none, not 3\.0: install"
    ):
        bridge._refuse_others(own, {"tcp://a": own, "tcp://b": own | {"numpy": "1.9", "pandas": "none"}})


def test_a_cluster_that_is_not_there_is_told_before_anything_is_made(project):
    write(project, {"one": GOOD})
    done = project.pipeline("run", "--scheduler", "nonsense")
    assert done.returncode == 2
    assert done.stderr.count("\n") <= 2 and "No Dask scheduler with a worker answers at nonsense" in done.stderr
    assert not (project.root / "reports" / "index.html").exists()
