"""Doing something in a process forked for it, which takes its memory with it when it ends."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable

from casebook.engine import lock, signals, workers


def do(action: Callable[[], object]) -> None:
    """Call something for what it refuses, not for what it returns; what it raises is raised here.

    Where this process cannot be forked, it is called in this one.
    """
    if not workers.can_fork():
        action()
        return
    reading, telling = os.pipe()
    signals.flush()
    parent = os.getpid()
    with signals.blocked():
        pid = os.fork()
        if pid == 0:
            _act(action, parent, reading, telling)
    os.close(telling)
    try:
        with open(reading, "rb") as told:  # noqa: PTH123
            said = told.read()
    except KeyboardInterrupt:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(pid, 0)
    if said:
        raise pickle.loads(said)
    if status:
        raise MemoryError(f"a process ended with the exit code {os.waitstatus_to_exitcode(status)} before it was done")


def _act(action: Callable[[], object], parent: int, reading: int, telling: int) -> None:
    code = 1
    try:
        # Ctrl-C is held back here, and reaches the parent, which ends this process; so does its own end.
        signals.set_parent_death_signal(parent)
        lock.release()
        os.close(reading)
        try:
            action()
        except Exception as error:
            with open(telling, "wb") as told:
                told.write(pickle.dumps(error))
        code = 0
    finally:
        os._exit(code)
