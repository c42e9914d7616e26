"""The processes that make reports: forked from this one, or started anew; and those that finish what others began.

A notebook's cells run in a process of their own. What comes after, reading what they left, checking it and making the
page, is done by a process that has run no cell of any notebook. It stays and does the same for the next report: a
forked process spends a third of so short a work on getting memory of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

import psutil

from casebook.engine import lock, signals, worker
from casebook.engine.outcome import MEGABYTE, NOT_HEARD
from casebook.engine.task import Task, from_plain
from casebook.engine.worker import Emit, Finish

_PR_SET_CHILD_SUBREAPER = 36
# So many reports, or so much memory more than at first, then a fresh one: what a report leaves must not add up, nor
# count against the limit of the next.
_REPORTS_OF_ONE, _KEPT = 50, 100 * MEGABYTE

# What other processes tell, are told and write; it is not for the next one, forked meanwhile, to read or change.
others: set[IO[bytes]] = set()


class _Forked:
    """A process forked from this one, which tells of its work in lines."""

    def __init__(self, act: Callable[[Emit], None], streams: tuple[int, int] | None = None) -> None:
        signals.flush()
        reading, telling = os.pipe()
        parent = os.getpid()
        with signals.blocked():
            self.pid = os.fork()
            if self.pid == 0:
                _act(act, parent, telling, reading, streams)
        os.close(telling)
        os.set_blocking(reading, False)
        # A file object is closed once, however often it is told to; a number could be another's by then.
        self._reading = open(reading, "rb", buffering=0)  # noqa: PTH123, SIM115
        others.add(self._reading)
        self._status: int | None = None

    def read(self) -> bytes:
        if self._reading.closed:
            return b""
        # So much at a time that a process that floods its pipe keeps nobody waiting.
        return self._reading.read(1 << 20) or b""

    def captured(self) -> int:
        return 0

    def ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def close(self) -> None:
        if self._status is None:
            _, self._status = os.waitpid(self.pid, 0)
        self._reading.close()
        others.discard(self._reading)

    def exit_code(self) -> int:
        return os.waitstatus_to_exitcode(self._status or 0)


class Forked(_Forked):
    """A process in which the cells of one report run."""

    runs_cells = True

    def __init__(self, task: Task) -> None:
        # Seen from here, so that what is written can be measured while the cells are busy.
        self._files: list[IO[bytes]] = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]  # noqa: SIM115
        streams = self._files[0].fileno(), self._files[1].fileno()
        super().__init__(lambda emit: _run_cells(task, emit, streams), streams)
        others.update(self._files)

    def captured(self) -> int:
        """Return how many bytes the cells and their processes have written past the notebook."""
        return sum(os.fstat(file.fileno()).st_size for file in self._files)

    def close(self) -> None:
        """Wait for its end."""
        super().close()
        for file in self._files:
            file.close()
            others.discard(file)


def _run_cells(task: Task, emit: Emit, streams: tuple[int, int]) -> None:
    worker.work(task, emit, streams)


class Finisher(_Forked):
    """A process that finishes reports whose cells have run, one after the other, until it is closed."""

    runs_cells = False

    def __init__(self, finish: Finish) -> None:
        asked, asking = os.pipe()
        self._asking = open(asking, "wb", buffering=0)  # noqa: PTH123, SIM115
        others.add(self._asking)
        self.begun = 0
        super().__init__(partial(_finish_each, finish, asked))
        os.close(asked)
        self._at_first = resident(self.pid)

    @property
    def spent(self) -> bool:
        """Whether another is to finish the next report."""
        return self.begun >= _REPORTS_OF_ONE or resident(self.pid) - self._at_first > _KEPT

    def begin(self, task: Task) -> None:
        """Have it finish a report."""
        self.begun += 1
        left = memoryview(json.dumps(asdict(task)).encode() + b"\n")
        # One that has died is found out as every process that ends without a word.
        with suppress(BrokenPipeError):
            while left:
                left = left[self._asking.write(left) :]

    def close(self) -> None:
        """Have it end, and wait for that."""
        self._asking.close()
        others.discard(self._asking)
        super().close()


def _finish_each(finish: Finish, asked: int, emit: Emit) -> None:
    with open(asked, "rb") as lines:
        for line in lines:
            with suppress(OSError):
                # What it has held at most is counted anew (https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html).
                Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
            finish(from_plain(json.loads(line)), emit)


class Finishers:
    """Processes that finish reports, as many as are at work at a time; they wait for the next report."""

    def __init__(self, finish: Finish) -> None:
        self.finish = finish
        self._waiting: list[Finisher] = []

    def begin(self, task: Task) -> Finisher:
        """Have one finish a report."""
        while self._waiting:
            one = self._waiting.pop()
            if not one.ended():
                break
            one.close()
        else:
            one = Finisher(self.finish)
        one.begin(task)
        return one

    def give_back(self, one: Finisher) -> None:
        """Take back one that has told how its report ended."""
        if one.spent:
            one.close()
        else:
            self._waiting.append(one)

    @property
    def pids(self) -> set[int]:
        """The processes that wait."""
        return {one.pid for one in self._waiting}

    def close(self) -> None:
        """End those that wait."""
        while self._waiting:
            self._waiting.pop().close()


class Started:
    """A new Python, with an ordinary kernel, which is what runs the cells; it finishes the report itself."""

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
        """Return what it has told since it was last asked."""
        heard, self._heard = self._heard, []
        return b"".join(heard)

    def captured(self) -> int:
        """Return how many bytes were written past the notebook: none, where nobody sees it."""
        return 0

    def ended(self) -> bool:
        """Return whether it has ended."""
        if self._process.poll() is None:
            return False
        self._eof.wait(timeout=1)
        return True

    def close(self) -> None:
        """Wait for its end."""
        self._process.wait()

    def exit_code(self) -> int:
        """Return its exit code; of one ended by a signal, the signal's number, negative."""
        return int(self._process.returncode)


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; none, where it has ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def become_subreaper() -> None:
    """Make processes whose parent has gone children of this one, so that they can be found."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _act(
    act: Callable[[Emit], None], parent: int, telling: int, reading: int, streams: tuple[int, int] | None
) -> NoReturn:
    code = NOT_HEARD
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        signals.set_parent_death_signal(parent)
        become_subreaper()
        lock.release()
        os.close(reading)
        for file in others:
            file.close()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, target in zip((nothing, *(streams or (nothing, nothing))), (0, 1, 2), strict=True):
            os.dup2(descriptor, target)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process lives
        with os.fdopen(telling, "w", encoding="utf-8") as told:

            def emit(event: dict[str, Any]) -> None:
                print(json.dumps(event), file=told, flush=True)

            act(emit)
        code = 0
    finally:
        os._exit(code)
