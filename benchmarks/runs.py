"""What a run costs: against the loop of commands that users write, the arithmetic alone, and an earlier version.

python benchmarks/runs.py [TIMES] [LETTERS]

(a) the whole pack, cold; (b) each report against its cells as a plain script in one warm process; (c) nothing
changed; (d) one notebook edited; (e) a hundred runs of one notebook with different parameters; (f) ten areas and four
times as many, where official exports lie in data/raw/exports; (g) an earlier version, where BEFORE is set to a
checkout of it with its .venv: the engine by what a run of many plain notebooks, which both can run, costs more than
one of a few, and the reports of one name.
Everything is measured in one go, in turn, and medians of TIMES (5) count. With BOOK set to a folder that holds an
installation of Jupyter Book 1 (bin/jupyter-book), that is measured too. Seconds "of the processor" are those of all
processes together, which other work on the machine disturbs least.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
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

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 5
LETTERS = sys.argv[2] if len(sys.argv) > 2 else "abcdefg"
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
import casebook
for name in casebook.__all__:
    getattr(casebook, name)
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
        shutil.copytree(ROOT / name, folder / name, ignore=_exports)
    shutil.copy(ROOT / "pipeline.py", folder)
    (folder / "reports").mkdir()
    run(folder, "run")
    sources = {}
    for entry in json.loads((folder / "reports/pack.json").read_text())["reports"]:
        executed = json.loads((folder / "reports" / entry["notebook"]).read_text())
        sources[entry["name"]] = Path(executed["metadata"]["papermill"]["input_path"]).name
    (folder / "reports" / "sources.json").write_text(json.dumps(sources))
    return folder


def _exports(folder: str, names: list[str]) -> list[str]:
    """Leave out the official exports, which make the reports longer where somebody has put them."""
    return [name for name in names if Path(folder).name == "exports" and not name.startswith((".", "README"))]


def run(root: Path, *words: str, alone: bool = False) -> float:
    """Run a command of the pipeline, on one core alone if asked for, and return its seconds on the clock."""
    how = in_project(root)
    if alone and hasattr(os, "sched_setaffinity"):
        how["preexec_fn"] = lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return timed(lambda: subprocess.run([PYTHON, "pipeline.py", *words], check=True, **how))


def in_project(root: Path) -> dict[str, Any]:
    """Return how to run a command in a project."""
    return {"cwd": root, "capture_output": True, "env": ENVIRONMENT}


def processor(action: Callable[[], object]) -> float:
    """Return the seconds of the processor that all processes took that something started and that ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
    return {line["report"]: line for line in logged(root) if line["event"] == "report ended"}


def logged(root: Path) -> list[dict[str, Any]]:
    """Return the lines of the run log."""
    return [json.loads(line) for line in (root / ".casebook/runs.jsonl").read_text().splitlines()]


def machine() -> str:
    """Return the machine's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    return f"{model}, {CORES} cores, {platform.system()}, Python {platform.python_version()}"


def cold_and_floor(root: Path) -> float:
    """Measure (a) and (b), and return the seconds of a whole pack."""
    program = Path(os.environ.get("BOOK", "/nowhere")) / "bin" / "jupyter-book"
    cold, loops, books, floors, spent = [], [], [], [], []
    busy: dict[str, list[float]] = {"pack": [], "loop": []}
    for _ in range(TIMES):
        busy["pack"].append(processor(lambda: cold.append(run(root, "run", "--force"))))
        # Two busy cores slow each other down, which the script alone does not know.
        run(root, "run", "--force", alone=True)
        spent.append({name: one["processor_seconds"] for name, one in last_run(root).items()})
        floors.append(told(root, FLOOR))
        if "a" in LETTERS:
            busy["loop"].append(processor(lambda: loops.append(timed(lambda: loop(root)))))
            if program.is_file():
                books.append(timed(lambda: book(root, program)))
    seconds, loading = median(cold), median(one["loading"] for one in floors)
    floor = {name: median(one["took"][name] for one in floors) for name in floors[0]["took"]}
    whole = sum(floor.values())
    # One process loads the packages; then the cells are shared among the cores, as evenly as can be thought, or really.
    thought, shared = max(whole / CORES, *floor.values()), median(one["shared"] for one in floors)
    print(f"(a) the pack, cold: {seconds:.2f} s, {median(busy['pack']):.2f} s of the processor")
    if busy["loop"]:
        ratio = median(busy["loop"]) / median(busy["pack"])
        print(f"    the loop: {median(busy['loop']):.1f} s of the processor, {ratio:.1f} times as many")
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


def sweep(folder: Path) -> None:
    """Measure (f)."""
    exports = [one for one in (ROOT / "data/raw/exports").glob("*.*") if not one.name.startswith((".", "README"))]
    if not exports:
        print("(f) not measured: there are no official exports in data/raw/exports")
        return
    root = project(folder / "sweep")
    for one in exports:
        shutil.copy(one, root / "data/raw/exports")
    (root / "areas.py").write_text("from casebook import tables\nprint(*tables.authorities_in(), sep='\\n')")
    done = subprocess.run([PYTHON, "areas.py"], check=True, text=True, **in_project(root))
    areas = done.stdout.splitlines()
    # The exports are read once, whatever is made with them.
    run(root, "run", "chlamydia", "--area", areas[0])
    for number in (10, 40):
        some, before = areas[:: len(areas) // number][:number], len(logged(root))
        (root / "areas.txt").write_text("\n".join(some))
        held: list[int] = []
        spent = processor(lambda held=held: _watched(root, held, "run", "--force", "--area-file", "areas.txt"))
        ended = [line for line in logged(root)[before:] if line["event"] == "report ended"]
        own = sum(line["processor_seconds"] for line in ended)
        print(
            f"(f) {number} areas, {len(ended)} reports: {own / len(ended):.3f} s of the processor a report, "
            f"{spent / len(ended):.3f} s with loading and the runner, which holds {held[len(held) // 3]:,} bytes after "
            f"a third and {max(held[-3:]):,} at the end"
        )


def _watched(root: Path, held: list[int], *words: str) -> None:
    """Run a command and note twice a second what memory its own process holds."""
    with subprocess.Popen(
        [PYTHON, "pipeline.py", *words], cwd=root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        process = psutil.Process(running.pid)
        while running.poll() is None:
            with contextlib.suppress(psutil.Error):
                held.append(process.memory_info().rss)
            time.sleep(0.5)


PLAIN = [
    "area: str = 'Cambridgeshire'\nnumber: int = 1",
    "import numpy as np\nimport pandas as pd\n\nfrom casebook import report, tables",
    "report.title(f'Plain {number}', area=area, as_of='today')",
    "# The first version had no summaries.\nif hasattr(report, 'summary'):\n"
    "    report.summary('All is as it was.', 'Is it?')",
    "checks = tables.read('health_checks')",
    "drawn = np.random.default_rng(number).normal(100, 10, (200, 4))\n"
    "frame = pd.DataFrame(drawn, columns=list('abcd'))\n"
    "means = frame.groupby(frame.index // 10).mean().reset_index(names='group')",
    "for name in 'ab':\n"
    "    report.headline(name, f'The mean of {name} is {means[name].mean():.1f} points.', value=1.0, unit='points')",
    "report.text('A paragraph of plain words, as every report has some of them.')",
    "report.table(means, caption='Means', columns={'group': 'Group', **{one: (one, '.1f') for one in 'abcd'}})",
    "report.assumption('All is as it was drawn.', quality='green', impact='low')",
]
"""A notebook that today's version and that of November 2026's beginning can both run."""


def plain(folder: Path, version: Path, count: int) -> Path:
    """Make a project of so many reports of the plain notebook, with a version's own tables."""
    (folder / "notebooks").mkdir(parents=True)
    (folder / "reports").mkdir()
    shutil.copytree(version / "data", folder / "data", ignore=_exports)
    cells = [nbformat.v4.new_code_cell(source) for source in PLAIN]
    cells[0].metadata["tags"] = ["parameters"]
    cells.insert(1, nbformat.v4.new_markdown_cell("## Plain\n\nWords of the notebook's own."))
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "notebooks/plain.ipynb")
    (folder / "pipeline.py").write_text(
        "from casebook.cli import Report, main\n\n"
        f'PACK = [Report(f"plain-{{n}}", "plain", {{"number": n}}) for n in range(1, {count + 1})]\n'
        'if __name__ == "__main__":\n    main(PACK, "Cambridgeshire")\n'
    )
    return folder


def before(folder: Path) -> None:
    """Measure (g)."""
    then = Path(os.environ.get("BEFORE", "/nowhere"))
    if not (then / ".venv/bin/python").is_file():
        print("(g) not measured: BEFORE names no checkout of an earlier version with its .venv")
        return
    versions = {"now": (ROOT, PYTHON), "then": (then, then / ".venv/bin/python")}
    projects: dict[tuple[str, int], Path] = {}
    for name, (version, _) in versions.items():
        own = projects[name, 0] = folder / f"pack-{name}"
        own.mkdir()
        for one in ("data", "notebooks", "workings"):
            if (version / one).is_dir():
                shutil.copytree(version / one, own / one, ignore=_exports)
        shutil.copy(version / "pipeline.py", own)
        (own / "reports").mkdir()
        for count in FEW, MORE:
            projects[name, count] = plain(folder / f"plain-{count}-{name}", version, count)
    spent: dict[tuple[str, int], list[float]] = {}
    own_reports: dict[str, list[dict[str, float]]] = {}
    for turn in range(TIMES + 1):
        for (name, count), root in projects.items():
            words = [versions[name][1], "pipeline.py", "run", "--force"]
            took = processor(lambda words=words, root=root: subprocess.run(words, check=True, **in_project(root)))
            if turn:
                spent.setdefault((name, count), []).append(took)
                own = {report: line["processor_seconds"] for report, line in last_run(root).items()}
                own_reports.setdefault(name, []).extend([] if count else [own])
    each = {name: (median(spent[name, MORE]) - median(spent[name, FEW])) / (MORE - FEW) for name in versions}
    print(
        f"(g) the engine: each plain report more costs {1000 * each['now']:.0f} ms of the processor in all, "
        f"{1000 * each['then']:.0f} ms before: {each['now'] / each['then']:.2f}"
    )
    names = set.intersection(*(set(one) for found in own_reports.values() for one in found))
    now, past = ([sum(one[each] for each in names) for one in own_reports[name]] for name in versions)
    ratio = median(mine / theirs for mine, theirs in zip(now, past, strict=True))
    print(
        f"(g) reports, {len(names)} of one name: {median(now):.2f} s of the processor, {median(past):.2f} s before: "
        f"{ratio:.2f}"
    )
    for report in sorted(names):
        mine, theirs = (median(one[report] for one in own_reports[name]) for name in versions)
        print(f"    {report:24} {mine:6.2f} {theirs:6.2f} {mine / theirs:6.2f}")


FEW, MORE = 12, 72
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
        if "f" in LETTERS:
            sweep(Path(folder))
        if "g" in LETTERS:
            before(Path(folder))


if __name__ == "__main__":
    main()
