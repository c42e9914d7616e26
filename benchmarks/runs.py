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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 5
LETTERS = sys.argv[2] if len(sys.argv) > 2 else "abcde"
PYTHON = Path(sys.executable)
# The same for all that is measured.
ENVIRONMENT = {**os.environ, **{f"{one}_NUM_THREADS": "1" for one in ("OMP", "OPENBLAS", "MKL")}}

# The cells of every report as a script: loads once, then runs all of them twice and tells of the second time.
FLOOR = """
import contextlib, io, json, os, sys, time
began = time.process_time()
os.environ["CASEBOOK_PROJECT"] = os.getcwd()
from casebook import benchmark, capacity, charts, costing, forecast, intervals, quantities, report, results, tables, words
entries = json.load(open("reports/pack.json"))["reports"]
loading = time.process_time() - began
for again in range(2):
    took = {}
    for entry in entries:
        space, started = {}, time.process_time()
        source = json.load(open("notebooks/" + json.load(open("reports/sources.json"))[entry["name"]]))
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in source["cells"]:
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), entry["name"], "exec"), space)
                    if "parameters" in cell["metadata"].get("tags", []):
                        space |= entry["parameters"]
        took[entry["name"]] = time.process_time() - started
print(json.dumps({"loading": loading, "took": took}))
"""

MANY = """
import json, os, sys, tempfile, time
from pathlib import Path
import psutil
from casebook.data import catalogue
from casebook.run import warm, workers
from casebook.run.worker import Task
root = Path.cwd()
os.environ["CASEBOOK_PROJECT"] = str(root)
warm.up(draw=True)
assert workers.can_fork()
stage = Path(tempfile.mkdtemp(prefix="stage-", dir=root)) / "reports"
stage.mkdir()
me, seen = psutil.Process(), []
values = {"area": "Cambridgeshire", "indicator": "health_checks", "denominator": None}
tasks = [
    Task(f"run-{n}", str(root / "notebooks/benchmark.ipynb"), "Cambridgeshire", "cambridgeshire", str(root), str(stage),
         {**values, "denominator": 1000 + n}, ("denominator",), papers=catalogue.load(root).papers)
    for n in range(100)
]
def ended(result):
    assert result.outcome.status == "succeeded", result.outcome
    seen.append((result.outcome.seconds, me.memory_info().rss, me.num_fds(), len(list(Path(tempfile.gettempdir()).iterdir()))))
    return True
workers.run(tasks, {}, lambda task: None, ended)
print(json.dumps({"seen": seen, "children": len(me.children())}))
"""


def project(folder: Path) -> Path:
    """Copy the project without what it has made, and publish the pack once, so that all caches are as on any day."""
    folder.mkdir()
    for name in ("data", "notebooks"):
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


def run(root: Path, *words: str) -> float:
    """Run a command of the pipeline and return its seconds on the clock."""
    return timed(lambda: subprocess.run([PYTHON, "pipeline.py", *words], **in_project(root)))


def in_project(root: Path) -> dict[str, Any]:
    return {"cwd": root, "check": True, "capture_output": True, "env": ENVIRONMENT}


def timed(action: Callable[[], object]) -> float:
    """Return how long something takes, on the clock."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def told(root: Path, script: str) -> Any:
    """Run a script in the project and return what it prints, as JSON."""
    done = subprocess.run([PYTHON, "-c", script], **{**in_project(root), "check": False}, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def loop(root: Path) -> None:
    """Run the commands that users write today: papermill, then nbconvert, for each report."""
    pack = json.loads((root / "reports/pack.json").read_text())["reports"]
    sources = json.loads((root / "reports/sources.json").read_text())
    out = root / "loop"
    out.mkdir(exist_ok=True)
    upstream = {"CASEBOOK_UPSTREAM": json.dumps({entry["name"]: str(out / f"{entry['name']}.ipynb") for entry in pack})}
    how = in_project(root) | {"env": ENVIRONMENT | upstream | {"CASEBOOK_PROJECT": str(root)}}
    for entry in pack:
        written = out / f"{entry['name']}.ipynb"
        values = [word for name, value in entry["parameters"].items() if value is not None for word in ("-p", name, str(value))]
        command = [PYTHON.with_name("papermill"), f"notebooks/{sources[entry['name']]}", written, *values]
        subprocess.run(command, **how)
        subprocess.run([PYTHON.with_name("jupyter"), "nbconvert", "--to", "html", "--log-level=ERROR", written], **how)


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
    subprocess.run([program, "build", "--quiet", source], **how)


def median(values: list[float]) -> float:
    return statistics.median(values)


def main() -> None:
    """Measure and print."""
    cores = len(os.sched_getaffinity(0))
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")  # fmt: skip
    print(f"{model or platform.machine()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, medians of {TIMES}\n")
    program = Path(os.environ.get("BOOK", "/nowhere")) / "bin" / "jupyter-book"
    with tempfile.TemporaryDirectory() as folder:
        root = project(Path(folder) / "project")
        names = [entry["name"] for entry in json.loads((root / "reports/pack.json").read_text())["reports"]]
        cold, loops, books, floors, entries = [], [], [], [], []
        for _ in range(TIMES if set(LETTERS) & set("abc") else 1):
            cold.append(run(root, "run", "--force"))
            ended = [json.loads(line) for line in (root / ".casebook/runs.jsonl").read_text().splitlines()]
            entries.append({one["report"]: one for one in ended if one["event"] == "report ended"})
            floors.append(told(root, FLOOR))
            if "a" in LETTERS:
                loops.append(timed(lambda: loop(root)))
                if program.is_file():
                    books.append(timed(lambda: book(root, program)))
        floor = {name: median([one["took"][name] for one in floors]) for name in names}
        whole = sum(floor.values())
        if "a" in LETTERS:
            # One process loads the packages; then the cells are shared among the cores as evenly as they can be.
            allowed = median([one["loading"] for one in floors]) + max(whole / cores, max(floor.values()))
            print(f"(a) the pack, cold: {median(cold):.2f} s; the loop: {median(loops):.1f} s, {median(loops) / median(cold):.1f} times as long;")
            print(f"    the floor allows {allowed:.2f} s (loading {median([one['loading'] for one in floors]):.2f} s, cells {whole:.2f} s on {cores} cores): {median(cold) / allowed:.2f} times that")
            if books:
                print(f"    Jupyter Book: {median(books):.1f} s, {median(books) / median(cold):.1f} times as long")
        if "b" in LETTERS:
            print("(b) seconds of the processor by report: notebook, page and spreadsheet, against its cells alone")
            spent = {name: median([one[name]["processor_seconds"] for one in entries]) for name in names}
            for name in names:
                print(f"    {name:24} {spent[name]:6.2f} {floor[name]:6.2f} {spent[name] / floor[name]:6.2f}")
            print(f"    {'all':24} {sum(spent.values()):6.2f} {whole:6.2f} {sum(spent.values()) / whole:6.2f}")
        if "c" in LETTERS:
            run(root, "run")
            same = median([run(root, "run") for _ in range(2 * TIMES)])
            print(f"(c) nothing changed: {same:.3f} s, {same / median(cold):.1%} of cold")
        if "d" in LETTERS:
            path = root / "notebooks" / "benchmark.ipynb"
            edits = []
            run(root, "run", "health-checks")
            for number in range(TIMES):
                content = json.loads(path.read_text())
                content["cells"][-1]["source"] += f"\n# edit {number}" if content["cells"][-1]["cell_type"] == "code" else ""
                if content["cells"][-1]["cell_type"] != "code":
                    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"][-1]
                    code["source"] = "".join(code["source"]) + f"\n# edit {number}"
                path.write_text(json.dumps(content))
                edits.append(run(root, "run", "health-checks"))
            print(f"(d) one notebook edited, from command to published page: {median(edits):.2f} s")
        if "e" in LETTERS:
            many = told(root, MANY)
            seen = many["seen"]
            early, late = seen[5:25], seen[-20:]
            print(f"(e) 100 runs: {median([one[0] for one in early]):.3f} s each at first, {median([one[0] for one in late]):.3f} s at the end;")
            print(f"    memory {early[0][1] / 1e6:.0f} to {late[-1][1] / 1e6:.0f} MB, open files {early[0][2]} to {late[-1][2]}, temporary files {early[0][3]} to {late[-1][3]}, processes left {many['children']}")


if __name__ == "__main__":
    main()
