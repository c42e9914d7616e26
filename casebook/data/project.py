"""Where the project's files are."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from casebook.errors import InputError

RAW = Path("data/raw")
COMMON = RAW / "common.yaml"
"""What the descriptions of the tables share."""
ACCEPTED = RAW / "SHA256SUMS"
"""The tables, with the content that was accepted."""
NOT_TABLES = ("common", "downloads", "series")
"""The files in YAML beside the tables that describe something else than one of them."""


def is_description(path: Path) -> bool:
    """Return whether a file, by its path in the project, says what tables are.

    Examples
    --------
    >>> is_description(RAW / "areas.yaml"), is_description(RAW / "series.yaml"), is_description(RAW / "areas.csv")
    (True, False, False)
    """
    table = path.suffix == ".yaml" and path.stem not in NOT_TABLES
    return path in (COMMON, ACCEPTED) or (path.parent == RAW and table)


def root() -> Path:
    """Return the project's folder: the one that holds ``data/raw/common.yaml``.

    It is looked for upwards from the working directory, so that a notebook finds the same files
    whether JupyterLab, papermill or the pipeline runs it, from whichever folder; failing that, it
    is the folder this package is installed from. ``CASEBOOK_PROJECT`` names another.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    named = os.environ.get("CASEBOOK_PROJECT")
    here = Path.cwd()
    candidates = [Path(named)] if named else [here, *here.parents, Path(__file__).resolve().parents[2]]
    for folder in candidates:
        if (folder / COMMON).is_file():
            return folder.resolve()
    raise InputError(
        f"{candidates[0] / COMMON} is not there: run this inside the Casebook folder, "
        "or name that folder in the environment variable CASEBOOK_PROJECT."
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never half of it.

    Raises
    ------
    OSError
        If the folder cannot be written; the file is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
