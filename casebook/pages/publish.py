"""Publishing a pack whole or not at all.

The pack is built in a folder beside the published one and put in its place in one step, so that a
reader sees the old pack or the new one, and a failed run leaves the old one as it was. A run of many areas publishes
one folder after the other, each in one step. Where ``reports`` is a link, the
place is what it leads to. Where a folder cannot change places with another (a mount point, some file systems), the
pack is published file by file: new files first, then those that changed, then those that lead to them, and deletions
last. What a run that was killed left behind is finished or cleared away by the next.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from casebook import digest
from casebook.engine import lock, signals
from casebook.errors import ReportFailedError, of_system

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2: two names change places in one step
_AT_FDCWD = -100
LOCK = Path(".casebook/lock")
WHOLE = "whole"
"""Stands beside a stage whose files are being put in their places one by one: it is to be finished."""
_NEW = ".casebook-new"
_SYSTEMS_OWN = "lost+found"  # at the top of a file system


@contextmanager
def held(published: Path) -> Iterator[None]:
    """Hold the lock of the project, and begin with what killed runs left finished or cleared away.

    Raises
    ------
    InputError
        If another run is going on.
    ReportFailedError
        If the folder of the pack cannot be written.
    """
    with lock.held(published.parent / LOCK):
        _place(published)
        recover(published)
        yield


@contextmanager
def staging(
    published: Path, notify: Callable[[str], None] = lambda said: None, parts: Sequence[str] | None = None
) -> Iterator[Path]:
    """Give a copy of the published pack to change; put it in the pack's place if the block succeeds.

    One at a time: the lock of the project is held meanwhile.

    Parameters
    ----------
    published
        The folder of the published pack, or a link to it; made if it is not there.
    notify
        Told, in one sentence, if the pack could not be published in one step.
    parts
        The files and folders at the top that the stage begins with and that are put in their places, each in one step
        of its own, with what is new in the stage; the rest of the pack is left alone. All of the pack, if left out.

    Yields
    ------
    pathlib.Path
        The folder to build in.

    Raises
    ------
    InputError
        If another run is going on.
    ReportFailedError
        If the folder cannot be written, which is found before the block begins.
    OSError
        If something else cannot be written; the published pack is then as it was.
    """
    with held(published):
        place = _place(published)
        stage = _stage(published, place)
        parent = stage.parent
        try:
            _copy(place, stage, parts)
            yield stage
            _onto_the_disk(stage)
            signals.raise_pending()
            # Where more is to come, whoever asks for an end is heard once this is in its place.
            with signals.ignored() if parts is None else signals.deferred():
                if parts is not None:
                    in_one_step = _part_by_part(stage, place, {*parts, *(path.name for path in stage.iterdir())})
                elif not (in_one_step := _exchange(stage, place)):
                    _file_by_file(stage, place)
                if not in_one_step:
                    notify(
                        f"{published.name} cannot change places with another folder (a mount point, for one), so the "
                        "pack was published file by file: a reader may for a moment have seen pages of both."
                    )
                _sync(place.parent)
        finally:
            # After an exchange this holds the pack that was published before; a stage still to be finished is kept.
            with signals.ignored() if parts is None else signals.deferred():
                if not (parent / WHOLE).exists():
                    _clear(place)
                    remove(parent)


def left_over(published: Path) -> list[Path]:
    """Return what runs that were killed left beside the project's ``reports`` and the place it stands for."""
    places = {published.parent, Path(os.path.realpath(published)).parent}
    names = {f".{published.name}-*", f".{Path(os.path.realpath(published)).name}-*"}
    return sorted({left for place in places for name in names for left in place.glob(name)})


def recover(published: Path) -> None:
    """Clear away what runs that were killed left, and finish what they were publishing; the lock must be held."""
    for left in left_over(published):
        if (left / WHOLE).exists():
            # The folders of workers may stand beside the stage, which is called as the place is.
            _finish(left / left.name[1:].rpartition("-")[0], _place(published))
        remove(left)
        _clear(published)


def remove(folder: Path) -> None:
    """Delete a folder with all that is in it, though parts of it may not be written; what is left is no harm."""
    for inner, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(inner).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _place(published: Path) -> Path:
    """Return the folder that is meant, which is there and can be written."""
    try:
        place = published.resolve()
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except (OSError, RuntimeError) as error:
        # The probe's own name says nothing to anybody.
        said = OSError(getattr(error, "errno", None) or errno.ELOOP, getattr(error, "strerror", None) or str(error))
        raise ReportFailedError(of_system(said, published.name)) from None
    return place


def _stage(published: Path, place: Path) -> Path:
    """Return where to build: beside the place, or, if its surroundings cannot be written, in the project."""
    for beside in dict.fromkeys((place.parent, published.parent)):
        with suppress(PermissionError):
            return Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=beside)) / place.name
    raise ReportFailedError(of_system(PermissionError(errno.EACCES, "Permission denied"), str(published.parent)))


def _copy(place: Path, stage: Path, parts: Iterable[str] | None) -> None:
    ignore = shutil.ignore_patterns(_SYSTEMS_OWN)
    try:
        if parts is None:
            shutil.copytree(place, stage, ignore=ignore, ignore_dangling_symlinks=True)
        else:
            stage.mkdir()
            for part in parts:
                if (place / part).is_dir():
                    shutil.copytree(place / part, stage / part, ignore_dangling_symlinks=True)
                elif (place / part).is_file():
                    shutil.copy2(place / part, stage / part)
    except shutil.Error as error:
        raise ReportFailedError(of_system(error, place.name)) from None
    for folder in (stage, *stage.rglob("*")):
        if folder.is_dir():
            folder.chmod(folder.stat().st_mode | 0o700)


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by path."""
    return {path.relative_to(folder).as_posix(): digest.of_file(path) for path in folder.rglob("*") if path.is_file()}


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
            if source is not None and source.is_file() and digest.of_file(source) == expected[path]:
                (stage / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, stage / path)
                break
        else:
            raise ReportFailedError(
                f"reports/{path} was changed while reports were made, by a notebook or another program: find out which "
                "one writes there, then run again."
            )
    return wrong


def _onto_the_disk(stage: Path) -> None:
    """Have the pack written to the disk itself, so that a power cut after the swap finds it whole."""
    for path in [*stage.rglob("*"), stage]:
        _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    # Windows writes out only what is open for writing.
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(new: Path, old: Path) -> bool:
    """Let two folders change names in one step, and return whether that was possible."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    return bool(libc.renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _EXCHANGE) == 0)


def _part_by_part(stage: Path, place: Path, parts: Set[str]) -> bool:
    """Let the parts change places with those published, the index last; return whether each went in one step."""
    waiting = sorted(parts, key=lambda part: (not (stage / part).is_dir(), part == "index.html", part))
    while waiting:
        new, old = stage / waiting[0], place / waiting[0]
        if new.exists() and old.exists():
            if not _exchange(new, old):
                _file_by_file(stage, place, set(waiting))
                return False
        elif new.exists():
            new.rename(old)
        elif old.exists():
            old.rename(new)
        waiting.pop(0)
    return True


def _file_by_file(stage: Path, place: Path, parts: Set[str] | None = None) -> None:
    """Put each file of a stage that differs in its place by a step of its own.

    All are written beside their places first, so that a disk that is full changes nothing; then it is noted that what
    was begun is to be finished, with what is concerned.
    """
    noted = stage.parent / WHOLE
    _finish(stage, place, parts, lambda: noted.write_text(json.dumps(parts and sorted(parts))))
    noted.unlink()


def _finish(
    stage: Path, place: Path, parts: Set[str] | None = None, ready: Callable[[], object] = lambda: None
) -> None:
    """Put each file that differs in its place; done again, it finishes what was begun."""
    noted = stage.parent / WHOLE
    if noted.exists():
        found = json.loads(noted.read_text(encoding="utf-8") or "null")
        parts = found if found is None else set(found)

    def concerned(path: str) -> bool:
        first = path.partition("/")[0]
        return first != _SYSTEMS_OWN and (parts is None or first in parts)

    wanted, there = (
        {path: one for path, one in hashes(folder).items() if concerned(path)} for folder in (stage, place)
    )

    def turn(path: str) -> tuple[bool, bool, bool, str]:
        # New files that nobody knows of, then changed ones, then the index and what else leads to them.
        return "/" not in path, path.endswith("/index.html"), path in there, path

    changed = sorted((path for path in wanted if there.get(path) != wanted[path]), key=turn)
    for path in changed:
        new = _beside(place / path)
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(stage / path, new)
        _sync(new)
    ready()
    for path in changed:
        _beside(place / path).replace(place / path)
    for path in there.keys() - wanted.keys():
        (place / path).unlink(missing_ok=True)
    for folder in sorted((path for path in place.rglob("*") if path.is_dir()), reverse=True):
        name = folder.relative_to(place)
        if not (stage / name).is_dir() and concerned(name.as_posix()):
            with suppress(OSError):
                folder.rmdir()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_NEW}")


def _clear(place: Path) -> None:
    for path in place.rglob(f".*{_NEW}"):
        path.unlink()
