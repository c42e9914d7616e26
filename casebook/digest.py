"""What a file holds, as a hash: how anything that may have changed is known again."""

from __future__ import annotations

import os
import sys
import time
from hashlib import file_digest, sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_AT_REST = 2.0
# What was read of files in this process, by how the file system tells their states apart. It cannot where a file is
# written twice in one tick of its clock, so what was written just now is read again.
_known: dict[tuple[int, ...], str] = {}


def of(path: Path, told: bool = True) -> str:
    """Return the SHA-256 of a file's content, or of the names in a folder that are not hidden; empty for nothing.

    A file that this process has read is not read again as long as the file system says that it was not touched since.
    ``told``: whether who keeps a list of what is opened hears of that all the same.

    Examples
    --------
    >>> of(Path("no such file"))
    ''
    """
    try:
        there = path.stat()
        if S_ISDIR(there.st_mode):
            names = sorted(one.name for one in path.iterdir() if not one.name.startswith((".", "__pycache__")))
            return sha256(repr(names).encode()).hexdigest()
        if not S_ISREG(there.st_mode):
            # A pipe or a device would keep the reader waiting.
            return ""
        state = there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns, there.st_ctime_ns
        if state in _known:
            if told:
                sys.audit("open", os.fspath(path), "rb", os.O_RDONLY)
            return _known[state]
        content = of_file(path)
        if time.time() - max(there.st_mtime, there.st_ctime) > _AT_REST:
            _known[state] = content
        return content
    except OSError:
        return ""


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file's content, read piece by piece: what is forked of this process inherits none of it.

    Raises
    ------
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as empty:
    ...     of_file(Path(empty.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
