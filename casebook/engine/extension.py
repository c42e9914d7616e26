"""What every run adds to a notebook's session, in a kernel or out of it: an IPython extension.

It hands over secret parameters, which stand in no cell, and keeps a list of what the notebook looks at besides the
tables it reads: files, folders, databases, variables of the environment; and of what it uses that nobody can look at.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib.util import source_from_cache
from pathlib import Path
from threading import get_ident
from types import FrameType
from typing import Any

from casebook import digest
from casebook.errors import name_columns

SECRETS = "CASEBOOK_SECRETS"
SEEN = "CASEBOOK_SEEN"

_NOT_FILES = ("/proc", "/sys", "/dev")
_OF_PROGRAMS = ("/etc", "/usr", "/lib", "/bin", "/run", "/var/cache")
# Variables that are set for a run, or by a kernel.
_OF_RUNS = ("CASEBOOK_", "TMPDIR", "MPLBACKEND", "JPY_")


def hand_over(secrets: Mapping[str, str]) -> None:
    """Leave secrets for the session about to start, in this process or one it starts."""
    if secrets:
        os.environ[SECRETS] = json.dumps(dict(secrets))


def load_ipython_extension(shell: Any) -> None:
    """Take over the secrets, and begin the list of what is looked at. IPython calls this."""
    secrets = json.loads(os.environ.pop(SECRETS, "{}"))
    shell.system_raise_on_error = True
    _fail_with_any_part_of_a_pipe(shell)
    _show_errors_of_threads(shell)
    name_columns(shell)
    if secrets:
        _set_when_declared(shell, secrets)
    if SEEN in os.environ:
        _watch(Path(os.environ[SEEN]), shell)


# As "set -o pipefail", but a command whose reader had enough (141) has not failed.
_EVERY_PART = '\nfor status in "${PIPESTATUS[@]}"; do [ $status -eq 0 ] || [ $status -eq 141 ] || exit $status; done'


def _fail_with_any_part_of_a_pipe(shell: Any) -> None:
    """Have ``!false | true`` fail: a shell tells only how the last part of a pipe ended."""
    bash = shutil.which("bash")
    if bash is None:
        return

    def wrapped(usual: Callable[..., Any]) -> Callable[..., Any]:
        if getattr(usual, "every_part", False):
            return usual

        def run(command: str, *rest: Any, **named: Any) -> Any:
            return usual(f"{bash} -c {shlex.quote(command + _EVERY_PART)}", *rest, **named)

        run.every_part = True  # type: ignore[attr-defined]
        return run

    # The functions IPython's shell, and ipykernel's, run a line with, once its variables are filled in.
    for module in {sys.modules[kind.__module__] for kind in type(shell).__mro__}:
        for name in ("system", "getoutput"):
            if callable(usual := getattr(module, name, None)):
                setattr(module, name, wrapped(usual))


def _show_errors_of_threads(shell: Any) -> None:
    """Have an exception that ends a thread stand among the outputs as an error: it fails the report."""

    def show(error: threading.ExceptHookArgs) -> None:
        value = error.exc_value or error.exc_type()
        shown = shell.InteractiveTB.structured_traceback(error.exc_type, value, error.exc_traceback)
        shell._showtraceback(error.exc_type, value, shell.InteractiveTB.stb2text(shown).splitlines())

    threading.excepthook = show


def _set_when_declared(shell: Any, secrets: dict[str, str]) -> None:
    from pydantic import SecretStr

    def after_cell(*_: Any) -> None:
        # The parameters cell has given the name its default; from then on it is the secret's.
        for name in [name for name in secrets if name in shell.user_ns]:
            shell.user_ns[name] = SecretStr(secrets.pop(name))

    shell.events.register("post_run_cell", after_cell)


def _watch(kept: Path, shell: Any) -> None:
    """Write down what the notebook looks at, as Python's own audit tells of it, and the environment's variables."""
    asker = _Asker(shell.user_ns, kept)
    busy: set[int] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        thread = get_ident()
        if event not in _EVENTS or thread in busy:
            return
        busy.add(thread)
        try:
            for line in _EVENTS[event](asker, *arguments):
                asker.write(line)
        except (OSError, ValueError, TypeError):
            # What cannot be looked at is the notebook's to complain of.
            return
        finally:
            busy.discard(thread)

    sys.addaudithook(hook)
    _watch_variables(asker)


class _Asker:
    """Who looks: the notebook, or a package for reasons of its own; and where packages and a run's own files lie."""

    def __init__(self, cells: dict[str, Any], kept: Path) -> None:
        self._cells, self._kept = cells, kept
        package = self._package = str(Path(__file__).resolve().parents[1])
        # A run's temporary files go with it.
        own = [tempfile.gettempdir()] if os.environ.get("TMPDIR") else []
        self._nobodys = _ends(*_NOT_FILES, package, sys.prefix, sys.base_prefix, str(kept.parent), *own)
        # What is hidden in the home folder, or belongs to the system, is mostly read by programs.
        self._programs = (*_ends(*_OF_PROGRAMS), f"{Path.home()}{os.sep}.")
        self._library = _ends(str(Path(os.__file__).parent))
        self._installed = (*_ends(sys.prefix, sys.base_prefix, package), "<frozen")
        self.seen: set[str] = set()
        self.absent: set[str] = set()

    def of_interest(self, path: str) -> bool:
        """Return whether a file or folder may be something the notebook is made from."""
        real = os.path.realpath(path)
        if real.startswith(self._nobodys):
            return False
        return self.for_notebook() or not (real.startswith(self._programs) or not Path(real).exists())

    def for_notebook(self) -> bool:
        """Return whether a cell is at work, and not a package that is being loaded."""
        for frame in _frames():
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return False
            if frame.f_globals is self._cells:
                return True
        return False

    def by_notebook(self, or_package: bool = False) -> bool:
        """Return whether a cell or a module of the project asks by itself, not a package on its behalf.

        ``or_package``: whether this package counts as the notebook.
        """
        for frame in _frames():
            file = frame.f_code.co_filename
            if frame.f_globals is self._cells:
                return True
            if "importlib" in file or file == __file__:
                return False
            ours = file.startswith(self._library) and "site-packages" not in file
            if not (ours or file.startswith("<frozen")):
                if or_package and file.startswith(self._package):
                    return self.for_notebook()
                return not file.startswith(self._installed)
        return False

    def write(self, line: dict[str, Any]) -> None:
        with self._kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _ends(*folders: str) -> tuple[str, ...]:
    return tuple(f"{folder}{os.sep}" for folder in folders)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename != __file__:
            yield frame
        frame = frame.f_back


def _asked(path: str) -> str:
    """Return a path as it was asked for: where a link leads may change."""
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links


def _of_open(asker: _Asker, path: Any, mode: Any, flags: Any = 0, *_: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(path, str):
        return
    writes = mode is not None and set(mode) & set("wx")
    path = _asked(path)
    if writes or (flags & os.O_ACCMODE) == os.O_WRONLY:
        if path in asker.absent:
            # It was not there because this notebook is who makes it.
            yield {"path": path, "sha256": None}
        return
    if Path(path).parent.name == "__pycache__":
        # Of a module that is compiled already, Python opens no more than this.
        path = source_from_cache(path)
    yield from _of_path(asker, path)


def _of_path(asker: _Asker, path: str) -> Iterator[dict[str, Any]]:
    if path in asker.seen or Path(path).is_dir() or not asker.of_interest(path):
        return
    asker.seen.add(path)
    content = digest.of(Path(path))
    if not content:
        asker.absent.add(path)
    yield {"path": path, "sha256": content}


def _of_database(asker: _Asker, database: Any, *_: Any) -> Iterator[dict[str, Any]]:
    name = os.fsdecode(database).removeprefix("file:").partition("?")[0]
    if name not in ("", ":memory:") and Path(name).exists():
        yield from _of_path(asker, _asked(name))
        # What was written and is not yet part of the database stands beside it (https://sqlite.org/wal.html).
        yield from _of_path(asker, _asked(f"{name}-wal"))


def _of_listing(asker: _Asker, folder: Any = None, *_: Any) -> Iterator[dict[str, Any]]:
    if isinstance(folder, int):
        return
    path = _asked(os.fsdecode(folder or "."))
    if path not in asker.seen and asker.by_notebook(or_package=True) and asker.of_interest(path):
        asker.seen.add(path)
        yield {"path": path, "sha256": digest.of(Path(path))}


def _of_process(asker: _Asker, program: Any, words: Any = (), *_: Any) -> Iterator[dict[str, Any]]:
    if asker.for_notebook():
        command = os.fsdecode(program or (words if isinstance(words, str | bytes) else words[0]))
        yield {"unseen": f"what the process {Path(command.split()[0]).name} reads"}


def _of_connection(asker: _Asker, _: Any, address: Any, *__: Any) -> Iterator[dict[str, Any]]:
    where = address[0] if isinstance(address, tuple) else address
    yield {"unseen": f"what {os.fsdecode(where)} answers"}


_EVENTS: dict[str, Callable[..., Iterator[dict[str, Any]]]] = {
    "open": _of_open,
    "sqlite3.connect": _of_database,
    "os.listdir": _of_listing,
    "os.scandir": _of_listing,
    "subprocess.Popen": _of_process,
    "os.system": _of_process,
    "os.posix_spawn": _of_process,
    "os.exec": _of_process,
    "socket.connect": _of_connection,
}


def _watch_variables(asker: _Asker) -> None:
    """Write down which variables of the environment the notebook asks for, with what they were at its beginning."""
    kind, at_first, seen = type(os.environ), dict(os.environ), set[str]()
    get, put, everything = kind.__getitem__, kind.__setitem__, kind.__iter__

    def asked(environment: Any, name: str) -> str:
        if name not in seen and not name.startswith(_OF_RUNS) and asker.by_notebook():
            seen.add(name)
            asker.write({"variable": name, "value": at_first.get(name)})
        return get(environment, name)

    def set_here(environment: Any, name: str, value: str) -> None:
        # From here on it is the notebook's own.
        seen.add(name)
        put(environment, name, value)

    def all_asked(environment: Any) -> Iterator[str]:
        if asker.by_notebook():
            seen.update(at_first)
            asker.write({"unseen": "the whole environment"})
        return everything(environment)

    kind.__getitem__, kind.__setitem__, kind.__iter__ = asked, set_here, all_asked  # type: ignore[method-assign]


def seen(kept: Path) -> list[dict[str, Any]]:
    """Return what a notebook looked at, as it was at that moment."""
    if not kept.is_file():
        return []
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
