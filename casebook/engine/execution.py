"""Executing one notebook with papermill in this process, by the quick shell or by an ordinary kernel."""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine as PapermillEngine
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from traitlets.config import Config

from casebook.engine import extension
from casebook.engine.outcome import KILLED, MEGABYTE, Outcome, could_not_run, of_exit
from casebook.engine.redaction import Redactor
from casebook.engine.task import Engine
from casebook.errors import InputError

NEVER_RAN, FAILED = "never ran", "failed"

# papermill warns of parameters whose annotations it cannot read; they have been checked by then.
logging.getLogger("papermill").setLevel(logging.ERROR)


class StoppedError(Exception):
    """The notebook did not come to its end; ``outcome`` says how."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


@dataclass
class Session:
    """What surrounds the cells while they run: what is told of them, and what is let out of them."""

    on_event: Callable[[str, int], None]
    """Called with ``began`` or ``ended`` and the number of the cell in the notebook as written."""
    output_megabytes: float
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    too_much: Callable[[Outcome], None] = lambda outcome: None
    captured: tuple[int, int] | None = None
    """The files that stand for the process's standard output and error."""
    shown: int = 0
    notebook: NotebookNode | None = None
    running: int = 0
    """The number of the cell that began last and has not ended."""
    kernel_exit: int | None = None
    """The exit code of an ordinary kernel that died, where it is known."""
    redactor: Redactor = field(init=False)
    display_paths: tuple[str, str] | None = None
    """What the notebook is to say of where it came from and where it went, instead of where they lie here."""

    def __post_init__(self) -> None:
        """Prepare for the secrets."""
        self.redactor = Redactor(self.secrets)

    def tell(self, event: str, number: int) -> None:
        """Tell that a cell began or ended."""
        self.running = number if event == "began" else 0
        self.on_event(event, number)

    def begin(self, notebook: NotebookNode) -> None:
        """Take the notebook that is about to be run."""
        self.notebook = notebook
        if self.display_paths:
            notebook.metadata.papermill.update(zip(("input_path", "output_path"), self.display_paths, strict=True))

    def filter_output(self, output: dict[str, Any]) -> dict[str, Any]:
        """Let an output into the notebook: within the limit, and without secrets."""
        self.shown += _size(output)
        if self.shown > self.output_megabytes * MEGABYTE:
            outcome = could_not_run("too much output", f"its cells show more than {self.output_megabytes:g} MB")
            self.too_much(outcome)
            raise StoppedError(outcome)
        redacted: dict[str, Any] = self.redactor.redact(_writable(output))
        return redacted

    def cut_notebook(self) -> None:
        """Take the outputs of a cell that shows more than all may out of the notebook."""
        for cell in self.notebook.cells if self.notebook else ():
            if cell.cell_type == "code" and _size(cell.outputs) > self.output_megabytes * MEGABYTE:
                cell.outputs = [new_output("stream", text=f"[left out: more than {self.output_megabytes:g} MB]\n")]

    def redact_notebook(self) -> None:
        """Look through the whole notebook for secrets: one may have been written in several pieces."""
        for cell in self.notebook.cells if self.notebook and self.secrets else ():
            if cell.cell_type == "code":
                cell.outputs = from_dict(self.redactor.redact(cell.outputs))


def execute(
    notebook: Path, output: Path, parameters: Mapping[str, Any], environment: Mapping[str, str],
    engine: Engine, session: Session,
) -> NotebookNode:  # fmt: skip
    """Run a notebook as ``papermill in.ipynb out.ipynb -p ...`` would, and make sure that all of it ran.

    Parameters
    ----------
    notebook, output
        The notebook, and where the executed one goes.
    parameters
        Checked values, without secrets.
    environment
        Environment variables that the cells find set.
    engine
        ``shell``, in this process, or ``kernel``, an ordinary one.
    session
        What surrounds the cells.

    Raises
    ------
    StoppedError
        If not every cell ran to its end, or a secret was shown.
    """
    os.environ.update(environment)
    extension.hand_over(session.secrets)
    try:
        executed = papermill.execute_notebook(
            notebook,
            output,
            parameters=dict(parameters),
            engine_name=f"casebook-{engine}",
            progress_bar=False,
            request_save_on_cell_execute=False,
            session=session,
        )
    except PapermillExecutionError:
        # papermill has put cells of its own in, to mark the place.
        executed = remove_error_markers(session.notebook)
    except DeadKernelError:
        code = session.kernel_exit
        cell = f"cell {session.running}" if session.running else ""
        raise StoppedError(of_exit(KILLED if code is None else code, cell)) from None
    except NoSuchKernel as error:
        raise StoppedError(could_not_run("kernel would not start", str(error))) from None
    except CellTimeoutError:
        raise StoppedError(could_not_run("timed out", "a cell took longer than allowed")) from None
    except RuntimeError as error:
        # The words of nbclient and jupyter_client for a kernel that never answered.
        if "Kernel died before replying" in str(error) or "Kernel didn't respond" in str(error):
            raise StoppedError(could_not_run("kernel would not start", str(error))) from None
        raise
    session.redact_notebook()
    if outcome := failure(notebook.name, executed):
        raise StoppedError(outcome)
    if session.redactor.found:
        raise StoppedError(Outcome("failed", shows_secret(min(session.redactor.found))))
    return executed


def shows_secret(name: str) -> str:
    """Return what is said of a notebook that shows a secret parameter."""
    return f"the notebook shows the secret parameter {name}: take out what prints it."


class ShellEngine(PapermillEngine):
    """papermill's engine for the quick way."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells in an IPython shell of this process."""
        from casebook.engine import shell as shells

        session: Session = options["session"]
        session.begin(nb_man.nb)
        shell = shells.start(session.filter_output)
        shell.extension_manager.load_extension(extension.__name__)
        below = shells.read_captured_output(session.captured or _no_files())
        with shells.disable_input():
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                number = _number(nb_man.nb, index)
                session.tell("began", number)
                nb_man.cell_start(cell, index)
                ran = shells.run(shell, cell, below)
                if not ran:
                    nb_man.cell_exception(cell, index)
                nb_man.cell_complete(cell, index)
                if not ran:
                    break
                session.tell("ended", number)
        nb_man.nb.metadata["language_info"] = dict(shells.LANGUAGE)


class _Client(PapermillNotebookClient):
    session: Session

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> Any:
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        number = _number(self.nb, cell_index)
        self.session.tell("began", number)
        done = super().execute_cell(cell, cell_index, **options)
        self.session.tell("ended", number)
        return done

    async def _async_check_alive(self) -> None:
        try:
            await super()._async_check_alive()
        except DeadKernelError:
            # Its process is forgotten a moment later.
            process = getattr(self.km.provisioner, "process", None)
            self.session.kernel_exit = process.returncode if process else None
            raise

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        output = super().process_message(msg, cell, cell_index)
        if output is not None:
            output.update(self.session.filter_output(dict(output)))
        return output


class KernelEngine(PapermillEngine):
    """papermill's engine for ordinary kernels, with the same limits."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells in a kernel."""
        session: Session = options["session"]
        session.begin(nb_man.nb)
        with tempfile.TemporaryDirectory(prefix="casebook-") as own:
            client = _Client(
                nb_man,
                kernel_name=kernel_name,
                config=_apart(own),
                allow_errors=False,
                startup_timeout=120,
                extra_arguments=[
                    # A kernel that is told to stop says so as an error, which it is not.
                    "--IPKernelApp.log_level=50",
                    f"--IPKernelApp.extra_extensions={extension.__name__}",
                ],
            )
            client.session = session
            client.execute()


def _apart(folder: str) -> Config:
    """Have a kernel's sockets in a folder of its own: kernels that start together cannot take each other's ports."""
    if sys.platform == "win32":
        return Config()
    return Config(KernelManager={"transport": "ipc", "ip": f"{folder}/k", "connection_file": f"{folder}/kernel.json"})


papermill_engines.register("casebook-shell", ShellEngine)
papermill_engines.register("casebook-kernel", KernelEngine)


def mark_never_ran(notebook: NotebookNode, running: int = 0) -> None:
    """Say of the cell that was running that it failed, and of every cell after it that it never ran.

    papermill calls both completed.
    """
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        # Where a kernel died, its word that the cell began (the cell's count) may have come or not.
        died = running > 0 and _number(notebook, index) == running
        if died or cell.get("execution_count") is None:
            status = FAILED if died else NEVER_RAN
            cell.metadata["papermill"] = {**cell.metadata.get("papermill", {}), "status": status}


def heading_above(notebook: NotebookNode, index: int) -> str:
    """Return the heading under which a cell stands, or nothing."""
    for cell in reversed(notebook.cells[: index + 1]):
        if cell.cell_type == "markdown":
            found = re.findall(r"^#+ +(.+?) *$", cell.source, flags=re.MULTILINE)
            if found:
                return str(found[-1])
    return ""


def failure(name: str, notebook: NotebookNode) -> Outcome | None:
    """Return why an executed notebook did not come to its end; only what the cells left behind counts."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        number, heading = _number(notebook, index), heading_above(notebook, index)
        for output in cell.outputs:
            if output.output_type == "error":
                return replace(_of_error(f"cell {number} of notebooks/{name}", heading, output), cell=number)
        if cell.execution_count is None:
            said = f"stopped before cell {number} of notebooks/{name} ran."
            return Outcome("failed", said, cell=number, heading=heading)
    return None


def _of_error(cell: str, heading: str, error: NotebookNode) -> Outcome:
    """Return what an error in a cell means for its report."""
    if error.ename == InputError.__name__:
        return Outcome("failed", error.evalue, heading=heading, input_refused=True)
    if error.ename == "MemoryError":
        return could_not_run("out of memory", f"{cell} asked for more than there is")
    if error.ename == "OSError" and f"[Errno {errno.ENOSPC}]" in error.evalue:
        return could_not_run("disk full", f"{cell} could not write")
    where = cell + (f', under "{heading}"' if heading else "")
    said = _sentence(error.ename, error.evalue)
    if error.ename in ("SystemExit", "KeyboardInterrupt"):
        return Outcome("failed", f"ended early in {where}: {said}", heading=heading)
    to_do = "Open the notebook in JupyterLab and run it with the same parameters."
    return Outcome("failed", f"failed in {where}: {said} {to_do}", heading=heading)


def _sentence(name: str, said: str) -> str:
    words = next(iter(f"{name}: {said}".strip(": ").splitlines()), "an error without a name")
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _number(notebook: NotebookNode, index: int) -> int:
    """Return a cell's number in the notebook as written, which lacks the cell that papermill puts in."""
    before = notebook.cells[: index + 1]
    return sum("injected-parameters" not in cell.metadata.get("tags", []) for cell in before)


def _no_files() -> tuple[int, int]:
    nothing = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
    _KEPT.append(nothing)
    return nothing.fileno(), nothing.fileno()


_KEPT: list[Any] = []


def _writable(value: Any) -> Any:
    """Return an output with a mark in place of halves of characters, which no file can hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {name: _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list | tuple) else value


def _size(value: Any) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return 8
