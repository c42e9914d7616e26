"""The executed notebooks of a pack: as they are, or compressed, where a run makes those of many areas."""

from __future__ import annotations

import gzip
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PLAIN, COMPRESSED = ".ipynb", ".ipynb.gz"


def ending(compressed: bool) -> str:
    """Return how the name of an executed notebook ends.

    Examples
    --------
    >>> ending(compressed=True)
    '.ipynb.gz'
    """
    return COMPRESSED if compressed else PLAIN


def is_compressed(path: str) -> bool:
    """Return whether an executed notebook is kept compressed, by its path."""
    return path.endswith(COMPRESSED)


def read(path: Path) -> NotebookNode:
    """Read an executed notebook, in whichever form it is kept.

    Raises
    ------
    OSError
        If it is not there, or what is compressed is broken.
    ValueError
        If it is no notebook.
    """
    return nbformat.reads(text(path), as_version=4)


def text(path: Path) -> str:
    """Return an executed notebook as it is written, in JSON; it raises what ``read`` does."""
    content = path.read_bytes()
    try:
        plain = gzip.decompress(content) if is_compressed(path.name) else content
    except EOFError as error:
        raise gzip.BadGzipFile(f"{path.name} ends too soon") from error
    return plain.decode("utf-8")


def compress(path: Path) -> None:
    """Put beside an executed notebook the same compressed: always the same bytes for the same notebook."""
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
