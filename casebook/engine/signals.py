"""Being told to stop: not while something is finished or cleaned up, and not outliving the process that began it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_PR_SET_PDEATHSIG = 1


class TerminatedError(KeyboardInterrupt):
    """The run was told to stop by its system."""


_told: list[type[KeyboardInterrupt]] = []


def obey() -> None:
    """Stop at Ctrl-C and SIGTERM from here on, and remember to: what is being loaded may swallow what is raised."""

    def stop(number: int, _: object) -> None:
        kind = TerminatedError if number == signal.SIGTERM else KeyboardInterrupt
        _told.append(kind)
        raise kind

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def raise_pending() -> None:
    """Stop if that was asked for and has not happened."""
    if _told:
        raise _told[-1]


@contextmanager
def ignored() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM pass while the last is done that a run does: there is nothing to stop after it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = ignore()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def deferred() -> Iterator[None]:
    """Hear Ctrl-C and SIGTERM while something is cleaned up, and obey when that is done, whichever thread is told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda number, _: told.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if told:
            signal.raise_signal(told[0])


def ignore() -> dict[int, Any]:
    """Let Ctrl-C and SIGTERM pass from here on, and return what was done about them before."""
    return {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}


@contextmanager
def blocked() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while a process is started, and deliver them then: none is lost, none half-way."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def flush() -> None:
    """Write out what is buffered for the terminal, before a process is forked; a terminal may be gone."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()


def set_parent_death_signal(parent: int) -> None:
    """Have the system end this process when the one that started it ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
