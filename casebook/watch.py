"""Staying beside an analyst: a run again whenever a notebook or a table is saved.

Most of what one report costs is loading packages. Here that is done once; each run is a process forked from this
one, so that it begins as fresh as any other.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from casebook import preload
from casebook.engine import workers
from casebook.pack import freshness

_LOOK_EVERY = 0.2
# Nor does looking take more than a tenth of a core, on however slow a machine.
_REST = 9


def stay(root: Path, words: Sequence[str], run: Callable[[], None], notify: Callable[[str], None]) -> NoReturn:
    """Run, and run again after every change, until Ctrl-C.

    Parameters
    ----------
    root
        The project's folder.
    words
        The words of the command that runs once, for where a process cannot be forked.
    run
        Runs once; it may raise ``SystemExit``.
    notify
        Told what a person should know.
    """
    program, fingerprint, seen = freshness.program(root), "", ("", "")
    preload.packages(prime=True)
    while True:
        began = time.perf_counter()
        now = freshness.program(root), freshness.inputs(root)
        rest = max(_LOOK_EVERY, _REST * (time.perf_counter() - began))
        if now != seen:
            # Something may be half saved: wait until it stays as it is.
            seen = now
            broken = "" if now[0] == program else _broken(root / "pipeline.py")
            if broken:
                notify(broken)
        elif now[0] != program and not broken:
            notify("The program changed: starting anew.")
            os.execv(sys.executable, [sys.executable, *sys.argv])
        elif now[1] != fingerprint and not broken:
            fingerprint = now[1]
            _run_apart(words, run)
            notify("Waiting for changes in notebooks, workings and data; Ctrl-C ends it.")
        time.sleep(rest)


def _broken(program: Path) -> str:
    try:
        compile(program.read_text(encoding="utf-8"), program.name, "exec")
    except (OSError, ValueError, SyntaxError) as error:
        return f"{program.name} cannot be read ({error}): waiting until it can."
    return ""


def _run_apart(words: Sequence[str], run: Callable[[], None]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if not workers.can_fork():
        subprocess.run([sys.executable, sys.argv[0], *words], check=False)
        return
    pid = os.fork()
    if pid == 0:
        try:
            run()
        except SystemExit:
            pass
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
    try:
        os.waitpid(pid, 0)
    except KeyboardInterrupt:
        # From the keyboard, the run was told too; from elsewhere, it was not. It cleans up before it ends.
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise
