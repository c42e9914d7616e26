"""One run at a time: a lock that the system lets go of when its holder ends, however it ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from casebook.errors import InputError

_held: dict[Path, int] = {}


class AnotherRunError(InputError):
    """Another process holds the lock."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock while the block runs, within which it may be asked for again.

    Parameters
    ----------
    path
        The lock's file, which says who holds it; it is never taken away.

    Raises
    ------
    AnotherRunError
        If another process holds it.
    """
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            raise AnotherRunError(
                f"Another run is going on{_holder(descriptor)}: wait until it has ended, then run again."
            )
        _held[path] = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"process": os.getpid(), "since": f"{datetime.now():%H:%M:%S}"}).encode())
        yield
    finally:
        _held.pop(path, None)
        os.close(descriptor)


def release() -> None:
    """Close the locks that a forked process came by; it must not hold them on when the run has ended."""
    while _held:
        with suppress(OSError):
            os.close(_held.popitem()[1])


def _take(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.read(descriptor, 200))
    except (OSError, ValueError):
        return ""
    return f", process {holder['process']}, since {holder['since']}"
