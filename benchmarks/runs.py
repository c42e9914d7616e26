"""What a run costs, against the loop of commands that users write, and against the arithmetic alone.

python benchmarks/runs.py [TIMES] [LETTERS]

(a) the whole pack, cold; (b) each report against its cells as a plain script in one warm process; (c) nothing
changed; (d) one notebook edited; (e) a hundred runs of one notebook with different parameters. Everything is
measured in one go, in turn, and medians of TIMES (5) count. With BOOK set to a folder that holds an installation of
Jupyter Book 1 (bin/jupyter-book), that is measured too.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 5
LETTERS = sys.argv[2] if len(sys.argv) > 2 else "abcde"
PYTHON = Path(sys.executable)
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# The same for all that is measured; compiled modules are kept, as Python does unless told otherwise.
ENVIRONMENT = {**os.environ, **{f"{one}_NUM_THREADS": "1" for one in ("OMP", "OPENBLAS", "MKL")}}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)

# The cells of every report as a script, run twice: the second time tells what the cells take, what the first time takes
# longer belongs to loading, because some packages are loaded when first used. Then once more, shared among the cores.
FLOOR = """
import contextlib, io, json, os, sys, time
began = time.process_time()
os.environ["CASEBOOK_PROJECT"] = os.getcwd()
from casebook import benchmark, capacity, charts, costing, forecast, intervals
from casebook import report, results, tables
entries = json.load(open("reports/pack.json"))["reports"]
sources = json.load(open("reports/sources.json"))
loading = time.process_time() - began
def run(entry):
    space, started = {}, time.process_time()
    source = json.load(open("notebooks/" + sources[entry["name"]]))
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in source["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), entry["name"], "exec"), space)
                if "parameters" in cell["metadata"].get("tags", []):
                    space |= entry["parameters"]
    return time.process_time() - started
first, took = [{entry["name"]: run(entry) for entry in entries} for again in range(2)]
loading += sum(first.values()) - sum(took.values())
shares = [[] for core in os.sched_getaffinity(0)]
for entry in sorted(entries, key=lambda entry: -took[entry["name"]]):
    min(shares, key=lambda share: sum(took[one["name"]] for one in share)).append(entry)
began = time.perf_counter()
for share in shares:
    if os.fork() == 0:
        for entry in share:
            run(entry)
        os._exit(0)
for share in shares:
    os.wait()
print(json.dumps({"loading": loading, "took": took, "shared": time.perf_counter() - began}))
"""

MANY = """
import json, os, sys, tempfile, time
from pathlib import Path
import psutil
from casebook.data import catalogue
from casebook import preload
from casebook.engine import workers
from casebook.engine.task import Task
from casebook.pages import layout
root = Path.cwd()
os.environ["CASEBOOK_PROJECT"] = str(root)
preload.packages(prime=True)
assert workers.can_fork()
stage = Path(tempfile.mkdtemp(prefix="stage-", dir=root)) / "reports"
stage.mkdir()
me, seen = psutil.Process(), []
values = {"area": "Cambridgeshire", "indicator": "health_checks", "denominator": None}
order = layout.Order(overrides=("denominator",), papers=catalogue.load(root).papers).model_dump_json()
tasks = [
    Task(f"run-{n}", str(root / "notebooks/benchmark.ipynb"), "Cambridgeshire", "cambridgeshire", str(root), str(stage),
         {**values, "denominator": 1000 + n}, order=order)
    for n in range(100)
]
def ended(result):
    assert result.outcome.status == "succeeded", result.outcome
    files = len(list(Path(tempfile.gettempdir()).iterdir()))
    seen.append((result.outcome.seconds, me.memory_info().rss, me.num_fds(), files))
    return True
workers.run(tasks, {}, lambda task: None, ended, layout.work)
print(json.dumps({"seen": seen, "children": len(me.children())}))
"""


def project(folder: Path) -> Path:
    """Copy the project without what it has made, and publish the pack once, so that all caches are as on any day."""
    folder.mkdir()
    for name in ("data", "notebooks", "workings"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pipeline.py", folder)
    (folder / "reports").mkdir()
    run(folder, "run")
    sources = {}
    for entry in json.loads((folder / "reports/pack.json").read_text())["reports"]:
        executed = json.loads((folder / "reports" / entry["notebook"]).read_text())
        sources[entry["name"]] = Path(executed["metadata"]["papermill"]["input_path"]).name
    (folder / "reports" / "sources.json").write_text(json.dumps(sources))
    return folder


def run(root: Path, *words: str, alone: bool = False) -> float:
    """Run a command of the pipeline, on one core alone if asked for, and return its seconds on the clock."""
    how = in_project(root)
    if alone and hasattr(os, "sched_setaffinity"):
        how["preexec_fn"] = lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return timed(lambda: subprocess.run([PYTHON, "pipeline.py", *words], check=True, **how))


def in_project(root: Path) -> dict[str, Any]:
    """Return how to run a command in a project."""
    return {"cwd": root, "capture_output": True, "env": ENVIRONMENT}


def timed(action: Callable[[], object]) -> float:
    """Return how long something takes, on the clock."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def told(root: Path, script: str) -> Any:
    """Run a script in the project and return what it prints, as JSON."""
    done = subprocess.run([PYTHON, "-c", script], check=False, text=True, **in_project(root))
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def loop(root: Path) -> None:
    """Run the commands that users write today: papermill, then nbconvert, for each report."""
    pack = json.loads((root / "reports/pack.json").read_text())["reports"]
    sources = json.loads((root / "reports/sources.json").read_text())
    out = root / "loop"
    out.mkdir(exist_ok=True)
    made = {entry["name"]: str(out / f"{entry['name']}.ipynb") for entry in pack}
    upstream = {"CASEBOOK_UPSTREAM": json.dumps({pack[0]["area"]: made})}
    how = in_project(root) | {"env": ENVIRONMENT | upstream | {"CASEBOOK_PROJECT": str(root)}}
    for entry in pack:
        written = out / f"{entry['name']}.ipynb"
        values = json.dumps({name: value for name, value in entry["parameters"].items() if value is not None})
        command = [PYTHON.with_name("papermill"), f"notebooks/{sources[entry['name']]}", written, "-y", values]
        subprocess.run(command, check=True, **how)
        command = [PYTHON.with_name("jupyter"), "nbconvert", "--to", "html", "--log-level=ERROR", written]
        subprocess.run(command, check=True, **how)


def book(root: Path, program: Path) -> None:
    """Have Jupyter Book run and render the notebooks; it knows no parameters, so some stand there several times."""
    source = root / "book"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    sources = json.loads((root / "reports/sources.json").read_text())
    for name, notebook in sources.items():
        shutil.copy(root / "notebooks" / notebook, source / f"{name}.ipynb")
    first, *others = sources
    chapters = "".join(f"- file: {name}\n" for name in others)
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: {first}\nchapters:\n{chapters}")
    kernel = root / "kernels" / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    argv = [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    (source / "_config.yml").write_text("title: Pack\nexecute:\n  execute_notebooks: force\n  timeout: 300\n")
    how = in_project(root)
    how["env"] = ENVIRONMENT | {"CASEBOOK_PROJECT": str(root), "JUPYTER_PATH": str(root / "kernels")}
    subprocess.run([program, "build", "--quiet", source], check=True, **how)


def last_run(root: Path) -> dict[str, dict[str, Any]]:
    """Return what the run log says of each report, made last."""
    lines = (json.loads(line) for line in (root / ".casebook/runs.jsonl").read_text().splitlines())
    return {line["report"]: line for line in lines if line["event"] == "report ended"}


def machine() -> str:
    """Return the machine's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    return f"{model}, {CORES} cores, {platform.system()}, Python {platform.python_version()}"


def cold_and_floor(root: Path) -> float:
    """Measure (a) and (b), and return the seconds of a whole pack."""
    program = Path(os.environ.get("BOOK", "/nowhere")) / "bin" / "jupyter-book"
    cold, loops, books, floors, spent = [], [], [], [], []
    for _ in range(TIMES):
        cold.append(run(root, "run", "--force"))
        # Two busy cores slow each other down, which the script alone does not know.
        run(root, "run", "--force", alone=True)
        spent.append({name: one["processor_seconds"] for name, one in last_run(root).items()})
        floors.append(told(root, FLOOR))
        if "a" in LETTERS:
            loops.append(timed(lambda: loop(root)))
            if program.is_file():
                books.append(timed(lambda: book(root, program)))
    seconds, loading = median(cold), median(one["loading"] for one in floors)
    floor = {name: median(one["took"][name] for one in floors) for name in floors[0]["took"]}
    whole = sum(floor.values())
    # One process loads the packages; then the cells are shared among the cores, as evenly as can be thought, or really.
    thought, shared = max(whole / CORES, *floor.values()), median(one["shared"] for one in floors)
    print(f"(a) the pack, cold: {seconds:.2f} s")
    for how, cells in (("shared by the script", shared), (f"of {whole:.2f} s, shared evenly", thought)):
        allowed = loading + cells
        print(
            f"    the floor allows {allowed:.2f} s (loading {loading:.2f} s, cells {cells:.2f} s, {how}): "
            f"{seconds / allowed:.2f}"
        )
    for name, times in (("the loop", loops), ("Jupyter Book", books)):
        if times:
            print(f"    {name}: {median(times):.1f} s, {median(times) / seconds:.1f} times as long")
    print("(b) seconds of the processor: notebook, page and spreadsheet; its cells alone; ratio")
    own = {name: median(one[name] for one in spent) for name in floor}
    for name, cells in floor.items():
        print(f"    {name:24} {own[name]:6.2f} {cells:6.2f} {own[name] / cells:6.2f}")
    print(f"    {'all':24} {sum(own.values()):6.2f} {whole:6.2f} {sum(own.values()) / whole:6.2f}")
    return seconds


def nothing_changed(root: Path, cold: float) -> None:
    """Measure (c)."""
    run(root, "run")
    same = median(run(root, "run") for _ in range(2 * TIMES))
    print(f"(c) nothing changed: {same:.3f} s" + (f", {same / cold:.1%} of cold" if cold else ""))


def one_edited(root: Path) -> None:
    """Measure (d): a line of code more in one notebook, a word more in one; and the first with a watch going on."""
    for kind in ("code", "markdown"):
        edits = []
        for number in range(TIMES + 1):
            edit(root, kind, number)
            edits.append(run(root, "run", "health-checks"))
        what = "code of one notebook" if kind == "code" else "words of one notebook"
        print(f"(d) {what} edited, from command to published page: {median(edits[1:]):.2f} s")
    previewed(root, "health-checks")
    previewed(root, "care-rates")


def previewed(root: Path, report: str) -> None:
    """Measure how long a preview takes from a saved notebook to the page a browser has, and what that costs."""
    command = [PYTHON, "pipeline.py", "preview", report, "--port", "0"]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=root, env=ENVIRONMENT, **how) as preview:
        address = preview.stdout.readline().split()[1]
        while "Shown" not in preview.stdout.readline():
            pass
        time.sleep(1)
        process, seconds, processor = psutil.Process(preview.pid), [], []
        told = urllib.request.urlopen(f"{address}preview-events")
        next_version(told)
        for number in range(2 * TIMES + 1):
            spent = sum(process.cpu_times()[:4])
            began = time.perf_counter()
            edit(root, "code", 1000 + number, report, 'report.text("Version {}.")')
            next_version(told)
            urllib.request.urlopen(address).read()
            seconds.append(time.perf_counter() - began)
            time.sleep(0.5)
            processor.append(sum(process.cpu_times()[:4]) - spent)
        preview.terminate()
    print(
        f"    with a preview of {report} going on, from saving to the page: {median(seconds[1:]):.2f} s, "
        f"{median(processor[1:]):.2f} s of a processor"
    )


def next_version(told: IO[bytes]) -> None:
    """Wait until a page is told which version there is."""
    while not told.readline().startswith(b"data"):
        pass


def edit(root: Path, kind: str, number: int, report: str = "", code: str = "# {}") -> None:
    """Add a line to the last cell of a kind in one notebook."""
    path = root / "notebooks" / ("care-rates.ipynb" if report == "care-rates" else "benchmark.ipynb")
    content = json.loads(path.read_text())
    cell = [cell for cell in content["cells"] if cell["cell_type"] == kind][-1]
    cell["source"] = "".join(cell["source"]) + ("\n" + code.format(number) if kind == "code" else " So.")
    path.write_text(json.dumps(content))


def many_runs(root: Path) -> None:
    """Measure (e)."""
    many = told(root, MANY)
    first, last = many["seen"][5:25], many["seen"][-20:]
    print(f"(e) 100 runs: {median(one[0] for one in first):.3f} s, at the end {median(one[0] for one in last):.3f} s")
    for name, which in (("bytes of memory", 1), ("open files", 2), ("temporary files", 3)):
        print(f"    {name}: {first[0][which]:,}, at the end {last[-1][which]:,}")
    print(f"    processes left: {many['children']}")


median = statistics.median


def main() -> None:
    """Measure and print."""
    print(f"{machine()}, medians of {TIMES}\n")
    with tempfile.TemporaryDirectory() as folder:
        root = project(Path(folder) / "project")
        cold = cold_and_floor(root) if set(LETTERS) & {"a", "b"} else 0.0
        if "c" in LETTERS:
            nothing_changed(root, cold)
        if "d" in LETTERS:
            one_edited(root)
        if "e" in LETTERS:
            many_runs(root)


if __name__ == "__main__":
    main()
