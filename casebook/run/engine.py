"""Executing one notebook with papermill, and telling truthfully how it ended."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from casebook.data.results import UPSTREAM
from casebook.errors import InputError, ReportFailedError
from casebook.run.plan import Job

# papermill warns of parameters whose annotations it cannot read; they have been checked by then.
logging.getLogger("papermill").setLevel(logging.ERROR)

# One thread for each numeric library: kernels share the cores, and sums come out the same on every machine.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# Sockets in files, where the system has them: kernels that start together cannot take each other's ports.
_KERNEL = Config() if sys.platform == "win32" else Config(KernelManager={"transport": "ipc"})


@dataclass(frozen=True)
class Executed:
    """A notebook that ran to its end, and how long it took."""

    notebook: NotebookNode
    seconds: float


def execute(job: Job, output: Path, upstream: Mapping[str, Path]) -> Executed:
    """Run a job's notebook in a fresh kernel, as ``papermill in.ipynb out.ipynb -p ...`` would.

    Parameters
    ----------
    job
        What to run.
    output
        Where the executed notebook goes.
    upstream
        The executed notebooks of reports made before it, by name.

    Raises
    ------
    InputError
        If the notebook refused its input; the sentence is the notebook's own.
    ReportFailedError
        If the notebook raised anything else, or did not run to its end.
    """
    started = time.perf_counter()
    os.environ[UPSTREAM] = json.dumps({name: str(path) for name, path in upstream.items()})
    try:
        notebook = papermill.execute_notebook(
            job.notebook,
            output,
            parameters=dict(job.parameters),
            progress_bar=False,
            request_save_on_cell_execute=False,
            config=_KERNEL,
            # A kernel that is told to stop says so as an error, which it is not.
            extra_arguments=["--IPKernelApp.log_level=50"],
        )
    except PapermillExecutionError as error:
        if error.ename == InputError.__name__:
            raise InputError(f"{job.report.name}: {error.evalue}") from None
        raise ReportFailedError(
            f"{job.report.name} failed in cell {error.cell_index + 1} of notebooks/{job.notebook.name}: "
            f"{error.ename}: {error.evalue}. Open the notebook in JupyterLab and run it with the same parameters."
        ) from None
    except DeadKernelError:
        raise ReportFailedError(
            f"{job.report.name} could not run: its kernel died, most often for lack of memory. Nothing it did is kept."
        ) from None
    except CellTimeoutError:
        raise ReportFailedError(f"{job.report.name} could not run: a cell took longer than allowed.") from None
    _check_all_ran(job, notebook)
    return Executed(notebook, time.perf_counter() - started)


def _check_all_ran(job: Job, notebook: NotebookNode) -> None:
    # papermill marks cells that never ran as completed, so only what the cells left behind counts.
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            raise ReportFailedError(f"{job.report.name} stopped before cell {number} of notebooks/{job.notebook.name}.")
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise ReportFailedError(
                    f"{job.report.name} ended early in cell {number} of notebooks/{job.notebook.name}: "
                    f"{output.ename}: {output.evalue}."
                )
