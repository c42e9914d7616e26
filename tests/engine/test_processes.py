"""The processes that finish reports: they stay for the next one, and what happens to one is no other report's fault."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")

BEGIN = """
import json, os, signal, time
from casebook.engine import processes
from casebook.engine.task import Task

def finish(task, emit):
    if task.name == "ends":
        os._exit(3)
    emit({"name": task.name, "pid": os.getpid(), "secret": task.secrets.get("key", ""), "order": len(task.order)})

def task(name, **more):
    return Task(name, "one.ipynb", "Essex", "essex", "/nowhere", "/nowhere", executed="x", **more)

def told(one):
    heard = b""
    while not heard.endswith(b"\\n") and not one.ended():
        heard += one.read()
        time.sleep(0.001)
    return json.loads(heard or b"{}")

finishers = processes.Finishers(finish)
said = []
"""


def run(script):
    done = subprocess.run(
        [sys.executable, "-c", f"{BEGIN}{script}\nprint(json.dumps(said))"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_process_finishes_report_after_report_and_a_fresh_one_comes_in_time():
    said = run("""
processes._REPORTS_OF_ONE = 3
for name in "abcd":
    one = finishers.begin(task(name, order="long" * 100_000))
    said.append(told(one))
    finishers.give_back(one)
finishers.close()
said.append({"waiting": sorted(finishers.pids), "files": len(processes.others)})
""")
    assert [one["name"] for one in said[:4]] == [*"abcd"]
    assert said[0]["order"] == 400_000
    assert said[0]["pid"] == said[1]["pid"] == said[2]["pid"] != said[3]["pid"]
    assert said[4] == {"waiting": [], "files": 0}


def test_one_that_keeps_what_a_report_left_is_not_asked_again():
    first, second = run("""
def finish(task, emit):
    if task.name == "a":
        finish.kept = bytearray(200_000_000)
    emit({"pid": os.getpid()})

finishers = processes.Finishers(finish)
for name in "ab":
    one = finishers.begin(task(name))
    said.append(told(one))
    finishers.give_back(one)
finishers.close()
""")
    assert first["pid"] != second["pid"]


def test_two_at_a_time_are_finished_by_two_processes():
    first, second = run("""
at_work = [finishers.begin(task("a", secrets={"key": "of a"})), finishers.begin(task("b"))]
said += map(told, at_work)
for one in at_work:
    finishers.give_back(one)
finishers.close()
""")
    assert first["pid"] != second["pid"]
    assert (first["secret"], second["secret"]) == ("of a", "")


def test_one_that_was_killed_while_it_waited_is_not_asked():
    first, second = run("""
one = finishers.begin(task("a"))
said.append(told(one))
finishers.give_back(one)
os.kill(one.pid, signal.SIGKILL)
os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)
said.append(told(finishers.begin(task("b"))))
""")
    assert second["name"] == "b"
    assert first["pid"] != second["pid"]


def test_one_that_ends_itself_without_a_word_says_how_by_its_exit_code():
    assert run("""
one = finishers.begin(task("ends"))
said += [told(one), one.exit_code()]
one.close()
""") == [{}, 3]
