"""Publishing a pack whole or not at all.

The pack is built in a folder beside the published one and put in its place in one step, so that a
reader sees the old pack or the new one and a failed run leaves the old one as it was.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2: two names change places in one step
_AT_FDCWD = -100


@contextmanager
def staging(published: Path) -> Iterator[Path]:
    """Give a copy of the published pack to change; put it in the pack's place if the block succeeds.

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
    OSError
        If a folder cannot be written; the published pack is then as it was.
    """
    published.mkdir(parents=True, exist_ok=True)
    parent = Path(tempfile.mkdtemp(prefix=f".{published.name}-", dir=published.parent))
    try:
        stage = parent / published.name
        shutil.copytree(published, stage)
        yield stage
        _swap(stage, published)
    finally:
        # After the swap this holds the pack that was published before.
        shutil.rmtree(parent, ignore_errors=True)


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
