"""What a notebook looked at while it ran: files, folders and environment variables, each with a hash."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PARTS = ("opened", "variables", "unseen")
_KEY = Path(".casebook/key")


def of(lines: Sequence[Mapping[str, Any]], root: Path) -> dict[str, Any]:
    """Return what a notebook looked at, each thing once.

    Parameters
    ----------
    lines
        What the session wrote down (``casebook.engine.extension``).
    root
        The project's folder.

    Returns
    -------
    dict
        ``opened``: files and folders, within the project by their paths in it, with hashes, empty where there was
        none; ``variables``: names of environment variables with keyed hashes; ``unseen``: what nobody can look at.
    """
    found: dict[str, str] = {}
    for line in lines:
        if "path" not in line:
            continue
        path = Path(line["path"])
        path = path.relative_to(root) if path.is_relative_to(root) else path
        if line["sha256"] is None:
            found.pop(path.as_posix(), None)
        else:
            found[path.as_posix()] = line["sha256"]
    variables = {line["variable"]: _keyed(root, line["value"]) for line in lines if "variable" in line}
    return {
        "opened": [{"path": path, "sha256": content} for path, content in sorted(found.items())],
        "variables": dict(sorted(variables.items())),
        "unseen": sorted({line["unseen"] for line in lines if "unseen" in line}),
    }


def of_variable(root: Path, name: str) -> str:
    """Return the keyed hash of what an environment variable holds now; empty if it is not set."""
    return _keyed(root, os.environ.get(name))


def _keyed(root: Path, value: str | None) -> str:
    """Return a hash that tells nobody the value: with a key that stays with the project, and is in no pack."""
    key = root / _KEY
    if not key.is_file():
        key.parent.mkdir(exist_ok=True)
        key.touch(0o600)
        key.write_bytes(os.urandom(32))
    return (
        ""
        if value is None
        else hmac.new(key.read_bytes(), value.encode(errors="surrogateescape"), "sha256").hexdigest()
    )
