"""Notebooks that do to their process what they should not: their own report fails, as what it was, and no other."""

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
from conftest import as_users
from small_reports import BEGIN, GOOD, SAY, SHOW, events, write

from casebook.engine import events as told_by_workers
from casebook.engine import signals, workers
from casebook.engine.parameters import SECRET

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")]

STAGE = "import glob, os\nplaces = [p for p in glob.glob(os.environ['CASEBOOK_PROJECT'] + '/.reports-*/reports')]\n"
HARM = "open(f'{place}/cambridgeshire/good1.html', 'w').write('<script>hacked</script>')"
# A cell can write into the pipe that its process tells the run by.
TELLS = (
    "import hashlib, json, os\nline = json.dumps({said}).encode() + b'\\n'\nfor one in os.listdir('/proc/self/fd'):\n    try:\n"
    "        if os.readlink('/proc/self/fd/' + one).startswith('pipe:'):\n            os.write(int(one), line)\n"
    "    except OSError:\n        pass\n"
)
SUCCESS = "{'outcome': {'status': 'succeeded'}, 'entry': {'name': 'forges'}, 'files': {}}"
FAILURE = "{'outcome': {'status': 'failed', 'message': 'a lie'}}"
FAULTS = {
    "exit0": "import os\nos._exit(0)",
    "exit3": "import os\nos._exit(3)",
    "halves": 'raise ValueError("half a character: \\ud800.")',
    "segfault": "import ctypes\nctypes.string_at(0)",
    "alarm": "import os, signal\nos.kill(os.getpid(), signal.SIGALRM)",
    "closes": "import os\nos.closerange(3, 200)",
    "patches": "import json\njson.dumps = lambda *a, **k: '{}'",
    "replaces": "import builtins\nbuiltins.open = None",
    "raves": "raise KeyError(str(list(range(70000))))",
    "thread": "import threading\none = threading.Thread(target=lambda: 1 / 0)\none.start(); one.join()",
    "pipe": "!false | true",
    "nameless": "class E(Exception): pass\nE.__name__ = ''\nraise E",
    "fakes": "from IPython.display import display\ndisplay({'application/vnd.casebook.headline+json': {'text': 'x'}}, raw=True)",
    "reads": (
        "from IPython.display import display\ndisplay({'application/vnd.casebook.read+json': {'name': 'passwd', 'title': 'x',"
        " 'path': '../../etc/passwd', 'sha256': 'x', 'rows': 1, 'sources': [], 'licence': ''}}, raw=True)"
    ),
    "forges": TELLS.format(said=SUCCESS) + "os._exit(0)",
    "lies": TELLS.format(said=FAILURE) + "import time\ntime.sleep(1000)",
    "memory": "import numpy as np\nheld = [np.ones(20_000_000) for _ in range(100)]",
    "gates": (
        "from casebook.pages import gates\nfrom casebook.pack import record\ngates.problems = lambda page: iter(())\n"
        "record.check_contains = lambda *a: None"
    ),
}
SAID = {
    "exit0": "exit0 ended early in cell 4: its process ended itself with the exit code 0 (os._exit).",
    "exit3": "exit3 ended early in cell 4: its process ended itself with the exit code 3 (os._exit).",
    "halves": "halves failed in cell 4 of notebooks/halves.ipynb: ValueError: half a character: \ufffd.",
    "segfault": "segfault could not run: crashed: a library it uses crashed in cell 4 (signal SIGSEGV)",
    "alarm": "alarm could not run: ended by a signal: SIGALRM in cell 4",
    "closes": "closes could not run: not heard: ",
    "patches": "patches could not run: not heard: ",
    "replaces": "replaces could not run: not heard: ",
    "raves": "raves failed in cell 4 of notebooks/raves.ipynb: KeyError: ",
    "thread": "thread failed in cell 4 of notebooks/thread.ipynb: ZeroDivisionError: division by zero.",
    "pipe": "pipe failed in cell 4 of notebooks/pipe.ipynb: CalledProcessError",
    "nameless": "nameless failed in cell 4 of notebooks/nameless.ipynb",
    "fakes": "cell 4 shows a block that Casebook did not make",
    "reads": "it says that it read ../../etc/passwd as 'passwd', which is no table of the project",
    "forges": "forges could not run: not heard: ",
    "lies": "lies could not run: timed out: it took more than 8 s",
    "memory": "memory could not run: out of memory: it took more than 1200 MB",
    "gates": "it has 2 headlines, and pipeline.py says it must contain 4",
}
# What is said of these with an ordinary kernel, whose process is not the worker's; the rest runs to its end there.
KERNEL_SAID = {name: SAID[name] for name in ("exit3", "segfault", "alarm", "raves", "thread", "pipe", "fakes", "reads")}
LIMITS = {
    "memory": "limits=Limits(megabytes=1200)",
    "lies": "limits=Limits(seconds=8)",
    "gates": "headlines=4",
}


def reports(*kinds: str, good: int) -> dict[str, tuple[str, ...]]:
    """The bad kinds first, then so many good reports."""
    return {kind: (BEGIN, SAY, FAULTS[kind], SHOW) for kind in kinds} | {f"good{n}": GOOD for n in range(good)}


@pytest.fixture(scope="module")
def faulty(once):
    """A run of a report of each bad kind beside six good ones: the project, the exit code and what it says."""

    def make(project):
        write(project, reports(*FAULTS, good=6), LIMITS)
        done = project.pipeline("run", "--keep-going")
        (project.root.parent / "told.json").write_text(json.dumps([done.returncode, done.stderr]))

    project = once("bad-kinds", make)
    return project, *json.loads((project.root.parent / "told.json").read_text())


@pytest.mark.parametrize("kind", SAID)
def test_each_bad_kind_is_told_as_what_it_was(faulty, kind):
    project, _, said = faulty
    ending = next(one for one in events(project) if one["event"] == "report ended" and one["report"] == kind)
    assert SAID[kind] in said, ending
    assert "lack of memory" not in ending["message"]
    assert "Traceback" not in said


def test_the_good_reports_beside_them_are_all_published(faulty):
    project, code, _ = faulty
    assert code == 1
    assert {entry["name"] for entry in project.pack()["reports"]} == {f"good{n}" for n in range(6)}
    assert {entry["name"] for entry in project.pack()["failed"]} == set(FAULTS)


def test_a_message_of_half_a_megabyte_is_cut_wherever_it_stands(faulty):
    project, _, said = faulty
    index = (project.root / "reports" / "index.html").read_text()
    log = (project.root / ".casebook" / "runs.jsonl").read_text()
    assert max(len(line) for line in (*said.splitlines(), *index.splitlines(), *log.splitlines())) < 40_000
    assert "the notebook in .casebook/failed has it all" in index
    kept = nbformat.read(project.root / ".casebook/failed/cambridgeshire/raves.ipynb", 4)
    assert any("69999" in str(cell.get("outputs", "")) for cell in kept.cells)


@pytest.mark.long
def test_with_ordinary_kernels_they_are_told_alike_and_the_cell_that_died_is_marked(project):
    write(project, reports(*KERNEL_SAID, good=2), LIMITS)
    done = project.pipeline("run", "--keep-going", "--ordinary-kernels")
    for kind, words in KERNEL_SAID.items():
        assert words in done.stderr, kind
    assert {entry["name"] for entry in project.pack()["reports"]} == {"good0", "good1"}
    kept = nbformat.read(project.root / ".casebook/failed/cambridgeshire/exit3.ipynb", 4)
    status = [cell.metadata.papermill.status for cell in kept.cells if cell.cell_type == "code" and cell.source]
    assert status[-2:] == ["failed", "never ran"]


@pytest.mark.long
@pytest.mark.parametrize("kind", FAULTS)
def test_no_bad_report_costs_twenty_good_ones_theirs(project, kind):
    # Made once, it is the slowest, and so the first to start from then on.
    write(project, reports(kind, good=20), LIMITS)
    for _ in range(int(os.environ.get("CASEBOOK_STRESS", "1"))):
        project.pipeline("run", "--keep-going", "--force")
        assert {entry["name"] for entry in project.pack()["reports"]} == {f"good{n}" for n in range(20)}


@pytest.mark.parametrize("where", ["stage", "live"])
def test_what_a_notebook_writes_into_the_pack_is_not_published(project, where):
    places = STAGE if where == "stage" else "import os\nplaces = [os.environ['CASEBOOK_PROJECT'] + '/reports']\n"
    write(project, {"good1": GOOD, "good2": GOOD})
    assert project.pipeline("run").returncode == 0
    page = project.page("good1")
    harm = f"{places}for place in places:\n    {HARM}\n    open(place + '/more.html', 'w').write('mine')"
    write(project, {"good1": GOOD, "good2": (*GOOD, harm)})
    done = project.pipeline("run")
    assert done.returncode == 0, done.stderr
    assert project.page("good1") == page
    assert not (project.root / "reports" / "more.html").exists()
    put_back = [one["path"] for one in events(project) if one["event"] == "put back"]
    assert put_back == (["cambridgeshire/good1.html", "more.html"] if where == "stage" else [])


def test_a_worker_is_believed_only_what_a_worker_says():
    for line in (
        b"",
        b"{}",
        b'{"event": "began"}',
        b"[1]",
        b'{"outcome": {"status": "splendid"}}',
        b'{"x": 1}',
        b"\xff",
    ):
        with pytest.raises(ValueError, match="no event"):
            told_by_workers.read(line)


LISTENS = """
import os, time
for _ in range(60):
    for one in os.listdir("/proc/self/fd"):
        try:
            pipe = int(one) > 2 and os.readlink(f"/proc/self/fd/{one}").startswith("pipe:")
            heard = os.set_blocking(int(one), False) or os.read(int(one), 1 << 20) if pipe else b""
        except OSError:
            continue
        assert not heard
    time.sleep(0.02)
"""


def test_no_cell_hears_what_another_report_tells_the_run(project):
    write(project, {"listens": (*GOOD, LISTENS), **{f"good{n}": GOOD for n in range(5)}})
    done = project.pipeline("run")
    assert done.returncode == 0, done.stderr


SHARES = "import os, time\nimport numpy as np\nheld = np.ones(25_000_000)\nfor _ in range(8):\n    if os.fork() == 0:\n        time.sleep(60)\ntime.sleep(1)"


@pytest.mark.long
def test_memory_that_processes_share_counts_once(project):
    write(project, {"one": (*GOOD, SHARES)}, {"one": "limits=Limits(megabytes=1000)"})
    done = project.pipeline("run")
    assert done.returncode == 0, done.stderr


def test_a_descriptor_is_closed_once_so_that_no_other_worker_loses_its_own(project):
    script = """
import os, sys
from dataclasses import replace
from casebook.engine import processes
from casebook.pages import layout
from casebook.engine.task import Task
task = Task("one", "one.ipynb", "Cambridgeshire", "cambridgeshire", "/nowhere", "/nowhere", executed="x", own="/nowhere")
first = processes.Forked(task)
first.close()
second = processes.Forked(task)
first.close(), first.read()
heard = b""
while not second.ended() or not heard:
    heard += second.read()
print(heard.decode())
"""
    own = {**os.environ, "CASEBOOK_PROJECT": str(project.root), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=own, capture_output=True, text=True, timeout=120, check=False
    )
    assert json.loads(done.stdout)["outcome"]["status"] == "failed", done.stderr


def test_a_signal_while_workers_are_cleaned_up_after_is_heard_when_that_is_done(tmp_path, monkeypatch):
    rmtree = shutil.rmtree

    def told_to_stop(folder, **options):
        os.kill(os.getpid(), signal.SIGTERM)
        rmtree(folder, **options)

    def stop(*_):
        raise signals.TerminatedError

    monkeypatch.setattr(workers.shutil, "rmtree", told_to_stop)
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(signals.TerminatedError), workers._temporary_folder(str(tmp_path)):
            own = Path(tempfile.gettempdir())
        assert not own.exists()
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.long
def test_a_check_of_data_apart_ends_with_the_run_that_is_stopped(tmp_path):
    script = """
import os, signal, sys, time
from casebook.engine import apart
signal.alarm(3)
def check():
    open(sys.argv[1], "w").write(str(os.getpid()))
    os.close(1), os.close(2)
    time.sleep(60)
def stop(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, stop)
try:
    apart.do(check)
except KeyboardInterrupt:
    print("stopped")
"""
    own = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "pid"], env=own, capture_output=True, text=True, check=False
    )
    assert done.stdout == "stopped\n", done.stderr
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


@pytest.mark.long
def test_half_a_million_lines_of_output_cost_what_their_characters_cost(project):
    write(project, {"one": (*GOOD, "for n in range(300_000):\n    print(n)")}, {"one": "limits=Limits(seconds=200)"})
    assert project.pipeline("run").returncode == 0
    printed = nbformat.read(project.root / "reports/cambridgeshire/one.ipynb", 4).cells[-1].outputs
    assert [output.name for output in printed] == ["stdout"]
    assert printed[0].text.endswith("299999\n")


SECRET_VALUE = "pa&ss<w>\"o'rd\\x<newline>\n2é"
WAYS = {
    "print": "print(t)",
    "repr": "print(repr(t))",
    "dictionary": "print({'k': t})",
    "json": "import json\nprint(json.dumps(t))",
    "json in json": "import json\nprint(json.dumps(json.dumps({'k': t})))",
    "json, not ascii": "import json\nprint(json.dumps(t, ensure_ascii=False))",
    "address": "from urllib.parse import quote\nprint(quote(t))",
    "address, all": "from urllib.parse import quote\nprint(quote(t, safe=''))",
    "form": "from urllib.parse import urlencode\nprint(urlencode({'t': t}))",
    "html": "from html import escape\nprint(escape(t))",
    "html, quotes left": "from html import escape\nprint(escape(t, quote=False))",
    "bytes": "print(t.encode())",
    "last line": "t",
    "frame": "import pandas as pd\nprint(pd.DataFrame({'t': [t]}).to_dict())",
    "exception": "raise ValueError(t)",
    "exception of a dictionary": "raise ValueError({'k': t})",
    "exception of an exception": "raise RuntimeError(repr(ValueError({'k': t})))",
    "key": "{}[t]",
    "text": "report.text(t)",
    "f-string": "report.text(f'It is {t}.')",
    "headline": "report.headline('s', f'It is {t}.', value=1, unit='one')",
    "table": "report.table(frame.assign(t=t), caption='T', columns={'area': 'Area', 't': t})",
    "stderr": "import sys\nprint(t, file=sys.stderr)",
    "child": "import subprocess\n_ = subprocess.run(['printf', '%s', t])",
    "pieces": "half = len(t) // 2\nprint(t[:half], end='')\nprint(t[half:])",
    "log": "import logging\nlogging.warning(t)",
    "thread": "import threading\none = threading.Thread(target=lambda: {}[t])\none.start(); one.join()",
}


@pytest.fixture(scope="module")
def leaky(once):
    """A run of a report for each way to show a secret, with the secret in the environment."""

    def make(project):
        parameters = 'from pydantic import SecretStr\n\narea: str = "Cambridgeshire"\ntoken: SecretStr = SecretStr("")'
        entries = {f"way{n}": (*GOOD, "t = token.get_secret_value()\n" + way) for n, way in enumerate(WAYS.values())}
        write(project, entries, parameters=parameters)
        os.environ[f"{SECRET}TOKEN"] = SECRET_VALUE
        try:
            done = project.pipeline("run", "--keep-going")
        finally:
            del os.environ[f"{SECRET}TOKEN"]
        (project.root / "said.txt").write_text(done.stdout + done.stderr)

    return once("leaky", make)


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_shown_in_any_usual_way_fails_its_report_and_stands_nowhere(leaky, way):
    name = f"way{list(WAYS).index(way)}"
    failed = {one["name"]: one["said"] for one in leaky.pack()["failed"]}
    assert name in failed
    if not way.startswith(("exception", "key", "thread", "text", "headline", "table", "child")):
        assert "shows the secret parameter token" in failed[name]
    # The middle of it holds neither quotation mark nor backslash, and so looks alike however it is written.
    for path in leaky.root.rglob("*"):
        if (path.is_file() and path.suffix != ".ipynb") or (".casebook" in path.parts and path.is_file()):
            content = path.read_bytes()
            assert b"newline>" not in content or b"<newline>" not in content.replace(b"&lt;", b"<").replace(
                b"&gt;", b">"
            ), path


def test_secrets_are_not_in_the_environment_a_notebook_can_read(project):
    look = (
        "import os\nfor pid in ('self', os.getppid()):\n"
        "    assert b'Hush4711' not in open(f'/proc/{pid}/environ', 'rb').read(), pid\n"
        "assert not [name for name in os.environ if name.startswith('CASEBOOK_SECRET')]"
    )
    write(project, {"one": (*GOOD, look)})
    own = as_users() | {f"{SECRET}OTHER": "Hush4711"}
    done = subprocess.run(
        [sys.executable, "pipeline.py", "run"], cwd=project.root, env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_secret_on_the_command_line_is_refused_with_the_reason(project):
    parameters = 'from pydantic import SecretStr\n\narea: str = "Cambridgeshire"\ntoken: SecretStr = SecretStr("")'
    write(project, {"one": GOOD}, parameters=parameters)
    done = project.pipeline("run", "-p", "token=Hush4711")
    assert done.returncode == 2
    assert "one: token is a secret, and -p shows it to everybody who lists the processes" in done.stderr
    assert "CASEBOOK_SECRET_TOKEN" in done.stderr
    (project.root / "secret.yaml").write_text("token: Hush4711\n")
    assert project.pipeline("run", "--parameters", "secret.yaml").returncode == 0


def test_a_large_table_is_no_burden_of_reports_that_do_not_read_it(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    small = project.report("one")["peak_megabytes"]
    words = {"title": "Large", "description": "Many rows."}
    columns = {"key": words, "value": words | {"type": "number", "unit": "one"}}
    project.raw("large.csv").write_text("key,value\n" + "".join(f"{n:0200d},{n}.5\n" for n in range(100_000)))
    project.describe("large", words | {"sources": {"five-papers": {}}, "key": ["key"], "columns": columns})
    accepted = project.pipeline("accept", "large")
    assert accepted.returncode == 0, accepted.stderr
    done = project.pipeline("run", "--force")
    assert done.returncode == 0, done.stderr
    # The table has 20 MB; read, it takes many times that.
    assert project.report("one")["peak_megabytes"] < small + 20
