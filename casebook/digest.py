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
        return sha256(path.read_bytes()).hexdigest()
    except IsADirectoryError:
        names = sorted(one.name for one in path.iterdir() if not one.name.startswith((".", "__pycache__")))
        return sha256(repr(names).encode()).hexdigest()
    except OSError:
        return ""
