"""Workers side by side: each report in a process of its own, watched, kept within its limits, and never left behind.

A worker is forked from this process, which has loaded the scientific packages once; so a report costs its
arithmetic. Where a fork is not available or not safe, a worker is a new Python that starts an ordinary kernel.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

import psutil

from casebook import digest
from casebook.engine import events, lock, signals, worker
from casebook.engine.events import CellEvent, Ended, Executed
from casebook.engine.outcome import MEGABYTE, NOT_HEARD, CellRun, Cost, Outcome, could_not_run, of_error, of_exit
from casebook.engine.task import Key, Task
from casebook.engine.worker import Finish
from casebook.errors import ReportFailedError

_TICK, _MEASURE_EVERY = 0.01, 0.05
# Finding out which processes came of a worker means looking at every process there is.
_LOOK_FOR_CHILDREN_EVERY = 0.25
# Arrow's allocator keeps a thread of its own, and takes care of forks.
_SAFE_THREADS = {"jemalloc_bg_thd"}
_PR_SET_CHILD_SUBREAPER = 36


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
    start, most = (elsewhere.start, elsewhere.at_once) if elsewhere else (_start, cores())
    at_once = at_once or most
    waiting, done, results = list(tasks), set[Key](), list[WorkerResult]()
    keys = {task.key for task in tasks}
    if not tasks:
        return []
    with _temporary_folder(tasks[0].root), _all_stopped_at_the_end() as (running, before):
        while waiting or running:
            for task in list(waiting):
                if len(running) >= at_once:
                    break
                if all(key in done or key not in keys for key in needs.get(task.key, ())):
                    waiting.remove(task)
                    starting(task)
                    running.append(start(task, finish))
            signals.raise_pending()
            if not running:
                # What is left needs something that failed.
                break
            time.sleep(_TICK)
            for one in [one for one in running if one.over()]:
                running.remove(one)
                _kill_orphans(before | {other.process.pid for other in running})
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
def _all_stopped_at_the_end() -> Iterator[tuple[list[Running], set[int]]]:
    _become_subreaper()
    before = {child.pid for child in psutil.Process().children()}
    running: list[Running] = []
    try:
        yield running, before
    finally:
        with signals.deferred():
            for one in running:
                one.kill()
            _kill_orphans(before)


class _Running:
    """A worker and what is known of it from outside."""

    def __init__(self, task: Task, finish: Finish) -> None:
        self.task, self._finish = task, finish
        self.process = _Forked(task, finish) if task.engine == "shell" else _Started(task, finish)
        self.began = time.monotonic()
        self.cells: dict[int, CellRun] = {}
        self._numbers = _code_cells(task)
        self.told: Ended | None = None
        self.executed: Executed | None = None
        self.stopped: Outcome | None = None
        self.peak = 0.0
        self._measured = self._looked = 0.0
        self._family: list[psutil.Process] = []
        self._read = b""

    def over(self) -> bool:
        """Take in what the worker tells, hold it to its limits, and return whether it is at an end."""
        self._listen()
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
        self.process, self._read, self._family, self._looked = _Forked(self.task, self._finish), b"", [], 0.0
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
            memory = self._memory(now) / MEGABYTE
            self.peak = max(self.peak, memory)
            if memory > limits.megabytes and self._own_memory() / MEGABYTE > limits.megabytes:
                self._stop(could_not_run("out of memory", f"it took more than {limits.megabytes:g} MB"))
            elif self.process.captured() > limits.output_megabytes * MEGABYTE:
                said = f"its processes write more than {limits.output_megabytes:g} MB"
                self._stop(could_not_run("too much output", said))

    def _memory(self, now: float) -> int:
        """Return the bytes of memory that the worker and all that came of it hold."""
        if now - self._looked > _LOOK_FOR_CHILDREN_EVERY:
            self._looked, self._family = now, _family(self.process.pid)
        return sum(_resident(one) for one in self._family)

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


# What workers tell and write; it is not for the next one, which is forked meanwhile, to read or to change.
others: set[IO[bytes]] = set()


class _Forked:
    """A worker forked from this process."""

    def __init__(self, task: Task, finish: Finish) -> None:
        signals.flush()
        self.runs_cells = not (task.executed or task.only_render)
        reading, telling = os.pipe()
        # Seen from here, so that what is written can be measured while the worker is busy.
        self._files: list[IO[bytes]] = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]  # noqa: SIM115
        parent = os.getpid()
        with signals.blocked():
            self.pid = os.fork()
            if self.pid == 0:
                _be_worker(task, finish, parent, telling, reading, (self._files[0].fileno(), self._files[1].fileno()))
        os.close(telling)
        os.set_blocking(reading, False)
        # A file object is closed once, however often it is told to; a number could be another's by then.
        self._reading = open(reading, "rb", buffering=0)  # noqa: PTH123, SIM115
        others.update((self._reading, *self._files))
        self._status: int | None = None

    def read(self) -> bytes:
        if self._reading.closed:
            return b""
        # So much at a time that a worker that floods its pipe keeps nobody waiting.
        return self._reading.read(1 << 20) or b""

    def captured(self) -> int:
        return sum(os.fstat(file.fileno()).st_size for file in self._files)

    def ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def close(self) -> None:
        if self._status is None:
            _, self._status = os.waitpid(self.pid, 0)
        for file in (self._reading, *self._files):
            file.close()
            others.discard(file)

    def exit_code(self) -> int:
        return os.waitstatus_to_exitcode(self._status or 0)


class _Started:
    """A worker that is a new Python, with an ordinary kernel, which is what runs the cells."""

    runs_cells = False

    def __init__(self, task: Task, finish: Finish) -> None:
        with signals.blocked():
            self._process = subprocess.Popen(
                [sys.executable, "-m", worker.__name__, f"{finish.__module__}:{finish.__qualname__}"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.pid = self._process.pid
        self._heard: list[bytes] = []
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(replace(task, engine="kernel", runner=os.getpid()))).encode())
        self._process.stdin.close()
        self._eof = threading.Event()
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.append(line)
        self._eof.set()

    def read(self) -> bytes:
        heard, self._heard = self._heard, []
        return b"".join(heard)

    def captured(self) -> int:
        return 0

    def ended(self) -> bool:
        if self._process.poll() is None:
            return False
        self._eof.wait(timeout=1)
        return True

    def close(self) -> None:
        self._process.wait()

    def exit_code(self) -> int:
        return int(self._process.returncode)


def install(task: Task, files: Mapping[str, str]) -> None:
    """Take what was laid out into the pack that is being made.

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
        shutil.copyfile(laid_out, place)
        if digest.of(place) != content:
            raise ReportFailedError(
                f"{name} was changed after it had been checked, by another notebook or program: find out which one "
                "writes there, then run again."
            )


def _start(task: Task, finish: Finish) -> _Running:
    stage = Path(task.stage)
    task = replace(task, own=tempfile.mkdtemp(prefix=f"{stage.name}-", dir=stage.parent))
    return _Running(task, finish)


def _be_worker(
    task: Task, finish: Finish, parent: int, telling: int, reading: int, captured: tuple[int, int]
) -> NoReturn:
    code = NOT_HEARD
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        signals.set_parent_death_signal(parent)
        _become_subreaper()
        lock.release()
        os.close(reading)
        for file in others:
            file.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, target in ((nothing, 0), (captured[0], 1), (captured[1], 2)):
            os.dup2(descriptor, target)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process lives
        with os.fdopen(telling, "w", encoding="utf-8") as told:

            def emit(event: dict[str, Any]) -> None:
                print(json.dumps(event), file=told, flush=True)

            if task.executed or task.only_render:
                finish(task, emit)
            else:
                worker.work(task, emit, captured)
        code = 0
    finally:
        os._exit(code)


def _become_subreaper() -> None:
    """Make processes whose parent has gone children of this one, so that they can be found."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


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
    for child in psutil.Process().children():
        if child.pid not in known:
            _kill_tree(child.pid)
            with suppress(psutil.NoSuchProcess, ChildProcessError):
                os.waitpid(child.pid, 0)


def _family(pid: int) -> list[psutil.Process]:
    """Return a process and all that came of it."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _proportional(process: psutil.Process) -> int:
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or _resident(process)
    except psutil.Error:
        return _resident(process)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
