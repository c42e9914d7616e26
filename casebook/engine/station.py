"""A place on another machine where reports are made as a run makes them: in forked processes, within their limits.

It is told a task in a line of JSON and answers with one, until nobody is left to tell it anything.
"""

from __future__ import annotations

import base64
import json
import os
import pkgutil
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from casebook import digest
from casebook.engine import signals, workers
from casebook.engine.task import Task, from_plain
from casebook.engine.worker import Finish


def main() -> None:
    """Serve; the command line names what finishes a report, what is loaded first, and the process that started this."""
    # It may have ended already, and then nothing tells this one to end.
    signals.set_parent_death_signal(int(sys.argv[3]))
    finish: Finish = pkgutil.resolve_name(sys.argv[1])
    telling = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    pkgutil.resolve_name(sys.argv[2])(prime=True)
    for line in sys.stdin.buffer:
        told = json.loads(line)
        print(json.dumps(_made(_moved(told, *told.pop("moved")), finish)), file=telling, flush=True)


def _moved(told: dict[str, Any], root: str, stage: str) -> Task:
    """Return a task whose paths are those of this machine."""
    there, then = told["root"], told["stage"]
    notebook = Path(told["notebook"])
    own = str(Path(root) / notebook.relative_to(there)) if notebook.is_relative_to(there) else str(notebook)
    environment = {name: value.replace(then, stage) for name, value in told["environment"].items()}
    engine = "shell" if told["engine"] == "shell" and workers.can_fork() else "kernel"
    moved = {"notebook": own, "root": root, "stage": stage, "environment": environment, "engine": engine}
    return from_plain({**told, **moved, "runner": os.getpid()})


def _made(task: Task, finish: Finish) -> dict[str, Any]:
    task.failed_notebook.unlink(missing_ok=True)
    [result] = workers.run([task], {}, lambda task: None, lambda result: True, finish, 1)
    files = {name: Path(result.task.own) / name for name in result.files}
    content = {name: base64.b64encode(path.read_bytes()).decode() for name, path in files.items()}
    hashes = {name: digest.of(path) for name, path in files.items()}
    shutil.rmtree(result.task.own, ignore_errors=True)
    there = task.failed_notebook
    failed = there.read_text(encoding="utf-8") if there.is_file() else ""
    return {
        "outcome": result.outcome.plain(), "cells": [asdict(cell) for cell in result.outcome.cells],
        "made": result.made, "files": content, "hashes": hashes, "failed": failed,
    }  # fmt: skip


if __name__ == "__main__":
    main()
