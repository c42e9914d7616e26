"""What a file holds, as a hash: how anything that may have changed is known again."""

from __future__ import annotations

from hashlib import file_digest, sha256
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
        return of_file(path) if path.is_file() else ""
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
