"""A Python that is ready to make reports and runs ``pipeline.py`` in processes forked from it, for the tests.

The tests call the pipeline some hundred times; a Python that starts anew takes longer to load the packages than most of
those calls take. This one has loaded them and made a small report, as one that watches has. It is told in lines of JSON
which processes to start and to wait for, and answers with their numbers and exit codes. What is loaded when, and what
happens meanwhile, is tested with a Python of its own.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

LONGEST = 600
ROOT = Path(__file__).resolve().parents[1]


class Preloaded:
    """The tests' end of it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            # A process with several threads cannot be forked safely.
            env={**os.environ, **{f"{one}_NUM_THREADS": "1" for one in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}},
        )  # fmt: skip

    def start(self, root: Path, out: Path, err: Path, words: tuple[str, ...], environment: dict[str, str]) -> int:
        """Start ``python pipeline.py`` in a folder, with what it says in two files, and return its process's number."""
        return self._ask([str(root), str(out), str(err), words, environment])

    def wait(self, pid: int) -> int:
        """Wait until a process that was started has ended, and return its exit code."""
        return self._ask(pid)

    def _ask(self, question: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    os.environ["CASEBOOK_PROJECT"] = str(ROOT)
    from casebook import commands, preload, run  # noqa: F401
    from casebook.pages import render

    preload.packages(prime=True)
    for name in ("index.html.j2", "reconciliation.html.j2", "glossary.html.j2", "accessibility.html.j2"):
        render.template(name)
    for line in sys.stdin:
        told = json.loads(line)
        if isinstance(told, int):
            _, status = os.waitpid(told, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _run(*told)
        print(pid, flush=True)


def _run(root: str, out: str, err: str, words: list[str], environment: dict[str, str]) -> NoReturn:
    code: object = 1
    try:
        signal.alarm(LONGEST)
        # A process begun in the background of a shell ignores Ctrl-C, and so do those it starts; a user's does not.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(root)
        os.environ.clear()
        os.environ.update(environment)
        for target, file in enumerate((os.devnull, out, err)):
            os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND), target)
        sys.argv, sys.path[0] = ["pipeline.py", *words], root
        runpy.run_path("pipeline.py", run_name="__main__")
    except SystemExit as ending:
        code = ending.code or 0
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve()
