"""Running the cells of one report's notebook, in a process of its own.

The process tells the run of its progress in lines of JSON (``events``). What it leaves is the executed notebook;
another process, which no cell has touched, reads and checks that and makes the page (``layout``).
"""

from __future__ import annotations

import json
import os
import pkgutil
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from casebook.engine import execution, extension, observation, signals
from casebook.engine.outcome import Cost, Outcome, of_error, peak, processor
from casebook.engine.task import Task, from_plain, keep_failed

Emit = Callable[[dict[str, Any]], None]
Finish = Callable[[Task, Emit], None]
"""What is done once the cells have run, in a process that none of them has touched; it tells how that ended."""


def work(task: Task, emit: Emit, captured: tuple[int, int] | None = None) -> bool:
    """Run the cells and tell how that ended; nothing is raised.

    Parameters
    ----------
    task
        What to make.
    emit
        Told of every cell, then that all have run or how the report ended.
    captured
        The files that stand for the process's standard output and error.

    Returns
    -------
    bool
        Whether all cells ran.
    """
    process = os.getpid()
    started, cells = time.perf_counter(), _Cells()

    def cost() -> Cost:
        return Cost(round(time.perf_counter() - started, 3), processor(), peak())

    def tell(outcome: Outcome) -> None:
        # A notebook may have forked; only the process that was started tells.
        if os.getpid() == process:
            emit({"outcome": session.redactor.redact(outcome.costing(cost()).plain())})

    def progress(event: str, number: int) -> None:
        if os.getpid() != process:
            os._exit(0)
        emit({"cell": number, "event": event, "seconds": cells.take(event)})

    def give_up(outcome: Outcome) -> None:
        _keep_failed(task, session)
        tell(outcome)
        os._exit(0)

    session = execution.Session(progress, task.limits.output_megabytes, task.secrets, give_up, captured)
    task.failed_notebook.unlink(missing_ok=True)
    try:
        seen = _run_cells(task, session)
        content = task.executed_notebook.read_bytes()
    except execution.StoppedError as stopped:
        _keep_failed(task, session)
        tell(_with_way(stopped.outcome, task))
        return False
    except Exception as error:
        # No cell raised it: those tell of their errors otherwise.
        _keep_failed(task, session)
        tell(
            of_error(
                error, "its notebook was run and saved, perhaps because a cell replaced what Python or a library has"
            )
        )
        return False
    if os.getpid() == process:
        emit({"executed": sha256(content).hexdigest(), "seen": seen, "cost": asdict(cost())})
    return True


def _with_way(outcome: Outcome, task: Task) -> Outcome:
    """Name the way to the notebook as far as it came, in what is said of one that failed."""
    if outcome.status != "failed" or outcome.input_refused or not task.failed_notebook.is_file():
        return outcome
    way = task.failed_notebook.relative_to(task.root).as_posix()
    return replace(outcome, message=f"{outcome.message} As far as it came it is in {way}.")


class _Cells:
    def __init__(self) -> None:
        self._began = 0.0

    def take(self, event: str) -> float:
        now = time.perf_counter()
        seconds, self._began = now - self._began, now
        return round(seconds, 3) if event == "ended" else 0.0


def _run_cells(task: Task, session: execution.Session) -> dict[str, Any]:
    """Run the notebook, leave the executed one, and return what it looked at."""
    if task.engine == "shell":
        _fresh_random_state()
    listed = Path(task.own).with_suffix(".seen")
    os.environ[extension.SEEN] = str(listed)
    # papermill would write down where the notebooks lie on this machine, the executed one in a folder about to go.
    session.display_paths = (f"notebooks/{Path(task.notebook).name}", f"reports/{task.folder}/{task.name}.ipynb")
    execution.execute(
        Path(task.notebook), task.executed_notebook, task.parameters, task.environment, task.engine, session,
    )  # fmt: skip
    return observation.of(extension.seen(listed), Path(task.root))


def _keep_failed(task: Task, session: execution.Session) -> None:
    if session.notebook is None:
        return
    # A cell may have replaced anything this needs; the outcome is told all the same.
    with suppress(Exception):
        execution.mark_never_ran(session.notebook, session.running)
        session.cut_notebook()
        session.redact_notebook()
        keep_failed(task, session.notebook)


def _fresh_random_state() -> None:
    # A forked process would otherwise draw the same numbers as its siblings.
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()


def main() -> None:
    """Make the report told on standard input, and tell of it on standard output; for a process started anew.

    The cells run in a kernel, which is another process, so that what follows can happen in this one: the function named
    by the one word of the command line, ``module:function``.
    """
    finish: Finish = pkgutil.resolve_name(sys.argv[1])
    task = from_plain(json.loads(sys.stdin.read()))
    signals.set_parent_death_signal(task.runner)
    telling = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the notebook's processes write must not stand between the lines told.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    executed: dict[str, Any] = {}

    def emit(event: dict[str, Any]) -> None:
        executed.update(event if "executed" in event else {})
        if "executed" not in event:
            print(json.dumps(event), file=telling, flush=True)

    if not task.only_render:
        if not work(task, emit):
            return
        task = task.ran(executed["executed"], executed["seen"], Cost(**executed["cost"]))
    finish(task, emit)


if __name__ == "__main__":
    main()
