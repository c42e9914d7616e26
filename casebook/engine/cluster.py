"""Making reports on the machines of a Dask cluster instead of in forked processes here; the rest of a run is the same.

Dask keeps threads, and a process with threads cannot fork; so a *bridge*, a process of its own, speaks with the
cluster. The run tells it each task, it tells how each ended, and the files that a report has are by then in the
report's own folder, as if a worker here had written them.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from casebook.engine import events, processes, shipping, signals, workers
from casebook.engine.outcome import CellRun, Cost, Outcome, could_not_run, of_error
from casebook.engine.task import Task, from_plain
from casebook.engine.worker import Finish
from casebook.engine.workers import WorkerResult
from casebook.errors import InputError, ReportFailedError, and_list

_PARTS = ("notebooks", "workings", "data", "pipeline.py")
"""The files of a project that a report can read."""
_PACKAGE = Path(__file__).parents[1]
_SAME = ("matplotlib", "nbclient", "nbformat", "numpy", "pandas", "papermill", "pyarrow", "pydantic", "scipy")
_SECONDS_TO_CONNECT = 20
_RETRIES = 3


@contextmanager
def connected(address: str, root: Path, finish: Finish, prepare: Callable[..., None]) -> Iterator[Bridge]:
    """Connect to a scheduler, and have its workers make the reports of a run.

    Parameters
    ----------
    address
        The scheduler's: ``tcp://10.0.0.5:8786``, or ``tls://`` with Dask's own settings for it.
    root
        The project's folder.
    finish
        What is done once a report's cells have run (``workers.run``).
    prepare
        What loads the packages, called with ``prime=True`` once on each machine.

    Raises
    ------
    InputError
        If nothing answers there, or the machines have other versions of the packages than this one.
    """
    names = [f"{one.__module__}:{one.__qualname__}" for one in (finish, prepare)]
    with signals.blocked():
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, address, str(root), *names], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    bridge = Bridge(process)
    try:
        bridge.wait()
        yield bridge
    finally:
        with signals.deferred():
            bridge.close()


class Bridge:
    """The run's end of the bridge."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdin is not None and process.stdout is not None
        self._asked, self._told = process.stdin, process.stdout
        # A process forked here must neither keep the bridge open nor read what it says.
        processes.others.update((self._asked, self._told))
        self.ended: dict[str, dict[str, Any]] = {}
        self.at_once = 0
        self._read = b""

    def wait(self) -> None:
        """Wait until the cluster has answered."""
        os.set_blocking(self._told.fileno(), False)
        while not self.at_once:
            signals.raise_pending()
            self.listen()
            if refused := self.ended.get(""):
                raise InputError(refused["refused"])
            if self.process.poll() is not None:
                raise ReportFailedError("The connection to the Dask cluster ended at once: run again without it.")
            time.sleep(0.01)

    def listen(self) -> None:
        """Take in what the bridge says."""
        while chunk := os.read(self._told.fileno(), 1 << 20) if self._ready() else b"":
            self._read += chunk
        *lines, self._read = self._read.split(b"\n")
        for line in lines:
            said = json.loads(line)
            self.at_once = said.get("at_once", self.at_once)
            if "own" in said:
                self.ended[said["own"]] = said

    def _ready(self) -> bool:
        return bool(select.select([self._told], [], [], 0)[0]) and not self._told.closed

    def start(self, task: Task, finish: Finish) -> Sent:
        """Hand a task over."""
        stage = Path(task.stage)
        task = replace(task, own=tempfile.mkdtemp(prefix=f"{stage.name}-", dir=stage.parent))
        self.say({"task": asdict(task)})
        return Sent(self, task)

    def say(self, said: Mapping[str, Any]) -> None:
        """Tell the bridge something; that it is gone shows elsewhere."""
        with suppress(OSError):
            self._asked.write(json.dumps(said).encode() + b"\n")
            self._asked.flush()

    def close(self) -> None:
        """Have the bridge take back what is not done and clear up; it is given ten seconds."""
        with suppress(OSError):
            self._asked.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._told.close()
        processes.others.difference_update((self._asked, self._told))


class Sent:
    """A report that is made elsewhere, as ``workers.run`` looks after it."""

    def __init__(self, bridge: Bridge, task: Task) -> None:
        self._bridge, self.task, self.process = bridge, task, bridge.process
        self._began = time.monotonic()

    def over(self) -> bool:
        """Return whether it is at an end."""
        self._bridge.listen()
        return self.task.own in self._bridge.ended or self._bridge.process.poll() is not None

    def goes_on(self) -> bool:
        """Return that there is nothing more to do here."""
        return False

    def kill(self) -> None:
        """Take the task back."""
        self._bridge.say({"cancel": self.task.own})

    def result(self) -> WorkerResult:
        """Return how it ended."""
        said = self._bridge.ended.pop(self.task.own, None)
        took = Cost(round(time.monotonic() - self._began, 3))
        if said is None:
            gone = could_not_run("cluster lost", "the connection to the Dask cluster ended")
            return WorkerResult(self.task, gone.costing(took))
        if "lost" in said:
            return WorkerResult(self.task, could_not_run("cluster lost", said["lost"]).costing(took))
        told = events.Ended.model_validate({"outcome": said["outcome"], "made": said["made"], "files": said["files"]})
        cells = tuple(CellRun(**cell) for cell in said["cells"])
        outcome: Outcome = replace(told.outcome, cells=cells)
        try:
            workers.install(self.task, told.files)
        except (ReportFailedError, OSError) as error:
            failed = of_error(error, "its page was put into the pack").costing(took)
            return WorkerResult(self.task, replace(failed, cells=cells))
        return WorkerResult(self.task, outcome, told.made, told.files)


def pack(root: Path) -> bytes:
    """Return a project's files and this package as an archive that is the same as long as they are.

    Examples
    --------
    >>> from casebook.data import project
    >>> archive = pack(project.root())
    >>> archive == pack(project.root())
    True
    """
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for there in (_PACKAGE, *(root / part for part in _PARTS)):
            for path in [there] if there.is_file() else sorted(there.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts:
                    about = tarfile.TarInfo(path.relative_to(there.parent).as_posix())
                    about.size, about.mode = path.stat().st_size, 0o644
                    with path.open("rb") as content:
                        archive.addfile(about, content)
    return packed.getvalue()


# --- The bridge's own process ---------------------------------------------------------------------


def main() -> None:
    """Speak with the cluster until the run closes the bridge."""
    address, root, *names = sys.argv[1:]
    telling = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signals.set_parent_death_signal(os.getppid())
    speaking = threading.Lock()

    def tell(said: Mapping[str, Any]) -> None:
        with speaking, suppress(OSError):
            print(json.dumps(said), file=telling, flush=True)

    try:
        with _client(address) as client:
            _serve(client, pack(Path(root)), ["-m", "casebook.engine.station", *names], tell)
    except InputError as error:
        tell({"own": "", "refused": str(error)})
    # What Dask still keeps of threads is not worth waiting for.
    os._exit(0)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        import cloudpickle
        from distributed import Client
    except ModuleNotFoundError:
        raise InputError(
            "Dask is not installed here: run `pip install distributed`, or leave --scheduler out."
        ) from None
    cloudpickle.register_pickle_by_value(shipping)
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"No Dask scheduler with a worker answers at {address} within {_SECONDS_TO_CONNECT} s "
            f"({type(error).__name__}): start them with `dask scheduler` and `dask worker {address} --nthreads 1`, or "
            "leave --scheduler out."
        ) from None
    with client:
        _refuse_others(shipping.versions([*_SAME]), client.run(shipping.versions, [*_SAME]))
        try:
            yield client
        finally:
            with suppress(Exception):
                client.run(shipping.stop)


def _refuse_others(own: Mapping[str, str], theirs: Mapping[str, Mapping[str, str]]) -> None:
    for worker, found in theirs.items():
        if other := [f"{name} {found[name]}, not {own[name]}" for name in own if found[name] != own[name]]:
            raise InputError(
                f"The worker {worker} has {and_list(other)}: install requirements.lock there, as here, then run again."
            )


def _serve(client: Any, archive: bytes, start: list[str], tell: Callable[[Mapping[str, Any]], None]) -> None:
    called = sha256(archive).hexdigest()
    # On every worker: one that is killed must not take the only copy with it.
    shared = client.scatter(archive, hash=True, broadcast=True)
    futures: dict[str, Any] = {}
    # Two for each thread, so that none waits for the next.
    tell({"at_once": 2 * max(1, sum(client.nthreads().values()))})
    for line in sys.stdin.buffer:
        said = json.loads(line)
        if "cancel" in said:
            if lost := futures.pop(said["cancel"], None):
                lost.cancel()
            continue
        task = said["task"]
        stage = Path(task["stage"])
        inputs = {path: (stage / path).read_bytes() for path in task["inputs"] if (stage / path).is_file()}
        order = {"task": {**task, "own": ""}, "inputs": inputs, "start": start}
        future = client.submit(shipping.make, shared, called, order, pure=False, retries=_RETRIES)
        futures[task["own"]] = future
        future.add_done_callback(lambda done, task=task: _take(done, task, futures, tell))
    for future in list(futures.values()):
        future.cancel()


def _take(
    future: Any, task: dict[str, Any], futures: dict[str, Any], tell: Callable[[Mapping[str, Any]], None]
) -> None:
    """Put a report's files into its folder, and tell how it ended."""
    own = task["own"]
    if not futures.pop(own, None):
        # The run took it back.
        return
    if future.cancelled():
        # Dask does so where all who had the project's files are gone.
        tell({"own": own, "lost": "all machines that had the project's files were lost"})
        return
    try:
        made = future.result()
        for name, content in made["files"].items():
            (Path(own) / name).write_bytes(content)
        if made["failed"]:
            kept = from_plain(task).failed_notebook
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(made["failed"], encoding="utf-8")
    except Exception as error:
        tell(
            {
                "own": own,
                "lost": f"its machine was lost {_RETRIES + 1} times or could not make it ({type(error).__name__})",
            }
        )
        return
    # The hashes are of what the gates saw there; whether it arrived whole shows when it is installed.
    said = {"own": own, "outcome": made["outcome"], "made": made["made"], "files": made["hashes"]}
    tell({**said, "cells": made["cells"]})


if __name__ == "__main__":
    main()
