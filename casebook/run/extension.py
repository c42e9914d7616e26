"""What every run adds to a notebook's session, in a kernel or out of it: an IPython extension.

It hands over secret parameters, which stand in no cell, and keeps a list of the files the notebook opens, so that
freshness knows of those that were not read with ``tables.read``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

SECRETS = "CASEBOOK_SECRETS"
OPENED = "CASEBOOK_OPENED"

_NOT_DATA = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/bin", "/run", "/var/cache")


def hand_over(secrets: Mapping[str, str]) -> None:
    """Leave secrets for the session about to start, in this process or one it starts."""
    if secrets:
        os.environ[SECRETS] = json.dumps(dict(secrets))


def load_ipython_extension(shell: Any) -> None:
    """Take over the secrets, and begin the list of opened files. IPython calls this."""
    secrets = json.loads(os.environ.pop(SECRETS, "{}"))
    shell.system_raise_on_error = True
    if secrets:
        _set_when_declared(shell, secrets)
    if OPENED in os.environ:
        _list_opened(Path(os.environ[OPENED]))


def _set_when_declared(shell: Any, secrets: dict[str, str]) -> None:
    from pydantic import SecretStr

    def after_cell(*_: Any) -> None:
        # The parameters cell has given the name its default; from then on it is the secret's.
        for name in [name for name in secrets if name in shell.user_ns]:
            shell.user_ns[name] = SecretStr(secrets.pop(name))

    shell.events.register("post_run_cell", after_cell)


def _list_opened(kept: Path) -> None:
    package = str(Path(__file__).resolve().parents[1])
    # A run's temporary files go with it; what is hidden in the home folder belongs to programs.
    folders = [*_NOT_DATA, package, sys.prefix, sys.base_prefix, str(kept.parent)]
    if os.environ.get("TMPDIR"):
        folders.append(tempfile.gettempdir())
    skipped = (*(f"{folder}{os.sep}" for folder in folders), f"{Path.home()}{os.sep}.")
    seen: set[str] = set()
    busy = False

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal busy
        if event != "open" or busy or not isinstance(arguments[0], str):
            return
        path, mode = arguments[0], arguments[1]
        if path in seen or (isinstance(mode, str) and set(mode) & set("wax+")):
            return
        busy = True
        try:
            seen.add(path)
            _keep(kept, Path(path), skipped)
        finally:
            busy = False

    sys.addaudithook(watch)


def _keep(kept: Path, path: Path, skipped: tuple[str, ...]) -> None:
    try:
        real = path.resolve()
        if real.parent.name == "__pycache__":
            # Of a module that is compiled already, Python opens no more than this.
            real = Path(source_from_cache(str(real)))
        if str(real).startswith(skipped) or not real.is_file():
            return
        line = json.dumps({"path": str(real), "sha256": sha256(real.read_bytes()).hexdigest()})
        with kept.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except (OSError, ValueError):
        # What cannot be opened is the notebook's to complain of.
        return


def opened(kept: Path) -> list[dict[str, str]]:
    """Return the files that a notebook opened: where, and what was in them at that moment."""
    if not kept.is_file():
        return []
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
