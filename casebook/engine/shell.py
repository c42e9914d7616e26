"""Cells run in an IPython shell of this process: what a kernel does, without a kernel's start, sockets or messages.

It stands behind papermill's engine interface. The process must be the notebook's own, because a shell
is one for a process; ``casebook.engine.workers`` forks it.
"""

from __future__ import annotations

import ast
import atexit
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets import Instance, Type
from traitlets.config import Config

OutputFilter = Callable[[dict[str, Any]], dict[str, Any]]

# As ipykernel reports it, so that a notebook's metadata does not depend on who ran it.
LANGUAGE = {
    "name": "python",
    "version": ".".join(str(part) for part in sys.version_info[:3]),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": f"ipython{3}",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class Outputs:
    """The outputs of the running cell, in the order they come, as a notebook holds them."""

    def __init__(self, filter_output: OutputFilter) -> None:
        self._shown: list[NotebookNode] = []
        # What a cell writes to a stream, piece by piece; joined when it is asked for, which is linear.
        self._pieces: list[str] = []
        self._filter_output = filter_output
        self._clear_before_next = False
        self._by_display_id: dict[str, list[NotebookNode]] = {}

    def begin(self) -> None:
        """Start with the outputs of the next cell."""
        self._shown, self._pieces = [], []
        self._clear_before_next = False

    @property
    def shown(self) -> list[NotebookNode]:
        """The outputs so far."""
        self._join()
        return self._shown

    def _join(self) -> None:
        if self._pieces:
            self._shown[-1].text = "".join(self._pieces)
            self._pieces = []

    def add(self, kind: str, display_id: str | None = None, **content: Any) -> None:
        """Take one more output; what a cell writes piece by piece becomes one."""
        filtered = self._filter_output({"output_type": kind, **content})
        if self._clear_before_next:
            self.begin()
        if kind == "stream" and self._pieces and self._shown[-1].name == filtered["name"]:
            self._pieces.append(filtered["text"])
            return
        self._join()
        output = nbformat.from_dict(filtered)
        self._shown.append(output)
        if kind == "stream":
            self._pieces = [filtered["text"]]
        if display_id:
            self._by_display_id.setdefault(display_id, []).append(output)

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Change what was shown under a display id, in this cell or one before."""
        filtered = self._filter_output({"output_type": "display_data", "data": data, "metadata": metadata})
        for output in self._by_display_id.get(display_id, []):
            output.data, output.metadata = (nbformat.from_dict(filtered[part]) for part in ("data", "metadata"))

    def clear(self, wait: bool) -> None:
        """Forget what was shown, now or when the next output comes."""
        if wait:
            self._clear_before_next = True
        else:
            self._shown, self._pieces = [], []


class _Stream(io.TextIOBase):
    """Standard output or error of the cells."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name = name
        self._outputs = outputs

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._outputs.add("stream", name=self.name, text=text)
        return len(text)


class _Publisher(DisplayPublisher):
    outputs: Outputs

    def publish(
        self, data: Any, metadata: Any = None, *_: Any, transient: Any = None, update: bool = False, **__: Any
    ) -> None:
        display_id = (transient or {}).get("display_id")
        if update and display_id:
            self.outputs.update(display_id, data, metadata or {})
        else:
            self.outputs.add("display_data", display_id, data=data, metadata=metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear(wait)


class _Hook(DisplayHook):
    """Shows the value of a cell's last line."""

    outputs: Outputs

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.outputs.add(
            "execute_result", data=dict(format_dict), metadata=md_dict or {}, execution_count=self.prompt_count
        )

    def finish_displayhook(self) -> None:
        pass


class _Transformers(TransformerManager):
    """What makes Python of ``!command`` and ``%magic``; in a cell that is Python already it does not look for them."""

    def __init__(self) -> None:
        super().__init__()
        self._usual = list(self.token_transformers)

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        # A notebook may have added some that turn Python into other Python.
        if self.token_transformers == self._usual:
            with suppress(SyntaxError, ValueError):
                ast.parse("".join(lines))
                return lines
        transformed: list[str] = super().do_token_transforms(lines)
        return transformed


class Shell(InteractiveShell):
    """An IPython shell that keeps what cells show instead of printing it."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    input_transformer_manager = Instance(_Transformers, ())
    outputs: Outputs

    def init_virtualenv(self) -> None:
        """Leave the environment as it is, as a kernel does."""

    def enable_gui(self, gui: Any = None) -> None:
        """Run no event loop."""

    def ask_exit(self) -> None:
        """Treat ``exit`` as ``sys.exit()``."""
        raise SystemExit

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.outputs.add("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))


def prepare() -> Shell:
    """Return the shell of this process; one forked from it has it already, which saves its start."""
    begun = Shell.initialized()
    config = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"})
    shell: Shell = Shell.instance(config=config, ipython_dir=None if begun else _own_folder())
    if not begun:
        _keep_outputs(shell, lambda output: output)
        _use_inline_charts(shell)
    return shell


def start(filter_output: OutputFilter) -> Shell:
    """Start the shell of this process.

    Parameters
    ----------
    filter_output
        Called with every output before it is kept; it returns what to keep.
    """
    shell = prepare()
    _keep_outputs(shell, filter_output)
    _look_for_modules_as_a_kernel_does()
    return shell


def _own_folder() -> str | None:
    """Return a folder for IPython that goes with the process, where it cannot write its own, which None stands for."""
    usual = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser()
    if os.access(usual if usual.exists() else usual.parent, os.W_OK):
        return None
    folder = tempfile.mkdtemp(prefix="casebook-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _keep_outputs(shell: Shell, filter_output: OutputFilter) -> None:
    shell.outputs = shell.display_pub.outputs = shell.displayhook.outputs = Outputs(filter_output)


def _look_for_modules_as_a_kernel_does() -> None:
    """Give the working folder the place among the folders of modules that it has in a kernel."""
    script = str(Path(sys.argv[0]).resolve().parent)
    sys.path[:] = [folder for folder in sys.path if folder not in ("", script)]
    places = [
        number for number, folder in enumerate(sys.path) if Path(folder).name in ("site-packages", "dist-packages")
    ]
    sys.path.insert(places[0] if places else len(sys.path), "")


def _use_inline_charts(shell: Shell) -> None:
    # A kernel shows the charts that a cell leaves open; matplotlib learns of it when it is imported.
    backend = os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if "matplotlib" in sys.modules:
        from IPython.core.pylabtools import activate_matplotlib
        from matplotlib_inline.backend_inline import configure_inline_support

        activate_matplotlib(backend)
        configure_inline_support(shell, backend)


def run(shell: Shell, cell: NotebookNode, below: Iterator[str]) -> bool:
    """Run one cell and put its outputs into it.

    Parameters
    ----------
    shell
        The shell.
    cell
        A code cell; its outputs and count are filled in.
    below
        Gives what the cell's processes wrote past Python (``read_captured_output``).

    Returns
    -------
    bool
        Whether the cell ran to its end.
    """
    shell.outputs.begin()
    with redirect_stdout(_Stream("stdout", shell.outputs)), redirect_stderr(_Stream("stderr", shell.outputs)):
        result = shell.run_cell(cell.source, store_history=True)
    for name, text in zip(("stdout", "stderr"), (next(below), next(below)), strict=True):
        if text:
            shell.outputs.add("stream", name=name, text=text)
    cell.outputs = shell.outputs.shown
    cell.execution_count = result.execution_count
    error = result.error_before_exec or result.error_in_exec
    if error is not None and not any(output.output_type == "error" for output in cell.outputs):
        # IPython tells of an exit in another way than of an error.
        shell.outputs.add("error", ename=type(error).__name__, evalue=str(error), traceback=[str(error)])
    return error is None


def read_captured_output(files: tuple[int, int]) -> Iterator[str]:
    """Yield, turn by turn, what was newly written to the files that stand for standard output and error."""
    read = [0, 0]
    while True:
        for which, file in enumerate(files):
            size = os.fstat(file).st_size
            text = os.pread(file, size - read[which], read[which]) if size > read[which] else b""
            read[which] = size
            yield text.decode("utf-8", errors="replace")


@contextmanager
def disable_input() -> Iterator[None]:
    """Refuse ``input()``: nobody sits at a run."""
    import builtins

    def refuse(*_: object) -> str:
        raise RuntimeError("a run cannot ask for input: make it a parameter")

    before, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = before
