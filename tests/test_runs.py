"""Runs that go wrong, each by really going wrong: what is told, what is published, and what is left behind."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import psutil
import pytest
from conftest import COPIED, LONGEST, as_users, running, start, wait_for
from small_reports import BEGIN, GOOD, NEVER, PARAMETERS, SAY, SHOW, events, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits as on Linux and macOS"),
]


def temporary(project) -> list[Path]:
    """The folders for temporary files that runs of a project have left."""
    whose = hashlib.sha256(str(project.root).encode()).hexdigest()[:8]
    return list(Path(tempfile.gettempdir()).glob(f"casebook-{whose}-*"))


# A process that a notebook leaves running, with the project's own folder in its command line to be found by.
STAYS = "import os, subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)', os.environ['CASEBOOK_PROJECT']], start_new_session=True);"


def left_behind(project) -> list[psutil.Process]:
    """Processes that a project's notebooks started and nobody ended."""
    return [one for one in psutil.process_iter(["cmdline"]) if str(project.root) in (one.info["cmdline"] or [])]


# What the greedy reports take beyond what any takes, and the limit beyond that, in bytes: halfway.
TOO_MUCH = 600_000_000
FAULTS = {
    "fine": GOOD,
    "raises": (*GOOD[:2], "# Where it breaks", "1 / 0", *GOOD[2:]),
    "killed": (*GOOD[:2], "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", *GOOD[2:]),
    "hungry": (*GOOD[:2], f"import numpy as np\nheld = np.ones({TOO_MUCH} // 8)\n{NEVER}", *GOOD[2:]),
    "feeds": (
        *GOOD[:2], f"import subprocess, sys\nbig = 'import time; held = b\"x\" * {TOO_MUCH}; time.sleep(1000)'\n_ = subprocess.run([sys.executable, '-c', big])", *GOOD[2:],
    ),
    "endless": (*GOOD[:2], NEVER, *GOOD[2:]),
    "leaves": (*GOOD[:4], "import sys\nsys.exit()", *GOOD[4:]),
    "talks": (*GOOD[:2], "for _ in range(1000):\n    print('x' * 100_000)", *GOOD[2:]),
    "writes": (*GOOD[:2], "import subprocess\n_ = subprocess.run(['sh', '-c', 'yes | head -c 100000000'])", *GOOD[2:]),
    "shell": (*GOOD[:2], "!false", *GOOD[2:]),
    "output": (*GOOD[:2], "listed = !ls /no/such/folder", *GOOD[2:]),
    "forks": (*GOOD, "\n".join([STAYS] * 3)),
    "asks": (*GOOD[:2], "input('Who?')", *GOOD[2:]),
    "silent": (BEGIN, SHOW),
    "swallows": (
        BEGIN, "try:\n    open('no/such/file')\n    told = True\nexcept OSError:\n    told = False", "if told:\n" + "\n".join("    " + line for line in SAY.splitlines()), SHOW,
    ),
}  # fmt: skip
LIMITS = {
    "hungry": "limits=Limits(megabytes={megabytes})",
    "feeds": "limits=Limits(megabytes={megabytes})",
    # It never ends, so that any limit will do; most often its cell is running by then.
    "endless": "limits=Limits(seconds=5)",
    "talks": "limits=Limits(output_megabytes=5)",
    "writes": "limits=Limits(output_megabytes=5, megabytes=9000)",
}
ENDINGS = {
    "raises": ("failed", "failed in cell 5 of notebooks/raises.ipynb, under \"Where it breaks\": ZeroDivisionError: division by zero."),
    "killed": ("could not run", "killed: "),
    "hungry": ("could not run", "out of memory: it took more than "),
    "feeds": ("could not run", "out of memory: it took more than "),
    "endless": ("could not run", "timed out: it took more than "),
    "leaves": ("failed", "ended early in cell 6 of notebooks/leaves.ipynb, under \"Say\": SystemExit"),
    "talks": ("could not run", "too much output: its cells show more than 5 MB"),
    "writes": ("could not run", "too much output: "),
    "shell": ("failed", "CalledProcessError"),
    "output": ("failed", "CalledProcessError"),
    "asks": ("failed", "ask"),
    "silent": ("failed", "it has no headline, and a report has two to five"),
    "swallows": ("failed", "it has no headline, and a report has two to five"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["forked", pytest.param("kernels", marks=pytest.mark.long)])
def faulty(request, once):
    """A run of reports that go wrong in every way, and two that do not: the project, the exit code and what it says."""
    more = [] if request.param == "forked" else ["--ordinary-kernels"]

    def make(project):
        write(project, {"fine": GOOD})
        assert project.pipeline("run", *more).returncode == 0
        limit = round(project.report("fine")["peak_megabytes"] + TOO_MUCH / 2e6)
        shutil.rmtree(project.root / "reports" / "cambridgeshire")
        (project.root / "reports" / "pack.json").unlink()
        (project.root / ".casebook" / "runs.jsonl").unlink()
        write(project, FAULTS, {name: options.format(megabytes=limit) for name, options in LIMITS.items()})
        done = project.pipeline("run", "--keep-going", *more)
        (project.root.parent / "told.json").write_text(json.dumps([done.returncode, done.stderr]))

    project = once(request.param, make)
    return project, *json.loads((project.root.parent / "told.json").read_text())


@pytest.mark.parametrize("name", ENDINGS)
def test_every_way_to_go_wrong_is_told_as_what_it_was(faulty, name):
    project, _, told = faulty
    status, said = ENDINGS[name]
    event = next(one for one in events(project) if one["event"] == "report ended" and one["report"] == name)
    assert (event["status"], said in event["message"]) == (status, True), event["message"]
    assert "Traceback" not in told


def test_what_succeeded_is_published_and_the_exit_code_tells_of_the_rest(faulty):
    project, code, _ = faulty
    assert code == 1
    assert {entry["name"] for entry in project.pack()["reports"]} == {"fine", "forks"}
    assert {entry["name"] for entry in project.pack()["failed"]} == set(ENDINGS)
    index = (project.root / "reports" / "index.html").read_text()
    assert "could not run: timed out" in index


def test_cells_that_never_ran_are_marked_so(faulty):
    project, *_ = faulty
    ended = {one["report"]: one for one in events(project) if one["event"] == "report ended"}
    assert [cell["status"] for cell in ended["killed"]["cells"]] == [
        "ran",
        "ran",
        "was running",
        "never ran",
        "never ran",
    ]
    # A kernel may still be starting when its time is up.
    assert [cell["status"] for cell in ended["endless"]["cells"]][3:] == ["never ran", "never ran"]
    assert [cell["status"] for cell in ended["leaves"]["cells"]] == ["ran", "ran", "ran", "was running", "never ran"]
    kept = nbformat.read(project.root / ".casebook/failed/cambridgeshire/raises.ipynb", 4)
    last = [cell for cell in kept.cells if cell.cell_type == "code"][-1]
    assert last.metadata.papermill.status == "never ran"


def test_nothing_is_left_behind(faulty):
    project, *_ = faulty
    assert left_behind(project) == []
    assert temporary(project) == []
    assert {path.name for path in project.root.iterdir()} == {*COPIED, ".casebook", "pipeline.py", "reports"}


def test_the_notebook_as_far_as_it_came_is_kept_unless_its_process_was_killed(faulty, request):
    project, *_ = faulty
    kept = {path.stem: path for path in (project.root / ".casebook/failed/cambridgeshire").iterdir()}
    killed = {"hungry", "feeds", "endless"}
    if request.node.callspec.params["faulty"] == "forked":
        # With a kernel, what runs the cells is not what keeps the notebook.
        killed |= {"killed", "writes"}
    assert set(kept) == set(ENDINGS) - killed
    assert max(path.stat().st_size for path in kept.values()) < 6_000_000


def test_what_a_run_cost_is_in_its_record(faulty):
    project, *_ = faulty
    entry = project.report("fine")
    assert entry["processor_seconds"] > 0
    assert entry["peak_megabytes"] > 0
    assert entry["why"] == "it was not in the pack"
    assert entry["versions"]["pandas"]
    hungry = next(one for one in events(project) if one["event"] == "report ended" and one["report"] == "hungry")
    # A limit is at least half of what is too much; it was passed.
    assert hungry["peak_megabytes"] > TOO_MUCH / 2e6


def test_by_default_one_failure_publishes_nothing(project):
    write(project, {"fine": GOOD, "raises": FAULTS["raises"]})
    done = project.pipeline("run")
    assert done.returncode == 1
    assert not (project.root / "reports" / "index.html").exists()
    assert project.pipeline("runs").stdout.splitlines()[0].split("  ")[1].startswith("failed")


def test_a_report_that_fails_keeps_its_last_good_page_and_says_so(project):
    write(project, {"fine": GOOD, "breaks": GOOD})
    assert project.pipeline("run").returncode == 0
    made = project.report("breaks")["finished"]
    write(project, {"fine": GOOD, "breaks": FAULTS["raises"]})
    done = project.pipeline("run", "--keep-going")
    assert done.returncode == 1
    assert "breaks failed in cell 5" in done.stderr
    entry = project.report("breaks")
    assert (entry["status"], entry["kept_since"]) == ("failed", made)
    for page in (project.page("breaks"), (project.root / "reports" / "index.html").read_text()):
        assert f"This is the last page that was made, on {made}" in page
    assert "The table has" in project.page("breaks")
    # It is tried again although nothing has changed since.
    assert "it failed last time" in project.pipeline("run", "--keep-going").stderr
    write(project, {"fine": GOOD, "breaks": (*GOOD, "1 + 1;")})
    assert (project.root / ".casebook/failed/cambridgeshire/breaks.ipynb").exists()
    assert project.pipeline("run").returncode == 0
    assert "last page that was made" not in project.page("breaks")
    assert not (project.root / ".casebook/failed/cambridgeshire/breaks.ipynb").exists()
    # A last page that cannot be marked as such does not stand as if nothing had happened.
    write(project, {"fine": GOOD, "breaks": FAULTS["raises"]})
    (project.root / "reports/cambridgeshire/breaks.ipynb").unlink()
    assert project.pipeline("run", "--keep-going").returncode == 1
    assert [entry["name"] for entry in project.pack()["reports"]] == ["fine"]
    assert [(one["name"], one["kept"]) for one in project.pack()["failed"]] == [("breaks", False)]
    assert not (project.root / "reports/cambridgeshire/breaks.html").exists()


@pytest.mark.long
def test_what_builds_on_a_report_that_failed_could_not_run(project):
    reads = "from casebook import results\nresults.read('first', 'kept', area)"
    write(project, {"first": FAULTS["raises"], "second": (*GOOD, reads)})
    done = project.pipeline("run", "--keep-going")
    assert "second could not run: it builds on first, which was not made." in done.stderr


def test_two_runs_at_once_are_one_run_and_a_sentence(project):
    write(project, {"slow": (*GOOD, "open('begun', 'w').close()\n" + NEVER)})
    with running(project, "run") as first:
        wait_for(project.root / "begun")
        second = project.pipeline("run")
        assert second.returncode == 2
        assert f"Another run is going on, process {first.pid}, since " in second.stderr
        # The lock does not outlive a holder that is killed.
        first.send(signal.SIGKILL)
    assert temporary(project) != []
    write(project, {"slow": GOOD})
    assert project.pipeline("run").returncode == 0
    # Nor does what it had begun outlive the next run.
    assert not list(project.root.glob(".reports-*"))
    assert temporary(project) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("more", [(), pytest.param(("--ordinary-kernels",), marks=pytest.mark.long)])
def test_a_run_that_is_stopped_leaves_nothing_running_and_nothing_lying(project, number, code, more):
    write(project, {"slow": (*GOOD, STAYS + "\nopen('begun', 'w').close()\n" + NEVER)})
    with running(project, "run", *more) as run:
        wait_for(project.root / "begun")
        began = {child.pid for child in psutil.Process(run.pid).children(recursive=True)}
        assert began
        run.send(number)
        ended = run.ended()
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.splitlines()[-1] == "Stopped: nothing was published."
    assert not [pid for pid in began if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    assert left_behind(project) == []
    assert temporary(project) == []
    assert not list(project.root.glob(".reports-*"))
    assert events(project)[-1]["status"] == "stopped"


# Kills its own process when something happens in it for the n-th time: an event of Python's, with some words about it.
KILLED = """
import os, signal, sys
def watch(event, arguments, run=os.getpid(), left=[{nth}]):
    if event == {event!r} and os.getpid() == run and {part!r} in " ".join(map(str, arguments)):
        left[0] -= 1
        if not left[0]:
            os.kill(run, signal.SIGKILL)
sys.addaudithook(watch)
"""


@pytest.mark.parametrize(
    ("event", "part", "nth", "found"),
    [
        pytest.param("shutil.copytree", "reports", 1, "old", marks=pytest.mark.long),
        pytest.param("os.fork", "", 1, "old", marks=pytest.mark.long),
        pytest.param("open", "runs.jsonl", 3, "old", marks=pytest.mark.long),  # the first report has begun
        pytest.param("open", "runs.jsonl", 5, "old", marks=pytest.mark.long),  # one has ended
        pytest.param("open", "reports/pack.json w", 1, "old", marks=pytest.mark.long),
        ("open", "reports/accessibility.html w", 1, "old"),
        pytest.param(
            "open", "reports/index.html None", 1, "old", marks=pytest.mark.long
        ),  # the pack is written to the disk
        pytest.param("ctypes.dlsym", "renameat2", 1, "old", marks=pytest.mark.long),
        ("shutil.rmtree", ".reports-", 1, "new"),
        pytest.param("open", "fresh.new", 1, "new", marks=pytest.mark.long),
    ],
)
def test_a_run_killed_at_any_moment_leaves_the_pack_whole(project, event, part, nth, found):
    write(project, {"one": GOOD, "two": GOOD})
    assert project.pipeline("run").returncode == 0
    write(project, {"one": (*GOOD, "1;"), "two": (*GOOD, "1;")})
    pipeline = project.root / "pipeline.py"
    as_it_is, before = pipeline.read_text(), project.published()
    pipeline.write_text(KILLED.format(event=event, part=part, nth=nth) + as_it_is)
    assert project.pipeline("run").returncode == -signal.SIGKILL, "the moment never came"
    after = project.published()
    if found == "old":
        assert after == before
    else:
        # The new one, whole: both reports, and every file as its own record has it.
        entries = project.pack()["reports"]
        assert [entry["why"] for entry in entries] == ["its code changed"] * 2
        for path, content in (item for entry in entries for item in entry["files"].items()):
            assert hashlib.sha256(after[path]).hexdigest() == content
    pipeline.write_text(as_it_is)
    assert project.pipeline("run").returncode == 0
    assert not list(project.root.glob(".reports-*"))
    assert temporary(project) == []


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare, to mount a small disk of its own")
@pytest.mark.parametrize("fault", [pytest.param("full", marks=pytest.mark.long), "read-only"])
def test_a_disk_that_is_full_or_cannot_be_written_leaves_the_pack_whole(project, tmp_path, fault):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    disk = tmp_path / "disk"
    disk.mkdir()
    spoil = "dd if=/dev/zero of=rest bs=1k 2>/dev/null || true" if fault == "full" else f"mount -o remount,ro {disk}"
    script = f"""
        set -e
        mount -t tmpfs -o size=4m none {disk}
        cp -r {project.root}/. {disk}
        cd {disk}
        sed -i 's/Two is/Two was/' notebooks/one.ipynb
        cp -r reports {tmp_path}/before
        {spoil}
        set +e
        {sys.executable} pipeline.py run; echo "exit $?"
        diff -r reports {tmp_path}/before && echo "the pack is whole"
        ls -a | grep '^.reports-' && echo "something was left"
        [ {fault} = full ] && rm rest && {sys.executable} pipeline.py run && grep -q 'Two was' reports/*/one.html && echo recovered
        true
    """
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-xc", script],
        env=as_users(),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    if "unshare failed" in done.stderr or "permission denied" in done.stderr:
        pytest.skip(f"no disk can be mounted here: {done.stderr[:200]}")
    assert "exit 1" in done.stdout, done.stdout + done.stderr
    assert "the pack is whole" in done.stdout
    assert "something was left" not in done.stdout
    assert "Traceback" not in done.stderr
    assert ("No space left on device" if fault == "full" else "Read-only file system") in done.stderr
    if fault == "full":
        assert "recovered" in done.stdout, done.stdout + done.stderr


@pytest.mark.long
def test_a_secret_reaches_the_notebook_and_nothing_else(project, tmp_path):
    (given := tmp_path / "secret.yaml").write_text("token: Hush4711\n")
    parameters = 'from pydantic import SecretStr\n\narea: str = "Cambridgeshire"\ntoken: SecretStr = SecretStr("")'
    whole = hashlib.sha256(b"Hush4711").hexdigest()
    check = f"import hashlib\nassert hashlib.sha256(token.get_secret_value().encode()).hexdigest() == '{whole}'"
    write(project, {"one": (*GOOD, check)}, parameters=parameters)
    for more in ([], ["--ordinary-kernels"]):
        done = project.pipeline("run", "--force", "--parameters", str(given), *more)
        assert done.returncode == 0, done.stderr
        assert "Hush4711" not in done.stdout + done.stderr
    # Nor does it come out in pieces, or by another report.
    write(project, {"one": (*GOOD, "print('Hush', end='')\nprint('4711')")}, parameters=parameters)
    done = project.pipeline("run", "--force", "--parameters", str(given))
    assert "one the notebook shows the secret parameter token" in done.stderr
    # Nor does it stand in the text of a cell, which is published with the notebook.
    write(project, {"one": (*GOOD, 'assert token.get_secret_value() == "Hush4711"')}, parameters=parameters)
    done = project.pipeline("run", "--force", "--parameters", str(given))
    assert (done.returncode, "holds the secret parameter token in the text of a cell" in done.stderr) == (1, True)
    write(
        project, {"one": (*GOOD, "import os\nassert 'CASEBOOK_SECRET_OTHER' not in os.environ")}, parameters=parameters
    )
    run = start(project, "run", env={"CASEBOOK_SECRET_OTHER": "Hush4711"})
    assert run.communicate(timeout=LONGEST) and run.returncode == 0
    # Unattended, it comes from the environment.
    write(project, {"one": (*GOOD, check, "print(token, token.get_secret_value())")}, parameters=parameters)
    run = start(project, "run", env={"CASEBOOK_SECRET_TOKEN": "Hush4711"})
    _, said = run.communicate(timeout=LONGEST)
    assert "one the notebook shows the secret parameter token" in said
    for path in project.root.rglob("*"):
        assert not path.is_file() or path.suffix == ".xlsx" or b"Hush4711" not in path.read_bytes(), path


@pytest.mark.long
def test_a_parameters_file_is_held_to_the_same_types(project):
    write(project, {"one": (*GOOD, "assert first == 2018")}, parameters=PARAMETERS + "\nfirst: int = 2018")
    file = project.root / "set.yaml"
    file.write_text("first: 2018\n")
    assert project.pipeline("run", "--parameters", "set.yaml").returncode == 0
    for text, said in (
        ("first: soon\n", "one: first is 'soon', expected a whole number"),
        ("frist: 2018\n", "No report has a parameter called 'frist': did you mean first?"),
        ("first: [\n", "set.yaml, line 2: not valid YAML"),
        ("first: 2020-02-30\n", "set.yaml holds a value that is not one (day is out of range for month)"),
        ("area: 10\n", "set.yaml: area is 10, expected the name of an authority"),
        ("- 1\n", "set.yaml holds no names with values"),
    ):
        file.write_text(text)
        done = project.pipeline("run", "--parameters", "set.yaml")
        assert (done.returncode, done.stderr.startswith(said)) == (2, True), done.stderr


def test_a_headline_beyond_its_threshold_holds_the_pack_until_it_is_accepted(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    before = project.published()
    write(project, {"one": ("# Begin", BEGIN, "# Say", SAY.replace("len(frame)", "len(frame) + 4"), SHOW)})
    held = project.pipeline("run")
    assert held.returncode == 3
    assert "The pack is held, not published: one, Cambridgeshire: the headline rows moved from " in held.stderr
    assert project.published() == before
    accepted = project.pipeline("run", "--accept")
    assert accepted.returncode == 0
    assert "Changed: one, Cambridgeshire: headline rows: " in accepted.stdout


MOVED = ("# Begin", BEGIN, "# Say", SAY.replace("len(frame)", "len(frame) + 4"), SHOW)


def test_a_held_headline_holds_its_report_and_what_builds_on_it_and_the_rest_is_published(project):
    kept = 'report.result("kept", frame[["value"]])'
    reads = 'from casebook import results\n_ = results.read("one", "kept", area)'
    write(project, {"one": (*GOOD, kept), "two": (*GOOD, reads), "three": GOOD})
    assert project.pipeline("run").returncode == 0
    made = project.report("one")["finished"]
    write(project, {"one": (*MOVED, kept), "two": (*GOOD, reads), "three": (*GOOD, "1;")})
    held = project.pipeline("run", "--keep-going")
    assert held.returncode == 3
    assert "1 report for Cambridgeshire, 2 held, published in" in held.stdout
    *_, first, second = held.stderr.splitlines()
    assert first.startswith("Held: one, Cambridgeshire: the headline rows moved from ")
    assert second == "Held: two builds on one. If that is right, publish it with `--accept`."
    assert {entry["name"]: (entry["status"], entry["kept_since"] or None) for entry in project.pack()["reports"]} == {
        "one": ("held", made), "two": ("held", made), "three": ("succeeded", None),
    }  # fmt: skip
    assert f"This is the last page that was made, on {made}" in project.page("one")
    past = project.pipeline("runs").stdout
    assert "published in part" in past
    assert f"    {first}\n    {second}\n" in past
    # Nor is it forgotten that it waits.
    assert project.pipeline("run").returncode == 3
    accepted = project.pipeline("run", "--accept")
    assert (accepted.returncode, "it was held last time" in accepted.stderr) == (0, True), accepted.stderr
    assert {entry["status"] for entry in project.pack()["reports"]} == {"succeeded"}


def test_past_runs_say_why_each_report_was_made(project):
    write(project, {"one": GOOD})
    project.pipeline("run")
    write(project, {"one": (*GOOD, "1;")})
    project.pipeline("run")
    lines = [line.strip() for line in project.pipeline("runs").stdout.splitlines()]
    assert [line.partition("), ")[2] for line in lines if line.startswith("one: ")] == [
        "made because its code changed",
        "made because it was not in the pack",
    ]
    (last, first) = json.loads(project.pipeline("runs", "--json").stdout)
    assert [run["reports"][0]["why"] for run in (last, first)] == ["its code changed", "it was not in the pack"]
    write(project, {"one": (*GOOD, "1 / 0")})
    project.pipeline("run")
    # What a failed report said is said once.
    assert project.pipeline("runs", "-n", "1").stdout.count("ZeroDivisionError") == 1


def test_what_a_killed_run_left_is_cleared_away_also_where_there_is_nothing_to_do(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    (project.root / ".reports-left").mkdir()
    assert "Nothing has changed" in project.pipeline("run").stdout
    assert not list(project.root.glob(".reports-*"))


@pytest.mark.long
def test_a_run_without_a_home_leaves_nothing_lying(project, tmp_path):
    (own := tmp_path / "temporary").mkdir()
    # Two, so that one is rehearsed, and with a chart, for which matplotlib looks for fonts.
    draws = "report.figure(charts.changes(frame.set_index('area')['value'].head(1), 'one'), title='A chart of change', subtitle='Cambridgeshire, per cent', alt='What is before, what changes and what is after.', data=frame, columns={'area': 'Area', 'value': 'Value'})"
    write(project, {"one": GOOD, "two": (*GOOD, "from casebook import charts\n" + draws)})
    run = start(project, "run", env={"HOME": "/proc/nowhere", "TMPDIR": str(own)})
    _, said = run.communicate(timeout=LONGEST)
    assert run.returncode == 0, said
    assert "IPython" not in said
    assert list(own.iterdir()) == []


def test_a_pack_is_published_although_that_cannot_be_remembered(project):
    write(project, {"one": GOOD})
    (project.root / ".casebook" / "fresh.new").mkdir(parents=True)
    done = project.pipeline("run")
    assert (done.returncode, done.stderr.splitlines()[1:]) == (0, [])


@pytest.mark.long
def test_a_worker_with_a_kernel_does_not_outlive_its_run(project):
    write(project, {"one": (*GOOD, "open('begun', 'w').close()\n" + NEVER)})
    run = start(project, "run", "--ordinary-kernels")
    wait_for(project.root / "begun")
    began = psutil.Process(run.pid).children(recursive=True)
    assert len(began) >= 2
    run.kill()
    run.wait(LONGEST)
    _, alive = psutil.wait_procs(began, timeout=LONGEST)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.long
def test_where_a_fork_is_not_safe_an_ordinary_kernel_runs_the_report(project):
    write(project, {"one": GOOD})
    pipeline = project.root / "pipeline.py"
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    pipeline.write_text(thread + pipeline.read_text())
    run = project.pipeline("run")
    assert run.returncode == 0, run.stderr
    assert project.report("one")["engine"] == "kernel"


MANY = """
import json, os, sys
from pathlib import Path
import psutil
from casebook import preload
from casebook.engine import workers
from casebook.engine.task import Task
from casebook.pages import layout

root, rounds = Path.cwd(), int(sys.argv[1])
preload.packages(prime=True)
assert workers.can_fork()
me, seen, files = psutil.Process(), [], []
for turn in range(rounds):
    stage = root / f"stage-{turn}" / "reports"
    stage.mkdir(parents=True)
    tasks = [
        Task(f"r{n}", str(root / "notebooks/one.ipynb"), "Cambridgeshire", "cambridgeshire", str(root), str(stage), {"area": "Cambridgeshire", "number": 100 * turn + n})
        for n in range(20)
    ]
    results = workers.run(tasks, {}, lambda task: None, lambda result: True, layout.work, at_once=20)
    seen += [(result.task.parameters["number"], result.outcome.status, *(json.loads(result.made)["entry"]["headlines"][n]["value"] for n in (1, 2) if result.made)) for result in results]
    files.append(me.num_fds())
print(json.dumps({"seen": seen, "files": files, "children": len(me.children(recursive=True))}))
"""


@pytest.mark.long
def test_twenty_reports_at_once_again_and_again_are_each_their_own(project):
    rounds = int(os.environ.get("CASEBOOK_STRESS", "3"))
    own = "import numpy as np\nchance = float(np.random.rand())\nreport.headline('chance', f'Chance says {chance}.', value=chance, unit='one')"
    say = SAY.replace('value=2, unit="one"', 'value=number, unit="one"')
    write(project, {"one": ("# Begin", BEGIN, say, own, SHOW)}, parameters=PARAMETERS + "\nnumber: int = 0")
    script = project.root / "many.py"
    script.write_text(MANY)
    own = {**os.environ, "CASEBOOK_PROJECT": str(project.root), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, script, str(rounds)],
        cwd=project.root,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["seen"]) == 20 * rounds
    assert {status for _, status, _, _ in told["seen"]} == {"succeeded"}
    assert all(given == found for given, _, found, _ in told["seen"])
    # Each process draws its own random numbers.
    assert len({chance for *_, chance in told["seen"]}) == 20 * rounds
    assert told["files"][0] == told["files"][-1]
    assert told["children"] == 0
