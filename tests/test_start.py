"""The first moments of the command line: what it loads, and Ctrl-C before it can say anything."""

import json
import signal
import subprocess
import sys

import pytest
from conftest import LONGEST, as_users, start
from small_reports import GOOD, write

# Sends Ctrl-C to its own process at the moment a module is looked for.
CTRL_C = """
import os, signal, sys

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["CTRL_C_AT"]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
"""
LOADED = """
import atexit, json, runpy, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
sys.argv = ["pipeline.py", *sys.argv[1:]]
runpy.run_path("pipeline.py", run_name="__main__")
"""


@pytest.mark.parametrize("command", ["--help", "list", "runs"])
def test_a_command_that_runs_nothing_loads_no_package_for_running(project, command):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, command],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "casebook.commands" in loaded
    assert not loaded & {"pandas", "numpy", "scipy", "matplotlib", "papermill", "nbformat", "IPython"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize(
    "module",
    [
        "gc",
        "dataclasses",
        "casebook.pack.freshness",
        "casebook.commands",
        "typer",
        "casebook.pack.history",
        "rich.console",
    ],
)
def test_ctrl_c_before_anything_is_run_ends_it_in_silence(project, tmp_path, module):
    (tmp_path / "sitecustomize.py").write_text(CTRL_C)
    started = start(project, "--help", env={"PYTHONPATH": str(tmp_path), "CTRL_C_AT": module})
    out, said = started.communicate(timeout=LONGEST)
    assert (started.returncode, out, said) == (130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize("module", ["pandas", "casebook.run", "papermill"])
def test_ctrl_c_while_a_run_loads_its_packages_says_that_nothing_was_published(project, tmp_path, module):
    (tmp_path / "sitecustomize.py").write_text(CTRL_C)
    started = start(project, "run", env={"PYTHONPATH": str(tmp_path), "CTRL_C_AT": module})
    out, said = started.communicate(timeout=LONGEST)
    assert (started.returncode, out, said) == (130, "", "Stopped: nothing was published.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_signal_after_publication_comes_too_late_to_change_how_the_run_ended(project, tmp_path, number):
    write(project, {"one": GOOD})
    (tmp_path / "sitecustomize.py").write_text(
        f"import atexit, os\natexit.register(lambda: os.kill(os.getpid(), {int(number)}))"
    )
    started = start(project, "run", env={"PYTHONPATH": str(tmp_path)})
    out, said = started.communicate(timeout=LONGEST)
    assert (started.returncode, "1 report for Cambridgeshire published" in out) == (0, True), said
    assert said == "Running one (Cambridgeshire): it was not in the pack\n"


def test_a_signal_that_something_swallows_stops_the_run_all_the_same(project):
    write(project, {"one": GOOD})
    pipeline = project.root / "pipeline.py"
    swallow = """\
import signal, sys
sent = []
def hook(event, arguments):
    if event == "import" and arguments[0] == "matplotlib.pyplot" and not sent:
        sent.append(event)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            pass
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.addaudithook(hook)
"""
    pipeline.write_text(swallow + pipeline.read_text())
    done = subprocess.run(
        [sys.executable, "pipeline.py", "run"],
        cwd=project.root, env=as_users(), capture_output=True, text=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "Stopped: nothing was published."), done.stderr
    assert not (project.root / "reports" / "index.html").exists()
