"""Workers side by side: each report in a process of its own, watched, kept within its limits, and never left behind.

A worker is forked from this process, which has loaded the scientific packages once; so a report costs its
arithmetic. Where a fork is not available or not safe, a worker is a new Python that starts an ordinary kernel
(``processes``).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import psutil

from casebook import digest
from casebook.engine import events, signals
from casebook.engine.events import CellEvent, Ended, Executed
from casebook.engine.outcome import MEGABYTE, CellRun, Cost, Outcome, could_not_run, of_error, of_exit
from casebook.engine.processes import Finisher, Finishers, Forked, Started, become_subreaper, resident
from casebook.engine.task import Key, Task
from casebook.engine.worker import Finish
from casebook.errors import ReportFailedError

_TICK, _MEASURE_EVERY = 0.01, 0.05
# Arrow's allocator keeps a thread of its own, and takes care of forks.
_SAFE_THREADS = {"jemalloc_bg_thd"}


@dataclass(frozen=True)
class WorkerResult:
    """How one report's making ended, and, if it succeeded, what ``finish`` made of it."""

    task: Task
    outcome: Outcome
    made: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each file it left in its own folder, by name."""


class Running(Protocol):
    """A report that is being made, here or elsewhere."""

    task: Task
    process: Any
    """Has ``pid``: the process here that makes it, or that speaks with who does."""

    def over(self) -> bool:
        """Take in what is told, and return whether it is at an end."""

    def goes_on(self) -> bool:
        """Return whether there is more to do, and begin it."""

    def kill(self) -> None:
        """End it."""

    def result(self) -> WorkerResult:
        """Return how it ended."""


class Elsewhere(Protocol):
    """What makes reports in place of processes here."""

    at_once: int

    def start(self, task: Task, finish: Finish) -> Running:
        """Begin a report."""


def can_fork() -> bool:
    """Return whether this process may fork workers: on Linux, with no other thread alive."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    names = [path.read_text(encoding="utf-8").strip() for path in Path("/proc/self/task").glob("*/comm")]
    return len([name for name in names if name not in _SAFE_THREADS]) <= 1


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    tasks: Sequence[Task],
    needs: Mapping[Key, Collection[Key]],
    starting: Callable[[Task], None],
    ended: Callable[[WorkerResult], bool],
    finish: Finish,
    at_once: int | None = None,
    elsewhere: Elsewhere | None = None,
) -> list[WorkerResult]:
    """Run tasks, each after those it needs, the rest side by side.

    Parameters
    ----------
    tasks
        What to make; of those that could start, the first starts first.
    needs
        The tasks that each must wait for, by their places in the pack.
    starting
        Called before a task starts.
    ended
        Called with each result; if it returns False, the rest is stopped.
    finish
        What is done once a report's cells have run, in a process of its own.
    at_once
        How many run at a time: as many as there are cores, if left out.
    elsewhere
        What makes them in place of processes here (``engine.cluster``), as many at a time as it can take.

    Returns
    -------
    list of WorkerResult
        In the order they ended. Tasks that were stopped, or that needed one that failed, are not in it.
    """
    at_once = at_once or (elsewhere.at_once if elsewhere else cores())
    waiting, done, results = list(tasks), set[Key](), list[WorkerResult]()
    keys = {task.key for task in tasks}
    if not tasks:
        return []
    finishers = Finishers(finish)
    with _temporary_folder(tasks[0].root), _all_stopped_at_the_end(finishers) as (running, before):
        while waiting or running:
            for task in list(waiting):
                if len(running) >= at_once:
                    break
                if all(key in done or key not in keys for key in needs.get(task.key, ())):
                    waiting.remove(task)
                    starting(task)
                    running.append(elsewhere.start(task, finish) if elsewhere else _start(task, finishers))
            signals.raise_pending()
            if not running:
                # What is left needs something that failed.
                break
            time.sleep(_TICK)
            for one in [one for one in running if one.over()]:
                running.remove(one)
                _kill_orphans(before | finishers.pids | {other.process.pid for other in running})
                if one.goes_on():
                    running.append(one)
                    continue
                result = one.result()
                results.append(result)
                if result.outcome.status == "succeeded":
                    done.add(result.task.key)
                if not ended(result):
                    return results
    return results


def clear_away(root: Path) -> None:
    """Delete the temporary files of a run that was killed; the lock must be held."""
    for left in Path(tempfile.gettempdir()).glob(f"{_prefix(str(root))}*"):
        shutil.rmtree(left, ignore_errors=True)


def _prefix(root: str) -> str:
    """Return how the folder for temporary files begins: named after the project, so that a later run finds it."""
    return f"casebook-{sha256(root.encode()).hexdigest()[:8]}-"


@contextmanager
def _temporary_folder(root: str) -> Iterator[None]:
    """Give the workers a folder of their own for temporary files, and delete it when they have ended."""
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    own = tempfile.mkdtemp(prefix=_prefix(root))
    tempfile.tempdir = os.environ["TMPDIR"] = own
    try:
        yield
    finally:
        tempfile.tempdir = before[0]
        del os.environ["TMPDIR"]
        if before[1] is not None:
            os.environ["TMPDIR"] = before[1]
        with signals.deferred():
            shutil.rmtree(own, ignore_errors=True)


@contextmanager
def _all_stopped_at_the_end(finishers: Finishers) -> Iterator[tuple[list[Running], set[int]]]:
    become_subreaper()
    before = set(_children(os.getpid()))
    running: list[Running] = []
    try:
        yield running, before
    finally:
        with signals.deferred():
            for one in running:
                one.kill()
            finishers.close()
            _kill_orphans(before)


class _Running:
    """A worker and what is known of it from outside."""

    def __init__(self, task: Task, finishers: Finishers) -> None:
        self.task, self._finishers = task, finishers
        self.process: Forked | Finisher | Started
        if task.engine != "shell":
            self.process = Started(task, finishers.finish)
        else:
            self.process = finishers.begin(task) if task.only_render else Forked(task)
        self.began = time.monotonic()
        self.cells: dict[int, CellRun] = {}
        self._numbers = _code_cells(task)
        self.told: Ended | None = None
        self.executed: Executed | None = None
        self.stopped: Outcome | None = None
        self.peak = 0.0
        self._measured = 0.0
        self._family: list[psutil.Process] = []
        self._read = b""

    def over(self) -> bool:
        """Take in what the worker tells, hold it to its limits, and return whether it is at an end."""
        self._listen()
        if self.told and isinstance(self.process, Finisher) and not self.stopped:
            self._finishers.give_back(self.process)
            return True
        if self.stopped or self.process.ended():
            self._listen()
            self.process.close()
            return True
        self._hold_to_limits()
        return False

    def goes_on(self) -> bool:
        """Return whether the cells have all run, and have the rest done by a process that ran none of them."""
        if self.stopped or self.told or self.executed is None or self.task.executed:
            return False
        took = self.executed
        cost = replace(took.cost, peak_megabytes=max(self.peak, took.cost.peak_megabytes))
        self.task = self.task.ran(took.executed, took.seen.model_dump(mode="json"), cost)
        self.process, self._read = self._finishers.begin(self.task), b""
        return True

    def _listen(self) -> None:
        *lines, self._read = (self._read + self.process.read()).split(b"\n")
        try:
            if len(self._read) > events.LONGEST_LINE:
                raise ValueError("a line without end")
            for line in lines:
                self._take(events.read(line))
        except ValueError:
            if self.stopped is None:
                self._stop(could_not_run("not heard", "its process says what is no word of a worker's"))

    def _take(self, event: events.Event) -> None:
        if isinstance(event, CellEvent):
            status = "ran" if event.event == "ended" else "was running"
            self.cells[event.cell] = CellRun(event.cell, status, event.seconds or None)
        elif isinstance(event, Executed):
            self.executed = event
        elif event.outcome.status == "succeeded" and self.process.runs_cells:
            # The gates are in the process that comes after it; whoever wrote this wants to go round them.
            raise ValueError("success is not for a process that runs cells to tell of")
        else:
            self.told = event

    def _hold_to_limits(self) -> None:
        limits, now = self.task.limits, time.monotonic()
        if now - self.began > limits.seconds:
            self._stop(could_not_run("timed out", f"it took more than {limits.seconds:g} s"))
        elif now - self._measured > _MEASURE_EVERY:
            self._measured = now
            memory = self._memory() / MEGABYTE
            self.peak = max(self.peak, memory)
            if memory > limits.megabytes and self._own_memory() / MEGABYTE > limits.megabytes:
                self._stop(could_not_run("out of memory", f"it took more than {limits.megabytes:g} MB"))
            elif self.process.captured() > limits.output_megabytes * MEGABYTE:
                said = f"its processes write more than {limits.output_megabytes:g} MB"
                self._stop(could_not_run("too much output", said))

    def _memory(self) -> int:
        """Return the bytes of memory that the worker and all that came of it hold."""
        self._family = _family(self.process.pid)
        return sum(resident(one.pid) for one in self._family)

    def _own_memory(self) -> int:
        """Return the same where processes share memory, as forked ones do: each page counts once. It takes longer."""
        return sum(_proportional(one) for one in self._family)

    def _stop(self, outcome: Outcome) -> None:
        self.stopped = outcome
        self.kill()

    def kill(self) -> None:
        """End the worker and every process that came of it."""
        _kill_tree(self.process.pid)
        self.process.close()

    def result(self) -> WorkerResult:
        cells = tuple(self.cells.get(number, CellRun(number, "never ran")) for number in self._numbers)
        if self.stopped is None and self.told is not None:
            told, peak = self.told, max(self.peak, self.told.outcome.peak_megabytes)
            outcome: Outcome = replace(told.outcome, cells=cells, peak_megabytes=peak)
            try:
                install(self.task, told.files)
            except (ReportFailedError, OSError) as error:
                failed = replace(of_error(error, "its page was put into the pack"), cells=cells)
                return WorkerResult(
                    self.task, failed.costing(Cost(outcome.seconds, outcome.processor_seconds, self.peak))
                )
            return WorkerResult(self.task, outcome, told.made, told.files)
        running = next((f"cell {cell.number}" for cell in cells if cell.status == "was running"), "")
        outcome = self.stopped or of_exit(self.process.exit_code(), running)
        cost = Cost(round(time.monotonic() - self.began, 3), peak_megabytes=self.peak)
        return WorkerResult(self.task, replace(outcome.costing(cost), cells=cells))


def _code_cells(task: Task) -> list[int]:
    """Return the numbers of the code cells of a task's notebook, of which the outcome will tell."""
    if task.only_render:
        return []
    cells = json.loads(Path(task.notebook).read_text(encoding="utf-8"))["cells"]
    return [
        number
        for number, cell in enumerate(cells, 1)
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]


def install(task: Task, files: Mapping[str, str]) -> None:
    """Take what was laid out into the pack that is being made; whoever reads there sees the old file or the new.

    Parameters
    ----------
    task
        The report's; its own folder holds the files.
    files
        The SHA-256 that the gates saw of each, by name.

    Raises
    ------
    ReportFailedError
        If a file is not what the gates saw: something changed it since.
    """
    (Path(task.stage) / task.folder).mkdir(exist_ok=True)
    for name, content in files.items():
        laid_out, place = Path(task.own) / name, Path(task.stage) / task.folder / name
        # A preview shows its pages while they are made.
        coming = place.with_name(f".{name}.coming")
        shutil.copyfile(laid_out, coming)
        if digest.of(coming) != content:
            coming.unlink()
            raise ReportFailedError(
                f"{name} was changed after it had been checked, by another notebook or program: find out which one "
                "writes there, then run again."
            )
        coming.replace(place)


def _start(task: Task, finishers: Finishers) -> _Running:
    stage = Path(task.stage)
    task = replace(task, own=tempfile.mkdtemp(prefix=f"{stage.name}-", dir=stage.parent))
    return _Running(task, finishers)


def _kill_tree(pid: int) -> None:
    """Kill a process and all that came of it; those that fork while it is done are caught in the next round."""
    for _ in range(20):
        try:
            process = psutil.Process(pid)
            children = process.children(recursive=True)
        except psutil.NoSuchProcess:
            return
        if process.status() == psutil.STATUS_ZOMBIE and not children:
            return
        for one in [process, *children]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(children, timeout=0.2)


def _kill_orphans(known: set[int]) -> None:
    """Kill what a worker left behind: children of this process that it did not start."""
    for pid in _children(os.getpid()):
        if pid not in known:
            _kill_tree(pid)
            with suppress(psutil.NoSuchProcess, ChildProcessError):
                os.waitpid(pid, 0)


def _family(pid: int) -> list[psutil.Process]:
    """Return a process and all that came of it."""
    family, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        with suppress(psutil.NoSuchProcess):
            family.append(psutil.Process(one))
            waiting += _children(one)
    return family


def _children(pid: int) -> list[int]:
    """Return the children of a process.

    Linux lists those of a process in a file; elsewhere, finding them is a look at every process there is. The file may
    leave one out at the moment that another is taken away by who started it, which here is nobody else
    (https://man7.org/linux/man-pages/man5/proc_tid_children.5.html).
    """
    try:
        lists = [thread / "children" for thread in Path(f"/proc/{pid}/task").iterdir()]
        return [int(child) for one in lists for child in one.read_text(encoding="ascii").split()]
    except OSError:
        return [child.pid for child in psutil.Process(pid).children()]


def _proportional(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or resident(process.pid)
    except psutil.Error:
        return resident(process.pid)
