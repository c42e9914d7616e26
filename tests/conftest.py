"""Shared by all tests: copies of the project to break, and one published pack to read."""

from __future__ import annotations

import atexit
import csv
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import yaml
from preloaded import Preloaded

# Reading a notebook loads this, for more than a second, as casebook.engine says; whoever is loaded first, here it is not.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# The process that hands the tests out loads this file too, and needs nothing of what takes its time.
if TYPE_CHECKING:
    from casebook.reconcile.cases import Reconciliation
    from casebook.report.blocks import Block, Headline, Table

# How long an example takes says something of the machine, not of the code; and the same code passes or fails each time.
hypothesis.settings.register_profile("any machine", deadline=None, derandomize=True)
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = Path(os.environ.get("CASEBOOK_EXPORTS", ROOT.parent / "shared" / "data"))


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: a fifth of the time, a test waits for a process or for the browser."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the pack, which one worker makes while the others run what does not need it, and end with what is quick.

    Each worker begins with its part of the tests, and takes from the others when it has done them: so each part has files
    from everywhere, the slow ones first, and no core waits long for a last test.
    """
    parts = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    needing = [item for item in items if "pack" in getattr(item, "fixturenames", ())]
    later = {id(item) for item in needing}
    items.sort(key=lambda item: (item not in needing[:1], item.get_closest_marker("slow") is None, id(item) in later))
    files = [list(own) for _, own in groupby(items, key=lambda item: item.path)]
    items[:] = [item for part in range(parts) for own in files[part::parts] for item in own]


# What a test waits for comes to be, however slow the machine; this only keeps one from waiting for ever.
LONGEST = 600
# When the tests' packs are published: no test asks the clock.
NOW = 1_777_626_000
MADE = "1 May 2026 at 09:00"


@dataclass(frozen=True)
class Project:
    """A copy of the project in a folder of its own."""

    root: Path

    def pipeline(self, *arguments: str, at: int = NOW) -> subprocess.CompletedProcess[str]:
        """Run ``python pipeline.py`` as a user does, at a given time."""
        environment = as_users() | {"SOURCE_DATE_EPOCH": str(at)}
        if not hasattr(os, "fork"):
            return subprocess.run(
                [sys.executable, "pipeline.py", *arguments],
                cwd=self.root, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False,
            )  # fmt: skip
        with running(self, *arguments, at=at) as run:
            return run.ended()

    def raw(self, name: str) -> Path:
        return self.root / "data" / "raw" / name

    def description(self, table: str) -> dict[str, Any]:
        """What a table's own file says of it (or ``common``, what all share), to be changed and written back."""
        return yaml.load(self.raw(f"{table}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)

    def describe(self, table: str, description: dict[str, Any]) -> None:
        self.raw(f"{table}.yaml").write_text(yaml.safe_dump(description, sort_keys=False), encoding="utf-8")

    def forget(self, table: str) -> None:
        """Take a table out of those accepted."""
        accepted = self.raw("SHA256SUMS")
        lines = accepted.read_text(encoding="utf-8").splitlines(keepends=True)
        accepted.write_text("".join(line for line in lines if not line.endswith(f" {table}.csv\n")), encoding="utf-8")
        self.raw(f"{table}.yaml").unlink()

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}: the test is out of date"
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    def pack(self) -> dict[str, Any]:
        """What the top and the areas say, put together."""
        reports = self.root / "reports"
        top = json.loads((reports / "pack.json").read_text(encoding="utf-8"))
        areas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(reports.glob("*/pack.json"))]
        return {
            **top,
            **{name: [one for area in areas for one in area[name]] for name in ("reports", "reconciliation")},
        }

    def report(self, name: str, area: str = "Cambridgeshire") -> dict[str, Any]:
        return next(entry for entry in self.pack()["reports"] if (entry["name"], entry["area"]) == (name, area))

    def page(self, name: str, area: str = "Cambridgeshire") -> str:
        return (self.root / "reports" / self.report(name, area)["html"]).read_text(encoding="utf-8")

    def headline(self, report: str, identifier: str, area: str = "Cambridgeshire") -> dict[str, Any]:
        """A headline as the pack has it, and ``said``: its text and its basis."""
        found = next(one for one in self.report(report, area)["headlines"] if one["id"] == identifier)
        return {**found, "said": f"{found['text']} {found['basis']}".rstrip()}

    def published(self) -> dict[str, bytes]:
        """Every published file with its content."""
        reports = self.root / "reports"
        return {str(path.relative_to(reports)): path.read_bytes() for path in reports.rglob("*") if path.is_file()}


@cache
def _preloaded() -> Preloaded:
    started = Preloaded()
    atexit.register(started.close)
    return started


def as_users() -> dict[str, str]:
    """The environment without what the tests put there."""
    # With pytest's own variable set, a kernel would not show what its processes write.
    not_users = ("CASEBOOK_PROJECT", "PYTEST_CURRENT_TEST")
    return {name: value for name, value in os.environ.items() if name not in not_users}


# A process begun in the background of a shell ignores Ctrl-C, and so do those it starts; a user's does not.
_HEARS_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, sys.argv[1:])"
)


def start(project: Project, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start ``python pipeline.py`` in a Python of its own, which loads everything; options are those of ``Popen``."""
    environment = as_users() | {"SOURCE_DATE_EPOCH": str(NOW)} | options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-c", _HEARS_CTRL_C, sys.executable, "pipeline.py", *arguments],
        cwd=project.root, env=environment, text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )  # fmt: skip


class Run:
    """A ``python pipeline.py`` that is going on."""

    def __init__(self, project: Project, arguments: tuple[str, ...], at: int, out: Path, err: Path) -> None:
        self.arguments, self.out, self.err = arguments, out, err
        environment = as_users() | {"SOURCE_DATE_EPOCH": str(at)}
        self.pid = _preloaded().start(project.root, out, err, arguments, environment)
        self._code: int | None = None

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self) -> subprocess.CompletedProcess[str]:
        """Wait until it has ended, and return how."""
        if self._code is None:
            self._code = _preloaded().wait(self.pid)
        out, err = (path.read_text(encoding="utf-8") for path in (self.out, self.err))
        return subprocess.CompletedProcess(self.arguments, self._code, out, err)


@contextmanager
def running(project: Project, *arguments: str, at: int = NOW, together: bool = False) -> Iterator[Run]:
    """Run ``python pipeline.py`` beside the test, which may stop or kill it; what it says may go into one file."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        run = Run(project, arguments, at, out, out if together else err)
        try:
            yield run
        finally:
            if run._code is None:
                run.send(signal.SIGKILL)
                run.ended()


def wait_for(path: Path, content: str = "") -> None:
    """Wait until a file is there and holds some text."""
    for _ in range(LONGEST * 10):
        if path.exists() and content in path.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} with {content!r} never came to be")


def one_of_each_notebook() -> list[str]:
    """The first report of each notebook: what notebooks do is tried on these, and not for each case of a kind."""
    pack = runpy.run_path(str(ROOT / "pipeline.py"))["PACK"]
    return list({report.path(ROOT): report.name for report in reversed(pack)}.values())[::-1]


# The folders of a project that a person writes.
COPIED = ("data", "notebooks", "workings")


def copy_of_project(folder: Path) -> Project:
    root = folder / "project"
    root.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "exports"))
    shutil.copy(ROOT / "pipeline.py", root)
    (root / "reports").mkdir()
    # As after a run: data that nobody changes need not be checked anew for each of hundreds of copies.
    from casebook.pack import freshness

    if not _DATA:
        _DATA.append(freshness.data(root))
    freshness.remember_checked(root, _DATA[0])
    return Project(root)


_DATA: list[str] = []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project with nothing published."""
    return copy_of_project(tmp_path)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Make a copy of the project and something in it, once for all workers; read it, do not change it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, make: Callable[[Project], None]) -> Project:
        folder, done = shared / name, shared / f"{name}-done"
        try:
            folder.mkdir()
        except FileExistsError:
            # Another worker is making it, and says so in a file when it is there or has failed.
            wait_for(done)
            assert done.read_text(encoding="utf-8") == "made", f"another worker could not make {name}"
            return Project(folder / "project")
        told = "failed"
        try:
            project = copy_of_project(folder)
            make(project)
            told = "made"
        finally:
            (shared / f"{name}-told").write_text(told, encoding="utf-8")
            (shared / f"{name}-told").rename(done)
        return project

    return made


@pytest.fixture(scope="session")
def pack(once: Callable[[str, Callable[[Project], None]], Project]) -> Project:
    """The pack for Cambridgeshire and that for Hertfordshire, made once for all workers; read it, do not change it."""

    def make(project: Project) -> None:
        for more in ((), ("--area", "Hertfordshire")):
            run = project.pipeline("run", *more)
            assert run.returncode == 0, run.stderr

    return once("pack", make)


def copied(made: Project, folder: Path) -> Project:
    """Copy a project that was made once, with what is published, to run things on."""
    shutil.copytree(made.root, folder / "project")
    return Project(folder / "project")


@pytest.fixture
def copy_of_pack(pack: Project, tmp_path: Path) -> Project:
    """A copy of the published pack and its project, to run things on."""
    return copied(pack, tmp_path)


class Told:
    """What a notebook told its readers, by the kind of block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def headline(self, identifier: str) -> Headline:
        return next(block for block in self.blocks if block.kind == "headline" and block.id == identifier)

    def table(self, caption: str) -> Table:
        return next(block for block in self.blocks if block.kind == "table" and block.caption.startswith(caption))

    def figures(self) -> dict[str, Reconciliation]:
        return {one.id: one for block in self.blocks if block.kind == "reconciliation" for one in block.figures}

    def text(self) -> str:
        return "\n".join(block.plain() for block in self.blocks)


@pytest.fixture
def tell(pack: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Run a notebook's cells in this process, without a kernel, and return what it tells.

    The cells are the same as in a run; the pack's tables and published reports are what they read.
    """
    from casebook.report.blocks import Block

    monkeypatch.setenv("CASEBOOK_PROJECT", str(pack.root))

    def run(name: str, leaving_out: str = "", **parameters: Any) -> Told:
        told = Told()
        monkeypatch.setattr(Block, "show", lambda block: told.blocks.append(block))  # noqa: PLW0108 - a method must be a function
        space: dict[str, Any] = {}
        for cell in json.loads((pack.root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and not (leaving_out and leaving_out in "".join(cell["source"])):
                exec(compile("".join(cell["source"]), name, "exec"), space)
                if "parameters" in cell["metadata"].get("tags", []):
                    assert set(parameters) <= set(space), "the notebook has no such parameter"
                    space |= parameters
        return told

    return run


class Verdicts:
    """What is said of the printed figures of a project, without a notebook."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def figures(self) -> dict[str, Reconciliation]:
        """Every printed figure by name."""
        from casebook.reconcile import figures
        from casebook.reconcile.cases import Cases

        register = figures.load(self.root)
        cases = Cases(self.root, register)
        return {name: cases.of(name) for name in register.figures}

    def accept(self) -> None:
        """Accept changed tables, as ``pipeline.py accept`` does."""
        from casebook.data import catalogue
        from casebook.reconcile import figures

        figures.follow(self.root, [])
        catalogue.accept(self.root, [])


@pytest.fixture
def verdicts(project: Project) -> Verdicts:
    """The verdicts on the figures of a copy of the project."""
    return Verdicts(project.root)


@pytest.fixture(scope="session")
def exports() -> Path:
    """The folder of real official exports."""
    if not EXPORTS.is_dir():
        pytest.skip(f"the official exports are not at {EXPORTS} (set CASEBOOK_EXPORTS to read them elsewhere)")
    return EXPORTS


@pytest.fixture(scope="session")
def plans(exports: Path) -> Any:
    """Plans in force, 2010 to 2025 (DfE, SEN2): a row for each authority that was not reorganised, 51 at the least."""
    import numpy as np

    path = exports / "sen2" / "plans_by_authority.csv"
    if not path.is_file():
        pytest.skip(f"the plans by authority are not at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["release"])
    latest = {(row["new_la_code"], int(row["year"])): float(row["plans"]) for row in rows}
    codes = sorted({code for code, _ in latest})
    whole = np.array([[latest.get((code, year), 0) for year in range(2010, 2026)] for code in codes])
    return whole[whole.min(axis=1) > 50]
