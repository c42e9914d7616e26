"""Doing something in a process forked for it, which takes its memory with it when it ends."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextlib import suppress

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
    with signals.blocked():
        pid = os.fork()
        if pid == 0:
            _act(action, reading, telling)
    os.close(telling)
    with open(reading, "rb") as told:  # noqa: PTH123
        said = told.read()
    _, status = os.waitpid(pid, 0)
    if said:
        raise pickle.loads(said)
    if status:
        raise MemoryError(f"a process ended with the exit code {os.waitstatus_to_exitcode(status)} before it was done")


def _act(action: Callable[[], object], reading: int, telling: int) -> None:
    code = 1
    try:
        lock.let_go()
        os.close(reading)
        try:
            action()
        except Exception as error:
            with open(telling, "wb") as told:
                told.write(pickle.dumps(error))
        code = 0
    except KeyboardInterrupt:
        with suppress(OSError), open(telling, "wb") as told:
            told.write(pickle.dumps(KeyboardInterrupt()))
    finally:
        os._exit(code)
