"""Publishing a pack whole or not at all.

The pack is built in a folder beside the published one and put in its place in one step, so that a
reader sees the old pack or the new one, and a failed run leaves the old one as it was. What a run that was
killed left behind is cleared away by the next.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from casebook.errors import ReportFailedError
from casebook.run import lock, signals

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2: two names change places in one step
_AT_FDCWD = -100
LOCK = Path(".casebook/lock")


class NothingToPublishError(Exception):
    """Raised in a staging block that found that what is published can stay."""


@contextmanager
def staging(published: Path) -> Iterator[Path]:
    """Give a copy of the published pack to change; put it in the pack's place if the block succeeds.

    One at a time: the lock of the project is held meanwhile.

    Parameters
    ----------
    published
        The folder of the published pack; made if it is not there.

    Yields
    ------
    pathlib.Path
        The folder to build in.

    Raises
    ------
    InputError
        If another run is going on.
    OSError
        If a folder cannot be written; the published pack is then as it was.
    """
    with lock.held(published.parent / LOCK):
        recover(published)
        published.mkdir(parents=True, exist_ok=True)
        parent = Path(tempfile.mkdtemp(prefix=f".{published.name}-", dir=published.parent))
        try:
            stage = parent / published.name
            shutil.copytree(published, stage)
            try:
                yield stage
            except NothingToPublishError:
                return
            _onto_the_disk(stage)
            with signals.held_off():
                _swap(stage, published)
                _sync(published.parent)
        finally:
            # After the swap this holds the pack that was published before.
            with signals.held_off():
                shutil.rmtree(parent, ignore_errors=True)


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def put_back(stage: Path, expected: Mapping[str, str], sources: Callable[[str], Iterable[Path | None]]) -> list[str]:
    """Undo what something else than the run has done to a pack in the making; a notebook can write anywhere.

    Parameters
    ----------
    stage
        The pack in the making.
    expected
        The SHA-256 that each of its files must have, by path.
    sources
        Gives the places where the content of a file may stand, too.

    Returns
    -------
    list of str
        The files that were put back, or taken out because nobody expects them.

    Raises
    ------
    ReportFailedError
        If what a file held is nowhere to be had.
    """
    found = hashes(stage)
    wrong = sorted(path for path in {*found, *expected} if found.get(path) != expected.get(path))
    for path in wrong:
        if path not in expected:
            (stage / path).unlink()
            continue
        for source in sources(path):
            if source is not None and source.is_file() and sha256(source.read_bytes()).hexdigest() == expected[path]:
                (stage / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, stage / path)
                break
        else:
            raise ReportFailedError(
                f"reports/{path} was changed while reports were made, by a notebook or another program: find out which "
                "one writes there, then run again."
            )
    return wrong


def recover(published: Path) -> None:
    """Clear away what runs that were killed left; the lock must be held.

    Where a swap takes two steps and only the first was done, the pack set aside is put back.
    """
    for left in sorted(published.parent.glob(f".{published.name}-*")):
        aside = left / f"{published.name}-before"
        if aside.is_dir() and not published.exists():
            aside.rename(published)
        shutil.rmtree(left, ignore_errors=True)


def _onto_the_disk(stage: Path) -> None:
    """Have the pack written to the disk itself, so that a power cut after the swap finds it whole."""
    for path in [*stage.rglob("*"), stage]:
        _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(new: Path, old: Path) -> None:
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "renameat2"):
            done = libc.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _EXCHANGE)
            if done == 0:
                return
    # Elsewhere two steps are needed; if the second fails, the first is undone.
    aside = new.with_name(f"{new.name}-before")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
