"""A Python that has loaded the project's packages and runs ``pipeline.py`` in processes forked from it, for the tests.

The tests call the pipeline some two hundred times; a Python that starts anew takes longer to load the packages than
most of those calls take. It is told what to run, and tells how that ended, in lines of JSON. Tests that stop or kill
a run start one of their own.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

LONGEST = 600
MODULES = (
    "casebook.commands",
    "casebook.run",
    "casebook.pages.spreadsheet",
    "casebook.pages.workbook",
    "casebook.report.charts",
)


class Preloaded:
    """The tests' end of it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            # A process with several threads cannot be forked safely.
            env={**os.environ, **{f"{one}_NUM_THREADS": "1" for one in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}},
        )  # fmt: skip

    def run(self, root: Path, told: Path, words: tuple[str, ...], environment: dict[str, str]) -> int:
        """Run ``python pipeline.py`` in a folder, with its words in the files beginning with ``told``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(root), str(told), words, environment]), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    for module in MODULES:
        import_module(module)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _run(*json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(root: str, told: str, words: list[str], environment: dict[str, str]) -> NoReturn:
    code: object = 1
    try:
        signal.alarm(LONGEST)
        os.chdir(root)
        os.environ.clear()
        os.environ.update(environment)
        for target, file in ((0, os.devnull), (1, f"{told}.out"), (2, f"{told}.err")):
            os.dup2(os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC), target)
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
