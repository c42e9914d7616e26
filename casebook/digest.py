"""What a file holds, as a hash: how anything that may have changed is known again."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def of(path: Path) -> str:
    """Return the SHA-256 of a file's content, or of the names in a folder that are not hidden; empty for nothing.

    Examples
    --------
    >>> of(Path("no such file"))
    ''
    """
    try:
        if path.is_dir():
            names = sorted(one.name for one in path.iterdir() if not one.name.startswith((".", "__pycache__")))
            return sha256(repr(names).encode()).hexdigest()
        # A pipe or a device would keep the reader waiting.
        return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except OSError:
        return ""
